"""Scores what is said of documents against their labels: a finding counts only where it stands on what was planted.

Recall and precision are those at `probable` or better; at `clue` where the catalogue lets a check say no more.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evals.generating.labels import Label
from evals.generating.scoring_stays import by_stay, stays_of
from evals.generating.tallies import ORDER, Tally, fault, share

Finding = Mapping[str, Any]
COPIES = ("DOC-016", "DOC-017")
LEAST = 3  # characters of an evidence that can be told in a longer quote
ENOUGH = 3  # stays of a pattern that must be named, unless the pattern itself is


def tally_documents(
    labels: Sequence[Label],
    findings: Sequence[Finding],
    patterns: Sequence[Finding],
    outcomes: Mapping[tuple[str, str], str],
) -> dict[str, Tally]:
    """The counts of every document check that is planted or found."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    about, mine, wide = _sorted(labels, findings, patterns)
    lowest = least(labels)
    for label in labels:
        if label.check:
            named = [one for stay in stays_of(label) for one in mine[stay] if one["check"] == label.check]
            shown = [one for one in wide if one["check"] == label.check and _shared(label, one)]
            _label(tallies[label.check], label, named, shown, outcomes)
    for admission, several in mine.items():
        for finding in several:
            if admission in about:
                floor = lowest.get(finding["check"], 1)
                _judge(tallies[finding["check"]], finding, about[admission], floor)
    for pattern in wide:
        said = [label for stay in pattern.get("admissions") or () for label in about.get(stay, ())]
        if said:
            _judge(tallies[pattern["check"]], pattern, said, lowest.get(pattern["check"], 1))
    return dict(tallies)


def _sorted(
    labels: Sequence[Label], findings: Sequence[Finding], patterns: Sequence[Finding]
) -> tuple[dict[str, list[Label]], dict[str, list[Finding]], list[Finding]]:
    about = by_stay(labels)
    mine: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding["check"].startswith("DOC-") and finding["admission_id"] in about:
            mine[finding["admission_id"]].append(finding)
    return about, mine, [pattern for pattern in patterns if pattern["check"].startswith("DOC-")]


def least(labels: Iterable[Label]) -> dict[str, int]:
    """The certainty from which a check's findings are counted: what its plants allow, `probable` at most."""
    found: dict[str, int] = {}
    for label in labels:
        if label.kind in ("plant", "pattern"):
            found[label.check] = max(found.get(label.check, 0), min(1, ORDER[label.certainty or "probable"]))
    return found


def copy_forward(labels: Sequence[Label], findings: Sequence[Finding]) -> str:
    """How many stays without a planted copy were accused of one above `clue`."""
    about, mine, _ = _sorted(labels, findings, ())
    planted = {
        stay
        for label in labels
        if label.kind == "plant" and label.check in COPIES
        for stay in stays_of(label)
    }
    stays = set(about) - planted
    accused = {
        stay
        for stay in stays
        for one in mine[stay]
        if one["check"] in COPIES and ORDER[one["certainty"]] and not _right_anywhere(about[stay], one)
    }
    return f"如实沿用的住院 {len(stays)} 次：被指复制（线索以上）{len(accused)} 次 {share(len(accused), len(stays))}"


def _right_anywhere(said: Iterable[Label], finding: Finding) -> bool:
    return any(right(label, finding) for label in said)


def _shared(label: Label, pattern: Finding) -> bool:
    named = set(pattern.get("admissions") or ())
    return 2 * len(stays_of(label) & named) > len(named)


def _label(
    counts: Tally,
    label: Label,
    named: Sequence[Finding],
    patterns: Sequence[Finding],
    outcomes: Mapping[tuple[str, str], str],
) -> None:
    if label.kind == "near_miss":
        limit = ORDER[label.at_most] if label.at_most else -1
        mine = [one for one in named if one["admission_id"] == label.admission_id or label.admissions]
        above = [one for one in (*mine, *patterns) if ORDER[one["certainty"]] > limit and stands(label, one)]
        counts.near_miss(label, bool(above))
        if above:
            counts.faults.append(
                _fault("sprung", label, f"{above[0]['certainty']}：{above[0].get('message', '')}")
            )
        return
    if label.kind not in ("plant", "pattern"):
        return
    needed = min(1, ORDER[label.certainty or "probable"])
    there = [one for one in (*named, *patterns) if stands(label, one)]
    firm = [one for one in there if ORDER[one["certainty"]] >= needed]
    reached = {one["admission_id"] for one in firm if one.get("admission_id")}
    found = bool(firm) and not (label.kind == "pattern" and not patterns and len(reached) < ENOUGH)
    counts.plant(label, found, firm)
    if not found:
        counts.unchecked += outcomes.get((label.admission_id, label.check)) in ("not_checked", "failed")
        counts.faults.append(_missed(label, named, there, outcomes))
        return
    if all(one["violation"] != label.violation for one in firm):
        counts.faults.append(_fault("violation", label, firm[0]["violation"]))


def _missed(
    label: Label, named: Sequence[Finding], there: Sequence[Finding], outcomes: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    """A miss with its kind: nothing said, said at another place, or said with too little certainty."""
    if there:
        return _fault("low", label, f"{there[0]['certainty']}：{there[0].get('message', '')}")
    if named:
        return _fault("elsewhere", label, named[0].get("message", ""))
    return _fault("miss", label, outcomes.get((label.admission_id, label.check), ""))


def _fault(kind: str, label: Label, said: str) -> dict[str, Any]:
    return fault(kind, label, said) | {"files": list(label.files), "quotes": list(label.quotes)}


def _judge(counts: Tally, finding: Finding, said: Sequence[Label], floor: int) -> None:
    is_right = _right_anywhere(said, finding)
    counts.judge(finding, is_right, said[0].admission_id, ORDER[finding["certainty"]] >= floor)
    if not is_right:
        label = said[0]
        about = replace(label, check=finding["check"], scenario=f"{label.check} {label.scenario}".strip())
        told = f"{finding['certainty']}：{finding.get('message', '')}"
        kind = "false" if ORDER[finding["certainty"]] >= floor else "false clue"
        counts.faults.append(_fault(kind, about, told) | {"finding_on": finding.get("admission_id") or ""})


def right(label: Label, finding: Finding) -> bool:
    if finding["check"] in label.also_allowed:
        return True
    if finding["check"] != label.check:
        return False
    if label.kind == "near_miss":
        return bool(label.at_most) and ORDER[finding["certainty"]] <= ORDER[label.at_most]
    return label.kind in ("plant", "pattern") and stands(label, finding)


def stands(label: Label, finding: Finding) -> bool:
    """Whether an evidence for the finding lies in a file of the label and shows one of its quotes."""
    if not label.files:
        return True
    return any(
        evidence["source"] in label.files and _shows(label.quotes, evidence)
        for evidence in finding.get("evidence") or ()
        if evidence.get("says", "for") == "for"
    )


def _shows(quotes: Sequence[str], evidence: Mapping[str, Any]) -> bool:
    told = {_plain(str(evidence.get(name) or "")) for name in ("quote", "row", "at")} - {""}
    wanted = [_plain(quote) for quote in quotes if quote]
    return not wanted or any(
        quote in one or (len(one) >= LEAST and one in quote) for quote in wanted for one in told
    )


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
