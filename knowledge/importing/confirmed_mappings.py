"""The columns a person has confirmed, kept under `<home>/tables`: proposed again where the headings are the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.importing.sheet_kinds import heading_keys
from knowledge.importing.sheet_layout import SheetTable
from knowledge.rows.sources import write_whole


@dataclass(frozen=True)
class Mapped:
    """One sheet: its kind, and the field of each column that has one. Columns count from 0."""

    kind: str
    columns: Mapping[int, str]
    region: str | None = None
    confirmed_by: str | None = None
    confirmed_on: date | None = None


def kept_mapping(table: SheetTable, home: Path | None) -> Mapped | None:
    """What was confirmed last for a table with exactly these headings."""
    entry = _held(home).get(_name_of(table)) if home else None
    if not entry:
        return None
    return Mapped(
        entry["kind"],
        {int(column): field for column, field in entry["columns"].items()},
        entry["region"],
        entry["confirmed_by"],
        date.fromisoformat(entry["confirmed_on"]),
    )


def keep_mapping(table: SheetTable, mapped: Mapped, region: str | None, by: str | None, home: Path) -> None:
    """Keep a confirmation under the table's headings; the last one holds."""
    entry = {
        "headings": table.headings,
        "kind": mapped.kind,
        "columns": {str(column): field for column, field in sorted(mapped.columns.items())},
        "region": region,
        "confirmed_by": by,
        "confirmed_on": date.today().isoformat(),
    }
    held = {**_held(home), _name_of(table): entry}
    write_whole(_file(home), json.dumps(held, ensure_ascii=False, indent=1))


def _held(home: Path) -> dict[str, Any]:
    file = _file(home)
    held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return held


def _name_of(table: SheetTable) -> str:
    return "|".join((heading_keys(heading) or ("",))[0] for heading in table.headings)


def _file(home: Path) -> Path:
    return home / "tables" / "confirmed.json"
