"""Runs investigations: live against whoever answers, or turn by turn through the air gap; the machine is the same.

An answer is looked for under the key of its request. Where none is there yet the investigation stays open as it is:
a live run asks and goes on, a round ends there and is taken up by the next.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from review.investigator.case import Case, Scene
from review.investigator.keeping import Keeper
from review.investigator.transcript import Limits, State, advance, begin, goes_on, request_of
from review.judge.ledger import Answer
from review.judge.requests import Request

STAYS_AT_ONCE = 8
_log = logging.getLogger(__name__)
Said = Callable[[Request], Answer | None]  # what was answered to a request; null where nothing is yet


def go_on(case: Case, state: State, said: Said, keeper: Keeper) -> State:
    """Every step there is an answer to, each kept before the next is asked."""
    while state.is_open:
        answer = said(request_of(state))
        if answer is None:
            return state
        after = _stepped(case, state, answer)
        if not keeper.keep(state, after):
            held = keeper.state(state.admission_id)
            return held if held is not None else after
        state = after
    return state


def _stepped(case: Case, state: State, answer: Answer) -> State:
    try:
        return advance(
            state,
            answer.message,
            case,
            tokens_in=answer.tokens_in or None,
            tokens_out=answer.tokens_out or None,
        )
    except Exception as problem:  # a defect of ours ends this investigation and no other
        _log.exception("investigation stopped by a defect: %s", type(problem).__name__)
        return replace(state, status="stopped", reason=f"程序缺陷（{type(problem).__name__}），已记入日志")


def investigate(
    scene: Scene, admission_ids: Iterable[str], model: str, limits: Limits, said: Said, keeper: Keeper
) -> Iterator[State]:
    """Begin or take up these investigations and go on with each as far as there are answers."""
    for admission_id in admission_ids:
        case = scene.case(admission_id)
        try:
            yield go_on(case, _taken_up(case, model, limits, keeper), said, keeper)
        finally:
            case.close()


def investigate_live(
    scene: Scene,
    admission_ids: Sequence[str],
    model: str,
    limits: Limits,
    said: Said,
    ask: Callable[[Sequence[Request]], None],
    keeper: Keeper,
    at_once: int = STAYS_AT_ONCE,
) -> Iterator[State]:
    """Some investigations beside each other, turn by turn: `ask` asks their requests at once, `said` finds the answers.

    Where a whole turn brings no answer they are left open as they are, to be taken up again."""
    for first in range(0, len(admission_ids), at_once):
        cases = {one: scene.case(one) for one in admission_ids[first : first + at_once]}
        try:
            states = {one: _taken_up(case, model, limits, keeper) for one, case in cases.items()}
            moved = True
            while moved and any(state.is_open for state in states.values()):
                ask([request_of(state) for state in states.values() if state.is_open])
                after = {one: go_on(cases[one], state, said, keeper) for one, state in states.items()}
                moved, states = any(after[one] is not state for one, state in states.items()), after
            yield from states.values()
        finally:
            for case in cases.values():
                case.close()


def open_requests(
    scene: Scene, admission_ids: Iterable[str], model: str, limits: Limits, keeper: Keeper
) -> Iterator[Request]:
    """The next turn of every open investigation, for a file that goes through the air gap."""
    for state in investigate(scene, admission_ids, model, limits, lambda _: None, keeper):
        if state.is_open:
            yield request_of(state)


def _taken_up(case: Case, model: str, limits: Limits, keeper: Keeper) -> State:
    """The investigation as it was left, or a new one where the review, the model or the prompt is another."""
    held = keeper.state(case.record.admission.admission_id)
    if held is not None and goes_on(held, case, model):
        return held
    if held is not None:
        keeper.forget(held.admission_id)
    state = begin(case, model, limits)
    keeper.keep(None, state)
    return state
