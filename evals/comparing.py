"""Two runs on the same cases, the earlier first: what became right, what became wrong, and whether it is chance.

Rule sets, models and prompts are compared alike: each is a run. Several runs of one of them tell how much it varies.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev

import numpy as np

from evals.measuring.intervals import Counts, Estimate, bootstrap_difference, f1, share
from evals.measuring.paired import Discordant, mcnemar
from evals.tables import SAID, grouped
from evals.verdicts import Measure, Unit, Verdict, by_unit, f1_counts, units_of

HALF = 0.5


@dataclass(frozen=True)
class Change:
    """A question that both runs were asked and only one answered rightly, or that only one of them was asked."""

    verdict: Verdict  # of the later run, where it was asked there
    became: str  # right | wrong | new | gone


@dataclass(frozen=True)
class Compared:
    """One measure of one set in both runs, on the questions that both were asked."""

    case: str
    measure: str
    questions: int
    discordant: Discordant
    growth: Estimate  # of the share that is right


def changes(first: Sequence[Verdict], second: Sequence[Verdict]) -> list[Change]:
    """What differs, in the order of the cases; a finding that only one run has is new or gone."""
    before, after = _by_question(first), _by_question(second)
    found = []
    for which in sorted(before.keys() | after.keys()):
        old, new = before.get(which), after.get(which)
        if old is None and new is not None:
            found.append(Change(new, "new"))
        elif new is None and old is not None:
            found.append(Change(old, "gone"))
        elif old is not None and new is not None and abs(old.right - new.right) > 1e-9:
            found.append(Change(new, "right" if new.right > old.right else "wrong"))
    return found


def compared(first: Sequence[Verdict], second: Sequence[Verdict]) -> list[Compared]:
    """Every measure of every set that both runs have."""
    before, after = _by_question(first), _by_question(second)
    both = sorted(before.keys() & after.keys())
    rows = []
    for (case, measure), keys in grouped_keys(both).items():
        old, new = [before[key] for key in keys], [after[key] for key in keys]
        pairs = list(zip(old, new, strict=True))
        lost = sum(one.right > HALF >= other.right for one, other in pairs)
        won = sum(other.right > HALF >= one.right for one, other in pairs)
        units = units_of(old)
        growth = bootstrap_difference(by_unit(old, units), by_unit(new, units), share)
        rows.append(Compared(case, measure, len(keys), mcnemar(lost, won), growth))
    return rows


def f1_growth(first: Sequence[Verdict], second: Sequence[Verdict]) -> Mapping[str, Estimate]:
    """How much F1 grows, by set, drawn over the units of both runs."""
    found = {}
    for case, own in _sides(first, second).items():
        units = units_of((*own[0], *own[1]))
        found[case] = bootstrap_difference(f1_counts(own[0], units), f1_counts(own[1], units), f1)
    return found


def yuan_growth(first: Sequence[Verdict], second: Sequence[Verdict]) -> Mapping[str, Estimate]:
    """How much the wrong yuan grow, by set: the sum over labels of the distance from the labelled amount."""
    found = {}
    for case, own in _sides(first, second).items():
        units = units_of((*own[0], *own[1]))
        sums = [_yuan_off(side, units) for side in own]
        if any(column.any() for column in sums):
            found[case] = bootstrap_difference(sums[0], sums[1], lambda rows: rows[:, 0])
    return found


def variation(runs: Sequence[Sequence[Verdict]]) -> Iterator[str]:
    """How much the share that is right differs between runs of the same thing."""
    shares: dict[tuple[str, str], list[float]] = {}
    for verdicts in runs:
        for key, own in grouped(verdicts, lambda one: (one.case, one.measure)).items():
            shares.setdefault(key, []).append(mean(one.right for one in own))
    for (case, measure), values in sorted(shares.items()):
        if len(values) > 1:
            spread = f"标准差 {stdev(values):.4f}，{min(values):.3f}–{max(values):.3f}"
            yield f"  {case} {SAID[Measure(measure)]}：{len(values)} 次平均 {mean(values):.3f}，{spread}"


def lines_of(first: Sequence[Verdict], second: Sequence[Verdict], most: int = 40) -> Iterator[str]:
    """What the command prints of two runs."""
    growth, yuan = f1_growth(first, second), yuan_growth(first, second)
    for row in compared(first, second):
        pair = row.discordant
        told = f"变好 {pair.only_second}，变差 {pair.only_first}（McNemar p={pair.p:.3f}），变化 {row.growth}"
        yield f"{row.case} {SAID[Measure(row.measure)]}：{row.questions} 问，{told}"
    for case, estimate in growth.items():
        yield f"{case} F1 变化 {estimate}"
    for case, estimate in yuan.items():
        assert estimate.value is not None and estimate.low is not None and estimate.high is not None
        yield f"{case} 金额误差变化 {estimate.value:.2f} 元 [{estimate.low:.2f}, {estimate.high:.2f}]"
    differ = changes(first, second)
    yield f"有变化的 {len(differ)} 处"
    for change in differ[:most]:
        one = change.verdict
        what = " ".join(part for part in (one.about, one.violation, one.key) if part)
        yield f"  {BECAME[change.became]} {one.case} {one.unit} {SAID[Measure(one.measure)]} {what}"
    if len(differ) > most:
        yield f"  另 {len(differ) - most} 处，见 --out"


def write_changes(first: Sequence[Verdict], second: Sequence[Verdict], file: Path) -> None:
    """Every change, one a line."""
    lines = (
        json.dumps({"became": change.became, **asdict(change.verdict)}, ensure_ascii=False) + "\n"
        for change in changes(first, second)
    )
    file.write_text("".join(lines), encoding="utf-8")


BECAME = {"right": "变好", "wrong": "变差", "new": "新出现", "gone": "不再有"}


def grouped_keys(keys: Sequence[Sequence[str]]) -> dict[tuple[str, str], list[tuple[str, ...]]]:
    """Questions by set and measure."""
    groups: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for key in keys:
        groups.setdefault((key[0], key[2]), []).append(tuple(key))
    return groups


def _by_question(verdicts: Sequence[Verdict]) -> dict[tuple[str, ...], Verdict]:
    """By what is asked; labels that nothing tells apart are numbered in their order."""
    found: dict[tuple[str, ...], Verdict] = {}
    for verdict in sorted(verdicts):
        # a spared stay names no check, an accused one does: the question is the same
        about = "" if verdict.measure in (Measure.NEAR_MISS, Measure.CLEAN) else verdict.about
        which = (verdict.case, verdict.unit, verdict.measure, about, verdict.violation, verdict.key)
        number = 0
        while (*which, str(number)) in found:
            number += 1
        found[(*which, str(number))] = verdict
    return found


def _sides(
    first: Sequence[Verdict], second: Sequence[Verdict]
) -> Mapping[str, tuple[Sequence[Verdict], Sequence[Verdict]]]:
    before, after = grouped(first, lambda one: one.case), grouped(second, lambda one: one.case)
    return {
        case: (before[case], after[case])
        for case in before
        if case in after and any(one.measure == Measure.PRECISION for one in (*before[case], *after[case]))
    }


def _yuan_off(verdicts: Sequence[Verdict], units: Sequence[Unit]) -> Counts:
    place = {unit: number for number, unit in enumerate(units)}
    sums = np.zeros((len(units), 1))
    for one in verdicts:
        if one.measure == Measure.AMOUNT:
            sums[place[one.case, one.unit]] += abs(float(one.told or 0) - float(one.wanted))
    return sums
