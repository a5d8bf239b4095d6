"""The same function over many arguments, on as many processor cores as there are; results come in the arguments' order.

Helpers are processes that take a function's name and an argument and hand the result back. Nothing depends on them:
what a helper cannot do, or will not start to do, is done here, with the same result.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from review.garbage import collected_seldom

Helper = subprocess.Popen[bytes]
Argument = TypeVar("Argument")
Result = TypeVar("Result")
ROOT = Path(__file__).parent.parent
START = "import sys; sys.path.insert(0, sys.argv[1]); from review.side_by_side import answer; answer(sys.argv[2:])"
MOST_HELPERS = 3  # each holds the vocabulary anew; beyond that memory grows and time hardly falls
AHEAD = 8  # how many results may wait for the one before them
# seconds: a thread that speaks with a helper waits so long for its turn, at each of the many pieces an answer comes in;
# at the interpreter's own 0.005 helpers stood idle for a third of their time
TURN = 0.0003
PIPE = 1 << 20  # bytes a pipe holds: a whole answer, as a rule; sixteen pieces of it otherwise
# helpers at rest, where those of one function are to go on with the next; their start costs a second of a processor
_kept: ContextVar[list[Helper] | None] = ContextVar("kept", default=None)


@contextmanager
def helpers_kept(modules: Sequence[str] = ()) -> Iterator[None]:
    """Within, helpers go on from one function to the next; they end here, and with them what they hold open.

    Where `modules` are named, helpers start at once and import them. Those of an outer `helpers_kept` serve an inner
    one, and end with the inner."""
    outer = _kept.get()
    resting: list[Helper] = [] if outer is None else outer
    token = _kept.set(resting)
    try:
        if modules:
            with suppress(OSError):  # what no helper does is done here
                resting += [_started(modules) for _ in range(min(_spare_cores(), MOST_HELPERS))]
        yield
    finally:
        _kept.reset(token)
        while resting:
            _end(resting.pop())


def in_order(
    function: Callable[[Argument], Result], arguments: Sequence[Argument], helpers: int | None = None
) -> Iterator[Result]:
    """What the function gives for each argument; it stands at the top of its module, and all can be pickled.

    `helpers` is how many other processes help, by default one less than the cores this process may use."""
    with begun(function, arguments, helpers) as results:
        yield from results


@contextmanager
def begun(
    function: Callable[[Argument], Result],
    arguments: Sequence[Argument],
    helpers: int | None = None,
    ahead: int = AHEAD,
) -> Iterator[Iterator[Result]]:
    """The same, with the helpers at work before the first result is asked for; `ahead` results may wait to be taken."""
    wanted = min(_spare_cores() if helpers is None else helpers, MOST_HELPERS, max(0, len(arguments) - 1))
    shared = _Shared(function, arguments, ahead)
    threads = [threading.Thread(target=shared.work_elsewhere, daemon=True) for _ in range(wanted)]
    before = sys.getswitchinterval()
    if threads:
        sys.setswitchinterval(min(TURN, before))
    for thread in threads:
        thread.start()
    try:
        yield (shared.result(place) for place in range(len(arguments)))
    finally:
        shared.close()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(before)


def _spare_cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores - 1


class _Shared:
    """The arguments that nobody has taken yet, and the results that nobody has asked for yet."""

    def __init__(self, function: Callable[[Any], Any], arguments: Sequence[Any], ahead: int) -> None:
        self._function, self._arguments, self._ahead = function, arguments, ahead
        self._done: dict[int, Any] = {}
        self._dropped: set[int] = set()
        self._next, self._given = 0, 0
        self._changed = threading.Condition()
        self._kept = _kept.get()
        self._busy: set[Helper] = set()

    def result(self, place: int) -> Any:
        """The result for a place, worked out here together with what comes after it while nobody else has it."""
        while True:
            with self._changed:
                self._given = place
                self._changed.notify_all()
                if place in self._done:
                    return self._done.pop(place)
                mine = place if place in self._dropped else self._taken()
                if mine is None:
                    self._changed.wait_for(lambda: place in self._done or place in self._dropped)
                    continue
                self._dropped.discard(mine)
            result = self._function(self._arguments[mine])
            with self._changed:
                self._done[mine] = result

    def _taken(self) -> int | None:
        if self._next >= min(len(self._arguments), self._given + self._ahead):
            return None
        self._next += 1
        return self._next - 1

    def _take(self, helper: Helper) -> int | None:
        """The next place for a helper, once the results are not too far behind; null at the end."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._next < self._given + self._ahead or self._next >= len(self._arguments)
            )
            place = self._taken()
            if place is not None:
                self._busy.add(helper)
            return place

    def close(self) -> None:
        """Nobody takes any more, and what is being done is of no use."""
        with self._changed:
            self._next = len(self._arguments)
            self._changed.notify_all()
            for helper in self._busy:
                helper.kill()

    def work_elsewhere(self) -> None:
        """A helper takes what is left, until it fails: then the others do."""
        try:
            helper = self._kept.pop() if self._kept else _started()
        except OSError:
            return
        while (place := self._take(helper)) is not None:
            answered, result = _asked(helper, (*_named(self._function), self._arguments[place]))
            with self._changed:
                self._busy.discard(helper)
                if answered:
                    self._done[place] = result
                else:
                    self._dropped.add(place)
                self._changed.notify_all()
            if not answered:
                return _end(helper)
        if self._kept is None:
            return _end(helper)
        self._kept.append(helper)


def _end(helper: Helper) -> None:
    helper.kill()
    with suppress(BrokenPipeError), helper:  # a question may be left over that one who is gone will not hear
        pass


def _started(modules: Sequence[str] = ()) -> Helper:
    command = [sys.executable, "-c", START, str(ROOT), *modules]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    try:
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, pipesize=PIPE)
    except PermissionError:  # the system allows no such pipe: what is said goes in smaller pieces
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing)


def _named(function: Callable[..., Any]) -> tuple[str, str]:
    return function.__module__, function.__qualname__


def _asked(helper: Helper, question: tuple[str, str, Any]) -> tuple[bool, Any]:
    """Whether the helper answered, and what: one that is gone, or cannot do it, has not."""
    assert helper.stdin is not None and helper.stdout is not None
    try:
        helper.stdin.write(pickle.dumps(question, pickle.HIGHEST_PROTOCOL))
        helper.stdin.flush()
        said: tuple[bool, Any] = pickle.load(helper.stdout)
    except (OSError, EOFError, pickle.PickleError, AttributeError, ValueError):
        return False, None
    return said


def answer(modules: Sequence[str]) -> None:
    """What a helper does: import, then answer until the questions end; what the functions print goes nowhere."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with collected_seldom():
        for module in modules:
            import_module(module)
        while True:
            try:
                module, name, argument = pickle.load(questions)
            except EOFError:
                return
            try:
                result = getattr(import_module(module), name)(argument)
                said = pickle.dumps((True, result), pickle.HIGHEST_PROTOCOL)
            except Exception:
                said = pickle.dumps((False, None))  # the one who asked meets the same defect and tells it
            answers.write(said)
            answers.flush()
