"""How surprising the next count of a series is after its earlier months, where months differ by more than chance.

The count of a month is beta-binomial (Skellam, JRSS B 10, 1948, 257-261): its rate is drawn anew every month around the
series' own, with a correlation ρ; ρ = 0 is chance alone. Neither is known: the rate has Jeffreys' prior, ρ a prior over
a grid that all series of one kind tell together by maximum likelihood of the mixture (empirical Bayes: Robbins 1956;
Laird, JASA 73, 1978, 805-811), kept off zero by some series' worth of one that leans to more. The chance of a count is
then the predictive one (Box, JRSS A 143, 1980, 383-430): over what is still possible of both after the months seen, so
that few months and small counts widen it by themselves. Nothing here is drawn at random.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
# next to no correlation stands for none: the same formula, and at 100,000 stays still a tenth of a deviation off
RHO = np.array([1e-6, 5e-4, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1, 2e-1, 4e-1])
# the prior of ρ that all series of a kind add to, and its worth in series: leaning to more than chance, for a series
# alone would else be read by the ρ that fits it best and alert more than stated
LEANING = np.arange(1, len(RHO) + 1) / np.arange(1, len(RHO) + 1).sum()
WORTH = 20.0
NODES = np.linspace(-4.5, 4.5, 13)  # of the rate's posterior, in its deviations on the logit scale
CHUNK, ROUNDS = 250, 60


def chances(examined: Array, found: Array, now_examined: Array, now_found: Array) -> tuple[Array, Array]:
    """P(X ≤ found) and P(X ≥ found) of the month now, a value for each series of one kind.

    `examined` and `found` are months of history, a row for each series; where a month is missing both are 0."""
    pieces = [slice(begin, begin + CHUNK) for begin in range(0, len(examined), CHUNK)]
    fitted = [_fit(examined[one], found[one]) for one in pieces]
    if not fitted:
        return np.zeros(0), np.zeros(0)
    weights = _mixed(np.concatenate([_log_sum(within) for within, _ in fitted]))
    tails = [
        _tails(within, rates, weights, now_examined[one], now_found[one])
        for (within, rates), one in zip(fitted, pieces, strict=True)
    ]
    return np.concatenate([low for low, _ in tails]), np.concatenate([high for _, high in tails])


def _fit(examined: Array, found: Array) -> tuple[Array, Array]:
    """Of every series the log weights of ρ with the rate's nodes, which sum to the likelihood of ρ; and the nodes."""
    trials, hits = examined.sum(1), found.sum(1)
    middle = (hits + 0.5) / (trials + 1)
    each = examined[:, None, :] / (1 + np.maximum(examined[:, None, :] - 1, 0) * RHO[None, :, None])
    known = each.sum(2) * (middle * (1 - middle))[:, None] + 0.25
    spread = 1 / np.sqrt(known)
    logit = np.log(middle / (1 - middle))[:, None, None] + spread[:, :, None] * NODES
    rates = np.clip(1 / (1 + np.exp(-logit)), 1e-9, 1 - 1e-9)
    a, b = _shapes(rates)
    weight = 0.5 * (np.log(rates) + np.log1p(-rates)) + np.log(spread)[:, :, None]
    weight -= examined.shape[1] * (_log_gamma(a) + _log_gamma(b) - _log_gamma(a + b))
    for month in range(examined.shape[1]):
        n, x = examined[:, month, None, None], found[:, month, None, None]
        weight += _log_gamma(x + a) + _log_gamma(n - x + b) - _log_gamma(n + a + b)
    return weight, rates


def _mixed(told: Array) -> Array:
    """The weights of ρ that all series tell together, by expectation and maximisation."""
    likely = np.exp(told - told.max(1, keepdims=True))
    weights: Array = LEANING
    for _ in range(ROUNDS):
        share = likely * weights
        share /= share.sum(1, keepdims=True)
        weights = (share.sum(0) + WORTH * LEANING) / (len(told) + WORTH)
    return np.asarray(weights)


def _tails(within: Array, rates: Array, weights: Array, examined: Array, found: Array) -> tuple[Array, Array]:
    """Both tails, over all that the rate and ρ may still be."""
    logs = within + np.log(weights)[None, :, None]
    share = np.exp(logs - logs.max((1, 2), keepdims=True))
    share /= share.sum((1, 2), keepdims=True)
    low, high = _beta_binomial(rates, examined[:, None, None], found[:, None, None])
    return (share * low).sum((1, 2)), (share * high).sum((1, 2))


def _beta_binomial(rates: Array, n: Array, x: Array) -> tuple[Array, Array]:
    """P(X ≤ x) and P(X ≥ x), summed away from the mean, where terms fall."""
    a, b = _shapes(rates)
    whole = _log_gamma(n + 1) - _log_gamma(n + a + b) - (_log_gamma(a) + _log_gamma(b) - _log_gamma(a + b))

    def chance(k: Array) -> Array:
        inside = (k >= 0) & (k <= n)
        k = np.clip(k, 0, n)
        said = whole - _log_gamma(k + 1) - _log_gamma(n - k + 1) + _log_gamma(k + a) + _log_gamma(n - k + b)
        return np.where(inside, np.exp(said), 0.0)

    way = np.where(x >= n * rates, 1.0, -1.0)
    first = before = chance(x + 0 * rates)
    total, step = np.zeros_like(rates), 0
    while step <= n.max():
        following = step + max(
            1, step // 12
        )  # every count while they are few, then ever fewer with those between
        here = chance(x + way * following)
        width = following - step
        total += (before + here) / 2 * width + (before - here) / 2
        before, step = here, following
    total = np.minimum(total, 1.0)
    other = np.clip(1 - total + first, 0.0, 1.0)
    return np.where(way > 0, other, total), np.where(way > 0, total, other)


def _shapes(rates: Array) -> tuple[Array, Array]:
    both = ((1 - RHO) / RHO)[None, :, None]
    return rates * both, (1 - rates) * both


def _log_sum(logs: Array) -> Array:
    top = logs.max(-1, keepdims=True)
    return np.asarray(np.log(np.exp(logs - top).sum(-1)) + top[..., 0])


def _log_gamma(x: Array) -> Array:
    """Stirling's series after a shift by seven, for positive arguments."""
    shifted = x + 7
    product = x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5) * (x + 6)
    inverse = 1 / shifted
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    return np.asarray(
        (shifted - 0.5) * np.log(shifted) - shifted + 0.91893853320467274 + series - np.log(product)
    )
