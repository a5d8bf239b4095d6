"""Twenty people reviewing for five minutes: how long they wait, what the server holds, and whether nothing is lost.

A real server, on SQLite and on PostgreSQL; each person has a session of his own and works at a person's pace, faster
than anybody reads. Then all of them at full speed. Every acknowledged press is held against decisions and trail.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from evals.bench import Figure, postgres
from evals.bench.receipts import compare
from evals.bench.reviewer import DECISION, OPENING, Pace, Receipt, Reviewer, slowest
from evals.bench.served import Served, served
from evals.bench.soak_home import Reviewed, furnish, review
from review.store.store import Store

PEOPLE, SECONDS, STAYS, SEEDS = 20, 300.0, 60, (7, 8)
FULL_SPEED, FULL_SPEED_SECONDS = Pace(0.0, 0.0, 0.0), 30.0
WARM_SECONDS = 30.0  # what is loaded once, and pools that fill, are no growth
SHARE = 95  # the percentile that is held to what it may take at most
AT_MOST = {DECISION: 0.3, OPENING: 1.0}  # seconds
LONGER_SECONDS = 60.0
GROWTH_AT_MOST = 200.0  # megabytes
SHOWN = (50, 95)


@dataclass
class Soaked:
    """What a soak came to."""

    took: dict[str, list[float]] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    conflicts: int = 0
    memory: tuple[float, float] = (0.0, 0.0)  # megabytes after warming up, and at the end

    def add(self, reviewer: Reviewer) -> None:
        for kind, seconds in reviewer.took:
            self.took.setdefault(kind, []).append(seconds)
        self.receipts += reviewer.receipts
        self.sent.update(reviewer.sent)
        self.wrong += reviewer.wrong
        self.conflicts += reviewer.conflicts


def soak(
    server: Served,
    names: Sequence[str],
    seconds: float,
    pace: Pace,
    warm: float,
    seed: int = 1,
    each: int = 0,
) -> Soaked:
    """Let people review side by side for a time; latencies, receipts and memory of the server.

    It goes on, for a minute at most, until each of them has `each` receipts: a machine may be busy.
    """
    people = [Reviewer(name, server.port, pace, seed) for name in names]
    for one in people:
        one.enter()
    stop = threading.Event()
    threads = [threading.Thread(target=one.work, args=(stop,), name=one.name) for one in people]
    for thread in threads:
        thread.start()
    time.sleep(warm)
    before = server.memory()
    time.sleep(max(0.0, seconds - warm))
    until = time.monotonic() + LONGER_SECONDS
    while time.monotonic() < until and any(len(one.receipts) < each for one in people):
        time.sleep(0.1)
    after = server.memory()
    stop.set()
    for thread in threads:
        thread.join(60)
    found = Soaked(memory=(before, after))
    for one in people:
        one.close()
        found.add(one)
    return found


def broken(found: Soaked, *, paced: bool) -> list[str]:
    """Which bounds do not hold; those of time and memory are for people, not for the full speed of machines."""
    told = list(found.wrong[:5])
    for kind, most in AT_MOST.items() if paced else ():
        took = slowest(found.took.get(kind, []), SHARE)
        if took > most:
            told.append(f"{kind} {SHARE}% 分位 {took:.3f} 秒，超过 {most} 秒")
    grown = found.memory[1] - found.memory[0]
    if paced and grown > GROWTH_AT_MOST:
        told.append(f"内存增长 {grown:.0f} MB，超过 {GROWTH_AT_MOST:.0f} MB")
    return told


def lines_of(title: str, found: Soaked) -> Iterator[str]:
    """What is printed of one soak."""
    before, after = found.memory
    yield (
        f"  {title}：回执 {len(found.receipts):,} 份，另一窗口先定 {found.conflicts} 次，"
        f"内存 {before:.0f} → {after:.0f} MB"
    )
    for kind, took in sorted(found.took.items(), key=lambda one: -len(one[1])):
        parts = "，".join(f"{share}% {1000 * slowest(took, share):.0f}" for share in SHOWN)
        yield f"    {kind} {len(took):,} 次：{parts}，最长 {1000 * max(took):.0f} 毫秒"


def measure(seconds: float = SECONDS, stays: int = STAYS) -> Iterator[Figure]:
    """Both databases, each at a person's pace and then at full speed. Raises ValueError where a bound is broken."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        inspections = [review(place, stays, seed) for seed in SEEDS]
        yield from _measured(place, "SQLite", None, inspections, seconds)
        if not postgres.installed():
            print("  没有装 PostgreSQL，只量了 SQLite", file=sys.stderr)
            return
        with postgres.cluster(durable=True) as cluster:
            yield from _measured(place, "PostgreSQL", cluster.empty_database(), inspections, seconds)


def _measured(
    place: Path, title: str, database: str | None, inspections: Sequence[Reviewed], seconds: float
) -> Iterator[Figure]:
    home = place / title
    url = database or f"sqlite:///{home / 'mingjian.sqlite3'}"
    names = furnish(home, url, inspections, PEOPLE)
    with ExitStack() as stack:
        server = stack.enter_context(served(home, database))
        alone = soak(server, names[2:3], 10.0, FULL_SPEED, 1.0, seed=3)
        paced = soak(server, names, seconds, Pace(), min(WARM_SECONDS, seconds / 3))
        fast = soak(server, names, min(FULL_SPEED_SECONDS, seconds), FULL_SPEED, 1.0, seed=2)
    told = {"一人": alone, f"{PEOPLE} 人 {seconds:.0f} 秒": paced, f"{PEOPLE} 人全速": fast}
    for what, found in told.items():
        print("\n".join(lines_of(f"{title} {what}", found)), file=sys.stderr)
    store = Store.open(url)
    try:
        receipts = [one for found in told.values() for one in found.receipts]
        wrong = compare(store, receipts, {press for found in told.values() for press in found.sent})
    finally:
        store.close()
    wrong += [*broken(alone, paced=False), *broken(paced, paced=True), *broken(fast, paced=False)]
    if wrong:
        raise ValueError(f"{title}：" + "；".join(wrong[:8]))
    for kind in AT_MOST:
        took, floor = paced.took[kind], slowest(alone.took[kind], 50)
        for share in SHOWN:
            task = f"{kind}，{title}，{PEOPLE} 人，{SHARE}% 分位，共 {len(took):,} 次"
            yield Figure("workbench", task, slowest(took, share), floor, "一人，中位")
