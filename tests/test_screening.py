"""Screening says of an extract what the review says of the same claims; it survives broken rules and being stopped."""

import json
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evals.labelled import read_lines
from review.__main__ import main
from review.checks.header import make_header
from review.checks.registry import Check
from review.errors import InputError
from review.own_rules import own_rules
from review.screening.run import Options, screen, screened_checks
from review.settled import ADOPTED, RuleChange, Settled

ROOT = Path(__file__).parent.parent
CASES = [
    ROOT / "demo" / "mountain-county-2024",
    ROOT / "evals" / "cases" / "lake-district-2025",
    ROOT / "evals" / "cases" / "plain-county-2024",
]
SAME = ("id", "check", "violation", "certainty", "admission_id", "charge_ids", "message", "counted_in")
YUAN = ("amount", "fund_amount", "counted_amount")
# a check that reads records words its finding, and what it could not look at, by more than the claims
READS_RECORDS = frozenset(check.header.code for check in screened_checks() if check.function is not None)


def claims_only(folder, target):
    """The same inspection without the hospital's tables and the records."""
    shutil.copytree(folder / "claims", target / "claims")
    shutil.copy(folder / "inspection.yaml", target / "inspection.yaml")
    return target


def reviewed(folder, out, home, monkeypatch):
    monkeypatch.setenv("MINGJIAN_HOME", str(home))
    assert main([str(folder), "--out", str(out), "--quiet"]) == 0
    screened = {check.header.code for check in screened_checks()}
    return [finding for finding in read_lines(out / "findings.jsonl") if finding["check"] in screened]


def told(finding):
    return {
        **{
            name: list(finding[name]) if name == "charge_ids" else finding[name]
            for name in SAME
            if name != "counted_in" and not (name == "message" and finding["check"] in READS_RECORDS)
        },
        **{
            name: None if finding[name] is None else Decimal(str(finding[name])).quantize(Decimal("0.01"))
            for name in YUAN[:2]
        },
    }


def run_screen(folder, out, home, checks=None, **more):
    return screen(Options((folder,), out, **more), home, lambda line: None, checks)


@pytest.mark.slow
@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_screening_finds_what_the_review_of_the_same_claims_finds(folder, tmp_path, monkeypatch):
    inspection = claims_only(folder, tmp_path / folder.name)
    expected = reviewed(inspection, tmp_path / "reviewed", tmp_path / "home", monkeypatch)
    done = run_screen(inspection, tmp_path / "out.parquet", tmp_path / "home")
    found = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [run.code for run in done.runs if run.stays("failed")] == []
    assert [told(finding) for finding in found] == [told(finding) for finding in expected]
    results = read_lines(tmp_path / "reviewed" / "checks.jsonl")
    for run in done.runs:
        if run.code in READS_RECORDS:
            continue
        for outcome in ("found", "clear", "not_applicable", "not_checked"):
            wanted = sum(one["check"] == run.code and one["outcome"] == outcome for one in results)
            assert (run.code, outcome, run.stays(outcome)) == (run.code, outcome, wanted)


def rule(
    file, code, findings, examined="select admission_id, 'clear' as outcome, null as reason from admissions"
):
    header = make_header(
        {
            "code": code,
            "title": "试验规则",
            "violation": "duplicate_charge",
            "certainty": "probable",
            "basis": ["医疗保障基金使用监督管理条例#第三十八条（三）"],
            "message": "试验",
            "why": "试验",
        },
        "试验",
    )
    file.write_text(findings, "utf-8")
    return Check(header, file, examined, findings)


SOUND = "select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(amount) as amount from charges group by admission_id"
CROSS = "select a.admission_id, max(concat(a.charge_id, b.charge_id, c.charge_id, d.charge_id, e.charge_id)) as said from charges a, charges b, charges c, charges d, charges e, charges f, charges g, charges h, charges i, charges j group by a.admission_id"
PILE = "select min(admission_id) as admission_id, array_agg(said) as points_at from (select a.admission_id, concat(repeat(a.charge_id, 50), b.charge_id, c.charge_id) as said from charges a, charges b, charges c, charges d, charges e, charges f, charges g, charges h) as x"


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        ("select admission_id, not_there from charges", "没有“not_there”这一列"),
        ("select admission_id from nowhere", "没有“nowhere”这张表"),
        ("select admission_id from charges where amount > $most", "没有给出限值“most”"),
        ("select admission_id, unheard_of(amount) from charges", "没有“unheard_of”这个函数"),
        ("select admission_id from from charges", "SQL 写法有误"),
        (CROSS, "超过 2 秒"),
        (PILE, "所需内存超过 0.3 GB"),
    ],
    ids=["column", "table", "limit", "function", "syntax", "seconds", "memory"],
)
def test_a_broken_rule_fails_alone_and_says_why(findings, reason, inspection, tmp_path):
    checks = (rule(tmp_path / "one.sql", "CHG-901", findings), rule(tmp_path / "two.sql", "CHG-902", SOUND))
    seconds = 2 if findings == CROSS else 60
    done = run_screen(
        inspection, tmp_path / "out.parquet", tmp_path / "home", checks, memory=0.3, seconds=seconds
    )
    broken, sound = done.runs
    assert broken.stays("failed") == 2 and broken.findings == 0
    assert "one.sql：" in broken.outcomes[0][1] and reason in broken.outcomes[0][1]
    assert sound.stays("found") == 2
    assert {row["check"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()} == {"CHG-902"}


OWN = """/*
code: CHG-901
title: 试验规则
violation: duplicate_charge
certainty: probable
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
message: 试验
why: 试验
*/
-- examined
select admission_id, 'clear' as outcome, null as reason from admissions

-- findings
select admission_id, array_sort(array_agg(charge_id)) as charge_ids from charges group by admission_id
"""


def test_a_rule_file_of_ones_own_counts_in_a_screening_once_adopted(inspection, tmp_path):
    home = tmp_path / "home"
    (home / "rules").mkdir(parents=True)
    (home / "rules" / "own.sql").write_text(OWN, "utf-8")
    [own] = own_rules(home)
    options = Options((inspection,), tmp_path / "found.parquet")
    adopted = RuleChange(1, "", "CHG-901", ADOPTED, own.sha256, "试验", "演示", datetime(2026, 1, 1))
    waiting = screen(options, home, lambda line: None)
    counting = screen(options, home, lambda line: None, settled=Settled(changes=(adopted,)))
    assert [run.code for run in waiting.runs if run.code == "CHG-901"] == []
    assert [run.stays("found") > 0 for run in counting.runs if run.code == "CHG-901"] == [True]
    assert "CHG-901" in set(pq.read_table(options.out)["check"].to_pylist())


def test_a_run_takes_up_after_the_last_finished_rule_and_runs_a_changed_rule_again(inspection, tmp_path):
    checks = (rule(tmp_path / "one.sql", "CHG-901", SOUND), rule(tmp_path / "two.sql", "CHG-902", SOUND))
    out = tmp_path / "out.parquet"

    def stopped(line):
        if "CHG-902" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen(Options((inspection,), out), tmp_path / "home", stopped, checks)
    assert not out.exists()
    done = run_screen(inspection, out, tmp_path / "home", checks)
    assert [run.reused for run in done.runs] == [True, True] and done.findings == 4
    changed = (checks[0], rule(tmp_path / "two.sql", "CHG-902", f"{SOUND} having sum(amount) > 200"))
    done = run_screen(inspection, out, tmp_path / "home", changed)
    assert [run.reused for run in done.runs] == [True, False] and done.findings == 3
    fees = inspection / "claims" / "fee_list_d.csv"
    fees.write_text(fees.read_text("utf-8").replace("40,40,40", "41,41,41"), "utf-8")
    done = run_screen(inspection, out, tmp_path / "home", changed)
    assert [run.reused for run in done.runs] == [False, False]


def test_the_report_says_what_was_not_looked_at_and_why(inspection, tmp_path, monkeypatch):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    out = tmp_path / "out.parquet"
    assert main(["screen", str(inspection), "--out", str(out), "--region", "229900", "--memory", "1GB"]) == 0
    report = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert report["rows"] == {"mdtrt_d": 2, "setl_d": 2, "fee_list_d": 11}
    assert set(report["rules"]) == {check.header.code for check in screened_checks()}
    assert "CHG-016" in report["not_screened"]
    for told_of in report["rules"].values():
        assert sum(one["stays"] for one in told_of["outcomes"]) == 2
        assert all(
            one["reason"] for one in told_of["outcomes"] if one["outcome"] in ("not_checked", "failed")
        )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "claims" / "fee_list_d.csv").unlink(), "里没有费用明细 fee_list_d"),
        (
            lambda folder: (folder / "claims" / "mdtrt_d.csv").write_text("psn_no\n1\n", "utf-8"),
            "缺少必需列 mdtrt_id",
        ),
        (lambda folder: (folder / "claims" / "fee_list_d.csv").write_text("", "utf-8"), "是空文件"),
    ],
    ids=["no fee list", "no column", "empty"],
)
def test_an_extract_that_cannot_be_read_is_named_with_its_remedy(spoil, said, inspection, tmp_path):
    spoil(inspection)
    with pytest.raises(InputError, match=said):
        run_screen(inspection, tmp_path / "out.parquet", tmp_path / "home", ())


def test_lines_are_read_as_the_intake_reads_them(inspection, tmp_path):
    fees = inspection / "claims" / "fee_list_d.csv"
    lines = fees.read_text("utf-8").splitlines()
    lines[1] = (
        lines[1]
        .replace("2024-03-01 23:30:00", "2024年3月1日23时30分")
        .replace(",1,40,40,", ',1,¥40.00,"40.0",')
    )
    lines.append(lines[2])  # exported twice
    lines.append(lines[3].replace(",1,40,40,", ",-1,40,-40,"))  # a refund that repeats its original's number
    fees.write_text("\n".join(lines) + "\n", "gb18030")
    checks = (rule(tmp_path / "one.sql", "CHG-901", SOUND),)
    done = run_screen(inspection, tmp_path / "out.parquet", tmp_path / "home", checks)
    amounts = [float(row["amount"]) for row in pq.read_table(tmp_path / "out.parquet").to_pylist()]
    assert amounts == [160.0, 240.0]
    assert any("流水号重复" in note for note in done.notes)
