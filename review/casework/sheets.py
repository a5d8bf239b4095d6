"""The tables of one case as the page shows them: charges, orders, laboratory, exams, vital signs, operations, edits.

Refunds stand beside what they take back. A row carries what a piece of table evidence names it by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from review.casework.results import Line, Results


@dataclass(frozen=True)
class Sheet:
    """A table: heading, view, the time its rows are grouped by, and its columns (name, heading)."""

    name: str
    title: str
    view: str
    time: str
    columns: tuple[tuple[str, str], ...]
    raw: str  # the raw table behind it, by which evidence names its file
    told: tuple[str, ...]  # columns that say enough of a row where it is cited
    day: bool = True


NUMBERS = {"quantity", "unit_price", "amount", "price_cap", "temperature", "pulse", "respiration", "systolic"}
NUMBERS |= {"diastolic", "oxygen_saturation"}

MONEY = {"unit_price", "amount", "price_cap"}

SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet(
            "orders",
            "医嘱",
            "orders",
            "begins_at",
            (
                ("begins_at", "开始"),
                ("order_type", "类型"),
                ("order_name", "医嘱"),
                ("dose", "剂量"),
                ("dose_unit", "单位"),
                ("usage", "用法"),
                ("frequency", "频次"),
                ("ends_at", "停止"),
                ("executed_at", "执行"),
                ("doctor", "开立"),
            ),
            "raw_orders",
            ("dose", "dose_unit", "usage", "frequency"),
        ),
        Sheet(
            "charges",
            "费用",
            "charge_lines",
            "charged_at",
            (
                ("charged_at", "时间"),
                ("hospital_item_name", "项目"),
                ("code15", "医保编码"),
                ("quantity", "数量"),
                ("unit", "单位"),
                ("unit_price", "单价"),
                ("amount", "金额"),
                ("price_cap", "上限"),
                ("executing_department", "执行科室"),
            ),
            "raw_fee_list_d",
            ("quantity", "unit", "unit_price", "amount"),
        ),
        Sheet(
            "labs",
            "化验",
            "labs",
            "sampled_at",
            (
                ("sampled_at", "采样"),
                ("panel", "项目"),
                ("analyte", "指标"),
                ("value_text", "结果"),
                ("unit", "单位"),
                ("reference_range", "参考范围"),
                ("reported_at", "报告"),
            ),
            "raw_labs",
            ("analyte", "value_text", "unit", "reference_range"),
        ),
        Sheet(
            "exams",
            "检查",
            "exams",
            "registered_at",
            (
                ("registered_at", "登记"),
                ("exam_name", "项目"),
                ("body_part", "部位"),
                ("findings", "所见"),
                ("conclusion", "诊断"),
                ("reported_at", "报告"),
                ("examiner", "报告人"),
            ),
            "raw_exams",
            ("exam_name", "conclusion"),
            day=False,
        ),
        Sheet(
            "vitals",
            "体征",
            "vitals",
            "measured_at",
            (
                ("measured_at", "时间"),
                ("temperature", "体温"),
                ("pulse", "脉搏"),
                ("respiration", "呼吸"),
                ("systolic", "收缩压"),
                ("diastolic", "舒张压"),
                ("oxygen_saturation", "血氧"),
                ("consciousness", "意识"),
                ("nurse", "记录"),
            ),
            "raw_vitals",
            ("temperature", "pulse", "systolic", "diastolic"),
        ),
        Sheet(
            "operations",
            "手术",
            "operations",
            "begins_at",
            (
                ("operated_on", "日期"),
                ("operation_name", "手术操作"),
                ("operation_code", "编码"),
                ("begins_at", "开始"),
                ("ends_at", "结束"),
                ("surgeon", "术者"),
            ),
            "raw_operations",
            ("operation_name", "surgeon"),
            day=False,
        ),
        Sheet(
            "edits",
            "修改痕迹",
            "edits",
            "edited_at",
            (
                ("edited_at", "时间"),
                ("document_title", "文书"),
                ("action", "操作"),
                ("editor", "操作人"),
                ("before", "修改前"),
                ("after", "修改后"),
            ),
            "raw_edits",
            ("document_title", "action", "editor"),
            day=False,
        ),
    )
}


def counts(results: Results, admission_id: str) -> list[Line]:
    """The tables that hold rows of an admission, for the bar of tabs."""
    parts = [
        f"(select count(*) from {one.view} where admission_id = $id) as {one.name}" for one in SHEETS.values()
    ]
    held = results.rows(f"select {', '.join(parts)}", id=admission_id)[0]
    return [
        {"key": sheet.name, "title": sheet.title, "count": held[sheet.name]}
        for sheet in SHEETS.values()
        if held[sheet.name]
    ]


def read_sheet(results: Results, admission_id: str, name: str) -> Line | None:
    """All rows of one table of an admission; columns that are empty throughout are left out."""
    sheet = SHEETS.get(name)
    if sheet is None:
        return None
    rows = results.rows(
        f"select * from {sheet.view} where admission_id = $admission_id"
        f" order by {sheet.time} nulls last, source, row_number",
        admission_id=admission_id,
    )
    refunded = _refunded(results, admission_id) if name == "charges" else {}
    columns = [column for column in sheet.columns if any(row[column[0]] is not None for row in rows)]
    return {
        "title": sheet.title,
        "by_day": sheet.day,
        "columns": [{"title": title, "number": column in NUMBERS} for column, title in columns],
        "rows": [
            {
                "id": row_id(name, row),
                "day": _day(row[sheet.time]),
                "cells": [cell(row[column], column in MONEY) for column, _ in columns],
                "amount": float(row["amount"] or 0) if name == "charges" else None,
                "refund": refunded.get(row["charge_id"], "") if name == "charges" else "",
            }
            for row in rows
        ],
    }


def _refunded(results: Results, admission_id: str) -> dict[str, str]:
    pairs = results.rows(
        "select * from refunds where admission_id = $admission_id", admission_id=admission_id
    )
    return {pair["original_id"]: "已退费" for pair in pairs} | {pair["refund_id"]: "退费" for pair in pairs}


def row_id(name: str, row: Line) -> str:
    """What table evidence calls a row by: a charge line's own number, else file and row number."""
    return str(row["charge_id"]) if name == "charges" else f"{row['source']}#{row['row_number']}"


def told_rows(results: Results, admission_id: str, names: set[str]) -> dict[tuple[str, str], str]:
    """What each row of the named tables says in short, by table and row."""
    told: dict[tuple[str, str], str] = {}
    for sheet in (SHEETS[name] for name in names):
        titles = dict(sheet.columns)
        rows = results.rows(f"select * from {sheet.view} where admission_id = $id", id=admission_id)
        for row in rows:
            parts = ((titles[column], cell(row[column], column in MONEY)) for column in sheet.told)
            told[sheet.name, row_id(sheet.name, row)] = "，".join(
                f"{title} {value}" for title, value in parts if value
            )
    return told


def place_row(evidence: Line, sources: Mapping[str, str]) -> tuple[str, str] | None:
    """The table and row that a piece of table evidence stands in; null where no table of the page shows it."""
    name = sources.get(evidence["source"])
    if name is None or not evidence["row"]:
        return None
    return name, evidence["row"] if name == "charges" else f"{evidence['source']}#{evidence['row']}"


def table_sources(results: Results) -> dict[str, str]:
    """Which table of the page each file of the extract feeds."""
    return results.kept(("table sources",), lambda: _table_sources(results), len)


def _table_sources(results: Results) -> dict[str, str]:
    found: dict[str, str] = {}
    for sheet in SHEETS.values():
        for row in results.rows(f"select distinct source from {sheet.raw}"):
            found[row["source"]] = sheet.name
    return found


def cell(value: Any, money: bool = False) -> str:
    """A cell as text: times without year, numbers with their own digits, yuan with two at least."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%m-%d %H:%M") if (value.hour or value.minute) else value.strftime("%m-%d")
    if isinstance(value, date):
        return value.strftime("%m-%d")
    if isinstance(value, Decimal):
        if money:
            return f"{value:.2f}" if value * 100 % 1 == 0 else f"{value.normalize():f}"
        return f"{value.normalize():f}" if value % 1 else f"{value:.0f}"
    return str(value)


def _day(moment: Any) -> str | None:
    return moment.strftime("%Y-%m-%d") if isinstance(moment, date | datetime) else None
