"""Experts beside what was settled and beside each other, against tables worked out by hand."""

import json

import pytest

from evals.__main__ import main
from evals.experts import readers
from evals.labelled import Labels

PART = {"y": "must_find", "n": "must_not_find"}
VERDICT = {"y": "confirm", "n": "reject", "a": "ask"}


def labelled(**cells):
    """Labels from counts such as yny=5: expert 1 confirmed, 2 rejected, confirmed in the end; two letters: one call."""
    said = {"must_find": [], "must_not_find": [], "clean": False}
    for cell, count in cells.items():
        *calls, truth = cell
        made = [
            {"expert": str(place), "verdict": VERDICT[one]}
            for place, one in enumerate(calls, 1)
            if one != "x"
        ]
        said[PART[truth]] += [{"violation": "v", "charge_ids": [], "calls": made}] * count
    return Labels({"A1": said})


# first and second: observed (20+15)/50 = 0.7; chance 0.5*0.6 + 0.5*0.4 = 0.5; kappa 0.4; AC1 (0.7-0.495)/0.505
# first and settled (yes 30): of the 15 disputes 10 went with the first: 45/50; chance 0.5*0.6 + 0.5*0.4; kappa 0.8
FIFTY = {"yyy": 20, "yny": 5, "nyn": 5, "nyy": 5, "nnn": 15}


def test_kappa_ac1_and_prevalence_are_those_of_the_table():
    first, second, both = readers([labelled(**FIFTY)])
    assert (both.expert, both.other, both.agreement.items, both.agreement.alike) == ("1", "2", 50, 35)
    assert both.agreement.kappa.value == pytest.approx(0.4)
    assert both.agreement.ac1.value == pytest.approx(0.205 / 0.505)
    assert both.prevalence == (0.5, 0.6)
    assert (first.expert, first.other, first.agreement.alike) == ("1", "", 45)
    assert first.agreement.kappa.value == pytest.approx((0.9 - (0.5 * 0.6 + 0.5 * 0.4)) / 0.5)
    assert (second.agreement.alike, second.prevalence) == (40, (0.6, 0.6))
    assert second.agreement.kappa.value == pytest.approx((0.8 - (0.36 + 0.16)) / 0.48)


def test_a_finding_that_one_called_alone_agrees_with_nobody():
    with_single = readers([labelled(**FIFTY, yxy=400, xnn=400)])
    assert with_single == readers([labelled(**FIFTY)])


def test_few_findings_have_no_coefficient_and_a_third_category_counts_where_it_is_used():
    (few, *_) = readers([labelled(yyy=12, nyy=7)])
    assert (few.agreement.items, few.agreement.kappa, few.agreement.ac1) == (19, None, None)
    *_, both = readers([labelled(yyy=20, aan=20, nnn=10)])
    assert (both.agreement.kappa.value, both.agreement.ac1.value) == (1, 1)
    *_, asked = readers([labelled(yyy=20, yay=10, nnn=20)])
    mean = {"y": 0.5, "n": 0.4, "a": 0.1}
    chance = sum(share * (1 - share) for share in mean.values()) / 2
    assert asked.agreement.ac1.value == pytest.approx((0.8 - chance) / (1 - chance))


def test_experts_of_two_inspections_are_not_taken_for_one():
    found = readers([labelled(yyy=20), labelled(nnn=20)])
    assert [(one.expert, one.other) for one in found] == [
        ("1-1", ""), ("1-2", ""), ("2-1", ""), ("2-2", ""), ("1-1", "1-2"), ("2-1", "2-2"),
    ]  # fmt: skip


def test_the_command_prints_each_or_says_what_is_missing(tmp_path, capsys):
    (tmp_path / "expected.json").write_text(
        json.dumps({"admissions": labelled(**FIFTY).admissions}), encoding="utf-8"
    )
    assert main(["experts", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert (
        "专家1 与专家2：35/50 项一致，κ 0.400 [" in told
        and "AC1 0.406 [" in told
        and "确认占比 0.50 与 0.60" in told
    )
    alone = {"admissions": labelled(yxy=30).admissions}
    (tmp_path / "expected.json").write_text(json.dumps(alone), encoding="utf-8")
    assert main(["experts", str(tmp_path)]) == 2
    assert "请用有复审的检查" in capsys.readouterr().err
