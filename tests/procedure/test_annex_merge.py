"""Forms from a plan, and the reports of many institutions as one table: sums, duplicates, what cannot be read."""

import random
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest

from evals.bench.annexes import invented
from review.__main__ import main
from review.errors import InputError
from review.procedure.annex_merging import merge
from review.procedure.annex_paper import form_paper, paper_of
from review.procedure.annex_reading import read_annex
from review.procedure.annexes import AGENCY, BUREAU, HOSPITAL, PHARMACY, Institution, annexes
from review.reports.workbook import as_workbook

MADE = datetime(2026, 3, 2, 9, 30)
PLAN = """
name: 虚构县检查
examined_from: 2025-01-01
examined_to: 2025-12-31
objects:
  - {code: "000123", name: 虚构医院, kind: 医院, level: 二级甲等}
  - {code: P1, name: 虚构药房, kind: 药店}
  - {code: A1, name: 虚构医保中心, kind: 经办机构}
stages: [{name: 自查, ends: 2026-06-30}]
"""


def report(folder, name, place=0, *, code=None, title=None, made_at=MADE, state="", **changed):
    """The file of one invented hospital; `changed` replaces cells of the row 重复收费."""
    filed = invented(place, random.Random(place))
    who = replace(
        filed.institution, code=code or filed.institution.code, name=title or filed.institution.name
    )
    rows = dict(filed.rows)
    rows["重复收费"] = {**rows["重复收费"], **changed}
    total = {key: sum((row.get(key) or 0 for row in rows.values()), start=0) for key in filed.total}
    total["own"] = total["returned"] = None
    file = folder / name
    made = replace(filed, institution=who, made_at=made_at, state=state, rows=rows, total=total)
    file.write_bytes(as_workbook(paper_of(made)))
    return file


def table(merged, number):
    return next(one for one in merged.tables if one.annex.number == number)


def edit(file, sheet, cell, value):
    book = openpyxl.load_workbook(file)
    book[sheet][cell] = value
    book.save(file)
    return file


def test_a_report_reads_back_as_it_was_made(tmp_path):
    filed = read_annex(report(tmp_path, "a.xlsx", code="000123"))
    made = invented(0, random.Random(0))
    assert filed.institution == replace(made.institution, code="000123")
    assert (filed.made_at, filed.stays, filed.faults, filed.state) == (MADE, made.stays, (), "")
    for problem, row in made.rows.items():
        assert filed.rows[problem] == {key: value for key, value in row.items() if value is not None}


def test_sums_are_those_of_the_reporters_and_unknown_stays_unknown(tmp_path):
    files = [report(tmp_path, f"{n}.xlsx", n) for n in range(3)]
    merged = merge(files, MADE)
    read = [read_annex(file) for file in files]
    made = table(merged, HOSPITAL)
    assert made.rows["重复收费"]["yuan"] == sum(one.rows["重复收费"]["yuan"] for one in read)
    assert made.rows["重复收费"]["returned"] is None
    assert made.rows["医保信息上报不及时"]["found"] is None
    assert made.total["found"] == sum(one.total["found"] for one in read)
    fourth = table(merged, BUREAU)
    assert {key: row["found"] for key, row in fourth.rows.items()} == {
        one.institution.code: one.total["found"] for one in read
    }
    assert (merged.faults, merged.questions) == ((), ())


def test_one_bad_file_is_told_with_its_remedy_and_stops_no_other(tmp_path):
    good = report(tmp_path, "好.xlsx")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (tmp_path / "空.xlsx").write_bytes(b"")
    openpyxl.Workbook().save(tmp_path / "别的.xlsx")
    others = [tmp_path / name for name in ("坏.xlsx", "空.xlsx", "别的.xlsx", "无.xlsx")]
    merged = merge([*others, good], MADE)
    assert len(table(merged, HOSPITAL).filed) == 1
    assert [one.file.rsplit("/", 1)[-1] for one in merged.faults] == [one.name for one in others]
    assert all(one.problem.startswith("没有读入") and one.remedy for one in merged.faults)


def test_of_the_same_institution_twice_the_later_report_counts_and_it_is_said(tmp_path):
    later = datetime(2026, 4, 1, 8, 0)
    new = report(tmp_path, "a新.xlsx", yuan=Decimal("1.00"), fund=Decimal("1.00"), made_at=later)
    old = report(tmp_path, "b旧.xlsx")
    merged = merge([new, old], MADE)
    made = table(merged, HOSPITAL)
    assert [one.made_at for one in made.filed] == [later]
    assert made.rows["重复收费"]["yuan"] == Decimal("1.00")
    assert [(one.file.rsplit("/", 1)[-1], "内容不同" in one.problem) for one in merged.questions] == [
        ("b旧.xlsx", True)
    ]


def test_two_reports_of_the_same_moment_that_differ_are_a_question(tmp_path):
    files = [report(tmp_path, "a.xlsx"), report(tmp_path, "b.xlsx", yuan=Decimal("1.00"), fund=None)]
    (question,) = merge(files, MADE).questions
    assert "时间相同而内容不同" in question.problem
    assert "核实" in question.remedy


def test_codes_that_differ_by_leading_zeros_are_both_counted_and_asked_about(tmp_path):
    files = [
        report(tmp_path, "a.xlsx", code="00123", title="甲"),
        report(tmp_path, "b.xlsx", 1, code="123", title="乙"),
    ]
    merged = merge(files, MADE)
    assert len(table(merged, HOSPITAL).filed) == 2
    assert [one.problem for one in merged.questions] == ["机构编码 00123、123 只差开头的 0，都已计入"]


def test_a_total_that_is_not_the_sum_of_its_rows_is_told_and_the_rows_hold(tmp_path):
    file = report(tmp_path, "a.xlsx")
    right = read_annex(file)
    last = openpyxl.load_workbook(file)["附件2"].max_row - 1
    filed = read_annex(edit(file, "附件2", f"G{last}", 10**9))
    assert [(one.place, one.remedy) for one in filed.faults] == [
        ("“附件2”合计行“自查涉及金额”列", "请核对各行和合计")
    ]
    assert filed.rows == right.rows
    merged = merge([file], MADE)
    assert table(merged, HOSPITAL).total["yuan"] == right.total["yuan"]


def test_a_stay_counts_once_in_a_total_of_cases_but_never_more_often_than_in_the_rows(tmp_path):
    file = report(tmp_path, "a.xlsx")
    last = openpyxl.load_workbook(file)["附件2"].max_row - 1
    whole = read_annex(file).total["found"]
    assert read_annex(edit(file, "附件2", f"F{last}", whole - 1)).faults == ()
    assert len(read_annex(edit(file, "附件2", f"F{last}", whole + 1)).faults) == 1


def test_cells_that_are_no_numbers_and_rows_that_are_gone_are_told_with_their_place(tmp_path):
    file = report(tmp_path, "a.xlsx")
    edit(file, "附件2", "F3", "三例")
    edit(file, "附件2", "A4", "别的问题")
    filed = read_annex(file)
    told = {(one.place, one.problem) for one in filed.faults}
    assert ("“附件2”第 3 行“自查涉及例数”列（F3）", "“三例”不是个数") in told
    assert ("“附件2”第 4 行", "不是本表的问题类别，未计入") in told
    assert ("“附件2”诱导住院", "这一行不见了") in told


def test_hostile_names_are_text_in_every_table(tmp_path):
    file = report(tmp_path, "a.xlsx", title="=HYPERLINK(1)", code="+00-1", measures="@SUM(1)")
    filed = read_annex(file)
    assert (filed.institution.name, filed.institution.code) == ("=HYPERLINK(1)", "+00-1")
    book = openpyxl.load_workbook(file)
    assert [c.value for s in book for row in s.iter_rows() for c in row if c.data_type == "f"] == []


@pytest.fixture
def forms(tmp_path, monkeypatch, capsys):
    """The forms of a plan of a hospital, a pharmacy and an agency."""
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    (tmp_path / "计划.yaml").write_text(PLAN, "utf-8")
    assert main(["annex", "forms", str(tmp_path / "计划.yaml"), "--out", str(tmp_path / "空表")]) == 0
    capsys.readouterr()
    return tmp_path / "空表"


def test_forms_of_a_plan_are_filled_and_read_back(forms):
    assert sorted(one.name for one in forms.iterdir()) == [
        "附件1_A1.xlsx",
        "附件2_000123.xlsx",
        "附件3_P1.xlsx",
        "附件4_专项治理.xlsx",
    ]
    file = forms / "附件3_P1.xlsx"
    for cell, value in (("B2", "某甲"), ("B3", "2026/3/9")):
        edit(file, "填报信息", cell, value)
    for cell, value in (("B2", 2), ("C2", "￥1,200.50"), ("D2", 800), ("F2", "=责令整改")):
        edit(file, "附件3", cell, value)
    filed = read_annex(file)
    assert (filed.institution.code, filed.made_at, filed.state) == ("P1", datetime(2026, 3, 9), "")
    assert filed.rows["进销存台账不符"]["yuan"] == Decimal("1200.50")
    assert filed.rows["串换药品"] == {}
    assert filed.faults == ()


def test_a_hospital_without_the_program_fills_annex_2_by_hand(forms):
    file = forms / "附件2_000123.xlsx"
    sheet = openpyxl.load_workbook(file)["附件2"]
    assert [cell.value for cell in sheet[1]][1:3] == ["自查涉及例数", "自查涉及金额"]
    for cell, value in (("B3", "2026-03-09"), ("B5", "1,200"), ("B6", 4)):
        edit(file, "填报信息", cell, value)
    for cell, value in (("B7", 2), ("B8", 4), ("C8", 100.5)):
        edit(file, "附件2", cell, value)
    filed = read_annex(file)
    assert (filed.faults, filed.stays, filed.institution.code) == ((), 1200, "000123")
    assert filed.rows["重复收费"] == {"found": 4, "yuan": Decimal("100.50")}
    assert filed.total["found"] == 4
    edit(file, "填报信息", "B6", 7)
    assert ["各行之和是 6" in one.problem for one in read_annex(file).faults] == [True]


def test_a_cell_merged_over_several_rows_is_asked_for_row_by_row(forms):
    file = forms / "附件1_A1.xlsx"
    edit(file, "附件1", "B2", 3)
    book = openpyxl.load_workbook(file)
    book["附件1"].merge_cells("B2:B3")
    book.save(file)
    filed = read_annex(file)
    assert filed.rows["医保信息不健全、上报不及时"]["found"] == 3
    assert ("“附件1”第 3 行“自查发现问题数”列（B3）", "与别的格合并了") in {
        (one.place, one.problem) for one in filed.faults
    }


def test_an_empty_form_is_no_report_of_zero(forms):
    filed = read_annex(forms / "附件1_A1.xlsx")
    assert filed.state == "没有填写"
    assert {one.problem for one in filed.faults} == {
        "没有填写任何一栏",
        "没有填写日期，按空表生成的时间计",
    }
    merged = merge([forms / "附件1_A1.xlsx"], MADE)
    assert set(table(merged, AGENCY).rows["基金稽核不全面"].values()) == {None}


def test_what_the_bureau_writes_in_annex_4_stands_beside_what_was_reported(forms, tmp_path):
    file = forms / "附件4_专项治理.xlsx"
    for cell, value in (("E2", "是"), ("F2", 5000), ("G3", "停业")):
        edit(file, "附件4", cell, value)
    merged = merge([file, report(tmp_path, "a.xlsx", code="000123")], MADE)
    made = table(merged, BUREAU)
    hospital = made.rows["000123"]
    assert (hospital["visited"], hospital["fined"]) == ("是", Decimal("5000.00"))
    assert hospital["found"] is not None
    assert made.rows["P1"].get("fined") is None
    assert any("不在列表中" in one.problem for one in merged.faults)


def test_the_command_merges_a_folder_and_lists_who_of_the_plan_is_silent(forms, tmp_path, capsys):
    given = tmp_path / "报送"
    given.mkdir()
    report(given, "a.xlsx", code="000123")
    (given / "~$a.xlsx").write_bytes(b"lock")
    plan = str(tmp_path / "计划.yaml")
    assert main(["annex", "merge", str(given), "--plan", plan, "--out", str(tmp_path / "出")]) == 0
    assert "附件2 1 家" in capsys.readouterr().out
    book = openpyxl.load_workbook(tmp_path / "出" / "附件合并.xlsx")
    silent = [row[1] for row in book["没有报送"].iter_rows(values_only=True)]
    assert silent == ["机构名称", "虚构药房", "虚构医保中心"]
    reporters = openpyxl.load_workbook(tmp_path / "出" / "各机构附件.xlsx").sheetnames
    assert reporters == ["说明", "2虚构第1医院"]


def test_merging_nothing_readable_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    (tmp_path / "坏.xlsx").write_bytes(b"x")
    assert main(["annex", "merge", str(tmp_path / "坏.xlsx"), "--out", str(tmp_path / "出")]) == 2
    assert "一份也没有读入" in capsys.readouterr().err
    assert not (tmp_path / "出").exists()


def test_a_file_of_another_institution_without_any_name_is_refused(tmp_path):
    paper = form_paper(annexes()[AGENCY], Institution("", "", "经办机构"), MADE, "", ())
    (tmp_path / "无名.xlsx").write_bytes(as_workbook(paper))
    with pytest.raises(InputError, match="没有写机构编码和机构名称"):
        read_annex(tmp_path / "无名.xlsx")
    assert annexes()[PHARMACY].reporter == "药店"
