"""The columns of a table as a person sees, changes and confirms them: from values of the browser to the importer.

What a cell says goes out as text and comes back only as the place of a column; nothing is imported that was not shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.importing.confirmed_mappings import Mapped
from knowledge.importing.mapped_rows import Stated
from knowledge.importing.sheet_kinds import sheet_kinds
from knowledge.importing.sheet_layout import column_letter
from knowledge.importing.sheet_previews import SheetPreview, preview_tables
from knowledge.importing.sheet_values import read_day, read_region
from knowledge.rows.tables import ROW_TABLES
from review.casework.desk import Call, Refused, text
from review.casework.results import Line

MOST_PROBLEMS = 60
WIDEST_CELL = 80
MOST_SHEETS, MOST_COLUMNS = 200, 500


@dataclass(frozen=True)
class Choice:
    """One sheet as chosen on the page; without columns they are proposed for the kind."""

    kind: str
    columns: Mapping[int, str] | None


def kinds_line() -> list[Line]:
    """Every kind of table with its fields, for the selects."""
    return [
        {
            "name": kind.name,
            "says": kind.says,
            "needs": ["或".join(kind.fields[name].says for name in group) for group in kind.needs],
            "fields": [{"name": field.name, "says": field.says} for field in kind.fields.values()],
        }
        for kind in sheet_kinds().values()
    ]


def previewed(file: Path, home: Path, choices: Mapping[str, Choice], stated: Stated) -> list[SheetPreview]:
    """Every sheet with the columns chosen so far, and proposals for the others."""
    chosen = {
        sheet: Mapped(choice.kind, choice.columns)
        for sheet, choice in choices.items()
        if choice.columns is not None
    }
    previews = {one.sheet: one for one in preview_tables(file, home, mapping=chosen, stated=stated)}
    for sheet, choice in choices.items():
        if choice.columns is None and sheet in previews:
            for one in preview_tables(file, home, stated=stated, kind=choice.kind):
                if one.sheet == sheet:
                    previews[sheet] = one
    return list(previews.values())


def preview_line(preview: SheetPreview) -> Line:
    """A sheet as the page draws it: first rows, columns with their fields, what is missing, what would be refused."""
    before = preview.confirmed_before
    return {
        "sheet": preview.sheet,
        "heading_row": preview.heading_row,
        "rows": preview.rows,
        "left_out": preview.left_out,
        "kind": None if preview.official else preview.table,
        "official": preview.official,
        "reason": preview.reason,
        "sure": preview.sure,
        "before": f"{before.confirmed_on} {before.confirmed_by or ''}".strip() if before else None,
        "columns": [
            {
                "place": column.place,
                "letter": column_letter(column.place),
                "heading": column.heading,
                "field": column.field,
                "certainty": column.certainty,
                "reason": column.reason,
            }
            for column in preview.columns[:MOST_COLUMNS]
        ],
        "unmapped": list(preview.unmapped),
        "first_rows": [
            {"row": number, "cells": [cell[:WIDEST_CELL] for cell in cells[:MOST_COLUMNS]]}
            for number, cells in preview.first_rows
        ],
        "missing": list(preview.missing),
        "region": preview.region,
        "from": preview.in_force_from.isoformat() if preview.in_force_from else None,
        "counts": counts_line(preview.counts or {}),
        "tried": preview.counts is not None,
        "problems": [problem_line(one.place, one.reason) for one in preview.problems[:MOST_PROBLEMS]],
        "refused": len(preview.problems),
        "notes": list(preview.notes),
    }


def counts_line(counts: Mapping[str, int]) -> list[Line]:
    return [{"table": table, "name": table_name(table), "rows": rows} for table, rows in counts.items()]


def problem_line(place: str, reason: str) -> Line:
    return {"place": place, "reason": reason}


def table_name(table: str) -> str:
    """A rule table as a reader calls it."""
    kind = sheet_kinds().get(table)
    return kind.says if kind else ROW_TABLES[table].says.split("；")[0]


def read_choices(call: Call) -> dict[str, Choice]:
    """The sheets of a call. Refused where a kind, a column or a field is none we know."""
    given = call.get("sheets")
    if not isinstance(given, dict):
        return {}
    return {
        str(sheet)[:200]: _choice(one)
        for sheet, one in list(given.items())[:MOST_SHEETS]
        if isinstance(one, dict) and one.get("kind")
    }


def _choice(given: Mapping[str, Any]) -> Choice:
    kind = sheet_kinds().get(str(given.get("kind")))
    if kind is None:
        raise Refused("没有这一类表，请重新选择。")
    columns = given.get("columns")
    if not isinstance(columns, dict):
        return Choice(kind.name, None)
    chosen: dict[int, str] = {}
    for place, field in list(columns.items())[:MOST_COLUMNS]:
        if field and (not str(place).isdecimal() or field not in kind.fields):
            raise Refused(f"{kind.says}没有这个字段，请重新选择。")
        if field:
            chosen[int(place)] = str(field)
    return Choice(kind.name, chosen)


def read_stated(call: Call, who: str) -> Stated:
    """What is stated of the whole file. Refused, with the name of the field, where it cannot be."""
    given = text(call, "region").strip()
    begins, ends = _day(call, "from", "施行日期"), _day(call, "to", "终止日期")
    if begins and ends and ends < begins:
        raise Refused(f"终止日期 {ends} 早于施行日期 {begins}；请核对。")
    source = text(call, "source").strip() or None
    return Stated(_region(given), begins, ends, source, who, date.today())


def _region(given: str) -> str | None:
    if not given:
        return None
    try:
        return read_region(given)
    except ValueError as problem:
        raise Refused(f"地区：{problem}；全国写 000000，省写如 220000。") from problem


def _day(call: Call, name: str, says: str) -> date | None:
    given = text(call, name, 40).strip()
    try:
        return read_day(given) if given else None
    except ValueError as problem:
        raise Refused(f"{says}：{problem}；请写成 2024-03-01。") from problem
