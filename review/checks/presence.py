"""Where a patient was, day by day and night by night: what speaks for presence, and which nights are told as absent.

Bed, nursing and consultation fees post themselves and prove nothing; everything that somebody did to the patient does.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from review.checks.inputs import Inspection, Record
from review.checks.readings import facts_of
from review.record import Fact

SELF_POSTING = frozenset({"01", "02", "07", "12", "13"})
LEAVE_ORDER = re.compile(r"请假|外出|离院|试出院|准假")
SAME_NIGHT = timedelta(hours=12)
NIGHT_BEGINS, NIGHT_ENDS = 20, 8
NIGHT_SHIFT, NIGHT_LONG = timedelta(hours=NIGHT_ENDS), timedelta(hours=12)
EIGHT = time(NIGHT_BEGINS)
OFTEN = re.compile(r"(?<![0-9A-Za-z])q[1-6]h|每[1-6一二两三四五六]个?小时", re.IGNORECASE)
SIGNS = re.compile(r"测[^，。；]{0,6}(?:体温|脉搏|心率|呼吸|血压|生命体征|血氧)|监测生命体征")
CHART = """
with read as (
    select admission_id, count(distinct cast(measured_at as date)) as days,
           count(distinct case when extract(hour from measured_at) >= 20 or extract(hour from measured_at) < 8
               then cast(measured_at - interval 8 hour as date) end) as nights
    from vitals where measured_at is not null group by admission_id
)
select sum(a.touch_days) as days, sum(a.bed_days) as nights, sum(r.days) as days_read, sum(r.nights) as nights_read
from admissions a join read r on r.admission_id = a.admission_id
"""


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
    granted = frozenset(leave_nights(record))
    told: dict[date, list[Fact]] = defaultdict(list)
    for fact in facts_of(record, "absence"):
        night = _day(fact)
        if fact.name == "night" and night and first <= night <= last and not _came_back(record, fact):
            told[night].append(fact)
    absent = {night: tuple(told[night]) for night in sorted(told) if night not in granted}
    return Nights(absent, granted & set(told), max(0, (last - first).days + 1))


def _day(fact: Fact) -> date | None:
    return date.fromisoformat(fact.value) if fact.value else None


def leave_nights(record: Record) -> Iterator[date]:
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


def runs_of(days: Iterable[date]) -> list[list[date]]:
    """Runs of consecutive days, in order."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def longest_run(days: Iterable[date]) -> int:
    """The length of the longest run of consecutive days."""
    return max((len(run) for run in runs_of(days)), default=0)


@dataclass(frozen=True)
class Charted:
    """How much of the other stays the hospital's chart shows: shares of days and of nights; null where it has none."""

    days: float | None
    nights: float | None


def charted(record: Record) -> Charted:
    """Whether this hospital's chart would show an absence, by the other stays that have a chart."""
    all_days, all_nights, days_read, nights_read = _chart_of(record.inspection)
    own_days, own_nights = _days_read(record), nights_read_of(record)
    if own_days:
        all_days, all_nights = all_days - record.admission.touch_days, all_nights - record.admission.bed_days
        days_read, nights_read = days_read - len(own_days), nights_read - len(own_nights)
    return Charted(
        days_read / all_days if all_days > 0 else None, nights_read / all_nights if all_nights > 0 else None
    )


@lru_cache(maxsize=2)  # asked for every stay of one inspection
def _chart_of(inspection: Inspection) -> tuple[int, int, int, int]:
    """Days and nights of the stays that have a chart, and those of them with a reading."""
    told = inspection.warehouse.rows(CHART)[0]
    days, nights, days_read, nights_read = (
        int(told[name] or 0) for name in ("days", "nights", "days_read", "nights_read")
    )
    return days, nights, days_read, nights_read


def _days_read(record: Record) -> set[date]:
    return {vital.measured_at.date() for vital in record.vitals if vital.measured_at}


def nights_read_of(record: Record) -> set[date]:
    """Nights with a reading between eight in the evening and eight in the morning, by the day they begin on."""
    times = (vital.measured_at for vital in record.vitals if vital.measured_at)
    return {(at - NIGHT_SHIFT).date() for at in times if _in_night(at)}


def nights_seen(record: Record) -> set[date]:
    """Nights in which any source shows the patient."""
    return {(at - NIGHT_SHIFT).date() for _, at in _sightings(record) if at is not None and _in_night(at)}


def _in_night(at: datetime) -> bool:
    """Midnight sharp is a day without a clock."""
    return (at.hour >= NIGHT_BEGINS or at.hour < NIGHT_ENDS) and (at.hour, at.minute) != (0, 0)


def nights_to_measure(record: Record) -> Mapping[date, str]:
    """Nights over which an order asks for signs every six hours or oftener, with the order's fact."""
    found: dict[date, str] = {}
    stay = record.admission
    for order in record.orders:
        text = f"{order.order_name or ''} {order.usage or ''} {order.frequency or ''}"
        if order.begins_at is None or not (OFTEN.search(text) and SIGNS.search(order.order_name or "")):
            continue
        ends = min(order.ends_at or stay.ends_at, stay.ends_at)
        if order.ends_at is None and not (order.order_type or "").startswith("长期"):
            continue
        night = max(order.begins_at, stay.begins_at).date()
        while datetime.combine(night, EIGHT) + NIGHT_LONG <= ends:
            if datetime.combine(night, EIGHT) >= order.begins_at:
                found.setdefault(night, order.fact_id)
            night += timedelta(days=1)
    return found
