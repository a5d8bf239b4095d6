"""Tables of a page from the places of their cells: which rows belong together, and in which column a cell stands."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from knowledge.readers import Line
from knowledge.readers.page_rows import Row

_FEWEST_CELLS = 6
_UNIT = re.compile(r"单位[:：]")
_MOST_APART = 5.0  # heights of a row between two rows of one table


def table_stretches(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """First row and the row after the last of each table; a table may go on on the next page."""
    begin = 0
    while begin < len(rows):
        end = begin
        while end < len(rows) and _belongs(rows, begin, end):
            end += 1
        while end > begin and len(rows[end - 1].cells) == 1:
            end -= 1
        if end - begin >= 2 and sum(len(row.cells) for row in rows[begin:end]) >= _FEWEST_CELLS:
            yield begin, end
        begin = max(end, begin + 1)


def _belongs(rows: Sequence[Row], begin: int, place: int) -> bool:
    row = rows[place]
    if place == begin:
        return len(row.cells) > 1 and not _UNIT.search(row.text)
    if not _near(rows[place - 1], row):
        return False
    if len(row.cells) > 1:
        return True
    # A cell alone is a wrapped line of the row above, or a row whose other cells are empty.
    more = place + 1 < len(rows) and len(rows[place + 1].cells) > 1 and _near(row, rows[place + 1])
    return more and _inside(row.cells[0], columns(rows[begin:place]))


def _inside(cell: Line, edges: Sequence[tuple[float, float]]) -> bool:
    """Whether a cell stays within one column; a heading between two tables lies across them."""
    left, _, right, _ = cell.box
    return any(edge[0] - 0.01 <= left and right <= edge[1] + 0.01 for edge in edges)


def _near(above: Row, row: Row) -> bool:
    if above.page != row.page:
        return True
    height = min(above.y1 - above.y0, row.y1 - row.y0)
    return row.y0 - above.y1 < _MOST_APART * height and row.y0 > above.y0 - height


def columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Left and right edge of each column, from the rows with as many cells as many rows have."""
    counts = Counter(len(row.cells) for row in rows if len(row.cells) > 1)
    often = [count for count, seen in counts.items() if seen >= max(2, 0.15 * counts.total())]
    most = max(often or counts)
    full = [row for row in rows if len(row.cells) == most]
    widest = [
        (min(row.cells[place].box[0] for row in full), max(row.cells[place].box[2] for row in full))
        for place in range(most)
    ]
    if all(before[1] <= after[0] for before, after in pairwise(widest)):
        return widest
    return [
        (median(row.cells[place].box[0] for row in full), median(row.cells[place].box[2] for row in full))
        for place in range(most)
    ]


def aligned(row: Row, edges: Sequence[tuple[float, float]]) -> list[list[Line]]:
    """The cells of a row by column; a cell across several columns stands in the first of them."""
    cells: list[list[Line]] = [[] for _ in edges]
    for cell in row.cells:
        place = _column_of(cell, edges)
        cells[_nearest(cell, edges) if place is None else place].append(cell)
    return cells


def _column_of(cell: Line, edges: Sequence[tuple[float, float]]) -> int | None:
    """The first column the cell shares half of the narrower width with."""
    for place, (left, right) in enumerate(edges):
        shared = min(right, cell.box[2]) - max(left, cell.box[0])
        if shared > 0.5 * min(right - left, cell.box[2] - cell.box[0]):
            return place
    return None


def _nearest(cell: Line, edges: Sequence[tuple[float, float]]) -> int:
    middle = (cell.box[0] + cell.box[2]) / 2
    return min(range(len(edges)), key=lambda place: abs(sum(edges[place]) / 2 - middle))
