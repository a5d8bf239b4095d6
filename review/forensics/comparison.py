"""Two drawings of one page: which words differ, and whether the difference can be seen.

Words that changed while the picture did not were never seen by a reader: a text layer laid under a scan, a font map.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from review.forensics import ADDED, PICTURE, REMOVED, REPLACED, REVISION, Sign
from review.forensics.drawn import DrawnPage, PageLost, Picture, Row
from review.forensics.painted import Box
from review.forensics.wording import ONLY_PAGE, Change, changes, harmless, private, weighs

STARK = 70  # levels of grey by which a pixel must differ
FEW_PIXELS = 6  # of a line's region
DARK, COLOURED = 140, 60
FULL = 0.85  # of the widest line, from which a line runs on into the next
LOST_INK, WHOLE_PAGE = 60, 0.5  # pixels gone from a scan; share of its ink gone where it was drawn anew
MARGIN = 0.09  # of the page's height, where its number stands
MOST_SIGNS = 60  # of one page

Mask = NDArray[np.bool_]


def compare_pages(before: DrawnPage, after: DrawnPage) -> list[Sign]:
    """What the later page shows otherwise, in reading order."""
    differs = _difference(before, after)
    if differs is not None and not differs.any():
        return []
    signs = list(_words(before.rows, after.rows, after.number, differs))
    same_words = [row.text for row in before.rows] == [row.text for row in after.rows]
    if not signs and same_words and differs is not None and before.scanned and after.scanned:
        signs = list(_ink(before, after))
    return signs[:MOST_SIGNS]


def similar(before: DrawnPage, after: DrawnPage) -> float:
    """How much of their wording two pages share, 0 to 1."""
    old, new = ([row.text for row in page.rows] for page in (before, after))
    if not old and not new:
        return 1.0
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def _words(before: Sequence[Row], after: Sequence[Row], page: int, differs: Mask | None) -> Iterator[Sign]:
    old, new = [row.text for row in before], [row.text for row in after]
    edge = max((row.box[2] for row in (*before, *after)), default=1.0)
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        gone, come = _unmoved(before[a:b], after[c:d], old, new)
        (was, _), (now, starts) = _passage(gone, edge), _passage(come, edge)
        for change in changes(was, now, starts):
            line = _line_of(come, starts, change)
            spots = [row.box for row in gone if change.before and change.before[:4] in row.text]
            spots += [line.box] if line else []
            text = line.text if line else ""
            if harmless(change, text or change.before) or not _seen(spots, differs):
                continue
            how = REPLACED if change.before and change.after else ADDED if change.after else REMOVED
            if how == REMOVED and (change.what == "姓名" or private(change.label)):
                continue
            yield Sign(REVISION, how, page, change.what, change.label, change.before, change.after, text,
                       weighs(change))  # fmt: skip


def _unmoved(
    gone: Sequence[Row], come: Sequence[Row], old: Sequence[str], new: Sequence[str]
) -> tuple[list[Row], list[Row]]:
    """Without lines that stand elsewhere on the other page as they are, and without page numbers."""
    return (
        [row for row in gone if row.text not in new and not _page_number(row)],
        [row for row in come if row.text not in old and not _page_number(row)],
    )


def _page_number(row: Row) -> bool:
    return bool(ONLY_PAGE.match(row.text)) and not MARGIN < row.box[1] < 1 - MARGIN


def _passage(rows: Sequence[Row], edge: float) -> tuple[str, list[int]]:
    """Lines as running text, and where each begins; a full line of Chinese goes on without a gap."""
    text, starts, full = "", list[int](), True
    for row in rows:
        text += "\n" if not full else " " if _narrow(text[-1:]) and _narrow(row.text[:1]) else ""
        starts.append(len(text))
        text += row.text
        full = row.box[2] > FULL * edge
    return text, starts


def _narrow(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _line_of(rows: Sequence[Row], starts: Sequence[int], change: Change) -> Row | None:
    """The line on which the later wording begins."""
    return next(
        (row for row, at in zip(reversed(rows), reversed(starts), strict=True) if at <= change.start), None
    )


def _difference(before: DrawnPage, after: DrawnPage) -> Mask | None:
    """Which pixels differ starkly; null where a page cannot be drawn."""
    try:
        one, other = before.picture, after.picture
    except (PageLost, ValueError, MemoryError):
        return None
    if one.shape != other.shape:
        one = _fitted(one, other)
    gap = np.abs(one.astype(np.int16) - other.astype(np.int16)).max(axis=2)
    return np.asarray(gap > STARK)


def _fitted(one: Picture, other: Picture) -> Picture:
    size = other.shape[1], other.shape[0]
    return np.asarray(Image.fromarray(one).resize(size), dtype=np.uint8)


def _seen(boxes: Sequence[Box], differs: Mask | None) -> bool:
    if differs is None or not boxes:
        return True
    high, wide = differs.shape
    for x0, y0, x1, y1 in boxes:
        top, bottom = max(int(y0 * high) - 2, 0), int(y1 * high) + 3
        left, right = max(int(x0 * wide) - 2, 0), int(x1 * wide) + 3
        if differs[top:bottom, left:right].sum() >= FEW_PIXELS:
            return True
    return False


def _ink(before: DrawnPage, after: DrawnPage) -> Iterator[Sign]:
    """Ink that a scan has lost; a stamp over it, or a page scanned anew, is no such thing."""
    one, other = before.picture, after.picture
    if one.shape != other.shape:
        return
    was_dark = one.max(axis=2) < DARK
    now = other.astype(np.int16)
    coloured = now.max(axis=2) - now.min(axis=2) > COLOURED
    lost = was_dark & (other.min(axis=2) > DARK + STARK) & ~coloured
    ink = int(was_dark.sum())
    if int(lost.sum()) < LOST_INK or lost.sum() > WHOLE_PAGE * ink:
        return
    rows, columns = np.nonzero(lost)
    high, wide = lost.shape
    place = f"距上 {rows.mean() / high:.0%}、距左 {columns.mean() / wide:.0%} 处"
    yield Sign(REVISION, PICTURE, after.number, "画面", place, "", "", "")
