"""Labels of a reviewed inspection in the form of `expected.json`: what the experts hold, never what a check says.

A label takes from a finding only what the expert called on: its violation, its lines, the place of its first quote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from review.casework.hearing import Heard, after_hearing
from review.casework.pairing import Pairing
from review.store.entries import UNDO, Decision
from review.store.pairs import FIRST, SECOND

Line = Mapping[str, Any]
Rewrite = Callable[[str], str]
NO_REASON = "专家未写理由"


@dataclass(frozen=True)
class Harvest:
    """Labels by admission as `evals.labelled` reads them, and how many findings could not become one."""

    admissions: dict[str, dict[str, Any]]
    pending: int  # not called, 待补, or two experts differ and nobody has ruled
    withheld: int  # rejected, but the label would also rule out a finding of that stay that was not rejected
    withdrawn: int = 0  # confirmed, and withdrawn once the institution was heard


def harvest_labels(
    admissions: Sequence[str], findings: Mapping[str, Sequence[Line]], pairing: Pairing, rewrite: Rewrite,
    heard: Mapping[str, Heard] | None = None,
) -> Harvest:  # fmt: skip
    """The labels of every admission; `findings` are those of the review that was called on, by admission.

    What a hearing withdrew is no label, what it reduced none of an amount: it may rest on what the institution brought
    afterwards, which no check could read.

    `rewrite` is given each text that leaves the inspection (numbers, quotes, file names, reasons) and must take out
    what identifies. Raises ValueError where no expert has called anything, or two admissions would become one.
    """
    holding = pairing.holding()
    if not holding:
        raise ValueError("这个检查还没有专家决定；请先审阅，再收为案例。")
    after = after_hearing(holding, heard or {})
    withdrawn = {one for one, call in holding.items() if call.verdict != after[one].verdict}
    reduced = {one for one, call in holding.items() if call.amount != after[one].amount}
    experts = _numbered(pairing)
    labelled, pending, withheld, gone = {}, 0, 0, 0
    for admission in admissions:
        mine = findings.get(admission, ())
        called = {line["id"]: holding[line["id"]] for line in mine if line["id"] in holding}
        upheld = [line for line in mine if _verdict(called, line) == "confirm"]
        confirmed = [line for line in upheld if line["id"] not in withdrawn]
        rejected = [line for line in mine if _verdict(called, line) == "reject"]
        others = [line for line in mine if line not in rejected]
        ruled_out = [line for line in rejected if not any(_rules_out(line, one) for one in others)]
        gone += len(upheld) - len(confirmed)
        pending += len(others) - len(upheld)
        withheld += len(rejected) - len(ruled_out)
        labelled[rewrite(admission)] = {
            "must_find": [
                _must_find(line, called[line["id"]], pairing, experts, rewrite)
                | ({"amount": None} if line["id"] in reduced else {})
                for line in confirmed
            ],
            "must_not_find": [
                _label(line, called[line["id"]], pairing, experts, rewrite) for line in ruled_out
            ],
            "clean": not others if mine else f"case:{admission}" in holding,
        }
    if len(labelled) < len(admissions):
        raise ValueError("改写后有两次住院的编号相同；请换一种改写，不同的编号须仍然不同。")
    return Harvest(labelled, pending, withheld, gone)


def _verdict(called: Mapping[str, Decision], line: Line) -> str:
    made = called.get(line["id"])
    return made.verdict if made else ""


def _rules_out(rejected: Line, other: Line) -> bool:
    """Whether a label of the one would be sprung by the other, as `Labels.sprung` reads it."""
    lines = rejected["charge_ids"]
    return bool(
        rejected["violation"] == other["violation"] and (not lines or set(lines) & set(other["charge_ids"]))
    )


def _numbered(pairing: Pairing) -> dict[str, str]:
    """Experts as numbers, in the order of their first call."""
    people = dict.fromkeys(line.who for line in pairing.lines if line.verdict != UNDO)
    return {who: str(place) for place, who in enumerate(people, 1)}


def _label(
    line: Line, held: Decision, pairing: Pairing, experts: Mapping[str, str], rewrite: Rewrite
) -> dict[str, Any]:
    own = pairing.amounts.get(line["id"])
    made = [calls[line["id"]] for part in (FIRST, SECOND) if line["id"] in (calls := pairing.calls(part))]
    why = "；".join(text for text in (*held.reasons, held.note) if text)
    return {
        "violation": line["violation"],
        "charge_ids": [rewrite(number) for number in line["charge_ids"]],
        "why": rewrite(why) if why else NO_REASON,
        "check": line["check"],
        "calls": [
            {"expert": experts[call.who], "verdict": call.verdict, "amount": _amount(call, own)}
            for call in made
        ],
    }


def _must_find(
    line: Line, held: Decision, pairing: Pairing, experts: Mapping[str, str], rewrite: Rewrite
) -> dict[str, Any]:
    first = next(iter(line["evidence"]), None)
    quote = first["quote"] if first and first["kind"] == "document" else None
    return _label(line, held, pairing, experts, rewrite) | {
        "amount": _amount(held, pairing.amounts.get(line["id"])),
        "quote": rewrite(quote) if quote else None,
        "file": rewrite(first["source"]) if first else None,
    }


def _amount(call: Decision, own: float | None) -> float | None:
    """Yuan: as the expert set it, else the finding's own, which a confirmation takes over; null where not confirmed."""
    if call.verdict != "confirm":
        return None
    return own if call.amount is None else float(Decimal(call.amount))
