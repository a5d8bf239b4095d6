"""Numbers whose digits are set in two fonts or heights, on a page whose other numbers are not.

A heading in large type is an ornament; an exponent stands higher than what it belongs to. A subset of a font carries
a name of its own and is still that font.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from statistics import median

from review.forensics import FONT, REPLACED, Sign
from review.forensics.drawn import DrawnPage, Letter, before_it, in_lines, read_off
from review.forensics.painted import Thing

OTHER_SIZE = 0.08  # share by which digits of one number differ in height
SAME_LINE = 0.12  # of a digit's height by which its foot may stand elsewhere
NEAR = 0.35  # of a digit's height between two digits of one number
USUAL = 20  # numbers of a page set in one font, beside which the odd one is odd
SHARE = 20  # as many plain numbers for each odd one
HEADING = 1.4  # times the usual height of type
MOST_SEAMS = 400  # of one page: more is a page set sign by sign
DIGIT = re.compile(r"[0-9.]")
STYLE = re.compile(r"^[A-Z]{6}\+|[,\-]?(?:Bold|Italic|Regular|Roman|MT|PS|Identity-H)", re.IGNORECASE)
Style = tuple[str, float]


def two_fonts(page: DrawnPage) -> Iterator[Sign]:
    """Numbers of the page that are of two fonts; only where nearly all others are of one."""
    styles = {
        thing.order: (_family(thing.font), round(thing.size, 1))
        for thing in page.things
        if thing.kind == "text" and not thing.invisible
    }
    if len(set(styles.values())) < 2 or not _seams(page, styles):
        return
    usual = median(size for _, size in styles.values())
    mixed, plain = [], Counter[Style]()
    for line in in_lines(page.letters):
        for number in _numbers(line):
            used = {styles[letter.order] for letter in number if letter.order in styles}
            heading = any(size > HEADING * usual for _, size in used)
            if len(number) > 1 and _unlike(used) and not heading and not any(map(page.covered, number)):
                mixed.append(number)
            elif used:
                plain[next(iter(used))] += 1
    if mixed and sum(plain.values()) >= max(USUAL, SHARE * len(mixed)):
        yield from (_sign(page, number, styles) for number in mixed)


def _sign(page: DrawnPage, number: list[Letter], styles: Mapping[int, Style]) -> Sign:
    text = read_off(number)
    row = next((row.text for row in page.rows if text in row.text), "")
    parts = [
        "".join(letter.text for letter in part)
        for _, part in groupby(number, lambda one: styles.get(one.order))
    ]
    return Sign(FONT, REPLACED, page.number, "数值", before_it(row, text), "、".join(parts), text, row)


def _seams(page: DrawnPage, styles: Mapping[int, Style]) -> bool:
    """Whether a run of text that ends in a digit goes on in another type with a digit."""
    runs = sorted((thing for thing in page.things if thing.order in styles), key=lambda run: run.box[0])
    pairs = [
        (one, other)
        for one in runs
        for other in _following(one, runs)
        if _unlike({styles[one.order], styles[other.order]})
    ]
    if not pairs or len(pairs) > MOST_SEAMS:
        return False
    said = page.text_of([run for pair in pairs for run in pair])
    return any(
        DIGIT.match(one[-1:]) and DIGIT.match(other[:1])
        for one, other in zip(said[::2], said[1::2], strict=True)
    )


def _following(one: Thing, runs: Sequence[Thing]) -> Iterator[Thing]:
    """The runs, of those sorted by where they begin, that begin where this one ends."""
    high = max(one.box[3] - one.box[1], 1.0)
    first = bisect_left(runs, one.box[2] - high / 2, key=lambda run: run.box[0])
    for other in runs[first:]:
        if other.box[0] > one.box[2] + NEAR * high:
            return
        if other is not one and abs(one.box[1] - other.box[1]) < high / 2:
            yield other


def _family(font: str) -> str:
    return STYLE.sub("", font).lower()


def _unlike(styles: set[Style]) -> bool:
    sizes = [size for _, size in styles]
    return len({family for family, _ in styles}) > 1 or max(sizes, default=0) > min(sizes, default=0) * (
        1 + OTHER_SIZE
    )


def _numbers(line: Sequence[Letter]) -> Iterator[list[Letter]]:
    """Runs of digits that stand close together on one foot; an exponent stands higher and ends the run."""
    run: list[Letter] = []
    for before, letter in pairwise((None, *line)):
        if letter is None or not DIGIT.match(letter.text):
            if run:
                yield run
            run = []
            continue
        if run and before is not None and not _close(before, letter):
            yield run
            run = []
        run.append(letter)
    if run:
        yield run


def _close(before: Letter, letter: Letter) -> bool:
    high = max(before.glyph.y1 - before.glyph.y0, 1.0)
    gap = letter.glyph.x0 - before.glyph.x1
    return -high < gap < NEAR * high and abs(letter.glyph.y1 - before.glyph.y1) < SAME_LINE * high
