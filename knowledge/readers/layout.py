"""Puts the characters of a PDF page into lines a person would read: wrapped table cells joined, row by row.

Works on characters and their boxes alone and knows no PDF library. A row is a chain of cells, each right of
the one before and overlapping it in height; a cell is a run of text and the runs it wraps into.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from operator import itemgetter

from knowledge.readers.columns import reading_groups

MOST_CELL_LINES = 12  # more lines beside each other are columns of a page, not cells of a row
_NUMERIC = frozenset("0123456789.,%+-<>=*/↑↓")


@dataclass(frozen=True, slots=True)
class Glyph:
    """Normalised text of one character and its box on the upright page, in points from the top left."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


Placed = tuple[str, Glyph | None]  # one character of the page's text, and the glyph it came from


@dataclass
class Run:
    """Characters that follow each other on one line without a wide gap."""

    placed: list[Placed]
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        return max(self.y1 - self.y0, 1.0)

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def numeric(self) -> bool:
        return all(character in _NUMERIC for character, _ in self.placed)


@dataclass
class Row:
    """Cells beside each other, each a list of runs from top to bottom."""

    cells: list[list[Run]] = field(default_factory=list)

    @property
    def y0(self) -> float:
        return min(run.y0 for cell in self.cells for run in cell)

    @property
    def y1(self) -> float:
        return max(run.y1 for cell in self.cells for run in cell)


def turn_of_text(lines: Iterable[list[Glyph]]) -> int:
    """By how many degrees clockwise the page must be turned for its text to run from left to right."""
    along = across = down = 0.0
    for line in lines:
        for before, after in pairwise(line):
            step = (after.y0 + after.y1 - before.y0 - before.y1) / 2
            along += abs(after.x0 + after.x1 - before.x0 - before.x1) / 2
            across += abs(step)
            down += step
    if across <= 2 * along:
        return 0
    return 270 if down > 0 else 90


def turned(glyph: Glyph, turn: int, width: float, height: float) -> Glyph:
    """The glyph on a page of that size turned clockwise by 90 or 270 degrees; 0 leaves it."""
    if turn == 90:
        return replace(glyph, x0=height - glyph.y1, y0=glyph.x0, x1=height - glyph.y0, y1=glyph.x1)
    if turn == 270:
        return replace(glyph, x0=glyph.y0, y0=width - glyph.x1, x1=glyph.y1, y1=width - glyph.x0)
    return glyph


def lay_out(lines: Iterable[list[Glyph]]) -> list[Placed]:
    """The page's text, character by character. `lines` are in the order the file draws them."""
    runs = [(number, run) for number, line in enumerate(lines) for run in _runs(line)]
    placed: list[Placed] = []
    for group in reading_groups([(run.x0, run.y0, run.x1, run.y1) for _, run in runs]):
        drawn = groupby((runs[place] for place in sorted(group)), key=itemgetter(0))
        for row in _downwards(_rows([run for _, run in line] for _, line in drawn)):
            placed += [*([("\n", None)] if placed else []), *_row_text(row)]
    return placed


def _rows(lines: Iterable[list[Run]]) -> list[Row]:
    rows: list[Row] = []
    for runs in lines:
        for run in runs:
            # A line of several cells below a paragraph opens a row; its first cell is no line of the paragraph.
            may_wrap = len(runs) == 1 or bool(rows and len(rows[-1].cells) > 1)
            if not (rows and _joins(rows[-1], run, may_wrap)):
                rows.append(Row([[run]]))
    return rows


def _runs(line: list[Glyph]) -> Iterator[Run]:
    """Cut a line where a gap is wider than a word space; single spaces inside a run stay."""
    run: Run | None = None
    spaced = False
    for glyph in line:
        if not glyph.text.strip():
            spaced = spaced or bool(glyph.text)
            continue
        if run is not None and -2 * run.height < glyph.x0 - run.x1 <= 0.6 * max(
            run.height, glyph.y1 - glyph.y0
        ):
            run.placed += [(" ", None)] if spaced else []
            run.x1, run.y0, run.y1 = max(run.x1, glyph.x1), min(run.y0, glyph.y0), max(run.y1, glyph.y1)
        else:
            if run is not None:
                yield run
            run = Run([], glyph.x0, glyph.y0, glyph.x1, glyph.y1)
        run.placed += [(character, glyph) for character in glyph.text]
        spaced = False
    if run is not None:
        yield run


def _joins(row: Row, run: Run, may_wrap: bool) -> bool:
    """Add the run to the row, as a wrapped line of its last cell or as a new cell, if it belongs there."""
    cell = row.cells[-1]
    if may_wrap and _wraps(cell, run):
        cell.append(run)
        return True
    right = max(part.x1 for cells in row.cells for part in cells)
    if run.x0 >= right - 1 and row.y0 - 0.5 * run.height <= run.middle <= row.y1 + 0.5 * run.height:
        row.cells.append([run])
        return True
    return False


def _wraps(cell: list[Run], run: Run) -> bool:
    """Same left edge or centre, close below, and the line above was full: no further character would have fitted."""
    last = cell[-1]
    beneath = (
        abs(run.x0 - cell[0].x0) <= 0.2 * run.height
        or abs(run.x0 + run.x1 - last.x0 - last.x1) <= 0.4 * run.height
    )
    return (
        beneath
        and 0.3 * run.height < run.middle - last.middle < 2.4 * run.height
        and last.x1 - last.x0
        >= max(run.x1 - run.x0, *(part.x1 - part.x0 for part in cell)) - 1.6 * run.height
    )


def _downwards(rows: list[Row]) -> list[Row]:
    """Some programs draw a page from the bottom up; then, and only then, sort by height."""
    rising = sum(after.y1 <= before.y0 for before, after in pairwise(rows))
    return sorted(rows, key=lambda row: row.y0) if len(rows) > 4 and 2 * rising > len(rows) else rows


def _row_text(row: Row) -> Iterator[Placed]:
    """One line for a row of cells; separate lines for a paragraph, for page columns and for number columns."""
    if len(row.cells) == 1 or any(len(cell) > MOST_CELL_LINES for cell in row.cells):
        yield from _joined((run.placed for cell in row.cells for run in cell), "\n")
    elif _number_columns(row.cells):
        for across in zip(*row.cells, strict=True):
            if across[0] is not row.cells[0][0]:
                yield "\n", None
            yield from _joined((run.placed for run in across), "  ")
    else:
        yield from _joined((list(_cell_text(cell)) for cell in row.cells), "  ")


def _number_columns(cells: list[list[Run]]) -> bool:
    """Columns drawn one after the other: equally many lines, level with each other, one column all numbers."""
    if len(cells[0]) < 2 or any(len(cell) != len(cells[0]) for cell in cells):
        return False
    level = all(
        abs(run.middle - first.middle) < 0.5 * first.height
        for cell in cells
        for run, first in zip(cell, cells[0], strict=True)
    )
    return level and any(all(run.numeric for run in cell) for cell in cells)


def _cell_text(cell: list[Run]) -> Iterator[Placed]:
    """Wrapped lines of a cell run on; a space keeps words and numbers apart."""
    before = ""
    for run in cell:
        if before.isascii() and run.placed[0][0].isascii() and before:
            yield " ", None
        yield from run.placed
        before = run.placed[-1][0]


def _joined(parts: Iterable[list[Placed]], between: str) -> Iterator[Placed]:
    for place, part in enumerate(parts):
        if place:
            yield from ((character, None) for character in between)
        yield from part
