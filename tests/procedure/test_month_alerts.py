"""A month alerts where its rate leaves its own history, no oftener than stated where nothing has changed."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import betabinom

from evals.bench.month_alarms import POPULATIONS, family, shares, tails
from review.procedure.month_alerts import FALLEN, LEAST_MONTHS, QUIET, RISEN, TOO_LITTLE, Point, read_all
from review.procedure.month_chances import RHO, _beta_binomial

KEY = ("CHG-003", "department", "H1", "内科")
STEADY = [(1000, 48), (980, 52), (1010, 50), (990, 47), (1005, 53), (1000, 50), (995, 49), (1002, 51)]


def series(*months):
    return [Point(f"2024-{place:02d}", n, x) for place, (n, x) in enumerate(months, start=1)]


def reading(*months, **more):
    points = series(*months)
    found, promise = read_all({KEY: points}, points[-1].month, **more)
    return found[KEY], promise


def test_a_rate_that_doubles_after_steady_months_alerts():
    one, promise = reading(*STEADY, (1000, 100))
    assert one.state == RISEN and one.alerts and one.chance < promise.chance
    assert one.usual == pytest.approx(0.0501, abs=1e-4)


def test_a_rate_a_little_higher_does_not_alert():
    one, promise = reading(*STEADY, (1000, 60))
    assert one.state == QUIET and not one.alerts and one.chance > promise.chance


def test_a_rate_that_falls_by_half_alerts_as_fallen():
    assert reading(*STEADY, (1000, 20))[0].state == FALLEN


def test_the_same_doubling_is_no_news_where_months_always_differed_so():
    restless = [(1000, found) for found in (20, 95, 40, 110, 15, 70, 88, 30)]
    assert reading(*restless, (1000, 100))[0].state == QUIET


def test_a_doubling_of_very_few_stays_does_not_alert():
    assert reading(*[(20, 1)] * 8, (20, 2))[0].state == QUIET


def test_findings_where_there_never_were_any_alert_beside_steady_departments():
    many = {(*KEY[:3], str(place)): series(*STEADY, (1000, 50)) for place in range(60)}
    found, _ = read_all({**many, KEY: series(*[(100, 0)] * 8, (100, 15))}, "2024-09")
    assert [key for key, one in found.items() if one.alerts] == [KEY]
    found, _ = read_all({**many, KEY: series(*[(100, 0)] * 8, (100, 1))}, "2024-09")
    assert [key for key, one in found.items() if one.alerts] == []


def test_a_short_history_is_said_and_never_alerts():
    one, promise = reading(*STEADY[: LEAST_MONTHS - 1], (1000, 500))
    assert one.state == TOO_LITTLE and not one.alerts and one.chance is None
    assert (promise.series, promise.too_little) == (0, 1)


def test_months_without_a_stay_are_no_history():
    assert reading((0, 0), *STEADY[: LEAST_MONTHS - 1], (1000, 500))[0].state == TOO_LITTLE
    assert reading((0, 0), *STEADY[:LEAST_MONTHS], (1000, 500))[0].state == RISEN


def test_later_months_are_not_looked_at():
    points = series(*STEADY, (1000, 50), (1000, 400))
    assert read_all({KEY: points}, "2024-09")[0][KEY].state == QUIET


def test_a_series_without_the_month_has_no_reading():
    assert read_all({KEY: series(*STEADY)}, "2024-12") == ({}, read_all({}, "2024-12")[1])


def test_the_stated_chance_shrinks_with_the_number_of_series():
    many = {(*KEY[:3], str(place)): series(*STEADY, (1000, 50)) for place in range(500)}
    found, promise = read_all(many, "2024-09", expected=1.0)
    assert promise.chance == pytest.approx(1 / 500) and promise.expected == pytest.approx(1.0)
    assert len(found) == 500
    assert read_all({KEY: many[(*KEY[:3], "1")]}, "2024-09")[1].chance == 0.01


@pytest.mark.parametrize("counts", [(200, 5), (200, 30), (5000, 300), (60, 0), (60, 60)])
def test_the_chances_of_a_count_are_those_of_the_beta_binomial(counts):
    trials, found = counts
    low, high = _beta_binomial(
        np.full((1, len(RHO), 1), 0.05), *(np.full((1, 1, 1), float(n)) for n in counts)
    )
    a, b = 0.05 * (1 - RHO) / RHO, 0.95 * (1 - RHO) / RHO
    assert low[0, :, 0] == pytest.approx(betabinom.cdf(found, trials, a, b), abs=2e-3)
    above = betabinom.sf(found - 1, trials, a, b)
    near = above > 1e-8
    assert high[0, :, 0][near] == pytest.approx(above[near], rel=0.02, abs=1e-3)


@pytest.mark.parametrize("place", [0, 2, 4, 7, 12, 14], ids=lambda place: POPULATIONS[place].name)
def test_where_nothing_changed_alerts_are_no_more_than_stated(place):
    count = 1200
    for chance, (alerts, _) in zip(
        (0.01, 0.001), shares(POPULATIONS[place], 100 + place, count), strict=True
    ):
        assert alerts <= chance + 3 * sqrt(chance / count)


def test_a_doubled_rate_of_a_larger_department_is_told_more_often_than_not():
    low, high = tails(POPULATIONS[2], 7, 600, 2.0)
    assert (high <= 0.005).mean() > 0.5 and (low <= 0.005).mean() == 0


def test_over_all_series_of_a_month_no_more_alerts_than_expected():
    assert family(900, months=25, series=150) <= 1 + 3 * sqrt(1 / 25)
