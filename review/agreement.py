"""How far two readers agree on the same items beyond chance: Cohen's kappa and Gwet's AC1 with 95 % intervals.

It knows nothing of findings: calls are any labels, in pairs. Intervals are normal ones, by linearisation as in
Gwet, Handbook of Inter-Rater Reliability, 4th edition, chapter 5 (for kappa the delta method with n - 1 for n).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

FEWEST = 20  # below so many items a coefficient says more than the data do
Z = 1.959964


@dataclass(frozen=True)
class Interval:
    """A coefficient, at most 1, with the 95 % interval around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Items read twice and alike; coefficients are null where there are too few items or they are undefined."""

    items: int
    alike: int
    kappa: Interval | None
    ac1: Interval | None

    @property
    def raw(self) -> float | None:
        """Share of the items called alike; null without items."""
        return self.alike / self.items if self.items else None


def agreement(pairs: Sequence[tuple[str, str]], categories: Sequence[str], fewest: int = FEWEST) -> Agreement:
    """Agreement on pairs of calls, each one of `categories`, of which there are at least two.

    Raises ValueError for a call that is none of them.
    """
    if len(categories) < 2 or any(call not in categories for pair in pairs for call in pair):
        raise ValueError("calls must be among at least two categories")
    alike = sum(first == second for first, second in pairs)
    if len(pairs) < max(fewest, 2):
        return Agreement(len(pairs), alike, None, None)
    first, second = _shares([pair[0] for pair in pairs]), _shares([pair[1] for pair in pairs])
    mean = {name: (first.get(name, 0) + second.get(name, 0)) / 2 for name in categories}
    rest = len(categories) - 1
    by_chance = [(second.get(one, 0) + first.get(two, 0)) / 2 for one, two in pairs]
    spread = [(2 - mean[one] - mean[two]) / 2 / rest for one, two in pairs]
    expected = sum(mean[name] * (1 - mean[name]) for name in categories) / rest
    return Agreement(len(pairs), alike, _interval(pairs, by_chance), _interval(pairs, spread, expected))


def _shares(calls: Sequence[str]) -> dict[str, float]:
    return {name: count / len(calls) for name, count in Counter(calls).items()}


def _interval(
    pairs: Sequence[tuple[str, str]], chance: Sequence[float], expected: float | None = None
) -> Interval | None:
    """(observed - expected) / (1 - expected); `chance` is each item's share in what chance would give."""
    n = len(pairs)
    observed = sum(first == second for first, second in pairs) / n
    expected = sum(chance) / n if expected is None else expected
    if expected > 1 - 1e-12:
        return None
    value = (observed - expected) / (1 - expected)
    terms = [
        (float(first == second) - expected - 2 * (1 - value) * (part - expected)) / (1 - expected)
        for (first, second), part in zip(pairs, chance, strict=True)
    ]
    half = Z * sqrt(sum((term - value) ** 2 for term in terms) / (n * (n - 1)))
    return Interval(value, max(-1.0, value - half), min(1.0, value + half))
