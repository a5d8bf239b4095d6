"""DOC-026: the audit trail shows clinical content changed after filing, long after discharge or after the inspection
was announced, many records of one ward changed at once just before it, or a note made a day after the time it states.

What was changed decides the weight: layout and typing nothing, late results little; times, values, sides, drugs
much.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from review.checks.changed_facts import contradicted, ends_alike
from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Inspection, Record
from review.checks.readings import creation_of, marked_as_later
from review.models import Problem
from review.record import Edit
from review.violations import Certainty

CHANGED, FILED = "修改", "归档"
CLINICAL = re.compile(
    r"\d|左|右|双侧|男|女|术|片|针|注射|mg|ml|支|枚|根|加重|缓解|疼痛|发热|出血|急诊|指征|诊断|阳性|阴性|同意|签|"
    r"危重|病[危重]|抢救|昏迷|意识|神志|休克|衰竭|呼吸困难|气促|平卧|卧床|活动受限|拒绝|好转|平稳"
)
HARMLESS = re.compile(r"首页|编码|格式|页眉|排版|错别字|打印")
PERMITTED = re.compile(r"批准|医务|授权|申请修改|解锁")
LATE_RESULT = re.compile(r"回报|病理|培养|报告单|检验结果补")
MIGRATION = 100  # entries of one second
WHOLE = re.compile(r"[0-9A-Za-z.:/×^+%\-]")  # a number, a time or a unit is never shown in part
AROUND, MOST_SHOWN = 10, 40  # characters beside a change, and of one wording


@dataclass(frozen=True)
class Change:
    """One entry of weight and when it came."""

    edit: Edit
    says: str
    after_notice: bool


@check(
    code="DOC-026",
    title="修改痕迹异常",
    violation="forged_document",
    certainty="probable",
    needs={"tables": ("admissions", "edits")},
    limits={"after_discharge_hours": 72, "created_late_hours": 24, "burst_edits": 20, "burst_hours": 24},
    limits_said={
        "burst_edits": "一个病区集中修改至少几处",
        "burst_hours": "集中修改的时段（小时）",
        "after_discharge_hours": "出院后几小时内不算",
        "created_late_hours": "补建晚于书写的容差（小时）",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）", "电子病历应用管理规范（试行）#第十七条"),
    basis_of={"documentation_defect": ("电子病历应用管理规范（试行）#第十七条", "病历书写基本规范#第三条")},
    message="修改痕迹：$told。",
    why="归档或出院之后再改体征、时间、部位、用药，须说明理由并经批准。",
    exceptions=(
        "上级医师修改错字格式",
        "出院后补录结果",
        "首页编码更正",
        "打印和归档",
        "系统迁移",
        "经医务部门批准",
        "注明补记",
        "未临近检查的集中修改",
    ),
    overturned_by=("医务部门的修改批准", "系统迁移记录", "修改理由说明"),
    covers={"problems": (3, 6)},
)
def record_altered_afterwards(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.edits:
        raise NotApplicable("本次住院没有修改痕迹")
    changes = list(_changes(record, limits))
    if changes:
        against = any(contradicted(record, change.edit) for change in changes)
        yield Problem(
            fields={"told": "；".join(change.says for change in changes[:4])},
            fact_ids=tuple(change.edit.fact_id for change in changes[:8]),
            certainty=Certainty.PROBABLE if against else Certainty.CLUE,
            points_at=("changed",),
        )
    burst = _burst(record, limits)
    if burst and not changes:
        yield Problem(
            fields={"told": burst[0]},
            fact_ids=burst[1],
            certainty=Certainty.CLUE,
            violation="documentation_defect",
            points_at=("burst",),
        )
    made_late = list(_created_late(record, limits))
    if made_late:
        yield Problem(
            fields={"told": "；".join(told for told, _ in made_late[:4])},
            fact_ids=tuple(fact_id for _, fact_id in made_late[:8]),
            certainty=Certainty.CLUE,
            points_at=("created",),
        )


def _changes(record: Record, limits: Limits) -> Iterator[Change]:
    """Changes of clinical weight after filing, well after discharge, or after the notice of inspection."""
    over = record.admission.ends_at + timedelta(hours=limits["after_discharge_hours"])
    notice = record.inspection.about.get("notice_date")
    filed = min((e.edited_at for e in record.edits if e.action == FILED and e.edited_at), default=None)
    for edit in record.edits:
        if edit.action != CHANGED or edit.edited_at is None or not _weighs(record, edit):
            continue
        announced = notice is not None and edit.edited_at.date() >= notice
        after_filing = filed is not None and edit.edited_at > filed
        if announced or after_filing or edit.edited_at > over:
            late = f"出院 {limits['after_discharge_hours']} 小时之后"
            when = "检查通知之后" if announced else "归档之后" if after_filing else late
            at = f"{edit.document_title}于 {edit.edited_at:%Y-%m-%d %H:%M}（{when}）"
            before, after = shown_change(edit.before or "", edit.after or "")
            yield Change(edit, f"{at}由“{before}”改为“{after}”", announced)


def _weighs(record: Record, edit: Edit) -> bool:
    before, after = edit.before or "", edit.after or ""
    if not (before or after) or HARMLESS.search(f"{edit.document_title or ''}{edit.editor or ''}"):
        return False
    if PERMITTED.search(f"{before}{after}{edit.editor or ''}") or _is_migration(record, edit.edited_at):
        return False
    if not before and LATE_RESULT.search(after):
        return False
    return bool(CLINICAL.search(_difference(before, after)))


def _difference(before: str, after: str) -> str:
    """The characters that the change took away or brought in."""
    start, end = ends_alike(before, after)
    return before[start : len(before) - end] + after[start : len(after) - end]


def shown_change(before: str, after: str) -> tuple[str, str]:
    """Both wordings where they differ, with a few characters around; numbers and times are shown whole."""
    start, end = ends_alike(before, after)
    return tuple(_shown(text, start, len(text) - end) for text in (before, after))  # type: ignore[return-value]


def _shown(text: str, start: int, end: int) -> str:
    if not text:
        return "空"
    first, last = max(0, start - AROUND), min(len(text), end + AROUND, max(end, start + MOST_SHOWN))
    last = min(last, max(start, first) + MOST_SHOWN)
    while first and WHOLE.match(text[first]) and WHOLE.match(text[first - 1]):
        first -= 1
    while last < len(text) and WHOLE.match(text[last - 1]) and WHOLE.match(text[last]):
        last += 1
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


def _is_migration(record: Record, at: datetime | None) -> bool:
    return at in _migrations(record.inspection)


@lru_cache(maxsize=1)
def _migrations(inspection: Inspection) -> frozenset[datetime]:
    """The seconds in which a system wrote more than anybody could."""
    rows = inspection.warehouse.rows(
        "select edited_at from edits where edited_at is not null group by edited_at having count(*) > $most",
        {"most": MIGRATION},
    )
    return frozenset(row["edited_at"] for row in rows)


def _burst(record: Record, limits: Limits) -> tuple[str, tuple[str, ...]] | None:
    """Whether this stay was changed together with many others of its ward that were long over, just before the
    inspection or after its notice."""
    notice = record.inspection.about.get("notice_date")
    if notice is None:
        return None
    ward = record.admission.discharge_department or record.admission.department or ""
    over = record.admission.ends_at + timedelta(hours=limits["after_discharge_hours"])
    times = _late_edits(record.inspection, limits["after_discharge_hours"]).get(ward, ())
    for edit in record.edits:
        at = edit.edited_at
        if edit.action != CHANGED or at is None or at <= over or _is_migration(record, at):
            continue
        if HARMLESS.search(f"{edit.document_title or ''}{edit.editor or ''}"):
            continue
        near = [other for other in times if abs(other - at) <= timedelta(hours=limits["burst_hours"]) / 2]
        before = notice - timedelta(hours=limits["burst_hours"])
        if len(near) >= limits["burst_edits"] and at.date() >= before:
            told = f"{ward}在 {min(near):%Y-%m-%d %H:%M} 至 {max(near):%m-%d %H:%M} 集中修改已出院病历 {len(near)} 处"
            return f"{told}，临近或晚于检查通知（{notice}），本例在内", (edit.fact_id,)
    return None


@lru_cache(maxsize=1)
def _late_edits(inspection: Inspection, hours: float) -> Mapping[str, tuple[datetime, ...]]:
    """By ward, when stays were changed so many hours after they had ended; migrations are left out."""
    rows = inspection.warehouse.rows(
        "select coalesce(a.discharge_department, a.department, '') as ward, e.edited_at from edits e"
        " join admissions a on a.admission_id = e.admission_id where e.action = $changed"
        " and epoch(e.edited_at) > epoch(a.ends_at) + $seconds",
        {"changed": CHANGED, "seconds": hours * 3600},
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        if row["edited_at"] not in _migrations(inspection):
            found[str(row["ward"])].append(row["edited_at"])
    return {ward: tuple(sorted(times)) for ward, times in found.items()}


def _created_late(record: Record, limits: Limits) -> Iterator[tuple[str, str]]:
    for document in record.documents:
        if document.written_at is None or not document.written_exact or marked_as_later(document):
            continue
        created = creation_of(record, document)
        if created is None or created.edited_at is None:
            continue
        late = created.edited_at - document.written_at
        if late > timedelta(hours=limits["created_late_hours"]) and not _is_migration(
            record, created.edited_at
        ):
            stated, made = f"{document.written_at:%Y-%m-%d %H:%M}", f"{created.edited_at:%Y-%m-%d %H:%M}"
            yield f"{document.title}写明 {stated}，实际创建于 {made}", created.fact_id
