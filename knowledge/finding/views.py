"""By what words a unit can be found: its own under its headings, our digest of it, and how people ask for it.

A digest that gave way to the official text keeps helping it: its words and its `问：` lines become views of the
unit that has its passage, or of the nearest unit above. A view helps to find and is never shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.cutting.passages import Passage
from knowledge.finding.collection import Collection, loose_passage, loose_title

OWN, DIGEST, ASKED = 0, 1, 2
_DEEPEST = 4  # a paragraph's item of an article lies this far below it at most

Name = tuple[str, str]
Row = tuple[str, str, int, int]  # heading, body, unit, kind


@dataclass(frozen=True)
class Views:
    """One row a view, the units' own rows first and in their order: `units[row]` counts the collection's units."""

    headings: tuple[str, ...]  # title and number of the document
    bodies: tuple[str, ...]
    units: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int8]

    @property
    def texts(self) -> list[str]:
        return [f"{heading} {body}" for heading, body in zip(self.headings, self.bodies, strict=True)]


def views_of(collection: Collection) -> Views:
    """Every unit's own words, then the views that digests add."""
    rows = [*_own(collection), *_added(collection)]
    headings, bodies, units, kinds = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Views(headings, bodies, np.array(units, dtype=np.int32), np.array(kinds, dtype=np.int8))


def _own(collection: Collection) -> Iterator[Row]:
    for number, place in enumerate(collection.units):
        passage, document = collection.passages[place], collection.documents[collection.owners[place]]
        heading = f"{document.title} {document.number or ''}"
        yield heading, f"{opening(passage)}\n{passage.text}", number, OWN


def opening(passage: Passage) -> str:
    """What stands above a unit's text in its own row: its name and the headings it stands under."""
    return f"{passage.passage} {passage.context}"


def _added(collection: Collection) -> Iterator[Row]:
    places: dict[Name, list[int]] = {}
    for place, passage in enumerate(collection.passages):
        places.setdefault(_name(passage), []).append(place)
    number = {place: unit for unit, place in enumerate(collection.units)}
    for place, passage in enumerate(collection.passages):
        if not passage.asked and not collection.documents[collection.owners[place]].digest:
            continue
        for unit in _units_of(collection, places, number, place):
            for line in passage.asked.splitlines():
                yield passage.document, line, unit, ASKED
            if collection.units[unit] != place:
                yield passage.document, f"{passage.passage}\n{passage.text}", unit, DIGEST


def _units_of(
    collection: Collection, places: dict[Name, list[int]], number: dict[int, int], place: int
) -> list[int]:
    """The units that stand for a passage: itself, the official text of its name, or what it is a part of."""
    name = _name(collection.passages[place])
    for _ in range(_DEEPEST):
        same = places.get(name, ())
        found = [number[one] for one in same if one in number]
        if found:
            return found
        above = next(
            (collection.passages[one].parent for one in same if collection.passages[one].parent), None
        )
        if above is None:
            return []
        name = name[0], loose_passage(above)
    return []


def _name(passage: Passage) -> Name:
    return loose_title(passage.document), loose_passage(passage.passage)
