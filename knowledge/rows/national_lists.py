"""The 88 rule classes and 183 typical problems of the national lists (2025 editions), by number, in our short names.

Of each it says which rows of which rule tables would let a check look for it, as `table[column=value&column~pattern]`,
several separated by semicolons, a question mark where they only help; and what no check can see in claims and records.
Numbers and groups follow 医保函〔2025〕2号 and the 2025 rule library; names and needs are ours.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from knowledge.rows.cells import Cell, cell_text
from knowledge.rows.held import load_rows
from knowledge.rows.regions import HeldRow, rows_of_region
from knowledge.rows.tables import ROW_TABLES

LISTS = Path(__file__).parents[1] / "lists"
_WANTED = re.compile(r"(\w+)(?:\[(.*)\])?(\??)")
_CONDITION = re.compile(r"(\w+)(?:(<=|>=|<|>|=|~)(.+))?")
_COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
}


@dataclass(frozen=True)
class RowsWanted:
    """Rows of one table that meet every condition. `optional` rows help and are not needed."""

    table: str
    conditions: tuple[tuple[str, str, str], ...] = ()
    optional: bool = False

    def meets(self, row: HeldRow) -> bool:
        return all(_meets(row.get(column), sign, value) for column, sign, value in self.conditions)


@dataclass(frozen=True)
class ListEntry:
    """One class or problem. `by_hand` says why no check can judge it; empty where one could."""

    number: int
    name: str
    group: str
    violations: tuple[str, ...]
    needs: tuple[RowsWanted, ...]
    by_hand: str


@dataclass(frozen=True)
class TableSource:
    """What a rule table is called, and which file of a bureau or of the state brings its rows."""

    says: str
    brought_by: str


@dataclass(frozen=True)
class RowsInForce:
    """The rows of every table that hold on a day in a region."""

    rows: Mapping[str, tuple[HeldRow, ...]]

    @classmethod
    def of(cls, home: Path | None, on: date, region: str | None) -> "RowsInForce":
        """Shipped and imported rows; without a region the national ones alone."""
        held = {
            name: tuple(
                row for row in rows_of_region(load_rows(name, home), spec, region).rows if _in_force(row, on)
            )
            for name, spec in ROW_TABLES.items()
        }
        return cls(held)

    def count(self, wanted: RowsWanted) -> int:
        """How many rows there are of what is wanted; none of a table that does not exist yet."""
        return sum(wanted.meets(row) for row in self.rows.get(wanted.table, ()))


@cache
def rule_classes() -> tuple[ListEntry, ...]:
    return _entries("rule_classes.csv")


@cache
def typical_problems() -> tuple[ListEntry, ...]:
    return _entries("typical_problems.csv")


@cache
def table_sources() -> Mapping[str, TableSource]:
    with (LISTS / "table_sources.csv").open(encoding="utf-8", newline="") as stream:
        return {
            line["table"]: TableSource(line["says"], line["brought_by"]) for line in csv.DictReader(stream)
        }


def wanted_rows(text: str) -> tuple[RowsWanted, ...]:
    """The needs of an entry as they are written. Raises ValueError where they cannot be read."""
    return tuple(_wanted(part) for part in text.split(";") if part)


def _entries(file: str) -> tuple[ListEntry, ...]:
    with (LISTS / file).open(encoding="utf-8", newline="") as stream:
        return tuple(
            ListEntry(
                int(line["number"]),
                line["name"],
                line["group"],
                tuple(filter(None, line["violations"].split("|"))),
                wanted_rows(line["needs"]),
                line["by_hand"],
            )
            for line in csv.DictReader(stream)
        )


def _wanted(text: str) -> RowsWanted:
    found = _WANTED.fullmatch(text)
    if not found:
        raise ValueError(f"“{text}”不是 表[条件&条件] 的样子")
    conditions: list[tuple[str, str, str]] = []
    for part in (found[2] or "").split("&"):
        condition = _CONDITION.fullmatch(part) if part else None
        if part and not condition:
            raise ValueError(f"“{text}”里的条件“{part}”看不懂")
        if condition:
            conditions.append((condition[1], condition[2] or "", condition[3] or ""))
    return RowsWanted(found[1], tuple(conditions), bool(found[3]))


def _meets(cell: Cell, sign: str, value: str) -> bool:
    if cell is None:
        return False
    text = cell_text(cell)
    if sign == "":
        return True
    if sign == "=":
        return text == value
    if sign == "~":
        return bool(re.search(value, text))
    try:
        return _COMPARED[sign](Decimal(text), Decimal(value))
    except InvalidOperation:
        return False


def _in_force(row: HeldRow, on: date) -> bool:
    begins, ends = row["in_force_from"], row["in_force_to"]
    return (not isinstance(begins, date) or begins <= on) and (not isinstance(ends, date) or on <= ends)
