"""What a hospital's records say of each line that a substitution row names, and what makes them tell nothing.

It reads for the dearer and for the cheaper service; whether a line was substituted, the check decides.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from review.checks.evidence_texts import (
    EXAM,
    LAB,
    NOTES,
    TABLES,
    Days,
    Said,
    notes_about,
    orders_naming,
    texts_about,
)
from review.checks.header import Limits
from review.checks.inputs import Inspection, Record
from review.checks.named_rows import NamedRow, RowNames
from review.record import Charge

AT_BEDSIDE = re.compile(r"床[旁边]|快速|血糖仪|末梢|指[尖端]|POCT")


@dataclass(frozen=True)
class Asked:
    """One line under one row, with what the evidence says for either service."""

    record: Record
    line: Charge
    named: NamedRow
    dearer: tuple[Said, ...]
    cheaper: tuple[Said, ...]
    told: bool

    @property
    def row(self) -> Mapping[str, Any]:
        return self.named.row


def asked_of(record: Record, hints: RowNames, limits: Limits) -> Iterator[Asked]:
    """Every line of a stay under every row that names it, with the evidence for either service."""
    days = Days(int(limits["days_before"]), int(limits["days_after"]))
    near = Days(days.before, days.before)
    notes: dict[str, list[Said]] = {}
    for line in record.charges:
        for named in hints.rows_for(line):
            row = named.row
            if not row["cheaper_regex"] or row["evidence_field"] == "equipment":
                continue
            dearer = re.compile(str(row["charged_regex"])) if row["charged_regex"] else None
            cheaper = re.compile(str(row["cheaper_regex"]))
            fields = str(row["evidence_field"]).split("|")
            both = re.compile("|".join(f"(?:{part.pattern})" for part in (dearer, cheaper) if part))
            texts = texts_about(record, line, fields, both, days)
            if NOTES in fields:
                if named.row_id not in notes:
                    notes[named.row_id] = notes_about(record, both)
                texts += [said for said in notes[named.row_id] if near.hold(line.charged_on, said.on)]
            for_dearer = tuple(said for said in texts if dearer and dearer.search(said.text))
            for_cheaper = tuple(
                said for said in texts if said not in for_dearer and cheaper.search(said.text)
            )
            if for_cheaper:
                for_cheaper += tuple(orders_naming(record, cheaper, line.charged_on, near))
            yield Asked(record, line, named, for_dearer, for_cheaper, bool(for_dearer or for_cheaper))


def reports_suffice(one: Asked, limits: Limits) -> bool:
    """Whether there are as many reports of the cheaper test as were charged, beside those charged as the cheaper one.

    A test at the bedside has its result in the nursing notes: another specimen's report is not its own."""
    reports = [said for said in one.cheaper if said.field in (LAB, EXAM)]
    if not reports:
        return True
    if AT_BEDSIDE.search(f"{one.line.item_name} {one.line.hospital_item_name}"):
        return False
    days = Days(int(limits["days_before"]), int(limits["days_after"]))
    charged = sum(
        (
            line.quantity
            for line in one.record.charges
            if is_cheaper(one.record.inspection, line, one.row)
            and days.hold(one.line.charged_on, line.charged_on)
        ),
        Decimal(0),
    )
    return len({said.fact_id for said in reports}) - charged >= one.line.quantity


def is_cheaper(inspection: Inspection, line: Charge, row: Mapping[str, Any]) -> bool:
    """Whether a line is the row's cheaper service."""
    return any(
        entry["row_id"] == row["row_id"] and entry["side"] == "cheaper"
        for entry in inspection.row_codes("substitution_hints").get(line.item_key, ())
    )


def templates_of(
    asked: Sequence[Asked], rows: Sequence[Mapping[str, Any]], inspection: Inspection, limits: Limits
) -> frozenset[str]:
    """Rows whose reports read alike for both services: their wording tells nothing of the method."""
    found = set()
    for row in rows:
        own = [one for one in asked if one.named.row_id == row["row_id"]]
        dear = Counter(
            said.text for one in own for said in (*one.dearer, *one.cheaper) if said.field in TABLES
        )
        fields = [name for name in str(row["evidence_field"]).split("|") if name in TABLES]
        if not dear or not fields:
            continue
        words = re.compile(f"(?:{row['charged_regex'] or '$^'})|(?:{row['cheaper_regex']})")
        days = Days(int(limits["days_before"]), int(limits["days_after"]))
        cheap = Counter(
            said.text
            for record in inspection.records.values()
            for line in record.charges
            if is_cheaper(inspection, line, row)
            for said in texts_about(record, line, fields, words, days)
        )
        if min(dear.total(), cheap.total()) < int(limits["wording_reports"]):
            continue
        (text, times), (other, others) = dear.most_common(1)[0], cheap.most_common(1)[0]
        share = float(limits["same_wording"])
        if text == other and times >= share * dear.total() and others >= share * cheap.total():
            found.add(str(row["row_id"]))
    return frozenset(found)


def changeovers_of(asked: Sequence[Asked], limits: Limits) -> dict[str, date]:
    """The day from which all of a row's reports name the cheaper method, where all before it named the dearer one.

    One report does not make a new analyser: there must be several days of either."""
    days: dict[str, tuple[set[date], set[date]]] = defaultdict(lambda: (set(), set()))
    for one in asked:
        for place, texts in enumerate((one.dearer, one.cheaper)):
            days[one.named.row_id][place].update(
                said.on for said in texts if said.on and said.field in TABLES
            )
    return {
        row_id: min(later)
        for row_id, (earlier, later) in days.items()
        if min(len(earlier), len(later)) >= int(limits["changeover_reports"]) and max(earlier) < min(later)
    }


def cheaper_price(inspection: Inspection, row: Mapping[str, Any]) -> Decimal | None:
    """What the hospital usually charges for the cheaper service; null where it never did."""
    prices = Counter(
        line.unit_price
        for record in inspection.records.values()
        for line in record.charges
        if is_cheaper(inspection, line, row)
    )
    return min(prices, key=lambda price: (-prices[price], price)) if prices else None
