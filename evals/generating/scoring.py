"""Scores a run on a generated inspection against its labels: recall, precision, amounts, near misses, calibration.

A finding is right when it touches a line of a plant of its check, or when a label there allows its check.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from evals.forging.scoring import copy_forward, tally_documents
from evals.generating.labels import Label, read_labels
from evals.generating.scoring_stays import tally_stays
from evals.generating.tallies import CENT, ORDER, Tally, calibration, fault, row, total, under_noise

Finding = Mapping[str, Any]
SCREENED = ".parquet"
FAMILY = {"charges": "CHG-", "admissions": "ADM-", "documents": "DOC-"}


def score(run: Path, labels_file: Path, out: Path | None = None) -> list[str]:
    """The printed lines; misses and false findings go to `misses.jsonl` beside the run (or to `out`).

    `run` is the folder of a review or the Parquet file of a screening, which is held to what claims alone decide.
    """
    labels, tallies, findings = tallied(run, labels_file)
    records = [label for label in labels if label.family == "documents"]
    target = out or (run.with_name("misses.jsonl") if run.suffix == SCREENED else run / "misses.jsonl")
    faults = [fault for check in sorted(tallies) for fault in tallies[check].faults]
    target.write_text(
        "".join(json.dumps(fault, ensure_ascii=False) + "\n" for fault in faults), encoding="utf-8"
    )
    clean = {label.admission_id: FAMILY[label.family] for label in labels if label.kind == "clean"}
    accused = [
        finding
        for finding in findings
        if finding["check"].startswith(clean.get(finding["admission_id"], "none"))
    ]
    firm = sum(finding["certainty"] == "established" for finding in accused)
    stays = len({finding["admission_id"] for finding in accused})
    return [
        "项目      种植 找到 召回率（95%区间）        未查  发现 正确 准确率（95%区间）        金额相符    近似 误触",
        *(row(check, tallies[check]) for check in sorted(tallies)),
        row("合计   ", total(tallies.values())),
        *calibration(tallies),
        *under_noise(tallies.values()),
        f"清白住院 {len(clean)} 次：{stays} 次有发现，其中“确定”的发现 {firm} 条",
        *([copy_forward(records, findings)] if records else []),
        f"漏查与误报逐条见 {target}",
    ]


def tallied(run: Path, labels_file: Path) -> tuple[Sequence[Label], Mapping[str, Tally], Sequence[Finding]]:
    """The labels that a run is held to, the counts of every check, and its findings."""
    labels = list(read_labels(labels_file))
    screened = run.suffix == SCREENED
    if screened:
        labels = [label for label in labels if label.claims_only or label.kind == "clean"]
    findings = _screened(run) if screened else _read(run / "findings.jsonl")
    outcomes = {} if screened else _outcomes(run)
    bills = [label for label in labels if label.family == "charges"]
    records = [label for label in labels if label.family == "documents"]
    tallies = tally(bills, findings, outcomes)
    if not screened:
        patterns = _read(run / "patterns.jsonl")
        tally_wards(tallies, bills, patterns)
        tallies |= tally_stays(
            [label for label in labels if label.family == "admissions"], findings, patterns, outcomes
        )
        tallies |= tally_documents(records, findings, patterns, outcomes)
    return labels, tallies, findings


def tally(
    labels: Sequence[Label], findings: Sequence[Finding], outcomes: Mapping[tuple[str, str], str]
) -> dict[str, Tally]:
    """The counts of every check that is planted or found."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    by_admission: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding["check"].startswith("CHG-"):
            by_admission[finding["admission_id"]].append(finding)
    said: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        said[label.admission_id].append(label)
        if label.kind == "plant":
            _plant(tallies[label.check], label, by_admission[label.admission_id], outcomes)
        elif label.kind == "near_miss" and not label.admissions:
            _near_miss(tallies[label.check], label, by_admission[label.admission_id])
    for admission, found in by_admission.items():
        for finding in found:
            _precision(tallies[finding["check"]], finding, said.get(admission))
    return dict(tallies)


def tally_wards(tallies: dict[str, Tally], labels: Sequence[Label], patterns: Sequence[Finding]) -> None:
    """Adds the wards: a pattern of the check that names most of a ward's stays is about that ward."""
    for label in labels:
        if label.admissions:
            about = [found for found in patterns if found["check"] == label.check and _most(label, found)]
            counts = tallies.setdefault(label.check, Tally())
            if label.kind == "pattern":
                _plant(counts, replace(label, charge_ids=(), related_ids=()), about, {})
            else:
                _near_miss(counts, replace(label, charge_ids=(), related_ids=()), about)


def _most(label: Label, found: Finding) -> bool:
    shared = set(label.admissions) & set(found.get("admissions") or ())
    return len(shared) > len(found.get("admissions") or ()) / 2


def touches(label: Label, finding: Finding) -> bool:
    """A finding of the label's check on one of its lines, or where either names no line."""
    if finding["check"] != label.check:
        return False
    lines = {*label.charge_ids, *label.related_ids}
    return not lines or not finding["charge_ids"] or bool(lines & set(finding["charge_ids"]))


def _plant(
    counts: Tally, label: Label, found: Iterable[Finding], outcomes: Mapping[tuple[str, str], str]
) -> None:
    mine = [finding for finding in found if touches(label, finding)]
    counts.plant(label, bool(mine), mine)
    outcome = outcomes.get((label.admission_id, label.check), "")
    if not mine:
        counts.unchecked += outcome in ("not_checked", "failed")
        counts.faults.append(fault("miss", label, outcome))
        return
    wrong_kind = label.violation and all(finding["violation"] != label.violation for finding in mine)
    if wrong_kind:
        counts.faults.append(fault("violation", label, mine[0]["violation"]))
    if label.amount is not None:
        total = sum(
            (Decimal(str(finding["amount"])) for finding in mine if finding["amount"] is not None), Decimal(0)
        )
        if counts.price(label, total):
            _fund(counts, label, mine)
        else:
            counts.faults.append(fault("amount", label, str(total)))


def _fund(counts: Tally, label: Label, mine: Sequence[Finding]) -> None:
    """The fund's part is listed, not counted: a right amount may still split wrongly."""
    said = [Decimal(str(part)) for finding in mine if (part := finding.get("fund_amount")) is not None]
    if label.fund_amount is not None and abs(sum(said, Decimal(0)) - label.fund_amount) >= CENT:
        counts.faults.append(fault("fund", label, str(sum(said, Decimal(0))) if said else "null"))


def _near_miss(counts: Tally, label: Label, found: Iterable[Finding]) -> None:
    limit = ORDER[label.at_most] if label.at_most else -1
    hits = [finding for finding in found if touches(label, finding) and ORDER[finding["certainty"]] > limit]
    counts.near_miss(label, bool(hits))
    if hits:
        counts.faults.append(fault("sprung", label, hits[0].get("message", "")))


def _precision(counts: Tally, finding: Finding, said: Sequence[Label] | None) -> None:
    if said is None:  # an earlier stay of a labelled person carries no label of its own
        return
    planted = any(label.kind == "plant" and touches(label, finding) for label in said)
    right = planted or any(_allowed(label, finding) for label in said)
    counts.judge(finding, right)
    if right:
        return
    label = said[0]
    counts.faults.append(
        {
            "fault": "false",
            "check": finding["check"],
            "admission_id": finding["admission_id"],
            "scenario": f"{label.check} {label.scenario}".strip(),
            "certainty": finding["certainty"],
            "charge_ids": list(finding["charge_ids"]),
            "amount": finding["amount"],
            "message": finding.get("message", ""),
        }
    )


def _allowed(label: Label, finding: Finding) -> bool:
    if finding["check"] in label.also_allowed:
        return True
    return (
        label.kind == "near_miss"
        and bool(label.at_most)
        and touches(label, finding)
        and (ORDER[finding["certainty"]] <= ORDER[label.at_most])
    )


def _screened(file: Path) -> list[Finding]:
    try:
        return list(pq.read_table(file).to_pylist())
    except (OSError, ValueError) as problem:
        raise ValueError(
            f"{file}：读不出（{type(problem).__name__}）；请先运行 python -m review screen 写出结果。"
        ) from problem


def _read(file: Path) -> list[Finding]:
    try:
        return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]
    except (OSError, ValueError) as problem:
        raise ValueError(
            f"{file}：读不出（{type(problem).__name__}）；请先运行 python -m review 写出结果。"
        ) from problem


def _outcomes(run: Path) -> dict[tuple[str, str], str]:
    return {
        (row["admission_id"], row["check"]): row["outcome"]
        for row in _read(run / "checks.jsonl")
        if row.get("admission_id")
    }
