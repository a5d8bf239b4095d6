"""Cells of an inspection: headings, values as hospitals write them, and rows that have slipped or been spoilt."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from intake_rows import A1, read, rows_of, set_cell, write_rows

from review.intake.columns import shapes, table_of_file
from review.intake.values import read_value
from review.models import Fault


@pytest.mark.parametrize(
    ("stem", "part", "table"),
    [
        ("fee_list_d", "claims", "fee_list_d"),
        ("FEE_LIST_D_12", "claims", "fee_list_d"),
        ("fee_list_d(2)", "claims", "fee_list_d"),
        ("住院医嘱1", "hospital", "orders"),
        ("labs", "hospital", "labs"),
        ("fee_list_d_backup", "claims", None),
        ("orders", "claims", None),
    ],
)
def test_a_file_name_names_its_table(stem, part, table):
    shape = table_of_file(stem, part)
    assert (shape.name if shape else None) == table


def test_no_two_columns_of_a_table_share_a_heading():
    for shape in shapes().values():
        headings = [heading for column in shape.columns for heading in dict.fromkeys(column.headings)]
        assert len(headings) == len(set(headings)), shape.name


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1,234.50", "number", Decimal("1234.5000")),
        ("￥１２", "number", Decimal("12.0000")),
        ("-0.123456", "number", Decimal("-0.1235")),
        ("69岁", "count", 69),
        ("20240301101500", "time", datetime(2024, 3, 1, 10, 15)),
        ("2024年3月1日10时5分", "time", datetime(2024, 3, 1, 10, 5)),
        ("2024-03-01 24:00:00", "time", datetime(2024, 3, 2)),
        ("2024.3.1", "date", date(2024, 3, 1)),
        ("123.0", "id", "123"),
        ("51.0", "code", "51.0"),
    ],
)
def test_a_value_is_read_as_hospitals_write_it(text, kind, value):
    assert read_value(text, kind) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1O", "number"), ("", "number"), ("十", "number"), ("1e99", "number"), ("2024-02-30", "date"), ("0001-01-01", "date"),
     ("2024-13-01 10:00", "time"), ("昨日", "time"), ("2.29900202403E+28", "id")],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_refused_rather_than_guessed(text, kind):
    with pytest.raises(ValueError):
        read_value(text, kind)


def test_a_bad_count_names_file_row_column_and_value(inspection, tmp_path):
    set_cell(inspection / "claims" / "fee_list_d.csv", 4, "cnt", "1O")
    intake = read(inspection, tmp_path)
    assert intake.faults == (
        Fault(
            "claims/fee_list_d.csv",
            "第 4 行 cnt 列",
            "'1O' 不是数字，该行未读入",
            "请在原系统核对该值，更正后重新导出",
            A1,
        ),
    )
    assert intake.tables["fee_list_d"].num_rows == 10


def test_a_bad_optional_cell_is_emptied_and_the_row_stays(inspection, tmp_path):
    set_cell(inspection / "claims" / "fee_list_d.csv", 4, "pric_uplmt_amt", "无上限")
    intake = read(inspection, tmp_path)
    (fault,) = intake.faults
    assert (fault.place, fault.problem) == ("第 4 行 pric_uplmt_amt 列", "内容不是数字，该单元格按空处理")
    assert intake.tables["fee_list_d"]["pric_uplmt_amt"][2].as_py() is None


def test_patient_text_in_the_wrong_column_is_not_shown(inspection, tmp_path):
    set_cell(inspection / "claims" / "fee_list_d.csv", 4, "cnt", "甘试一")
    (fault,) = read(inspection, tmp_path).faults
    assert "甘试一" not in str(fault)


def test_a_row_that_has_slipped_is_one_fault(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    rows[2] = ["多出的格", *rows[2][:-1]]
    write_rows(path, rows)
    intake = read(inspection, tmp_path)
    (fault,) = intake.faults
    assert (fault.place, "疑为错位" in fault.problem) == ("第 3 行", True)
    assert intake.tables["fee_list_d"].num_rows == 10


def test_rows_with_too_many_or_too_few_cells_are_faults_and_empty_ones_are_not(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    lines = path.read_text("utf-8").splitlines()
    lines[3] += ",多"
    lines[5] = "L,残缺"
    lines[7] += ",,"
    lines.insert(9, "")
    lines.append("," * lines[0].count(","))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    intake = read(inspection, tmp_path)
    assert [(fault.place, fault.problem) for fault in intake.faults] == [
        ("第 4 行", "有 20 列，表头有 19 列"),
        ("第 6 行", "有 2 列，表头有 19 列"),
    ]
    assert intake.tables["fee_list_d"]["row_number"].to_pylist() == [2, 3, 5, 7, 8, 9, 11, 12, 13]


def test_a_doubled_column_and_a_repeated_header_are_told(inspection, tmp_path):
    path = inspection / "claims" / "setl_d.csv"
    rows = rows_of(path)
    write_rows(path, [[*rows[0], "结算ID"], *[[*row, "X"] for row in rows[1:]], [*rows[0], "结算ID"]])
    intake = read(inspection, tmp_path)
    assert [(fault.place, fault.problem) for fault in intake.faults] == [
        ("表头 结算ID 列", "“结算ID”与“setl_id”是同一列，只读前者"),
        ("第 4 行", "表头重复出现，该行未读入"),
    ]
    assert intake.tables["setl_d"]["setl_id"].to_pylist() == ["S1", "S2"]


def test_an_empty_required_cell_leaves_its_row_out(inspection, tmp_path):
    set_cell(inspection / "claims" / "fee_list_d.csv", 5, "det_item_fee_sumamt", "")
    (fault,) = read(inspection, tmp_path).faults
    assert (fault.place, fault.problem) == ("第 5 行 det_item_fee_sumamt 列", "必填项为空，该行未读入")


def test_identifiers_turned_into_scientific_notation_are_not_used(inspection, tmp_path):
    set_cell(inspection / "claims" / "fee_list_d.csv", 5, "bkkp_sn", "2.29900202403E+28")
    (fault,) = read(inspection, tmp_path).faults
    assert fault.problem == "内容编号被表格软件改成了科学计数，末位已丢失，该行未读入"


def test_identifiers_guarded_against_excel_are_unwrapped(inspection, tmp_path):
    path = inspection / "claims" / "mdtrt_d.csv"
    path.write_text(
        path.read_text("utf-8")
        .replace("0024030101", "'0024030101")
        .replace("0024030202", '"=""0024030202"""'),
        "utf-8",
    )
    assert read(inspection, tmp_path).tables["mdtrt_d"]["ipt_otp_no"].to_pylist() == [
        "0024030101",
        "0024030202",
    ]
