"""How far a hospital's orders or reports answer its charges: where most have none, a missing one says nothing."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Answered(NamedTuple):
    """One item of one stay: whether all its lines are answered, and whether any is; `group` is what it is held with."""

    group: str
    name: str
    wholly: bool
    partly: bool


class Coverage:
    """Counts over the items of all stays; the item in question is left out of its own measure."""

    def __init__(self, items: Iterable[Answered]) -> None:
        self._all: Counter[str] = Counter()
        self._wholly: Counter[str] = Counter()
        self._named: Counter[str] = Counter()
        self._named_partly: Counter[str] = Counter()
        for item in items:
            self._all[item.group] += 1
            self._wholly[item.group] += item.wholly
            self._named[item.name] += 1
            self._named_partly[item.name] += item.partly

    def share(self, item: Answered) -> float:
        """Of the other items of its group, the part that is answered, 0 to 1."""
        others = self._all[item.group] - 1
        return (self._wholly[item.group] - item.wholly) / others if others else 0.0

    def elsewhere(self, item: Answered) -> tuple[int, int]:
        """In how many other stays the item is charged, and in how many of these any of its lines is answered."""
        return self._named[item.name] - 1, self._named_partly[item.name] - item.partly
