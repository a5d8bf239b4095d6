"""What a draw must do and must never do: stated chances over 10,000 seeds, exclusions, designations, shares."""

from collections import Counter
from fractions import Fraction

import openpyxl
import pytest
from drawn_hospitals import COLUMNS, chi_square_p, hospitals, request

from review.errors import InputError, SettingsError
from review.procedure.draw import draw_objects
from review.procedure.draw_frame import Columns, FrameRules, StratumColumn, units_of
from review.procedure.draw_lists import list_of, read_list
from review.procedure.draw_sampling import choose
from review.procedure.draw_sizes import largest_remainders

SEEDS = 10_000
EXCLUDED = ("国家2023", "国家2024", "省级2023")


@pytest.fixture(scope="module")
def sixty():
    return hospitals()


def drawn(result):
    return {one["key"] for one in result["drawn"]}


def test_over_ten_thousand_seeds_each_object_comes_at_its_stated_chance_and_excluded_ones_never():
    rows = hospitals(15)
    asked = request(("share", "40%"), excluded=EXCLUDED, risk_share="50%", strata=())
    seen: Counter[str] = Counter()
    for number in range(SEEDS):
        result = draw_objects(rows, asked, f"seed {number}")
        seen.update(drawn(result))
    stated = {key: Fraction(said) for key, said in result["probabilities"].items()}
    counts = result["strata"][0]
    assert sum(stated.values()) == counts["weighted"] + counts["random"] == 4
    assert len(set(stated.values())) > 3
    assert (
        seen["H007"] == SEEDS and "H007" not in stated
    )  # designated although the state inspected it in 2023
    assert {one["key"] for one in result["passed_over"]} == {f"H{n:03d}" for n in (1, 5, 11, 13)}
    assert set(seen) == {*stated, "H007"}
    # drawn and not drawn of one object are a plain trial; over the objects counts are tied by the fixed size
    for key, chance in stated.items():
        expected = float(chance * SEEDS)
        assert chi_square_p([seen[key], SEEDS - seen[key]], [expected, SEEDS - expected]) > 0.001 / len(
            stated
        )
    keys = sorted(stated)
    assert chi_square_p([seen[k] for k in keys], [float(stated[k] * SEEDS) for k in keys]) > 0.001


def test_every_set_of_a_random_draw_is_equally_likely_and_a_weighted_one_follows_the_weights():
    sets: Counter[tuple[int, ...]] = Counter()
    ones: Counter[int] = Counter()
    for number in range(SEEDS):
        sets[choose([Fraction(1)] * 6, 0, 2, str(number).encode(), "s").at_random] += 1
        ones[choose([Fraction(w) for w in (1, 2, 3, 4)], 1, 0, str(number).encode(), "w").by_weight[0]] += 1
    assert len(sets) == 15
    assert chi_square_p(list(sets.values()), [SEEDS / 15] * 15) > 0.001
    assert chi_square_p([ones[place] for place in range(4)], [SEEDS * w / 10 for w in (1, 2, 3, 4)]) > 0.001


def test_the_same_list_request_and_seed_give_the_same_draw_whatever_the_order_of_the_rows(sixty):
    turned = list_of("另一名.csv", "编号", sixty.columns, reversed(sixty.rows))
    assert turned.sha256 == sixty.sha256
    assert draw_objects(sixty, request(), "seed 1") == draw_objects(turned, request(), "seed 1")
    assert draw_objects(sixty, request(), "seed 1") != draw_objects(sixty, request(), "seed 2")


def test_a_share_is_rounded_up_in_each_stratum():
    result = draw_objects(
        hospitals(7), request(("share", "5%"), strata=(), columns=Columns("编号")), "seed 1"
    )
    assert len(result["drawn"]) == 1
    assert result["drawn"][0]["probability"] == "1/7"


@pytest.mark.parametrize(("total", "sizes"), [("6", [2, 2, 2]), ("13", [5, 4, 4]), ("59", [20, 20, 19])])
def test_a_total_is_spread_by_size_with_two_to_a_stratum_first(sixty, total, sizes):
    result = draw_objects(sixty, request(("total", total)), "seed 1")
    assert [one["random"] for one in result["strata"]] == sizes


def test_a_look_back_draws_only_from_who_was_inspected_by_then_and_still_excludes(sixty):
    asked = request(
        ("each", "1"), strata=(), excluded=EXCLUDED, lookback=("国家", "省级"), lookback_until=2022
    )
    rows = {row["编号"]: row for row in sixty.rows}
    for number in range(200):
        for one in draw_objects(sixty, asked, f"seed {number}")["drawn"]:
            past = rows[one["key"]]["历次检查"]
            assert one["why"] == "举报线索" or ("省级2021" in past or "省级2022" in past)


def test_only_the_largest_can_be_drawn_and_who_equals_the_last_stays_in():
    rows = list_of(
        "药店.csv",
        "编号",
        ["编号", "用量"],
        [{"编号": f"Y{n:02d}", "用量": str(max(n, 5))} for n in range(14)],
    )
    asked = request(("each", "2"), strata=(), columns=Columns("编号", top="用量"), top=10)
    result = draw_objects(rows, asked, "seed 1")
    assert result["strata"][0]["eligible"] == 14  # six share the last place
    asked = request(("each", "2"), strata=(), columns=Columns("编号", top="用量"), top=8)
    result = draw_objects(rows, asked, "seed 1")
    assert result["strata"][0]["eligible"] == 8
    assert len(result["passed_over"]) == 6


def test_objects_of_an_earlier_draw_are_left_out(sixty):
    first = drawn(draw_objects(sixty, request(), "seed 1"))
    second = drawn(draw_objects(sixty, request(left_out=tuple(sorted(first - {"H007"}))), "seed 2"))
    assert first & second == {"H007"}  # designated


def test_amounts_are_cut_at_bounds_that_belong_to_the_upper_part():
    rows = list_of(
        "病历.csv", "编号", ["编号", "总额"], [{"编号": f"A{n}", "总额": str(n)} for n in (0, 99, 100, 500)]
    )
    rules = FrameRules(Columns("编号"), (StratumColumn("总额", ("100", "500")),))
    assert [unit.stratum for unit in units_of(rows, rules)] == [
        "总额 100 以下",
        "总额 100 至 500",
        "总额 500 及以上",
        "总额 100 以下",
    ]


def test_the_stated_share_by_risk_holds_over_all_strata(sixty):
    result = draw_objects(sixty, request(("each", "1"), risk_share="34%", strata=("等级",)), "seed 1")
    assert sum(one["weighted"] for one in result["strata"]) == 1
    assert sum(one["random"] for one in result["strata"]) == 2


def test_remainders_sum_to_the_total_with_ties_by_name():
    assert largest_remainders({"甲": Fraction(1, 2), "乙": Fraction(1, 2), "丙": Fraction(1)}, 2) == {
        "甲": 0,
        "乙": 1,
        "丙": 1,
    }


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (request(("share", "120%")), ("超过 100%", "请改为 100% 以内")),
        (request(("share", "0")), ("比例为 0",)),
        (request(("share", "五成")), ("不是比例", "5%")),
        (request(("each", "21")), ("要抽 21 个", "可抽的只有", "请减少每层抽取数")),
        (request(("each", "一")), ("不是正整数",)),
        (request(("total", "61")), ("可抽的只有 59 个", "请减少抽取数")),
        (request(("total", "5")), ("需要 6 个", "请增加抽取数")),
        (request(minimum="30%"), ("最低比例 30% 要 6 个", "请提高抽取比例")),
        (request(minimum="90%", excluded=EXCLUDED, strata=()), ("请放宽除外",)),
        (request(risk_share="101%"), ("按风险选取的占比 101% 超过 100%",)),
        (
            request(strata=("历次检查",), excluded=EXCLUDED),
            ("层“国家2023”", "可抽 0 个", "请放宽除外", "--allow-empty"),
        ),
        (request(lookback=("国家",)), ("--until",)),
        (request(excluded=("二三年国检",)), ("国家2023",)),
        (request(top=10), ("--top-by",)),
        (request(left_out=("H999",)), ("H999", "不在名单里")),
    ],
)
def test_what_cannot_be_met_says_what_to_relax(sixty, asked, words):
    rows = sixty
    if "国家2023" in words[0]:
        rows = list_of("n", "编号", sixty.columns, (row for row in sixty.rows if not row["指定"]))
    with pytest.raises(SettingsError) as refused:
        draw_objects(rows, asked, "seed 1")
    assert all(word in str(refused.value) for word in words)
    assert str(refused.value).endswith("。")


def test_no_weight_where_the_risk_share_needs_one_says_so(sixty):
    rows = list_of("n", "编号", sixty.columns, ({**row, "风险分": "0"} for row in sixty.rows))
    with pytest.raises(SettingsError, match="风险分大于 0 的只有 0 个；请降低"):
        draw_objects(rows, request(risk_share="50%"), "seed 1")


@pytest.mark.parametrize(
    ("cell", "value", "word"),
    [
        ("风险分", "1E999999999", "不是零以上的数"),
        ("风险分", "NaN", "不是零以上的数"),
        ("风险分", "高", "H000 的“风险分”"),
        ("风险分", "-1", "零以上"),
        ("历次检查", "去年", "H000 的历次检查"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(sixty, cell, value, word):
    rows = list_of("n", "编号", sixty.columns, ({**row, cell: value} for row in sixty.rows))
    with pytest.raises(InputError, match=word):
        draw_objects(rows, request(), "seed 1")


@pytest.mark.parametrize(
    ("rows", "word"),
    [([], "没有一行"), ([{"编号": ""}], "没有“编号”"), ([{"编号": "A"}, {"编号": "A"}], "编号重复：A")],
)
def test_a_list_without_sound_identifiers_is_refused(rows, word):
    with pytest.raises(InputError, match=word):
        list_of("名单.csv", "编号", ["编号"], rows)


def test_columns_that_the_draw_does_not_use_do_not_touch_the_hash(sixty):
    assert COLUMNS.key in sixty.columns
    bare = list_of("n", "编号", ["编号"], ({"编号": row["编号"]} for row in sixty.rows))
    assert bare.sha256 != sixty.sha256
    assert bare.sha256 == list_of("m", "编号", ["编号"], bare.rows).sha256


def test_different_strata_never_bear_one_name():
    cells = (("甲／乙", "丙"), ("甲", "乙／丙"))
    rows = list_of("n", "编号", ["编号", "一", "二"], ({"编号": a, "一": a, "二": b} for a, b in cells))
    strata = (StratumColumn("一"), StratumColumn("二"))
    assert {unit.stratum for unit in units_of(rows, FrameRules(Columns("编号"), strata))} == {
        "甲/乙／丙",
        "甲／乙/丙",
    }


def test_long_identifiers_that_a_workbook_keeps_as_numbers_are_refused(tmp_path):
    book = openpyxl.Workbook()
    for row in (("编号", "风险分"), (900000000000000000000000000001, 1), ("A2", 2)):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    with pytest.raises(InputError, match="请把该列设为文本后重新导出"):
        read_list(tmp_path / "名单.xlsx", "编号", ["风险分"])
    book.active["A2"] = "900000000000000000000000000001"
    book.save(tmp_path / "名单.xlsx")
    assert read_list(tmp_path / "名单.xlsx", "编号", ["风险分"]).rows[0] == {
        "编号": "9" + "0" * 28 + "1",
        "风险分": "1",
    }
