"""The lanes above a record: one column per day, so that what the writing says and what was done can be compared.

Which lanes are drawn is the finding's matter; a lane holds what tables and documents state and no judgement.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from review.results import Line, Results

LONGEST = 200  # days; a longer stay shows its first days
CARE = ("01", "02", "07")  # bed, visit, nursing
TREATMENT = ("05", "06")
NOT_BY_DOCTORS = ("护理", "知情", "同意", "告知", "报告", "清单", "医嘱", "首页", "体温", "麻醉")
LANES = {
    "phantom_stay": ("evidence", "vitals", "treatment", "notes", "care"),
    "low_indication_admission": ("evidence", "vitals", "infusions", "examinations", "nursing"),
    "split_admission": ("stays", "beds", "evidence", "notes", "fees"),
    "charges": ("evidence", "charged", "ordered", "examinations", "fees"),
    "documents": ("evidence", "notes", "created", "signed", "vitals"),
    "admission": ("evidence", "vitals", "treatment", "notes", "fees"),
}
Cells = list[dict[str, Any]]


def lanes_for(finding: Line) -> tuple[str, ...]:
    """The names of the lanes a finding is read with."""
    return LANES.get(finding["violation"]) or LANES[finding["family"]]


def draw(results: Results, admissions: Sequence[str], finding: Line | None = None) -> Line:
    """The days of one stay, or of a stay and those related to it, with every lane that has anything in it."""
    marks = ", ".join(f"$id_{n}" for n in range(len(admissions)))
    named = {f"id_{n}": admission for n, admission in enumerate(admissions)}

    def rows(view: str) -> list[Line]:
        return results.rows(f"select * from {view} where admission_id in ({marks})", **named)

    stays = sorted(rows("admissions"), key=lambda stay: stay["begins_at"])
    first, last = stays[0]["begins_on"], max(stay["ends_on"] for stay in stays)
    days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, LONGEST))]
    orders, charges, edits = rows("orders"), rows("charges"), rows("edits")
    drawn = {
        "stays": ("住院", _stays(days, stays, admissions[0])),
        "beds": ("床位", _texts(days, stays, lambda stay: f"{stay['bed'] or ''}")),
        "vitals": ("体征 上午│下午", _halves(days, stays, rows("vitals"))),
        "treatment": ("治疗执行", _bars(days, _treated(orders, charges))),
        "infusions": ("静脉用药、操作", _bars(days, _infused(orders))),
        "notes": ("医师病程", _ticks(days, (d["written_at"] for d in rows("documents") if _by_doctor(d)))),
        "care": ("床位护理诊查 元", _sums(days, charges, CARE)),
        "fees": ("当日费用 元", _sums(days, charges, None)),
        "examinations": ("检查化验", _counts(days, _examined(rows("exams"), rows("labs")))),
        "nursing": ("护理级别", _nursing(days, orders)),
        "created": ("创建、修改", _ticks(days, _edited(edits, "创建", "修改"))),
        "signed": ("签名", _ticks(days, _edited(edits, "签名"))),
    }
    if finding is not None:
        drawn |= _of_lines(days, finding, orders, charges)
    return {
        "days": [day.isoformat() for day in days],
        "lanes": {
            name: {"label": label, "cells": cells} for name, (label, cells) in drawn.items() if any(cells)
        },
    }


def _of_lines(
    days: list[date], finding: Line, orders: list[Line], charges: list[Line]
) -> dict[str, tuple[str, Cells]]:
    """The finding's own charge lines day by day, and the orders they name."""
    lines = [line for line in charges if line["charge_id"] in set(finding["charge_ids"])]
    numbers = {line["order_no"] for line in lines if line["order_no"]}
    ordered = [order["begins_at"] for order in orders if order["order_no"] in numbers]
    times = [line["charged_on"] for line in lines for _ in range(max(1, int(line["quantity"])))]
    return {"charged": ("本项计费 次", _counts(days, times)), "ordered": ("对应医嘱", _ticks(days, ordered))}


def _days_of(moments: Iterable[Any]) -> list[date]:
    return [m.date() if isinstance(m, datetime) else m for m in moments if m is not None]


def _count(moments: Iterable[Any]) -> dict[date, int]:
    found: dict[date, int] = {}
    for day in _days_of(moments):
        found[day] = found.get(day, 0) + 1
    return found


def _bars(days: list[date], moments: Iterable[Any]) -> Cells:
    found = set(_days_of(moments))
    return [{"as": "span"} if day in found else {} for day in days]


def _ticks(days: list[date], moments: Iterable[Any]) -> Cells:
    found = _count(moments)
    return [{"as": "tick", "n": found[day]} if day in found else {} for day in days]


def _counts(days: list[date], moments: Iterable[Any]) -> Cells:
    found = _count(moments)
    return [{"as": "fee", "text": str(found[day])} if day in found else {} for day in days]


def _sums(days: list[date], charges: list[Line], kinds: Sequence[str] | None) -> Cells:
    found: dict[date, Decimal] = {}
    for line in charges:
        if line["charged_on"] and (kinds is None or line["charge_type"] in kinds):
            found[line["charged_on"]] = found.get(line["charged_on"], Decimal(0)) + line["amount"]
    return [{"as": "fee", "text": f"{found[day]:.0f}"} if found.get(day) else {} for day in days]


def _halves(days: list[date], stays: list[Line], vitals: list[Line]) -> Cells:
    """Morning and afternoon of each day: measured, not measured, or outside the stay."""
    measured = {(v["measured_at"].date(), v["measured_at"].hour >= 12) for v in vitals if v["measured_at"]}
    if not measured:
        return [{} for _ in days]
    return [
        {"as": "half", "halves": [_half(day, late, stays, measured) for late in (False, True)]}
        for day in days
    ]


def _half(day: date, late: bool, stays: list[Line], measured: set[tuple[date, bool]]) -> str:
    if (day, late) in measured:
        return "yes"
    begin, end = datetime(day.year, day.month, day.day, 12 * late), timedelta(hours=12)
    inside = any(stay["begins_at"] <= begin and begin + end <= stay["ends_at"] for stay in stays)
    return "none" if inside else "outside"


def _stays(days: list[date], stays: list[Line], own: str) -> Cells:
    if len(stays) < 2:
        return [{} for _ in days]
    return _texts(days, stays, lambda stay: "本次" if stay["admission_id"] == own else "另次")


def _texts(days: list[date], stays: list[Line], text: Callable[[Line], str]) -> Cells:
    cells: Cells = []
    for day in days:
        on = [text(stay) for stay in stays if stay["begins_on"] <= day <= stay["ends_on"]]
        cells.append({"as": "run", "text": "/".join(dict.fromkeys(filter(None, on)))} if any(on) else {})
    return cells


def _treated(orders: list[Line], charges: list[Line]) -> list[Any]:
    treated = [line["charged_on"] for line in charges if line["charge_type"] in TREATMENT]
    return [*treated, *(order["executed_at"] for order in orders)]


def _infused(orders: list[Line]) -> list[Any]:
    routes = ("静", "注射", "泵", "穿刺", "手术")
    return [
        o["begins_at"] for o in orders if any(route in f"{o['usage']}{o['order_name']}" for route in routes)
    ]


def _examined(exams: list[Line], labs: list[Line]) -> list[Any]:
    reports = {(lab["panel"], lab["sampled_at"]) for lab in labs}
    return [*(exam["registered_at"] for exam in exams), *(sampled for _, sampled in reports)]


def _edited(edits: list[Line], *actions: str) -> list[Any]:
    return [edit["edited_at"] for edit in edits if edit["action"] in actions]


def _by_doctor(document: Line) -> bool:
    return not any(word in document["title"] for word in NOT_BY_DOCTORS)


def _nursing(days: list[date], orders: list[Line]) -> Cells:
    """The nursing level ordered, from the day of the order until the next one or its end."""
    levels = [o for o in orders if "级护理" in (o["order_name"] or "") and o["begins_at"]]
    levels.sort(key=lambda order: order["begins_at"])
    cells: Cells = []
    for day in days:
        held = [
            o
            for o in levels
            if o["begins_at"].date() <= day and (not o["ends_at"] or o["ends_at"].date() >= day)
        ]
        cells.append({"as": "run", "text": held[-1]["order_name"].replace("护理", "")[:3]} if held else {})
    return cells
