"""Draws objects or records: at random by stratum, in a stated part by risk, the designated ones surely.

A draw is a function of list, request and seed, and nothing else; so is what it says. Every probability is exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from review.procedure.draw_frame import FrameRules, Unit, units_of
from review.procedure.draw_lists import DrawList
from review.procedure.draw_numbers import key_of
from review.procedure.draw_sampling import Chosen, choose
from review.procedure.draw_sizes import Size, Stratum, sizes_of, weighted_of

DESIGNATED, WEIGHTED, RANDOM = "designated", "weighted", "random"


@dataclass(frozen=True)
class ObjectsRequest:
    """What is drawn from a list, and how; shares as 5 % or 0.05. What a plan asks for at least is `minimum`."""

    rules: FrameRules
    size: Size
    risk_share: str = "0"
    minimum: str = "0"
    empty_allowed: bool = False


def draw_objects(rows: DrawList, request: ObjectsRequest, seed: str) -> dict[str, Any]:
    """What the draw gives, as JSON carries it; probabilities are exact fractions as text.

    Raises InputError for a cell that cannot be read, SettingsError for a request that cannot be met.
    """
    strata: dict[str, list[Unit]] = {}
    for unit in units_of(rows, request.rules):
        strata.setdefault(unit.stratum, []).append(unit)
    names = sorted(strata)
    counted = [_counted(name, strata[name]) for name in names]
    sizes = sizes_of(counted, request.size, request.minimum, request.empty_allowed)
    weighted = weighted_of(counted, sizes, request.risk_share)
    key = key_of(seed, rows.sha256)
    drawn: list[dict[str, str]] = []
    unequal: dict[str, str] = {}
    for name in names:
        open_units = [unit for unit in strata[name] if _eligible(unit)]
        by_weight = weighted[name]
        weights = [unit.risk for unit in open_units]
        chosen = choose(weights, by_weight, sizes[name] - by_weight, key, f"objects/{name}")
        drawn += _taken(strata[name], open_units, chosen)
        if by_weight:
            unequal |= {unit.key: str(p) for unit, p in zip(open_units, chosen.probabilities, strict=True)}
    return {
        "strata": [
            {
                "stratum": one.name,
                "listed": one.listed,
                "designated": one.designated,
                "eligible": one.eligible,
                "weighted": weighted[one.name],
                "random": sizes[one.name] - weighted[one.name],
            }
            for one in counted
        ],
        "drawn": sorted(drawn, key=lambda one: (one["stratum"], one["key"])),
        "passed_over": _passed_over(unit for name in names for unit in strata[name]),
        "probabilities": unequal,
    }


def _eligible(unit: Unit) -> bool:
    return not unit.barred and not unit.designated


def _counted(name: str, units: list[Unit]) -> Stratum:
    return Stratum(
        name,
        len(units),
        sum(bool(unit.designated) for unit in units),
        sum(_eligible(unit) for unit in units),
        sum(_eligible(unit) and unit.risk > 0 for unit in units),
    )


def _taken(units: list[Unit], open_units: list[Unit], chosen: Chosen) -> list[dict[str, str]]:
    taken = [_line(unit, DESIGNATED, Fraction(1)) for unit in units if unit.designated]
    for how, places in ((WEIGHTED, chosen.by_weight), (RANDOM, chosen.at_random)):
        taken += [_line(open_units[place], how, chosen.probabilities[place]) for place in places]
    return taken


def _line(unit: Unit, how: str, probability: Fraction) -> dict[str, str]:
    return {
        "key": unit.key,
        "name": unit.name,
        "region": unit.region,
        "stratum": unit.stratum,
        "how": how,
        "why": unit.designated,
        "probability": str(probability),
    }


def _passed_over(units: Iterable[Unit]) -> list[dict[str, str]]:
    return [
        {"key": unit.key, "stratum": unit.stratum, "why": unit.barred}
        for unit in units
        if unit.barred and not unit.designated
    ]
