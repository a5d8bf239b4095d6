"""Every yuan is counted once, by the finding whose turn comes first."""

from decimal import Decimal

from review.amounts import count_once
from review.models import Finding
from review.violations import VIOLATIONS, Certainty


def finding(name, violation, amount, lines=(), certainty=Certainty.PROBABLE, admission="A"):
    return Finding(
        id=name,
        admission_id=admission,
        check="CHG-001",
        family=VIOLATIONS[violation].family,
        violation=violation,
        certainty=certainty,
        title="",
        message="",
        charge_ids=tuple(lines),
        amount=None if amount is None else Decimal(amount),
    )


def counted(findings, lines):
    amounts = {line: Decimal(amount) for line, amount in lines.items()}
    return {item.id: (item.counted_amount, item.counted_in) for item in count_once(findings, amounts)}


def test_a_whole_stay_takes_the_yuan_of_its_lines():
    said = counted(
        [finding("over", "over_standard_charge", "74.00", ["1"]), finding("stay", "phantom_stay", "2002.42")],
        {"1": "156.00"},
    )
    assert said == {"stay": (Decimal("2002.42"), None), "over": (Decimal("0.00"), "stay")}


def test_the_second_whole_stay_finding_points_at_the_first():
    said = counted([finding("a", "low_indication_admission", "10"), finding("b", "phantom_stay", "10")], {})
    assert said == {"a": (Decimal("10"), None), "b": (Decimal("0.00"), "a")}


def test_fictitious_comes_before_duplicate_on_the_same_line():
    said = counted(
        [
            finding("dup", "duplicate_charge", "180", ["1"]),
            finding("fic", "fictitious_service", "180", ["1"]),
        ],
        {"1": "180"},
    )
    assert said == {"fic": (Decimal("180"), None), "dup": (Decimal("0.00"), "fic")}


def test_what_a_line_has_left_is_still_counted():
    said = counted(
        [finding("a", "duplicate_charge", "100", ["1"]), finding("b", "over_standard_charge", "80", ["1"])],
        {"1": "150"},
    )
    assert said == {"a": (Decimal("100"), None), "b": (Decimal("50"), "a")}


def test_a_clue_carries_nothing():
    said = counted([finding("clue", "fictitious_service", "180", ["1"], Certainty.CLUE)], {"1": "180"})
    assert said == {"clue": (None, None)}


def test_lines_of_different_stays_do_not_meet():
    said = counted(
        [finding("a", "phantom_stay", "5"), finding("b", "duplicate_charge", "7", ["9"], admission="B")],
        {"9": "7"},
    )
    assert said == {"a": (Decimal("5"), None), "b": (Decimal("7"), None)}
