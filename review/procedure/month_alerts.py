"""Whether a month's rate leaves its series' own history, at a stated chance of a false alarm.

The chance of the month's count after the earlier months is `month_chances`', with months that differ by more than
chance allowed for (as p-charts for large samples must: Laney, Quality Engineering 14, 2002, 531-537). A series alerts
where a count so low or so high had at most half the stated chance each way. Over all series of a month every one is
tested at `expected / series`, at most `most`: the false alarms of one month over all series together are then at most
`expected` in the mean (the per-family error rate: Gordon, Glazko, Qiu and Yakovlev, Annals of Applied Statistics 1,
2007, 179-190). A rate that drifts, or turns with the season, is no such chance: nothing is promised about it.

Measured by `evals/bench/month_alarms.py` on fifteen invented populations, most of 2,400 series: 0 to 1.2 % false
alarms at a stated 1 % (within what so many draws may err), 0 to 0.2 % at 0.1 %, and 0.3 a month over all series where
at most 1 is stated. A rate of 5 % that doubles is told in its first month, at 1 %: of 100 to 400 stays a month in 60 %
where months differ by chance alone, in 7 to 21 % where by more; of 2,000 to 5,000 stays in all and in 17 %; of 5 to 20
in hardly any.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from review.procedure.month_chances import chances
from review.screening.watch_standing import WHOLE

LEAST_MONTHS, MOST_MONTHS = 6, 24
EXPECTED, MOST_CHANCE = 1.0, 0.01  # false alarms of a month over all series; of one series in one month
TOO_LITTLE = "历史不足"
QUIET, RISEN, FALLEN = "在历史波动之内", "高于历史", "低于历史"
Key = tuple[str, str, str, str]  # rule, level, hospital, name


@dataclass(frozen=True)
class Point:
    """One month of a series: stays found among those examined."""

    month: str
    examined: int
    found: int

    @property
    def rate(self) -> float:
        return self.found / self.examined if self.examined else 0.0


@dataclass(frozen=True)
class Reading:
    """What a month says beside its history; `chance` of a count so far out either way, doubled for the two ways."""

    state: str
    now: Point
    before: tuple[Point, ...]
    chance: float | None = None

    @property
    def alerts(self) -> bool:
        return self.state in (RISEN, FALLEN)

    @property
    def usual(self) -> float | None:
        """The rate of the history."""
        examined = sum(one.examined for one in self.before)
        return sum(one.found for one in self.before) / examined if examined else None


@dataclass(frozen=True)
class Promise:
    """What is stated about the false alarms of a month: series tested, the chance of each, those not tested."""

    series: int
    chance: float
    too_little: int

    @property
    def expected(self) -> float:
        return self.series * self.chance


def read_all(
    series: Mapping[Key, Sequence[Point]], month: str, expected: float = EXPECTED, most: float = MOST_CHANCE
) -> tuple[dict[Key, Reading], Promise]:
    """The reading of every series that has the month, and what is promised of all of them together."""
    found: dict[Key, Reading] = {}
    kinds: dict[tuple[str, str], dict[Key, Reading]] = defaultdict(dict)
    for key, points in series.items():
        before, now = _history(points, month)
        if now is not None and len(before) < LEAST_MONTHS:
            found[key] = Reading(TOO_LITTLE, now, before)
        elif now is not None:
            # a rule has one series over all stays: how much months differ, the rules tell together there
            kinds[("", WHOLE) if key[1] == WHOLE else key[:2]][key] = Reading(QUIET, now, before)
    tested = sum(map(len, kinds.values()))
    promise = Promise(tested, min(most, expected / max(1, tested)), len(found))
    for kind in kinds.values():
        found |= dict(zip(kind, _read(tuple(kind.values()), promise.chance), strict=True))
    return found, promise


def _history(points: Sequence[Point], month: str) -> tuple[tuple[Point, ...], Point | None]:
    """The months before one that say something, the latest last, and the month itself."""
    before = [one for one in sorted(points, key=lambda one: one.month) if one.month < month and one.examined]
    now = next((one for one in points if one.month == month and one.examined), None)
    return tuple(before[-MOST_MONTHS:]), now


def _read(readings: Sequence[Reading], chance: float) -> list[Reading]:
    """The readings of series of one kind, which tell together how much their months differ."""
    longest = max(len(one.before) for one in readings)
    examined, found = np.zeros((2, len(readings), longest))
    for row, one in enumerate(readings):
        examined[row, : len(one.before)] = [point.examined for point in one.before]
        found[row, : len(one.before)] = [point.found for point in one.before]
    now = np.array([[one.now.examined, one.now.found] for one in readings], dtype=float)
    low, high = chances(examined, found, now[:, 0], now[:, 1])
    return [
        Reading(_state(below, above, chance), one.now, one.before, min(1.0, 2 * min(below, above)))
        for one, below, above in zip(readings, low.tolist(), high.tolist(), strict=True)
    ]


def _state(below: float, above: float, chance: float) -> str:
    if above <= chance / 2:
        return RISEN
    return FALLEN if below <= chance / 2 else QUIET
