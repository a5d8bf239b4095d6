"""Turns what a check saw into a finding: id, evidence, basis in force that day, certainty, and yuan.

Every step that lowers the certainty is named on the finding. The check's author writes none of this.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from string import Template
from typing import Any

from review.checks.citing import cite_charges, cite_facts, in_its_file
from review.checks.header import Header
from review.checks.inputs import Inspection, Record
from review.models import Basis, Evidence, Finding, Problem
from review.record import Charge
from review.violations import VIOLATIONS, Certainty, lowest

CENT = Decimal("0.01")
OCR_SURE, OCR_USABLE = 0.90, 0.80
HOLDS_NUMBER = re.compile(r"\d|[〇一二三四五六七八九十]+[年月日时分岁]")
NO_CLAUSE = "当日无施行条文"
MATCHED = {
    "map": "院内项目与国家项目不完全相同",
    "code": "国家编码未经当地目录对照确认",
    "name": "项目只按名称对上，尚未对码",
}
OWN_MONEY = "该费用由患者自付，未动用基金。"
SAID_UNPAID = re.compile(r"患者自付|未动用基金|未纳入基金")
ClauseOn = Callable[[str, str, date], Basis | None]


class Unreadable(Exception):
    """All that spoke for a finding was read by OCR below the usable confidence."""


class Stamp:
    """Stamps the findings of one inspection; `clause_on(document, passage, day)` is the library's answer."""

    def __init__(self, inspection: Inspection, clause_on: ClauseOn) -> None:
        self._inspection = inspection
        self._clause_on = clause_on
        self._row_index: Mapping[str, Mapping[str, Any]] | None = None

    def finding(self, header: Header, record: Record, problem: Problem) -> Finding:
        """One finding on one admission."""
        violation = VIOLATIONS[problem.violation or header.violation]
        charges = _charges(record, problem.charge_ids)
        row = self._row(problem.row_id)
        day = min((c.charged_on for c in charges if c.charged_on), default=record.admission.begins_at.date())
        basis = self._basis(problem.basis or header.basis_for(violation.code), row, day)
        evidence, worst = self._evidence(record, charges, problem)
        matched = self._matched(row, charges)
        certainty, lowered_by = _certainty(header, problem, row, matched, basis, worst)
        finding = Finding(
            id=_stable_id(record.admission.admission_id, header.code, violation.code, problem),
            admission_id=record.admission.admission_id,
            check=header.code,
            family=violation.family,
            violation=violation.code,
            certainty=certainty,
            title=header.title,
            message=fill(header, problem),
            charge_ids=problem.charge_ids,
            evidence=evidence,
            basis=basis,
            amount_options=problem.amount_options,
            related_admissions=problem.related_admissions,
            overturned_by=header.overturned_by,
            lowered_by=lowered_by,
        )
        return _with_amounts(finding, record, charges, problem) if header.counted else finding

    def pattern(self, header: Header, problem: Problem) -> Finding:
        """A pattern of a ward or hospital: no one stay's, never more than a clue; its sum is listed, not counted."""
        violation = VIOLATIONS[problem.violation or header.violation]
        records = [self._inspection.records[admission] for admission in problem.admissions]
        day = min(record.admission.begins_at.date() for record in records)
        return Finding(
            id=_stable_id("+".join(problem.admissions), header.code, violation.code, problem),
            admission_id="",
            admissions=problem.admissions,
            check=header.code,
            family=violation.family,
            violation=violation.code,
            certainty=Certainty.CLUE,
            title=header.title,
            message=fill(header, problem),
            amount=problem.amount,
            evidence=problem.evidence,
            basis=self._basis(header.basis_for(violation.code), None, day),
            overturned_by=header.overturned_by,
        )

    def _basis(
        self, references: Sequence[str], row: Mapping[str, Any] | None, day: date
    ) -> tuple[Basis, ...]:
        clauses = [self._clause_on(*_reference(reference), day) for reference in references]
        found = [clause for clause in clauses if clause is not None]
        if not found:
            found = [Basis(*_reference(reference), note=NO_CLAUSE) for reference in references]
        if row is not None:
            found.append(
                Basis(
                    str(row["source_doc"]),
                    str(row["source_passage"]),
                    None if row["in_force_from"] == date(1900, 1, 1) else row["in_force_from"],
                    row["in_force_to"],
                    note="规则行出处",
                )
            )
        return tuple(found)

    def _row(self, row_id: str | None) -> Mapping[str, Any] | None:
        if row_id is None:
            return None
        if self._row_index is None:
            self._row_index = {
                str(row["row_id"]): row
                for table in self._inspection.knowledge_tables()
                for row in self._inspection.knowledge(table)
            }
        return self._row_index.get(row_id)

    def _matched(
        self, row: Mapping[str, Any] | None, charges: Sequence[Charge]
    ) -> tuple[Certainty, str] | None:
        """How far the matching of the items lowers what the row may say, and why; null where it does not."""
        if row is None or not charges:
            return None
        hows = self._inspection.row_matches.get(str(row["row_id"]), {})
        found = [hows[charge.item_key] for charge in charges if charge.item_key in hows]
        ceiling = Certainty(row["certainty_ceiling"] or "established")
        lower = [(Certainty(most), how) for most, how in found if Certainty(most).rank < ceiling.rank]
        if not lower:
            return None
        least, how = min(lower, key=lambda one: (one[0].rank, one[1]))
        return least, MATCHED[how]

    def _evidence(
        self, record: Record, charges: Sequence[Charge], problem: Problem
    ) -> tuple[tuple[Evidence, ...], float | None]:
        """Evidence in reading order, without what OCR could not read; and the lowest OCR confidence left in it."""
        cited = [
            *(in_its_file(self._inspection, item) for item in problem.evidence),
            *cite_facts(self._inspection, problem.fact_ids, "for"),
            *cite_facts(self._inspection, problem.against_fact_ids, "against"),
            *cite_charges(charges),
        ]
        kept = [item for item in cited if item.confidence is None or item.confidence >= OCR_USABLE]
        spoke = any(item.says == "for" for item in cited)
        if spoke and not any(item.says == "for" for item in kept):
            raise Unreadable("识别不清，未用于判断")
        return tuple(dict.fromkeys(kept)), _least_sure([item for item in cited if item.says == "for"])


def _least_sure(spoke: Sequence[Evidence]) -> float | None:
    """The lowest OCR confidence that a finding rests on, what could not be read included; null where none limits it.

    Text or a table beside it does not make a recognised number or time any surer. Words that were read surely limit
    nothing where something else speaks for the finding too.
    """
    read = [item for item in spoke if item.confidence is not None]
    alone = len(read) == len(spoke)
    limiting = [
        item.confidence
        for item in read
        if item.confidence is not None
        and (alone or item.confidence < OCR_SURE or HOLDS_NUMBER.search(item.quote))
    ]
    return min(limiting, default=None)


def fill(header: Header, problem: Problem) -> str:
    """The message with its figures; one pass, so that text of a record is never expanded."""
    if problem.message is not None:
        return problem.message
    return Template(header.message).substitute(
        {name: show(name, value) for name, value in problem.fields.items()}
    )


def show(name: str, value: object) -> str:
    """A figure as an expert writes it: yuan with two decimals, counts without trailing zeros."""
    if isinstance(value, float):
        value = Decimal(str(value))
    if isinstance(value, Decimal):
        if name == "amount" or name.endswith("_yuan"):
            return f"{value.quantize(CENT, ROUND_HALF_UP):f}"
        whole = f"{value.normalize():f}"
        return "0" if whole in {"-0", ""} else whole
    if isinstance(value, list | tuple):
        return "、".join(show(name, item) for item in value)
    return "" if value is None else str(value)


def _reference(reference: str) -> tuple[str, str]:
    document, _, passage = reference.partition("#")
    return document, passage


def _charges(record: Record, charge_ids: Sequence[str]) -> list[Charge]:
    by_id = {charge.charge_id: charge for charge in record.charges} if charge_ids else {}
    if any(charge_id not in by_id for charge_id in charge_ids):
        by_id = {charge.charge_id: charge for charge in record.lines_left_out} | by_id
    return [by_id[charge_id] for charge_id in charge_ids if charge_id in by_id]


def _certainty(
    header: Header,
    problem: Problem,
    row: Mapping[str, Any] | None,
    matched: tuple[Certainty, str] | None,
    basis: Sequence[Basis],
    worst: float | None,
) -> tuple[Certainty, tuple[str, ...]]:
    """The lowest step of the ladder, and the steps that lowered it."""
    steps = [header.certainty, problem.certainty or header.certainty]
    reasons = list(problem.lowered_by)
    ceiling = (
        Certainty(row["certainty_ceiling"]) if row is not None and row.get("certainty_ceiling") else None
    )
    if ceiling is not None and ceiling.rank < lowest(*steps).rank:
        reasons.append(f"规则行（{row['source_doc'] if row else ''}）须按本地目录确认")
        steps.append(ceiling)
    if matched is not None:
        steps.append(matched[0])
        reasons.append(matched[1])
    if all(clause.note == NO_CLAUSE for clause in basis if clause.note != "规则行出处"):
        reasons.append(NO_CLAUSE)
        steps.append(Certainty.CLUE)
    if worst is not None and worst < OCR_SURE:
        reasons.append(f"依据的扫描文字识别置信度 {worst:.2f}")
        steps.append(Certainty.CLUE)
    elif worst is not None:
        if lowest(*steps).rank > Certainty.PROBABLE.rank:
            reasons.append("依据的数字或时间来自扫描件的文字识别")
        steps.append(Certainty.PROBABLE)
    return lowest(*steps), tuple(dict.fromkeys(reasons))


def _with_amounts(finding: Finding, record: Record, charges: Sequence[Charge], problem: Problem) -> Finding:
    violation = VIOLATIONS[finding.violation]
    if not violation.counted:
        return finding
    if violation.whole_stay:
        if finding.certainty is Certainty.CLUE:
            return finding
        admission = record.admission
        return replace(
            finding, amount=_cents(admission.total_amount), fund_amount=_cents(admission.fund_amount)
        )
    amount = problem.amount
    fund = problem.fund_amount if problem.fund_amount is not None else fund_part(problem, charges)
    unpaid = amount is not None and amount > 0 and fund is not None and not fund
    said = (
        finding.message + OWN_MONEY if unpaid and not SAID_UNPAID.search(finding.message) else finding.message
    )
    return replace(
        finding,
        message=said,
        amount=_cents(amount),
        fund_amount=_cents(fund),
        charge_amounts=tuple(part.quantize(CENT, ROUND_HALF_UP) for part in problem.charge_amounts),
    )


def fund_part(problem: Problem, charges: Sequence[Charge]) -> Decimal | None:
    """The amount's share inside the fund's scope, line by line, by the split on the lines themselves."""
    shares = [fund_share(charge.amount, charge.in_scope_amount, charge.full_self_pay) for charge in charges]
    if problem.amount is None or not charges or any(share is None for share in shares):
        return None
    parts = problem.charge_amounts if len(problem.charge_amounts) == len(charges) else None
    if parts is None:
        total = sum((charge.amount for charge in charges), Decimal(0))
        parts = tuple(problem.amount * charge.amount / total if total else Decimal(0) for charge in charges)
    return sum(
        (part * share for part, share in zip(parts, shares, strict=True) if share is not None), Decimal(0)
    )


def fund_share(amount: Decimal, in_scope: Decimal | None, full_self_pay: Decimal | None) -> Decimal | None:
    """How much of a yuan on a charge line is inside the fund's scope; null where the line does not tell."""
    if full_self_pay is not None and amount > 0 and full_self_pay >= amount:
        return Decimal(0)
    if in_scope is None:
        return None
    return in_scope / amount if amount else Decimal(0)


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(CENT, ROUND_HALF_UP)


def _stable_id(admission_id: str, code: str, violation: str, problem: Problem) -> str:
    parts = [admission_id, code, violation, *sorted(problem.charge_ids), "#", *problem.points_at]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:16]
