"""DOC-001: a document was written later than the writing rules allow. A defect of writing and nothing more."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from review.checks.deadlines import Late, gaps, late_documents, time_rows
from review.checks.deadlines_stated import months_without_summary, stated_deadlines
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Record
from review.checks.readings import creation_of
from review.facts.times import moments
from review.models import Evidence, Problem
from review.record import Document
from review.violations import Certainty


@check(
    code="DOC-001",
    title="病历书写超过时限",
    violation="documentation_defect",
    certainty="established",
    needs={"tables": ("admissions", "documents"), "knowledge": ("doc_rules",)},
    limits={"tolerance_minutes": 30, "least_notes": 3, "month_slack_days": 1},
    limits_said={
        "tolerance_minutes": "时限的容差（分钟）",
        "least_notes": "判断病程间隔至少几份病程",
        "month_slack_days": "阶段小结的容差（天）",
    },
    basis=("病历书写基本规范#第二十二条", "病历书写基本规范#第十七条"),
    message="$document $what。",
    why="病历应当及时书写；迟写本身是书写缺陷，不等于造假。",
    exceptions=(
        "超时不足三十分钟",
        "夜间入院次晨查房在时限内",
        "注明补记",
        "只写明日期",
        "查房写在病程记录中",
        "间隔不超过三天",
        "文书缺失",
        "急会诊未记到场时间",
        "紧急转科后补写转出记录",
        "未写明操作或抢救的结束时间",
        "交接班、转科记录代替阶段小结",
        "报告当日归入病历",
    ),
    overturned_by=("修改痕迹中的实际创建时间", "注明补记原因的说明"),
)
def record_written_late(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    if not any(document.written_at for document in record.documents):
        raise NotChecked("病历文书没有书写时间")
    tolerance = timedelta(minutes=limits["tolerance_minutes"])
    rows = time_rows(record)
    seen: set[str] = set()
    late_ones = (*late_documents(record, rows, tolerance), *stated_deadlines(record, rows, tolerance))
    for late in late_ones:
        if late.document is not None and late.document.document_id not in seen:
            seen.add(late.document.document_id)
            yield _late(record, late)
    spans = [
        *gaps(record, rows, limits["least_notes"]),
        *months_without_summary(record, rows, limits["month_slack_days"]),
    ]
    for row_id, group in groupby(spans, key=lambda span: str(span.row["row_id"])):
        yield _gaps(record, list(group), row_id)


def _late(record: Record, late: Late) -> Problem:
    document = late.document
    assert document is not None
    hours = (late.written - late.event_at).total_seconds() / 3600
    limit = float(late.row["limit_hours"])
    created = creation_of(record, document)
    in_time = created is not None and created.edited_at is not None and created.edited_at <= late.due
    rule = (
        "应于转出前完成"
        if late.event == "转出"
        else f"应于{late.event}后 {limit:g} 小时内完成"
        if limit >= 1
        else f"应于{late.event}后 {60 * limit:.0f} 分钟内到场"
        if limit
        else f"应于{late.event}后即时完成"
    )
    return Problem(
        fields={
            "document": document.title,
            "what": f"{rule}；{late.event}时间 {late.event_at:%Y-%m-%d %H:%M}，{late.act}时间 "
            f"{_stated(late)}，相距 {hours:.1f} 小时",
        },
        evidence=(_heading(record, document), *_event_quote(record, late)),
        fact_ids=late.fact_ids,
        against_fact_ids=(created.fact_id,) if created is not None and in_time else (),
        certainty=Certainty.ESTABLISHED if late.exact else Certainty.PROBABLE,
        points_at=(str(late.row["row_id"]), document.document_id),
        basis=_basis(late),
    )


def _stated(late: Late) -> str:
    timed = late.document is None or late.document.written_exact
    return f"{late.written:%Y-%m-%d %H:%M}" if timed else f"{late.written:%Y-%m-%d}（未写时刻）"


def _basis(late: Late) -> tuple[str, ...]:
    return tuple(str(late.row[name]) for name in ("basis", "basis_2") if late.row[name])


def _gaps(record: Record, spans: list[Late], row_id: str) -> Problem:
    """One finding for all gaps of a kind; it rests on notes that are absent and is never certain."""
    told = "、".join(f"{span.event_at:%m-%d} 至 {span.written:%m-%d}" for span in spans)
    days = round(float(spans[0].row["limit_hours"]) / 24)
    name = "阶段小结" if spans[0].event == "上一次阶段小结" else "病程记录"
    return Problem(
        fields={
            "document": name,
            "what": f"应至少每 {days} 天一次（{spans[0].row['condition']}），{told} 之间没有任何{name}",
        },
        evidence=tuple(_heading(record, span.document) for span in spans if span.document is not None),
        certainty=Certainty.PROBABLE,
        points_at=(row_id, *(f"{span.event_at:%Y%m%d}" for span in spans)),
        basis=_basis(spans[0]),
    )


def _heading(record: Record, document: Document) -> Evidence:
    """The title with its time, or the line that states when it was written."""
    title = max(0, document.text.find(document.title))
    stated = [moment for moment in moments(document.text) if moment.at == document.written_at]
    if not stated:
        return record.quote(document, title, title + len(document.title))
    near = next(
        (moment for moment in stated if title <= moment.start < title + len(document.title) + 40), None
    )
    if near is not None:
        return record.quote(document, title, near.end)
    label = max(
        document.text.rfind("\n", 0, stated[-1].start), document.text.rfind("记录时间", 0, stated[-1].start)
    )
    return record.quote(document, max(0, label), stated[-1].end)


def _event_quote(record: Record, late: Late) -> Iterator[Evidence]:
    """Where a document states the time of the event."""
    if late.place is not None and late.document is not None:
        yield record.quote(late.document, *late.place)
        return
    label = {"入院": "入院时间", "出院": "出院时间", "死亡": "死亡时间"}.get(late.event)
    for document in record.documents if label else ():
        place = document.text.find(str(label))
        stated = moments(document.text[place : place + 40]) if place >= 0 else []
        if stated and stated[0].exact:
            yield record.quote(document, place, place + stated[0].end)
            return
