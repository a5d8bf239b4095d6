"""A bureau's own rule file: seen, tried on its cases and the open inspection, adopted, honoured by the next review."""

import shutil
from decimal import Decimal

import pytest
from demonstration import DEMO

from review.casework.desk import Refused
from review.own_rules import adopted_checks, own_rules
from review.pages.rules import open_rules
from review.pipeline import review_inspection
from review.rulebook.changes import change_rule
from review.rulebook.own_trials import adopt_own, open_own, run_own_cases, try_own

OWN = """/*
code: CHG-901
title: 一天三次以上静脉输液
violation: over_standard_charge
certainty: clue
needs: {tables: [charges, admissions]}
limits: {most: 2}
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
message: "$day 静脉输液 $times 次，多于 $most 次，疑似多计。"
why: 试用的规则。
exceptions: [当日已退费]
*/
-- examined
select a.admission_id, 'clear' as outcome, cast(null as varchar) as reason from admissions a

-- findings
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, cast(charged_on as varchar) as day,
       sum(quantity) as times, $most as most, sum(amount) as amount
from charges where item_name = '静脉输液' group by admission_id, charged_on having sum(quantity) > $most
order by admission_id, charged_on
"""


CASES = """
- case: three infusions in one day
  charges: [{charge_id: 1, item_name: 静脉输液, quantity: 3}]
  finds: [{charge_ids: ["1"], amount: 30, message: 静脉输液 3 次}]
- case: one of them refunded
  exception: 当日已退费
  charges: [{charge_id: 1, item_name: 静脉输液, quantity: 3}, {charge_id: 2, original_id: "1", item_name: 静脉输液, quantity: -1}]
  finds: []
- case: no charges at all
  provided: [admissions]
  outcome: not_checked
"""


@pytest.fixture
def own(desk):
    folder = desk.home / "rules"
    folder.mkdir()
    (folder / "infusions.sql").write_text(OWN, "utf-8")
    (folder / "infusions.yaml").write_text(CASES, "utf-8")
    return folder / "infusions.sql"


def test_a_rule_file_is_seen_valid_its_cases_run_and_its_hits_shown_before_it_counts(desk, leader, key, own):
    (rule,) = open_own(desk, leader, {"inspection": key})["rules"]
    assert (rule["problem"], rule["adopted"], rule["check"]["code"], rule["unknown_basis"]) == (
        "",
        False,
        "CHG-901",
        [],
    )
    ran = run_own_cases(desk, leader, {"file": own.name})
    assert [(case["kind"], case["problem"]) for case in ran["cases"]] == [
        ("该报", ""),
        ("不该报", ""),
        ("未检查", ""),
    ]
    assert ran["lacking"] == []
    tried = try_own(desk, leader, {"file": own.name, "inspection": key})
    assert tried["failed"] == "" and sum(tried["outcomes"].values()) == 14
    assert "CHG-901" not in {one["code"] for one in open_rules(desk, leader, {"inspection": key})["checks"]}
    adopt_own(desk, leader, {"file": own.name, "adopt": True, "why": "试用通过", "inspection": key})
    assert "CHG-901" in {one["code"] for one in open_rules(desk, leader, {"inspection": key})["checks"]}
    own.write_text(OWN.replace("most: 2", "most: 3"), "utf-8")
    (rule,) = open_own(desk, leader, {"inspection": key})["rules"]
    assert (rule["adopted"], rule["changed"]) == (False, True)
    assert adopted_checks(desk.home, desk.store.rulings.settled(key)) == ()


def test_a_file_whose_cases_fail_or_are_not_enough_cannot_be_adopted(desk, leader, key, own):
    call = {"file": own.name, "adopt": True, "why": "试用", "inspection": key}
    own.with_suffix(".yaml").write_text(CASES.replace("amount: 30", "amount: 31"), "utf-8")
    with pytest.raises(Refused, match=r"three infusions in one day.*没有通过"):
        adopt_own(desk, leader, call)
    own.with_suffix(".yaml").unlink()
    with pytest.raises(Refused, match="还缺“该报”的例子"):
        adopt_own(desk, leader, call)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("why: 试用的规则。", "wy: 试用的规则。", r"infusions.sql.*why：缺这个键；wy：没有这个键"),
        (
            "tables: [charges, admissions]",
            "tables: [charges, beds]",
            r"infusions.sql 的 needs.tables：没有“beds”",
        ),
        ("code: CHG-901", "code: CHG-003", r"infusions.sql 的 code：编号 CHG-003 已被"),
        (
            "from charges where",
            "from no_such_view where",
            r"infusions.sql 的 -- findings：查询不能运行.*no_such_view",
        ),
        (
            "item_name = '静脉输液'",
            "item_nam = '静脉输液'",
            r"infusions.sql 的 -- findings：查询不能运行.*item_nam",
        ),
        ("$day 静脉输液", "$when 静脉输液", r"infusions.sql 的 message：.*“when”"),
        (
            "order by admission_id, charged_on",
            "; drop table charges",
            r"infusions.sql 的 -- findings：只能是一条查询",
        ),
        (
            "from charges where",
            "from read_csv('/etc/passwd') where",
            r"infusions.sql 的 -- findings：查询不能读文件",
        ),
        ("cast(null as varchar) as reason", "1 as other", r"infusions.sql 的 -- examined：缺列“reason”"),
        ("-- examined", "-- looked", r"infusions.sql：须有 -- examined"),
        (
            "-- examined",
            "-- together\nselect admission_id from admissions\n-- examined",
            r"infusions.sql 的 -- together：缺列“shared”“from_on”“to_on”",
        ),
        ("第三十八条（三）]", "第三十八条（三）", r"infusions.sql：说明不是合法的 YAML（说明第 9 行"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_file_key_and_place(desk, own, before, after, words):
    assert before in OWN
    own.write_text(OWN.replace(before, after), "utf-8")
    (rule,) = own_rules(desk.home)
    assert rule.check is None
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(rule.problem)


@pytest.mark.slow
def test_the_next_review_honours_what_was_settled(desk, leader, key, own, tmp_path):
    adopt_own(desk, leader, {"file": own.name, "adopt": True, "why": "试用通过", "inspection": key})
    change_rule(
        desk,
        leader,
        {"code": "CHG-004", "name": "off", "value": True, "why": "当地另有规定", "inspection": key},
    )
    folder = tmp_path / "claims-only"
    shutil.copytree(DEMO / "claims", folder / "claims")
    (folder / "inspection.yaml").write_bytes((DEMO / "inspection.yaml").read_bytes())
    settled = desk.store.rulings.settled(key)
    plain = review_inspection(folder, tmp_path / "plain", home=desk.home)
    ran = review_inspection(folder, tmp_path / "settled", home=desk.home, settled=settled)
    off = {(result.outcome, result.reason) for result in ran.results if result.check == "CHG-004"}
    assert [str(outcome) for outcome, _ in off] == ["not_checked"]
    assert all("停用" in reason and "当地另有规定" in reason for _, reason in off)
    assert {result.check for result in ran.results} - {result.check for result in plain.results} == {
        "CHG-901"
    }
    own_yuan = sum(
        (finding.amount or Decimal(0) for finding in ran.findings if finding.check == "CHG-901"), Decimal(0)
    )
    tried = try_own(desk, leader, {"file": own.name, "inspection": key})
    assert str(own_yuan) == tried["yuan"]
    assert ran.versions["rules"] != plain.versions["rules"]
