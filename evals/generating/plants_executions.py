"""Charges beyond what was done: CHG-019 executions, CHG-020 the ordered amount."""

from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import items
from evals.generating.reference import Reference
from evals.generating.regional import OCCUPATIONAL, RESCUE
from evals.generating.scenarios import Made, fresh, hit, long_host, near_miss, plant, spared
from evals.generating.stay import DAY, HOUR, MINUTE, Line, Stay, stamp


def _sessions(stay: Stay, quantity: int, executed: int) -> list[Line]:
    """Three days of occupational therapy: so many billed and so many executed each day."""
    span, order, lines = (stay.at(2, 8), stay.at(4, 23, 0)), "", []
    for day in (2, 3, 4):
        for turn in range(executed):
            order = stay.order(
                OCCUPATIONAL.name,
                span[0],
                until=span[1],
                number=order,
                医嘱频次="bid" if executed > 1 else "qd",
                医嘱用法="治疗",
                执行人="岑既白",
                执行时间=stamp(stay.at(day, 9 + 5 * turn)),
            )
        lines.append(stay.charge(OCCUPATIONAL, stay.at(day, 17), quantity, order=order, performer="岑既白"))
    return lines


@plant("CHG-019", "two sessions billed each day, one executed")
def one_session(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation", least_days=15)
    return hit(stay, [(line, line.price) for line in _sessions(stay, 2, 1)])


@plant("CHG-019", "rescue billed without a rescue record or any event")
def no_rescue(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("heart_failure", least_days=8)
    order = stay.order(RESCUE.name, stay.at(3, 15), 医嘱用法="治疗", 执行时间="")
    line = stay.charge(RESCUE, stay.at(3, 16), order=order)
    return hit(stay, [(line, None)])


@plant("CHG-019", "treatments on days without any execution")
def never_executed(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation", least_days=16)
    lines = _sessions(stay, 1, 1)
    order = lines[0].order
    more = [stay.charge(OCCUPATIONAL, stay.at(day, 16), order=order, performer="岑既白") for day in (7, 8)]
    return hit(stay, [(line, None) for line in more], also=("CHG-016",))


@near_miss("CHG-019", "logic: as many executions as billed")
def as_executed(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation", least_days=15)
    return spared(stay, _sessions(stay, 2, 2))


@near_miss("CHG-019", "weekend posting on Monday (week balances)")
def posted_on_monday(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation", least_days=16)
    saturday = next(day for day in range(3, 11) if (stay.begin + day * DAY).weekday() == 5)
    span, order = (stay.at(saturday, 8), stay.at(saturday + 2, 23, 0)), ""
    for day in range(saturday, saturday + 3):
        order = stay.order(
            OCCUPATIONAL.name,
            span[0],
            until=span[1],
            number=order,
            医嘱用法="治疗",
            执行时间=stamp(stay.at(day, 9)),
        )
    return spared(
        stay, [stay.charge(OCCUPATIONAL, stay.at(saturday + 2, 17), 3, order=order, performer="岑既白")]
    )


@near_miss("CHG-019", "PRN")
def when_needed(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    order = stay.order(
        "肌肉注射", stay.at(1, 9), until=stay.at(6, 20, 0), 医嘱频次="prn", 医嘱用法="治疗", 执行时间=""
    )
    return spared(stay, [stay.charge(items()["im"], stay.at(3, 21), order=order)], at_most="clue")


@near_miss("CHG-019", "logic: rescue with its record and abnormal vitals")
def real_rescue(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("heart_failure", least_days=8)
    at = stay.at(3, 15, 5)
    order = stay.order(RESCUE.name, at, 医嘱用法="治疗")
    row = dict(stay.vitals[7]) | {
        "测量时间": stamp(at),
        "收缩压": "78",
        "舒张压": "44",
        "脉搏": "132",
        "血氧饱和度": "84",
        "意识": "嗜睡",
    }
    stay.vitals.append(row)
    stay.document(
        "抢救记录",
        "抢救记录\n"
        f"抢救开始时间：{stamp(at)} 抢救结束时间：{stamp(at + 50 * MINUTE)}\n"
        "患者突发呼吸困难，血压78/44mmHg，予吸氧、利尿等中抢救，50分钟后血压回升。\n"
        f"参加人员：{stay.doctor}、{stay.nurse}\n"
        f"记录者：{stay.doctor} {stamp(at + 2 * HOUR)}\n",
    )
    return spared(stay, [stay.charge(RESCUE, at + HOUR, order=order)])


@plant("CHG-020", "twice the ordered amount billed")
def twice_the_dose(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit, least=7)
    lines = stay.drug(fresh(stay), 1, 5)
    for line in lines:
        line.quantity, line.amount = Decimal(3), line.price * 3
    return hit(stay, [(line, line.price * 2) for line in lines], also=("CHG-016", "CHG-028"))


@plant("CHG-020", "more of an anaesthetic billed than the anaesthesia record states")
def anaesthetic_beyond_record(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay(admit.random.choice(("cholecystectomy", "myoma")))
    line = next(line for line in stay.lines if line.item.code == items()["propofol"].code)
    line.quantity, line.amount = Decimal(4), line.price * 4
    begins = stay.anaesthesia[-1]["麻醉开始时间"]
    stay.document(
        "麻醉记录",
        f"麻醉记录\n麻醉开始时间：{begins}\n麻醉方式：全身麻醉\n用药：丙泊酚0.2g（1支），顺阿曲库铵10mg（1支）。\n麻醉医师签名：邹砚青\n",
    )
    return hit(stay, [(line, line.price * 3)])


@near_miss("CHG-020", "ampoule rounding and waste")
def whole_ampoules(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = stay.drug(items()["ambro"], 1, 4, "bid", 2)
    stay.orders[-1] |= {"医嘱剂量": "20", "剂量单位": "mg"}
    return spared(stay, lines, why="每次 20mg，15mg 规格取整 2 支")


@near_miss("CHG-020", "returned drugs (refund within 7 days)")
def returned(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = stay.drug(items()["ambro"], 1, 3)
    more = stay.charge(items()["ambro"], stay.at(3, 16), 4, order=lines[0].order)
    return spared(stay, [*lines, more, stay.refund(more, stay.at(6, 9))])


@near_miss("CHG-020", "unit confusion (mg/片) when the ratio is exactly 2, 5, 10, 100")
def unit_confusion(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = stay.drug(items()["spiro"], 1, 4)
    for line in lines:
        line.quantity, line.amount = Decimal(10), line.price * 10
    stay.orders[-1] |= {"医嘱剂量": "1", "剂量单位": "片"}
    return spared(stay, lines, at_most="clue", also=("CHG-028",), why="计费与医嘱之比恰为 10")


@near_miss("CHG-020", "take-away drugs (dscg_tkdrug_flag)")
def take_away(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    return spared(stay, [stay.take_home(items()["amlo"], 14, stay.end - 30 * MINUTE)])
