"""For whom and where the fund pays: CHG-022 sex and age, CHG-024 course, CHG-025 level and insurance."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import items, listed_drug, listed_item
from evals.generating.plants_pairs import place
from evals.generating.reference import (
    CHILD_DRUGS,
    CHILD_ITEMS,
    COURSE_DRUGS,
    INSURANCE_DRUGS,
    LEVEL_DRUGS,
    SEX_DRUGS,
    SEX_ITEMS,
    Drug,
    Reference,
)
from evals.generating.scenarios import UNINDICATED, Made, hit, near_miss, plant, quiet, spared
from evals.generating.stay import HOUR, Line, Stay

INDICATION = ("CHG-023", "CHG-025", "CHG-028", "CHG-029", "CHG-031", "CHG-032", "CHG-035")
LISTED = ("CHG-006", "CHG-009", "CHG-018", *UNINDICATED)
WIFE_OR_HUSBAND = {"男": "2", "女": "1"}


def _drug_line(stay: Stay, found: Drug, day: int = 2) -> Line:
    return stay.drug(listed_drug(found.code, found.name), day, 1)[0]


@plant("CHG-022", "a service for the other sex", claims=True)
def other_sex(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice(reference.mine(reference.rows(SEX_ITEMS)))
    item = listed_item(row["国标代码"], row["项目名称"])
    stay = quiet(admit.bare(sex=WIFE_OR_HUSBAND[row["限定性别"]], age=(25, 50), days=8), reference, item)
    return hit(stay, [(place(stay, item, 3, 10), None)], certainty="established", also=LISTED)


@plant("CHG-022", "a children's or newborn's service on an adult", claims=True)
def child_service(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice(reference.mine(reference.rows(CHILD_ITEMS)))
    item = listed_item(row["国标代码"], row["项目名称"])
    stay = quiet(admit.bare(age=(30, 70), days=8), reference, item)
    return hit(stay, [(place(stay, item, 3, 10), None)], certainty="established", also=(*LISTED, "CHG-002"))


@plant("CHG-022", "a drug for the other sex", claims=True)
def drug_for_other_sex(admit: Admitter, reference: Reference) -> Made:
    found = admit.random.choice(
        [drug for drug in reference.drugs(SEX_DRUGS) if drug.limit in WIFE_OR_HUSBAND]
    )
    stay = admit.bare(sex=WIFE_OR_HUSBAND[found.limit], age=(25, 60), days=8)
    return hit(
        stay,
        [(_drug_line(stay, found), None)],
        certainty="established",
        violation="out_of_scope_payment",
        also=INDICATION,
    )


@plant("CHG-022", "a children's drug for an adult", claims=True)
def child_drug(admit: Admitter, reference: Reference) -> Made:
    found = admit.random.choice(reference.drugs(CHILD_DRUGS))
    stay = admit.bare(age=(30, 70), days=8)
    return hit(
        stay,
        [(_drug_line(stay, found), None)],
        certainty="established",
        violation="out_of_scope_payment",
        also=INDICATION,
    )


@near_miss("CHG-022", "logic: the same service for the right sex", claims=True)
def right_sex(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice(reference.mine(reference.rows(SEX_ITEMS)))
    item = listed_item(row["国标代码"], row["项目名称"])
    stay = quiet(
        admit.bare(sex="1" if row["限定性别"] == "男" else "2", age=(25, 50), days=8), reference, item
    )
    return spared(stay, [place(stay, item, 3, 10)], also=LISTED)


@near_miss("CHG-022", "newborn lines on the mother", claims=True)
def newborn_on_mother(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay(admit.random.choice(("delivery", "section")))
    return spared(stay, [line for line in stay.lines if "新生儿" in line.department])


@near_miss("CHG-022", "sex code wrong in M but ID number, diagnosis and record agree on the other")
def wrong_sex_code(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("myoma")
    stay.person = replace(stay.person, sex="1")
    lines = [line for line in stay.lines if line.item.code == items()["myoma"].code]
    return spared(stay, lines, at_most="clue")


@near_miss("CHG-022", "transsexual or intersex diagnosis (Q56, F64)", claims=True)
def intersex(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice(reference.mine(reference.rows(SEX_ITEMS)))
    item = listed_item(row["国标代码"], row["项目名称"])
    stay = quiet(admit.bare(sex=WIFE_OR_HUSBAND[row["限定性别"]], age=(20, 35), days=8), reference, item)
    stay.diagnoses.insert(0, ("Q56.000", "两性畸形"))
    return spared(stay, [place(stay, item, 3, 10)], at_most="clue", also=LISTED)


@near_miss("CHG-022", "logic: child < 18 years", claims=True)
def youth(admit: Admitter, reference: Reference) -> Made:
    found = admit.random.choice([drug for drug in reference.drugs(CHILD_DRUGS) if drug.limit == "儿童"])
    stay = admit.bare(age=(3, 16), days=8)
    return spared(stay, [_drug_line(stay, found)], also=INDICATION)


def _limit_days(found: Drug) -> int:
    """The days a course list pays, from the wording (the text wins over the value)."""
    said = re.search(r"(\d+)天", found.limit)
    return int(said.group(1)) if said and "个月" not in found.limit else 0


def _course(admit: Admitter, reference: Reference, more: int) -> tuple[Stay, list[Line], int]:
    found = admit.random.choice(
        [drug for drug in reference.drugs(COURSE_DRUGS, "药品说明") if _limit_days(drug)]
    )
    limit = _limit_days(found)
    stay = admit.bare(days=limit + more + 3, age=(50, 75))
    stay.diagnoses.insert(0, ("I63.900", "脑梗死"))
    lines = stay.drug(listed_drug(found.code, found.name, Decimal("38.60")), 1, limit + more)
    return stay, lines, limit


@plant("CHG-024", "a drug beyond its paid course", claims=True)
def beyond_course(admit: Admitter, reference: Reference) -> Made:
    stay, lines, limit = _course(admit, reference, admit.random.randint(2, 5))
    return hit(
        stay,
        [(line, None) for line in lines[limit:]],
        related=lines[:limit],
        certainty="established",
        also=INDICATION,
    )


@near_miss("CHG-024", "logic: exactly the paid days", claims=True)
def exact_course(admit: Admitter, reference: Reference) -> Made:
    stay, lines, _ = _course(admit, reference, 0)
    return spared(stay, lines, also=INDICATION)


@near_miss("CHG-024", "days self-paid", claims=True)
def self_paid_days(admit: Admitter, reference: Reference) -> Made:
    stay, lines, limit = _course(admit, reference, 3)
    for line in lines[limit:]:
        line.in_scope = False
    return spared(stay, lines, also=INDICATION)


@near_miss("CHG-024", "refunds", claims=True)
def refunded_days(admit: Admitter, reference: Reference) -> Made:
    stay, lines, limit = _course(admit, reference, 2)
    back = [stay.refund(line, stay.end - HOUR) for line in lines[limit:]]
    return spared(stay, [*lines, *back], also=(*INDICATION, "CHG-020"))


@plant("CHG-025", "a drug of the second level in a first-level hospital", claims=True)
def low_level(admit: Admitter, reference: Reference) -> Made:
    found = admit.random.choice(
        [drug for drug in reference.drugs(LEVEL_DRUGS, "限定值域") if "二级" in drug.limit]
    )
    stay = admit.bare(days=7)
    stay.hospital_level, stay.price_level = "9", "1"
    return hit(stay, [(_drug_line(stay, found), None)], certainty="established", also=INDICATION)


def _insurance(said: str) -> Callable[[Admitter, Reference], Made]:
    def make(admit: Admitter, reference: Reference) -> Made:
        drugs = [drug for drug in reference.drugs(INSURANCE_DRUGS) if said in drug.limit]
        found = admit.random.choice(drugs)
        stay = admit.bare(days=7, sex="2" if said == "生育" else "", age=(25, 45))
        return hit(stay, [(_drug_line(stay, found), None)], certainty="established", also=INDICATION)

    return make


plant("CHG-025", "a work-injury drug under basic insurance", claims=True)(_insurance("工伤"))
plant("CHG-025", "a maternity drug outside a maternity stay", claims=True)(_insurance("生育"))


@near_miss("CHG-025", "level upgraded before the service date", claims=True)
def level_met(admit: Admitter, reference: Reference) -> Made:
    found = admit.random.choice(
        [drug for drug in reference.drugs(LEVEL_DRUGS, "限定值域") if drug.limit == "二级"]
    )
    stay = admit.bare(days=7)
    return spared(stay, [_drug_line(stay, found)], also=INDICATION)


@near_miss("CHG-025", "maternity stay (52) under 310/390", claims=True)
def maternity_stay(admit: Admitter, reference: Reference) -> Made:
    found = admit.random.choice([drug for drug in reference.drugs(INSURANCE_DRUGS) if "生育" in drug.limit])
    stay = admit.stay("delivery", least_days=4)
    return spared(stay, [_drug_line(stay, found, 1)], also=INDICATION)
