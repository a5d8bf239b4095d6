"""Reports that came too soon for what they are, or for what else is known of the patient at that hour.

A result cannot precede its own order, a stool or a CT is not taken on the operating table, a culture needs its hours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache

from review.checks.header import Limits
from review.checks.inputs import Inspection, Record
from review.record import Exam, Lab


@dataclass(frozen=True)
class Told:
    """One report and what is impossible about it; `sure` where nothing but a wrong record explains it."""

    said: str
    fact_id: str
    sure: bool = False


CULTURE, NO_GROWTH = ("培养",), ("涂片", "初步", "阴性报告", "直接", "快速")
PATHOLOGY = ("病理", "标本检查", "活检", "组织学")
PRELIMINARY = re.compile(r"初步|涂片|革兰|镜检|直接|待|未检")
LEAST_CULTURES = 10
CULTURES = """
select count(*) as n, sum(case when epoch(reported_at) - epoch(sampled_at) < $hours * 3600 then 1 else 0 end) as quick
from labs
where reported_at >= sampled_at and concat(coalesce(panel, ''), coalesce(analyte, '')) like '%培养%'
"""
FAST_PATHOLOGY = ("冰冻", "快速", "细胞", "涂片", "TCT", "液基", "刮片", "会诊")
NOT_ON_THE_TABLE = re.compile(r"粪|大便|痰|晨尿|精液")
AWAY_FROM_THE_TABLE = re.compile(r"CT|体层|MR|磁共振|肺功能|骨密度|动态心电图|胃镜|肠镜")
IN_THE_THEATRE = re.compile(r"术中|复合手术|杂交|C臂|导航|内镜下")
BARE = re.compile(r"[（(].*?[)）]|检查|检测|测定|项|组合|全套|[\s\d]")
TESTS_AT_LARGE = re.compile(r"急查|化验|抽血|入院常规|实验室检查|检验组合|三大常规|术前(?:常规)?检查")
URGENT = re.compile(r"急|床旁|POCT|快速|血气|入院常规")


def clocked(*times: datetime | None) -> bool:
    """Whether each of these gives a clock time and not only a day."""
    return all(at is not None and at.time() != time() for at in times)


def too_quick(record: Record, limits: Limits) -> Iterator[Told]:
    """Cultures and pathology that came back sooner than they can."""
    seen: set[tuple[str, datetime | None]] = set()
    hours = limits["culture_hours"]
    for lab in record.labs:
        name = f"{lab.panel or ''}{lab.analyte or ''}"
        if not any(word in name for word in CULTURE) or any(word in name for word in NO_GROWTH):
            continue
        key = (lab.specimen_no or name, lab.sampled_at)
        if PRELIMINARY.search(lab.value_text or "") or key in seen:
            continue
        if _within(lab.sampled_at, lab.reported_at, hours):
            seen.add(key)
            usual = _quick_cultures(record.inspection, hours, limits["habit_share"])
            yield Told(f"{lab.panel or lab.analyte}采样后 {hours} 小时内报告", lab.fact_id, not usual)
    for exam in record.exams:
        if _is_pathology(exam) and _within(exam.registered_at, exam.reported_at, limits["pathology_hours"]):
            yield Told(f"{exam.exam_name}登记后 {limits['pathology_hours']} 小时内报告", exam.fact_id)


@lru_cache(maxsize=4)
def _quick_cultures(inspection: Inspection, hours: float, share: float) -> bool:
    """Whether so many cultures of the laboratory are that quick that it is how their times are kept."""
    rows = inspection.warehouse.rows(CULTURES, {"hours": hours})
    total, quick = int(rows[0]["n"] or 0), int(rows[0]["quick"] or 0)
    return quick > 1 and quick >= share * total and total >= LEAST_CULTURES


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
    reports: dict[str, dict[datetime, Lab]] = {}
    for lab in record.labs:
        if lab.reported_at is not None and clocked(lab.reported_at):
            reports.setdefault(_bare(lab.panel), {}).setdefault(lab.reported_at, lab)
    for name, found in reports.items():
        given = sorted(orders.get(name, ()))
        for place, (reported, lab) in enumerate(sorted(found.items())):
            early = lab.sampled_at is not None and lab.sampled_at < record.admission.begins_at
            if not given or early or URGENT.search(f"{lab.panel}{lab.method}"):
                continue
            if _none_before(record, given, reported, slack):
                # with as many orders as reports each report has its own
                sure = len(given) == len(found) and given[place] > reported + slack
                told = f"{lab.panel} {reported:%m-%d %H:%M} 报告，{given[0]:%m-%d %H:%M} 才开医嘱"
                yield Told(told, lab.fact_id, sure and not _ordered_otherwise(record, name, reported))


def _none_before(record: Record, given: Sequence[datetime], reported: datetime, slack: timedelta) -> bool:
    """Of several orders any may be the report's own, so one before it clears; before the admission nothing is asked."""
    return given[0] > reported + slack and reported > record.admission.begins_at


def _ordered_otherwise(record: Record, name: str, reported: datetime) -> bool:
    """Whether an order before the report may have asked for it in other words: a set, an urgent test, a routine."""
    return any(
        order.begins_at is not None
        and order.begins_at <= reported
        and (name in (order.order_name or "") or TESTS_AT_LARGE.search(order.order_name or ""))
        for order in record.orders
    )


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
            told = f"{lab.panel or lab.analyte}（{lab.specimen or '标本'}）{at:%m-%d %H:%M} 采样时正在手术"
            yield Told(told, lab.fact_id)
    for exam in record.exams:
        begun, done = exam.registered_at, exam.reported_at
        name = f"{exam.exam_name or ''}{exam.method or ''}"
        if not clocked(begun, done) or not AWAY_FROM_THE_TABLE.search(name) or IN_THE_THEATRE.search(name):
            continue
        if any(begun and done and begins < begun <= done < ends for begins, ends in spans):
            yield Told(f"{exam.exam_name}登记和报告（{begun:%m-%d %H:%M}）都在手术当中", exam.fact_id)


def _specimen(lab: Lab) -> str:
    """What was taken, without tests on blood that only bear such a word in their name."""
    return lab.specimen or ("" if "血" in f"{lab.panel}{lab.analyte}" else lab.panel or "")
