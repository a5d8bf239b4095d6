"""最终清单: by kind and clause, each yuan once, with what the clause provides as a range and never as a verdict."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from test_hearing import HEAD, findings, say, weigh  # noqa: F401

from review.reports.evidence_sheet import counting
from review.reports.final_list import Provision, provided, provisions
from review.reports.handover_list import below_threshold, departments
from review.reports.paper import Heading, Table, Text
from review.reports.shelf import Order, put_together

MADE_AT = datetime(2026, 3, 2, 9)


def paper(desk, key, kind):
    return put_together(desk, HEAD, Order(key, kind), MADE_AT)[0]


def table(made, name):
    return next(block for block in made.blocks if isinstance(block, Table) and block.name == name)


def test_every_provision_and_threshold_stands_in_the_library(desk):
    for one in provisions():
        assert desk.library.clause(one.document, one.article) is not None
        numbers = {*(one.fine or ()), *(one.suspends or ())} - {12}  # a year
        assert all(str(number) in one.says for number in numbers)
    for one in departments():
        if held := one.get("threshold"):
            assert desk.library.clause(held["document"], held["passage"]) is not None


def test_the_list_counts_each_yuan_once_and_gives_the_range_of_its_clause(desk, key, findings):  # noqa: F811
    made, letter = paper(desk, key, "final"), paper(desk, key, "letter")
    kinds, items = table(made, "按事项和条款"), table(made, "逐项")
    assert kinds.total[4:6] == items.total[5:7]
    assert kinds.total[4] == table(letter, "事项").total[5]
    assert kinds.total[4] == sum(row[4] for row in kinds.rows)
    phantom = next(row for row in kinds.rows if row[0] == "疑似挂床住院")
    assert phantom[1] == "医疗保障基金使用监督管理条例第三十八条（一）"
    fund = phantom[5]
    assert phantom[7] == f"1–2 倍：{fund:,.2f}–{2 * fund:,.2f}"
    assert "不是处理意见" in "".join(block.text for block in made.blocks if isinstance(block, Text))


def test_what_the_hearing_withdrew_or_lowered_is_listed_apart_and_counts_so(desk, key, findings):  # noqa: F811
    one = findings[0]
    held = Decimal(str(one["amount"])).quantize(Decimal("0.01"))
    say(desk, key, one["id"])
    weigh(desk, key, one["id"], "reduced", amount="1.00")
    changed = table(paper(desk, key, "final"), "核减和撤销").rows
    assert [row[2:5] for row in changed] == [(held, "核减", Decimal("1.00"))]
    weigh(desk, key, one["id"], "withdrawn", HEAD)
    made = paper(desk, key, "final")
    assert [row[2:5] for row in table(made, "核减和撤销").rows] == [(held, "撤销", None)]
    assert len(table(made, "逐项").rows) == len(findings) - 1


def test_nothing_confirmed_is_an_empty_list(desk, key):
    made = paper(desk, key, "final")
    assert [table(made, name).rows for name in ("按事项和条款", "逐项", "核减和撤销")] == [(), (), ()]


class Cited:
    def __init__(self, *bases):
        self.basis = [{"document": document, "passage": passage} for document, passage in bases]


@pytest.mark.parametrize(
    ("bases", "clause", "provides"),
    [
        ([("价格法", "第十三条"), ("医疗保障基金使用监督管理条例", "第三十八条（三）")], "医疗保障基金使用监督管理条例第三十八条（三）", True),
        ([("病历书写基本规范", "第三条")], "病历书写基本规范第三条", False),
        ([("医疗保障基金使用监督管理条例", "第十五条第一款")], "医疗保障基金使用监督管理条例第十五条第一款", False),
        ([], "未载明", False),
    ],
)  # fmt: skip
def test_the_clause_that_provides_something_is_named_before_others(bases, clause, provides):
    named, provision = provided(Cited(*bases))
    assert (named, isinstance(provision, Provision)) == (clause, provides)


def test_the_sum_of_the_police_is_told_beside_the_rules_own_and_decides_nothing(desk, key, findings):  # noqa: F811
    words = [block.text for block in paper(desk, key, "handover").blocks if isinstance(block, Text)]
    told = next(text for text in words if "数额较大" in text)
    assert "3,000 至 10,000 元" in told and "由有权机关认定" in told
    assert any("纪检监察" in getattr(block, "text", "") for block in paper(desk, key, "handover").blocks)


POLICE = {"threshold": {"yuan": [3000, 10000]}}


def point(amount, fund, **more):
    """The yuan of a finding, as the sums of the papers read them."""
    yuan = None if amount is None else Decimal(amount)
    own = {"amount": yuan, "suspected": yuan, "confirmed": yuan, "carried_by": "", "verdict": "confirm"}
    return SimpleNamespace(**own | {"fund": None if fund is None else Decimal(fund)} | more)


@pytest.mark.parametrize(
    ("department", "points", "below"),
    [
        (POLICE, [point(1400, 1000), point(9, 9)], True),
        (POLICE, [point(4000, 2999), point(9, 9)], False),
        (POLICE, [point(4000, None)], False),  # the fund may have paid all of it
        (POLICE, [point(900, None), point(None, None)], True),
        (POLICE, [], False),
        ({}, [point(9, 9)], False),
    ],
)
def test_nothing_is_proposed_to_the_police_below_the_lowest_sum_of_the_rule(department, points, below):
    assert below_threshold(department, [(None, one) for one in points]) is below


def test_below_the_sum_no_letter_goes_to_the_police(desk, key, findings):  # noqa: F811
    listed = paper(desk, key, "handover").blocks
    heads = [block.text for block in listed if isinstance(block, Heading)]
    assert "数额未达移送起点：公安机关" in heads and "建议移送：卫生健康部门" in heads
    [said] = [block.text for block in paper(desk, key, "transfer").blocks if isinstance(block, Text)]
    assert said == "已确认的事项中没有建议移送其他部门的。"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (point(None, None), "—"),
        (point(500, 400), "全额计入"),
        (point(500, 400, verdict=""), "成立的，全额计入"),
        (point(500, 400, verdict="reject"), "不计入"),
        (point(500, 400, confirmed=Decimal(120)), "计入 120.00 元"),
        (point(500, 400, confirmed=Decimal(0), carried_by="挂床住院"), "已计入“挂床住院”"),
    ],
)
def test_a_finding_says_how_much_of_it_is_counted(one, said):
    assert counting(one) == said
