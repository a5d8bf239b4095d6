"""A question as it leaves the machine: the body of one request of the OpenAI protocol, and the key of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from pydantic import BaseModel

from prompts import Prompt

_REPAIR = "\n\n前一次的输出不合要求：{problem}。请只输出一个符合要求的 JSON 对象，不写别的文字，不加代码块。"


@dataclass(frozen=True)
class Request:
    """One turn of one question about one thing of one stay; names in `body` are masked."""

    admission_id: str
    question: str
    about: str
    turn: int  # 0, or 1 with the documents in reversed order
    prompt: str  # name and version
    body: Mapping[str, Any]
    repairs: str | None = None  # the key of the request whose answer could not be read

    @cached_property
    def key(self) -> str:
        """The same model, prompt and input have the same key, whichever stay or finding they were written for."""
        return key_of(self.body)


def key_of(body: Mapping[str, Any]) -> str:
    """40 hexadecimal digits that stand for a request's body."""
    told = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def body_of(model: str, prompt: Prompt, inputs: Mapping[str, str], answer: type[BaseModel]) -> dict[str, Any]:
    """The request of a filled prompt; a server that knows schemas holds the model to the answer's."""
    system, user = prompt.fill(inputs)
    return {
        "model": model,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        "temperature": prompt.header.temperature,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": answer.__name__, "schema": _schema(answer)},
        },
    }


@cache
def _schema(answer: type[BaseModel]) -> dict[str, Any]:
    return answer.model_json_schema()


def repaired(request: Request, problem: str) -> Request:
    """The same question once more, with what was wrong with the form of its answer.

    The answer itself is not shown again: it may repeat what the record told the model to say, outside the record.
    """
    *before, last = request.body["messages"]
    again = {**last, "content": last["content"] + _REPAIR.format(problem=problem)}
    return replace(request, body=dict(request.body) | {"messages": [*before, again]}, repairs=request.key)
