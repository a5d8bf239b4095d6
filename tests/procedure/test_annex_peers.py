"""Who is worth a question beside the peers: the one that stands out, the near miss, and who cannot be compared."""

import math
import random

from review.procedure.annex_peers import FALSE_SHARE, FEWEST_PEERS, Reported, compare

PROBLEMS = ("重复收费", "超标准收费", "挂床住院")


def hospital(number, cases, *, stays=1000, level="二级", yuan=None):
    each = dict(zip(PROBLEMS, (cases, 5, 0), strict=True))
    paid = {name: 100.0 * count for name, count in each.items()} | ({PROBLEMS[0]: yuan} if yuan else {})
    return Reported(f"H{number}", f"第{number}医院", level, stays, each, paid)


def peers(count=14):
    return [hospital(number, 18 + number % 5) for number in range(1, count + 1)]


def named(comparison):
    return [(one.name, one.problem, one.measure, one.few) for one in comparison.worth_asking]


def test_who_reports_none_where_the_peers_do_is_worth_a_question():
    comparison = compare([*peers(), hospital(0, 0)], PROBLEMS)
    assert named(comparison) == [("第0医院", "重复收费", "例数", True)]
    (row,) = comparison.worth_asking
    assert (row.own, row.peers, row.reporting) == (0.0, 14, 14)


def test_who_reports_a_little_less_is_not():
    assert named(compare([*peers(), hospital(0, 13)], PROBLEMS)) == []


def test_who_reports_far_more_is_worth_a_question_and_a_little_more_is_not():
    many = compare([*peers(), hospital(0, 70)], PROBLEMS)
    assert ("第0医院", "重复收费", "例数", False) in named(many)
    assert named(compare([*peers(), hospital(0, 28)], PROBLEMS)) == []


def test_none_in_a_small_hospital_says_nothing():
    assert named(compare([*peers(), hospital(0, 0, stays=60)], PROBLEMS)) == []


def test_much_money_for_as_many_cases_is_worth_a_question():
    comparison = compare([*peers(), hospital(0, 20, yuan=400_000.0)], PROBLEMS)
    assert named(comparison) == [("第0医院", "重复收费", "金额", False)]


def test_too_few_peers_of_a_level_are_not_compared_and_it_is_said():
    group = [*peers(), hospital(0, 0, level="三级")]
    comparison = compare(group, PROBLEMS)
    assert comparison.left_out == (
        ("第0医院", f"同级机构不足，不比较（三级 1 家，须 {FEWEST_PEERS + 1} 家）"),
    )
    assert named(comparison) == []


def test_without_admissions_or_level_nobody_is_compared_and_it_is_said():
    comparison = compare([hospital(1, 5, stays=0), hospital(2, 5, level="")], PROBLEMS)
    assert comparison.rows == ()
    assert [reason for _, reason in comparison.left_out] == [
        "没有载明审核住院例数，不比较",
        "没有载明级别，不比较",
    ]


def test_a_problem_that_nobody_reports_is_no_comparison():
    comparison = compare(peers(), PROBLEMS)
    assert "挂床住院" not in {one.problem for one in comparison.rows}


def test_an_unknown_number_of_cases_is_not_taken_for_none():
    unknown = Reported("H0", "第0医院", "二级", 1000, {"超标准收费": 5}, {})
    assert named(compare([*peers(), unknown], PROBLEMS)) == []


def test_who_reports_none_where_most_do_is_counted_where_no_test_can_tell():
    uneven = [hospital(number, 3 + 9 * (number % 6)) for number in range(1, 15)]
    comparison = compare([*uneven, hospital(0, 0)], PROBLEMS)
    assert named(comparison) == []
    (row,) = comparison.silent
    assert (row.name, row.peers, row.reporting) == ("第0医院", 14, 14)
    few_expected = compare([*uneven, hospital(0, 0, stays=100)], PROBLEMS)
    assert few_expected.silent == []


def test_an_empty_table_compares_nothing():
    assert compare([], PROBLEMS).rows == ()


def poisson(chance, mean):
    if mean > 40:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    count, left = 0, math.exp(mean) * chance.random()
    while left > 1:
        count, left = count + 1, left * chance.random()
    return count


def table_of_alike(seed, hospitals=20, problems=10):
    """Hospitals whose true rates vary about one mean by half of it, and by nothing else."""
    chance = random.Random(seed)
    means = {f"p{n}": chance.choice((0.5, 2, 5, 15, 40)) / 1000 for n in range(problems)}
    made = []
    for number in range(hospitals):
        stays = int(math.exp(chance.gauss(7, 0.8))) + 50
        cases = {p: poisson(chance, stays * mean * chance.gammavariate(4, 0.25)) for p, mean in means.items()}
        yuan = {p: sum(math.exp(chance.gauss(5, 1)) for _ in range(count)) for p, count in cases.items()}
        made.append(Reported(str(number), str(number), "二级", stays, cases, yuan))
    return compare(made, tuple(means))


def test_tables_in_which_nobody_differs_name_somebody_in_at_most_the_stated_share():
    tables = 60
    wrong = sum(bool(table_of_alike(seed).worth_asking) for seed in range(tables))
    # three standard errors of the stated share over so many tables
    assert wrong / tables <= FALSE_SHARE + 3 * math.sqrt(FALSE_SHARE * (1 - FALSE_SHARE) / tables)
