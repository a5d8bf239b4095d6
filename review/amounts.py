"""Counts every yuan once: which finding carries it, and which only point at that one.

Whole-stay findings come first, then the order of the violation types. Clues carry nothing. What a finding takes from
a line is either whole units of it or a part of every unit's price; two findings of one kind mean the same units or
the same part of the price, so that only what goes beyond the larger one is counted. A part of the price that stands
on units another finding already took whole is counted with those units.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from review.models import Finding
from review.violations import VIOLATIONS, Certainty

ZERO, CENT = Decimal(0), Decimal("0.01")
LineKey = tuple[str, str]  # admission, charge line


@dataclass
class _Line:
    """What is already counted of one line, as shares of it, and by which findings."""

    amount: Decimal
    units: Decimal = ZERO
    price: Decimal = ZERO
    carriers: list[str] = field(default_factory=list)

    @property
    def counted(self) -> Decimal:
        return self.amount * (1 - (1 - self.units) * (1 - self.price))

    def take(self, wanted: Decimal, finding_id: str, *, of_price: bool) -> Decimal:
        """Count up to `wanted` yuan of the line; the yuan that were not counted before."""
        if not self.amount:
            return ZERO
        before = self.counted
        share = min(Decimal(1), wanted / self.amount)
        if of_price:
            self.price = max(self.price, share)
        else:
            self.units = max(self.units, share)
        if self.counted > before:
            self.carriers.append(finding_id)
        return self.counted - before


def count_once(
    findings: Iterable[Finding], line_amounts: Mapping[LineKey, Decimal], by_price: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Give each finding its `counted_amount` and, where yuan of it stand elsewhere, `counted_in`.

    `line_amounts` holds the net yuan of every charge line, `by_price` the codes of the checks whose amount is a part
    of every unit's price. No line is counted beyond its net yuan, no finding beyond its amount."""
    stays: dict[str, str] = {}
    lines = {key: _Line(amount) for key, amount in line_amounts.items()}
    counted: dict[str, Finding] = {}
    findings = tuple(findings)
    for finding in sorted(findings, key=_turn):
        if not carries(finding):
            counted[finding.id] = finding
        elif finding.admission_id in stays:
            counted[finding.id] = replace(
                finding, counted_in=stays[finding.admission_id], counted_amount=Decimal("0.00")
            )
        elif VIOLATIONS[finding.violation].whole_stay:
            stays[finding.admission_id] = finding.id
            counted[finding.id] = replace(finding, counted_amount=finding.amount)
        else:
            counted[finding.id] = _count_lines(finding, lines, of_price=finding.check in by_price)
    return tuple(counted[finding.id] for finding in findings)


def carries(finding: Finding) -> bool:
    """Whether a finding's yuan are counted at all."""
    return (
        finding.amount is not None
        and finding.certainty is not Certainty.CLUE
        and VIOLATIONS[finding.violation].counted
    )


def _turn(finding: Finding) -> tuple[int, int, Decimal, str]:
    violation = VIOLATIONS[finding.violation]
    return violation.turn, -finding.certainty.rank, -(finding.amount or ZERO), finding.id


def _count_lines(finding: Finding, lines: Mapping[LineKey, _Line], *, of_price: bool) -> Finding:
    """Take the finding's yuan out of its lines, as far as no earlier finding took them."""
    wanted = finding.amount or ZERO
    if not finding.charge_ids:
        return replace(finding, counted_amount=wanted)
    taken, elsewhere = ZERO, []
    for key, part in _parts(finding, lines):
        line = lines.get(key)
        if line is None:
            continue
        earlier = line.carriers[0] if line.carriers else None
        new = line.take(part, finding.id, of_price=of_price)
        taken += new
        if earlier is not None and earlier != finding.id:
            elsewhere.append((new - min(part, line.amount), earlier))
    rounded = min(wanted, taken.quantize(CENT, ROUND_HALF_UP))
    pointed = min(elsewhere)[1] if elsewhere and rounded < wanted else None
    return replace(finding, counted_amount=rounded, counted_in=pointed)


def _parts(finding: Finding, lines: Mapping[LineKey, _Line]) -> list[tuple[LineKey, Decimal]]:
    """What the finding takes from each line: as its check says, else in proportion to the lines' net yuan."""
    keys = [(finding.admission_id, charge_id) for charge_id in finding.charge_ids]
    if finding.charge_amounts:
        return list(zip(keys, finding.charge_amounts, strict=True))
    wanted = finding.amount or ZERO
    whole = sum((lines[key].amount for key in keys if key in lines), ZERO)
    share = min(Decimal(1), wanted / whole) if whole else ZERO
    return [(key, lines[key].amount * share) for key in keys if key in lines]
