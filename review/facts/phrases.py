"""Reads the phrases declared in `phrases.yaml`: one mechanism for everything that is said rather than measured."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import yaml

from review.facts.context import Context, clause_around, context
from review.facts.gates import Gates
from review.facts.sentences import REMEMBERED, Sentence, Wording

FILE = Path(__file__).with_name("phrases.yaml")
CONTEXTS = frozenset({"denied", "past", "planned", "relative"})


@dataclass(frozen=True)
class Phrase:
    """One declared phrase, compiled."""

    kind: str
    name: str
    any: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    whole: re.Pattern[str] | None
    still: frozenset[str]


@dataclass(frozen=True)
class Said:
    """A phrase found in a sentence; [start, end) counts in the bare text."""

    phrase: Phrase
    sentence: Sentence
    start: int
    end: int


@cache
def phrases() -> tuple[Phrase, ...]:
    """Every declared phrase; a misspelt key is an error."""
    return tuple(_compiled(entry) for entry in yaml.safe_load(FILE.read_text("utf-8")))


def _compiled(entry: dict[str, list[str] | str]) -> Phrase:
    unknown = set(entry) - {"kind", "name", "any", "unless", "whole", "still"}
    still = frozenset(entry.get("still", ()))
    if unknown or still - CONTEXTS:
        raise ValueError(
            f"{FILE.name}：{entry.get('kind')} 有不认识的键或语境 {sorted(unknown | (still - CONTEXTS))}"
        )
    return Phrase(
        str(entry["kind"]),
        str(entry["name"]),
        tuple(re.compile(pattern) for pattern in entry["any"]),
        _either(entry.get("unless", ())),
        _either(entry.get("whole", ())),
        still,
    )


def _either(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return re.compile(joined) if joined else None


def said(sentences: Iterable[Sentence], *kinds: str) -> Iterator[Said]:
    """The phrases of these kinds (all of them where none is named) that the sentences assert."""
    for sentence in sentences:
        for phrase, start, end in _asserted(sentence.wording, kinds):
            yield Said(phrase, sentence, start, end)


@lru_cache(maxsize=REMEMBERED)
def _asserted(wording: Wording, kinds: tuple[str, ...]) -> tuple[tuple[Phrase, int, int], ...]:
    """The phrases of these kinds that a wording asserts, each where it first does."""
    found = []
    for phrase, patterns in groupby(wanted(kinds).open_to(wording.letters), itemgetter(0)):
        places = (match.span() for _, pattern in patterns for match in pattern.finditer(wording.bare))
        place = next((span for span in places if _counts(phrase, wording, *span)), None)
        if place is not None:
            found.append((phrase, *place))
    return tuple(found)


@cache
def wanted(kinds: tuple[str, ...]) -> Gates[tuple[Phrase, re.Pattern[str]]]:
    """The phrases of these kinds, all of them where none is named, with each pattern behind its gate."""
    chosen = (phrase for phrase in phrases() if not kinds or phrase.kind in kinds)
    return Gates((pattern, (phrase, pattern)) for phrase in chosen for pattern in phrase.any)


def _counts(phrase: Phrase, wording: Wording, start: int, end: int) -> bool:
    left, right = clause_around(wording.bare, start, end)
    if phrase.unless is not None and phrase.unless.search(wording.bare[left:right]):
        return False
    if phrase.whole is not None and phrase.whole.search(wording.bare):
        return False
    around = context(wording, start, end)
    return not any(_holds(around, name) for name in CONTEXTS - phrase.still)


def _holds(around: Context, name: str) -> bool:
    return bool(getattr(around, name))
