"""Rows of Markdown tables inside a document, each a passage named by its 规则编码, 序号 or name.

Data files and spreadsheets are read by `knowledge.cutting.catalogues`.
"""

import re
from collections.abc import Iterator

from knowledge.cutting.pieces import Piece

_TABLE = re.compile(r"(?:^[ \t]*\|[^\n]*\|[ \t]*(?:\n|\Z)){3,}", re.M)
_HEADING = re.compile(r"^#{1,6}\s+([^\n]+)$", re.M)
_NAMES = ("规则名称", "项目名称", "名称", "药品通用名", "通用名")


def table_spans(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the tables stand, with their header lines."""
    for table in _TABLE.finditer(text, begin, end):
        yield table.span()


def cut_tables(text: str, begin: int, end: int) -> Iterator[Piece]:
    """Every row of every table; a second numbered list of one file is told apart by its own name."""
    numbered = False
    named: set[str] = set()
    for table in _TABLE.finditer(text, begin, end):
        heading = _heading_before(text, begin, table.start())
        rows = [(match.start(), match[0]) for match in re.finditer(r"[^\n]+", table[0])]
        header = _cells(rows[0][1])
        prefix = list_name(heading) if numbered and "序号" in header else ""
        numbered = numbered or "序号" in header
        for offset, line in rows[2:]:
            cells = dict(zip(header, _cells(line), strict=False))
            name = row_name(cells)
            if name:
                start = table.start() + offset
                repeats = any(cell in named for cell in cells.values())  # a second list of the same rules
                yield Piece(f"{prefix}{name}", start, start + len(line), "row", heading, unit=not repeats)
            if cells.get("规则编码"):
                named.add(cells["规则编码"])


def row_name(cells: dict[str, str]) -> str | None:
    if cells.get("规则编码"):
        return cells["规则编码"]
    if cells.get("序号"):
        return f"序号 {cells['序号']}"
    return next((cells[column] for column in _NAMES if cells.get(column)), None)


def list_name(heading: str) -> str:
    """`药店清单 ` for a pharmacies' list, else the heading itself."""
    if "药店" in heading:
        return "药店清单 "
    return f"{heading} " if heading else ""


def _heading_before(text: str, begin: int, position: int) -> str:
    headings = list(_HEADING.finditer(text, begin, position))
    return headings[-1][1].strip() if headings else ""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
