"""Who reports what hospitals of the same level do not: unusually few or many cases, or yuan, of one type of problem.

Cases per admission are compared on the scale 2·sqrt((x + 3/8) / n), on which the variance of a Poisson count is 1/n
(Anscombe, Biometrika 35, 1948). A hospital is held against the prediction interval of its peers without itself: their
mean and their spread beyond chance by DerSimonian and Laird (Control Clin Trials 7, 1986), Student's t with two degrees
of freedom less than peers (Higgins, Thompson and Spiegelhalter, JRSS A 172, 2009, 137-159; for performance figures
Spiegelhalter, Qual Saf Health Care 14, 2005, 347-351). Many cases must stand out as logarithms too, for rates among
hospitals are skewed. Yuan per admission are compared as logarithms among those with enough cases, each with the
variance of a sum of so many skewed sums.

All comparisons of one table are judged together by Benjamini and Hochberg (JRSS B 57, 1995, 289-300) at 10 %. Measured
by `evals bench peers` on 200 invented tables each of 9, 20 and 40 hospitals and 13 problems where nobody differs but
by chance: a hospital was named in 0 to 12.5 % of the tables where true rates vary by up to half of their mean, in 8
to 10 % where they vary by all of it (in 15 % of tables of other, more frequent problems).
The price: of hospitals that report none of 20 (50) cases per 1,000, beside 19 peers whose rates vary by a third, it
names 50 % (65 %), beside 39 peers 53 % (93 %). Who reports none where most do is therefore also listed, as a count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt
from statistics import median

from review.procedure.estimate_intervals import student_cdf

FEWEST_PEERS = 8
FALSE_SHARE = 0.10
MOST = 0.8  # share of the peers that report
FEWEST_CASES = 5  # below so many the yuan of a hospital rest on single stays
SPREAD_OF_A_CASE = 3.0  # 1 + squared coefficient of variation of the yuan of a case
CASES, YUAN = "例数", "金额"


@dataclass(frozen=True)
class Reported:
    """What one hospital reports, by problem: cases, and yuan; `stays` are its admissions."""

    code: str
    name: str
    level: str
    stays: int
    cases: Mapping[str, int]
    yuan: Mapping[str, float]


@dataclass(frozen=True)
class Compared:
    """One hospital beside its peers for one problem. Rates are per 1,000 admissions, or yuan per admission.

    `chance` is the p-value, `q` the same after the correction for many comparisons."""

    code: str
    name: str
    level: str
    problem: str
    measure: str
    own: float
    middle: float  # median of the peers
    peers: int
    reporting: int  # of the peers
    few: bool
    chance: float
    expected: float = 0.0  # cases at the peers' common rate
    q: float = 1.0


@dataclass(frozen=True)
class Scale:
    """Hospitals' rates on one scale, with the variance each has by the chance of its own counts.

    `many_only` scales have a say only where a hospital reports more than its peers."""

    values: Sequence[float]
    variances: Sequence[float]
    many_only: bool = False

    def stands(self, place: int) -> float:
        """How far a hospital stands from the others, in units of the spread that a new one among them would have."""
        peers = [one for number, one in enumerate(self.values) if number != place]
        variances = [one for number, one in enumerate(self.variances) if number != place]
        beyond = _beyond_chance(peers, variances)
        weights = [1 / (one + beyond) for one in variances]
        mean = sum(weight * one for weight, one in zip(weights, peers, strict=True)) / sum(weights)
        return (self.values[place] - mean) / sqrt(self.variances[place] + beyond + 1 / sum(weights))


@dataclass(frozen=True)
class Comparison:
    """What was asked: all comparisons, those worth a question first; and who could not be compared, with the reason."""

    rows: tuple[Compared, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def worth_asking(self) -> list[Compared]:
        return [one for one in self.rows if one.q <= FALSE_SHARE]

    @property
    def silent(self) -> list[Compared]:
        """Who reports none where most peers do and some would be expected: a count and no test."""
        return [
            one
            for one in self.rows
            if one.measure == CASES
            and one.q > FALSE_SHARE
            and not one.own
            and one.expected >= FEWEST_CASES
            and one.reporting >= MOST * one.peers
        ]


def compare(reported: Sequence[Reported], problems: Sequence[str]) -> Comparison:
    """Every hospital beside its peers of the same level, for each problem that any of them reports."""
    levels: dict[str, list[Reported]] = {}
    left_out: list[tuple[str, str]] = []
    for one in reported:
        if not one.stays:
            left_out.append((one.name or one.code, "没有载明审核住院例数，不比较"))
        elif not one.level:
            left_out.append((one.name or one.code, "没有载明级别，不比较"))
        else:
            levels.setdefault(one.level, []).append(one)
    rows: list[Compared] = []
    for level, group in levels.items():
        if len(group) <= FEWEST_PEERS:
            reason = f"同级机构不足，不比较（{level} {len(group)} 家，须 {FEWEST_PEERS + 1} 家）"
            left_out += [(one.name or one.code, reason) for one in group]
        else:
            rows += [row for problem in problems for row in _one_problem(group, problem)]
    return Comparison(tuple(sorted(_corrected(rows), key=lambda one: (one.q, one.chance))), tuple(left_out))


def _one_problem(group: Sequence[Reported], problem: str) -> Iterator[Compared]:
    said = [one for one in group if problem in one.cases]
    if len(said) > FEWEST_PEERS and any(one.cases[problem] for one in said):
        smoothed = [one.cases[problem] + 0.375 for one in said]
        roots = [2 * sqrt(cases / one.stays) for cases, one in zip(smoothed, said, strict=True)]
        logs = [log(cases / one.stays) for cases, one in zip(smoothed, said, strict=True)]
        scales = (
            Scale(roots, [1 / one.stays for one in said]),
            Scale(logs, [1 / cases for cases in smoothed], many_only=True),
        )
        rates = [1000 * one.cases[problem] / one.stays for one in said]
        yield from _compared(said, problem, CASES, scales, rates)
    paid = [one for one in group if one.yuan.get(problem) and one.cases.get(problem, 0) >= FEWEST_CASES]
    if len(paid) > FEWEST_PEERS:
        each = [one.yuan[problem] / one.stays for one in paid]
        scale = Scale([log(one) for one in each], [SPREAD_OF_A_CASE / one.cases[problem] for one in paid])
        yield from _compared(paid, problem, YUAN, (scale,), each)


def _compared(
    group: Sequence[Reported],
    problem: str,
    measure: str,
    scales: Sequence[Scale],
    rates: Sequence[float],
) -> Iterator[Compared]:
    for place, one in enumerate(group):
        beside = [rate for number, rate in enumerate(rates) if number != place]
        stands = [scale.stands(place) for scale in scales]
        few = stands[0] < 0
        asked = [
            abs(t) if (t < 0) == few else 0.0
            for t, scale in zip(stands, scales, strict=True)
            if not (few and scale.many_only)
        ]
        yield Compared(
            one.code,
            one.name,
            one.level,
            problem,
            measure,
            rates[place],
            median(beside),
            len(beside),
            sum(rate > 0 for rate in beside),
            few,
            2 * (1 - student_cdf(min(asked), len(beside) - 2)),
            _expected(group, place, problem),
        )


def _expected(group: Sequence[Reported], place: int, problem: str) -> float:
    others = [one for number, one in enumerate(group) if number != place]
    cases, stays = sum(one.cases.get(problem, 0) for one in others), sum(one.stays for one in others)
    return group[place].stays * cases / stays


def _beyond_chance(values: Sequence[float], variances: Sequence[float]) -> float:
    """The variance between hospitals beyond their own counts' (DerSimonian and Laird)."""
    weights = [1 / one for one in variances]
    whole = sum(weights)
    mean = sum(weight * one for weight, one in zip(weights, values, strict=True)) / whole
    spread = sum(weight * (one - mean) ** 2 for weight, one in zip(weights, values, strict=True))
    scale = whole - sum(weight * weight for weight in weights) / whole
    return max(0.0, (spread - (len(values) - 1)) / scale)


def _corrected(rows: Sequence[Compared]) -> list[Compared]:
    """Each with its q: the smallest share of chance findings at which it would still be named."""
    ordered = sorted(rows, key=lambda one: one.chance)
    least, corrected = 1.0, []
    for rank in range(len(ordered), 0, -1):
        least = min(least, ordered[rank - 1].chance * len(ordered) / rank)
        corrected.append(replace(ordered[rank - 1], q=least))
    return corrected
