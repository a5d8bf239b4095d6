"""The rows of a page as they are seen: cells side by side, and what is only the page's margin taken out.

Running headers, footers and page numbers are told by their place and by coming back; a row of cells that
stands over another row of cells is a table's heading, wherever it stands.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from knowledge.readers import Line, Page, ReadText

MARGIN = 0.13  # of the page's height, above and below
_FEWEST_STEPS = 3  # rows below each other that tell the pitch of a page
_PAGE_NUMBER = re.compile(
    r"[-—–·•.\s]*(?:第\s*)?(?:\d{1,4}|[ivxlcIVXLC]{1,6})\s*(?:页)?\s*(?:[/,，]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?[-—–·•.\s]*"
)


@dataclass(frozen=True)
class Row:
    """Cells that stand beside each other on one page, left to right; boxes are fractions of the page."""

    page: int  # place of the page in the file's pages
    cells: tuple[Line, ...]
    text: str

    @property
    def x0(self) -> float:
        return self.cells[0].box[0]

    @property
    def x1(self) -> float:
        return max(cell.box[2] for cell in self.cells)

    @property
    def y0(self) -> float:
        return min(cell.box[1] for cell in self.cells)

    @property
    def y1(self) -> float:
        return max(cell.box[3] for cell in self.cells)

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


def page_rows(read: ReadText, pages: Iterable[int]) -> list[Row]:
    """All rows of the given pages in reading order, without their margins."""
    by_page = [list(_rows(read, number)) for number in pages]
    seen: dict[str, list[Row]] = {}
    for rows in by_page:
        for row in rows:
            if _at_edge(row):
                seen.setdefault(_key(row), []).append(row)
    filled = sum(bool(rows) for rows in by_page)
    return [row for rows in by_page for row in _without_margins(rows, seen, filled)]


def _rows(read: ReadText, number: int) -> Iterator[Row]:
    """Cells that follow each other in the text and stand level are one row, though the text breaks them."""
    page: Page = read.pages[number]
    held: list[Line] = []
    for cell in _upright(page.lines or page.cells):
        if held and not _level(held, cell):
            yield _row(read, number, held)
            held = []
        held.append(cell)
    if held:
        yield _row(read, number, held)


def _upright(cells: Sequence[Line]) -> Sequence[Line]:
    """The cells as they lie to one who reads them; a sheet scanned or set on its side is turned."""
    if not _on_end(cells) and not _rising(cells):
        return cells
    turns = [
        cells,
        [_placed(cell, 1 - cell.box[3], cell.box[0], 1 - cell.box[1], cell.box[2]) for cell in cells],
        [_placed(cell, cell.box[1], 1 - cell.box[2], cell.box[3], 1 - cell.box[0]) for cell in cells],
        [_placed(cell, 1 - cell.box[2], 1 - cell.box[3], 1 - cell.box[0], 1 - cell.box[1]) for cell in cells],
    ]
    return min(turns, key=lambda turned: (_on_end(turned), _rising(turned)))


def _placed(cell: Line, x0: float, y0: float, x1: float, y1: float) -> Line:
    return replace(cell, box=(x0, y0, x1, y1))


def _on_end(cells: Sequence[Line]) -> bool:
    """Whether most longer cells run up or down the page."""
    long = [cell.box for cell in cells if cell.end - cell.start > 2]
    return 2 * sum(box[3] - box[1] > box[2] - box[0] for box in long) > len(long)


def _rising(cells: Sequence[Line]) -> bool:
    """Whether the text mostly goes up the page from cell to cell."""
    steps = [after.box[1] - before.box[1] for before, after in pairwise(cells)]
    down, up = sum(step > 0.005 for step in steps), sum(step < -0.005 for step in steps)
    return up > 2 * down + 2


def _row(read: ReadText, number: int, cells: Sequence[Line]) -> Row:
    inside: list[Line] = []
    for cell in sorted(cells, key=lambda cell: cell.box[0]):
        if inside and _one_word(inside[-1], cell):
            inside[-1] = replace(
                inside[-1], end=cell.end, box=(*inside[-1].box[:2], cell.box[2], inside[-1].box[3])
            )
        else:
            inside.append(cell)
    return Row(number, tuple(inside), "  ".join(read.text[cell.start : cell.end] for cell in inside))


def _one_word(cell: Line, following: Line) -> bool:
    """Two characters set wide apart, as 项 目 or 备 注 in a table's heading."""
    single = cell.end - cell.start == 1 == following.end - following.start
    near = following.box[0] - cell.box[2] <= 4 * (cell.box[2] - cell.box[0])
    return single and near and following.start - cell.end == 2


def _level(held: Sequence[Line], cell: Line) -> bool:
    top, bottom = min(one.box[1] for one in held), max(one.box[3] for one in held)
    shared = min(bottom, cell.box[3]) - max(top, cell.box[1])
    beside = all(cell.box[0] >= one.box[2] - 0.002 or cell.box[2] <= one.box[0] + 0.002 for one in held)
    return beside and shared >= 0.5 * min(bottom - top, cell.box[3] - cell.box[1])


def _without_margins(rows: list[Row], seen: dict[str, list[Row]], pages: int) -> list[Row]:
    """The rows between the page's header and its footer."""
    if not rows:
        return rows
    downwards = sorted(rows, key=lambda row: row.y0)
    steps = [after.middle - before.middle for before, after in pairwise(downwards)]
    pitch = median(steps) if len(steps) >= _FEWEST_STEPS else 0.0
    size = median(row.y1 - row.y0 for row in rows)
    running = {
        id(row) for row in rows if _at_edge(row) and (_comes_back(row, seen, pages) or _small(row, size))
    }
    dropped = {id(row) for row in _outer(downwards, running, pitch)}
    dropped |= {id(row) for row in _outer(downwards[::-1], running, pitch)}
    return [row for row in rows if id(row) not in dropped]


def _outer(inwards: Sequence[Row], running: set[int], pitch: float) -> Iterator[Row]:
    """The margin's rows from the page's edge inwards; a gap parts them from the text."""
    held: list[Row] = []
    for place, row in enumerate(inwards):
        following = inwards[place + 1] if place + 1 < len(inwards) else None
        if not _at_edge(row):
            return
        number = bool(_PAGE_NUMBER.fullmatch(row.text))
        heads_table = following is not None and 1 < len(row.cells) <= len(following.cells)
        if not number and (heads_table or id(row) not in running):
            return
        held.append(row)
        step = abs(following.middle - row.middle) if following else 1.0
        if number or step > 1.25 * pitch or step > 2.4 * (row.y1 - row.y0):
            yield from held
            held = []


def _comes_back(row: Row, seen: dict[str, list[Row]], pages: int) -> bool:
    """Whether the same words, numbers aside, stand in the same place and size on many pages; no whole sentence."""
    if row.text.endswith(("。", "；", "：")):
        return False
    height = row.y1 - row.y0
    alike = {
        other.page
        for other in seen[_key(row)]
        if abs(other.y0 - row.y0) < 0.012 and 0.87 * height <= other.y1 - other.y0 <= 1.15 * height
    }
    return len(alike) >= max(2, 0.6 * pages) or len(alike) >= max(3, 0.3 * pages)


def _at_edge(row: Row) -> bool:
    return row.y1 < MARGIN or row.y0 > 1 - MARGIN


def _small(row: Row, size: float) -> bool:
    """Whether a short line is set much smaller than the page, as an address or a date of printing at its edge."""
    return (
        row.y1 - row.y0 < 0.75 * size and len(row.text) <= 120 and not row.text.endswith(("。", "；", "："))
    )


def _key(row: Row) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", row.text))
