"""What experts confirmed in an inspection of the workbench, the institution heard: what an estimate may rest on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from review.procedure.estimate_reading import Seen
from review.procedure.workbench_here import inspection_named, workbench_here
from review.reports.dossier import Point, open_dossier
from review.violations import VIOLATIONS

ASKED, OPEN = "ask", ""


@dataclass(frozen=True)
class Confirmed:
    """By stay: what was confirmed of it, and how many of its findings nobody has settled. `results`: the review."""

    results: Path
    seen: Mapping[str, Seen]
    pending: Mapping[str, int]


def confirmed_in(name: str) -> Confirmed:
    """An inspection by its name or key; kinds without yuan are left out. Raises InputError where there is none."""
    with workbench_here() as desk:
        entry, results = inspection_named(desk, name)
        dossier = open_dossier(entry, results, desk.standing(entry), desk.rules)
        folder = desk.runs.out(entry.key, entry.run)
    seen: dict[str, Seen] = {}
    pending: Counter[str] = Counter()
    for stay in dossier.stays:
        counted = [one for one in stay.points if VIOLATIONS[one.violation].counted and not one.gone]
        pending[stay.admission_id] = sum(one.verdict in (ASKED, OPEN) for one in counted)
        held = [one for one in counted if one.verdict == "confirm"]
        if held:
            seen[stay.admission_id] = Seen(Counter(one.violation for one in held), _yuan(held))
    return Confirmed(folder, seen, +pending)


def _yuan(points: list[Point]) -> dict[str, float]:
    sums: dict[str, Decimal] = {}
    for one in points:
        if one.confirmed is not None:
            sums[one.violation] = sums.get(one.violation, Decimal(0)) + one.confirmed
    return {kind: float(yuan) for kind, yuan in sums.items()}
