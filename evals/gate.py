"""The gate: a run falls through where a lower bound lies under its stored floor, and the check is named.

Floors only move up. They are kept per set, measure and what the measure is about; a lower bound is Wilson's, since a
bootstrap over units that are all right has no width and would let one error in a small set pass or fail by chance.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.measuring.intervals import wilson
from evals.tables import SAID, Figure, by_check, by_set
from evals.verdicts import Measure, Verdict, read_verdicts

FLOORS = Path(__file__).parent / "floors.json"
GATED = frozenset(
    {
        *(Measure.RECALL, Measure.PRECISION, Measure.AMOUNT, Measure.NEAR_MISS, Measure.CLEAN),
        *(Measure.BASIS, Measure.NOT_CHECKED, Measure.PROVEN),
    }
)
STEP = 1e-4  # floors are kept with four decimals
Place = tuple[str, str, str]  # set, measure, what it is about; the last is empty for the whole set


@dataclass(frozen=True)
class Fall:
    """A place whose lower bound lies under its floor; `low` is null where the run no longer measures it."""

    place: Place
    floor: float
    low: float | None
    right: float
    of: int
    by: tuple[
        str, ...
    ] = ()  # the checks with something wrong there, or the violations where no check is named

    def __str__(self) -> str:
        case, measure, about = self.place
        said = (
            f"{about or case} {SAID[Measure(measure)]}（{case}）"
            if about
            else f"{case} {SAID[Measure(measure)]}"
        )
        if self.low is None:
            return f"{said}：这次没有量到，下限 {self.floor:.4f}"
        named = "" if self.by in ((), (about,)) else f"；出在 {'、'.join(self.by)}"
        return (
            f"{said}：{self.right:.0f}/{self.of}，区间下端 {self.low:.4f}，低于下限 {self.floor:.4f}{named}"
        )


def bounds(verdicts: Sequence[Verdict]) -> dict[Place, tuple[float, float, int]]:
    """Lower bound, right and all of every gated place: each whole set, and each check in it."""
    figures: Iterable[Figure] = (*by_set(verdicts), *by_check(_with_own_check(verdicts)))
    return {
        (figure.case, figure.measure, figure.about): (low, figure.right, figure.of)
        for figure in figures
        if figure.measure in GATED and (low := wilson(figure.right, figure.of).low) is not None
    }


def _with_own_check(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """A spared stay names no check, so accusing one would open a place of its own: that is told by the whole set."""
    return (one for one in verdicts if "," not in one.about)


def fallen(verdicts: Sequence[Verdict], floors: Mapping[Place, float]) -> list[Fall]:
    """Every floor that is not held; sets that were not judged this time are not asked about."""
    found, judged = bounds(verdicts), {verdict.case for verdict in verdicts}
    falls = []
    for place, floor in floors.items():
        if place[0] in judged:
            low, right, of = found.get(place, (None, 0.0, 0))
            if low is None or low < floor - STEP:
                falls.append(Fall(place, floor, low, right, of, _wrong_in(verdicts, place)))
    return sorted(falls, key=lambda fall: (fall.place[2] == "", fall.place))


def _wrong_in(verdicts: Iterable[Verdict], place: Place) -> tuple[str, ...]:
    case, measure, about = place
    wrong = {
        name
        for one in verdicts
        if (one.case, one.measure) == (case, measure) and one.right < 1 and about in ("", one.about)
        for name in (one.about or one.violation).split(",")
    }
    return tuple(sorted(wrong - {""}))


def raised(verdicts: Sequence[Verdict], floors: Mapping[Place, float]) -> dict[Place, float]:
    """The floors with every lower bound that lies above them; none goes down and none goes away."""
    found = {place: int(low / STEP) * STEP for place, (low, _, _) in bounds(verdicts).items()}
    return {
        place: max(found.get(place, 0.0), floors.get(place, 0.0)) for place in found.keys() | floors.keys()
    }


def read_floors(file: Path = FLOORS) -> dict[Place, float]:
    """The stored floors. Raises ValueError that names the file."""
    try:
        return {(row[0], row[1], row[2]): float(row[3]) for row in json.loads(file.read_text("utf-8"))}
    except (OSError, ValueError, IndexError, TypeError) as problem:
        raise ValueError(f"{file}：读不出下限（{type(problem).__name__}）；请从版本库取回。") from problem


def write_floors(floors: Mapping[Place, float], file: Path = FLOORS) -> None:
    """One floor a line, so that a change of one is a change of one line."""
    rows = [
        json.dumps([*place, round(floor, 4)], ensure_ascii=False) for place, floor in sorted(floors.items())
    ]
    file.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


def pass_or_fall(run: Path | None, home: Path, up: bool, file: Path = FLOORS) -> list[str]:
    """The gate as a command: judges what comes with the project where no run is given. Raises ValueError on a fall."""
    verdicts = read_verdicts(run) if run else _judged_now(home)
    floors = read_floors(file) if file.exists() or not up else {}
    falls = fallen(verdicts, floors)
    if falls:
        raise ValueError("\n".join(["低于下限：", *(f"  {fall}" for fall in falls)]))
    if up:
        new = raised(verdicts, floors)
        higher = sum(new[place] > floors.get(place, -1.0) + STEP / 2 for place in new)
        write_floors(new, file)
        return [f"下限 {len(new)} 条，提高 {higher} 条；请连同原因一起提交 {file.name}。"]
    judged = {verdict.case for verdict in verdicts}
    held = sum(place[0] in judged for place in floors)
    return [f"通过：{len(judged)} 套案例、{len(verdicts)} 条判定，{held} 条下限都守住了。"]


def _judged_now(home: Path) -> list[Verdict]:
    from evals.registry import chosen
    from evals.running import score

    with TemporaryDirectory() as scratch:
        return score(chosen(home, [], embedded=True), home, Path(scratch))
