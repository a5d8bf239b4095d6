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
from functools import cache
from typing import Any

from review.checks.admission_window import Reading, Spoken, Window
from review.checks.criterion_readings import readings_of
from review.checks.inputs import Record
from review.checks.readings import document_of, facts_of
from review.record import Exam

Row = Mapping[str, Any]
ONLY_ORDERED = frozenset(
    {"iv_needed", "dialysis_or_transfusion"}
)  # words for drugs and blood stand in every note; the order decides
OPERATED = frozenset({"procedure"})
DONE_IN_STAY = frozenset(
    {
        "anorectal_procedure",
        "endoscopic_treatment",
        "gynecologic_procedure",
        "insulin_pump",
        "liver_biopsy",
        "nodule_procedure",
        "spinal_procedure",
        "stone_procedure",
        "transfusion",
    }
)
LASTING = frozenset({"liver_disease", "immune_deficit", "pregnancy"})  # stand in the history and still hold
PROCEDURES = frozenset({"手术", "介入", "化疗", "放疗", "透析"})
OPERATION = "06"
REFUSED = re.compile(r"拒绝|不愿|不同意|暂不|暂无|无[^，。；]{0,4}指征|不宜|要求保守")
REACH = 14  # characters around a plan in which a refusal stands
CONFIRMED = frozenset({"S02"})  # one reading of the pulse may be a slip
NOT_AWAKE = re.compile(r"昏迷|昏睡|嗜睡|谵妄|模糊|障碍|淡漠|无反应")


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
    met = deciding(window, row, readings)
    if not met or (row.get("for_days") and not _lasted(window, row)) or _older(window, row):
        return State.NOT_MET, [reading.fact_id for reading in readings[:1] if reading.fact_id], None
    confirming = [exam.fact_id for exam in _ecgs(window)[:1]] if len(met) == 1 and _doubtful(row) else []
    return State.MET, [*(reading.fact_id for reading in met if reading.fact_id), *confirming], None


def deciding(window: Window, row: Row, readings: Sequence[Reading]) -> list[Reading]:
    """The readings that meet a row, as many as it asks for; empty where they are too few.

    One line of the chart written twice is one reading."""
    met = {(reading.at, reading.value): reading for reading in readings if holds(reading.value, row)}
    needed = int(row.get("times") or (2 if _doubtful(row) and not _ecgs(window) else 1))
    return list(met.values())[:needed] if len(met) >= needed else []


def _doubtful(row: Row) -> bool:
    return row.get("code") in CONFIRMED


def _older(window: Window, row: Row) -> bool:
    """Whether the complaint has lasted longer than a row of acute conditions allows; an unknown length does not."""
    days = int(row.get("within_days") or 0)
    return days > 0 and window.hours_ill is not None and window.hours_ill > 24 * days


def _phrase(window: Window, row: Row) -> tuple[State, list[str], Spoken | None]:
    """A phrase in the window's notes, or for a service in the orders carried out in it."""
    if row["item"] in OPERATED:
        return operated(window)
    if not row["phrase_regex"]:
        return State.NOT_RECORDED, [], None
    pattern = _compiled(row["phrase_regex"])
    service = row.get("kind") == "intensity" or row["item"] in DONE_IN_STAY
    if row["item"] in DONE_IN_STAY and (done := _done(window.record, pattern)) is not None:
        return State.MET, [done] if done else [], None
    if row.get("kind") != "severity":
        for text, fact_id in window.ordered:
            if pattern.search(text):
                return State.MET, [fact_id], None
    if row["item"] in ONLY_ORDERED and window.orders:
        return State.NOT_RECORDED, [], None
    spoken = window.says(pattern, lasting=row["item"] in LASTING, carried_out=service)
    said = spoken is not None and not spoken.denied
    days = row.get("for_days") or row.get("within_days")
    if said and days and window.hours_ill is not None and window.hours_ill > 24 * int(days):
        return State.NOT_MET, [], spoken
    if not said and row["item"] == "troponin_above_99th":
        return _above(window.times_upper("troponin"))
    if not said and row["item"] == "consciousness" and window.consciousness:
        return _charted(window)
    if spoken is None:
        return State.NOT_RECORDED, [], None
    return (State.MET if said else State.NOT_MET), [], spoken


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)  # the library's own store holds fewer than the criteria have


def _refused(text: str, quote: str) -> bool:
    """Whether the plan, or what follows it at once, says that it will not be done."""
    place = max(0, text.find(quote))
    return REFUSED.search(text[max(0, place - REACH) : place + len(quote) + REACH]) is not None


def _done(record: Record, pattern: re.Pattern[str]) -> str | None:
    """The fact of an order, or nothing to cite where a charge shows it; null where the stay shows no such service."""
    for order in record.orders:
        if pattern.search(f"{order.order_name or ''}{order.usage or ''}"):
            return order.fact_id
    return "" if any(pattern.search(charge.item_name or "") for charge in record.charges) else None


def _charted(window: Window) -> tuple[State, list[str], None]:
    """Consciousness as the chart of vital signs gives it."""
    lowered = [vital for vital in window.consciousness if NOT_AWAKE.search(vital.consciousness or "")]
    return (
        (State.MET if lowered else State.NOT_MET),
        [(lowered or list(window.consciousness))[0].fact_id],
        None,
    )


def _above(readings: list[Reading]) -> tuple[State, list[str], None]:
    """Troponin against the upper end of its own range."""
    above = [reading for reading in readings if reading.value > 1]
    if not readings:
        return State.NOT_RECORDED, [], None
    return (State.MET if above else State.NOT_MET), [(above or readings)[0].fact_id], None


def operated(window: Window) -> tuple[State, list[str], Spoken | None]:
    """Whether the patient was operated on in this stay, or the first notes plan it and nobody refused."""
    record = window.record
    if record.operations:
        return State.MET, [record.operations[0].fact_id], None
    if any(charge.charge_type == OPERATION for charge in record.charges):
        return State.MET, [], None
    for fact in facts_of(record, "clinical"):
        if fact.name not in PROCEDURES or fact.value != "possible" or not window.told(fact):
            continue
        document = document_of(record, fact)
        if document is not None and not _refused(document.text, fact.quote):
            return State.MET, [fact.fact_id], None
    return State.NOT_RECORDED, [], None


def _ecgs(window: Window) -> list[Exam]:
    """Electrocardiograms of the window, any of which could confirm a pulse."""
    return [
        exam
        for exam in window.record.exams
        if "心电图" in (exam.exam_name or "") and window.holds(exam.registered_at)
    ]


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
