"""How surely a recognised line's numbers and times were read: the least sure character of each, not the line's mean.

A line of thirty characters read at 0.97 in the mean may hold a digit read at 0.5. What lies between two characters
counts too: a point or a digit that was dropped leaves its trace there.
"""

import re
from typing import Any

from knowledge.readers.text import normalise

Weak = tuple[int, int, float]  # begin and end in the line, and how sure the least certain character there is
_BLANK = 0  # of the engine's alphabet: no character at this step
# Numbers with what joins them to a time or a measure, and the words of one character that turn a fact round.
NUMBERED = re.compile(r"[0-9A-Za-z.,:/~+\-]*\d(?:[0-9A-Za-z.,:/~+\-%年月日时分]|[ ](?=\d))*|[左右双男女阴阳]")


class SureText(str):
    """A line as decoded, with how sure each of its characters is."""

    sure: tuple[float, ...] = ()


class SureDecoder:
    """Decodes as the engine's own decoder does, which it wraps, and keeps how sure each character is."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def __call__(self, steps: Any, *arguments: Any, **options: Any) -> Any:
        """`steps` is an array of lines × steps × characters with the probability of each."""
        lines, words = self._own(steps, *arguments, **options)
        return [
            (_with_sureness(text, step), score) for (text, score), step in zip(lines, steps, strict=True)
        ], words


def _with_sureness(text: str, steps: Any) -> SureText:
    told = SureText(text)
    told.sure = tuple(_sureness(steps))
    return told


def _sureness(steps: Any) -> list[float]:
    """For each decoded character the lowest of its own probability and, around it, of what explains the steps.

    A step is explained by the blank, by the character before and by the one after: what is left speaks for another.
    """
    best = steps.argmax(axis=1)
    places = [
        place for place, code in enumerate(best) if code != _BLANK and (not place or best[place - 1] != code)
    ]
    codes = [int(best[place]) for place in places]
    found = []
    for number, (place, code) in enumerate(zip(places, codes, strict=True)):
        begin = places[number - 1] + 1 if number else 0
        end = places[number + 1] if number + 1 < len(places) else len(best)
        near = {_BLANK, code, *codes[max(0, number - 1) : number + 2]}
        explained = steps[begin:end, sorted(near)].sum(axis=1).min()
        run = place
        while run < len(best) and best[run] == code:
            run += 1
        found.append(min(float(steps[place:run, code].max()), float(explained)))
    return found


def said_surely(text: str, score: float) -> tuple[str, tuple[Weak, ...]]:
    """The line normalised, its white space single, and its numbers and times that are less sure than the whole."""
    plain = " ".join(normalise(text).split())
    sure = _folded(text, plain)
    weak = []
    for word in NUMBERED.finditer(plain):
        least = min(sure[word.start() : word.end()], default=score)
        if least < score:
            weak.append((word.start(), word.end(), round(least, 4)))
    return plain, tuple(weak)


def _folded(text: str, plain: str) -> list[float]:
    """How sure each character of the normalised line is; where that cannot be told apart, the least of all."""
    known = getattr(text, "sure", ())
    if len(known) != len(text):
        return [min(known, default=1.0)] * len(plain)
    pieces = [(sign, sure) for one, sure in zip(text, known, strict=True) for sign in normalise(one)]
    kept = [(sign, sure) for sign, sure in pieces if not sign.isspace()]
    if "".join(sign for sign, _ in kept) != "".join(plain.split()):
        return [min(known, default=1.0)] * len(plain)
    told = iter(kept)
    return [1.0 if sign.isspace() else next(told)[1] for sign in plain]
