"""The institution's side of the statement: it fills in the sheet it was sent, with its own spreadsheet program."""

import io
from collections.abc import Callable

import openpyxl

from review.reports.hearing_sheets import KEY, SAID, STANCE

ACCEPTS, OBJECTS = "无异议", "有异议"
OBJECTION = "有当时的记录和医嘱可证，请复核。"


def answered(sent: bytes, objects_to: Callable[[str], bool]) -> tuple[bytes, dict[str, str]]:
    """The sheet filled in, and the stance on each finding it names."""
    book = openpyxl.load_workbook(io.BytesIO(sent))
    table = book["答复"]
    columns = {cell.value: cell.column for cell in table[1]}
    stances: dict[str, str] = {}
    for row in range(2, table.max_row + 1):
        finding = table.cell(row, columns[KEY]).value
        if finding is None:  # the note below the table
            continue
        objects = objects_to(finding)
        stances[finding] = OBJECTS if objects else ACCEPTS
        table.cell(row, columns[STANCE]).value = stances[finding]
        table.cell(row, columns[SAID]).value = OBJECTION if objects else None
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue(), stances
