"""The yuan of a paper, each counted once: of what is still suspected, and of what experts have confirmed.

A finding that was judged unfounded frees its yuan for the others; a clue carries none unless an expert gave it a sum.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from review.amounts import count_once
from review.casework.results import Line, Results
from review.models import Finding
from review.store.entries import Decision
from review.violations import Certainty, Family

CENT = Decimal("0.01")
Counted = Mapping[
    str, tuple[Decimal | None, str | None]
]  # finding → its yuan, and the finding that carries the rest


def line_amounts(results: Results) -> dict[tuple[str, str], Decimal]:
    """The net yuan of every charge line, those without a quantity too: they were paid."""
    rows = results.rows(
        "select admission_id, charge_id, sum(amount) as amount from ("
        "select admission_id, charge_id, amount from charges union all "
        "select admission_id, charge_id, amount from lines_left_out where quantity = 0 and amount > 0"
        ") as paid group by admission_id, charge_id"
    )
    return {(row["admission_id"], row["charge_id"]): Decimal(row["amount"]) for row in rows}


def counted(
    lines: Sequence[Line],
    standing: Mapping[str, Decision],
    amounts: Mapping[tuple[str, str], Decimal],
    by_price: Collection[str],
) -> Counted:
    """Each yuan of these findings once, with the sums that experts gave in place of the suspected ones."""
    findings = [_finding(line, standing.get(line["id"])) for line in lines]
    return {one.id: (one.counted_amount, one.counted_in) for one in count_once(findings, amounts, by_price)}


def amount_of(line: Line, decision: Decision | None) -> Decimal | None:
    """What an expert gave, else what is suspected."""
    if decision is not None and decision.amount is not None:
        return Decimal(decision.amount).quantize(CENT)
    return None if line["amount"] is None else Decimal(str(line["amount"])).quantize(CENT)


def _finding(line: Line, decision: Decision | None) -> Finding:
    settled = decision is not None and decision.amount is not None
    certainty = Certainty(line["certainty"])
    read = Finding(
        id=line["id"],
        admission_id=line["admission_id"],
        check=line["check"],
        family=Family(line["family"]),
        violation=line["violation"],
        certainty=Certainty.PROBABLE if settled and certainty is Certainty.CLUE else certainty,
        title=line["title"],
        message="",
        charge_ids=tuple(line["charge_ids"]),
        amount=amount_of(line, decision),
        charge_amounts=tuple(Decimal(str(one)) for one in line.get("charge_amounts") or ()),
    )
    # another sum is spread over the lines anew
    return replace(read, charge_amounts=()) if settled else read
