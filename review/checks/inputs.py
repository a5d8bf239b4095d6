"""What a Python check is given: one admission's record, or all of them. Everything is read once and only read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from knowledge.rows.held import ROW_TABLES
from review.engines.duckdb import Warehouse
from review.models import Evidence
from review.quotes import Layout, LineSpan, PageSpan
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
    Section,
    Signature,
    Stay,
    Vital,
)

RECORDS_AT_ONCE = 200  # one query for a block of admissions instead of one for each


class Record:
    """One admission with everything known of it, read from the warehouse when first asked for."""

    def __init__(
        self, inspection: "Inspection", admission: Admission, documents: tuple[Document, ...]
    ) -> None:
        self.inspection = inspection
        self.admission = admission
        self.documents = documents

    def _fetch(self, noun: type[Any], view: str, order: str) -> tuple[Any, ...]:
        return self.inspection.rows_of(self.admission.admission_id, noun, view, order)

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
        """Whether the inspection holds the table at all."""
        return table in self.inspection.provided

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


class Inspection:
    """All records of one inspection, for checks that look across admissions."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._rows: dict[str, Sequence[Mapping[str, Any]]] = {}
        self._block_of: dict[str, int] = {}
        self._blocks: dict[str, dict[str, list[Any]]] = {}
        self._codes: dict[str, Mapping[str, Sequence[Mapping[str, Any]]]] = {}

    @cached_property
    def provided(self) -> frozenset[str]:
        return frozenset(
            str(row["table_name"]) for row in self.warehouse.rows("select table_name from provided")
        )

    @cached_property
    def about(self) -> Mapping[str, Any]:
        rows = self.warehouse.rows("select * from inspection")
        return rows[0] if rows else {}

    @cached_property
    def layout(self) -> Layout:
        pages = self.warehouse.rows(
            "select source, number, start_at, end_at from raw_pages order by source, start_at"
        )
        lines = self.warehouse.rows("select * from raw_lines order by source, start_at")
        return Layout(
            (PageSpan(row["source"], row["number"], row["start_at"], row["end_at"]) for row in pages),
            ((row["source"], LineSpan(row["start_at"], row["end_at"], row["confidence"])) for row in lines),
        )

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """Records by admission, in order of admission."""
        documents = self._documents()
        admissions = self.warehouse.fetch(Admission, "admissions", "true order by begins_at, admission_id")
        return {
            admission.admission_id: Record(self, admission, documents.get(admission.admission_id, ()))
            for admission in admissions
        }

    def rows_of(self, admission_id: str, noun: type[Any], view: str, order: str) -> tuple[Any, ...]:
        """The rows of one admission, read together with those of its neighbours in the order of records."""
        block = self._places.get(admission_id, 0) // RECORDS_AT_ONCE
        if self._block_of.get(view) != block:
            ids = list(self.records)[block * RECORDS_AT_ONCE : (block + 1) * RECORDS_AT_ONCE]
            marks = ", ".join(f"$id_{number}" for number in range(len(ids)))
            rows: dict[str, list[Any]] = {}
            for row in self.warehouse.fetch(
                noun,
                view,
                f"admission_id in ({marks}) order by {order}",
                {f"id_{number}": admission for number, admission in enumerate(ids)},
            ):
                rows.setdefault(row.admission_id, []).append(row)
            self._block_of[view], self._blocks[view] = block, rows
        return tuple(self._blocks[view].get(admission_id, ()))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {admission_id: place for place, admission_id in enumerate(self.records)}

    def knowledge(self, table: str) -> Sequence[Mapping[str, Any]]:
        if table not in self._rows:
            self._rows[table] = self.warehouse.rows(f"select * from {table} order by row_id")
        return self._rows[table]

    def row_codes(self, table: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Rows of a table by the items of this inspection that they name: item key → (row_id, side, ceiling)."""
        if table not in self._codes:
            found: dict[str, list[Mapping[str, Any]]] = {}
            for row in self.warehouse.rows(
                "select item_key, row_id, side, ceiling from row_codes where table_name = $name order by row_id",
                {"name": table},
            ):
                found.setdefault(str(row["item_key"]), []).append(row)
            self._codes[table] = found
        return self._codes[table]

    @cached_property
    def row_matches(self) -> Mapping[str, Mapping[str, tuple[str, str]]]:
        """By rule row and item key, the most that the matching of the item allows, and how it was matched."""
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for row in self.warehouse.rows(
            "select row_id, item_key, how, ceiling from row_codes order by row_id, item_key,"
            " case ceiling when 'clue' then 0 when 'probable' then 1 else 2 end, how"
        ):
            items = found.setdefault(str(row["row_id"]), {})
            items.setdefault(str(row["item_key"]), (row["ceiling"], row["how"]))
        return found

    @cached_property
    def unmatched_items(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """By rule table and admission, the items that may be of a rule and that nobody has matched to the catalogue."""
        found: dict[str, dict[str, set[str]]] = {}
        for row in self.warehouse.rows(
            "select distinct u.table_name, c.admission_id, u.item_name from unmatched_items u"
            " join charges c on c.item_key = u.item_key"
        ):
            stays = found.setdefault(str(row["table_name"]), {})
            stays.setdefault(str(row["admission_id"]), set()).add(str(row["item_name"]))
        return {
            table: {stay: frozenset(items) for stay, items in stays.items()} for table, stays in found.items()
        }

    def knowledge_tables(self) -> tuple[str, ...]:
        return tuple(ROW_TABLES)

    def documents_of(self, source: str) -> Sequence[Document]:
        """The documents cut from one file."""
        return self._by_source.get(source, ())

    @cached_property
    def _by_source(self) -> Mapping[str, Sequence[Document]]:
        found: dict[str, list[Document]] = {}
        for record in self.records.values():
            for document in record.documents:
                found.setdefault(document.source, []).append(document)
        return found

    def _documents(self) -> dict[str, tuple[Document, ...]]:
        sections: dict[str, list[Section]] = {}
        for row in self.warehouse.rows("select * from raw_sections order by document_id, start_at"):
            sections.setdefault(row["document_id"], []).append(
                Section(row["name"], row["start_at"], row["end_at"])
            )
        signatures: dict[str, list[Signature]] = {}
        for row in self.warehouse.rows("select * from raw_signatures"):
            signatures.setdefault(row["document_id"], []).append(Signature(row["role"], row["name"]))
        documents: dict[str, list[Document]] = {}
        for row in self.warehouse.rows("select * from documents order by written_at nulls last, document_id"):
            document = Document(
                **row,
                sections=tuple(sections.get(row["document_id"], ())),
                signatures=tuple(signatures.get(row["document_id"], ())),
            )
            documents.setdefault(document.admission_id, []).append(document)
        return {admission_id: tuple(group) for admission_id, group in documents.items()}
