"""DOC-005: by its own row, a report was ready before the specimen was taken or the patient registered.

One inverted row is a slip of a clock or a key; three reports of one stay are more than that. Where the whole laboratory
registers afterwards it is a habit and no sign.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.report_times import before_their_order, clocked, on_the_table, too_quick
from review.models import Problem
from review.record import Lab
from review.violations import Certainty

AT_THE_BEDSIDE = re.compile(r"POCT|床旁|血气|末梢|快速|血糖仪")


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
        "pathology_hours": 12,
        "bedside_minutes": 10,
        "order_minutes": 360,
        "theatre_minutes": 15,
    },
    limits_said={
        "slack_minutes": "时刻的容差（分钟）",
        "forged_reports": "几份如此为“伪造”",
        "habit_share": "本院如此的比例，达到即视为习惯",
        "habit_rows": "判断习惯至少几份",
        "culture_hours": "培养类报告的时长（小时）",
        "pathology_hours": "病理报告的时长（小时）",
        "bedside_minutes": "床旁检测两处时钟的容差（分钟）",
        "order_minutes": "报告早于医嘱的容差（分钟）",
        "theatre_minutes": "手术开始后、结束前几分钟以外不算",
    },
    basis=("病历书写基本规范#第二十九条",),
    basis_of={
        "forged_document": ("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第二十九条")
    },
    message="$count 份报告的时间先于采样或登记：$told。$reading",
    why="报告不可能早于采样或检查；多份同时倒置说明时间不是系统产生的。",
    exceptions=(
        "床旁即时检测同一分钟出结果",
        "全院习惯事后登记",
        "只有日期没有时刻",
        "时间先后正常",
        "术中冰冻与细胞学",
        "培养的初步报告",
        "急诊检验后补医嘱",
        "术中采血与术中检查",
    ),
    overturned_by=("检验、影像系统的原始日志", "系统时钟校正记录"),
    covers={"problems": (6,)},
)
def report_before_sampling(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.provided("labs") and not record.provided("exams"):
        raise NotChecked("缺：化验报告、检查报告")
    if not record.labs and not record.exams:
        raise NotApplicable("本次住院没有检查检验报告")
    slack = timedelta(minutes=limits["slack_minutes"])
    inverted_labs = [] if not record.labs else list(_inverted_labs(record, limits))
    inverted_exams = [] if not record.exams else list(_inverted_exams(record, slack))
    if inverted_labs and _is_habit(record.inspection, "labs", limits["habit_rows"], limits["habit_share"]):
        inverted_labs = []
    if inverted_exams and _is_habit(record.inspection, "exams", limits["habit_rows"], limits["habit_share"]):
        inverted_exams = []
    inverted = [*inverted_labs, *inverted_exams]
    if inverted:
        yield _problem(inverted, limits)
    for mark, found, reading in (
        ("quick", [*too_quick(record, limits)], "报告快于该项检验所需的最短时间，请核对。"),
        ("order", [*before_their_order(record, limits)], "报告先于医嘱，请核对。"),
        ("theatre", [*on_the_table(record, limits)], "当时患者在手术室，请核对。"),
    ):
        if found:
            yield Problem(
                message=f"{len(found)} 份报告的时间不可能：{'；'.join(one.said for one in found[:3])}。{reading}",
                fact_ids=tuple(one.fact_id for one in found[:6]),
                certainty=Certainty.PROBABLE if any(one.sure for one in found) else Certainty.CLUE,
                points_at=(mark,),
            )


def _inverted_labs(record: Record, limits: Limits) -> Iterator[tuple[str, str]]:
    """One per report: the analytes of a panel share their times."""
    seen: set[tuple[object, object]] = set()
    sharp = timedelta(minutes=limits["slack_minutes"])
    at_bedside = timedelta(minutes=limits["bedside_minutes"])
    for lab in record.labs:
        said = f"{lab.panel or ''}{lab.method or ''}{lab.specimen or ''}{lab.analyte or ''}"
        slack = at_bedside if AT_THE_BEDSIDE.search(said) else sharp
        key = (lab.specimen_no or lab.panel, lab.sampled_at)
        if key not in seen and clocked(lab.sampled_at, lab.reported_at) and _before(lab, slack):
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
            not clocked(exam.registered_at, exam.reported_at)
            or exam.registered_at is None
            or exam.reported_at is None
        ):
            continue
        if exam.reported_at + slack < exam.registered_at:
            told = (
                f"{exam.exam_name}登记 {exam.registered_at:%m-%d %H:%M}、报告 {exam.reported_at:%m-%d %H:%M}"
            )
            yield told, exam.fact_id


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


@lru_cache(maxsize=4)
def _is_habit(inspection: Inspection, table: str, least: int, share: float) -> bool:
    """Whether so many rows of the hospital are inverted that it is the way they are typed."""
    begun = "sampled_at" if table == "labs" else "registered_at"
    rows = inspection.warehouse.rows(
        f"select count(*) as n, sum(case when reported_at < {begun} then 1 else 0 end) as inverted from {table} "
        f"where reported_at is not null and {begun} is not null"
    )
    total, inverted = int(rows[0]["n"] or 0), int(rows[0]["inverted"] or 0)
    return total >= least and inverted >= share * total
