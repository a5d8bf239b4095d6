"""The official lists and a practitioner's tables as published: every line becomes a row or says why not."""

import pytest
from reference_files import REFERENCE, reference

from knowledge.importing.importers import import_rows
from knowledge.rows.held import imported_rows

BATCHES = REFERENCE / "catalogues" / "two_libs_rules"
WORKING = REFERENCE / "catalogues" / "medimodel_rules"
OFFICIAL = {
    "【第一批】药品规则库(限定年龄对象).xlsx": {"drug_scope_limits": 282},
    "【第一批】药品规则库(限定性别对象).xlsx": {"drug_scope_limits": 481},
    "【第一批】项目规则库(限定年龄对象).xlsx": {"item_scope_limits": 30},
    "【第一批】项目规则库(限定性别对象).xlsx": {"item_scope_limits": 390},
    "【第二批】项目规则库（限定主次操作）.xlsx": {"same_incision_groups": 378},
    "【第三批】药品规则库（限定保险类型）.xlsx": {"drug_scope_limits": 12},
    "【第四批】药品规则库（限定就医方式）.xlsx": {"drug_scope_limits": 35},
    "【第五批】药品规则库（限定机构等级）.xlsx": {"drug_scope_limits": 61},
    "【第六批】药品规则库（限定支付疗程）.xlsx": {"drug_course_limits": 30},
    "【第七批 】项目规则库（重复收费）.xlsx": {"exclusive_items": 900},
    "【第八批-1】项目规则库（限定频次）.xlsx": {"item_limits": 67},
    "【第八批-2】项目规则库（限定年龄）.xlsx": {"item_scope_limits": 1},
    "【第八批-3】项目规则库（限定疗程）.xlsx": {"item_limits": 11},
    "【第八批-4】项目规则库（限定周期）.xlsx": {"item_limits": 14},
}


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_line_of_an_official_spreadsheet_becomes_a_row(tmp_path, name):
    report = import_rows(reference(BATCHES, name)[0], tmp_path)
    assert (report.counts, report.rejected) == (OFFICIAL[name], ())


def test_spreadsheet_text_twin_and_full_extract_of_one_list_are_one_set_of_rows(tmp_path):
    for file in reference(BATCHES, "*.xlsx"):
        import_rows(file, tmp_path)
    twins = [import_rows(file, tmp_path).added for file in reference(BATCHES, "*批*.csv")]
    extracts = [
        import_rows(file, tmp_path).added for file in reference(REFERENCE / "regulations", "3[345]_*.tsv")
    ]
    assert (sum(twins), sum(extracts)) == (0, 0)
    import_rows(reference(REFERENCE / "regulations", "36_*.jsonl")[0], tmp_path)
    counts = {
        table: len(imported_rows(table, tmp_path))
        for table in (
            "exclusive_items",
            "same_incision_groups",
            "item_limits",
            "item_scope_limits",
            "herb_rules",
        )
    }
    assert counts == {
        "exclusive_items": 900, "same_incision_groups": 378, "item_limits": 92, "item_scope_limits": 421,
        "herb_rules": 153,
    }  # fmt: skip


def test_of_the_full_extract_only_what_cannot_be_a_row_is_rejected(tmp_path):
    report = import_rows(reference(REFERENCE / "regulations", "36_*.jsonl")[0], tmp_path)
    assert report.counts == {
        "drug_scope_limits": 1241, "item_scope_limits": 421, "same_incision_groups": 378, "drug_course_limits": 59,
        "exclusive_items": 900, "item_limits": 88, "drug_indication_limits": 620, "herb_rules": 153,
    }  # fmt: skip
    assert sum(report.counts.values()) + len(report.rejected) == 3899
    assert len(report.rejected) == 39


def test_the_sex_read_from_a_text_is_the_sex_the_spreadsheet_states(tmp_path):
    import_rows(reference(BATCHES, "【第一批】药品规则库(限定性别对象).xlsx")[0], tmp_path / "stated")
    import_rows(reference(REFERENCE / "regulations", "36_*.jsonl")[0], tmp_path / "read")
    stated, read = (
        {
            row["generic"]: row["sex"]
            for row in imported_rows("drug_scope_limits", tmp_path / home)
            if row["sex"]
        }
        for home in ("stated", "read")
    )
    assert {
        name: (stated[name], read[name]) for name in stated.keys() & read.keys() if stated[name] != read[name]
    } == {}


@pytest.mark.parametrize(
    ("pattern", "counts", "rejected"),
    [
        ("b.2.01*", {"drug_scope_limits": 871, "drug_indication_limits": 559, "drug_course_limits": 21}, 0),
        ("b.2.02*", {"item_scope_limits": 779, "item_limits": 1141, "item_unit_rules": 187}, 0),
        ("b.2.03*", {"substitution_hints": 43}, 3),
        ("b.2.04*", {"package_components": 28}, 11),
        ("b.2.05*", {"companions": 156}, 0),
        ("b.2.06*", {"add_on_items": 507}, 0),
        ("b.2.07*", {"evidence_required": 21}, 0),
        ("b.2.08*", {"exclusive_items": 192}, 8),
        ("b.2.09*", {"same_incision_groups": 378}, 0),
        ("b.2.10*", {"package_components": 15}, 0),
    ],
)
def test_a_practitioners_table_gives_unofficial_rows(tmp_path, pattern, counts, rejected):
    report = import_rows(reference(WORKING, pattern)[0], tmp_path)
    rows = [row for table in report.counts for row in imported_rows(table, tmp_path)]
    assert (report.counts, len(report.rejected)) == (counts, rejected)
    assert {row["authority"] for row in rows} == {"working"}
    assert {row["certainty_ceiling"] for row in rows} <= {"probable", "clue"}


@pytest.mark.parametrize("pattern", ["medimodel_rules/b.1.0*", "icd*.csv", "chs_drg*.csv"])
def test_dictionaries_are_no_rules(tmp_path, pattern):
    others = reference(REFERENCE / "catalogues", pattern)
    assert [import_rows(file, tmp_path) for file in others] == [None] * len(others)
