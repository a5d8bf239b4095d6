"""Builds a warehouse from one case of a check, through the raw tables and the real views.

A case speaks in the plain column names of the views and states nothing but what it is about; which raw column each
name comes from is known to `review.check_cases.names`. Raises CaseError where a case names a table or column that there
is none of.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from knowledge.matching.catalogue import named_items
from knowledge.matching.matcher import Matcher
from knowledge.rows.held import load_rows
from knowledge.rows.tables import ROW_TABLES
from review.check_cases.names import CODES, GRADES, RAW_NAMES, RAW_OF
from review.checks.inputs import Inspection
from review.engines.duckdb import VIEWS, Warehouse, view_name
from review.engines.knowledge_tables import tables_for_region
from review.errors import ReviewError
from review.facts import read_text_facts
from review.items.matching import candidate_rows, matcher_of
from review.warehouse import sites_of_rows

Case = Mapping[str, Any]
Cells = dict[str, Any]
REGION = "229900"
VIEW_FILES = sorted(VIEWS.glob("[1-9]*.sql"))
VIEW_INPUTS = {
    view_name(file): set(re.findall(r"\w+", file.read_text("utf-8"))) - {view_name(file)}
    for file in VIEW_FILES
}
NAMING = frozenset(named_items(ROW_TABLES))  # tables that a catalogue is made of
STAY: Cells = {
    "begins_at": datetime(2024, 3, 1, 8, 0),
    "ends_at": datetime(2024, 3, 9, 9, 0),
    "person_id": "P",
}
ROW: Cells = {
    "region": "000000",
    "in_force_from": date(1900, 1, 1),
    "authority": "national_list",
    "source_doc": "测试用规则表",
    "source_passage": "测试用规则行出处",
    "match": "exact",
    "certainty_ceiling": "established",
    "state": "approved",
}


class CaseError(ReviewError):
    """A case says what the warehouse cannot hold."""


class CaseWarehouse:
    """A warehouse filled from one case after another; what a case leaves as it was is not built again."""

    def __init__(self) -> None:
        self.warehouse = Warehouse.empty()
        self.warehouse.run("set threads = 1")  # a case is a handful of rows
        self._filled: dict[str, str] = {}
        self._changed: set[str] = set()
        self._matcher: Matcher | None = None

    def fill(self, table: str, rows: Sequence[Case]) -> None:
        """Put exactly these rows into a table."""
        signature = repr(rows)
        if self._filled.get(table, "[]") != signature:
            self.warehouse.run(f"delete from {table}")
            self.warehouse.load_rows(table, rows)
            self._filled[table] = signature
            self._changed.add(table)

    def fill_knowledge(self, tables: Mapping[str, Sequence[Case]], region: str) -> None:
        for table in tables_for_region(tables, region):
            signature = repr(table.rows)
            if self._filled.get(table.name) != signature:
                self.warehouse.load_knowledge([table])
                self._filled[table.name] = signature
                self._changed.add(table.name)
                if table.name in NAMING:
                    self._matcher = None

    def matcher(self) -> Matcher:
        """The matcher of the tables as they are filled now."""
        if self._matcher is None:
            self._matcher = matcher_of(self.warehouse)
        return self._matcher

    def build_views(self, only: Sequence[str] = ()) -> None:
        """Build the views whose tables or views have changed, in order."""
        for file in VIEW_FILES:
            name = view_name(file)
            if only and name not in only:
                continue
            if name not in self._filled or (
                VIEW_INPUTS[name] & self._changed and not self._stays_empty(name)
            ):
                self.warehouse.build_views(only=[name])
                self._filled[name] = "built"
                self._changed.add(name)
        if not only:
            self._changed.clear()

    def _stays_empty(self, view: str) -> bool:
        """A view of one hospital table has no rows while that table has none."""
        raw = {f"raw_{name}" for name in RAW_OF.values()} & VIEW_INPUTS[view]
        return f"raw_{view}" in raw and not any(
            table in self._changed or self._filled.get(table, "[]") != "[]" for table in raw
        )


def build(cases: CaseWarehouse, case: Case) -> Inspection:
    """Fill the warehouse with what the case says, nothing else, and build the views."""
    about = {"region": REGION, **case.get("inspection", {})}
    cases.fill("inspection", [about])
    for view, raw in RAW_OF.items():
        rows = _rows_of(case, view)
        cases.fill(f"raw_{raw}", [_raw(view, row, number) for number, row in enumerate(rows, 1)])
    for table, rows in _document_rows(case.get("documents", [])).items():
        cases.fill(table, rows)
    provided = case.get("provided", [view for view in RAW_OF if view in case or view == "admissions"])
    names = [RAW_OF.get(name, name) for name in provided] + (["documents"] if case.get("documents") else [])
    cases.fill("provided", [{"table_name": name} for name in dict.fromkeys(names)])
    if "knowledge" in case or "inspection" in case:
        tables = {"item_map": mapped_codes(case), **case.get("knowledge", {})}
        cases.fill_knowledge(knowledge_rows(tables), about["region"])
    cases.fill("raw_item_candidates", candidate_rows(cases.warehouse, cases.matcher))
    cases.build_views(only=["admissions", "documents"])
    inspection = Inspection(cases.warehouse)
    documents = [document for record in inspection.records.values() for document in record.documents]
    cases.fill(
        "raw_text_facts", [*read_text_facts(documents, inspection.layout), *_fact_rows(case.get("facts", []))]
    )
    cases.fill("raw_row_sites", sites_of_rows(cases.warehouse))
    cases.build_views()
    return Inspection(cases.warehouse)


def mapped_codes(case: Case) -> list[Cells]:
    """A map of every code of the case to itself: a case speaks in reference codes unless it brings its own map."""
    codes = {str(row["code15"]).split("-")[0] for row in case.get("charges", []) if row.get("code15")}
    return [
        {"local_code": code, "local_name": "同一项目", "ref_code15": code, "quality": "same", "region": "000000",
         "authority": "city"}
        for code in sorted(codes)
    ]  # fmt: skip


def shipped_rows() -> dict[str, list[Cells]]:
    """The starter tables as a fresh checkout has them."""
    return {table: load_rows(table, None) for table in ROW_TABLES}


def knowledge_rows(
    tables: Mapping[str, Sequence[Case]],
) -> dict[str, list[Cells]]:
    """The rows a case names, with the common columns filled in; tables it does not name are empty."""
    unknown = sorted(set(tables) - set(ROW_TABLES))
    if unknown:
        raise CaseError(f"没有规则表“{'”“'.join(unknown)}”；请改用 knowledge/rows 里的表名。")
    filled: dict[str, list[Cells]] = {}
    for table, rows in tables.items():
        names = [column.name for column in ROW_TABLES[table].columns]
        for row in rows:
            if beyond := sorted(set(row) - set(names)):
                raise CaseError(f"规则表 {table} 没有列“{'”“'.join(beyond)}”；请改正。")
        filled[table] = [
            {**dict.fromkeys(names), **ROW, "row_id": f"{table}-{number}", **row}
            for number, row in enumerate(rows, 1)
        ]
    return filled


def _rows_of(case: Case, view: str) -> list[Cells]:
    rows = [dict(row) for row in case.get(view, [])]
    if view == "admissions":
        rows = [{**STAY, **row} for row in rows or [{"admission_id": "A1"}]]
        for row in rows:
            row.setdefault("inpatient_no", f"N{row['admission_id']}")
    first = (case.get("admissions") or [{"admission_id": "A1"}])[0]["admission_id"]
    for row in rows:
        if view != "institution":
            row.setdefault("admission_id", first)
    return rows


def _raw(view: str, row: Cells, number: int) -> Cells:
    if view == "charges":
        row = _priced(row)
    if view == "diagnoses":
        row.setdefault("is_main", number == 1)
        row.setdefault("diagnosis_code", "R69.X00")
    if view == "admissions" and "hospital_grade" in row:
        row["hosp_lv"] = GRADES[row.pop("hospital_grade")]
    if view not in RAW_NAMES and "admission_id" in row:
        row["inpatient_no"] = row.pop("admission_id")
    names = RAW_NAMES.get(view, {})
    raw = {
        names.get(name, name): CODES.get(name, {}).get(_hashable(value), value) for name, value in row.items()
    }
    if view == "charges" and "kind" in raw:
        raw["list_type"] = raw.pop("kind")
    return {"source": f"{view}.csv", "row_number": number + 1, **raw}


def _priced(row: Cells) -> Cells:
    """A line of one unit at no special price stays inside the fund unless the case says otherwise."""
    row = {
        "quantity": 1,
        "unit_price": 10,
        "kind": "service",
        "charged_at": datetime(2024, 3, 2, 10, 0),
        **row,
    }
    row["charge_id"] = str(row["charge_id"])
    row.setdefault("amount", Decimal(str(row["quantity"])) * Decimal(str(row["unit_price"])))
    row.setdefault("in_scope_amount", row["amount"])
    row.setdefault("hospital_item_name", row.get("item_name", "项目"))
    for name, value in row.items():
        if isinstance(value, int | float) and name != "charge_id":
            row[name] = Decimal(str(value))
    return row


def _document_rows(documents: Sequence[Case]) -> dict[str, list[Cells]]:
    """Documents of a case; a section is named by its heading and runs to the next heading named."""
    rows: dict[str, list[Cells]] = {"raw_documents": [], "raw_sections": [], "raw_signatures": []}
    for number, given in enumerate(documents, 1):
        document = {"document_id": f"D{number}", "admission_id": "A1", "kind": "其他", **given}
        names, signatures = document.pop("sections", []), document.pop("signatures", [])
        identity = document["document_id"]
        defaults = {
            "source": f"records/{document['admission_id']}/{identity}.txt",
            "title": document["kind"],
            "start_at": 0,
            "written_exact": True,
            "confidence": 1.0,
        }
        rows["raw_documents"].append({**defaults, **document})
        found = sorted((document["text"].index(name), name) for name in names)
        ends = [*(start for start, _ in found), len(document["text"])][1:]
        rows["raw_sections"] += [
            {"document_id": identity, "name": name, "start_at": start, "end_at": end}
            for (start, name), end in zip(found, ends, strict=True)
        ]
        rows["raw_signatures"] += [{"document_id": identity, **one} for one in signatures]
    return rows


def _fact_rows(facts: Sequence[Case]) -> list[Cells]:
    names = {"start": "start_at", "end": "end_at"}
    return [
        {
            names.get(key, key): value
            for key, value in {
                "fact_id": f"F{number}",
                "admission_id": "A1",
                "certainty": "established",
                **fact,
            }.items()
        }
        for number, fact in enumerate(facts, 1)
    ]


def moment(value: Any) -> Any:
    """YAML reads `2024-03-01 08:00` as text; the raw tables want a time."""
    if isinstance(value, Mapping):
        return {key: moment(item) for key, item in value.items()}
    if isinstance(value, list):
        return [moment(item) for item in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?", value):
        return datetime.fromisoformat(value)
    return value


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | bool | int) else None
