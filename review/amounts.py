"""Counts every yuan once: which finding carries it, and which only point at that one.

Whole-stay findings come first, then the order of the violation types. Clues carry nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from review.models import Finding
from review.violations import VIOLATIONS, Certainty

ZERO = Decimal("0.00")


def count_once(findings: Iterable[Finding], line_amounts: Mapping[str, Decimal]) -> tuple[Finding, ...]:
    """Give each finding its `counted_amount` and, where its yuan stand elsewhere, `counted_in`.

    `line_amounts` holds the net yuan of every charge line; a line can be counted up to that and no further."""
    stays: dict[str, str] = {}
    left = dict(line_amounts)
    carriers: dict[str, str] = {}
    counted: dict[str, Finding] = {}
    findings = tuple(findings)
    for finding in sorted(findings, key=_turn):
        if not _carries(finding):
            counted[finding.id] = finding
        elif finding.admission_id in stays:
            counted[finding.id] = replace(
                finding, counted_in=stays[finding.admission_id], counted_amount=ZERO
            )
        elif VIOLATIONS[finding.violation].whole_stay:
            stays[finding.admission_id] = finding.id
            counted[finding.id] = replace(finding, counted_amount=finding.amount)
        else:
            counted[finding.id] = _count_lines(finding, left, carriers)
    return tuple(counted[finding.id] for finding in findings)


def _carries(finding: Finding) -> bool:
    return (
        finding.amount is not None
        and finding.certainty is not Certainty.CLUE
        and VIOLATIONS[finding.violation].counted
    )


def _turn(finding: Finding) -> tuple[int, int, Decimal, str]:
    violation = VIOLATIONS[finding.violation]
    return violation.turn, -finding.certainty.rank, -(finding.amount or ZERO), finding.id


def _count_lines(finding: Finding, left: dict[str, Decimal], carriers: dict[str, str]) -> Finding:
    """Take the finding's yuan out of its lines, as far as no earlier finding took them."""
    wanted = finding.amount or ZERO
    taken = ZERO
    earlier = next((carriers[line] for line in finding.charge_ids if line in carriers), None)
    for line in finding.charge_ids:
        share = min(wanted - taken, left.get(line, ZERO))
        if share > 0:
            left[line] -= share
            taken += share
            carriers.setdefault(line, finding.id)
    if not finding.charge_ids:
        taken = wanted
    short = taken < wanted and earlier is not None
    return replace(finding, counted_amount=taken, counted_in=earlier if short else None)
