"""Two texts beside each other: which stretches they share letter for letter, templates told apart, and what differs.

Works on the text of two documents only. Nothing is searched for here: the two are given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from review.copies.confirmation import LONGEST, shared_blocks

LEAST_EQUAL = 2  # characters between two changes that are kept apart
LONGEST_LINES = 4000  # lines of two versions that are laid against each other

SAME, TEMPLATE, DIFFERS = "same", "template", "differs"
Stretches = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Span:
    """A stretch of a side's text: `same` as the other side's, `template`, or what `differs`."""

    start: int
    end: int
    kind: str
    block: int = -1  # the same number on both sides, so that one leads to the other


@dataclass(frozen=True)
class Aligned:
    """The spans of both texts in order, and how many characters they share, white space aside."""

    here: tuple[Span, ...]
    there: tuple[Span, ...]
    shared: int
    template: int
    cut: bool  # only the first part of a very long text was laid against the other

    @property
    def own(self) -> int:
        """Shared characters that are no template."""
        return self.shared - self.template


def bare(text: str) -> tuple[str, tuple[int, ...]]:
    """A text without white space, and where each of its characters stands."""
    places = tuple(place for place, character in enumerate(text) if not character.isspace())
    return "".join(text[place] for place in places), places


def align(here: str, there: str, templates_here: Stretches = (), templates_there: Stretches = ()) -> Aligned:
    """What two texts share, in whatever order they have it."""
    left, left_places = bare(here)
    right, right_places = bare(there)
    blocks = shared_blocks(left, right)
    ours: list[Span] = []
    theirs: list[Span] = []
    for number, block in enumerate(blocks):
        own = left_places[block.here], left_places[block.here + block.size - 1] + 1
        other = right_places[block.there], right_places[block.there + block.size - 1] + 1
        ours += _split(own, templates_here, number)
        theirs += _split(other, templates_there, number)
    template = sum(_ink(here, span) for span in ours if span.kind == TEMPLATE)
    longest = max(len(left), len(right)) > LONGEST
    shared = sum(block.size for block in blocks)
    return Aligned(_in_order(ours), _in_order(theirs), shared, template, longest)


def _split(span: tuple[int, int], templates: Stretches, number: int) -> Iterator[Span]:
    """A shared stretch cut at the edges of the templates in it."""
    start, end = span
    edges = {start, end}
    for first, last in templates:
        edges |= {edge for edge in (first, last) if start < edge < end}
    for a, b in pairwise(sorted(edges)):
        inside = any(first <= a and b <= last for first, last in templates)
        yield Span(a, b, TEMPLATE if inside else SAME, number)


def _ink(text: str, span: Span) -> int:
    return sum(not character.isspace() for character in text[span.start : span.end])


def _in_order(spans: Sequence[Span]) -> tuple[Span, ...]:
    """In order and apart: what two blocks of the other text have twice is shown once."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        start = max(span.start, found[-1].end if found else 0)
        if start < span.end:
            found.append(Span(start, span.end, span.kind, span.block))
    return tuple(found)


def changed(before: str, after: str) -> Aligned:
    """What became of one text: `differs` on either side, everything else as it was. Line by line, then by letter."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    cut = max(len(old), len(new)) > LONGEST_LINES
    old, new = old[:LONGEST_LINES], new[:LONGEST_LINES]
    ours: list[Span] = []
    theirs: list[Span] = []
    lines = SequenceMatcher(None, old, new, autojunk=False)
    was, now = 0, 0
    for kind, a, b, c, d in lines.get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        if kind != "equal":
            for n, (i, j, k, m) in enumerate(_letters(gone, come)):
                number = len(ours) + len(theirs) + n
                if gone[i:j].strip():
                    ours.append(Span(was + i, was + j, DIFFERS, number))
                if come[k:m].strip():
                    theirs.append(Span(now + k, now + m, DIFFERS, number))
        was += len(gone)
        now += len(come)
    same = sum(not c.isspace() for c in before) - sum(_ink(before, span) for span in ours)
    return Aligned(tuple(ours), tuple(theirs), same, 0, cut)


def _letters(gone: str, come: str) -> Iterator[tuple[int, int, int, int]]:
    """The changes between two passages; changes with next to nothing between them are one."""
    found: list[list[int]] = []
    for kind, a, b, c, d in SequenceMatcher(None, gone, come, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if found and a - found[-1][1] < LEAST_EQUAL and c - found[-1][3] < LEAST_EQUAL:
            found[-1][1], found[-1][3] = b, d
        else:
            found.append([a, b, c, d])
    return ((a, b, c, d) for a, b, c, d in found)


def stretches(written: str) -> Stretches:
    """Stretches as the table of likeness writes them: `12-40,55-80`."""
    pairs = (part.split("-") for part in written.split(",") if part)
    return tuple((int(start), int(end)) for start, end in pairs)
