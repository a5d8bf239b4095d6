"""Recorded answers of a capable reader: whether each quote stands letter for letter in the lines it names."""

from collections.abc import Iterator
from pathlib import Path

from evals.recorded import Recorded
from evals.verdicts import Measure, Verdict

ABOUT = "模型引文"


def judge_recorded(case: str, folder: Path) -> Iterator[Verdict]:
    """A verdict for every quote; the request it answers is the unit, for its quotes were written together."""
    held = Recorded.read(folder)
    seen: dict[str, int] = {}
    for request, lines, quote in held.quotes():
        seen[request] = number = seen.get(request, 0) + 1
        right = held.stands(request, lines, quote)
        yield Verdict(case, request[:12], Measure.PROVEN, ABOUT, "", f"{request[:12]} {number}", right)
