"""What the institution's sheet lists: devices and departments in one text, people with specialty and period.

A roster entry is written `姓名:专业:起:止`; entries are parted by semicolons or line ends.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from review.checks.inputs import Inspection

ENTRY = re.compile(r"[;；\n]+")
PARTS = re.compile(r"[:：]")
NAMES = re.compile(r"[/、,，;；|+（()）\s]+|带教|指导")
DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")


@dataclass(frozen=True)
class Person:
    """One entry of the roster; an open end is a null day."""

    name: str
    specialty: str
    begins_on: date | None
    ends_on: date | None

    def serves_on(self, day: date | None) -> bool:
        return day is None or (
            (self.begins_on is None or self.begins_on <= day)
            and (self.ends_on is None or day <= self.ends_on)
        )


@dataclass(frozen=True)
class Institution:
    """What the sheet says; an empty list means that the column was not filled."""

    equipment: str
    departments: str
    people: tuple[Person, ...]

    def named(self, cell: str | None) -> list[Person]:
        """The people of the roster whom an executor cell names, whatever titles stand beside them."""
        return [person for person in self.people if len(person.name) >= 2 and person.name in (cell or "")]


@lru_cache(maxsize=1)
def institution_of(inspection: Inspection) -> Institution:
    """All rows of the sheet together; a hospital of several sites shares its devices and people."""
    rows = inspection.warehouse.rows(
        "select departments, equipment, staff from raw_institution order by row_number"
    )
    people = [
        person for row in rows for entry in ENTRY.split(str(row["staff"] or "")) if (person := _person(entry))
    ]
    return Institution(
        "；".join(str(row["equipment"]) for row in rows if row["equipment"]),
        "；".join(str(row["departments"]) for row in rows if row["departments"]),
        tuple(people),
    )


def executors_of(text: str | None) -> tuple[str, ...]:
    """The people an executor cell names: 王某/李某, 王某(带教李某)."""
    return tuple(name for name in NAMES.split(text or "") if len(name) >= 2)


def _person(entry: str) -> Person | None:
    parts = [part.strip() for part in PARTS.split(entry)]
    if len(parts) < 2 or not parts[0]:
        return None
    begins, ends = (_day(parts[place]) if len(parts) > place else None for place in (2, 3))
    return Person(parts[0], parts[1], begins, ends)


def _day(text: str) -> date | None:
    match = DAY.search(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
