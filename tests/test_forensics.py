"""What PDFs tell of how they came about: on real files that mean no harm, and on records changed the way editors do it."""

from datetime import datetime
from pathlib import Path

import pytest
from altered_pdf import (
    annotate,
    append,
    content_of,
    hide,
    insert_page,
    record,
    remove_last_page,
    rewrite,
    sign,
    stamp,
    with_words,
)
from made_pdf import Put, stream, write_pdf
from made_pdf import content_of as drawn

from review.forensics import (
    ADDED,
    COVERED,
    FONT,
    PAGE_ADDED,
    PAGE_REMOVED,
    REMOVED,
    REPLACED,
    REVISION,
    TYPED_OVER,
)
from review.forensics.examination import examine
from review.forensics.revisions import revision_ends
from review.forensics.structure import read_date

PDFS = Path(__file__).parent.parent.parent / "shared" / "reference" / "pdf"
WHEN = b"20250306093000"
needs_reference = pytest.mark.skipif(not PDFS.is_dir(), reason="没有 ../shared/reference/pdf")

REPLACEMENTS = [
    ("118g/L", "58g/L", "数值", "118", "58"),
    ("社区获得性肺炎", "重症肺炎", "诊断", "社区获得性肺炎", "重症肺炎"),
    ("出院日期：2024-03-19", "出院日期：2024-03-29", "日期", "2024-03-19", "2024-03-29"),
    ("阴性", "阳性", "结果", "阴性", "阳性"),
    ("右肺下叶", "左肺下叶", "侧别", "右肺下叶见斑片影", "左肺下叶见斑片影"),
    ("周文远", "李国强", "姓名", "周文远", "李国强"),
    ("陈志刚", "刘建华", "签名", "陈志刚", "刘建华"),
    ("63岁", "36岁", "年龄", "63", "36"),
    ("性别：男", "性别：女", "性别", "男", "女"),
    ("入院日期：2024-03-11", "入院日期：2024-03-01", "日期", "2024-03-11", "2024-03-01"),
    ("12mg/L", "122mg/L", "数值", "12", "122"),
    ("慢性支气管炎急性发作", "慢性阻塞性肺疾病", "诊断", "慢性支气管炎急性发作", "慢性阻塞性肺疾病"),
]


@pytest.fixture
def file(tmp_path):
    return record(tmp_path / "出院记录.pdf")


def seen(path):
    return [
        (sign.kind, sign.how, sign.page, sign.what, sign.before, sign.after) for sign in examine(path).signs
    ]


def test_a_record_saved_once_tells_nothing(file):
    told = examine(file)
    assert (told.revisions, told.signs, told.quiet) == (1, (), ())


@pytest.mark.parametrize("streamed", [False, True], ids=["table", "stream"])
@pytest.mark.parametrize(
    ("old", "new", "what", "before", "after"), REPLACEMENTS, ids=lambda value: str(value)
)
def test_what_an_update_put_in_anothers_place_is_named(file, old, new, what, before, after, streamed):
    rewrite(file, (old, new), when=WHEN, streamed=streamed)
    told = examine(file)
    assert [(s.kind, s.how, s.page, s.what, s.before, s.after) for s in told.signs] == [
        (REVISION, REPLACED, 1, what, before, after)
    ]
    assert told.signs[0].weighty
    assert (told.signs[0].revision, told.signs[0].made_at) == (2, datetime(2025, 3, 6, 9, 30))


def test_each_of_several_updates_is_named_with_its_own_time(file):
    rewrite(file, ("118", "88"), when=b"20240320080000")
    rewrite(file, ("118", "88"), ("肺炎", "肺癌"), when=WHEN)
    told = examine(file)
    assert [(s.revision, s.before, s.after, s.made_at) for s in told.signs] == [
        (2, "118", "88", datetime(2024, 3, 20, 8)),
        (3, "社区获得性肺炎", "社区获得性肺癌", datetime(2025, 3, 6, 9, 30)),
    ]


def test_words_typed_on_a_white_box_are_read_on_their_line(file):
    hide(file, 5, "社区获得性肺炎", "肺恶性肿瘤")
    assert seen(file) == [(REVISION, REPLACED, 1, "诊断", "社区获得性肺炎", "肺恶性肿瘤")]


def test_a_white_box_over_a_diagnosis_is_a_removal_without_weight(file):
    hide(file, 5, "社区获得性肺炎", "")
    (only,) = examine(file).signs
    assert (only.how, only.what, only.before, only.weighty) == (REMOVED, "诊断", "社区获得性肺炎", False)


def test_words_beneath_a_white_box_are_found_without_an_earlier_revision(tmp_path):
    path = tmp_path / "一版.pdf"
    write_pdf(path, [[Put(70, 60, "血红蛋白 118g/L，白细胞 7.2")]])
    box = b"q 1 1 1 rg 122 %d 20 18 re f Q\n" % (842 - 76)
    content = drawn([Put(70, 60, "血红蛋白 118g/L，白细胞 7.2")]) + b"\n" + box + drawn([Put(124, 60, "58")])
    whole = path.read_bytes()
    start, end = whole.index(b"7 0 obj"), whole.index(b"8 0 obj")
    path.write_bytes(whole[:start] + b"7 0 obj\n" + stream(content) + b"\nendobj\n" + whole[end:])
    assert seen(path) == [(COVERED, REPLACED, 1, "数值", "118", "58")]


def test_an_inserted_and_a_removed_page_are_named(tmp_path):
    one = insert_page(record(tmp_path / "a.pdf"), ["会诊记录", "会诊意见：建议手术治疗"])
    other = remove_last_page(record(tmp_path / "b.pdf", 3))
    assert seen(one) == [(REVISION, PAGE_ADDED, 2, "页", "", "会诊记录 会诊意见：建议手术治疗")]
    assert [entry[:3] for entry in seen(other)] == [(REVISION, PAGE_REMOVED, 3)]


def test_a_line_added_is_told_and_weighs_nothing(file):
    append(file, {7: content_of([*with_words(), "", "补充诊断：重度贫血"])})
    (only,) = examine(file).signs
    assert (only.how, only.weighty) == (ADDED, False)
    assert "重度贫血" in only.after


INNOCENT = {
    "signature": sign,
    "comment": annotate,
    "stamp annotation": lambda path: annotate(path, b"/Stamp", b"/Name /Approved"),
    "properties": lambda path: append(path, {}, {b"ModDate": b"D:20250306093000+08'00'", b"Title": b"x"}),
    "saved again": rewrite,
    "saved again with streams": lambda path: rewrite(path, streamed=True),
    "red seal": lambda path: stamp(path, b"q 0.9 0.1 0.1 RG 3 w 60 480 120 80 re S Q"),
    "page number": lambda path: stamp(path, drawn([Put(280, 805, "第 1 页 共 1 页", 9)])),
    "bare number": lambda path: stamp(path, drawn([Put(280, 815, "12", 9)])),
    "copy stamp": lambda path: stamp(path, drawn([Put(300, 30, "复印件与原件相符 病案室", 9)])),
    "typed signature": lambda path: stamp(path, drawn([Put(300, 390, "审核医师签名：王海")])),
    "name blacked out": lambda path: hide(path, 2, "周文远", ""),
}


@pytest.mark.parametrize("change", INNOCENT)
def test_what_every_office_does_is_no_sign(file, change):
    INNOCENT[change](file)
    told = examine(file)
    assert told.revisions == 2
    assert told.signs == ()
    assert len(told.quiet) == 1


def test_a_form_filled_in_is_no_sign(tmp_path):
    path = write_pdf(
        tmp_path / "表.pdf",
        [
            [
                Put(70, 60, "知情同意书"),
                Put(70, 90, "患者意见：________"),
                Put(70, 120, "日期：    年  月  日"),
            ]
        ],
    )
    filled = [Put(70, 60, "知情同意书"), Put(70, 90, "患者意见：同意"), Put(70, 120, "日期：2024年3月11日")]
    append(path, {7: stream(drawn(filled))})
    assert examine(path).signs == ()


def test_a_text_layer_that_nobody_sees_is_no_sign(file):
    invisible = (
        b"BT 3 Tr /F1 12 Tf 70 300 Td <%s> Tj ET" % "血红蛋白 58g/L".encode("utf-16-be").hex().encode()
    )
    stamp(file, invisible)
    assert examine(file).signs == ()


def test_words_that_only_flow_otherwise_are_no_change(tmp_path):
    text = "入院后给予抗感染止咳化痰治疗症状逐渐缓解一般情况可无发热无胸痛饮食睡眠可大小便正常"
    path = write_pdf(tmp_path / "流.pdf", [[Put(70, 60, text[:20]), Put(70, 90, text[20:])]])
    append(path, {7: stream(drawn([Put(70, 60, text[:26]), Put(70, 90, text[26:])]))})
    assert examine(path).signs == ()


def laboratory_sheet(odd=None):
    """A sheet of results whose digits are all of one size; `odd` puts a second run into one of them."""
    puts = []
    for number in range(24):
        puts.append(Put(70, 60 + 24 * number, f"项目{number} 结果"))
        puts.append(Put(200, 60 + 24 * number, f"{100 + number}"))
    return puts + ([odd] if odd else [])


def test_a_digit_of_another_height_in_one_number_of_many_is_a_clue(tmp_path):
    path = write_pdf(tmp_path / "化验.pdf", [laboratory_sheet(Put(218, 58.6, "8", 14))])
    assert [entry[:4] for entry in seen(path)] == [(FONT, REPLACED, 1, "数值")]
    assert examine(path).signs[0].after == "1008"
    plain = write_pdf(tmp_path / "平.pdf", [laboratory_sheet()])
    assert seen(plain) == []


def test_an_exponent_and_a_large_heading_are_no_clue(tmp_path):
    exponent = write_pdf(tmp_path / "指数.pdf", [laboratory_sheet(Put(218, 56, "9", 7))])
    heading = write_pdf(
        tmp_path / "标题.pdf", [[*laboratory_sheet(), Put(300, 20, "20", 24), Put(324, 16, "24", 28)]]
    )
    assert seen(exponent) == seen(heading) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("D:20240305101500+08'00'", datetime(2024, 3, 5, 10, 15)),
        ("D:20240305021500Z", datetime(2024, 3, 5, 10, 15)),
        ("D:20240305101500", datetime(2024, 3, 5, 10, 15)),
        ("D:20240305", datetime(2024, 3, 5)),
        ("20240305101500-01'00'", datetime(2024, 3, 5, 19, 15)),
        ("D:20241399", None),
        ("昨天", None),
    ],
)
def test_dates_are_read_in_the_time_of_beijing(text, moment):
    assert read_date(text) == moment


def test_an_end_mark_inside_an_embedded_file_is_no_revision(tmp_path, file):
    inner = file.read_bytes()
    outer = record(tmp_path / "外.pdf")
    append(outer, {60: b"<< /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream" % (len(inner), inner)})
    assert len(revision_ends(outer.read_bytes())) == 2


@needs_reference
@pytest.mark.parametrize("name", sorted(path.name for path in (PDFS / "incremental").glob("*.pdf")))
def test_updates_that_mean_no_harm_are_no_more_than_a_clue(name):
    assert [sign for sign in examine(PDFS / "incremental" / name).signs if sign.weighty] == []


def test_words_typed_over_a_scan_on_a_white_box_are_a_clue(tmp_path):
    path = write_pdf(tmp_path / "扫描.pdf", [[]])
    grey = bytes([200]) * 100
    image = b"<< /Type /XObject /Subtype /Image /Width 10 /Height 10 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 100 >>\nstream\n" + grey + b"\nendstream"  # fmt: skip
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R"
        b" /Resources << /Font << /F1 3 0 R >> /XObject << /I 9 0 R >> >> >>"
    )
    scan = b"q 595 0 0 842 0 0 cm /I Do Q\n"
    typed = b"q 1 1 1 rg 100 600 80 20 re f Q\n" + drawn([Put(104, 842 - 620, "58g/L")])
    append(path, {7: stream(scan + typed), 8: page, 9: image})
    told = [entry for entry in seen(path) if entry[0] == TYPED_OVER]
    assert told == [(TYPED_OVER, ADDED, 1, "文字", "", "58g/L")]
