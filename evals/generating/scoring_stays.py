"""Scores what is said of whole stays, persons and cohorts against their labels.

A finding is right on the labelled stay, or on any stay of the person or pattern the label names; a pattern is right
when most of its labelled stays lie in a planted one. ADM-016 is context: only what it says of one stay can be wrong.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from evals.generating.labels import Label
from evals.generating.tallies import ORDER, Tally, fault

Finding = Mapping[str, Any]
ENOUGH = 3  # stays of a pattern that must be named before it counts as found
CONTEXT = "ADM-016"


def tally_stays(
    labels: Sequence[Label],
    findings: Sequence[Finding],
    patterns: Sequence[Finding],
    outcomes: Mapping[tuple[str, str], str],
) -> dict[str, Tally]:
    """The counts of every admission check that is planted or found."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    about = by_stay(labels)
    mine = [finding for finding in findings if finding["check"].startswith("ADM-")]
    wide = [pattern for pattern in patterns if pattern["check"].startswith("ADM-")]
    for label in labels:
        if label.check:
            named = [
                one for one in mine if one["check"] == label.check and one["admission_id"] in stays_of(label)
            ]
            shown = [one for one in wide if one["check"] == label.check]
            _label(tallies[label.check], label, named, shown, outcomes)
    for finding in mine:
        said = about.get(finding["admission_id"])
        if said is not None:  # an earlier stay of a labelled person carries no label of its own
            _judge(tallies[finding["check"]], finding, said, any(_right(label, finding) for label in said))
    for pattern in wide:
        known = [about[admission] for admission in pattern.get("admissions") or () if admission in about]
        right = sum(any(_right(label, pattern) for label in said) for said in known)
        if known and pattern["check"] != CONTEXT:
            _judge(tallies[pattern["check"]], pattern, known[0], right * 2 > len(known))
    return dict(tallies)


def by_stay(labels: Sequence[Label]) -> dict[str, list[Label]]:
    """Every label under each of its stays."""
    about: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        for admission in stays_of(label):
            about[admission].append(label)
    return about


def stays_of(label: Label) -> frozenset[str]:
    return frozenset({label.admission_id, *label.admissions})


def _label(
    counts: Tally,
    label: Label,
    named: Sequence[Finding],
    patterns: Sequence[Finding],
    outcomes: Mapping[tuple[str, str], str],
) -> None:
    mine = stays_of(label)
    shared = [
        one
        for one in patterns
        if 2 * len(mine & set(one.get("admissions") or ())) > len(one["admissions"] or ())
    ]
    if label.kind == "near_miss":
        limit = ORDER[label.at_most] if label.at_most else -1
        above = [one for one in (*named, *shared) if ORDER[one["certainty"]] > limit]
        sprung = bool(above) and not (label.check == CONTEXT and not named)
        counts.near_miss(label, sprung)
        if sprung:
            counts.faults.append(fault("sprung", label, above[0].get("message", "")))
        return
    if label.kind not in ("plant", "pattern"):
        return
    counts.noisy += bool(label.noise)
    reached = {one["admission_id"] for one in named} | {
        admission for one in patterns for admission in mine & set(one.get("admissions") or ())
    }
    enough = len(reached) >= (ENOUGH if label.kind == "pattern" else 1)
    counts.plant(label, enough, (*named, *shared))
    if not enough:
        outcome = outcomes.get((label.admission_id, label.check), "")
        counts.unchecked += outcome in ("not_checked", "failed")
        counts.faults.append(fault("miss", label, outcome))
        return
    counts.noisy_found += bool(label.noise)
    _kind_and_amount(counts, label, named)


def _kind_and_amount(counts: Tally, label: Label, named: Sequence[Finding]) -> None:
    if named and all(finding["violation"] != label.violation for finding in named):
        counts.faults.append(fault("violation", label, named[0]["violation"]))
    firm = [one for one in named if ORDER[one["certainty"]] > 0 and one["admission_id"] == label.admission_id]
    if label.amount is None or not firm:
        return
    said = firm[0]["amount"]
    if not counts.price(label, None if said is None else Decimal(str(said))):
        counts.faults.append(fault("amount", label, str(said)))


def _right(label: Label, finding: Finding) -> bool:
    if finding["check"] in label.also_allowed:
        return True
    if finding["check"] != label.check:
        return False
    if label.kind == "near_miss":
        return bool(label.at_most) and ORDER[finding["certainty"]] <= ORDER[label.at_most]
    return label.kind in ("plant", "pattern")


def _judge(counts: Tally, finding: Finding, said: Sequence[Label], right: bool) -> None:
    counts.judge(finding, right, said[0].admission_id)
    if not right:
        about = replace(
            said[0], check=finding["check"], scenario=f"{said[0].check} {said[0].scenario}".strip()
        )
        told = f"{finding['certainty']}：{finding.get('message', '')}"
        counts.faults.append(fault("false", about, told) | {"finding_on": finding.get("admission_id") or ""})
