"""DOC-006: an operation outside the stay, outside its own anaesthesia, at another hour than its record says, told of
before it began, or over sooner than any of its kind.

Registers are kept by hand and on several clocks: small differences, a clock of twelve hours, a posting day and an
anaesthesia that was changed during the operation are no contradiction.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.operation_hours import (
    HALF_DAY,
    Contradiction,
    clocked,
    clocks_apart,
    half_a_day,
    hospital_events,
    told_before,
    too_short,
    turned_round,
)
from review.facts.operation_times import operation_span
from review.models import Problem
from review.record import Anesthesia
from review.violations import Certainty

OPERATION_CHARGE = "06"
CHANGED = ("局", "浸润", "阻滞", "强化", "转", "改")
TIMED = ("手术记录", "麻醉记录")


@check(
    code="DOC-006",
    title="手术、麻醉时间矛盾",
    violation="documentation_defect",
    certainty="probable",
    needs={"tables": ("admissions", "operations")},
    limits={
        "before_stay_hours": 24,
        "after_stay_hours": 1,
        "anesthesia_minutes": 5,
        "clocks_minutes": 30,
        "least_operations": 30,
        "shortest_share": 0.5,
        "habit_share": 0.2,
        "habit_least": 3,
    },
    limits_said={
        "before_stay_hours": "入院前几小时内不算",
        "after_stay_hours": "出院后几小时内不算",
        "anesthesia_minutes": "麻醉与手术的容差（分钟）",
        "clocks_minutes": "各处时刻相差的容差（分钟）",
        "least_operations": "判断手术时长至少几台同类手术",
        "shortest_share": "短于同类手术较短者（第5百分位）的几成",
        "habit_share": "本院麻醉与手术时间倒置的比例，达到即视为两处时钟不同",
        "habit_least": "判断两处时钟不同至少几台倒置",
    },
    basis=("病历书写基本规范#第二十二条（十五）", "病历书写基本规范#第二十二条（十四）"),
    basis_of={
        "fictitious_service": (
            "医疗保障基金使用监督管理条例#第四十条（三）",
            "病历书写基本规范#第二十二条（十五）",
        )
    },
    message="手术时间矛盾：$told。",
    why="手术只能发生在住院期间和麻醉期间之内；几处时间对不上，至少有一处不是当时所记。",
    exceptions=(
        "入院前二十四小时内的急诊手术",
        "出院当日只记日期",
        "局部麻醉或术中改变麻醉方式",
        "两处时钟相差三十分钟以内",
        "十二小时制",
        "手术记录只写明手术历时",
        "同日多台手术",
        "跨零点而日期未进一日",
        "中止或改期的手术",
        "同类手术不足三十台",
        "谈及以往或拟行的手术",
        "麻醉记录另记麻醉起止",
    ),
    overturned_by=("手术室、麻醉科的原始登记", "更正说明"),
)
def operation_times_contradict(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.operations:
        raise NotApplicable("本次住院没有手术")
    if not any(row.operated_on or row.begins_at for row in record.operations):
        raise NotChecked("手术没有日期和时刻")
    found = [
        *_outside(record, limits),
        *_anaesthesia(record, limits),
        *_tables(record, limits),
        *_documents(record, limits),
        *told_before(record, limits["clocks_minutes"]),
        *turned_round(record, limits["clocks_minutes"]),
        *too_short(record, limits),
    ]
    if found:
        yield _problem(record, found)


def _problem(record: Record, found: Sequence[Contradiction]) -> Problem:
    outside = all(item.outside for item in found) and any(
        charge.charge_type == OPERATION_CHARGE and charge.amount > 0 for charge in record.charges
    )
    return Problem(
        fields={"told": "；".join(item.told for item in found[:4])},
        fact_ids=tuple(dict.fromkeys(fact for item in found for fact in item.fact_ids))[:8],
        evidence=tuple(quote for item in found for quote in item.evidence)[:4],
        certainty=max((item.certainty for item in found), key=lambda step: step.rank),
        violation="fictitious_service" if outside else None,
        points_at=tuple(sorted(fact for item in found for fact in item.fact_ids)),
    )


def _outside(record: Record, limits: Limits) -> Iterator[Contradiction]:
    """Only where no row of the same operation day lies inside the stay."""
    admission = record.admission
    first = admission.begins_at - timedelta(hours=limits["before_stay_hours"])
    last = admission.ends_at + timedelta(hours=limits["after_stay_hours"])
    outside = []
    for row in record.operations:
        if row.begins_at and clocked(row.begins_at):
            beyond = (row.ends_at or row.begins_at) < first or row.begins_at > last
            at = f"{row.begins_at:%Y-%m-%d %H:%M}"
        elif row.operated_on:
            beyond = row.operated_on < first.date() or row.operated_on > last.date()
            at = f"{row.operated_on:%Y-%m-%d}"
        else:
            continue
        if beyond:
            outside.append((row, at))
    inside = len(record.operations) - len(outside)
    stay = f"{admission.begins_at:%Y-%m-%d %H:%M} 至 {admission.ends_at:%Y-%m-%d %H:%M}"
    for row, at in outside:
        told = f"“{row.operation_name or '手术'}”记于 {at}，不在住院期间（{stay}）"
        yield Contradiction(
            told, Certainty.CLUE if inside else Certainty.PROBABLE, (row.fact_id,), outside=not inside
        )


def _anaesthesia(record: Record, limits: Limits) -> Iterator[Contradiction]:
    for day, (begins, ends, fact_id, name) in hospital_events(record).items():
        given = [
            row
            for row in record.anesthesia
            if row.begins_at and row.ends_at and row.begins_at.date() <= day <= row.ends_at.date()
        ]
        if not given or any(_is_local(row) for row in given):
            continue
        first = min(row.begins_at for row in given if row.begins_at)
        last = max(row.ends_at for row in given if row.ends_at)
        facts = (fact_id, *(row.fact_id for row in given[:2]))
        late, short = (first - begins).total_seconds() / 60, (ends - last).total_seconds() / 60
        for minutes, told in (
            (late, f"“{name}”{begins:%m-%d %H:%M} 开始，麻醉 {first:%m-%d %H:%M} 才开始"),
            (short, f"“{name}”{ends:%m-%d %H:%M} 结束，麻醉 {last:%m-%d %H:%M} 已结束"),
        ):
            if limits["anesthesia_minutes"] < minutes and not half_a_day(minutes, limits["clocks_minutes"]):
                sure = minutes > limits["clocks_minutes"] or not clocks_apart(record.inspection, limits)
                yield Contradiction(told, Certainty.PROBABLE if sure else Certainty.CLUE, facts)


def _is_local(row: Anesthesia) -> bool:
    return any(word in (row.method or "") for word in CHANGED)


def _tables(record: Record, limits: Limits) -> Iterator[Contradiction]:
    """The settlement list against the hospital's register, where each dates one operation."""
    settled = {
        (row.begins_at, row.ends_at or row.begins_at, row.fact_id)
        for row in record.operations
        if row.origin == "settlement" and clocked(row.begins_at)
    }
    spans = {(begins, ends) for begins, ends, _ in settled}
    events = hospital_events(record)
    if len(spans) != 1 or len(events) != 1:
        return
    begins, ends, fact_id = min(settled, key=lambda one: one[2])
    own_begins, own_ends, own_fact, name = next(iter(events.values()))
    assert begins is not None and ends is not None
    for told, one, other in (("开始", own_begins, begins), ("结束", own_ends, ends)):
        minutes = (other - one).total_seconds() / 60
        if (
            ends > begins
            and abs(minutes) > limits["clocks_minutes"]
            and not half_a_day(minutes, limits["clocks_minutes"])
        ):
            yield Contradiction(
                f"“{name}”{told}时间，手术登记为 {one:%m-%d %H:%M}，结算清单为 {other:%m-%d %H:%M}",
                Certainty.PROBABLE,
                (own_fact, fact_id),
            )


def _documents(record: Record, limits: Limits) -> Iterator[Contradiction]:
    """The operation record against the register of that day."""
    events = hospital_events(record)
    days = {row.operated_on for row in record.operations if row.operated_on}
    for document in record.of_kind(*TIMED):
        span = operation_span(document)
        if span is None or (len(days) > 1 and not span.day_stated):
            continue
        event = events.get(span.begins_at.date()) or (
            next(iter(events.values())) if len(events) == 1 and len(days) == 1 else None
        )
        if event is None or len(record.of_kind(document.kind)) > len(days):
            continue
        begins, ends, fact_id, name = event
        apart = [
            (one - other).total_seconds() / 60
            for one, other in ((span.begins_at, begins), (span.ends_at, ends))
        ]
        if not span.day_stated:
            apart = [(minutes + HALF_DAY) % (2 * HALF_DAY) - HALF_DAY for minutes in apart]
        if any(
            abs(one) > limits["clocks_minutes"] and not half_a_day(one, limits["clocks_minutes"])
            for one in apart
        ):
            yield Contradiction(
                f"“{name}”手术登记为 {begins:%m-%d %H:%M} 至 {ends:%H:%M}，{document.kind}写作 "
                f"{span.begins_at:%m-%d %H:%M} 至 {span.ends_at:%H:%M}",
                Certainty.PROBABLE if document.confidence >= 1.0 else Certainty.CLUE,
                (fact_id,),
                (record.quote(document, span.start, span.end, at=document.written_at),),
            )
