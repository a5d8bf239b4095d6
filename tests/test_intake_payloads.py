"""Records alone, and messages of the national interface that stand in for tables and documents."""

from datetime import date, datetime
from decimal import Decimal

import docx
import pytest
from intake_said import A1, payload, read, state_of, told

from review.errors import InputError


def test_records_alone_give_their_admissions(tmp_path):
    record = tmp_path / "检查" / "records" / "0024030101"
    record.mkdir(parents=True)
    document = docx.Document()
    for line in ("某医院", "姓名：甘试一    科室：呼吸内科    床号：01床    住院号：0024030101", "入院记录",
                 "姓名：甘试一    性别：男    年龄：63岁", "入院时间：2024年03月01日09时00分    记录时间：2024年03月01日11时00分"):  # fmt: skip
        document.add_paragraph(line)
    document.save(record / "入院记录.docx")
    (record / "出院记录.txt").write_bytes(
        "出院记录\n入院日期：2024-03-01    出院日期：2024-03-06\n".encode("gb18030")
    )
    intake = read(tmp_path / "检查", tmp_path)
    (stay,) = intake.tables["mdtrt_d"].to_pylist()
    known = {"mdtrt_id": "0024030101", "psn_name": "甘试一", "gend": "男", "age": 63, "ipt_otp_no": "0024030101",
             "begntime": datetime(2024, 3, 1, 9), "endtime": datetime(2024, 3, 6), "adm_dept_name": "呼吸内科"}  # fmt: skip
    assert {name: stay[name] for name in known} == known
    assert [document.kind for document in intake.documents] == ["入院记录", "出院记录"]


def test_a_record_without_times_makes_no_admission(tmp_path):
    record = tmp_path / "检查" / "records" / "1"
    record.mkdir(parents=True)
    (record / "a.txt").write_text("日常病程记录\n2024-03-01 09:00\n病情平稳", "utf-8")
    with pytest.raises(InputError, match="没有读到入院时间和出院时间"):
        read(tmp_path / "检查", tmp_path)


FEES = {
    "infno": "2301",
    "input": {
        "feedetail": [
            {"feedetl_sn": 9001, "mdtrt_id": A1, "drord_no": "D1", "fee_ocur_time": "2024-03-01 10:00:00",
             "med_list_codg": "001109000010300", "cnt": 1, "pric": 40.0, "det_item_fee_sumamt": 40.00, "bilg_dr_name": "田试医"},
            {"feedetl_sn": 9002, "mdtrt_id": A1, "fee_ocur_time": "坏", "cnt": 1, "pric": 1, "det_item_fee_sumamt": 1},
        ]
    },
}  # fmt: skip


def test_a_fee_upload_stands_in_for_a_missing_fee_table(inspection, tmp_path):
    (inspection / "claims" / "fee_list_d.csv").unlink()
    payload(inspection, "2301.json", FEES)
    intake = read(inspection, tmp_path)
    (line,) = intake.tables["fee_list_d"].to_pylist()
    assert (line["bkkp_sn"], line["rx_drord_no"], line["pric"], line["source"]) == (
        "9001",
        "D1",
        Decimal("40.0000"),
        "platform/2301.json",
    )
    assert told(intake) == [
        ("platform/2301.json", "第 2 条 fee_ocur_time 列", "内容不是日期时间，该行未读入", A1)
    ]


def test_a_payload_for_a_table_that_is_given_is_left_alone(inspection, tmp_path):
    payload(inspection, "2301.json", FEES)
    intake = read(inspection, tmp_path)
    assert intake.tables["fee_list_d"].num_rows == 11
    assert state_of(intake, "platform/2301.json") == ("未用", "费用明细已由 claims/ 给出，报文未用")


def test_a_settlement_list_gives_diagnoses_and_operations(inspection, tmp_path):
    payload(inspection, "清单.json", {
        "infno": "4101", "input": {
            "setlinfo": {"mdtrt_id": A1, "setl_id": "S1"},
            "diseinfo": [{"diag_type": "1", "diag_code": "J18.900", "diag_name": "肺炎", "maindiag_flag": "1", "adm_cond_type": "1"}],
            "oprninfo": [{"oprn_oprt_type": "1", "oprn_oprt_code": "33.2400", "oprn_oprt_name": "支气管镜", "oprn_oprt_date": "2024-03-02"}],
        },
    })  # fmt: skip
    intake = read(inspection, tmp_path)
    (diagnosis,), (operation,) = (
        intake.tables[name].to_pylist() for name in ("setl_list_diag_d", "setl_list_oprn_d")
    )
    assert (
        diagnosis["mdtrt_id"],
        diagnosis["setl_id"],
        diagnosis["diag_code"],
        diagnosis["maindiag_flag"],
    ) == (A1, "S1", "J18.900", "1")
    assert (operation["main_oprn_flag"], operation["oprn_oprt_date"]) == ("1", date(2024, 3, 2))


def test_laboratory_orders_exams_and_vital_signs_of_payloads_fill_the_hospitals_tables(inspection, tmp_path):
    payload(inspection, "4502.json", {
        "labinfo": [{"mdtrt_id": A1, "rpotc_no": "R1", "exam_item_name": "肝功能", "rpt_date": "2024-03-01 12:00:00", "rpot_doc": "验某"}],
        "iteminfo": [{"rpotc_no": "R1", "exam_item_detl_name": "白蛋白", "exam_rslt_val": 37.6, "exam_unt": "g/L", "ref_val": "40-55"}],
        "sampleinfo": [{"rpotc_no": "R1", "sapl_date": "2024-03-01 09:30:00", "spcm_name": "静脉血", "spcm_no": "24001"}],
    })  # fmt: skip
    payload(inspection, "4402.json", [{"infno": "4402", "input": {"data": [
        {"mdtrt_id": A1, "drord_no": "D1", "drord_type": "2", "drord_detl_name": "一级护理", "drord_isu_no": "2024-03-01", "vali_flag": "1"},
        {"mdtrt_id": A1, "drord_no": "D2", "drord_type": "1", "drord_detl_name": "作废", "vali_flag": "0"}]}}])  # fmt: skip
    payload(
        inspection,
        "4602.json",
        {
            "infno": "4602",
            "input": {
                "data": {
                    "mdtrt_id": A1,
                    "rcd_time": "2024-03-01 10:00:00",
                    "tprt": 38.2,
                    "pule": 96,
                    "vent_frqu": 20,
                    "systolic_pre": "130",
                    "dstl_pre": "80",
                    "nurs_name": "护某",
                }
            },
        },
    )
    payload(
        inspection,
        "4501.json",
        {
            "infno": "4501",
            "input": {
                "examinfo": {
                    "mdtrt_id": A1,
                    "rpotc_no": "E1",
                    "exam_item_name": "胸部CT",
                    "exam_ccls": "肺炎",
                    "exam_date": "2024-03-01",
                    "rpt_date": "2024-03-01",
                },
                "imageinfo": {"rpotc_no": "E1", "acession_no": "CT1"},
            },
        },
    )
    intake = read(inspection, tmp_path)
    assert intake.faults == ()
    (lab,), (order,), (vital,), (exam,) = (
        intake.tables[name].to_pylist() for name in ("labs", "orders", "vitals", "exams")
    )
    assert (
        lab["inpatient_no"],
        lab["analyte"],
        lab["value_text"],
        lab["sampled_at"],
        lab["specimen_no"],
    ) == (A1, "白蛋白", "37.6", datetime(2024, 3, 1, 9, 30), "24001")
    assert (order["order_type"], order["order_name"], order["begins_at"]) == (
        "长期医嘱",
        "一级护理",
        datetime(2024, 3, 1),
    )
    assert (vital["temperature"], vital["systolic"], vital["nurse"]) == (
        Decimal("38.2000"),
        Decimal("130.0000"),
        "护某",
    )
    assert (exam["exam_name"], exam["image_no"]) == ("胸部CT", "CT1")


def test_an_electronic_record_upload_becomes_documents_with_sections_and_times(inspection, tmp_path):
    payload(inspection, "4701.json", {"infno": "4701", "input": {
        "adminfo": {"mdtrt_id": A1, "name": "甘试一", "adm_time": "2024-03-01 09:00:00", "chfcomp": "咳嗽3天", "dise_now": "受凉后咳嗽", "ipdr_name": "田试医"},
        "diseinfo": [{"inout_diag_type": "1", "wm_diag_code": "J18.900", "wm_diag_name": "肺炎"}],
        "coursrinfo": [{"rcd_time": "2024-03-01 11:30:00", "cas_ftur": "中老年男性", "dise_plan": "抗感染", "ipdr_name": "田试医"}],
        "dscginfo": {"dscg_date": "2024-03-06", "dscg_info": "好转", "rec_doc": "田试医"},
    }})  # fmt: skip
    intake = read(inspection, tmp_path)
    ours = [document for document in intake.documents if document.source == "platform/4701.json"]
    assert [
        (one.admission_id, one.kind, one.written_at, [section.name for section in one.sections])
        for one in ours
    ] == [
        (A1, "入院记录", None, ["主诉", "现病史"]),
        (A1, "首次病程记录", datetime(2024, 3, 1, 11, 30), ["病例特点", "诊疗计划"]),
        (A1, "出院小结", None, ["出院情况"]),
    ]
    text = next(source.read.text for source in intake.sources if source.source == "platform/4701.json")
    assert all(text[one.start : one.start + len(one.text)] == one.text for one in ours)


@pytest.mark.parametrize(
    ("name", "body", "state"),
    [
        ("9999.json", {"infno": "9999", "input": {"data": {}}}, "未用"),
        ("说明.json", {"a": 1}, "未用"),
        ("说明.txt", "x", "未用"),
        ("2301.json", "{broken", "拒收"),
        ("2301.json", '"只是文字"', "拒收"),
        ("2301.json", "[" * 100000, "拒收"),
        ("2301.json", {"infno": "2301", "input": {"feedetail": None}}, "未用"),
        ("2301.json", {"infno": "2301", "input": "不是报文"}, "未用"),
    ],
)
def test_a_payload_that_is_none_is_named_and_harms_nothing(inspection, tmp_path, name, body, state):
    (inspection / "claims" / "fee_list_d.csv").unlink()
    payload(inspection, name, body)
    assert state_of(read(inspection, tmp_path), f"platform/{name}")[0] == state
