"""DOC-026: the audit trail shows clinical content changed after filing, long after discharge or after the inspection
was announced, or a note made more than a day after the time it states.

What was changed decides the weight: layout and typing nothing, late results little; times, values, sides, drugs
much.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Record
from review.checks.readings import creation_of, marked_as_later
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
BURST = 100


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
    limits={"after_discharge_hours": 72, "created_late_hours": 24},
    limits_said={
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
            when = "检查通知之后" if announced else "归档之后" if after_filing else "出院 72 小时之后"
            at = f"{edit.document_title}于 {edit.edited_at:%Y-%m-%d %H:%M}（{when}）"
            yield Change(edit, f"{at}由“{_short(edit.before)}”改为“{_short(edit.after)}”", announced)


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
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end] + after[start : len(after) - end]


def _is_migration(record: Record, at: datetime | None) -> bool:
    rows = record.inspection.warehouse.rows(
        "select count(*) as n from edits where edited_at = $at", {"at": at}
    )
    return int(rows[0]["n"]) > BURST


def _contradicted(record: Record, edit: Edit) -> bool:
    """Whether a value that was taken away is the one another table still holds, and the new one is in none."""
    held = {f"{float(lab.value):g}" for lab in record.labs if lab.value is not None}
    for vital in record.vitals:
        held |= {
            f"{float(v):g}" for v in (vital.temperature, vital.pulse, vital.systolic, vital.diastolic) if v
        }
    before = {f"{float(n):g}" for n in NUMBER.findall(edit.before or "")}
    after = {f"{float(n):g}" for n in NUMBER.findall(edit.after or "")}
    gone, new = before - after, after - before
    return bool(gone & held) and bool(new) and not new & held


def _short(text: str | None) -> str:
    return (text or "空")[:30]


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
