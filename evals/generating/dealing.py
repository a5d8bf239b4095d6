"""Deals every number of a half its role and its scenario; writes inspection, labels and tables."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from evals.forging import inspecting
from evals.forging.cohorts import LEAST_ADMISSIONS as LEAST_RECORDS
from evals.forging.cohorts import cohorts as nurses
from evals.generating import (
    cohort_batches,
    cohort_returns,
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
    stays_again,
    stays_alike,
    stays_coding,
    stays_identity,
    stays_long,
    stays_need,
    stays_often,
    stays_presence,
)
from evals.generating.admitting import Admitter
from evals.generating.bureau import write_sheets
from evals.generating.clinical import PERSONAL, case, needed_courses
from evals.generating.cohorts import LEAST_ADMISSIONS, wards
from evals.generating.irregular import irregular
from evals.generating.labels import Label, write_labels
from evals.generating.reference import Reference, half_of
from evals.generating.scenarios import REGISTRY, Made, Scenario, noise_of
from evals.generating.site import ORDINARY, Site
from evals.generating.stay import Stay
from evals.generating.stay_cohorts import cohorts
from evals.generating.writing import InspectionWriter

DECLARING = (
    *inspecting.DECLARING,
    cohort_batches,
    cohort_returns,
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
    stays_again,
    stays_alike,
    stays_coding,
    stays_identity,
    stays_long,
    stays_need,
    stays_often,
    stays_presence,
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
# the document checks are many: two plants of five stays give each of them a dozen in a thousand
OF_DOCUMENTS = (
    "clean",
    "plant",
    "near_miss",
    "plant",
    "near_miss",
    "clean",
    "plant",
    "near_miss",
    "clean",
    "plant",
)
FAMILIES = ("charges", "admissions", "documents")


@dataclass(frozen=True)
class Deal:
    """One number of a half with what it makes."""

    number: int
    made: Made
    label: Label


def generate(
    out: Path, admissions: int, seed: int, half: str, reference_folder: Path, family: str = "charges"
) -> list[str]:
    """Writes `out/inspection`, `out/labels.jsonl`, `out/tables`; the numbers of the other half stay unmade.

    `family`: what is planted, `charges`, `admissions`, `documents` or `all`, which deals the numbers to them in turn.
    """
    reference = Reference.open(reference_folder, seed, half)
    labels = []
    lines, noises = 0, Counter[str]()
    further = {} if family == "charges" else PERSONAL
    more = vars(inspecting.setting(reference)) if family in ("documents", "all") else {}
    with InspectionWriter(out / "inspection", further, **more) as writer:
        for made_stays, made_labels in _everything(admissions, seed, half, reference, family):
            labels += made_labels
            for stay in made_stays:
                writer.write(stay)
                lines += len(stay.lines)
                noises[stay.noise] += 1
    write_labels(labels, out / "labels.jsonl")
    write_sheets(reference, out / "tables")
    kinds = Counter(label.kind for label in labels)
    planted = kinds["plant"] + kinds["pattern"]
    stays = noises.total()
    disturbed = [f"噪声：{noise_told(noises)}"] if family != "charges" else []
    return [
        f"已生成 {stays} 次住院、{lines} 条费用：{out / 'inspection'}",
        f"标注：违规 {planted}，近似而不违规 {kinds['near_miss']}，清白 {kinds['clean']}：{out / 'labels.jsonl'}",
        *disturbed,
        f"地区规则表：{out / 'tables'}（先用 python -m knowledge add 导入）",
    ]


def noise_told(noises: Mapping[str, int]) -> str:
    """The share of stays that noise has touched, and each kind of it; "" stands for none."""
    stays = sum(noises.values())
    touched = stays - noises.get("", 0)
    kinds = "，".join(f"{kind} {count}" for kind, count in sorted(noises.items()) if kind)
    return f"{touched}/{stays} 次住院（{touched / max(1, stays):.1%}）：{kinds}"


def _everything(
    admissions: int, seed: int, half: str, reference: Reference, family: str
) -> Iterator[tuple[Sequence[Stay], list[Label]]]:
    for deal in deals(admissions, seed, half, reference, family):
        yield deal.made.stays, [deal.label, *stays_beside(deal, half)]
    if family in ("charges", "all") and admissions >= LEAST_ADMISSIONS:
        yield from wards(seed, half)
    if family in ("admissions", "all"):
        yield from cohorts(seed, half, admissions)
    if family in ("documents", "all") and admissions >= LEAST_RECORDS:
        yield from nurses(reference)


def deals(
    admissions: int,
    seed: int,
    half: str,
    reference: Reference,
    family: str = "charges",
    site: Site = ORDINARY,
) -> Iterator[Deal]:
    """The first numbers of a half, each with its scenario: the checks take turns, and in a check its scenarios do."""
    families = FAMILIES if family == "all" else (family,)
    decks = {
        (kind, one): _deck([scenario for scenario in scenarios if scenario.family == one], seed, half)
        for kind, scenarios in (("plant", REGISTRY.plants), ("near_miss", REGISTRY.near_misses))
        for one in families
    }
    for place, number in enumerate(_numbers(admissions, seed, half)):
        admit = Admitter(number, Random(f"{seed}:{half}:{number}"), site=site)
        turn, mine = place // len(families), families[place % len(families)]
        roles = OF_DOCUMENTS if mine == "documents" else ROLES
        role = roles[turn % len(roles)]
        if role == "clean":
            made = _ordinary(admit, mine, reference)
            yield Deal(number, made, _clean(made, half, mine))
        else:
            scenario = next(decks[role, mine])
            made = scenario.make(admit, reference)
            yield Deal(number, made, scenario.label(made, half))


def _clean(made: Made, half: str, family: str) -> Label:
    return Label("clean", made.stays[-1].admission_id, half, family=family, noise=noise_of(made.stays))


def stays_beside(deal: Deal, half: str) -> list[Label]:
    """A line for each further stay of a case judged as a whole: only what the case allows may be said of it."""
    label, said = deal.label, {deal.label.admission_id, *deal.label.admissions}
    own = (label.check,) if label.kind == "plant" else ()
    return [
        Label(
            "ward", stay.admission_id, half, also_allowed=(*own, *label.also_allowed), family=label.family,
            noise=stay.noise,
        )
        for stay in deal.made.stays
        if label.family == "admissions" and stay.admission_id not in said
    ]  # fmt: skip


def _ordinary(admit: Admitter, family: str, reference: Reference) -> Made:
    """A stay with nothing to find: an everyday bill, a course whose need shows in the first day, an honest record."""
    if family == "documents":
        return inspecting.ordinary(admit, reference)
    if family == "admissions":
        return case(admit, admit.random.choice(needed_courses()), needed=True).spared()
    stay = admit.stay()
    irregular(stay)
    return Made([stay])


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
