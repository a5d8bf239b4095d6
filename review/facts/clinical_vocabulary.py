"""The names of clinical statements, read from `clinical.yaml`: which words stand for which name, all in one pattern."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from review.facts.gates import first_letters

FILE = Path(__file__).with_name("clinical.yaml")
WORD_GROUPS = ("signs", "diagnoses", "history", "plans", "routes", "care", "lookalikes")
VALUE_GROUPS = ("vitals", "labs")
LOOKAROUND = re.compile(r"\(\?(?:[=!]|<[=!])[^()]*(?:\([^()]*\)[^()]*)*\)")
WAYS = frozenset({"says", "narrower", "implies", "denies"})
FIRST = re.compile(r"(?:\(\?<!(?P<behind>[^)]*)\))?(?P<first>[0-9A-Za-z\u4e00-\u9fffⅠ-Ⅻ])(?![?*+{])")


@dataclass(frozen=True)
class Word:
    """One pattern of one name; `way` tells what it says of the name, as the head of `clinical.yaml` explains."""

    group: str
    name: str
    way: str
    pattern: str


@dataclass(frozen=True)
class Quantity:
    """A measured name: the unit that must follow its number and the numbers that can be."""

    group: str
    name: str
    words: tuple[re.Pattern[str], ...]
    unit: re.Pattern[str]
    lowest: float
    highest: float


@dataclass(frozen=True)
class Vocabulary:
    """All words in one pattern, whose last group tells the word; the measured names with their quantities."""

    words: tuple[Word, ...]
    any_word: re.Pattern[str]
    quantities: tuple[Quantity, ...]
    measured: tuple[tuple[str, Quantity], ...]  # pattern and quantity, the longest pattern first

    @cached_property
    def _by_letter(self) -> Mapping[str, tuple[re.Pattern[str], tuple[Quantity, ...]]]:
        """By the letter that a measured name begins with: those names in one pattern, in the order of all."""
        begun: dict[str, list[tuple[str, Quantity]]] = {}
        for pattern, quantity in self.measured:
            for letter in first_letters(re.compile(pattern)):
                begun.setdefault(letter, []).append((pattern, quantity))
        return {
            letter: (re.compile(_either(names)), tuple(quantity for _, quantity in names))
            for letter, names in begun.items()
        }

    @cached_property
    def _beginning(self) -> re.Pattern[str]:
        return re.compile(f"[{re.escape(''.join(sorted(self._by_letter)))}]")

    def measured_names(self, text: str) -> Iterator[tuple[Quantity, re.Match[str]]]:
        """Every measured name with its quantity, the longest first where several begin at one place; none overlap."""
        place = 0
        while (begins := self._beginning.search(text, place)) is not None:
            pattern, quantities = self._by_letter[begins[0]]
            match = pattern.match(text, begins.start())
            if match is not None and match.lastindex is not None:
                yield quantities[match.lastindex - 1], match
            place = begins.end() if match is None else match.end()

    def groups(self) -> dict[str, str]:
        """Which group each name belongs to."""
        named = {word.name.split("=")[0]: word.group for word in self.words if word.group != "lookalikes"}
        return named | {quantity.name: quantity.group for quantity in self.quantities}


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary; a misspelt group or key is an error that names it."""
    declared = yaml.safe_load(FILE.read_text("utf-8"))
    unknown = set(declared) ^ {*WORD_GROUPS, *VALUE_GROUPS}
    if unknown:
        raise ValueError(f"{FILE.name}：分组不对或缺少 {sorted(unknown)}")
    words = sorted(_words(declared), key=lambda word: (_first(word), -_breadth(word), word.pattern))
    quantities = tuple(_quantities(declared))
    names = sorted(
        ((word.pattern, quantity) for quantity in quantities for word in quantity.words),
        key=lambda name: len(name[0]),
        reverse=True,
    )
    return Vocabulary(
        tuple(words),
        re.compile(_joined(words)),
        quantities,
        tuple(names),
    )


def _either(names: Sequence[tuple[str, Quantity]]) -> str:
    """Names as alternatives, each a group of its own."""
    return "|".join(f"({pattern})" for pattern, _ in names)


def _words(declared: Mapping[str, Any]) -> Iterator[Word]:
    for group in WORD_GROUPS:
        for name, ways in declared[group].items():
            if set(ways) - WAYS:
                raise ValueError(f"{FILE.name}：{name} 有不认识的键 {sorted(set(ways) - WAYS)}")
            for way, patterns in ways.items():
                yield from (Word(group, str(name), way, pattern) for pattern in _parted(patterns))


def _parted(patterns: str) -> Iterator[str]:
    return (pattern.strip("'") for pattern in patterns.split())


def _quantities(declared: Mapping[str, Any]) -> Iterator[Quantity]:
    for group in VALUE_GROUPS:
        for name, about in declared[group].items():
            if set(about) != {"says", "unit", "from", "to"}:
                raise ValueError(f"{FILE.name}：{name} 须写 says、unit、from、to")
            words = tuple(
                re.compile(rf"(?<![A-Za-z\-]){word}" if word[0].isascii() else word)
                for word in _parted(about["says"])
            )
            yield Quantity(
                group, str(name), words, re.compile(about["unit"]), float(about["from"]), float(about["to"])
            )


def _breadth(word: Word) -> int:
    """How much of a text a word spells out: what only looks around does not count."""
    return len(LOOKAROUND.sub("", word.pattern))


def _first(word: Word) -> str:
    return _cut(word)[0]


def _cut(word: Word) -> tuple[str, str]:
    """The first character of a word and what follows it, a look-behind put after the character."""
    match = FIRST.match(word.pattern)
    if match is None:
        raise ValueError(f"{FILE.name}：{word.name} 的“{word.pattern}”须以一个字开头")
    first = match["first"]
    behind = f"(?<!{match['behind']}{first})" if match["behind"] else ""
    return first, behind + word.pattern[match.end() :]


def _joined(words: list[Word]) -> str:
    """Words behind their common first character, the longest first, each a group of its own.

    The engine passes over a character that begins no word only where each branch begins with a plain one."""
    return "|".join(
        f"{first}(?:{'|'.join(f'({_cut(word)[1]})' for word in alike)})"
        for first, alike in groupby(words, key=_first)
    )
