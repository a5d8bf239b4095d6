"""Admission criteria as rows: which are met by the facts of the window, which are not, which nobody recorded.

Rows of one clause stand together, clauses of one code are alternatives. A row whose item nobody recorded is not met and
not failed either.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from review.checks.admission_window import Reading, Spoken, Window
from review.checks.inputs import Record

Row = Mapping[str, Any]
ONLY_ORDERED = frozenset({"iv_needed"})  # words for drugs and blood stand in every note; the order decides
MONITORED = re.compile(r"心电监[护测]|床旁监护|持续监[护测]|q[12]h|每[12一二]小时")


class State(StrEnum):
    """What the window says of a criterion."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True)
class Verdict:
    """One criterion, its state, and what decided it."""

    code: str
    name: str
    kind: str  # severity | intensity | override
    mode: str  # alone | plus_intensity | supporting
    state: State
    row_id: str
    fact_ids: tuple[str, ...] = ()
    spoken: Spoken | None = None


def rows_in_force(rows: Iterable[Row], day: date) -> list[Row]:
    return [
        row
        for row in rows
        if row["in_force_from"] <= day and (row["in_force_to"] is None or day <= row["in_force_to"])
    ]


def judge(window: Window, rows: Sequence[Row]) -> list[Verdict]:
    """A verdict for every code and clause."""
    clauses: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for row in rows:
        clauses[row["population"], row["code"], int(row["clause"])].append(row)
    return [_clause(window, group) for group in clauses.values()]


def _clause(window: Window, rows: Sequence[Row]) -> Verdict:
    states, fact_ids, spoken = [], [], None
    for row in rows:
        state, ids, said = _row(window, row)
        states.append(state)
        fact_ids += ids
        spoken = spoken or said
    if all(state is State.MET for state in states):
        state = State.MET
    elif any(state is State.NOT_MET for state in states):
        state = State.NOT_MET
    else:
        state = State.NOT_RECORDED
    first = rows[0]
    return Verdict(
        first["code"],
        first["name"],
        first["kind"],
        first["mode"],
        state,
        first["row_id"],
        tuple(fact_ids),
        spoken,
    )


def _row(window: Window, row: Row) -> tuple[State, list[str], Spoken | None]:
    if row["op"] == "present":
        return _phrase(window, row)
    readings = readings_of(window, str(row["item"]))
    if not readings:
        return State.NOT_RECORDED, [], None
    met = [reading for reading in readings if holds(reading.value, row)]
    needed = int(row.get("times") or 1)
    if len(met) < needed or (row.get("for_days") and not _lasted(window, row)):
        return State.NOT_MET, [], None
    return State.MET, [met[0].fact_id] if met[0].fact_id else [], None


def _phrase(window: Window, row: Row) -> tuple[State, list[str], Spoken | None]:
    """A phrase in the window's notes, or for a service in the orders carried out in it."""
    if not row["phrase_regex"]:
        return State.NOT_RECORDED, [], None
    pattern = re.compile(row["phrase_regex"])
    orders = [
        order for order in window.orders if pattern.search(f"{order.order_name or ''}{order.usage or ''}")
    ]
    if orders and row.get("kind") != "severity":
        return State.MET, [orders[0].fact_id], None
    if row["item"] in ONLY_ORDERED and window.orders:
        return State.NOT_RECORDED, [], None
    spoken = window.says(pattern)
    days = row.get("for_days")
    if spoken is not None and days and window.hours_ill is not None and window.hours_ill > 24 * int(days):
        return State.NOT_MET, [], None
    if spoken is None and row["item"] == "troponin_above_99th":
        above = [reading for reading in window.times_upper("troponin") if reading.value > 1]
        return (State.MET, [above[0].fact_id], None) if above else (State.NOT_RECORDED, [], None)
    return (State.MET, [], spoken) if spoken else (State.NOT_RECORDED, [], None)


def _lasted(window: Window, row: Row) -> bool:
    return window.hours_ill is not None and window.hours_ill > 24 * int(row["for_days"])


def holds(value: float, row: Row) -> bool:
    """Whether a value satisfies a row's comparison."""
    limit = float(row["value"]) if row["value"] is not None else 0.0
    if row["op"] == "between":
        return limit <= value <= float(row["value2"] if row["value2"] is not None else limit)
    return bool(
        {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}.get(
            row["op"], False
        )
    )


def readings_of(window: Window, item: str) -> list[Reading]:
    """The values of an item, computed ones included."""
    record = window.record
    special = {
        "operation_within_h": lambda: _operation_hours(record),
        "planned_operation_within_h": lambda: _operation_hours(record),
        "vital_interval_h": lambda: _interval(window),
        "alt_uln": lambda: window.times_upper("alt"),
        "hemoglobin_fall_48h": lambda: _fall(window.values("hemoglobin")),
        "creatinine_ratio_7d": lambda: _ratio(window.values("creatinine")),
        "age_years": lambda: _known(record.admission.age_years),
        "age_days": lambda: _known(_age_days(record)),
        "months_since_event": lambda: _known(None if window.hours_ill is None else window.hours_ill / 730),
    }
    return special[item]() if item in special else window.values(item)


def _known(value: float | None) -> list[Reading]:
    return [] if value is None else [Reading(float(value), "", None)]


def _age_days(record: Record) -> int | None:
    born = record.admission.birth_date
    return (record.admission.begins_at.date() - born).days if born else None


def _operation_hours(record: Record) -> list[Reading]:
    """Hours from admission to each operation; a day without a clock counts from midnight of that day."""
    begins = record.admission.begins_at
    found = []
    for operation in record.operations:
        if operation.begins_at is not None:
            hours = (operation.begins_at - begins).total_seconds() / 3600
        elif operation.operated_on is not None:
            hours = 24.0 * (operation.operated_on - begins.date()).days
        else:
            continue
        found.append(Reading(max(0.0, hours), operation.fact_id, operation.begins_at))
    return found


def _interval(window: Window) -> list[Reading]:
    """Hours between readings, where monitoring was ordered or the chart is that dense."""
    for order in window.orders:
        text = f"{order.order_name or ''}{order.usage or ''}{order.frequency or ''}"
        if MONITORED.search(text):
            return [Reading(1.0, order.fact_id, order.begins_at)]
    times = sorted(
        v.measured_at for v in window.record.vitals if v.measured_at and window.holds(v.measured_at)
    )
    if len(times) < 4:
        return []
    hours = (times[-1] - times[0]).total_seconds() / 3600
    return [Reading(hours / (len(times) - 1), "", None)] if hours >= 12 else []


def _fall(readings: list[Reading]) -> list[Reading]:
    if len(readings) < 2:
        return []
    return [Reading(readings[0].value - min(r.value for r in readings), readings[-1].fact_id, None)]


def _ratio(readings: list[Reading]) -> list[Reading]:
    least = min((r.value for r in readings), default=0.0)
    return [Reading(max(r.value for r in readings) / least, readings[-1].fact_id, None)] if least else []
