import pytest

from knowledge.readers import UnreadableFile
from knowledge.readers.text import decode, find_quote, fold, fold_with_map, normalise, read_text


def test_normal_form_folds_letters_units_and_radicals_but_keeps_chinese_punctuation():
    assert normalise("⼭岭县⼈⺠医院，（⽇⻓⻅）Ａ１２℃㎎ﬁ") == "山岭县人民医院，（日长见）A12°Cmgfi"


def test_signs_whose_folding_would_change_a_value_stay_as_written():
    assert normalise("10⁹/L ①20mg 1½片") == "10⁹/L ①20mg 1½片"


def test_kangxi_door_reads_as_the_mainland_character():
    assert normalise("个体商⼾") == "个体商户"
    assert fold("商戶") == fold("商户") == fold("商⼾")


def test_normal_form_is_idempotent_and_drops_invisible_characters():
    once = normalise("ａ\u200b\ufeffb\u202ec\r\nd\x0ce\x00")
    assert once == "abc\nd\ne"
    assert normalise(once) == once


def test_fold_ignores_white_space_and_punctuation_width():
    assert fold("体温 38.2℃，\n心率 92 次/分。") == fold("体温38.2°C,心率92次/分。")


def test_a_folded_hit_is_traced_back_to_its_characters():
    text = normalise("查体：T 38.2℃，\n余（－）")
    folded, places = fold_with_map(text)
    at = folded.index("38.2°C,余")
    assert text[places[at] : places[at + 7] + 1] == "38.2°C，\n余"


def test_a_quote_is_found_across_a_line_break_and_not_found_when_altered():
    text = "现病史：患者10小时前\n无诱因出现脐周隐痛。"
    assert find_quote("10小时前无诱因", text) == (6, 15)
    assert find_quote("11小时前无诱因", text) is None
    assert find_quote("", text) is None


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("出院记录".encode(), "UTF-8"),
        ("\ufeff出院记录".encode(), "UTF-8"),
        ("出院记录".encode("gb18030"), "GB18030"),
        ("出院记录".encode("utf-16"), "UTF-16"),
    ],
)
def test_every_encoding_a_hospital_exports_reads_the_same(content, encoding):
    text, name, _ = decode(content)
    assert (normalise(text), name) == ("出院记录", encoding)


def test_rare_names_outside_the_basic_plane_survive_gb18030():
    assert decode("患者：𠮷田 㐂".encode("gb18030"))[0] == "患者：𠮷田 㐂"


def test_a_file_cut_in_the_middle_of_a_character_is_read_with_a_note():
    text, encoding, notes = decode(("患者病情平稳。" * 40).encode()[:-1])
    assert encoding == "UTF-8"
    assert text.endswith("平稳\ufffd")
    assert notes == ("有 1 处字节损坏，以 � 代替",)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "文件是空的"), (b"   \n", "文件是空的"), (b"MZ\x00\x01\x02", "文件不是文本")],
)
def test_what_is_no_text_is_refused_with_a_remedy(content, problem):
    with pytest.raises(UnreadableFile) as refusal:
        decode(content)
    assert refusal.value.problem == problem
    assert refusal.value.remedy


def test_random_bytes_are_not_passed_off_as_chinese():
    noise = bytes((index * 73 + 41) % 251 + 4 for index in range(4000))
    with pytest.raises(UnreadableFile):
        decode(noise)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "空.txt").touch()
    with pytest.raises(UnreadableFile, match="文件是空的"):
        read_text(tmp_path / "空.txt")


def test_a_missing_file_is_refused_rather_than_a_crash(tmp_path):
    with pytest.raises(UnreadableFile, match="打不开"):
        read_text(tmp_path / "无.txt")
