"""Which line of a page goes on the sentence of the line before, and which begins a paragraph.

Told by where lines begin and end: a paragraph's lines are full but the last, and its first is set in. A number
at the head of a line begins a paragraph unless the line before is full and its sentence unfinished.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from knowledge.numerals import NUMERAL
from knowledge.readers.page_rows import Row

_MARK = re.compile(
    rf"第\s*(?:{NUMERAL}|\d+)\s*[编章节条]|{NUMERAL}、|[（(](?:{NUMERAL}|\d{{1,2}})[）)]|\d{{1,2}}[.．、](?!\d)|[•·●■◆▪○①-⑳]"
    r"|附\s*[件录表]|抄送|[-—]{2}"
)
_ENDED = tuple("。；：！？.;:!?”》）)】")
_INDENT = 1.3  # characters from which a line is set in
_FEW_LINES = 8
_LONG = 0.6  # of the column's width: a line that tells where the margins are
_FEWEST = 2  # long lines that show the edges of a column


@dataclass(frozen=True)
class Column:
    """The edges and the width of a character of the column of text a row stands in."""

    left: float
    right: float
    character: float
    pitch: float
    indented: bool  # whether its paragraphs begin set in


def columns_of(rows: Sequence[Row]) -> dict[int, Column]:
    """The column of each single-celled row, by the row's place in the list."""
    whole = _column(rows)
    found: dict[int, Column] = {}
    for group in _groups(rows):
        own = _column([rows[place] for place in group])
        if own is not None and whole is not None and len(group) < _FEW_LINES and own.right < whole.right:
            own = _with_edges(own, whole)
        column = own or whole
        if column is not None:
            found |= dict.fromkeys(group, column)
    return found


def _with_edges(own: Column, whole: Column) -> Column:
    """A few lines between tables may all be short: the edge of the file's other pages is theirs, if it is near."""
    near = whole.right - own.right < 3 * own.character
    return replace(own, right=whole.right, indented=whole.indented) if near else own


def _groups(rows: Sequence[Row]) -> list[list[int]]:
    """Rows of one page that stand below each other; the next column of a page begins higher up."""
    groups: list[list[int]] = []
    for place, row in enumerate(rows):
        if len(row.cells) > 1:
            continue
        before = rows[groups[-1][-1]] if groups else None
        if before is not None and before.page == row.page and row.y0 > before.y0 - 0.02:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _column(rows: Sequence[Row]) -> Column | None:
    """Null where too few lines are long enough to show the edges."""
    single = [row for row in rows if len(row.cells) == 1]
    widest = max((row.x1 - row.x0 for row in single), default=0.0)
    long = [row for row in single if row.x1 - row.x0 >= _LONG * widest]
    if len(long) < _FEWEST or widest < 0.25:
        return None
    character = median((row.x1 - row.x0) / _width(row.text) for row in long)
    left = _left_edge([row.x0 for row in long])
    right = _right_edge([row.x1 for row in long], character)
    if right is None:
        return None
    steps = [after.middle - before.middle for before, after in pairwise(single) if after.y0 > before.y0]
    begins = [row for row in single if left + _INDENT * character < row.x0 < left + 4 * character]
    return Column(left, right, character, median(steps) if steps else 0.0, 12 * len(begins) >= len(single))


def _left_edge(begins: Sequence[float]) -> float:
    """The leftmost place at which more than one line in ten begins."""
    counted = Counter(round(begin * 200) / 200 for begin in begins)
    often = [place for place, count in counted.items() if count >= max(2, len(begins) // 10)]
    return min(often or begins)


def _right_edge(ends: Sequence[float], character: float) -> float | None:
    """The rightmost place near which a fifth of the lines end; null for a form or a list, which has none."""
    for end in sorted(ends, reverse=True):
        if sum(0 <= end - other < 1.8 * character for other in ends) >= max(2, 0.2 * len(ends)):
            return end
    return None


def continues(above: Row, row: Row, first: Row, columns: tuple[Column, Column, Column]) -> bool:
    """Whether `row` goes on the paragraph that `first` began and `above` has reached; `columns` are theirs.

    The paragraph may go on in the next column or on the next page: each line is judged by its own column's edges.
    """
    over, own, opening = columns
    if _differ_in_size(above, row) or not _close(above, row, own):
        return False
    character = own.character
    ended, mark = above.text.endswith(_ENDED), bool(_MARK.match(row.text))
    latin = above.text[-1:].isascii() and row.text[:1].isascii()
    full = above.x1 >= over.right - (8 if latin else 1.8) * character
    inset = row.x0 - own.left
    set_in = inset > _INDENT * character
    if not full:
        ragged = over.right - above.x1 < 6 * character
        return ragged and own.indented and not (ended or mark or set_in)
    if mark:
        return own.indented and not ended and not set_in
    if set_in:
        hanging = 0.5 * character < inset - (first.x0 - opening.left) < 6 * character
        level = abs(above.x0 - over.left - inset) < 0.5 * character
        return (hanging or level) and not ended
    return own.indented or not ended or row.middle - above.middle <= 1.2 * own.pitch


def _close(above: Row, row: Row, column: Column) -> bool:
    """Whether the two stand no further apart than lines of a paragraph do."""
    return (
        above.page != row.page
        or row.middle < above.middle
        or not column.pitch
        or row.middle - above.middle <= 1.6 * column.pitch
    )


def _differ_in_size(one: Row, other: Row) -> bool:
    sizes = sorted((one.y1 - one.y0, other.y1 - other.y0))
    return sizes[1] > 1.4 * sizes[0]


def _width(text: str) -> float:
    """In characters: Latin letters and digits are half as wide."""
    return max(sum(0.5 if character.isascii() else 1.0 for character in text), 1.0)
