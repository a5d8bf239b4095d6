"""What the rows of several imported files come to: one row per rule and publication.

The same rule read from a spreadsheet, its text twin and a full extract is one row with the codes of all three. Of two
local files that state one rule from one day on differently, the one imported later holds.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from knowledge.rows.cells import Cell, Row
from knowledge.rows.precedence import version_of
from knowledge.rows.tables import TableSpec

LOCAL = ("province", "city", "agreement")


def merged_rows(sources: Iterable[Sequence[Row]], spec: TableSpec, shipped: Iterable[Row]) -> list[Row]:
    """The rows of all sources, in the order of import. A row still to be verified gives way to a settled one."""
    kept: dict[Cell, Row] = {}
    for rows in sources:
        _replace_local(kept, rows, spec)
        for row in rows:
            known = kept.get(row["row_id"])
            kept[row["row_id"]] = joined(known, row, spec) if known else row
    settled = {version_of(row, spec) for row in (*shipped, *kept.values()) if row["mark"] != "verify"}
    return [row for row in kept.values() if row["mark"] != "verify" or version_of(row, spec) not in settled]


def _replace_local(kept: dict[Cell, Row], rows: Sequence[Row], spec: TableSpec) -> None:
    """Drop what an earlier local file says otherwise of the same rule from the same day on.

    A table whose rules have several rows each keeps them: there, another row is another condition."""
    if not spec.single:
        return
    stated = {version_of(row, spec) for row in rows if row["authority"] in LOCAL}
    now = {row["row_id"] for row in rows}
    for name, row in list(kept.items()):
        if row["authority"] in LOCAL and name not in now and version_of(row, spec) in stated:
            del kept[name]


def joined(known: Row, row: Row, spec: TableSpec) -> Row:
    """The same rule from two files or lines: every code of both, and the earlier of two ends."""
    official = row if known["authority"] == "working" else known
    whole = dict(official)
    if known["match"] in ("exact", "prefix"):
        for name in spec.codes:
            codes = {code for cell in (known[name], row[name]) if cell for code in str(cell).split("|")}
            whole[name] = "|".join(sorted(codes)) or None
    ends = [end for end in (known["in_force_to"], row["in_force_to"]) if isinstance(end, date)]
    whole["in_force_to"] = min(ends, default=None)
    return whole


def contradicting(rows: Iterable[Row], spec: TableSpec) -> list[Row]:
    """The rows of one file that state one rule of one code from one day on in different ways."""
    if not spec.single or not set(spec.codes) & set(spec.key):
        return []
    versions: dict[tuple[Cell, ...], list[Row]] = {}
    for row in rows:
        versions.setdefault(version_of(row, spec), []).append(row)
    return [row for alike in versions.values() if len(alike) > 1 for row in alike]
