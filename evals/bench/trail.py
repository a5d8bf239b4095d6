"""What the audit trail costs with 100,000 lines: the whole proof, and opening 留痕 once it stands."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.bench import Figure, in_turn
from review.store.chain import line_hash
from review.store.entries import TrailFilter
from review.store.schema import now, trail
from review.store.store import Store

LINES, SINCE, SHOWN = 100_000, 1_000, 100
PEOPLE = [f"reader {number}" for number in range(20)]


def measure() -> Iterator[Figure]:
    """The whole proof and the opening, both beside reading the hundred lines that the page shows."""
    with tempfile.TemporaryDirectory() as home:
        store = Store.open(f"sqlite:///{Path(home) / 'trail.sqlite3'}")
        try:
            yield from _measured(store)
        finally:
            store.close()


def _measured(store: Store) -> Iterator[Figure]:
    def shown() -> object:
        return store.trail.lines(TrailFilter(), most=SHOWN)

    fill(store, LINES, "inspection", "case", PEOPLE)
    floor = f"{SHOWN} lines read"
    whole, read = in_turn(store.trail.verify, shown)
    yield Figure("trail", f"{LINES:,} lines proven, all", whole, read, floor)
    place = store.trail.verify()
    opened, read = in_turn(lambda: store.trail.follow(place), shown)
    yield Figure("trail", f"{LINES:,} lines proven before, opening", opened, read, floor)
    fill(store, SINCE, "inspection", "case", PEOPLE)
    followed, read = in_turn(lambda: store.trail.follow(place), shown)
    yield Figure("trail", f"{LINES:,} lines proven before, {SINCE:,} since, opening", followed, read, floor)


def fill(store: Store, count: int, inspection: str, subject: str, people: Sequence[str]) -> None:
    """Append lines of people opening a case, in turn: the chain that the same writes one by one would make."""
    with store.trail.transaction() as pen:
        rows = []
        for number in range(count):
            pen.count += 1
            row = {"seq": pen.count, "at": now(), "who": people[number % len(people)], "act": "open_case"}
            row |= {"inspection": inspection, "subject": subject, "before": "", "after": ""}
            pen.last = line_hash(pen.last, row)
            rows.append(row | {"hash": pen.last})
        pen.connection.execute(trail.insert(), rows)
