"""A bureau's own tables: which column is what is proposed, confirmed once, and never assumed."""

from datetime import date
from decimal import Decimal

import pytest
from rule_sheets import JILIN, PRICES, book, confirmed, csv_file, fields_of

from knowledge.importing.column_proposals import LIKELY, SURE
from knowledge.importing.confirmed_mappings import Mapped
from knowledge.importing.importers import MappingError, file_sha256, import_rows
from knowledge.importing.mapped_rows import Stated
from knowledge.importing.sheet_previews import preview_tables
from knowledge.importing.waiting_tables import waiting_table
from knowledge.readers import UnreadableFile
from knowledge.rows.held import imported_rows


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
