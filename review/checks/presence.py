"""Where a patient was, day by day and night by night: what speaks for presence, and which nights are told as absent.

Bed, nursing and consultation fees post themselves and prove nothing; everything that somebody did to the patient does.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from review.checks.inputs import Record
from review.checks.readings import facts_of
from review.record import Fact

SELF_POSTING = frozenset({"01", "02", "07", "12", "13"})
LEAVE_ORDER = re.compile(r"请假|外出|离院|试出院|准假")
SAME_NIGHT = timedelta(hours=12)


@dataclass(frozen=True)
class Nights:
    """The nights of a stay that the record tells as absent, each with its statements; and those under granted leave."""

    absent: Mapping[date, tuple[Fact, ...]]
    granted: frozenset[date]
    total: int


def nights(record: Record) -> Nights:
    """Nights from the day of admission to the day before discharge."""
    admission = record.admission
    first, last = admission.begins_at.date(), admission.ends_at.date() - timedelta(days=1)
    granted = frozenset(_leave_nights(record))
    told: dict[date, list[Fact]] = defaultdict(list)
    for fact in facts_of(record, "absence"):
        night = _day(fact)
        if fact.name == "night" and night and first <= night <= last and not _came_back(record, fact):
            told[night].append(fact)
    absent = {night: tuple(told[night]) for night in sorted(told) if night not in granted}
    return Nights(absent, granted & set(told), max(0, (last - first).days + 1))


def _day(fact: Fact) -> date | None:
    return date.fromisoformat(fact.value) if fact.value else None


def _leave_nights(record: Record) -> Iterator[date]:
    """Nights covered by a leave order, or by a leave that the record says was granted that day."""
    for order in record.orders:
        if order.order_name and LEAVE_ORDER.search(order.order_name) and order.begins_at:
            ends = order.ends_at or order.begins_at + timedelta(days=1)
            yield from _nights_between(order.begins_at, ends)
    for fact in facts_of(record, "leave"):
        if fact.begins_at is not None:
            yield fact.begins_at.date()


def _nights_between(begins: datetime, ends: datetime) -> Iterator[date]:
    night = begins.date()
    while night <= ends.date() and night <= begins.date() + timedelta(days=60):
        yield night
        night += timedelta(days=1)


def _came_back(record: Record, absence: Fact) -> bool:
    """Whether a later entry of the same night says that the patient returned or was seen."""
    if absence.begins_at is None:
        return False
    return any(
        fact.begins_at is not None
        and absence.begins_at < fact.begins_at <= absence.begins_at + SAME_NIGHT
        and (fact.name == "returned" or _by_night(fact.begins_at))
        for fact in facts_of(record, "presence")
    )


def _by_night(at: datetime) -> bool:
    return at.hour >= 21 or at.hour < 5


def presence_by_day(record: Record) -> Mapping[date, set[str]]:
    """For each day the independent sources that show the patient was there."""
    found: dict[date, set[str]] = defaultdict(set)
    for source, at in _sightings(record):
        if at is not None:
            found[at.date()].add(source)
    return found


def _sightings(record: Record) -> Iterator[tuple[str, datetime | None]]:
    yield from (("体征", vital.measured_at) for vital in record.vitals)
    yield from (("医嘱执行", order.executed_at) for order in record.orders if order.executor)
    yield from (("采样", lab.sampled_at) for lab in record.labs)
    yield from (("检查", exam.registered_at) for exam in record.exams)
    yield from (("手术", operation.begins_at) for operation in record.operations)
    yield from (("麻醉", item.begins_at) for item in record.anesthesia)
    named = any(charge.executor for charge in record.charges)
    for charge in record.charges:
        if (
            charge.charge_type not in SELF_POSTING
            and charge.kind != "drug"
            and (charge.executor or not named)
        ):
            yield "治疗收费", charge.charged_at
    yield from (("病程护理记录", fact.begins_at) for fact in facts_of(record, "presence", "measurement"))


def inner_days(record: Record) -> list[date]:
    """The days strictly between admission and discharge."""
    first, last = record.admission.begins_at.date(), record.admission.ends_at.date()
    return [first + timedelta(days=n) for n in range(1, (last - first).days)]


def longest_run(days: list[date]) -> int:
    """The longest run of consecutive days."""
    best = run = 0
    previous: date | None = None
    for day in sorted(days):
        run = run + 1 if previous is not None and day - previous == timedelta(days=1) else 1
        best, previous = max(best, run), day
    return best


def charted_share(record: Record) -> float | None:
    """The share of days with a reading in the other stays: whether this hospital's chart would show an absence."""
    rows = record.inspection.warehouse.rows(
        "select sum(a.touch_days) as days, sum(v.charted) as charted from admissions a "
        "join (select admission_id, count(distinct cast(measured_at as date)) as charted from vitals group by 1) v "
        "on v.admission_id = a.admission_id where a.admission_id <> $id",
        {"id": record.admission.admission_id},
    )
    days, charted = rows[0]["days"], rows[0]["charted"]
    return float(charted) / float(days) if days else None
