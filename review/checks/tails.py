"""How surprising a count is: exact tails, exact intervals, and Benjamini–Hochberg over many tests.

Counts of an inspection are small, so nothing is approximated by a normal curve. It knows no check.
"""

from collections.abc import Callable, Sequence
from math import exp, lgamma, log, log1p

TINY = 1e-300
STEPS = 200


def poisson_tail(count: int, mean: float) -> float:
    """P(X ≥ count) where X is Poisson with this mean, summed term by term. Raises ValueError on a negative mean."""
    if mean < 0:
        raise ValueError(f"a Poisson mean is not negative: {mean}")
    if count <= 0:
        return 1.0
    if mean == 0:
        return 0.0
    if count <= mean:
        return max(0.0, 1.0 - sum(_poisson(k, mean) for k in range(count)))
    term = _poisson(count, mean)
    total, k = term, count
    while term > total * 1e-16 and term > TINY:
        k += 1
        term *= mean / k
        total += term
    return min(1.0, total)


def binomial_tail(count: int, trials: int, rate: float) -> float:
    """P(X ≥ count) in so many trials at a rate, term by term. Raises ValueError on a rate outside [0, 1]."""
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate lies between 0 and 1: {rate}")
    if count <= 0:
        return 1.0
    if count > trials or rate == 0:
        return 0.0
    if rate == 1:
        return 1.0
    above = count > trials * rate
    span = range(count, trials + 1) if above else range(count)
    total = sum(_binomial(k, trials, rate) for k in span)
    return min(1.0, total) if above else max(0.0, 1.0 - total)


def binomial_interval(count: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The exact (Clopper–Pearson) interval of a rate."""
    side = (1 - level) / 2
    low = 0.0 if count == 0 else _solve(lambda rate: binomial_tail(count, trials, rate) < side, 1.0)
    high = (
        1.0
        if count == trials
        else _solve(lambda rate: 1 - binomial_tail(count + 1, trials, rate) > side, 1.0)
    )
    return low, high


def poisson_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a Poisson mean after one count."""
    side = (1 - level) / 2
    most = 10.0 + 4.0 * count
    low = 0.0 if count == 0 else _solve(lambda mean: poisson_tail(count, mean) < side, most)
    return low, _solve(lambda mean: 1 - poisson_tail(count + 1, mean) > side, most)


def adjusted(chances: Sequence[float], tests: int) -> list[float]:
    """Benjamini–Hochberg q-values in the order given; tests that are not listed count as p = 1.

    Raises ValueError where fewer tests were made than p-values are given."""
    if tests < len(chances):
        raise ValueError(f"{len(chances)} p-values of only {tests} tests")
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    values, least = [1.0] * len(chances), 1.0
    for rank in range(len(order), 0, -1):
        least = min(least, chances[order[rank - 1]] * tests / rank)
        values[order[rank - 1]] = least
    return values


def _poisson(k: int, mean: float) -> float:
    return exp(k * log(mean) - mean - lgamma(k + 1))


def _binomial(k: int, trials: int, rate: float) -> float:
    ways = lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1)
    return exp(ways + k * log(rate) + (trials - k) * log1p(-rate))


def _solve(too_low: Callable[[float], bool], most: float) -> float:
    """The point between 0 and `most` where a condition that holds below stops holding."""
    low, high = 0.0, most
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if too_low(middle) else (low, middle)
    return (low + high) / 2
