"""The records of the admissions: read block by block, so that memory does not grow with the number of admissions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from review.engines.duckdb import among
from review.facts.sentences import Sentence
from review.models import Evidence
from review.record import (
    Admission,
    Anesthesia,
    Charge,
    Diagnosis,
    Document,
    Edit,
    Exam,
    Fact,
    Lab,
    OperationRow,
    Order,
    Stay,
    Vital,
)

if TYPE_CHECKING:
    from review.checks.inputs import Inspection

# admissions read by one query for each noun; such blocks held, so that memory does not grow with their number
RECORDS_AT_ONCE, BLOCKS_KEPT = 25, 8
HOSPITAL = "hospital"
OF_THE_HOSPITAL = (
    "orders",
    "vitals",
    "labs",
    "exams",
    "operations",
    "anesthesia",
    "edits",
)  # not the platform's


class Block:
    """Some admissions next to each other; each noun is read for all of them when one of them is asked for it."""

    def __init__(
        self, inspection: Inspection, admissions: Sequence[Admission], held: OrderedDict[Block, None]
    ) -> None:
        self._inspection, self._held = inspection, held
        self._ids = tuple(admission.admission_id for admission in admissions)
        self._rows: dict[str, dict[str, list[Any]]] = {}
        self.records = {one.admission_id: Record(inspection, one, self) for one in admissions}

    def rows(self, admission_id: str, noun: type[Any], view: str, order: str) -> tuple[Any, ...]:
        """The rows of one admission in a view."""
        if view not in self._rows:
            where, bound = among("admission_id", self._ids)
            found = self._inspection.warehouse.fetch(noun, view, f"{where} order by {order}", bound)
            self._hold(view, found)
        return tuple(self._rows[view].get(admission_id, ()))

    def documents(self, admission_id: str) -> tuple[Document, ...]:
        """The documents of one admission in order of writing."""
        if "documents" not in self._rows:
            self._hold("documents", self._inspection.documents_where(*among("admission_id", self._ids)))
        return tuple(self._rows["documents"].get(admission_id, ()))

    def _hold(self, view: str, rows: Iterable[Any]) -> None:
        self._rows[view] = _by_admission(rows)
        self._held[self] = None
        self._held.move_to_end(self)
        if len(self._held) > BLOCKS_KEPT:
            oldest, _ = self._held.popitem(last=False)
            oldest.forget()

    def forget(self) -> None:
        """What was read is read again when it is asked for; a check may hold on to a record."""
        self._rows.clear()
        for record in self.records.values():
            record.forget()


def _by_admission(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.admission_id, []).append(row)
    return found


class Record:
    """One admission with everything known of it, read from the warehouse when first asked for."""

    def __init__(self, inspection: Inspection, admission: Admission, block: Block) -> None:
        self.inspection = inspection
        self.admission = admission
        self._block = block

    def forget(self) -> None:
        """Let go of everything that was read of it."""
        for name in [name for name in vars(self) if isinstance(vars(Record).get(name), cached_property)]:
            del self.__dict__[name]

    def _fetch(self, noun: type[Any], view: str, order: str) -> tuple[Any, ...]:
        return self._block.rows(self.admission.admission_id, noun, view, order)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Its documents in order of writing."""
        return self._block.documents(self.admission.admission_id)

    def sentences(self, document: Document) -> Sequence[Sentence]:
        """The sentences of one of its documents, cut once for all that read them."""
        return self.inspection.sentences_of(document)

    @cached_property
    def charges(self) -> tuple[Charge, ...]:
        return self._fetch(Charge, "charges", "charged_at, charge_id")

    @cached_property
    def lines_left_out(self) -> tuple[Charge, ...]:
        """Lines as written that `charges` no longer holds: refunds, lines refunded to nothing or without a quantity."""
        return self._fetch(Charge, "lines_left_out", "charged_at, charge_id")

    @cached_property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        return self._fetch(Diagnosis, "diagnoses", "is_main desc, diagnosis_code")

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        return self._fetch(Order, "orders", "begins_at, fact_id")

    @cached_property
    def exams(self) -> tuple[Exam, ...]:
        return self._fetch(Exam, "exams", "registered_at, fact_id")

    @cached_property
    def labs(self) -> tuple[Lab, ...]:
        return self._fetch(Lab, "labs", "sampled_at, fact_id")

    @cached_property
    def vitals(self) -> tuple[Vital, ...]:
        return self._fetch(Vital, "vitals", "measured_at, fact_id")

    @cached_property
    def operations(self) -> tuple[OperationRow, ...]:
        return self._fetch(OperationRow, "operations", "operated_on, begins_at, fact_id")

    @cached_property
    def anesthesia(self) -> tuple[Anesthesia, ...]:
        return self._fetch(Anesthesia, "anesthesia", "begins_at, fact_id")

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        return self._fetch(Edit, "edits", "edited_at, fact_id")

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        return self._fetch(Fact, "facts", "begins_at, fact_id")

    @cached_property
    def stay(self) -> Stay | None:
        stays = self._fetch(Stay, "person_stays", "begins_at")
        return stays[0] if stays else None

    def provided(self, table: str) -> bool:
        """Whether the inspection holds the table, and, of the hospital's own, whether anything of this stay came.

        Records are asked for of sampled stays: that nothing stands in a table proves nothing where nothing came.
        """
        return table in self.inspection.provided and (table not in OF_THE_HOSPITAL or self.came)

    @cached_property
    def came(self) -> bool:
        """Whether the hospital handed over a document or a row of its own tables for this stay."""
        return bool(self.documents) or any(
            getattr(row, "origin", HOSPITAL)
            == HOSPITAL  # operations of the settlement list stand beside the register's
            for table in OF_THE_HOSPITAL
            for row in getattr(self, table)
        )

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        """Knowledge rows of the inspection's region."""
        return self.inspection.knowledge(table)

    def of_kind(self, *kinds: str) -> tuple[Document, ...]:
        """The record's documents of these kinds, in order of writing."""
        return tuple(document for document in self.documents if document.kind in kinds)

    def quote(
        self, document: Document, start: int, end: int, *, says: str = "for", at: datetime | None = None
    ) -> Evidence:
        """A span of a document's text as evidence."""
        return self.inspection.layout.evidence(document, start, end, says=says, at=at)


def record_alone(inspection: Inspection, admission: Admission) -> Record:
    """The record of one stay outside the others, nothing of it read yet."""
    return Block(inspection, [admission], OrderedDict()).records[admission.admission_id]


class Records(Mapping[str, Record]):
    """Records by admission, in order of admission; what is read of them is held block by block."""

    def __init__(self, inspection: Inspection, admissions: Iterable[Admission]) -> None:
        self._inspection = inspection
        self._admissions = {admission.admission_id: admission for admission in admissions}
        self._ids = tuple(self._admissions)
        self._places = {admission_id: place for place, admission_id in enumerate(self._ids)}
        self._blocks: dict[int, Block] = {}
        self._held: OrderedDict[Block, None] = OrderedDict()

    def __getitem__(self, admission_id: str) -> Record:
        number = self._places[admission_id] // RECORDS_AT_ONCE
        if number not in self._blocks:
            ids = self._ids[number * RECORDS_AT_ONCE : (number + 1) * RECORDS_AT_ONCE]
            own = [self._admissions[one] for one in ids]
            self._blocks[number] = Block(self._inspection, own, self._held)
        return self._blocks[number].records[admission_id]

    def __contains__(self, admission_id: object) -> bool:
        return admission_id in self._admissions

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def admissions(self) -> Collection[Admission]:
        """All admissions, without the rest of their records."""
        return self._admissions.values()
