"""What people write into the cells of a form, read as yuan, counts and days; the message says what to write instead.

Full-width digits, thousands separators and a currency sign are understood; a number that only may be a day is not.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from review.reports.paper import shown
from review.reports.workbook import LONGEST_CELL

CENT = Decimal("0.01")
MOST = Decimal(10) ** 12
_NOISE = Decimal("0.000001")  # what a sum of binary fractions may be off by
_SIGN = re.compile("_x([0-9A-Fa-f]{4})_")
_YUAN = re.compile(r"[¥￥]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d*)?\s*元?")
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)


@dataclass(frozen=True)
class Unread:
    """Why a cell cannot be read, and what to write."""

    problem: str
    remedy: str


def yuan(text: str) -> Decimal | Unread | None:
    """Yuan of zero or more with at most two decimals; null for an empty cell."""
    plain = _plain(text)
    if not plain:
        return None
    found = _YUAN.fullmatch(plain)
    if not found:
        return Unread(f"“{_short(text)}”不是金额", "请填零以上的数，如 1234.50")
    value = Decimal(found[1].replace(",", "") + (found[2] or ""))
    if abs(value - value.quantize(CENT)) > _NOISE:
        return Unread(f"“{_short(text)}”的小数多于两位", "请精确到分")
    if value >= MOST:
        return Unread(f"“{_short(text)}”过大", "请核对位数，单位是元")
    return value.quantize(CENT)


def count(text: str) -> int | Unread | None:
    """A whole number of zero or more; null for an empty cell."""
    plain = _plain(text)
    if not plain:
        return None
    found = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.0+)?", plain)
    if not found:
        return Unread(f"“{_short(text)}”不是个数", "请填零以上的整数")
    return int(found[1].replace(",", ""))


def day(text: str) -> date | Unread | None:
    """A day in one of the common ways of writing it; null for an empty cell."""
    plain = _plain(text)
    if not plain:
        return None
    found = _DAY.fullmatch(plain) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else _no_day(text)
    except ValueError:
        return _no_day(text)


def moment(text: str) -> datetime | Unread | None:
    """A day, with its time where it has one."""
    try:
        return datetime.fromisoformat(_plain(text)).replace(tzinfo=None)
    except ValueError:
        read = day(text)
        return datetime(read.year, read.month, read.day) if isinstance(read, date) else read


def same(text: str, value: object) -> bool:
    """Whether a locked cell still says what was written into it; white space and the form of a number may differ."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return yuan(text) == Decimal(value).quantize(CENT)
    if isinstance(value, date):
        return day(text) == (value.date() if isinstance(value, datetime) else value)
    written = shown(str(value or ""))[:LONGEST_CELL]
    return _bare(text) == _bare(written)


def _bare(text: str) -> str:
    """Without white space, and with the signs that an office program reads in an _x0041_ of any text."""
    return "".join(_SIGN.sub(lambda found: chr(int(found[1], 16)), text).split())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _no_day(text: str) -> Unread:
    return Unread(f"“{_short(text)}”不是日期", "请写成 2026-03-01")


def _short(text: str) -> str:
    return " ".join(text.split())[:20]
