"""The one door to language models: any endpoint that speaks the OpenAI protocol, at the address the settings name.

Without a name and an address there is no model. Nothing is imported before a question is asked, nothing is logged
but the kind of a failure, and no key leaves the settings but in the request.
"""

import json
import logging
import os
import queue
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from knowledge.answering.replies import AskModel, ModelFailed
from prompts import Prompt, read_prompt
from review.deidentify import mask_numbers
from review.errors import SettingsError
from review.private_addresses import is_private
from review.settings import Settings

RETRY_AFTER = (0.4, 1.2)  # seconds, drawn at random, so that many who failed at once do not come back at once
TRIES = 4  # of a question nobody sits and waits for; each wait is up to twice the one before
LONGEST_WAIT = 60.0  # seconds that a server may ask us to wait before a next try
STEP = 0.1  # seconds between two looks at whether to stop
STOPPED = "已停止"
_MASKED = ("question", "earlier")
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class _Busy(ModelFailed):
    """A failure that may be over in a moment; `wait` is what the server asked for, in seconds."""

    wait: float | None = None


class _FormRefused(ModelFailed):
    """The server does not take the request as it was formed."""


@dataclass(frozen=True)
class Reply:
    """An answer as the protocol writes it: `message` holds role, content and tool_calls; null where nobody counted."""

    message: Mapping[str, Any]
    model: str
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True)
class Model:
    """One model at one address; `seconds` is the longest that an answer may take."""

    name: str
    url: str
    seconds: float
    key: str | None = field(default=None, repr=False)
    _takes_no_schema: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)

    def asking(self, prompt: str, stop: threading.Event | None = None) -> AskModel:
        """A function from the inputs of a prompt file to the model's text, piece by piece; `stop` ends it at once."""
        return lambda inputs: self._asked(read_prompt(prompt), inputs, stop or threading.Event())

    def reply(self, body: Mapping[str, Any], stop: threading.Event | None = None) -> Reply:
        """The answer to one request of the protocol (`messages`, `temperature`, `response_format`, `tools`).

        A busy server is asked again after a while; one that knows no `response_format` is asked without. Raises
        `ModelFailed`, which says why in a few words.
        """
        stop = stop or threading.Event()
        for tried in range(1, TRIES + 1):
            try:
                return self._replied(body, stop)
            except _Busy as problem:
                if tried == TRIES:
                    raise
                pause = random.uniform(*RETRY_AFTER) * 2 ** (tried - 1)
                stop.wait(max(pause, min(problem.wait or 0.0, LONGEST_WAIT)))
        raise AssertionError("the last try returns or raises")

    def _replied(self, body: Mapping[str, Any], stop: threading.Event) -> Reply:
        """One try, and a second in plain form where the server refuses a schema."""
        plain = {name: value for name, value in body.items() if name not in ("model", "response_format")}
        schema = body.get("response_format")
        deadline = time.monotonic() + self.seconds
        if schema is not None and not self._takes_no_schema.is_set():
            try:
                formed = plain | {"extra_body": {"response_format": schema}}
                return next(self._heard(lambda: [self._said(formed)], deadline, stop))
            except _FormRefused:
                reply = next(self._heard(lambda: [self._said(plain)], deadline, stop))
                self._takes_no_schema.set()
                return reply
        return next(self._heard(lambda: [self._said(plain)], deadline, stop))

    def _said(self, body: Mapping[str, Any]) -> Reply:
        named = dict(body)
        message = self._chat.invoke(named.pop("messages"), **named)
        counted = message.usage_metadata or {}
        return Reply(
            _as_protocol(message),
            str(message.response_metadata.get("model_name") or self.name),
            counted.get("input_tokens"),
            counted.get("output_tokens"),
        )

    def _asked(self, prompt: Prompt, inputs: Mapping[str, str], stop: threading.Event) -> Iterator[str]:
        masked = {name: mask_numbers(text) if name in _MASKED else text for name, text in inputs.items()}
        messages = list(zip(("system", "human"), prompt.fill(masked), strict=True))
        deadline = time.monotonic() + self.seconds

        def streamed() -> Iterator[str]:
            for chunk in self._chat.stream(messages, temperature=prompt.header.temperature):
                if chunk.text:
                    yield str(chunk.text)

        begun = False
        try:
            for piece in self._heard(streamed, deadline, stop):
                begun = True
                yield piece
        except _Busy:
            wait = random.uniform(*RETRY_AFTER)
            if begun or time.monotonic() + wait >= deadline:
                raise
            stop.wait(wait)
            yield from self._heard(streamed, deadline, stop)

    def _heard(self, say: Callable[[], Iterable[_T]], deadline: float, stop: threading.Event) -> Iterator[_T]:
        """One attempt. A thread of its own listens, so that a server that says nothing holds nobody up."""
        pieces: queue.SimpleQueue[tuple[_T] | ModelFailed | None] = queue.SimpleQueue()
        left = threading.Event()

        def listen() -> None:
            try:
                for piece in say():
                    if left.is_set():
                        return
                    pieces.put((piece,))
                pieces.put(None)
            except Exception as problem:  # whatever a server sends, the rules and passages stand without it
                _log.warning("no answer from the model: %s", type(problem).__name__)
                pieces.put(_failure(problem, self.seconds))

        if stop.is_set():
            raise ModelFailed(STOPPED)
        threading.Thread(target=listen, name="model", daemon=True).start()
        try:
            while True:
                if stop.is_set():
                    raise ModelFailed(STOPPED)
                if time.monotonic() >= deadline:
                    raise ModelFailed(f"{self.seconds:g} 秒内没有说完")
                try:
                    piece = pieces.get(timeout=STEP)
                except queue.Empty:
                    continue
                if piece is None:
                    return
                if isinstance(piece, ModelFailed):
                    raise piece
                yield piece[0]
        finally:
            left.set()

    @cached_property
    def _chat(self) -> Any:
        # a model is reached at its own address only: nothing is traced to anybody else
        os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
        from langchain.chat_models import init_chat_model

        return init_chat_model(
            self.name,
            model_provider="openai",
            base_url=self.url,
            api_key=self.key or "none",
            timeout=self.seconds,
            max_retries=0,
            use_responses_api=False,
        )


def open_model(settings: Settings) -> Model | None:
    """The model that the settings name; null where they name none. Raises SettingsError for an address not allowed."""
    if not settings.model or not settings.model_url:
        return None
    if settings.model_limits.private and not is_private(settings.model_url):
        raise SettingsError(
            "MINGJIAN_MODEL_LIMITS 写明 private=yes，而 MINGJIAN_MODEL_URL 不是内网地址；"
            "请改用内网的模型，或去掉这一限制。"
        )
    return Model(settings.model, settings.model_url, settings.model_timeout, settings.model_key)


def _as_protocol(message: Any) -> Mapping[str, Any]:
    """An assistant's message in the form the protocol sends it; arguments that are no JSON stay as they came."""
    said: dict[str, Any] = {"role": "assistant", "content": str(message.text)}
    asked = [(call, json.dumps(call["args"], ensure_ascii=False)) for call in message.tool_calls]
    asked += [(call, str(call["args"] or "")) for call in message.invalid_tool_calls]
    if asked:
        said["tool_calls"] = [
            {
                "id": str(call["id"]),
                "type": "function",
                "function": {"name": str(call["name"]), "arguments": arguments},
            }
            for call, arguments in asked
        ]
    return said


def _failure(problem: Exception, seconds: float) -> ModelFailed:
    """What went wrong in a few words; never what the server said, which may repeat the question."""
    import openai

    if isinstance(problem, openai.APITimeoutError):
        return ModelFailed(f"{seconds:g} 秒内没有说完")
    if isinstance(problem, openai.APIStatusError):
        return _status_failure(problem.status_code, problem.response.headers.get("retry-after"))
    if isinstance(problem, openai.APIConnectionError):
        return _Busy("连不上模型的地址")
    return ModelFailed("模型的回答读不出来")


def _status_failure(status: int, retry_after: str | None) -> ModelFailed:
    said = {401: "密钥不被接受", 403: "密钥不被接受", 404: "地址或模型名称不对", 429: "模型正忙"}
    text = f"{said.get(status, '模型服务出错' if status >= 500 else '模型不接受这次提问')}，{status}"
    if status == 429 or status >= 500:
        busy = _Busy(text)
        busy.wait = float(retry_after) if retry_after and retry_after.isdecimal() else None
        return busy
    return _FormRefused(text) if status in (400, 422) else ModelFailed(text)
