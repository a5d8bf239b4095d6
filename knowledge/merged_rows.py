"""Merges imported rows into the table files under `<home>/tables`, each written whole and put in place at once."""

import csv
import os
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from knowledge.row_cells import ANY_DAY, Cell, Row
from knowledge.row_precedence import version_of
from knowledge.row_tables import ROW_TABLES, TableSpec
from knowledge.rows import imported_file, imported_rows, starter_rows


def merge_rows(table: str, rows: Iterable[Row], home: Path) -> int:
    """Add rows to the imported table; how many of them were new."""
    spec = ROW_TABLES[table]
    kept = {row["row_id"]: row for row in imported_rows(table, home)}
    before = set(kept)
    settled = {
        version_of(row, spec) for row in (*starter_rows(table), *kept.values()) if row["mark"] != "verify"
    }
    for row in rows:
        if row["mark"] == "verify" and version_of(row, spec) in settled:
            continue
        known = kept.get(row["row_id"])
        kept[row["row_id"]] = _joined(known, row, spec) if known else row
        if row["mark"] != "verify":
            settled.add(version_of(row, spec))
    complete = [
        row for row in kept.values() if row["mark"] != "verify" or version_of(row, spec) not in settled
    ]
    write_rows(imported_file(table, home), complete, spec)
    return len({row["row_id"] for row in complete} - before)


def _joined(known: Row, row: Row, spec: TableSpec) -> Row:
    """The same rule from two files: every code of both, and the earlier of two ends."""
    official = row if known["authority"] == "working" else known
    joined = dict(official)
    if known["match"] in ("exact", "prefix"):
        for name in spec.codes:
            codes = {code for cell in (known[name], row[name]) if cell for code in str(cell).split("|")}
            joined[name] = "|".join(sorted(codes)) or None
    ends = [end for end in (known["in_force_to"], row["in_force_to"]) if isinstance(end, date)]
    joined["in_force_to"] = min(ends, default=None)
    return joined


def write_rows(file: Path, rows: Iterable[Row], spec: TableSpec) -> None:
    """Write a table file as the loader reads it, in an order that depends on the rows alone."""
    names = [column.name for column in spec.columns]
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".writing")
    with draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        for row in sorted(rows, key=lambda row: str(row["row_id"])):
            writer.writerow([cell_text(row[name]) for name in names])
    os.replace(draft, file)


def cell_text(cell: Cell) -> str:
    """A typed cell as the text it is read from."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case date():
            return "" if cell == ANY_DAY else cell.isoformat()
        case Decimal():
            return format(cell, "f")
        case _:
            return str(cell)
