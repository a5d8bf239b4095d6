"""A table file as it stands: headings, cells as text, and the row number a person sees (the first row is 1).

Delimiter, encoding, sheet and header row are found here; what the cells mean is not known here.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from knowledge.readers import UnreadableFile
from knowledge.readers.sheets import LARGEST_SHEET, Sheet, read_sheets
from knowledge.readers.text import decode, read_bytes
from review.intake.columns import TableShape

TABLE_FILES = frozenset({".csv", ".tsv", ".xlsx", ".parquet"})
HEAD = 1 << 16  # bytes within which the header stands
HEADER_WITHIN = 10  # rows above the header: a title, a printing date


@dataclass(frozen=True)
class RawTable:
    """Columns of text, all of one length; `ragged` are rows whose cells do not fit the header."""

    source: str
    headings: tuple[str, ...]
    columns: tuple[pa.ChunkedArray, ...]
    row_numbers: pa.Array
    ragged: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()


def read_raw(path: Path, source: str, shape: TableShape) -> list[RawTable]:
    """The table of a file; a workbook may hold it on several sheets. Raises UnreadableFile."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return [_parquet(path, source)]
    if suffix == ".xlsx":
        return _workbook(path, source, shape)
    return [_csv(path, source, shape)]


def header_row(rows: Sequence[Sequence[str]], shape: TableShape) -> int:
    """Index of the row among the first that holds most of the table's headings; 0 if none does."""
    known = [_known(row, shape) for row in rows[:HEADER_WITHIN]]
    best = max(known, default=0)
    return known.index(best) if best else 0


def _known(row: Sequence[str], shape: TableShape) -> int:
    return sum(shape.column(cell) is not None for cell in row)


def _csv(path: Path, source: str, shape: TableShape) -> RawTable:
    content = read_bytes(path, 16 * LARGEST_SHEET)
    if _is_utf8(content):
        return _parsed(content.removeprefix(b"\xef\xbb\xbf"), source, shape, ())
    text, encoding, notes = decode(content)
    return _parsed(text.encode(), source, shape, (*notes, f"编码 {encoding}"))


def _is_utf8(content: bytes) -> bool:
    """Proved in place: decoding a large file only to ask would double the memory it takes."""
    ends = pa.array([0, len(content)], pa.int64()).buffers()[1]
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(content)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _parsed(data: bytes, source: str, shape: TableShape, notes: tuple[str, ...]) -> RawTable:
    if b"\x00" in data[:HEAD] or not data[:HEAD].strip():
        decode(data)  # raises for what is empty or no text
    first = data[:HEAD].decode("utf-8", "ignore").splitlines()[:HEADER_WITHIN]
    delimiter, rows = max(
        ((mark, list(csv.reader(first, delimiter=mark))) for mark in ",\t;|"),
        key=lambda pair: _known(pair[1][header_row(pair[1], shape)], shape),
    )
    at = header_row(rows, shape)
    headings = _trimmed(rows[at])
    table, ragged = _parse_csv(data, delimiter, [f"c{place}" for place in range(len(headings))], at + 1)
    numbers, table, left = _with_numbers(table, ragged, at + 1, len(headings), delimiter)
    return RawTable(source, headings, tuple(table.columns), numbers, left, notes)


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _parse_csv(data: bytes, delimiter: str, names: list[str], skip: int) -> tuple[pa.Table, list[Any]]:
    """On several threads first; row numbers of rows that do not fit are known only on one."""
    ragged: list[Any] = []

    def keep(row: Any) -> str:
        ragged.append(row)
        return "skip"

    quoted = b'"' in data
    for threads in (True, False):
        ragged.clear()
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(data),
                pyarrow.csv.ReadOptions(use_threads=threads, column_names=names, skip_rows=skip),
                pyarrow.csv.ParseOptions(
                    delimiter=delimiter,
                    invalid_row_handler=keep,
                    newlines_in_values=quoted,
                    ignore_empty_lines=False,
                ),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid as problem:
            if "Empty CSV" in str(problem):
                return pa.table({name: pa.array([], pa.string()) for name in names}), []
            raise UnreadableFile("CSV 结构有误", "请检查引号是否成对、分隔符是否一致") from problem
        if not ragged:
            break
    return table, ragged


def _with_numbers(
    table: pa.Table, ragged: list[Any], above: int, width: int, delimiter: str
) -> tuple[pa.Array, pa.Table, tuple[tuple[int, str], ...]]:
    """Row numbers of the table; a row that is only longer by empty cells is put back."""
    taken = {row.number for row in ragged}
    total = table.num_rows + len(ragged)
    numbers = [number for number in range(above + 1, above + 1 + total) if number not in taken]
    kept, left = [], []
    for row in ragged:
        cells = next(csv.reader(io.StringIO(row.text), delimiter=delimiter), [])
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            kept.append((row.number, cells[:width]))
        elif any(cell.strip() for cell in cells):
            left.append((row.number, f"有 {len(cells)} 列，表头有 {width} 列"))
    if kept:
        extra = pa.table(
            [pa.array(cells, pa.string()) for cells in zip(*(row for _, row in kept), strict=True)],
            names=table.column_names,
        )
        table = pa.concat_tables([table, extra])
        numbers += [number for number, _ in kept]
        order = pc.sort_indices(pa.array(numbers))
        table, numbers = table.take(order), sorted(numbers)
    return pa.array(numbers, pa.int32()), table, tuple(left)


def _workbook(path: Path, source: str, shape: TableShape) -> list[RawTable]:
    """The sheet that fits best, and any other that has every required column (a table cut at Excel's limit)."""
    found = [
        (sheet, at, _fit(sheet, at, shape))
        for sheet in read_sheets(path)
        for at in [header_row(sheet.rows, shape)]
    ]
    found = [entry for entry in found if entry[0].rows]
    if not found:
        raise UnreadableFile("Excel 里没有数据", "请重新导出该文件")
    best = max(found, key=lambda entry: entry[2])
    full = (len(shape.required), 0)
    chosen = [entry for entry in found if entry is best or entry[2] >= full]
    return [
        _sheet(sheet, at, source if place == 0 else f"{source}#{sheet.name}")
        for place, (sheet, at, _) in enumerate(chosen)
    ]


def _fit(sheet: Sheet, at: int, shape: TableShape) -> tuple[int, int]:
    """How many required columns, and how many columns, the header of a sheet names."""
    columns = {shape.column(cell) for cell in (sheet.rows[at] if sheet.rows else ())} - {None}
    return sum(column.required for column in columns if column), len(columns)


def _sheet(sheet: Sheet, at: int, source: str) -> RawTable:
    headings = _trimmed(sheet.rows[at])
    width = len(headings)
    numbers, rows, ragged = [], [], []
    for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
        if any(cell.strip() for cell in row[width:]):
            ragged.append((number, f"有 {len(row)} 列，表头有 {width} 列"))
        elif row:
            numbers.append(number)
            rows.append((*row, *[""] * (width - len(row)))[:width])
    columns = zip(*rows, strict=True) if rows else [()] * width
    return RawTable(
        source,
        headings,
        tuple(pa.chunked_array([pa.array(column, pa.string())]) for column in columns),
        pa.array(numbers, pa.int32()),
        tuple(ragged),
        sheet.notes,
    )


def _parquet(path: Path, source: str) -> RawTable:
    try:
        table = pyarrow.parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as problem:
        raise UnreadableFile("Parquet 文件损坏或不完整", "请重新导出该文件") from problem
    columns = tuple(pc.fill_null(_as_text(column), "") for column in table.columns)
    numbers = pa.array(range(2, table.num_rows + 2), pa.int32())
    return RawTable(source, tuple(table.column_names), columns, numbers)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Any Arrow column as text; a whole float loses its fraction, as an identifier must."""
    try:
        if pa.types.is_floating(column.type):
            whole = pc.all(pc.or_kleene(pc.is_null(column), pc.equal(column, pc.floor(column)))).as_py()
            if whole:
                return pc.cast(pc.cast(column, pa.int64()), pa.string())
        if pa.types.is_binary(column.type) or pa.types.is_dictionary(column.type):
            return pc.cast(column, pa.string())
        return pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array(
            [pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())]
        )
