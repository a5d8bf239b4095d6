"""Reads two reviews of one institution for 回头看: what each looked for on which stays, and what it saw there.

Seen is what is more than a clue; where the workbench knows what experts decided, what they rejected is not seen.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from review.casework.results import Results
from review.errors import InputError
from review.procedure.estimate_reading import lines_of, text_of
from review.procedure.look_back import Side
from review.rulebook.rulebook import describe_headers
from review.violations import VIOLATIONS, Certainty

SPOKE = ("found", "clear")
TOP = 5


@dataclass(frozen=True)
class Reviewed:
    """One review: who was reviewed and when, by which rules, and for each check the stays it spoke on."""

    hospital: str
    code: str
    period: str
    stays: tuple[str, ...]
    rules: str
    spoke: Mapping[str, bytes]  # by check, a byte a stay: whether it spoke there
    findings: tuple[Mapping[str, Any], ...]
    departments: Mapping[str, str]
    rejected: frozenset[str] = field(default_factory=frozenset)
    decided: int = 0


def read_review(results: Path, rejected: Collection[str] = (), decided: int = 0) -> Reviewed:
    """Raises SettingsError where a file is missing, InputError where it cannot be read."""
    held = Results(results)
    try:
        about = held.about
        rows = held.rows(
            "select admission_id, coalesce(discharge_department, department) as d from admissions"
        )
        versions = held.summary.get("versions", {})
    finally:
        held.close()
    departments = {str(row["admission_id"]): str(row["d"] or "未载明") for row in rows}
    places = {admission: place for place, admission in enumerate(departments)}
    spoke: dict[str, bytearray] = {}
    for line in lines_of(results / "checks.jsonl"):
        check, stay = text_of(line, "check", "checks.jsonl"), text_of(line, "admission_id", "checks.jsonl")
        marks = spoke.setdefault(check, bytearray(len(places)))
        if line.get("outcome") in SPOKE and stay in places:
            marks[places[stay]] = 1
    return Reviewed(
        about.get("hospital_name") or "",
        about.get("hospital_code") or "",
        f"{about.get('period_start') or '未注明'} 至 {about.get('period_end') or '未注明'}",
        tuple(departments),
        "/".join(str(versions[name]) for name in ("rules", "knowledge") if versions.get(name)),
        {check: bytes(marks) for check, marks in spoke.items()},
        tuple(line for line in lines_of(results / "findings.jsonl") if _counts(line)),
        departments,
        frozenset(rejected),
        decided,
    )


def _counts(line: Mapping[str, Any]) -> bool:
    return (
        line.get("violation") in VIOLATIONS
        and line.get("certainty") != Certainty.CLUE
        and not line.get("gone")
    )


def sides_of(earlier: Reviewed, later: Reviewed) -> tuple[dict[str, tuple[Side, Side]], dict[str, list[str]]]:
    """Each violation type in both, by the checks that both could make; and the checks that only one could, by type.

    Raises InputError where the two are of different institutions."""
    named = (earlier.code, later.code) if earlier.code and later.code else (earlier.hospital, later.hospital)
    if all(named) and named[0] != named[1]:
        raise InputError(
            f"两次检查的机构不同：{earlier.hospital}、{later.hospital}；请给出同一机构的两次结果。"
        )
    checks = {one["code"]: one["violation"] for one in describe_headers()}
    for run in (earlier, later):
        checks |= {line["check"]: checks.get(line["check"], line["violation"]) for line in run.findings}
    able = [{check for check, marks in run.spoke.items() if any(marks)} for run in (earlier, later)]
    common = able[0] & able[1]
    sides, alone = {}, {}
    for kind in VIOLATIONS:
        held = {check for check, violation in checks.items() if violation == kind}
        used = held & common
        sides[kind] = (_side(earlier, kind, used), _side(later, kind, used))
        alone[kind] = sorted(held & (able[0] ^ able[1]))
    return sides, {kind: names for kind, names in alone.items() if names}


def _side(run: Reviewed, kind: str, checks: set[str]) -> Side:
    looked = 0
    for check in checks:
        looked |= int.from_bytes(run.spoke[check], "big")
    yuan: Counter[str] = Counter()
    seen = set()
    for line in run.findings:
        if line["violation"] == kind and line["check"] in checks and line["id"] not in run.rejected:
            seen.add(line["admission_id"])
            yuan[line["admission_id"]] += line.get("counted_amount") or 0
    return Side(max(looked.bit_count(), len(seen)), len(seen), tuple(sum_ for sum_ in yuan.values() if sum_))


def wards(run: Reviewed) -> dict[str, list[tuple[str, int]]]:
    """By type, the departments with most stays of it."""
    found: dict[str, dict[str, set[str]]] = {}
    for line in run.findings:
        if line["id"] not in run.rejected:
            stay = line["admission_id"]
            of_kind = found.setdefault(line["violation"], {})
            of_kind.setdefault(run.departments.get(stay, "未载明"), set()).add(stay)
    return {
        kind: sorted(((name, len(stays)) for name, stays in held.items()), key=lambda one: (-one[1], one[0]))[
            :TOP
        ]
        for kind, held in found.items()
    }
