"""Which rows hold in a region: a city's before its province's, a province's before the nation's, each from its own day.

A nearer row that names a longer code than the wider one takes only that code out of it: the region's own limit on one
item leaves the national limit on its sister items as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from knowledge.rows.cells import ANY_DAY
from knowledge.rows.tables import TableSpec

HeldRow = Mapping[str, Any]


@dataclass(frozen=True)
class RegionRows:
    """The rows of a region, and by row the codes that a nearer row has taken out of it."""

    rows: tuple[HeldRow, ...]
    taken: Mapping[str, tuple[str, ...]]


def rows_of_region(rows: Iterable[HeldRow], spec: TableSpec, region: str | None) -> RegionRows:
    """Without a region the national rows alone. A wider row ends where the nearest row of the same rule begins."""
    held = [
        (closeness, row)
        for row in rows
        if row["state"] == "approved" and (closeness := _closeness(row["region"], region)) >= 0
    ]
    widest = min((closeness for closeness, _ in held), default=0)
    if all(closeness == widest for closeness, _ in held):
        return RegionRows(tuple(row for _, row in held), {})
    rules: dict[tuple[Any, ...], list[tuple[int, HeldRow]]] = {}
    for closeness, row in held:
        rules.setdefault(_rule(row, spec), []).append((closeness, row))
    kept = []
    for closeness, row in held:
        nearer = [
            other for near, other in rules[_rule(row, spec)] if near > closeness and _insures(other, row)
        ]
        ended = _ended(row, nearer)
        if ended is not None:
            kept.append((closeness, ended))
    return _taken_apart(kept, spec)


def _closeness(row_region: str, region: str | None) -> int:
    """How many digits of the region a row names; −1 where it belongs elsewhere."""
    prefix = row_region.rstrip("0")
    if len(prefix) % 2:
        prefix += "0"
    return len(prefix) if (region or "").startswith(prefix) else -1


def _rule(row: HeldRow, spec: TableSpec) -> tuple[Any, ...]:
    return tuple(row[name] for name in spec.key)


def _insures(other: HeldRow, row: HeldRow) -> bool:
    """Whether a row speaks of everybody the other speaks of."""
    return other.get("insutype") in (None, row.get("insutype"))


def _ended(row: HeldRow, nearer: Sequence[HeldRow]) -> HeldRow | None:
    """The row as far as no nearer one has begun; nothing where one always held."""
    if not nearer:
        return row
    begun = min(_day(other["in_force_from"]) for other in nearer)
    if begun <= _day(row["in_force_from"]):
        return None
    ends = [end for end in (row["in_force_to"], begun - timedelta(days=1)) if isinstance(end, date)]
    return {**row, "in_force_to": min(ends)}


def _taken_apart(kept: Sequence[tuple[int, HeldRow]], spec: TableSpec) -> RegionRows:
    """The rows of one code each, where a nearer row names a code inside the wider row's."""
    rows = [row for _, row in kept]
    code = spec.codes[0] if len(spec.codes) == 1 and spec.codes[0] in spec.key else None
    if code is None:
        return RegionRows(tuple(rows), {})
    rest = [name for name in spec.key if name != code]
    widest = min(closeness for closeness, _ in kept)
    local = [(near, row) for near, row in kept if near > widest and row["match"] in ("exact", "prefix")]
    taken: dict[str, tuple[str, ...]] = {}
    for closeness, row in kept:
        if row["match"] != "prefix" or not row[code]:
            continue
        for near, other in local:
            longer = _longer(str(row[code]), str(other[code] or "")) if near > closeness else ()
            if longer and _insures(other, row) and all(other[name] == row[name] for name in rest):
                taken[row["row_id"]] = (*taken.get(row["row_id"], ()), *longer)
                rows += _before(row, other, code, longer)
    return RegionRows(tuple(rows), taken)


def _longer(wide: str, near: str) -> tuple[str, ...]:
    """The codes of the nearer row that lie inside a code of the wider one."""
    whole = tuple(wide.split("|"))
    return tuple(one for one in near.split("|") if one and one.startswith(whole) and one not in whole)


def _before(row: HeldRow, other: HeldRow, code: str, longer: Sequence[str]) -> list[HeldRow]:
    """What the wider row says of those codes until the nearer one begins."""
    until = {
        **row, "row_id": f"{row['row_id']}@{longer[0]}", code: "|".join(longer), "match": other["match"]
    }  # fmt: skip
    ended = _ended(until, [other])
    return [ended] if ended else []


def _day(cell: Any) -> date:
    return cell if isinstance(cell, date) else ANY_DAY
