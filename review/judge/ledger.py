"""Every request to a model and what came of it, one file an inspection: the cache, the trace, and what was spent.

What is written is kept at once, so that a review that is killed asks nothing twice. Bodies are masked before they
come here; the numbers of admissions are not, for the file stays with the case.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from review.errors import InputError
from review.judge.requests import Request

LEDGER = "model.sqlite3"
_VERSION = 1
_TABLES = f"""
create table if not exists requests (
    key text primary key, body text not null, message text, model text, problem text,
    tokens_in integer, tokens_out integer, seconds real, attempts integer not null default 0, at text
);
create table if not exists asked (
    key text not null, admission_id text not null, question text not null, about text not null, turn integer not null,
    prompt text not null, repairs text, primary key (admission_id, question, about, turn, key)
);
pragma user_version = {_VERSION};
"""


@dataclass(frozen=True)
class Answer:
    """What a model said to one request, as the protocol writes it."""

    key: str
    message: Mapping[str, Any]
    model: str
    tokens_in: int
    tokens_out: int

    @property
    def text(self) -> str:
        return str(self.message.get("content") or "")


@dataclass(frozen=True)
class Spent:
    """Answered requests and their tokens."""

    requests: int
    tokens_in: int
    tokens_out: int


class Ledger:
    """The ledger of one inspection. Safe to use from several threads; one process at a time writes."""

    def __init__(self, file: Path) -> None:
        """Raises InputError where the file is none of ours or cannot be written."""
        self._lock = threading.Lock()
        try:
            self._base = sqlite3.connect(file, timeout=30, check_same_thread=False)
            version = self._base.execute("pragma user_version").fetchone()[0]
            if version in (0, _VERSION):
                self._base.execute("pragma journal_mode = wal")
                self._base.executescript(_TABLES)
        except sqlite3.Error as problem:
            raise InputError(
                f"模型问答的记录 {file} 打不开（{type(problem).__name__}）；请移走这个文件后再试，规则的结果不受影响。"
            ) from problem
        if version > _VERSION:
            raise InputError(f"模型问答的记录 {file} 由较新的版本写成；请用那个版本，或移走这个文件。")

    def close(self) -> None:
        self._base.close()

    def note(self, requests: Iterable[Request]) -> None:
        """Keep what is going to be asked and for what."""
        with self._lock, self._base:
            for one in requests:
                body = json.dumps(one.body, ensure_ascii=False, sort_keys=True)
                self._base.execute(
                    "insert or ignore into requests (key, body) values (?, ?)", (one.key, body)
                )
                row = (one.key, one.admission_id, one.question, one.about, one.turn, one.prompt, one.repairs)
                self._base.execute("insert or ignore into asked values (?, ?, ?, ?, ?, ?, ?)", row)

    def answer(self, key: str) -> Answer | None:
        """What was said to a request; null where nothing was yet."""
        with self._lock:
            row = self._base.execute(
                "select message, model, tokens_in, tokens_out from requests where key = ? and message is not null",
                (key,),
            ).fetchone()
        return Answer(key, json.loads(row[0]), *row[1:]) if row else None

    def keep(self, answer: Answer, seconds: float | None = None) -> bool:
        """Write an answer down; false where the request is not known or was answered before."""
        message = json.dumps(answer.message, ensure_ascii=False)
        with self._lock, self._base:
            done = self._base.execute(
                "update requests set message = ?, model = ?, tokens_in = ?, tokens_out = ?, seconds = ?, at = ?,"
                " problem = null, attempts = attempts + 1 where key = ? and message is null",
                (
                    message,
                    answer.model,
                    answer.tokens_in,
                    answer.tokens_out,
                    seconds,
                    _now(),
                    answer.key,
                ),
            )
        return done.rowcount == 1

    def fail(self, key: str, problem: str) -> None:
        """Write down why there is no answer; the request stays open."""
        with self._lock, self._base:
            self._base.execute(
                "update requests set problem = ?, attempts = attempts + 1, at = ? where key = ? and message is null",
                (problem, _now(), key),
            )

    def problem(self, key: str) -> str | None:
        """Why a request has no answer, if it was tried."""
        with self._lock:
            row = self._base.execute("select problem from requests where key = ?", (key,)).fetchone()
        return row[0] if row else None

    def body(self, key: str) -> Any:
        """What was or is to be asked; null where it is nothing of this inspection's."""
        with self._lock:
            row = self._base.execute("select body from requests where key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def last_model(self) -> str | None:
        """The name that requests were last written for; null where nothing was asked yet."""
        with self._lock:
            row = self._base.execute(
                "select json_extract(body, '$.model') from requests order by rowid desc limit 1"
            ).fetchone()
        return row[0] if row else None

    def spent(self) -> Spent:
        with self._lock:
            row = self._base.execute(
                "select count(*), coalesce(sum(tokens_in), 0), coalesce(sum(tokens_out), 0) from requests"
                " where message is not null"
            ).fetchone()
        return Spent(*row)

    def trace(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Requests with what was sent and said, for who wants to see them; names are masked as they were sent."""
        found = []
        for key in keys:
            with self._lock:
                cursor = self._base.execute("select * from requests where key = ?", (key,))
                row = cursor.fetchone()
            if row:
                one = dict(zip((column[0] for column in cursor.description), row, strict=True))
                one["body"] = json.loads(one["body"])
                one["message"] = json.loads(one["message"]) if one["message"] else None
                found.append(one)
        return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
