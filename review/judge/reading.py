"""Reads a model's text as a typed answer, forgiving in form: code fences, words around the object, a trailing comma.

What it means is left alone: a text without an object of the right shape is no answer.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

MOST_OBJECTS = 50  # looked at in one text
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.S)
_TRAILING = re.compile(r",(\s*[}\]])")
_A = TypeVar("_A", bound=BaseModel)


class Unreadable(ValueError):
    """The text holds no answer of the asked shape; the message says what is wrong and repeats none of its words."""


def read_answer(text: str, answer: type[_A]) -> _A:
    """The last object of the text that has the shape of the answer. Raises `Unreadable`."""
    found = list(_objects(_THOUGHT.sub("", text)))
    if not found:
        raise Unreadable("没有 JSON 对象")
    problem = ""
    for one in reversed(found):
        try:
            return answer.model_validate(one)
        except ValidationError as wrong:
            problem = problem or _told(wrong)
    raise Unreadable(problem)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand in a text one after another.

    What is left of a broken one is not searched for others, but at the start of a line: its inner objects would pass
    for the answer.
    """
    decoder = json.JSONDecoder(strict=False)
    place = text.find("{")
    for _ in range(MOST_OBJECTS):
        if place < 0:
            return
        try:
            one, end = decoder.raw_decode(text, place)
        except ValueError:
            mended = _TRAILING.sub(r"\1", text[place:])
            try:
                one, length = decoder.raw_decode(mended)
            except (ValueError, RecursionError):
                place = _next_line(text, place)
                continue
            text, end = mended, length
        except RecursionError:
            return
        yield one
        place = text.find("{", end)


def _next_line(text: str, place: int) -> int:
    found = text.find("\n{", place)
    return found + 1 if found >= 0 else -1


def _told(wrong: ValidationError) -> str:
    """Where an answer departs from its shape, in the schema's own names."""
    first = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "对象"
    return f"{place}：{first['type']}"
