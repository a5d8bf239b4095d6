"""Totals and shares from samples: against formulas written out, in the limits, and how often intervals cover the truth."""

import math
from fractions import Fraction
from statistics import mean, variance

import numpy as np
import pytest

from review.errors import InputError, SettingsError
from review.procedure.draw_sampling import weighted_shares
from review.procedure.estimate import Drawn, Sample, expansion, ratio, share_of
from review.procedure.estimate_intervals import Spread, share_interval, student, total_interval
from review.procedure.estimate_sizes import needed_for_share, needed_for_total

RUNS = 1_000


def plain(values, sizes, counts):
    """A stratified simple random sample with `sizes` stays in the strata and `counts` drawn."""
    names = [str(place) for place in range(len(sizes))]
    drawn = [
        Drawn(name, count / size)
        for name, size, count in zip(names, sizes, counts, strict=True)
        for _ in range(count)
    ]
    assert len(drawn) == len(values)
    return Sample(tuple(drawn), dict(zip(names, sizes, strict=True)))


@pytest.mark.parametrize("freedom", [1, 1.5, 2, 3.3, 7, 29, 150.2, 5000])
def test_students_quantile_is_the_published_one(freedom):
    from scipy.stats import t

    assert student(0.975, freedom) == pytest.approx(t.ppf(0.975, freedom), rel=1e-10)


def test_without_skew_the_interval_is_students():
    found = total_interval(100.0, Spread(25.0, 12.0), 0)
    assert found.high - 100 == pytest.approx(100 - found.low) == pytest.approx(5 * student(0.975, 12.0))


def test_with_skew_the_interval_reaches_further_up_than_down():
    found = total_interval(100.0, Spread(25.0, 12.0, 0.3, 0.3), 0)
    assert found.high - 100 > 1.2 * (100 - found.low) > 0


def test_an_interval_never_goes_under_what_was_seen_nor_over_what_was_charged():
    found = total_interval(100.0, Spread(10_000.0, 12.0), 60.0, 180.0)
    assert (found.low, found.high) == (60.0, 180.0)


def test_the_stratified_total_and_its_variance_are_cochrans():
    values = [3.0, 0.0, 5.0, 4.0, 10.0, 20.0, 0.0]
    sample = plain(values, (40, 12), (4, 3))
    parts = ((40, values[:4]), (12, values[4:]))
    total, spread = sample.total(values)
    assert total == pytest.approx(sum(size * mean(part) for size, part in parts))
    each = [size**2 * (1 - len(part) / size) * variance(part) / len(part) for size, part in parts]
    assert spread.variance == pytest.approx(sum(each))
    assert spread.freedom == pytest.approx(sum(each) ** 2 / (each[0] ** 2 / 3 + each[1] ** 2 / 2))


def test_the_combined_ratio_and_its_variance_are_cochrans():
    y, x = [3.0, 0.0, 5.0, 4.0, 1.0, 2.0, 0.0], [9.0, 4.0, 12.0, 10.0, 3.0, 5.0, 2.0]
    sample = plain(y, (40, 12), (4, 3))
    parts = ((40, y[:4], x[:4]), (12, y[4:], x[4:]))
    under = sum(size * mean(b) for size, _, b in parts)
    part = sum(size * mean(a) for size, a, _ in parts) / under
    found = ratio(sample, y, x, 400.0)
    assert found.share.value == pytest.approx(part)
    assert found.total.value == pytest.approx(400 * part)
    residuals = [value - part * other for value, other in zip(y, x, strict=True)]
    assert found.total.low < found.total.value < found.total.high
    assert sum(residuals) != 0 and sample.total(residuals)[0] == pytest.approx(0, abs=1e-9)


def test_a_ratio_of_values_in_proportion_has_no_error_and_nothing_known_gives_none():
    sample = plain([1.0, 2.0, 3.0], (30,), (3,))
    found = ratio(sample, [1.0, 2.0, 3.0], [10.0, 20.0, 30.0], 700.0)
    assert found.total.value == pytest.approx(70.0)
    assert ratio(sample, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 700.0) is None


def test_all_stays_seen_leave_no_doubt():
    sample = Sample(tuple(Drawn("0", 1.0) for _ in range(4)), {"0": 4})
    found = expansion(sample, [1.0, 0.0, 2.0, 4.0])
    assert (found.low, found.value, found.high) == (7.0, 7.0, 7.0)
    share = share_of(sample, [True, False, True, True])
    assert (share.low, share.value, share.high) == (0.75, 0.75, 0.75)


def test_a_stay_taken_surely_stands_for_itself_alone():
    sample = Sample((Drawn("0", 1.0), *(Drawn("0", 0.2) for _ in range(4))), {"0": 21})
    total, _ = sample.total([1000.0, 1.0, 2.0, 3.0, 2.0])
    assert total == pytest.approx(1000 + 20 * 2)


def test_values_in_proportion_to_the_chance_are_estimated_without_error():
    chances = (0.1, 0.2, 0.3, 0.4)
    sample = Sample(tuple(Drawn("0", chance) for chance in chances), {"0": 20})
    weights = [1 / chance for chance in chances]
    total, _ = sample.total([1.0] * 4)
    assert total == pytest.approx(20)
    total, _ = sample.total([5.0, 5.0, 5.0, 9.0])
    assert total == pytest.approx(20 * (5 * sum(weights[:3]) + 9 * weights[3]) / sum(weights))


def test_strata_of_one_drawn_stay_borrow_their_spread():
    sample = plain([5.0, 9.0, 1.0, 2.0, 3.0], (10, 10, 30), (1, 1, 3))
    total, spread = sample.total([5.0, 9.0, 1.0, 2.0, 3.0])
    assert total == pytest.approx(50 + 90 + 60)
    assert (
        sample.merged == 2
        and spread.variance > plain([1.0, 2.0, 3.0], (30,), (3,)).total([1.0, 2.0, 3.0])[1].variance
    )
    assert plain([5.0, 1.0, 2.0], (10, 30), (1, 2)).total([5.0, 1.0, 2.0])[1].variance > 0


@pytest.mark.parametrize(
    ("drawn", "strata", "word"),
    [
        ((Drawn("0", 0.1),), {"0": 10}, "只有 1 例"),
        ((Drawn("0", 0.1), Drawn("0", 0.1)), {"0": 20, "1": 5}, "层“1”有 5 例"),
    ],
)
def test_a_sample_that_tells_nothing_is_refused(drawn, strata, word):
    with pytest.raises(InputError, match=word):
        Sample(drawn, strata).total([1.0] * len(drawn))


def test_yuan_on_fewer_than_five_stays_give_no_interval():
    four, five = [9.0] * 4 + [0.0] * 36, [9.0] * 5 + [0.0] * 35
    assert expansion(plain(four, (400,), (40,)), four).high is None
    assert expansion(plain(five, (400,), (40,)), five).high > 450


def test_none_found_gives_no_interval_of_yuan_but_one_of_the_share():
    sample = plain([0.0] * 60, (600,), (60,))
    assert expansion(sample, [0.0] * 60).high is None
    share = share_of(sample, [False] * 60)
    assert share.value == share.low == 0 and 0.03 < share.high < 0.08
    assert share_of(sample, [True] * 60).high == 1


def test_a_share_of_few_hits_is_no_surer_than_without_strata_and_never_under_what_was_seen():
    sample = plain([0.0] * 40, (20, 180), (4, 36))
    found = share_of(sample, [True, True, *([False] * 38)])
    unstratified = plain([0.0] * 40, (200,), (40,))
    assert found.high - found.low >= 0.9 * (share_of(unstratified, [True] * 2 + [False] * 38).high - 2 / 200)
    assert 2 / 200 <= found.low < found.value < found.high < 0.3


def test_a_share_with_many_stays_nears_walds_interval():
    found = share_interval(0.3, 0.3 * 0.7 / 100_000, 1e9, 100_000)
    half = 1.959964 * math.sqrt(0.3 * 0.7 / 100_000)
    assert (found.low, found.high) == (
        pytest.approx(0.3 - half, abs=1e-5),
        pytest.approx(0.3 + half, abs=1e-5),
    )


def hospital(rng):
    """Invented stays of three departments: charges, yuan found (most none, few much) and a risk that knows some of it."""
    strata = []
    for size, rate, level in ((2000, 0.25, 6.0), (700, 0.4, 7.0), (300, 0.6, 8.0)):
        charges = rng.lognormal(level + 1.8, 0.7, size)
        hit = rng.random(size) < rate
        yuan = np.where(hit, np.minimum(rng.lognormal(level, 1.2, size), charges), 0)
        strata.append(
            (charges, yuan, np.round(np.clip(2 + 3 * hit + rng.normal(0, 1.5, size), 0.5, None), 1))
        )
    return strata


def by_charges(strata):
    """The same stays, by their charges: the lower 60 %, the next 30 %, the highest 10 %."""
    whole = [np.concatenate([part[place] for part in strata]) for place in range(3)]
    place = np.searchsorted(np.quantile(whole[0], [0.6, 0.9]), whole[0])
    return [tuple(part[place == one] for part in whole) for one in range(3)]


def sampled(rng, shares, count):
    """Systematic selection at these shares in random order, as a draw does it."""
    order = rng.permutation(len(shares))
    ends = np.cumsum(shares[order])
    return order[
        np.searchsorted(ends, rng.random() + np.arange(count), side="right").clip(max=len(shares) - 1)
    ]


@pytest.mark.parametrize(
    ("strata_of", "counts", "weighted"),
    [
        (list, (200, 70, 30), (0, 0, 0)),
        (list, (60, 40, 50), (0, 0, 0)),
        (list, (200, 70, 30), (80, 28, 12)),
        (by_charges, (60, 45, 45), (0, 0, 0)),
    ],
    ids=["in proportion", "by spread", "40 % by risk", "by charges"],
)
def test_over_a_thousand_samples_the_intervals_cover_the_truth_in_93_to_97_percent(
    strata_of, counts, weighted
):
    rng = np.random.default_rng(11)
    strata = strata_of(hospital(rng))
    whole = [sum(float(part[place].sum()) for part in strata) for place in (0, 1)]
    truth = (whole[1], whole[1], sum(int((yuan > 0).sum()) for _, yuan, _ in strata) / 3000)
    chances = []
    for (_, _, risk), count, part in zip(strata, counts, weighted, strict=True):
        by_risk = np.array([float(p) for p in weighted_shares([Fraction(str(r)) for r in risk], part)[1]])
        chances.append((by_risk, by_risk + (1 - by_risk) * (count - part) / (len(risk) - part)))
    sizes = {str(place): len(part[0]) for place, part in enumerate(strata)}
    covered, values = np.zeros(3), np.zeros(3)
    for _ in range(RUNS):
        drawn, yuan, charges = [], [], []
        for place, ((known, found, _), count, part) in enumerate(zip(strata, counts, weighted, strict=True)):
            by_risk, chance = chances[place]
            first = sampled(rng, by_risk, part) if part else np.array([], dtype=int)
            left = np.ones(len(known), dtype=bool)
            left[first] = False
            both = np.concatenate([first, rng.choice(np.flatnonzero(left), count - part, replace=False)])
            drawn += [Drawn(str(place), p) for p in chance[both].tolist()]
            yuan += found[both].tolist()
            charges += known[both].tolist()
        sample = Sample(tuple(drawn), sizes)
        by_ratio = ratio(sample, yuan, charges, whole[0]).total
        three = (expansion(sample, yuan, whole[0]), by_ratio, share_of(sample, [value > 0 for value in yuan]))
        covered += [one.low <= true <= one.high for one, true in zip(three, truth, strict=True)]
        values += [one.value for one in three]
    assert all(0.93 <= share <= 0.97 for share in covered / RUNS), covered / RUNS
    assert values / RUNS == pytest.approx(truth, rel=0.02)


def test_the_stays_needed_give_the_wanted_precision():
    rng = np.random.default_rng(3)
    values = [*rng.lognormal(5, 0.5, 30), *rng.lognormal(7, 0.5, 30)]
    sample = plain(values, (2000, 500), (30, 30))
    needed = needed_for_total(sample, values, 40_000.0)
    for counts in (needed.proportional, needed.neyman):
        spread = 0.0
        for name, part in (("0", values[:30]), ("1", values[30:])):
            spread += sample.strata[name] ** 2 * (1 / counts[name] - 1 / sample.strata[name]) * variance(part)
        assert 0.97 * 40_000 < 1.959964 * math.sqrt(spread) <= 40_000
    assert sum(needed.neyman.values()) < sum(needed.proportional.values())
    assert needed_for_total(sample, values, 1e-3).proportional == {"0": 2000, "1": 500}
    assert needed_for_total(sample, [0.0] * 60, 1.0).proportional == {"0": 2, "1": 2}


def test_the_stays_needed_for_a_share_are_the_textbooks():
    assert needed_for_share(10**9, 0.5, 0.05) == 385
    assert needed_for_share(3_000, 0.5, 0.05) == 341
    assert needed_for_share(3_000, 0.0, 0.05) == 2
    assert needed_for_share(1, 0.5, 0.05) == 1


@pytest.mark.parametrize(("population", "width"), [(0, 0.05), (100, 0.0), (100, 1.0)])
def test_a_size_without_sense_is_refused(population, width):
    with pytest.raises(SettingsError, match="请改正"):
        needed_for_share(population, 0.5, width)
    with pytest.raises(SettingsError, match="大于 0"):
        needed_for_total(plain([1.0, 2.0], (30,), (2,)), [1.0, 2.0], 0)
