"""The catalogue that names are matched against: every code with its names that the rule tables hold."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.rows.tables import ROW_TABLES

_PATTERN_SIGNS = re.compile(r"[|*\\\[\]^$?{}]")  # a name that is a pattern names no single item
ITEM_CODE = re.compile(r"[0-9]{11,15}|[XZTC][0-9A-Z]{8,}")
SHORTEST_NAME = 2


@dataclass(frozen=True)
class CatalogueItem:
    """One item: its reference code (15 digits, an 11-digit family, or a drug's prefix) and one of its names."""

    code: str
    name: str


def catalogue_of(tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> tuple[CatalogueItem, ...]:
    """The items that rows of these tables name, each code and name once, in order of code."""
    found = {
        item
        for table, rows in tables.items()
        if (columns := _named_columns(table))
        for row in rows
        if row["match"] in (None, "exact", "prefix")
        for code, name in columns
        for item in _items(row.get(code), row.get(name))
    }
    codes: dict[str, set[str]] = {}
    for item in found:
        codes.setdefault(item.name, set()).add(item.code)
    whole = (item for item in found if not _is_family(item.code, codes[item.name]))
    return tuple(sorted(whole, key=lambda item: (item.code, item.name)))


def named_items(tables: Iterable[str]) -> dict[str, Sequence[tuple[str, str]]]:
    """The columns of each table that hold a code with its name beside it."""
    return {table: columns for table in tables if (columns := _named_columns(table))}


def _named_columns(table: str) -> Sequence[tuple[str, str]]:
    spec = ROW_TABLES[table]
    known = {column.name for column in spec.own}
    pairs = (
        (code, next((n for n in (f"name_{code}", "name", "generic") if n in known), None))
        for code in spec.codes
    )
    return [(code, name) for code, name in pairs if name and not code.startswith(("unless", "needs"))]


def _is_family(code: str, codes: set[str]) -> bool:
    """Whether the same name also stands beside a longer code of this family."""
    return any(other != code and other.startswith(code) for other in codes)


def _items(codes: object, name: object) -> Iterable[CatalogueItem]:
    said = str(name or "").strip()
    parts = [part.strip().upper() for part in str(codes or "").split("|") if part.strip()]
    if len(said) < SHORTEST_NAME or _PATTERN_SIGNS.search(said) or not all(map(ITEM_CODE.fullmatch, parts)):
        return
    services = [part for part in parts if part[0].isdigit()]
    if len(services) > 1:  # one name over several codes says which item none of them is
        return
    if parts:
        yield CatalogueItem("|".join(sorted(parts)), said)
