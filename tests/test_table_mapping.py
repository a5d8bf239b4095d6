"""A bureau's own tables: which column is what is proposed, confirmed once, and never assumed."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from knowledge.__main__ import main
from knowledge.holding.adding import add_paths, withdraw
from knowledge.holding.shelf import Shelf
from knowledge.importing.column_proposals import LIKELY, SURE
from knowledge.importing.confirmed_mappings import Mapped
from knowledge.importing.importers import MappingError, file_sha256, import_rows, withdraw_rows
from knowledge.importing.limit_words import read_age, read_limit, read_per, read_scope
from knowledge.importing.mapped_rows import Stated
from knowledge.importing.sheet_previews import preview_tables
from knowledge.importing.sheet_values import (
    read_code,
    read_day,
    read_money,
    read_percent,
    read_region,
    read_text,
)
from knowledge.importing.waiting_tables import confirm_tables, waiting_table, waiting_tables
from knowledge.readers import UnreadableFile
from knowledge.rows.held import imported_rows, load_rows

PRICES = "国家编码,项目名称,计价单位,三级,二级,一级,备注"
JILIN = Stated("220000", date(2024, 1, 1))


def csv_file(tmp_path, name, *lines, encoding="utf-8-sig"):
    file = tmp_path / name
    file.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return file


def book(tmp_path, name, **sheets):
    whole = openpyxl.Workbook()
    whole.remove(whole.active)
    for title, rows in sheets.items():
        sheet = whole.create_sheet(title)
        for row in rows:
            sheet.append(row)
    whole.save(tmp_path / name)
    return tmp_path / name


def confirmed(file, home, stated=JILIN):
    """Import what the preview proposes, as a person who agrees with it."""
    mapping = {p.sheet: p.mapping for p in preview_tables(file, home) if p.mapping}
    return import_rows(file, home, mapping=mapping, stated=stated)


def fields_of(file, home=None):
    (preview,) = preview_tables(file, home)
    return preview.table, {c.heading: (c.field, c.certainty) for c in preview.columns if c.field}


@pytest.mark.parametrize(
    ("headings", "line", "table", "fields"),
    [
        ("收费编码,收费项目名称,计价单位,最高限价（元）,执行日期", "110200005,诊查费,日,10,2024-01-01", "price_caps",
         {"收费编码": "code15", "收费项目名称": "name", "计价单位": "unit_std", "最高限价（元）": "cap", "执行日期": "in_force_from"}),
        ("医疗服务项目代码,项目名称,单位,三级医疗机构价格,二级医疗机构价格,一级及以下,项目内涵,文号",
         "001102000050000,诊查费,日,10,8,6,含建档,吉医保发1号", "price_caps",
         {"医疗服务项目代码": "code15", "项目名称": "name", "单位": "unit_std", "三级医疗机构价格": "cap_3",
          "二级医疗机构价格": "cap_2", "一级及以下": "cap_1", "项目内涵": "note", "文号": "source_doc"}),
        ("国标代码,诊疗名称,限定频次,统筹区", "001102000050000,诊查费,1次/日,吉林省", "item_limits",
         {"国标代码": "code15", "诊疗名称": "name", "限定频次": "limit", "统筹区": "region"}),
        ("项目A编码,项目A,项目B编码,项目B,时间范围", "001102000050000,甲,001102000060000,乙,同日", "exclusive_items",
         {"项目A编码": "a", "项目A": "name_a", "项目B编码": "b", "项目B": "name_b", "时间范围": "scope"}),
        ("项目编码,项目名称,性别限制,年龄限制", "001102000050000,甲,男,≤6周岁", "item_scope_limits",
         {"项目编码": "code15", "项目名称": "name", "性别限制": "sex", "年龄限制": "age"}),
        ("药品代码,通用名,剂型,医保限定支付范围", "XN07XXD221B002010100001,丁苯酞,注射剂,限急性缺血性脑卒中", "drug_limits",
         {"药品代码": "drug_prefix", "通用名": "generic", "剂型": "form", "医保限定支付范围": "text"}),
        ("手术编码,手术名称,切口分组,折价率", "003310010140000,某术,胃肠,50%", "same_incision_groups",
         {"手术编码": "code15", "手术名称": "name", "切口分组": "group_name", "折价率": "second_rate"}),
        ("成套项目编码,成套项目,组成项目编码,组成项目", "001102000050000,套,001102000060000|001102000070000,甲、乙",
         "package_components", {"成套项目编码": "package", "成套项目": "name_package", "组成项目编码": "components",
                                "组成项目": "name_components"}),
        ("系统编码,系统名称,组件编码,组件名称,成套中选价", "C0345101070000801123,髋,C03451010700001|C03451010700002,柄、杯,9000",
         "material_sets", {"系统编码": "package", "系统名称": "name_package", "组件编码": "components",
                           "组件名称": "name_components", "成套中选价": "set_price"}),
        ("项目编码,项目名称,不得另收耗材,可另收耗材", "003110000060000,血液透析,穿刺包、护理包,透析器",
         "bundled_consumables", {"项目编码": "service", "项目名称": "name_service", "不得另收耗材": "material",
                                 "可另收耗材": "billable"}),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_headings_in_many_wordings(tmp_path, headings, line, table, fields):
    found = fields_of(csv_file(tmp_path, "表.csv", headings, line))
    assert found == (table, {heading: (field, SURE) for heading, field in fields.items()})


def test_a_table_of_other_columns_is_none_and_says_what_is_missing(tmp_path):
    file = csv_file(tmp_path, "目录.csv", "项目编码,项目名称,类别", "001102000050000,诊查费,甲")
    (preview,) = preview_tables(file)
    assert (preview.table, preview.mapping) == (None, None)
    assert "缺" in preview.reason
    assert import_rows(file, tmp_path / "home") is None


def test_a_fee_list_is_no_rule_table_though_it_has_codes_and_prices(tmp_path):
    file = csv_file(
        tmp_path, "费用.csv", "患者姓名,项目编码,项目名称,单价,数量", "某,001102000050000,诊查费,10,1"
    )
    assert preview_tables(file)[0].table is None
    assert import_rows(file, tmp_path / "home") is None


def test_two_columns_that_would_both_do_leave_a_doubt(tmp_path):
    file = csv_file(
        tmp_path, "价.csv", "收费编码,国家编码,项目名称,价格", "110200005,001102000050000,诊查费,10"
    )
    table, fields = fields_of(file)
    assert (table, fields["国家编码"]) == ("price_caps", ("code15", LIKELY))
    assert "收费编码" not in fields


def test_a_column_whose_cells_do_not_read_is_not_taken_by_its_heading_alone(tmp_path):
    file = csv_file(
        tmp_path,
        "价.csv",
        "编码,名称,价格,执行日期",
        "110200005,诊查费,10,见通知",
        "110200006,会诊费,20,另行通知",
    )
    (preview,) = preview_tables(file)
    column = next(column for column in preview.columns if column.heading == "执行日期")
    assert (column.field, "读不成施行日期" in column.reason) == (None, True)
    assert "施行日期" in preview.missing


def test_titles_merged_headings_in_two_rows_totals_and_notes_are_seen_through(tmp_path):
    file = book(
        tmp_path, "价.xlsx",
        价目=[
            ["吉林省医疗服务价格（2024年1月1日起执行）"], ["序号", "编码", "项目名称", "单位", "最高限价（元）", None, None],
            [None, None, None, None, "三级", "二级", "一级"], ["（一）一般医疗服务"],
            [1, "110200005", "诊查费", "日", 10, 8, 6], ["序号", "编码", "项目名称", "单位", "最高限价（元）", None, None],
            [2, "110200006", "会诊费", "次", 20, 18, 16], ["合计", None, None, None, 30, 26, 22], ["注：自行印制"],
        ],
    )  # fmt: skip
    (preview,) = preview_tables(file)
    assert (preview.heading_row, preview.rows, preview.left_out) == (2, 2, 4)
    assert preview.headings[4:] == ("最高限价（元）/三级", "最高限价（元）/二级", "最高限价（元）/一级")
    assert (preview.region, preview.in_force_from, preview.counts) == (
        "220000",
        date(2024, 1, 1),
        {"price_caps": 6},
    )
    assert preview.problems == ()
    assert preview.missing == ("地区（六位行政区划代码，全国为 000000）", "施行日期")


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


def test_every_cell_that_does_not_read_is_named_by_sheet_line_and_column(tmp_path):
    file = book(
        tmp_path, "价.xlsx",
        甲=[["编码", "名称", "三级价", "二级价"], ["110200005", "诊查费", "按实", 8], ["110200006", "会诊费", "100-200", None],
           ["", "无码", 5, 5], ["110200007", "=1+1", 5, 5], ["110200008", "公式", "=C2*2", 9]],
    )  # fmt: skip
    (preview,) = preview_tables(file)
    assert [(one.sheet, one.row, one.column) for one in preview.problems] == [
        ("甲", 2, "C 列“三级价”"), ("甲", 3, "C 列“三级价”"), ("甲", 4, "A 列“编码”"), ("甲", 5, "B 列“名称”"),
        ("甲", 6, "C 列“三级价”"),
    ]  # fmt: skip
    reasons = [one.reason for one in preview.problems]
    assert "不是金额" in reasons[0] and "区间" in reasons[1] and "没有项目编码" in reasons[2]
    assert "公式" in reasons[3] and "公式" in reasons[4]
    assert preview.counts == {"price_caps": 2}


def test_codes_that_lost_their_zeros_are_pointed_out(tmp_path):
    file = book(tmp_path, "价.xlsx", 甲=[["编码", "名称", "价格"], [1102000050000, "诊查费", 10]])
    assert "丢了前面的 00" in preview_tables(file)[0].notes[0]


def test_gbk_and_utf8_give_the_same_rows(tmp_path):
    lines = ("编码,名称,价格", "110200005,诊查费,10")
    for name, encoding in (("一", "gb18030"), ("二", "utf-8")):
        confirmed(csv_file(tmp_path, "价.csv", *lines, encoding=encoding), tmp_path / name)
    one, two = (imported_rows("price_caps", tmp_path / name) for name in ("一", "二"))
    assert one == two


def test_an_empty_sheet_is_none_and_the_others_are_read(tmp_path):
    file = book(tmp_path, "价.xlsx", 空=[], 甲=[["编码", "名称", "价格"], ["110200005", "诊查费", 10]])
    empty, full = preview_tables(file)
    assert (empty.table, empty.reason, empty.rows) == (None, "没有表头和数据行", 0)
    assert full.counts == {"price_caps": 1}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("价.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "加密"),
        ("价.xls", b"\xd0\xcf\x11\xe0", "xls"),
        ("价.csv", b"", "空"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match=said):
        preview_tables(tmp_path / name)


def test_an_unknown_table_is_held_until_confirmed_and_then_needs_no_second_confirmation(tmp_path):
    file, home = csv_file(tmp_path, "价.csv", PRICES, "110200005,诊查费,日,10,8,6,"), tmp_path / "home"
    held = import_rows(file, home)
    assert (held.counts, "python -m knowledge tables 价.csv" in held.held) == ({}, True)
    assert not (home / "tables").exists()
    assert waiting_table(home, file_sha256(file)).read_bytes() == file.read_bytes()
    confirmed(file, home)
    before = {kept.name: kept.read_bytes() for kept in (home / "tables").iterdir()}
    again = import_rows(file, home)
    assert (again.counts, again.added, again.held) == ({"price_caps": 3}, 0, None)
    assert {kept.name: kept.read_bytes() for kept in (home / "tables").iterdir()} == before


def test_a_confirmed_mapping_is_proposed_again_for_the_same_headings_only(tmp_path):
    home = tmp_path / "home"
    file = csv_file(tmp_path, "一.csv", "甲编号,乙名称,丙数", "110200005,诊查费,10")
    chosen = {"一": Mapped("price_caps", {0: "code15", 1: "name", 2: "cap"})}
    import_rows(file, home, mapping=chosen, stated=Stated("220000", date(2024, 1, 1), approved_by="张三"))
    (same,) = preview_tables(csv_file(tmp_path, "二.csv", "甲编号,乙名称,丙数", "110200006,会诊费,20"), home)
    (other,) = preview_tables(csv_file(tmp_path, "三.csv", "甲编号,丙数,乙名称", "110200006,20,会诊费"), home)
    assert (same.table, same.mapping, same.region) == ("price_caps", chosen["一"], "220000")
    assert "张三" in same.reason
    assert (same.missing, other.table) == (("地区（六位行政区划代码，全国为 000000）", "施行日期"), None)


@pytest.mark.parametrize(
    ("mapped", "stated", "said"),
    [
        (Mapped("price_caps", {0: "code15", 2: "cap"}), JILIN, "还缺：项目名称"),
        (Mapped("price_caps", {0: "code15", 1: "name", 2: "cap"}), Stated(), "还缺：地区"),
        (Mapped("price_caps", {0: "code15", 1: "name", 2: "cap"}), Stated("220000"), "还缺：施行日期"),
        (Mapped("price_caps", {0: "code15", 1: "name", 2: "price"}), JILIN, "没有字段“price”"),
        (Mapped("price_caps", {0: "code15", 1: "name", 9: "cap"}), JILIN, "没有第 10 列"),
        (Mapped("price_caps", {0: "code15", 1: "code15", 2: "cap"}), JILIN, "两列都对应“项目编码”"),
        (Mapped("prices", {0: "code15"}), JILIN, "没有“prices”这种表"),
        (Mapped("price_caps", {0: "code15", 1: "name", 3: "cap"}), JILIN, "没有一行能转成规则"),
    ],
)
def test_a_confirmation_that_falls_short_keeps_nothing(tmp_path, mapped, stated, said):
    file = csv_file(tmp_path, "价.csv", "编码,名称,价格,备注", "110200005,诊查费,10,某")
    with pytest.raises(MappingError, match=said):
        import_rows(file, tmp_path / "home", mapping={"价": mapped}, stated=stated)
    assert not (tmp_path / "home").exists()


def test_a_drug_list_gives_a_row_for_each_plain_limit_and_leaves_the_rest_to_a_person(tmp_path):
    file = csv_file(
        tmp_path, "目录.csv", "药品代码,通用名,限定支付范围",
        "XN07XXD221B002010100001,甲注射液,限工伤保险",
        "XN07XXD222B002010100001,乙注射液,限二级及以上医疗机构急性脑卒中患者，支付不超过14天",
        "XN07XXD223B002010100001,丙颗粒,限儿童",
        "XN07XXD224B002010100001,丁片,限儿童；或成人重症患者",
    )  # fmt: skip
    confirmed(file, tmp_path / "home")
    scopes = {
        (row["generic"], row["aspect"]): (row["needs_insutype"], row["hosp_lv_min"], row["age_max_d"])
        for row in imported_rows("drug_scope_limits", tmp_path / "home")
    }
    assert scopes == {
        ("甲注射液", "insurance"): ("工伤", None, None), ("乙注射液", "level"): (None, 2, None),
        ("丙颗粒", "age"): (None, None, 6574),
    }  # fmt: skip
    assert [
        (row["generic"], row["max_days"]) for row in imported_rows("drug_course_limits", tmp_path / "home")
    ] == [("乙注射液", 14)]
    waiting = {
        (row["generic"], row["state"]) for row in imported_rows("drug_indication_limits", tmp_path / "home")
    }
    assert waiting == {("乙注射液", "draft"), ("丁片", "draft")}


def test_a_pair_without_its_scope_is_a_clue_and_one_with_an_unknown_scope_is_no_row(tmp_path):
    headings = "项目A编码,项目A,项目B编码,项目B,时间范围"
    file = csv_file(
        tmp_path, "互斥.csv", headings, "009999999990000,甲,009999999980000,乙,单日", "009999999970000,丙,009999999960000,丁,",
        "009999999950000,戊,009999999940000,己,每旬", "009999999930000,庚,009999999930000,庚,单日",
    )  # fmt: skip
    report = confirmed(file, tmp_path / "home", Stated("220000"))
    rows = {
        row["name_a"]: (row["scope"], row["certainty_ceiling"])
        for row in imported_rows("exclusive_items", tmp_path / "home")
    }
    assert rows == {"甲": ("same_day", "probable"), "丙": ("same_day", "clue")}
    assert ["每旬" in report.rejected[0].reason, "同一个编码" in report.rejected[1].reason] == [True, True]


def test_a_quantity_without_its_time_is_no_limit(tmp_path):
    headings = "项目编码,项目名称,限制数量,数量单位,周期"
    lines = (
        "001102000050000,甲,1,次,日",
        "001102000060000,乙,24,小时,",
        "001102000070000,丙,2,次,",
        "00110200008,丁,2,次,30天",
    )
    report = confirmed(csv_file(tmp_path, "限频.csv", headings, *lines), tmp_path / "home", Stated("220000"))
    rows = {
        row["name"]: (row["per"], row["n_days"], row["max_qty"], row["qty_unit"], row["match"])
        for row in imported_rows("item_limits", tmp_path / "home")
    }
    assert rows == {
        "甲": ("day", None, 1, "次", "exact"), "乙": ("day", None, 24, "小时", "exact"), "丁": ("n_days", 30, 2, "次", "prefix"),
    }  # fmt: skip
    assert "没有说是多长时间" in report.rejected[0].reason


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


def states_of(home):
    return [(Path(state.file).name, state.state, state.rows, state.notes) for state in Shelf(home).states()]


def test_an_added_table_waits_in_the_list_until_confirmed_then_counts_its_rows_and_is_withdrawn(tmp_path):
    home, file = (
        tmp_path / "home",
        csv_file(tmp_path, "价.csv", PRICES, "110200005,诊查费,日,10,8,6,含建立档案"),
    )
    add_paths(home, [file])
    ((name, _, rows, notes),) = states_of(home)
    assert (name, rows, notes[0][:4]) == ("价.csv", 0, "待确认列")
    assert [path.name for path in waiting_tables(home)] == ["价.csv"]
    mapping = {p.sheet: p.mapping for p in preview_tables(waiting_tables(home)[0], home)}
    confirm_tables(home, waiting_tables(home)[0], mapping, JILIN)
    assert states_of(home) == [("价.csv", "已入库", 3, ())]
    assert waiting_tables(home) == []
    assert add_paths(home, [file]) == Shelf(home).states()
    assert len(load_rows("price_caps", home)) == 3
    withdraw(home, file_sha256(file))
    assert (states_of(home), load_rows("price_caps", home)) == ([], [])


def test_a_table_confirmed_before_it_was_added_is_added_with_its_rows(tmp_path):
    home, file = tmp_path / "home", csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    mapping = {p.sheet: p.mapping for p in preview_tables(file, home)}
    confirm_tables(home, file, mapping, JILIN)
    assert states_of(home) == [("价.csv", "已入库", 1, ())]


def test_a_file_whose_sheets_are_confirmed_one_by_one_waits_until_the_last(tmp_path):
    home = tmp_path / "home"
    file = book(
        tmp_path,
        "两表.xlsx",
        价格=[PRICES.split(","), ["110200005", "诊查费", "日", "10", "8", "6", "含建立档案"]],
        频次=[["国标代码", "诊疗名称", "限定频次"], ["001102000050000", "诊查费", "1次/日"]],
    )
    add_paths(home, [file])
    whole = {p.sheet: p.mapping for p in preview_tables(waiting_tables(home)[0], home)}
    assert set(whole) == {"价格", "频次"}
    confirm_tables(home, waiting_tables(home)[0], {"价格": whole["价格"]}, JILIN)
    assert [path.name for path in waiting_tables(home)] == ["两表.xlsx"]
    assert states_of(home)[0][3][-1].startswith("待确认列")
    confirm_tables(home, waiting_tables(home)[0], {"频次": whole["频次"]}, JILIN)
    assert waiting_tables(home) == []
    added = {
        table: len(load_rows(table, home)) - len(load_rows(table, None))
        for table in ("price_caps", "item_limits")
    }
    assert added == {"price_caps": 3, "item_limits": 1}


def test_a_waiting_table_that_is_withdrawn_waits_no_more(tmp_path):
    home, file = tmp_path / "home", csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    add_paths(home, [file])
    withdraw(home, file_sha256(file))
    assert (waiting_tables(home), states_of(home)) == ([], [])


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))

    def run(*arguments):
        code = main(["tables", *map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return run


def test_the_command_shows_then_imports_with_what_was_changed(tmp_path, command):
    file = csv_file(tmp_path, "价.csv", "甲,乙,价格,旧价", "110200005,诊查费,10,9")
    code, shown, _ = command(file, "--table", "price_caps")
    assert (code, "price_caps" in shown, "价格（cap，确定）" in shown) == (0, True, True)
    code, _, refused = command(
        file, "--table", "price_caps", "--confirm", "--region", "吉林省", "--from", "2024-01-01"
    )
    assert (code, "还缺：项目编码、项目名称" in refused) == (2, True)
    code, said, _ = command(
        file, "--table", "price_caps", "--map", "甲=code15", "--map", "B=name", "--map", "D=cap", "--confirm",
        "--region", "吉林省", "--from", "2024-01-01", "--by", "张三",
    )  # fmt: skip
    assert (code, "price_caps 1 行" in said) == (0, True)
    assert [row["cap"] for row in load_rows("price_caps", tmp_path / "home")] == [Decimal("9")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--map", "没有=code15"), "没有“没有”这一列"), (("--map", "编码"), "要写成 列=字段"), (("--map", "编码=code"), "没有字段“code”"),
     (("--sheet", "乙"), "没有工作表“乙”"), (("--table", "prices"), "没有“prices”这类表"), (("--confirm",), "还缺：地区")],
)  # fmt: skip
def test_a_wrong_command_is_refused_in_words(tmp_path, command, arguments, said):
    file = csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    code, _, refused = command(file, *arguments)
    assert (code, said in refused) == (2, True)
    assert not (tmp_path / "home" / "tables").exists()


def test_the_command_lists_what_waits_and_finds_it_by_name_when_the_file_is_gone(tmp_path, command):
    file = csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    assert "没有待确认列的表格" in command()[1]
    import_rows(file, tmp_path / "home")
    file.unlink()
    assert "待确认列：价.csv" in command()[1]
    assert command("价.csv", "--confirm", "--region", "220000", "--from", "2024-01-01")[0] == 0
    assert "没有待确认列的表格" in command()[1]
    code, _, refused = command("无.csv")
    assert (code, "找不到文件 无.csv" in refused) == (2, True)


def test_the_command_prints_json_lists_fields_and_exports_what_it_imports_again(tmp_path, command):
    file = csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    (preview,) = json.loads(command(file, "--json")[1])
    assert (preview["table"], preview["rows"], preview["counts"]) == ("price_caps", 1, {"price_caps": 1})
    assert "cap_3（三级价）" in command("--fields")[1]
    command(file, "--confirm", "--region", "220000", "--from", "2024-01-01")
    exported = tmp_path / "导出.csv"
    assert command("--export", "price_caps", exported)[0] == 0
    assert import_rows(exported, tmp_path / "other").counts == {"price_caps": 1}
    assert command("--export", "price_caps", exported)[0] == 2


@pytest.mark.parametrize(("name", "sign"), [("价.tsv", "\t"), ("价.csv", ";"), ("价.csv", ",")])
def test_a_title_above_the_table_does_not_hide_what_parts_its_columns(tmp_path, name, sign):
    lines = (
        "某省医疗服务价格表",
        sign.join(("编码", "名称", "价格")),
        sign.join(("110200005", "诊查费", "10")),
    )
    assert preview_tables(csv_file(tmp_path, name, *lines))[0].counts == {"price_caps": 1}


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


def test_sets_and_included_consumables_become_rows(tmp_path):
    sets = csv_file(
        tmp_path, "成套耗材.csv", "系统编码,系统名称,组件编码,组件名称,成套中选价",
        "C0345101070000801123,人工髋关节系统,C03451010700001|C03451010700002|C03451010700003,柄、杯、衬,20000",
    )  # fmt: skip
    bundles = csv_file(
        tmp_path, "项目内涵耗材.csv", "项目编码,项目名称,不得另收耗材,可另收耗材", "003110000060000,血液透析,穿刺包、护理包,透析器"
    )  # fmt: skip
    for file in (sets, bundles):
        confirmed(file, tmp_path / "home")
    (whole,) = imported_rows("material_sets", tmp_path / "home")
    assert (whole["set_price"], whole["min_present"], whole["match"]) == (Decimal("20000"), 3, "prefix")
    found = {
        row["separately_billable"]: row["material_regex"]
        for row in imported_rows("bundled_consumables", tmp_path / "home")
    }
    assert found == {False: "穿刺包|护理包", True: "透析器"}
