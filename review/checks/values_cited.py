"""Laboratory values that a note cites as the day's and that no result of the stay bears out.

A value is borne out by a result of the same analyte and unit that lies within a share of it. How far one may lie off
depends on how well the other cited values of the record agree: where they all agree, the laboratory's table is whole,
and an older result bears out only what it rounds to.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from review.checks.header import Limits
from review.checks.inputs import Record
from review.checks.readings import document_of, facts_of
from review.record import Fact, Lab

BEDSIDE = re.compile(
    r"血糖|葡萄糖|乳酸|血气|氧分压|二氧化碳|pH|钾|钠|钙|氯|BNP|肌钙|D-?二聚|降钙素|C-?反应|CRP", re.IGNORECASE
)
NOTES = re.compile(r"病程|查房|小结|会诊|抢救")
TAIL = re.compile(r"计数|定量|测定|浓度|检测|[（(].*?[)）]")
EXACT, ROUNDED = Decimal("0.005"), Decimal("0.015")


@dataclass(frozen=True)
class Unborne:
    """One cited value with the result of the day that it should have been."""

    told: str
    fact_ids: tuple[str, str]
    points_at: str


@dataclass(frozen=True)
class Compared:
    """How far a cited value lies from the closest result of its day and of the stay, as shares of them."""

    to_the_day: Decimal
    to_any: Decimal
    nearest: Lab


def unborne(record: Record, limits: Limits) -> Iterator[Unborne]:
    """Values of the day's notes that no result of the stay bears out, though the day's own result is there."""
    if not record.labs:
        return
    by_name: dict[str, list[Lab]] = defaultdict(list)
    for lab in record.labs:
        if lab.value is not None and lab.sampled_at is not None:
            by_name[_plain(lab.analyte)].append(lab)
    exact, apart = 0, []
    for fact in facts_of(record, "lab_value"):
        own = by_name.get(_plain(fact.name), [])
        found = _compared(record, fact, own, limits) if own else None
        if found is not None:
            exact += found.to_any <= EXACT
            apart.append((fact, found))
    whole = exact >= limits["agreeing_values"]
    far = Decimal(str(limits["value_apart"]))
    least = Decimal(str(limits["value_apart_where_whole"]))
    for fact, found in apart:
        if found.to_any > far or (whole and found.to_the_day > least and found.to_any > ROUNDED):
            yield _told(record, fact, found.nearest)


def _told(record: Record, fact: Fact, nearest: Lab) -> Unborne:
    document = document_of(record, fact)
    assert document is not None
    return Unborne(
        f"{document.title}记{fact.name} {fact.value}{fact.unit or ''}，"
        f"{nearest.sampled_at:%m-%d %H:%M} 采样结果为 {nearest.value_text}{nearest.unit or ''}",
        (fact.fact_id, nearest.fact_id),
        f"value {fact.fact_id}",
    )


def _compared(record: Record, fact: Fact, labs: Sequence[Lab], limits: Limits) -> Compared | None:
    """A value of the day's note beside the results; null where it cannot be held against one of the day."""
    document = document_of(record, fact)
    if document is None or not NOTES.search(document.kind) or fact.certainty != "established":
        return None
    if BEDSIDE.search(fact.name) or fact.begins_at is None or document.confidence < 1.0:
        return None
    own = [lab for lab in labs if _unit(lab.unit) == _unit(fact.unit)]
    days = timedelta(days=limits["table_days"])
    of_day = [
        lab
        for lab in own
        if lab.sampled_at and timedelta(0) <= fact.begins_at.date() - lab.sampled_at.date() <= days
    ]
    try:
        cited = Decimal(str(fact.value))
    except InvalidOperation:
        return None
    if not of_day:
        return None
    nearest = max(of_day, key=lambda lab: (str(lab.sampled_at), lab.fact_id))
    shares = {lab.fact_id: _share(cited, lab.value) for lab in own}
    return Compared(min(shares[lab.fact_id] for lab in of_day), min(shares.values()), nearest)


def _share(cited: Decimal, measured: Decimal | None) -> Decimal:
    if not measured:
        return Decimal(0)
    return abs(cited - measured) / abs(measured)


def _plain(name: str | None) -> str:
    return TAIL.sub("", "".join((name or "").split())).upper()


def _unit(unit: str | None) -> str:
    plain = "".join((unit or "").split()).upper().replace("Μ", "U").replace("µ", "U").replace("×", "")
    return plain.replace("*", "").replace("^", "").replace("X10", "10")
