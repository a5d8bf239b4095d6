"""The lanes above a record: one column per day, so that what the writing says and what was done can be compared.

Which lanes are drawn is the finding's matter; a lane holds what tables and documents state and no judgement. Days on
which nothing shows the patient, and days of leave, are named apart, so that the page can shade them through all lanes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from review.casework import lanes
from review.casework.lanes import Entry, Lane, Spot
from review.casework.results import Line, Results
from review.checks.inputs import Record
from review.checks.some_stays import SomeStays

LONGEST = 1100  # days; a longer stay shows its first ones and says how many are left out
LANES = {
    "phantom_stay": ("evidence", "presence", "vitals", "notes", "care"),
    "low_indication_admission": ("window", "evidence", "vitals", "infusions", "examinations"),
    "split_admission": ("stays", "beds", "evidence", "notes", "fees"),
    "charges": ("evidence", "charged", "ordered", "examinations", "fees"),
    "documents": ("evidence", "notes", "created", "signed", "vitals"),
    "admission": ("evidence", "presence", "vitals", "treatment", "fees"),
}
Named = tuple[str, Lane, int]  # heading, cells, what has no day


def lanes_for(finding: Line) -> tuple[str, ...]:
    """The names of the lanes a finding is read with."""
    return LANES.get(finding["violation"]) or LANES[finding["family"]]


def draw_all(results: Results, own: str, findings: Sequence[Line], spot: Spot) -> Line:
    """The stay's own days under "", and by finding what differs: its own lines, or an axis that holds several stays."""
    found = tuple(line["id"] for line in findings)
    return results.kept(
        ("timelines", own, found),
        lambda: _draw_all(results, own, findings, spot),
        lambda drawn: len(json.dumps(drawn, default=str)),
    )


def _draw_all(results: Results, own: str, findings: Sequence[Line], spot: Spot) -> Line:
    drawn: dict[str, Any] = {}
    axes: dict[tuple[str, ...], Line] = {}
    known = results.admissions  # read before the warehouse is held for the rest
    with results.alone() as warehouse:

        def axis(*admissions: str) -> tuple[list[Record], Line]:
            inspection = SomeStays(warehouse, admissions)
            records = list(inspection.records.values())
            if admissions not in axes:
                axes[admissions] = draw(records, inspection.leaves(), own, spot)
            return records, axes[admissions]

        base, drawn[""] = axis(own)
        for line in findings:
            related = tuple(other for other in line["related_admissions"] if other in known)
            records, shown = axis(own, *related) if related else (base, drawn[""])
            extra = _laid_out(shown["days"], of_lines(line, records)) if line["charge_ids"] else {}
            if related:
                drawn[line["id"]] = shown | {"lanes": shown["lanes"] | extra}
            elif extra:
                drawn[line["id"]] = {"lanes": extra}
    return drawn


def draw(records: Sequence[Record], leaves: Sequence[Mapping[str, Any]], own: str, spot: Spot) -> Line:
    """The days of one stay, or of several on one axis, with every lane that has anything in it."""
    first = min(record.admission.begins_at.date() for record in records)
    last = max(max(record.admission.ends_at, record.admission.begins_at).date() for record in records)
    length = (last - first).days + 1
    days = [first + timedelta(days=n) for n in range(min(length, LONGEST))]
    leave = lanes.leave_days(leaves, records)
    named = dict(_lanes(days, records, leave, own, spot))
    present = named["presence"][1]
    return {
        "days": [day.isoformat() for day in days],
        "left_out": length - len(days),
        "shades": _shades(days, present),
        "lanes": _laid_out([day.isoformat() for day in days], named),
    }


def _lanes(
    days: Sequence[date], records: Sequence[Record], leave: Mapping[date, str], own: str, spot: Spot
) -> Iterator[tuple[str, Named]]:
    """Every lane with its heading, its cells, and how many entries have no time."""
    charges = [charge for record in records for charge in record.charges]
    orders = [order for record in records for order in record.orders]
    several = len(records) > 1
    if several:
        words = lanes.runs(records, lambda r: "本次" if r.admission.admission_id == own else "另次")
        yield "stays", ("住院", words, 0)
        yield "beds", ("床位", lanes.runs(records, lambda r: r.admission.bed or ""), 0)
    else:
        yield "window", ("判断时点", lanes.first_day(records[0]), 0)
    yield "presence", ("在院迹象 种", lanes.presence(records, leave), 0)
    yield "nights", ("夜间记载", lanes.told_nights(records, spot), 0)
    yield _counted("operations", "手术操作", _operations(records), "cut", clock=True)
    yield "vitals", ("体征 上午│下午", lanes.halves(days, records), 0)
    begun = [Entry(o.begins_at, o.order_name or "", lanes.row(o.fact_id)) for o in orders]
    yield _counted("orders", "新开医嘱 条", begun, "fee")
    done = [Entry(o.executed_at, o.order_name or "", lanes.row(o.fact_id)) for o in orders if o.executed_at]
    done += [
        Entry(c.charged_on, c.hospital_item_name or "", {"sheet": "charges", "id": c.charge_id})
        for c in charges
        if c.charge_type in lanes.TREATMENT
    ]
    yield _counted("treatment", "治疗执行", done, "span")
    given = [e for e, o in zip(begun, orders, strict=True) if lanes.infused(o)]
    yield _counted("infusions", "静脉用药、操作", given, "span")
    yield _counted("examinations", "检查化验 份", _examined(records), "fee")
    notes = [
        Entry(d.written_at, d.title, spot(d)) for r in records for d in r.documents if lanes.by_doctor(d)
    ]
    yield _counted("notes", "医师病程", notes, "tick", clock=True)
    yield "nursing", ("护理级别", lanes.nursing(days, orders), 0)
    yield "care", ("床位护理诊查 元", lanes.sums(charges, lanes.CARE), 0)
    yield "fees", ("当日费用 元", lanes.sums(charges), sum(c.charged_on is None for c in charges))
    yield _counted("created", "创建、修改", _edited(records, "创建", "修改"), "tick", clock=True)
    yield _counted("signed", "签名", _edited(records, "签名"), "tick", clock=True)


def _counted(
    name: str, heading: str, entries: Sequence[Entry], drawn: str, clock: bool = False
) -> tuple[str, Named]:
    return name, (heading, lanes.counted(entries, drawn, clock), lanes.undated(entries))


def _operations(records: Sequence[Record]) -> list[Entry]:
    """Operations of the hospital's register, and of the settlement list where the register names none that day."""
    found = [operation for record in records for operation in record.operations]
    held = {o.operated_on for o in found if o.origin == "hospital"}
    return [
        Entry(
            o.begins_at or o.operated_on,
            o.operation_name or "手术",
            lanes.row(o.fact_id) if o.origin == "hospital" else None,
        )
        for o in found
        if o.origin == "hospital" or o.operated_on not in held
    ]


def _examined(records: Sequence[Record]) -> list[Entry]:
    """Reports, not analytes: one specimen's panel is one."""
    panels = {
        (lab.panel, lab.sampled_at, lab.specimen_no): lab for r in records for lab in reversed(r.labs)
    }.values()
    exams = [exam for record in records for exam in record.exams]
    return [
        *(Entry(e.registered_at or e.reported_at, e.exam_name or "", lanes.row(e.fact_id)) for e in exams),
        *(
            Entry(x.sampled_at or x.reported_at, x.panel or x.analyte or "", lanes.row(x.fact_id))
            for x in panels
        ),
    ]


def _edited(records: Sequence[Record], *actions: str) -> list[Entry]:
    return [
        Entry(edit.edited_at, f"{edit.document_title or ''} {edit.action}", lanes.row(edit.fact_id))
        for record in records
        for edit in record.edits
        if edit.action in actions
    ]


def of_lines(finding: Line, records: Sequence[Record]) -> dict[str, Named]:
    """The finding's own charge lines day by day, and the orders they name."""
    wanted = set(finding["charge_ids"])
    lines = [charge for record in records for charge in record.charges if charge.charge_id in wanted]
    numbers = {line.order_no for line in lines if line.order_no}
    ordered = [
        Entry(order.begins_at, order.order_name or "", lanes.row(order.fact_id))
        for record in records
        for order in record.orders
        if order.order_no in numbers
    ]
    charged = lanes.sums(lines)
    for day, cell in charged.items():
        quantity = sum((line.quantity for line in lines if line.charged_on == day), Decimal(0))
        shown = f"{quantity.normalize():f}"
        cell |= {"n": float(quantity), "text": shown, "says": f"数量 {shown}，{cell['says']}"}
    undated = sum(line.charged_on is None for line in lines)
    marks = ("对应医嘱", lanes.counted(ordered, "tick"), lanes.undated(ordered))
    return {"charged": ("本项计费 数量", charged, undated), "ordered": marks}


def _laid_out(days: Sequence[str], named: Mapping[str, Named]) -> Line:
    """Lanes as the page draws them: a cell for every day, empty where there is nothing."""
    laid: Line = {}
    for name, (heading, cells, undated) in named.items():
        by_iso = {day.isoformat(): cell for day, cell in cells.items()}
        if by_iso or undated:
            laid[name] = {
                "label": heading,
                "cells": [by_iso.get(day, {}) for day in days],
                "undated": undated,
            }
    return laid


def _shades(days: Sequence[date], present: Lane) -> list[Line]:
    """Runs of days to shade: without any sign of the patient, or on leave."""
    found: list[Line] = []
    for place, day in enumerate(days):
        kind = present.get(day, {}).get("as")
        if kind not in {"gap", "leave"}:
            continue
        if found and found[-1]["as"] == kind and found[-1]["from"] + found[-1]["days"] == place:
            found[-1]["days"] += 1
        else:
            found.append({"as": kind, "from": place, "days": 1})
    return found
