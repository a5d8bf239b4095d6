"""What a drug order comes to: the content of a unit, the doses of an order, and the units they take, dose by dose.

A dose is rounded up to whole units, as an opened ampoule is used up. What cannot be read is null, never a guess.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from review.record import Order

AMOUNT = re.compile(
    r"(\d+(?:\.\d+)?)\s*(万)?\s*(mg|μg|ug|mcg|kg|g|ml|毫升|毫克|克|微克|单位|IU|U|升|l)(?![a-z])",
    re.IGNORECASE,
)
PACK = re.compile(r"[*×x]\s*(\d{1,4})\s*(?:片|粒|支|袋|丸|枚|贴|瓶|包|揿|喷|t|s)?", re.IGNORECASE)
SCALES = {
    "mg": ("mass", "1"), "毫克": ("mass", "1"), "g": ("mass", "1000"), "克": ("mass", "1000"),
    "kg": ("mass", "1000000"), "μg": ("mass", "0.001"), "ug": ("mass", "0.001"), "mcg": ("mass", "0.001"),
    "微克": ("mass", "0.001"),
    "ml": ("volume", "1"), "毫升": ("volume", "1"), "l": ("volume", "1000"), "升": ("volume", "1000"),
    "iu": ("activity", "1"), "u": ("activity", "1"), "单位": ("activity", "1"),
}  # fmt: skip
PIECE = re.compile(r"^(?:片|粒|支|袋|丸|枚|贴|瓶|包|颗|s|t)$", re.IGNORECASE)
PACKED_IN = re.compile(r"盒|板|瓶|罐|筒")
AS_NEEDED = re.compile(r"prn|sos|必要时|备用|临时备用", re.IGNORECASE)
ONGOING = re.compile(r"持续|泵|维持|iv-?vp|civ", re.IGNORECASE)
PER_DAY = {
    "qd": "1", "qn": "1", "qm": "1", "hs": "1", "qdam": "1", "qdpm": "1", "st": "1", "once": "1", "ac": "3", "pc": "3",
    "bid": "2", "tid": "3", "qid": "4", "quingid": "5", "qod": "0.5", "q3d": "0.34", "biw": "0.29", "tiw": "0.43",
    "qow": "0.08", "qw": "0.15", "2w": "0.08", "3w": "0.05", "4w": "0.04", "qh": "24",
    "每日一次": "1", "每天一次": "1", "每晚一次": "1", "每晚": "1", "每日两次": "2", "每天两次": "2", "每日二次": "2",
    "每日三次": "3", "每天三次": "3", "每日四次": "4", "每天四次": "4", "隔日一次": "0.5", "每周一次": "0.15",
    "每周两次": "0.29", "每周三次": "0.43", "即时": "1", "立即": "1",
}  # fmt: skip
EVERY_HOURS = re.compile(r"^q(\d{1,2})h$", re.IGNORECASE)


@dataclass(frozen=True)
class Content:
    """What one smallest unit holds, by kind of measure, and how many of them a pack has."""

    holds: tuple[tuple[str, Decimal], ...]
    pack: int

    def of(self, kind: str) -> Decimal | None:
        return dict(self.holds).get(kind)


@dataclass(frozen=True)
class Course:
    """The units that one order takes: for each dose, each day, and altogether on its days."""

    per_dose: Decimal
    per_day: Decimal
    first: date
    last: date
    total: Decimal
    open_end: bool

    def on(self, day: date | None) -> Decimal:
        return self.per_day if day is not None and self.first <= day <= self.last else Decimal(0)


def content_of(spec: str | None) -> Content | None:
    """0.75g, 100ml:0.9g, 5mg*28片 as what one ampoule, bag or tablet holds; null where no amount is stated."""
    text = unicodedata.normalize("NFKC", spec or "")
    holds: dict[str, Decimal] = {}
    for match in AMOUNT.finditer(text):
        kind, scale = SCALES[match[3].lower()]
        holds.setdefault(kind, Decimal(match[1]) * Decimal(scale) * (10000 if match[2] else 1))
    pack = 1
    for match in PACK.finditer(text):
        pack *= int(match[1]) or 1
    return Content(tuple(holds.items()), pack) if holds else None


def billed_units(quantity: Decimal, unit: str | None, content: Content) -> Decimal:
    """A charged quantity in smallest units: a box of 28 tablets is 28."""
    in_packs = content.pack > 1 and unit is not None and bool(PACKED_IN.search(unit))
    return quantity * content.pack if in_packs else quantity


def units_per_dose(order: Order, content: Content) -> Decimal | None:
    """The whole units that one dose takes; null where dose and content cannot be compared."""
    text = unicodedata.normalize("NFKC", f"{order.dose or ''}{order.dose_unit or ''}").replace(" ", "")
    match = AMOUNT.search(text)
    if match:
        kind, scale = SCALES[match[3].lower()]
        held = content.of(kind)
        dose = Decimal(match[1]) * Decimal(scale) * (10000 if match[2] else 1)
        return (dose / held).to_integral_value(ROUND_CEILING) if held else None
    number = _number(order.dose)
    if number is not None and order.dose_unit and PIECE.match(order.dose_unit.strip()):
        return number.to_integral_value(ROUND_CEILING)
    return None


def counts_pieces(order: Order) -> bool:
    """Whether the dose is told in tablets or ampoules, or with no unit: where mg and pieces may be confused."""
    return AMOUNT.search(f"{order.dose or ''}{order.dose_unit or ''}") is None


def times_per_day(order: Order) -> Decimal | None:
    """How often a day; null where it is as needed, ongoing, or not told."""
    said = unicodedata.normalize("NFKC", order.frequency or "").strip().lower()
    every = EVERY_HOURS.match(said)
    if every:
        return Decimal(24) / int(every[1]) if int(every[1]) else None
    known = PER_DAY.get(said)
    return Decimal(known) if known else None


def is_as_needed(order: Order) -> bool:
    return bool(AS_NEEDED.search(f"{order.frequency or ''}{order.usage or ''}{order.order_name or ''}"))


def is_ongoing(order: Order) -> bool:
    return bool(ONGOING.search(f"{order.frequency or ''}{order.usage or ''}"))


def course_of(order: Order, content: Content, discharge: datetime, executions: int) -> Course | None:
    """An order's course on the reading that takes most: its days by its frequency, its quantity, or its executions."""
    per_dose, times = units_per_dose(order, content), times_per_day(order)
    if per_dose is None or times is None or order.begins_at is None:
        return None
    first = order.begins_at.date()
    single = "临时" in (order.order_type or "")
    ends = order.begins_at + timedelta(days=_days(order) - 1) if single else (order.ends_at or discharge)
    last = max(first, ends.date())
    days = (last - first).days + 1
    once = single and (order.frequency or "").strip().lower() in ("st", "once", "即时", "立即", "")
    doses = Decimal(1) if once else (times * days).to_integral_value(ROUND_CEILING)
    total = max(per_dose * doses, per_dose * executions, _number(order.quantity) or Decimal(0))
    per_day = per_dose * max(Decimal(1), times)
    return Course(per_dose, per_day, first, last, total, not single and order.ends_at is None)


def _days(order: Order) -> int:
    number = _number(order.days)
    return max(1, int(number)) if number is not None else 1


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None


def distinct(orders: Iterable[Order]) -> list[tuple[Order, int]]:
    """Orders once each, with how many of the extract's rows record an execution of it."""
    found: dict[tuple[object, ...], list[Order]] = {}
    for order in orders:
        key = (order.order_no or order.fact_id, order.order_name, order.begins_at, order.ends_at, order.dose)
        found.setdefault(key, []).append(order)
    return [(rows[0], sum(1 for row in rows if row.executed_at)) for rows in found.values()]
