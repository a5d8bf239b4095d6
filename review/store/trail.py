"""The audit trail: lines that are only ever appended, each with a hash over its content and over the hash before it.

Before anything else a writer locks the one row of `trail_heads`; so the order of all lines is total on SQLite and
PostgreSQL alike, and what a line tells of is saved with it or not at all. Lines hold opaque keys, no record's words.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy.engine import Engine

from review.store.chain import Passing, follow, line_hash, prove
from review.store.entries import ChainState, TrailFilter, TrailLine
from review.store.schema import now, trail, trail_heads

LONGEST_SUBJECT, LONGEST_VALUE = 400, 4000


class Pen:
    """What may be written while the head is locked; `connection` is the same transaction."""

    def __init__(self, connection: Connection, count: int, last: str) -> None:
        self.connection = connection
        self.count, self.last = count, last

    def write(
        self,
        who: str,
        act: str,
        inspection: str = "",
        subject: str = "",
        *,
        before: str = "",
        after: str = "",
    ) -> int:
        """Append a line and return its number."""
        self.count += 1
        row = {
            "seq": self.count,
            "at": now(),
            "who": _plain(who, 64),
            "act": _plain(act, 32),
            "inspection": _plain(inspection, 32),
            "subject": _plain(subject, LONGEST_SUBJECT),
            "before": _plain(before, LONGEST_VALUE),
            "after": _plain(after, LONGEST_VALUE),
        }
        self.last = line_hash(self.last, row)
        self.connection.execute(insert(trail).values(row | {"hash": self.last}))
        return self.count


class Trail:
    """The trail in the store's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._proving = threading.Lock()  # one walk along the lines at a time
        # writers of one process wait here, in turn, and not on the database's sleeps
        self._turn = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[Pen]:
        """A transaction that other writers wait for; its lines and its other changes stand or fall together."""
        with self._turn, self._engine.begin() as connection:
            # a change that changes nothing: it takes the write lock before anything has been read
            taken = update(trail_heads).values(lines=trail_heads.c.lines)
            count, last = connection.execute(taken.returning(trail_heads.c.lines, trail_heads.c.hash)).one()
            pen = Pen(connection, count, last)
            yield pen
            if pen.count != count:
                connection.execute(update(trail_heads).values(lines=pen.count, hash=pen.last))

    def write(self, who: str, act: str, inspection: str = "", subject: str = "", **change: str) -> None:
        """One line in a transaction of its own; `change` is `before` and `after`."""
        with self.transaction() as pen:
            pen.write(who, act, inspection, subject, **change)

    def lines(self, wanted: TrailFilter, below: int | None = None, most: int = 100) -> list[TrailLine]:
        """The newest lines that fit, from below a number on."""
        query = _fitting(select(trail), wanted).order_by(trail.c.seq.desc()).limit(most)
        if below is not None:
            query = query.where(trail.c.seq < below)
        with self._engine.connect() as connection:
            return [TrailLine(**row) for row in connection.execute(query).mappings()]

    def newest_of_each(self, inspection: str, acts: Iterable[str]) -> list[TrailLine]:
        """Of every subject of an inspection the last line of these acts, oldest first."""
        of = (trail.c.inspection == inspection) & trail.c.act.in_(list(acts))
        newest = select(func.max(trail.c.seq)).where(of).group_by(trail.c.subject)
        query = select(trail).where(trail.c.seq.in_(newest)).order_by(trail.c.seq)
        with self._engine.connect() as connection:
            return [TrailLine(**row) for row in connection.execute(query).mappings()]

    def count(self, wanted: TrailFilter) -> int:
        """How many lines fit."""
        with self._engine.connect() as connection:
            return int(
                connection.execute(_fitting(select(func.count()).select_from(trail), wanted)).scalar_one()
            )

    def told(self, column: str) -> list[str]:
        """What stands in a column, each value once: `who`, `act` or `inspection`."""
        held = trail.c[column]
        with self._engine.connect() as connection:
            return sorted(connection.execute(select(held).distinct()).scalars())

    def verify(self, known: tuple[int, str] | None = None, passing: Passing | None = None) -> ChainState:
        """Whether every line holds its hash, none is missing, and the decisions are what the lines say.

        `known` is the number and hash of a line noted down before, at any time: it finds a chain rewritten as a whole.
        `passing` is told how far the walk has come; what it raises ends the walk.
        """
        with self._proving, self._engine.connect() as connection:
            return prove(connection, known, passing)

    def follow(self, place: ChainState) -> ChainState:
        """The same of the lines after a place that `verify` or this proved; of those before, that none is gone."""
        with self._engine.connect() as connection:
            return follow(connection, place)


def _fitting(query: Select[Any], wanted: TrailFilter) -> Select[Any]:
    for column in ("who", "act", "inspection"):
        if value := getattr(wanted, column):
            query = query.where(trail.c[column] == value)
    if wanted.since:
        query = query.where(trail.c.at >= wanted.since)
    return query.where(trail.c.at < wanted.until) if wanted.until else query


def _plain(value: str, longest: int) -> str:
    return value.replace("\x00", "")[:longest]


def day_in_utc(day: date) -> datetime:
    """The start of a day by the server's calendar, in the store's time."""
    start = datetime.combine(day, time()).astimezone()
    return start.replace(tzinfo=None) - (start.utcoffset() or timedelta())
