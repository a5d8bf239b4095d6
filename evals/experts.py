"""How far the experts of labelled inspections agree: each with what was settled in the end, and with each other.

Read from the `calls` of the labels. Only findings that two or more experts called are counted: where one called alone,
what was settled is his own call, and would agree with him by definition. What was never settled is no label and so not
here: on all that both called, agreement is likely lower.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from evals.labelled import Labels
from review.agreement import FEWEST, Agreement, Interval, agreement

CONFIRM, REJECT, ASK = CATEGORIES = ("confirm", "reject", "ask")
SETTLED = {"must_find": CONFIRM, "must_not_find": REJECT}
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Reader:
    """One expert beside what was settled, or two beside each other: findings, agreement, prevalence.

    `other` is empty beside what was settled. `prevalence` is the share that each confirmed, in this order."""

    expert: str
    other: str
    agreement: Agreement
    prevalence: tuple[float, float]


def readers(labels: Sequence[Labels], fewest: int = FEWEST) -> list[Reader]:
    """Every expert beside what was settled, then every two who called the same findings."""
    settled: dict[str, Pairs] = defaultdict(list)
    together: dict[tuple[str, str], Pairs] = defaultdict(list)
    for place, one in enumerate(labels, start=1):
        for truth, calls in _called(one):
            # experts are numbered anew in each inspection: number 1 of two is not one person
            named = {_name(expert, place, len(labels)): verdict for expert, verdict in calls.items()}
            for expert, verdict in named.items():
                settled[expert].append((verdict, truth))
            for first, second in combinations(sorted(named), 2):
                together[first, second].append((named[first], named[second]))
    return [
        *(_reader(expert, "", pairs, fewest) for expert, pairs in sorted(settled.items())),
        *(_reader(*both, pairs, fewest) for both, pairs in sorted(together.items())),
    ]


def _name(expert: str, place: int, of: int) -> str:
    return expert if of == 1 else f"{place}-{expert}"


def _called(labels: Labels) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What was settled of each finding that two or more called, and what each called."""
    for said in labels.admissions.values():
        for part, truth in SETTLED.items():
            for item in said[part]:
                calls: Sequence[Mapping[str, Any]] = item.get("calls", ())
                by_expert = {str(call["expert"]): str(call["verdict"]) for call in calls}
                if len(by_expert) > 1:
                    yield truth, by_expert


def _reader(expert: str, other: str, pairs: Pairs, fewest: int) -> Reader:
    shares = [sum(pair[side] == CONFIRM for pair in pairs) / len(pairs) for side in (0, 1)]
    # a category that nobody used would raise AC1 without anybody agreeing more
    used = [name for name in CATEGORIES if name != ASK or any(ASK in pair for pair in pairs)]
    return Reader(expert, other, agreement(pairs, used, fewest), (shares[0], shares[1]))


def score_experts(folders: Sequence[Path]) -> list[str]:
    """The report of labelled inspections. Raises ValueError where no two experts called one finding."""
    found = readers([Labels.read(folder) for folder in folders])
    if not found:
        raise ValueError("标注里没有两名以上专家都决定过的疑点（calls），量不出一致性；请用有复审的检查。")
    return [
        "只计两名以上专家都决定过且已定论的疑点；少于 "
        f"{FEWEST} 项不算 κ 与 AC1。κ 随确认占比变动，占比偏高或偏低时以 AC1 为准。",
        *(_line(one) for one in found),
    ]


def _line(one: Reader) -> str:
    held, (mine, theirs) = one.agreement, one.prevalence
    who = f"专家{one.expert} 与专家{one.other}" if one.other else f"专家{one.expert} 与定论"
    return (
        f"{who}：{held.alike}/{held.items} 项一致，κ {_said(held.kappa)}，AC1 {_said(held.ac1)}，"
        f"确认占比 {mine:.2f} 与 {theirs:.2f}"
    )


def _said(interval: Interval | None) -> str:
    return f"{interval.value:.3f} [{interval.low:.3f}, {interval.high:.3f}]" if interval else "—"
