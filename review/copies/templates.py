"""Templates learnt from the inspection itself: lines that many patients' documents of a kind carry, digits masked.

Learnt for a kind of document in the whole inspection and in each of its wards, because wards have forms of their own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review.copies.writings import Passage, Writing

DIGITS = re.compile(r"\d+(?:\.\d+)?")
EVERYWHERE = ""  # the ward that stands for all of them


def masked(line: str) -> str:
    """A line as a template would have it: whatever number stands in it."""
    return DIGITS.sub("#", line)


@dataclass(frozen=True)
class Templates:
    """The masked lines that are common, each with its kind and the ward it is common in."""

    lines: frozenset[tuple[str, str, str]]

    def passage(self, writing: Writing) -> Passage:
        """The writing with its templates marked."""
        return Passage(writing, tuple(not self._common(writing, masked(line)) for line in writing.lines))

    def _common(self, writing: Writing, line: str) -> bool:
        return any((writing.kind, ward, line) in self.lines for ward in {EVERYWHERE, writing.ward})


def learn_templates(writings: Iterable[Writing], share: float, least: int) -> Templates:
    """Lines that at least `least` patients and `share` of the patients with such documents have in common."""
    lines: dict[tuple[str, str, str], int] = {}
    groups: dict[tuple[str, str], int] = {}
    people: dict[str, int] = {}
    seen: list[tuple[int, int]] = []
    members: set[tuple[int, int]] = set()
    for writing in writings:
        person = people.setdefault(writing.person, len(people))
        once = {masked(line) for line in writing.lines}
        for ward in {EVERYWHERE, writing.ward}:
            members.add((groups.setdefault((writing.kind, ward), len(groups)), person))
            seen += [(lines.setdefault((writing.kind, ward, line), len(lines)), person) for line in once]
    if not seen:
        return Templates(frozenset())
    holders = _people_of_each(np.array(seen, dtype=np.int64), len(lines))
    patients = _people_of_each(np.array(sorted(members), dtype=np.int64), len(groups))
    return Templates(
        frozenset(
            key
            for key, number in lines.items()
            if holders[number] >= max(least, round(share * int(patients[groups[key[0], key[1]]])))
        )
    )


def _people_of_each(pairs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """How many different people each thing has, from (thing, person)."""
    return np.bincount(np.unique(pairs, axis=0)[:, 0], minlength=count)


def passages(writings: Sequence[Writing], share: float, least: int) -> list[Passage]:
    """Every writing with the templates of all of them marked."""
    templates = learn_templates(writings, share, least)
    return [templates.passage(writing) for writing in writings]
