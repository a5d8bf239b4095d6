"""Reads spreadsheets: the only door to openpyxl. Every cell comes as text, as a person reads it in the table.

Identifiers survive: text stays as it is, a whole number loses the ".0" Excel gives it, a date becomes ISO text.
A number of more than fifteen digits has already lost its end inside Excel; the notes say where that happened.
"""

import csv
import datetime
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from knowledge.readers import UnreadableFile
from knowledge.readers.text import decode, read_bytes
from knowledge.readers.word import DAMAGE, check_package

LARGEST_SHEET = 500 * 1024 * 1024
EXACT_DIGITS = 15
DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class Sheet:
    """One table: rows of cell texts, as many cells as the row has. Row i of the tuple is row i + 1 of the file."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Merged:
    """A merged range: rows and columns from 1, both ends in it."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


def read_sheets(path: Path) -> list[Sheet]:
    """All sheets of an .xlsx, or the one table of a .csv or .tsv."""
    content = read_bytes(path, LARGEST_SHEET)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _workbook(content)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        text, encoding, notes = decode(content)
        return [Sheet(path.stem, tuple(delimited_rows(text)), (*notes, f"编码 {encoding}"))]
    raise UnreadableFile(f"不支持 {path.suffix} 表格", "请另存为 .xlsx 或 .csv")


def merged_cells(path: Path) -> dict[str, tuple[Merged, ...]]:
    """The merged ranges of each sheet of an .xlsx, as Excel writes them: only the first cell of one holds a value."""
    content = read_bytes(path, LARGEST_SHEET)
    check_package(content, "Excel")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except DAMAGE as problem:
        raise UnreadableFile("Excel 文件损坏或不完整", "请用 Excel 打开后另存一份") from problem
    return {
        sheet.title: tuple(
            Merged(one.min_row, one.max_row, one.min_col, one.max_col) for one in sheet.merged_cells.ranges
        )
        for sheet in book.worksheets
    }


def delimited_rows(text: str) -> Iterator[tuple[str, ...]]:
    """The rows of a delimited text, by the delimiter its first line has most of."""
    # a title above the table has no delimiter in it
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    first = next((line for line in lines if any(sign in line for sign in DELIMITERS)), "")
    delimiter = max(DELIMITERS, key=first.count)
    csv.field_size_limit(16 * 1024 * 1024)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield tuple(row)
    except csv.Error as problem:
        raise UnreadableFile(f"CSV 结构有误（{problem}）", "请检查引号是否成对") from problem


def _workbook(content: bytes) -> list[Sheet]:
    check_package(content, "Excel")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            sheets = [_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
            hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        finally:
            book.close()
        told = (f"隐藏的工作表“{'”“'.join(hidden)}”未读",) if hidden else ()
        return [
            replace(sheet, notes=(*sheet.notes, *told)) if not place else sheet
            for place, sheet in enumerate(sheets)
        ]
    except DAMAGE as problem:
        raise UnreadableFile("Excel 文件损坏或不完整", "请用 Excel 打开后另存一份") from problem


def _sheet(sheet: Any) -> Sheet:
    sheet.reset_dimensions()
    rows, cut = [], 0
    for row in sheet.iter_rows(values_only=True):
        cut += sum(type(value) in (int, float) and abs(value) >= 10**EXACT_DIGITS for value in row)
        cells = [cell_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        rows.append(tuple(cells))
    while rows and not rows[-1]:
        rows.pop()
    note = (
        f"{cut} 个超过 {EXACT_DIGITS} 位的数字被 Excel 存成数值，末位可能已失真；请把该列设为文本后重新导出"
    )
    return Sheet(sheet.title, tuple(rows), (note,) if cut else ())


def cell_text(value: object) -> str:
    """One cell as text; empty for none."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float():
            whole = value.is_integer() and abs(value) < 1e18
            return str(int(value)) if whole else format(Decimal(repr(value)), "f")
        case datetime.datetime():
            plain = value.time() == datetime.time(0)
            return value.date().isoformat() if plain else value.isoformat(sep=" ", timespec="seconds")
        case datetime.date():
            return value.isoformat()
        case datetime.time():
            return value.isoformat(timespec="seconds")
        case _:
            return str(value).strip()
