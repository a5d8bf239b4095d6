"""One finished review as the pages read it: findings and outcomes by admission, faults, and the record behind them.

Everything is read and nothing is judged here. Safe for many threads: a few ask the warehouse side by side, the others
wait. What was made of a case lately is kept, for a case is opened again by its second reviewer, by undo, by reload.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import cached_property, lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar, cast

from review.casework.runs import read_lines
from review.engines.duckdb import Warehouse

Line = dict[str, Any]
ASKED_AT_ONCE = 4
EXPERT = "expert"  # the origin of what an expert found himself
KEPT_CHARACTERS = 24_000_000  # of what was made of cases
_Made = TypeVar("_Made")


class Results:
    """The files of one run, each read when first asked for."""

    own: frozenset[str] = frozenset()  # findings that experts proposed

    def __init__(self, out: Path) -> None:
        self.out = out
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], tuple[object, int]] = OrderedDict()
        self._warehouse = Warehouse.reopen(out / "warehouse.duckdb")
        self._free: SimpleQueue[Warehouse] = SimpleQueue()
        for _ in range(ASKED_AT_ONCE):
            self._free.put(self._warehouse.beside())

    def with_own(self, own: Mapping[str, list[Line]]) -> "Results":
        """These results with further lines of findings by admission, in place of those of the same id."""
        joined = copy(self)  # the same warehouse, and the same shelf of what is kept
        joined.own = frozenset(
            line["id"] for lines in own.values() for line in lines if line["origin"] == EXPERT
        )
        joined.findings = {**self.findings, **own}
        joined.__dict__.pop("amounts", None)
        return joined

    def close(self) -> None:
        for _ in range(ASKED_AT_ONCE):
            self._free.get().close()
        self._warehouse.close()

    def rows(self, sql: str, **parameters: Any) -> list[Line]:
        """Ask the warehouse; `$name` in the text is bound."""
        with self.alone() as warehouse:
            return warehouse.rows(sql, parameters)

    def holds(self, table: str) -> bool:
        """Whether the run kept such a table: an earlier version did not, or the check that writes it was off."""
        return bool(self.rows("select 1 from information_schema.tables where table_name = $name", name=table))

    @contextmanager
    def alone(self) -> Iterator[Warehouse]:
        """A way into the warehouse that is nobody else's, for as long as several questions belong together."""
        warehouse = self._free.get()
        try:
            yield warehouse
        finally:
            self._free.put(warehouse)

    def kept(
        self, key: tuple[object, ...], make: Callable[[], _Made], weigh: Callable[[_Made], int]
    ) -> _Made:
        """What `make` makes, once while it is kept; `weigh` gives its characters. Nobody may change it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("_Made", self._kept[key][0])
        made = make()
        with self._lock:
            self._kept[key] = made, weigh(made)
            while sum(weight for _, weight in self._kept.values()) > KEPT_CHARACTERS and len(self._kept) > 1:
                self._kept.popitem(last=False)
        return made

    @cached_property
    def findings(self) -> Mapping[str, list[Line]]:
        """Findings by admission; those of an earlier review that were decided and are gone carry `gone`."""
        found = read_lines(self.out / "findings.jsonl")
        gone = [line | {"gone": True} for line in read_lines(self.out / "gone.jsonl")]
        return _by_admission([*found, *gone])

    @cached_property
    def amounts(self) -> Mapping[str, float | None]:
        """The amount of each finding in yuan, by its id."""
        return {line["id"]: line["amount"] for group in self.findings.values() for line in group}

    @cached_property
    def outcomes(self) -> Mapping[str, list[Line]]:
        return _by_admission(read_lines(self.out / "checks.jsonl"))

    @cached_property
    def judgements(self) -> Mapping[str, list[Line]]:
        """What a model read, by admission."""
        return _by_admission(read_lines(self.out / "judgements.jsonl"))

    @cached_property
    def model(self) -> Line | None:
        """What a model's reading came to and cost; null where none was asked."""
        file = self.out / "model.json"
        return json.loads(file.read_text("utf-8")) if file.exists() else None

    @cached_property
    def faults(self) -> list[Line]:
        return read_lines(self.out / "faults.jsonl")

    @cached_property
    def files(self) -> list[Line]:
        return read_lines(self.out / "files.jsonl")

    @cached_property
    def summary(self) -> Line:
        summary: Line = json.loads((self.out / "summary.json").read_text("utf-8"))
        return summary

    @cached_property
    def admissions(self) -> Mapping[str, Line]:
        """The admissions in order, with what a queue row shows."""
        rows = self.rows(
            "select admission_id, person_id, person_name, inpatient_no, department, doctor, begins_at, ends_at,"
            " discharge_department from admissions order by begins_at, admission_id"
        )
        return {row["admission_id"]: row for row in rows}

    @cached_property
    def about(self) -> Line:
        rows = self.rows("select * from inspection")
        return rows[0] if rows else {}

    def finding(self, admission_id: str, finding_id: str) -> Line | None:
        return next((line for line in self.findings.get(admission_id, []) if line["id"] == finding_id), None)


def open_results(out: Path) -> Results:
    """The results in a folder; the last few stay open, until a model's reading has changed them."""
    findings = out / "findings.jsonl"
    return _opened(out, findings.stat().st_mtime_ns if findings.exists() else 0)


def forget_results() -> None:
    """Let go of all open results; who still reads one goes on with it."""
    _opened.cache_clear()


@lru_cache(maxsize=8)
def _opened(out: Path, written: int) -> Results:
    return Results(out)


def _by_admission(lines: list[Line]) -> dict[str, list[Line]]:
    grouped: dict[str, list[Line]] = {}
    for line in lines:
        grouped.setdefault(line["admission_id"], []).append(line)
    return grouped
