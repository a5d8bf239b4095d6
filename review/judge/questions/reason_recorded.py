"""J5: whether anybody wrote down why a test or treatment was ordered, by the day after the order, and acted on it.

A reason counts that was written within 24 hours of the earliest order asked about; what was made of the result is read
in the two days after that. Nothing later is shown. Whether it was needed is not asked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.judge.answers import ReasonRead, ReasonsRead
from review.judge.models import Draft, Line, Piece, PieceKind, Statement
from review.judge.pieces import EXAMS, LABS, table_piece
from review.judge.registry import CANNOT_TELL, Prover, Reading, agreed_by_label, question
from review.judge.showing import (
    Claims,
    document_named,
    ranked,
    readable,
    sentence_start,
    shown,
    written_until,
)
from review.judge.stays import Stay
from review.models import Evidence, Finding

USED_BY = ("CHG-026", "CHG-029", "CHG-030", "CHG-031", "ADM-003")
OF_STAY = "ADM-003"
TESTED = ("03", "04")  # charge types of examinations and laboratory tests
FIRST = ranked("首次病程|入院记录|急诊|门诊", "查房|病程|会诊|术前", "护理")
WINDOW, AFTERWARDS = timedelta(hours=24), timedelta(hours=72)  # both from the order
MOST_ITEMS, MOST_DAYS, MOST_ROWS, MOST_TESTS = 8, 3, 15, 5
RECORDED, WISHED, WITHOUT = "reason_recorded", "asked_for", "no_reason"
REASONS = {
    "yes": ("against", "写明缘由"),
    "wish": ("neutral", "只写明患者或家属要求"),
    "no": ("for", "写明没有需要"),
}
OPPOSED = "另有相反的记载"


@dataclass(frozen=True)
class Item:
    """One thing that was ordered, with the finding that asks about it."""

    finding: Finding
    name: str
    ordered_at: datetime


def _items(stay: Stay) -> list[Item]:
    """What is asked about, each name once with its earliest order."""
    found: dict[tuple[str, str], Item] = {}
    for finding in stay.found_by(*USED_BY):
        ids = set(finding.charge_ids) or _dearest_tests(stay, finding)
        for charge in stay.record.charges:
            if charge.charge_id not in ids or charge.charged_at is None or not charge.item_name:
                continue
            at = min([charge.charged_at, *_ordered(stay, charge.order_no, charge.item_name)])
            known = found.get((finding.id, charge.item_name))
            if known is None or at < known.ordered_at:
                found[finding.id, charge.item_name] = Item(finding, charge.item_name, at)
    return sorted(found.values(), key=lambda one: (one.ordered_at, one.finding.id, one.name))


def _dearest_tests(stay: Stay, finding: Finding) -> set[str]:
    """Of a stay said to be spent on examinations, those that cost most."""
    if finding.check != OF_STAY:
        return set()
    tests = [one for one in stay.record.charges if one.charge_type in TESTED]
    return {one.charge_id for one in sorted(tests, key=lambda one: (-one.amount, one.charge_id))[:MOST_TESTS]}


def _ordered(stay: Stay, number: str | None, name: str) -> list[datetime]:
    return [
        one.begins_at
        for one in stay.record.orders
        if one.begins_at is not None
        and ((number and one.order_no == number) or (one.order_name and one.order_name in name))
    ]


def _by_day(stay: Stay) -> dict[str, list[Item]]:
    days: dict[str, list[Item]] = {}
    for item in _items(stay):
        days.setdefault(f"{item.ordered_at:%Y-%m-%d}", []).append(item)
    return {day: own[:MOST_ITEMS] for day, own in list(days.items())[:MOST_DAYS]}


def _draft(stay: Stay, day: str, items: Sequence[Item]) -> Draft | None:
    closes, ends = items[0].ordered_at + WINDOW, items[0].ordered_at + AFTERWARDS
    asked = Piece(
        PieceKind.RULE,
        "所问的项目",
        tuple(
            Line(f"项目{n}：{one.name}，{one.ordered_at:%Y-%m-%d %H:%M} 开立或计费")
            for n, one in enumerate(items, 1)
        ),
    )
    record = stay.record
    exams = [one for one in record.exams if one.registered_at and one.registered_at <= closes]
    names = " ".join(one.name for one in items)
    labs = [one for one in record.labs
            if one.sampled_at and one.sampled_at <= closes and one.analyte and one.analyte in names]  # fmt: skip
    tables = (
        table_piece("检查报告", exams, EXAMS, MOST_ROWS),
        table_piece("化验报告", labs, LABS, MOST_ROWS),
    )
    pieces, left_out = shown(
        readable(record, until=ends), stay.budget, rank=FIRST, before=(asked,), after=tables
    )
    pieces = tuple(one for piece in pieces if (one := written_until(record, piece, ends)).lines)
    if not any(piece.document for piece in pieces):
        return None
    numbers = "、".join(str(n) for n in range(1, len(items) + 1))
    return Draft(f"ordered {day}", pieces, {"items": numbers}, left_out)


def _read(stay: Stay, draft: Draft, answer: ReasonsRead, prover: Prover) -> Reading:
    items = _by_day(stay).get(draft.about.removeprefix("ordered "), [])
    told: dict[int, ReasonRead] = {}
    for one in answer.items:
        number = re.search(r"\d+", one.item)
        if number:
            told.setdefault(int(number[0]), one)
    claims = Claims(prover)
    by_finding: dict[str, list[Statement]] = {one.finding.id: [] for one in items}
    for place, item in enumerate(items, 1):
        if place in told:
            closes = items[0].ordered_at + WINDOW
            by_finding[item.finding.id] += _statements(stay, item.name, told[place], claims, closes)
    apart = {about: Reading(_verdict(own), tuple(own)) for about, own in by_finding.items()}
    return Reading("read", injection=answer.injection, apart=apart)


def _statements(
    stay: Stay, name: str, one: ReasonRead, claims: Claims, closes: datetime
) -> Iterator[Statement]:
    if one.reason_recorded != CANNOT_TELL:
        says, meant = REASONS[one.reason_recorded]
        found = claims.quote(one.lines, one.quote, says)
        if found is not None and _written_by(stay, found, closes):
            yield Statement(says, f"{name}：{meant}", (found,))
    if one.against_quote:
        opposed = claims.quote(one.against_lines, one.against_quote, "for")
        if opposed is not None and _written_by(stay, opposed, closes):
            yield Statement("for", f"{name}：{OPPOSED}", (opposed,))
    if one.acted_on != CANNOT_TELL:
        says, meant = ("against", "结果有相应处理") if one.acted_on == "yes" else ("for", "写明未据结果处理")
        found = claims.quote(one.acted_lines, one.acted_quote, says)
        if found is not None:
            yield Statement(says, f"{name}：{meant}", (found,))


def _written_by(stay: Stay, evidence: Evidence, closes: datetime) -> bool:
    """Whether a quote was written by then; of the tables only what was is shown."""
    document = document_named(stay.record, evidence)
    if document is None:
        return True
    at = sentence_start(stay.record, document, evidence)[1]
    return at is not None and at <= closes


def _verdict(statements: Sequence[Statement]) -> str:
    meant = {one.label.rpartition("：")[2] for one in statements}
    told = {word for word, (_, label) in REASONS.items() if label in meant}
    if len(told) != 1:
        return CANNOT_TELL
    return {"yes": RECORDED, "wish": WISHED, "no": WITHOUT}[told.pop()]


@question(
    code="J5",
    prompt="reason_recorded",
    title="开立缘由的记载",
    answer=ReasonsRead,
    read=_read,
    agree=agreed_by_label,
    default=True,
    place=65,
)
def reason_recorded(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask where no finding doubts a test or treatment, or nothing was written by the day after its order."""
    for day, items in _by_day(stay).items():
        draft = _draft(stay, day, items)
        if draft is not None:
            yield draft
