"""What a check would say of a finished review: tried on its data, read only, and kept nowhere.

Used before a changed limit is saved and before a rule file of an analyst's own counts.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from review.casework.results import Line, Results
from review.checks.inputs import Inspection
from review.checks.registry import Check
from review.checks.runner import run_check
from review.checks.stamping import ClauseOn, Stamp
from review.engines.duckdb import Warehouse
from review.models import Finding

SHOWN = 20


@dataclass(frozen=True)
class Trial:
    """The outcomes by name, the findings, and why it failed where it did."""

    outcomes: Counter[str]
    findings: tuple[Finding, ...]
    failed: str


def try_check(check: Check, results: Results, clause_on: ClauseOn) -> Trial:
    """Run one check over the warehouse of a finished review."""
    warehouse = Warehouse.reopen(results.out / "warehouse.duckdb")
    try:
        inspection = Inspection(warehouse)
        ran = run_check(check, inspection, Stamp(inspection, clause_on))
    finally:
        warehouse.close()
    outcomes = Counter(str(result.outcome) for result in ran.results)
    failed = next((result.reason or "" for result in ran.results if str(result.outcome) == "failed"), "")
    return Trial(outcomes, (*ran.findings, *ran.patterns), failed)


def trial_line(trial: Trial) -> Line:
    """A trial as a page shows it; stays go by their inpatient number's place in the list, never by a name."""
    return {
        "outcomes": dict(trial.outcomes),
        "failed": trial.failed,
        "total": len(trial.findings),
        "yuan": str(sum((finding.amount or 0 for finding in trial.findings), 0)),
        "findings": [
            {
                "admission": finding.admission_id or "、".join(finding.admissions),
                "message": finding.message,
                "amount": str(finding.amount) if finding.amount is not None else None,
                "certainty": str(finding.certainty),
            }
            for finding in trial.findings[:SHOWN]
        ],
    }


def day_of(results: Results) -> date | None:
    """The day whose rules an inspection is held to: the last of its period."""
    day = results.about.get("period_end")
    return day if isinstance(day, date) else None
