"""What a hospital's records say of each line that a substitution row names, and what makes them tell nothing.

It reads for the dearer and for the cheaper service; whether a line was substituted, the check decides.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from review.checks.usual_prices import usual_price
from review.record import Charge

AT_BEDSIDE = re.compile(r"床[旁边]|快速|血糖仪|末梢|指[尖端]|POCT")


@dataclass(frozen=True)
class Asked:
    """One line under one row, with what the evidence says for either service."""

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
            yield Asked(line, named, for_dearer, for_cheaper, bool(for_dearer or for_cheaper))


def reports_suffice(record: Record, one: Asked, limits: Limits) -> bool:
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
            for line in record.charges
            if is_cheaper(record.inspection, line.item_key, one.row)
            and days.hold(one.line.charged_on, line.charged_on)
        ),
        Decimal(0),
    )
    return len({said.fact_id for said in reports}) - charged >= one.line.quantity


def is_cheaper(inspection: Inspection, item_key: str, row: Mapping[str, Any]) -> bool:
    """Whether an item is the row's cheaper service."""
    return any(
        entry["row_id"] == row["row_id"] and entry["side"] == "cheaper"
        for entry in inspection.row_codes("substitution_hints").get(item_key, ())
    )


def rows_of_evidence(inspection: Inspection) -> list[Mapping[str, Any]]:
    """The rows that say by which words the evidence tells the cheaper service."""
    return [
        row
        for row in inspection.knowledge("substitution_hints")
        if row["cheaper_regex"] and row["evidence_field"] != "equipment"
    ]


@dataclass(frozen=True)
class Wordings:
    """How often each text of the tables stands behind lines of a row, charged as the dearer or the cheaper service."""

    dear: Mapping[str, Counter[str]]
    cheap: Mapping[str, Counter[str]]


def wordings_of(record: Record, asked: Sequence[Asked], limits: Limits) -> Wordings:
    """The texts behind the lines of a stay, by row."""
    dear: dict[str, Counter[str]] = defaultdict(Counter)
    cheap: dict[str, Counter[str]] = defaultdict(Counter)
    for one in asked:
        dear[one.named.row_id].update(
            said.text for said in (*one.dearer, *one.cheaper) if said.field in TABLES
        )
    days = Days(int(limits["days_before"]), int(limits["days_after"]))
    rows = {str(row["row_id"]): row for row in rows_of_evidence(record.inspection)}
    codes = record.inspection.row_codes("substitution_hints")
    for line in record.charges:
        named = {str(entry["row_id"]) for entry in codes.get(line.item_key, ()) if entry["side"] == "cheaper"}
        for row_id in named & rows.keys():
            row = rows[row_id]
            fields = [name for name in str(row["evidence_field"]).split("|") if name in TABLES]
            words = re.compile(f"(?:{row['charged_regex'] or '$^'})|(?:{row['cheaper_regex']})")
            if fields:
                cheap[row_id].update(said.text for said in texts_about(record, line, fields, words, days))
    return Wordings(dict(dear), dict(cheap))


def templates_of(wordings: Iterable[Wordings], limits: Limits) -> frozenset[str]:
    """Rows whose reports read alike for both services: their wording tells nothing of the method."""
    dear: dict[str, Counter[str]] = defaultdict(Counter)
    cheap: dict[str, Counter[str]] = defaultdict(Counter)
    for own in wordings:
        for texts, into in ((own.dear, dear), (own.cheap, cheap)):
            for row_id, counts in texts.items():
                into[row_id].update(counts)
    share = float(limits["same_wording"])
    found = set()
    for row_id in dear.keys() & cheap.keys():
        ours, theirs = dear[row_id], cheap[row_id]
        if min(ours.total(), theirs.total()) < max(1, int(limits["wording_reports"])):
            continue
        (text, times), (other, others) = ours.most_common(1)[0], theirs.most_common(1)[0]
        if text == other and times >= share * ours.total() and others >= share * theirs.total():
            found.add(row_id)
    return frozenset(found)


# by row, the days of which reports name the dearer method and those of which they name the cheaper one
MethodDays = Mapping[str, tuple[frozenset[date], frozenset[date]]]


def method_days(asked: Sequence[Asked]) -> MethodDays:
    """On which days the reports of a stay name which method, by row."""
    days: dict[str, tuple[set[date], set[date]]] = defaultdict(lambda: (set(), set()))
    for one in asked:
        for place, texts in enumerate((one.dearer, one.cheaper)):
            days[one.named.row_id][place].update(
                said.on for said in texts if said.on and said.field in TABLES
            )
    return {row_id: (frozenset(dear), frozenset(cheap)) for row_id, (dear, cheap) in days.items()}


def changeovers_of(days: Iterable[MethodDays], limits: Limits) -> dict[str, date]:
    """The day from which all of a row's reports name the cheaper method, where all before it named the dearer one.

    One report does not make a new analyser: there must be several days of either."""
    all_days: dict[str, tuple[set[date], set[date]]] = defaultdict(lambda: (set(), set()))
    for own in days:
        for row_id, (dear, cheap) in own.items():
            all_days[row_id][0].update(dear)
            all_days[row_id][1].update(cheap)
    return {
        row_id: min(later)
        for row_id, (earlier, later) in all_days.items()
        if min(len(earlier), len(later)) >= int(limits["changeover_reports"]) and max(earlier) < min(later)
    }


def cheaper_price(inspection: Inspection, row: Mapping[str, Any]) -> Decimal | None:
    """What the hospital usually charges for the cheaper service; null where it never did."""
    return usual_price(inspection, lambda item: is_cheaper(inspection, str(item["item_key"]), row))
