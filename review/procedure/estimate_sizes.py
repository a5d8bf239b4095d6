"""How many stays must be drawn for a wanted precision, from a sample already seen or from an assumed share.

The variance of a stratified total is solved for the size (Cochran, Sampling Techniques, 3rd ed. 1977: 5.9 and 5.5 for
proportional and Neyman's allocation, 4.4 for a share), with the finite population correction, at the normal quantile.
What follows is a plan, and holds as far as the sample seen resembles the stays to come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from review.errors import SettingsError
from review.procedure.estimate import Sample

QUANTILE = NormalDist().inv_cdf(0.975)
LEAST = 2  # of a stratum: fewer tell nothing of its spread


@dataclass(frozen=True)
class Needed:
    """Stays to be drawn in all and from each stratum, proportionally and by Neyman's allocation."""

    proportional: Mapping[str, int]
    neyman: Mapping[str, int]


def needed_for_total(sample: Sample, values: Sequence[float], half_width: float) -> Needed:
    """For an interval of the total that reaches `half_width` to each side, in the unit of the values."""
    if half_width <= 0:
        raise SettingsError("要求的误差须大于 0；请改正。")
    spreads = _spreads(sample, values)
    wanted = (half_width / QUANTILE) ** 2
    by_size = sum(sample.strata[name] * spread**2 for name, spread in spreads.items())
    by_spread = sum(sample.strata[name] * spread for name, spread in spreads.items())
    whole = sample.population
    proportional = ceil(whole * by_size / (wanted + by_size)) if by_size else 0
    neyman = ceil(by_spread**2 / (wanted + by_size)) if by_size else 0
    return Needed(
        _allotted({name: float(count) for name, count in sample.strata.items()}, sample.strata, proportional),
        _allotted({n: sample.strata[n] * s for n, s in spreads.items()}, sample.strata, neyman),
    )


def needed_for_share(population: int, assumed: float, half_width: float) -> int:
    """Stays for a simple random sample whose share is known to `half_width`, both between 0 and 1."""
    if population < 1 or not 0 <= assumed <= 1 or not 0 < half_width < 1:
        raise SettingsError("住院例数须为 1 以上，预计比例在 0 与 1 之间，要求的误差在 0 与 1 之间；请改正。")
    open_ = QUANTILE**2 * assumed * (1 - assumed) / half_width**2
    fair = ceil(open_ / (1 + (open_ - 1) / population)) if open_ else 0
    return max(min(LEAST, population), fair)


def _spreads(sample: Sample, values: Sequence[float]) -> dict[str, float]:
    """Standard deviation of each stratum; of all stays together where a stratum has fewer than two."""
    by_name = {
        name: [v for v, one in zip(values, sample.drawn, strict=True) if one.stratum == name]
        for name in sample.strata
    }
    together = _deviation(list(values), [1 / one.chance for one in sample.drawn])
    weights = {
        name: [1 / one.chance for one in sample.drawn if one.stratum == name] for name in sample.strata
    }
    return {
        name: _deviation(mine, weights[name]) if len(mine) >= LEAST else together
        for name, mine in by_name.items()
    }


def _deviation(values: Sequence[float], weights: Sequence[float]) -> float:
    if len(values) < LEAST:
        raise SettingsError("样本不足 2 例，看不出差异，算不出所需例数；请先多审几例。")
    mean = sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
    around = sum(w * (v - mean) ** 2 for v, w in zip(values, weights, strict=True)) / sum(weights)
    return sqrt(around * len(values) / (len(values) - 1))


def _allotted(shares: Mapping[str, float], sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """At least `count` in all, by the shares, rounded up; two of each stratum that has two, none beyond it."""
    taken: dict[str, int] = {}
    left, open_ = count, dict(shares)
    while open_:
        whole = sum(open_.values())
        full = [name for name, one in open_.items() if whole and left * one / whole >= sizes[name]]
        if not full:
            break
        for name in full:
            taken[name] = sizes[name]
            left -= sizes[name]
            del open_[name]
    whole = sum(open_.values())
    for name, one in open_.items():
        fair = ceil(max(0, left) * one / whole - 1e-9) if whole else 0
        taken[name] = min(sizes[name], max(LEAST, fair))
    return {name: taken[name] for name in sizes}
