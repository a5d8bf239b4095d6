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

from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Inspection, Record
from review.checks.readings import creation_of, marked_as_later
from review.facts.context import clause_around
from review.models import Problem
from review.record import Edit
from review.violations import Certainty

CHANGED, FILED = "修改", "归档"
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CLINICAL = re.compile(
    r"\d|左|右|双侧|男|女|术|片|针|注射|mg|ml|支|枚|根|加重|缓解|疼痛|发热|出血|急诊|指征|诊断|阳性|阴性|同意|签"
)
HARMLESS = re.compile(r"首页|编码|格式|页眉|排版|错别字|打印")
PERMITTED = re.compile(r"批准|医务|授权|申请修改|解锁")
LATE_RESULT = re.compile(r"回报|病理|培养|报告单|检验结果补")
MIGRATION = 100  # entries of one second
SIDE = {"左": "右", "右": "左"}
WHOLE = re.compile(r"[0-9A-Za-z.:/×^+%\-]")  # a number, a time or a unit is never shown in part
CHARTED = (  # of the chart: a reading, how a note writes it, and how far a note may lie outside all of them
    ("temperature", re.compile(r"(?:体温|T)[:： ]?(\d{2}(?:\.\d)?)(?:℃|°C)"), 0.8),
    ("systolic", re.compile(r"(?:收缩压|SBP|血压|BP)[:： ]?(\d{2,3})(?:/\d{2,3})?mmHg", re.IGNORECASE), 20.0),
)
OF_BEFORE = re.compile(r"既往|病史|最高|外院|门诊|急诊|院前|入院前|发病|自测|家测|年前|月前|天前")
LEAST_CHARTED = 6  # readings
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
        contradicted = [change for change in changes if _contradicted(record, change.edit)]
        yield Problem(
            fields={"told": "；".join(change.says for change in changes[:4])},
            fact_ids=tuple(change.edit.fact_id for change in changes[:8]),
            certainty=Certainty.PROBABLE if contradicted else Certainty.CLUE,
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
            violation="documentation_defect",
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


def _ends_alike(before: str, after: str) -> tuple[int, int]:
    """How many characters both have at their beginning, and how many at their end."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end


def _difference(before: str, after: str) -> str:
    """The characters that the change took away or brought in."""
    start, end = _ends_alike(before, after)
    return before[start : len(before) - end] + after[start : len(after) - end]


def shown_change(before: str, after: str) -> tuple[str, str]:
    """Both wordings where they differ, with a few characters around; numbers and times are shown whole."""
    start, end = _ends_alike(before, after)
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


def _contradicted(record: Record, edit: Edit) -> bool:
    """Whether what was taken away is what another table still holds, and what came instead is in none."""
    return (
        _value_contradicted(record, edit)
        or _side_contradicted(record, edit)
        or _chart_contradicted(record, edit)
    )


def _chart_contradicted(record: Record, edit: Edit) -> bool:
    """Whether a temperature or pressure came in that lies far outside all that the chart of the stay ever had."""
    for name, pattern, beyond in CHARTED:
        held = [float(value) for vital in record.vitals if (value := getattr(vital, name)) is not None]
        before = set(pattern.findall(edit.before or ""))
        after = edit.after or ""
        came = [
            float(match[1])
            for match in pattern.finditer(after)
            if match[1] not in before
            and not OF_BEFORE.search(after[slice(*clause_around(after, *match.span()))])
        ]
        if len(held) >= LEAST_CHARTED and any(
            not min(held) - beyond <= v <= max(held) + beyond for v in came
        ):
            return True
    return False


def _side_contradicted(record: Record, edit: Edit) -> bool:
    start, end = _ends_alike(edit.before or "", edit.after or "")
    gone = (edit.before or "")[start : len(edit.before or "") - end]
    new = (edit.after or "")[start : len(edit.after or "") - end]
    named = "".join(row.operation_name or "" for row in record.operations)
    return any(
        gone == side and new == other and side in named and other not in named for side, other in SIDE.items()
    )


def _value_contradicted(record: Record, edit: Edit) -> bool:
    held = {f"{float(lab.value):g}" for lab in record.labs if lab.value is not None}
    for vital in record.vitals:
        held |= {
            f"{float(v):g}" for v in (vital.temperature, vital.pulse, vital.systolic, vital.diastolic) if v
        }
    before = {f"{float(n):g}" for n in NUMBER.findall(edit.before or "")}
    after = {f"{float(n):g}" for n in NUMBER.findall(edit.after or "")}
    gone, new = before - after, after - before
    return bool(gone & held) and bool(new) and not new & held


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
