"""What two texts really share, letter by letter: the blocks, in whatever order they were put.

Every character of the first text counts once, and a stretch that comes again and again is met at its first places
only, so that hostile repetition stays cheap.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from review.copies.candidates import Pairs
from review.copies.writings import Passage

SEED, LEAST_BLOCK, PLACES = 8, 12, 4
LONGEST = 20_000  # characters of a text that are compared
Seeds = dict[str, list[int]]


@dataclass(frozen=True)
class Block:
    """A stretch of `size` characters at `here` in one text and at `there` in the other."""

    here: int
    there: int
    size: int


@dataclass(frozen=True)
class Match:
    """Two passages by their numbers, the blocks they share, and how many characters of these are no template."""

    here: int
    there: int
    blocks: tuple[Block, ...]
    length: int


def confirmed(found: list[Passage], candidates: Pairs, least: int) -> Iterator[Match]:
    """The candidates that share at least `least` characters which are no template."""
    seeds: Seeds = {}
    of = -1
    for there, here in candidates.tolist():
        if there != of:
            of, seeds = there, seeds_of(found[there].text)
        blocks = shared_blocks(found[here].text, found[there].text, seeds)
        length = sum(
            min(found[here].weight(block.here, block.size), found[there].weight(block.there, block.size))
            for block in blocks
        )
        if length >= least:
            yield Match(here, there, blocks, length)


def seeds_of(text: str) -> Seeds:
    """Where each stretch of seed length first stands."""
    seeds: Seeds = {}
    for place in range(min(len(text), LONGEST) - SEED + 1):
        places = seeds.setdefault(text[place : place + SEED], [])
        if len(places) < PLACES:
            places.append(place)
    return seeds


def shared_blocks(here: str, there: str, seeds: Seeds | None = None) -> tuple[Block, ...]:
    """The blocks of `here` that stand in `there`, longest first match at every place."""
    seeds = seeds_of(there) if seeds is None else seeds
    blocks = []
    place, last = 0, min(len(here), LONGEST) - SEED
    while place <= last:
        places = seeds.get(here[place : place + SEED])
        if places is None:
            place += 1
            continue
        size, start = max((_run(here, place, there, start), -start) for start in places)
        if size >= LEAST_BLOCK:
            blocks.append(Block(place, -start, size))
            place += size
        else:
            place += 1
    return tuple(blocks)


def _run(here: str, place: int, there: str, start: int) -> int:
    """How long both texts agree from these places on."""
    most = min(len(here) - place, len(there) - start)
    size = SEED
    while size < most and here[place + size] == there[start + size]:
        size += 1
    return size
