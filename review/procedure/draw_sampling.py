"""Chooses n of N at known probabilities: part by weight, the rest at random among those left. All numbers are exact.

The weighted part is systematic selection at probabilities proportional to size in a random order (Madow, Annals of
Mathematical Statistics 20, 1949; Hartley and Rao, ibid. 33, 1962). A unit's share is p = n·w / W of the weights w with
sum W; who would reach 1 is taken surely, and the rest is shared anew. With L the least number that makes every p·L
whole, the units are shuffled and laid end to end as stretches of p·L; with u below L, the units whose stretch holds
one of the places u, u + L, u + 2·L, … are chosen. So the probability is p exactly, whatever the order.

The random part is a simple random sample of the units left. As always N - n_weighted of them are left, the probability
over both parts is p + (1 - p)·n_random / (N - n_weighted), p being that of the weighted part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from review.procedure.draw_numbers import Stream

ONE, NONE = Fraction(1), Fraction(0)


@dataclass(frozen=True)
class Chosen:
    """Places of the chosen units, and the probability of every unit of the frame, by place."""

    by_weight: tuple[int, ...]
    at_random: tuple[int, ...]
    probabilities: tuple[Fraction, ...]


def choose(weights: Sequence[Fraction], weighted: int, at_random: int, key: bytes, label: str) -> Chosen:
    """Choose `weighted` units by weight and `at_random` of the others; weights are not negative.

    Raises ValueError where there are fewer units, or fewer with a weight, than are to be chosen.
    """
    whole = len(weights)
    if weighted + at_random > whole or weighted > sum(weight > 0 for weight in weights):
        raise ValueError("more units are wanted than there are")
    sure, shares = weighted_shares(weights, weighted)
    heavy = _by_weight(shares, sure, weighted - len(sure), Stream(key, f"{label}/weighted"))
    taken = set(heavy)
    left = [place for place in range(whole) if place not in taken]
    drawn = Stream(key, f"{label}/random").first(left, at_random)
    rest = Fraction(at_random, whole - weighted) if whole > weighted else NONE
    probabilities = tuple(share + (1 - share) * rest for share in shares)
    return Chosen(tuple(sorted(heavy)), tuple(sorted(drawn)), probabilities)


def weighted_shares(weights: Sequence[Fraction], count: int) -> tuple[frozenset[int], tuple[Fraction, ...]]:
    """Who is surely chosen, and each unit's probability of being chosen by weight."""
    sure: set[int] = set()
    while True:
        left, open_weights = count - len(sure), sum(w for place, w in enumerate(weights) if place not in sure)
        more = {
            place
            for place, weight in enumerate(weights)
            if place not in sure and weight > 0 and left * weight >= open_weights
        }
        if not left or not more:
            break
        sure |= more
    shares = tuple(
        ONE if place in sure else left * weight / open_weights if left else NONE
        for place, weight in enumerate(weights)
    )
    return frozenset(sure), shares


def _by_weight(shares: Sequence[Fraction], sure: frozenset[int], count: int, stream: Stream) -> list[int]:
    """The surely chosen and `count` others, each at its share; the shares of the others sum to `count`."""
    if not count:
        return sorted(sure)
    others = [place for place, share in enumerate(shares) if place not in sure and share]
    step = lcm(*(shares[place].denominator for place in others))
    lengths = {place: int(shares[place] * step) for place in others}
    order, chosen = stream.shuffled(others), sorted(sure)
    point, reached = stream.below(step), 0
    for place in order:
        reached += lengths[place]
        if point < reached:
            chosen.append(place)
            point += step
    return chosen
