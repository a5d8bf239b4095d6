"""Turns the kept rows of all rules into findings, stay by stay, as the review of a single inspection does.

Rows, lines and stays come in one order, so that no more than one stay's findings are ever in hand.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from review.amounts import count_once
from review.checks.inputs import Inspection, Record
from review.checks.problem_rows import problem_of_row
from review.checks.records import record_alone
from review.checks.registry import Check
from review.checks.stamping import Stamp
from review.engines.duckdb import Warehouse
from review.engines.failures import Caps
from review.models import Finding
from review.record import Admission, Charge

BLOCK = 20_000
YUAN = pa.decimal128(18, 2)
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("check", pa.string()),
        ("title", pa.string()),
        ("violation", pa.string()),
        ("certainty", pa.string()),
        ("admission_id", pa.string()),
        ("charge_ids", pa.list_(pa.string())),
        ("amount", YUAN),
        ("fund_amount", YUAN),
        ("counted_amount", YUAN),
        ("counted_in", pa.string()),
        ("row_id", pa.string()),
        ("message", pa.string()),
        ("lowered_by", pa.list_(pa.string())),
        ("related_admissions", pa.list_(pa.string())),
        ("rule_version", pa.string()),
        ("knowledge_version", pa.string()),
        ("region", pa.string()),
        ("input_fingerprint", pa.string()),
    ]
)
Row = dict[str, Any]


def stamp_all(
    checks: Mapping[str, Check],
    inspection: Inspection,
    stamp: Stamp,
    folder: Path,
    out: Path,
    caps: Caps,
    said: Mapping[str, Callable[[str], str] | str],
) -> int:
    """Write every finding of the kept rows to one Parquet file; the number of findings.

    `said` gives the columns that are the same for the whole run, or follow from the check's code."""
    files = {code: folder / f"{code}.parquet" for code in checks if (folder / f"{code}.parquet").exists()}
    _name_lines(inspection.warehouse, files.values())
    lines = _Ordered(_rows(inspection.warehouse, _columns(Charge, "c", "charges"), caps))
    _keep_left_out(inspection.warehouse)
    left_out = _Ordered(_rows(inspection.warehouse, _columns(Charge, "c", "found_left_out"), caps))
    stays = _Ordered(_rows(inspection.warehouse, _columns(Admission, "c", "admissions"), caps))
    price = frozenset(code for code, check in checks.items() if check.header.takes == "price")
    count, block = 0, []
    with pq.ParquetWriter(out, SCHEMA) as writer:
        for admission_id, rows in groupby(_merged(files), key=itemgetter("admission_id")):
            stay = stays.of(admission_id)
            if not stay:
                continue
            record = record_alone(inspection, Admission(**stay[0]))
            record.charges = tuple(Charge(**line) for line in lines.of(admission_id))
            record.lines_left_out = tuple(Charge(**line) for line in left_out.of(admission_id))
            for finding, row_id in _of_stay(checks, stamp, record, list(rows), price):
                block.append(_line(finding, row_id, said))
            if len(block) >= BLOCK:
                writer.write_table(pa.Table.from_pylist(block, SCHEMA))
                count, block = count + len(block), []
        writer.write_table(pa.Table.from_pylist(block, SCHEMA))
    return count + len(block)


def _of_stay(
    checks: Mapping[str, Check], stamp: Stamp, record: Record, rows: Sequence[Row], price: frozenset[str]
) -> list[tuple[Finding, str | None]]:
    """The findings on one stay in the order they are written, each yuan counted once."""
    found: dict[str, tuple[Finding, str | None]] = {}
    for row in rows:
        # what a row cites is shown by the review of the stay; screening keeps the lines
        problem = replace(problem_of_row(row), fact_ids=(), against_fact_ids=())
        finding = stamp.finding(checks[row["check of row"]].header, record, _without_mark(problem))
        found.setdefault(finding.id, (finding, problem.row_id))
    paid = (*record.charges, *(line for line in record.lines_left_out if not line.quantity))
    amounts = {(record.admission.admission_id, line.charge_id): line.amount for line in paid}
    counted = count_once([finding for finding, _ in found.values()], amounts, price)
    ordered = sorted(counted, key=lambda finding: (finding.check, finding.id))
    return [(finding, found[finding.id][1]) for finding in ordered]


def _without_mark(problem: Any) -> Any:
    problem.fields.pop("check of row", None)
    return problem


def _line(finding: Finding, row_id: str | None, said: Mapping[str, Callable[[str], str] | str]) -> Row:
    line: Row = {
        name: getattr(finding, name) for name in SCHEMA.names if name not in said and name != "row_id"
    }
    line |= {name: value if isinstance(value, str) else value(finding.check) for name, value in said.items()}
    for name in ("charge_ids", "lowered_by", "related_admissions"):
        line[name] = list(line[name])
    return {**line, "certainty": str(finding.certainty), "row_id": row_id}


def _name_lines(warehouse: Warehouse, files: Any) -> None:
    """A table of the lines and of the stays that findings name."""
    lines: list[pa.Table] = []
    for file in files:
        table = pq.read_table(file, columns=_present(file, ("admission_id", "charge_ids")))
        if "charge_ids" not in table.column_names:
            table = table.append_column("charge_ids", pa.nulls(len(table), pa.list_(pa.string())))
        table = table.combine_chunks()
        owner = pc.list_parent_indices(table["charge_ids"])
        named = pa.table(
            {
                "admission_id": pc.take(table["admission_id"], owner).cast(pa.string()),
                "charge_id": pc.list_flatten(table["charge_ids"]).cast(pa.string()),
            }
        )
        alone = pa.table(
            {
                "admission_id": table["admission_id"].cast(pa.string()),
                "charge_id": pa.nulls(len(table), pa.string()),
            }
        )
        lines.append(pa.concat_tables([named, alone]).group_by(["admission_id", "charge_id"]).aggregate([]))
    whole = (
        pa.concat_tables(lines)
        if lines
        else pa.table({"admission_id": pa.array([], pa.string()), "charge_id": pa.array([], pa.string())})
    )
    whole = whole.group_by(["admission_id", "charge_id"]).aggregate([])
    warehouse.keep_arrow("found_lines", whole)
    stays = whole.select(["admission_id"]).group_by(["admission_id"]).aggregate([])
    warehouse.keep_arrow("found_stays", stays)


def _keep_left_out(warehouse: Warehouse) -> None:
    """The named lines that the netted charges no longer hold, looked for by name: the extract has too many lines."""
    warehouse.keep(
        "found_elsewhere",
        "select f.admission_id, f.charge_id from found_lines f "
        "left join charges c on c.admission_id = f.admission_id and c.charge_id = f.charge_id "
        "where f.charge_id is not null and c.charge_id is null",
    )
    warehouse.keep(
        "found_left_out",
        "select c.* from lines_left_out c "
        "join found_elsewhere f on f.admission_id = c.admission_id and f.charge_id = c.charge_id",
    )


def _present(file: Path, names: Sequence[str]) -> list[str]:
    held = pq.read_schema(file).names
    return [name for name in names if name in held]


def _columns(noun: type[Any], alias: str, view: str) -> str:
    columns = ", ".join(f'{alias}."{name}"' for name in noun._fields)
    if view == "charges":
        joined = "join found_lines f on f.admission_id = c.admission_id and f.charge_id = c.charge_id"
        return f"select {columns} from charges c {joined} order by c.admission_id, c.charged_at, c.charge_id"
    joined = "join found_stays f on f.admission_id = c.admission_id"
    return f"select {columns} from {view} c {joined} order by c.admission_id"


def _rows(warehouse: Warehouse, sql: str, caps: Caps) -> Iterator[Row]:
    for batch in warehouse.batches(sql, {}, caps):
        yield from batch.to_pylist()


class _Ordered:
    """Rows in the order of stays, asked stay by stay; those of stays passed over are left behind."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._groups = groupby(rows, key=itemgetter("admission_id"))
        self._next = next(self._groups, None)

    def of(self, admission_id: str) -> list[Row]:
        while self._next is not None and self._next[0] < admission_id:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != admission_id:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows


def _merged(files: Mapping[str, Path]) -> Iterator[Row]:
    """The rows of all rules in the order of stays, each with its check's code."""
    return heapq.merge(*(_marked(code, file) for code, file in files.items()), key=itemgetter("admission_id"))


def _marked(code: str, file: Path) -> Iterator[Row]:
    with pq.ParquetFile(file) as stored:
        for batch in stored.iter_batches(2_000):
            for row in batch.to_pylist():
                yield {**row, "check of row": code}
