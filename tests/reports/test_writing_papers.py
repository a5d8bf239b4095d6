"""The two writers of papers: nothing acts, everything survives or is shown, types stay types, bytes repeat."""

import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal

import docx
import openpyxl
import pytest
from hostile_paper import CONTROLS, FORMULAS, LONG, MADE, RARE, TURNED, UNBROKEN, hostile_paper

from knowledge.readers.word import read_word
from review.reports.grid import DIGIT, MARGINS, TWIPS, column_widths
from review.reports.paper import COUNT, YUAN, Column, Paper, Table, pieces, shown, told
from review.reports.preview import FIRST_ROWS, preview
from review.reports.word import FALLBACKS, as_word
from review.reports.workbook import LONGEST_PIECE, as_workbook


@pytest.fixture(scope="module")
def workbook():
    return as_workbook(hostile_paper())


@pytest.fixture(scope="module")
def word():
    return as_word(hostile_paper())


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name).decode("utf-8", "ignore") for name in package.namelist()}


def cells(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_no_cell_is_a_formula_an_error_or_a_link(workbook):
    assert [
        cell.coordinate for cell in cells(workbook) if cell.data_type in ("f", "e") or cell.hyperlink
    ] == []
    assert not [
        name for name, part in parts(workbook).items() if "<f>" in part or "<f " in part or "ddeLink" in part
    ]


def test_a_text_that_looks_like_a_formula_is_kept_as_it_was_and_marked_as_text(workbook):
    held = {cell.value: cell for cell in cells(workbook) if cell.data_type == "s"}
    for text in FORMULAS:
        assert shown(text) in held
    assert all(held[text].quotePrefix for text in ("=1+1", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\n=1+1"))
    assert held["00123"].data_type == held["1e5"].data_type == "s"


def test_rare_letters_survive_and_controls_are_shown(workbook, word):
    texts = [str(cell.value) for cell in cells(workbook)]
    said = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(word)).paragraphs)
    for text in (
        RARE,
        shown(CONTROLS),
        shown(TURNED),
        "半\ufffd字\ufffd",
        "<w:t>&amp;</w:t>]]>",
        "${1}{{7*7}}",
    ):
        assert text in texts
        assert text in said
    assert shown(CONTROLS) == "响␇铃␀空␛[31m〔U+007F〕〔U+0085〕"
    assert shown(TURNED) == "甲〔U+202E〕乙〔U+2066〕丙"


def test_a_long_quote_goes_on_in_rows_below_and_no_letter_is_lost(workbook, word):
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    column = [row[1].value or "" for row in book.worksheets[1].iter_rows(min_row=2)]
    for text in (LONG, UNBROKEN):
        assert text in "".join(column)
    assert max(map(len, column)) <= LONGEST_PIECE
    rows = docx.Document(io.BytesIO(word)).tables[1]._tbl.tr_lst
    assert LONG in "".join("".join(row.tc_lst[1].itertext()) for row in rows)


def test_yuan_are_numbers_with_two_decimals_and_days_are_days(workbook):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[1]
    number, _, yuan, day, time = sheet[2]
    assert (number.value, yuan.value, yuan.number_format) == (0, 1234.5, "#,##0.00")
    assert (day.value.date(), day.number_format) == (date(2024, 2, 29), "yyyy-mm-dd")
    assert (time.value, time.number_format) == (MADE, "yyyy-mm-dd hh:mm")


def test_heads_repeat_and_pages_are_numbered_in_both(workbook, word):
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    assert {sheet.print_title_rows for sheet in book.worksheets[1:]} == {"$1:$1"}
    assert all("&P" in sheet.oddFooter.center.text for sheet in book)
    assert all(sheet.oddHeader.left.text.startswith("草稿") for sheet in book)
    assert "&P" not in book.worksheets[0].oddHeader.right.text  # a hospital's name is no instruction
    held = parts(word)
    assert held["word/document.xml"].count("<w:tblHeader/>") == 2
    assert "NUMPAGES" in "".join(part for name, part in held.items() if "footer" in name)
    assert "草稿" in "".join(part for name, part in held.items() if "header" in name)


def test_chinese_fonts_are_named_with_what_else_they_go_by(word, workbook):
    held = parts(word)
    for font, others in FALLBACKS.items():
        assert f'<w:font w:name="{font}"><w:altName w:val="{others}"/>' in held["word/fontTable.xml"]
    assert 'w:eastAsia="仿宋"' in held["word/styles.xml"]
    assert '<charset val="134"' in parts(workbook)["xl/styles.xml"]


def test_two_thousand_lines_are_all_there(workbook, word):
    assert openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[2].max_row == 2_001
    assert len(docx.Document(io.BytesIO(word)).tables[2]._tbl.tr_lst) == 2_001


@pytest.mark.parametrize("write", [as_word, as_workbook])
def test_the_same_paper_gives_the_same_bytes(write):
    assert write(hostile_paper(3)) == write(hostile_paper(3))


def test_nothing_in_a_file_tells_the_hour_it_was_made(word, workbook):
    for content in (word, workbook):
        stamps = re.findall(r"(\d{4}-\d\d-\d\dT[\d:]+Z)<", parts(content)["docProps/core.xml"])
        assert set(stamps) == {"2026-03-01T00:00:00Z"}


def test_our_own_reader_reads_a_paper_back(tmp_path, word):
    (tmp_path / "取证单.docx").write_bytes(word)
    assert "𠮷野家😀" in read_word(tmp_path / "取证单.docx").text


def test_the_screen_gets_text_only_and_the_beginning_of_a_long_table():
    said = preview(hostile_paper())
    table = [block for block in said["blocks"] if block["kind"] == "table"][1]
    assert (len(table["rows"]), table["more"]) == (FIRST_ROWS, 2_000 - FIRST_ROWS)
    assert all(isinstance(cell, str) for row in table["rows"] for cell in row)


def test_two_tables_of_one_name_are_two_sheets():
    table = Table("表", (Column("甲"),), (("一",),))
    content = as_workbook(Paper("底稿", "", False, MADE, (table, table)))
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["说明", "表", "表2"]


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, "", ""), (Decimal("-1234.5"), "yuan", "-1,234.50"), (1234, "count", "1,234"), (1234, "", "1234"),
        (date(2024, 3, 1), "", "2024-03-01"), (datetime(2024, 3, 1, 8, 5), "", "2024-03-01 08:05"),
    ],
)  # fmt: skip
def test_a_cell_in_words(value, kind, words):
    assert told(value, kind) == words


def test_a_text_is_cut_after_a_sentence_and_never_inside_a_joined_letter():
    assert pieces("一二三。四五六", 5) == ["一二三。", "四五六"]
    assert "".join(pieces("👨\u200d👩", 1)) == "👨\u200d👩"
    assert "".join(pieces(LONG, 500)) == LONG


def test_no_number_is_broken_over_two_lines_where_the_page_is_wide_enough():
    columns = (
        Column("序号", COUNT, 0.2),
        Column("所见", width=5),
        Column("金额", YUAN, 0.3),
        Column("号", width=0.2),
    )
    rows = [("12", "所见很长" * 20, "1,505.22", "260113002041"), ("7", "x", "", "38269220260129000891")]
    widths = column_widths(columns, rows, 17.0)
    assert abs(sum(widths) - 17 * TWIPS) < 4
    assert [widths[n] for n in (0, 2, 3)] == [MARGINS + signs * DIGIT for signs in (2, 8, 12)]
    assert column_widths(columns[:2], [("1", "x")], 17.0)[1] > 14 * TWIPS


def test_where_all_numbers_do_not_fit_the_shares_stand():
    columns = tuple(Column(str(n)) for n in range(30))
    assert set(column_widths(columns, [("1,234,567.89",) * 30], 17.0)) == {round(17 * TWIPS / 30)}
