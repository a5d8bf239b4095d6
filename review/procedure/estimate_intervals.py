"""95 % intervals for totals of skewed yuan and for shares, from what a sample with known chances says.

Totals: most stays carry nothing and a few carry much, so that Student's interval misses upwards. Its statistic is made
symmetric by the cubic transformation of Hall (JRSS B 54, 1992, 221-228) with the third moments of a finite population
(Sugden, Smith and Jones, JRSS B 62, 2000, 787-793), at the quantiles of Student's t with Satterthwaite's degrees of
freedom (Cochran, Sampling Techniques, 3rd ed. 1977, 5.16). Shares: Wilson's interval (JASA 22, 1927) with the effective
number of stays, as Korn and Graubard do for surveys (Survey Methodology 24, 1998).

Measured on six invented hospitals of 3,000 stays, two of three without yuan, skewness up to 10, by 1,000 samples each:
with strata by charges, intervals of totals covered the truth in 93 to 96 % from 150 stays on; with strata by department
alone in 92 to 96 %, and in 91 to 93 % where one stay holds much of all yuan, for what no sample holds stays unseen.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import cbrt, exp, inf, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

LEVEL = 0.975
_TINY = 1e-300


@dataclass(frozen=True)
class Spread:
    """What is known of an estimated total besides its value.

    `skew` is the standardised third moment of the estimate, `pull` the standardised covariance of the estimate with
    its own variance: the two ways in which skewed yuan bend Student's statistic.
    """

    variance: float
    freedom: float
    skew: float = 0.0
    pull: float = 0.0


@dataclass(frozen=True)
class Estimated:
    """A value with its 95 % interval; the bounds are null where the sample does not give any."""

    value: float
    low: float | None
    high: float | None


def total_interval(value: float, spread: Spread, least: float, most: float = inf) -> Estimated:
    """The interval of a total that is surely not under `least` (what was seen) and not over `most`."""
    if spread.variance <= 0:
        return Estimated(value, None, None)
    error, quantile = sqrt(spread.variance), student(LEVEL, spread.freedom)
    low = value - error * _unbent(quantile, spread)
    high = value - error * _unbent(-quantile, spread)
    return Estimated(value, max(least, min(low, value)), min(most, max(high, value)))


def _unbent(symmetric: float, spread: Spread) -> float:
    """Student's statistic at which the transformed one has this value: the inverse of t + bend·t²/3 + bend²·t³/27 …"""
    bend, left = (3 * spread.pull - spread.skew) / 2, symmetric - spread.skew / 6
    return left if abs(bend) < 1e-9 else 3 / bend * (cbrt(1 + bend * left) - 1)


def share_interval(
    value: float, variance: float, freedom: float, plain: float, *, steady: bool = True
) -> Estimated:
    """The interval of a share. The sample is worth as many stays as give this variance; `plain` is what it would be
    worth without strata and weights, and the most it may be where the variance rests on too few hits to be steady."""
    worth = value * (1 - value) / variance if variance > 0 else plain
    shown = worth if steady else min(plain, worth)
    quantile = student(LEVEL, freedom)
    spread = quantile * quantile / shown
    middle = (value + spread / 2) / (1 + spread)
    half = quantile * sqrt(value * (1 - value) / shown + spread / (4 * shown)) / (1 + spread)
    return Estimated(value, max(0.0, middle - half), min(1.0, middle + half))


@lru_cache(maxsize=4_096)
def student(probability: float, freedom: float) -> float:
    """The quantile of Student's t for a probability over one half, by Newton's steps from the normal one.

    Beyond the median the distribution function is concave, so that the steps rise to the quantile and never pass it.
    """
    t = NormalDist().inv_cdf(probability)
    if freedom > 1e6:
        return t
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    for _ in range(200):
        density = scale * (1 + t * t / freedom) ** (-(freedom + 1) / 2)
        step = (probability - student_cdf(t, freedom)) / density
        t += step
        if step < 1e-12 * t:
            break
    return t


def student_cdf(t: float, freedom: float) -> float:
    """The distribution function of Student's t at a `t` of zero or more."""
    return 1 - _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function (Abramowitz and Stegun 26.5.8, the fraction by Lentz's method)."""
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    fraction = c = 1.0
    d = 0.0
    for step in range(2_000):
        half = step // 2
        if step == 0:
            term = 1.0
        elif step % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        d = 1 / ((1 + term * d) or _TINY)
        c = (1 + term / c) or _TINY
        fraction *= c * d
        if abs(c * d - 1) < 1e-15 and step > 1:
            break
    return front * (fraction - 1)
