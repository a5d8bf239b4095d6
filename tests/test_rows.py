import csv
import re
from datetime import date
from decimal import Decimal

import pytest

from knowledge.cutting.digests import shipped_digests
from knowledge.rows.cells import type_row
from knowledge.rows.held import (
    ANY_DAY,
    STARTER,
    RowError,
    load_rows,
    read_rows,
    row_id_of,
    starter_rows,
)
from knowledge.rows.sources import keep_rows
from knowledge.rows.tables import ROW_TABLES

PAIR = {
    "row_id": "p-1",
    "region": "000000",
    "authority": "national_list",
    "source_doc": "规则明细",
    "source_passage": "第一行：甲的内涵已含乙",
    "match": "exact",
    "certainty_ceiling": "probable",
    "state": "approved",
    "a": "001103000010000",
    "name_a": "急诊监护费",
    "b": "001109000010000",
    "name_b": "普通病房床位费",
    "scope": "same_day",
    "keep": "a",
}
PAIRS = ROW_TABLES["exclusive_items"]


def typed(**changes):
    return type_row({**PAIR, **changes}, PAIRS, "exclusive_items.csv 第 7 行")


def written(tmp_path, table, *rows):
    keep_rows("0" * 64, "规则.csv", {table: rows}, tmp_path)
    return tmp_path


def test_a_row_comes_typed_and_an_undated_row_holds_on_any_day():
    row = typed(b_per_a="5", also_site_sensitive="是", in_force_to="2026-01-27")
    assert (row["b_per_a"], row["also_site_sensitive"], row["in_force_from"], row["in_force_to"]) == (
        Decimal("5"), True, ANY_DAY, date(2026, 1, 27),
    )  # fmt: skip
    assert (row["unless_code"], row["approved_by"]) == (None, None)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("source_passage", "太短", "出处少于 8 个字"),
        ("source_passage", "", "不能为空"),
        ("in_force_from", "2026年1月", "不是 2024-01-31 这样的日期"),
        ("scope", "same_week", "不在可用的值之内"),
        ("region", "22", "不是 6 位行政区划代码"),
        ("b_per_a", "五", "不是数字"),
        ("also_site_sensitive", "也许", "不是“是”或“否”"),
        ("unless_evidence", "(?=x)y", "前后环视"),
        ("unless_evidence", "(", "不是合法的正则"),
        ("b", "普通病房", "不是编码"),
        ("b", "0011090", "不足 11 位"),
    ],
)
def test_a_wrong_cell_is_an_error_that_names_file_row_and_column(column, value, reason):
    with pytest.raises(RowError) as raised:
        typed(match="prefix", **{column: value})
    message = str(raised.value)
    assert "exclusive_items.csv 第 7 行" in message
    assert column in message
    assert reason in message


def test_an_unknown_column_is_an_error(tmp_path):
    file = tmp_path / "exclusive_items.csv"
    file.write_text("row_id,scop\np-1,same_day\n", encoding="utf-8")
    with pytest.raises(RowError, match="不认识的列“scop”"):
        read_rows(file, PAIRS)


def test_a_missing_required_column_is_an_error(tmp_path):
    file = tmp_path / "exclusive_items.csv"
    names = [name for name in PAIR if name != "source_passage"]
    file.write_text(",".join(names) + "\n", encoding="utf-8")
    with pytest.raises(RowError, match="缺少必需的列“source_passage”"):
        read_rows(file, PAIRS)


def test_a_row_with_more_cells_than_headings_is_an_error(tmp_path):
    file = tmp_path / "exclusive_items.csv"
    file.write_text(",".join(PAIR) + "\n" + ",".join([*PAIR.values(), "多余"]) + "\n", encoding="utf-8")
    with pytest.raises(RowError, match="格数多于表头"):
        read_rows(file, PAIRS)


def test_the_same_row_twice_in_one_file_is_an_error(tmp_path):
    file = tmp_path / "exclusive_items.csv"
    line = ",".join(PAIR.values())
    file.write_text("\n".join([",".join(PAIR), line, line]) + "\n", encoding="utf-8")
    with pytest.raises(RowError, match="p-1 出现两次"):
        read_rows(file, PAIRS)


def test_an_unknown_table_is_a_lookup_error():
    with pytest.raises(LookupError, match="没有“prices”这张规则表"):
        load_rows("prices", None)


def test_a_rule_published_again_ends_the_day_before(tmp_path):
    old = typed(row_id="old", a="009999999990000")
    new = typed(row_id="new", a="009999999990000", in_force_from="2026-01-28", scope="same_hour")
    home = written(tmp_path, "exclusive_items", old, new)
    found = {
        row["row_id"]: row for row in load_rows("exclusive_items", home) if row["a"] == "009999999990000"
    }
    assert {name: (row["in_force_from"], row["in_force_to"]) for name, row in found.items()} == {
        "old": (ANY_DAY, date(2026, 1, 27)),
        "new": (date(2026, 1, 28), None),
    }


def test_an_imported_official_row_takes_the_place_of_our_starter_row(tmp_path):
    ours = next(row for row in starter_rows("exclusive_items") if row["match"] == "exact")
    theirs = {**ours, "row_id": "theirs", "scope": "same_operation"}
    home = written(tmp_path, "exclusive_items", theirs)
    found = [
        row for row in load_rows("exclusive_items", home) if (row["a"], row["b"]) == (ours["a"], ours["b"])
    ]
    assert [row["row_id"] for row in found] == ["theirs"]


@pytest.mark.parametrize("change", [{"authority": "working"}, {"state": "draft"}])
def test_an_unofficial_row_never_takes_the_place_of_our_starter_row(tmp_path, change):
    ours = next(row for row in starter_rows("exclusive_items") if row["authority"] == "national_list")
    home = written(tmp_path, "exclusive_items", {**ours, "row_id": "theirs", **change})
    found = [row["row_id"] for row in load_rows("exclusive_items", home) if row["a"] == ours["a"]]
    assert ours["row_id"] in found
    assert "theirs" not in found


def test_a_practitioners_drug_limit_gives_way_to_an_official_one_of_the_same_code(tmp_path):
    albumin = next(row for row in starter_rows("drug_indication_limits") if "人血白蛋白" in row["generic"])
    theirs = {
        **albumin,
        "row_id": "theirs",
        "authority": "working",
        "generic": "白蛋白",
        "drug_prefix": "XB05AAR021B0",
    }
    home = written(tmp_path, "drug_indication_limits", theirs)
    assert "theirs" not in {row["row_id"] for row in load_rows("drug_indication_limits", home)}


def test_drafts_are_loaded_only_when_asked_for(tmp_path):
    home = written(tmp_path, "exclusive_items", typed(row_id="draft", a="009999999990000", state="draft"))
    loaded = {row["row_id"] for row in load_rows("exclusive_items", home)}
    with_drafts = {row["row_id"] for row in load_rows("exclusive_items", home, states=("approved", "draft"))}
    assert "draft" in with_drafts - loaded


def test_a_rule_is_named_by_its_content_not_by_its_source():
    same = typed(source_doc="另一份文件", source_passage="另一份文件第九行的同一规则", name_a="急诊监护")
    other = typed(scope="same_stay")
    assert row_id_of("exclusive_items", typed()) == row_id_of("exclusive_items", same)
    assert row_id_of("exclusive_items", typed()) != row_id_of("exclusive_items", other)


@pytest.mark.parametrize("table", ROW_TABLES)
def test_every_starter_table_loads_and_every_row_is_approved_with_a_source(table):
    rows = starter_rows(table)
    assert {row["state"] for row in rows} <= {"approved"}
    assert all(len(row["source_passage"]) >= 8 and row["source_doc"] for row in rows)


FROM_LABELS = {"drug_dose_limits", "drug_safety"}


@pytest.mark.parametrize("table", sorted(set(ROW_TABLES) - {"price_caps", "item_map"} - FROM_LABELS))
def test_no_starter_table_is_empty_but_the_price_list_and_drug_labels_nobody_published(table):
    assert starter_rows(table) != []


@pytest.mark.parametrize("table", ROW_TABLES)
def test_a_rule_matched_by_name_alone_is_a_clue(table):
    by_name = [row for row in starter_rows(table) if row["match"] == "name"]
    assert {row["certainty_ceiling"] for row in by_name} <= {"clue"}


@pytest.mark.parametrize("table", ROW_TABLES)
def test_national_and_working_rows_are_never_established(table):
    reference = [
        row for row in starter_rows(table) if row["authority"] in ("national_list", "working", "guideline")
    ]
    assert "established" not in {row["certainty_ceiling"] for row in reference}


def test_starter_rows_are_of_the_size_the_first_day_needs():
    counts = {table: len(starter_rows(table)) for table in ROW_TABLES}
    least = {
        "exclusive_items": 700, "item_limits": 92, "same_incision_groups": 378, "item_scope_limits": 100,
        "drug_scope_limits": 100, "drug_indication_limits": 100, "drug_course_limits": 29, "evidence_required": 30,
        "outpatient_conditions": 20, "admission_criteria": 90, "doc_rules": 50, "add_on_items": 100,
    }  # fmt: skip
    assert {table: counts[table] for table in least if counts[table] < least[table]} == {}


def test_every_item_limited_by_day_or_hour_is_there():
    limits = [row for row in starter_rows("item_limits") if row["authority"] == "national_list"]
    by_day = {(row["max_qty"], row["qty_unit"]) for row in limits if row["per"] == "day"}
    counts = [sum(row["per"] == per for row in limits) for per in ("day", "illness", "n_days")]
    assert by_day == {(Decimal("1"), "日"), (Decimal("24"), "小时")}
    assert counts == [67, 11, 14]


def test_no_two_daily_limits_cover_the_same_code():
    daily = [row for row in starter_rows("item_limits") if row["per"] == "day"]
    codes = [code for row in daily for code in row["code15"].split("|")]
    twice = [(one, other) for one in codes for other in codes if one != other and other.startswith(one)]
    assert twice == []
    assert len(codes) == len(set(codes))


def test_a_contained_item_is_never_its_own_container():
    pairs = [row for row in starter_rows("exclusive_items") if row["match"] in ("exact", "prefix")]
    own = [
        row["source_passage"]
        for row in pairs
        for a in row["a"].split("|")
        for b in row["b"].split("|")
        if a.startswith(b) or b.startswith(a)
    ]
    assert own == []


def test_incision_groups_are_the_seven_of_the_list():
    groups = {}
    for row in starter_rows("same_incision_groups"):
        groups[row["group_name"]] = groups.get(row["group_name"], 0) + 1
    assert groups == {
        "肝胆手术组": 89, "胃肠手术组": 87, "膀胱尿道手术组": 65, "女性生殖系统手术组": 44, "直肠肛门手术组": 43,
        "经腹直肠手术组": 28, "男性生殖系统手术组": 22,
    }  # fmt: skip


def test_albumin_asks_for_less_than_thirty_grams_or_a_critical_patient():
    clauses = [row for row in starter_rows("drug_indication_limits") if row["generic"] == "人血白蛋白"]
    assert all(row["drug_prefix"].startswith("XB05AAR021") for row in clauses)
    assert [(row["lab_op"], row["lab_value"], row["lab_unit"]) for row in clauses if row["lab_item"]] == [
        ("<", Decimal("30"), "g/L")
    ]
    assert any(re.search(row["order_regex"] or "$^", "病危") for row in clauses)


def test_where_text_and_value_of_a_course_disagree_the_text_holds():
    rows = {row["generic"]: row["max_days"] for row in starter_rows("drug_course_limits")}
    assert rows["注射用益气复脉(冻干)"] == 14


def test_every_clause_of_the_document_rules_is_held_in_a_digest():
    held = {
        (document.title, passage.passage) for document, passages in shipped_digests() for passage in passages
    }
    cited = {
        tuple(basis.split("#"))
        for row in starter_rows("doc_rules")
        for basis in (row["basis"], row["basis_2"])
        if basis
    }
    assert cited - held == set()


def test_every_exclusion_belongs_to_a_condition_and_every_criterion_exists():
    conditions = {row["condition"] for row in starter_rows("outpatient_conditions")}
    codes = {row["code"] for row in starter_rows("admission_criteria")}
    exclusions = starter_rows("outpatient_exclusions")
    assert {row["condition"] for row in exclusions} <= conditions
    assert {row["criterion"] for row in exclusions if row["criterion"]} <= codes


def test_every_severity_and_intensity_criterion_of_an_adult_is_there():
    adult = {row["code"] for row in starter_rows("admission_criteria") if row["population"] == "adult"}
    assert adult == {f"S{number:02}" for number in range(1, 21)} | {f"I{number:02}" for number in range(1, 8)}


def test_the_starter_files_hold_no_column_their_table_does_not_know():
    for table, spec in ROW_TABLES.items():
        with (STARTER / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            headings = next(csv.reader(stream))
        assert set(headings) <= {column.name for column in spec.columns}
