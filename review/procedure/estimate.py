"""From a random sample of stays to all stays of the list: totals and shares with 95 % intervals. An estimate, no claim.

Chances are the certificate's. Per stratum the total is the number of stays times the weighted mean (Hajek, in Godambe
and Sprott, Foundations of Statistical Inference, 1971), which for equal chances is the stratified expansion estimator
(Cochran, Sampling Techniques, 3rd ed. 1977, 5.3). Who is taken surely, as designated stays are, counts for itself
alone. The variance is Hajek's (Annals of Mathematical Statistics 35, 1964) with n / (n - 1), one of those that Matei
and Tille compare (Journal of Official Statistics 21, 2005): the finite population correction 1 - f is each unit's own
1 - p, so that for equal chances it is Cochran's theorem 5.3. Strata of one drawn stay are taken together for the
variance alone (Cochran 5A.12), which widens it. The ratio estimator is the combined one (Cochran 6.11).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import inf
from operator import add

import numpy as np
from numpy.typing import NDArray

from review.errors import InputError
from review.procedure.estimate_intervals import Estimated, Spread, share_interval, total_interval

CARRYING = 5  # stays with yuan below which their spread and skewness are guesses
FEWEST = 30  # stays hit, and not hit, from which on the variance of a share can be believed


@dataclass(frozen=True)
class Drawn:
    """One stay of the sample, by its stratum and its chance of being drawn, over 0 and at most 1."""

    stratum: str
    chance: float


@dataclass(frozen=True)
class _Group:
    """Stays that stand for others: their places in the sample, how many stays each stands for, and 1 - chance."""

    places: NDArray[np.intp]
    weights: NDArray[np.float64]
    left: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.places)

    def __add__(self, other: "_Group") -> "_Group":
        parts = zip(
            (self.places, self.weights, self.left), (other.places, other.weights, other.left), strict=True
        )
        return _Group(*(np.concatenate(pair) for pair in parts))


@dataclass(frozen=True)
class Sample:
    """The drawn stays, and how many stays each stratum has, those taken surely included."""

    drawn: tuple[Drawn, ...]
    strata: Mapping[str, int]

    @property
    def population(self) -> int:
        return sum(self.strata.values())

    @cached_property
    def sure(self) -> tuple[int, ...]:
        """Places of the stays that were taken surely."""
        return tuple(place for place, one in enumerate(self.drawn) if one.chance >= 1)

    @cached_property
    def groups(self) -> tuple[_Group, ...]:
        """The other stays, by stratum, strata of one taken together."""
        single = [group for group in self._by_stratum if len(group) == 1]
        groups = sorted((group for group in self._by_stratum if len(group) > 1), key=len)
        if len(single) == 1 and groups:
            return (*groups[1:], groups[0] + single[0])
        if len(single) == 1:
            raise InputError("随机样本只有 1 例，看不出差异，无从估计；请至少再随机抽取 1 例。")
        return (*groups, reduce(add, single)) if single else tuple(groups)

    @property
    def merged(self) -> int:
        """Strata of one drawn stay, whose spread is taken from others."""
        return sum(len(group) == 1 for group in self._by_stratum)

    @cached_property
    def _by_stratum(self) -> tuple[_Group, ...]:
        places: dict[str, list[int]] = {name: [] for name in self.strata}
        rest = dict(self.strata)
        for place, one in enumerate(self.drawn):
            if one.chance >= 1:
                rest[one.stratum] -= 1
            else:
                places[one.stratum].append(place)
        return tuple(self._group(name, places[name], rest[name]) for name in sorted(rest) if rest[name])

    def _group(self, name: str, places: Sequence[int], rest: int) -> _Group:
        if not places:
            raise InputError(
                f"层“{name}”有 {rest} 例不在样本里，样本却没有该层的随机病历；请补审，或合并分层后重新抽取。"
            )
        chances = np.array([self.drawn[place].chance for place in places])
        return _Group(np.array(places), rest / chances / (1 / chances).sum(), 1 - chances)

    def total(self, values: Sequence[float]) -> tuple[float, Spread]:
        """The estimated total of a value over all stays, and its spread; one value for each drawn stay."""
        every = np.asarray(values, dtype=np.float64)
        total = float(every[list(self.sure)].sum())
        variance = third = pulled = parts = 0.0
        for group in self.groups:
            size, own = len(group), every[group.places]
            mean = float((group.weights * own).sum() / group.weights.sum())
            total += mean * float(group.weights.sum())
            around = group.weights * (own - mean)
            around = around - (around * group.left).sum() / group.left.sum()
            here = size / (size - 1) * float((group.left * around**2).sum())
            variance, parts = variance + here, parts + here * here / (size - 1)
            if size > 2:
                cubes = around**3 * (size * size / ((size - 1) * (size - 2))) * group.left
                third += float((cubes * (2 * group.left - 1)).sum())
                pulled += float((cubes * group.left).sum())
        if variance <= 0:
            return total, Spread(0.0, self.freedom)
        return total, Spread(
            variance, variance * variance / parts, third / variance**1.5, pulled / variance**1.5
        )

    @property
    def freedom(self) -> float:
        """Degrees of freedom where the values themselves give none."""
        return float(max(1, sum(len(group) - 1 for group in self.groups)))


def expansion(sample: Sample, values: Sequence[float], most: float = inf) -> Estimated:
    """The total of values that are not negative, by the stratified expansion estimator."""
    value, spread = sample.total(values)
    return _bounded(sample, value, spread, values, most)


@dataclass(frozen=True)
class Ratio:
    """The total by way of another one that is known, and the values' share of it."""

    total: Estimated
    share: Estimated


def ratio(
    sample: Sample, values: Sequence[float], known: Sequence[float], known_total: float
) -> Ratio | None:
    """By the combined ratio estimator; null where what is known is zero in the sample."""
    top, _ = sample.total(values)
    under, _ = sample.total(known)
    if under <= 0 or known_total <= 0:
        return None
    part = top / under
    _, spread = sample.total([value - part * other for value, other in zip(values, known, strict=True)])
    scaled = Spread(spread.variance * (known_total / under) ** 2, spread.freedom, spread.skew, spread.pull)
    found = _bounded(sample, part * known_total, scaled, values, known_total)
    low, high = (bound if bound is None else bound / known_total for bound in (found.low, found.high))
    return Ratio(found, Estimated(found.value / known_total, low, high))


def share_of(sample: Sample, hit: Sequence[bool]) -> Estimated:
    """The share of all stays that are hit."""
    values = [float(one) for one in hit]
    if not sample.groups:
        value = sum(values) / sample.population
        return Estimated(value, value, value)
    total, spread = sample.total(values)
    stand = sum(float(group.weights.sum()) for group in sample.groups)
    drawn = sum(len(group) for group in sample.groups)
    plain = drawn / max(1 - drawn / stand, 1 / stand) * (sample.population / stand) ** 2
    value = min(1.0, max(0.0, total / sample.population))
    hits = int(sum(values))
    steady = min(hits, len(values) - hits) >= FEWEST
    variance = spread.variance / sample.population**2
    found = share_interval(value, variance, sample.freedom, plain, steady=steady)
    least, most = hits / sample.population, 1 - (len(values) - hits) / sample.population
    return Estimated(value, max(least, found.low or 0.0), min(most, found.high or 0.0))


def _bounded(sample: Sample, value: float, spread: Spread, values: Sequence[float], most: float) -> Estimated:
    """All stays seen: the total itself. Else not under what was seen; no interval from too few that carry any."""
    if not sample.groups:
        return Estimated(value, value, value)
    if sum(one > 0 for one in values) < CARRYING:
        return Estimated(value, None, None)
    return total_interval(value, spread, float(sum(values)), most)
