"""Experts and regions: never a recused pair, never a region itself, found whenever there is a way, all alike in chance."""

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from drawn_hospitals import chi_square_p
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputError, SettingsError
from review.procedure.derangement import RegionsRequest, draw_regions
from review.procedure.draw_experts import ExpertColumns, ExpertsRequest, draw_experts, experts_of, recusal
from review.procedure.draw_lists import list_of

COLUMNS = ExpertColumns("编号", "学科", "姓名", "单位", "地区", "在手", "利害")
OBJECTS = (("H1", "虚构一院", "甲州"), ("H2", "虚构二院", "乙州"), ("H3", "虚构三院", "丙州"))


def experts(*rows):
    """Rows as (code, disciplines, unit, region, load, interests)."""
    names = ("编号", "学科", "单位", "地区", "在手", "利害")
    return list_of(
        "专家.csv",
        "编号",
        COLUMNS.used,
        ({"姓名": f"某{row[0]}", **dict(zip(names, row, strict=True))} for row in rows),
    )


SIX = experts(
    ("E1", "骨科", "H1", "甲州", "0", ""),
    ("E2", "骨科、麻醉", "虚构二院", "乙州", "0", ""),
    ("E3", "麻醉", "", "丙州", "1", "H1；H2"),
    ("E4", "骨科；麻醉", "", "丁州", "0", ""),
    ("E5", "麻醉", "", "丁州", "0", "甲州"),
    ("E6", "骨科", "", "丁州", "2", ""),
)
ASKED = ExpertsRequest(COLUMNS, OBJECTS, (("骨科", 1), ("麻醉", 1)), 3, True)


def regions(count):
    return list_of("地区.csv", "地区", ["地区"], ({"地区": f"{n}州"} for n in range(count)))


def test_over_ten_thousand_seeds_no_recused_pair_no_one_twice_at_an_object_no_one_overloaded():
    people = {expert.key: expert for expert in experts_of(SIX, COLUMNS)}
    objects = {what[0]: what for what in OBJECTS}
    pairs: Counter[tuple[str, str]] = Counter()
    for number in range(10_000):
        matched = draw_experts(SIX, ASKED, f"seed {number}")["matched"]
        assert [(one["object"], one["discipline"]) for one in matched] == [
            (what[0], need) for what in OBJECTS for need in ("骨科", "麻醉")
        ]
        assert all(one["discipline"] in people[one["key"]].disciplines for one in matched)
        assert len({(one["object"], one["key"]) for one in matched}) == len(matched)
        tasks = Counter(one["key"] for one in matched)
        assert all(people[key].load + count <= 3 for key, count in tasks.items())
        pairs.update((one["object"], one["key"]) for one in matched)
    permitted = {
        (what, key)
        for what in objects
        for key in people
        if not recusal(people[key], objects[what], crosswise=True)
    }
    assert set(pairs) <= permitted
    assert {pair for pair in permitted if not people[pair[1]].load} <= set(pairs)


def test_experts_alike_in_everything_are_matched_equally_often():
    alike = experts(*((f"E{n}", "骨科", "", "丁州", "0", "") for n in range(5)))
    asked = ExpertsRequest(COLUMNS, OBJECTS[:1], (("骨科", 1),), 1, True)
    seen = Counter(draw_experts(alike, asked, f"seed {n}")["matched"][0]["key"] for n in range(10_000))
    assert chi_square_p(list(seen.values()), [2000] * 5) > 0.001


@pytest.mark.parametrize(
    ("key", "what", "crosswise", "why"),
    [
        ("E1", 0, False, "本单位"),
        ("E2", 1, False, "本单位"),
        ("E1", 1, True, ""),
        ("E3", 2, True, "同一地区"),
        ("E3", 2, False, ""),
        ("E3", 0, False, "已申报利害关系"),
        ("E5", 0, False, "已申报利害关系"),
        ("E5", 1, True, ""),
    ],
)
def test_who_stands_aside_and_why(key, what, crosswise, why):
    expert = next(one for one in experts_of(SIX, COLUMNS) if one.key == key)
    assert recusal(expert, OBJECTS[what], crosswise=crosswise) == why


@pytest.mark.parametrize(
    "unit",
    ["虚构一院（东区）", "虚构一院(东区)", " 虚构一院 (东区) ", "虚构九院；虚构一院（东区）", "H9、H1"],
)
def test_an_employer_is_known_by_its_name_in_any_width_of_letters(unit):
    expert = experts_of(experts(("E1", "骨科", unit, "丁州", "0", "")), COLUMNS)[0]
    assert recusal(expert, ("H1", "虚构一院（东区）", "甲州"), crosswise=True) == "本单位"
    assert recusal(expert, ("H2", "虚构一院（西区）", "甲州"), crosswise=True) == ""
    declared = experts_of(experts(("E1", "骨科", "", "丁州", "0", unit)), COLUMNS)[0]
    assert recusal(declared, ("H1", "虚构一院（东区）", "甲州"), crosswise=True) == "已申报利害关系"
    assert recusal(declared, ("H2", "虚构一院（西区）", "甲州"), crosswise=True) == ""


def ways(rows, asked):
    """Whether any seating at all is permitted, by trying every one."""
    people = experts_of(rows, asked.columns)
    places = [(what, need) for what in asked.objects for need, count in asked.needs for _ in range(count)]

    def seat(left, tasks, taken):
        if not left:
            return True
        (what, need), *rest = left
        return any(
            seat(rest, {**tasks, one.key: tasks[one.key] + 1}, taken | {(what, one.key)})
            for one in people
            if need in one.disciplines
            and not recusal(one, what, crosswise=asked.crosswise)
            and (what, one.key) not in taken
            and tasks[one.key] < asked.most
        )

    return seat(places, {one.key: one.load for one in people}, frozenset())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["骨科", "麻醉", "骨科、麻醉"]),
            st.sampled_from(["", "H1", "H2"]),
            st.sampled_from(["甲州", "乙州", "丙州", "丁州"]),
            st.sampled_from(["0", "1"]),
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(1, 3),
    st.sampled_from([(("骨科", 1),), (("骨科", 1), ("麻醉", 1)), (("骨科", 2),)]),
)
def test_a_match_is_found_exactly_where_there_is_one(people, most, needs):
    rows = experts(*((f"E{n}", a, b, c, d, "") for n, (a, b, c, d) in enumerate(people)))
    asked = replace(ASKED, most=most, needs=needs)
    if ways(rows, asked):
        assert len(draw_experts(rows, asked, "seed 1")["matched"]) == 3 * sum(count for _, count in needs)
    else:
        with pytest.raises(SettingsError, match="没有可匹配的专家"):
            draw_experts(rows, asked, "seed 1")


def test_a_place_that_nobody_can_fill_says_why_and_what_to_relax():
    rows = experts(("E1", "骨科", "H1", "丁州", "0", ""), ("E2", "骨科", "", "甲州", "3", ""))
    asked = replace(ASKED, objects=OBJECTS[:1], needs=(("骨科", 1),))
    with pytest.raises(SettingsError) as refused:
        draw_experts(rows, asked, "seed 1")
    assert str(refused.value).startswith(
        "对象 H1 的“骨科”没有可匹配的专家：该学科共 2 人，本单位 1 人、同一地区 1 人，在手任务已满 1 人；请增加该学科专家"
    )


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (replace(ASKED, objects=()), "请先抽取对象"),
        (replace(ASKED, needs=()), "--need"),
        (replace(ASKED, needs=(("骨科", 0),)), "--need"),
        (replace(ASKED, most=0), "1 以上"),
        (replace(ASKED, objects=(("H1", "", ""),)), "H1 没有；请补上地区"),
    ],
)
def test_a_request_without_sense_is_refused(asked, word):
    with pytest.raises(SettingsError, match=word):
        draw_experts(SIX, asked, "seed 1")


def test_a_load_that_is_no_whole_number_is_named():
    with pytest.raises(InputError, match="专家 E1 的“在手”不是整数"):
        draw_experts(experts(("E1", "骨科", "", "丁州", "1.5", "")), ASKED, "seed 1")


@pytest.mark.parametrize(("count", "many"), [(2, 1), (3, 2), (4, 9)])
def test_every_derangement_is_equally_likely_and_no_region_inspects_itself(count, many):
    rows = regions(count)
    seen = Counter(
        tuple(pair["inspected"] for pair in draw_regions(rows, RegionsRequest("地区"), f"seed {n}")["pairs"])
        for n in range(10_000 if count == 4 else 300)
    )
    names = [row["地区"] for row in rows.rows]
    assert len(seen) == many
    assert all(
        set(order) == set(names) and all(a != b for a, b in zip(names, order, strict=True)) for order in seen
    )
    if many > 1:
        assert chi_square_p(list(seen.values()), [seen.total() / many] * many) > 0.001


def test_pairs_ruled_out_and_mutual_inspection_never_come():
    rows = regions(5)
    asked = RegionsRequest("地区", (("0州", "1州"), ("2州", "3州")), one_way=True)
    seen = set()
    for number in range(2_000):
        pairs = {
            (p["inspecting"], p["inspected"]) for p in draw_regions(rows, asked, f"seed {number}")["pairs"]
        }
        assert not pairs & set(asked.ruled_out)
        assert not any((two, one) in pairs for one, two in pairs)
        seen.add(frozenset(pairs))
    names = [f"{n}州" for n in range(5)]
    allowed = [
        p
        for order in permutations(names)
        if not (p := frozenset(zip(names, order, strict=True))) & {*asked.ruled_out, *((n, n) for n in names)}
        and not any((two, one) in p for one, two in p)
    ]
    assert seen == set(allowed)


@pytest.mark.parametrize(
    ("count", "ruled_out", "one_way", "word"),
    [
        (1, (), False, "只有 1 个地区"),
        (2, (), True, "允许两地互检"),
        (3, (("0州", "1州"), ("0州", "2州")), False, "没有可检查的地区"),
        (3, (("0州", "9州"),), False, "9州 不在名单里"),
    ],
)
def test_what_cannot_be_paired_says_what_to_relax(count, ruled_out, one_way, word):
    with pytest.raises(SettingsError, match=word):
        draw_regions(regions(count), RegionsRequest("地区", ruled_out, one_way), "seed 1")


def test_conditions_that_only_together_leave_no_way_are_given_up_in_words(monkeypatch):
    monkeypatch.setattr("review.procedure.derangement.MOST_TRIES", 300)
    # of three regions in a ring only two rings exist; each loses one pair, so what is left has mutual inspection
    asked = RegionsRequest("地区", (("0州", "1州"), ("1州", "0州")), one_way=True)
    with pytest.raises(SettingsError, match="试了 300 次"):
        draw_regions(
            regions(4), replace(asked, ruled_out=tuple((f"{a}州", f"{b}州") for a, b in RINGS)), "seed 1"
        )


RINGS = ((0, 2), (0, 3), (1, 2), (1, 3))  # leaves 0 with 1 only, and 1 with 0 only
