"""Where the table stands in a sheet somebody else made: its headings in one row or two, its lines, what is neither.

Titles above, totals and notes below, and headings that a printed page repeats are left out, each with its reason.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.importing.sheet_kinds import heading_keys, known_headings, sheet_kinds
from knowledge.importing.sheet_values import plain
from knowledge.readers.sheets import Sheet

HIGHEST_HEADING = 15  # titles, notes and units stand above it
LONGEST_HEADING = 30
_TOTAL = re.compile(r"合计|总计|小计|共计|累计")
_NOTE = re.compile(r"(?:备?注|说明|附注|填表说明)\s*[:：]|(?:制表|填报|审核|打印)(?:人|单位|日期|时间)")
_LEVEL = re.compile(r"[一二三省市县]级")  # as often a value as a heading
_FIGURES = re.compile(r"[\d.,%￥¥\s\-/:]+")


@dataclass(frozen=True)
class SheetTable:
    """One sheet as a table. Line numbers count from 1 as the spreadsheet shows them; `title` is what stands above."""

    sheet: str
    title: str
    heading_row: int | None
    headings: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    left_out: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()


def lay_out(sheet: Sheet) -> SheetTable:
    """The table of a sheet; `heading_row` is null where the sheet has none."""
    place = _heading_place(sheet.rows)
    if place is None:
        return SheetTable(sheet.name, "", None, (), (), notes=sheet.notes)
    upper = sheet.rows[place]
    lower = sheet.rows[place + 1] if place + 1 < len(sheet.rows) else ()
    two = _continues(upper, lower)
    headings = _joined(upper, lower) if two else tuple(plain(cell) for cell in upper)
    title = " ".join(plain(cell) for row in sheet.rows[:place] for cell in row if cell.strip())
    lines, left_out = _lines(sheet.rows, headings, place + (2 if two else 1))
    return SheetTable(sheet.name, title, place + 1, headings, lines, left_out, sheet.notes)


def column_letter(place: int) -> str:
    """The name a spreadsheet gives to column 0, 1, 2 …: A, B, … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def is_known_heading(cell: str) -> bool:
    keys = heading_keys(cell)
    if any(key in known_headings() for key in keys):
        return True
    patterns = [field.pattern for field in sheet_kinds()["price_caps"].fields.values() if field.pattern]
    return any(pattern.search(key) for pattern in patterns for key in keys)


def _heading_place(rows: Sequence[Sequence[str]]) -> int | None:
    """The row of which most cells are known headings; else the widest of the first rows."""
    top = rows[:HIGHEST_HEADING]
    labels = [[cell for cell in row if _is_label(cell) and not _LEVEL.fullmatch(cell.strip())] for row in top]
    known = [sum(is_known_heading(cell) for cell in row) for row in labels]
    if known and max(known) >= 2:
        return known.index(max(known))
    widths = [len({cell.strip() for cell in row if cell.strip()}) for row in top[:6]]
    return widths.index(max(widths)) if widths and max(widths) >= 2 else None


def _is_label(cell: str) -> bool:
    said = cell.strip()
    return bool(said) and len(said) <= LONGEST_HEADING and not _FIGURES.fullmatch(said)


def _continues(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the row below the headings goes on with them: labels only, none under the first heading, one known."""
    said = [(place, cell) for place, cell in enumerate(lower) if cell.strip()]
    first = next((place for place, cell in enumerate(upper) if cell.strip()), 0)
    if not said or any(place == first or not _is_label(cell) for place, cell in said):
        return False
    return any(is_known_heading(f"{_parent(upper, place)}/{cell}") for place, cell in said)


def _under(upper: Sequence[str], place: int) -> str | None:
    return upper[place].strip() or None if place < len(upper) else None


def _parent(upper: Sequence[str], place: int) -> str:
    """The heading above a cell: a merged heading stands in its first column only."""
    for left in range(min(place, len(upper) - 1), -1, -1):
        if upper[left].strip():
            return plain(upper[left])
    return ""


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    width = max(len(upper), len(lower))
    headings = []
    for place in range(width):
        below = plain(lower[place]) if place < len(lower) else ""
        above = _under(upper, place)
        headings.append(f"{_parent(upper, place)}/{below}" if below else plain(above or ""))
    return tuple(headings)


def _lines(
    rows: Sequence[Sequence[str]], headings: Sequence[str], begin: int
) -> tuple[tuple[tuple[int, tuple[str, ...]], ...], tuple[tuple[int, str], ...]]:
    lines: list[tuple[int, tuple[str, ...]]] = []
    left_out: list[tuple[int, str]] = []
    for number, row in enumerate(rows[begin:], start=begin + 1):
        cells = tuple(row[: len(headings)]) + ("",) * (len(headings) - len(row))
        said = [cell.strip() for cell in cells if cell.strip()]
        if not said:
            continue
        reason = "重复的表头" if _repeats(cells, headings) else _no_line(said)
        if reason:
            left_out.append((number, reason))
        else:
            lines.append((number, cells))
    return tuple(lines), tuple(left_out)


def _repeats(cells: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether each cell says what its heading says, or one row of it."""
    return all(
        not cell.strip() or plain(cell) in (heading, *heading.split("/"))
        for cell, heading in zip(cells, headings, strict=True)
    )


def _no_line(said: Sequence[str]) -> str | None:
    if _TOTAL.match(re.sub(r"\s", "", said[0])):
        return "合计行"
    if _NOTE.match(said[0]):
        return "附注"
    if len(said) == 1:
        return "只有一格有内容"
    return None
