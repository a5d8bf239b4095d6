"""Writes a paper as an Excel workbook: a first sheet that says what it is, then a sheet for every table.

The only writer that opens openpyxl. A text is a text whatever it begins with: no cell of ours is ever a formula but
the sum under a column of a form, which names nothing but that column's own cells.
"""

import io
import re
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from review.reports.packing import packed
from review.reports.paper import (
    COUNT,
    DAY,
    MINUTE,
    YUAN,
    Cell,
    Column,
    Fields,
    Paper,
    Sum,
    Table,
    Text,
    pieces,
    told,
    width_of,
)

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "宋体"  # Office takes the system's Chinese font where it is missing: the character set says which
LONGEST_PIECE = 500  # letters of a cell; a longer text goes on in the rows below
LONGEST_CELL = 32_000  # letters; Excel holds 32,767
LEAST_COLUMN = 10  # letters of a column of a form on the average: it is written in
SHEET_WIDTH = 132  # half-width letters across a page in landscape
_ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_NARROWEST = {DAY: 11.5, MINUTE: 17.0, YUAN: 12.0}  # below this a program shows #### in their place
_FORMS = {YUAN: "#,##0.00", COUNT: "#,##0", DAY: "yyyy-mm-dd"}
_NO_NAME = re.compile(r"[\[\]:*?/\\]")
# form, right, strong, head, marked as text, to fill
Looks = dict[tuple[str, bool, bool, bool, bool, bool], Any]


def as_workbook(paper: Paper) -> bytes:
    """The bytes of an .xlsx file."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator, book.properties.title = "明鉴", paper.title
    looks: Looks = {}
    _first(book.active, paper, looks)
    if any(column.fills for table in paper.tables for column in table.columns):
        _lock(book.active)
    names = {book.active.title}
    for table in paper.tables:
        name = _sheet_name(table.name, names)
        names.add(name)
        _sheet(book.create_sheet(name), table, paper, looks)
    sink = io.BytesIO()
    book.save(sink)
    return packed(sink.getvalue(), paper.made_at)


def _first(sheet: Any, paper: Paper, looks: Looks) -> None:
    sheet.title = "说明"
    _print(sheet, paper, landscape=False)
    for letter, width in (("A", 22), ("B", 72)):
        sheet.column_dimensions[letter].width = width
    lines: list[tuple[Cell, Cell]] = [(paper.header, paper.subtitle)]
    for block in paper.blocks:
        if isinstance(block, Fields):
            lines += block.pairs
        elif isinstance(block, Text):
            lines.append(("", block.text))
    for number, (label, value) in enumerate(lines, start=1):
        _write(looks, sheet.cell(number, 1), label, strong=True)
        _write(looks, sheet.cell(number, 2), value, kind=YUAN if isinstance(value, Decimal) else "")
        sheet.cell(number, 2).alignment = _aligned("left")
        sheet.row_dimensions[number].height = _height([(told(label), 22), (told(value), 72)])


def _sheet(sheet: Any, table: Table, paper: Paper, looks: Looks) -> None:
    from openpyxl.utils import get_column_letter

    _print(sheet, paper, landscape=True)
    whole_rows = any(column.hidden for column in table.columns)
    whole = sum(column.width for column in table.columns if not column.hidden)
    across = max(SHEET_WIDTH, LEAST_COLUMN * len(table.columns) if whole_rows else 0)
    widths = [max(_NARROWEST.get(c.kind, 7.0), round(across * c.width / whole, 1)) for c in table.columns]
    for number, (column, width) in enumerate(zip(table.columns, widths, strict=True), start=1):
        across_it = sheet.column_dimensions[get_column_letter(number)]
        across_it.width, across_it.hidden = width, column.hidden
        _write(looks, sheet.cell(1, number), column.title, strong=True, head=True)
    sheet.row_dimensions[1].height = _height(list(zip([c.title for c in table.columns], widths, strict=True)))
    rows = list(table.rows) if whole_rows else [line for row in table.rows for line in _continued(row)]
    strong = len(rows) + 1 if table.total else 0
    for number, row in enumerate([*rows, *([table.total] if table.total else [])], start=1):
        _row(looks, sheet, number + 1, row, table.columns, widths, strong=number == strong)
    last = len(rows) + (2 if table.total else 1)
    if table.note:
        _write(looks, sheet.cell(last + 1, 1), table.note)
        sheet.merge_cells(start_row=last + 1, start_column=1, end_row=last + 1, end_column=len(table.columns))
        sheet.row_dimensions[last + 1].height = _height([(table.note, SHEET_WIDTH)])
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    if any(column.fills for column in table.columns):
        _to_fill(sheet, table.columns, len(rows))
    if table.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(rows) + 1}"


def _row(
    looks: Looks,
    sheet: Any,
    at: int,
    row: tuple[Cell, ...],
    columns: tuple[Column, ...],
    widths: list[float],
    *,
    strong: bool,
) -> None:
    for number, (value, column) in enumerate(zip(row, columns, strict=True), start=1):
        opened = column.fills and not strong
        _write(looks, sheet.cell(at, number), value, kind=column.kind, strong=strong, to_fill=opened)
        if isinstance(value, Sum):
            place = sheet.cell(at, number)
            above = f"{place.column_letter}2:{place.column_letter}{at - 1}"
            place.value = f'=IF(COUNT({above})=0,"",SUM({above}))'
    written = [
        ("" if column.hidden else told(value, column.kind), width)
        for value, column, width in zip(row, columns, widths, strict=True)
    ]
    sheet.row_dimensions[at].height = _height(written)


def _lock(sheet: Any) -> None:
    """Against slips, not against will: there is no password, and who reads the sheet back compares every cell."""
    sheet.protection.sheet = True
    for allowed in ("autoFilter", "formatColumns", "formatRows"):
        setattr(sheet.protection, allowed, False)


def _to_fill(sheet: Any, columns: tuple[Column, ...], rows: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    _lock(sheet)
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        if not column.fills or not rows:
            continue
        if column.choices:
            rule = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"')
        elif column.kind in (YUAN, COUNT):
            rule = DataValidation(
                type="decimal" if column.kind == YUAN else "whole",
                operator="greaterThanOrEqual",
                formula1="0",
            )
        elif column.hint:
            rule = DataValidation()
        else:
            continue
        rule.allow_blank, rule.showErrorMessage = True, True
        rule.errorTitle, rule.error = "请改填", column.hint or "、".join(column.choices) or "请填零以上的数。"
        rule.showInputMessage, rule.promptTitle, rule.prompt = (
            bool(column.hint),
            "填写",
            column.hint,
        )
        rule.add(f"{letter}2:{letter}{rows + 1}")
        sheet.add_data_validation(rule)


def _continued(row: tuple[Cell, ...]) -> list[tuple[Cell, ...]]:
    """A row, and below it rows that go on with what is too long for one cell to be read."""
    parts = [pieces(value, LONGEST_PIECE) if isinstance(value, str) else [value] for value in row]
    most = max(len(part) for part in parts)
    return [tuple(part[n] if n < len(part) else None for part in parts) for n in range(most)]


def _write(
    looks: Looks,
    cell: Any,
    value: Cell,
    *,
    kind: str = "",
    strong: bool = False,
    head: bool = False,
    to_fill: bool = False,
) -> None:
    """A value in its form. A look is put together once in a workbook: the library takes long over each."""
    text = told(value)[:LONGEST_CELL] if isinstance(value, str) else ""
    form = "@" if to_fill and kind not in _FORMS else _form(value, kind)
    look = (form, kind in (YUAN, COUNT) and not head, strong, head, text.startswith(_ACTS), to_fill)
    if look not in looks:
        _dress(cell, *look)
        looks[look] = copy(cell._style)
    cell._style = copy(looks[look])
    if isinstance(value, str) and value:
        cell.value, cell.data_type = text, "s"  # whatever it looks like: a formula, an error, a number
    elif value is not None and not isinstance(value, str | Sum):
        cell.value = value
        cell._style = copy(looks[look])  # a day put into a cell changes its form


def _form(value: Cell, kind: str) -> str:
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(value, date):
        return _FORMS[DAY]
    return "General" if isinstance(value, str) else _FORMS.get(kind, "General")


def _dress(cell: Any, form: str, right: bool, strong: bool, head: bool, marked: bool, to_fill: bool) -> None:
    from openpyxl.styles import Border, Font, PatternFill, Protection, Side

    cell.font = Font(name=FONT, size=10, bold=strong, charset=134, family=3)
    thin = Side(style="thin", color="FFB5BDB9")
    cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
    cell.alignment = _aligned("right" if right else "left")
    cell.number_format, cell.quotePrefix = form, marked
    if head:
        cell.fill = PatternFill("solid", fgColor="FFE8ECEA")
    if to_fill:
        cell.fill, cell.protection = PatternFill("solid", fgColor="FFFBF8EC"), Protection(locked=False)


def _aligned(side: str) -> Any:
    from openpyxl.styles import Alignment

    # a number keeps away from the words of the next column
    return Alignment(horizontal=side, vertical="top", wrap_text=side == "left", indent=int(side == "right"))


def _print(sheet: Any, paper: Paper, *, landscape: bool) -> None:
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.oddHeader.left.text = _plain(paper.header)
    sheet.oddHeader.right.text = _plain(paper.subtitle)
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.oddFooter.right.text = f"{paper.made_at:%Y-%m-%d}"


def _plain(text: str) -> str:
    """Without what a page header takes for an instruction; it holds 255 letters."""
    return told(text).replace("&", "＆").replace("\n", " ")[:80]


def _height(cells: list[tuple[str, float]]) -> float:
    """Points for the highest of these texts, broken at the widths of their columns."""
    lines = max(
        sum(max(1, -(-width_of(line) // max(1, int(width)))) for line in text.split("\n"))
        for text, width in cells
    )
    return min(409.0, 4.0 + 13.0 * lines)


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel accepts and no other sheet has."""
    plain = _NO_NAME.sub("", told(name)).strip("'")[:28] or "表"
    return next(one for one in [plain, *(f"{plain}{n}" for n in range(2, 1000))] if one not in taken)
