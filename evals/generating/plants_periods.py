"""What the fund never pays or pays only so often: CHG-026, CHG-027."""

from datetime import datetime
from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import Item, items, listed_drug, listed_item
from evals.generating.plants_limits import INDICATION
from evals.generating.plants_pairs import place
from evals.generating.reference import (
    COURSE,
    PERIOD,
    Reference,
)
from evals.generating.regional import ASSESSMENT, PAID_HERB
from evals.generating.scenarios import UNINDICATED, Made, hit, host_for, near_miss, plant, quiet, spared
from evals.generating.stay import DAY, HOUR, Line, Stay


def _late_stay(admit: Admitter) -> Stay:
    """A stay after the publication of the 11th batch."""
    return admit.bare(
        begin=datetime(2026, admit.random.randint(6, 8), admit.random.randint(1, 20), 9, 15), days=7
    )


def _prescription(stay: Stay, herbs: list[Item], day: int = 2) -> list[Line]:
    at = stay.at(day, 10)
    number = stay.order("中药饮片处方", at, 医嘱用法="煎服", 医嘱天数="5")
    for herb in herbs:
        stay.order(
            herb.name,
            at,
            number=number,
            医嘱代码=herb.code,
            医嘱剂量="10",
            剂量单位="g",
            医嘱频次="qd",
            医嘱天数="5",
            数量="50",
            医嘱用法="煎服",
        )
    return [stay.charge(herb, at + HOUR, 50, order=number) for herb in herbs]


@plant("CHG-026", "a herb the fund never pays", claims=True)
def never_paid(admit: Admitter, reference: Reference) -> Made:
    found = admit.random.choice(reference.herbs("中药饮片单复方均不予支付"))
    stay = _late_stay(admit)
    herb, paid = _prescription(stay, [listed_drug(found.code, found.name, Decimal("0.85")), PAID_HERB])
    return hit(stay, [(herb, herb.covered)], related=[paid], certainty="established", also=INDICATION)


@plant("CHG-026", "a prescription only of herbs not paid alone", claims=True)
def alone_not_paid(admit: Admitter, reference: Reference) -> Made:
    drawn = admit.random.sample(reference.herbs("中药饮片单方使用不予支付"), admit.random.randint(1, 4))
    stay = _late_stay(admit)
    lines = _prescription(stay, [listed_drug(drug.code, drug.name, Decimal("0.46")) for drug in drawn])
    return hit(stay, [(line, line.covered) for line in lines], certainty="established", also=INDICATION)


@plant("CHG-026", "a facility on the exclusion list claimed", claims=True)
def excluded_facility(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    bed = Item("410000000100000", "陪护床位费", "床日", "01", "01", Decimal(12))
    lines = [stay.charge(bed, stay.at(day, 20)) for day in (1, 2, 3)]
    return hit(
        stay, [(line, line.covered) for line in lines], certainty="established", also=("CHG-002", "CHG-003")
    )


@near_miss("CHG-026", "compound prescription with at least one payable herb", claims=True)
def compound(admit: Admitter, reference: Reference) -> Made:
    drawn = admit.random.sample(reference.herbs("中药饮片单方使用不予支付"), 3)
    stay = _late_stay(admit)
    herbs = [listed_drug(drug.code, drug.name, Decimal("0.46")) for drug in drawn]
    return spared(stay, _prescription(stay, [*herbs, PAID_HERB]), also=INDICATION)


@near_miss("CHG-026", "logic: inscp_amt 0 on a never-paid herb", claims=True)
def never_paid_by_patient(admit: Admitter, reference: Reference) -> Made:
    found = admit.random.choice(reference.herbs("中药饮片单复方均不予支付"))
    stay = _late_stay(admit)
    lines = _prescription(stay, [listed_drug(found.code, found.name, Decimal("0.85")), PAID_HERB])
    lines[0].in_scope = False
    return spared(stay, lines, also=INDICATION)


def _periodic(admit: Admitter, reference: Reference) -> tuple[Item, int]:
    row = admit.random.choice(reference.mine(reference.rows(PERIOD)))
    return listed_item(row["项目代码"], row["项目名称"]), int(row["疗程周期"])


def _paid_test(item: Item) -> str:
    return "excessive_service" if item.code.startswith(("0025", "0031")) else ""


@plant("CHG-027", "a periodic item again within its period, one stay", claims=True)
def again_in_period(admit: Admitter, reference: Reference) -> Made:
    item, period = _periodic(admit, reference)
    stay = quiet(host_for(admit, reference, item, days=9), reference, item)
    first, again = place(stay, item, 1, 8), place(stay, item, 1 + min(5, period - 1), 8)
    return hit(
        stay,
        [(again, None)],
        related=[first],
        certainty="established",
        violation=_paid_test(item),
        also=UNINDICATED,
    )


@plant("CHG-027", "a periodic item again within its period, two stays", claims=True)
def again_in_next_stay(admit: Admitter, reference: Reference) -> Made:
    item, period = _periodic(admit, reference)
    earlier = quiet(host_for(admit, reference, item, days=5), reference, item)
    place(earlier, item, 4, 8)
    begin = datetime.combine(earlier.end.date() + DAY * min(3, period - 4), earlier.begin.time())
    later = quiet(admit.bare(person=earlier.person, begin=begin, days=6), reference, item)
    again = place(later, item, 0, 17)
    return hit(
        [earlier, later],
        [(again, None)],
        certainty="established",
        violation=_paid_test(item),
        also=UNINDICATED,
    )


@plant("CHG-027", "an item on more days than its course", claims=True)
def beyond_course_days(admit: Admitter, reference: Reference) -> Made:
    rows = [row for row in reference.rows(COURSE) if "30天" in row["备注"]]
    row = admit.random.choice(reference.mine(rows) or rows)
    item = listed_item(row["项目代码"], row["项目名称"])
    stay = quiet(admit.stay("rehabilitation", days=36), reference, item)
    lines = [stay.treat(item, stay.at(day, 16)) for day in range(1, 34)]
    return hit(
        stay,
        [(line, None) for line in lines[30:]],
        related=lines[:30],
        certainty="established",
        also=UNINDICATED,
    )


@plant("CHG-027", "beyond the region's yearly sum", claims=True)
def beyond_yearly_sum(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation", least_days=15)
    lines = [stay.treat(ASSESSMENT, stay.at(day, 15)) for day in (2, 5, 8)]
    return hit(stay, [(lines[2], None)], related=lines[:2], certainty="established", also=("CHG-031",))


@near_miss("CHG-027", "logic: the gap is kept", claims=True)
def gap_kept(admit: Admitter, reference: Reference) -> Made:
    item, period = _periodic(admit, reference)
    stay = quiet(host_for(admit, reference, item, days=period + 6), reference, item)
    return spared(stay, [place(stay, item, 1, 8), place(stay, item, 2 + period, 9)], also=UNINDICATED)


@near_miss("CHG-027", "result unusable (haemolysed) and repeated")
def haemolysed(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("diabetes", least_days=8)
    first = next(line for line in stay.lines if line.item.code == items()["hba1c"].code)
    next(row for row in stay.labs if row["检验值名称"] == "糖化血红蛋白")["检验值描述"] = (
        "标本溶血，结果不可用，请重新采样"
    )
    return spared(stay, [first, *stay.lab([items()["hba1c"]], stay.at(2, 7))], at_most="clue")


@near_miss("CHG-027", "logic: exactly the course", claims=True)
def exact_days(admit: Admitter, reference: Reference) -> Made:
    rows = [row for row in reference.rows(COURSE) if "30天" in row["备注"]]
    row = admit.random.choice(reference.mine(rows) or rows)
    item = listed_item(row["项目代码"], row["项目名称"])
    stay = quiet(admit.stay("rehabilitation", days=34), reference, item)
    return spared(stay, [stay.treat(item, stay.at(day, 16)) for day in range(1, 31)], also=UNINDICATED)
