"""The inspection folder as a whole: what stops the intake, what is a fault, what becomes of every file."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from review.errors import InputError
from review.intake.about import About
from review.intake.inspection import read_inspection

SHARED = Path(__file__).parent.parent.parent / "shared"
ENCRYPTED = SHARED / "reference" / "pdf" / "encrypted" / "pypdf_r4-aes-user-password.pdf"
A1, A2 = "900000000000000000000000000001", "900000000000000000000000000002"


def read(folder, tmp_path, **options):
    return read_inspection(folder, cache=tmp_path / "cache", **options)


def told(intake):
    return [(fault.file, fault.place, fault.problem, fault.admission_id) for fault in intake.faults]


def state_of(intake, file):
    return next((state.state, state.note) for state in intake.files if state.file == file)


def payload(inspection, name, body):
    (inspection / "platform").mkdir(exist_ok=True)
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    (inspection / "platform" / name).write_text(text, "utf-8")


def test_a_missing_folder_and_a_file_in_its_place_are_input_errors(tmp_path):
    with pytest.raises(InputError, match="找不到检查文件夹"):
        read(tmp_path / "无", tmp_path)
    (tmp_path / "a").write_text("x", "utf-8")
    with pytest.raises(InputError, match="不是文件夹"):
        read(tmp_path / "a", tmp_path)


def test_an_empty_folder_says_what_to_put_into_it(tmp_path):
    (tmp_path / "空").mkdir()
    with pytest.raises(InputError, match="没有任何一次住院；请放入"):
        read(tmp_path / "空", tmp_path)


def test_claims_without_the_admission_table_are_an_input_error(inspection, tmp_path):
    (inspection / "claims" / "mdtrt_d.csv").unlink()
    with pytest.raises(InputError, match="没有就诊信息 mdtrt_d"):
        read(inspection, tmp_path)


def test_admissions_that_are_all_unusable_are_an_input_error_that_names_the_first(inspection, tmp_path):
    path = inspection / "claims" / "mdtrt_d.csv"
    path.write_text(
        path.read_text("utf-8").replace("2024-03-01 09:00:00", "三月").replace("2024-03-02 09:00:00", "三月"),
        "utf-8",
    )
    with pytest.raises(InputError, match="第 2 行 begntime 列"):
        read(inspection, tmp_path)


def test_what_an_inspection_is_about_is_read_with_unknown_keys_kept(inspection, tmp_path):
    (inspection / "inspection.yaml").write_text(
        "name: 检查\nregion: {code: 010000, name: 某市}\nhospital: {code: H1, name: 某医院}\nhospital_level: 三级甲等\n"
        "period: {start: 2024-01-01, end: 2024-12-31}\nnotice_date: 2025-03-03\nnotes: 说明\nteam: [甲, 乙]\n",
        "utf-8",
    )
    assert read(inspection, tmp_path).about == About(
        "检查", "010000", "某市", "H1", "某医院", "三级甲等", date(2024, 1, 1), date(2024, 12, 31), date(2025, 3, 3), "说明",
        {"team": ["甲", "乙"]},
    )  # fmt: skip


def test_what_the_yaml_leaves_out_is_taken_from_the_tables(inspection, tmp_path):
    (inspection / "inspection.yaml").unlink()
    path = inspection / "claims" / "mdtrt_d.csv"
    path.write_text(path.read_text("utf-8").replace(",H1,", ",H22990000001,"), "utf-8")
    about = read(inspection, tmp_path).about
    assert (about.name, about.hospital_code, about.region_code, about.period_start) == (
        "inspection",
        "H22990000001",
        "229900",
        None,
    )


@pytest.mark.parametrize("text", ["name: [甲", "\tname: x", "- 甲\n- 乙", "\x00\x01"])
def test_an_unreadable_yaml_stops_the_intake(inspection, tmp_path, text):
    (inspection / "inspection.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"inspection\.yaml.*重试"):
        read(inspection, tmp_path)


def test_a_wrong_date_or_region_in_the_yaml_is_a_fault(inspection, tmp_path):
    (inspection / "inspection.yaml").write_text(
        "region: 吉林\nnotice_date: 三月三日\nperiod: {start: 2024-12-31, end: 2024-01-01}\n", "utf-8"
    )
    intake = read(inspection, tmp_path)
    assert [fault.place for fault in intake.faults] == ["region.code 键", "period 键", "notice_date 键"]
    assert (intake.about.region_code, intake.about.notice_date, intake.about.period_start) == (
        None,
        None,
        None,
    )


def test_an_unreadable_document_is_a_fault_and_the_others_are_read(inspection, tmp_path):
    record = inspection / "records" / "0024030101"
    (record / "空.txt").touch()
    (record / "坏.pdf").write_bytes(b"%PDF-1.4 broken")
    (record / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    intake = read(inspection, tmp_path)
    assert told(intake) == [
        ("records/0024030101/坏.pdf", "整份文件", "PDF 损坏或不完整", A1),
        ("records/0024030101/旧.doc", "整份文件", "不支持 .doc 文件", A1),
        ("records/0024030101/空.txt", "整份文件", "文件是空的", A1),
    ]
    assert all(fault.remedy for fault in intake.faults)
    assert [document.kind for document in intake.documents] == ["首次病程记录"]
    assert state_of(intake, "records/0024030101/坏.pdf")[0] == "拒收"


@pytest.mark.skipif(not ENCRYPTED.is_file(), reason="needs ../shared/reference/pdf")
def test_an_encrypted_pdf_is_a_fault_of_its_admission(inspection, tmp_path):
    (inspection / "records" / "0024030101" / "密.pdf").write_bytes(ENCRYPTED.read_bytes())
    assert told(read(inspection, tmp_path)) == [
        ("records/0024030101/密.pdf", "整份文件", "PDF 已加密，需要密码", A1)
    ]


def test_a_folder_of_no_admission_is_one_fault_and_a_loose_file_is_named(inspection, tmp_path):
    (inspection / "records" / "0099999999").mkdir()
    (inspection / "records" / "0099999999" / "a.txt").write_text("入院记录\n主诉：咳嗽", "utf-8")
    (inspection / "records" / "散.txt").write_text("入院记录", "utf-8")
    intake = read(inspection, tmp_path)
    assert told(intake) == [
        (
            "records/0099999999",
            "整个文件夹",
            "文件夹名与任何一次住院都对不上（既不是就诊ID，也不是唯一的住院号）",
            None,
        )
    ]
    assert state_of(intake, "records/0099999999/a.txt")[0] == "未用"
    assert "以就诊ID或住院号命名" in state_of(intake, "records/散.txt")[1]


def test_record_folders_may_carry_either_number_and_subfolders(inspection, tmp_path):
    deep = inspection / "records" / A2 / "护理"
    deep.mkdir(parents=True)
    (deep / "护理记录.txt").write_text("护理记录\n2024-03-02 10:00  入院。  护某\n", "utf-8")
    intake = read(inspection, tmp_path)
    assert [
        (document.admission_id, document.document_id, document.source) for document in intake.documents
    ] == [
        (A1, f"{A1}/1-1", "records/0024030101/病程记录.txt"),
        (A2, f"{A2}/1-1", f"records/{A2}/护理/护理记录.txt"),
    ]


def test_a_number_given_to_two_stays_is_settled_by_the_day_of_admission(inspection, tmp_path):
    path = inspection / "claims" / "mdtrt_d.csv"
    path.write_text(path.read_text("utf-8").replace("0024030202", "0024030101"), "utf-8")
    assert "对不上" in read(inspection, tmp_path).faults[0].problem
    (inspection / "records" / "0024030101" / "入院记录.txt").write_text(
        "入院记录\n入院时间：2024-03-02 09:00\n主诉：咳嗽", "utf-8"
    )
    assert {document.admission_id for document in read(inspection, tmp_path).documents} == {A2}


def test_links_out_of_the_folder_are_not_followed(inspection, tmp_path):
    secret = tmp_path / "外面"
    secret.mkdir()
    (secret / "机密.txt").write_text("入院记录\n主诉：机密", "utf-8")
    (inspection / "records" / "0024030101" / "链接.txt").symlink_to(secret / "机密.txt")
    (inspection / "records" / "0024030202").symlink_to(secret, target_is_directory=True)
    (inspection / "records" / "圈").symlink_to(inspection / "records", target_is_directory=True)
    intake = read(inspection, tmp_path)
    assert "机密" not in "".join(document.text for document in intake.documents)
    assert state_of(intake, "records/0024030101/链接.txt") == ("未用", "指向检查文件夹之外，未跟随")


def test_clutter_of_office_programs_is_passed_over_without_a_fault(inspection, tmp_path):
    for name in ("~$病历.docx", ".DS_Store", "Thumbs.db", "._a.txt"):
        (inspection / "records" / "0024030101" / name).write_bytes(b"x")
    intake = read(inspection, tmp_path)
    assert intake.faults == ()
    assert state_of(intake, "records/0024030101/Thumbs.db")[0] == "未用"


def test_the_states_of_the_files_name_every_file(inspection, tmp_path):
    (inspection / "说明.txt").write_text("x", "utf-8")
    (inspection / "claims" / "别的.csv").write_text("a\n1\n", "utf-8")
    intake = read(inspection, tmp_path)
    files = {path.relative_to(inspection).as_posix() for path in inspection.rglob("*") if path.is_file()}
    assert {state.file for state in intake.files} == files


def test_rows_of_the_hospital_for_unknown_patients_are_noted(inspection, tmp_path):
    (inspection / "hospital").mkdir()
    (inspection / "hospital" / "labs.csv").write_text(
        "住院号,检验值名称\n0024030101,白蛋白\n0099999999,白蛋白\n", "utf-8"
    )
    assert state_of(read(inspection, tmp_path), "hospital/labs.csv") == ("已读", "1 行的住院号不在就诊信息中")


def test_the_same_folder_reads_the_same_twice(inspection, tmp_path):
    assert read(inspection, tmp_path) == read(inspection, tmp_path)


def test_progress_is_told(inspection, tmp_path):
    heard = []
    read(inspection, tmp_path, progress=lambda stage, done, total: heard.append((stage, done, total)))
    assert heard == [("读入数据表", 1, 2), ("读入数据表", 2, 2), ("读入病历", 1, 1)]


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


def test_no_fault_or_note_repeats_what_a_record_says(inspection, tmp_path):
    record = inspection / "records" / "0024030101"
    (record / "坏.docx").write_bytes("甘试一 主诉：隐私".encode())
    payload(
        inspection,
        "4701.json",
        {"infno": "4701", "input": {"adminfo": {"name": "甘试一", "chfcomp": "隐私"}}},
    )
    intake = read(inspection, tmp_path)
    said = str(intake.faults) + str(intake.files)
    assert len(intake.faults) == 2
    assert "甘试一" not in said and "隐私" not in said
