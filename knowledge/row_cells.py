"""One cell of a rule table: turns its text into a typed value, or says in Chinese why that is impossible."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from knowledge.row_tables import Column

PASSAGE_LENGTH = 8
NOT_FOR_BOTH_ENGINES = re.compile(r"\(\?[=!<]|\\[1-9]")  # RE2 knows neither look-around nor back-reference

ANY_DAY = date(1900, 1, 1)  # a row without a publication date holds on any day, and compares like any other

Cell = str | int | Decimal | bool | date | None
Row = dict[str, Cell]


def parse_cell(text: str, column: Column) -> Cell:
    """Raises ValueError with the reason; the caller knows the file and the row."""
    if not text:
        if column.required:
            raise ValueError("不能为空")
        return None
    return PARSERS[column.kind](text, column)


def _text(text: str, column: Column) -> str:
    return text


def _passage(text: str, column: Column) -> str:
    if len(text) < PASSAGE_LENGTH:
        raise ValueError(f"出处少于 {PASSAGE_LENGTH} 个字，查不到原文")
    return text


def parse_regex(text: str) -> str:
    """A regular expression that DuckDB, Spark and Python all understand alike."""
    if NOT_FOR_BOTH_ENGINES.search(text):
        raise ValueError("正则里有前后环视或反向引用，筛查引擎不支持")
    try:
        re.compile(text)
    except re.error as problem:
        raise ValueError(f"不是合法的正则（{problem}）") from problem
    return text


def _regex(text: str, column: Column) -> str:
    return parse_regex(text)


def _int(text: str, column: Column) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"“{text}”不是整数") from None


def _decimal(text: str, column: Column) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"“{text}”不是数字") from None


def _flag(text: str, column: Column) -> bool:
    if text not in ("是", "否", "true", "false", "1", "0"):
        raise ValueError(f"“{text}”不是“是”或“否”")
    return text in ("是", "true", "1")


def _day(text: str, column: Column) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是 2024-01-31 这样的日期") from None


def _region(text: str, column: Column) -> str:
    if not re.fullmatch(r"\d{6}", text):
        raise ValueError(f"“{text}”不是 6 位行政区划代码")
    return text


def _choice(text: str, column: Column) -> str:
    unknown = [part for part in (text.split("|") if column.many else [text]) if part not in column.options]
    if unknown:
        raise ValueError(f"“{'|'.join(unknown)}”不在可用的值之内（{'、'.join(column.options)}）")
    return text


PARSERS: dict[str, Callable[[str, Column], Cell]] = {
    "text": _text,
    "passage": _passage,
    "regex": _regex,
    "code": _text,
    "int": _int,
    "decimal": _decimal,
    "flag": _flag,
    "day": _day,
    "region": _region,
    "choice": _choice,
}
