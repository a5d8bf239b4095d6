"""One stay or two: ADM-006, a stay split in two, and second stays that have their reason."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from evals.generating.admitting import Admitter
from evals.generating.clinical import case, courses
from evals.generating.clinical_case import Case
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, near_miss, plant
from evals.generating.stay import DAY
from evals.generating.stays_need import LOW
from evals.generating.wordings import worded

CHRONIC = ("copd", "diabetes", "coronary", "sequelae", "hypertension", "lumbar")


def only_needed(name: str) -> bool:
    return "complaint" not in courses()[name]


def again(
    admit: Admitter,
    first: str,
    second: str,
    gap: timedelta,
    *,
    needed: bool = False,
    same: bool = True,
    days: int = 6,
    cells: Mapping[str, str] | None = None,
) -> Case:
    """Two stays of one person: the later one, with the earlier among its `older`; `same`: bed and doctor too."""
    begin = admit.any_begin(days * 2 + gap.days + 4, None)
    one = case(admit, first, needed=needed or only_needed(first), days=days, begin=begin)
    start, person = one.stay.end + gap, one.stay.person
    two = case(
        admit, second, needed=needed or only_needed(second), days=days, begin=start, person=person, cells=cells
    )  # fmt: skip
    if same:
        two.stay.doctor = one.stay.doctor
        way = {"adm_way": two.stay.said["adm_way"], "chfpdr_name": one.stay.doctor}
        two.stay.said = {**one.stay.said, **way, **(cells or {})}
    two.story.style = one.story.style
    two.older, two.first = [one.stay], one
    return two


def shut(made: Case) -> Case:
    """Writes the documents of the earlier stay, after the scenario had its say about it."""
    assert made.first is not None
    made.first.close()
    return made


@plant("ADM-006", "out and in again within a day, not recovered, same bed and doctor")
def within_a_day(admit: Admitter, reference: Reference) -> Made:
    name = admit.random.choice(CHRONIC)
    made = again(admit, name, name, timedelta(hours=admit.random.randint(1, 20)))
    assert made.first
    made.first.story.ending = worded(admit.random, "not_recovered")
    made.story.extra = worded(admit.random, "back_at_once")
    return shut(made).found(also=(*LOW, "ADM-004"))


@plant("ADM-006", "again within three days, the same long-term drugs")
def within_three_days(admit: Admitter, reference: Reference) -> Made:
    name = admit.random.choice(CHRONIC)
    return shut(again(admit, name, name, timedelta(hours=admit.random.randint(30, 70)))).found(
        "clue", also=LOW
    )


@plant("ADM-006", "again within two weeks, the first stay's plan unfinished")
def unfinished(admit: Admitter, reference: Reference) -> Made:
    name = admit.random.choice(CHRONIC)
    made = again(admit, name, name, timedelta(days=admit.random.randint(5, 11)))
    assert made.first
    made.first.story.ending = worded(admit.random, "unfinished")
    return shut(made).found("clue", also=LOW)


@near_miss("ADM-006", "planned chemotherapy, radiotherapy or targeted cycle (Z51)")
def next_cycle(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "chemotherapy", "chemotherapy", timedelta(days=12), needed=True, days=3)
    assert made.first
    made.first.story.advice = "2周后返院行下一周期化疗。"
    return shut(made).spared()


@near_miss("ADM-006", "dialysis")
def next_dialysis(admit: Admitter, reference: Reference) -> Made:
    return shut(again(admit, "dialysis", "dialysis", timedelta(days=3), needed=True, days=3)).spared()


@near_miss("ADM-006", "transfusion")
def next_transfusion(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "anaemia", "anaemia", timedelta(days=10), needed=True, days=3)
    for stay in (*made.older, made.stay):
        stay.diagnoses = [("D61.900", "再生障碍性贫血")]
    return shut(made).spared()


@near_miss("ADM-006", "staged or second-side operation with the plan in the first record")
def second_side(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "cataract", "cataract", timedelta(days=9), needed=True, days=2)
    assert made.first
    made.first.story.plan = worded(admit.random, "second_side")
    made.first.story.advice = "10天后按计划返院行左眼白内障手术。"
    made.story.extra = "右眼术后10天，按计划入院行左眼手术。"
    return shut(made).spared()


@near_miss("ADM-006", "obstetrics")
def before_birth(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "delivery", "delivery", timedelta(days=6), needed=True, days=3)
    one = made.older[0]
    one.diagnoses, one.reason, one.operations, one.coded_operations = (
        [("O47.900", "假临产")],
        "先兆临产",
        [],
        [],
    )
    return shut(made).spared()


@near_miss("ADM-006", "newborn re-entry")
def newborn_again(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "child_diarrhoea", "child_diarrhoea", timedelta(days=4), needed=True, days=4)
    born = made.older[0].begin.date() - 2 * DAY
    person = replace(made.older[0].person, birth=born)
    for stay in (*made.older, made.stay):
        stay.person, stay.department = person, "新生儿科"
        stay.diagnoses, stay.reason = [("P59.900", "新生儿黄疸")], "新生儿黄疸"
    return shut(made).spared(also=("ADM-001",))


@near_miss("ADM-006", "emergency with a new severity criterion")
def new_emergency(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "copd", "copd", timedelta(days=5), needed=True)
    made.story.extra = worded(admit.random, "new_emergency")
    made.stay.said["adm_way"] = "1"
    return shut(made).spared()


@near_miss("ADM-006", "transfer out and back")
def out_and_back(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "stroke", "stroke", timedelta(days=6), needed=True, cells={"adm_way": "3"})
    assert made.first
    made.older[0].way_out = "2"
    made.first.story.ending = "病情加重，转上级医院治疗。"
    made.story.extra = "上级医院治疗后病情稳定，转回我院继续治疗。"
    return shut(made).spared()


@near_miss("ADM-006", "first discharge against advice")
def against_advice(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "pneumonia", "pneumonia", timedelta(days=1), needed=True)
    assert made.first
    made.older[0].way_out = "4"
    made.first.story.ending = worded(admit.random, "against_advice")
    return shut(made).spared()


@near_miss("ADM-006", "year-end forced settlement")
def year_end(admit: Admitter, reference: Reference) -> Made:
    begin = datetime(admit.site.first_day.year, 12, 26, 9, admit.random.randrange(60))
    one = case(admit, "copd", needed=True, days=5, begin=begin)
    one.stay.end = datetime(begin.year, 12, 31, 16, 0)
    one.story.ending = "年终医保结算，办理结算后继续住院。"
    two = case(
        admit,
        "copd",
        needed=True,
        days=5,
        begin=datetime(begin.year + 1, 1, 1, 8, 30),
        person=one.stay.person,
    )
    two.older = [one.close()]
    return two.spared()


@near_miss("ADM-006", "complication after day surgery")
def day_surgery_back(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "cataract", "cataract", timedelta(days=1), needed=True, days=2)
    one = made.older[0]
    one.admission_type = "28"
    made.stay.operations, made.stay.coded_operations = [], []
    made.stay.diagnoses.append(("T81.400", "操作后的感染，不可归类在他处者"))
    made.story.extra = "日间手术后次日右眼红肿疼痛，考虑术后眼内炎，急诊入院。"
    return shut(made).spared(also=("ADM-001", "ADM-009"))


@near_miss("ADM-006", "mental-health relapse")
def relapse(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "insomnia", "insomnia", timedelta(days=8))
    for stay in (*made.older, made.stay):
        stay.diagnoses, stay.reason, stay.department = [("F20.900", "精神分裂症")], "精神分裂症", "精神科"
    made.story.extra = worded(admit.random, "relapse")
    return shut(made).spared(also=LOW)


@near_miss("ADM-006", "different disease chapter")
def other_chapter(admit: Admitter, reference: Reference) -> Made:
    return shut(again(admit, "gastritis", "pneumonia", timedelta(days=4), needed=True, same=False)).spared()


@near_miss("ADM-006", "logic: gap beyond the readmission days")
def long_gap(admit: Admitter, reference: Reference) -> Made:
    name = admit.random.choice(CHRONIC)
    return shut(
        again(admit, name, name, timedelta(days=admit.random.randint(33, 60)), needed=name != "sequelae")
    ).spared(also=LOW)
