"""What a hospital has to return by its own answers: every yuan once, and the fund's part of it as far as it is known.

What is accepted whole is counted as in `review/amounts.py`, with the sums the hospital gave where it accepted a part.
A stay accepted only in part carries its sum beside the lines of that stay, for the form asks for what is not accepted
elsewhere; of several such sums of one stay the largest counts, and a stay never counts beyond what it cost. The fund's
part follows each finding's own proportion, and never exceeds what the fund paid for the stay.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from review.casework.counting import CENT, counted
from review.procedure.selfcheck_form import PARTLY, REFUSED
from review.procedure.selfcheck_list import CheckList, Item
from review.procedure.selfcheck_reading import Answer, Answers, OwnFinding
from review.store.entries import Decision
from review.violations import Certainty

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class SettledItem:
    """One finding with its answer; `counted` is null where it is not accepted or carries no yuan, `fund` where unknown.

    `carried` is the number of the item that counts the rest of its yuan."""

    item: Item
    answer: Answer | None
    counted: Decimal | None
    fund: Decimal | None
    carried: int | None


@dataclass(frozen=True)
class Settled:
    """All findings of a self-check as answered, and what the hospital found itself."""

    items: tuple[SettledItem, ...]
    own: tuple[OwnFinding, ...]

    @property
    def accepted(self) -> list[SettledItem]:
        return [one for one in self.items if one.answer and one.answer.verdict != REFUSED]

    @property
    def open(self) -> int:
        return sum(one.answer is None for one in self.items)

    @property
    def yuan(self) -> Decimal:
        """Yuan concerned, accepted findings once and own ones."""
        mine = sum((one.counted or ZERO for one in self.items), ZERO)
        return mine + sum((one.yuan or ZERO for one in self.own), ZERO)

    @property
    def fund(self) -> Decimal | None:
        """The fund's part as far as known; null where none is known."""
        funds = [*(one.fund for one in self.items), *(one.fund for one in self.own)]
        known = [one for one in funds if one is not None]
        return sum(known, ZERO) if known else None

    @property
    def fund_unknown(self) -> Decimal:
        """Yuan concerned whose fund part the data do not tell."""
        mine = sum((one.counted or ZERO for one in self.items if one.counted and one.fund is None), ZERO)
        return mine + sum((one.yuan or ZERO for one in self.own if one.yuan and one.fund is None), ZERO)


def settle(asked: CheckList, answers: Answers, by_price: Collection[str]) -> Settled:
    """`by_price` are the checks whose amount is a part of every unit's price."""
    accepted = [item for item in asked.items if _accepts(answers.given.get(item.id))]
    parts = [item for item in accepted if _is_part_of_stay(item, answers.given[item.id])]
    partly = {item.id for item in parts}
    lines = [item.line for item in accepted if item.id not in partly]
    sums = {item.id: _given(item, answers.given[item.id]) for item in accepted}
    standing = {
        item.id: _decision(item, amount)
        for item in accepted
        if (amount := sums[item.id]) is not None and item.id not in partly
    }
    once = dict(counted(lines, standing, asked.amounts, by_price))
    once |= dict(_parts_of_stays(parts, sums, once, asked))
    funds = _funds(asked, once)
    number = {item.id: item.number for item in asked.items}
    return Settled(
        tuple(
            SettledItem(
                item,
                answers.given.get(item.id),
                once.get(item.id, (None, None))[0],
                funds.get(item.id),
                number.get(once.get(item.id, (None, None))[1] or ""),
            )
            for item in asked.items
        ),
        answers.own,
    )


def _accepts(answer: Answer | None) -> bool:
    return answer is not None and answer.verdict != REFUSED


def _is_part_of_stay(item: Item, answer: Answer) -> bool:
    return item.whole_stay and answer.verdict == PARTLY


def _given(item: Item, answer: Answer) -> Decimal | None:
    """The sum accepted where it is another than the review counts by itself."""
    if answer.verdict == PARTLY:
        return answer.amount
    plain = item.amount is not None and item.line["certainty"] != Certainty.CLUE
    return None if plain else answer.amount or item.amount


def _decision(item: Item, amount: Decimal) -> Decision:
    return Decision(
        0, "", "", item.admission_id, item.id, "confirm", (), "", str(amount), None, "", datetime.now(UTC)
    )


def _parts_of_stays(
    parts: Sequence[Item],
    sums: Mapping[str, Decimal | None],
    once: Mapping[str, tuple[Decimal | None, str | None]],
    asked: CheckList,
) -> Iterator[tuple[str, tuple[Decimal | None, str | None]]]:
    by_stay: dict[str, list[Item]] = {}
    partly = {item.id for item in parts}
    for item in asked.items:
        by_stay.setdefault(item.admission_id, []).append(item)
    for stay in dict.fromkeys(item.admission_id for item in parts):
        mine = [item for item in by_stay[stay] if item.id in once]
        whole = next((item.id for item in mine if item.whole_stay and once[item.id][0]), None)
        ranked = sorted(
            (item for item in by_stay[stay] if item.id in partly),
            key=lambda item: (-(sums[item.id] or ZERO), item.number),
        )
        room = asked.stays[stay].total
        left = None if room is None else room - sum((once[one.id][0] or ZERO for one in mine), ZERO)
        for item in ranked:
            wanted = sums[item.id]
            if wanted is None:
                yield item.id, (None, None)
            elif whole is not None:
                yield item.id, (ZERO, whole)
            else:
                yield item.id, (wanted if left is None else min(wanted, max(left, ZERO)), None)
                whole = item.id


def _funds(asked: CheckList, once: Mapping[str, tuple[Decimal | None, str | None]]) -> dict[str, Decimal]:
    left = {stay: told.fund for stay, told in asked.stays.items()}
    funds: dict[str, Decimal] = {}
    for item in asked.items:
        yuan = once.get(item.id, (None, None))[0]
        if yuan is None:
            continue
        share = _share(item, asked)
        if share is None:
            continue
        fund = (yuan * share).quantize(CENT, ROUND_HALF_UP)
        room = left[item.admission_id]
        if room is not None:
            fund = min(fund, room)
            left[item.admission_id] = room - fund
        funds[item.id] = fund
    return funds


def _share(item: Item, asked: CheckList) -> Decimal | None:
    """The fund's share of a finding's yuan: its own, else that of a stay it concerns as a whole; null where unknown."""
    if item.fund is not None and item.amount:
        return min(Decimal(1), item.fund / item.amount)
    stay = asked.stays[item.admission_id]
    if item.whole_stay and stay.fund is not None and stay.total:
        return min(Decimal(1), stay.fund / stay.total)
    return None
