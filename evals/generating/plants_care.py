"""Drugs: CHG-023 payment condition, CHG-028 amounts."""

from evals.generating.admitting import Admitter
from evals.generating.catalogue import Item, items
from evals.generating.reference import Reference
from evals.generating.regional import GANGLIOSIDE, MYCIN, OMEPRAZOLE, PLASMA
from evals.generating.scenarios import Made, hit, near_miss, plant, spared
from evals.generating.stay import HOUR, Line, Stay

RATED = ("CHG-016", "CHG-017", "CHG-031")


def prescribe(stay: Stay, drug: Item, first: int = 2, days: int = 3) -> list[Line]:
    return stay.drug(drug, first, days)


@plant("CHG-023", "no diagnosis of any clause", claims=True)
def no_diagnosis(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    return hit(stay, [(line, None) for line in prescribe(stay, GANGLIOSIDE)], also=("CHG-031",))


@plant("CHG-023", "laboratory threshold not met")
def threshold_not_met(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    stay.lab([items()["alb"]], stay.at(1, 7), 检验值描述="38.6")
    return hit(stay, [(line, None) for line in prescribe(stay, PLASMA, 2, 2)], also=("CHG-031",))


@plant("CHG-023", "second-line drug, no first line anywhere")
def second_line(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=9)
    stay.diagnoses.append(("J18.900", "肺炎"))
    return hit(stay, [(line, None) for line in prescribe(stay, MYCIN)], also=("CHG-031",))


@near_miss("CHG-023", "logic: one clause met by a diagnosis", claims=True)
def clause_met(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("stroke")
    return spared(stay, prescribe(stay, GANGLIOSIDE))


@near_miss("CHG-023", "logic: laboratory threshold met within the days before")
def threshold_met(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    stay.lab([items()["alb"]], stay.at(1, 7), 检验值描述="24.3")
    return spared(stay, prescribe(stay, PLASMA, 2, 2))


@near_miss("CHG-023", "logic: first-line drug in this stay")
def first_line_used(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("pneumonia", least_days=9)
    return spared(stay, prescribe(stay, MYCIN, 6, 2), also=("CHG-028", "CHG-031"))


@near_miss("CHG-023", "diagnosis matched by diag_regex only in the record, not in the settlement list (clue)")
def only_in_record(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    stay.document(
        "首次病程记录",
        f"首次病程记录 {stay.begin + 4 * HOUR:%Y-%m-%d %H:%M}\n"
        "患者右侧肢体麻木2天，头颅MRI示新发脑梗死。诊断：脑梗死；慢性胃炎。\n"
        f"医师签名：{stay.doctor}\n",
    )
    return spared(stay, prescribe(stay, GANGLIOSIDE), at_most="clue")


@near_miss("CHG-023", "logic: line outside the fund", claims=True)
def outside_fund(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = prescribe(stay, GANGLIOSIDE)
    for line in lines:
        line.in_scope = False
    return spared(stay, lines, also=("CHG-031",))


@plant("CHG-028", "(a) twice the label's daily maximum, as ordered")
def above_label(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hypertension")
    lines = stay.drug(items()["panto"], 1, 4, "bid", 2)
    return hit(stay, [(line, line.price * 2) for line in lines], also=("CHG-031",))


@plant("CHG-028", "(b) take-away drugs beyond the region's days")
def too_many_days(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.take_home(items()["amlo"], 30, stay.end - HOUR / 2)
    return hit(stay, [(line, line.price * 16)])


@plant("CHG-028", "(c) two drugs of one group overlapping five days")
def same_group(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hypertension", least_days=8)
    dearer, cheaper = stay.drug(items()["panto"], 1, 5), stay.drug(OMEPRAZOLE, 1, 5)
    return hit(stay, [(line, None) for line in cheaper], related=dearer, also=("CHG-031", "CHG-023"))


@near_miss("CHG-028", "switch day overlap ≤ 1 d")
def switch_day(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hypertension", least_days=8)
    return spared(
        stay, [*stay.drug(items()["panto"], 1, 3), *stay.drug(OMEPRAZOLE, 3, 3)], also=("CHG-031", "CHG-023")
    )


@near_miss("CHG-028", "loading dose")
def loading_dose(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hypertension", least_days=8)
    lines = [*stay.drug(items()["panto"], 1, 1, "qd", 3), *stay.drug(items()["panto"], 2, 3)]
    return spared(stay, lines, at_most="clue", also=("CHG-031",), why="仅首日 120mg，恰为上限的 1.5 倍")


@near_miss("CHG-028", "logic: take-away days within the region's limit")
def within_days(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(stay, [stay.take_home(items()["amlo"], 14, stay.end - HOUR / 2)])
