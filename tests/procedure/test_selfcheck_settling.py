"""The money to return: every yuan once, the fund's part as far as it is known, and the annex that says it."""

from decimal import Decimal

import pytest
from selfchecked import FINDINGS, FINDS, MADE, STAYS, finding, write_results

from review.procedure.annexes import annexes
from review.procedure.selfcheck_list import read_check_list
from review.procedure.selfcheck_reading import Answer, Answers, OwnFinding
from review.procedure.selfcheck_report import annex_of, annex_paper
from review.procedure.selfcheck_settling import settle
from review.violations import Certainty


def yes(amount=None, *, part=False):
    return Answer("部分认可" if part else "认可", amount and Decimal(amount), "因", "改", None)


NO = Answer("不认可", None, "因", "", None)


@pytest.fixture
def settled_of(tmp_path):
    """Settles answers over findings; all that is not answered is refused."""

    def settled(findings=FINDINGS, own=(), stays=STAYS, **given):
        asked = read_check_list(write_results(tmp_path / "结果", findings, stays=stays), FINDS)
        every = {item.id: given.get(item.id.replace("-", "_"), NO) for item in asked.items}
        answers = Answers({key: one for key, one in every.items() if one}, tuple(own), ())
        return asked, answers, settle(asked, answers, ())

    return settled


def counted(settled):
    return {one.item.id: one.counted for one in settled.items if one.counted is not None}


def test_two_findings_on_one_charge_line_are_counted_once(settled_of):
    _, _, settled = settled_of(f_dup=yes(), f_over=yes())
    assert counted(settled) == {"f-dup": Decimal("80.00"), "f-over": Decimal("0.00")}
    over = next(one for one in settled.items if one.item.id == "f-over")
    assert over.carried == 1
    assert (settled.yuan, settled.fund) == (Decimal("80.00"), Decimal("80.00"))


def test_a_refused_finding_frees_its_yuan_for_the_other(settled_of):
    _, _, settled = settled_of(f_over=yes())
    assert counted(settled) == {"f-over": Decimal("60.00")}


def test_a_whole_stay_takes_its_lines_with_it(settled_of):
    _, _, settled = settled_of(f_stay=yes(), f_line=yes())
    assert settled.yuan == Decimal("500.00")
    assert settled.fund == Decimal("100.00")


def test_a_stay_accepted_in_part_stands_beside_its_lines_and_never_beyond_what_it_cost(settled_of):
    _, _, settled = settled_of(f_stay=yes("100.00", part=True), f_line=yes())
    assert counted(settled) == {"f-stay": Decimal("100.00"), "f-line": Decimal("40.00")}
    assert settled.fund == Decimal("20.00")  # the line's own part is not known, the stay's is a fifth
    assert settled.fund_unknown == Decimal("40.00")


def test_parts_of_a_stay_do_not_exceed_its_total(settled_of):
    _, _, settled = settled_of(f_stay=yes("499.00", part=True), f_line=yes())
    assert settled.yuan == Decimal("500.00")


def test_of_two_parts_of_one_stay_the_larger_counts(settled_of):
    twice = (
        finding("a", "S2", "low_indication_admission", "500.00"),
        finding("b", "S2", "phantom_stay", "500.00"),
    )
    _, _, settled = settled_of(twice, a=yes("120.00", part=True), b=yes("90.00", part=True))
    assert counted(settled) == {"a": Decimal("120.00"), "b": Decimal("0.00")}


def test_a_clue_accepted_without_a_sum_carries_none(settled_of):
    _, _, settled = settled_of(f_clue=yes())
    assert counted(settled) == {}


def test_a_clue_carries_what_the_hospital_gives_it(settled_of):
    clue = (finding("c", "S2", "phantom_stay", None, certainty=Certainty.CLUE),)
    _, _, settled = settled_of(clue, c=yes("50.00"))
    assert counted(settled) == {"c": Decimal("50.00")}
    assert settled.fund == Decimal("10.00")


def test_the_fund_never_returns_more_than_it_paid_for_the_stay(settled_of):
    findings = (finding("a", "S1", "duplicate_charge", "700.00", fund="700.00"),)
    _, _, settled = settled_of(findings, a=yes())
    assert (settled.yuan, settled.fund) == (Decimal("700.00"), Decimal("600.00"))


def test_what_is_not_known_stays_empty_in_the_annex_and_is_never_zero(settled_of):
    own = [OwnFinding("医保信息上报不及时", 3, None, None, "晚", "日报")]
    asked, answers, settled = settled_of(own=own, f_line=yes(), f_doc=yes())
    filed = annex_of(asked, answers, settled, MADE)
    late, line, doc, none = (
        filed.rows[name]
        for name in ("医保信息上报不及时", "不合理检查、治疗、用药", "其他：病历书写缺陷", "分解收费")
    )
    assert (late["found"], late["yuan"], late.get("prompted")) == (3, None, None)
    assert (line["yuan"], line["fund"]) == (Decimal("40.00"), None)
    assert (doc["found"], doc["yuan"]) == (1, None)
    assert (none["found"], none["yuan"], none["prompted"]) == (0, Decimal("0.00"), 0)
    assert filed.total["found"] == 2 + 3
    assert filed.total["returned"] is None
    assert filed.state == ""


def test_an_open_answer_makes_the_annex_a_draft_that_says_so(settled_of):
    asked, answers, settled = settled_of(f_dup=None)
    filed = annex_of(asked, answers, settled, MADE)
    assert filed.state == "未完：1 项未答"
    paper = annex_paper(asked, filed, settled)
    assert paper.draft


def test_a_problem_whose_check_lacked_its_tables_is_unknown_and_not_zero(settled_of):
    asked, answers, settled = settled_of()
    filed = annex_of(asked, answers, settled, MADE)
    assert filed.rows["诱导住院"] == {}
    assert filed.rows["分解收费"]["prompted"] == 0


def test_what_is_already_returned_stands_in_the_annex_and_empty_where_nobody_said(settled_of):
    back = Answer("认可", None, "", "改", None, Decimal("60.00"))
    asked, answers, settled = settled_of(f_dup=back, f_line=yes())
    filed = annex_of(asked, answers, settled, MADE)
    assert filed.rows["重复收费"]["returned"] == Decimal("60.00")
    assert filed.rows["不合理检查、治疗、用药"]["returned"] is None
    assert filed.total["returned"] == Decimal("60.00")


def test_a_problem_none_of_our_checks_looks_at_has_no_numbers(settled_of):
    asked, answers, settled = settled_of()
    filed = annex_of(asked, answers, settled, MADE)
    assert filed.rows["医保信息上报不及时"] == {}
    note = next(annex_paper(asked, filed, settled).tables).note
    assert "没有检查查成这一类" in note


def test_every_annex_names_its_source_and_why_cells_are_empty():
    assert [annexes()[n].sheet for n in (1, 2, 3, 4)] == ["附件1", "附件2", "附件3", "附件4"]
    assert all("吉医保发〔2020〕22号" in one.source for one in annexes().values())
    assert all(column.blank for one in annexes().values() for column in one.columns)
