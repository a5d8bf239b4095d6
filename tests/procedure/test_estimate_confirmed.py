"""推算 from what experts confirmed: their yuan, the institution heard, nothing while a drawn stay is open."""

import json
from datetime import datetime
from decimal import Decimal

import pytest

from review.__main__ import main
from review.casework.results import Results
from review.store.entries import Press, Reconsideration, Statement
from review.store.store import new_key
from review.violations import VIOLATIONS

TOLD = ("--title", "虚构抽样", "--by", "某甲", "--seed", "03-11-17-22")


@pytest.fixture
def findings(workbench, reviewed):
    """The findings counted in yuan, by stay."""
    results = Results(reviewed / "out")
    stays = {
        stay: [line for line in results.findings.get(stay, ()) if VIOLATIONS[line["violation"]].counted]
        for stay in results.admissions
    }
    results.close()
    return stays


@pytest.fixture
def run(workbench, findings, tmp_path, capsys, monkeypatch):
    """Every stay drawn with certainty, so that the estimate is the sum; `run` gives code, words and figures."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "名单.csv").write_text("\n".join(["编号", *findings]), "utf-8")
    assert main(["draw", "objects", "名单.csv", *TOLD, "--share", "100%", "--out", "证.json"]) == 0

    def estimate(number=[0]):  # noqa: B006 - a file of its own each time
        number[0] += 1
        out = tmp_path / f"推算{number[0]}.json"
        code = main(
            ["estimate", "今年检查", "--certificate", "证.json", "--list", "名单.csv", "--json", str(out)]
        )
        said = capsys.readouterr()
        figures = json.loads(out.read_text("utf-8"))["figures"] if code == 0 else []
        return code, said.out + said.err, {one["name"]: one["value"] for one in figures}

    return estimate


def call(workbench, stay, line, verdict="confirm", amount=None):
    store, key = workbench
    return store.append(Press(new_key(), key, stay, line["id"], verdict, "王敏", amount=amount))


def test_it_is_the_experts_yuan_and_what_the_hearing_left_of_them(workbench, findings, run):
    store, key = workbench
    lines = [(stay, line) for stay, own in findings.items() for line in own]
    assert len(lines) > 3
    for stay, line in lines[1:]:
        call(workbench, stay, line, "reject")
    code, said, _ = run()
    assert code == 2 and "还有 1 项疑点待定或待补" in said and "Traceback" not in said
    made = call(workbench, *lines[0], amount="12.50")
    code, said, figures = run()
    assert (code, figures["有涉费确认事项的住院"], figures["确认事项金额（分层扩张估计）"]) == (0, 1, 12.5)
    assert "专家逐例确认" in said and "程序审核结果" not in said
    stay, line = lines[0]
    case = store.case_keys(key, [stay])
    at = datetime(2026, 3, 2)
    said_of_it = Statement(new_key(), key, stay, line["id"], "object", "有记录", None, "", "", "陈立群", at)
    store.hearings.state([said_of_it], case)
    outcome = Reconsideration(
        new_key(), key, stay, line["id"], said_of_it.key, made.seq, "reduced", "2.50", "成立", "王敏", at
    )
    store.hearings.reconsider(outcome, case[stay])
    assert Decimal(str(run()[2]["确认事项金额（分层扩张估计）"])) == Decimal("2.5")


def test_an_inspection_that_is_not_there_is_told(run, workbench, capsys):
    assert main(["estimate", "别的检查", "--certificate", "证.json", "--list", "名单.csv"]) == 2
    assert "没有已审核的检查“别的检查”" in capsys.readouterr().err
