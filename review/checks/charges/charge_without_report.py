"""CHG-017: examinations and laboratory tests charged for which no report, or too few, can be found."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from review.checks.coverage import Answered, Coverage
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.item_names import spellings
from review.checks.mentions import mentions, quoted
from review.checks.service_traces import (
    RESULT,
    Report,
    Words,
    by_item,
    matching,
    order_book,
    reports_of,
    row_of,
    rows_needing,
    unclaimed,
    words_about,
)
from review.models import Outcome, Problem, Skipped
from review.record import Charge
from review.violations import Certainty

TABLE_OF = {"03": "exams", "04": "labs"}
NAME_OF = {"exams": "检查报告", "labs": "化验报告"}
ADDED = re.compile(r"三维(?:重建|成像)?|增强")
# an assessment stands on its own sheet, not among the reports of imaging and function tests
ASSESSED = re.compile(r"评定|评估|量表|测评")
COUNTED_UNITS = ("次", "项", "组", "")  # parts, exposures and specimens are counted against their own units


@dataclass(frozen=True)
class Item:
    """The lines of one item of a stay with what the tables hold of it."""

    record: Record
    name: str
    lines: tuple[Charge, ...]
    row: Mapping[str, Any]
    reports: tuple[Report, ...]

    @property
    def table(self) -> str:
        return TABLE_OF.get(self.lines[0].charge_type or "", "exams")

    @property
    def billed(self) -> Decimal:
        return sum((line.quantity for line in self.lines), Decimal(0))

    @property
    def known(self) -> int:
        return sum(report.units for report in self.reports)

    @property
    def missing(self) -> Decimal:
        """Units without a report; a unit that is a site or an exposure is not counted against reports."""
        if not self.reports:
            return self.billed
        counted = all((line.unit or "") in COUNTED_UNITS for line in self.lines)
        return max(Decimal(0), self.billed - self.known) if counted else Decimal(0)


class Reported(NamedTuple):
    """How far the reports answer one item of a stay; `silent`: why the tables cannot for this stay."""

    answered: Answered
    missing: bool  # fewer reports than units
    silent: str | None


def _reported(record: Record, limits: Limits) -> tuple[Reported, ...]:
    items = list(_items(record))
    if items and not record.came:
        raise NotChecked(
            f"没有此例的{'、'.join(NAME_OF[table] for table in sorted({one.table for one in items}))}"
        )
    return tuple(
        Reported(
            Answered(item.table, item.name, bool(item.reports), bool(item.reports)),
            bool(item.missing),
            _silent(record, item.table),
        )
        for item in items
    )


def _silent(record: Record, table: str) -> str | None:
    if not record.provided(table):
        return f"缺：{NAME_OF[table]}"
    return None if record.exams or record.labs else f"{NAME_OF[table]}没有此例"


@check(
    gathers=_reported,
    code="CHG-017",
    title="检查、化验收费无报告或多于报告",
    violation="fictitious_service",
    certainty="probable",
    scope="hospital",
    needs={"tables": ["charges"], "knowledge": ["evidence_required"]},
    limits={"coverage": 0.95, "order_days_before": 7, "order_days_after": 1, "same_item_elsewhere": 3},
    limits_said={
        "coverage": "收费有报告的比例，低于此不判断",
        "order_days_before": "报告早于费用的天数",
        "order_days_after": "报告晚于费用的天数",
        "same_item_elsewhere": "其他住院至少几例有该项报告",
    },
    basis=["医疗保障基金使用监督管理条例#第四十条（三）"],
    covers={"classes": [], "problems": [3, 60, 75, 81, 100, 171, 172]},
    message="$item 计费 $billed $unit_said，$reports，$ordered，$spoken；疑似未实施而收费，涉及 $excess_yuan 元。",
    why="检查、化验做过就有结果；收了费而没有报告，须看是否实施。",
    exceptions=(
        "报告在出院后发出",
        "一份报告包含多个部位",
        "按部位、曝光等计价，份数与次数不能直接相比",
        "病程记录写明结果",
        "床旁血糖等结果记在护理记录",
        "同类报告名称不同，可能为同一项目",
        "本院该项目一律不在报告表中",
        "未做的检查已退费",
        "量表、功能评定另有评定表",
        "报告的方法或所见写明增强、三维重建",
    ),
    overturned_by=("检查检验报告或影像", "设备、仪器的运行记录", "外送检验的报告"),
)
def charge_without_report(
    inspection: Inspection, limits: Limits, reported: Mapping[str, Sequence[Reported]]
) -> Iterator[Problem | Skipped]:
    if not inspection.provided & {"exams", "labs"}:
        raise NotChecked("缺：检查报告、化验报告")
    seen = Coverage(item.answered for own in reported.values() for item in own)
    for admission, own in reported.items():
        reasons = [_cannot_say(item, seen, limits) if item.missing else None for item in own]
        if any(item.missing and not reason for item, reason in zip(own, reasons, strict=True)):
            items = list(_items(inspection.records[admission]))
            for item, reason in zip(items, reasons, strict=True):
                if item.missing and not reason:
                    yield from _problem(item, items, limits)
        if not own:
            yield Skipped(admission, Outcome.NOT_APPLICABLE, "没有须出报告的检查、化验费用")
        elif any(reasons):
            unsaid = {reason for reason in reasons if reason}
            yield Skipped(admission, Outcome.NOT_CHECKED, "；".join(sorted(unsaid)))


def _items(record: Record) -> Iterator[Item]:
    rows = rows_needing(record.rows("evidence_required"), "exam_report", "lab_result", "pathology")
    reports = reports_of(record)
    for (_, name), lines in by_item(record.charges).items():
        added = ADDED.search(name)
        row = row_of(lines[0], rows) or (_exam_row(lines[0], rows) if added else None)
        if row is not None and not ASSESSED.search(name):
            own = _naming(record, added[0]) if added and _described(record) else matching(name, reports)
            yield Item(record, name, tuple(lines), row, tuple(own))


def _exam_row(line: Charge, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row of examinations in general: what is added to a plain one has words in its report, and no report."""
    return next(
        (
            row
            for row in rows
            if row["charge_type"] and line.charge_type in str(row["charge_type"]).split("|")
        ),
        None,
    )


def _described(record: Record) -> bool:
    """Whether this stay's reports tell how an examination was done at all."""
    return any(exam.method or exam.findings for exam in record.exams)


def _naming(record: Record, word: str) -> list[Report]:
    """The reports that name what was done beyond the plain examination, in name, method or findings."""
    found = []
    for exam in record.exams:
        said = "".join(filter(None, (exam.exam_name, exam.method, exam.findings, exam.conclusion)))
        if word[:2] in said:
            found += [report for report in reports_of(record) if report.fact_id == exam.fact_id]
    return found


def _cannot_say(item: Reported, seen: Coverage, limits: Limits) -> str | None:
    """Why a missing report says nothing here; null where it does."""
    if item.silent:
        return item.silent
    share = seen.share(item.answered)
    if share < float(limits["coverage"]):
        return f"{NAME_OF[item.answered.group]}只答得上 {share:.0%} 的收费项目"
    others, answered = seen.elsewhere(item.answered)
    if others >= int(limits["same_item_elsewhere"]) and not (answered or item.answered.partly):
        return f"{item.answered.name}在本院均不入报告表"
    return None


def _problem(item: Item, own: Sequence[Item], limits: Limits) -> Iterator[Problem]:
    record = item.record
    words = words_about(record, item.name)
    nameless = (
        not item.reports
        and not ADDED.search(item.name)
        and unclaimed(reports_of(record), [other.name for other in own], item.name)
    )
    if nameless or (words.done is not None and not item.reports):
        return
    orders = {line.charge_id: _order(item, line, limits) for line in item.lines}
    noted = _days_noted(record, item.name)
    lines = [(line, taken) for line, taken in _excess(item, orders) if line.charged_on not in noted]
    if not lines:
        return
    only_spoken = words.spoken_of is not None and words.refused is None
    quotes = ((words.refused, "for"), (words.spoken_of, "against"))
    amount = sum((taken * line.amount / line.quantity for line, taken in lines), Decimal(0))
    found = [orders[line.charge_id] for line, _ in lines]
    yield Problem(
        fields={
            "item": item.name,
            "billed": item.billed,
            "unit_said": item.lines[0].unit or "次",
            "reports": f"报告仅有 {item.known} 份"
            if item.reports
            else f"{NAME_OF[item.table]}中没有对应报告",
            "ordered": _ordered_said(record, found),
            "spoken": _spoken(record, words),
            "excess_yuan": amount,
        },
        charge_ids=tuple(line.charge_id for line, _ in lines),
        amount=amount,
        against_fact_ids=tuple(dict.fromkeys(order for order in found if order is not None)),
        evidence=tuple(quoted(record, place, says) for place, says in quotes if place is not None),
        certainty=Certainty.CLUE if only_spoken else Certainty.PROBABLE,
        admission_id=record.admission.admission_id,
        lowered_by=("病历提到该项目，但未写结果",) if only_spoken else (),
        row_id=str(item.row["row_id"]),
    )


def _days_noted(record: Record, item: str) -> set[date]:
    """The days on which a note or a nursing sheet gives a result of the item."""
    pattern = re.compile("|".join(re.escape(word) for word in spellings(item)), re.IGNORECASE)
    return {
        place.sentence.at.date()
        for place in mentions(record, pattern)
        if place.sentence.at is not None
        and not (place.context.planned or place.context.denied)
        and RESULT.search(place.words[place.end :])
    }


def _order(item: Item, line: Charge, limits: Limits) -> str | None:
    days = int(limits["order_days_before"]), int(limits["order_days_after"])
    order = order_book(item.record).behind(line, *days)
    return order.fact_id if order else None


def _excess(item: Item, orders: Mapping[str, str | None]) -> list[tuple[Charge, Decimal]]:
    """The units without a report: on days without one first, then without order, the cheapest, the latest."""
    days = {report.at.date() for report in item.reports if report.at}
    ranked = sorted(
        item.lines,
        key=lambda line: (
            line.charged_on in days,
            orders[line.charge_id] is not None,
            line.amount / line.quantity,
            -(line.charged_at.timestamp() if line.charged_at else 0),
            line.charge_id,
        ),
    )
    left, taken = item.missing, []
    for line in ranked:
        part = min(line.quantity, left)
        if part > 0:
            taken.append((line, part))
        left -= part
    return sorted(taken, key=lambda pair: pair[0].charge_id)


def _ordered_said(record: Record, orders: Sequence[str | None]) -> str:
    if not record.orders:
        return "住院医嘱未提供"
    return "有医嘱" if all(orders) else "住院医嘱亦无此项"


def _spoken(record: Record, words: Words) -> str:
    if not record.documents:
        return "病历文书未提供"
    if words.refused is not None:
        return "病历写明未做"
    return "病历只提及而无结果" if words.spoken_of is not None else "病历文书未提及"
