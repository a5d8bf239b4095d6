"""Cells as people and spreadsheets write them: prices, days, codes, regions, ages, frequencies."""

from datetime import date
from decimal import Decimal

import pytest

from knowledge.importing.limit_words import read_age, read_limit, read_per, read_scope
from knowledge.importing.sheet_values import (
    read_code,
    read_day,
    read_money,
    read_percent,
    read_region,
    read_text,
)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1,200.00元", "1200.00"),
        ("１２０", "120"),
        ("¥45.5", "45.5"),
        ("45元/日", "45"),
        ("1，200", "1200"),
        ("1.2万元", "12000"),
    ],
)
def test_prices_are_read_as_people_write_them(text, yuan):
    assert read_money(text) == Decimal(yuan)


@pytest.mark.parametrize("text", ["按实", "自主定价", "100-200", "1,20", "0", "-5", "三十", "—"])
def test_what_is_no_price_is_refused(text):
    with pytest.raises(ValueError, match=text):
        read_money(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024-01-05", date(2024, 1, 5)), ("2024/1/5", date(2024, 1, 5)), ("2024年1月5日", date(2024, 1, 5)),
     ("20240105", date(2024, 1, 5)), ("45292", date(2024, 1, 1)), ("2024-01-05 00:00:00", date(2024, 1, 5)),
     ("２０２４．１．５", date(2024, 1, 5)), ("长期", None), ("至今", None)],
)  # fmt: skip
def test_days_are_read_as_people_and_spreadsheets_write_them(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["2024年1月", "2024-02-30", "12345", "1.5", "见通知"])
def test_what_is_no_whole_day_is_refused(text):
    with pytest.raises(ValueError):
        read_day(text)


def test_codes_keep_their_characters_and_lose_only_what_is_typing():
    assert read_code(" 0011 0200005０000 ") == "001102000050000"
    assert read_code("110200005-1") == "110200005"
    for text in ("1.1E+14", "诊查费"):
        with pytest.raises(ValueError):
            read_code(text)


def test_a_name_keeps_its_characters():
    assert read_text(" Ⅰ级护理\n（特殊） ") == "Ⅰ级护理 （特殊）"


def test_regions_and_shares():
    assert [read_region(text) for text in ("220100", "吉林省", "全国", "内蒙古自治区")] == [
        "220100", "220000", "000000", "150000",
    ]  # fmt: skip
    assert [read_percent(text) for text in ("30%", "0.3", "加收30%")] == [Decimal("0.3")] * 3
    for read, text in ((read_region, "长春市"), (read_region, "990000"), (read_percent, "120")):
        with pytest.raises(ValueError):
            read(text)


@pytest.mark.parametrize(
    ("text", "age"),
    [("儿童", (None, 6574)), ("≤6周岁", (None, 2556)), ("不满14岁", (None, 5113)), ("18岁以上", (6574, None)),
     ("0-28天", (0, 28)), ("6月至3岁", (182, 1461)), ("限新生儿使用", (None, 28)), ("成人", (6575, None))],
)  # fmt: skip
def test_ages_are_read_in_days_and_the_wider_way(text, age):
    assert read_age(text) == age


@pytest.mark.parametrize(
    ("text", "cells"),
    [("每日1次", {"per": "day", "max_qty": 1, "qty_unit": "次"}), ("24小时/日", {"per": "day", "max_qty": 24, "qty_unit": "小时"}),
     ("每周不超过三次", {"per": "n_days", "n_days": 7, "max_qty": 3, "qty_unit": "次"}),
     ("90天内不超过1次", {"per": "n_days", "n_days": 90, "max_qty": 1, "qty_unit": "次"}),
     ("每次住院1次", {"per": "stay", "max_qty": 1, "qty_unit": "次"}),
     ("疗程十四天", {"per": "illness", "course_days": 14, "course_basis": "illness"}), ("2次", {"max_qty": 2, "qty_unit": "次"})],
)  # fmt: skip
def test_frequencies_and_courses_are_read_from_words(text, cells):
    assert read_limit(text) == cells


@pytest.mark.parametrize(
    ("read", "text"), [(read_limit, "按需"), (read_age, "6岁"), (read_scope, "每旬"), (read_per, "若干")]
)
def test_words_that_say_no_limit_are_refused(read, text):
    with pytest.raises(ValueError, match="看不出"):
        read(text)
