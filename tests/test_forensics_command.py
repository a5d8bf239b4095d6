"""The command that compares PDFs, and a whole review of a record that was changed: from the file to the finding."""

import json

import pytest
from altered_pdf import puts as placed
from altered_pdf import record, rewrite, sign, with_words
from made_pdf import write_pdf

from review.__main__ import main
from review.pipeline import review_inspection

STAYS = (
    "mdtrt_id,psn_no,psn_name,gend,ipt_otp_no,begntime,endtime\n"
    "S1,P1,周文远,1,ZY20240311,2024-03-11 08:00:00,2024-03-19 10:00:00\n"
    "S2,P2,何建国,1,ZY20240312,2024-03-11 08:00:00,2024-03-19 10:00:00\n"
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_two_files_are_compared_from_the_command_line(home, tmp_path, capsys):
    one = record(tmp_path / "a.pdf")
    other = write_pdf(tmp_path / "b.pdf", [placed(with_words(("社区获得性肺炎", "肺恶性肿瘤")))])
    assert main(["compare", str(one), str(other)]) == 0
    assert "第 1 页“出院诊断”处诊断由“社区获得性肺炎”改为“肺恶性肿瘤”" in capsys.readouterr().out


def test_the_revisions_of_one_file_are_compared_and_the_base_rate_is_said(home, tmp_path, capsys):
    one = rewrite(record(tmp_path / "a.pdf"), ("118", "58"), when=b"20250306093000")
    assert main(["compare", str(one)]) == 0
    said = capsys.readouterr().out.replace("\n", "")
    assert "数值由“118”改为“58”，2025-03-06 09:30 保存" in said
    assert "约 6%" in said
    assert main(["compare", str(one), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["signs"][0]["after"] == "58"


def test_a_file_that_is_none_is_refused_with_a_sentence(home, tmp_path, capsys):
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
    assert main(["compare", str(tmp_path / "坏.pdf")]) == 2
    assert main(["compare", str(tmp_path / "无.pdf")]) == 2
    said = capsys.readouterr().err
    assert "坏.pdf：PDF 损坏或不完整" in said and "找不到文件" in said


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_changed_record_becomes_a_finding_with_file_page_and_quote(home, tmp_path):
    folder = tmp_path / "检查"
    (folder / "claims").mkdir(parents=True)
    (folder / "claims" / "mdtrt_d.csv").write_text(STAYS, "utf-8")
    for stay in ("S1", "S2"):
        (folder / "records" / stay).mkdir(parents=True)
    rewrite(record(folder / "records" / "S1" / "出院记录.pdf"), ("118", "58"), when=b"20250306093000")
    sign(record(folder / "records" / "S2" / "出院记录.pdf"))
    review = review_inspection(folder, tmp_path / "out", home=home)
    (finding,) = (finding for finding in review.findings if finding.check == "DOC-022")
    assert (finding.admission_id, finding.certainty, finding.violation) == (
        "S1",
        "probable",
        "forged_document",
    )
    assert "第 1 页“血红蛋白”处数值由“118”改为“58”，2025-03-06 09:30 保存" in finding.message
    (evidence,) = finding.evidence
    assert (evidence.source, evidence.page) == ("records/S1/出院记录.pdf", 1)
    assert "血红蛋白 58g/L" in evidence.quote
    outcomes = {
        result.admission_id: str(result.outcome) for result in review.results if result.check == "DOC-022"
    }
    assert outcomes == {"S1": "found", "S2": "clear"}
    again = review_inspection(folder, tmp_path / "out2", home=home)
    assert (tmp_path / "out" / "findings.jsonl").read_bytes() == (
        tmp_path / "out2" / "findings.jsonl"
    ).read_bytes()
    assert again.seconds["查看 PDF 版本"] < 0.5
