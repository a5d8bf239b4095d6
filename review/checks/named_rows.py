"""Which row of a rule table a charge line falls under, by its national code or by its name, on the day of service.

It knows the columns that such tables share (code15, name_regex, exempt_regex) and nothing of what a row asks.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from review.record import Charge

BY_NAME = "只按名称对应，未经编码确认"


@dataclass(frozen=True)
class NamedRow:
    """A row and how the line was known: by a code of the row, or by its name alone."""

    row: Mapping[str, Any]
    by_code: bool

    @property
    def row_id(self) -> str:
        return str(self.row["row_id"])


def row_for(line: Charge, rows: Iterable[Mapping[str, Any]], code: str = "code15") -> NamedRow | None:
    """The row in force that names the line most closely: by the longest code, else by its name."""
    found = rows_for(line, rows, code)
    return max(found, key=lambda one: _closeness(line, one, code), default=None)


def _closeness(line: Charge, one: NamedRow, code: str) -> int:
    codes = str(one.row[code] or "").split("|") if one.by_code else []
    return max((len(part) for part in codes if (line.code15 or "").startswith(part)), default=0)


def rows_for(line: Charge, rows: Iterable[Mapping[str, Any]], code: str = "code15") -> list[NamedRow]:
    """Every row in force that names the line."""
    names = [name for name in (line.item_name, line.hospital_item_name) if name]
    found = []
    for row in rows:
        types = row.get("charge_type")
        if types and line.charge_type not in str(types).split("|"):
            continue
        if not in_force(row, line.charged_on) or _matches(row.get("exempt_regex"), names):
            continue
        by_code = code_matches(line.code15, row[code], str(row["match"] or "exact"))
        pattern = row[code] if row["match"] == "name" else row.get("name_regex")
        if by_code or _matches(pattern, names):
            found.append(NamedRow(row, by_code))
    return found


def code_matches(code15: str | None, cell: object, match: str) -> bool:
    """Whether a national code is among the codes of a cell; false where the row is known by names only."""
    if not code15 or not cell or match == "name":
        return False
    if match == "regex":
        return bool(re.search(str(cell), code15))
    codes = str(cell).split("|")
    return code15 in codes if match == "exact" else any(code15.startswith(one) for one in codes)


def in_force(row: Mapping[str, Any], day: date | None) -> bool:
    """Whether a row holds on a day; a day that nobody knows is any day."""
    begins, ends = row["in_force_from"], row["in_force_to"]
    return day is None or ((begins is None or begins <= day) and (ends is None or day <= ends))


def _matches(pattern: object, names: Iterable[str]) -> bool:
    return bool(pattern) and any(re.search(str(pattern), name) for name in names)
