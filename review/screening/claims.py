"""Which files of an extract hold which table, and how their columns are read: a select over each file, run later.

Cells mean what they mean to the intake of an inspection: the same headings, the same empty words, the same times and
figures. Workbooks and files in another encoding than UTF-8 are read by the intake itself.
"""

import csv
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from review.errors import InputError
from review.intake.columns import Column, TableShape, shapes, table_of_file
from review.intake.raw import HEAD, HEADER_WITHIN, header_row

TABLES = ("mdtrt_d", "setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d")
SQL_TYPES = {"number": "decimal(18,4)", "count": "integer", "time": "timestamp", "date": "date"}
LAZY = frozenset({".parquet", ".csv", ".tsv"})
READABLE = LAZY | {".xlsx"}
NUMBERS = frozenset({"decimal", "double", "float", "integer", "bigint", "smallint", "hugeint", "tinyint"})
TIMES = frozenset({"timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "date"})
EMPTY = "'', 'NULL', 'null', 'Null', 'None', 'none', 'nan', 'NaN', 'NaT', 'N/A', '#N/A', '\\N'"
SPACE = r"(e' \t\r\n\v\f' || chr(160) || chr(12288) || chr(65279))"
WIDE = "(160, 12288, 65279)"
LOST_DIGITS = r"\.0$|^[+-]?[0-9](\.[0-9]+)?[eE]\+?[0-9]+$"
AS_WRITTEN = {
    "number": "try_cast({cell} as decimal(18,4))",
    "time": "date_trunc('second', try_cast({cell} as timestamp))",
    "date": "cast(try_cast({cell} as timestamp) as date)",
}


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


def select_of(
    file: ClaimFile,
    columns: Mapping[str, str],
    scan: str,
    first_row: int,
    as_written: Collection[str] = (),
) -> str:
    """A select of the table's columns from a scan; `columns` are the scan's names and SQL types.

    `first_row` is the number a person sees on the first row of data; `as_written` are the table's columns whose cells
    all mean what they say, which costs nothing to read. Raises InputError for a missing column."""
    places = _places(file, columns)
    missing = [column for column in file.shape.required if column.name not in places]
    if missing:
        told = "、".join(f"{column.name}（{column.headings[1]}）" for column in missing)
        raise InputError(f"{file.source} 表头缺少必需列 {told}；请补上该列后重新导出。")
    names = [column.name for column in file.shape.columns]
    first, texts = [], {}
    for column in file.shape.columns:
        if column.name not in places:
            cell = _nothing(column)
        elif column.name in as_written:
            cell = AS_WRITTEN.get(column.kind, "nullif({cell}, '')").format(
                cell=_quoted(places[column.name][0])
            )
        else:
            cell = _cell(*places[column.name], column)
            if not _typed(places[column.name][1], column):
                texts[column.name] = column.kind
        first.append(f"{cell} as {column.name}")
    cells = _read(f"select {', '.join(first)}, row_at from ({scan})", [*names, "row_at"], texts)
    required = " and ".join(f"{column.name} is not null" for column in file.shape.required)
    return (
        f"select {', '.join(names)}, {text_literal(file.source)} as source, "
        f"cast(row_at + {first_row} as integer) as row_number from ({cells}) where {required}"
    )


def texts_of(file: ClaimFile, columns: Mapping[str, str]) -> dict[str, tuple[str, Column]]:
    """The columns that a file has as text, by the table's names: the name in the file, and the column."""
    held = {name: _places(file, columns).get(name) for name in (column.name for column in file.shape.columns)}
    return {
        column.name: (_quoted(place[0]), column)
        for column in file.shape.columns
        if (place := held[column.name]) and place[1].lower() == "varchar" and column.kind != "count"
    }


def exceptions_of(column: Column, cells: str) -> str:
    """A query that has a row where some text `written` of `cells` means anything else than it says."""
    if column.kind in AS_WRITTEN:
        value = f"try_cast(written as {'decimal(18,4)' if column.kind == 'number' else 'timestamp'})"
        unsound = "" if column.kind == "number" else f" or year({value}) not between 1900 and 2099"
        return f"select 1 from ({cells}) where written is not null and ({value} is null{unsound}) limit 1"
    edges = ("written", "right(written, 1)")
    ends = " or ".join(f"ord({end}) <= 39 or ord({end}) in (61, 160, 12288, 65279)" for end in edges)
    lost = " or ends_with(written, '.0') or contains(lower(written), 'e')" if column.kind == "id" else ""
    doubtful = f"select written from ({cells}) where written <> '' and ({ends} or written in ({EMPTY}){lost})"
    first = f"select written, {_cell('written', 'varchar', column)} as meant from ({doubtful})"
    meant = _read(first, ["written", "meant"], {"meant": column.kind})
    return f"select 1 from ({meant}) where written is distinct from meant limit 1"


def _places(file: ClaimFile, columns: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Name and SQL type in the scan of each column of the table that it has."""
    places: dict[str, tuple[str, str]] = {}
    for name, kind in columns.items():
        column = file.shape.column(name)
        if column is not None:
            places.setdefault(column.name, (name, kind))
    return places


def _read(cells: str, names: Sequence[str], texts: Mapping[str, str]) -> str:
    """A select that reads the cells of text in `texts`, each by its column's kind."""
    # one step over another: an engine works out each step once, a cell nested in itself many times
    steps: tuple[Callable[[str, str], str], ...] = (_unwrapped, _emptied, _cast, _asked)
    for step in steps if texts else ():
        cells_read = [step(name, texts[name]) if name in texts else name for name in names]
        cells = f"select {', '.join(cells_read)} from ({cells})"
    return cells


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _nothing(column: Column) -> str:
    return f"cast(null as {SQL_TYPES.get(column.kind, 'varchar')})"


def _typed(kind: str, column: Column) -> bool:
    """Whether a file's column already has the kind of value that is wanted."""
    family = kind.split("(")[0].lower()
    return (column.kind == "number" and family in NUMBERS) or (
        column.kind in {"time", "date"} and family in TIMES
    )


def _cell(name: str, kind: str, column: Column) -> str:
    cell, wanted = _quoted(name), SQL_TYPES.get(column.kind, "varchar")
    if _typed(kind, column):
        whole = f"date_trunc('second', cast({cell} as timestamp))"
        return f"try_cast({cell if column.kind == 'number' else whole} as {wanted})"
    if kind.lower() in {"double", "float"}:
        # an identifier that became a number has lost its zeros, not gained a fraction
        whole = f"cast(cast({cell} as bigint) as varchar)"
        cell = f"case when {cell} = floor({cell}) then {whole} else cast({cell} as varchar) end"
    text = f"cast({cell} as varchar)"
    # taking a set of characters off is slow, and few cells need it
    edges = " or ".join(f"ord({end}) <= 32 or ord({end}) in {WIDE}" for end in (text, f"right({text}, 1)"))
    return f"case when {edges} then trim({text}, {SPACE}) else {text} end"


def _unwrapped(name: str, kind: str) -> str:
    """A cell without the ="…" or the leading apostrophe of a spreadsheet."""
    wrapped = f"starts_with({name}, '=\"') or starts_with({name}, chr(39))"
    plain = rf"regexp_replace({name}, '^(?:=\"(.*)\"|\x27(.*))$', '\1\2')"
    return f"case when {wrapped} then {plain} else {name} end as {name}"


def _emptied(name: str, kind: str) -> str:
    return f"case when {name} in ({EMPTY}) then null else {name} end as {name}"


def _cast(name: str, kind: str) -> str:
    """A cell as its type, beside its text where the type is another."""
    if kind not in SQL_TYPES:
        return name
    wanted = "timestamp" if kind == "date" else SQL_TYPES[kind]
    return f"try_cast({name} as {wanted}) as {name}, {name} as {name}_said"


def _asked(name: str, kind: str) -> str:
    """A cell that the engine could not cast, read as the intake reads it."""
    if kind == "id":
        odd = f"(ends_with({name}, '.0') or contains(lower({name}), 'e'))"
        odd = f"{odd} and regexp_matches({name}, '{LOST_DIGITS}')"
        return f"case when {odd} then said_id({name}) else {name} end as {name}"
    if kind not in SQL_TYPES:
        return name
    said = f"{name}_said"
    if kind == "count":
        return f"said_count({said}) as {name}"
    if kind == "number":
        odd = f"{name} is null and {said} is not null"
        return f"case when {odd} then said_number({said}) else {name} end as {name}"
    sound = f"year({name}) >= 1900 and year({name}) < 2100"
    asked = f"when {said} is not null then said_time({said})"
    return f"cast(case when {sound} then date_trunc('second', {name}) {asked} end as {SQL_TYPES[kind]}) as {name}"


def text_literal(text: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"
