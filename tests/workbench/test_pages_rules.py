"""The rules' page: coverage of the national lists on a day in a region, what is missing, each check from its header."""

import json
from datetime import date

import pytest

from knowledge.importing.importers import Mapped, Stated, import_rows
from review.casework.desk import Refused
from review.checks.registry import all_checks
from review.pages.rules import open_check, open_rules
from review.rulebook.rulebook import STATES
from review.store.accounts import Person

EXPERT = Person("王敏", ("专家",))
PRICES = "编码,项目名称,计价单位,三级价\n110200001,普通门诊诊查费,次,10\n"


def test_every_class_and_problem_has_a_state_and_the_counts_add_up(desk):
    shown = open_rules(desk, EXPERT, {})
    assert (len(shown["classes"]), len(shown["problems"])) == (88, 183)
    for name in ("classes", "problems"):
        assert shown["counts"][name] == {
            state: sum(one["state"] == state for one in shown[name]) for state in STATES
        }
        assert all(one["checks"] for one in shown[name] if one["state"] == "运行")
        assert all(one["reason"] for one in shown[name] if one["state"] != "运行")
    json.dumps(shown, allow_nan=False)


def test_every_check_is_listed_with_its_state(desk):
    shown = open_rules(desk, EXPERT, {})
    assert {one["code"] for one in shown["checks"]} == {check.header.code for check in all_checks()}
    for one in shown["checks"]:
        assert (one["state"] == "缺表") == bool(one["missing"])


def test_a_missing_table_says_what_would_bring_it_and_what_it_would_let_run(desk):
    shown = open_rules(desk, EXPERT, {})
    assert shown["wanting"]
    for table in shown["wanting"]:
        assert table["classes"] or table["problems"]
        lines = [one for one in shown["classes"] if one["number"] in table["classes"]]
        assert all(one["state"] == "缺表" for one in lines)
        assert all(table["table"] in {held["table"] for held in one["tables"]} for one in lines)


def test_an_imported_price_list_counts_in_its_region_from_its_day(desk, tmp_path):
    def priced(region, day):
        shown = open_rules(desk, EXPERT, {"region": region, "as_of": day})
        held = [table for one in shown["classes"] + shown["problems"] for table in one["tables"]]
        return any(table["rows"] for table in held if table["table"] == "price_caps")

    assert not priced("220000", "2024-06-01")
    file = tmp_path / "价格.csv"
    file.write_text(PRICES, "utf-8")
    columns = {0: "code15", 1: "name", 2: "unit_std", 3: "cap_3"}
    stated = Stated("220000", date(2024, 3, 1))
    import_rows(file, desk.home, mapping={"价格": Mapped("price_caps", columns)}, stated=stated)
    assert priced("220000", "2024-06-01")
    assert not priced("220000", "2024-02-01")
    assert not priced("310000", "2024-06-01")


def test_a_check_shows_its_own_header_and_its_clauses_in_force(desk):
    for check in all_checks():
        header = check.header
        shown = open_check(desk, EXPERT, {"code": header.code, "as_of": "2024-06-12"})
        assert (shown["name"], shown["why"]) == (header.title, header.why)
        assert (tuple(shown["exceptions"]), tuple(shown["overturned_by"])) == (
            header.exceptions,
            header.overturned_by,
        )
        assert [f"{one['document']}#{one['passage']}" for one in shown["basis"]] == list(header.basis)
        assert all(one["held"] for one in shown["basis"])
        assert "$" not in shown["says"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"as_of": "明天"}, "依据日“明天”不是日期"),
        ({"region": "999999"}, "没有区划代码"),
        ({"region": "吉林"}, "没有区划代码"),
    ],
)
def test_a_wrong_day_or_region_is_told(desk, call, words):
    with pytest.raises(Refused, match=words):
        open_rules(desk, EXPERT, call)


def test_an_unknown_check_is_told(desk):
    with pytest.raises(Refused, match="没有这项检查"):
        open_check(desk, EXPERT, {"code": "CHG-999"})
