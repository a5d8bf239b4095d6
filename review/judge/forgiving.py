"""The parts an answer is made of, read however a model writes them: line numbers, quotes, words of a closed list.

What a thing means is not stretched: a word that is none of the list is the list's own word for not knowing.
"""

import re
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator

MOST_CLAIMS = 60  # of one list; a longer one is not an answer to our question
MOST_LINES = 40
_DIGITS = re.compile(r"\d+")
_SPAN = re.compile(r"(\d+)\s*[-–—~至到]\s*(\d+)")
_EDGES = " \t\n\r'\"`。.，,：:；;“”‘’「」（）()[]【】"


def _plain(given: Any) -> Any:
    return (
        given.strip(_EDGES).lower().replace(" ", "_").replace("-", "_") if isinstance(given, str) else given
    )


def word(words: Any, otherwise: str, also: dict[str, str] | None = None) -> BeforeValidator:
    """Reads a verdict: a word of ours, one that clearly stands for it, else `otherwise`."""
    known = {word: word for word in get_args(words)} | (also or {})

    def read(given: Any) -> Any:
        plain = _plain(given)
        if isinstance(plain, bool):
            plain = "yes" if plain else "no"
        return known.get(plain, otherwise) if isinstance(plain, str) else otherwise

    return BeforeValidator(read)


def _numbers(given: Any) -> Any:
    """Line numbers however they are written: 12, "12", "12│", "12-14", [12, 13]."""
    found: list[int] = []
    for one in given if isinstance(given, list | tuple) else [given]:
        if isinstance(one, int) and not isinstance(one, bool):
            found.append(one)
        elif isinstance(one, float) and one.is_integer():
            found.append(int(one))
        elif isinstance(one, str) and (span := _SPAN.search(one)):
            first, last = int(span[1]), int(span[2])
            found += range(first, min(last, first + MOST_LINES) + 1)
        elif isinstance(one, str):
            found += (int(digits[:9]) for digits in _DIGITS.findall(one))
    return found[:MOST_LINES]


def _text(given: Any) -> Any:
    if given is None:
        return ""
    if isinstance(given, bool):
        return ""
    return (
        str(given) if isinstance(given, int | float) else given.strip() if isinstance(given, str) else given
    )


def _number(given: Any) -> Any:
    """A number, or null where there is none; a value with its unit is not guessed at."""
    if isinstance(given, bool) or given is None:
        return None
    if isinstance(given, int | float):
        return float(given)
    try:
        return float(str(given).strip())
    except ValueError:
        return None


def _listed(given: Any) -> Any:
    """A list, where a single thing or nothing was written."""
    if given is None or given == "":
        return []
    if isinstance(given, dict):
        return [given]
    return given[:MOST_CLAIMS] if isinstance(given, list) else given


def _switch(given: Any) -> Any:
    """Whether a switch is on; a sentence in its place is on too, for it says what was found."""
    if isinstance(given, bool):
        return given
    plain = _plain(given)
    return bool(plain) and plain not in {"false", "no", "none", "null", "0", "否", "无", "没有"}


Text = Annotated[str, BeforeValidator(_text)]
Number = Annotated[float | None, BeforeValidator(_number)]
Lines = Annotated[list[int], BeforeValidator(_numbers)]
Switch = Annotated[bool, BeforeValidator(_switch)]
Listed = BeforeValidator(_listed)
Texts = BeforeValidator(lambda given: [given] if isinstance(given, str) else _listed(given))
