"""Two runs on the same cases: is the difference more than chance would give.

McNemar, Psychometrika 12, 1947; the exact form of it, since discordant pairs are few.
"""

from dataclasses import dataclass
from math import comb


@dataclass(frozen=True)
class Discordant:
    """Items that only one of two runs has right, and the two-sided probability of as uneven a split by chance."""

    only_first: int
    only_second: int
    p: float


def mcnemar(only_first: int, only_second: int) -> Discordant:
    """The exact test: each discordant pair falls to either side like a coin. Raises ValueError below zero."""
    if min(only_first, only_second) < 0:
        raise ValueError("counts of pairs cannot be negative")
    pairs, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(comb(pairs, count) for count in range(fewer + 1)) / 2**pairs
    return Discordant(only_first, only_second, min(1.0, 2 * tail))
