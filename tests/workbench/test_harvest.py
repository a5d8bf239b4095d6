"""From a reviewed inspection to a case of the evaluations: the experts' calls, and nobody's name."""

import csv
from pathlib import Path

import pytest
from demonstration import DEMO

from evals.__main__ import main
from evals.labelled import read_lines
from evals.verdicts import Measure, read_verdicts
from review.audit import ACTS
from review.pages.calling import adjudicate, decide
from review.settings import Settings
from review.store.accounts import Person
from review.store.entries import TrailFilter, User
from review.store.pairs import FIRST, SECOND
from review.store.store import new_key

WANG, ZHOU = (Person(name, ("专家",)) for name in ("王敏儿", "周岚因"))


@pytest.fixture
def workbench(desk, tmp_path, monkeypatch):
    """The settings of the desk, as the command reads them."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path))
    monkeypatch.setenv("MINGJIAN_DATABASE", url)
    return Settings.from_environment()


@pytest.fixture
def calls(desk, key, case, leader):
    """What two experts and a leader called on the demonstration, by finding: confirmed, rejected, left, ruled."""
    for person in (WANG, ZHOU):
        desk.store.people.add(User(person.name, "x", ("专家",)), leader.name)
    results = desk.results(desk.inspection(key))
    stays = list(results.admissions)
    findings = [line for stay in stays for line in results.findings.get(stay, [])]
    twice = next(stay for stay, group in results.findings.items() if len(group) > 1)
    desk.store.pairs.assign(key, FIRST, dict.fromkeys(stays, WANG.name), leader.name)
    desk.store.pairs.assign(key, SECOND, {twice: ZHOU.name}, leader.name)

    def call(person, line, verdict, **more):
        press = {
            "press": new_key(),
            "case": case(line["admission_id"]),
            "finding": line["id"],
            "verdict": verdict,
        }
        assert decide(desk, person, press | {"reasons": [f"{WANG.name}与孟庆阳主任核过"]} | more)["ok"]

    edited = next(line for line in findings if line["amount"] and line["admission_id"] != twice)
    rest = [line for line in findings if line["admission_id"] != twice and line is not edited]
    rejected, left = rest[0], rest[1]
    ruled = results.findings[twice][0]
    for line in findings:
        if line not in (edited, rejected, left):
            call(WANG, line, "confirm")
    call(WANG, edited, "confirm", amount="12.34")
    call(WANG, rejected, "reject")
    call(ZHOU, ruled, "reject")
    ruling = {"press": new_key(), "case": case(twice), "finding": ruled["id"], "choice": "first"}
    adjudicate(desk, leader, ruling | {"reason": "病程可证"})
    confirmed = [line for line in findings if line not in (rejected, left)]
    return {"confirmed": confirmed, "edited": edited, "rejected": rejected, "left": left, "all": findings}


def identifiers():
    """What the demonstration's own tables hold of people, read without the product."""
    names = ("psn_name", "chfpdr_name", "bilg_dr_name", "acord_dr_name", "oper_dr_name", "anst_dr_name")
    names += ("mdtrt_id", "psn_no", "certno", "ipt_otp_no", "medrcdno", "setl_id", "bkkp_sn", "rx_drord_no")
    names += ("fixmedins_code", "fixmedins_name")
    names += ("记录护士", "检验者姓名", "手术者姓名", "麻醉者姓名", "样本编号", "住院号")
    found = {"山岭", "王敏儿", "周岚因", "陈立群"}
    for file in (*DEMO.glob("claims/*.csv"), *DEMO.glob("hospital/*.csv")):
        content = file.read_bytes()
        encoding = (
            "utf-8-sig" if file.parent.name == "claims" or content[:3] == b"\xef\xbb\xbf" else "gb18030"
        )
        for row in csv.DictReader(content.decode(encoding).splitlines()):
            found |= {row[name] for name in names if row.get(name)}
    return {one for one in found if len(one) > 1 and any(sign not in "0*" for sign in one)}


def test_a_harvested_case_says_what_the_experts_said_and_names_nobody(
    workbench, desk, key, calls, tmp_path, capsys
):
    out = tmp_path / "cases" / "harvested"
    assert main(["harvest", "示例检查", str(out)]) == 0
    told = capsys.readouterr().out
    assert f"应发现 {len(calls['confirmed'])} 项，不应发现 1 项" in told and "未决 1 项" in told

    sought = identifiers()
    assert len(sought) > 1500
    files = [file for file in out.rglob("*") if file.is_file()]
    text = "\n".join(f"{file.relative_to(out)} {file.read_bytes().decode()}" for file in files)
    assert [one for one in sought if one in text] == []

    assert main(["score", str(out), "--out", str(tmp_path / "run")]) == 0
    verdicts = read_verdicts(tmp_path / "run")
    recall = [one for one in verdicts if one.measure == Measure.RECALL]
    assert len(recall) == len(calls["confirmed"]) and all(one.right for one in recall)
    amounts = [one for one in verdicts if one.measure == Measure.AMOUNT and not one.right]
    assert [(one.wanted, one.told) for one in amounts] == [("12.34", f"{calls['edited']['amount']:.2f}")]
    spared = [one for one in verdicts if one.measure == Measure.NEAR_MISS]
    assert [(one.violation, one.right) for one in spared] == [(calls["rejected"]["violation"], False)]
    quotes = [one for one in verdicts if one.measure == Measure.QUOTE]
    assert quotes and all(one.right for one in quotes)
    found = read_lines(tmp_path / "run" / "harvested" / "findings.jsonl")
    assert marks(found) == marks(calls["all"])
    judged = {one.key for one in verdicts if one.measure == Measure.PRECISION}
    assert len(found) - len(judged) == 1  # what nobody called is not judged
    (noted,) = desk.store.trail.lines(TrailFilter(act="harvest"))
    assert (noted.inspection, noted.after, noted.act in ACTS) == (key, str(len(recall) + 1), True)


def marks(findings):
    return sorted((line["check"], str(line["amount"]), line["certainty"]) for line in findings)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("没有的检查", "没有名称或编号为“没有的检查”的检查"), ("示例检查", "还没有专家决定")],
)
def test_what_cannot_be_harvested_is_refused_with_the_reason(workbench, tmp_path, capsys, wanted, said):
    assert main(["harvest", wanted, str(tmp_path / "case")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "case").exists()


def test_an_inspection_that_was_never_reviewed_or_is_gone_is_refused(workbench, desk, key, tmp_path, capsys):
    desk.store.add_inspection("新检查", "某医院", tmp_path, "演示")
    desk.store.add_inspection("新检查二", "某医院", Path("/nowhere"), "演示")
    assert main(["harvest", "新检查", str(tmp_path / "case")]) == 2
    assert "还没有审核过" in capsys.readouterr().err
    desk.store.update_inspection(key, folder=str(tmp_path / "gone"))
    assert main(["harvest", key, str(tmp_path / "case")]) == 2
    assert "已不在" in capsys.readouterr().err


def test_without_a_workbench_nothing_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "empty"))
    monkeypatch.delenv("MINGJIAN_DATABASE", raising=False)
    assert main(["harvest", "示例检查", str(tmp_path / "case")]) == 2
    assert "还没有工作台的数据库" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
