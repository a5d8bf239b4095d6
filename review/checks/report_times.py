"""Reports that came too soon for what they are, or for what else is known of the patient at that hour.

A result cannot precede its own order, a stool or a CT is not taken on the operating table, a culture needs its hours.
"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from review.checks.header import Limits
from review.checks.inputs import Record
from review.record import Exam, Lab

Told = tuple[str, str]
CULTURE, NO_GROWTH = ("培养",), ("涂片", "初步", "阴性报告", "直接", "快速")
PATHOLOGY = ("病理", "标本检查", "活检", "组织学")
FAST_PATHOLOGY = ("冰冻", "快速", "细胞", "涂片", "TCT", "液基", "刮片", "会诊")
NOT_ON_THE_TABLE = re.compile(r"粪|大便|痰|晨尿|精液")
AWAY_FROM_THE_TABLE = re.compile(r"CT|体层|MR|磁共振|肺功能|骨密度|动态心电图|胃镜|肠镜")
IN_THE_THEATRE = re.compile(r"术中|复合手术|杂交|C臂|导航|内镜下")
BARE = re.compile(r"[（(].*?[)）]|检查|检测|测定|项|组合|全套|[\s\d]")
URGENT = re.compile(r"急|床旁|POCT|快速|血气|入院常规")


def clocked(*times: datetime | None) -> bool:
    """Whether each of these gives a clock time and not only a day."""
    return all(at is not None and at.time() != time() for at in times)


def too_quick(record: Record, limits: Limits) -> Iterator[Told]:
    """Cultures and pathology that came back sooner than they can."""
    seen: set[tuple[str, datetime | None]] = set()
    for lab in record.labs:
        name = f"{lab.panel or ''}{lab.analyte or ''}"
        if not any(word in name for word in CULTURE) or any(word in name for word in NO_GROWTH):
            continue
        key = (lab.specimen_no or name, lab.sampled_at)
        if _within(lab.sampled_at, lab.reported_at, limits["culture_hours"]) and key not in seen:
            seen.add(key)
            yield f"{lab.panel or lab.analyte}采样后 {limits['culture_hours']} 小时内报告", lab.fact_id
    for exam in record.exams:
        if _is_pathology(exam) and _within(exam.registered_at, exam.reported_at, limits["pathology_hours"]):
            yield f"{exam.exam_name}登记后 {limits['pathology_hours']} 小时内报告", exam.fact_id


def _is_pathology(exam: Exam) -> bool:
    name = f"{exam.exam_name or ''}{exam.method or ''}{exam.conclusion or ''}"
    return any(word in name for word in PATHOLOGY) and not any(word in name for word in FAST_PATHOLOGY)


def _within(begins: datetime | None, ends: datetime | None, hours: float) -> bool:
    timed = clocked(begins, ends) and begins is not None and ends is not None
    return timed and timedelta() <= ends - begins < timedelta(hours=hours)  # type: ignore[operator]


def before_their_order(record: Record, limits: Limits) -> Iterator[Told]:
    """Reports ready before any order of that name was given; what was taken before the admission is not asked."""
    orders: dict[str, list[datetime]] = {}
    for order in record.orders:
        if order.begins_at is not None and clocked(order.begins_at):
            orders.setdefault(_bare(order.order_name), []).append(order.begins_at)
    slack = timedelta(minutes=limits["order_minutes"])
    seen: set[tuple[str, datetime]] = set()
    for lab in record.labs:
        if (
            lab.reported_at is None
            or not clocked(lab.reported_at)
            or URGENT.search(f"{lab.panel}{lab.method}")
        ):
            continue
        given = orders.get(_bare(lab.panel))
        key = (str(lab.panel), lab.reported_at)
        if lab.sampled_at is not None and lab.sampled_at < record.admission.begins_at:
            continue
        if given and key not in seen and _none_before(record, given, lab.reported_at, slack):
            seen.add(key)
            yield (
                f"{lab.panel} {lab.reported_at:%m-%d %H:%M} 报告，{min(given):%m-%d %H:%M} 才开医嘱",
                lab.fact_id,
            )


def _none_before(record: Record, given: list[datetime], reported: datetime, slack: timedelta) -> bool:
    """Of several orders any may be the report's own, so one before it clears; before the admission nothing is asked."""
    return min(given) > reported + slack and reported > record.admission.begins_at


def _bare(name: str | None) -> str:
    return BARE.sub("", name or "") or "?"


def on_the_table(record: Record, limits: Limits) -> Iterator[Told]:
    """Specimens and examinations taken while the patient lay in the operating room."""
    margin = timedelta(minutes=limits["theatre_minutes"])
    spans = [
        (row.begins_at + margin, row.ends_at - margin)
        for row in record.operations
        if row.origin == "hospital" and clocked(row.begins_at, row.ends_at) and row.begins_at and row.ends_at
    ]
    spans = [(begins, ends) for begins, ends in spans if begins < ends]
    if not spans:
        return
    seen: set[tuple[str, datetime]] = set()
    for lab in record.labs:
        at = lab.sampled_at
        if at is None or not clocked(at) or not NOT_ON_THE_TABLE.search(_specimen(lab)):
            continue
        key = (str(lab.panel), at)
        if key not in seen and any(begins < at < ends for begins, ends in spans):
            seen.add(key)
            yield (
                f"{lab.panel or lab.analyte}（{lab.specimen or '标本'}）{at:%m-%d %H:%M} 采样时正在手术",
                lab.fact_id,
            )
    for exam in record.exams:
        begun, done = exam.registered_at, exam.reported_at
        name = f"{exam.exam_name or ''}{exam.method or ''}"
        if not clocked(begun, done) or not AWAY_FROM_THE_TABLE.search(name) or IN_THE_THEATRE.search(name):
            continue
        if any(begun and done and begins < begun <= done < ends for begins, ends in spans):
            yield f"{exam.exam_name}登记和报告（{begun:%m-%d %H:%M}）都在手术当中", exam.fact_id


def _specimen(lab: Lab) -> str:
    """What was taken, without tests on blood that only bear such a word in their name."""
    return lab.specimen or ("" if "血" in f"{lab.panel}{lab.analyte}" else lab.panel or "")
