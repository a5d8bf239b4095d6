"""What stands in a watch: the findings of every stay as its last review left them, and counts by month.

Every review of a stay replaces what an earlier one said of it; withdrawn stays have no say any more."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.engines.duckdb import Warehouse
from review.screening.claims import text_literal
from review.screening.watch import Watch

WHOLE, DEPARTMENT, DOCTOR = "whole", "department", "doctor"


@dataclass(frozen=True)
class Cell:
    """One month of one series: stays that a rule could speak about, and those of them it found."""

    code: str
    level: str  # whole | department | doctor
    hospital: str
    name: str
    month: str
    examined: int
    found: int


@contextmanager
def standing(watch: Watch, memory: float = 3.0) -> Iterator[Warehouse]:
    """A warehouse with `stays`, `findings` and `outcomes` as they stand."""
    warehouse = Warehouse.empty()
    warehouse.bound_memory(memory)
    index = text_literal(watch.now / "index.parquet")
    warehouse.run(f"create view stays as select * from read_parquet({index})")
    for name, file, empty in (
        ("findings", "findings.parquet", 'select null as id, null as "check", null as admission_id'),
        ("outcomes", "counts/outcomes.parquet", "select null as admission_id, null as code, false as found"),
    ):
        parts = [
            f"select * from read_parquet({text_literal(path)}) where admission_id in "
            f"(select admission_id from stays where reviewed_in = {run})"
            for run, path in _written(watch, file)
        ]
        warehouse.run(f"create view {name} as {' union all by name '.join(parts) or empty + ' where false'}")
    try:
        yield warehouse
    finally:
        warehouse.close()


def _written(watch: Watch, file: str) -> list[tuple[int, Path]]:
    runs = range(1, watch.state.run + 1)
    written = [(run, watch.run_folder(run) / file) for run in runs]
    return [(run, path) for run, path in written if path.exists()]


def cells(warehouse: Warehouse) -> list[Cell]:
    """The counts of every rule: of all stays, of each department and of each doctor of a hospital, month by month."""
    rows = warehouse.rows(
        """
        with told as (
            select o.code, o.found, s.month, coalesce(s.hospital_code, '') as hospital,
                   coalesce(nullif(trim(s.department), ''), '') as department,
                   coalesce(nullif(trim(s.doctor), ''), '') as doctor
            from outcomes o join stays s on s.admission_id = o.admission_id
        ),
        counted as (
            select code, month, hospital, department, doctor, count(*) as examined,
                   count(*) filter (where found) as found
            from told group by all
        )
        select code, 'whole' as level, '' as hospital, '' as name, month, sum(examined) as examined, sum(found) as found
        from counted group by code, month
        union all
        select code, 'department', hospital, department, month, sum(examined), sum(found)
        from counted where department <> '' group by code, hospital, department, month
        union all
        select code, 'doctor', hospital, doctor, month, sum(examined), sum(found)
        from counted where doctor <> '' group by code, hospital, doctor, month
        order by code, level, hospital, name, month
        """
    )
    return [Cell(**{**row, "examined": int(row["examined"]), "found": int(row["found"])}) for row in rows]


def titles(watch: Watch, warehouse: Warehouse) -> dict[str, str]:
    """The titles of the rules that ran, the latest last, and of those that found anything."""
    rows = warehouse.rows('select distinct "check" as code, title from findings order by code')
    named = {str(row["code"]): str(row["title"]) for row in rows}
    for _, file in _written(watch, "report.json"):
        said = json.loads(file.read_text("utf-8"))["rules"]
        named |= {str(code): str(rule["title"]) for code, rule in said.items()}
    return named


def in_findings(warehouse: Warehouse, run: int) -> Iterator[dict[str, Any]]:
    """The findings that the last run gave, stay by stay, with what is known of the stay."""
    yield from warehouse.rows(
        "select f.*, s.month, s.hospital_code, s.department, s.doctor from findings f "
        "join stays s on s.admission_id = f.admission_id "
        f'where s.reviewed_in = {run} order by f.admission_id, f."check", f.id'
    )
