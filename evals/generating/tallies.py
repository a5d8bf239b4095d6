"""Counts of a check over labels, shares with 95 % Wilson intervals, and how often a certainty was right."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from evals.generating.labels import Label
from evals.measuring.intervals import wilson
from evals.verdicts import Measure, Verdict

ORDER = {"clue": 0, "probable": 1, "established": 2}
CENT = Decimal("0.01")
COUNTED = (
    "plants",
    "found",
    "priced",
    "exact",
    "unchecked",
    "findings",
    "right",
    "near",
    "sprung",
    "noisy",
    "noisy_found",
)
CERTAINTIES = {"established": "确定", "probable": "疑似", "clue": "线索"}


@dataclass
class Tally:
    """Counts of one check; `unchecked` are plants on whose admission the check read not_checked or failed.

    `noisy` are plants on stays that noise has touched.
    `said`: how many findings of a certainty were right, and how many were not.
    """

    plants: int = 0
    found: int = 0
    priced: int = 0
    exact: int = 0
    unchecked: int = 0
    findings: int = 0
    right: int = 0
    near: int = 0
    sprung: int = 0
    noisy: int = 0
    noisy_found: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    said: Counter[tuple[str, bool]] = field(default_factory=Counter)
    verdicts: list[Verdict] = field(default_factory=list)  # of no case set yet

    def plant(self, label: Label, found: bool, by: Sequence[Mapping[str, Any]]) -> None:
        """Counts a planted thing, found or not `by` findings."""
        self.plants += 1
        self.found += found
        strength = max((one["certainty"] for one in by), key=lambda name: ORDER[name], default="")
        self.verdicts.append(replace(_verdict(label, Measure.RECALL, found), certainty=strength))

    def price(self, label: Label, told: Decimal | None) -> bool:
        """Counts an amount; whether it is the label's."""
        assert label.amount is not None
        exact = told is not None and abs(told - label.amount) < CENT
        self.priced += 1
        self.exact += exact
        verdict, said = _verdict(label, Measure.AMOUNT, exact), "" if told is None else str(told)
        self.verdicts.append(replace(verdict, wanted=str(label.amount), told=said))
        return exact

    def near_miss(self, label: Label, sprung: bool) -> None:
        self.near += 1
        self.sprung += sprung
        self.verdicts.append(_verdict(label, Measure.NEAR_MISS, not sprung))

    def judge(self, finding: Mapping[str, Any], right: bool, unit: str = "", counted: bool = True) -> None:
        """Counts a finding; one that is said with too little certainty to be held against a check is only listed."""
        certainty = finding["certainty"]
        self.said[certainty, right] += 1
        if not counted:
            return
        self.findings += 1
        self.right += right
        unit = finding.get("admission_id") or unit
        about = (finding["check"], finding.get("violation", ""), finding.get("id", ""))
        self.verdicts.append(Verdict("", unit, Measure.PRECISION, *about, right, certainty))


def _verdict(label: Label, measure: Measure, right: bool) -> Verdict:
    """Labels are told apart by what they plant and by their lines."""
    key = " ".join((label.scenario, label.clear, "+".join(label.charge_ids))).strip()
    return Verdict("", label.admission_id, measure, label.check, label.violation, key, right)


def fault(kind: str, label: Label, said: str) -> dict[str, Any]:
    return {
        "fault": kind,
        "check": label.check,
        "admission_id": label.admission_id,
        "scenario": label.scenario,
        "clear": label.clear,
        "charge_ids": list(label.charge_ids),
        "amount": None if label.amount is None else str(label.amount),
        "said": said,
        "why": label.why,
        "noise": label.noise,
    }


def row(check: str, counts: Tally) -> str:
    return (
        f"{check}  {counts.plants:4} {counts.found:4} {share(counts.found, counts.plants):22} {counts.unchecked:4}  "
        f"{counts.findings:4} {counts.right:4} {share(counts.right, counts.findings):22} "
        f"{counts.exact:4}/{counts.priced:<4}  {counts.near:4} {counts.sprung:4}"
    )


def total(tallies: Iterable[Tally]) -> Tally:
    found = Tally()
    for counts in tallies:
        for name in COUNTED:
            setattr(found, name, getattr(found, name) + getattr(counts, name))
        found.said += counts.said
    return found


def share(part: int, whole: int) -> str:
    """A share with its 95 % Wilson interval."""
    if not whole:
        return "—"
    held = wilson(part, whole)
    return f"{held.value:.3f}（{held.low:.3f}–{held.high:.3f}）"


def calibration(tallies: Mapping[str, Tally]) -> list[str]:
    """How often a finding of each certainty was right, by check and in all."""
    whole = total(tallies.values())
    rows = [(check, counts) for check, counts in sorted(tallies.items()) if counts.findings]
    lines = [
        "各级把握中正确的比例（正确/发现）",
        "项目      " + "".join(f"{name:24}" for name in CERTAINTIES.values()),
    ]
    for name, counts in [*rows, ("合计   ", whole)]:
        cells = []
        for certainty in CERTAINTIES:
            right, wrong = counts.said[certainty, True], counts.said[certainty, False]
            cells.append(f"{right}/{right + wrong} {share(right, right + wrong)}" if right + wrong else "—")
        lines.append(f"{name}  " + "  ".join(f"{cell:26}" for cell in cells).rstrip())
    return lines


def under_noise(tallies: Iterable[Tally]) -> list[str]:
    """Recall where noise has touched the planted stays, beside the others; nothing where there was no noise."""
    whole = total(tallies)
    if not whole.noisy:
        return []
    quiet, quiet_found = whole.plants - whole.noisy, whole.found - whole.noisy_found
    return [
        f"有噪声的违规标注：{whole.noisy_found}/{whole.noisy} {share(whole.noisy_found, whole.noisy)}；"
        f"无噪声：{quiet_found}/{quiet} {share(quiet_found, quiet)}"
    ]
