"""The command from a certificate and a results folder to an estimate: what counts, what is refused, and its words."""

import io
import json
from decimal import Decimal

import docx
import pytest

from review.__main__ import main
from review.amounts import count_once
from review.models import Finding
from review.outputs import as_json
from review.procedure.estimate_report import MARK
from review.violations import Certainty, Family

TOLD = ("--title", "虚构医院抽样", "--by", "某甲", "--seed", "03-11-17-22")


def finding(stay, check, violation, amount, *, certainty=Certainty.PROBABLE, lines=("1",)):
    return Finding(
        f"{stay}-{check}", stay, check, Family.CHARGES, violation, certainty, "题", "文",
        charge_ids=lines, amount=None if amount is None else Decimal(amount),
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch, capsys):
    """A list of 300 invented stays, 60 drawn; every third drawn stay has findings. `run` gives code and words."""
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    rows = [f"A{n:03d},{'外科' if n % 3 else '内科'},{1000 + 10 * n}" for n in range(300)]
    (tmp_path / "名单.csv").write_text("\n".join(["mdtrt_id,科室,总费用", *rows]), "utf-8")

    def run(*arguments):
        code = main([*arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out + said.err

    draw = ("draw", "objects", "名单.csv", "--id", "mdtrt_id", *TOLD, "--total", "60", "--by-stratum", "科室")
    assert run(*draw, "--out", "证.json")[0] == 0
    drawn = [one["key"] for one in json.loads((tmp_path / "证.json").read_text("utf-8"))["result"]["drawn"]]
    write(tmp_path, drawn)
    return run, tmp_path, drawn


def write(tmp_path, stays, hit=lambda place: place % 3 == 0):
    """What the review writes of these stays: an overlapping pair, a clue and a defect of writing on each hit one."""
    found = [
        one
        for place, stay in enumerate(stays)
        if hit(place)
        for one in (
            finding(stay, "CHG-1", "duplicate_charge", "80.00"),
            finding(stay, "CHG-2", "over_standard_charge", "60.00"),
            finding(stay, "CHG-3", "excessive_service", "500.00", certainty=Certainty.CLUE),
            finding(stay, "DOC-1", "documentation_defect", None),
        )
    ]
    once = count_once(found, {(stay, "1"): Decimal("100.00") for stay in stays})
    results = tmp_path / "结果"
    results.mkdir(exist_ok=True)
    (results / "findings.jsonl").write_text("".join(json.dumps(as_json(one)) + "\n" for one in once), "utf-8")
    checks = [{"admission_id": stay, "check": "CHG-1", "outcome": "clear"} for stay in stays]
    (results / "checks.jsonl").write_text("".join(json.dumps(one) + "\n" for one in checks), "utf-8")


ESTIMATE = ("estimate", "结果", "--certificate", "证.json", "--list", "名单.csv")


def test_the_estimate_counts_overlapping_yuan_once_and_says_what_it_is(folder):
    run, tmp_path, drawn = folder
    code, said = run(
        *ESTIMATE,
        "--charges",
        "总费用",
        "--precision",
        "20%",
        "--margin",
        "5%",
        "--json",
        "推.json",
        "--word",
        "推.docx",
    )
    assert code == 0 and MARK in said
    made = json.loads((tmp_path / "推.json").read_text("utf-8"))
    assert (made["kind"], made["mark"], made["population"], made["drawn"]) == ("estimate", MARK, 300, 60)
    figures = {one["name"]: one for one in made["figures"]}
    share = figures["有涉费疑点的住院占全部住院"]
    # 20 of 60 stays, each with 80 yuan: the 60 of the same line stand in the 80 already
    hits = {stratum: 0.0 for stratum in ("内科", "外科")}
    for place, key in enumerate(drawn):
        hits["内科" if int(key[1:]) % 3 == 0 else "外科"] += place % 3 == 0
    sizes = {
        one["stratum"]: one["random"]
        for one in json.loads((tmp_path / "证.json").read_text("utf-8"))["result"]["strata"]
    }
    expected = 100 * hits["内科"] / sizes["内科"] + 200 * hits["外科"] / sizes["外科"]
    assert share["value"] == pytest.approx(expected / 300)
    assert figures["疑点金额（分层扩张估计）"]["value"] == pytest.approx(80 * expected)
    assert figures["涉费疑点"]["value"] == pytest.approx(2 * expected)
    assert figures["疑点金额（比率估计，借总费用）"]["low"] < 80 * expected
    types = {one["type"]: one for one in made["by_type"]}
    assert set(types) == {"重复收费", "超标准收费"}
    assert types["重复收费"]["yuan"]["value"] == pytest.approx(80 * expected)
    assert types["超标准收费"]["yuan"]["value"] == 0
    assert len(made["needed"]) == 2
    assert any("不足 60 例" in note for note in made["notes"])
    assert any("哈希之外" in note or "不在抽取证书的哈希之内" in note for note in made["notes"])
    document = docx.Document(io.BytesIO((tmp_path / "推.docx").read_bytes()))
    assert any(paragraph.text == MARK for paragraph in document.paragraphs)


def test_no_finding_at_all_is_an_estimate_of_zero_without_an_interval_of_yuan(folder):
    run, tmp_path, drawn = folder
    write(tmp_path, drawn, hit=lambda place: False)
    code, said = run(*ESTIMATE)
    assert code == 0
    assert "疑点金额（分层扩张估计）：约 0 元（95% 区间 样本不能给出）" in said
    assert "有涉费疑点的住院占全部住院：约 0.00%（95% 区间 0.00% 至 " in said
    code, said = run(*ESTIMATE, "--precision", "10%")
    assert code == 2 and "请改用 --margin" in said


def test_stays_that_were_not_drawn_are_left_aside_and_said(folder):
    run, tmp_path, drawn = folder
    others = sorted({f"A{n:03d}" for n in range(300)} - set(drawn))[:5]
    before = run(*ESTIMATE)[1]
    write(tmp_path, [*drawn, *others], hit=lambda place: place % 3 == 0 or place >= 60)
    after = run(*ESTIMATE)[1]
    assert "另有 5 例不在随机样本内" in after
    assert [line for line in after.splitlines() if "约" in line] == [
        line for line in before.splitlines() if "约" in line
    ]


def test_a_drawn_stay_without_a_review_is_refused_unless_a_reason_is_given(folder):
    run, tmp_path, drawn = folder
    write(tmp_path, drawn[:-2])
    code, said = run(*ESTIMATE)
    assert code == 2 and "抽中的 2 例没有审核结果" in said and drawn[-1] in said
    code, said = run(*ESTIMATE, "--missing", "病历被公安机关调取")
    assert code == 0 and "抽中的 2 例没有审核结果（病历被公安机关调取），推算时假定" in said


def test_a_certificate_that_does_not_fit_is_refused(folder):
    run, tmp_path, _ = folder
    text = (tmp_path / "名单.csv").read_text("utf-8")
    (tmp_path / "名单.csv").write_text(text.replace("A299,外科", "A299,内科"), "utf-8")
    code, said = run(*ESTIMATE)
    assert code == 2 and "证书与名单核对不上" in said
    (tmp_path / "名单.csv").write_text(text, "utf-8")
    made = (tmp_path / "证.json").read_text("utf-8")
    (tmp_path / "证.json").write_text(made.replace("某甲", "某乙"), "utf-8")
    assert "核对不上" in run(*ESTIMATE)[1]


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("findings.jsonl", "{", "findings.jsonl 读不出来"),
        ("findings.jsonl", "[]\n", "findings.jsonl 读不出来"),
        ("findings.jsonl", '{"admission_id": "A001"}\n', "没有 violation"),
        ("findings.jsonl", '{"admission_id": "A001", "violation": "x", "certainty": "probable"}\n', "不认识"),
        (
            "findings.jsonl",
            '{"admission_id": "A001", "violation": "duplicate_charge", "certainty": "probable", "amount": 5, "counted_amount": null}\n',
            "counted_amount",
        ),
        ("checks.jsonl", '{"check": "C"}\n', "没有 admission_id"),
        ("checks.jsonl", '{"admission_id": "B1", "outcome": "clear"}\n', "都没有审核结果"),
        ("checks.jsonl", None, "读不到 checks.jsonl"),
    ],
)
def test_results_that_cannot_be_used_are_refused_in_words(folder, file, text, word):
    run, tmp_path, _ = folder
    if text is None:
        (tmp_path / "结果" / file).unlink()
    else:
        (tmp_path / "结果" / file).write_text(text, "utf-8")
    code, said = run(*ESTIMATE)
    assert code == 2 and word in said and said.startswith("不能推算：") and said.endswith("。\n")


def test_no_file_is_written_over(folder):
    run, tmp_path, _ = folder
    (tmp_path / "推.json").write_text("", "utf-8")
    assert run(*ESTIMATE, "--json", "推.json") == (
        2,
        "不能推算：推.json 已存在；请换文件名，或先移走原来的文件。\n",
    )


def test_the_size_of_a_first_sample_is_told(folder):
    run, _, _ = folder
    code, said = run("estimate", "size", "--admissions", "3000", "--margin", "5%")
    assert code == 0 and "误差不超过 5 个百分点：简单随机约需抽取 341 例" in said
    code, said = run("estimate", "size", "--admissions", "3000", "--margin", "150%")
    assert code == 2 and "超过 100%" in said
