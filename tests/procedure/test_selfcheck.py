"""The self-check form and what is read back of it: every answer, and every place that cannot be taken as it stands."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from selfchecked import FINDINGS, HOSTILE, Hands, write_form, write_results

from review.__main__ import main
from review.errors import InputError
from review.procedure.selfcheck_list import read_check_list
from review.procedure.selfcheck_reading import read_answers
from review.reports.paper import shown


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A results folder and its empty form, made once."""
    folder = tmp_path_factory.mktemp("selfcheck")
    results = write_results(folder / "结果")
    return results, write_form(results, folder / "表.xlsx"), (folder / "表.xlsx").read_bytes()


@pytest.fixture
def form(written, tmp_path):
    """A fresh copy of the form to write into, with the list it asks."""
    _, asked, content = written
    file = tmp_path / "表.xlsx"
    file.write_bytes(content)
    return file, asked


def places(answers):
    return [(one.place, one.problem) for one in answers.faults]


def test_the_form_lists_every_finding_hides_the_ids_and_locks_all_but_the_answers(form):
    file, asked = form
    sheet = openpyxl.load_workbook(file)["自查清单"]
    heads = {cell.value: cell for cell in sheet[1]}
    assert sheet.protection.sheet
    assert sheet.max_row == 1 + len(FINDINGS) + 1
    hidden = {t for t, c in heads.items() if sheet.column_dimensions[c.column_letter].hidden}
    assert hidden == {"疑点编号（请勿改）", "住院标识（请勿改）"}
    opened = {t for t, c in heads.items() if not sheet.cell(2, c.column).protection.locked}
    assert opened == {"认定", "认可金额（元）", "理由", "整改措施", "整改完成日期", "已退回金额（元）"}
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert lists == ['"认可,部分认可,不认可"']
    assert asked.institution.code == "00123"


def test_text_of_records_is_never_a_formula_and_only_the_sums_are(form):
    file, _ = form
    sheet = openpyxl.load_workbook(file)["自查清单"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == [
        '=IF(COUNT(J2:J7)=0,"",SUM(J2:J7))',
        '=IF(COUNT(P2:P7)=0,"",SUM(P2:P7))',
        '=IF(COUNT(T2:T7)=0,"",SUM(T2:T7))',
    ]
    texts = [cell.value for row in sheet.iter_rows() for cell in row]
    assert shown(HOSTILE) in texts
    assert "=1+1" in texts


def test_answers_come_back_with_their_yuan_day_and_words(form):
    file, asked = form
    hands = Hands(file).refuse_all("f-dup", "f-over", "f-stay")
    hands.write("f-dup", 认定="认可", 整改措施="=退费", 整改完成日期="2026年3月1日")
    hands.write("f-over", 认定="部分认可", 认可金额="￥１２.50 元", 理由="+部分", 整改措施="改计费")
    hands.write(
        "f-stay", 认定="部分认可", 认可金额=120.5, 理由="两日", 整改措施="培训", 整改完成日期=date(2026, 3, 1)
    )
    answers = read_answers(hands.save(), asked)
    assert answers.faults == ()
    assert set(answers.given) == {one.id for one in FINDINGS}
    dup, over, stay = (answers.given[key] for key in ("f-dup", "f-over", "f-stay"))
    assert (dup.verdict, dup.amount, dup.measure, dup.done) == ("认可", None, "=退费", date(2026, 3, 1))
    assert (over.amount, over.reason) == (Decimal("12.50"), "+部分")
    assert (stay.amount, stay.done) == (Decimal("120.50"), date(2026, 3, 1))


def test_an_empty_form_has_every_finding_unanswered_at_its_place(form):
    file, asked = form
    answers = read_answers(file, asked)
    assert answers.given == {}
    expected = [(f"“自查清单”第 {n} 行“认定”列（O{n}）", "没有答复") for n in range(2, 8)]
    assert places(answers) == expected


@pytest.mark.parametrize(
    ("answer", "place", "problem"),
    [
        ({"认定": "同意"}, "O2", "不在列表中"),
        ({"认定": "认可", "认可金额": "许多", "整改措施": "改"}, "P2", "“许多”不是金额"),
        ({"认定": "认可", "认可金额": "-5", "整改措施": "改"}, "P2", "“-5”不是金额"),
        ({"认定": "认可", "认可金额": "12.345", "整改措施": "改"}, "P2", "“12.345”的小数多于两位"),
        ({"认定": "认可", "认可金额": 79, "整改措施": "改"}, "P2", "认可的金额不是全额 80.00 元"),
        ({"认定": "部分认可", "理由": "a", "整改措施": "改"}, "P2", "部分认可没有金额"),
        (
            {"认定": "部分认可", "认可金额": 80.01, "理由": "a", "整改措施": "改"},
            "P2",
            "超过这一项最多的 80.00 元",
        ),
        ({"认定": "不认可", "认可金额": 1, "理由": "a"}, "P2", "不认可却填了金额"),
        ({"认定": "不认可"}, "Q2", "不认可没有理由"),
        ({"认定": "认可"}, "R2", "没有整改措施"),
        ({"认定": "认可", "整改措施": "改", "整改完成日期": "下月"}, "S2", "“下月”不是日期"),
        ({"认定": "认可", "整改措施": "改", "已退回金额": 81}, "T2", "超过这一项的 80.00 元"),
        ({"认定": "不认可", "理由": "a", "已退回金额": 8}, "T2", "不认可却填了已退回金额"),
    ],
)
def test_an_answer_that_cannot_stand_is_told_with_its_cell(form, answer, place, problem):
    file, asked = form
    answers = read_answers(Hands(file).refuse_all("f-dup").write("f-dup", **answer).save(), asked)
    told = [(one.place.rsplit("（", 1)[1].rstrip("）"), one.problem) for one in answers.faults]
    assert told == [(place, problem)]
    assert all(one.remedy for one in answers.faults)


def test_altered_removed_added_and_doubled_rows_are_each_recognised(form):
    file, asked = form
    hands = Hands(file).refuse_all()
    column = hands.heads["涉及金额（元）"]
    hands.sheet.cell(hands.row("f-dup"), column).value = 8
    hands.sheet.delete_rows(hands.row("f-clue"))
    twice = hands.row("f-doc")
    hands.sheet.insert_rows(twice + 1)
    for cell in hands.sheet[twice]:
        hands.sheet.cell(twice + 1, cell.column).value = cell.value
    hands.sheet.insert_rows(2)
    hands.sheet.cell(2, 2).value = "自己加的"
    answers = read_answers(hands.save(), asked)
    assert places(answers) == [
        ("“自查清单”第 2 行", "不在清单里，未计入"),
        ("“自查清单”第 3 行“涉及金额（元）”列（J3）", "与审核结果不同，仍按审核结果计"),
        ("“自查清单”第 7 行", "第 6 项出现了两次以上，均未计入"),
        ("“自查清单”第 8 行", "第 6 项出现了两次以上，均未计入"),
        ("“自查清单”第 5 项", "这一行不见了"),
    ]
    assert "f-doc" not in answers.given
    assert "f-dup" in answers.given


def test_an_answer_merged_over_several_rows_is_asked_for_row_by_row(form):
    file, asked = form
    hands = Hands(file).refuse_all()
    letter = hands.sheet.cell(1, hands.heads["认定"]).column_letter
    hands.sheet.merge_cells(f"{letter}2:{letter}4")
    answers = read_answers(hands.save(), asked)
    merged = "与上面的行合并了单元格"
    assert places(answers) == [
        ("“自查清单”第 3 行“认定”列（O3）", merged),
        ("“自查清单”第 4 行“认定”列（O4）", merged),
    ]


def test_rows_in_another_order_read_alike(form):
    file, asked = form
    hands = Hands(file).refuse_all()
    rows = [[cell.value for cell in row] for row in hands.sheet.iter_rows()]
    order = [0, 6, 3, 1, 5, 2, 4, 7]
    for place, row in enumerate(order, start=1):
        for number, value in enumerate(rows[row], start=1):
            cell = hands.sheet.cell(place, number)
            cell.value = value
            cell.data_type = "s" if isinstance(value, str) else cell.data_type
    answers = read_answers(hands.save(), asked)
    assert answers.faults == ()
    assert len(answers.given) == len(FINDINGS)


def test_own_findings_are_read_and_a_wrong_one_is_told(form):
    file, asked = form
    hands = Hands(file).refuse_all()
    hands.own.append([])
    for number, row in enumerate(
        [("分解收费", 2, 30, 12.5, "说", "改"), ("别的", 1), ("重复收费", "一例", 5, 6)]
    ):
        for column, value in enumerate(row, start=1):
            hands.own.cell(number + 2, column).value = value
    answers = read_answers(hands.save(), asked)
    assert [(one.problem, one.cases, one.yuan, one.fund) for one in answers.own] == [
        ("分解收费", 2, Decimal("30.00"), Decimal("12.50"))
    ]
    assert places(answers) == [
        ("“自行发现”第 3 行“问题类别”列（A3）", "不是列表中的问题类别，未计入"),
        ("“自行发现”第 4 行“涉及例数”列（B4）", "“一例”不是个数"),
        ("“自行发现”第 4 行“其中医保基金（元）”列（D4）", "基金部分大于涉及金额"),
    ]


def test_a_form_of_other_results_is_refused(form, tmp_path):
    file, _ = form
    other = read_check_list(write_results(tmp_path / "另", FINDINGS[:2]), {})
    with pytest.raises(InputError, match="清单哈希不同"):
        read_answers(file, other)


def test_files_that_are_no_form_are_refused_with_a_remedy(form, tmp_path):
    _, asked = form
    empty, book = tmp_path / "空.xlsx", tmp_path / "别的.xlsx"
    empty.write_bytes(b"")
    openpyxl.Workbook().save(book)
    flood = io.BytesIO()
    with zipfile.ZipFile(flood, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 40_000_000)
    (tmp_path / "大.xlsx").write_bytes(flood.getvalue())
    for file in (empty, book, tmp_path / "大.xlsx", tmp_path / "无.xlsx", tmp_path / "表.xls"):
        with pytest.raises(InputError, match=file.name):
            read_answers(file, asked)


def test_the_command_writes_reads_and_never_replaces(written, tmp_path, monkeypatch, capsys):
    results, _, _ = written
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    out = tmp_path / "出"
    assert main(["selfcheck", str(results), "--out", str(out)]) == 0
    assert main(["selfcheck", str(results), "--out", str(out)]) == 2
    assert "不覆盖" in capsys.readouterr().err
    hands = Hands(out / "自查答复表.xlsx").refuse_all("f-dup")
    file = hands.write("f-dup", 认定="认可", 整改措施="退费").save(tmp_path / "答.xlsx")
    assert main(["selfcheck", "read", str(file), str(results), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "自查涉及金额 80.00 元（同一费用只计一次），其中医保基金（折算）80.00 元" in said
    names = {one.name for one in out.iterdir()}
    assert names == {"自查答复表.xlsx", "附件2_00123.xlsx", "附件2_00123.docx", "自查明细.xlsx"}
    assert (
        main(["selfcheck", "read", str(out / "自查答复表.xlsx"), str(results), "--out", str(tmp_path / "再")])
        == 1
    )
    assert main(["selfcheck", str(tmp_path / "没有"), "--out", str(out)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_review_without_findings_gives_a_form_that_reads_back_whole(tmp_path):
    results = write_results(tmp_path / "结果", ())
    asked = write_form(results, tmp_path / "表.xlsx")
    answers = read_answers(tmp_path / "表.xlsx", asked)
    assert (answers.given, answers.own, answers.faults) == ({}, (), ())
