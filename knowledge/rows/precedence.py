"""Which row speaks where several state one rule: the latest publication, and the official before the practitioner's."""

from collections.abc import Iterable
from datetime import date, timedelta

from knowledge.rows.cells import ANY_DAY, Cell, Row
from knowledge.rows.tables import TableSpec


def rule_of(row: Row, spec: TableSpec) -> tuple[Cell, ...]:
    """Rows with the same answer state the same rule, for the same region and insurance."""
    return (row["region"], row["insutype"], *(row[name] for name in spec.key))


def version_of(row: Row, spec: TableSpec) -> tuple[Cell, ...]:
    """One publication of a rule."""
    return (*rule_of(row, spec), row["in_force_from"])


def is_official(row: Row) -> bool:
    """A practitioner's table or an unread draft gives way to an official row of the same rule."""
    return row["state"] == "approved" and row["authority"] != "working"


def without_unofficial_twins(rows: list[Row], spec: TableSpec) -> list[Row]:
    """Leave out a practitioner's row where an official row states the same rule, or limits the same drug."""
    official = [row for row in rows if is_official(row)]
    rules = {rule_of(row, spec) for row in official}
    whole = {(aspect, code) for row in official for aspect, code in _drug_codes(row)}
    heads = {(aspect, code[:length]) for aspect, code in whole for length in range(1, len(code) + 1)}

    def has_twin(row: Row) -> bool:
        return rule_of(row, spec) in rules or any(
            (aspect, code) in heads or any((aspect, code[:length]) in whole for length in range(1, len(code)))
            for aspect, code in _drug_codes(row)
        )

    return [row for row in rows if is_official(row) or not has_twin(row)]


def _drug_codes(row: Row) -> Iterable[tuple[Cell, str]]:
    cell = row.get("drug_prefix")
    if cell and row["match"] in ("exact", "prefix"):
        for code in str(cell).split("|"):
            yield row.get("aspect"), code


def close_superseded(rows: list[Row], spec: TableSpec) -> list[Row]:
    """Two publications of one rule: the older ends where the newer begins, so that one applies on any day."""
    begins: dict[tuple[Cell, ...], set[date]] = {}
    for row in rows:
        begins.setdefault(rule_of(row, spec), set()).add(_day_of(row["in_force_from"]))
    closed = []
    for row in rows:
        later = [day for day in begins[rule_of(row, spec)] if day > _day_of(row["in_force_from"])]
        ends = [day - timedelta(days=1) for day in later]
        if row["in_force_to"] is not None:
            ends.append(_day_of(row["in_force_to"]))
        closed.append({**row, "in_force_to": min(ends, default=None)})
    return closed


def _day_of(cell: Cell) -> date:
    return cell if isinstance(cell, date) else ANY_DAY
