"""Rule rows: reads the starter tables and the imported ones, closed and typed, newest publication first.

A file with an unknown column, a row without a source passage or with a value of the wrong type is an error
that names file, row and column. What a row means for an admission is the business of `review`.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from knowledge.row_cells import ANY_DAY, Cell, Row, parse_cell, parse_regex
from knowledge.row_precedence import close_superseded, is_official, version_of, without_unofficial_twins
from knowledge.row_tables import ROW_TABLES, TableSpec

__all__ = ["ANY_DAY", "ROW_TABLES", "Cell", "Row", "RowError", "TableSpec", "load_rows", "read_rows"]

STARTER = Path(__file__).parent / "tables"


class RowError(ValueError):
    """A rule table cannot be loaded; the message names file, row and column."""


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
    return read_rows(STARTER / f"{table}.csv", _spec(table))


def imported_rows(table: str, home: Path) -> list[Row]:
    """The rows imported so far, in every state."""
    file = imported_file(table, home)
    return read_rows(file, _spec(table)) if file.exists() else []


def imported_file(table: str, home: Path) -> Path:
    return home / "tables" / f"{table}.csv"


def read_rows(file: Path, spec: TableSpec) -> list[Row]:
    """Every row of one CSV file, typed."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restkey="多出的列")
            _require_columns(reader.fieldnames or (), spec, file.name)
            rows = [type_row(cells, spec, file.name, number) for number, cells in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError) as problem:
        raise RowError(
            f"{file.name}：读不出来（{type(problem).__name__}）；请换成 UTF-8 的 CSV 文件。"
        ) from problem
    _refuse_duplicates(rows, file.name)
    return rows


def type_row(cells: Mapping[str, object], spec: TableSpec, file: str, number: int) -> Row:
    """Turn the texts of one line into typed cells, or say what is wrong with which of them."""
    row: Row = {}
    for column in spec.columns:
        text = str(cells.get(column.name) or "").strip()
        try:
            row[column.name] = parse_cell(text, column)
        except ValueError as problem:
            raise RowError(f"{file} 第 {number} 行“{column.name}”：{problem}；请改正。") from problem
    if "多出的列" in cells:
        raise RowError(f"{file} 第 {number} 行：格数多于表头；请检查逗号和引号。")
    if row["in_force_from"] is None:
        row["in_force_from"] = ANY_DAY
    _check_codes(row, spec, f"{file} 第 {number} 行")
    return row


def row_id_of(table: str, row: Mapping[str, Cell]) -> str:
    """A name for a rule by its content: the same rule read from another file gets the same name.

    Code lists of drugs stay out, because one publication cuts them short; so do names and texts."""
    spec = _spec(table)
    parts = [table, str(row.get("region")), str(row.get("in_force_from") or ANY_DAY)]
    for column in spec.own:
        is_key = column.name in spec.key
        if is_key or column.kind not in ("text", "code"):
            parts.append(f"{column.name}={row.get(column.name)}")
    return f"{table}-{hashlib.sha256('|'.join(parts).encode('utf-8')).hexdigest()[:12]}"


def _spec(table: str) -> TableSpec:
    if table not in ROW_TABLES:
        raise LookupError(f"没有“{table}”这张规则表；现有：{'、'.join(ROW_TABLES)}。")
    return ROW_TABLES[table]


def _require_columns(found: Iterable[str], spec: TableSpec, file: str) -> None:
    known = {column.name for column in spec.columns}
    unknown = [name for name in found if name not in known]
    if unknown:
        raise RowError(f"{file} 表头：不认识的列“{'”“'.join(unknown)}”；请改名或删去。")
    missing = [column.name for column in spec.columns if column.required and column.name not in set(found)]
    if missing:
        raise RowError(f"{file} 表头：缺少必需的列“{'”“'.join(missing)}”；请补上。")


def _check_codes(row: Row, spec: TableSpec, place: str) -> None:
    for name in spec.codes:
        cell = row[name]
        if cell is None:
            continue
        if row["match"] in ("regex", "name"):
            _check_pattern(str(cell), f"{place}“{name}”")
            continue
        row[name] = str(cell).upper()
        for code in str(cell).upper().split("|"):
            if not re.fullmatch(r"[0-9A-Z]+(\.[0-9A-Z]*)?", code):
                raise RowError(f"{place}“{name}”：“{code}”不是编码；多个编码用 | 分开。")
            short = code.isdigit() and len(code) < spec.min_prefix
            if short and row["state"] == "approved" and row["approved_by"] is None:
                raise RowError(
                    f"{place}“{name}”：“{code}”不足 {spec.min_prefix} 位；"
                    "须有人看过它展开的项目，并写明 approved_by。"
                )


def _check_pattern(pattern: str, place: str) -> None:
    try:
        parse_regex(pattern)
    except ValueError as problem:
        raise RowError(f"{place}：{problem}；请改正。") from problem


def _refuse_duplicates(rows: Iterable[Row], file: str) -> None:
    seen: set[Cell] = set()
    for row in rows:
        if row["row_id"] in seen:
            raise RowError(f"{file}“row_id”：{row['row_id']} 出现两次；请删去一行。")
        seen.add(row["row_id"])
