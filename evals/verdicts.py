"""What a run was right and wrong about, one verdict a line: all figures, comparisons, gates and reports come from it.

A verdict answers one question about one labelled thing or one finding. It holds codes and keys of the case and never
text of a record, so that it can be kept and sent; what a page needs to show of an error it reads from the case.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path

import numpy as np

from evals.measuring.intervals import Counts, Estimate, bootstrap, f1, share, wilson

FILE = "verdicts.jsonl"
Unit = tuple[str, str]  # case set and unit


class Measure(StrEnum):
    """The question that a verdict answers."""

    RECALL = "recall"  # was what is labelled found
    PRECISION = "precision"  # was what is found labelled
    AMOUNT = "amount"  # are the yuan those of the label
    NEAR_MISS = "near_miss"  # was what only looks like it spared
    CLEAN = "clean"  # was a clean stay spared
    QUOTE = "quote"  # does the evidence show what the label quotes
    PROVEN = "proven"  # does a model's quote stand in the lines it names
    BASIS = "basis"  # is a clause for this violation, in force on the day, among the bases
    NOT_CHECKED = "not_checked"  # did a check that lacks its input say so
    FIRST = "hit@1"  # does the first passage answer the question
    FIVE = "hit@5"
    RECIPROCAL = "mrr"
    FACTS = "facts"  # share of an answer's facts
    CITED = "cited"
    REFUSED = "refused"  # was what the library does not hold refused
    ANSWERED = "answered"  # was what it holds not refused


@dataclass(frozen=True, order=True)
class Verdict:
    """One question answered. `key` names the labelled thing or the finding, the same from run to run.

    `unit` is what a bootstrap draws: the admission, the sentence, the question. `about` is the check, or the group of
    facts. `right` lies between 0 and 1. `wanted` and `told` are amounts, certainties or outcomes.
    """

    case: str
    unit: str
    measure: str
    about: str
    violation: str
    key: str
    right: float
    certainty: str = ""
    wanted: str = ""
    told: str = ""

    @property
    def which(self) -> tuple[str, str, str, str, str, str]:
        return (self.case, self.unit, self.measure, self.about, self.violation, self.key)


def write_verdicts(verdicts: Iterable[Verdict], folder: Path) -> Path:
    """The verdicts in one order, whatever order they were reached in."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    lines = (
        json.dumps(asdict(verdict) | {"right": round(float(verdict.right), 6)}, ensure_ascii=False) + "\n"
        for verdict in sorted(verdicts)
    )
    file.write_text("".join(lines), encoding="utf-8")
    return file


def read_verdicts(folder: Path) -> list[Verdict]:
    """The verdicts of a run. Raises ValueError that names the file and the line."""
    file = folder / FILE if folder.is_dir() else folder
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as problem:
        raise ValueError(
            f"{file}：读不出（{problem.strerror}）；请先运行 python -m evals score。"
        ) from problem
    known, found = {one.name for one in fields(Verdict)}, []
    for number, line in enumerate(lines, 1):
        try:
            held = json.loads(line)
            found.append(Verdict(**{name: held[name] for name in known}))
        except (ValueError, TypeError, KeyError) as problem:
            raise ValueError(f"{file} 第 {number} 行不是一条判定；请重新评一次。") from problem
    return found


def shares(verdicts: Sequence[Verdict]) -> Estimate:
    """The share that is right, its interval drawn over units.

    Where all is right, or nothing, draws are all alike and say nothing of the unseen: Wilson's over units does."""
    units = units_of(verdicts)
    held = bootstrap(by_unit(verdicts, units), share)
    if held.value in (0.0, 1.0):
        return wilson(held.value * len(units), len(units))
    return held


def f1_of(verdicts: Sequence[Verdict]) -> Estimate:
    """F1 of recall and precision verdicts, its interval drawn over units."""
    return bootstrap(f1_counts(verdicts, units_of(verdicts)), f1)


def units_of(verdicts: Iterable[Verdict]) -> Sequence[Unit]:
    return sorted({(verdict.case, verdict.unit) for verdict in verdicts})


def by_unit(verdicts: Iterable[Verdict], units: Sequence[Unit]) -> Counts:
    """A row for each unit: how many are right, and how many there are."""
    place = {unit: number for number, unit in enumerate(units)}
    counts = np.zeros((len(units), 2))
    for verdict in verdicts:
        counts[place[verdict.case, verdict.unit]] += (verdict.right, 1.0)
    return counts


def f1_counts(verdicts: Sequence[Verdict], units: Sequence[Unit]) -> Counts:
    """A row for each unit: labels found, labels, findings right, findings judged."""
    sides = (Measure.RECALL, Measure.PRECISION)
    return np.hstack([by_unit((one for one in verdicts if one.measure == side), units) for side in sides])
