"""All admission criteria of one stay with their state and what it rests on, by the evaluation that the checks use.

What was known in the first 24 hours decides the state; what was met only afterwards stands beside it as hindsight.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

from review.checks.admission_window import Reading, Spoken, Window
from review.checks.appropriateness import population_of
from review.checks.criteria import Row, State, deciding, holds, judge, rows_in_force
from review.checks.criterion_readings import readings_of
from review.checks.header import NotChecked
from review.checks.hindsight import LaterWindow
from review.checks.inputs import Record

NAMES = Path(__file__).parent / "criterion_items.yaml"
KINDS = ("severity", "intensity", "override")
SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
MOST_DAYS = 20  # moments tried for a criterion of several conditions
OF_ADMISSION = re.compile(r"operation_within_h$|^age_|^months_since|^procedure$")  # known whenever one looks


@dataclass(frozen=True)
class Seen:
    """One thing a window holds of a condition: a value with its unit, a sentence, or an order."""

    text: str
    at: datetime | None = None
    fact_id: str = ""  # the row or sentence it was read from; empty where it was computed
    spoken: Spoken | None = None
    state: State = State.MET  # of this condition alone
    denied: bool = False
    readings: int = 1


@dataclass(frozen=True)
class Clause:
    """One way to meet a criterion: its conditions in words, and what the first 24 hours say of them."""

    needs: str
    note: str
    state: State
    seen: tuple[Seen, ...]
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """A criterion is met by any of its clauses; `later` holds what met it only after the first 24 hours."""

    code: str
    name: str
    kind: str  # severity | intensity | override
    mode: str  # alone | plus_intensity | supporting
    state: State
    clauses: tuple[Clause, ...]
    later: tuple[Seen, ...]


@dataclass(frozen=True)
class StayCriteria:
    """The criteria that apply to a stay, in the order of their table, with the window they were judged in."""

    population: str
    opens: datetime
    closes: datetime
    criteria: tuple[Criterion, ...]


def criteria_of(record: Record) -> StayCriteria:
    """Judge every criterion in force that applies to the patient. Raises NotChecked where no set applies."""
    population = population_of(record)
    in_force = rows_in_force(record.rows("admission_criteria"), record.admission.begins_at.date())
    if not any(row["population"] == population for row in in_force):
        raise NotChecked(f"没有适用于该人群的入院标准（{population}）")
    window, later = Window(record), LaterWindow(record)
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sorted(in_force, key=_place_in_table):
        general = row["population"] == "adult" and population != "pediatric"
        if row["population"] in {"all", population} or general:
            found[row["population"], row["code"]].append(row)
    criteria = tuple(_criterion(window, later, rows) for rows in found.values())
    return StayCriteria(population, window.opens, window.closes, criteria)


def _place_in_table(row: Row) -> tuple[int, bool, str, int, str]:
    """The patient's own set before the general one, severity before intensity before circumstances."""
    general = row["population"] in {"adult", "all"}
    return KINDS.index(row["kind"]), general, row["code"], int(row["clause"]), row["row_id"]


def _criterion(window: Window, later: Window, rows: Sequence[Row]) -> Criterion:
    clauses: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        clauses[int(row["clause"])].append(row)
    judged = tuple(_clause(window, own) for own in clauses.values())
    states = {clause.state for clause in judged}
    state = next((s for s in (State.MET, State.NOT_MET) if s in states), State.NOT_RECORDED)
    met_later = () if state is State.MET else tuple(_met_later(later, clauses))
    first = rows[0]
    return Criterion(first["code"], first["name"], first["kind"], first["mode"], state, judged, met_later)


def _clause(window: Window, rows: Sequence[Row]) -> Clause:
    state = judge(window, rows)[0].state
    seen = tuple(one for row in rows for one in _seen(window, row))
    note = "；".join(dict.fromkeys(str(row["note"]) for row in rows if row.get("note")))
    return Clause(" 且 ".join(needs_of(row) for row in rows), note, state, seen, tuple(rows))


def _met_later(later: Window, clauses: Mapping[int, Sequence[Row]]) -> Iterator[Seen]:
    for rows in clauses.values():
        if any(OF_ADMISSION.search(str(row["item"])) and row["op"] != "between" for row in rows):
            continue
        for window in _windows(later, rows):
            if judge(window, rows)[0].state is State.MET:
                yield from (one for row in rows for one in _seen(window, row) if one.at or one.spoken)
                break


def _windows(later: Window, rows: Sequence[Row]) -> Iterator[Window]:
    """Where several conditions belong together, values weeks apart do not: each day on which the first one holds."""
    if len(rows) == 1:
        yield later
    elif judge(later, rows)[0].state is State.MET:
        valued = [row for row in rows if row["op"] not in {"present", "between"}]
        readings = readings_of(later, str(valued[0]["item"])) if valued else []
        held = [reading.at for reading in readings if reading.at and holds(reading.value, valued[0])]
        yield from (LaterWindow(later.record, near) for near in held[:MOST_DAYS])
        if not valued:
            yield later


def _seen(window: Window, row: Row) -> Iterator[Seen]:
    """What the window holds of one condition; of several values the one that decides it."""
    verdict = judge(window, [row])[0]
    if row["op"] == "present":
        if verdict.spoken is not None:
            yield _said(verdict.spoken, verdict.state)
        elif verdict.fact_ids:
            yield _cited(window, verdict.fact_ids[0], row, verdict.state)
        return
    readings = readings_of(window, str(row["item"]))
    if not readings:
        return
    for one in deciding(window, row, readings) or [_nearest(readings, row)]:
        text = f"{name_of(row)} {round(one.value, 2):g} {row['unit'] or ''}".strip()
        yield Seen(text, one.at, one.fact_id, state=verdict.state, readings=len(readings))


def _said(spoken: Spoken, state: State) -> Seen:
    return Seen(spoken.text, spoken.document.written_at, spoken=spoken, state=state, denied=spoken.denied)


def _cited(window: Window, fact_id: str, row: Row, state: State) -> Seen:
    order = next((order for order in window.orders if order.fact_id == fact_id), None)
    if order is not None:
        return Seen(f"医嘱 {order.order_name or ''}".strip(), order.begins_at, fact_id, state=state)
    lab = next((lab for lab in window.labs if lab.fact_id == fact_id), None)
    if lab is not None:
        return Seen(
            f"{lab.analyte} {lab.value_text} {lab.unit or ''}".strip(), lab.sampled_at, fact_id, state=state
        )
    return Seen(name_of(row), fact_id=fact_id, state=state)


def _nearest(readings: Sequence[Reading], row: Row) -> Reading:
    """The first value that holds; else the one that comes closest."""
    held = next((reading for reading in readings if holds(reading.value, row)), None)
    if held is not None:
        return held
    if row["op"] in {"<", "<="}:
        return min(readings, key=lambda reading: reading.value)
    return max(readings, key=lambda reading: reading.value)


def needs_of(row: Row) -> str:
    """One condition of a criterion in words, with its threshold and unit."""
    name, unit = name_of(row), row["unit"] or ""
    if row["op"] == "present":
        return f"{name}{_recent(row)}"
    if row["op"] == "between":
        return f"{name} {float(row['value']):g}–{float(row['value2'] or row['value']):g} {unit}".strip()
    times = f"，不少于 {row['times']} 次" if int(row.get("times") or 1) > 1 else ""
    lasting = f"，病程超过 {row['for_days']} 天" if row.get("for_days") else ""
    return (
        f"{name} {SIGNS[row['op']]} {float(row['value'] or 0):g} {unit}".strip()
        + times
        + lasting
        + _recent(row)
    )


def _recent(row: Row) -> str:
    days = row.get("within_days") or (row.get("for_days") if row["op"] == "present" else None)
    return f"（{days} 天以内）" if days else ""


def name_of(row: Row) -> str:
    """What a condition is about, in words."""
    return _names().get(str(row["item"]), str(row["name"]))


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = yaml.safe_load(NAMES.read_text("utf-8"))
    return names
