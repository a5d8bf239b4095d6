"""What the notes of a day say of the patient's state where a charged service takes another one for granted.

A row of `record_denials` names the items, the words of the state and the words that take it back. Notes of the day
before and after count for taking back: a tube drawn at noon was cared for in the morning.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from review.checks.inputs import Record
from review.checks.service_traces import matching, reports_of
from review.facts.context import context
from review.facts.sentences import Sentence
from review.record import Charge, Order

TELLS = re.compile(r"病程|查房|护理|会诊|抢救|转科|交接班|手术记录|操作记录|检查报告|其他")
CONDITION = re.compile(
    r"如(?!厕|下|前|上)|若|可予|建议|拟|鼓励|嘱|指导|宣教|目标|计划|逐步|暂不能|不能|无法|不得|禁止"
)
LABORATORY = "04"
NEAR = timedelta(days=1)


@dataclass(frozen=True)
class Contradicted:
    """The lines of one row on the days of which the notes tell the opposite, with the sentences that do."""

    row: Mapping[str, Any]
    lines: tuple[Charge, ...]
    said: tuple[Sentence, ...]
    orders: tuple[Order, ...]


def states_against(record: Record, rows: Sequence[Mapping[str, Any]]) -> Iterator[Contradicted]:
    """One for each row and item whose charged days the notes contradict."""
    items: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for line in record.charges:
        if line.charged_on and line.subject == "patient":
            items[line.charge_type or "", line.item_name or line.hospital_item_name or ""].append(line)
    for row in rows:
        asked = str(row["charge_type"] or ""), str(row["name_regex"]), str(row["exempt_regex"] or "")
        own = [(item, lines) for (kind, item), lines in sorted(items.items()) if _names(*asked, kind, item)]
        if not own or not _told_at_all(record, str(row["state_regex"])):
            continue
        for item, lines in own:
            silent = row["charge_type"] == LABORATORY and not record.provided("labs")
            if silent or (row["charge_type"] == LABORATORY and matching(item, reports_of(record))):
                continue
            found = _on_days(record, row, lines)
            if found is not None:
                yield found


@lru_cache(maxsize=50_000)  # items times rows; one inspection knows some thousands of items
def _names(types: str, named: str, exempt: str, kind: str, item: str) -> bool:
    """Whether an item of a fee type is one of the row's."""
    if types and kind not in types.split("|"):
        return False
    return bool(_pattern(named).search(item)) and not (exempt and _pattern(exempt).search(item))


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _told_at_all(record: Record, state: str) -> bool:
    """Whether the words of the state, or orders that might be them, stand anywhere in the stay."""
    pattern = _pattern(state)
    return any(pattern.search(text) for text in _texts(record)) or any(
        pattern.search(order.order_name or "") for order in record.orders
    )


@lru_cache(maxsize=2)
def _texts(record: Record) -> Sequence[str]:
    return tuple("".join(document.text.split()) for document in record.documents)


def _on_days(record: Record, row: Mapping[str, Any], lines: Sequence[Charge]) -> Contradicted | None:
    state, unless = _pattern(str(row["state_regex"])), _pattern(str(row["unless_regex"]))
    told, kept, said, fasting = _by_day(record), [], [], []
    for day in sorted({line.charged_on for line in lines if line.charged_on}):
        here = [sentence for sentence in told.get(day, ()) if _asserts(sentence, state)]
        orders = _orders_all_day(record, state, unless, day)
        around = [other for away in (-NEAR, timedelta(0), NEAR) for other in told.get(day + away, ())]
        taken_back = any(unless.search(state.sub("", sentence.bare)) for sentence in around)
        if (here or orders) and not taken_back and not _in_reports(record, unless, day):
            kept += [line for line in lines if line.charged_on == day]
            said += here[:1]
            fasting += orders[:1]
    return Contradicted(row, tuple(kept), tuple(said), tuple(fasting)) if kept else None


@lru_cache(maxsize=8)
def _by_day(record: Record) -> Mapping[date, Sequence[Sentence]]:
    """The sentences of the notes by the day they speak of."""
    found: dict[date, list[Sentence]] = defaultdict(list)
    for document in record.documents:
        if TELLS.search(document.kind) and "入院" not in document.kind:
            for sentence in record.sentences(document):
                if sentence.at is not None:
                    found[sentence.at.date()].append(sentence)
    return found


def _asserts(sentence: Sentence, state: re.Pattern[str]) -> bool:
    match = state.search(sentence.bare)
    if match is None or CONDITION.search(sentence.bare[: match.start()][-14:]):
        return False
    around = context(sentence, match.start(), match.end())
    return not (around.past or around.relative or around.elsewhere) and not re.search(
        r"(?:不能|无法|未能|尚未|不可|未)$", sentence.bare[: match.start()]
    )


def _orders_all_day(
    record: Record, state: re.Pattern[str], unless: re.Pattern[str], day: date
) -> list[Order]:
    """Standing orders that hold from before the day until after it, where no other order of the day takes them back."""
    of_day = [
        order
        for order in record.orders
        if order.begins_at and order.order_name and order.begins_at.date() <= day
        if order.ends_at is not None and order.ends_at.date() >= day
    ]
    if any(unless.search(state.sub("", order.order_name or "")) for order in of_day):
        return []
    return [
        order
        for order in of_day
        if "长期" in (order.order_type or "")
        and state.search(order.order_name or "")
        and order.begins_at.date() < day < order.ends_at.date()  # type: ignore[union-attr]
    ]


def _in_reports(record: Record, unless: re.Pattern[str], day: date) -> bool:
    """Whether a report of about that day was made with what the notes are silent of."""
    return any(
        at is not None
        and abs(at.date() - day) <= NEAR
        and unless.search(f"{exam.method or ''}{exam.findings or ''}{exam.conclusion or ''}")
        for exam in record.exams
        for at in (exam.registered_at or exam.reported_at,)
    )
