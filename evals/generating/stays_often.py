"""In hospital again and again: ADM-007, right on any stay of the person."""

from collections.abc import Sequence
from typing import Any

from evals.generating.admitting import Admitter
from evals.generating.clinical import case
from evals.generating.clinical_case import Case
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, near_miss, plant
from evals.generating.stay import DAY, HOUR
from evals.generating.stays_again import only_needed
from evals.generating.stays_need import LOW

ELSEWHERE = (("H41990000021", "邻江县中医医院"), ("H41990000033", "青溪县第二医院"))


def series(admit: Admitter, plan: Sequence[tuple[str, int, int]], **cells: Sequence[str]) -> list[Case]:
    """Stays of one person: course, days of each, gap in days after it; only the last writes documents."""
    length = sum(days + gap + 1 for _, days, gap in plan)
    begin, person = admit.any_begin(length, None), None
    made = []
    for number, (name, days, gap) in enumerate(plan):
        here = {key: values[number] for key, values in cells.items()}
        one = case(
            admit, name, needed=only_needed(name), days=days, begin=begin, person=person,
            documents=number + 1 == len(plan), cells=here,
        )  # fmt: skip
        person = one.stay.person
        begin = one.stay.end.replace(hour=9) + gap * DAY + HOUR
        made.append(one)
    made[-1].older = [one.close() for one in made[:-1]]
    return made


def seen(made: list[Case], **more: Any) -> Made:
    """A plant on a person: right on any of the stays."""
    last = made[-1]
    found = last.found("clue", among=[one.stay for one in made], **more)
    return found


@plant("ADM-007", "six stays in a year")
def six_stays(admit: Admitter, reference: Reference) -> Made:
    names = ("hypertension", "diabetes", "copd", "gastritis", "lumbar", "coronary")
    return seen(series(admit, [(name, 5, 34) for name in names]), also=LOW)


@plant("ADM-007", "four stays with one disease")
def four_alike(admit: Admitter, reference: Reference) -> Made:
    name = admit.random.choice(["copd", "coronary", "diabetes", "lumbar"])
    return seen(series(admit, [(name, 6, 40)] * 5), also=LOW)


@plant("ADM-007", "a hundred and twenty days and more")
def many_days(admit: Admitter, reference: Reference) -> Made:
    return seen(
        series(admit, [("coronary", 45, 32), ("gastritis", 42, 32), ("lumbar", 44, 1)]),
        also=(*LOW, "ADM-004"),
    )


@plant("ADM-007", "round three hospitals with gaps of three days and less")
def rotation(admit: Admitter, reference: Reference) -> Made:
    names = [*ELSEWHERE, (admit.site.hospital, admit.site.name)]
    made = series(
        admit, [("copd", 6, 2), ("copd", 6, 1), ("copd", 6, 1)],
        fixmedins_code=[code for code, _ in names], fixmedins_name=[name for _, name in names],
    )  # fmt: skip
    return seen(made, also=(*LOW, "ADM-006"))


@near_miss("ADM-007", "chemotherapy cycles")
def many_cycles(admit: Admitter, reference: Reference) -> Made:
    made = series(admit, [("chemotherapy", 3, 18)] * 6)
    return made[-1].spared(among=[one.stay for one in made])


@near_miss("ADM-007", "haemodialysis where no outpatient unit exists")
def many_dialyses(admit: Admitter, reference: Reference) -> Made:
    made = series(admit, [("dialysis", 3, 12)] * 6)
    made[-1].story.extra = "本县无门诊血液透析室，患者需住院透析。"
    return made[-1].spared(among=[one.stay for one in made])


@near_miss("ADM-007", "rare disease")
def rare(admit: Admitter, reference: Reference) -> Made:
    made = series(admit, [("anaemia", 3, 40)] * 5)
    for one in made:
        one.stay.diagnoses, one.stay.reason = [("D66.x00", "遗传性因子Ⅷ缺乏")], "血友病A"
    return made[-1].spared(among=[one.stay for one in made], also=(*LOW, "ADM-009"))


@near_miss("ADM-007", "logic: three stays with one disease, five in all")
def fewer(admit: Admitter, reference: Reference) -> Made:
    names = ("copd", "gastritis", "copd", "diabetes", "copd")
    made = series(admit, [(name, 5, 36) for name in names])
    return made[-1].spared(among=[one.stay for one in made], also=LOW)
