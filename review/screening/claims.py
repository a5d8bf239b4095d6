"""Which files of an extract hold which table, and how their columns are read: a select over each file, run later.

Cells mean what they mean to the intake of an inspection: the same headings, the same empty words, the same times and
figures. Workbooks and files in another encoding than UTF-8 are read by the intake itself.
"""

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from review.errors import InputError
from review.intake.columns import Column, TableShape, shapes, table_of_file
from review.intake.raw import HEAD, HEADER_WITHIN, header_row

TABLES = ("mdtrt_d", "setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d")
SQL_TYPES = {"number": "decimal(18,4)", "count": "integer", "time": "timestamp", "date": "date"}
LAZY = frozenset({".parquet", ".csv", ".tsv"})
READABLE = LAZY | {".xlsx"}
EMPTY = "'', 'NULL', 'null', 'Null', 'None', 'none', 'nan', 'NaN', 'NaT', 'N/A', '#N/A', '\\N'"
SPACE = r"(e' \t\r\n\v\f' || chr(160) || chr(12288) || chr(65279))"
LOST_DIGITS = r"\.0$|^[+-]?[0-9](\.[0-9]+)?[eE]\+?[0-9]+$"


@dataclass(frozen=True)
class ClaimFile:
    """One file of one table; `source` is the name that faults and lines carry."""

    shape: TableShape
    path: Path
    source: str


def find_claims(given: Sequence[Path]) -> tuple[ClaimFile, ...]:
    """The files of the claims tables, in the order of their names. Raises InputError naming what is wrong."""
    found, paths = [], [path for entry in given for path in _files(entry)]
    for path in paths:
        shape = table_of_file(path.stem, "claims")
        if shape is not None and shape.name in TABLES and path.suffix.lower() in READABLE:
            found.append(ClaimFile(shape, path, f"claims/{path.name}"))
        elif path in given:
            raise InputError(
                f"{path.name} 不是认得的结算数据；文件请按表名命名（如 fee_list_d.parquet），格式用 Parquet 或 CSV。"
            )
    held = {file.shape.name for file in found}
    for table in ("mdtrt_d", "fee_list_d"):
        if table not in held:
            names = "、".join(str(entry) for entry in given)
            raise InputError(
                f"{names} 里没有{shapes()[table].title} {table}；请放入 {table}.parquet 或 {table}.csv 后重试。"
            )
    return tuple(sorted(found, key=lambda file: (TABLES.index(file.shape.name), file.source)))


def _files(entry: Path) -> list[Path]:
    if entry.is_file():
        return [entry]
    if not entry.is_dir():
        raise InputError(f"找不到 {entry}；请核对路径。")
    inner = entry / "claims"
    return sorted(path for path in (inner if inner.is_dir() else entry).iterdir() if path.is_file())


def fingerprint(files: Iterable[ClaimFile]) -> str:
    """Changes with any byte of any file; the folder they lie in does not matter."""
    total = hashlib.blake2b(digest_size=8)
    for file in files:
        with file.path.open("rb") as stream:
            total.update(f"{file.source}\0{hashlib.file_digest(stream, 'blake2b').hexdigest()}\0".encode())
    return total.hexdigest()


@dataclass(frozen=True)
class Head:
    """How a delimited file is to be read: its mark, the rows above its first line of data, its headings."""

    delimiter: str
    above: int
    headings: tuple[str, ...]


def read_head(path: Path, shape: TableShape) -> Head | None:
    """The head of a file of delimited text in UTF-8; null for any other encoding."""
    with path.open("rb") as stream:
        start = stream.read(HEAD)
    try:
        text = (start[: start.rfind(b"\n")] if b"\n" in start else start).decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    first = text.splitlines()[:HEADER_WITHIN]
    if not first:
        raise InputError(f"{path.name} 是空文件；请重新导出。")

    def known(mark: str) -> int:
        rows = list(csv.reader(first, delimiter=mark))
        return sum(shape.column(cell) is not None for cell in rows[header_row(rows, shape)])

    mark = max(",\t;|", key=known)
    rows = list(csv.reader(first, delimiter=mark))
    at = header_row(rows, shape)
    return Head(mark, at + 1, tuple(cell.strip() for cell in rows[at]))


def select_of(file: ClaimFile, columns: Mapping[str, str], scan: str, first_row: int) -> str:
    """A select of the table's columns from a scan; `columns` are the scan's names and SQL types.

    `first_row` is the number a person sees on the first row of data. Raises InputError for a missing column."""
    places: dict[str, tuple[str, str]] = {}
    for name, kind in columns.items():
        column = file.shape.column(name)
        if column is not None:
            places.setdefault(column.name, (name, kind))
    missing = [column for column in file.shape.required if column.name not in places]
    if missing:
        names = "、".join(f"{column.name}（{column.headings[1]}）" for column in missing)
        raise InputError(f"{file.source} 表头缺少必需列 {names}；请补上该列后重新导出。")
    read = [
        f"{_value(*places[column.name], column) if column.name in places else _nothing(column)} as {column.name}"
        for column in file.shape.columns
    ]
    required = " and ".join(f"{column.name} is not null" for column in file.shape.required)
    return (
        f"select * from (select {', '.join(read)}, {text_literal(file.source)} as source, "
        f"cast(row_at + {first_row} as integer) as row_number from ({scan})) where {required}"
    )


def _nothing(column: Column) -> str:
    return f"cast(null as {SQL_TYPES.get(column.kind, 'varchar')})"


def _value(name: str, kind: str, column: Column) -> str:
    """One cell as its column's type; what the engine cannot cast is asked of the intake, text by text."""
    cell, wanted = '"' + name.replace('"', '""') + '"', SQL_TYPES.get(column.kind, "varchar")
    family = kind.split("(")[0].lower()
    if column.kind == "number" and family in {"decimal", "double", "float", "integer", "bigint", "smallint"}:
        return f"try_cast({cell} as {wanted})"
    if column.kind in {"time", "date"} and family in {"timestamp", "date", "timestamp_ns", "timestamp_ms"}:
        return f"cast(date_trunc('second', cast({cell} as timestamp)) as {wanted})"
    if family in {"double", "float"}:
        cell = f"case when {cell} = floor({cell}) then cast(cast({cell} as bigint) as varchar) else cast({cell} as varchar) end"
    text = f"trim(cast({cell} as varchar), {SPACE})"
    text = rf"""case when starts_with({text}, '="') or starts_with({text}, '''') then regexp_replace({text}, '^(?:="(.*)"|''(.*))$', '\1\2') else {text} end"""
    text = f"case when {text} in ({EMPTY}) then null else {text} end"
    if column.kind == "id":
        odd = f"(ends_with({text}, '.0') or contains(lower({text}), 'e')) and regexp_matches({text}, '{LOST_DIGITS}')"
        return f"case when {odd} then said_id({text}) else {text} end"
    if column.kind not in SQL_TYPES:
        return text
    if column.kind == "count":
        return f"said_count({text})"
    cast = f"try_cast({text} as {wanted})"
    if column.kind == "number":
        return f"case when {cast} is null and {text} is not null then said_number({text}) else {cast} end"
    cast = f"date_trunc('second', try_cast({text} as timestamp))"
    sound = f"{cast} is not null and year({cast}) >= 1900 and year({cast}) < 2100"
    return (
        f"cast(case when {sound} then {cast} when {text} is not null then said_time({text}) end as {wanted})"
    )


def text_literal(text: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"
