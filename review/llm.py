"""The one door to language models: any endpoint that speaks the OpenAI protocol, at the address the settings name.

Without a name and an address there is no model. Nothing is imported before a question is asked, nothing is logged
but the kind of a failure, and no key leaves the settings but in the request.
"""

import logging
import os
import queue
import random
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from knowledge.answering.replies import AskModel, ModelFailed
from prompts import Prompt, read_prompt
from review.deidentify import mask_numbers
from review.settings import Settings

RETRY_AFTER = (0.4, 1.2)  # seconds, drawn at random, so that many who failed at once do not come back at once
STEP = 0.1  # seconds between two looks at whether to stop
STOPPED = "已停止"
_MASKED = ("question", "earlier")
_log = logging.getLogger(__name__)


class _Busy(ModelFailed):
    """A failure that may be over in a moment."""


@dataclass(frozen=True)
class Model:
    """One model at one address; `seconds` is the longest that an answer may take."""

    name: str
    url: str
    seconds: float
    key: str | None = field(default=None, repr=False)

    def asking(self, prompt: str, stop: threading.Event | None = None) -> AskModel:
        """A function from the inputs of a prompt file to the model's text, piece by piece; `stop` ends it at once."""
        return lambda inputs: self._asked(read_prompt(prompt), inputs, stop or threading.Event())

    def _asked(self, prompt: Prompt, inputs: Mapping[str, str], stop: threading.Event) -> Iterator[str]:
        masked = {name: mask_numbers(text) if name in _MASKED else text for name, text in inputs.items()}
        system, user = prompt.fill(masked)
        deadline = time.monotonic() + self.seconds
        begun = False
        try:
            for piece in self._stream(system, user, prompt.header.temperature, deadline, stop):
                begun = True
                yield piece
        except _Busy:
            wait = random.uniform(*RETRY_AFTER)
            if begun or time.monotonic() + wait >= deadline:
                raise
            stop.wait(wait)
            yield from self._stream(system, user, prompt.header.temperature, deadline, stop)

    def _stream(
        self, system: str, user: str, temperature: float, deadline: float, stop: threading.Event
    ) -> Iterator[str]:
        """One attempt. A thread of its own reads, so that a server that says nothing holds nobody up."""
        pieces: queue.SimpleQueue[str | ModelFailed | None] = queue.SimpleQueue()
        left = threading.Event()
        arguments = (system, user, temperature, pieces, left)
        threading.Thread(target=self._read, args=arguments, name="model", daemon=True).start()
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
                yield piece
        finally:
            left.set()

    def _read(
        self,
        system: str,
        user: str,
        temperature: float,
        pieces: "queue.SimpleQueue[str | ModelFailed | None]",
        left: threading.Event,
    ) -> None:
        try:
            messages = [("system", system), ("human", user)]
            for chunk in self._chat.stream(messages, temperature=temperature):
                if left.is_set():
                    return
                if chunk.text:
                    pieces.put(str(chunk.text))
            pieces.put(None)
        except Exception as problem:  # whatever a server sends, the passages answer in its place
            _log.warning("no answer from the model: %s", type(problem).__name__)
            pieces.put(_failure(problem, self.seconds))

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
    """The model that the settings name; null where they name none."""
    if not settings.model or not settings.model_url:
        return None
    return Model(settings.model, settings.model_url, settings.model_timeout, settings.model_key)


def _failure(problem: Exception, seconds: float) -> ModelFailed:
    """What went wrong in a few words; never what the server said, which may repeat the question."""
    import openai

    if isinstance(problem, openai.APITimeoutError):
        return ModelFailed(f"{seconds:g} 秒内没有说完")
    if isinstance(problem, openai.APIStatusError):
        status = problem.status_code
        said = {401: "密钥不被接受", 403: "密钥不被接受", 404: "地址或模型名称不对", 429: "模型正忙"}
        text = said.get(status, "模型服务出错" if status >= 500 else "模型不接受这次提问")
        busy = status == 429 or status >= 500
        return _Busy(f"{text}，{status}") if busy else ModelFailed(f"{text}，{status}")
    if isinstance(problem, openai.APIConnectionError):
        return _Busy("连不上模型的地址")
    return ModelFailed("模型的回答读不出来")
