"""Deadlines that run from an event told in the record itself: the end of a rescue or of a procedure, the request of a
consultation, a change of ward or of doctor, a month of stay, the making of a report.

Where the event is not told, nothing is late.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from review.checks.deadlines import Late, Row, kinds_of
from review.checks.inputs import Record
from review.checks.readings import creation_of, finished_at, marked_as_later
from review.facts.stated_times import Stated, stated_after
from review.record import Document, Order

# 抢救时间：…, 【抢救时间】…, or the name of the field on a line of its own
LABEL_END = r"(?:\s*[:：]|\s*[】\]]\s*[:：]?|[ \t\u3000]*\n)"
RESCUE = re.compile(r"抢救(?:起止)?(?:日期及)?时间" + LABEL_END)
RESCUE_END = re.compile(r"(?:抢救(?:结束|终止|停止|完成)(?:日期及)?(?:时间)?|死亡时间)" + LABEL_END)
PROCEDURE = re.compile(r"(?:操作|穿刺|置管)(?:起止)?(?:日期及)?时间" + LABEL_END)
PROCEDURE_END = re.compile(r"(?:操作|穿刺|置管)(?:结束|完成|终止)(?:时间)?" + LABEL_END)
REQUESTED = re.compile(
    r"(?:(?:申请|邀请|发出|请求)(?:会诊)?(?:日期及)?(?:时间|日期)|会诊申请(?:时间|日期)|(?:送出|发送)时间)"
    + LABEL_END
)
CONSULTED = re.compile(r"会诊(?:完成|结束|开始)?(?:日期及)?(?:时间|日期)" + LABEL_END)
ARRIVED = re.compile(r"(?:到达|到场|到位)(?:会诊)?(?:科室|现场)?(?:时间)?" + LABEL_END)
MOVED = re.compile(r"转(?:入|往|至|到)?[\u4e00-\u9fffA-Za-z]{1,8}科|转科|转(?:入|往|至|到)?(?:ICU|重症)")
URGENT = re.compile(r"抢救|病情危重|急危|紧急转|急诊转")
REPORTS = ("检验报告单", "检查报告单", "病理报告单")


def stated_deadlines(record: Record, rows: Sequence[Row], tolerance: timedelta) -> Iterator[Late]:
    """Every row whose event a document or an order of the stay tells."""
    readers = {
        "rescue_end": _rescues,
        "procedure_end": _procedures,
        "consult_request": _consultations,
        "transfer_in": _arrivals,
        "transfer_out": _departures,
        "handover": _handovers,
        "result_received": _filed,
    }
    for row in rows:
        reader = readers.get(str(row["from_event"]))
        for late in reader(record, row) if reader is not None else ():
            if late.written > late.due + tolerance:
                yield late


def _due(row: Row, at: datetime) -> datetime:
    return at + timedelta(hours=float(row["late_reported_h"] or row["limit_hours"] or 0))


def _own(record: Record, row: Row) -> Iterable[Document]:
    kinds = kinds_of(row)
    return (
        document
        for document in record.documents
        if document.kind in kinds and document.written_exact and document.confidence >= 1.0
    )


def _told_ends(
    record: Record, row: Row, span: re.Pattern[str], end: re.Pattern[str], event: str
) -> Iterator[Late]:
    """Documents that state the end of what they tell of, against the time they were written."""
    for document in _own(record, row):
        written = finished_at(document)
        if written is None or marked_as_later(document):
            continue
        told = stated_after(document.text, end, document.written_at)
        over = told.begins_at if told else None
        if told is None:
            told = stated_after(document.text, span, document.written_at)
            over = (told.ends_at or told.begins_at) if told else None
        if told is not None and over is not None and over <= written:
            sure = told.ends_at is not None or end.match(document.text, told.start) is not None
            yield _of(document, row, event, over, written, told, exact=sure)


def _of(
    document: Document, row: Row, event: str, at: datetime, written: datetime, told: Stated, *, exact: bool
) -> Late:
    return Late(row, document, _due(row, at), event, at, written, exact, place=(told.start, told.end))


def _rescues(record: Record, row: Row) -> Iterator[Late]:
    return _told_ends(record, row, RESCUE, RESCUE_END, "抢救结束")


def _procedures(record: Record, row: Row) -> Iterator[Late]:
    return _told_ends(record, row, PROCEDURE, PROCEDURE_END, "操作结束")


def _consultations(record: Record, row: Row) -> Iterator[Late]:
    """From the request to the consultation; of an urgent one to the arrival, where the form gives it."""
    urgent = str(row["when_regex"] or "")
    for document in _own(record, row):
        is_urgent = re.search(r"急会诊|紧急会诊|会诊类[别型]\s*[:：]\s*急", document.text) is not None
        asked = stated_after(document.text, REQUESTED, None)
        if asked is None or is_urgent != bool(urgent):
            continue
        came = stated_after(document.text, ARRIVED if urgent else CONSULTED, asked.begins_at)
        if came is None and urgent:
            continue
        at = came.begins_at if came else document.written_at
        if at is not None and at >= asked.begins_at:
            yield Late(
                row, document, _due(row, asked.begins_at), "会诊申请", asked.begins_at, at, True,
                place=(asked.start, asked.end), act="到场" if urgent else "会诊",
            )  # fmt: skip


def _moves(record: Record) -> Iterator[tuple[Order, Order]]:
    """Each order to move the patient, with the first order that another department gave afterwards."""
    dated = [order for order in record.orders if order.begins_at and order.department]
    for order in dated:
        if not MOVED.search(order.order_name or "") or "会诊" in (order.order_name or ""):
            continue
        there = (
            other
            for other in dated
            if other.begins_at and order.begins_at and other.begins_at >= order.begins_at
            and other.department != order.department
        )  # fmt: skip
        if (first := next(there, None)) is not None:
            yield order, first


def _arrivals(record: Record, row: Row) -> Iterator[Late]:
    for order, first in _moves(record):
        assert order.begins_at and first.begins_at
        notes = [
            document
            for document in _own(record, row)
            if "转出" not in document.title and document.written_at and document.written_at >= order.begins_at
        ]
        if notes and not marked_as_later(notes[0]) and notes[0].written_at:
            yield Late(
                row, notes[0], _due(row, first.begins_at), "转入", first.begins_at, notes[0].written_at, False,
                (first.fact_id,),
            )  # fmt: skip


def _departures(record: Record, row: Row) -> Iterator[Late]:
    """A note of leaving that was written when the other department already gave orders."""
    for order, first in _moves(record):
        assert order.begins_at and first.begins_at
        for document in _own(record, row):
            at = document.written_at
            if "转出" not in document.title or at is None or abs(at - first.begins_at) > timedelta(days=3):
                continue
            if not URGENT.search(document.text) and not marked_as_later(document):
                yield Late(
                    row, document, first.begins_at, "转出", first.begins_at, at, False, (first.fact_id,),
                    act="书写（应在转出前）",
                )  # fmt: skip


def _handovers(record: Record, row: Row) -> Iterator[Late]:
    """The note of the doctor who takes over, after that of the one who left."""
    left = [one for one in record.documents if re.search(r"(?<!接)交班记录", one.title) and one.written_exact]
    taken = [
        one for one in record.documents if re.search(r"(?<!交)接班记录", one.title) and one.written_exact
    ]
    for note in left:
        at = note.written_at
        after = next((one for one in taken if at and one.written_at and one.written_at >= at), None)
        if at is not None and after is not None and after.written_at and not marked_as_later(after):
            yield Late(row, after, _due(row, at), "交班", at, after.written_at, False)


def _filed(record: Record, row: Row) -> Iterator[Late]:
    """The first report that the audit trail puts into the record later than a day after it was made."""
    for document in record.of_kind(*REPORTS) if record.edits else ():
        made = document.written_at
        created = creation_of(record, document) if made is not None and document.written_exact else None
        if made is None or created is None or created.edited_at is None:
            continue
        if created.edited_at > _due(row, made):
            yield Late(
                row, document, _due(row, made), "报告", made, created.edited_at, False, (created.fact_id,),
                act="归入病历",
            )  # fmt: skip
            return


def months_without_summary(record: Record, rows: Sequence[Row], slack_days: int) -> Iterator[Late]:
    """Spans longer than a month between the admission, the summaries that are there, and the end of the stay."""
    row = next((row for row in rows if row["from_event"] == "admission_or_last"), None)
    if row is None:
        return
    kinds = kinds_of(row)
    notes = [
        document
        for document in record.documents
        if document.written_at
        and (document.kind in kinds or re.search(r"阶段小结|转科|[交接]班", document.title))
    ]
    if not notes:
        return
    ends = record.admission.died_at or record.admission.ends_at
    points = [record.admission.begins_at, *(note.written_at for note in notes if note.written_at), ends]
    longest = timedelta(hours=float(row["limit_hours"])) + timedelta(days=slack_days)
    for before, after in pairwise(sorted(points)):
        if after - before > longest:
            yield Late(row, notes[0], before + longest, "上一次阶段小结", before, after, True)
