"""Rows from a table whose columns a person has confirmed: the values of each line, read and put into our schema.

A line that cannot be read becomes no row and says why, with its place. Nothing is filled in that neither the line nor
the confirmation states. Prices are put together in `knowledge.importing.price_rows`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.importing.mapped_kinds import BUILDERS
from knowledge.importing.mapped_values import Cells, MappedValues, Values
from knowledge.importing.price_rows import without_conflicts
from knowledge.importing.rule_drafts import Draft, Rejected
from knowledge.importing.sheet_kinds import Field, SheetKind
from knowledge.importing.sheet_layout import SheetTable, column_letter
from knowledge.importing.sheet_values import plain
from knowledge.places import NATIONAL
from knowledge.rows.cells import ANY_DAY

LONGEST_NOTE = 60  # of a note, in a source passage


@dataclass(frozen=True)
class Stated:
    """What a person states of a whole file. `region` is a division code; a column of the file goes before it."""

    region: str | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    source_doc: str | None = None
    approved_by: str | None = None
    approved_on: date | None = None


def mapped_lines(
    table: SheetTable, label: str, kind: SheetKind, mapping: Mapping[int, str], stated: Stated
) -> list[Draft | Rejected]:
    """Every line as the rows it gives, or the reason it gives none. `label` names the file and its sheet."""
    found: list[Draft | Rejected] = []
    for number, cells in table.lines:
        line = MappedLine(label, table.sheet, number, table.headings, cells, kind, mapping)
        found += _line_rows(line, kind, stated)
    return without_conflicts(found) if kind.name == "price_caps" else found


def lacking(kind: SheetKind, fields: set[str], stated: Stated) -> list[str]:
    """What the kind needs, or every rule needs, that neither a column nor a statement gives."""
    missing = kind.missing(fields)
    if "region" not in fields and stated.region is None:
        missing.append("地区（六位行政区划代码，全国为 000000）")
    if kind.name == "price_caps" and "in_force_from" not in fields and stated.in_force_from is None:
        missing.append("施行日期")
    return missing


@dataclass(frozen=True)
class MappedLine:
    """One line with its place and the columns that were confirmed; `label` names file and sheet."""

    label: str
    sheet: str
    number: int
    headings: tuple[str, ...]
    cells: tuple[str, ...]
    kind: SheetKind
    mapping: Mapping[int, str]

    @property
    def place(self) -> str:
        return f"{self.label} 第 {self.number} 行"

    def rejected(self, reason: str, column: int | None = None) -> Rejected:
        if column is None:
            return Rejected(self.place, reason, self.sheet, self.number)
        name = f"{column_letter(column)} 列“{self.headings[column]}”"
        return Rejected(f"{self.place} {name}", reason, self.sheet, self.number, name)

    def read(self) -> tuple[Values, dict[int, Rejected]]:
        """The values of the filled cells by field, and by column the cells that could not be read."""
        values: Values = {}
        faults: dict[int, Rejected] = {}
        for column, name in sorted(self.mapping.items()):
            field, cell = self.kind.fields[name], self.cells[column]
            if not plain(cell):
                continue
            try:
                if plain(cell).startswith("="):
                    raise ValueError("是公式，文件里没有它的结果；请粘贴为数值后重新保存")
                values[name] = _added(values.get(name), field, cell)
            except ValueError as problem:
                faults[column] = self.rejected(str(problem), column)
        return values, faults

    @property
    def written(self) -> dict[str, str]:
        """The filled cells by field, as they were written."""
        return {name: said for column, name in self.mapping.items() if (said := plain(self.cells[column]))}

    @property
    def context(self) -> str:
        """What the file's name and the headings of its amounts say of them."""
        amounts = [column for column, name in self.mapping.items() if self.kind.fields[name].reads == "money"]
        return " ".join((self.label, *(self.headings[column] for column in amounts)))


def _added(known: Any, field: Field, cell: str) -> Any:
    value = field.read(cell)
    return f"{known}；{value}" if field.many and known else value


def _line_rows(line: MappedLine, kind: SheetKind, stated: Stated) -> Iterator[Draft | Rejected]:
    """A cell that cannot be read costs its line, unless another cell of the same need stands in for it."""
    values, faults = line.read()
    unmet = [group for group in kind.needs if not values.keys() & set(group)]
    for group in unmet:
        columns = [column for column, name in line.mapping.items() if name in group]
        if not faults.keys() & set(columns):
            said = "或".join(kind.fields[name].says for name in group)
            yield line.rejected(
                f"没有{said}；合并的单元格请取消合并并逐行填写", columns[0] if columns else None
            )
    spared = {
        name
        for group in kind.needs
        if len(group) > 1 and values.keys() & set(group)
        for name in group
        if kind.fields[name].reads != "codes"
    }
    yield from faults.values()
    if unmet or any(line.mapping[column] not in spared for column in faults):
        return
    try:
        rows = list(BUILDERS[kind.name](MappedValues(values, line.written, line.context)))
    except ValueError as problem:
        yield line.rejected(str(problem))
        return
    for name, cells, passage in rows:
        yield _draft(line, name, cells, passage, values, stated)


def _draft(
    line: MappedLine, table: str, cells: Cells, passage: str, values: Values, stated: Stated
) -> Draft | Rejected:
    region = values.get("region") or stated.region
    begins = values.get("in_force_from") or stated.in_force_from
    if region is None:
        return line.rejected("没有地区")
    if begins is None and table == "price_caps":
        return line.rejected("没有施行日期")
    dated = "established" if table == "price_caps" and begins else "probable"
    note = str(values.get("note") or "")[:LONGEST_NOTE]
    common: Cells = {
        "region": region,
        "authority": _authority(region),
        "in_force_from": begins or ANY_DAY,
        "in_force_to": values.get("in_force_to") or stated.in_force_to,
        "match": "exact",
        "certainty_ceiling": dated,
        "state": "approved",
        "approved_by": stated.approved_by or "导入人确认",
        "approved_at": stated.approved_on.isoformat() if stated.approved_on else None,
    }
    source = str(values.get("source_doc") or stated.source_doc or line.label)
    whole = f"第 {line.number} 行：{passage}" + (f"（{note}）" if note else "")
    return Draft(table, line.place, source, whole, common | cells, line.written.get("code15", ""))


def _authority(region: str) -> str:
    if region == NATIONAL:
        return "national_list"
    return "province" if region.endswith("0000") else "city"
