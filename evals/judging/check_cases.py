"""The cases that every check carries with it: what must be found, what must be spared, what must be left open."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evals.verdicts import Measure, Verdict
from review.check_cases.runs import FINDS, LEAVES, SPARES, CaseRun, cases_of, run_cases
from review.checks.registry import Check, all_checks
from review.side_by_side import in_order

MEASURES = {FINDS: Measure.RECALL, SPARES: Measure.NEAR_MISS, LEAVES: Measure.NOT_CHECKED}
TOLD = 120  # characters of what a check did otherwise


def judge_check_cases(case: str) -> Iterator[Verdict]:
    """A verdict for every case of every check that has cases."""
    checks = [check for check in all_checks() if cases_of(check)]
    for check, runs in zip(checks, in_order(_ran, [check.header.code for check in checks]), strict=True):
        yield from verdicts_of(case, check, runs)


def verdicts_of(case: str, check: Check, runs: Sequence[CaseRun]) -> Iterator[Verdict]:
    """The verdicts of one check's cases; each case is a unit, since each stands for itself."""
    code = check.header.code
    for number, run in enumerate(runs, 1):
        verdict = Verdict(
            case,
            f"{code} {number}",
            MEASURES[run.kind],
            code,
            check.header.violation,
            run.name,
            not run.problem,
        )
        yield replace(verdict, wanted=run.kind, told=run.problem[:TOLD])


def _ran(code: str) -> Sequence[CaseRun]:
    check = next(check for check in all_checks() if check.header.code == code)
    return tuple(run_cases(check, cases_of(check)))
