"""DOC-005: by its own row, a report was ready before the specimen was taken or the patient registered.

One inverted row is a slip of a clock or a key; three reports of one stay are more than that. Where the whole laboratory
registers afterwards it is a habit and no sign.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.models import Problem
from review.record import Exam, Lab
from review.violations import Certainty

CULTURE, PATHOLOGY, FROZEN = ("培养",), ("病理", "标本检查", "活检"), ("冰冻", "快速")
NO_GROWTH = ("涂片", "初步", "阴性报告")


@check(
    code="DOC-005",
    title="采样、检查、报告时间倒置",
    violation="documentation_defect",
    certainty="established",
    needs={"tables": ("admissions",)},
    limits={
        "slack_minutes": 1,
        "forged_reports": 3,
        "habit_share": 0.20,
        "habit_rows": 50,
        "culture_hours": 12,
    },
    limits_said={
        "slack_minutes": "时刻的容差（分钟）",
        "forged_reports": "几份如此为“伪造”",
        "habit_share": "本院如此的比例，达到即视为习惯",
        "habit_rows": "判断习惯至少几份",
        "culture_hours": "培养类报告的时长（小时）",
    },
    basis=("病历书写基本规范#第二十九条",),
    basis_of={
        "forged_document": ("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第二十九条")
    },
    message="$count 份报告的时间先于采样或登记：$told。$reading",
    why="报告不可能早于采样或检查；多份同时倒置说明时间不是系统产生的。",
    exceptions=("床旁即时检测同一分钟出结果", "全院习惯事后登记", "只有日期没有时刻", "时间先后正常"),
    overturned_by=("检验、影像系统的原始日志", "系统时钟校正记录"),
    covers={"problems": (6,)},
)
def report_before_sampling(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.provided("labs") and not record.provided("exams"):
        raise NotChecked("缺：化验报告、检查报告")
    if not record.labs and not record.exams:
        raise NotApplicable("本次住院没有检查检验报告")
    slack = timedelta(minutes=limits["slack_minutes"])
    inverted = [*_inverted_labs(record, slack), *_inverted_exams(record, slack)]
    if inverted and not _is_habit(record, limits):
        yield _problem(inverted, limits)
    quick = [*_too_quick(record, limits)]
    if quick:
        yield Problem(
            fields={
                "count": len(quick),
                "told": "；".join(told for told, _ in quick[:3]),
                "reading": "报告快于该项检验所需的最短时间，请核对。",
            },
            fact_ids=tuple(fact_id for _, fact_id in quick[:6]),
            certainty=Certainty.CLUE,
            points_at=("quick",),
        )


def _clocked(*times: datetime | None) -> bool:
    return all(at is not None and at.time() != time() for at in times)


def _inverted_labs(record: Record, slack: timedelta) -> Iterator[tuple[str, str]]:
    """One per report: the analytes of a panel share their times."""
    seen: set[tuple[object, object]] = set()
    for lab in record.labs:
        key = (lab.specimen_no or lab.panel, lab.sampled_at)
        if key not in seen and _clocked(lab.sampled_at, lab.reported_at) and _before(lab, slack):
            seen.add(key)
            yield (
                f"{lab.panel or lab.analyte}采样 {lab.sampled_at:%m-%d %H:%M}、报告 {lab.reported_at:%m-%d %H:%M}",
                lab.fact_id,
            )


def _before(lab: Lab, slack: timedelta) -> bool:
    return (
        lab.reported_at is not None
        and lab.sampled_at is not None
        and lab.reported_at + slack < lab.sampled_at
    )


def _inverted_exams(record: Record, slack: timedelta) -> Iterator[tuple[str, str]]:
    for exam in record.exams:
        if (
            not _clocked(exam.registered_at, exam.reported_at)
            or exam.registered_at is None
            or exam.reported_at is None
        ):
            continue
        if exam.reported_at + slack < exam.registered_at:
            told = (
                f"{exam.exam_name}登记 {exam.registered_at:%m-%d %H:%M}、报告 {exam.reported_at:%m-%d %H:%M}"
            )
            yield told, exam.fact_id


def _too_quick(record: Record, limits: Limits) -> Iterator[tuple[str, str]]:
    """Cultures and pathology that came back sooner than they can."""
    for lab in record.labs:
        name = f"{lab.panel or ''}{lab.analyte or ''}"
        grown = any(word in name for word in CULTURE) and not any(word in name for word in NO_GROWTH)
        timed = _clocked(lab.sampled_at, lab.reported_at)
        if grown and timed and _within(lab.sampled_at, lab.reported_at, limits["culture_hours"]):
            yield f"{lab.panel or lab.analyte}采样后 {limits['culture_hours']} 小时内报告", lab.fact_id
    for exam in record.exams:
        if _is_pathology(exam) and _within(exam.registered_at, exam.reported_at, 6):
            yield f"{exam.exam_name}登记后 6 小时内报告", exam.fact_id


def _is_pathology(exam: Exam) -> bool:
    name = f"{exam.exam_name or ''}{exam.method or ''}"
    return any(word in name for word in PATHOLOGY) and not any(word in name for word in FROZEN)


def _within(begins: datetime | None, ends: datetime | None, hours: float) -> bool:
    return begins is not None and ends is not None and timedelta() <= ends - begins < timedelta(hours=hours)


def _problem(inverted: list[tuple[str, str]], limits: Limits) -> Problem:
    many = len(inverted) >= limits["forged_reports"]
    return Problem(
        fields={
            "count": len(inverted),
            "told": "；".join(told for told, _ in inverted[:3]),
            "reading": "请核对系统时间。",
        },
        fact_ids=tuple(fact_id for _, fact_id in inverted[:8]),
        certainty=Certainty.PROBABLE if many else Certainty.ESTABLISHED,
        violation="forged_document" if many else "documentation_defect",
        points_at=("inverted",),
    )


def _is_habit(record: Record, limits: Limits) -> bool:
    """Whether so many rows of the hospital are inverted that it is the way they are typed."""
    rows = record.inspection.warehouse.rows(
        "select count(*) as n, sum(case when reported_at < sampled_at then 1 else 0 end) as inverted from labs "
        "where reported_at is not null and sampled_at is not null"
    )
    total, inverted = int(rows[0]["n"] or 0), int(rows[0]["inverted"] or 0)
    return bool(total >= limits["habit_rows"] and inverted >= limits["habit_share"] * total)
