"""Counts: CHG-002 a day, CHG-003 a stay."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from evals.generating.admitting import Admitter, newborn_care
from evals.generating.catalogue import Item, items, listed_item
from evals.generating.reference import Reference
from evals.generating.scenarios import (
    UNINDICATED,
    Made,
    hit,
    host_for,
    long_host,
    near_miss,
    plant,
    quiet,
    spared,
)
from evals.generating.stay import DAY, HOUR, MINUTE, Line, Stay, stamp

OF_THE_DAY = (
    "CHG-003", "CHG-004", "CHG-005", "CHG-016", "CHG-017", "CHG-018", "CHG-019", "CHG-033", *UNINDICATED,
)  # fmt: skip
BED, CONSULT = "001109000010300", "001102000050000"
# on an ordinary ward these break other rules: an add-on without its base, the bed of another kind of ward
OF_OTHER_PLACES = ("加收", "监护病房", "层流", "特殊防护", "急诊")


def lines_of(stay: Stay, code: str) -> list[Line]:
    return [line for line in stay.lines if line.item.code == code]


def _frequency_item(admit: Admitter, reference: Reference, unit: str) -> Item:
    rows = [
        row
        for row in reference.mine(reference.frequencies)
        if (row["数量单位"] == "小时") == (unit == "小时")
        and not any(word in row["项目名称"] for word in OF_OTHER_PLACES)
    ]
    row = admit.random.choice(rows)
    return listed_item(row["项目编码"], row["项目名称"], row["数量单位"])


@plant("CHG-002", "an item limited to one a day billed twice on one of three days", claims=True)
def twice_a_day(admit: Admitter, reference: Reference) -> Made:
    item = _frequency_item(admit, reference, "日")
    stay = quiet(host_for(admit, reference, item), reference, item)
    around = [stay.add(item, stay.at(day, 9)) for day in (2, 3, 4)]
    extra = stay.charge(item, stay.at(3, 15), order=around[1].order)
    return hit(stay, [(extra, None)], related=around, certainty="established", also=OF_THE_DAY)


@plant("CHG-002", "an hourly item above 24 hours on one of three full days", claims=True)
def above_24_hours(admit: Admitter, reference: Reference) -> Made:
    item = _frequency_item(admit, reference, "小时")
    stay = quiet(host_for(admit, reference, item), reference, item)
    lines = stay.hours(item, stay.at(2, 0, 0), stay.at(5, 0, 0))
    more = admit.random.randint(3, 12)
    lines[1].quantity += more
    lines[1].amount = lines[1].price * lines[1].quantity
    return hit(
        stay, [(lines[1], lines[1].price * more)], certainty="established", also=("CHG-008", *OF_THE_DAY)
    )


@plant("CHG-002", "two levels of nursing on one day", claims=True)
def two_nursing_levels(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    cheaper = stay.charge(items()["nurse3"], stay.at(4, 15))
    return hit(
        stay,
        [(cheaper, None)],
        related=lines_of(stay, items()["nurse2"].code),
        certainty="established",
        also=OF_THE_DAY,
    )


@plant("CHG-002", "more hours on the first day than from admission to midnight", claims=True)
def first_day_hours(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(begin=datetime(2025, 3, admit.random.randint(1, 25), 19, 0), days=6)
    order = stay.order("氧气吸入", stay.begin, until=stay.begin + 5 * HOUR)
    line = stay.charge(items()["oxygen"], stay.begin + 4 * HOUR + 31 * MINUTE, 9, order=order)
    return hit(stay, [(line, line.price * 4)], certainty="probable", also=("CHG-008", "CHG-019"))


@near_miss("CHG-002", "posting next morning for the previous day (two on d, none on d−1)", claims=True)
def posted_next_morning(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    late = lines_of(stay, CONSULT)[3]
    late.at = stay.at(4, 7)
    return spared(stay, [late, *lines_of(stay, CONSULT)[3:5]])


@near_miss("CHG-002", "newborn and mother", claims=True)
def mother_and_child(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("section")
    return spared(stay, [*lines_of(stay, BED), *lines_of(stay, items()["nbbed"].code)])


@near_miss("CHG-002", "twins", claims=True)
def twins(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("section")
    stay.lines = [line for line in stay.lines if "新生儿" not in line.department]
    stay.diagnoses = [("O82.000", "经选择性剖宫产术的分娩"), ("Z37.200", "双胎，均为活产")]
    newborn_care(stay, 1, children=2)
    return spared(stay, [line for line in stay.lines if "新生儿" in line.department], also=("CHG-017",))


@near_miss("CHG-002", "a correction line pending refund (negative within 3 days)", claims=True)
def pending_refund(admit: Admitter, reference: Reference) -> Made:
    item = _frequency_item(admit, reference, "日")
    stay = quiet(host_for(admit, reference, item), reference, item)
    first = stay.add(item, stay.at(3, 9))
    extra = stay.charge(item, stay.at(3, 15), order=first.order)
    back = stay.refund(extra, stay.at(5, 10), named=admit.random.random() < 0.5)
    return spared(stay, [first, extra, back], also=UNINDICATED)


@near_miss("CHG-002", "two halves of one day")
def two_halves(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    whole = lines_of(stay, BED)[3]
    whole.quantity, whole.amount = Decimal("0.5"), whole.price / 2
    other = stay.charge(whole.item, stay.at(3, 18), Decimal("0.5"))
    return spared(stay, [whole, other])


def _posted_once(item: str, more: int) -> Callable[[Admitter, Reference], Made]:
    def make(admit: Admitter, reference: Reference) -> Made:
        stay = admit.bare(days=admit.random.randint(5, 9))
        code = items()[item].code
        stay.lines = [line for line in stay.lines if line.item.code != code]
        line = stay.charge(items()[item], stay.end - 90 * MINUTE, stay.days + more)
        return hit(stay, [(line, line.price * more)], certainty="established", also=("CHG-002",))

    return make


plant("CHG-003", "bed days beyond the stay", claims=True)(_posted_once("bed", 3))
plant("CHG-003", "ward rounds beyond the stay", claims=True)(_posted_once("consult", 4))


@plant("CHG-003", "nursing days of all levels beyond the stay", claims=True)
def nursing_beyond(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=6)
    extra = [stay.charge(items()["nurse3"], stay.at(day, 15)) for day in (1, 2, 3)]
    return hit(
        stay,
        [(line, None) for line in extra],
        related=lines_of(stay, items()["nurse2"].code),
        certainty="established",
        also=("CHG-002", "CHG-004", "CHG-016", "CHG-033"),
    )


@plant("CHG-003", "continuous hours beyond the hours of the stay", claims=True)
def hours_beyond(admit: Admitter, reference: Reference) -> Made:
    begin = datetime(2025, 9, admit.random.randint(2, 24), 10, 0)
    stay = admit.bare(begin=begin, days=5)
    stay.end = begin + 5 * DAY
    order = stay.order("氧气吸入", begin, until=stay.end)
    lines = [
        stay.charge(items()["oxygen"], stay.begin + n * DAY + (n < 5) * 11 * HOUR - MINUTE, 24, order=order)
        for n in range(6)
    ]
    made = hit(
        stay,
        [(line, line.price * 4) for line in lines],
        certainty="established",
        also=("CHG-002", "CHG-008", "CHG-019"),
    )
    return made


@near_miss("CHG-003", "interim settlements joined", claims=True)
def interim_settlements(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit, least=8)
    middle = stay.begin + (stay.end - stay.begin) / 2
    stay.settlement_ends = [middle.replace(hour=23, minute=30), stay.end]
    for line in stay.lines:
        line.settlement = int(line.at > stay.settlement_ends[0])
    return spared(stay, lines_of(stay, BED))


@near_miss("CHG-003", "interim settlements joined: forced settlement on 31 December", claims=True)
def year_end(admit: Admitter, reference: Reference) -> Made:
    first = admit.bare(begin=datetime(2025, 12, 26, 9, 20), days=5)
    second = admit.bare(begin=datetime(2026, 1, 1, 0, 10), days=4, person=first.person)
    first.end = datetime(2025, 12, 31, 23, 40)
    bed = first.charge(items()["bed"], datetime(2025, 12, 31, 6, 12))
    first.charge(items()["consult"], datetime(2025, 12, 31, 8, 41))
    first.settlement_ends = [first.end]
    return spared([second, first], [*lines_of(first, BED), bed])


@near_miss("CHG-003", "admission 23:50 / discharge 00:20", claims=True)
def around_midnight(admit: Admitter, reference: Reference) -> Made:
    begin = datetime(2025, 4, admit.random.randint(2, 20), 23, 30)
    stay = admit.bare(begin=begin, days=6)
    stay.begin, stay.end = begin, datetime.combine(stay.end.date(), datetime.min.time()) + 20 * MINUTE
    stay.orders = [
        row | ({"医嘱停止日期": stamp(stay.end)} if row["医嘱停止日期"] > stamp(stay.end) else {})
        for row in stay.orders
    ]
    for line in stay.lines:  # what the admission brought was done before midnight
        if line.at.date() > begin.date() and line.at.hour < 2 and line.at < begin + 3 * HOUR:
            line.at = begin + stay.random.randrange(4, 28) * MINUTE
    return spared(stay, lines_of(stay, BED), at_most="clue")


@near_miss("CHG-003", "newborn bed", claims=True)
def newborn_bed(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("delivery", least_days=4)
    return spared(stay, [*lines_of(stay, BED), *lines_of(stay, items()["nbbed"].code)])


@near_miss("CHG-003", "companion bed not claimed", claims=True)
def companion_bed(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    bed = Item("410000000100000", "陪护床位费", "床日", "01", "03", Decimal(12))
    return spared(stay, [stay.charge(bed, stay.at(day, 20), in_scope=False) for day in range(7)])


@near_miss("CHG-003", "refunded in part: eight posted, two returned", claims=True)
def partly_refunded(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=6)
    stay.lines = [line for line in stay.lines if line.item.code != BED]
    line = stay.charge(items()["bed"], stay.end - 3 * HOUR, 8)
    return spared(stay, [line, stay.refund(line, stay.end - HOUR, quantity=Decimal(2))], also=("CHG-002",))
