"""The command as others script it: exit codes, messages that name file, place and remedy, and nothing half written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from review.__main__ import main

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture
def review(tmp_path, monkeypatch, capsys):
    """Run the command; returns exit code, output folder and what it said."""
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))

    def run(folder):
        out = tmp_path / "out"
        code = main([str(folder), "--out", str(out)])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, out, said.out + said.err

    return run


def lines(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def replace_in(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def refused(review, folder, *words):
    """The review ends with 2, says these words, and leaves nothing behind."""
    code, out, said = review(folder)
    assert code == 2
    for word in words:
        assert word in said
    assert said.rstrip().endswith("。")
    assert not out.exists()
    assert [path.name for path in out.parent.iterdir() if "writing" in path.name] == []


def test_a_readable_inspection_ends_with_zero_and_its_files(review, inspection):
    code, out, said = review(inspection)
    assert code == 0
    assert {file.name for file in out.iterdir()} >= {
        "findings.jsonl",
        "patterns.jsonl",
        "checks.jsonl",
        "faults.jsonl",
        "summary.json",
    }
    assert "2 例" in said
    assert lines(out / "faults.jsonl") == []


def test_a_folder_that_is_not_there_is_refused(review, tmp_path):
    refused(review, tmp_path / "nowhere", "nowhere")


def test_a_missing_required_column_is_refused_by_file_and_column(review, inspection):
    replace_in(inspection / "claims" / "fee_list_d.csv", ",cnt,", ",shu,")
    refused(review, inspection, "fee_list_d.csv", "cnt")


def test_a_truncated_workbook_among_the_required_tables_is_refused(review, inspection):
    (inspection / "claims" / "mdtrt_d.csv").unlink()
    (inspection / "claims" / "mdtrt_d.xlsx").write_bytes(b"PK\x03\x04" + b"\x00" * 60)
    refused(review, inspection, "mdtrt_d.xlsx")


def test_a_required_table_of_neither_encoding_is_refused(review, inspection):
    (inspection / "claims" / "mdtrt_d.csv").write_bytes(b"mdtrt_id,psn_no\n\xff\xfe\x00\x81\n")
    refused(review, inspection, "mdtrt_d.csv")


def test_an_inspection_without_any_admission_is_refused(review, inspection):
    head = (inspection / "claims" / "mdtrt_d.csv").read_text("utf-8").splitlines()[0]
    (inspection / "claims" / "mdtrt_d.csv").write_text(head + "\n", "utf-8")
    refused(review, inspection, "mdtrt_d")


def test_settings_that_are_no_yaml_are_refused(review, inspection):
    (inspection / "inspection.yaml").write_text("name: [某县\n", "utf-8")
    refused(review, inspection, "inspection.yaml")


def faults_of(review, folder):
    code, out, _ = review(folder)
    assert code == 0
    faults = lines(out / "faults.jsonl")
    for fault in faults:
        assert fault["file"] and fault["place"] and fault["problem"] and fault["remedy"]
    return faults, lines(out / "checks.jsonl")


def test_a_gbk_table_named_utf8_is_read(review, inspection):
    file = inspection / "claims" / "mdtrt_d.csv"
    file.write_bytes(file.read_text("utf-8").encode("gb18030"))
    faults, results = faults_of(review, inspection)
    assert faults == []
    assert len({result["admission_id"] for result in results}) == 2


@pytest.mark.parametrize("name", ["encrypted/pypdf_r6-user-password.pdf", "broken"])
def test_a_pdf_that_does_not_open_is_a_fault_and_the_rest_is_reviewed(review, inspection, name):
    target = inspection / "records" / "0024030101" / "出院记录.pdf"
    if name == "broken":
        target.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type")
    elif not SHARED.exists():
        pytest.skip("needs the shared reference PDFs beside the checkout")
    else:
        target.write_bytes((SHARED / "reference" / "pdf" / name).read_bytes())
    faults, results = faults_of(review, inspection)
    assert [Path(fault["file"]).name for fault in faults] == ["出院记录.pdf"]
    assert len({result["admission_id"] for result in results}) == 2


def test_an_empty_file_is_a_fault(review, inspection):
    (inspection / "records" / "0024030101" / "出院记录.txt").write_bytes(b"")
    faults, _ = faults_of(review, inspection)
    assert [Path(fault["file"]).name for fault in faults] == ["出院记录.txt"]


def test_an_amount_that_is_no_number_names_row_and_column(review, inspection):
    replace_in(inspection / "claims" / "fee_list_d.csv", "床日,1,40,40", "床日,1O,40,40")
    faults, _ = faults_of(review, inspection)
    assert len(faults) == 1
    assert "fee_list_d.csv" in faults[0]["file"]
    assert "2" in faults[0]["place"] and "cnt" in faults[0]["place"]
    assert "1O" in faults[0]["problem"]


def test_a_date_that_is_no_date_names_row_and_column(review, inspection):
    replace_in(inspection / "claims" / "fee_list_d.csv", "2024-03-03 23:30:00", "2024-13-03 23:30:00")
    faults, _ = faults_of(review, inspection)
    assert len(faults) == 1
    assert "fee_ocur_time" in faults[0]["place"]


def test_an_admission_without_claims_reads_not_checked_where_they_are_needed(review, inspection):
    (inspection / "claims" / "fee_list_d.csv").unlink()
    _, results = faults_of(review, inspection)
    over_price = [result for result in results if result["check"] == "CHG-001"]
    assert {result["outcome"] for result in over_price} == {"not_checked"}
    assert {result["reason"] for result in over_price} == {"缺：费用明细"}


def test_claims_without_records_read_not_checked_where_they_are_needed(review, inspection):
    for file in (inspection / "records" / "0024030101").iterdir():
        file.unlink()
    (inspection / "records" / "0024030101").rmdir()
    (inspection / "records").rmdir()
    _, results = faults_of(review, inspection)
    first_note = [result for result in results if result["check"] == "DOC-001"]
    assert {result["outcome"] for result in first_note} == {"not_checked"}
    assert all(result["reason"] for result in first_note)


def test_no_name_of_a_patient_reaches_log_or_screen(review, inspection, caplog):
    replace_in(inspection / "claims" / "fee_list_d.csv", "床日,1,40,40", "床日,1O,40,40")
    code, out, said = review(inspection)
    assert code == 0
    assert "甘试" not in said + caplog.text
    assert "甘试" not in (out / "faults.jsonl").read_text("utf-8")


def test_a_review_that_cannot_read_keeps_the_last_result(review, inspection):
    _, out, _ = review(inspection)
    before = (out / "findings.jsonl").read_bytes()
    (inspection / "claims" / "mdtrt_d.csv").write_bytes(b"")
    code, _, _ = review(inspection)
    assert code == 2
    assert (out / "findings.jsonl").read_bytes() == before


def test_help_loads_nothing_heavy():
    heavy = "torch sentence_transformers chromadb duckdb pyarrow pandas gradio rapidocr sqlalchemy langchain pypdf rich"
    code = (
        "import sys; from review.__main__ import main\n"
        "try: main(['--help'])\n"
        f"except SystemExit: print('loaded:', *[name for name in '{heavy}'.split() if name in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert "检查文件夹" in shown.stdout
    assert shown.stdout.splitlines()[-1].strip() == "loaded:"
