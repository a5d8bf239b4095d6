"""Knowledge rows as the warehouse takes them: those of the inspection's region, with their code patterns spread out.

A regional row replaces the national row for the same rule (the longest matching region prefix wins). Dates are left to
the checks, which compare them with the day of service.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.rows import ROW_TABLES, TableSpec

SQL_TYPES = {"int": "integer", "decimal": "decimal(18,4)", "day": "date", "flag": "boolean"}
PATTERN_COLUMNS = (
    ("table_name", "varchar"),
    ("row_id", "varchar"),
    ("side", "varchar"),
    ("pattern", "varchar"),
    ("match", "varchar"),
    ("ceiling", "varchar"),
)


@dataclass(frozen=True)
class KnowledgeTable:
    """One table of rows that hold in the inspection's region; `columns` are (name, SQL type)."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mapping[str, Any], ...]

    def columns_sql(self) -> str:
        return ", ".join(f'"{name}" {kind}' for name, kind in self.columns)


def tables_for_region(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], region: str | None
) -> list[KnowledgeTable]:
    """Every declared table with the rows of the region, and `row_patterns` with their codes spread out."""
    tables = [
        KnowledgeTable(
            name=name,
            columns=tuple((column.name, SQL_TYPES.get(column.kind, "varchar")) for column in spec.columns),
            rows=tuple(_in_region(rows.get(name, ()), spec, region)),
        )
        for name, spec in ROW_TABLES.items()
    ]
    patterns = [pattern for table in tables for pattern in _patterns(table, ROW_TABLES[table.name])]
    return [*tables, KnowledgeTable("row_patterns", PATTERN_COLUMNS, tuple(patterns))]


def _in_region(
    rows: Iterable[Mapping[str, Any]], spec: TableSpec, region: str | None
) -> list[Mapping[str, Any]]:
    best: dict[tuple[Any, ...], int] = {}
    kept: list[tuple[tuple[Any, ...], int, Mapping[str, Any]]] = []
    for row in rows:
        closeness = _closeness(row["region"], region)
        if row["state"] != "approved" or closeness < 0:
            continue
        key = tuple(row[column] for column in spec.key)
        best[key] = max(best.get(key, -1), closeness)
        kept.append((key, closeness, row))
    return [row for key, closeness, row in kept if closeness == best[key]]


def _closeness(row_region: str, region: str | None) -> int:
    """How many digits of the region a row names; −1 where it belongs elsewhere."""
    prefix = row_region.rstrip("0")
    if len(prefix) % 2:
        prefix += "0"
    return len(prefix) if (region or "").startswith(prefix) else -1


def _patterns(table: KnowledgeTable, spec: TableSpec) -> Iterable[Mapping[str, Any]]:
    for row in table.rows:
        ceiling = row["certainty_ceiling"] or "established"
        for side in spec.codes:
            said = {"table_name": table.name, "row_id": row["row_id"], "side": side}
            for match, pattern in _side_patterns(row, side):
                named = match in {"name", "same_name"}
                yield {**said, "pattern": pattern, "match": match, "ceiling": "clue" if named else ceiling}


def _side_patterns(row: Mapping[str, Any], side: str) -> Iterable[tuple[str, str]]:
    """How one side of a row is known: by its codes, by a regular expression of names, or by its plain name."""
    match = row["match"] or "exact"
    name = row.get(f"name_{side}") or row.get("name") or row.get("generic")
    if match == "name":
        return [(match, str(row.get("name_regex") or name))] if row.get("name_regex") or name else []
    cell = str(row[side] or "")
    # a bar separates codes; in a regular expression it is the pattern's own
    parts = cell.split("|") if match in {"exact", "prefix"} else [cell]
    codes = [(match, part.strip()) for part in parts if part.strip()]
    return [*codes, ("same_name", _plain(str(name)))] if codes and name else codes


def _plain(name: str) -> str:
    return name.replace("（", "(").replace("）", ")").replace(" ", "")
