"""The statistics of the evaluations, each on a case small enough to be reckoned by hand."""

import math

import numpy as np
import pytest

from evals.measuring.calibration import Said, brier, reliability
from evals.measuring.intervals import (
    NOTHING,
    bootstrap,
    bootstrap_difference,
    drawn,
    f1,
    mean_of,
    share,
    wilson,
)
from evals.measuring.paired import mcnemar


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(98, 100, 0.9300, 0.9945), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 2, 0.0945, 0.9055)],
)
def test_wilson_intervals_hold_their_textbook_values(part, whole, low, high):
    held = wilson(part, whole)
    assert (round(held.value, 4), round(held.low, 4), round(held.high, 4)) == (part / whole, low, high)


def test_nothing_measured_has_no_interval():
    assert wilson(0, 0) == NOTHING
    assert bootstrap(np.empty((0, 2)), share) == NOTHING
    assert bootstrap(np.zeros((3, 2)), share) == NOTHING
    assert str(NOTHING) == "—"


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(0, 6, 2 / 64), (1, 5, 14 / 64), (3, 3, 1.0), (0, 0, 1.0), (2, 8, 112 / 1024)],
)
def test_mcnemar_is_exact_on_discordant_pairs(only_first, only_second, p):
    assert mcnemar(only_first, only_second).p == pytest.approx(p)
    assert mcnemar(only_second, only_first).p == pytest.approx(p)


def test_mcnemar_refuses_counts_that_cannot_be():
    with pytest.raises(ValueError, match="negative"):
        mcnemar(-1, 2)


def test_units_are_drawn_as_often_as_there_are_and_alike_for_one_seed():
    rounds = drawn(5, rounds=50, seed=3)
    assert rounds.shape == (50, 5)
    assert (rounds.sum(axis=1) == 5).all()
    assert (rounds == drawn(5, rounds=50, seed=3)).all()
    assert (rounds != drawn(5, rounds=50, seed=4)).any()


def test_a_share_is_drawn_over_patients_and_not_over_findings():
    """Two patients, one with nine right findings and one with one wrong: rounds give 0, 9/10 or 1."""
    held = bootstrap(np.array([[9.0, 9.0], [0.0, 1.0]]), share)
    assert (held.value, held.low, held.high) == (0.9, 0.0, 1.0)
    assert wilson(9, 10).low > 0.5


def test_what_is_right_in_every_unit_has_no_width():
    held = bootstrap(np.array([[2.0, 2.0], [1.0, 1.0]]), share)
    assert (held.value, held.low, held.high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ([3, 4, 3, 6], 0.6),  # recall .75, precision .5
        ([0, 4, 0, 0], 0.0),  # nothing found
        ([0, 4, 0, 3], 0.0),  # all found is wrong
        ([2, 2, 2, 2], 1.0),
    ],
)
def test_f1_is_the_harmonic_mean(sums, expected):
    assert f1(np.array([sums], dtype=float))[0] == pytest.approx(expected)


def test_f1_without_labels_is_undefined():
    assert math.isnan(f1(np.array([[0.0, 0.0, 1.0, 2.0]]))[0])


def test_two_runs_are_drawn_on_the_same_units():
    """Each unit gains one of two, so every draw gains half: the units differ, the gain does not."""
    first = np.array([[0.0, 2.0], [1.0, 2.0]])
    second = np.array([[1.0, 2.0], [2.0, 2.0]])
    held = bootstrap_difference(first, second, share)
    assert (held.value, held.low, held.high) == (0.5, 0.5, 0.5)
    same = bootstrap_difference(first, first, share)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="row for every unit"):
        bootstrap_difference(first, second[:1], share)


def test_a_mean_repeats_itself_and_lies_in_its_interval():
    held = mean_of([1.0, 0.0, 1.0, 1.0])
    assert held == mean_of([1.0, 0.0, 1.0, 1.0])
    assert held.low <= held.value == 0.75 <= held.high


SAID = [Said("A", "probable", True), Said("B", "probable", False), Said("C", "clue", True)]


def test_reliability_counts_what_was_right_of_each_certainty():
    rows = reliability(SAID, ("established", "probable", "clue"))
    assert [(row.certainty, row.findings, row.right) for row in rows] == [("probable", 2, 1), ("clue", 1, 1)]
    assert rows[0].share == wilson(1, 2)


def test_a_certainty_promises_what_the_other_units_show():
    """A: the other probable is wrong, promised 0, error 1; B: promised 1, error 1; C: alone with its certainty, so the
    others' share 1/2, error 1/4. Without certainties: 1/4, 1, 1/4."""
    held = brier(SAID)
    assert (held.score, held.without, held.skill) == (
        pytest.approx(0.75),
        pytest.approx(0.5),
        pytest.approx(-0.5),
    )


def test_certainties_that_tell_right_from_wrong_take_the_error_away():
    said = [Said(f"{number}", "probable", True) for number in range(4)]
    said += [Said(f"n{number}", "clue", False) for number in range(4)]
    held = brier(said)
    assert held.score == 0.0
    assert held.skill == 1.0


def test_one_unit_alone_cannot_be_promised_anything():
    assert brier([Said("A", "clue", True), Said("A", "probable", False)]) is None
    assert brier([Said("A", "clue", True), Said("B", "clue", True)]).skill is None
