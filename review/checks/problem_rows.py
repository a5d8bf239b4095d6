"""The rows that a check's query gives for its findings, read as problems."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from review.models import AmountOption, Problem
from review.violations import Certainty

RESERVED = frozenset({"admission_id", "parts", *(field.name for field in fields(Problem))})


def problem_of_row(row: Mapping[str, Any]) -> Problem:
    """One row of a check's findings as a problem; what is no column of the contract fills the message."""
    charge_ids = tuple(row.get("charge_ids") or ())
    return Problem(
        fields={name: value for name, value in row.items() if name not in RESERVED},
        charge_ids=charge_ids,
        charge_amounts=_parts(charge_ids, row.get("parts") or ()),
        amount=_money(row.get("amount")),
        fund_amount=_money(row.get("fund_amount")),
        fact_ids=tuple(row.get("fact_ids") or ()),
        against_fact_ids=tuple(row.get("against_fact_ids") or ()),
        certainty=Certainty(row["certainty"]) if row.get("certainty") else None,
        lowered_by=tuple(row.get("lowered_by") or ()),
        violation=row.get("violation"),
        amount_options=tuple(
            AmountOption(
                option["label"], _money(option["amount"]) or Decimal(0), _money(option.get("fund_amount"))
            )
            for option in row.get("amount_options") or ()
        ),
        related_admissions=tuple(row.get("related_admissions") or ()),
        points_at=tuple(row.get("points_at") or ()),
        row_id=row.get("row_id"),
    )


def _parts(charge_ids: Sequence[str], parts: Sequence[str]) -> tuple[Decimal, ...]:
    """What the amount takes of each line, from SQL's list of `charge_id=yuan`."""
    if not parts:
        return ()
    yuan = {charge_id: Decimal(amount) for charge_id, _, amount in (part.rpartition("=") for part in parts)}
    return tuple(yuan[charge_id] for charge_id in charge_ids)


def _money(value: Any) -> Decimal | None:
    """Yuan without the traces of binary fractions, which depend on the order of a sum."""
    if isinstance(value, float):
        value = round(value, 6)
    return None if value is None else Decimal(str(value))
