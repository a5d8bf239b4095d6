"""A run as tables: for each measure and what it is about, how much is right, with its interval."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from evals.measuring.calibration import Brier, Reliability, Said, brier, reliability
from evals.measuring.intervals import Estimate
from evals.verdicts import Measure, Verdict, f1_of, shares

Key = TypeVar("Key", bound=Any)
CERTAINTIES = ("established", "probable", "clue")
SAID = {
    Measure.RECALL: "召回",
    Measure.PRECISION: "准确",
    Measure.AMOUNT: "金额相符",
    Measure.NEAR_MISS: "近似未误报",
    Measure.CLEAN: "清白住院未误报",
    Measure.QUOTE: "证据含标注所引",
    Measure.PROVEN: "模型引文属实",
    Measure.BASIS: "依据正确",
    Measure.NOT_CHECKED: "缺资料时说未检查",
    Measure.FIRST: "首条命中",
    Measure.FIVE: "前五命中",
    Measure.RECIPROCAL: "MRR",
    Measure.FACTS: "答案事实",
    Measure.CITED: "引到出处",
    Measure.REFUSED: "该拒而拒",
    Measure.ANSWERED: "该答而答",
}


@dataclass(frozen=True)
class Figure:
    """One measure of a set, or of one check or violation of it. `right` and `of` count verdicts."""

    case: str
    measure: str
    about: str
    right: float
    of: int
    share: Estimate


def by_set(verdicts: Iterable[Verdict]) -> list[Figure]:
    """Every measure of every set."""
    return _figures(verdicts, lambda verdict: "")


def by_check(verdicts: Iterable[Verdict]) -> list[Figure]:
    """Every measure of every check, or group of facts, or kind of question; verdicts that name none are left out."""
    return _figures((one for one in verdicts if one.about), lambda verdict: verdict.about)


def by_violation(verdicts: Iterable[Verdict]) -> list[Figure]:
    """Every measure of every violation."""
    return _figures((one for one in verdicts if one.violation), lambda verdict: verdict.violation)


def f1_by_set(verdicts: Sequence[Verdict]) -> Mapping[str, Estimate]:
    """F1 of the sets that have both sides."""
    found = {}
    for case, own in grouped(verdicts, lambda verdict: verdict.case).items():
        if {Measure.RECALL, Measure.PRECISION} <= {one.measure for one in own}:
            found[case] = f1_of(own)
    return found


def certainty_of(verdicts: Iterable[Verdict]) -> tuple[list[Reliability], Brier | None]:
    """How often each certainty was right, and what the certainties tell."""
    said = [
        Said(f"{one.case} {one.unit}", one.certainty, one.right > 0.5)
        for one in verdicts
        if one.measure == Measure.PRECISION and one.certainty
    ]
    return reliability(said, CERTAINTIES), brier(said)


def grouped(verdicts: Iterable[Verdict], key: Callable[[Verdict], Key]) -> dict[Key, list[Verdict]]:
    """Verdicts by a key, in the order of the keys."""
    groups: dict[Key, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[key(verdict)].append(verdict)
    return dict(sorted(groups.items()))


def _figures(verdicts: Iterable[Verdict], about: Callable[[Verdict], str]) -> list[Figure]:
    places = {measure: place for place, measure in enumerate(Measure)}
    groups = grouped(verdicts, lambda one: (one.case, about(one), places[Measure(one.measure)]))
    measures = list(Measure)
    return [
        Figure(case, measures[place], what, sum(one.right for one in own), len(own), shares(own))
        for (case, what, place), own in groups.items()
    ]


def lines_of(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What the command prints: sets, then every check with its counts, then certainties."""
    f1 = f1_by_set(verdicts)
    figures = by_set(verdicts)
    for case in dict.fromkeys(figure.case for figure in figures):
        yield f"{case}" + (f"　F1 {f1[case]}" if case in f1 else "")
        for figure in figures:
            if figure.case == case:
                yield f"  {SAID[Measure(figure.measure)]}：{counted(figure)}"
    yield "逐项（各套合计，对/全部）"
    for about, own in grouped((one for one in verdicts if one.about), lambda one: one.about).items():
        yield f"  {about:<12} {'　'.join(_tallied(own))}"
    reliable, score = certainty_of(verdicts)
    for row in reliable:
        yield f"说“{row.certainty}”的 {row.findings} 项，对 {row.right} 项：{row.share}"
    if score is not None:
        skill = "—" if score.skill is None else f"{score.skill:.3f}"
        yield f"Brier {score.score:.4f}，不分把握时 {score.without:.4f}，改善 {skill}"


def counted(figure: Figure) -> str:
    return f"{_number(figure.right)}/{figure.of} = {figure.share}"


def _tallied(own: Sequence[Verdict]) -> Iterator[str]:
    for measure in Measure:
        mine = [one.right for one in own if one.measure == measure]
        if mine:
            yield f"{SAID[measure]} {_number(sum(mine))}/{len(mine)}"


def _number(right: float) -> str:
    return f"{right:.0f}" if right == int(right) else f"{right:.2f}"
