"""Tables of an inspection: formats, splits, numbers that repeat, and what stops the intake."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
from intake_rows import A1, A2, read, rows_of, set_cell, write_rows

from review.errors import InputError
from review.intake.columns import shapes

SHARED = Path(__file__).parent.parent.parent / "shared"
EXAMPLE = SHARED / "examples" / "mountain-county-2024"


def write_book(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def states(intake):
    return {state.file: (state.state, state.count, state.note) for state in intake.files}


def test_the_small_inspection_reads_without_a_fault(inspection, tmp_path):
    intake = read(inspection, tmp_path)
    assert intake.faults == ()
    assert {name: table.num_rows for name, table in intake.tables.items()} == {
        "fee_list_d": 11,
        "mdtrt_d": 2,
        "setl_d": 2,
    }
    first = intake.tables["fee_list_d"].to_pylist()[0]
    assert (first["bkkp_sn"], first["mdtrt_id"], first["source"], first["row_number"]) == (
        "L11",
        A1,
        "claims/fee_list_d.csv",
        2,
    )
    assert (first["cnt"], first["fee_ocur_time"], first["spec"]) == (
        Decimal("1.0000"),
        datetime(2024, 3, 1, 23, 30),
        None,
    )
    assert intake.tables["mdtrt_d"]["brdy"][0].as_py() == date(1960, 5, 1)


def test_every_column_of_a_table_is_present_with_its_type(inspection, tmp_path):
    table = read(inspection, tmp_path).tables["fee_list_d"]
    assert table.column_names == [
        *(column.name for column in shapes()["fee_list_d"].columns),
        "source",
        "row_number",
    ]
    assert table.schema.field("cnt").type == pa.decimal128(18, 4)
    assert table.schema.field("prd_days").type == pa.string()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_in_every_usual_encoding_reads_the_same(inspection, tmp_path, encoding):
    plain = read(inspection, tmp_path).tables["fee_list_d"]
    path = inspection / "claims" / "fee_list_d.csv"
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    assert read(inspection, tmp_path).tables["fee_list_d"].equals(plain)


def test_a_rare_character_in_a_gb18030_table_survives(inspection, tmp_path):
    path = inspection / "claims" / "mdtrt_d.csv"
    path.write_bytes(path.read_text("utf-8").replace("甘试一", "𠮷𪚥").encode("gb18030"))
    assert read(inspection, tmp_path).tables["mdtrt_d"]["psn_name"][0].as_py() == "𠮷𪚥"


def test_a_table_split_over_files_of_different_column_order_is_joined(inspection, tmp_path):
    whole = read(inspection, tmp_path).tables["fee_list_d"].to_pylist()
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    path.unlink()
    write_rows(inspection / "claims" / "fee_list_d_1.csv", rows[:6])
    write_rows(inspection / "claims" / "fee_list_d_2.csv", [row[::-1] for row in [rows[0], *rows[6:]]])
    joined = read(inspection, tmp_path).tables["fee_list_d"].to_pylist()
    told = ("source", "row_number")
    assert [{k: v for k, v in row.items() if k not in told} for row in joined] == [
        {k: v for k, v in row.items() if k not in told} for row in whole
    ]
    assert [(row["source"], row["row_number"]) for row in joined[4:6]] == [
        ("claims/fee_list_d_1.csv", 6),
        ("claims/fee_list_d_2.csv", 2),
    ]


def test_a_workbook_keeps_thirty_digit_identifiers_and_finds_its_sheet_and_header(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    whole = read(inspection, tmp_path).tables["fee_list_d"].to_pylist()
    path.unlink()
    told = [["费用明细（2024年度）"], [], *rows]
    write_book(inspection / "claims" / "fee_list_d.xlsx", ("说明", [["本表由系统导出"]]), ("明细", told))
    read_back = read(inspection, tmp_path).tables["fee_list_d"].to_pylist()
    assert [
        (row["bkkp_sn"], row["mdtrt_id"], row["amount"] if "amount" in row else row["det_item_fee_sumamt"])
        for row in read_back
    ] == [(row["bkkp_sn"], row["mdtrt_id"], row["det_item_fee_sumamt"]) for row in whole]
    assert read_back[0]["row_number"] == 4


def test_a_table_cut_at_the_row_limit_of_a_sheet_continues_on_the_next(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    path.unlink()
    write_book(inspection / "claims" / "fee_list_d.xlsx", ("1", rows[:5]), ("2", [rows[0], *rows[5:]]))
    table = read(inspection, tmp_path).tables["fee_list_d"]
    assert table.num_rows == 11
    places = set(zip(table["source"].to_pylist(), table["row_number"].to_pylist(), strict=True))
    assert len(places) == 11


def test_parquet_with_numbers_and_times_reads_as_text_would(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    whole = read(inspection, tmp_path).tables["fee_list_d"]
    path.unlink()
    typed = whole.drop_columns(["source", "row_number", "spec"]).to_pandas()
    typed["cnt"] = typed["cnt"].astype(float)
    pyarrow.parquet.write_table(
        pa.Table.from_pandas(typed, preserve_index=False), inspection / "claims" / "fee_list_d.parquet"
    )
    again = read(inspection, tmp_path).tables["fee_list_d"]
    assert again.drop_columns(["source"]).equals(whole.drop_columns(["source"]))


def test_chinese_headings_with_units_and_spaces_are_understood(inspection, tmp_path):
    (inspection / "hospital").mkdir()
    write_rows(
        inspection / "hospital" / "护理体征.csv",
        [
            ["住 院 号", "测量时间", "体温（℃）", "脉搏(次/分)", "记录护士", "备用"],
            ["0024030101", "2024/3/1 9:05", "38.2", "96", "护试", "x"],
        ],
        "gb18030",
    )
    intake = read(inspection, tmp_path)
    (vital,) = intake.tables["vitals"].to_pylist()
    assert (vital["inpatient_no"], vital["measured_at"], vital["temperature"], vital["pulse"]) == (
        "0024030101", datetime(2024, 3, 1, 9, 5), Decimal("38.2000"), Decimal("96.0000"),
    )  # fmt: skip
    assert states(intake)["hospital/护理体征.csv"] == ("已读", 1, "编码 GB18030；未用的列：备用")


def test_claims_headings_of_the_extraction_templates_are_understood(inspection, tmp_path):
    headings = {"bkkp_sn": "费用明细流水号", "mdtrt_id": "就诊ID", "fee_ocur_time": "费用发生时间", "medins_list_name": "院内名称",
                "cnt": "数量", "pric": "单价", "det_item_fee_sumamt": "金额"}  # fmt: skip
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    write_rows(path, [[headings.get(name, name) for name in rows[0]], *rows[1:]])
    assert read(inspection, tmp_path).tables["fee_list_d"].num_rows == 11


def test_a_repeated_serial_number_is_read_once_and_told(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    write_rows(path, [*rows, rows[3]])
    intake = read(inspection, tmp_path)
    (fault,) = intake.faults
    assert (fault.place, "L13" in fault.problem, fault.admission_id) == ("第 13 行", True, A1)
    assert intake.tables["fee_list_d"].num_rows == 11


def test_the_same_serial_number_in_two_stays_is_two_lines(inspection, tmp_path):
    set_cell(inspection / "claims" / "fee_list_d.csv", 7, "bkkp_sn", "L11")
    intake = read(inspection, tmp_path)
    assert (intake.faults, intake.tables["fee_list_d"].num_rows) == ((), 11)


def test_a_refund_that_repeats_its_originals_number_stays_a_refund(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    refund = list(rows[3])
    for column in ("cnt", "det_item_fee_sumamt"):
        refund[rows[0].index(column)] = "-" + refund[rows[0].index(column)]
    write_rows(path, [*rows, refund])
    intake = read(inspection, tmp_path)
    last = intake.tables["fee_list_d"].to_pylist()[-1]
    assert (last["bkkp_sn"], last["init_feedetl_sn"], last["cnt"]) == ("L13-13", "L13", Decimal("-1.0000"))
    assert "退费" in intake.faults[0].problem


def test_charges_of_an_unknown_admission_are_left_out_and_counted(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    path.write_text(
        path.read_text("utf-8").replace(f"L14,,{A1}", "L14,,999").replace(f"L15,,{A1}", "L15,,999"), "utf-8"
    )
    intake = read(inspection, tmp_path)
    (fault,) = intake.faults
    assert (fault.place, fault.problem) == ("第 5 行起 2 行", "就诊ID 999 不在 mdtrt_d 中，未读入")
    assert intake.tables["fee_list_d"].num_rows == 9


def test_a_stay_that_ends_before_it_begins_is_left_out_with_its_charges(inspection, tmp_path):
    set_cell(inspection / "claims" / "mdtrt_d.csv", 2, "endtime", "2024-02-01 10:00:00")
    intake = read(inspection, tmp_path)
    stays = [fault for fault in intake.faults if fault.file.startswith("claims")]
    assert [(fault.place, fault.admission_id) for fault in stays] == [("第 2 行", A1)]
    assert set(intake.tables["fee_list_d"]["mdtrt_id"].to_pylist()) == {A2}


def test_thousands_of_bad_rows_are_counted_rather_than_listed(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    at = rows[0].index("cnt")
    extra = [[f"X{number}", *rows[1][1:at], "?", *rows[1][at + 1 :]] for number in range(3000)]
    write_rows(path, [*rows, *extra])
    intake = read(inspection, tmp_path)
    assert len(intake.faults) == 51
    assert intake.faults[-1].problem == "另有 2950 行有同样的问题"


@pytest.mark.parametrize(
    "column",
    ["bkkp_sn", "mdtrt_id", "fee_ocur_time", "cnt", "pric", "det_item_fee_sumamt", "medins_list_name"],
)
def test_a_missing_required_column_of_claims_stops_the_intake(inspection, tmp_path, column):
    path = inspection / "claims" / "fee_list_d.csv"
    rows = rows_of(path)
    at = rows[0].index(column)
    write_rows(path, [row[:at] + row[at + 1 :] for row in rows])
    with pytest.raises(InputError, match=rf"claims/fee_list_d.csv.*{column}.*请"):
        read(inspection, tmp_path)


def test_a_truncated_workbook_of_claims_stops_the_intake_and_of_the_hospital_does_not(inspection, tmp_path):
    rows = rows_of(inspection / "claims" / "setl_d.csv")
    (inspection / "hospital").mkdir()
    for place in (inspection / "hospital" / "住院医嘱.xlsx", inspection / "claims" / "setl_d_2.xlsx"):
        write_book(place, ("1", rows * 30))
        place.write_bytes(place.read_bytes()[:-900])
        if place.parent.name == "hospital":
            intake = read(inspection, tmp_path)
            assert [(fault.file, fault.problem) for fault in intake.faults] == [
                ("hospital/住院医嘱.xlsx", "Excel 文件损坏或不完整")
            ]
            assert "orders" not in intake.tables
    with pytest.raises(InputError, match=r"claims/setl_d_2.xlsx 读不出来：Excel 文件损坏"):
        read(inspection, tmp_path)


def test_a_hospital_table_without_its_key_is_refused_alone(inspection, tmp_path):
    (inspection / "hospital").mkdir()
    write_rows(inspection / "hospital" / "化验报告.csv", [["检验值名称", "检验值描述"], ["白蛋白", "37.6"]])
    intake = read(inspection, tmp_path)
    assert [(fault.file, fault.problem) for fault in intake.faults] == [
        ("hospital/化验报告.csv", "缺少必需列 inpatient_no，整表未读入")
    ]


def test_an_empty_claims_file_stops_the_intake_and_a_header_alone_does_not(inspection, tmp_path):
    path = inspection / "claims" / "fee_list_d.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    assert read(inspection, tmp_path).tables["fee_list_d"].num_rows == 0
    path.write_bytes(b"")
    with pytest.raises(InputError, match=r"fee_list_d\.csv 读不出来：文件是空的"):
        read(inspection, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="needs ../shared/examples")
def test_the_worked_example_reads_whole(tmp_path):
    intake = read(EXAMPLE, tmp_path)
    assert intake.faults == ()
    assert {name: table.num_rows for name, table in sorted(intake.tables.items())} == {
        "anesthesia": 2, "edits": 237, "exams": 48, "fee_list_d": 1678, "institution": 1, "labs": 631, "mdtrt_d": 14,
        "operations": 3, "orders": 367, "setl_d": 14, "setl_list_diag_d": 26, "setl_list_oprn_d": 6, "vitals": 213,
    }  # fmt: skip
    unread = {state.file for state in intake.files if state.state not in ("已读", "已识别")}
    assert unread == {"README.md", "expected.json"}
