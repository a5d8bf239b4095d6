"""Rows of tables whose cells are apart by tabs, as Word files, web pages and PDF files give them.

A row is named by its serial number, its name or its first words; its columns are named in what stands above it.
Markdown tables are read by `knowledge.cutting.listings`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.cutting.listings import row_name
from knowledge.cutting.pieces import Piece

_LINE = re.compile(r"[^\n]+")
_LONGEST_HEADING_CELL = 30
_LONGEST_CAPTION = 60
_LONGEST_NAME = 24
_FEWEST_SIGNS = 5  # of a row that can be found on its own
_MOST_BETWEEN = 2  # lines between the rows of one table: headings within it


@dataclass
class _Table:
    columns: int
    lines: list[tuple[int, int, str, str]] = field(default_factory=list)  # start, end, text, heading within


def grid_spans(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the tables stand, with the headings between their rows."""
    for table in _tables(text, begin, end):
        yield table.lines[0][0], table.lines[-1][1]


def cut_grids(text: str, begin: int, end: int) -> Iterator[Piece]:
    """Every row of every table, and its heading rows as a piece that is only read."""
    for table in _tables(text, begin, end):
        rows = [[cell.strip() for cell in line.split("\t")] for _, _, line, _ in table.lines]
        heads = _heading_rows(rows)
        header = _header(rows[:heads])
        caption = _caption(text, begin, table.lines[0][0])
        if heads:
            start, stop = table.lines[0][0], table.lines[heads - 1][1]
            yield Piece(f"{caption or '表'}（表头）", start, stop, "row", caption, None, False)
        for (start, stop, line, within), cells in zip(table.lines[heads:], rows[heads:], strict=True):
            above = [part for part in (caption, within, "｜".join(filter(None, header))) if part]
            name = row_name(dict(zip(header, cells, strict=True))) if header else None
            unit = len(re.findall(r"\w", line)) >= _FEWEST_SIGNS and sum(map(bool, cells)) > 1
            yield Piece(
                name or _first_words(cells), start, stop, "row", " / ".join(above), None, unit, caption
            )


def _tables(text: str, begin: int, end: int) -> Iterator[_Table]:
    """Lines with equally many tabs; a line or two without any between them are headings within the table."""
    table: _Table | None = None
    between: list[str] = []
    for match in _LINE.finditer(text, begin, end):
        line = match[0]
        count = line.count("\t") + 1
        if table is not None and count == table.columns:
            within = " ".join(between) or table.lines[-1][3]
            table.lines.append((match.start(), match.end(), line, within))
            between = []
        elif table is not None and count == 1 and len(between) < _MOST_BETWEEN and _may_head(line):
            between.append(line.strip())
        else:
            if table is not None and _is_table(table):
                yield table
            table, between = None, []
            if count > 1:
                table = _Table(count, [(match.start(), match.end(), line, "")])
    if table is not None and _is_table(table):
        yield table


def _may_head(line: str) -> bool:
    said = line.strip()
    return 0 < len(said) <= _LONGEST_CAPTION and not said.endswith(("。", "；", "：", ":", "，"))


def _is_table(table: _Table) -> bool:
    return len(table.lines) >= 2 and (table.columns > 2 or len(table.lines) > 2)


def _heading_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows name columns: none, one, or two where the first spans some of its cells."""
    if not _names_columns(rows[0]):
        return 0
    shared = sum(bool(upper) and upper == lower for upper, lower in zip(rows[0], rows[1], strict=True))
    spans = len({cell for cell in rows[0] if cell}) < sum(map(bool, rows[0]))
    return 2 if len(rows) > 2 and shared and spans and _names_columns(rows[1]) else 1


def _names_columns(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    numeric = sum(bool(re.fullmatch(r"[\d.,%/年月日-]+", cell)) for cell in filled)
    return (
        2 * len(filled) >= len(cells)
        and max(map(len, filled), default=99) <= _LONGEST_HEADING_CELL
        and not numeric
        and not any(re.search(r"[。；]", cell) for cell in filled)
    )


def _header(rows: Sequence[Sequence[str]]) -> list[str]:
    """The name of each column; a heading over several columns stands before what divides them."""
    if not rows:
        return []
    columns = [list(dict.fromkeys(cell for cell in column if cell)) for column in zip(*rows, strict=True)]
    return ["".join(column) for column in columns]


def _caption(text: str, begin: int, position: int) -> str:
    """The line above the table, unless it ends a sentence or only tells the unit."""
    lines = [line.strip() for line in text[max(begin, position - 400) : position].split("\n")]
    for line in reversed([line for line in lines if line][-2:]):
        if re.match(r"[（(]?\s*单位[:：]", line) or "\t" in line:
            continue
        return line.lstrip("# ") if _may_head(line) else ""
    return ""


def _first_words(cells: Sequence[str]) -> str:
    said = next((cell for cell in cells if re.search(r"[^\W\d]", cell)), None) or next(
        (cell for cell in cells if cell), ""
    )
    return said[:_LONGEST_NAME]
