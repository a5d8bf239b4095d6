"""What a Python check is given: one admission's record, or all of them. Everything is read once and only read."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from knowledge.rows.held import ROW_TABLES
from review.checks.records import Record, Records
from review.engines.duckdb import Warehouse
from review.facts.sentences import Sentence, sentences
from review.quotes import Layout, LineSpan, PageSpan
from review.record import Admission, Document, Section, Signature

__all__ = ["Inspection", "Record"]
SENTENCES_KEPT = 512  # documents


class Inspection:
    """All records of one inspection, for checks that look across admissions."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._rows: dict[str, Sequence[Mapping[str, Any]]] = {}
        self.kept: dict[str, tuple[str, list[Mapping[str, Any]]]] = {}
        self._of_source: dict[str, Sequence[Document]] = {}  # the file asked for last
        self._sentences: OrderedDict[str, tuple[Sentence, ...]] = OrderedDict()
        self._codes: dict[str, Mapping[str, Sequence[Mapping[str, Any]]]] = {}
        self._filled: dict[str, bool] = {}

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
    def records(self) -> Records:
        """Records by admission, in order of admission."""
        return Records(
            self, self.warehouse.fetch(Admission, "admissions", "true order by begins_at, admission_id")
        )

    def sentences_of(self, document: Document) -> Sequence[Sentence]:
        """The sentences of a document; those asked for last are held."""
        kept = self._sentences.get(document.document_id)
        if kept is None:
            kept = self._sentences[document.document_id] = tuple(sentences(document))
            if len(self._sentences) > SENTENCES_KEPT:
                self._sentences.popitem(last=False)
        return kept

    def knowledge(self, table: str) -> Sequence[Mapping[str, Any]]:
        if table not in self._rows:
            self._rows[table] = self.warehouse.rows(f"select * from {table} order by row_id")
        return self._rows[table]

    def has_rows(self, table: str) -> bool:
        """Whether a rule table holds any row of the inspection's region; asked by nearly every check."""
        if table not in self._filled:
            self._filled[table] = self.warehouse.has_rows(table)
        return self._filled[table]

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

    @cached_property
    def prices(self) -> Sequence[Mapping[str, Any]]:
        """Every unit price that any stay was charged for an item: the item's names and key, the price, `lines`."""
        return self.warehouse.rows(
            "select c.item_key, c.item_name, c.charge_type, c.unit_price, count(*) as lines"
            " from charges c join admissions a on a.admission_id = c.admission_id"
            " where c.unit_price is not null group by c.item_key, c.item_name, c.charge_type, c.unit_price"
        )

    def keep(self, table: str, columns: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows to a table for the pages; a warehouse that checks read is written when all have run."""
        self.kept.setdefault(table, (columns, []))[1].extend(rows)

    def knowledge_tables(self) -> tuple[str, ...]:
        return tuple(ROW_TABLES)

    def documents_of(self, source: str) -> Sequence[Document]:
        """The documents cut from one file."""
        if source not in self._of_source:
            self._of_source = {source: self.documents_where("source = $source", {"source": source})}
        return self._of_source[source]

    def documents_where(self, where: str, bound: Mapping[str, Any]) -> list[Document]:
        """The documents that fulfil a condition on the view of documents, in order of writing."""
        own = f"document_id in (select document_id from documents where {where})"
        rows = self.warehouse.rows
        sections: dict[str, list[Section]] = {}
        for row in rows(f"select * from raw_sections where {own} order by document_id, start_at", bound):
            sections.setdefault(row["document_id"], []).append(
                Section(row["name"], row["start_at"], row["end_at"])
            )
        signatures: dict[str, list[Signature]] = {}
        for row in rows(f"select * from raw_signatures where {own}", bound):
            signatures.setdefault(row["document_id"], []).append(Signature(row["role"], row["name"]))
        return [
            Document(
                **row,
                sections=tuple(sections.get(row["document_id"], ())),
                signatures=tuple(signatures.get(row["document_id"], ())),
            )
            for row in rows(
                f"select * from documents where {where} order by written_at nulls last, document_id", bound
            )
        ]
