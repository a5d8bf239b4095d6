"""Exact tails against values from published tables and against sums done another way."""

from fractions import Fraction
from math import comb, exp, factorial

import pytest

from review.checks.tails import adjusted, binomial_interval, binomial_tail, poisson_interval, poisson_tail


@pytest.mark.parametrize(
    ("count", "mean", "chance"),
    [(5, 1.0, 0.003659846827), (1, 0.5, 0.393469340287), (10, 3.0, 0.001102488), (3, 10.0, 0.997230604284)],
)
def test_poisson_tail_is_that_of_the_tables(count, mean, chance):
    assert poisson_tail(count, mean) == pytest.approx(chance, rel=1e-6)


def test_a_poisson_tail_far_out_keeps_its_relative_precision():
    by_terms = sum(exp(-0.02) * 0.02**k / factorial(k) for k in range(12, 40))
    assert poisson_tail(12, 0.02) == pytest.approx(by_terms, rel=1e-12)


@pytest.mark.parametrize(
    ("count", "trials", "rate"), [(3, 10, 0.1), (8, 10, 0.5), (0, 5, 0.3), (20, 60, 0.02), (5, 5, 0.9)]
)
def test_binomial_tail_is_the_sum_in_fractions(count, trials, rate):
    p = Fraction(rate)
    whole = sum(comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(count, trials + 1))
    assert binomial_tail(count, trials, rate) == pytest.approx(float(whole), rel=1e-9)


def test_edges_are_certain_or_impossible():
    assert poisson_tail(0, 0.0) == binomial_tail(0, 0, 0.0) == 1.0
    assert poisson_tail(1, 0.0) == binomial_tail(1, 9, 0.0) == binomial_tail(4, 3, 0.5) == 0.0
    assert binomial_tail(9, 9, 1.0) == 1.0


def test_impossible_means_and_rates_are_refused():
    with pytest.raises(ValueError, match="negative"):
        poisson_tail(1, -0.1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        binomial_tail(1, 2, 1.1)
    with pytest.raises(ValueError, match="only 1 tests"):
        adjusted([0.1, 0.2], 1)


def test_exact_intervals_are_those_of_the_tables():
    assert binomial_interval(5, 50) == pytest.approx((0.03327509, 0.21813537), abs=1e-6)
    assert binomial_interval(0, 20) == pytest.approx((0.0, 0.16843348), abs=1e-6)
    assert poisson_interval(10) == pytest.approx((4.795389, 18.390356), abs=1e-5)
    assert poisson_interval(0) == pytest.approx((0.0, 3.688879), abs=1e-5)


def test_benjamini_hochberg_gives_the_worked_example():
    # the fifteen p-values of the 1995 paper: four are below 5 % after adjustment
    chances = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    found = adjusted(chances, 15)
    assert sum(q <= 0.05 for q in found) == 4
    assert found[0] == pytest.approx(0.0015)
    assert found == sorted(found)


def test_tests_that_are_not_listed_count():
    assert adjusted([0.001], 1000) == [1.0]
    assert adjusted([0.00001], 1000) == pytest.approx([0.01])
