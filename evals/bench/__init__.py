"""Benchmarks: each prints a figure beside a floor measured in the same run, because machines are shared and noisy."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """Seconds of one task, seconds of the floor beneath it, and what the floor is."""

    bench: str
    task: str
    seconds: float
    floor_seconds: float
    floor: str

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor_seconds if self.floor_seconds else 0.0

    def as_json(self) -> dict[str, str | float]:
        return {**asdict(self), "ratio": round(self.ratio, 3)}


def in_turn(task: Callable[[], object], floor: Callable[[], object], runs: int = 5) -> tuple[float, float]:
    """Median seconds of a task and of its floor, run alternately so that both see the same machine."""
    tasks, floors = [], []
    for _ in range(runs):
        tasks.append(_seconds(task))
        floors.append(_seconds(floor))
    return median(tasks), median(floors)


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
