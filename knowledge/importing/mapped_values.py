"""The values of one line of a confirmed table, and the limits that items and drugs share."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from knowledge.rows.cells import Cell

Values = dict[str, Any]
Cells = dict[str, Cell]
MappedRow = tuple[str, Cells, str]  # table, own cells, what the source passage says


@dataclass(frozen=True)
class MappedValues:
    """The values of a line by field, the cells as they were written, and the words around its amounts."""

    values: Values
    written: dict[str, str]
    context: str


def aspects(values: Values, visit: str, insurance: str) -> Iterator[tuple[str, Cells, str]]:
    """Each limit of a line as its aspect, its cells and its words; `visit` and `insurance` name the columns."""
    if sex := values.get("sex"):
        yield "sex", {"sex": sex}, f"限{sex}性"
    if age := values.get("age"):
        least, most = age
        ends = "".join(
            f"{word} {days} 天" for word, days in (("不小于", least), ("不大于", most)) if days is not None
        )
        yield "age", {"age_min_d": least, "age_max_d": most}, f"限年龄{ends}"
    if level := values.get("level"):
        yield "level", {"hosp_lv_min": level}, f"限 {level} 级及以上机构"
    if where := values.get("visit"):
        yield "visit", {visit: where}, f"限{where}"
    if kind := values.get("insurance"):
        yield "insurance", {insurance: kind}, f"限{kind}保险"
