"""The admission criteria of a case as its page shows them: state, evidence at its place, and hindsight apart."""

from collections.abc import Sequence
from typing import Any

from review.casework.lanes import row
from review.casework.readings import Tab, read_tabs, span_of
from review.casework.results import Line, Results
from review.checks.appropriateness import LIMITS, assess
from review.checks.header import NotChecked
from review.checks.inputs import Record
from review.checks.some_stays import SomeStays
from review.checks.stay_criteria import Clause, Criterion, Seen, criteria_of

NAMES = ("ADM-003", "ADM-002", "ADM-001")  # the check that tells a stay without need, the most specific first
POPULATIONS = {
    "adult": "成人",
    "pediatric": "儿童",
    "obstetric": "孕产妇",
    "psychiatric": "精神科",
    "oncology": "肿瘤",
    "rehabilitation": "康复",
}


def open_criteria(results: Results, admission_id: str) -> Line:
    """Every criterion of a stay; where no set applies, the reason instead."""
    tabs = read_tabs(results, admission_id, [])
    said = {line["check"]: line for line in results.outcomes.get(admission_id, []) if line["check"] in NAMES}
    told = next((said[name] for name in NAMES if name in said and said[name]["outcome"] == "found"), None)
    told = told or said.get(NAMES[-1])
    outcome = {"outcome": told["outcome"], "reason": told["reason"] or ""} if told else None
    with results.alone() as warehouse:
        record = SomeStays(warehouse, [admission_id]).records[admission_id]
        try:
            found = criteria_of(record)
        except NotChecked as missing:
            return {"reason": str(missing), "outcome": outcome, "criteria": []}
        return {
            "reason": "",
            "outcome": outcome,
            "population": POPULATIONS.get(found.population, found.population),
            "opens": f"{found.opens:%m-%d %H:%M}",
            "closes": f"{found.closes:%m-%d %H:%M}",
            "core": _core(record),
            "criteria": [_shown(criterion, tabs) for criterion in found.criteria],
        }


def _core(record: Record) -> Line:
    """How many of the things that every admission should record were recorded, or why that is not asked."""
    try:
        seen = assess(record, LIMITS)
    except NotChecked as missing:
        return {"recorded": None, "reason": str(missing)}
    return {"recorded": len(seen.core), "reason": seen.thin or ""}


def _shown(criterion: Criterion, tabs: Sequence[Tab]) -> Line:
    return {
        "code": criterion.code,
        "name": criterion.name,
        "kind": criterion.kind,
        "mode": criterion.mode,
        "state": criterion.state.value,
        "clauses": [_clause(clause, tabs) for clause in criterion.clauses],
        "later": [_seen(one, tabs) for one in criterion.later],
    }


def _clause(clause: Clause, tabs: Sequence[Tab]) -> Line:
    return {
        "needs": clause.needs,
        "note": clause.note,
        "state": clause.state.value,
        "seen": [_seen(one, tabs) for one in clause.seen],
    }


def _seen(one: Seen, tabs: Sequence[Tab]) -> Line:
    return {
        "text": one.text,
        "at": one.at.isoformat(sep=" ", timespec="minutes") if one.at else "",
        "quoted": one.spoken is not None,
        "state": one.state.value,
        "denied": one.denied,
        "readings": one.readings,
        "go": _place(one, tabs),
    }


def _place(one: Seen, tabs: Sequence[Tab]) -> dict[str, Any] | None:
    """Where it stands: a span of a document, or a row of a table."""
    if one.spoken is not None:
        return span_of(one.spoken.document.document_id, one.spoken.start, one.spoken.end, tabs)
    if one.fact_id.startswith("text:"):
        # text:document:start-end:kind, where the document's own name may hold a colon
        document, span, _ = one.fact_id.removeprefix("text:").rsplit(":", 2)
        start, end = span.split("-")
        return span_of(document, int(start), int(end), tabs)
    return row(one.fact_id) if one.fact_id else None
