"""The items of an inspection that carry no national code, and what of the catalogue each of them may be.

The catalogue is what the rule tables of the inspection name. Nothing is decided here: a name that is the same item
beyond doubt is used at most as a clue, any other waits for a person and is read as not checked until then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from knowledge.matching.catalogue import CatalogueItem, catalogue_of, named_items
from knowledge.matching.matcher import Candidate, Matcher
from knowledge.rows.tables import ROW_TABLES
from review.checks.item_names import synonym_groups
from review.engines.duckdb import Warehouse

UNCODED_NAMES = """
    select distinct coalesce(nullif(trim(hilist_name), ''), medins_list_name) as item_name
    from raw_fee_list_d
    where not regexp_matches(
        upper(trim(split_part(coalesce(nullif(trim(med_list_codg), ''), nullif(trim(hilist_code), ''), ''), '-', 1))),
        '^(0[01][0-9]{13}|[XZTC][0-9A-Z]{12,})$')
    order by item_name
"""
WAITING = """
    select a.hospital_code, c.hospital_item_code, c.item_name, c.code15, c.map_row, min(c.unit) as unit,
           count(*) as lines, sum(c.amount) as yuan, count(distinct c.admission_id) as stays
    from charges c join admissions a on a.admission_id = c.admission_id
    where c.code15 is null or not regexp_matches(c.code15, '^(0[01][0-9]{13}|[XZTC][0-9A-Z]{12,})$')
    group by a.hospital_code, c.hospital_item_code, c.item_name, c.code15, c.map_row
    order by yuan desc, c.item_name, c.hospital_item_code
"""


class Asked(Protocol):
    """What answers a query: the warehouse of a run, or the results of a finished one."""

    def rows(self, sql: str) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class LocalItem:
    """One way an item is written that has no national code: its lines, stays and yuan, and its candidates.

    `map_row` names the row of the item map that already speaks of it."""

    hospital: str
    code: str
    name: str
    unit: str
    lines: int
    stays: int
    yuan: Decimal
    map_row: str | None
    candidates: tuple[Candidate, ...]

    @property
    def accepted(self) -> Candidate | None:
        """The candidate that is used, as a clue, without anybody having confirmed it."""
        return next((one for one in self.candidates if one.accepted), None)


def candidate_rows(
    warehouse: Warehouse, matcher: Callable[[], Matcher] | None = None
) -> list[dict[str, Any]]:
    """The rows of `raw_item_candidates`: every name without a national code with what it may be.

    Needs the raw fee list and the knowledge tables, and comes before the views. `matcher` gives the one of this
    warehouse's catalogue to whoever has it already."""
    names = [str(row["item_name"]) for row in warehouse.rows(UNCODED_NAMES) if row["item_name"]]
    if not names:
        return []
    found = matcher() if matcher else matcher_of(warehouse)
    return [
        {"item_name": name, "code15": code, "score": one.score, "how": one.how, "accepted": one.accepted}
        for name in names
        for one in found.candidates(name)
        for code in one.code.split("|")
    ]


def matcher_of(warehouse: Asked) -> Matcher:
    """Matches names with the items that the rule tables of a warehouse name."""
    return Matcher(catalogue(warehouse), synonym_groups())


def catalogue(warehouse: Asked) -> tuple[CatalogueItem, ...]:
    """The items that the rule tables of a warehouse name."""
    tables = {
        table: [
            row
            for code, name in columns
            for row in warehouse.rows(f'select distinct "match", {code}, {name} from {table}')
        ]
        for table, columns in named_items(ROW_TABLES).items()
    }
    return catalogue_of(tables)


def local_items(rows: list[dict[str, Any]], items: tuple[CatalogueItem, ...]) -> tuple[LocalItem, ...]:
    """The rows of `WAITING` with the candidates of their names, the most yuan first."""
    if not rows:
        return ()
    matcher = Matcher(items, synonym_groups())
    known: dict[str, tuple[Candidate, ...]] = {}
    found = []
    for row in rows:
        name = str(row["item_name"] or "")
        if name not in known:
            known[name] = matcher.candidates(name)
        found.append(
            LocalItem(
                str(row["hospital_code"] or ""),
                str(row["hospital_item_code"] or row["code15"] or ""),
                name,
                str(row["unit"] or ""),
                int(row["lines"]),
                int(row["stays"]),
                Decimal(row["yuan"] or 0),
                row["map_row"],
                known[name],
            )
        )
    return tuple(found)
