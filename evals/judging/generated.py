"""A generated inspection: what was planted, what only looks like it, and the stays in between."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from evals.generating.scoring import FAMILY, tallied
from evals.generating.tallies import ORDER
from evals.judging.inspections import strongest
from evals.verdicts import Measure, Verdict


def judge_generated(case: str, run: Path, labels_file: Path) -> Iterator[Verdict]:
    """The verdicts of a review's output folder against the labels that the generator wrote."""
    labels, tallies, findings = tallied(run, labels_file)
    for check in sorted(tallies):
        for verdict in tallies[check].verdicts:
            yield replace(verdict, case=case)
    for label in labels:
        if label.kind == "clean":
            against = [
                finding
                for finding in findings
                if finding["admission_id"] == label.admission_id
                and finding["check"].startswith(FAMILY[label.family])
                and finding["check"] not in label.also_allowed
                and ORDER[finding["certainty"]]
            ]
            about = ",".join(sorted({finding["check"] for finding in against}))
            key, stay = FAMILY[label.family], label.admission_id
            yield Verdict(case, stay, Measure.CLEAN, about, "", key, not against, strongest(against))
