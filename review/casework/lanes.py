"""What each lane of a stay's timeline holds on each day: rows and documents as they stand, and no judgement.

A cell says what is drawn (`as`, `text`, `n`), what a reader is told on request (`says`) and where in the record it
stands (`go`). What has no time stands on no day and is counted apart.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from review.checks.inputs import Record
from review.checks.presence import nights, presence_by_day
from review.record import Charge, Document, Fact, Order, Vital

CARE = ("01", "02", "07")  # bed, visit, nursing
TREATMENT = ("05", "06")
ROUTES = ("静", "注射", "泵", "穿刺", "手术")
NOT_BY_DOCTORS = ("护理", "知情", "同意", "告知", "报告", "清单", "医嘱", "首页", "体温", "麻醉")
NAMED = 3  # names told of a day; the rest is a number
LEAST_SOURCES = 2  # fewer kinds of source with times cannot tell that nobody was there
Cell = dict[str, Any]
Lane = dict[date, Cell]
Spot = Callable[[Fact | Document], dict[str, Any] | None]


@dataclass(frozen=True)
class Entry:
    """Something that happened: when, what it is called, and where it stands."""

    at: datetime | date | None
    name: str
    go: dict[str, Any] | None = None

    @property
    def day(self) -> date | None:
        return self.at.date() if isinstance(self.at, datetime) else self.at


def row(fact_id: str) -> dict[str, Any]:
    """Where a table row stands: its sheet and what that sheet calls it."""
    sheet, _, name = fact_id.partition(":")
    return {"sheet": sheet, "id": name}


def by_day(entries: Iterable[Entry]) -> dict[date, list[Entry]]:
    """Entries by day, each day in order of time; those without a day are left out."""
    found: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.day is not None:
            found[entry.day].append(entry)
    for own in found.values():
        own.sort(key=lambda entry: entry.at.isoformat() if entry.at else "")
    return found


def told(entries: Sequence[Entry], clock: bool = False) -> str:
    """The first names of a day, each once, and how many more there are."""
    names = list(
        dict.fromkeys(
            f"{entry.at:%H:%M} {entry.name}" if clock and isinstance(entry.at, datetime) else entry.name
            for entry in entries
        )
    )
    more = f" 等 {len(names)} 种" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


def counted(entries: Iterable[Entry], drawn: str, clock: bool = False) -> Lane:
    """How many entries a day has."""
    return {
        day: {
            "as": drawn,
            "n": len(own),
            "text": str(len(own)),
            "says": told(own, clock),
            "go": own[0].go,
        }
        for day, own in by_day(entries).items()
    }


def undated(entries: Iterable[Entry]) -> int:
    return sum(entry.at is None for entry in entries)


def sums(charges: Iterable[Charge], kinds: Sequence[str] | None = None) -> Lane:
    """Yuan of each day, and the items that make up most of it."""
    found: dict[date, list[Charge]] = defaultdict(list)
    for charge in charges:
        if charge.charged_on and (kinds is None or charge.charge_type in kinds):
            found[charge.charged_on].append(charge)
    cells: Lane = {}
    for day, own in found.items():
        total = sum((charge.amount for charge in own), Decimal(0))
        if total:
            items: dict[str, Decimal] = defaultdict(Decimal)
            for charge in own:
                items[charge.hospital_item_name or charge.item_name or ""] += charge.amount
            largest = sorted(items.items(), key=lambda item: (-item[1], item[0]))
            names = [f"{name} {amount:.2f}" for name, amount in largest[:NAMED]]
            more = f" 等 {len(largest)} 种" if len(largest) > NAMED else ""
            cells[day] = {
                "as": "fee",
                "n": float(total),
                "text": f"{total:.0f}",
                "says": f"{total:.2f} 元：" + "、".join(names) + more,
                "go": {"sheet": "charges", "id": own[0].charge_id},
            }
    return cells


def halves(days: Sequence[date], records: Sequence[Record]) -> Lane:
    """Morning and afternoon of each day: measured, not measured, or outside the stay."""
    readings: dict[date, list[Vital]] = defaultdict(list)
    for record in records:
        for vital in record.vitals:
            if vital.measured_at:
                readings[vital.measured_at.date()].append(vital)
    if not readings:
        return {}
    cells: Lane = {}
    for day in days:
        own = readings.get(day, [])
        late = {vital.measured_at.hour >= 12 for vital in own if vital.measured_at}
        sides = ["yes" if side in late else _unmeasured(day, side, records) for side in (False, True)]
        if sides != ["outside", "outside"]:
            says = f"{len(own)} 次" if own else "无记录"
            go = row(own[0].fact_id) if own else None
            cells[day] = {"as": "half", "halves": sides, "n": len(own), "says": says, "go": go}
    return cells


def _unmeasured(day: date, late: bool, records: Sequence[Record]) -> str:
    begin, end = datetime(day.year, day.month, day.day, 12 * late), timedelta(hours=12)
    stays = (record.admission for record in records)
    return (
        "none"
        if any(stay.begins_at <= begin and begin + end <= stay.ends_at for stay in stays)
        else "outside"
    )


def runs(records: Sequence[Record], text: Callable[[Record], str]) -> Lane:
    """A word for each stay on the days it lasts."""
    words: dict[date, list[str]] = defaultdict(list)
    for record in records:
        for day in _days(record.admission.begins_at.date(), record.admission.ends_at.date()):
            words[day].append(text(record))
    found = {day: "/".join(dict.fromkeys(filter(None, own))) for day, own in words.items()}
    return {day: {"as": "run", "text": word} for day, word in found.items() if word}


def first_day(record: Record) -> Lane:
    """Which days count for the decision to admit, and from when everything is hindsight."""
    begins, ends = record.admission.begins_at, record.admission.ends_at
    closes, go = begins + timedelta(hours=24), {"sheet": "criteria"}
    until = min(closes, ends)
    span = f"{begins:%m-%d %H:%M} 至 {until:%m-%d %H:%M}"
    first = {"as": "run", "text": "首 24 小时", "says": span, "go": go}
    cells: Lane = {day: first for day in _days(begins.date(), until.date())}
    later = {"as": "later", "text": "入院 24 小时后才知道的，判断时分开看", "says": "", "go": go}
    return cells | {day: later for day in _days(until.date() + timedelta(days=1), ends.date())}


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def leave_days(leaves: Iterable[Mapping[str, Any]], records: Sequence[Record]) -> dict[date, str]:
    """Days touched by leave, with what says so: spans with both ends, and days on which notes tell it was granted."""
    found: dict[date, str] = {}
    for leave in leaves:
        says = f"请假 {leave['begins_at']:%m-%d %H:%M} 至 {leave['ends_at']:%m-%d %H:%M}"
        found |= dict.fromkeys(_days(leave["begins_at"].date(), leave["ends_at"].date()), says)
    for record in records:
        for fact in record.facts:
            if fact.kind == "leave" and fact.begins_at:
                found.setdefault(fact.begins_at.date(), fact.quote)
    return found


def presence(records: Sequence[Record], leave: Mapping[date, str]) -> Lane:
    """For each day the independent sources that show the patient; a gap only where two kinds of source could tell."""
    cells: Lane = {}
    for record in records:
        first, last = record.admission.begins_at.date(), record.admission.ends_at.date()
        sources = presence_by_day(record)
        tells = len(set().union(*sources.values())) >= LEAST_SOURCES
        for day in _days(first, last):
            if sources.get(day):
                says = "、".join(sorted(sources[day]))
                cells[day] = {
                    "as": "seen",
                    "n": len(sources[day]),
                    "text": str(len(sources[day])),
                    "says": says,
                }
            elif day in leave:
                cells[day] = {"as": "leave", "text": "假", "says": leave[day]}
            elif tells and first < day < last:
                cells[day] = {"as": "gap", "text": "无", "says": "无体征、执行、检查检验、治疗或病程护理记载"}
    return cells


def told_nights(records: Sequence[Record], spot: Spot) -> Lane:
    """Nights that the record itself tells as absent."""
    cells: Lane = {}
    for record in records:
        told_of = nights(record)
        for night, facts in told_of.absent.items():
            cells[night] = {"as": "away", "text": "未归", "says": facts[0].quote, "go": spot(facts[0])}
        cells |= {night: {"as": "leave", "text": "准假"} for night in told_of.granted}
    return cells


def nursing(days: Sequence[date], orders: Sequence[Order]) -> Lane:
    """The nursing level ordered, from the day of the order until the next one or its end."""
    levels = sorted(
        (o for o in orders if "级护理" in (o.order_name or "") and o.begins_at),
        key=lambda order: str(order.begins_at),
    )
    cells: Lane = {}
    for day in days:
        held = [
            o
            for o in levels
            if o.begins_at and o.begins_at.date() <= day and (not o.ends_at or o.ends_at.date() >= day)
        ]
        if held:
            text = (held[-1].order_name or "").replace("护理", "")[:3]
            cells[day] = {"as": "run", "text": text, "says": held[-1].order_name, "go": row(held[-1].fact_id)}
    return cells


def by_doctor(document: Document) -> bool:
    return not any(word in document.title for word in NOT_BY_DOCTORS)


def infused(order: Order) -> bool:
    return any(route in f"{order.usage}{order.order_name}" for route in ROUTES)
