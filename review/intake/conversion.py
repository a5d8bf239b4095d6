"""Text columns to typed ones. Columns are converted whole; Python sees only the distinct texts that do not fit.

A cell that cannot be used becomes a fault and is empty; a row is left out where a required cell cannot be used,
or where so many cells do not fit that the row has slipped sideways.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from review.intake.columns import Column, TableShape, fold_heading
from review.intake.raw import RawTable
from review.intake.values import EARLIEST, LATEST, Value, read_value
from review.models import Fault

MONEY = pa.decimal128(18, 4)
TYPES = {
    "id": pa.string(),
    "code": pa.string(),
    "text": pa.string(),
    "number": MONEY,
    "count": pa.int32(),
    "time": pa.timestamp("us"),
    "date": pa.date32(),
}
EMPTY = pa.array(["", "NULL", "null", "Null", "None", "none", "nan", "NaN", "NaT", "N/A", "#N/A", "\\N"])
SLIPPED = 3  # cells of a row that do not fit, from which the row is taken to have slipped
MOST_FAULTS = 50  # of one kind in one file; the rest are counted
_SHOWABLE = re.compile(r"[0-9A-Za-z.,:/ +\-%¥¥]*\d[0-9A-Za-z.,:/ +\-%¥]*|[0-9A-Za-z.,:/+\-]{1,8}")


class MissingColumn(Exception):
    """The header lacks required columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        super().__init__("、".join(f"{column.name}" for column in columns))


@dataclass
class Typed:
    """A converted table with what went wrong on the way."""

    table: pa.Table
    faults: list[Fault]
    notes: list[str]


@dataclass
class _Bad:
    """Row index → what is wrong with its cells: (column, heading, text, reason)."""

    cells: dict[int, list[tuple[Column, str, str, str]]] = field(default_factory=dict)

    def add(self, row: int, column: Column, heading: str, text: str, reason: str) -> None:
        self.cells.setdefault(row, []).append((column, heading, text, reason))


def convert(raw: RawTable, shape: TableShape) -> Typed:
    """The typed table of one file, all columns of its shape present. Raises MissingColumn."""
    places, faults, notes = _places(raw, shape)
    missing = [column for column in shape.required if column.name not in places]
    if missing or not places:
        raise MissingColumn(missing or shape.columns[:2])
    texts = {name: _clean(raw.columns[place]) for name, place in places.items()}
    bad = _Bad()
    arrays, names = [], []
    for column in shape.columns:
        heading = raw.headings[places[column.name]] if column.name in places else column.name
        names.append(column.name)
        if column.name in texts:
            arrays.append(_typed(texts[column.name], column, heading, bad))
        else:
            arrays.append(pa.nulls(len(raw.row_numbers), TYPES[column.kind]))
    source = pa.array([raw.source] * len(raw.row_numbers), pa.string())
    table = pa.table([*arrays, source, raw.row_numbers], names=[*names, "source", "row_number"])
    table, left_out = _without_bad_rows(table, shape, texts, bad)
    faults += [
        Fault(raw.source, f"第 {row} 行", problem, "请对照表头核对该行，更正后重新导出")
        for row, problem in raw.ragged
    ]
    faults += left_out
    return Typed(table, _capped(faults), [*raw.notes, *notes])


def _places(raw: RawTable, shape: TableShape) -> tuple[dict[str, int], list[Fault], list[str]]:
    """Where each column stands; of two that carry the same heading the first is read."""
    places: dict[str, int] = {}
    faults, unknown = [], []
    for place, heading in enumerate(raw.headings):
        column = shape.column(heading)
        if column is None:
            unknown += [heading] if heading else []
        elif column.name in places:
            problem = f"“{heading}”与“{raw.headings[places[column.name]]}”是同一列，只读前者"
            faults.append(Fault(raw.source, f"表头 {heading} 列", problem, "请删去重复的列"))
        else:
            places[column.name] = place
    return (
        places,
        faults,
        [f"未用的列：{'、'.join(unknown[:12])}{' 等' if len(unknown) > 12 else ''}"] if unknown else [],
    )


def _clean(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Trimmed, unwrapped from ="…" and from a leading apostrophe; empty words become null."""
    column = pc.utf8_trim_whitespace(column)
    guarded = pc.or_(pc.starts_with(column, '="'), pc.starts_with(column, "'"))
    if pc.any(guarded).as_py():
        column = pc.replace_substring_regex(column, r'^(?:="(.*)"|\'(.*))$', r"\1\2")
    return pc.if_else(pc.is_in(column, EMPTY), pa.scalar(None, pa.string()), column)


def _typed(texts: pa.ChunkedArray, column: Column, heading: str, bad: _Bad) -> pa.ChunkedArray:
    whole = _FAST[column.kind](texts)
    if whole is not None:
        return whole
    codes = pc.dictionary_encode(texts).combine_chunks()
    values: list[Value | None] = []
    reasons: dict[int, str] = {}
    for place, text in enumerate(codes.dictionary.to_pylist()):
        try:
            values.append(read_value(text, column.kind))
        except ValueError as problem:
            values.append(None)
            reasons[place] = str(problem)
    if reasons:
        wrong = pc.is_in(codes.indices, pa.array(list(reasons), codes.indices.type))
        for row in pc.indices_nonzero(wrong).to_pylist():
            place = codes.indices[row].as_py()
            bad.add(row, column, heading, codes.dictionary[place].as_py(), reasons[place])
    return pc.take(pa.array(values, TYPES[column.kind]), codes.indices)


def _fast_text(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    return texts


def _fast_identifier(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    odd = pc.match_substring_regex(texts, r"\.0$|^[+-]?\d(\.\d+)?[eE]\+?\d+$")
    return None if pc.any(odd).as_py() else texts


def _fast_number(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    try:
        return pc.cast(texts, MONEY)
    except pa.ArrowInvalid:
        return None


def _fast_time(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    try:
        times = pc.floor_temporal(pc.cast(texts, pa.timestamp("us")), unit="second")
    except pa.ArrowInvalid:
        return None
    span = pc.min_max(pc.year(times)).as_py()
    sound = span["min"] is None or (span["min"] >= EARLIEST and span["max"] < LATEST)
    return times if sound else None


def _fast_date(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    times = _fast_time(texts)
    return None if times is None else pc.cast(pc.floor_temporal(times, unit="day"), pa.date32())


def _never(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    return None


_FAST: dict[str, Callable[[pa.ChunkedArray], pa.ChunkedArray | None]] = {
    "id": _fast_identifier,
    "code": _fast_text,
    "text": _fast_text,
    "number": _fast_number,
    "count": _never,
    "time": _fast_time,
    "date": _fast_date,
}


def _without_bad_rows(
    table: pa.Table, shape: TableShape, texts: dict[str, pa.ChunkedArray], bad: _Bad
) -> tuple[pa.Table, list[Fault]]:
    """Drop what cannot be used, silently only where a row is empty."""
    filled = None
    for column in texts.values():
        valid = pc.is_valid(column)
        filled = valid if filled is None else pc.or_(filled, valid)
    wanted = [column.name for column in shape.required]
    kept = filled
    for name in wanted:
        kept = pc.and_(kept, pc.is_valid(table[name]))
    if shape.one_of:
        present = [pc.is_valid(table[name]) for name in shape.one_of]
        kept = pc.and_(kept, pc.or_(*present))
    suspects = {*bad.cells, *pc.indices_nonzero(pc.and_(filled, pc.invert(kept))).to_pylist()}
    faults: list[Fault] = []
    dropped: set[int] = set()
    for row in sorted(suspects):
        gone, found = _judge(table, shape, texts, row, bad.cells.get(row, []))
        faults += found
        dropped |= {row} if gone else set()
    if dropped:
        kept = pc.and_(kept, pc.invert(pc.is_in(pa.array(range(table.num_rows)), pa.array(sorted(dropped)))))
    return (table if pc.all(kept).as_py() in (True, None) else table.filter(kept)), faults


def _judge(
    table: pa.Table,
    shape: TableShape,
    texts: dict[str, pa.ChunkedArray],
    row: int,
    cells: list[tuple[Column, str, str, str]],
) -> tuple[bool, list[Fault]]:
    """Whether a row is left out, and the faults to tell of it."""
    source, number = table["source"][row].as_py(), table["row_number"][row].as_py()
    place = f"第 {number} 行"
    owner = next(
        (table[name][row].as_py() for name in ("mdtrt_id", "inpatient_no") if name in table.column_names),
        None,
    )
    echoed = [name for name, column in texts.items() if _names(column[row].as_py(), shape, name)]
    if len(echoed) >= 2 and len(echoed) * 2 > len(texts):
        return True, [Fault(source, place, "表头重复出现，该行未读入", "合并文件时请去掉重复的表头")]
    wrong = {column.name for column, *_ in cells}
    empty = [
        column
        for column in shape.required
        if column.name not in wrong and not table[column.name][row].is_valid
    ]
    if cells and len(cells) + len(empty) >= SLIPPED:
        problem = f"{len(cells) + len(empty)} 个单元格与所在列不符，疑为错位，该行未读入"
        return True, [Fault(source, place, problem, "请对照表头核对该行，更正后重新导出", owner)]
    gone = bool(empty) or any(column.required for column, *_ in cells)
    end = "，该行未读入" if gone else "，该单元格按空处理"
    faults = [
        Fault(source, f"{place} {heading} 列", f"{_shown(column, text)}{reason}{end}", _remedy(column), owner)
        for column, heading, text, reason in cells
    ]
    if empty:
        names = "、".join(column.name for column in empty)
        faults.append(Fault(source, f"{place} {names} 列", f"必填项为空{end}", "请补全后重新导出", owner))
    return gone, faults


def _names(text: str | None, shape: TableShape, name: str) -> bool:
    column = shape.column(text) if text else None
    return column is not None and column.name == name


def _shown(column: Column, text: str) -> str:
    """The offending text, only where it can be nobody's name: a figure, or letters typed for one."""
    if column.kind in ("number", "count", "time", "date") and len(text) <= 20 and _SHOWABLE.fullmatch(text):
        return f"'{text}' "
    return "内容"


def _remedy(column: Column) -> str:
    if column.kind == "id":
        return "请把该列设为文本后重新导出"
    return "请在原系统核对该值，更正后重新导出"


def _capped(faults: list[Fault]) -> list[Fault]:
    """At most so many of one kind in one file; the rest are counted in one fault."""
    kinds: dict[str, list[Fault]] = {}
    for fault in faults:
        kinds.setdefault(f"{_column_of(fault.place)}|{fault.remedy}", []).append(fault)
    kept = []
    for same in kinds.values():
        kept += same[:MOST_FAULTS]
        if len(same) > MOST_FAULTS:
            first = same[0]
            problem = f"另有 {len(same) - MOST_FAULTS} 行有同样的问题"
            kept.append(Fault(first.file, f"{_column_of(first.place) or '整表'}", problem, first.remedy))
    return kept


def _column_of(place: str) -> str:
    return fold_heading(place.partition(" 行")[2]) if place.startswith("第") else place
