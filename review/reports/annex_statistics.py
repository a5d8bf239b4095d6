"""统计附表: the bureau's own annex tables, filled as far as the review knows; what people decide later stays empty.

The shape of each table is data: `annex_tables.yaml`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from review.reports.annex_shapes import shapes
from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.paper import TEXT, Block, Cell, Column, Heading, Table, Text
from review.reports.wording import ONCE, ZERO, about, fund_of, masked_note, standing_of, totals

Pair = tuple[Sojourn, Point]


def annex_statistics(dossier: Dossier) -> tuple[Block, ...]:
    """A heading and a table for each annex."""
    blocks: list[Block] = [about(dossier), standing_of(dossier), Text(ONCE, "small"), *masked_note(dossier)]
    for shape in shapes()["tables"]:
        blocks += [
            Heading(shape["title"]),
            Text(f"口径：{shape['source']}。", "small"),
            _table(dossier, shape),
        ]
    return tuple(blocks)


def _table(dossier: Dossier, shape: Mapping[str, Any]) -> Table:
    columns = tuple(
        Column(one["title"], one.get("kind", TEXT), one.get("width", 1.0)) for one in shape["columns"]
    )
    pairs = [(stay, point) for stay in dossier.stays for point in stay.points]
    if shape["by"] == "institution":
        measured = measures(pairs) | {"institution": dossier.hospital, "stays": len(dossier.stays)}
        only = tuple(measured.get(one["value"]) for one in shape["columns"])
        return Table(shape["name"], columns, (only,), None, shape["note"])
    rows = tuple(_row(problem, pairs, shape) for problem in shapes()["problems"])
    whole = measures(pairs) | {"problem": "合计"}
    total = tuple(whole.get(one["value"]) for one in shape["columns"])
    return Table(shape["name"], columns, rows, total, shape["note"])


def _row(problem: Mapping[str, Any], pairs: list[Pair], shape: Mapping[str, Any]) -> tuple[Cell, ...]:
    mine = [pair for pair in pairs if pair[1].violation in problem["violations"]]
    # what none of our checks looks at is not zero but unknown
    known = measures(mine) if problem["violations"] else {}
    return tuple(({"problem": problem["name"]} | known).get(one["value"]) for one in shape["columns"])


def measures(pairs: Iterable[Pair]) -> dict[str, Cell]:
    """What can be counted of some findings; a stay counts once in a row, a yuan once in all rows."""
    pairs = list(pairs)
    suspected, confirmed = totals(point for _, point in pairs)
    current = [pair for pair in pairs if not pair[1].gone]

    def of(*verdicts: str) -> list[Pair]:
        return [pair for pair in current if pair[1].verdict in verdicts]

    sure, suspects = of("confirm"), of("confirm", "ask", "")
    return {
        "suspected_stays": len({stay.admission_id for stay, _ in suspects}),
        "suspected_points": len(suspects),
        "suspected": suspected,
        "confirmed_stays": len({stay.admission_id for stay, _ in sure}),
        "confirmed_points": len(sure),
        "confirmed": confirmed,
        "confirmed_fund": sum((fund_of(point) for _, point in sure), ZERO),
        "rejected_points": len(of("reject")),
        "asked_points": len(of("ask")),
        "open_points": len(of("")),
    }
