import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from reference_files import REFERENCE, reference

from knowledge.importing.importers import ImportReport, file_sha256, import_rows, withdraw_rows
from knowledge.importing.rule_drafts import Rejected
from knowledge.rows.held import imported_rows, load_rows, starter_rows, write_rows
from knowledge.rows.tables import ROW_TABLES

PAIR_HEADINGS = "序号,频度,主项名称,主项编码,从项名称,从项编码,备注"


def sheet(tmp_path, name, *lines):
    file = tmp_path / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return file


def test_a_pair_sheet_becomes_typed_rows(tmp_path):
    file = sheet(
        tmp_path, "重复收费.csv", PAIR_HEADINGS,
        "1,单日,葡萄糖耐量试验,003102050010000,葡萄糖测定,002503020010000,含5次血糖测定；包括口服和静脉",
    )  # fmt: skip
    report = import_rows(file, tmp_path / "home")
    row = imported_rows("exclusive_items", tmp_path / "home")[0]
    assert report == ImportReport("重复收费.csv", {"exclusive_items": 1}, 1)
    assert {name: row[name] for name in ("a", "b", "b_per_a", "scope", "keep", "authority", "certainty_ceiling")} == {
        "a": "003102050010000", "b": "002503020010000", "b_per_a": Decimal("5"), "scope": "same_day", "keep": "a",
        "authority": "national_list", "certainty_ceiling": "probable",
    }  # fmt: skip


def test_a_wrong_line_is_rejected_with_its_place_and_the_others_are_kept(tmp_path):
    file = sheet(
        tmp_path, "重复收费.csv", PAIR_HEADINGS,
        "1,每旬,甲,003102050010000,乙,002503020010000,含乙",
        "2,单日,甲,0031,乙,002503020010000,含乙",
        "3,单日,甲,003102050010000,乙,002503020010000,含乙",
    )  # fmt: skip
    report = import_rows(file, tmp_path / "home")
    assert report.counts == {"exclusive_items": 1}
    assert report.rejected == (
        Rejected("重复收费.csv 第 2 行", "不认识的频度“每旬”"),
        Rejected("重复收费.csv 第 3 行", "“0031”“002503020010000”不是两个 15 位项目编码"),
    )


def test_titles_above_and_totals_below_the_table_are_no_rows(tmp_path):
    file = tmp_path / "限定频次.xlsx"
    book = openpyxl.Workbook()
    for line in (
        ["医疗服务项目限定频次"], ["序号", "项目名称", "限制数量", "数量单位", "项目编码"],
        [1, "住院诊查费", 1, "日", "001102000050000"], ["合计"], ["备注：各省应当细化"],
    ):  # fmt: skip
        book.active.append(line)
    book.save(file)
    report = import_rows(file, tmp_path / "home")
    assert (report.counts, report.rejected) == ({"item_limits": 1}, ())


def test_a_list_finds_its_codes_in_the_second_sheet_or_in_the_twin_file(tmp_path):
    headings, codes = (
        ["药品通用名", "药品说明", "限定类型", "限定对象"],
        ["药品通用名", "序号", "国标代码", "限定类型"],
    )
    lines = (
        ["甲注射液", "限男性", "限定性别对象", "男"],
        ["甲注射液", 1, "XL02BBA326B002010102180", "限定性别对象"],
    )
    book = openpyxl.Workbook()
    book.active.append(headings)
    book.active.append(lines[0])
    second = book.create_sheet("编码")
    second.append(codes)
    second.append(lines[1])
    book.save(tmp_path / "一.xlsx")
    text = [",".join(map(str, line)) for line in (headings, lines[0], codes, lines[1])]
    sheet(tmp_path, "二.csv", *text[:2])
    sheet(tmp_path, "二_codes.csv", *text[2:])
    import_rows(tmp_path / "一.xlsx", tmp_path / "one")
    import_rows(tmp_path / "二.csv", tmp_path / "two")
    one, two = (imported_rows("drug_scope_limits", tmp_path / home)[0] for home in ("one", "two"))
    assert (one["drug_prefix"], one["sex"]) == ("XL02BBA326B002", "男")
    assert one["row_id"] == two["row_id"]


def test_a_code_sheet_of_its_own_says_that_it_belongs_to_its_list(tmp_path):
    file = sheet(
        tmp_path,
        "二_codes.csv",
        "药品通用名,序号,国标代码,限定类型",
        "甲,1,XL02BBA326B002010102180,限定性别对象",
    )
    report = import_rows(file, tmp_path / "home")
    assert report.counts == {}
    assert "请导入主表" in report.rejected[0].reason


@pytest.mark.parametrize("name", ["说明.csv", "说明.jsonl", "说明.txt", "说明.pdf"])
def test_a_file_without_rules_is_left_to_others(tmp_path, name):
    content = json.dumps({"标题": "说明"}, ensure_ascii=False) if name.endswith("jsonl") else "列一,列二\n1,2"
    assert import_rows(sheet(tmp_path, name, content), tmp_path / "home") is None
    assert not (tmp_path / "home").exists()


def test_a_second_import_changes_nothing(tmp_path):
    line = "1,单日,甲,003102050010000,乙,002503020010000,含乙"
    file = sheet(tmp_path, "重复收费.csv", PAIR_HEADINGS, line)
    home = tmp_path / "home"
    import_rows(file, home)
    before = {kept.name: kept.read_bytes() for kept in (home / "tables").iterdir()}
    again = import_rows(file, home)
    assert (again.counts, again.added) == ({"exclusive_items": 1}, 0)
    assert {kept.name: kept.read_bytes() for kept in (home / "tables").iterdir()} == before


def test_a_withdrawn_file_takes_out_its_rows_and_leaves_what_another_says_too(tmp_path):
    both = "1,单日,甲,003102050010000,乙,002503020010000,含乙"
    alone = "2,单日,甲,003102050010000,丙,002503020030000,含丙"
    one = sheet(tmp_path, "一.csv", PAIR_HEADINGS, both, alone)
    two = sheet(tmp_path, "二.csv", PAIR_HEADINGS, both)
    home = tmp_path / "home"
    import_rows(one, home)
    import_rows(two, home)
    assert withdraw_rows(home, file_sha256(one)) == 2
    assert [row["name_b"] for row in imported_rows("exclusive_items", home)] == ["乙"]
    assert withdraw_rows(home, file_sha256(one)) == 0
    import_rows(one, home)
    assert sorted(row["name_b"] for row in imported_rows("exclusive_items", home)) == ["丙", "乙"]


def test_the_rows_of_several_files_do_not_depend_on_which_came_first(tmp_path):
    exact = "1,单日,甲,003102050010000,乙,002503020010000,含乙"
    wider = "1,6小时,甲,003102050010000,乙,002503020010000,含乙"
    files = [sheet(tmp_path, "一.csv", PAIR_HEADINGS, exact), sheet(tmp_path, "二.csv", PAIR_HEADINGS, wider)]
    for home, order in (("ab", files), ("ba", files[::-1])):
        for file in order:
            import_rows(file, tmp_path / home)
    one, other = (
        {row["row_id"] for row in imported_rows("exclusive_items", tmp_path / home)} for home in ("ab", "ba")
    )
    assert one == other


def test_rows_kept_before_each_file_had_its_own_are_still_read(tmp_path):
    import_rows(
        sheet(tmp_path, "一.csv", PAIR_HEADINGS, "1,单日,甲,003102050010000,乙,002503020010000,含乙"),
        tmp_path / "a",
    )
    rows = imported_rows("exclusive_items", tmp_path / "a")
    write_rows(tmp_path / "b" / "tables" / "exclusive_items.csv", rows, ROW_TABLES["exclusive_items"])
    assert imported_rows("exclusive_items", tmp_path / "b") == rows


def test_a_table_in_our_own_columns_goes_straight_in(tmp_path):
    rows = [{**row, "name_a": "=1+1"} for row in starter_rows("exclusive_items")[:2]]
    file = tmp_path / "导出.csv"
    write_rows(file, rows, ROW_TABLES["exclusive_items"])
    assert "'=1+1" in file.read_text("utf-8-sig")
    report = import_rows(file, tmp_path / "home")
    assert (report.counts, report.rejected) == ({"exclusive_items": 2}, ())
    assert {row["name_a"] for row in imported_rows("exclusive_items", tmp_path / "home")} == {"=1+1"}


def test_a_list_that_begins_like_a_published_one_but_has_a_column_more_is_not_taken_for_it(tmp_path):
    file = sheet(
        tmp_path, "价.csv", "项目代码,项目名称,单价,备注", "001102000050000,住院诊查费,10,支付不超过14天"
    )
    report = import_rows(file, tmp_path / "home")
    assert (report.counts, "价格表" in report.held) == ({}, True)


def point(**changes):
    return {
        "rule_class": "药品区分性别使用", "item": "甲胶囊", "constraint": "用于前列腺增生", "codes":
        ["XG04CBA088E001010101467"], "batch": "batch_01", "pub": None, **changes,
    }  # fmt: skip


def points(tmp_path, *records):
    return sheet(tmp_path, "知识点.jsonl", *(json.dumps(record, ensure_ascii=False) for record in records))


def test_a_class_published_again_ends_the_rows_of_its_first_publication(tmp_path):
    file = points(
        tmp_path, point(), point(item="乙胶囊"), point(batch="updates_2026-01", pub="2026-01-28"),
    )  # fmt: skip
    import_rows(file, tmp_path / "home")
    rows = load_rows("drug_scope_limits", tmp_path / "home")
    spans = {(row["generic"], row["in_force_from"].year): row["in_force_to"] for row in rows}
    assert {name: spans[name] for name in spans if name[0] in ("甲胶囊", "乙胶囊")} == {
        ("甲胶囊", 1900): date(2026, 1, 27),
        ("甲胶囊", 2026): None,
        ("乙胶囊", 1900): date(2026, 1, 27),
    }


def test_a_text_that_says_neither_sex_or_both_makes_no_row(tmp_path):
    file = points(tmp_path, point(constraint="用于感冒"), point(constraint="用于前列腺炎和阴道炎"))
    report = import_rows(file, tmp_path / "home")
    assert (report.counts, len(report.rejected)) == ({}, 2)


def test_an_indication_text_stays_a_draft_until_a_person_has_read_it(tmp_path):
    import_rows(
        points(tmp_path, point(rule_class="药品限适应症", constraint="限肝性脑病。")), tmp_path / "home"
    )
    row = imported_rows("drug_indication_limits", tmp_path / "home")[0]
    assert (row["state"], row["text"], row["diag_regex"]) == ("draft", "限肝性脑病。", None)
    assert row["row_id"] not in {
        row["row_id"] for row in load_rows("drug_indication_limits", tmp_path / "home")
    }


def test_a_pair_without_its_scope_gives_way_to_the_pair_with_it(tmp_path):
    record = point(
        rule_class="医疗服务项目重复收费",
        item="甲×乙",
        constraint="含乙",
        codes=["009999999990000", "009999999980000"],
    )
    home = tmp_path / "home"
    import_rows(points(tmp_path, record), home)
    first = [(row["scope"], row["certainty_ceiling"]) for row in imported_rows("exclusive_items", home)]
    line = "1,6小时,甲,009999999990000,乙,009999999980000,含乙"
    import_rows(sheet(tmp_path, "重复收费.csv", PAIR_HEADINGS, line), home)
    import_rows(points(tmp_path, record), home)
    second = [(row["scope"], row["certainty_ceiling"]) for row in imported_rows("exclusive_items", home)]
    assert (first, second) == ([("same_day", "clue")], [("within_6_hours", "probable")])


def test_a_contained_side_that_is_the_container_is_listed_not_loaded(tmp_path):
    file = sheet(
        tmp_path, "重复规则.csv", "主项编码,主项名称,从项编码,从项名称,来源标识,领域标识",
        "003304040100000,角膜移植术,(003304040100),(角膜移植),诊疗,眼部手术",
        "00220600004,心脏彩超,(00220600001|00220600004),(M型|心脏彩超),诊疗,超声检查",
        "331200,ICU单元治疗,(00120100001),(护理),诊疗,ICU单元治疗",
    )  # fmt: skip
    report = import_rows(file, tmp_path / "home")
    rows = {
        row["a"]: (row["b"], row["state"], row["authority"])
        for row in imported_rows("exclusive_items", tmp_path / "home")
    }
    assert rows == {
        "00220600004": ("00220600001", "approved", "working"),
        "331200": ("00120100001", "draft", "working"),
    }
    assert [rejected.reason for rejected in report.rejected] == ["“角膜移植”就是主项自己"]


def test_price_lists_wait_for_a_person(tmp_path):
    reports = [import_rows(file, tmp_path) for file in reference(REFERENCE / "catalogues", "price*.csv")]
    assert [report.counts for report in reports] == [{}, {}]
    assert all("像是价格表（最高限价）" in report.held for report in reports)
    assert not (tmp_path / "tables").exists()


def test_a_practitioners_frequency_waits_for_a_person(tmp_path):
    headings = "诊疗编码,诊疗名称,险种限制,机构限制,就医限制,专科限制,性别限制,年龄限制,疾病限制,数量限制,频次限制,疗程限制,总额限制,领域标识"
    lines = "001204000060000,静脉输液,,,,,,,,,1次每日,,,护理", "003106030010000,呼吸机,,,,,,,,24小时,,,,呼吸"
    import_rows(sheet(tmp_path, "诊疗限制.csv", headings, *lines), tmp_path / "home")
    rows = {
        row["name"]: (row["max_qty"], row["state"]) for row in imported_rows("item_limits", tmp_path / "home")
    }
    assert rows == {"静脉输液": (Decimal("1"), "draft"), "呼吸机": (Decimal("24"), "approved")}
