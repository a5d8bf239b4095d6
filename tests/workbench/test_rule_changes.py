"""What people change of the rules: kept with who, when and why, honoured by the next review, nothing below edited."""

import json
from datetime import date, datetime

import pytest

from knowledge.rows.held import load_rows
from review.casework.desk import Refused
from review.checks.registry import all_checks
from review.pages.rules import open_check, open_rows, open_rules
from review.rulebook.changes import approve_row, change_rule, try_rule
from review.settled import RuleChange, Settled, limits_of, read_limit, rows_laid_over
from review.store.accounts import Person

EXPERT = Person("王敏", ("专家",))


def limit_of(desk, leader, key, code, name):
    shown = open_check(desk, leader, {"code": code, "inspection": key})
    return next(limit for limit in shown["limits"] if limit["name"] == name)


def a_limit():
    check = next(check for check in all_checks() if check.header.code == "CHG-003")
    name, default = next((n, v) for n, v in check.header.limits.items() if isinstance(v, int | float))
    return check, name, default


def test_a_limit_is_changed_for_an_inspection_with_its_reason_and_taken_back(desk, leader, key):
    check, name, default = a_limit()
    call = {"code": check.header.code, "name": name, "inspection": key}
    change_rule(desk, leader, call | {"value": "9", "why": "当地文件规定"})
    limit = limit_of(desk, leader, key, check.header.code, name)
    assert (limit["value"], limit["default"], limit["origin"]) == (9, default, "inspection")
    assert "陈立群" in limit["said"] and "当地文件规定" in limit["said"]
    change_rule(desk, leader, call | {"value": "", "why": "文件已废止"})
    assert limit_of(desk, leader, key, check.header.code, name)["origin"] == "header"
    history = open_check(desk, leader, {"code": check.header.code, "inspection": key})["history"]
    assert [line["why"] for line in history] == ["文件已废止", "当地文件规定"]


def test_a_number_resolves_inspection_then_region_then_header():
    check, name, default = a_limit()
    policy = {"policy_key": f"{check.header.code}.{name}", "value": "7", "source_doc": "某省规定",
              "in_force_from": date(2024, 1, 1), "in_force_to": None}  # fmt: skip

    def value(settled, policies, on=date(2024, 6, 1)):
        return next(limit.value for limit in limits_of(check, settled, policies, on) if limit.name == name)

    change = RuleChange(1, "K", check.header.code, f"limit:{name}", 5, "理由", "陈立群", datetime(2024, 7, 1))
    everywhere = RuleChange(
        2, "", check.header.code, f"limit:{name}", 4, "理由", "陈立群", datetime(2024, 7, 2)
    )
    assert value(Settled(), ()) == default
    assert value(Settled(), (policy,)) == 7
    assert value(Settled(), (policy,), date(2023, 6, 1)) == default
    assert value(Settled(), ({**policy, "value": "很多"},)) == default
    assert value(Settled(changes=(change, everywhere)), (policy,)) == 5
    assert value(Settled(changes=(everywhere,)), (policy,)) == 4


@pytest.mark.parametrize(
    ("default", "text"), [(1, "两次"), (1, "-3"), (0.5, "x"), (True, "也许"), ([1], "{}")]
)
def test_a_limit_of_another_kind_is_refused(default, text):
    with pytest.raises(ValueError, match=r"不能作为|超出"):
        read_limit(default, text)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"why": ""}, "写明为什么改"),
        ({"name": "nothing"}, "没有这个参数"),
        ({"code": "CHG-999"}, "没有这项检查"),
        ({"value": "许多"}, "不能作为"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nothing_is_kept(desk, leader, key, call, words):
    check, name, _ = a_limit()
    whole = {"code": check.header.code, "name": name, "value": "9", "why": "当地文件", "inspection": key}
    with pytest.raises(Refused, match=words):
        change_rule(desk, leader, whole | call)
    assert desk.store.rulings.changes() == ()


def test_an_expert_reads_and_changes_nothing(desk, key):
    check, name, _ = a_limit()
    assert open_rules(desk, EXPERT, {})["may_change"] is False
    call = {"code": check.header.code, "name": name, "value": "9", "why": "当地文件", "inspection": key}
    for handler in (change_rule, try_rule, approve_row):
        with pytest.raises(Refused, match="只有组长和管理员"):
            handler(desk, EXPERT, call)


def test_a_change_is_tried_on_the_open_inspection_before_it_is_saved(desk, leader, key):
    check, name, _ = a_limit()
    call = {"code": check.header.code, "name": name, "inspection": key}
    shown = open_check(desk, leader, {"code": check.header.code, "inspection": key})
    tried = try_rule(desk, leader, call | {"value": "1000"})
    assert tried["before"] == shown["result"]["total"]
    assert tried["after"]["failed"] == "" and tried["after"]["total"] <= tried["before"]
    assert desk.store.rulings.changes() == ()


def test_the_results_of_a_check_add_up_and_lead_to_its_findings(desk, leader, key):
    listed = {one["code"]: one["hits"] for one in open_rules(desk, leader, {"inspection": key})["checks"]}
    assert sum(listed.values()) == sum(
        len(group) for group in desk.results(desk.inspection(key)).findings.values()
    )
    code = next(code for code, hits in listed.items() if hits)
    result = open_check(desk, leader, {"code": code, "inspection": key})["result"]
    assert (result["total"], sum(result["outcomes"].values())) == (listed[code], 14)
    assert all(hit["case"] and hit["message"] for hit in result["findings"])


def test_a_check_shows_its_cases(desk, leader, key):
    cases = open_check(desk, leader, {"code": "CHG-004", "inspection": key})["cases"]
    assert {"该报", "不该报", "未检查"} <= {case["kind"] for case in cases}
    json.dumps(cases)


def working_row():
    return next(row for row in load_rows("item_limits", None) if row["authority"] == "working")


def approval(of, **said):
    return {
        "table": "item_limits", "row": of["row_id"], "region": "229900", "ceiling": "established", "why": "局务会同意",
        "source_doc": "某省价格文件", "source_passage": "计价说明第十二条第三款", **said,
    }  # fmt: skip


def test_a_working_row_is_approved_in_a_region_with_its_passage_and_the_row_below_stays(desk, leader, key):
    row = working_row()
    approve_row(desk, leader, approval(row))
    held = {"item_limits": load_rows("item_limits", desk.home)}
    laid = rows_laid_over(held, desk.store.rulings.settled(key))["item_limits"]
    mine = next(one for one in laid if one["row_id"] == f"{row['row_id']}@229900")
    assert (mine["certainty_ceiling"], mine["region"], mine["approved_by"]) == (
        "established",
        "229900",
        "陈立群",
    )
    assert mine["source_passage"] == "计价说明第十二条第三款"
    assert row in laid and load_rows("item_limits", desk.home) == held["item_limits"]
    shown = open_rows(desk, leader, {"table": "item_limits", "words": str(row["row_id"])})
    assert {line["approved"] for line in shown["rows"]} == {None, "陈立群"}
    approve_row(desk, leader, {**approval(row), "ceiling": ""})
    assert desk.store.rulings.settled(key).approvals == ()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"source_passage": "第十二条"}, "至少 8 个字"),
        ({"region": "000000"}, "哪个地区有效"),
        ({"region": "999999"}, "哪个地区有效"),
        ({"ceiling": "certain"}, "确定程度只能是"),
        ({"row": "no-such-row"}, "没有这一行"),
    ],
)
def test_an_approval_without_region_or_passage_is_refused(desk, leader, said, words):
    with pytest.raises(Refused, match=words):
        approve_row(desk, leader, approval(working_row(), **said))
