"""An extract laid out as the raw tables of a warehouse, so that it agrees with itself as an inspection's claims do.

Every file is read once, column by column, into a warehouse on disk; no table is ever whole in memory.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pyarrow as pa

from knowledge.readers import UnreadableFile
from review.engines.duckdb import Warehouse
from review.errors import InputError
from review.intake.conversion import MissingColumn, convert
from review.intake.raw import read_raw
from review.intake.values import read_value
from review.screening.claims import (
    LAZY,
    TABLES,
    ClaimFile,
    exceptions_of,
    read_head,
    select_of,
    text_literal,
    texts_of,
)

FEW = 200_000  # different texts in a column


@dataclass(frozen=True)
class Laid:
    """What was laid out: rows by table, and what of the lines was left out, said for a reader."""

    rows: Mapping[str, int]
    notes: tuple[str, ...]


def lay_out(warehouse: Warehouse, files: tuple[ClaimFile, ...]) -> Laid:
    """Fill the raw tables of an empty warehouse from the files. Raises InputError."""
    teach(warehouse)
    for table, whole in _selects(warehouse, files):
        warehouse.run(f"drop table raw_{table}")
        name = "read_lines" if table == "fee_list_d" else f"raw_{table}"
        _read(warehouse, f"create table {name} as {whole}", files, table)
    return _agreed(warehouse, files)


def lay_in(warehouse: Warehouse, files: tuple[ClaimFile, ...]) -> Laid:
    """Add the rows of further stays, from files of other names, to a warehouse that is laid out. Raises InputError."""
    for table, whole in _selects(warehouse, files):
        name = "read_lines" if table == "fee_list_d" else f"raw_{table}"
        _read(warehouse, f"insert into {name} by name {whole}", files, table)
    return _agreed(warehouse, files)


def _selects(warehouse: Warehouse, files: tuple[ClaimFile, ...]) -> Iterator[tuple[str, str]]:
    """A query of all rows for each table that has files."""
    for table in TABLES:
        mine = [file for file in files if file.shape.name == table]
        if mine:
            yield table, " union all ".join(_select(warehouse, file) for file in mine)


def _read(warehouse: Warehouse, statement: str, files: tuple[ClaimFile, ...], table: str) -> None:
    try:
        warehouse.run(statement)
    except warehouse.errors as problem:
        first = next(file for file in files if file.shape.name == table)
        raise InputError(
            f"{first.source} 等文件读不出来（{type(problem).__name__}）；请核对编码、引号和分隔符后重新导出。"
        ) from problem


def _agreed(warehouse: Warehouse, files: tuple[ClaimFile, ...]) -> Laid:
    """Each stay once and each line once, and no row of a stay that is not there."""
    notes = _sound_stays(warehouse)
    for table in ("setl_d", "setl_list_diag_d", "setl_list_oprn_d"):
        warehouse.run(f"delete from raw_{table} where mdtrt_id not in (select mdtrt_id from raw_mdtrt_d)")
    notes += _tell_lines_apart(warehouse)
    counted = {
        table: int(warehouse.rows(f"select count(*) as n from raw_{table}")[0]["n"]) for table in TABLES
    }
    given = {file.shape.name for file in files}
    rows = {table: count for table, count in counted.items() if count or table in given}
    if not counted["mdtrt_d"]:
        raise InputError("就诊信息里没有可以筛查的住院；请核对 mdtrt_d 的就诊ID和出入院时间。")
    warehouse.run("delete from provided")
    warehouse.load_rows("provided", [{"table_name": table} for table, count in rows.items() if count])
    return Laid(rows, tuple(notes))


def teach(warehouse: Warehouse) -> None:
    """The intake's own reading of a cell, for cells that the engine cannot cast."""
    for name, kind in (
        ("id", "varchar"),
        ("number", "decimal(18,4)"),
        ("count", "integer"),
        ("time", "timestamp"),
    ):
        warehouse.add_function(f"said_{name}", _said(name), "varchar", kind)


def _said(kind: str) -> object:
    def said(text: str) -> object:
        try:
            value = read_value(text, kind)
        except ValueError:
            return None
        return value if isinstance(value, str | int | Decimal | datetime) else None

    return said


def _select(warehouse: Warehouse, file: ClaimFile) -> str:
    if file.path.suffix.lower() not in LAZY:
        return _converted(warehouse, file)
    if file.path.suffix.lower() == ".parquet":
        read = f"read_parquet({text_literal(file.path)}, file_row_number = true)"
        scan = f"select * exclude (file_row_number), file_row_number as row_at from {read}"
        columns = _columns(warehouse, file, scan)
        return select_of(file, columns, scan, 2, _as_written(warehouse, file, columns, scan))
    head = read_head(file.path, file.shape)
    if head is None:
        return _converted(warehouse, file)
    names = [heading or f"c{place}" for place, heading in enumerate(head.headings)]
    names = [name if name not in names[:place] else f"{name}#{place}" for place, name in enumerate(names)]
    typed = ", ".join(f"{text_literal(name)}: 'varchar'" for name in names)
    scan = (
        f"select *, row_number() over () - 1 as row_at from read_csv({text_literal(file.path)}, delim = "
        f"{text_literal(head.delimiter)}, skip = {head.above}, header = false, columns = {{{typed}}}, quote = '\"', "
        "escape = '\"', null_padding = true, ignore_errors = true, auto_detect = false, strict_mode = false)"
    )
    return select_of(file, dict.fromkeys(names, "varchar"), scan, head.above + 1)


def _as_written(
    warehouse: Warehouse, file: ClaimFile, columns: Mapping[str, str], scan: str
) -> frozenset[str]:
    """The columns of text without a cell that means anything else than it says."""
    plain = set()
    try:
        for name, (cell, column) in texts_of(file, columns).items():
            cells = f"select {cell} as written from ({scan})"
            if warehouse.rows(f"select approx_count_distinct(written) as n from ({cells})")[0]["n"] < FEW:
                # a text that stands on many lines is looked at once
                warehouse.run(
                    f"create or replace temp table read_cells as select distinct written from ({cells})"
                )
                cells = "select written from read_cells"
            if not warehouse.rows(exceptions_of(column, cells)):
                plain.add(name)
    except warehouse.errors as problem:
        raise InputError(f"{file.source} 损坏或不完整，读不出来；请重新导出该文件。") from problem
    return frozenset(plain)


def _columns(warehouse: Warehouse, file: ClaimFile, scan: str) -> dict[str, str]:
    try:
        told = warehouse.rows(f"describe {scan}")
    except warehouse.errors as problem:
        raise InputError(f"{file.source} 损坏或不完整，读不出来；请重新导出该文件。") from problem
    return {
        str(row["column_name"]): str(row["column_type"]) for row in told if row["column_name"] != "row_at"
    }


def _converted(warehouse: Warehouse, file: ClaimFile) -> str:
    """A workbook or a file in another encoding, read by the intake into a table of its own."""
    try:
        typed = [convert(raw, file.shape).table for raw in read_raw(file.path, file.source, file.shape)]
    except (UnreadableFile, MissingColumn) as problem:
        raise InputError(f"{file.source} 读不出来：{problem}；请更正后重新导出。") from problem
    name = f"read_{file.shape.name}_{abs(hash(file.source))}"
    warehouse.keep_arrow(name, pa.concat_tables(typed))
    return f"select * from {name}"


def _sound_stays(warehouse: Warehouse) -> list[str]:
    """Each admission once, with its end after its beginning, as the intake has it."""
    gone = warehouse.rows(
        "select count(*) filter (where endtime < begntime) as backwards, count(*) as stays, "
        "count(distinct case when endtime >= begntime then mdtrt_id end) as sound from raw_mdtrt_d"
    )[0]
    again = gone["stays"] - gone["backwards"] - gone["sound"]
    if gone["backwards"] or again:
        warehouse.run(
            "create or replace table raw_mdtrt_d as select * exclude (place) from (select *, row_number() over "
            "(partition by mdtrt_id order by source, row_number) as place from raw_mdtrt_d "
            "where endtime >= begntime) where place = 1"
        )
    notes = []
    if gone["backwards"]:
        notes.append(f"{gone['backwards']} 次住院的出院时间早于入院时间，连同费用未读入；请核对后重新导出")
    if again:
        notes.append(f"{again} 行就诊ID重复，只读第一行；请删去重复的行")
    return notes


def _tell_lines_apart(warehouse: Warehouse) -> list[str]:
    """A serial number names one line of a stay; a refund that repeats its original's number is still a refund.

    Serial numbers are compared by hash first: whole texts of every line would not fit into memory."""
    warehouse.run(
        "create or replace table told_apart as "
        "with suspects as (select hash(mdtrt_id, bkkp_sn) as h from read_lines group by h having count(*) > 1), "
        "suspected as (select mdtrt_id, bkkp_sn, source, row_number, cnt from read_lines "
        "where hash(mdtrt_id, bkkp_sn) in (select h from suspects)) "
        "select source, row_number, cnt < 0 as is_refund from (select *, row_number() over (partition by mdtrt_id, "
        "bkkp_sn order by source, row_number) as place from suspected) where place > 1"
    )
    told = warehouse.rows(
        "select count(*) as n, count(*) filter (where not is_refund) as gone from told_apart"
    )[0]
    if not told["n"]:
        warehouse.run("create or replace view raw_fee_list_d as select * from read_lines")
    else:
        warehouse.run(
            "create or replace view raw_fee_list_d as select f.* replace (case when r.is_refund then f.bkkp_sn || '-' "
            "|| f.row_number else f.bkkp_sn end as bkkp_sn, case when r.is_refund then coalesce(f.init_feedetl_sn, "
            "f.bkkp_sn) else f.init_feedetl_sn end as init_feedetl_sn) from read_lines f left join told_apart r "
            "on r.source = f.source and r.row_number = f.row_number where r.source is null or r.is_refund"
        )
    return [f"{told['gone']} 行费用明细流水号重复，未读入；请核对是否重复导出"] if told["gone"] else []
