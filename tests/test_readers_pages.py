import json
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from knowledge.readers import UnreadableFile, ocr, pdf
from knowledge.readers.files import boxes, page_image, read_file
from knowledge.readers.layout import Glyph, lay_out
from knowledge.readers.text import fold

SHARED = Path(__file__).parent.parent.parent / "shared"
RECORDS = SHARED / "examples" / "mountain-county-2024" / "records"
PDFS = SHARED / "reference" / "pdf"
needs_shared = pytest.mark.skipif(not RECORDS.is_dir(), reason="needs ../shared/examples")
needs_pdfs = pytest.mark.skipif(not PDFS.is_dir(), reason="needs ../shared/reference/pdf")
NURSING_SHEET = RECORDS / "22992024060300010548" / "护理记录单.pdf"


def glyphs(text, x, y, size=10):
    return [
        Glyph(character, x + place * size, y, x + (place + 1) * size, y + size)
        for place, character in enumerate(text)
    ]


def text_of(*lines):
    return "".join(character for character, _ in lay_out(lines))


def test_a_wrapped_cell_is_joined_and_the_row_is_one_line():
    page = [
        glyphs("21:30", 0, 0),
        glyphs("巡视病房患者不在", 100, 0),
        glyphs("院", 100, 12),
        glyphs("金", 300, 0),
        glyphs("丹", 300, 12),
    ]
    assert text_of(*page) == "21:30  巡视病房患者不在院  金丹"


def test_lines_of_a_paragraph_stay_lines():
    assert (
        text_of(glyphs("现病史患者入院前十", 0, 0), glyphs("小时出现腹痛", 0, 12))
        == "现病史患者入院前十\n小时出现腹痛"
    )


def test_signatures_beside_each_other_do_not_pull_the_paragraph_above_into_one_line():
    signed = [*glyphs("医师签名", 0, 24), *glyphs("上级", 120, 24)]
    assert (
        text_of(glyphs("一二三四五", 0, 0), glyphs("六七八九十", 0, 12), signed)
        == "一二三四五\n六七八九十\n医师签名  上级"
    )


def test_number_columns_drawn_one_after_the_other_are_read_across():
    page = [
        glyphs("白细胞", 0, 0),
        glyphs("血小板", 0, 12),
        glyphs("9.5", 100, 0),
        glyphs("245", 100, 12),
    ]
    assert text_of(*page) == "白细胞  9.5\n血小板  245"


def test_a_page_drawn_from_the_bottom_up_is_read_from_the_top():
    page = [glyphs(text, 0, y) for text, y in (("戊", 80), ("丁", 60), ("丙", 40), ("乙", 20), ("甲", 0))]
    assert text_of(*page) == "甲\n乙\n丙\n丁\n戊"


@pytest.mark.parametrize(
    ("layer", "usable"),
    [("体温38.2°C，NT-proBNP", True), ("ʮ׆ɹƯ̅Ǡ¥ōŎqN", False), ("\ue001\ue002\ue003", False), ("  \n", False)],
)
def test_a_text_layer_without_a_character_map_is_not_trusted(layer, usable):
    assert pdf.sound(layer) is usable


@needs_shared
def test_rows_of_a_nursing_sheet_come_out_line_by_line():
    read = read_file(NURSING_SHEET, cache=None)
    assert (
        "2024-06-04 21:30  巡视病房患者未在院，床单元整洁未使用，电话联系，诉在店里看店，明早来治疗。  金丹\n"
        in read.text
    )
    assert [(page.number, page.origin, page.confidence) for page in read.pages] == [(1, "text", 1.0)]


@needs_shared
def test_a_quote_on_a_page_is_found_as_boxes_on_its_lines():
    read = read_file(NURSING_SHEET, cache=None)
    start = read.text.index("诉在店里看店，明早来治疗")
    page, found = boxes(NURSING_SHEET, read, start, start + 12)
    assert page == 1
    assert len(found) == 2
    assert all(0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1 for x0, y0, x1, y1 in found)
    assert found[0][1] < found[1][1]


@needs_shared
def test_page_pictures_are_png():
    assert page_image(NURSING_SHEET, 1).startswith(b"\x89PNG")
    with pytest.raises(UnreadableFile, match="没有第 9 页"):
        page_image(NURSING_SHEET, 9)


@needs_shared
def test_a_scan_is_read_by_ocr_with_lines_boxes_and_confidence(tmp_path):
    scan = next((RECORDS / "22992024060300010548").glob("*扫描.pdf"))
    read = read_file(scan, cache=tmp_path)
    (page,) = read.pages
    assert page.origin == "ocr"
    assert fold("白天来做治疗，晚上回家住") in fold(read.text)
    assert page.confidence == min(line.confidence for line in page.lines) > 0.8
    line = next(line for line in page.lines if "晚上回家住" in read.text[line.start : line.end])
    assert boxes(scan, read, line.start, line.end)[1] == (line.box,)
    assert read_file(scan, cache=tmp_path) == read


def picture_of(text, size=(700, 90)):
    font = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
    if not Path(font).is_file():
        pytest.skip("needs the package fonts-noto-cjk")
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).text((20, 20), text, fill="black", font=ImageFont.truetype(font, 36))
    return picture


@pytest.mark.slow
def test_a_picture_is_read_and_its_result_kept_and_a_damaged_result_is_redone(tmp_path):
    picture_of("患者签名 二〇二四年三月").save(tmp_path / "a.png")
    cache = tmp_path / "cache"
    first = read_file(tmp_path / "a.png", cache=cache)
    assert "患者签名" in first.text
    (entry,) = (cache / "ocr").iterdir()
    kept = json.loads(entry.read_text(encoding="utf-8"))
    entry.write_text(json.dumps([["缓存中的字", 0.99, [0, 0, 1, 1], 0, []]]), encoding="utf-8")
    assert read_file(tmp_path / "a.png", cache=cache).text == "缓存中的字\n"
    entry.write_text("{damaged", encoding="utf-8")
    assert read_file(tmp_path / "a.png", cache=cache) == first
    assert json.loads(entry.read_text(encoding="utf-8")) == kept


@pytest.mark.slow
def test_a_page_scanned_on_its_side_is_turned(tmp_path):
    picture = picture_of(
        "入院记录 体温三十八度\n主诉 右下腹疼痛十小时\n现病史 患者十小时前出现腹痛", (700, 220)
    )
    picture.rotate(90, expand=True).save(tmp_path / "a.png")
    lines = read_file(tmp_path / "a.png", cache=None).text.split("\n")
    assert [line[:2] for line in lines[:3]] == ["入院", "主诉", "现病"]


def test_a_blank_picture_has_no_text_and_says_so(tmp_path):
    Image.new("RGB", (300, 300), "white").save(tmp_path / "a.png")
    read = read_file(tmp_path / "a.png", cache=None)
    assert (read.text.strip(), read.notes, read.pages[0].origin) == ("", ("未识别出文字",), "unreadable")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n broken", b"not a picture"])
def test_a_damaged_picture_is_refused(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(UnreadableFile, match="图片损坏"):
        read_file(tmp_path / "a.png", cache=None)


def test_a_picture_of_absurd_size_is_refused_before_it_is_decoded(tmp_path):
    Image.new("1", (9100, 9000)).save(tmp_path / "a.png")
    with pytest.raises(UnreadableFile, match="尺寸过大"):
        read_file(tmp_path / "a.png", cache=None)


@needs_pdfs
@pytest.mark.parametrize(
    "name", ["pypdf_r2-user-password", "pypdf_r4-aes-user-password", "pypdf_r6-user-password"]
)
def test_a_pdf_with_a_password_is_refused(name):
    with pytest.raises(UnreadableFile, match="加密，需要密码"):
        read_file(PDFS / "encrypted" / f"{name}.pdf", cache=None)


@needs_pdfs
def test_a_pdf_encrypted_with_an_empty_password_is_read():
    plain = read_file(PDFS / "encrypted" / "pypdf_unencrypted.pdf", cache=None)
    assert read_file(PDFS / "encrypted" / "pypdf_r6-empty-password.pdf", cache=None).text == plain.text


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 nothing", b"hello", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj"]
)
def test_a_broken_pdf_is_refused(tmp_path, content):
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(UnreadableFile, match="损坏或不完整"):
        read_file(tmp_path / "a.pdf", cache=None)


@needs_shared
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_pdf_is_refused_or_read_but_never_crashes(tmp_path, share):
    content = NURSING_SHEET.read_bytes()
    (tmp_path / "a.pdf").write_bytes(content[: int(len(content) * share)])
    try:
        read = read_file(tmp_path / "a.pdf", cache=None)
    except UnreadableFile as refusal:
        assert refusal.remedy
    else:
        assert read.pages


@needs_pdfs
def test_chinese_tables_keep_their_rows():
    read = read_file(PDFS / "cjk" / "pymupdf_chinese-tables.pdf", cache=None)
    assert (
        "2021  AA+  偿还债务的能力很强，受不利经济环境的影响不大，违约风险很低  联合资信评估有限公司  稳定\n"
        in read.text
    )
    assert "7  杭州银行  109,000.00  32,690.00  76,310.00\n" in read.text


@needs_pdfs
@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(PDFS.rglob("*.p*")), ids=lambda path: path.name)
def test_no_pdf_of_the_collection_crashes_the_reader(path, tmp_path):
    try:
        read = read_file(path, cache=tmp_path)
    except UnreadableFile as refusal:
        assert refusal.remedy
    else:
        assert read.pages
        assert all(0 <= page.start <= page.end <= len(read.text) for page in read.pages)


@pytest.mark.slow
def test_ocr_never_reaches_for_the_network(monkeypatch, tmp_path):
    import socket

    def refuse(*arguments, **options):
        raise AssertionError("reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(ocr, "_engine", None)
    picture_of("出院小结").save(tmp_path / "a.png")
    assert "出院小结" in read_file(tmp_path / "a.png", cache=None).text


def test_a_character_that_normalises_to_nothing_leaves_no_trace_in_a_line():
    assert text_of(glyphs("", 0, 0), [Glyph("", 0, 0, 5, 10)], glyphs("甲", 0, 20)) == "甲"


def test_a_pdf_of_thousands_of_pages_is_cut_with_a_note_and_blank_pages_cost_nothing(tmp_path):
    writer = pypdf.PdfWriter()
    for _ in range(pdf.MOST_PAGES + 50):
        writer.add_blank_page(595, 842)
    writer.write(tmp_path / "a.pdf")
    read = read_file(tmp_path / "a.pdf", cache=None)
    assert (len(read.pages), read.text.strip(), read.notes) == (3000, "", ("共 3050 页，只读前 3000 页",))
