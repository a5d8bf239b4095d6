"""The inspection folder as a whole: what stops the intake, what is a fault, what becomes of every file."""

from datetime import date
from pathlib import Path

import pytest
from intake_said import A1, A2, payload, read, state_of, told

from review.errors import InputError
from review.intake.about import About

SHARED = Path(__file__).parent.parent.parent / "shared"
ENCRYPTED = SHARED / "reference" / "pdf" / "encrypted" / "pypdf_r4-aes-user-password.pdf"


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


def test_the_labels_of_an_evaluation_are_called_so_and_are_no_fault(inspection, tmp_path):
    (inspection / "expected.json").write_text("{}", "utf-8")
    (inspection / "other.json").write_text("{}", "utf-8")
    intake = read(inspection, tmp_path)
    assert told(intake) == []
    assert state_of(intake, "expected.json") == ("未用", "评测用的答案，审核从不读它")
    assert "不属于" in state_of(intake, "other.json")[1]


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
