"""What each source says of a charged service on its day: reports, anaesthesia, operations, notes, labels, orders.

It collects and cites; whether the words speak for another service, the check decides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from review.checks.inputs import Record
from review.checks.item_names import same_service
from review.checks.mentions import mentions, quoted
from review.checks.readings import facts_of
from review.models import Evidence
from review.record import Charge, Exam, Lab

CONSENT = re.compile(r"同意书|告知书|须知|术前小结|术前讨论")
LAB, EXAM, ANAESTHESIA, OPERATION, NOTES, LABELS = (
    "LAB.检验方法",
    "EXM.检查方法",
    "ANE.麻醉方式名称",
    "OPR",
    "DOC",
    "spec",
)
TABLES = (LAB, EXAM, ANAESTHESIA, OPERATION)


@dataclass(frozen=True)
class Said:
    """One text about a service. A table row is cited by `fact_id`, a sentence by `evidence`."""

    field: str
    text: str
    on: date | None
    fact_id: str | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Days:
    """How many days before and after its charge a service may stand in another source."""

    before: int
    after: int

    def hold(self, charged: date | None, at: date | None) -> bool:
        return charged is None or at is None or -self.before <= (at - charged).days <= self.after


def texts_about(
    record: Record, line: Charge, fields: Sequence[str], words: re.Pattern[str], days: Days
) -> list[Said]:
    """Every text of the named tables and labels about a line's service; `words` picks analytes."""
    found: list[Said] = []
    if LAB in fields:
        found += _labs(record.labs, line, words, days)
    if EXAM in fields:
        found += _exams(record.exams, line, days)
    if ANAESTHESIA in fields:
        found += [
            Said(ANAESTHESIA, row.method or "", row.anesthesia_on, row.fact_id)
            for row in record.anesthesia
            if row.method and days.hold(line.charged_on, row.anesthesia_on or _day(row.begins_at))
        ]
    if OPERATION in fields:
        found += [
            Said(OPERATION, row.operation_name or "", row.operated_on, row.fact_id)
            for row in record.operations
            if row.operation_name and days.hold(line.charged_on, row.operated_on or _day(row.begins_at))
        ]
    if LABELS in fields:
        found += [
            Said(LABELS, fact.quote, _day(fact.begins_at), fact.fact_id)
            for fact in facts_of(record, "implant_label")
            if days.hold(line.charged_on, _day(fact.begins_at))
        ]
    return found


def _labs(labs: Sequence[Lab], line: Charge, words: re.Pattern[str], days: Days) -> Iterator[Said]:
    for lab in labs:
        names = [name for name in (lab.analyte, lab.panel) if name]
        at = _day(lab.sampled_at or lab.reported_at)
        charged = line.item_name or ""
        if not days.hold(line.charged_on, at):
            continue
        if lab.method and any(same_service(charged, name) for name in names):
            yield Said(LAB, lab.method, at, lab.fact_id)
        for name in names[:1]:
            if words.search(name) and _alike(charged, name):
                yield Said(LAB, name, at, lab.fact_id)


def _alike(one: str, other: str) -> bool:
    """Whether two names share three characters in a row: a test and its precursor do, two tests seldom."""
    return any(one[place : place + 3] in other for place in range(len(one) - 2))


def _exams(exams: Sequence[Exam], line: Charge, days: Days) -> Iterator[Said]:
    """What a report says of how it was done; its name, which the charge may have given it, does not count."""
    for exam in exams:
        at = _day(exam.registered_at or exam.reported_at)
        named = exam.exam_name and any(
            same_service(name, exam.exam_name) or name.split("(")[0] in exam.exam_name
            for name in (line.item_name, line.hospital_item_name)
            if name
        )
        if named and days.hold(line.charged_on, at):
            told = " ".join(text for text in (exam.method, exam.findings, exam.conclusion) if text)
            yield Said(EXAM, told, at, exam.fact_id)


def notes_about(record: Record, words: re.Pattern[str]) -> list[Said]:
    """The sentences of the notes that assert the words here and now; read once for all lines of a stay."""
    found = []
    for place in mentions(record, words):
        document = place.sentence.document
        if CONSENT.search(document.kind + document.title):
            continue
        if place.context.asserted and not place.context.elsewhere:
            at = _day(place.sentence.at or document.written_at)
            found.append(Said(NOTES, place.words, at, evidence=quoted(record, place)))
    return found


def orders_naming(record: Record, words: re.Pattern[str], day: date | None, days: Days) -> Iterator[Said]:
    """The orders of about that day whose name matches."""
    for order in record.orders:
        if order.order_name and words.search(order.order_name):
            begins, ends = _day(order.begins_at), _day(order.ends_at)
            single = "临时" in (order.order_type or "") or begins is None or day is None
            if days.hold(day, begins) if single else begins <= day <= (ends or date.max):  # type: ignore[operator]
                yield Said("ORD", order.order_name, begins, order.fact_id)


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None
