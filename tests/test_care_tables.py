"""A bureau's tables of need and safety: known by their headings, kept as rows, and enough to make a check run."""

from datetime import date

import pytest
from case_warehouse import CaseWarehouse, build, moment

from knowledge.importing.importers import import_rows
from knowledge.importing.mapped_rows import Stated
from knowledge.importing.sheet_previews import preview_tables
from knowledge.rows.held import load_rows
from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.models import Basis

STATED = Stated("220000", date(2024, 1, 1))
FILES = [
    ("检查检验指征表.csv", "项目编码,检验项目,指征,症状体征,除外科室", "002502030660000,血浆D-二聚体测定,血栓、栓塞,下肢肿胀,骨科",
     "indicated_tests", {"code15": "002502030660000", "diag_regex": "血栓|栓塞", "finding_regex": "下肢肿胀", "dept_exempt": "骨科", "match": "prefix"}),
    ("不必同查指征表.csv", "检验项目,不必同查项目", "C反应蛋白测定,超敏C反应蛋白测定",
     "indicated_tests", {"pair_with": "超敏C反应蛋白测定", "match": "name", "certainty_ceiling": "clue"}),
    ("抗菌药物分级管理目录.csv", "药品编码,抗菌药物名称,抗菌药物级别", "XJ01DHM132B001010100001,美罗培南,特殊使用级",
     "treatment_rules", {"kind": "consult", "level": 3}),
    ("治疗项目适应症表.csv", "项目编码,治疗项目,适应症,禁忌症", "003402000400000,偏瘫肢体综合训练,偏瘫、脑梗死,昏迷",
     "treatment_rules", {"kind": "indication", "indication_regex": "偏瘫|脑梗死"}),
    ("药品说明书用量表.csv", "药品编码,通用名,每日最大剂量,剂量单位,出院带药天数", "XN02BEA018A001010100001,对乙酰氨基酚,2,克/日,7",
     "drug_dose_limits", {"unit": "g", "takeaway_days": 7, "match": "prefix"}),
    ("药品成分分组表.csv", "药品编码,通用名,所属组", "XA02BCP019B001010100001,泮托拉唑,质子泵抑制剂",
     "drug_groups", {"group_name": "质子泵抑制剂"}),
    ("用药禁忌表.csv", "药品编码,通用名,禁用年龄,禁忌症", "XJ01MAZ079B001010100001,左氧氟沙星,不满18岁,癫痫",
     "drug_safety", {"kind": "child", "age_min_d": None, "age_max_d": 6574}),
    ("中药饮片十八反.csv", "饮片甲,饮片乙", "川乌,半夏", "drug_safety", {"kind": "herb18", "a": "川乌", "b": "半夏"}),
    ("耗材关联项目表.csv", "耗材编码,耗材名称,应有项目", "C0201010350000,冠脉支架,支架置入、冠脉介入",
     "companions", {"needs_any_regex": "支架置入|冠脉介入", "scope": "same_stay"}),
]  # fmt: skip


def imported(tmp_path, name, *lines):
    file = tmp_path / name
    file.write_text("\n".join(lines) + "\n", "utf-8")
    mapping = {preview.sheet: preview.mapping for preview in preview_tables(file) if preview.mapping}
    return import_rows(file, tmp_path / "home", mapping=mapping, stated=STATED)


@pytest.mark.parametrize(
    ("name", "headings", "line", "table", "cells"), FILES, ids=lambda value: str(value)[:12]
)
def test_a_bureaus_table_becomes_rows_of_its_kind(tmp_path, name, headings, line, table, cells):
    report = imported(tmp_path, name, headings, line)
    assert report.rejected == ()
    rows = [row for row in load_rows(table, tmp_path / "home") if row["region"] == "220000"]
    assert {name: rows[0][name] for name in cells} == cells or {
        name: rows[-1][name] for name in cells
    } == cells


def test_one_line_of_a_treatment_gives_a_row_for_each_thing_it_says(tmp_path):
    imported(
        tmp_path,
        "治疗项目适应症表.csv",
        "项目编码,治疗项目,适应症,禁忌症",
        "003402000400000,偏瘫训练,偏瘫,昏迷",
    )
    rows = [row for row in load_rows("treatment_rules", tmp_path / "home") if row["region"] == "220000"]
    assert sorted(row["kind"] for row in rows) == ["contraindication", "indication"]


def test_a_daily_maximum_without_a_unit_makes_no_row(tmp_path):
    report = imported(
        tmp_path, "药品用量表.csv", "通用名,每日最大剂量,剂量单位", "对乙酰氨基酚,2,g", "布洛芬,2.4,"
    )
    assert [line.reason for line in report.rejected] == ["每日最大量没有单位"]
    assert report.counts == {"drug_dose_limits": 1}


def run(code, case):
    inspection = build(CaseWarehouse(), case)
    check = next(check for check in all_checks() if check.header.code == code)
    stamp = Stamp(inspection, lambda document, passage, day: Basis(document, passage, date(2021, 5, 1), None))
    return run_check(check, inspection, stamp)


def test_a_bureaus_contra_indications_make_the_notice_speak(tmp_path):
    imported(tmp_path, "用药禁忌表.csv", "药品编码,通用名,禁忌症", "XJ01MAZ079B001010100001,左氧氟沙星,癫痫")
    row = next(iter(load_rows("drug_safety", tmp_path / "home")))
    given = {name: cell for name, cell in row.items() if cell is not None and name != "row_id"}
    case = {
        "diagnoses": [{"diagnosis_name": "癫痫"}],
        "charges": [
            {"charge_id": 1, "code15": "XJ01MAZ079B001", "item_name": "左氧氟沙星注射液", "kind": "drug"}
        ],
    }
    silent = run("CHG-035", {**case, "knowledge": {"newborn_items": []}})
    assert {str(result.outcome) for result in silent.results} == {"not_checked"}
    spoken = run(
        "CHG-035", {**case, "inspection": {"region": "220100"}, "knowledge": {"drug_safety": [given]}}
    )
    assert [finding.amount for finding in spoken.findings] == [None]
    assert "诊断有癫痫" in spoken.findings[0].message


def cohort(stays, tested, department="内科", tag="A"):
    """`stays` admissions of one quarter, of which the first `tested` had the marker on arrival."""
    ids = [f"{tag}{number:03}" for number in range(stays)]
    admissions = [
        {"admission_id": one, "person_id": one, "department": department, "main_diagnosis": "上呼吸道感染",
         "begins_at": "2024-02-01 08:00", "ends_at": "2024-02-05 09:00"} for one in ids
    ]  # fmt: skip
    charges = [
        {"charge_id": f"{one}m", "admission_id": one, "code15": "002504040010000", "item_name": "癌胚抗原测定(CEA)",
         "charge_type": "04", "unit_price": 30, "charged_at": f"2024-02-01 {9 + number % 8:02}:{number % 60:02}"}
        for number, one in enumerate(ids[:tested])
    ]  # fmt: skip
    return admissions, charges


@pytest.mark.parametrize(("stays", "tested", "patterns"), [(60, 50, 1), (60, 30, 0), (49, 49, 0)])
def test_a_department_is_named_from_fifty_stays_and_a_clear_majority_on(stays, tested, patterns):
    admissions, charges = cohort(stays, tested)
    rows = {
        "code15": "00250404001",
        "match": "prefix",
        "name": "癌胚抗原测定",
        "judged": "both",
        "diag_regex": "癌",
    }
    case = {"admissions": admissions, "charges": charges, "knowledge": {"indicated_tests": [rows]}}
    ran = run("CHG-030", moment(case))
    assert (len(ran.patterns), ran.findings) == (patterns, ())
    if patterns:
        assert len(ran.patterns[0].admissions) == tested
