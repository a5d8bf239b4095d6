"""What a PDF shows and a person reads: columns, margins, paragraphs over pages, tables, scans, broken character maps."""

import random
from pathlib import Path

import pypdf
import pytest
from made_pdf import PAGE, Put, paragraph, write_pdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from knowledge.holding.sources import read_source
from knowledge.readers.columns import reading_groups
from knowledge.readers.files import read_file
from knowledge.readers.prose import origins, running_text
from knowledge.readers.soundness import garbled, sound

ARTICLE = (
    "第{}条 各级医疗保障行政部门应当加强对纳入医疗保障支付范围的医疗服务行为和医疗费用的监督，规范医疗保障经办业务，"
    "依法查处违法使用医疗保障基金的行为，并向社会公开第{}类事项。"
)
NUMBERS = "一二三四五六七八九"
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def laid(path, pages, **wrong):
    read = read_file(write_pdf(path, pages, **wrong), cache=None, citable=True)
    return read, running_text(read)


def flowing(paragraphs, lines_a_page=12, header="某省巡查办法", first=90):
    """Paragraphs over pages, each with a running header and a page number."""
    lines = [(put.x, put.text) for text in paragraphs for put in paragraph(text)]
    pages = [lines[at : at + lines_a_page] for at in range(0, len(lines), lines_a_page)]
    return [
        [
            Put(80, 40, header, 9),
            *(Put(x, first + 20 * place, text) for place, (x, text) in enumerate(page)),
            Put(270, 800, f"- {number} -", 9),
        ]
        for number, page in enumerate(pages, start=1)
    ]


def test_headers_footers_and_page_numbers_are_not_part_of_the_text(tmp_path):
    _, prose = laid(tmp_path / "a.pdf", flowing([ARTICLE.format(n, n) for n in NUMBERS]))
    assert prose.text == "\n".join(ARTICLE.format(n, n) for n in NUMBERS)


def test_a_title_that_is_also_the_running_header_stays_once(tmp_path):
    pages = flowing([ARTICLE.format(n, n) for n in NUMBERS], header="某省巡查办法", first=120)
    pages[0].insert(1, Put(220, 80, "某省巡查办法", 20))
    _, prose = laid(tmp_path / "a.pdf", pages)
    assert prose.text.count("某省巡查办法") == 1
    assert prose.text.startswith("某省巡查办法\n第一条")


def test_a_line_that_comes_back_at_the_head_of_pages_but_belongs_to_the_text_is_kept(tmp_path):
    same = "第{}条 " + "甲乙丙丁戊己庚辛壬癸" * 7 + "。"
    _, prose = laid(tmp_path / "a.pdf", flowing([same.format(n) for n in NUMBERS], lines_a_page=5))
    assert prose.text == "\n".join(same.format(n) for n in NUMBERS)


def test_an_article_over_a_page_break_is_one_passage_on_the_page_it_begins(tmp_path):
    file = write_pdf(tmp_path / "a.pdf", flowing([ARTICLE.format(n, n) for n in NUMBERS]))
    passages = read_source(file).passages
    assert [one.text for one in passages if one.kind == "article"] == [ARTICLE.format(n, n) for n in NUMBERS]
    assert [one.page for one in passages if one.kind == "article"] == [1, 1, 1, 1, 2, 2, 2, 2, 3]


def test_a_reference_at_the_head_of_a_line_is_no_article(tmp_path):
    text = (
        "第二条 违反本办法规定，造成医疗保障基金损失的，由医疗保障行政部门责令退回，依照第" + "一条规定处理。"
    )
    puts = [
        *paragraph("第一条 为了监督，制定本办法。"),
        Put(104, 100, text[:35]),
        Put(80, 120, "第一条的规定向社会公开，接受监督，有关部门应当协助办理并提供所需要的材料，"),
        Put(80, 140, "不得拒绝。"),
        *paragraph("第三条 本办法自公布之日起施行。", y=160),
    ]
    file = write_pdf(tmp_path / "a.pdf", [puts])
    assert [one.passage for one in read_source(file).passages] == ["第一条", "第二条", "第三条"]


@pytest.mark.parametrize("drawn", ["column by column", "line by line"])
def test_two_columns_are_read_one_after_the_other(tmp_path, drawn):
    left = paragraph(ARTICLE.format("一", "一"), 80, 120, 205) + paragraph(
        ARTICLE.format("二", "二"), 80, 280, 205
    )
    right = paragraph(ARTICLE.format("三", "三"), 310, 120, 205) + paragraph(
        ARTICLE.format("四", "四"), 310, 280, 205
    )
    puts = left + right
    if drawn == "line by line":
        puts.sort(key=lambda put: (put.y, put.x))
    _, prose = laid(tmp_path / "a.pdf", [[Put(200, 60, "某省巡查办法", 18), *puts]])
    assert prose.text == "\n".join(["某省巡查办法", *(ARTICLE.format(n, n) for n in "一二三四")])


def test_a_table_of_two_wide_columns_is_no_page_of_two_columns():
    boxes = []
    for row in range(8):
        top = row * 60
        boxes += [(0, top, 200, top + 12), (0, top + 15, 200, top + 27), (230, top, 430, top + 12)]
    assert len(reading_groups(boxes)) == 1


def table_row(y, *cells, at=(80, 130, 230, 330), size=10):
    return [Put(x, y, text, size) for x, text in zip(at, cells, strict=True) if text]


def test_a_table_over_two_pages_is_one_table_under_one_heading(tmp_path):
    heading = ("序号", "违规类型", "项目", "说明")
    rows = [(str(n), "重复收费", f"项目{n}", f"同时收取第{n}项") for n in range(1, 21)]
    pages = []
    for half in (rows[:10], rows[10:]):
        body = table_row(80, *heading)
        for place, row in enumerate(half):
            body += table_row(105 + 25 * place, *row)
        pages.append(body)
    _, prose = laid(tmp_path / "a.pdf", pages)
    assert prose.text == "\n".join("\t".join(row) for row in (heading, *rows))


def test_empty_cells_keep_their_place_and_a_row_cut_by_the_page_is_put_together(tmp_path):
    first = [
        *table_row(80, "序号", "违规类型", "项目", "说明"),
        *table_row(105, "1", "", "床位费", "按日计价"),
        *table_row(130, "2", "重复收费", "护理费", "与床位费同时"),
    ]
    second = [*table_row(80, "", "", "", "收取的部分"), *table_row(105, "3", "串换", "检查费", "以乙代甲")]
    _, prose = laid(tmp_path / "a.pdf", [first, second])
    assert prose.text.split("\n")[1:] == [
        "1\t\t床位费\t按日计价",
        "2\t重复收费\t护理费\t与床位费同时 收取的部分",
        "3\t串换\t检查费\t以乙代甲",
    ]


def test_rows_of_a_table_are_passages_of_their_own_named_by_their_number(tmp_path):
    rows = [*table_row(105, "序号", "违规类型", "项目", "说明")]
    for n in range(1, 5):
        rows += table_row(105 + 25 * n, str(n), "重复收费", f"项目{n}", f"同时收取第{n}项")
    file = write_pdf(tmp_path / "a.pdf", [[Put(200, 70, "某类问题清单", 14), *rows]])
    found = [one for one in read_source(file).passages if one.unit]
    assert (found[0].passage, found[0].kind, found[0].text) == (
        "序号 1",
        "row",
        "1\t重复收费\t项目1\t同时收取第1项",
    )
    assert found[0].context == "某类问题清单 / 序号｜违规类型｜项目｜说明"
    assert len(found) == 4


def test_every_piece_of_the_running_text_is_traced_to_the_page_it_came_from(tmp_path):
    read, prose = laid(tmp_path / "a.pdf", flowing([ARTICLE.format(n, n) for n in NUMBERS]))
    start = prose.text.index("第五条")
    end = prose.text.index("第六条") - 1
    stretches = prose.origins(start, end)
    assert "".join(read.text[begin:stop] for begin, stop in stretches) == prose.text[start:end]
    assert {read.page_at(begin).number for begin, _ in stretches} == {2}
    assert origins((), 3, 9) == [(3, 9)]


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("定点医疗机构应当执行实名就医和购药管理规定，核验参保人员医疗保障凭证。", False),
        ("醫療保障基金使用監督管理條例由國務院公布施行，各級人民政府應當遵守。", False),
        ("茯苓、黄芪、薏苡仁、枸杞、蒺藜、菟丝子、茱萸、蟾酥", False),
        ("定点医疗机构应当执行实名就医规定。".encode().decode("gb18030", errors="replace"), True),
        ("".join(chr(ord(sign) + 31) for sign in ARTICLE), True),
        ("很好", False),
    ],
)
def test_characters_nobody_writes_are_told_from_writing(text, broken):
    assert garbled(text) is broken


def test_one_garbled_line_among_good_ones_spoils_a_text_layer():
    line = "定点医疗机构应当执行实名就医和购药管理规定。"
    assert sound("\n".join([line] * 5))
    assert not sound("\n".join([*[line] * 5, "鍖荤枟淇濋殰鍩洪噾鐩戠潱绠＄悊鏉′緥"]))


def scanned(path, texts, spoil=()):
    """A PDF of pictures of text; the pages in `spoil` are beyond reading."""
    if not FONT.is_file():
        pytest.skip("needs the package fonts-noto-cjk")
    font = ImageFont.truetype(str(FONT), 34)
    pictures = []
    for number, text in enumerate(texts, start=1):
        picture = Image.new("RGB", (1240, 900), "white")
        draw = ImageDraw.Draw(picture)
        for place, line in enumerate(text.split("\n")):
            draw.text((110, 120 + 62 * place), line, fill="black", font=font)
        if number in spoil:
            noise = random.Random(number)
            picture = picture.filter(ImageFilter.GaussianBlur(11))
            for _ in range(9000):
                picture.putpixel((noise.randrange(1240), noise.randrange(900)), (noise.randrange(256),) * 3)
        pictures.append(picture)
    pictures[0].save(path, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return path


PAGES = (
    "某省医疗保障基金巡查办法\n第一条 为了规范巡查工作，制定本办法。\n第二条 巡查人员不得少于两人。",
    "第三条 巡查结论应当在二十四小时内送达。\n第四条 巡查档案保存十年。",
    "第五条 本办法自2024年5月1日起施行。",
)


@pytest.mark.slow
def test_a_scan_is_read_with_a_confidence_a_page_and_a_lost_page_is_named_and_left_out(tmp_path):
    file = scanned(tmp_path / "a.pdf", PAGES, spoil={2})
    source = read_source(file, tmp_path / "cache")
    assert [(number, origin) for number, _, _, origin, _ in source.pages][0::2] == [(1, "ocr"), (3, "ocr")]
    assert all(confidence > 0.9 for number, _, _, _, confidence in source.pages if number != 2)
    named = [one.passage for one in source.passages if one.kind == "article"]
    assert named == ["第一条", "第二条", "第五条"]
    assert any(note.startswith("第 2 页") and note.endswith("未入库") for note in source.notes)
    assert source.passages[-1].page == 3
    assert source.passages[-1].confidence > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("broken", [{"wrong": 31}, {"missing": True}])
def test_a_text_layer_with_a_broken_character_map_is_read_by_recognition(tmp_path, broken):
    puts = [
        *paragraph("第一条 为了规范巡查工作，制定本办法。"),
        *paragraph("第二条 巡查人员不得少于两人。", y=110),
    ]
    read, prose = laid(tmp_path / "a.pdf", [puts], **broken)
    assert [page.origin for page in read.pages] == ["ocr"]
    assert prose.text.replace(" ", "") == "第一条为了规范巡查工作，制定本办法。\n第二条巡查人员不得少于两人。"


def test_pages_doubtfully_recognised_are_told_with_their_confidence():
    from knowledge.readers import Line, Page, ReadText

    def page(number, start, sure):
        return Page(
            number, start, start + 20, "ocr", sure, (Line(start, start + 20, sure, (0.1, 0.1, 0.9, 0.12)),)
        )

    text = "第一条 甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲。\n" * 3
    read = ReadText(text, tuple(page(n + 1, 21 * n, sure) for n, sure in enumerate((0.97, 0.71, 0.86))))
    assert running_text(read).notes == ("第 2 页识别置信 0.71，低于 0.80，未入库", "第 3 页识别置信 0.86")


def test_a_page_that_is_garbled_after_all_is_named_and_the_rest_stays():
    from knowledge.readers import Line, Page, ReadText

    good, bad = "第一条 定点医疗机构应当核验凭证。", "鍖荤枟淇濋殰鍩洪噾鐩戠潱绠＄悊鏉′緥"
    text = f"{good}\n{bad}\n"
    first = Page(1, 0, len(good), cells=(Line(0, len(good), 1.0, (0.1, 0.3, 0.6, 0.32)),))
    begin = len(good) + 1
    second = Page(
        2, begin, begin + len(bad), cells=(Line(begin, begin + len(bad), 1.0, (0.1, 0.3, 0.6, 0.32)),)
    )
    prose = running_text(ReadText(text, (first, second)))
    assert (prose.text, prose.notes) == (good, ("第 2 页是乱码，未入库",))


def test_a_made_page_is_as_wide_as_a_sheet():
    assert PAGE == (595, 842)


class BrokenEngine:
    def __call__(self, picture, use_cls):
        raise RuntimeError("no memory for the tensor")


def test_a_page_the_recognition_fails_on_is_named_and_the_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("knowledge.readers.ocr._engine", BrokenEngine())
    puts = paragraph("第一条 为了规范巡查工作，制定本办法并予以公布施行。")
    good = write_pdf(tmp_path / "good.pdf", [puts])
    bad = write_pdf(tmp_path / "bad.pdf", [puts], missing=True)
    writer = pypdf.PdfWriter()
    for file in (good, bad, good):
        writer.append(file)
    writer.write(tmp_path / "a.pdf")
    source = read_source(tmp_path / "a.pdf")
    assert [page[3] for page in source.pages] == ["text", "unreadable", "text"]
    assert source.notes == ("第 2 页文字识别没有成功（RuntimeError）", "第 2 页识别不清，未入库")
    assert [one.page for one in source.passages] == [1, 3]
