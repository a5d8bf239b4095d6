"""Rows out of a bureau's price lists: levels, sub-items, days in force, and what contradicts itself."""

from datetime import date
from decimal import Decimal

import pytest
from rule_sheets import JILIN, PRICES, confirmed, csv_file, fields_of

from knowledge.importing.column_proposals import LIKELY
from knowledge.importing.confirmed_mappings import Mapped
from knowledge.importing.importers import file_sha256, import_rows, withdraw_rows
from knowledge.importing.mapped_rows import Stated
from knowledge.rows.held import imported_rows, load_rows


def test_a_price_per_level_becomes_a_cap_with_region_days_and_the_surcharge_for_children(tmp_path):
    file = csv_file(
        tmp_path, "价.csv", PRICES, '001102000050000,诊查费,日,"1,200.00元",８００,,6周岁及以下儿童加收30%'
    )
    report = confirmed(file, tmp_path / "home", Stated("220100", date(2024, 1, 1), None, "某通知", "张三"))
    rows = load_rows("price_caps", tmp_path / "home")
    assert (report.counts, report.rejected) == ({"price_caps": 2}, ())
    assert [(row["price_level"], row["cap"]) for row in sorted(rows, key=lambda row: row["price_level"])] == [
        (2, Decimal("800")), (3, Decimal("1200.00")),
    ]  # fmt: skip
    shared = {
        "region": "220100", "authority": "city", "in_force_from": date(2024, 1, 1), "child_pct": Decimal("0.3"),
        "child_age_max_d": 2556, "certainty_ceiling": "established", "source_doc": "某通知", "approved_by": "张三",
        "kind": "service", "unit_std": "日", "match": "exact", "state": "approved",
    }  # fmt: skip
    assert all({name: row[name] for name in shared} == shared for row in rows)


@pytest.mark.parametrize(
    ("code", "heading", "kind"),
    [("001102000050000", "最高限价", "service"), ("XN07XXD221B002010100001", "支付标准", "pay_standard"),
     ("XN07XXD221B002010100001", "中选价", "volume_bid"), ("C0101011200000000001", "价格", "pay_standard")],
)  # fmt: skip
def test_what_the_fund_pays_for_a_drug_is_no_price_cap(tmp_path, code, heading, kind):
    confirmed(csv_file(tmp_path, "价.csv", f"编码,名称,{heading}", f"{code},某,10"), tmp_path / "home")
    assert [row["kind"] for row in load_rows("price_caps", tmp_path / "home")] == [kind]


def test_a_later_list_ends_the_earlier_price_the_day_before(tmp_path):
    home = tmp_path / "home"
    confirmed(csv_file(tmp_path, "旧.csv", "编码,名称,价格", "110200005,诊查费,10"), home)
    confirmed(
        csv_file(tmp_path, "新.csv", "编码,名称,价格", "110200005,诊查费,12"),
        home,
        Stated("220000", date(2025, 1, 1)),
    )
    spans = {row["cap"]: (row["in_force_from"], row["in_force_to"]) for row in load_rows("price_caps", home)}
    assert spans == {
        Decimal("10"): (date(2024, 1, 1), date(2024, 12, 31)), Decimal("12"): (date(2025, 1, 1), None),
    }  # fmt: skip


def test_a_corrected_list_of_the_same_day_holds_until_it_is_withdrawn(tmp_path):
    home = tmp_path / "home"
    confirmed(
        csv_file(tmp_path, "旧.csv", "编码,名称,价格", "110200005,诊查费,10", "110200006,会诊费,5"), home
    )
    new = csv_file(tmp_path, "新.csv", "编码,名称,价格", "110200005,诊查费,12")
    confirmed(new, home)
    assert {(row["code15"], row["cap"]) for row in load_rows("price_caps", home)} == {
        ("110200005", 12),
        ("110200006", 5),
    }
    withdraw_rows(home, file_sha256(new))
    assert {(row["code15"], row["cap"]) for row in load_rows("price_caps", home)} == {
        ("110200005", 10),
        ("110200006", 5),
    }


def test_one_code_with_two_prices_is_refused_with_both_places(tmp_path):
    file = csv_file(
        tmp_path,
        "价.csv",
        "编码,名称,价格",
        "110200005,诊查费,10",
        "110200005,诊查费,12",
        "110200006,会诊费,5",
    )
    report = confirmed(file, tmp_path / "home")
    assert report.counts == {"price_caps": 1}
    assert [one.place for one in report.rejected] == ["价.csv 第 2 行", "价.csv 第 3 行"]
    assert "另见价.csv 第 3 行（12 元）" in report.rejected[0].reason


def test_the_same_price_twice_is_one_and_local_sub_items_count_with_their_highest(tmp_path):
    file = csv_file(
        tmp_path,
        "价.csv",
        "编码,名称,价格",
        "110200005,诊查费,10",
        "110200005,诊查费,10",
        "110200006-1,甲,20",
        "110200006-2,乙,30",
    )
    report = confirmed(file, tmp_path / "home")
    rows = {
        row["code15"]: (row["cap"], row["certainty_ceiling"])
        for row in load_rows("price_caps", tmp_path / "home")
    }
    assert report.rejected == ()
    assert rows == {"110200005": (Decimal("10"), "established"), "110200006": (Decimal("30"), "probable")}


def test_levels_that_mean_different_things_in_different_places_are_only_likely(tmp_path):
    table, fields = fields_of(
        csv_file(tmp_path, "价.csv", "编码,名称,省级,市级,县级", "110200005,诊查费,10,8,6")
    )
    assert (table, [fields[heading] for heading in ("省级", "市级", "县级")]) == (
        "price_caps", [("cap_3", LIKELY), ("cap_2", LIKELY), ("cap_1", LIKELY)],
    )  # fmt: skip


def test_a_column_of_what_the_fund_pays_does_not_make_the_price_beside_it_one(tmp_path):
    file = csv_file(tmp_path, "价.csv", "编码,名称,最高限价,备用支付标准", "110200005,诊查费,10,8")
    mapping = {"价": Mapped("price_caps", {0: "code15", 1: "name", 2: "cap"})}
    import_rows(file, tmp_path / "home", mapping=mapping, stated=JILIN)
    assert [row["kind"] for row in load_rows("price_caps", tmp_path / "home")] == ["service"]


def test_two_lines_that_say_different_things_of_one_code_are_refused_together(tmp_path):
    file = csv_file(
        tmp_path, "限频.csv", "项目编码,项目名称,限定频次", "001102000050000,甲,1次/日", "001102000050000,甲,2次/日",
        "001102000060000,乙,1次/日", "001102000060000,乙,1次/日",
    )  # fmt: skip
    report = confirmed(file, tmp_path / "home", Stated("220000"))
    assert [row["name"] for row in imported_rows("item_limits", tmp_path / "home")] == ["乙"]
    assert [one.place for one in report.rejected] == ["限频.csv 第 2 行", "限频.csv 第 3 行"]


def test_a_drug_of_several_codes_is_one_row_with_all_of_them(tmp_path):
    file = csv_file(
        tmp_path, "目录.csv", "药品代码,通用名,限定支付范围", "XN07XXD221B002010100001,甲注射液,限工伤保险",
        "XN07XXD221B003010100001,甲注射液,限工伤保险",
    )  # fmt: skip
    confirmed(file, tmp_path / "home")
    (row,) = imported_rows("drug_scope_limits", tmp_path / "home")
    assert row["drug_prefix"] == "XN07XXD221B002|XN07XXD221B003"


def test_a_unit_of_the_regions_list_is_counted_as_our_row_of_the_item_counts(tmp_path):
    file = csv_file(
        tmp_path,
        "计价单位与阶梯.csv",
        "项目编码,项目名称,计价单位,基价数量,每档数量,第二部位比例",
        "002103000010000,X线计算机体层(CT)平扫,部位,1,1,50%",
        "009999999990000,某某测定,次,1,1,50%",
    )
    confirmed(file, tmp_path / "home")
    rows = {row["code15"]: row for row in imported_rows("item_unit_rules", tmp_path / "home")}
    known, unknown = rows["002103000010000"], rows["009999999990000"]
    assert (known["counted"], known["counted_from"], known["next_factor"], known["region"]) == (
        "part", "exam", Decimal("0.5"), "220000",
    )  # fmt: skip
    assert (unknown["counted"], unknown["counted_from"], unknown["scope"]) == (None, None, "same_day")
