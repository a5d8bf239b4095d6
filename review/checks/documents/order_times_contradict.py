"""DOC-004: an order carried out before it was given, stopped before it began, or carried out after the stay ended.

A ward whose two clocks differ shows the same offset on most orders; that offset is taken off first.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from statistics import median

from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Record
from review.models import Problem
from review.record import Order

RESCUE = ("抢救", "心肺复苏", "除颤", "气管插管", "肾上腺素", "口头医嘱")


@check(
    code="DOC-004",
    title="医嘱、执行、停止时间矛盾",
    violation="documentation_defect",
    certainty="established",
    needs={"tables": ("admissions", "orders")},
    limits={"early_minutes": 30, "after_stay_hours": 2, "drift_orders": 10},
    limits_said={
        "early_minutes": "提前执行的容差（分钟）",
        "after_stay_hours": "出院后停止的容差（小时）",
        "drift_orders": "时钟不准至少几条医嘱",
    },
    basis=("病历书写基本规范#第二十八条",),
    message="$count 条医嘱时间矛盾：$told。",
    why="医嘱应当注明下达和执行时间；执行先于下达，说明其一不是当时所记。",
    exceptions=("抢救口头医嘱事后补记", "病区时钟固定偏差", "只有日期没有时刻", "出院带药在离院前后执行"),
    overturned_by=("抢救记录", "系统时钟校正记录"),
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


def _drift(record: Record, limits: Limits) -> timedelta:
    """The median lead of execution over order, where most orders of the stay show one."""
    leads = [
        (order.begins_at - order.executed_at).total_seconds()
        for order in record.orders
        if order.begins_at and order.executed_at and _clocked(order.begins_at) and _clocked(order.executed_at)
    ]
    usual = median(leads) if len(leads) >= limits["drift_orders"] else 0.0
    return timedelta(seconds=max(0.0, usual))


def _clocked(at: datetime | None) -> bool:
    return at is not None and at.time() != time()


def _contradictions(record: Record, order: Order, drift: timedelta, limits: Limits) -> Iterator[str]:
    name = order.order_name or "医嘱"
    if any(word in f"{name}{order.usage or ''}" for word in RESCUE):
        return
    begins, done, ends = order.begins_at, order.executed_at, order.ends_at
    early = timedelta(minutes=limits["early_minutes"])
    if begins and done and _clocked(begins) and _clocked(done) and done + drift < begins - early:
        yield f"{name}下达 {begins:%m-%d %H:%M}、执行 {done:%m-%d %H:%M}"
    if begins and ends and _clocked(ends) and ends < begins:
        yield f"{name}开始 {begins:%m-%d %H:%M}、停止 {ends:%m-%d %H:%M}"
    over = record.admission.died_at or record.admission.ends_at
    takeaway = "带药" in (order.order_type or "")
    if done and _clocked(done) and not takeaway and done > over + timedelta(hours=limits["after_stay_hours"]):
        yield f"{name}执行于 {done:%m-%d %H:%M}，晚于{'死亡' if record.admission.died_at else '出院'}"
