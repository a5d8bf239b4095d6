"""How long the checks across stays take over 500,000 admissions, beside counting the same tables once.

The stays are invented in the warehouse itself: twenty-five hospitals over two years, with one group planted of every
kind that a check tells; a group that is not found is an error, so that speed is never bought with blindness.
"""

import re
import sys
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench import Figure
from knowledge.rows.held import load_rows
from knowledge.rows.tables import ROW_TABLES
from review.checks.inputs import Inspection
from review.checks.registry import all_checks
from review.engines.duckdb import Warehouse
from review.engines.knowledge_tables import tables_for_region
from review.models import Problem

ADMISSIONS = 500_000
CODES = ("ADM-010", "ADM-011", "ADM-012", "ADM-013", "ADM-014", "ADM-015", "ADM-016")
WITHIN_SECONDS = 60.0
REGION = "229900"
TABLES = ("admissions", "charges", "diagnoses", "raw_mdtrt_d", "raw_setl_d")
SPAN = 730  # days
BEFORE_CHARGES = (
    "admissions",
    "admission_keys",
    "repeated_lines",
    "charge_lines",
    "item_references",
    "refunds",
    "charges",
)
AFTER_CHARGES = (
    "diagnoses",
    "orders",
    "operations",
    "anesthesia",
    "exams",
    "labs",
    "vitals",
    "edits",
    "operation_events",
    "person_stays",
    "episodes",
    "documents",
    "facts",
)
# a number between 0 and 1 that is the same on every machine, from a stay's number and a purpose
CHANCE = "((hash(n * 1000003 + {salt}) % 1000000) / 1000000.0)"


def measure(admissions: int = ADMISSIONS) -> Iterator[Figure]:
    """Seconds of all of them; each check's own seconds and the planted groups found are printed."""
    with TemporaryDirectory() as folder:
        warehouse = Warehouse.empty(Path(folder) / "warehouse.duckdb")
        warehouse.run("set threads = 2")
        furnish(warehouse, admissions)
        inspection = Inspection(warehouse)
        planted = _planted(warehouse)
        seconds, lines = 0.0, warehouse.rows("select count(*) as n from charges")[0]["n"]
        for check in all_checks():
            if check.header.code not in CODES or check.function is None:
                continue
            begun, busy = time.perf_counter(), time.process_time()
            said = [
                problem
                for problem in check.function(inspection, check.header.limits)
                if isinstance(problem, Problem)
            ]
            took = time.perf_counter() - begun
            seconds += took
            used = time.process_time() - busy
            print(
                f"  {check.header.code} {took:.1f} 秒（处理器 {used:.1f} 秒），{len(said)} 组",
                file=sys.stderr,
            )
            _want_planted(check.header.code, said, planted)
        floor = _count_once(warehouse)
        warehouse.close()
    if seconds > WITHIN_SECONDS:
        print(f"  超过 {WITHIN_SECONDS:.0f} 秒", file=sys.stderr)
    task = f"checks across {admissions:,} stays, {lines:,} charge lines, 2 threads"
    yield Figure("cohorts", task, seconds, floor, "counting what every table holds")


def _count_once(warehouse: Warehouse) -> float:
    begun = time.perf_counter()
    for table in TABLES:
        names = [row["column_name"] for row in warehouse.rows(f"describe {table}")]
        warehouse.rows(f"select {', '.join(f'count(distinct {name})' for name in names[:6])} from {table}")
    return time.perf_counter() - begun


def _want_planted(code: str, said: list[Problem], planted: Collection[str]) -> None:
    """Raises ValueError where a planted group of the check is in none of those it told."""
    told = {stay for problem in said for stay in problem.admissions or (problem.admission_id or "",)}
    for group in planted:
        if group.startswith(code) and not any(stay.startswith(group) for stay in told):
            raise ValueError(f"{code} 没有找到种下的一组（{group}）；请先改对检查，再量速度。")


def _planted(warehouse: Warehouse) -> list[str]:
    """The planted groups by the beginning of their stays' numbers."""
    rows = warehouse.rows(
        "select distinct regexp_extract(mdtrt_id, '^ADM-[0-9]+-[a-z]+', 0) as planted from raw_mdtrt_d"
        " where mdtrt_id like 'ADM-%' order by planted"
    )
    return [row["planted"] for row in rows]


def furnish(warehouse: Warehouse, admissions: int) -> None:
    """Fills a warehouse with so many invented stays and the planted groups, and builds the views that checks ask."""
    tables = {table: load_rows(table, None) for table in ROW_TABLES}
    warehouse.load_knowledge(tables_for_region(tables, REGION))
    warehouse.load_rows("inspection", [{"name": "基准", "region": REGION}])
    warehouse.load_rows("provided", [{"table_name": name} for name in ("mdtrt_d", "setl_d", "fee_list_d")])
    sections = _sections()
    chances = {f"r{salt}": CHANCE.format(salt=salt) for salt in range(1, 10)}
    warehouse.run(sections.pop("ordinary").format(admissions=admissions, **chances))
    for name in [name for name in sections if name.startswith("planted_")]:
        warehouse.run(sections.pop(name))
    for name in ("finish", "settled", "written"):
        warehouse.run(sections.pop(name))
    warehouse.build_views(only=BEFORE_CHARGES)
    warehouse.run(sections.pop("charged"))
    warehouse.build_views(only=AFTER_CHARGES)
    for name in ("infected", "typed"):
        warehouse.run(sections.pop(name))


def _sections() -> dict[str, str]:
    """The statements that invent the stays, by name, in their order."""
    parts = re.split(
        r"^-- section: (\w+)$", Path(__file__).with_suffix(".sql").read_text("utf-8"), flags=re.M
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))
