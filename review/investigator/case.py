"""One stay laid open to an investigation: its lines with their numbers, its veil, the closed room for SQL.

The numbers are given once, documents first, then the rows of the tables, and are the same in every call of every
investigation of this stay: a later quote cites them.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from knowledge.library import Library
from review.checks.inputs import Inspection
from review.checks.records import Record
from review.engines.guarded import ClosedRoom
from review.investigator.surface import Aliases, Key, open_room
from review.investigator.veil import Mask, People, Veil
from review.judge.models import Piece
from review.judge.numbered import Numbered
from review.judge.pieces import (
    ANESTHESIA,
    CHARGES,
    DIAGNOSES,
    EDITS,
    EXAMS,
    LABS,
    OPERATIONS,
    ORDERS,
    VITALS,
    table_piece,
    whole_document,
)
from review.judge.proof import Proof
from review.models import Basis, Finding
from review.pipeline import clauses_of
from review.record import Charge, Document

TABLES = (
    ("charges", "费用明细", CHARGES),
    ("lines_left_out", "费用明细（退费等）", CHARGES),
    ("diagnoses", "诊断", DIAGNOSES),
    ("orders", "医嘱", ORDERS),
    ("operations", "手术", OPERATIONS),
    ("anesthesia", "麻醉", ANESTHESIA),
    ("exams", "检查", EXAMS),
    ("labs", "检验", LABS),
    ("vitals", "体温单", VITALS),
    ("edits", "修改痕迹", EDITS),
)


@dataclass(frozen=True)
class Scene:
    """One reviewed inspection; `warehouse` is its finished file, which `inspection` reads too."""

    inspection: Inspection
    warehouse: Path
    library: Library
    findings: Mapping[str, Sequence[Finding]]  # those of the rules, by stay
    mask_of: Callable[[Record], Mask]

    @cached_property
    def people(self) -> People:
        return People.of(self.inspection)

    @cached_property
    def stays(self) -> Mapping[str, str]:
        """From the platform's number of a stay to what it is called here, in order of admission."""
        return {stay: f"A{number}" for number, stay in enumerate(self.inspection.records, start=1)}

    @cached_property
    def clause_on(self) -> Callable[[str, str, date], Basis | None]:
        return clauses_of(self.library)

    @property
    def region(self) -> str | None:
        return self.inspection.about.get("region")

    def case(self, admission_id: str) -> "Case":
        record = self.inspection.records[admission_id]
        veil = Veil(self.mask_of(record), self.people)
        return Case(self, record, veil, tuple(self.findings.get(admission_id, ())))


@dataclass(frozen=True)
class Case:
    """One stay under investigation; to be closed when no more is asked."""

    scene: Scene
    record: Record
    veil: Veil
    findings: tuple[Finding, ...]

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        return self.record.documents

    @cached_property
    def charges(self) -> Mapping[str, Charge]:
        """The stay's lines by the name they have here; those that are left out of the netted ones behind them."""
        lines = (*self.record.charges, *self.record.lines_left_out)
        ids = dict.fromkeys(line.charge_id for line in lines)
        names = {charge_id: f"F{number}" for number, charge_id in enumerate(ids, start=1)}
        found: dict[str, Charge] = {}
        for line in lines:
            found.setdefault(names[line.charge_id], line)
        return found

    @cached_property
    def numbered(self) -> Numbered:
        """Every line that can be cited; its block is never shown whole."""
        documents = tuple(whole_document(document) for document in self.documents)
        return Numbered("", (*documents, *(piece for _, piece in self._table_pieces)))

    @cached_property
    def _table_pieces(self) -> tuple[tuple[str, Piece], ...]:
        return tuple(
            (name, table_piece(title, getattr(self.record, name), columns)) for name, title, columns in TABLES
        )

    @cached_property
    def spans(self) -> tuple[range, ...]:
        """The numbers of each document's lines, in the order of the documents."""
        found, first = [], 1
        for piece in self.numbered.pieces[: len(self.documents)]:
            found.append(range(first, first + len(piece.lines)))
            first += len(piece.lines)
        return tuple(found)

    @cached_property
    def aliases(self) -> Aliases:
        return Aliases(
            self.scene.stays,
            {charge.charge_id: name for name, charge in self.charges.items()},
            {document.document_id: f"D{place}" for place, document in enumerate(self.documents, start=1)},
            {number: f"M{place}" for place, number in enumerate(sorted(self._order_numbers()), start=1)},
            dict(self._row_numbers()),
        )

    def _order_numbers(self) -> set[str]:
        """Numbers of orders, which may hold that of the record."""
        lines = (*self.record.charges, *self.record.lines_left_out)
        numbers = {number for one in self.record.orders for number in (one.order_no, one.group_no)}
        return {number for number in numbers | {line.order_no for line in lines} if number is not None}

    def _row_numbers(self) -> Iterator[tuple[Key, int]]:
        number = sum(len(span) for span in self.spans)
        for name, _, _ in TABLES:
            for row in getattr(self.record, name):
                number += 1
                yield (name, _cited_by(name, row)), number

    @cached_property
    def fingerprint(self) -> str:
        """Stands for the lines that can be cited and what the rules found; another review of it may have others."""
        told = hashlib.sha256()
        for _, line in self.numbered.lines:
            told.update(f"{line.text}\x1f{line.row}\x1e".encode("utf-8", "surrogatepass"))
        for finding in self.findings:
            told.update(f"{finding.id}\x1f{finding.certainty}\x1e".encode())
        return told.hexdigest()[:24]

    @cached_property
    def room(self) -> ClosedRoom:
        return open_room(self.scene.warehouse, self.record, self.aliases, self.veil)

    def close(self) -> None:
        if "room" in vars(self):
            self.room.close()

    def document(self, name: str) -> tuple[Document, range] | None:
        """A document by its name here, with the numbers of its lines."""
        place = int(name[1:]) if name[:1] in "Dd" and name[1:].isdecimal() and len(name) < 8 else 0
        if not 1 <= place <= len(self.documents):
            return None
        return self.documents[place - 1], self.spans[place - 1]

    def proof(self) -> Proof:
        return Proof(self.numbered, self.veil.show, self.scene.inspection.layout, self.record)

    def charge(self, name: str) -> Charge | None:
        """A line by its name here, or by its own number."""
        found = self.charges.get(name.strip().upper())
        if found is not None:
            return found
        alias = self.aliases.charges.get(self.veil.show(name.strip()))
        return self.charges.get(alias) if alias else None

    def stay(self, name: str) -> str | None:
        """The number of a stay by what it is called here."""
        return next((stay for stay, alias in self.scene.stays.items() if alias == name.strip().upper()), None)


def _cited_by(table: str, row: Any) -> str:
    if table == "diagnoses":
        return f"{row.diagnosis_code}{row.diagnosis_name or ''}"
    return str(row.charge_id if isinstance(row, Charge) else row.fact_id)
