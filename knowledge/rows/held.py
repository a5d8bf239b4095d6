"""Rule rows: reads the starter tables and the imported ones, closed and typed, newest publication first.

A file with an unknown column, a row without a source passage or with a value of the wrong type is an error
that names file, row and column. What a row means for an admission is the business of `review`.
"""

import csv
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from knowledge.rows.cells import ANY_DAY, Cell, Row, RowError, cell_text, type_row
from knowledge.rows.merged import merged_rows
from knowledge.rows.precedence import close_superseded, is_official, version_of, without_unofficial_twins
from knowledge.rows.sources import sourced_rows
from knowledge.rows.tables import ROW_TABLES, TableSpec

__all__ = ["ANY_DAY", "ROW_TABLES", "Cell", "Row", "RowError", "TableSpec", "load_rows", "read_rows"]

STARTER = Path(__file__).parents[1] / "tables"
SURPLUS = "多出的列"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # what a spreadsheet program would take for a formula


def load_rows(table: str, home: Path | None, states: tuple[str, ...] = ("approved",)) -> list[Row]:
    """Starter rows and imported rows of a table. A rule that was published again ends the day before."""
    spec = _spec(table)
    starter, imported = starter_rows(table), imported_rows(table, home) if home else []
    replaced = {version_of(row, spec) for row in imported if is_official(row)}
    kept = [row for row in starter if row["authority"] == "law" or version_of(row, spec) not in replaced]
    wanted = [row for row in kept + imported if row["state"] in states]
    return close_superseded(without_unofficial_twins(wanted, spec), spec)


def starter_rows(table: str) -> list[Row]:
    """The rows we ship, in every state."""
    file = STARTER / f"{table}.csv"
    _spec(table)
    return [dict(row) for row in _shipped(table, file, file.stat().st_mtime_ns if file.exists() else 0)]


@lru_cache(maxsize=256)
def _shipped(table: str, file: Path, _changed: int) -> tuple[Row, ...]:
    return tuple(read_rows(file, _spec(table)))


def imported_rows(table: str, home: Path) -> list[Row]:
    """What the imported files say, in every state."""
    return merged_rows(_sources(table, home), _spec(table), starter_rows(table))


def count_new_rules(table: str, rows: Sequence[Row], home: Path) -> int:
    """How many rules the imported files do not state yet."""
    spec, shipped, sources = _spec(table), starter_rows(table), _sources(table, home)
    held = {row["row_id"] for row in merged_rows(sources, spec, shipped)}
    return sum(row["row_id"] not in held for row in merged_rows([*sources, rows], spec, shipped))


def _sources(table: str, home: Path) -> list[list[Row]]:
    before = home / "tables" / f"{table}.csv"  # where imports were kept before each file had its own
    return [*([read_rows(before, _spec(table))] if before.exists() else []), *sourced_rows(table, home)]


def read_rows(file: Path, spec: TableSpec) -> list[Row]:
    """Every row of one CSV file in the table's own columns, typed."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restkey=SURPLUS)
            require_columns(reader.fieldnames or (), spec, file.name)
            rows = [
                _read_row(cells, spec, f"{file.name} 第 {number} 行")
                for number, cells in enumerate(reader, 2)
            ]
    except (OSError, UnicodeDecodeError) as problem:
        raise RowError(
            f"{file.name}：读不出来（{type(problem).__name__}）；请换成 UTF-8 的 CSV 文件。"
        ) from problem
    _refuse_duplicates(rows, file.name)
    return rows


def _read_row(cells: Mapping[str, object], spec: TableSpec, place: str) -> Row:
    if SURPLUS in cells:
        raise RowError(f"{place}：格数多于表头；请检查逗号和引号。")
    return type_row({name: unguarded(str(cell or "")) for name, cell in cells.items()}, spec, place)


def write_rows(file: Path, rows: Iterable[Row], spec: TableSpec) -> None:
    """Write rows as `read_rows` takes them, ordered by content; no text becomes a formula where it is opened."""
    names = [column.name for column in spec.columns]
    texts = {column.name for column in spec.columns if column.kind in ("text", "passage", "regex", "code")}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".writing")
    with draft.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        for row in sorted(rows, key=lambda row: str(row["row_id"])):
            cells = {name: cell_text(row[name]) for name in names}
            writer.writerow([_guarded(cells[name]) if name in texts else cells[name] for name in names])
    os.replace(draft, file)


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """A text without the sign that `write_rows` put before it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def row_id_of(table: str, row: Mapping[str, Cell]) -> str:
    """A name for a rule by its content: the same rule read from another file gets the same name.

    Code lists of drugs stay out, because one publication cuts them short; so do names and texts."""
    spec = _spec(table)
    parts = [table, str(row.get("region")), str(row.get("in_force_from") or ANY_DAY)]
    if row.get("insutype"):
        parts.append(f"insutype={row['insutype']}")
    for column in spec.own:
        is_key = column.name in spec.key
        if is_key or column.kind not in ("text", "code"):
            parts.append(f"{column.name}={row.get(column.name)}")
    return f"{table}-{hashlib.sha256('|'.join(parts).encode('utf-8')).hexdigest()[:12]}"


def _spec(table: str) -> TableSpec:
    if table not in ROW_TABLES:
        raise LookupError(f"没有“{table}”这张规则表；现有：{'、'.join(ROW_TABLES)}。")
    return ROW_TABLES[table]


def require_columns(found: Iterable[str], spec: TableSpec, file: str) -> None:
    """Refuse a heading that is not the table's, and a table without a required one. Raises RowError."""
    known = {column.name for column in spec.columns}
    unknown = [name for name in found if name not in known]
    if unknown:
        raise RowError(f"{file} 表头：不认识的列“{'”“'.join(unknown)}”；请改名或删去。")
    missing = [column.name for column in spec.columns if column.required and column.name not in set(found)]
    if missing:
        raise RowError(f"{file} 表头：缺少必需的列“{'”“'.join(missing)}”；请补上。")


def _refuse_duplicates(rows: Iterable[Row], file: str) -> None:
    seen: set[Cell] = set()
    for row in rows:
        if row["row_id"] in seen:
            raise RowError(f"{file}“row_id”：{row['row_id']} 出现两次；请删去一行。")
        seen.add(row["row_id"])
