"""A model's message as it may be sent back to it: calls in one form, each with an id of its own, whatever came."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_SAID, LONGEST_ARGUMENTS = 4000, 40_000
MOST_CALLS = 16
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.S)
_WRITTEN = re.compile(r"<tool_call>\s*(\{.*?\})\s*</tool_call>", re.S)


@dataclass(frozen=True)
class Call:
    """One call; `arguments` as the model wrote them."""

    id: str
    name: str
    arguments: str


def as_sent(message: Mapping[str, Any], step: int) -> tuple[dict[str, Any], tuple[Call, ...]]:
    """The message in the protocol's form and its calls. Arguments that are no object go back as an empty one."""
    text = _THOUGHT.sub("", str(message.get("content") or "")).strip()
    found = list(_declared(message)) or list(_written(text))
    calls = tuple(
        Call(f"call_{step}_{number}", name, arguments)
        for number, (name, arguments) in enumerate(found[:MOST_CALLS])
    )
    sent: dict[str, Any] = {"role": "assistant", "content": _WRITTEN.sub("", text)[:LONGEST_SAID].strip()}
    if calls:
        sent["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _object(call)}}
            for call in calls
        ]
    return sent, calls


def answered(call: Call, text: str) -> dict[str, Any]:
    """The result of a call as a message."""
    return {"role": "tool", "tool_call_id": call.id, "name": call.name, "content": text}


def _declared(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    asked = message.get("tool_calls")
    old = message.get("function_call")
    parts = [one.get("function") for one in asked if isinstance(one, dict)] if isinstance(asked, list) else []
    for part in parts or [old]:
        if isinstance(part, dict):
            yield _named(part)


def _written(text: str) -> Iterator[tuple[str, str]]:
    """Calls that a server without tools leaves in the text."""
    for match in _WRITTEN.finditer(text):
        try:
            part = json.loads(match[1])
        except (ValueError, RecursionError):
            continue
        if isinstance(part, dict):
            yield _named(part)


def _named(part: Mapping[str, Any]) -> tuple[str, str]:
    arguments = part.get("arguments")
    text = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
    return str(part.get("name") or "")[:64], text[:LONGEST_ARGUMENTS]


def _object(call: Call) -> str:
    """Servers read the arguments of earlier calls again; what they could not read would end the conversation."""
    try:
        given = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        return "{}"
    return call.arguments or "{}" if isinstance(given, dict) else "{}"
