"""What identifies in one inspection: every name, number, place and date of birth that its tables and documents hold.

What a table says is taken from its columns, what only a text says from the masking. Two admissions that hold the same
name, number or place share one entry, so that whoever replaces it replaces it everywhere alike.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from review.intake.columns import shapes
from review.intake.inspection import Intake
from review.masking_letters import bare
from review.masking_numbers import ADDRESS, BED, BIRTH, EMPLOYER, IDENTITY, NUMBER, PHONE

PEOPLE = frozenset(
    {
        "psn_name", "chfpdr_name", "bilg_dr_name", "acord_dr_name", "oper_dr_name", "anst_dr_name", "doctor",
        "executor", "surgeon", "anesthetist", "examiner", "nurse", "editor", "staff",
    }
)  # fmt: skip
PLACES = frozenset({"addr", "emp_name", "fixmedins_name", "name"})
CODES = frozenset({"fixmedins_code", "code"})  # of hospitals
LEAST = 5  # letters of a number from which it tells one from another: an order is often called 1
SEARCHED = 6  # letters of a number from which it is looked for in what was written
_NAME = re.compile(r"[㐀-鿿𠀀-𲎯〇·某*×]{2,}|[A-Za-z][A-Za-z .]{2,}")
NOBODY = re.compile(
    r"^(?:无|不详|未知|本人|家属|患者|自动|系统|机器|空白|[*×某]+)$"
    r"|(?:科|室|站|部|组|中心|管理员|系统|工作站|护士|医师|医生|病区|病房)$"
)
NO_PLACE = re.compile(
    r"^(?:无|不详|未知|其他|暂无|农民|务农|个体.{0,3}|退休.{0,2}|无业|自由职业.?|学生|儿童|本地|同上|灵活就业.{0,2}|[-/*×]+)$"
)
_CARD = re.compile(r"[1-9]\d{5}(?:(?:18|19|20)[\d*]{9}[\dX*]|[\d*]{9})")


@dataclass(frozen=True)
class Vocabulary:
    """What identifies; names, numbers and places as `bare` letters, births with the stays they are told beside."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    identities: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    births: Mapping[date, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def all_numbers(self) -> frozenset[str]:
        """Every number whatever it is of."""
        return self.numbers | self.identities | self.phones | self.codes


@dataclass
class _Gathered:
    names: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    identities: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    births: dict[date, set[tuple[date, date]]] = field(default_factory=dict)

    def of_cell(self, column: str, kind: str, cell: str) -> None:
        if column in PEOPLE:
            self.names.update(names_in(cell, staff=column == "staff"))
            for number in staff_numbers_in(cell) if column != "staff" else ():
                self.of_number(number, False)
        elif column in PLACES:
            if not NO_PLACE.match(cell.strip()):
                self.places.add(bare(cell))
        elif column in CODES:
            self.codes.add(bare(cell))
        elif column == "tel":
            self.phones.update(phones_in(cell))
        elif kind == "id":
            self.of_number(bare(cell), column == "certno")

    def of_number(self, letters: str, card: bool) -> None:
        if len(letters) >= LEAST and any(sign.isdigit() for sign in letters):
            (self.identities if card and _CARD.fullmatch(letters) else self.numbers).add(letters)

    def of_span(self, writing: str, kind: str) -> None:
        """What the masking found in a text."""
        letters = bare(writing)
        if kind == PHONE:
            self.phones.update(phones_in(writing))
        elif kind == IDENTITY:
            self.of_number(letters, True)
        elif kind == NUMBER:
            self.of_number(letters, False)
        elif kind in (ADDRESS, EMPLOYER):
            if (
                len(address := letters.removeprefix("址")) > 3
            ):  # the end of a label that the masking cut short
                self.places.add(address)
        elif kind not in (BED, BIRTH):
            # two letters that only their context tells are a name there, and may be words elsewhere
            self.names.update(name for name in names_in(writing) if len(name) > 2)


def vocabulary_of(intake: Intake, told: Iterable[tuple[str, str]], people: Iterable[str] = ()) -> Vocabulary:
    """The vocabulary of an inspection. `told` are writings with their kinds as the masking found them in its texts;
    `people` are names that no table holds, such as those of the experts."""
    gathered = _Gathered()
    for name, table in intake.tables.items():
        for column in shapes()[name].columns:
            for cell in (
                table[column.name].unique().to_pylist() if column.kind in ("id", "text", "code") else ()
            ):
                if cell:
                    gathered.of_cell(column.name, column.kind, cell)
    for row in intake.tables["mdtrt_d"].to_pylist():
        _births_of(row, gathered.births)
    for document in intake.documents:
        for one in document.signatures:
            gathered.names.update(names_in(one.name))
    for writing, kind in told:
        gathered.of_span(writing, kind)
    for name in people:
        gathered.names.update(names_in(name))
    about = intake.about
    gathered.places.update(bare(one) for one in (about.hospital_name, about.region_name) if one)
    gathered.codes.update(bare(one) for one in (about.hospital_code,) if one)
    gathered.numbers -= gathered.identities | gathered.phones | gathered.codes
    gathered.phones -= gathered.identities
    return _frozen(gathered)


def _frozen(gathered: _Gathered) -> Vocabulary:
    births = {day: tuple(sorted(stays)) for day, stays in gathered.births.items()}
    return Vocabulary(
        names=frozenset(gathered.names),
        numbers=frozenset(gathered.numbers),
        identities=frozenset(gathered.identities),
        phones=frozenset(gathered.phones),
        codes=frozenset(gathered.codes),
        places=frozenset(gathered.places),
        births=births,
    )


def names_in(cell: str, *, staff: bool = False) -> Iterator[str]:
    """The names a cell holds; `staff` is a list of `name:specialty:from:to`."""
    entries = re.split(r"[;；\n]", cell) if staff else [cell]
    for entry in entries:
        told = re.split(r"[:：]", entry)[0] if staff else entry
        for piece in re.split(r"[,，、/;；|\d()（）]+", told):
            for found in _NAME.findall(re.sub(r"(?<=[㐀-鿿])[ \u3000]+(?=[㐀-鿿])", "", piece)):
                letters = bare(found)
                if 2 <= len(letters) <= 24 and not NOBODY.search(letters):
                    yield letters


def staff_numbers_in(cell: str) -> Iterator[str]:
    """The numbers that stand beside the names of a cell."""
    yield from (bare(run) for run in re.findall(r"[A-Za-z]{0,4}\d[0-9A-Za-z]*", cell) if len(run) > 2)


def phones_in(cell: str) -> Iterator[str]:
    """The telephone numbers of a cell; one of a single digit over and over is none."""
    for piece in re.split(r"[^\d*+() -]+|(?<=\d{11})\s+(?=1)", cell):
        digits = "".join(sign for sign in piece if sign.isdigit() or sign == "*")
        if len(digits) >= LEAST and len(set(digits) - {"*"}) > 1:
            yield digits


def _births_of(row: Mapping[str, Any], births: dict[date, set[tuple[date, date]]]) -> None:
    begins, ends = _day(row["begntime"]), _day(row["endtime"])
    card = bare(row["certno"] or "")
    for day in (row["brdy"], birth_in(card)):
        if day is not None:
            births.setdefault(day, set()).update({(begins, ends)} if begins and ends else ())


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def birth_in(card: str) -> date | None:
    """The date of birth an identity number states in full."""
    if not _CARD.fullmatch(card):
        return None
    digits = card[6:14] if len(card) == 18 else f"19{card[6:12]}"
    try:
        return datetime.strptime(digits, "%Y%m%d").date()
    except ValueError:
        return None
