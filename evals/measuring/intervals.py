"""95 % intervals: Wilson's for a share of independent trials, the bootstrap's where trials belong to a patient.

A finding is no independent trial: one patient has several. So units, here admissions, are drawn and not findings
(Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13; Wilson, JASA 22, 1927).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review.proportions import wilson as share_of

ROUNDS = 2_000
SEED = 7
Counts = NDArray[np.float64]
Statistic = Callable[[Counts], Counts]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; all three null where there was nothing to measure."""

    value: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return "—"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


NOTHING = Estimate(None, None, None)


def wilson(part: float, whole: int) -> Estimate:
    """The share `part / whole` of independent trials; good for small counts and near 0 and 1."""
    found = share_of(part, whole)
    return Estimate(found.value, found.low, found.high) if found else NOTHING


def drawn(units: int, rounds: int = ROUNDS, seed: int = SEED) -> Counts:
    """How often each unit is drawn in each round: rounds × units, the same for the same seed."""
    equal = np.full(units, 1 / units)
    return np.random.default_rng(seed).multinomial(units, equal, size=rounds).astype(np.float64)


def bootstrap(counts: Counts, statistic: Statistic, rounds: int = ROUNDS, seed: int = SEED) -> Estimate:
    """A statistic of sums over units, with its percentile interval.

    `counts` has a row for each unit; `statistic` takes rows of their sums and gives a figure for each row, NaN where it
    is undefined. Rounds in which it is undefined are left out.
    """
    if not len(counts):
        return NOTHING
    value = float(statistic(counts.sum(axis=0, keepdims=True))[0])
    if math.isnan(value):
        return NOTHING
    return _between(value, statistic(drawn(len(counts), rounds, seed) @ counts))


def bootstrap_difference(
    first: Counts, second: Counts, statistic: Statistic, rounds: int = ROUNDS, seed: int = SEED
) -> Estimate:
    """How much a statistic grows from the first run to the second, on the same units drawn for both.

    The rows of both belong to the same units in the same order. Raises ValueError where they cannot."""
    if len(first) != len(second):
        raise ValueError("both runs need a row for every unit")
    if not len(first):
        return NOTHING
    value = float(statistic(second.sum(axis=0, keepdims=True))[0]) - float(
        statistic(first.sum(axis=0, keepdims=True))[0]
    )
    if math.isnan(value):
        return NOTHING
    weights = drawn(len(first), rounds, seed)
    return _between(value, statistic(weights @ second) - statistic(weights @ first))


def _between(value: float, rounds: Counts) -> Estimate:
    defined = rounds[~np.isnan(rounds)]
    low, high = np.quantile(defined, (0.025, 0.975))
    return Estimate(value, float(low), float(high))


def share(sums: Counts) -> Counts:
    """Columns: right, all. Their quotient; NaN where there are none."""
    return divided(sums[:, 0], sums[:, 1])


def f1(sums: Counts) -> Counts:
    """Columns: labels found, labels, findings right, findings judged. The harmonic mean of recall and precision.

    Without findings, or with none that is right, it is 0 as long as there are labels."""
    recall = divided(sums[:, 0], sums[:, 1])
    precision = np.nan_to_num(divided(sums[:, 2], sums[:, 3]), nan=0.0)
    both = recall + precision
    return np.where(both > 0, divided(2 * recall * precision, both), np.where(np.isnan(recall), np.nan, 0.0))


def divided(part: Counts, whole: Counts) -> Counts:
    """Part by whole, NaN where the whole is zero."""
    quotient: Counts = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole != 0)
    return quotient


def mean_of(values: Sequence[float], rounds: int = ROUNDS, seed: int = SEED) -> Estimate:
    """The mean of one value a unit, with its interval."""
    return bootstrap(np.array([[value, 1.0] for value in values]), share, rounds, seed)
