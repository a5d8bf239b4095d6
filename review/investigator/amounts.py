"""What the lines of a submission come to, worked out by us from the lines and the part of each that is at issue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from review.checks.stamping import CENT
from review.record import Charge

ZERO = Decimal(0)


@dataclass(frozen=True)
class Excess:
    """The part of a line at issue: so many of its units, or what its price is above another."""

    quantity: Decimal | None = None
    standard_price: Decimal | None = None


@dataclass(frozen=True)
class Count:
    """The yuan of the lines together, and of each; `partial` where one is not taken whole."""

    amount: Decimal
    parts: tuple[Decimal, ...]
    partial: bool


def counted(
    charges: Sequence[Charge], excess: Mapping[str, Excess], names: Mapping[str, str]
) -> tuple[Count, list[str]]:
    """The count, and in Chinese what cannot be so of a line; `names` are what the lines are called."""
    faults: list[str] = []
    parts = []
    for charge in charges:
        part, fault = _part(charge, excess.get(charge.charge_id), names.get(charge.charge_id, ""))
        parts.append(part.quantize(CENT, ROUND_HALF_UP))
        faults += [fault] if fault else []
    partial = any(charge.charge_id in excess for charge in charges)
    return Count(sum(parts, ZERO).quantize(CENT), tuple(parts), partial), faults


def _part(charge: Charge, excess: Excess | None, name: str) -> tuple[Decimal, str | None]:
    if charge.amount <= 0 or (excess is not None and charge.quantity <= 0):
        return ZERO, f"{name} 是退费行或已全部退掉，没有净金额"
    if excess is None or (excess.quantity is None and excess.standard_price is None):
        return charge.amount, None
    if excess.quantity is not None and excess.standard_price is not None:
        return ZERO, f"{name} 的 excess 只能填 quantity 或 standard_price 之一"
    if excess.quantity is not None:
        if not 0 < excess.quantity <= charge.quantity:
            return ZERO, f"{name} 的净数量是 {charge.quantity.normalize():f}，多出的数量要大于 0 且不超过它"
        return charge.amount * excess.quantity / charge.quantity, None
    price = excess.standard_price or ZERO
    paid = charge.amount / charge.quantity
    if not 0 <= price < paid:
        return ZERO, f"{name} 的单价是 {charge.unit_price.normalize():f}，应按的单价要低于它"
    return (paid - price) * charge.quantity, None
