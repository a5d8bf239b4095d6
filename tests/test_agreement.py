"""Agreement of two readers, against tables worked out by hand."""

from math import sqrt

import pytest

from review.agreement import Z, agreement


def table(**cells):
    """Pairs from counts such as yn=5: first said y, second said n."""
    return [tuple(cell) for cell, count in cells.items() for _ in range(count)]


# observed (20+15)/50 = 0.7; chance 0.5*0.6 + 0.5*0.4 = 0.5; kappa 0.4
# mean share of y 0.55; chance of AC1 2*0.55*0.45 = 0.495; AC1 0.205/0.505
FIFTY = table(yy=20, yn=5, ny=10, nn=15)


def test_kappa_and_ac1_are_those_of_the_table():
    found = agreement(FIFTY, "yn")
    assert (found.items, found.alike, found.raw) == (50, 35, 0.7)
    assert found.kappa.value == pytest.approx(0.4)
    assert found.ac1.value == pytest.approx(0.205 / 0.505)


def test_the_interval_of_kappa_is_that_of_fleiss_cohen_and_everitt():
    cells = {("y", "y"): 0.4, ("y", "n"): 0.1, ("n", "y"): 0.2, ("n", "n"): 0.3}
    first, second = {"y": 0.5, "n": 0.5}, {"y": 0.6, "n": 0.4}
    observed, expected, kappa = 0.7, 0.5, 0.4
    same = sum(cells[k, k] * (1 - expected - (first[k] + second[k]) * (1 - observed)) ** 2 for k in "yn")
    other = (1 - observed) ** 2 * sum(
        share * (second[a] + first[b]) ** 2 for (a, b), share in cells.items() if a != b
    )
    last = (observed * expected - 2 * expected + observed) ** 2
    error = sqrt((same + other - last) / (1 - expected) ** 4 / 49)  # 49: n - 1
    found = agreement(FIFTY, "yn").kappa
    assert (found.high - found.low) / 2 == pytest.approx(Z * error, rel=1e-6)
    assert found.low < kappa < found.high


def test_the_interval_of_ac1_is_that_of_gwet_2008():
    cells = {("y", "y"): 0.4, ("y", "n"): 0.1, ("n", "y"): 0.2, ("n", "n"): 0.3}
    mean, observed, expected = {"y": 0.55, "n": 0.45}, 0.7, 0.495
    own = sum(cells[k, k] * (1 - mean[k]) for k in "yn") - observed * expected
    all_cells = sum(share * (1 - (mean[a] + mean[b]) / 2) ** 2 for (a, b), share in cells.items())
    ac1 = (observed - expected) / (1 - expected)
    spread = observed * (1 - observed) - 4 * (1 - ac1) * own + 4 * (1 - ac1) ** 2 * (all_cells - expected**2)
    found = agreement(FIFTY, "yn").ac1
    assert (found.high - found.low) / 2 == pytest.approx(Z * sqrt(spread / 49) / (1 - expected), rel=1e-6)


def test_kappa_falls_where_nearly_all_is_one_call_and_ac1_does_not():
    found = agreement(table(yy=118, yn=5, ny=2), "yn")
    assert found.raw == pytest.approx(118 / 125)
    assert found.kappa.value < 0 < 0.93 < found.ac1.value


def test_three_calls_all_alike_are_one_with_no_width():
    found = agreement(table(cc=10, rr=10, aa=10), "cra")
    assert (found.kappa.value, found.kappa.low, found.kappa.high) == (1, 1, 1)


def test_below_twenty_items_there_are_only_counts():
    found = agreement(table(yy=15, yn=4), "yn")
    assert (found.items, found.alike, found.kappa, found.ac1) == (19, 15, None, None)
    assert agreement([], "yn").raw is None


def test_kappa_is_undefined_where_only_one_call_was_ever_made():
    found = agreement(table(yy=30), "yn")
    assert (found.kappa, found.ac1.value) == (None, 1)


def test_a_call_outside_the_categories_is_an_error():
    with pytest.raises(ValueError, match="categories"):
        agreement([("y", "x")], "yn")
