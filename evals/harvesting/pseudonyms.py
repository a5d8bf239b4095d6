"""What stands for each entry of a vocabulary. Drawn anew at every harvest and kept nowhere, so nothing leads back."""

import random
import re
from datetime import date

from evals.harvesting.names import InventedNames
from evals.harvesting.numbers import (
    filled,
    invented_births,
    invented_card,
    invented_numbers,
    invented_phone,
)
from evals.harvesting.places import InventedPlaces
from evals.harvesting.vocabulary import Vocabulary
from review.masking_letters import bare

GROWN = 3  # years before the first stay
_REGION = re.compile(r"[A-Z]?\d{6}")


class Pseudonyms:
    """For each name, number, place and date of birth another; `region` is what identity numbers begin with."""

    def __init__(self, vocabulary: Vocabulary, region: str | None, chance: random.Random) -> None:
        self._chance = chance
        self._taken = set(vocabulary.all_numbers())
        self._births = invented_births(vocabulary.births, chance)
        years = [day.year for stays in vocabulary.births.values() for stay in stays for day in stay]
        self._grown = min(years, default=9999) - GROWN
        self._names = InventedNames(vocabulary.names, chance)
        self._places = InventedPlaces(vocabulary.places, chance)
        self._drawn: dict[str, str] = {}  # for what only a context tells to be a number
        self.numbers = invented_numbers(vocabulary.numbers, chance)
        self._taken |= set(self.numbers.values())
        for card in sorted(vocabulary.identities):
            self._give(card, invented_card(card, self._births, region or "999999", self._taken, chance))
        for phone in sorted(vocabulary.phones):
            self._give(phone, invented_phone(phone, self._taken, chance))
        for code in sorted(vocabulary.codes):
            self._give(code, self._of_hospital(code))

    def _give(self, number: str, new: str) -> None:
        self.numbers[number] = new
        self._taken.add(new)

    def _of_hospital(self, code: str) -> str:
        """The code of another hospital of the same region, whose rules apply to it."""
        kept = region[0] if (region := _REGION.match(code)) else ""
        rest = code[len(kept) :]
        return code if len(rest) < 3 else kept + self._digits(rest)

    def _digits(self, writing: str) -> str:
        return filled(writing, "".join(str(self._chance.randrange(10)) for _ in writing))

    def name(self, letters: str) -> str:
        return self._names.of(letters)

    def place(self, writing: str) -> str:
        return self._places.of(writing)

    def birth(self, born: date) -> date:
        """One that no table tells is a relative's; near the stays it may be that of a delivery, and stays."""
        if born not in self._births and born.year < self._grown:
            self._births |= invented_births({born: ()}, self._chance)
        return self._births.get(born, born)

    def number(self, writing: str) -> str:
        """For a number as it is written; one that only a text held is drawn when it comes."""
        letters = bare(writing)
        if letters in self.numbers:
            return self.numbers[letters]
        if letters not in self._drawn:
            self._drawn[letters] = self._digits(letters)
        return self._drawn[letters]

    def given(self) -> frozenset[str]:
        """Every invented number."""
        return frozenset(self.numbers.values()) | frozenset(self._drawn.values())
