"""Deals every number of a half its role and its scenario; writes inspection, labels and tables."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from evals.generating import (
    near_misses,
    plants_care,
    plants_counts,
    plants_evidence,
    plants_executions,
    plants_limits,
    plants_need,
    plants_operations,
    plants_packages,
    plants_pairs,
    plants_periods,
    plants_prices,
    plants_records,
    plants_times,
    plants_twice,
    plants_units,
)
from evals.generating.admitting import Admitter
from evals.generating.bureau import write_sheets
from evals.generating.cohorts import LEAST_ADMISSIONS, wards
from evals.generating.irregular import irregular
from evals.generating.labels import Label, write_labels
from evals.generating.reference import Reference, half_of
from evals.generating.scenarios import REGISTRY, Made, Scenario
from evals.generating.writing import InspectionWriter

DECLARING = (
    near_misses,
    plants_care,
    plants_counts,
    plants_evidence,
    plants_executions,
    plants_limits,
    plants_need,
    plants_operations,
    plants_packages,
    plants_pairs,
    plants_periods,
    plants_prices,
    plants_records,
    plants_times,
    plants_twice,
    plants_units,
)
ROLES = (
    "clean",
    "plant",
    "near_miss",
    "near_miss",
    "clean",
    "plant",
    "near_miss",
    "clean",
    "plant",
    "near_miss",
)


@dataclass(frozen=True)
class Deal:
    """One number of a half with what it makes."""

    number: int
    made: Made
    label: Label


def generate(out: Path, admissions: int, seed: int, half: str, reference_folder: Path) -> list[str]:
    """Writes `out/inspection`, `out/labels.jsonl`, `out/tables`; the numbers of the other half stay unmade."""
    reference = Reference.open(reference_folder, seed, half)
    labels = []
    stays = lines = 0
    with InspectionWriter(out / "inspection") as writer:
        for deal in deals(admissions, seed, half, reference):
            labels.append(deal.label)
            for stay in deal.made.stays:
                writer.write(stay)
                stays, lines = stays + 1, lines + len(stay.lines)
        for ward_stays, ward_labels in wards(seed, half) if admissions >= LEAST_ADMISSIONS else ():
            labels += ward_labels
            for stay in ward_stays:
                writer.write(stay)
                stays, lines = stays + 1, lines + len(stay.lines)
    write_labels(labels, out / "labels.jsonl")
    write_sheets(reference, out / "tables")
    kinds = Counter(label.kind for label in labels)
    planted = kinds["plant"] + kinds["pattern"]
    return [
        f"已生成 {stays} 次住院、{lines} 条费用：{out / 'inspection'}",
        f"标注：违规 {planted}，近似而不违规 {kinds['near_miss']}，清白 {kinds['clean']}：{out / 'labels.jsonl'}",
        f"地区规则表：{out / 'tables'}（先用 python -m knowledge add 导入）",
    ]


def deals(admissions: int, seed: int, half: str, reference: Reference) -> Iterator[Deal]:
    """The first numbers of a half, each with its scenario: the checks take turns, and in a check its scenarios do."""
    decks = {
        "plant": _deck(REGISTRY.plants, seed, half),
        "near_miss": _deck(REGISTRY.near_misses, seed, half),
    }
    for place, number in enumerate(_numbers(admissions, seed, half)):
        admit = Admitter(number, Random(f"{seed}:{half}:{number}"))
        role = ROLES[place % len(ROLES)]
        if role == "clean":
            made = Made([admit.stay()])
            irregular(made.stays[0])
            yield Deal(number, made, Label("clean", made.stays[0].admission_id, half))
        else:
            scenario = next(decks[role])
            made = scenario.make(admit, reference)
            yield Deal(number, made, scenario.label(made, half))


def _deck(scenarios: list[Scenario], seed: int, half: str) -> Iterator[Scenario]:
    """The scenarios without end, in an order of this seed and half."""

    def key(what: str) -> str:
        return hashlib.sha256(f"{seed}:{half}:{what}".encode()).hexdigest()

    by_check: dict[str, list[Scenario]] = {}
    for scenario in sorted(scenarios, key=lambda scenario: key(scenario.check + scenario.name)):
        by_check.setdefault(scenario.check, []).append(scenario)
    rounds = [cycle(by_check[check]) for check in sorted(by_check, key=key)]
    while True:
        for turn in rounds:
            yield next(turn)


def _numbers(admissions: int, seed: int, half: str) -> Iterator[int]:
    number = found = 0
    while found < admissions:
        if half_of(seed, f"admission {number}") == half:
            yield number
            found += 1
        number += 1
