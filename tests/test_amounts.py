"""Every yuan is counted once, by the finding whose turn comes first."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.amounts import count_once
from review.models import Finding
from review.violations import VIOLATIONS, Certainty

ORDER = [
    "fictitious_service",
    "substituted_charge",
    "duplicate_charge",
    "split_charge",
    "over_standard_charge",
    "out_of_scope_payment",
    "excessive_service",
]
CAPS = "CHG-001"  # the check whose amount is a part of every unit's price
UNITS = "CHG-002"


def finding(
    name,
    violation,
    amount,
    lines=(),
    certainty=Certainty.PROBABLE,
    *,
    admission="A",
    check=UNITS,
    parts=(),
):
    return Finding(
        id=name,
        admission_id=admission,
        check=check,
        family=VIOLATIONS[violation].family,
        violation=violation,
        certainty=certainty,
        title="",
        message="",
        charge_ids=tuple(lines),
        charge_amounts=tuple(Decimal(part) for part in parts),
        amount=None if amount is None else Decimal(amount),
    )


def counted(findings, lines, admission="A"):
    amounts = {(admission, line): Decimal(amount) for line, amount in lines.items()}
    return {item.id: (item.counted_amount, item.counted_in) for item in count_once(findings, amounts, {CAPS})}


def yuan(text):
    return Decimal(text)


def test_a_whole_stay_takes_the_yuan_of_its_lines():
    said = counted(
        [finding("over", "over_standard_charge", "74.00", ["1"]), finding("stay", "phantom_stay", "2002.42")],
        {"1": "156.00"},
    )
    assert said == {"stay": (yuan("2002.42"), None), "over": (yuan("0.00"), "stay")}


def test_the_second_whole_stay_finding_points_at_the_first():
    said = counted([finding("a", "low_indication_admission", "10"), finding("b", "phantom_stay", "10")], {})
    assert said == {"a": (yuan("10"), None), "b": (yuan("0.00"), "a")}


def test_a_whole_stay_clue_leaves_the_yuan_to_the_lines():
    said = counted(
        [
            finding("stay", "phantom_stay", None, certainty=Certainty.CLUE),
            finding("dup", "duplicate_charge", "5", ["1"]),
        ],
        {"1": "5"},
    )
    assert said == {"stay": (None, None), "dup": (yuan("5"), None)}


def test_a_whole_stay_of_unknown_sum_leaves_the_yuan_to_the_lines():
    said = counted(
        [finding("stay", "split_admission", None), finding("dup", "duplicate_charge", "5", ["1"])], {"1": "5"}
    )
    assert said == {"stay": (None, None), "dup": (yuan("5"), None)}


@pytest.mark.parametrize("first", range(len(ORDER) - 1))
def test_of_two_violations_the_earlier_in_the_order_carries_the_line(first):
    early, late = ORDER[first], ORDER[first + 1]
    said = counted(
        [
            finding("late", late, "180", ["1"], Certainty.ESTABLISHED),
            finding("early", early, "180", ["1"], Certainty.PROBABLE),
        ],
        {"1": "180"},
    )
    assert said == {"early": (yuan("180.00"), None), "late": (yuan("0.00"), "early")}


def test_of_one_violation_the_more_certain_carries_and_then_the_larger():
    said = counted(
        [
            finding("probable", "duplicate_charge", "180", ["1"]),
            finding("sure", "duplicate_charge", "90", ["1"], Certainty.ESTABLISHED),
        ],
        {"1": "180"},
    )
    assert said == {"sure": (yuan("90.00"), None), "probable": (yuan("90.00"), "sure")}


def test_two_findings_on_units_of_one_line_mean_the_same_units():
    said = counted(
        [finding("a", "duplicate_charge", "100", ["1"]), finding("b", "over_standard_charge", "80", ["1"])],
        {"1": "150"},
    )
    assert said == {"a": (yuan("100.00"), None), "b": (yuan("0.00"), "a")}


def test_more_units_than_the_first_took_are_still_counted():
    said = counted(
        [finding("a", "duplicate_charge", "50", ["1"]), finding("b", "over_standard_charge", "80", ["1"])],
        {"1": "150"},
    )
    assert said == {"a": (yuan("50.00"), None), "b": (yuan("30.00"), "a")}


def test_a_price_too_high_counts_only_on_the_units_that_are_left():
    # two units of 150 yuan, cap 120: one of them is a duplicate, so 30 of the 60 yuan are counted with it
    said = counted(
        [
            finding("dup", "duplicate_charge", "150", ["1"]),
            finding("cap", "over_standard_charge", "60", ["1"], check=CAPS),
        ],
        {"1": "300"},
    )
    assert said == {"dup": (yuan("150.00"), None), "cap": (yuan("30.00"), "dup")}


def test_units_that_are_counted_after_a_price_lose_the_price_already_counted():
    said = counted(
        [
            finding("cap", "over_standard_charge", "60", ["1"], check=CAPS),
            finding("scope", "out_of_scope_payment", "150", ["1"]),
        ],
        {"1": "300"},
    )
    assert said == {"cap": (yuan("60.00"), None), "scope": (yuan("120.00"), "cap")}


def test_two_prices_too_high_are_one_part_of_the_price():
    said = counted(
        [
            finding("a", "over_standard_charge", "75", ["1"], check=CAPS),
            finding("b", "over_standard_charge", "30", ["1"], check=CAPS),
        ],
        {"1": "150"},
    )
    assert said == {"a": (yuan("75.00"), None), "b": (yuan("0.00"), "a")}


def test_findings_that_share_some_lines_share_only_those():
    said = counted(
        [
            finding("fic", "fictitious_service", "20", ["1", "2"]),
            finding("dup", "duplicate_charge", "25", ["2", "3"]),
        ],
        {"1": "10", "2": "10", "3": "15"},
    )
    assert said == {"fic": (yuan("20.00"), None), "dup": (yuan("15.00"), "fic")}


def test_the_check_tells_which_line_its_excess_stands_on():
    # two of three units are excess, both on the second line: the first line is free for another finding
    said = counted(
        [
            finding("limit", "duplicate_charge", "20", ["1", "2"], parts=["0", "20"]),
            finding("scope", "out_of_scope_payment", "10", ["1"]),
        ],
        {"1": "10", "2": "20"},
    )
    assert said == {"limit": (yuan("20.00"), None), "scope": (yuan("10.00"), None)}


def test_three_rules_on_one_line_count_it_once():
    three = [
        finding("a", "fictitious_service", "180", ["1"]),
        finding("b", "duplicate_charge", "180", ["1"]),
        finding("c", "out_of_scope_payment", "144", ["1"]),
    ]
    said = counted(three, {"1": "180"})
    assert said == {"a": (yuan("180.00"), None), "b": (yuan("0.00"), "a"), "c": (yuan("0.00"), "a")}


def test_a_clue_carries_nothing():
    said = counted([finding("clue", "fictitious_service", "180", ["1"], Certainty.CLUE)], {"1": "180"})
    assert said == {"clue": (None, None)}


def test_a_clue_does_not_take_the_line_from_a_weaker_violation():
    said = counted(
        [
            finding("clue", "fictitious_service", "180", ["1"], Certainty.CLUE),
            finding("over", "over_standard_charge", "60", ["1"]),
        ],
        {"1": "180"},
    )
    assert said == {"clue": (None, None), "over": (yuan("60.00"), None)}


def test_a_defect_of_writing_is_never_counted():
    said = counted([finding("doc", "documentation_defect", None, ["1"])], {"1": "180"})
    assert said == {"doc": (None, None)}


def test_a_finding_without_lines_stands_for_itself():
    said = counted([finding("sum", "over_standard_charge", "12.50")], {"1": "180"})
    assert said == {"sum": (yuan("12.50"), None)}


def test_lines_of_different_stays_do_not_meet():
    said = counted(
        [finding("a", "phantom_stay", "5"), finding("b", "duplicate_charge", "7", ["9"], admission="B")],
        {"9": "7"},
        admission="B",
    )
    assert said == {"a": (yuan("5"), None), "b": (yuan("7.00"), None)}


def test_one_number_in_two_stays_is_two_lines():
    amounts = {("A", "1"): yuan("10"), ("B", "1"): yuan("10")}
    both = [
        finding("a", "fictitious_service", "10", ["1"]),
        finding("b", "duplicate_charge", "10", ["1"], admission="B"),
    ]
    assert [item.counted_amount for item in count_once(both, amounts)] == [yuan("10.00"), yuan("10.00")]


def test_the_order_in_which_checks_ran_changes_nothing():
    four = [
        finding("a", "fictitious_service", "60", ["1", "2"]),
        finding("b", "duplicate_charge", "90", ["2", "3"]),
        finding("c", "over_standard_charge", "30", ["3"], check=CAPS),
        finding("d", "out_of_scope_payment", "100", ["1", "3", "4"]),
    ]
    lines = {"1": "30", "2": "30", "3": "60", "4": "20"}
    ways = {tuple(sorted(counted(way, lines).items())) for way in permutations(four)}
    assert len(ways) == 1


LINES = ["1", "2", "3", "4"]


@st.composite
def found(draw):
    findings = []
    for number in range(draw(st.integers(1, 6))):
        lines = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=4, unique=True))
        amount = sum((yuan(100) for _ in lines), yuan(0)) * draw(st.integers(1, 100)) / 100
        certainty = draw(st.sampled_from(list(Certainty)))
        check = draw(st.sampled_from([CAPS, UNITS]))
        violation = draw(st.sampled_from(ORDER))
        findings.append(finding(f"f{number}", violation, str(amount), sorted(lines), certainty, check=check))
    return findings


@given(found())
@settings(max_examples=200, deadline=None)
def test_no_yuan_is_counted_twice_and_none_that_stands_alone_is_lost(findings):
    said = count_once(findings, {("A", line): yuan(100) for line in LINES}, {CAPS})
    total = sum((item.counted_amount or yuan(0) for item in said), yuan(0))
    touched = {line for item in said if item.counted_amount is not None for line in item.charge_ids}
    assert total <= 100 * len(touched) + yuan("0.05")
    carrying = [item for item in said if item.counted_amount is not None]
    for item in carrying:
        others = [one for one in carrying if one is not item and set(one.charge_ids) & set(item.charge_ids)]
        assert 0 <= item.counted_amount <= item.amount
        assert item.counted_in is None or item.counted_amount < item.amount
        if not others:
            assert (item.counted_amount, item.counted_in) == (item.amount, None)
    if carrying:
        assert total >= max(item.amount for item in carrying) - yuan("0.05")
