"""ADM-005: the bed was charged and nobody lay in it: nights told as absent, or days on which nothing was done.

The two readings stand apart: what nurses write of a night counts whatever was done by day, and an empty day counts only
where at least two kinds of source would have shown the patient.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.lockdowns import lockdowns
from review.checks.off_site import OtherStay, bed_shared, stays_elsewhere
from review.checks.presence import (
    SELF_POSTING,
    Nights,
    charted,
    inner_days,
    leave_nights,
    longest_run,
    nights,
    nights_seen,
    nights_to_measure,
    presence_by_day,
    runs_of,
)
from review.checks.readings import facts_of
from review.models import AmountOption, Evidence, Problem
from review.record import Charge
from review.violations import Certainty

SOURCE_TABLES = {
    "vitals": "护理体征",
    "orders": "住院医嘱",
    "labs": "化验报告",
    "exams": "检查报告",
    "documents": "病历文书",
}
DAY_CARE = ("28",)
DAY_WARD = re.compile(r"日间(?:病房|病区|诊疗|治疗|化疗|中心)")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Gone:
    """When the patient was not there: nights told as absent, days without any sign, nights nobody measured."""

    told: Nights
    empty: tuple[date, ...]
    unmeasured: Mapping[date, str]  # with the order that asked for it

    @property
    def days(self) -> frozenset[date]:
        return frozenset({*self.told.absent, *self.empty, *self.unmeasured})


@check(
    code="ADM-005",
    title="挂床住院",
    violation="phantom_stay",
    certainty="established",
    needs={"tables": ("admissions", "charges")},
    limits={
        "nights_probable": 3,
        "nights_clue": 2,
        "share": 0.30,
        "empty_days_in_row": 2,
        "empty_days": 3,
        "least_nights": 2,
        "charted_share": 0.80,
        "night_share": 0.50,
        "bed_hours": 48,
    },
    limits_said={
        "nights_probable": "几夜不在院为“很可能”",
        "nights_clue": "几夜不在院为“线索”",
        "share": "无在院迹象的日子所占比例",
        "empty_days_in_row": "连续几日无在院迹象",
        "empty_days": "共几日无在院迹象",
        "least_nights": "住院至少几夜才判断",
        "charted_share": "其他日子有记录的比例，低于此不判断",
        "night_share": "其他住院夜间有体征的比例，低于此不判断夜间",
        "bed_hours": "同一床位两人重叠至少几小时才提及",
    },
    basis=("医疗保障基金使用监督管理条例#第十五条第一款", "医疗保障基金使用监督管理条例#第三十八条（一）"),
    message="$seen；同期床位、护理、诊查费照收$fees_yuan元。疑似挂床住院。",
    why="床位费和护理费对应的是住在病房里的人；夜间不在院而照收，这段住院没有真实发生。",
    exceptions=(
        "经批准的请假",
        "日间病房",
        "当晚已返回病房",
        "体征记录导出晚于入院",
        "家属或医师不在，不是患者",
        "不得离院的告知",
        "仅一晚未归",
        "全院体征并非每日导出",
        "疫情封控期间",
        "夜间未要求测量体征",
        "全院夜间均少有体征",
        "夜间另有执行或护理记录",
    ),
    overturned_by=("体温单或床头卡", "门禁、监控或订餐记录", "书面请假单及批准"),
    covers={"problems": (2,)},
)
def phantom_stay(record: Record, limits: Limits) -> Iterator[Problem]:
    admission = record.admission
    if admission.admission_kind in DAY_CARE or DAY_WARD.search(admission.department or ""):
        raise NotApplicable("日间病房，夜间不住院")
    told = nights(record)
    if told.total < limits["least_nights"]:
        raise NotApplicable("住院不足两晚")
    provided = [table for table in SOURCE_TABLES if record.provided(table) and _speaks_of(record, table)]
    gone = Gone(told, tuple(_empty_days(record, provided, limits)), _unmeasured(record, limits))
    if not told.absent and len(provided) < 2:
        missing = "、".join(name for table, name in SOURCE_TABLES.items() if table not in provided)
        raise NotChecked(f"能反映在院的资料不足两种，缺：{missing}")
    elsewhere = [other for other in stays_elsewhere(record) if any(other.holds(day) for day in gone.days)]
    certainty = Certainty.ESTABLISHED if elsewhere else _certainty(record, gone, limits)
    if certainty is not None:
        yield _problem(record, gone, elsewhere, certainty, limits)


def _speaks_of(record: Record, table: str) -> bool:
    return bool(getattr(record, table))


def _empty_days(record: Record, provided: list[str], limits: Limits) -> list[date]:
    """Days without any sign of the patient, where the sources would have shown one; days of leave are not empty."""
    if len(provided) < 2 or "vitals" not in provided:
        return []
    seen = presence_by_day(record)
    first_reading = min((v.measured_at.date() for v in record.vitals if v.measured_at), default=None)
    granted = set(leave_nights(record))
    days = [
        day for day in inner_days(record) if first_reading and day >= first_reading and day not in granted
    ]
    empty = _not_locked(record, [day for day in days if not seen.get(day)])
    if len(empty) < limits["empty_days_in_row"]:
        return []
    share = charted(record).days
    if share is not None and share < limits["charted_share"]:
        return []
    enough = longest_run(empty) >= limits["empty_days_in_row"] or (
        len(empty) >= limits["empty_days"] and len(empty) >= limits["share"] * len(days)
    )
    return empty if enough else []


def _not_locked(record: Record, days: list[date]) -> list[date]:
    """The days without those that an epidemic's lock-down covers."""
    if not days:
        return days
    shut = lockdowns(record)
    covered = {day for told in shut for run in runs_of(days) for day in told.covers(run)}
    return [day for day in days if day not in covered]


def _unmeasured(record: Record, limits: Limits) -> Mapping[date, str]:
    """Nights without any sign of the patient although an order asked for readings; none where they are too few."""
    asked = nights_to_measure(record)
    if len(asked) < limits["nights_probable"] or not record.vitals:
        return {}
    first = min((v.measured_at.date() for v in record.vitals if v.measured_at), default=None)
    seen, away = nights_seen(record), set(leave_nights(record))
    missed = [
        night
        for night in sorted(asked)
        if night not in seen and night not in away and first is not None and night >= first
    ]
    missed = _not_locked(record, missed)
    share = charted(record).nights
    shown = seen & set(asked) if share is None else share >= limits["night_share"]
    return (
        {night: asked[night] for night in missed}
        if shown and len(missed) >= limits["nights_probable"]
        else {}
    )


def _certainty(record: Record, gone: Gone, limits: Limits) -> Certainty | None:
    told = gone.told
    count, share = len(told.absent), len(told.absent) / max(1, told.total)
    habit = bool(_habits(record, limits))
    if count >= limits["nights_probable"] or (
        count >= limits["nights_clue"] and (habit or share >= limits["share"])
    ):
        return Certainty.PROBABLE
    if gone.unmeasured:
        return Certainty.PROBABLE
    if gone.empty:
        complete = all(record.provided(table) for table in ("vitals", "orders", "documents"))
        complete = complete and charted(record).days is not None
        return Certainty.PROBABLE if complete else Certainty.CLUE
    return Certainty.CLUE if count >= limits["nights_clue"] or habit else None


def _problem(
    record: Record, gone: Gone, elsewhere: Sequence[OtherStay], certainty: Certainty, limits: Limits
) -> Problem:
    fees = [
        charge
        for charge in record.charges
        if charge.charge_type in SELF_POSTING and charge.charged_on in gone.days
    ]
    habits = _habits(record, limits)
    night_ids = tuple(fact.fact_id for facts in gone.told.absent.values() for fact in facts)
    seen = [*_seen(gone, bool(habits)), *(_lay_elsewhere(other) for other in elsewhere)]
    if bed_shared(record, limits["bed_hours"]):
        seen.append(f"同期同一床位（{record.admission.bed}）另登记有患者")
    return Problem(
        fields={"seen": "，".join(seen), "fees_yuan": _sum(fees)},
        evidence=tuple(
            Evidence(
                "table",
                other.source,
                other.admission_id,
                row=other.admission_id,
                label="就诊登记",
                at=f"{other.begins_at:%Y-%m-%d %H:%M}",
            )
            for other in elsewhere
        ),
        fact_ids=(*night_ids, *habits, *sorted(set(gone.unmeasured.values()))),
        against_fact_ids=_daytime(record, set(gone.days)),
        certainty=certainty,
        amount_options=(_option(fees),) if fees else (),
        related_admissions=tuple(other.admission_id for other in elsewhere),
        points_at=("stay",),
    )


def _habits(record: Record, limits: Limits) -> tuple[str, ...]:
    """Where it is written that the patient sleeps at home, or day after day that he left after treatment."""
    told = tuple(fact.fact_id for fact in facts_of(record, "habit"))
    seen, granted = nights_seen(record), set(leave_nights(record))
    left = {
        fact.value: fact.fact_id
        for fact in facts_of(record, "absence")
        if fact.name == "day" and fact.value and date.fromisoformat(fact.value) not in seen | granted
    }
    return (*told, *left.values()) if told or len(left) >= limits["nights_probable"] else ()


def _lay_elsewhere(other: OtherStay) -> str:
    return f"{other.begins_at:%m-%d} 至 {other.ends_at:%m-%d} 本人另在其他医院住院"


def _seen(gone: Gone, habit: bool) -> Iterator[str]:
    told = gone.told
    if told.absent:
        yield f"共 {told.total} 晚，其中 {len(told.absent)} 晚记载患者夜间不在院（{_spans(told.absent)}）"
    if gone.empty:
        yield f"{len(gone.empty)} 日无体征、医嘱执行、检查检验及病程护理记录（{_spans(gone.empty)}）"
    if gone.unmeasured:
        yield (
            f"{len(gone.unmeasured)} 晚（{_spans(gone.unmeasured)}）医嘱要求定时测体征，"
            "20:00 至次日 8:00 没有体征及其他在院记录"
        )
    if habit:
        yield "书面载明白天来治疗、晚上回家"
    if told.granted:
        yield f"另有 {len(told.granted)} 晚经批准请假，未计入"


def _spans(days: Iterable[date]) -> str:
    """Days as spans: 06-03 至 06-11."""
    runs = runs_of(sorted(days))
    return "、".join(
        f"{run[0]:%m-%d}" if len(run) == 1 else f"{run[0]:%m-%d} 至 {run[-1]:%m-%d}" for run in runs
    )


def _sum(charges: Iterable[Charge]) -> Decimal:
    return sum((charge.amount for charge in charges), Decimal(0))


def _option(fees: list[Charge]) -> AmountOption:
    inside = [charge.in_scope_amount for charge in fees]
    known = all(amount is not None for amount in inside)
    fund = sum((amount for amount in inside if amount is not None), Decimal(0)) if known else None
    return AmountOption(
        "仅计不在院夜晚（空白日）的床位、护理、诊查费",
        _sum(fees).quantize(CENT),
        None if fund is None else fund.quantize(CENT),
    )


def _daytime(record: Record, days: set[date]) -> tuple[str, ...]:
    """What was done by day in the same span: it speaks against an invented stay, and is shown as such."""
    done = [
        fact.fact_id
        for fact in record.facts
        if fact.kind in {"vital", "exam"} and fact.begins_at and fact.begins_at.date() in days
    ]
    return tuple(done[:3])
