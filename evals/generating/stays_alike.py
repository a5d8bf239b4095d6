"""Stays that look like a violation and are ordinary life: new diseases, transfers, mother and child, twins."""

from dataclasses import replace
from datetime import timedelta

from evals.generating.admitting import Admitter, id_card
from evals.generating.clinical import case
from evals.generating.clinical_care import clinical_items
from evals.generating.clinical_case import Case
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, near_miss
from evals.generating.stay import DAY, HOUR
from evals.generating.stays_again import again, shut
from evals.generating.stays_coding import coded, with_raised
from evals.generating.stays_often import ELSEWHERE, series

CITY, COUNTY = ELSEWHERE


@near_miss("ADM-006", "different disease chapter: a fall four days after discharge")
def fell_at_home(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "copd", "hip_fracture", timedelta(days=4), needed=True, same=False)
    made.story.extra = "患者4天前因慢阻肺好转出院，今晨在家摔倒。"
    return shut(made).spared()


@near_miss("ADM-006", "logic: another disease of the same chapter")
def pneumonia_after_bronchitis(admit: Admitter, reference: Reference) -> Made:
    made = again(admit, "urti", "pneumonia", timedelta(days=6), needed=True, same=False)
    made.story.extra = "上次出院后体温正常5天，昨日受凉后再次高热、咳黄痰。"
    return shut(made).spared()


@near_miss("ADM-006", "transfer out and back by way of the city hospital")
def through_the_city(admit: Admitter, reference: Reference) -> Made:
    """Three stays of one illness in two hospitals, each begun by a transfer."""
    code, name = CITY
    here, own = admit.site.hospital, admit.site.name
    places = {"fixmedins_code": (here, code, here), "fixmedins_name": (own, name, own)}
    plan = [("stroke", 3, 0), ("stroke", 8, 0), ("stroke", 9, 0)]
    made = series(admit, plan, adm_way=("1", "3", "3"), **places)
    for one in made[:2]:
        one.stay.way_out = "2"
    made[-1].story.extra = "上级医院溶栓后病情稳定，转回我院继续治疗。"
    return spared(made)


@near_miss("ADM-007", "lists of ADM-006: three hospitals, each reached by a transfer")
def passed_on(admit: Admitter, reference: Reference) -> Made:
    made = series(admit, [("stroke", 6, 1)] * 3, adm_way=("1", "3", "3"), **_three_hospitals(admit))
    for one in made[:2]:
        one.stay.way_out = "2"
    return spared(made)


@near_miss("ADM-007", "lists of ADM-006: three hospitals, each for another disease")
def three_diseases(admit: Admitter, reference: Reference) -> Made:
    made = series(
        admit, [("pneumonia", 6, 2), ("hip_fracture", 9, 2), ("diabetes", 6, 1)], adm_way=("2", "2", "2"),
        **_three_hospitals(admit),
    )  # fmt: skip
    return spared(made, also=("ADM-001", "ADM-002"))


def _three_hospitals(admit: Admitter) -> dict[str, tuple[str, ...]]:
    visited = (CITY, COUNTY, (admit.site.hospital, admit.site.name))
    return {
        "fixmedins_code": tuple(code for code, _ in visited),
        "fixmedins_name": tuple(name for _, name in visited),
    }


def spared(made: list[Case], also: tuple[str, ...] = ()) -> Made:
    """A near miss on a person: wrong on any of the stays."""
    return made[-1].spared(among=[one.stay for one in made], also=also)


@near_miss("ADM-009", "logic: the coded operation is charged under the name of the price list")
def charged_otherwise(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "gastritis", needed=True, days=7)
    coded(made, "44.4300", "内镜下胃十二指肠出血控制术")
    made.stay.exam(
        clinical_items()["gastro"], made.stay.begin + 6 * HOUR, "胃",
        检查所见="胃角溃疡，表面渗血，予肾上腺素盐水注射后出血停止。", 检查报告诊断="胃溃疡伴出血，镜下止血成功",
    )  # fmt: skip
    return made.spared()


@near_miss("ADM-009", "logic: the coded operation stands in the theatre's register")
def forgotten_on_the_bill(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "hip_fracture", needed=True)
    made.stay.lines = [line for line in made.stay.lines if line.item.charge_type != "06"]
    return made.spared()


@near_miss("ADM-009", "logic: two raised diagnoses, each with its support")
def two_supported(admit: Admitter, reference: Reference) -> Made:
    return with_raised(admit, ("J96", "J18")).spared(also=("ADM-001", "ADM-002"))


@near_miss("ADM-014", "newborn on the mother's card")
def child_on_mothers_card(admit: Admitter, reference: Reference) -> Made:
    mother = case(admit, "delivery", needed=True, days=4)
    child = case(
        admit, "child_diarrhoea", needed=True, days=5, begin=mother.stay.begin + DAY, ward="新生儿科"
    )
    child.stay.person = replace(
        mother.stay.person,
        name=f"{mother.stay.person.name}之子",
        birth=mother.stay.begin.date(),
        sex="1",
    )
    child.stay.said = {**child.stay.said, "psn_name": child.stay.person.name}
    child.stay.diagnoses = [("P59.900", "新生儿黄疸")]
    child.stay.reason = "新生儿黄疸"
    child.older.append(mother.close())
    return child.spared(among=[mother.stay, child.stay], also=("ADM-001",))


@near_miss("ADM-014", "logic: twins in hospital on the same days, each on a card of their own")
def twins(admit: Admitter, reference: Reference) -> Made:
    """One birthday, one house, one telephone; two persons."""
    one = case(admit, "child_bronchitis", needed=True, days=6)
    first = one.stay.person
    second = replace(
        first, number=f"{first.number}2", name=f"{first.name[:-1]}彤",
        id_card=id_card(first.birth, 902 + int(first.sex == "1")),
    )  # fmt: skip
    other = case(
        admit, "child_bronchitis", needed=True, days=6, begin=one.stay.begin + 2 * HOUR, person=second
    )
    shared = {column: one.stay.said[column] for column in ("tel", "addr", "emp_name")}
    other.stay.said = {**other.stay.said, **shared}
    other.proof = one.proof = frozenset({"contact"})
    other.older.append(one.close())
    return other.spared(among=[one.stay, other.stay])
