"""What leaves the machine during an investigation, without names: those of the stay, and those of every other stay.

The mask of the stay knows its own people; whoever else occurs in the inspection — as a patient, or as one of its
staff — is known here, so that a name of another record in this one is seen to be another's and still not told.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from review.checks.inputs import Inspection

NAMES_IN = (  # tables and the columns of them that name people
    ("admissions", "person_name doctor"),
    ("charges", "ordering_doctor executor"),
    ("lines_left_out", "ordering_doctor executor"),
    ("orders", "doctor executor"),
    ("operations", "surgeon"),
    ("anesthesia", "anesthetist"),
    ("exams", "examiner"),
    ("labs", "examiner"),
    ("vitals", "nurse"),
    ("edits", "editor"),
    ("raw_signatures", "name"),
)
NUMBERS_IN = (
    ("admissions", "person_id inpatient_no record_no phone address employer bed admission_id"),
    ("raw_mdtrt_d", "certno"),
)
SHORTEST, LONGEST = 2, 4
LEAST_NUMBER = 6  # characters of a number that is looked for in running text
_NAME = re.compile(r"[㐀-鿿]{2,4}(?:·[㐀-鿿]{1,6})?")
_OTHER = re.compile(r"〔(?P<written>=+)(?=他)|〔他(?P<number>\d{1,9})〕")
_LIKE_OTHER = re.compile(r"〔(=*)(?=他)")
_RUN = re.compile(r"[㐀-鿿·]{2,}")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{5,}")


class Mask(Protocol):
    """What `review.deidentify` gives for one stay."""

    def hide(self, text: str) -> str: ...

    def show(self, text: str) -> str: ...


@dataclass(frozen=True)
class People:
    """Everybody and every number that names somebody in one inspection, in an order that says nothing."""

    values: tuple[str, ...]

    @classmethod
    def of(cls, inspection: Inspection) -> "People":
        found: set[str] = set()
        for table, columns in (*NAMES_IN, *NUMBERS_IN):
            for column in columns.split():
                rows = inspection.warehouse.rows(
                    f"select distinct {column} as value from {table} where {column} is not null"
                )
                for row in rows:
                    value = str(row["value"]).strip()
                    found |= {value, *_NAME.findall(value)} if (table, columns) in NAMES_IN else {value}
        return cls(tuple(sorted(found - {""}, key=_scattered)))

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """From a value to its number, counted from 1."""
        return {value: number for number, value in enumerate(self.values, start=1)}

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """The placeholder of every value."""
        return {value: f"〔他{number}〕" for value, number in self.numbers.items()}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(value for value in self.values if _NAME.fullmatch(value))

    @cached_property
    def _long(self) -> frozenset[int]:
        return frozenset(len(value) for value in self._names)

    def hide(self, text: str) -> str:
        """The text with everybody's name, and the numbers of any length that is no chance, behind placeholders."""
        return _NUMBER.sub(self._number, _RUN.sub(self._run, text))

    def of_cell(self, value: str) -> str:
        """A cell that holds a name or a number and nothing else."""
        return self.shown.get(value.strip()) or self.hide(value)

    def show(self, text: str) -> str:
        def shown(match: re.Match[str]) -> str:
            if match["written"]:
                return f"〔{match['written'][1:]}"
            number = int(match["number"])
            return self.values[number - 1] if 1 <= number <= len(self.values) else match[0]

        return _OTHER.sub(shown, text)

    def _run(self, match: re.Match[str]) -> str:
        run, place, said = match[0], 0, list[str]()
        lengths = sorted(self._long, reverse=True)
        while place < len(run):
            name = next((n for length in lengths if (n := run[place : place + length]) in self._names), None)
            said.append(f"〔他{self.numbers[name]}〕" if name else run[place])
            place += len(name) if name else 1
        return "".join(said)

    def _number(self, match: re.Match[str]) -> str:
        number = self.numbers.get(match[0])
        return match[0] if number is None else f"〔他{number}〕"


@dataclass(frozen=True)
class Veil:
    """The mask of the stay first, then everybody else's names; `show` is the way back."""

    mask: Mask
    people: People

    def hide(self, text: str) -> str:
        # what a record writes like a placeholder of ours is set apart, as the mask sets apart its own
        return self.people.hide(self.mask.hide(_LIKE_OTHER.sub(r"〔=\1", text)))

    def hide_cell(self, value: str) -> str:
        """A cell of a column that names people or numbers them: never left as it is."""
        hidden = self.mask.hide(value)
        return hidden if hidden != value else self.people.of_cell(value)

    def show(self, text: str) -> str:
        return self.mask.show(self.people.show(text))

    def hide_other(self, text: str, masks: Iterable[Mask] = ()) -> str:
        """A text of another stay; what its own masks put in cannot be taken for this stay's placeholders."""
        for mask in masks:
            text = mask.hide(text).replace("〔", "(").replace("〕", ")")
        return self.hide(text)


def _scattered(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
