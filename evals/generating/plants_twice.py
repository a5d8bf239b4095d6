"""The same service charged twice: CHG-005."""

from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import items
from evals.generating.reference import Reference
from evals.generating.scenarios import (
    Made,
    hit,
    near_miss,
    plant,
    spared,
)
from evals.generating.stay import MINUTE


@plant("CHG-005", "the same laboratory test twice under one order and one specimen", claims=True)
def one_specimen_twice(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    first = stay.lab([items()[admit.random.choice(("crp", "bnp", "pct", "tsh"))]], stay.at(3, 7))[0]
    again = stay.charge(
        first.item, first.at, order=first.order, performing="检验科", performer=first.performer
    )
    return hit(
        stay,
        [(again, None)],
        related=[first],
        certainty="established",
        also=("CHG-002", "CHG-017", "CHG-029"),
    )


@plant("CHG-005", "the same examination three times under one order and one report", claims=True)
def one_report_thrice(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    first = stay.exam(
        items()[admit.random.choice(("us", "echo", "ecg", "usneck"))], stay.at(3, 15), "专科部位"
    )
    again = [
        stay.charge(first.item, first.at, order=first.order, performing=first.performing, memo=first.memo)
        for _ in range(2)
    ]
    return hit(
        stay,
        [(line, None) for line in again],
        related=[first],
        certainty="established",
        also=("CHG-002", "CHG-007", "CHG-017", "CHG-029"),
    )


@plant("CHG-005", "albumin in the liver panel and singly from one specimen on one day", claims=True)
def albumin_twice(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    at = stay.at(4, 7)
    panel = stay.lab(stay.everyday(("tp", "alb", "tbil")), at, specimen=f"{stay.inpatient_number}L1")
    order = stay.order("白蛋白", at - 30 * MINUTE, 医嘱用法="检验")
    single = stay.charge(
        items()["alb"], at + 10 * MINUTE, order=order, performing="检验科", performer="沈亦农"
    )
    return hit(
        stay,
        [(single, None)],
        related=[panel[1]],
        certainty="established",
        also=("CHG-002", "CHG-017", "CHG-029"),
    )


@near_miss("CHG-005", "items ordinarily several a day", claims=True)
def several_a_day(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    order, lines = "", []
    for hour in (8, 14, 20):
        lines.append(
            stay.treat(
                items()["im"], stay.at(3, hour), order=order, span=(stay.at(3, 8, 0), stay.at(3, 23, 0))
            )
        )
        order = lines[-1].order
    return spared(stay, lines)


@near_miss("CHG-005", "bilateral", claims=True)
def bilateral(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    left = stay.exam(items()["ussup"], stay.at(3, 15), "左侧乳腺")
    stay.exam_report(items()["ussup"], left.at, "右侧乳腺")
    right = stay.charge(left.item, left.at, order=left.order, performing=left.performing, memo="右侧乳腺")
    return spared(stay, [left, right], also=("CHG-029",))


@near_miss("CHG-005", "two tubes with two specimen numbers", claims=True)
def two_tubes(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    lines = [stay.lab([items()["sputum"]], stay.at(3, hour))[0] for hour in (7, 19)]
    return spared(stay, lines, also=("CHG-029",))


@near_miss("CHG-005", "split posting of one quantity (0.5 + 0.5)", claims=True)
def split_posting(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.exam(items()["us"], stay.at(3, 15), "肝胆")
    line.quantity, line.amount = Decimal("0.5"), line.price / 2
    other = stay.charge(
        line.item, line.at, Decimal("0.5"), order=line.order, performing=line.performing, memo=line.memo
    )
    return spared(stay, [line, other])


@near_miss("CHG-005", "post-treatment re-check with its own result time", claims=True)
def recheck(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(
        stay, [stay.lab([items()["k"]], stay.at(3, hour))[0] for hour in (7, 16)], also=("CHG-029",)
    )
