"""Changing what a check does: switched off, a limit of its own, a row approved. The last word holds, all are kept.

Headers and rows below stay as they are; a change says for which inspection, who, when and why.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from knowledge.places import NATIONAL, PROVINCES
from knowledge.rows.cells import PASSAGE_LENGTH
from knowledge.rows.held import load_rows
from knowledge.rows.tables import ROW_TABLES
from review.casework.desk import Call, Desk, Refused, text
from review.casework.results import Line, Results
from review.checks.registry import Check, all_checks
from review.pipeline import clauses_of
from review.rulebook.trials import day_of, trial_line, try_check
from review.settled import (
    LIMIT,
    OFF,
    RowApproval,
    RuleChange,
    Settled,
    checks_laid_over,
    limits_of,
    policies_of,
    read_limit,
    rows_laid_over,
)
from review.store.accounts import ADMINISTRATOR, LEADER, Person

CHANGES = {LEADER, ADMINISTRATOR}
SHORTEST_WHY, LONGEST = 2, 500
CEILINGS = {"established": "数据可证", "probable": "较可能"}


def may_change(person: Person) -> bool:
    return bool(CHANGES & set(person.roles))


def require_right(person: Person) -> None:
    if not may_change(person):
        raise Refused("只有组长和管理员可以改规则；可请他们修改。")


def check_called(code: str) -> Check:
    for check in all_checks():
        if check.header.code == code:
            return check
    raise Refused("没有这项检查；请刷新页面。")


def change_rule(desk: Desk, person: Person, call: Call) -> Line:
    """Switch a check off or on, or give a limit another value; an empty value takes the change back."""
    require_right(person)
    check, name = check_called(text(call, "code", 16)), text(call, "name", 64)
    value: Any
    if name == OFF:
        value = True if call.get("value") is True else None
    else:
        value = _limit_value(check, name, call.get("value"))
    place, stored = _place(desk, call), OFF if name == OFF else LIMIT + name
    desk.store.rulings.change(place, check.header.code, stored, value, why_said(call), person.name)
    return {"ok": True}


def try_rule(desk: Desk, person: Person, call: Call) -> Line:
    """What the check would find in the open inspection with this limit, beside what it found."""
    require_right(person)
    check, name = check_called(text(call, "code", 16)), text(call, "name", 64)
    results = results_of(desk, call)
    settled = desk.store.rulings.settled(text(call, "inspection", 32))
    policies = policies_held(desk, results)
    (now,) = checks_laid_over([check], settled, policies, day_of(results))
    value = _limit_value(check, name, call.get("value"))
    limits = now.header.limits | {name: check.header.limits[name] if value is None else value}
    changed = replace(now, header=now.header.model_copy(update={"limits": limits}))
    before = sum(line["check"] == check.header.code for group in results.findings.values() for line in group)
    return {"before": before, "after": trial_line(try_check(changed, results, clauses_of(desk.library)))}


def approve_row(desk: Desk, person: Person, call: Call) -> Line:
    """Hold a working row to be true in a region, on a passage somebody found; or take that back."""
    require_right(person)
    table, row_id = text(call, "table", 64), text(call, "row", 64)
    if table not in ROW_TABLES:
        raise Refused("没有这张规则表；请刷新页面。")
    row = next((one for one in load_rows(table, desk.home) if one["row_id"] == row_id), None)
    if row is None or row["authority"] != "working":
        raise Refused("没有这一行，或它不是待批准的整理行；请刷新页面。")
    approval = RowApproval(
        0, table, row_id, _region(call), _ceiling(call), text(call, "source_doc", LONGEST).strip(),
        text(call, "source_passage", LONGEST).strip(), why_said(call), person.name, datetime(1970, 1, 1),
    )  # fmt: skip
    if approval.ceiling:
        if len(approval.source_doc) < SHORTEST_WHY:
            raise Refused("请写明出处：哪份文件载有这条规则。")
        if len(approval.source_passage) < PASSAGE_LENGTH:
            raise Refused(f"请抄录出处的原文或条号，至少 {PASSAGE_LENGTH} 个字，别人才查得到。")
    desk.store.rulings.approve(approval)
    return {"ok": True}


def limit_lines(desk: Desk, check: Check, inspection: str, results: Results | None) -> list[Line]:
    """Every limit of a check with where its value comes from."""
    settled = desk.store.rulings.settled(inspection)
    policies = policies_held(desk, results) if results else ()
    day = day_of(results) if results else None
    return [limit.__dict__ for limit in limits_of(check, settled, policies, day)]


def change_line(change: RuleChange) -> Line:
    return {
        "name": change.name.removeprefix(LIMIT),
        "value": change.value,
        "why": change.why,
        "who": change.who,
        "at": change.at.isoformat() + "Z",
        "everywhere": not change.inspection,
    }


def policies_held(desk: Desk, results: Results) -> Any:
    """The rows of `region_policy` that hold where the inspection is, approved ones among them."""
    rows = {"region_policy": load_rows("region_policy", desk.home)}
    settled = Settled(approvals=desk.store.rulings.settled("").approvals)
    return policies_of(rows_laid_over(rows, settled), str(results.about.get("region") or "") or None)


def results_of(desk: Desk, call: Call) -> Results:
    results = desk.results(desk.inspection(text(call, "inspection", 32)))
    if results is None:
        raise Refused("这次检查还没有审核过；审核后才能试算。")
    return results


def why_said(call: Call) -> str:
    why = text(call, "why", LONGEST).strip()
    if len(why) < SHORTEST_WHY:
        raise Refused("请写明为什么改；改动和理由会留在记录里。")
    return why


def _place(desk: Desk, call: Call) -> str:
    """The inspection a change is for; empty for all of them."""
    if call.get("everywhere") is True:
        return ""
    return desk.inspection(text(call, "inspection", 32)).key


def _limit_value(check: Check, name: str, given: Any) -> Any:
    if name not in check.header.limits:
        raise Refused("这项检查没有这个参数；请刷新页面。")
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    try:
        return read_limit(check.header.limits[name], str(given)[:LONGEST])
    except ValueError as problem:
        raise Refused(str(problem)) from problem


def _region(call: Call) -> str:
    region = text(call, "region", 12).strip()
    known = re.fullmatch(r"\d{6}", region) and f"{region[:2]}0000" in PROVINCES.values()
    if not known or region == NATIONAL:
        raise Refused("请选这一行在哪个地区有效；全国的行只能由国家文件导入。")
    return region


def _ceiling(call: Call) -> str:
    ceiling = text(call, "ceiling", 16)
    if ceiling and ceiling not in CEILINGS:
        raise Refused("确定程度只能是“数据可证”或“较可能”。")
    return ceiling
