"""Judged item names: whether what is accepted is right, and whether what no catalogue holds is left alone."""

from collections.abc import Iterator
from pathlib import Path

from evals.matching import ABSENT, judged_names, matcher_of, told_of
from evals.verdicts import Measure, Verdict


def judge_item_names(case: str, file: Path, home: Path) -> Iterator[Verdict]:
    """Verdicts name by name; a name whose code the catalogue of this home does not hold is not judged."""
    matcher = matcher_of(home)
    known = {item.code for item in matcher.items}
    for line, judged in enumerate(judged_names(file), start=2):
        unit, code = f"{line:04}", judged["code"]
        if code not in known and code != ABSENT:
            continue
        told = set(told_of(matcher, judged["name"], {code}))
        if code == ABSENT:
            yield Verdict(case, unit, Measure.NEAR_MISS, "", "", unit, "accepted" not in told)
            continue
        if "accepted" in told:
            yield Verdict(case, unit, Measure.PRECISION, "", "", unit, "accepted right" in told)
        yield Verdict(case, unit, Measure.FIRST, "", "", unit, "first" in told)
        yield Verdict(case, unit, Measure.FIVE, "", "", unit, "listed" in told)
