"""What a page hides of itself: words beneath a white box, words typed over a scan."""

from collections.abc import Iterator

from knowledge.readers.text import fold
from review.forensics import ADDED, COVERED, REMOVED, REPLACED, TYPED_OVER, Sign
from review.forensics.drawn import DrawnPage, Letter, PageLost, before_it, read_off
from review.forensics.fonts import two_fonts
from review.forensics.painted import Thing, area, inside, meet
from review.forensics.wording import FURNITURE, Change, changes, harmless, private, weighs

MOST_BOXES = 200  # of one page; more are the ground of a table


def painted_signs(page: DrawnPage) -> Iterator[Sign]:
    """What the page hides of itself; a page whose drawing cannot be read hides nothing we could name."""
    try:
        if 0 < len(page.covers) <= MOST_BOXES:
            yield from _covered(page)
        yield from two_fonts(page)
    except PageLost:
        return


def _covered(page: DrawnPage) -> Iterator[Sign]:
    letters = [letter for letter in page.letters if letter.text.strip()]
    beneath: dict[int, list[Letter]] = {}
    for letter in letters:
        cover = page.cover_of(letter)
        if cover is not None:
            beneath.setdefault(cover.order, []).append(letter)
    for cover in page.covers:
        above = [letter for letter in letters if letter.order > cover.order and inside(letter.box, cover.box)
                 and not page.covered(letter)]  # fmt: skip
        hidden = beneath.get(cover.order, [])
        was, now = read_off(hidden), read_off(above)
        row = _row_of(page, cover, above)
        if hidden and fold(was) != fold(now):
            yield from _differing(page, was, now, row)
        elif (
            above and not hidden and page.scanned and _over_picture(page, cover) and not FURNITURE.search(row)
        ):
            yield Sign(TYPED_OVER, ADDED, page.number, "文字", before_it(row, now), "", now[:60], row)


def _differing(page: DrawnPage, was: str, now: str, row: str) -> Iterator[Sign]:
    label = before_it(row, now) if now else row.strip()[-16:]
    if not now:
        if not private(f"{row}{was}") and not FURNITURE.search(was) and not _visible_elsewhere(page, was):
            yield Sign(COVERED, REMOVED, page.number, _what(label, was, ""), label, was[:60], "", row)
        return
    for change in changes(f"{label}:{was}", f"{label}:{now}"):
        if not harmless(change, row) and not private(label):
            how = REPLACED if change.before and change.after else REMOVED if change.before else ADDED
            yield Sign(COVERED, how, page.number, change.what, label, change.before, change.after, row,
                       how == REPLACED and weighs(change))  # fmt: skip


def _what(label: str, was: str, now: str) -> str:
    found: list[Change] = list(changes(f"{label}:{was}", f"{label}:{now}"))
    return found[0].what if found else "文字"


def _visible_elsewhere(page: DrawnPage, words: str) -> bool:
    """Words drawn twice, once beneath and once in sight."""
    return fold(words) in fold("".join(row.text for row in page.rows))


def _row_of(page: DrawnPage, cover: Thing, above: list[Letter]) -> str:
    """The line that shows where a cover lies."""
    wanted = fold(read_off(above[:40]))
    if wanted:
        found = next((row.text for row in page.rows if wanted in fold(row.text)), "")
        if found:
            return found
    high = page.size[1]
    middle = 1 - (cover.box[1] + cover.box[3]) / 2 / max(high, 1.0)
    return next((row.text for row in page.rows if row.box[1] <= middle <= row.box[3]), "")


def _over_picture(page: DrawnPage, cover: Thing) -> bool:
    return any(
        thing.kind == "picture" and thing.order < cover.order and meet(thing.box, cover.box)
        and area(thing.box) > area(cover.box) for thing in page.things
    )  # fmt: skip
