"""What a certainty is worth: how often findings of each certainty were right, and how far that tells right from wrong.

The product states no probabilities. What a certainty promises is taken from the findings of all other units, so that no
number is invented here and none is judged by itself (Brier, Monthly Weather Review 78, 1950).
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evals.measuring.intervals import Estimate, wilson

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Said:
    """A finding: its unit, its certainty, and whether it was right."""

    unit: str
    certainty: str
    right: bool


@dataclass(frozen=True)
class Reliability:
    """How often one certainty was right."""

    certainty: str
    findings: int
    right: int
    share: Estimate


@dataclass(frozen=True)
class Brier:
    """Mean squared error of what the certainties promise, and of promising the same for all; lower is better."""

    score: float
    without: float

    @property
    def skill(self) -> float | None:
        """The part of the error that the certainties take away; null where all are right or all wrong."""
        return 1 - self.score / self.without if self.without else None


def reliability(said: Sequence[Said], certainties: Sequence[str]) -> list[Reliability]:
    """One row for each certainty that was said, in the order given."""
    rows = []
    for certainty in certainties:
        right = [one.right for one in said if one.certainty == certainty]
        if right:
            rows.append(Reliability(certainty, len(right), sum(right), wilson(sum(right), len(right))))
    return rows


def brier(said: Sequence[Said]) -> Brier | None:
    """The score of findings each promised by those of the other units; null where fewer than two units speak.

    A certainty that no other unit has said promises what all the others do."""
    whole = _sums(said, lambda one: "")
    by_certainty = _sums(said, lambda one: one.certainty)
    own_whole = _sums(said, lambda one: one.unit)
    own = _sums(said, lambda one: (one.unit, one.certainty))
    errors, plain = [], []
    for one in said:
        rest = _without(whole[""], own_whole[one.unit])
        if rest is None:
            continue
        promised = _without(by_certainty[one.certainty], own[one.unit, one.certainty])
        errors.append((one.right - (rest if promised is None else promised)) ** 2)
        plain.append((one.right - rest) ** 2)
    return Brier(sum(errors) / len(errors), sum(plain) / len(plain)) if errors else None


def _sums(said: Sequence[Said], key: Callable[[Said], Key]) -> Mapping[Key, tuple[int, int]]:
    """Right and all, by the key."""
    sums: dict[Key, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in said:
        right, count = sums[key(one)]
        sums[key(one)] = (right + one.right, count + 1)
    return sums


def _without(whole: tuple[int, int], own: tuple[int, int]) -> float | None:
    count = whole[1] - own[1]
    return (whole[0] - own[0]) / count if count else None
