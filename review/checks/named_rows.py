"""Which rows of a rule table a charge line falls under: by its code, through the item map, or by its name.

It knows the columns that such tables share (charge_type, name_regex, exempt_regex) and nothing of what a row asks.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from review.checks.inputs import Inspection
from review.record import Charge
from review.violations import Certainty

BY_NAME = "只按名称对应，未经编码确认"


@dataclass(frozen=True)
class NamedRow:
    """A row that names a line, and how sure that is: a clue where only the name says so."""

    row: Mapping[str, Any]
    ceiling: Certainty

    @property
    def row_id(self) -> str:
        return str(self.row["row_id"])

    @property
    def by_code(self) -> bool:
        return self.ceiling is not Certainty.CLUE


@lru_cache(maxsize=16)  # tables, of one inspection after another
def rows_named(
    inspection: Inspection, table: str, side: str = "code15", needs: tuple[str, ...] = ()
) -> "RowNames":
    """The rows of a table over the items of an inspection, for checks that ask stay by stay."""
    return RowNames(inspection, table, side, needs)


class RowNames:
    """The rows of one table over the items of one inspection; what an item falls under is worked out once."""

    def __init__(
        self, inspection: Inspection, table: str, side: str = "code15", needs: Sequence[str] = ()
    ) -> None:
        self._codes = inspection.row_codes(table)
        self._side = side
        self._rows = [
            row
            for row in inspection.knowledge(table)
            if not needs or set(needs) & set(str(row["needs"]).split("|"))
        ]
        self._known: dict[tuple[str, str | None, str | None], list[NamedRow]] = {}

    def rows_for(self, line: Charge) -> list[NamedRow]:
        """Every row in force on the line's day that names it."""
        key = line.item_key, line.hospital_item_name, line.charge_type
        if key not in self._known:
            self._known[key] = self._found(line)
        return [named for named in self._known[key] if in_force(named.row, line.charged_on)]

    def row_for(self, line: Charge) -> NamedRow | None:
        """The row that names the line most closely: by code before name, the longer code before the shorter."""
        return max(
            self.rows_for(line), key=lambda named: (named.ceiling.rank, self._length(named)), default=None
        )

    def _found(self, line: Charge) -> list[NamedRow]:
        coded = {
            str(entry["row_id"]): Certainty(str(entry["ceiling"]))
            for entry in self._codes.get(line.item_key, ())
            if entry["side"] == self._side
        }
        names = [name for name in (line.item_name, line.hospital_item_name) if name]
        found = []
        for row in self._rows:
            types = row.get("charge_type")
            if types and line.charge_type not in str(types).split("|"):
                continue
            if _matches(row.get("exempt_regex"), names):
                continue
            ceiling = coded.get(str(row["row_id"]))
            if ceiling is None and _matches(row.get("name_regex"), names):
                ceiling = Certainty.CLUE
            if ceiling is not None:
                found.append(NamedRow(row, ceiling))
        return found

    def _length(self, named: NamedRow) -> int:
        return max((len(part) for part in str(named.row[self._side] or "").split("|")), default=0)


def in_force(row: Mapping[str, Any], day: date | None) -> bool:
    """Whether a row holds on a day; a day that nobody knows is any day."""
    begins, ends = row["in_force_from"], row["in_force_to"]
    return day is None or ((begins is None or begins <= day) and (ends is None or day <= ends))


def _matches(pattern: object, names: Iterable[str]) -> bool:
    return bool(pattern) and any(re.search(str(pattern), name) for name in names)
