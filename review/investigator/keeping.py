"""Keeps every investigation of an inspection between its steps: one file, written to the disk with each step.

A step is kept whole or not at all, and only after the one before it: what was submitted is not submitted again by a
run that goes on after a kill.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from review.errors import InputError
from review.investigator.transcript import State

FILE = "investigations.sqlite3"
_VERSION = 1
_TABLES = f"""
create table if not exists investigations (
    admission_id text primary key, status text not null, steps integer not null, state text not null
);
create table if not exists steps (
    admission_id text not null, step integer not null, messages text not null, at text not null,
    primary key (admission_id, step)
);
pragma user_version = {_VERSION};
"""


class Keeper:
    """The investigations of one inspection. Safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        """Raises InputError where the file is none of ours."""
        self._lock = threading.Lock()
        try:
            self._base = sqlite3.connect(file, timeout=30, check_same_thread=False)
            version = self._base.execute("pragma user_version").fetchone()[0]
            if version > _VERSION:
                raise InputError(f"核查过程的记录 {file} 由较新的版本写成；请用那个版本，或移走这个文件。")
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")
            self._base.executescript(_TABLES)
        except sqlite3.Error as problem:
            raise InputError(
                f"核查过程的记录 {file} 打不开（{type(problem).__name__}）；请移走这个文件后再试，规则的结果不受影响。"
            ) from problem

    def close(self) -> None:
        self._base.close()

    def keep(self, before: State | None, after: State) -> bool:
        """Write a step down; false where somebody else has gone on from `before` meanwhile."""
        new = after.messages[len(before.messages) :] if before is not None else after.messages
        text, at = json.dumps(list(new), ensure_ascii=False), datetime.now(UTC).isoformat(timespec="seconds")
        row = (after.status, after.steps, after.to_json(), after.admission_id)
        with self._lock, self._base:
            if before is None:
                done = self._base.execute(
                    "insert or ignore into investigations (status, steps, state, admission_id) values (?, ?, ?, ?)",
                    row,
                )
            else:
                done = self._base.execute(
                    "update investigations set status = ?, steps = ?, state = ?"
                    " where admission_id = ? and steps = ? and status = 'open'",
                    (*row, before.steps),
                )
            if done.rowcount == 1:
                self._base.execute(
                    "insert or replace into steps values (?, ?, ?, ?)",
                    (after.admission_id, after.steps, text, at),
                )
        return done.rowcount == 1

    def forget(self, admission_id: str) -> None:
        """Let go of an investigation, to begin it anew."""
        with self._lock, self._base:
            self._base.execute("delete from investigations where admission_id = ?", (admission_id,))
            self._base.execute("delete from steps where admission_id = ?", (admission_id,))

    def state(self, admission_id: str) -> State | None:
        """An investigation as it stands; null where none was begun."""
        with self._lock:
            row = self._base.execute(
                "select state from investigations where admission_id = ?", (admission_id,)
            ).fetchone()
        return State.from_json(row[0]) if row else None

    def states(self) -> Iterator[State]:
        """All investigations, one read at a time."""
        with self._lock:
            rows = self._base.execute(
                "select admission_id from investigations order by admission_id"
            ).fetchall()
        for (admission_id,) in rows:
            state = self.state(admission_id)
            if state is not None:
                yield state

    def steps(self, admission_id: str) -> list[dict[str, Any]]:
        """What was said at each step, for who wants to see it; names are masked as they were sent."""
        with self._lock:
            rows = self._base.execute(
                "select step, messages, at from steps where admission_id = ? order by step", (admission_id,)
            ).fetchall()
        return [{"step": step, "messages": json.loads(messages), "at": at} for step, messages, at in rows]
