"""What the loaded checks and tables cover of the national lists: computed, and honest about what is missing."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.importing.importers import import_rows
from knowledge.rows.national_lists import (
    RowsInForce,
    RowsWanted,
    rule_classes,
    table_sources,
    typical_problems,
    wanted_rows,
)
from knowledge.rows.sources import keep_rows
from knowledge.rows.tables import ROW_TABLES
from review.__main__ import main
from review.checks.registry import all_checks
from review.rulebook.rulebook import (
    BY_HAND,
    CLASS,
    NO_CHECK,
    NO_ROWS,
    PROBLEM,
    RUNS,
    STATES,
    coverage,
    coverage_of,
    describe_all,
    tables_read,
)
from review.violations import VIOLATIONS

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "regulations"
DAY = date(2025, 6, 1)


@pytest.fixture(scope="module")
def held():
    return RowsInForce.of(None, DAY, None)


def covered(rows, checks=None):
    return coverage_of(rows, all_checks() if checks is None else checks, DAY)


def without(rows, table):
    return replace(rows, rows={**rows.rows, table: ()})


def states(found):
    return {(line.kind, line.number): line.state for line in found.lines}


def test_both_lists_are_whole_and_in_order():
    assert [entry.number for entry in rule_classes()] == list(range(1, 89))
    assert [entry.number for entry in typical_problems()] == list(range(1, 184))
    assert len({entry.name for entry in rule_classes()}) == 88
    assert len({entry.name for entry in typical_problems()}) == 183


def test_every_violation_table_and_condition_of_the_lists_exists():
    entries = (*rule_classes(), *typical_problems())
    assert {code for entry in entries for code in entry.violations} <= VIOLATIONS.keys()
    assert {want.table for entry in entries for want in entry.needs} <= table_sources().keys()
    unknown = {
        (want.table, column)
        for entry in entries
        for want in entry.needs
        if want.table in ROW_TABLES
        for column, _, _ in want.conditions
        if ROW_TABLES[want.table].column(column) is None
    }
    assert unknown == set()


def test_groups_and_numbers_are_those_of_the_published_lists():
    if not REFERENCE.exists():
        pytest.skip("参考文件不在本机（../shared/reference）；跳过与正式清单的核对")
    text = next(REFERENCE.glob("30_*")).read_text("utf-8")
    published = re.findall(r"^\| (\d+) \| ([^|]+) \| [^|]+ \| [^|]+ \|$", text, re.M)
    ours = {str(entry.number): entry.group for entry in typical_problems()}
    assert {number: group.strip().removesuffix("类") for number, group in published} == ours
    classes = re.findall(
        r"^\| (\d+) \| (\w+)类 \| [^|]+ \|", next(REFERENCE.glob("32_*")).read_text("utf-8"), re.M
    )
    assert {number: first for number, first in classes} == {
        str(entry.number): entry.group.partition("·")[0] for entry in rule_classes()
    }


def test_our_names_of_the_problems_are_our_own_words():
    if not REFERENCE.exists():
        pytest.skip("参考文件不在本机（../shared/reference）；跳过与正式清单的核对")
    text = next(REFERENCE.glob("30_*")).read_text("utf-8")
    assert [entry.name for entry in typical_problems() if len(entry.name) > 6 and entry.name in text] == []


def test_every_line_has_one_state_and_the_counts_add_up(held):
    found = covered(held)
    for kind, size in ((CLASS, 88), (PROBLEM, 183)):
        assert sum(found.counts(kind).values()) == size
        assert set(found.counts(kind)) == set(STATES)
    assert all(bool(line.reason) == (line.state != RUNS) for line in found.lines)


def test_a_check_with_its_rows_runs_and_says_how_many(held):
    line = next(line for line in covered(held).of(CLASS) if line.number == 15)
    assert (line.state, line.checks, [(table.table, table.rows) for table in line.tables]) == (
        RUNS, ("CHG-006",), [("same_incision_groups", 378)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("table", "kind", "numbers"),
    [
        ("exclusive_items", PROBLEM, (11, 16, 127, 183)), ("same_incision_groups", CLASS, (15,)),
        ("herb_rules", CLASS, (3, 4)), ("drug_course_limits", CLASS, (10,)), ("item_limits", CLASS, (23, 31)),
        ("drug_scope_limits", CLASS, (1, 2, 7, 12, 13, 65, 67)), ("drug_indication_limits", CLASS, (8, 70)),
        ("evidence_required", PROBLEM, (15, 100, 154)),
    ],
)  # fmt: skip
def test_taking_a_tables_rows_away_leaves_its_classes_without_rows(held, table, kind, numbers):
    before, after = states(covered(held)), states(covered(without(held, table)))
    assert {before[kind, number] for number in numbers} == {RUNS}
    assert {after[kind, number] for number in numbers} == {NO_ROWS}
    waiting = covered(without(held, table)).wanting()[table]
    assert set(numbers) <= set(waiting[1][kind])
    assert waiting[0].brought_by


def test_a_check_that_needs_no_rows_goes_on_when_another_of_its_class_stops(held):
    assert states(covered(without(held, "item_limits")))[CLASS, 42] == RUNS


def test_rows_in_a_table_that_no_covering_check_reads_make_nothing_run(held):
    unit_only = [row for row in held.rows["item_limits"] if "扁桃体" not in row["name"]]
    checks = [check for check in all_checks() if "item_unit_rules" not in tables_read(check)]
    found = covered(replace(held, rows={**held.rows, "item_limits": tuple(unit_only)}), checks)
    line = next(line for line in found.of(PROBLEM) if line.number == 181)
    assert (line.state, {table.table: table.rows for table in line.tables}) == (
        NO_ROWS, {"item_unit_rules": 1, "item_limits": 0},
    )  # fmt: skip


def test_rows_of_another_aspect_do_not_count(held):
    found = states(covered(held))
    assert (found[CLASS, 18], found[CLASS, 24]) == (RUNS, NO_ROWS)


def test_without_checks_all_but_what_a_person_must_judge_wants_a_check(held):
    assert set(states(covered(held, ())).values()) == {NO_CHECK, BY_HAND}


def test_what_no_check_can_see_says_why(held):
    by_hand = {(line.kind, line.number): line for line in covered(held).lines if line.state == BY_HAND}
    assert {(CLASS, 43), (CLASS, 50), (PROBLEM, 9), (PROBLEM, 35)} <= by_hand.keys()
    assert all(len(line.reason) >= 8 for line in by_hand.values())


def test_a_problem_at_the_card_reader_is_looked_for_by_its_traces_in_stays(held):
    lines = {(line.kind, line.number): line for line in covered(held).lines}
    assert (lines[PROBLEM, 2].state, lines[PROBLEM, 2].checks) == (RUNS, ("ADM-005", "ADM-014"))


def test_a_tables_own_check_is_found_by_what_its_file_reads():
    reads = {check.header.code: tables_read(check) for check in all_checks()}
    assert {"item_scope_limits", "drug_scope_limits"} <= reads["CHG-025"]
    assert "price_caps" in reads["CHG-001"]


def test_every_declared_number_stands_in_the_lists():
    declared = [(check.header.code, check.header.covers) for check in all_checks()]
    assert [code for code, covers in declared if not set(covers.classes) <= set(range(1, 89))] == []
    assert [code for code, covers in declared if not set(covers.problems) <= set(range(1, 184))] == []


CAP = {
    "region": "220000", "authority": "province", "in_force_from": date(2024, 1, 1), "in_force_to": None, "match": "exact",
    "certainty_ceiling": "established", "state": "approved", "source_doc": "某通知", "source_passage": "某项目的最高限价",
    "source_row": None, "insutype": None, "approved_by": None, "approved_at": None, "mark": None, "name": "某", "price_level": 3,
    "unit_std": None, "child_pct": None, "child_age_max_d": None,
}  # fmt: skip


def test_a_bureaus_file_brings_a_problem_to_run_in_its_region_from_its_day(tmp_path):
    row = {**CAP, "row_id": "cap-1", "code15": "XN07XXD221B002010100001", "cap": 10, "kind": "volume_bid"}
    keep_rows("0" * 64, "集采.xlsx", {"price_caps": [row]}, tmp_path)

    def state(on, region):
        return states(coverage(tmp_path, on, region))[PROBLEM, 8]

    assert [state(DAY, "220100"), state(DAY, None), state(DAY, "110000"), state(date(2023, 1, 1), "220100")] == [
        RUNS, NO_ROWS, NO_ROWS, NO_ROWS,
    ]  # fmt: skip


def test_the_shipped_rows_alone_make_most_pairs_and_units_of_the_problems_known(held):
    pairs = [
        line for line in covered(held).of(PROBLEM)
        if any(want.table == "exclusive_items" for want in typical_problems()[line.number - 1].needs)
    ]  # fmt: skip
    rows = {line.number: line.tables[0].rows for line in pairs}
    assert len(pairs) == 54
    assert sorted(number for number, count in rows.items() if not count) == [47, 86]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("item_limits[per=day", "不是"), ("item_limits[=day]", "看不懂"), ("[per=day]", "不是")],
)
def test_a_need_that_cannot_be_read_is_an_error(text, reason):
    with pytest.raises(ValueError, match=reason):
        wanted_rows(text)


def test_conditions_compare_texts_patterns_and_numbers():
    (want,) = wanted_rows("item_scope_limits[aspect=age&age_max_d<=28&name~新生]?")
    assert want.optional
    assert want.meets({"aspect": "age", "age_max_d": 28, "name": "新生儿护理"})
    assert not want.meets({"aspect": "age", "age_max_d": 29, "name": "新生儿护理"})
    assert not want.meets({"aspect": "age", "age_max_d": None, "name": "新生儿护理"})
    assert RowsWanted("item_limits", (("cap_amount", "", ""),)).meets({"cap_amount": 3})


def test_the_command_prints_the_coverage_and_gives_it_as_json(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path))
    assert main(["rules", "--coverage", "--as-of", "2025-06-01", "--region", "220000"]) == 0
    said = capsys.readouterr().out
    assert "按 2025-06-01 在220000施行的规则行计" in said
    assert "规则类 88 项：运行 " in said and "典型问题 183 项：运行 " in said
    assert main(["rules", "--coverage", "--json", "--as-of", "2025-06-01"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (len(whole["lines"]), whole["as_of"], whole["region"]) == (271, "2025-06-01", None)
    for kind in (CLASS, PROBLEM):
        counted = {
            state: sum(line["state"] == state for line in whole["lines"] if line["kind"] == kind)
            for state in STATES
        }
        assert counted == whole["counts"][kind]


@pytest.mark.parametrize("arguments", [("--as-of", "去年"), ("--region", "吉林")])
def test_a_wrong_day_or_region_is_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        main(["rules", "--coverage", *arguments])
    assert "请写成" in capsys.readouterr().err


def test_a_rule_book_without_imports_names_no_empty_table_of_a_check_that_runs(tmp_path):
    rules = describe_all(tmp_path)
    waiting_for_labels = {"CHG-035"}
    assert {rule["code"] for rule in rules if rule["state"] != RUNS} == waiting_for_labels


def test_an_imported_official_file_only_adds(tmp_path, held):
    before = coverage(tmp_path, DAY)
    file = tmp_path / "第二批_项目规则库（限定主次操作）.csv"
    file.write_text(
        "项目名称,项目说明,国标代码,限定类型,限定值域\n骨折切开术,同一切口的第二手术,009999999990000,限定主次操作,骨科手术组\n",
        "utf-8",
    )
    import_rows(file, tmp_path)
    after = coverage(tmp_path, DAY)
    changed = {key for key, state in states(before).items() if states(after)[key] != state}
    assert changed == {(PROBLEM, 55)}


def test_every_charge_class_and_every_problem_that_data_can_show_has_a_check(held):
    without_check = {(line.kind, line.number) for line in covered(held).lines if line.state == NO_CHECK}
    codes_of_diagnoses_and_operations = {37, 38, 39, 40, 54, 55}
    infections_in_hospital = {62}
    assert without_check <= {
        (CLASS, number) for number in codes_of_diagnoses_and_operations | infections_in_hospital
    }


def test_what_runs_on_the_shipped_rows_does_not_shrink(held):
    found = covered(held)
    assert found.counts(CLASS)[RUNS] >= 47
    assert found.counts(PROBLEM)[RUNS] >= 177
