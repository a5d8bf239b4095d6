"""Every check as a reader wants to see it, and what the loaded checks and rule tables cover of the national lists.

A class or problem is covered when a check that declares it has the rows that it would need for it, on the day and in
the region asked for. Nothing here is written down: the numbers come from the checks, the rows and the lists.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.rows.held import load_rows
from knowledge.rows.national_lists import (
    ListEntry,
    RowsInForce,
    RowsWanted,
    rule_classes,
    table_sources,
    typical_problems,
)
from knowledge.rows.tables import ROW_TABLES
from review.checks.registry import Check, all_checks
from review.checks.runner import TABLE_NAMES
from review.violations import CERTAINTY_NAMES, VIOLATIONS

RUNS, NO_ROWS, NO_CHECK, BY_HAND = "运行", "缺表", "缺检查", "需人工"
STATES = (RUNS, NO_ROWS, NO_CHECK, BY_HAND)
CLASS, PROBLEM = "规则类", "典型问题"


@dataclass(frozen=True)
class TableHeld:
    """A rule table that an entry looks to: how many rows it has of what is wanted, and who would bring more.

    `known` is false for a table that the product does not have yet."""

    table: str
    says: str
    rows: int
    needed: bool
    known: bool
    brought_by: str


@dataclass(frozen=True)
class CoverageLine:
    """One class or problem of the national lists, by its number. `reason` says why it does not run."""

    kind: str
    number: int
    name: str
    group: str
    violations: tuple[str, ...]
    state: str
    checks: tuple[str, ...]
    tables: tuple[TableHeld, ...]
    reason: str

    @property
    def missing(self) -> tuple[TableHeld, ...]:
        """The tables that hold nothing of what it wants."""
        return tuple(table for table in self.tables if not table.rows)


@dataclass(frozen=True)
class Coverage:
    """The coverage of both lists on a day, in a region (null: the whole country)."""

    as_of: date
    region: str | None
    lines: tuple[CoverageLine, ...]

    def of(self, kind: str) -> tuple[CoverageLine, ...]:
        return tuple(line for line in self.lines if line.kind == kind)

    def counts(self, kind: str) -> dict[str, int]:
        """How many lines of a list are in each state."""
        return {state: sum(line.state == state for line in self.of(kind)) for state in STATES}

    def wanting(self) -> dict[str, tuple[TableHeld, dict[str, tuple[int, ...]]]]:
        """For each table that lacks rows, the numbers of each list whose check only waits for them."""
        waiting: dict[str, tuple[TableHeld, dict[str, tuple[int, ...]]]] = {}
        for line in self.lines:
            if line.state != NO_ROWS:
                continue
            for table in line.missing:
                numbers = waiting.setdefault(table.table, (table, {CLASS: (), PROBLEM: ()}))[1]
                numbers[line.kind] = (*numbers[line.kind], line.number)
        return waiting


def describe_headers() -> list[dict[str, Any]]:
    """The headers of all checks, with the names of their codes."""
    return [describe(check) for check in all_checks()]


def describe(check: Check) -> dict[str, Any]:
    """One check's header as a page shows it."""
    header = check.header
    return {
        **header.model_dump(mode="json"),
        "family": str(header.family),
        "violation_name": VIOLATIONS[header.violation].name,
        "certainty_name": CERTAINTY_NAMES[header.certainty],
        "reads": [TABLE_NAMES.get(table, table) for table in header.needs.tables],
        "file": f"review/checks/{check.file.parent.name}/{check.file.name}",
    }


def describe_all(home: Path) -> list[dict[str, Any]]:
    """The headers of all checks and whether their rule tables hold rows."""
    needed = {table for check in all_checks() for table in check.header.needs.knowledge}
    rows = {table: len(load_rows(table, home)) for table in needed}
    return [rule | _rows_held(rule["needs"]["knowledge"], rows) for rule in describe_headers()]


def _rows_held(tables: Sequence[str], rows: Mapping[str, int]) -> dict[str, Any]:
    empty = [table for table in tables if not rows[table]]
    return {
        "rows": {table: rows[table] for table in tables},
        "state": f"缺规则表：{'、'.join(empty)}" if empty else RUNS,
    }


def coverage(home: Path, as_of: date, region: str | None = None) -> Coverage:
    """What the checks can look for with the rows in force that day in that region."""
    return coverage_of(RowsInForce.of(home, as_of, region), all_checks(), as_of, region)


def coverage_of(
    rows: RowsInForce, checks: Sequence[Check], as_of: date, region: str | None = None
) -> Coverage:
    """The coverage with given rows and checks."""
    lines = [
        _line(kind, entry, [check for check in checks if entry.number in _declared(check, kind)], rows)
        for kind, entries in ((CLASS, rule_classes()), (PROBLEM, typical_problems()))
        for entry in entries
    ]
    return Coverage(as_of, region, tuple(lines))


def _declared(check: Check, kind: str) -> tuple[int, ...]:
    covers = check.header.covers
    return covers.classes if kind == CLASS else covers.problems


def _line(kind: str, entry: ListEntry, checks: Sequence[Check], rows: RowsInForce) -> CoverageLine:
    tables = _tables(entry, checks, rows)
    state, reason = _state(entry, checks, tables, rows)
    return CoverageLine(
        kind,
        entry.number,
        entry.name,
        entry.group,
        tuple(VIOLATIONS[code].name for code in entry.violations),
        state,
        tuple(check.header.code for check in checks),
        tables,
        reason,
    )


def _tables(entry: ListEntry, checks: Sequence[Check], rows: RowsInForce) -> tuple[TableHeld, ...]:
    """The tables the entry names; where it names none, those its checks read."""
    wanted = entry.needs or tuple(
        RowsWanted(table)
        for table in dict.fromkeys(name for check in checks for name in check.header.needs.knowledge)
    )
    sources = table_sources()
    return tuple(
        TableHeld(
            want.table,
            sources[want.table].says if want.table in sources else want.table,
            rows.count(want),
            not want.optional,
            want.table in ROW_TABLES,
            sources[want.table].brought_by if want.table in sources else "",
        )
        for want in wanted
    )


def _state(
    entry: ListEntry, checks: Sequence[Check], tables: Sequence[TableHeld], rows: RowsInForce
) -> tuple[str, str]:
    if entry.by_hand:
        return BY_HAND, entry.by_hand
    if not checks:
        return NO_CHECK, "尚无检查"
    if any(_can_look(check, entry, tables, rows) for check in checks):
        return RUNS, ""
    empty = [table.says for table in tables if table.needed and not table.rows]
    stopped = [name for check in checks for name in check.header.needs.knowledge if not rows.rows.get(name)]
    return NO_ROWS, f"缺{'、'.join(dict.fromkeys(empty or stopped))}的有关行"


def _can_look(check: Check, entry: ListEntry, tables: Sequence[TableHeld], rows: RowsInForce) -> bool:
    """Whether a check runs and, where the entry needs rows, reads a table that has some of them."""
    if any(not rows.rows.get(table) for table in check.header.needs.knowledge):
        return False
    needed = [table for table in tables if table.needed] if entry.needs else []
    return not needed or any(table.rows for table in needed if table.table in tables_read(check))


def tables_read(check: Check) -> frozenset[str]:
    """The rule tables a check needs, and those it reads besides where they hold rows: its file names them."""
    return _tables_named(check.file) | frozenset(check.header.needs.knowledge)


@cache
def _tables_named(file: Path) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", file.read_text(encoding="utf-8"))) & ROW_TABLES.keys()


def coverage_json(found: Coverage) -> Mapping[str, Any]:
    """The coverage as the command prints it and a page takes it."""
    return {
        "as_of": found.as_of.isoformat(),
        "region": found.region,
        "counts": {kind: found.counts(kind) for kind in (CLASS, PROBLEM)},
        "wanting": [
            {"table": name, "says": table.says, "brought_by": table.brought_by, "numbers": numbers}
            for name, (table, numbers) in found.wanting().items()
        ],
        "lines": [
            {
                "kind": line.kind,
                "number": line.number,
                "name": line.name,
                "group": line.group,
                "violations": line.violations,
                "state": line.state,
                "reason": line.reason,
                "checks": line.checks,
                "tables": [table.__dict__ for table in line.tables],
            }
            for line in found.lines
        ],
    }
