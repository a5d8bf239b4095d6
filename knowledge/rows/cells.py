"""A line of a rule table and each of its cells: turns texts into typed values, or says in Chinese why not."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from knowledge.rows.tables import Column, TableSpec

PASSAGE_LENGTH = 8
NOT_FOR_BOTH_ENGINES = re.compile(r"\(\?[=!<]|\\[1-9]")  # RE2 knows neither look-around nor back-reference

ANY_DAY = date(1900, 1, 1)  # a row without a publication date holds on any day, and compares like any other

Cell = str | int | Decimal | bool | date | None
Row = dict[str, Cell]


class RowError(ValueError):
    """A rule table cannot be loaded; the message names file, row and column."""


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
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"“{text}”不是数字") from None
    if not number.is_finite():
        raise ValueError(f"“{text}”不是数字")
    return number


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


def type_row(cells: Mapping[str, object], spec: TableSpec, place: str) -> Row:
    """Turn the texts of one line into typed cells, or say what is wrong with which of them.

    `place` names file and line, as in 限频.xlsx 第 7 行. Raises RowError."""
    row: Row = {}
    for column in spec.columns:
        text = str(cells.get(column.name) or "").strip()
        if not text and not column.required:
            row[column.name] = None
            continue
        try:
            row[column.name] = parse_cell(text, column)
        except ValueError as problem:
            raise RowError(f"{place}“{column.name}”：{problem}；请改正。") from problem
    if row["in_force_from"] is None:
        row["in_force_from"] = ANY_DAY
    begins, ends = row["in_force_from"], row["in_force_to"]
    if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
        raise RowError(f"{place}“in_force_to”：止期 {ends} 早于起期 {begins}；请改正。")
    _check_codes(row, spec, place)
    return row


def _check_codes(row: Row, spec: TableSpec, place: str) -> None:
    for name in spec.codes:
        cell = row[name]
        if cell is None:
            continue
        if row["match"] in ("regex", "name"):
            _check_pattern(str(cell), f"{place}“{name}”")
            continue
        row[name] = str(cell).upper()
        for code in str(cell).upper().split("|"):
            if not re.fullmatch(r"[0-9A-Z]+(\.[0-9A-Z]*)?", code):
                raise RowError(f"{place}“{name}”：“{code}”不是编码；多个编码用 | 分开。")
            short = row["match"] == "prefix" and code.isdigit() and len(code) < spec.min_prefix
            if short and row["state"] == "approved" and row["approved_by"] is None:
                raise RowError(
                    f"{place}“{name}”：“{code}”不足 {spec.min_prefix} 位；"
                    "须有人看过它展开的项目，并写明 approved_by。"
                )


def _check_pattern(pattern: str, place: str) -> None:
    try:
        parse_regex(pattern)
    except ValueError as problem:
        raise RowError(f"{place}：{problem}；请改正。") from problem


def cell_text(cell: Cell) -> str:
    """A typed cell as the text it is read from."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case date():
            return "" if cell == ANY_DAY else cell.isoformat()
        case Decimal():
            return format(cell, "f")
        case _:
            return str(cell)
