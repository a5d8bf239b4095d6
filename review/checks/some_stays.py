"""The records of a few stays, for a page that shows them: of all the others nothing is read."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from review.checks.inputs import Inspection, Record
from review.engines.duckdb import Warehouse
from review.record import Admission, Document, Section, Signature


class SomeStays(Inspection):
    """An inspection that knows the stays it was asked for; rows of knowledge are those of the whole."""

    def __init__(self, warehouse: Warehouse, admission_ids: Sequence[str]) -> None:
        super().__init__(warehouse)
        self._marks = ", ".join(f"$id_{number}" for number in range(len(admission_ids)))
        self._named = {f"id_{number}": admission for number, admission in enumerate(admission_ids)}

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """Records by admission, in order of admission."""
        documents = self._documents()
        admissions = self.warehouse.fetch(
            Admission,
            "admissions",
            f"admission_id in ({self._marks}) order by begins_at, admission_id",
            self._named,
        )
        return {
            admission.admission_id: Record(self, admission, documents.get(admission.admission_id, ()))
            for admission in admissions
        }

    def leaves(self) -> Sequence[Mapping[str, Any]]:
        """Spans of leave of these stays."""
        return self.warehouse.rows(f"select * from leaves where admission_id in ({self._marks})", self._named)

    def _documents(self) -> dict[str, tuple[Document, ...]]:
        own = f"document_id in (select document_id from documents where admission_id in ({self._marks}))"
        sections: dict[str, list[Section]] = {}
        for row in self.warehouse.rows(
            f"select * from raw_sections where {own} order by document_id, start_at", self._named
        ):
            sections.setdefault(row["document_id"], []).append(
                Section(row["name"], row["start_at"], row["end_at"])
            )
        signatures: dict[str, list[Signature]] = {}
        for row in self.warehouse.rows(f"select * from raw_signatures where {own}", self._named):
            signatures.setdefault(row["document_id"], []).append(Signature(row["role"], row["name"]))
        documents: dict[str, list[Document]] = {}
        for row in self.warehouse.rows(
            f"select * from documents where admission_id in ({self._marks})"
            " order by written_at nulls last, document_id",
            self._named,
        ):
            known = row["document_id"]
            document = Document(
                **row,
                sections=tuple(sections.get(known, ())),
                signatures=tuple(signatures.get(known, ())),
            )
            documents.setdefault(document.admission_id, []).append(document)
        return {admission_id: tuple(group) for admission_id, group in documents.items()}
