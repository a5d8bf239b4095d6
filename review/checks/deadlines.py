"""When a document was due: the rows of time limits, the events they count from, and the notes that satisfy them.

Only events that a table states are used. A document that is not there is not late; that is another question.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from review.checks.criteria import rows_in_force
from review.checks.inputs import Record
from review.checks.readings import marked_as_later
from review.record import Document

Row = Mapping[str, Any]
COURSE = re.compile(
    r"病程|查房|小结|讨论|会诊|抢救|转科|转入|转出|操作记录|手术记录|交接班|接班|交班|输血|出院|死亡|入院记录"
)
ROUND = re.compile(r"(?:主治|主任|上级)(?:医师|医生)?[^，。；]{0,6}查房")
CRITICAL, SERIOUS = "病危", "病重"


@dataclass(frozen=True)
class Late:
    """A document later than its limit, or a gap in the course notes."""

    row: Row
    document: Document | None
    due: datetime
    event: str
    event_at: datetime
    written: datetime
    exact: bool
    fact_ids: tuple[str, ...] = ()
    place: tuple[int, int] | None = None  # where the document itself tells of the event
    act: str = "书写"  # what was done at `written`


def time_rows(record: Record) -> list[Row]:
    rows = rows_in_force(record.rows("doc_rules"), record.admission.begins_at.date())
    return [row for row in rows if row["kind"] == "time"]


def kinds_of(row: Row) -> tuple[str, ...]:
    return (row["document"], *str(row["accepts"] or "").split("|"))


def late_documents(record: Record, rows: Sequence[Row], tolerance: timedelta) -> Iterator[Late]:
    """Documents written after an event's limit."""
    for row in rows:
        if row["measure"] != "within" or row["limit_hours"] is None:
            continue
        for event, at, fact_ids in events(record, row["from_event"]):
            document = _first_after(record, row, at)
            if document is None or document.written_at is None or marked_as_later(document):
                continue
            hours = float(row["late_reported_h"] or row["limit_hours"])
            due = at + timedelta(hours=hours)
            if _is_late(document, due, tolerance, hours):
                yield Late(
                    row, document, due, event, at, document.written_at, document.written_exact, fact_ids
                )


def events(record: Record, name: str | None) -> Iterator[tuple[str, datetime, tuple[str, ...]]]:
    """The events of a kind that the tables state, with their time."""
    admission = record.admission
    if name == "admission":
        yield "入院", admission.begins_at, ()
    elif name == "discharge" and not admission.died_at:
        yield "出院", admission.ends_at, ()
    elif name == "death" and admission.died_at:
        yield "死亡", admission.died_at, ()
    elif name == "operation_end":
        ends = {
            op.ends_at: op.fact_id
            for op in record.operations
            if op.origin == "hospital" and op.begins_at and op.ends_at and op.ends_at > op.begins_at
        }
        if len(ends) == 1:  # with several operations it is not known which record belongs to which
            at, fact_id = next(iter(ends.items()))
            yield "手术结束", at, (fact_id,)


def _first_after(record: Record, row: Row, at: datetime) -> Document | None:
    """The earliest document of the row's kinds; a round told inside another note counts as one."""
    kinds = kinds_of(row)
    named = [doc for doc in record.documents if doc.written_at and (doc.kind in kinds or doc.title in kinds)]
    if "查房" in row["document"]:
        named += [doc for doc in record.documents if doc.written_at and ROUND.search(doc.text[:200])]
    if row["from_event"] == "operation_end":
        named = [doc for doc in named if doc.written_at and doc.written_at >= at - timedelta(hours=12)]
    return min(named, key=lambda doc: str(doc.written_at), default=None)


def _is_late(document: Document, due: datetime, tolerance: timedelta, hours: float) -> bool:
    """A day without a clock time is late only when even its first minute is."""
    if document.written_at is None:
        return False
    if document.written_exact:
        return document.written_at > due + tolerance
    return hours >= 24 and document.written_at.date() > due.date()


def gaps(record: Record, rows: Sequence[Row], least_notes: int) -> Iterator[Late]:
    """Spans of days without any course note, longer than the patient's state allows."""
    written = sorted(
        {doc.written_at for doc in record.documents if doc.written_at and COURSE.search(doc.kind)}
    )
    notes = [doc for doc in record.documents if doc.written_at and re.search(r"病程|查房", doc.kind)]
    if len(notes) < least_notes:
        return
    ends = record.admission.died_at or record.admission.ends_at
    begins = record.admission.begins_at.date()
    points = [at for at in written if begins <= at.date() <= ends.date()] + [ends]
    for before, after in pairwise(points):
        row = _row_for(record, rows, before.date(), after.date())
        if row is None:
            continue
        allowed = max(1, round(float(row["limit_hours"]) / 24))
        days = (after.date() - before.date()).days
        if days > allowed:
            due = before + timedelta(days=allowed)
            yield Late(row, _at(record, before), due, "上一次病程记录", before, after, True)


def _at(record: Record, at: datetime) -> Document | None:
    return next((doc for doc in record.documents if doc.written_at == at and COURSE.search(doc.kind)), None)


def _row_for(record: Record, rows: Sequence[Row], first: date, last: date) -> Row | None:
    """The limit that held through the whole gap: the strictest state ordered throughout, else the stable one."""
    by_state = {
        row["condition"]: row
        for row in rows
        if row["measure"] in {"daily", "every"} and "病程" in row["document"]
    }
    for state in (CRITICAL, SERIOUS):
        for order in record.orders:
            if state in (order.order_name or "") and order.begins_at and order.begins_at.date() <= first:
                until = order.ends_at or record.admission.ends_at
                if until.date() >= last and state in by_state:
                    return by_state[state]
    return by_state.get("病情稳定")
