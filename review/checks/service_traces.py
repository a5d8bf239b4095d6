"""What an inspection holds of each charged service besides the charge: orders, reports, and words in the notes.

It counts and cites; whether a missing trace is a problem, the check decides. A doubt about a name counts as found.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from review.checks.inputs import Record
from review.checks.item_names import core, in_panel, same_service, spellings
from review.checks.mentions import Mention, drug_core, mentions
from review.facts.cited_results import modality_of
from review.record import Charge, Exam, Lab, Order

RESULT = re.compile(
    r"^[^，。；]{0,10}?(?:示|提示|回报|结果|显示|报告|可见|未见|正常|异常|阴性|阳性|[:：]\d|\d)|^[^，。；]{0,6}(?:后|毕|完成|顺利)"
)
DONE = re.compile(r"(?:已行|已做|行|予|给予|完成|继续|今日)[^，。；完安预申]{0,6}$")
REFUSED = re.compile(r"拒绝|拒查|未行|未做|未查|未予|取消|不同意|退费|未能")
SITES = re.compile(r"[、，,;；+/及和与]")
REPORT_KINDS = re.compile(r"报告单|检验报告|检查报告|病理")
OPERATING_ROOM = re.compile(r"手术室|手术麻醉|麻醉科|介入|导管室|DSA")


@dataclass(frozen=True)
class Report:
    """One report, or one analyte of one specimen; `units` is how many sites it names."""

    names: tuple[str, ...]
    number: str
    at: datetime | None
    units: int
    fact_id: str


def rows_needing(rows: Iterable[Mapping[str, Any]], *needs: str) -> list[Mapping[str, Any]]:
    """The rows of `evidence_required` that any of these kinds of evidence would satisfy."""
    return [row for row in rows if set(needs) & set(str(row["needs"]).split("|"))]


def row_of(charge: Charge, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row that says this line needs evidence, by fee type, code and name; null where none or where it is exempt."""
    name = charge.item_name or ""
    for row in rows:
        if row["charge_type"] and charge.charge_type not in str(row["charge_type"]).split("|"):
            continue
        codes = str(row["code15"] or "").split("|")
        if row["code15"] and not any((charge.code15 or "").startswith(code) for code in codes):
            continue
        if row["name_regex"] and not re.search(str(row["name_regex"]), name):
            continue
        exempt = row["exempt_regex"] and re.search(str(row["exempt_regex"]), name)
        return None if exempt else row
    return None


def by_item(charges: Iterable[Charge]) -> dict[tuple[str, str], list[Charge]]:
    """Lines of one item together, by code and name."""
    items: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for charge in charges:
        items[charge.code15 or "", charge.item_name or ""].append(charge)
    return items


class OrderBook:
    """The orders of one stay, asked for what stands behind its charges; a spelling is compared with them once."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self._orders = orders
        self._numbered: dict[str, Order] = {}
        self._naming: dict[tuple[str | None, ...], tuple[Order, ...]] = {}
        for order in orders:
            for number in (order.order_no, order.group_no):
                if number:
                    self._numbered.setdefault(number, order)

    def naming(self, charge: Charge) -> Sequence[Order]:
        """Every order of the line's item, whatever its day."""
        spelt = charge.code15, charge.item_name, charge.hospital_item_name, charge.kind
        if spelt not in self._naming:
            self._naming[spelt] = tuple(order for order in self._orders if _same_item(charge, order))
        return self._naming[spelt]

    def behind(self, charge: Charge, before: int, after: int, others: Iterable[Charge] = ()) -> Order | None:
        """The order behind a line: by its number, else one valid that day by code or name.

        A single order that another day's line among `others` names as its own does not stand behind this line too."""
        if charge.order_no in self._numbered:
            return self._numbered[charge.order_no]
        named = self.naming(charge)
        taken = (
            {other.order_no for other in others if other.order_no and other.charged_on != charge.charged_on}
            if named and not charge.order_no
            else set()
        )
        for order in named:
            single = "临时" in (order.order_type or "")
            if single and not taken.isdisjoint({order.order_no, order.group_no}):
                continue
            if _valid_on(order, charge.charged_on, before, after):
                return order
        return None


@lru_cache(maxsize=8)  # several checks ask of one stay before they go on to the next
def order_book(record: Record) -> OrderBook:
    """The orders of a stay."""
    return OrderBook(record.orders)


def _valid_on(order: Order, day: date | None, before: int, after: int) -> bool:
    if day is None or order.begins_at is None:
        return True
    begins = order.begins_at.date() - timedelta(days=after)
    if "临时" in (order.order_type or ""):
        return begins <= day <= order.begins_at.date() + timedelta(days=before)
    ends = order.ends_at.date() + timedelta(days=after) if order.ends_at else date.max
    return begins <= day <= ends


def _same_item(charge: Charge, order: Order) -> bool:
    if order.order_code and charge.code15 and order.order_code.split("-")[0] == charge.code15:
        return True
    for ordered in filter(None, (order.order_name,)):
        for charged in filter(None, (charge.item_name, charge.hospital_item_name)):
            if charge.kind in ("drug", "herb") and drug_core(charged) in ordered:
                return True
            if same_service(charged, ordered) or in_panel(charged, ordered):
                return True
    return False


def reports_of(record: Record) -> list[Report]:
    """Every report the tables hold: examinations one by one, laboratory results by specimen and analyte."""
    return [_exam_report(exam) for exam in record.exams] + list(_lab_reports(record.labs))


def _exam_report(exam: Exam) -> Report:
    part = exam.body_part or ""
    units = len([piece for piece in SITES.split(part) if piece]) or 1
    names = (exam.exam_name or "", f"{part}{exam.exam_name or ''}")
    return Report(
        names,
        exam.image_no or exam.fact_id,
        exam.registered_at or exam.reported_at,
        units * (2 if "双" in part else 1),
        exam.fact_id,
    )


def _lab_reports(labs: Iterable[Lab]) -> Iterator[Report]:
    for lab in labs:
        at = lab.sampled_at or lab.reported_at
        number = f"{lab.specimen_no or at}/{lab.analyte or lab.panel or ''}"
        names = tuple(name for name in (lab.analyte, lab.panel) if name)
        yield Report(names, number, at, 1, lab.fact_id)


def matching(item: str, reports: Iterable[Report]) -> list[Report]:
    """The reports of an item. A panel billed whole is known by its name, one analyte by its own."""
    found = [report for report in reports if any(same_service(item, name) for name in report.names)]
    by_analyte = [report for report in found if report.names and same_service(item, report.names[0])]
    if by_analyte:
        return list({report.number: report for report in by_analyte}.values())
    return list({report.number.split("/")[0]: report for report in found}.values())


def unclaimed(reports: Sequence[Report], items: Iterable[str], near: str) -> bool:
    """Whether a report of the same modality answers to no billed item: the name may only be written otherwise."""
    names = list(items)
    kind = modality_of(near)
    for report in reports:
        if report.names and not any(same_service(item, name) for item in names for name in report.names):
            panel = any(in_panel(item, name) for item in names for name in report.names)
            alike = (
                modality_of(report.names[0]) == kind if kind else set(core(near)) & set(core(report.names[0]))
            )
            if not panel and alike:
                return True
    return False


@dataclass(frozen=True)
class Words:
    """What the notes say of a service."""

    done: Mention | None = None
    spoken_of: Mention | None = None
    refused: Mention | None = None


def words_about(record: Record, item: str) -> Words:
    """Whether the notes tell of the service as done with a result, as planned, or as refused."""
    found: dict[str, Mention] = {}
    pattern = re.compile("|".join(re.escape(word) for word in spellings(item)), re.IGNORECASE)
    for place in mentions(record, pattern):
        before, after = place.words[: place.start], place.words[place.end :]
        if REPORT_KINDS.search(place.sentence.document.kind):
            found.setdefault("done", place)
        elif REFUSED.search(before[-12:]) or REFUSED.search(after[:8]):
            found.setdefault("refused", place)
        elif not place.context.planned and (RESULT.search(after) or DONE.search(before)):
            found.setdefault("done", place)
        else:
            found.setdefault("spoken_of", place)
    return Words(**found)


def in_operating_room(charge: Charge) -> bool:
    return bool(OPERATING_ROOM.search(charge.executing_department or charge.ordering_department or ""))
