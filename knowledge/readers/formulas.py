"""Formulas of a workbook whose results it does not hold: read as empty cells they would pass for nothing written.

A file that a program wrote, and no spreadsheet program has opened since, has no results.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl

from knowledge.readers import UnreadableFile
from knowledge.readers.sheets import LARGEST_SHEET, Sheet, read_sheets
from knowledge.readers.text import read_bytes
from knowledge.readers.word import DAMAGE


def read_sheets_with_formulas(path: Path) -> list[Sheet]:
    """All sheets of a file; a cell that holds a formula and no result comes as the formula's text, from its `=` on."""
    sheets = read_sheets(path)
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return sheets
    formulas = _formulas(read_bytes(path, LARGEST_SHEET))
    return [_filled(sheet, formulas.get(sheet.name, {})) for sheet in sheets]


def _filled(sheet: Sheet, formulas: Mapping[tuple[int, int], str]) -> Sheet:
    rows = [list(row) for row in sheet.rows]
    for (row, column), formula in formulas.items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = rows[row][column] or formula
    return replace(sheet, rows=tuple(tuple(row) for row in rows)) if formulas else sheet


def _formulas(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """The formulas of each sheet by row and column, counted from 0; nothing is parsed where there are none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
            if not any(b"<f>" in package.read(name) or b"<f " in package.read(name) for name in sheets):
                return {}
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        try:
            return {
                sheet.title: {
                    (number, place): value
                    for number, row in enumerate(sheet.iter_rows(values_only=True))
                    for place, value in enumerate(row)
                    if isinstance(value, str) and value.startswith("=")
                }
                for sheet in book.worksheets
            }
        finally:
            book.close()
    except DAMAGE as problem:
        raise UnreadableFile("Excel 文件损坏或不完整", "请用 Excel 打开后另存一份") from problem
