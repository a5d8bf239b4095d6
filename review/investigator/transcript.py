"""One investigation as messages: what to ask next, and what becomes of it when the model has answered.

Both are functions of the state alone and of what the tools give, so that a live conversation, one that was killed
and one that goes through an air gap turn by turn are the same.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from prompts import Prompt, read_prompt
from review.investigator.calls import Call, answered, as_sent
from review.investigator.case import Case
from review.investigator.overview import overview, tables_told, violations_told
from review.investigator.toolbox import declared_tools, use_tool
from review.investigator.tools import Asking, Said
from review.judge.asking import tokens_of
from review.judge.requests import Request
from review.judge.tokens import count_tokens
from review.models import Finding

PROMPT = "investigator"
KEPT_WHOLE = 2  # steps whose results are never shortened: the model has not read the last one yet
WORTH_CUTTING = 120  # tokens of a result below which nothing is gained
FEW_LEFT = 3  # steps before the last at which the model is told
REMINDER = "这一步没有调用工具。请用工具继续查；查完了，或没有疑点，请调用 finish 结束。"
Message = Mapping[str, Any]


@dataclass(frozen=True)
class Limits:
    """What one investigation may take; `context` is the tokens of one request."""

    steps: int = 30
    tokens_in: int = 400_000
    tokens_out: int = 30_000
    seconds: float = 1200.0
    context: int = 48_000
    calls: int = 8  # of one message
    query_seconds: float = 10.0


@dataclass(frozen=True)
class State:
    """One investigation between two steps; names in `messages` are masked, in `findings` they are not."""

    admission_id: str
    model: str
    prompt: str  # name and version
    limits: Limits
    messages: tuple[Message, ...]
    stands_on: str  # the fingerprint of the case: line numbers of another review mean other lines
    status: Literal["open", "finished", "stopped"] = "open"
    reason: str | None = None  # of its end
    steps: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    reminded: bool = False
    findings: tuple[Finding, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)  # submissions, by what failed first
    injection: bool = False  # a line of the record speaks to a reader who obeys

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    def to_json(self) -> str:
        return _adapter().dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "State":
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[State]:
    return TypeAdapter(State)


def begin(case: Case, model: str, limits: Limits) -> State:
    """An investigation before its first step."""
    prompt = read_prompt(PROMPT)
    system, user = prompt.fill(
        {"record": overview(case), "tables": tables_told(), "violations": violations_told()}
    )
    messages = ({"role": "system", "content": system}, {"role": "user", "content": user})
    admission_id = case.record.admission.admission_id
    injection = case.numbered.injection
    return State(admission_id, model, _named(prompt), limits, messages, case.fingerprint, injection=injection)


def goes_on(state: State, case: Case, model: str) -> bool:
    """Whether an investigation that was kept is of this very case, model and prompt, and can be taken up."""
    asked = (model, _named(read_prompt(PROMPT)), case.fingerprint)
    return (state.model, state.prompt, state.stands_on) == asked


def _named(prompt: Prompt) -> str:
    return f"{prompt.name} v{prompt.header.version}"


def next_request(state: State) -> dict[str, Any]:
    """The body of the next request; results of long ago are left out of it where it would grow too long."""
    return {
        "model": state.model,
        "messages": _within(state.messages, state.limits.context - _tools_tokens()),
        "tools": list(declared_tools()),
        "tool_choice": "auto",
        "temperature": read_prompt(PROMPT).header.temperature,
    }


def request_of(state: State) -> Request:
    """The next request as the ledger and the air gap know it."""
    return Request(state.admission_id, PROMPT, "", state.steps, state.prompt, next_request(state))


def advance(
    state: State,
    message: Message,
    case: Case,
    *,
    tokens_in: int | None = None,
    tokens_out: int | None = None,
    seconds: float = 0.0,
) -> State:
    """The state after the model's answer: its tool calls done, their results appended, the limits looked at."""
    if not state.is_open:
        return state
    began = time.monotonic()
    sent, calls = as_sent(message, state.steps)
    spent_in = tokens_in if tokens_in is not None else tokens_of(next_request(state))
    spent_out = tokens_out if tokens_out is not None else tokens_of(sent)
    state = replace(
        state,
        messages=(*state.messages, sent),
        steps=state.steps + 1,
        tokens_in=state.tokens_in + spent_in,
        tokens_out=state.tokens_out + spent_out,
    )
    state = _called(state, calls, case) if calls else _silent(state)
    state = replace(state, seconds=state.seconds + seconds + time.monotonic() - began)
    return _limited(state) if state.is_open else state


def _silent(state: State) -> State:
    """A message without a call is reminded of the tools once."""
    if state.reminded:
        return replace(state, status="stopped", reason="模型连续两次没有调用工具")
    reminder = {"role": "user", "content": REMINDER}
    return replace(state, messages=(*state.messages, reminder), reminded=True)


def _called(state: State, calls: Sequence[Call], case: Case) -> State:
    results: list[Message] = []
    findings, refused = state.findings, Counter(state.refused)
    finished: str | None = None
    for number, call in enumerate(calls):
        if finished is not None:
            said = Said("核查已经结束，这个调用没有执行。")
        elif number >= state.limits.calls:
            said = Said(f"一次最多 {state.limits.calls} 个调用，这个没有执行；需要的话下一步再调用。")
        else:
            asking = Asking(case, state.model, findings, state.limits.query_seconds)
            said = use_tool(asking, call.name, call.arguments)
        if said.finding is not None:
            findings = (*findings, said.finding)
        if said.refused is not None:
            refused[said.refused] += 1
        finished = finished if finished is not None else said.finished
        results.append(answered(call, said.text))
    left = state.limits.steps - state.steps
    if 0 < left <= FEW_LEFT and finished is None:
        told = f"{results[-1]['content']}\n还可以走 {left} 步，请提交已能证明的，并调用 finish。"
        results[-1] = {**results[-1], "content": told}
    return replace(
        state,
        messages=(*state.messages, *results),
        reminded=False,
        findings=findings,
        refused=dict(refused),
        status="open" if finished is None else "finished",
        reason=finished,
    )


def _limited(state: State) -> State:
    """Stopped where a limit is reached, or would be by the next request."""
    limits = state.limits
    body = tokens_of(next_request(state))
    reasons = (
        (state.steps >= limits.steps, f"已到 {limits.steps} 步的上限"),
        (state.tokens_in + body > limits.tokens_in, f"已到 {limits.tokens_in} 个输入词元的上限"),
        (state.tokens_out >= limits.tokens_out, f"已到 {limits.tokens_out} 个输出词元的上限"),
        (state.seconds >= limits.seconds, f"已到 {limits.seconds:g} 秒的上限"),
        (body > limits.context, f"一次要问的已超过 {limits.context} 个词元"),
    )
    for reached, reason in reasons:
        if reached:
            return replace(state, status="stopped", reason=reason)
    return state


def _within(messages: Sequence[Message], budget: int) -> list[Message]:
    """The messages, where they are too long with the oldest results replaced by what they were."""
    kept = list(messages)
    over = sum(tokens_of(message) for message in kept) - budget
    said = [place for place, message in enumerate(kept) if message["role"] == "assistant"]
    for place, message in enumerate(kept[: said[-KEPT_WHOLE] if len(said) >= KEPT_WHOLE else 0]):
        if over <= 0:
            break
        tokens = count_tokens(str(message.get("content") or ""))
        if message["role"] == "tool" and tokens > WORTH_CUTTING:
            rows = str(message["content"]).count("\n") + 1
            told = f"（这一步的结果有 {rows} 行，为节省篇幅已从对话里略去；要用请再查一次，行号不变。）"
            kept[place] = {**message, "content": told}
            over -= tokens - count_tokens(told)
    return kept


@cache
def _tools_tokens() -> int:
    return tokens_of(list(declared_tools()))
