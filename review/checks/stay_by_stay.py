"""What checks ask of single admissions, asked admission by admission: what is read of a record serves all of them.

Parts of the inspection are shared among processes, each of which opens the finished warehouse for reading. They hand
back what the checks said; the findings are stamped by the process that collects them.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from review.checks.header import Limits
from review.checks.inputs import Inspection
from review.checks.records import RECORDS_AT_ONCE
from review.checks.registry import Check, all_checks
from review.checks.runner import Said, ask
from review.engines.duckdb import Warehouse
from review.logs import open_log
from review.side_by_side import begun

# admissions from which on a second process repays its start: 40 long ones take as long alone, 100 a quarter longer
WORTH_HELP = 60


@dataclass(frozen=True)
class Part:
    """Admissions next to each other, and the checks with the limits that hold here; `run` names one review."""

    run: str
    warehouse: Path
    home: Path
    admissions: tuple[str, ...]
    checks: tuple[tuple[str, Limits], ...]


@dataclass(frozen=True)
class Answer:
    """What each check said of the admissions of a part, and the seconds it took for them."""

    admissions: int
    said: Mapping[str, Sequence[Said]]
    seconds: Mapping[str, float]


# the inspection this process reads, by run: a process has one at a time
_reading: dict[str, Inspection] = {}


@contextmanager
def begun_stay_by_stay(
    checks: Sequence[Check], inspection: Inspection, warehouse: Path, home: Path
) -> Iterator[Iterator[Answer]]:
    """Ask these checks of every admission, helpers at once, this process as the answers are taken.

    `warehouse` is the file that `inspection` reads; it must be open for reading only."""
    run = secrets.token_hex(8)
    asked = tuple((check.header.code, check.header.limits) for check in checks)
    ids = tuple(inspection.records)
    parts = [
        Part(run, warehouse, home, ids[place : place + RECORDS_AT_ONCE], asked)
        for place in range(0, len(ids) if asked else 0, RECORDS_AT_ONCE)
    ]
    _reading[run] = inspection
    try:
        helpers = None if len(ids) >= WORTH_HELP else 0
        with begun(ask_part, parts, helpers, ahead=len(parts)) as answers:
            yield answers
    finally:
        del _reading[run]


def ask_part(part: Part) -> Answer:
    """Every check of every admission of a part."""
    inspection = _reading.get(part.run)
    if inspection is None:
        open_log(part.home)
        _reading.clear()
        inspection = _reading[part.run] = Inspection(Warehouse.reopen(part.warehouse))
    known = {check.header.code: check for check in all_checks()}
    said: dict[str, list[Said]] = {code: [] for code, _ in part.checks}
    seconds: dict[str, float] = defaultdict(float)
    for admission_id in part.admissions:
        record = inspection.records[admission_id]
        for code, limits in part.checks:
            begins = time.perf_counter()
            said[code].append(ask(known[code], record, limits))
            seconds[code] += time.perf_counter() - begins
    return Answer(len(part.admissions), said, dict(seconds))
