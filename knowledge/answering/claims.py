"""What a model says, read as it comes: one JSON object for each sentence, out of whatever surrounds it.

Code fences, prose, lists around the objects and a broken last line do no harm: what cannot be read is counted.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_OBJECT = 6000  # characters; an object that does not end by then is broken
LEAST_PROSE = 8  # letters of text outside any object that count as something said
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.S | re.I)
_OPENED = re.compile(r"<think(?:ing)?>|<(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?)?$", re.I)
_LETTER = re.compile(r"[㐀-鿿A-Za-z0-9]")
_NEXT_OBJECT = re.compile(r'\n[ \t]*\{[ \t]*"')


@dataclass(frozen=True)
class Claim:
    """A sentence, and what it cites: the number of a passage and the words quoted from it."""

    sentence: str
    citations: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Declined:
    """The model says that the passages do not answer."""


class ClaimReader:
    """Takes the text piece by piece; `unread` counts what was said and could not be read."""

    def __init__(self) -> None:
        self.unread = 0
        self._text = ""

    def feed(self, piece: str) -> Iterator[Claim | Declined]:
        """The claims that are complete with this piece."""
        self._text += piece
        opened = _OPENED.search(self._text)
        if opened and not re.search("</think", self._text[opened.start() :], re.I):
            whole, thought = self._text[: opened.start()], self._text[opened.start() :]
            if re.fullmatch(r"<think(?:ing)?>.*", thought, re.S | re.I) or "{" not in thought:
                self._text = whole
                yield from self._objects()
                self._text += thought
                return
        self._text = _THOUGHT.sub("", self._text)
        yield from self._objects()

    def close(self) -> Iterator[Claim | Declined]:
        """What the last piece left over; a broken line is counted."""
        self._text = _THOUGHT.sub("", self._text)
        yield from self._objects()
        if self._text.strip().strip("`[],"):
            self.unread += "{" in self._text or _says(self._text)
        self._text = ""

    def _objects(self) -> Iterator[Claim | Declined]:
        while (start := self._text.find("{")) >= 0:
            self.unread += _prose(self._text[:start])
            self._text = self._text[start:]
            end = _end_of_object(self._text)
            broken = _NEXT_OBJECT.search(self._text, 1, end or len(self._text))
            if broken or (end is None and len(self._text) > LONGEST_OBJECT):
                self.unread += 1
                self._text = self._text[broken.start() + 1 if broken else LONGEST_OBJECT :]
                continue
            if end is None:
                return
            yield from self._read(self._text[:end])
            self._text = self._text[end:]

    def _read(self, text: str) -> Iterator[Claim | Declined]:
        try:
            said = json.loads(text, strict=False)
        except ValueError:
            self.unread += 1
            return
        for one in _answers_in(said):
            claim = _claim(one)
            if claim is None:
                self.unread += 1
            else:
                yield claim


def _end_of_object(text: str) -> int | None:
    """Where the object that begins the text ends; null while it is open."""
    depth, quoted, escaped = 0, False, False
    for place, sign in enumerate(text):
        if quoted:
            quoted = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            quoted = True
        elif sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if depth == 0:
                return place + 1
    return None


def _answers_in(said: Any) -> list[Any]:
    """The object, or those of the list it wraps."""
    lists = [value for value in said.values() if isinstance(value, list)]
    wraps = "sentence" not in said and len(lists) == 1 and lists[0] and isinstance(lists[0][0], dict)
    return list(lists[0]) if wraps else [said]


def _claim(said: Any) -> Claim | Declined | None:
    if not isinstance(said, dict):
        return None
    sentence = said.get("sentence")
    if not sentence and said.get("refuse"):
        return Declined()
    given = said.get("citations") or []
    if not isinstance(sentence, str) or not isinstance(given, list):
        return None
    citations = [_citation(one) for one in given]
    if not sentence.strip() or any(one is None for one in citations):
        return None
    return Claim(sentence, tuple(one for one in citations if one))


def _citation(said: Any) -> tuple[int, str] | None:
    if not isinstance(said, dict) or not isinstance(said.get("quote"), str):
        return None
    number = said.get("passage")
    if isinstance(number, str) and re.fullmatch(r"\s*\[?\d{1,3}\]?\s*", number):
        number = int(number.strip(" []"))
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return number, said["quote"]


def _prose(text: str) -> int:
    return sum(_says(line) for line in re.sub(r"```\w*", "", text).splitlines())


def _says(text: str) -> bool:
    return len(_LETTER.findall(text)) >= LEAST_PROSE
