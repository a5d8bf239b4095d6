"""Whether the monthly alerts keep their stated false-alarm rate, and how often they tell of a doubled rate.

Populations are invented from fixed seeds: rates that stay as they are, with months that differ by chance alone or by
more (beta-binomial, also differing from series to series), denominators from a handful to thousands, histories from the
fewest months allowed, many series of a kind or one alone. Each is read as a month's run reads it. Raises ValueError
where what is stated does not hold.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from time import perf_counter
from typing import Any

import numpy as np

from evals.bench import Figure
from review.procedure.month_alerts import LEAST_MONTHS, Key, Point, read_all
from review.procedure.month_chances import chances

SERIES, TOGETHER = 6_000, 200
CHANCES = (0.01, 0.001)
SLACK = 3.0  # standard errors that a measured rate may lie above the stated one
MONTHS, FAMILY = 150, 300  # of the run over all series together: months, series


@dataclass(frozen=True)
class Population:
    """Series of one kind: monthly stays between two bounds, a rate, what separates months beyond chance, months.

    `together` series are read as of one kind."""

    name: str
    stays: tuple[int, int]
    rate: float
    beyond: tuple[float, float] = (
        0.0,
        0.0,
    )  # ρ of the beta-binomial, between two bounds from series to series
    months: int = 11
    together: int = TOGETHER


POPULATIONS = (
    Population("仅随机波动，每月 5–20 例，5%", (5, 20), 0.05),
    Population("仅随机波动，每月 20–100 例，2%", (20, 100), 0.02),
    Population("仅随机波动，每月 100–400 例，5%", (100, 400), 0.05),
    Population("仅随机波动，每月 2000–5000 例，5%", (2000, 5000), 0.05),
    Population("仅随机波动，历史最短，每月 100–400 例，5%", (100, 400), 0.05, months=LEAST_MONTHS),
    Population("仅随机波动，序列单独一条，每月 2000–5000 例，5%", (2000, 5000), 0.05, together=1),
    Population("超散布 ρ=0.005，每月 100–400 例，5%", (100, 400), 0.05, (0.005, 0.005)),
    Population("超散布 ρ=0.02，每月 100–400 例，5%", (100, 400), 0.05, (0.02, 0.02)),
    Population("超散布 ρ=0.02，每月 5–20 例，5%", (5, 20), 0.05, (0.02, 0.02)),
    Population("超散布 ρ=0.01，每月 2000–5000 例，5%", (2000, 5000), 0.05, (0.01, 0.01)),
    Population(
        "超散布 ρ=0.01，序列单独一条，每月 2000–5000 例，5%", (2000, 5000), 0.05, (0.01, 0.01), together=1
    ),
    Population("超散布 ρ=0.02，历史最短，每月 100–400 例，5%", (100, 400), 0.05, (0.02, 0.02), LEAST_MONTHS),
    Population("超散布 ρ=0–0.05 各序列不同，每月 20–400 例，5%", (20, 400), 0.05, (0.0, 0.05)),
    Population("超散布 ρ=0.02，每月 100–400 例，20%", (100, 400), 0.20, (0.02, 0.02)),
    Population("超散布 ρ=0.02，每月 100–400 例，1%", (100, 400), 0.01, (0.02, 0.02)),
)


def counts(population: Population, random: np.random.Generator, series: int, factor: float = 1.0) -> Any:
    """Stays examined and found, a row for each series; the last month's rate is so many times the others'."""
    shape = (series, population.months + 1)
    usual = random.integers(population.stays[0], population.stays[1] + 1, (series, 1))
    examined = np.maximum(1, random.poisson(usual, shape))
    rate = np.full(shape, population.rate)
    rate[:, -1] *= factor
    if population.beyond[1]:
        both = 1 / np.maximum(random.uniform(*population.beyond, (series, 1)), 1e-6) - 1
        rate = random.beta(rate * both, (1 - rate) * both)
    return examined, random.binomial(examined, rate)


def tails(population: Population, seed: int, series: int = SERIES, factor: float = 1.0) -> Any:
    """The chances below and above of the last month of so many series, read in kinds of `together`."""
    examined, found = (
        part.astype(float) for part in counts(population, np.random.default_rng(seed), series, factor)
    )
    kinds = [slice(begin, begin + population.together) for begin in range(0, series, population.together)]
    both = [chances(examined[one, :-1], found[one, :-1], examined[one, -1], found[one, -1]) for one in kinds]
    return np.concatenate([low for low, _ in both]), np.concatenate([high for _, high in both])


def shares(population: Population, seed: int, series: int = SERIES) -> list[tuple[float, float]]:
    """For each stated chance: the share that alerts though nothing changed, and that tells of a doubled rate."""
    low, high = tails(population, seed, series)
    _, doubled = tails(population, seed + 1000, series // 3, 2.0)
    return [
        (float((np.minimum(low, high) <= chance / 2).mean()), float((doubled <= chance / 2).mean()))
        for chance in CHANCES
    ]


def family(seed: int, months: int = MONTHS, series: int = FAMILY) -> float:
    """The mean number of alerts a month, at one expected, over series of all populations in which nothing changed."""
    random, total = np.random.default_rng(seed), 0
    for _ in range(months):
        whole: dict[Key, Sequence[Point]] = {}
        for place, population in enumerate(POPULATIONS):
            examined, found = counts(population, random, max(1, series // len(POPULATIONS)))
            for row in range(len(examined)):
                begin = 12 - examined.shape[1]
                whole[(str(place), "department", "", str(row))] = [
                    Point(f"{begin + month:02d}", int(n), int(x))
                    for month, (n, x) in enumerate(zip(examined[row], found[row], strict=True))
                ]
        readings, _ = read_all(whole, "11", 1.0)
        total += sum(one.alerts for one in readings.values())
    return total / months


def measure(series: int = SERIES) -> Iterator[Figure]:
    """A line for each population; the figure is the seconds of reading all series. Raises ValueError."""
    begun, missed = perf_counter(), []
    for place, population in enumerate(POPULATIONS):
        told = []
        count = series if population.together > 1 else series // 4  # one alone takes as long as many together
        for chance, (alerts, doubled) in zip(CHANCES, shares(population, 100 + place, count), strict=True):
            told.append(f"标称 {chance:.1%} 实测误报 {alerts:.3%}、比率翻倍时报出 {doubled:.1%}")
            if alerts > chance + SLACK * sqrt(chance / count):
                missed.append(f"{population.name}标称 {chance:.1%} 实测 {alerts:.3%}")
        print(f"  {population.name}：{'；'.join(told)}", file=sys.stderr, flush=True)
    alarms = family(900)
    print(f"  各类序列同时受检，每月误报期望标称 1 次，实测 {alarms:.2f} 次", file=sys.stderr, flush=True)
    if alarms > 1 + SLACK * sqrt(1 / MONTHS):
        missed.append(f"每月误报标称 1 次，实测 {alarms:.2f} 次")
    if missed:
        raise ValueError(f"误报多于标称：{'；'.join(missed)}。")
    yield Figure("month_alarms", f"{len(POPULATIONS)} populations", perf_counter() - begun, 0.0, "none")
