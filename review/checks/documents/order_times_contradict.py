"""DOC-004: an order carried out before it was given or after it was stopped, stopped before it began, or carried out
after the stay ended; as clues, one number for two orders, a drug given for days and never dispensed, and an order
given in the middle of the doctor's own operation.

A ward whose two clocks differ shows the same offset on most orders; that offset is taken off first.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from statistics import median

from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Inspection, Record
from review.checks.mentions import drug_core
from review.checks.roster import executors_of
from review.models import Problem
from review.record import Order
from review.violations import Certainty

LONG_TERM = "长期"
DRUG_USE = re.compile(r"口服|静滴|静脉滴注|静脉注射|静推|静脉泵|肌注|肌内|皮下注射|雾化|含服|微泵|泵入")
NO_DRUG = re.compile(
    r"自备|外购|自带|赠药|试验用药|停用|嘱托|饮食|护理|监测|吸氧|胰岛素泵|葡萄糖|氯化钠|灭菌注射用水|冲管|封管"
)
OFFSETS = """
select department, median(epoch(begins_at) - epoch(executed_at)) as lead, count(*) as orders
from orders
where department is not null and begins_at is not null and executed_at is not null
  and (extract(hour from begins_at) > 0 or extract(minute from begins_at) > 0)
  and (extract(hour from executed_at) > 0 or extract(minute from executed_at) > 0)
group by department
"""
RESCUE = ("抢救", "心肺复苏", "除颤", "气管插管", "肾上腺素", "口头医嘱")


@check(
    code="DOC-004",
    title="医嘱、执行、停止时间矛盾",
    violation="documentation_defect",
    certainty="established",
    needs={"tables": ("admissions", "orders")},
    limits={
        "early_minutes": 30,
        "after_stay_hours": 2,
        "after_stop_hours": 12,
        "drift_orders": 10,
        "numbers_share": 0.1,
        "undispensed_days": 3,
        "dispensed_share": 0.8,
        "dispensed_least": 5,
        "operation_minutes": 30,
        "rescue_hours": 6,
    },
    limits_said={
        "early_minutes": "提前执行的容差（分钟）",
        "after_stay_hours": "出院后执行的容差（小时）",
        "after_stop_hours": "停止后执行的容差（小时）",
        "drift_orders": "时钟不准至少几条医嘱",
        "numbers_share": "一号多嘱的比例，超过即为本院编号习惯",
        "undispensed_days": "执行几天而未见收费才提示",
        "dispensed_share": "药品医嘱能对上收费的比例，低于此不判断",
        "dispensed_least": "判断有无收费至少几种药品",
        "operation_minutes": "手术开始后、结束前几分钟以外不算",
        "rescue_hours": "抢救口头医嘱补记的时限（小时）",
    },
    basis=("病历书写基本规范#第二十八条",),
    message="$count 条医嘱时间矛盾：$told。",
    why="医嘱应当注明下达和执行时间；执行先于下达，说明其一不是当时所记。",
    exceptions=(
        "抢救口头医嘱事后补记",
        "病区时钟固定偏差",
        "只有日期没有时刻",
        "出院带药在离院前后执行",
        "夜间集中签名",
        "成组医嘱共用一号",
        "按执行记录逐次导出",
        "自备药和溶媒",
        "本院药名与收费名称不一致",
        "手术前后下达的医嘱",
    ),
    overturned_by=("抢救记录", "系统时钟校正记录", "药房发药记录"),
)
def order_times_contradict(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.orders:
        raise NotApplicable("本次住院没有医嘱")
    drift = _drift(record, limits)
    found = [
        (told, order.fact_id)
        for order in record.orders
        for told in _contradictions(record, order, drift, limits)
    ]
    if found:
        yield Problem(
            fields={"count": len(found), "told": "；".join(told for told, _ in found[:4])},
            fact_ids=tuple(fact_id for _, fact_id in found[:8]),
            points_at=("orders",),
        )
    for mark, told, fact_ids in (
        *_one_number(record, limits),
        *_undispensed(record, limits),
        *_while_operating(record, limits),
    ):
        yield Problem(
            message=f"{told}，请核对。",
            fact_ids=fact_ids[:8],
            certainty=Certainty.CLUE,
            points_at=(mark,),
        )


def _by_word_of_mouth(record: Record, begins: datetime, done: datetime, limits: Limits) -> bool:
    """Whether a rescue of that day has a record, so that its orders may rightly be written down afterwards."""
    if begins - done > timedelta(hours=limits["rescue_hours"]):
        return False
    return any(
        document.written_at is not None
        and ("抢救" in document.title or "抢救" in document.kind)
        and document.written_at.date() in (done.date(), begins.date())
        for document in record.documents
    )


Clue = tuple[str, str, tuple[str, ...]]


def _one_number(record: Record, limits: Limits) -> Iterator[Clue]:
    """Two orders of different names, hours and doctors under one number, where numbers are otherwise single."""
    numbers: dict[str, list[Order]] = defaultdict(list)
    for order in record.orders:
        if order.order_no:
            numbers[order.order_no].append(order)
    shared = [
        group
        for group in numbers.values()
        if len({order.order_name for order in group}) > 1
        and len({order.begins_at for order in group}) > 1
        and len({order.doctor for order in group}) > 1
        and len({order.group_no for order in group} - {None}) != 1
    ]
    if shared and len(shared) <= max(1.0, limits["numbers_share"] * len(numbers)):
        told = "；".join(
            f"医嘱号 {group[0].order_no} 既是“{group[0].order_name}”又是“{group[-1].order_name}”"
            for group in shared[:3]
        )
        yield "number", told, tuple(order.fact_id for group in shared for order in group)


def _undispensed(record: Record, limits: Limits) -> Iterator[Clue]:
    """A drug carried out over days of which no charge of the stay bears the name, where those of the others do."""
    charged = [charge.item_name or "" for charge in record.charges if charge.kind == "drug"]
    if not charged:
        return
    days: dict[str, set[object]] = defaultdict(set)
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in record.orders:
        if order.executed_at and _is_drug(order):
            core = drug_core(order.order_name or "")
            days[core].add(order.executed_at.date())
            if LONG_TERM in (order.order_type or "") and order.begins_at and order.ends_at:
                days[core] |= {order.begins_at.date() + timedelta(days=n) for n in range(_days(order))}
            orders[core].append(order)
    missing = [core for core in orders if not any(_alike(core, name) for name in charged)]
    met = len(orders) - len(missing)
    if met < limits["dispensed_least"] or met < limits["dispensed_share"] * len(orders):
        return
    for core in missing:
        if len(days[core]) >= limits["undispensed_days"]:
            told = f"“{orders[core][0].order_name}”执行 {len(days[core])} 日，费用明细没有该药"
            yield f"drug {core}", told, tuple(order.fact_id for order in orders[core])


def _is_drug(order: Order) -> bool:
    said = f"{order.order_name or ''}{order.usage or ''}"
    return bool(order.dose and DRUG_USE.search(order.usage or "")) and not NO_DRUG.search(said)


def _days(order: Order) -> int:
    assert order.begins_at and order.ends_at
    return max(1, min(60, (order.ends_at.date() - order.begins_at.date()).days))


def _alike(core: str, name: str) -> bool:
    """Whether a charge may be of the drug: the shorter a name, the more of it must stand there."""
    size = min(len(core), 3)
    return any(core[place : place + size] in name for place in range(len(core) - size + 1))


def _while_operating(record: Record, limits: Limits) -> Iterator[Clue]:
    """Orders of the surgeon of a patient's own operation well inside it, the anaesthetist's and verbal ones aside."""
    margin = timedelta(minutes=limits["operation_minutes"])
    spans = [
        (names[0], row.begins_at + margin, row.ends_at - margin)
        for row in record.operations
        if row.origin == "hospital" and row.begins_at and row.ends_at and (names := executors_of(row.surgeon))
        and not (row.begins_at.minute == 0 and row.ends_at.minute == 0)
    ]  # fmt: skip
    found = [
        order
        for order in record.orders
        if order.begins_at
        and any(order.doctor == who and first < order.begins_at < last for who, first, last in spans)
        and not any(
            word in f"{order.order_name}{order.usage or ''}"
            for word in (*RESCUE, "术中", "冰冻", "输血", "红细胞")
        )
    ]
    if found:
        told = "、".join(f"{order.order_name}（{order.begins_at:%m-%d %H:%M}）" for order in found[:3])
        yield (
            "operating",
            f"{found[0].doctor}手术当中以其名义下达：{told}",
            tuple(order.fact_id for order in found),
        )


@lru_cache(maxsize=1)
def _offsets(inspection: Inspection) -> Mapping[str, tuple[float, int]]:
    """By ward, the median lead of execution over order in seconds, and over how many orders."""
    rows = inspection.warehouse.rows(OFFSETS)
    return {str(row["department"]): (float(row["lead"] or 0), int(row["orders"])) for row in rows}


def _drift(record: Record, limits: Limits) -> timedelta:
    """The median lead of execution over order of this stay, or of its ward where the stay has few orders."""
    leads = [
        (order.begins_at - order.executed_at).total_seconds()
        for order in record.orders
        if order.begins_at and order.executed_at and _clocked(order.begins_at) and _clocked(order.executed_at)
    ]
    usual = median(leads) if len(leads) >= limits["drift_orders"] else 0.0
    if len(leads) < limits["drift_orders"]:
        wards = {order.department for order in record.orders if order.department}
        of_wards = [_offsets(record.inspection).get(ward, (0.0, 0)) for ward in wards]
        usual = max((lead for lead, orders in of_wards if orders >= limits["drift_orders"]), default=0.0)
    return timedelta(seconds=max(0.0, usual))


def _clocked(at: datetime | None) -> bool:
    return at is not None and at.time() != time()


def _contradictions(record: Record, order: Order, drift: timedelta, limits: Limits) -> Iterator[str]:
    name = order.order_name or "医嘱"
    if any(word in f"{name}{order.usage or ''}" for word in RESCUE):
        return
    begins, done, ends = order.begins_at, order.executed_at, order.ends_at
    early = timedelta(minutes=limits["early_minutes"])
    early_done = begins and done and _clocked(begins) and _clocked(done) and done + drift < begins - early
    if early_done and begins and done and not _by_word_of_mouth(record, begins, done, limits):
        yield f"{name}下达 {begins:%m-%d %H:%M}、执行 {done:%m-%d %H:%M}"
    if begins and ends and _clocked(ends) and ends < begins - (early if _clocked(begins) else timedelta(0)):
        yield f"{name}开始 {begins:%m-%d %H:%M}、停止 {ends:%m-%d %H:%M}"
    stopped = timedelta(hours=limits["after_stop_hours"])
    if (
        LONG_TERM in (order.order_type or "")
        and begins
        and done
        and ends
        and _clocked(done)
        and ends > begins
    ):
        over_night = done.date() == ends.date() or done - ends <= stopped
        if not over_night:
            yield f"{name}停止 {ends:%m-%d %H:%M}、执行 {done:%m-%d %H:%M}"
    over = record.admission.died_at or record.admission.ends_at
    takeaway = "带药" in (order.order_type or "")
    if done and _clocked(done) and not takeaway and done > over + timedelta(hours=limits["after_stay_hours"]):
        yield f"{name}执行于 {done:%m-%d %H:%M}，晚于{'死亡' if record.admission.died_at else '出院'}"
