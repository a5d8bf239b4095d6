"""The hours of a stay's operations: what the register gives for each day, and where an hour cannot be as written.

A note that tells of an operation as done is known by its title or by its words; what is told of an earlier operation,
or of one to come, is none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from review.checks.header import Limits
from review.checks.inputs import Inspection, Record
from review.facts.context import context
from review.facts.sentences import sentences
from review.models import Evidence
from review.record import Document, OperationRow
from review.violations import Certainty

AFTERWARDS = re.compile(r"术后(?:首次)?病程|手术记录")
COURSE = re.compile(r"病程|查房|护理记录")
DONE = re.compile(
    r"(?:手术|术程)(?:过程|经过)?顺利|术毕|(?:术后|手术后|手术室)?(?:安返|安全返回|返回|送返|送回)(?:病房|ICU|监护)|"
    r"术中(?:见|所见|探查|出血|失血|诊断)|今日[^，。；]{0,14}(?:麻醉?下|全麻|腰麻)[^，。；]{0,6}行[^，。；]{2,20}术"
)
NOT_YET = re.compile(
    r"拟|择期|计划|准备|将|待|如|若|必要时|既往|曾|年前|月前|天前|日前|前次|上次|昨|第一次|外院|家属"
)
LOCAL_OR_CHANGED = ("局", "浸润", "表面")
BROKEN_OFF = re.compile(r"中止|终止手术|放弃手术|取消手术|手术取消|改期|无法(?:继续|耐受)|台上死亡")
HALF_DAY = 720.0
LATE_HOUR, EARLY_HOUR, LONGEST_MINUTES = 18, 9, 960
SHORTEST = """
select operation_code, count(*) as operations, quantile_cont(minutes, 0.05) as short_one, median(minutes) as usual
from (
    select operation_code, (epoch(ends_at) - epoch(begins_at)) / 60.0 as minutes
    from operations
    where origin = 'hospital' and operation_code is not null and ends_at > begins_at
) o
where minutes <= 960
group by operation_code
having count(*) >= $least
"""
APART = """
select count(*) as n,
       sum(case when epoch(a.begins_at) - epoch(o.begins_at) > $slack or epoch(o.ends_at) - epoch(a.ends_at) > $slack
                then 1 else 0 end) as apart
from operations o
join anesthesia a on a.admission_id = o.admission_id
where o.origin = 'hospital' and o.ends_at > o.begins_at and a.ends_at > a.begins_at
  and cast(a.begins_at as date) = cast(o.begins_at as date)
"""


@dataclass(frozen=True)
class Contradiction:
    """One pair of times that cannot both be true."""

    told: str
    certainty: Certainty
    fact_ids: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    outside: bool = False


def clocked(at: datetime | None) -> bool:
    """Whether a clock time is given and not only a day."""
    return at is not None and at.time() != time()


def hospital_events(record: Record) -> dict[date, tuple[datetime, datetime, str, str]]:
    """The one timed operation of each day; a day with several is left out."""
    events: dict[date, set[tuple[datetime, datetime]]] = {}
    named: dict[tuple[datetime, datetime], OperationRow] = {}
    for row in record.operations:
        if row.origin == "hospital" and row.begins_at and row.ends_at and row.ends_at > row.begins_at:
            events.setdefault(row.begins_at.date(), set()).add((row.begins_at, row.ends_at))
            named.setdefault((row.begins_at, row.ends_at), row)
    single = {day: next(iter(spans)) for day, spans in events.items() if len(spans) == 1}
    return {
        day: (*span, named[span].fact_id, named[span].operation_name or "手术")
        for day, span in single.items()
    }


def half_a_day(minutes: float, clocks_minutes: float) -> bool:
    """Whether the difference is one of writing 3:20 for 15:20."""
    return abs(abs(minutes) - HALF_DAY) <= clocks_minutes


def clocks_apart(inspection: Inspection, limits: Limits) -> bool:
    """Whether so many anaesthesias of this hospital lie beside their operations that two clocks explain it."""
    n, apart = _beside(inspection, limits["anesthesia_minutes"])
    return bool(apart >= limits["habit_least"] and apart >= limits["habit_share"] * n)


@lru_cache(maxsize=1)
def _beside(inspection: Inspection, minutes: float) -> tuple[int, int]:
    rows = inspection.warehouse.rows(APART, {"slack": minutes * 60})
    return int(rows[0]["n"] or 0), int(rows[0]["apart"] or 0)


def told_before(record: Record, clocks_minutes: float) -> Iterator[Contradiction]:
    """A note on what was done and found that was written before the operation of that day began."""
    events = hospital_events(record)
    first = min(events, default=None)
    for document in record.documents if events else ():
        written = document.written_at
        event = events.get(written.date()) if written is not None and document.written_exact else None
        if event is None or written is None or document.confidence < 1.0:
            continue
        minutes = (event[0] - written).total_seconds() / 60
        if minutes <= clocks_minutes or half_a_day(minutes, clocks_minutes):
            continue
        quote = _afterwards(record, document, only=written.date() == first)
        if quote is not None:
            yield Contradiction(
                f"“{document.title}”写于 {written:%m-%d %H:%M}，手术 {event[0]:%H:%M} 才开始",
                Certainty.PROBABLE,
                (event[2],),
                (quote,),
            )


def _afterwards(record: Record, document: Document, only: bool) -> Evidence | None:
    """What shows that a note tells of a finished operation; by its words only where no operation went before."""
    if AFTERWARDS.search(document.kind + document.title):
        start = max(0, document.text.find(document.title))
        end = min(len(document.text), start + len(document.title) + 20)
        return record.quote(document, start, end, at=document.written_at)
    if not only or not COURSE.search(document.kind) or not DONE.search("".join(document.text.split())):
        return None
    for sentence in sentences(document):
        match = DONE.search(sentence.bare)
        if (
            match is None
            or NOT_YET.search(sentence.bare[: match.end()])
            or sentence.at != document.written_at
        ):
            continue
        around = context(sentence, match.start(), match.end())
        if not (around.past or around.denied or around.elsewhere):
            return record.quote(document, *sentence.whole, at=document.written_at)
    return None


def turned_round(record: Record, clocks_minutes: float) -> Iterator[Contradiction]:
    """An end before its beginning that is neither a clock of twelve hours nor a night whose day was not turned."""
    for row in record.operations:
        if row.origin != "hospital" or row.begins_at is None or row.ends_at is None:
            continue
        minutes = (row.begins_at - row.ends_at).total_seconds() / 60
        over_midnight = row.begins_at.hour >= LATE_HOUR and row.ends_at.hour < EARLY_HOUR
        if not (clocked(row.begins_at) and clocked(row.ends_at)) or minutes <= clocks_minutes:
            continue
        if not over_midnight and not half_a_day(minutes, clocks_minutes) and minutes < 2 * HALF_DAY:
            yield Contradiction(
                f"“{row.operation_name or '手术'}”{row.begins_at:%m-%d %H:%M} 开始，{row.ends_at:%m-%d %H:%M} 已结束",
                Certainty.PROBABLE,
                (row.fact_id,),
            )


def too_short(record: Record, limits: Limits) -> Iterator[Contradiction]:
    """An operation that took less than a part of what nearly all of its kind take at this hospital."""
    if any(word in (given.method or "") for given in record.anesthesia for word in LOCAL_OR_CHANGED):
        return
    for begins, ends, fact_id, name in hospital_events(record).values():
        row = next(one for one in record.operations if one.fact_id == fact_id)
        usual = _usual(record.inspection, int(limits["least_operations"])).get(row.operation_code or "")
        minutes = (ends - begins).total_seconds() / 60
        if (
            usual is None
            or minutes >= float(limits["shortest_share"]) * usual[1]
            or _broken_off(record, name)
        ):
            continue
        yield Contradiction(
            f"“{name}”{begins:%m-%d %H:%M} 至 {ends:%H:%M} 历时 {minutes:.0f} 分钟，本院同类手术 {usual[0]} 台"
            f"中位 {usual[2]:.0f} 分钟、95% 在 {usual[1]:.0f} 分钟以上",
            Certainty.CLUE,
            (fact_id,),
        )


def _broken_off(record: Record, name: str) -> bool:
    records = record.of_kind("手术记录", "麻醉记录", "术后首次病程记录")
    return "探查" in name or any(BROKEN_OFF.search(document.text) for document in records)


@lru_cache(maxsize=1)
def _usual(inspection: Inspection, least: int) -> Mapping[str, tuple[int, float, float]]:
    """By operation code: how many, the length that one in twenty stays below, the median; in minutes."""
    rows = inspection.warehouse.rows(SHORTEST, {"least": least})
    return {
        str(row["operation_code"]): (int(row["operations"]), float(row["short_one"]), float(row["usual"]))
        for row in rows
    }
