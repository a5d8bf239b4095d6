"""Times: CHG-008 hours beyond the event, CHG-021 dates outside the stay."""

from datetime import datetime, timedelta
from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import Item, items
from evals.generating.plants_counts import BED, lines_of
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, fresh, hit, long_host, near_miss, plant, spared
from evals.generating.stay import DAY, HOUR, MINUTE, stamp
from evals.generating.surgery import operate


@plant("CHG-008", "monitoring billed beyond its order")
def monitored_too_long(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    item = items()[admit.random.choice(("monitor", "oxygen", "spo2"))]
    lines = stay.hours(item, stay.at(2, 8, 0), stay.at(3, 14, 0))
    for line, more in zip(lines, (6, 5), strict=True):
        line.quantity += more
        line.amount = line.price * line.quantity
    return hit(
        stay, [(lines[0], lines[0].price * 6), (lines[1], lines[1].price * 5)], also=("CHG-002", "CHG-019")
    )


@plant("CHG-008", "anaesthesia monitoring beyond the anaesthesia record")
def anaesthesia_too_long(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay(admit.random.choice(("cholecystectomy", "myoma", "hip_fracture")))
    line = lines_of(stay, items()["anmon"].code)[0]
    line.quantity += 4
    line.amount = line.price * line.quantity
    return hit(stay, [(line, line.price * 4)], certainty="established")


@plant("CHG-008", "overlapping orders billed as a sum")
def overlapping_orders(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    first = stay.hours(items()["monitor"], stay.at(3, 8, 0), stay.at(3, 18, 0))
    second = stay.hours(items()["monitor"], stay.at(3, 10, 0), stay.at(3, 20, 0))
    made = hit(stay, [(second[0], second[0].price * 8)], related=first, also=("CHG-005", "CHG-002"))
    return made


@near_miss("CHG-008", "rounding up per started hour")
def started_hour(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    start = stay.at(3, 8, 0)
    order = stay.order("心电监测", start, until=start + 6 * HOUR + 20 * MINUTE, 医嘱频次="持续")
    return spared(stay, [stay.charge(items()["monitor"], start + 7 * HOUR, 7, order=order)])


@near_miss("CHG-008", "two anaesthesia events")
def two_anaesthesias(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("cholecystectomy", least_days=8)
    again = Item("413310050990000", "腹腔引流管调整术", "次", "06", "01", Decimal(480))
    event = operate(stay, [again], stay.at(5, 10, 0), 40, "全身麻醉")
    return spared(
        stay, [*lines_of(stay, items()["anmon"].code), *event.anaesthesia], also=("CHG-006", "CHG-020")
    )


@near_miss("CHG-008", "monitoring continued in PACU or ICU by its own order")
def continued_after_operation(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("myoma", least_days=7)
    start = stay.at(1, 14, 0)
    return spared(stay, stay.hours(items()["monitor"], start, start + 9 * HOUR))


@near_miss("CHG-008", "long-term order without stop time → discharge or first contrary order")
def no_stop_time(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=6)
    lines = stay.hours(items()["oxygen"], stay.at(3, 8, 0), stay.at(5, 8, 0))
    stay.orders[-1]["医嘱停止日期"] = ""
    return spared(stay, lines, at_most="clue")


@plant("CHG-021", "services dated after discharge", claims=True)
def after_discharge(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    lines = [stay.charge(items()["infusion"], stay.end + timedelta(days=n, hours=3)) for n in (1, 2)]
    return hit(
        stay,
        [(line, None) for line in lines],
        certainty="established",
        also=("CHG-016", "CHG-019", "CHG-003"),
    )


@plant("CHG-021", "services dated before admission", claims=True)
def before_admission(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    lines = [stay.charge(items()["infusion"], stay.begin - timedelta(days=2, hours=1))]
    return hit(stay, [(line, None) for line in lines], certainty="established", also=("CHG-016", "CHG-019"))


@plant("CHG-021", "treatments billed during leave")
def during_leave(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=9)
    leaves, returns = stay.at(4, 8, 0), stay.at(6, 18, 0)
    stay.lines = [line for line in stay.lines if not leaves <= line.at <= returns or line.item.code == BED]
    stay.order("请假离院", leaves, until=returns, 执行时间=stamp(leaves))
    lines = [stay.charge(items()["acu"], stay.at(day, 15)) for day in (4, 5)]
    return hit(
        stay,
        [(line, None) for line in lines],
        certainty="established",
        also=("CHG-016", "CHG-019", "CHG-031", "CHG-003"),
    )


@plant("CHG-021", "charges after death", claims=True)
def after_death(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("heart_failure", least_days=7)
    last = stay.end.date()
    stay.died = datetime.combine(last, datetime.min.time()) + 4 * HOUR
    stay.end, stay.way_out = stay.died + 30 * MINUTE, "5"
    lines = [
        stay.charge(fresh(stay), stay.died + 4 * HOUR),
        stay.charge(items()["nebul"], stay.died + 5 * HOUR),
    ]
    return hit(
        stay,
        [(line, None) for line in lines],
        certainty="established",
        also=("CHG-016", "CHG-019", "CHG-020"),
    )


@near_miss("CHG-021", "laboratory posted when reported", claims=False)
def posted_when_reported(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    line = stay.lab([items()["sputum"]], stay.at(stay.days - 1, 9))[0]
    stay.labs[-1]["检验报告时间"] = stamp(stay.end + DAY)
    line.at = stay.end + DAY + 5 * MINUTE
    return spared(stay, [line], also=("CHG-029",))


@near_miss("CHG-021", "take-away drugs on the discharge day", claims=True)
def take_away(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(stay, [stay.take_home(items()["amlo"], 7, stay.end + 4 * HOUR)])


@near_miss(
    "CHG-021", "settlement posting after discharge of earlier services (order/execution inside the stay)"
)
def posted_at_settlement(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.treat(items()["dressing"], stay.at(6, 9))
    line.at = stay.end + 3 * HOUR
    return spared(stay, [line], at_most="clue")
