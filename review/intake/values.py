"""Cell text to typed value, one distinct text at a time; what cannot be read is refused, never guessed."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from knowledge.readers.text import fold

EARLIEST, LATEST = 1900, 2100
_CENT = Decimal("0.0001")
_LARGEST = Decimal("1e13")
_SCIENTIFIC = re.compile(r"[+-]?\d(\.\d+)?[eE]\+?\d{1,3}")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_PARTS = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:：时点](?:(\d{1,2})分?)?(?:[:：]?(\d{1,2})秒?)?(?:\.\d+)?)?Z?"
)
Value = str | Decimal | int | date | datetime


def read_value(text: str, kind: str) -> Value:
    """The typed value of a cell that is not empty. Raises ValueError with what is wrong with it."""
    return _READERS[kind](text)


def _identifier(text: str) -> str:
    """Digits that a spreadsheet turned into 2.3E+28 are lost for good; a trailing ".0" is only its trace."""
    if _SCIENTIFIC.fullmatch(text):
        raise ValueError("编号被表格软件改成了科学计数，末位已丢失")
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _text(text: str) -> str:
    return text


def _number(text: str) -> Decimal:
    plain = fold(text).removeprefix("¥").removesuffix("元")
    if not (_NUMBER.fullmatch(plain) or _SCIENTIFIC.fullmatch(plain)) or not any(map(str.isdigit, plain)):
        raise ValueError("不是数字")
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation as problem:
        raise ValueError("不是数字") from problem
    if abs(value) >= _LARGEST:
        raise ValueError("数字过大")
    return value.quantize(_CENT, ROUND_HALF_UP)


def _count(text: str) -> int:
    value = _number(text.removesuffix("岁").removesuffix("天").removesuffix("张"))
    if not -1_000_000 < value < 1_000_000_000:
        raise ValueError("数字过大")
    return int(value)


def _time(text: str) -> datetime:
    compact = _COMPACT.fullmatch(text)
    match = compact or _PARTS.fullmatch(text.strip())
    if match is None:
        raise ValueError("不是日期时间")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if not EARLIEST <= year < LATEST:
        raise ValueError("年份不合理")
    try:
        if (hour, minute, second) == (24, 0, 0):
            return datetime(year, month, day) + timedelta(days=1)
        return datetime(year, month, day, hour, minute, second)
    except ValueError as problem:
        raise ValueError("没有这个日期或时间") from problem


def _date(text: str) -> date:
    return _time(text).date()


_READERS: dict[str, Callable[[str], Value]] = {
    "id": _identifier,
    "code": _text,
    "text": _text,
    "number": _number,
    "count": _count,
    "time": _time,
    "date": _date,
}
