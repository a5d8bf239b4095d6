"""The audit trail: lines that are only ever appended, each with a hash over its content and over the hash before it.

Before anything else a writer locks the one row of `trail_heads`; so the order of all lines is total on SQLite and
PostgreSQL alike, and what a line tells of is saved with it or not at all. Lines hold opaque keys, no record's words.
"""

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy.engine import Engine

from review.store.entries import ChainState, TrailFilter, TrailLine
from review.store.proposed_schema import attachments, own_findings
from review.store.schema import decisions, now, trail, trail_heads

NOTHING_BEFORE = "0" * 64
LONGEST_SUBJECT, LONGEST_VALUE = 400, 4000
DECIDES = ("decide", "undo")
PROPOSE, ATTACH = "propose", "attach"
ADDS = (PROPOSE, ATTACH)
DELETED = "delete_inspection"
_AT_A_TIME = 5000
_COLUMNS = tuple(trail.c.keys())


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

    def verify(self, known: tuple[int, str] | None = None) -> ChainState:
        """Whether every line holds its hash, none is missing, and the decisions are what the lines say.

        `known` is the number and hash of a line noted down before, at any time: it finds a chain rewritten as a whole.
        """
        with self._proving, self._engine.connect() as connection:
            # decisions before the head: one that is seen here has its line below the head
            decided = {row["seq"]: decision_hash(row) for row in _decisions(connection)}
            lines, last = connection.execute(select(trail_heads.c.lines, trail_heads.c.hash)).one()
            state, told = _walk(connection, lines, known)
            if state is None and (told.last != last or told.seq != lines):
                state = _broken(told.seq, f"应有 {lines:,} 条，第 {told.seq:,} 条之后缺失")
            state = state or _against_decisions(connection, decided, told) or _against_added(connection, told)
        return state or ChainState(lines, last)


def line_hash(previous: str, row: Mapping[Any, Any]) -> str:
    """SHA-256 of a line's content after the hash before it, as hexadecimal digits."""
    said = [previous, row["seq"], row["at"].isoformat(timespec="seconds")]
    said += [row[name] for name in ("who", "act", "inspection", "subject", "before", "after")]
    return _sha256(said)


def decision_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of a saved decision with its reasons and note, which the trail itself does not hold."""
    names = (
        "press",
        "inspection",
        "admission_id",
        "finding",
        "verdict",
        "reasons",
        "note",
        "amount",
        "undoes",
    )
    return _sha256([*(row[name] for name in (*names, "who")), row["at"].isoformat(timespec="seconds")])


def proposal_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of a saved finding of an expert."""
    return _added_hash(row, "key", "press", "inspection", "admission_id", "content", "who")


def attachment_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of what is kept of an attached file, the hash of its bytes among it."""
    return _added_hash(row, "key", "inspection", "admission_id", "finding", "name", "size", "sha256", "who")


def _added_hash(row: Mapping[Any, Any], *names: str) -> str:
    return _sha256([*(row[name] for name in names), row["at"].isoformat(timespec="seconds")])


def _sha256(said: list[Any]) -> str:
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode("ascii")).hexdigest()


class _Told:
    """How far the walk along the lines has come, and the decisions they tell of."""

    def __init__(self) -> None:
        self.seq, self.last = 0, NOTHING_BEFORE
        self.decisions: dict[int, tuple[int, str]] = {}  # by decision: the line's number and what it says
        self.added: dict[
            str, tuple[int, str, str]
        ] = {}  # by key: the line's number, what it says, the inspection


def _walk(
    connection: Connection, lines: int, known: tuple[int, str] | None
) -> tuple[ChainState | None, _Told]:
    told = _Told()
    while told.seq < lines:
        block = select(trail).where(trail.c.seq > told.seq, trail.c.seq <= lines)
        rows = connection.execute(block.order_by(trail.c.seq).limit(_AT_A_TIME)).all()
        for held in rows:
            row = dict(zip(_COLUMNS, held, strict=True))
            if row["seq"] != told.seq + 1:
                return _broken(told.seq + 1, f"第 {told.seq + 1:,} 条缺失"), told
            told.seq += 1
            told.last = line_hash(told.last, row)
            if told.last != row["hash"]:
                return _broken(told.seq, f"第 {told.seq:,} 条与它的哈希不符"), told
            if known and known[0] == told.seq and known[1] != told.last:
                return _broken(told.seq, f"第 {told.seq:,} 条与抄录的哈希不同，其前的行被整体改写"), told
            if row["act"] in DECIDES:
                decision = json.loads(row["after"])
                told.decisions[decision["decision"]] = (told.seq, decision["content"])
            if row["act"] in ADDS:
                added = json.loads(row["after"])
                told.added[added["key"]] = (told.seq, added["content"], row["inspection"])
        if not rows:
            break
    if known and known[0] > told.seq:
        return _broken(told.seq, f"抄录的第 {known[0]:,} 条已不在留痕里"), told
    beyond = connection.execute(select(func.count()).where(trail.c.seq < 1)).scalar_one()
    return (_broken(0, "有不在链上的行") if beyond else None), told


def _against_decisions(connection: Connection, decided: dict[int, str], told: _Told) -> ChainState | None:
    for decision, (seq, content) in told.decisions.items():
        if decision in decided and decided[decision] != content:
            return _broken(seq, f"第 {seq:,} 条所记的决定与保存的决定不符")
    gone = [seq for decision, (seq, _) in told.decisions.items() if decision not in decided]
    if gone and (removed := _removed_by_hand(connection, gone, told)):
        return _broken(removed, f"第 {removed:,} 条所记的决定已不在数据库里")
    untold = sorted(set(decided) - set(told.decisions))
    return _broken(told.seq, f"有 {len(untold)} 项决定没有留痕") if untold else None


def _removed_by_hand(connection: Connection, gone: list[int], told: _Told) -> int | None:
    """The first line whose decision is missing though no later line tells that its inspection was deleted."""
    there = {row["seq"] for row in _decisions(connection)}  # again: one may have been saved meanwhile
    ended = _ended(connection)
    by_line = {seq: decision for decision, (seq, _) in told.decisions.items()}
    for seq in sorted(gone):
        of = connection.execute(select(trail.c.inspection).where(trail.c.seq == seq)).scalar_one()
        if ended.get(of, 0) < seq and by_line[seq] not in there:
            return seq
    return None


def _against_added(connection: Connection, told: _Told) -> ChainState | None:
    """Findings and files of experts: each as its line tells, none without a line, none gone but with its inspection."""
    hashes = ((own_findings, proposal_hash), (attachments, attachment_hash))
    held = {
        row["key"]: of(row) for table, of in hashes for row in connection.execute(select(table)).mappings()
    }
    ended = _ended(connection)
    for key, (seq, content, inspection) in told.added.items():
        if key not in held and ended.get(inspection, 0) < seq:
            return _broken(seq, f"第 {seq:,} 条所记的疑点或附件已不在数据库里")
        if key in held and held[key] != content:
            return _broken(seq, f"第 {seq:,} 条所记的疑点或附件与保存的不符")
    untold = set(held) - set(told.added)
    return _broken(told.seq, f"有 {len(untold)} 项自行提出的疑点或附件没有留痕") if untold else None


def _ended(connection: Connection) -> dict[str, int]:
    """By deleted inspection the line that tells of its end."""
    ends = select(trail.c.inspection, func.max(trail.c.seq)).where(trail.c.act == DELETED)
    return {row[0]: row[1] for row in connection.execute(ends.group_by(trail.c.inspection))}


def _decisions(connection: Connection) -> list[Mapping[Any, Any]]:
    return list(connection.execute(select(decisions).order_by(decisions.c.seq)).mappings())


def _broken(seq: int, problem: str) -> ChainState:
    return ChainState(seq, "", problem)


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
