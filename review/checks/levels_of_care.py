"""Which nursing level each day of a stay had, by its orders, else by its notes, and what a level costs there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from review.checks.inputs import Record
from review.checks.readings import facts_of
from review.checks.usual_prices import most_frequent, usual_price
from review.facts.care_levels import level_of
from review.record import Charge

BY_ORDER, BY_NOTES = "医嘱", "病历"


@dataclass(frozen=True)
class Levels:
    """The levels that one source gives day by day (ranks), and the facts that say so."""

    source: str
    days: Mapping[date, int]
    fact_ids: tuple[str, ...]


def charged_level(line: Charge) -> int | None:
    """The rank of the nursing level a line charges; special nursing items are no level."""
    return _level_named(line.item_name)


def _level_named(item_name: str | None) -> int | None:
    name = item_name or ""
    return None if "专项" in name or "特殊疾病" in name or "新生儿" in name else level_of(name)


def levels_of(record: Record) -> Levels | None:
    """The levels of a stay; null where neither orders nor notes give one."""
    return _ordered(record) or _noted(record)


def _ordered(record: Record) -> Levels | None:
    """The highest level ordered for each day: on a day of change both hold, and the higher counts."""
    days: dict[date, int] = {}
    cited = []
    for order in record.orders:
        rank = level_of(order.order_name or "")
        if rank is None or order.begins_at is None or "新生儿" in (order.order_name or ""):
            continue
        cited.append(order.fact_id)
        ends = order.ends_at or record.admission.ends_at
        for day in _days(order.begins_at.date(), ends.date()):
            days[day] = max(days.get(day, 0), rank)
    return Levels(BY_ORDER, days, tuple(cited)) if days else None


def _noted(record: Record) -> Levels | None:
    """The level the notes gave last before each day, where no order tells."""
    said = [fact for fact in facts_of(record, "nursing_level") if fact.begins_at and fact.value]
    if not said:
        return None
    days: dict[date, int] = {}
    for fact, later in zip(said, [*said[1:], None], strict=True):
        begins = fact.begins_at or record.admission.begins_at
        ends = later.begins_at if later and later.begins_at else record.admission.ends_at
        for day in _days(begins.date(), ends.date()):
            days[day] = max(days.get(day, 0), int(fact.value or 0))
    return Levels(BY_NOTES, days, tuple(fact.fact_id for fact in said))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


def price_of_level(record: Record, rank: int) -> Decimal | None:
    """What the hospital usually charges for a level: in this stay, else in any; null where it never did."""
    own = Counter(line.unit_price for line in record.charges if charged_level(line) == rank)
    if own:
        return most_frequent(own)
    return usual_price(record.inspection, lambda row: _level_named(row["item_name"]) == rank)
