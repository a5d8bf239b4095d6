"""Wards for CHG-030: one that gives a test to every patient without indication, and two that nearly do.

Made only for a large inspection, since a ward needs fifty stays in a quarter; their stays carry no other plant.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from random import Random

from evals.generating.admitting import Admitter
from evals.generating.catalogue import Item
from evals.generating.labels import Kind, Label
from evals.generating.regional import ELASTOGRAM, MARKERS
from evals.generating.stay import DAY, Line, Stay

LEAST_ADMISSIONS, STAYS = 1000, 60
FIRST_NUMBER = {"open": 95000, "sealed": 97000}


@dataclass(frozen=True)
class Ward:
    kind: Kind
    department: str
    patients: str
    test: Item
    given: Callable[[int], bool]
    scenario: str
    clear: str = ""


WARDS = (
    Ward("pattern", "老年医学科", "observation", MARKERS, lambda place: True, "a test for every patient of a ward"),
    Ward("near_miss", "放化疗科", "chemotherapy", MARKERS, lambda place: True, "shared_indication",
         "CHG-030 clear: department whose patients share the indication"),
    Ward("near_miss", "疼痛科", "observation", ELASTOGRAM, lambda place: place % 5 < 2, "two_in_five",
         "CHG-030 clear: logic: share below cap_share"),
)  # fmt: skip


def wards(seed: int, half: str) -> Iterator[tuple[list[Stay], list[Label]]]:
    """Each ward with its stays and its labels: one of the ward and, for its stays, what else may be said of them."""
    for number, ward in enumerate(WARDS):
        stays, lines = [], []
        for place in range(STAYS):
            stay, line = _stay(ward, seed, half, FIRST_NUMBER[half] + number * STAYS + place, place)
            stays.append(stay)
            lines += [line] if line else []
        yield stays, _labels(ward, half, stays, lines)


def _stay(ward: Ward, seed: int, half: str, number: int, place: int) -> tuple[Stay, Line | None]:
    admit = Admitter(number, Random(f"{seed}:{half}:ward:{number}"))
    begin = datetime(2025, 10, 2, 9, admit.random.randrange(60)) + DAY * (place % 45)
    stay = admit.stay(ward.patients, begin=begin)
    for line in stay.lines:
        if line.department == stay.department:
            line.department = line.performing = ward.department
    for row in stay.orders:
        row["医嘱科室名称"] = ward.department
    stay.department = ward.department
    return stay, stay.lab([ward.test], stay.at(0, 11))[0] if ward.given(place) else None


def _labels(ward: Ward, half: str, stays: list[Stay], lines: list[Line]) -> list[Label]:
    allowed = ("CHG-029", "CHG-030") if ward.kind == "pattern" else ("CHG-029",)
    total = sum((line.amount for line in lines), Decimal(0)) if ward.kind == "pattern" else None
    whole = Label(
        ward.kind, stays[0].admission_id, half, "CHG-030", ward.scenario, "excessive_service" if total else "",
        tuple(line.number for line in lines), amount=total, certainty="clue" if total else "", clear=ward.clear,
        also_allowed=allowed, admissions=tuple(stay.admission_id for stay in stays),
    )  # fmt: skip
    single = Label("ward", "", half, also_allowed=allowed)
    return [whole, *(replace(single, admission_id=stay.admission_id) for stay in stays[1:])]
