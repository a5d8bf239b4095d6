"""Writes what a review found, byte for byte the same for the same input, rules and knowledge."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.models import CheckResult, Finding
from review.violations import VIOLATIONS, Certainty

if TYPE_CHECKING:
    from review.pipeline import Review

ZERO = Decimal("0.00")


def write_outputs(review: Review, folder: Path) -> None:
    """The files of the output contract, and `files.jsonl`: the state of every input file."""
    _write_lines(folder / "findings.jsonl", (_finding(finding) for finding in review.findings))
    _write_lines(folder / "patterns.jsonl", (_pattern(finding) for finding in review.patterns))
    _write_lines(folder / "checks.jsonl", (as_json(result) for result in review.results))
    _write_lines(folder / "faults.jsonl", (as_json(fault) for fault in review.faults))
    _write_lines(folder / "files.jsonl", (as_json(state) for state in review.intake.files))
    summary = json.dumps(summarise(review), ensure_ascii=False, indent=2)
    (folder / "summary.json").write_text(summary + "\n", "utf-8")


def as_json(thing: Any) -> Any:
    """Frozen data as JSON carries it; money as a number with two decimals, times as ISO text."""
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, Decimal):
        return float(thing)
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, tuple | list):
        return [as_json(item) for item in thing]
    if hasattr(thing, "__dataclass_fields__"):
        return {field.name: as_json(getattr(thing, field.name)) for field in fields(thing)}
    return thing


def _finding(finding: Finding) -> dict[str, Any]:
    line: dict[str, Any] = as_json(finding)
    del line["admissions"]
    return line


def _pattern(finding: Finding) -> dict[str, Any]:
    line: dict[str, Any] = as_json(finding)
    del line["admission_id"]
    return line


def _write_lines(file: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        for line in lines:
            stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def summarise(review: Review) -> dict[str, Any]:
    """Counts and yuan per violation type: gross, and with every yuan counted once."""
    admissions = {result.admission_id for result in review.results}
    return {
        "inspection": review.intake.about.name,
        "admissions": len(admissions),
        "admissions_with_findings": len({finding.admission_id for finding in review.findings}),
        "findings": len(review.findings),
        "violations": {
            code: _violation(code, review.findings)
            for code in VIOLATIONS
            if any(finding.violation == code for finding in review.findings)
        },
        "amount_gross": float(sum((_yuan(finding) for finding in review.findings), ZERO)),
        "amount_once": float(sum((finding.counted_amount or ZERO for finding in review.findings), ZERO)),
        "outcomes": _outcomes(review.results),
        "not_checked": _missing(review.results),
        "faults": len(review.faults),
        "patterns": len(review.patterns),
        "versions": dict(review.versions),
        "seconds": dict(review.seconds),
    }


def _yuan(finding: Finding) -> Decimal:
    carries = finding.certainty is not Certainty.CLUE and VIOLATIONS[finding.violation].counted
    return finding.amount or ZERO if carries else ZERO


def _violation(code: str, findings: Iterable[Finding]) -> dict[str, Any]:
    mine = [finding for finding in findings if finding.violation == code]
    return {
        "name": VIOLATIONS[code].name,
        "findings": len(mine),
        **{
            str(certainty): sum(finding.certainty is certainty for finding in mine) for certainty in Certainty
        },
        "amount_gross": float(sum((_yuan(finding) for finding in mine), ZERO)),
        "amount_once": float(sum((finding.counted_amount or ZERO for finding in mine), ZERO)),
    }


def _outcomes(results: Iterable[CheckResult]) -> dict[str, int]:
    return dict(sorted(Counter(str(result.outcome) for result in results).items()))


def _missing(results: Iterable[CheckResult]) -> dict[str, int]:
    return dict(
        Counter(result.reason or "" for result in results if result.outcome == "not_checked").most_common()
    )
