"""Patterns over many stays: ADM-010 to 013, 015 and 016, each with what looks alike and is innocent.

Made anew for every six hundred admissions, since the checks weigh them against the rest of the hospital; a pattern
several times in each round, so that two thousand admissions hold twenty of every check.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from evals.generating.admitting import Admitter
from evals.generating.clinical import case, courses
from evals.generating.clinical_case import Case
from evals.generating.labels import Label
from evals.generating.scenarios import VIOLATION_OF, noise_of
from evals.generating.site import ORDINARY
from evals.generating.stay import DAY, Stay

STAYS_A_NUMBER = 12
LEAST_ADMISSIONS, PER_ROUND = 200, 600
FIRST_NUMBER = {"open": 40000, "sealed": 68000}
NUMBERS_A_COHORT, NUMBERS_A_ROUND, MOST_ROUNDS = 60, 5400, 4
AFTER = ("ADM-004", "ADM-006", "ADM-007")
SHARED = frozenset({"contact"})  # what makes a group one


@dataclass
class Gathering:
    """Draws the stays of one cohort: each of its own person, day and number."""

    random: Random
    first: int
    turn: int
    made: list[Case] = field(default_factory=list)
    numbers: int = 0

    def admit(self) -> Admitter:
        """Somebody new; a large cohort comes back to its numbers and goes on with their stays."""
        again, place = divmod(self.numbers, NUMBERS_A_COHORT - 1)
        self.numbers += 1
        number = self.first + place + 1
        source = Random(f"{self.first}:{number}:{self.turn}:{self.random.random()}")
        return Admitter(number, source, made=again * STAYS_A_NUMBER)

    def day(self, room: int = 40) -> datetime:
        """A working day of the period, away from the turn of the year."""
        while True:
            day = ORDINARY.first_day + DAY * self.random.randrange(ORDINARY.days - room)
            if day.weekday() < 5 and (day + room * DAY).year == day.year:
                return datetime(day.year, day.month, day.day, 8)

    def add(self, name: str, begin: datetime, *, admit: Admitter | None = None, **wanted: Any) -> Case:
        needed = bool(wanted.pop("needed", "complaint" not in courses()[name]))
        start = begin if begin.minute else begin + timedelta(minutes=self.random.randrange(1, 420))
        made = case(admit or self.admit(), name, needed=needed, begin=start, **wanted)
        made.proof = SHARED
        self.made.append(made)
        return made


Maker = Callable[[Gathering], None]


@dataclass(frozen=True)
class Cohort:
    check: str
    name: str
    make: Maker
    clear: str = ""
    also: tuple[str, ...] = ()
    times: int = 1  # in every round


COHORTS: list[Cohort] = []


def gathered(
    check: str, name: str = "", *, clear: str = "", also: tuple[str, ...] = (), times: int = 1
) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        told = clear and f"{check} clear: {clear}"
        COHORTS.append(Cohort(check, name or make.__name__, make, told, also, times))
        return make

    return register


def rounds(admissions: int) -> int:
    return 0 if admissions < LEAST_ADMISSIONS else min(MOST_ROUNDS, max(1, admissions // PER_ROUND))


def cohorts(seed: int, half: str, admissions: int) -> Iterator[tuple[list[Stay], list[Label]]]:
    """Each cohort with its stays and its labels: one of the pattern and, for its stays, what else may be said."""
    for turn in range(rounds(admissions)):
        dealt = [(cohort, turn * cohort.times + time) for cohort in COHORTS for time in range(cohort.times)]
        for place, (cohort, count) in enumerate(dealt):
            first = FIRST_NUMBER[half] + turn * NUMBERS_A_ROUND + place * NUMBERS_A_COHORT
            gathering = Gathering(Random(f"{seed}:{half}:cohort:{first}"), first, count)
            cohort.make(gathering)
            stays = [made.close() for made in gathering.made]
            yield stays, _labels(cohort, half, stays)


def _labels(cohort: Cohort, half: str, stays: Sequence[Stay]) -> list[Label]:
    kind: Any = "near_miss" if cohort.clear else "pattern"
    whole = Label(
        kind, stays[0].admission_id, half, cohort.check, cohort.name,
        "" if cohort.clear else VIOLATION_OF[cohort.check],
        certainty="" if cohort.clear else "clue", clear=cohort.clear, also_allowed=cohort.also,
        admissions=tuple(stay.admission_id for stay in stays), family="admissions", noise=noise_of(stays),
    )  # fmt: skip
    single = [
        Label(
            "ward", stay.admission_id, half, also_allowed=cohort.also, family="admissions", noise=stay.noise
        )
        for stay in stays[1:]
    ]
    return [whole, *single]
