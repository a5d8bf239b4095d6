"""Which characters a text must hold before a pattern can match in it, read from the pattern itself.

Most sentences hold none of them, and asking a set is far cheaper than searching. A gate never closes on a text in which
the pattern matches: whatever a pattern has that is not understood here demands nothing.
"""

import importlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

Entry = TypeVar("Entry")
Letters = frozenset[str]
DIGIT = "\\d"  # stands for every decimal digit, of whatever script
MOST_DEMANDS, LARGEST_DEMAND = 4, 200  # four ranks: see Gates.open_to

# The standard library's own reader of patterns: a pattern taken apart by rules of ours would be read twice differently.
_parser: Any = importlib.import_module("re._parser")
_one_of, _digits = _parser.IN, _parser.CATEGORY_DIGIT
_FIGURE = re.compile(DIGIT)
_REPEATS = (_parser.MAX_REPEAT, _parser.MIN_REPEAT, getattr(_parser, "POSSESSIVE_REPEAT", None))


@lru_cache(maxsize=4_096)
def letters_of(text: str) -> Letters:
    """The characters of a text, and DIGIT where one of them is a digit."""
    return frozenset((*text, DIGIT)) if _FIGURE.search(text) else frozenset(text)


class Gate:
    """Tells whether a pattern can match in a text of these letters; false only where it surely matches nowhere."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.demands = demands(pattern)

    def opens(self, letters: Letters) -> bool:
        return not any(map(letters.isdisjoint, self.demands))


class Gates(Generic[Entry]):
    """Many gates asked at once: the entries whose patterns can match in a text, in their order.

    Every letter has a number with a bit for each demand that it meets; the demands of one rank lie side by side."""

    def __init__(self, entries: Iterable[tuple[re.Pattern[str], Entry]]) -> None:
        pairs = list(entries)
        self.patterns = [pattern for pattern, _ in pairs]
        self._entries = [entry for _, entry in pairs]
        self._met: dict[str, int] = {}
        self._undemanded = 0
        for place, (pattern, _) in enumerate(pairs):
            wanted = demands(pattern)
            for rank in range(MOST_DEMANDS):
                bit = 1 << (rank * len(pairs) + place)
                if rank >= len(wanted):
                    self._undemanded |= bit
                for letter in wanted[rank] if rank < len(wanted) else ():
                    self._met[letter] = self._met.get(letter, 0) | bit
        self._letters = frozenset(self._met)

    def open_to(self, letters: Letters) -> Sequence[Entry]:
        met = self._undemanded
        for letter in self._letters & letters:
            met |= self._met[letter]
        size = len(self._entries)
        opened = met & (met >> size) & (met >> 2 * size) & (met >> 3 * size) & ((1 << size) - 1)
        chosen = []
        while opened:
            lowest = opened & -opened
            chosen.append(self._entries[lowest.bit_length() - 1])
            opened ^= lowest
        return chosen


def demands(pattern: re.Pattern[str]) -> tuple[Letters, ...]:
    """Sets of characters of each of which a text holds one wherever the pattern matches."""
    if pattern.flags & re.IGNORECASE:
        return ()
    found = set(_of_all(_parser.parse(pattern.pattern, pattern.flags)))
    small = sorted((demand for demand in found if len(demand) <= LARGEST_DEMAND), key=_rarity)
    return tuple(small[:MOST_DEMANDS])


def _rarity(demand: Letters) -> tuple[int, list[str]]:
    return len(demand), sorted(demand)


def _of_all(parts: Any) -> list[Letters]:
    """What a sequence demands: all that its members demand."""
    return [demand for operation, argument in parts for demand in _of_one(operation, argument)]


def _of_one(operation: Any, argument: Any) -> list[Letters]:
    if operation is _parser.LITERAL:
        return [frozenset(chr(argument))]
    if operation is _one_of:
        listed = _listed(argument)
        return [listed] if listed else []
    if operation is _parser.SUBPATTERN:
        return [] if argument[1] & re.IGNORECASE else _of_all(argument[3])
    if operation in _REPEATS:
        return _of_all(argument[2]) if argument[0] else []
    if operation is _parser.BRANCH:
        return _of_either([_of_all(branch) for branch in argument[1]])
    if operation is _parser.ASSERT:
        return _of_all(argument[1])
    return []


def _listed(members: Any) -> Letters | None:
    """The characters of a class; null where it is a negation or cannot be listed."""
    letters: set[str] = set()
    for operation, argument in members:
        if operation is _parser.LITERAL:
            letters.add(chr(argument))
        elif operation is _parser.RANGE and argument[1] - argument[0] < LARGEST_DEMAND:
            letters.update(map(chr, range(argument[0], argument[1] + 1)))
        elif operation is _parser.CATEGORY and argument is _digits:
            letters.add(DIGIT)
        else:
            return None
    return frozenset(letters)


def _of_either(branches: list[list[Letters]]) -> list[Letters]:
    """What alternatives demand together: the first, the last, or the smallest demand of each."""
    if not all(branches):
        return []
    picks = (
        [branch[0] for branch in branches],
        [branch[-1] for branch in branches],
        [min(branch, key=_rarity) for branch in branches],
    )
    return [frozenset().union(*picked) for picked in picks]


def first_letters(pattern: re.Pattern[str]) -> Letters:
    """The characters that a match can begin with. Raises ValueError where they cannot be listed."""
    letters, passes = _begin(_parser.parse(pattern.pattern, pattern.flags))
    if passes or not letters or DIGIT in letters or pattern.flags & re.IGNORECASE:
        raise ValueError(f"“{pattern.pattern}”不以确定的字开头")
    return letters


def _begin(parts: Any) -> tuple[Letters, bool]:
    """The characters a sequence can begin with, and whether it may also match nothing."""
    letters: set[str] = set()
    for operation, argument in parts:
        if operation is _parser.ASSERT_NOT or operation is _parser.ASSERT or operation is _parser.AT:
            continue
        if operation is _parser.LITERAL:
            return frozenset(letters | {chr(argument)}), False
        if operation is _one_of and (listed := _listed(argument)):
            return frozenset(letters | listed), False
        if operation is _parser.SUBPATTERN or operation in _REPEATS:
            inner, passes = _begin(argument[3] if operation is _parser.SUBPATTERN else argument[2])
            passes = passes or (operation in _REPEATS and argument[0] == 0)
        elif operation is _parser.BRANCH:
            begun = [_begin(branch) for branch in argument[1]]
            inner, passes = frozenset().union(*(each for each, _ in begun)), any(way for _, way in begun)
        else:
            raise ValueError("不以确定的字开头")
        letters |= inner
        if not passes:
            return frozenset(letters), False
    return frozenset(letters), True
