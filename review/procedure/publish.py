"""一公开: what everybody may be told of settled inspections: kinds, counts and yuan, of no person and of no few.

Kinds with fewer than `FEWEST` stays are put together, and with the smallest of the others until there are enough, so
that no cell of few can be told from the total (Hundepool et al., Statistical Disclosure Control, 2012, 4.2: no
suppressed cell may be recomputed from the margins).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from review.reports.confirmation_letter import confirmed
from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.final_list import provided
from review.reports.wording import ZERO, fund_of

FEWEST = 5  # stays of a cell that is told
TOGETHER = "其余各类合计"
Pair = tuple[Sojourn, Point]


@dataclass(frozen=True)
class Row:
    """One line of the table: what, how many stays and findings, yuan and the fund's part, each once."""

    name: str
    stays: int
    items: int
    yuan: Decimal
    fund: Decimal


@dataclass(frozen=True)
class Told:
    """All of a summary. `rows` are empty where fewer than `FEWEST` stays are concerned at all."""

    institutions: tuple[str, ...]
    period: str
    reviewed: int
    rows: tuple[Row, ...]
    total: Row | None
    clauses: tuple[str, ...]


def told_of(dossiers: Sequence[Dossier]) -> Told:
    """What may be told of these inspections; what is open in them is no part of it."""
    groups: dict[str, list[tuple[int, Pair]]] = {}
    for place, dossier in enumerate(dossiers):
        for pair in confirmed(dossier):
            groups.setdefault(pair[1].name.removeprefix("疑似"), []).append((place, pair))
    kept = _put_together(groups)
    everything = [one for held in groups.values() for one in held]
    enough = _stays(everything) >= FEWEST
    clauses = {provided(point)[0] for _, (_, point) in everything} if enough else set()
    begins = min((one.begins for one in dossiers if one.begins), default=None)
    ends = max((one.ends for one in dossiers if one.ends), default=None)
    return Told(
        tuple(dict.fromkeys(one.hospital for one in dossiers)),
        f"{begins or '未注明'} 至 {ends or '未注明'}",
        sum(len(one.stays) for one in dossiers),
        tuple(_row(name, held) for name, held in kept) if enough else (),
        _row("合计", everything) if enough else None,
        tuple(sorted(clauses)),
    )


def _put_together(groups: dict[str, list[tuple[int, Pair]]]) -> list[tuple[str, list[tuple[int, Pair]]]]:
    ordered = sorted(groups.items(), key=lambda one: (-_stays(one[1]), one[0]))
    few: list[tuple[int, Pair]] = []
    while ordered and (_stays(ordered[-1][1]) < FEWEST or 0 < _stays(few) < FEWEST):
        few += ordered.pop()[1]
    return [*ordered, (TOGETHER, few)] if few else ordered


def _stays(held: Sequence[tuple[int, Pair]]) -> int:
    return len({(place, stay.admission_id) for place, (stay, _) in held})


def _row(name: str, held: Sequence[tuple[int, Pair]]) -> Row:
    points = [point for _, (_, point) in held]
    yuan: Decimal = sum((point.confirmed or ZERO for point in points), ZERO)
    fund: Decimal = sum((fund_of(point) for point in points), ZERO)
    return Row(name, _stays(held), len(points), yuan, fund)
