"""Whether letters are likelier a name or words: the opinion asked where the company of a name tells too little.

Words have the frequency they have in print, names that of their surname and of letters in given names. Says nothing of
what stands around the letters; whoever asks weighs that himself.
"""

import math
from functools import cache, lru_cache
from pathlib import Path

from review.masking_lexicon import ALSO_GIVEN, COMPOUND, GIVEN, SURNAME_ORDER

_FREQUENCIES = Path(__file__).with_name("masking_frequencies.txt")
_LONGEST = 4
_UNKNOWN = 17.0  # a letter that no list holds, as seldom as the rarest in print
_COMPOUND, _RARE = 8.5, 10.5
_GIVEN, _AT_TIMES, _NOT_GIVEN = 6.5, 7.5, 9.0
_ONE_LETTER, _TWO_LETTERS = 1.6, 0.2  # a given name of one letter is one in five


def likelier_a_name(run: str, size: int) -> float:
    """By how much the first letters of a run are likelier a name than words, the rest being words: a logarithm."""
    return words_cost(run) - name_cost(run[:size]) - words_cost(run[size:])


@lru_cache(maxsize=20_000)
def words_cost(run: str) -> float:
    """How unlikely the letters are as a row of words: minus a logarithm."""
    costs = _costs()
    best = [0.0]
    for end in range(1, len(run) + 1):
        least = best[end - 1] + costs.get(run[end - 1], _UNKNOWN)
        for size in range(2, min(_LONGEST, end) + 1):
            word = costs.get(run[end - size : end])
            if word is not None and best[end - size] + word < least:
                least = best[end - size] + word
        best.append(least)
    return best[-1]


def name_cost(letters: str) -> float:
    """How unlikely the letters are as a name."""
    compound = letters[:2] in COMPOUND and len(letters) > 2
    given = letters[2 if compound else 1 :]
    cost = _COMPOUND if compound else _surname_cost(letters[0])
    cost += _ONE_LETTER if len(given) == 1 else _TWO_LETTERS
    return cost + given_cost(given)


def given_cost(letters: str) -> float:
    """How unlikely the letters are in a given name."""
    return sum(
        _GIVEN if sign in GIVEN else _AT_TIMES if sign in ALSO_GIVEN else _NOT_GIVEN for sign in letters
    )


def is_a_word(letters: str) -> bool:
    """Whether the letters are a word of print or of the clinic's tables."""
    return letters in _costs()


def _surname_cost(letter: str) -> float:
    """The first of the order is the name of seven in a hundred, the hundredth that of one in a thousand."""
    place = SURNAME_ORDER.get(letter)
    return _RARE if place is None else 2.6 + 0.9 * math.log1p(place)


@cache
def _costs() -> dict[str, float]:
    costs: dict[str, float] = {}
    for line in _FREQUENCIES.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            cost, size, letters = line.split(" ")
            step = int(size)
            for at in range(0, len(letters), step):
                costs[letters[at : at + step]] = float(cost)
    return costs
