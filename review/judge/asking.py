"""Asks a model what the ledger has no answer to: several at once, within the budget, with one repair of a bad answer.

Each answer is kept as it comes. A model that fails again and again is not asked on: the rest stays open for another
run, and what it would have said reads as not asked.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel

from knowledge.answering.replies import ModelFailed
from review.judge.ledger import Answer, Ledger
from review.judge.reading import Unreadable, read_answer
from review.judge.requests import Request, repaired
from review.judge.tokens import count_tokens
from review.llm import Model
from review.settings import ModelLimits

FAILURES_IN_A_ROW = 8  # after which a model counts as away
OVER_BUDGET = "模型的用量已到上限，没有再问；请放宽 MINGJIAN_MODEL_LIMITS 后再审一次，已答的不会重问。"
AWAY = "模型连续没有回答（{problem}），没有再问；模型恢复后再审一次即可，已答的不会重问。"


@dataclass(frozen=True)
class Told:
    """What came of a request: a typed answer, or why there is none; `keys` are its requests in the ledger."""

    answer: BaseModel | None
    keys: tuple[str, ...]
    model: str | None = None
    problem: str | None = None
    asked: bool = True  # false: nothing was said yet


def told(ledger: Ledger, request: Request, answer: type[BaseModel]) -> Told:
    """What the ledger holds of a request and of its repair."""
    said = ledger.answer(request.key)
    if said is None:
        return Told(None, (request.key,), problem=ledger.problem(request.key), asked=False)
    try:
        return Told(read_answer(said.text, answer), (request.key,), said.model)
    except Unreadable as problem:
        again = repaired(request, str(problem))
    mended = ledger.answer(again.key)
    keys = (request.key, again.key)
    if mended is None:
        return Told(None, keys, said.model, ledger.problem(again.key), asked=False)
    try:
        return Told(read_answer(mended.text, answer), keys, mended.model)
    except Unreadable as problem:
        return Told(None, keys, mended.model, f"模型的回答两次都读不出来（{problem}）")


def still_open(ledger: Ledger, request: Request, answer: type[BaseModel]) -> Request | None:
    """What is to be asked next for a request: itself, its repair, or nothing more."""
    said = ledger.answer(request.key)
    if said is None:
        return request
    try:
        read_answer(said.text, answer)
    except Unreadable as problem:
        again = repaired(request, str(problem))
        return None if ledger.answer(again.key) else again
    return None


class Asker:
    """One model asked for one inspection."""

    def __init__(
        self, model: Model, ledger: Ledger, limits: ModelLimits, stop: threading.Event | None = None
    ) -> None:
        self._model, self._ledger, self._limits = model, ledger, limits
        self._stop = stop or threading.Event()
        self._lock = threading.Lock()
        self._reserved = 0
        self._failures = 0
        self.halted: str | None = None  # why nothing more is asked

    def ask(self, requests: Sequence[tuple[Request, type[BaseModel]]]) -> None:
        """Ask what is open; afterwards `told` gives what came of each."""
        self._ledger.note(request for request, _ in requests)
        unique = {request.key: (request, answer) for request, answer in requests}
        self._at_once([partial(self._work_off, *one) for one in unique.values()])

    def ask_as_they_are(self, requests: Sequence[Request]) -> None:
        """Ask what has no answer, whatever its form; each is noted first."""
        self._ledger.note(requests)
        unique = {one.key: one.body for one in requests if self._ledger.answer(one.key) is None}
        self._at_once([partial(self._ask_one, *one) for one in unique.items()])

    def _at_once(self, work: Sequence[Callable[[], object]]) -> None:
        with ThreadPoolExecutor(self._limits.at_once, thread_name_prefix="judge") as pool:
            try:
                for done in [pool.submit(one) for one in work]:
                    done.result()
            except BaseException:  # Ctrl-C too: what waits in line is not asked any more
                self._stop.set()
                raise

    def _work_off(self, request: Request, answer: type[BaseModel]) -> None:
        for _ in range(2):
            open_one = still_open(self._ledger, request, answer)
            if open_one is None or self.halted or self._stop.is_set():
                return
            if open_one is not request:
                self._ledger.note([open_one])
            if not self._ask_one(open_one.key, open_one.body):
                return

    def _ask_one(self, key: str, body: Any) -> bool:
        """Ask one request that is noted; true where it was answered."""
        estimate = tokens_of(body)
        if not self._reserve(estimate):
            return False
        began = time.monotonic()
        try:
            reply = self._model.reply(body, self._stop)
        except ModelFailed as problem:
            self._ledger.fail(key, str(problem))
            self._count_failure(str(problem))
            return False
        finally:
            with self._lock:
                self._reserved -= estimate
        tokens_out = reply.tokens_out if reply.tokens_out is not None else tokens_of(reply.message)
        tokens_in = reply.tokens_in if reply.tokens_in is not None else estimate
        self._ledger.keep(
            Answer(key, reply.message, reply.model, tokens_in, tokens_out), time.monotonic() - began
        )
        with self._lock:
            self._failures = 0
        return True

    def _reserve(self, estimate: int) -> bool:
        """Take a request's tokens from the budget; what is under way counts as spent."""
        spent = self._ledger.spent()
        with self._lock:
            if self.halted:
                return False
            waiting = spent.tokens_in + self._reserved + estimate
            tokens, yuan = self._limits.tokens, self._limits.yuan
            over = tokens is not None and waiting + spent.tokens_out > tokens
            if over or (yuan is not None and self._limits.cost(waiting, spent.tokens_out) > yuan):
                self.halted = OVER_BUDGET
                return False
            self._reserved += estimate
            return True

    def _count_failure(self, problem: str) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW and not self.halted:
                self.halted = AWAY.format(problem=problem)


def tokens_of(said: Any) -> int:
    """Tokens of a body or message: of everything that is text in it."""
    if isinstance(said, str):
        return count_tokens(said)
    if isinstance(said, dict):
        return sum(tokens_of(part) for name, part in said.items() if name not in ("model", "response_format"))
    if isinstance(said, list | tuple):
        return sum(tokens_of(part) for part in said)
    return 0
