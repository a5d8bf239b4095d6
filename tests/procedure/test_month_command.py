"""The command adds a month, tells what it reviewed, and shows names of departments and doctors to the leader alone."""

import io
import json
import zipfile
from random import Random

import pytest
from month_extracts import add, rules, stay, write_month
from openpyxl import load_workbook

from review.__main__ import main

MONTH = "2024-01"
NAMES = ("试科", "田试医", "甘试")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("month")


@pytest.fixture(scope="module")
def added(home):
    """A watch of seven months, reviewed by quick rules; in the last the bills of one department are far above before."""
    (home / "home").mkdir()
    chance = Random(5)
    for month in range(1, 8):
        name = f"2024-{month:02d}"
        stays = []
        for one in range(120):
            dear = chance.random() < (0.6 if month == 7 and one % 2 else 0.05)
            stays.append(stay(month * 1000 + one, name, amounts=(50, 300 if dear else 40), day=1 + one % 20))
        add(home / "watch", name, write_month(home / name, stays), rules(home / "rules"), home / "home")
    return home


def run(home, monkeypatch, capsys, *options):
    monkeypatch.setenv("MINGJIAN_HOME", str(home / "home"))
    code = main(["month", *map(str, options)])
    said = capsys.readouterr()
    return code, said.out, said.err


def lines(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_the_papers_hold_no_name_and_the_log_holds_none(added, monkeypatch, capsys):
    code, told, _ = run(added, monkeypatch, capsys, added / "watch", "--out", added / "out")
    assert code == 0 and "新增 120 例" in told and "未变 0 例（不再审）" in told
    written = (added / "out" / "序列.jsonl").read_text("utf-8") + (added / "out" / "疑点.jsonl").read_text(
        "utf-8"
    )
    for file in ("月结疑点表.xlsx", "月结疑点报告.docx"):
        with zipfile.ZipFile(io.BytesIO((added / "out" / file).read_bytes())) as packed:
            written += "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    logged = "".join(file.read_text("utf-8") for file in (added / "home" / "logs").glob("*"))
    for name in NAMES:
        assert name not in written and name not in told and name not in logged
    assert {one["level"] for one in lines(added / "out" / "序列.jsonl")} == {"whole", "department", "doctor"}


def test_the_leader_reads_the_names_and_is_noted(added, monkeypatch, capsys):
    out = added / "leader"
    code, told, _ = run(added, monkeypatch, capsys, added / "watch", "--out", out, "--leader", "组长甲")
    assert code == 0 and "试科" not in told
    assert any("试科" in one["name"] for one in lines(out / "序列.jsonl"))
    assert lines(added / "watch" / "leaders.jsonl")[-1]["leader"] == "组长甲"


def test_every_series_has_its_figures_and_what_is_stated(added, monkeypatch, capsys):
    out = added / "figures"
    run(added, monkeypatch, capsys, added / "watch", "--out", out)
    summary = json.loads((out / "月结.json").read_text("utf-8"))
    assert summary["reviewed"]["new"] == 120 and summary["months"]["2024-01"] == 120
    stated = summary["false_alarms"]
    assert (
        stated["expected_in_month"] <= 1.0
        and stated["series_tested"] > 0
        and {one["check"]: one["reason"] for one in summary["not_run"]}["ADM-016"].startswith(
            "与全院的各月住院相互比较"
        )
    )
    series = {(one["rule"], one["level"]): one for one in lines(out / "序列.jsonl")}
    assert series[("CHG-900", "whole")]["state"] == "高于历史" and series[("CHG-901", "whole")]["found"] == 0
    assert series[("CHG-901", "whole")]["state"] == "在历史波动之内"
    assert len(series[("CHG-900", "whole")]["history"]) == 6 and summary["alerts"] >= 2
    book = load_workbook(io.BytesIO((out / "月结疑点表.xlsx").read_bytes()))
    assert {"提示", "按规则", "按科室", "按医生", "各月比率", "本次疑点", "未运行"} <= set(book.sheetnames)


def test_an_earlier_month_with_few_before_it_says_so(added, monkeypatch, capsys):
    out = added / "early"
    assert run(added, monkeypatch, capsys, added / "watch", "--month", "2024-02", "--out", out)[0] == 0
    assert {one["state"] for one in lines(out / "序列.jsonl")} == {"历史不足"}


def test_results_that_stand_are_never_written_over(added, monkeypatch, capsys):
    out = added / "taken"
    out.mkdir()
    (out / "月结.json").write_text("mine", "utf-8")
    code, _, told = run(added, monkeypatch, capsys, added / "watch", "--out", out)
    assert code == 2 and "已有 月结.json" in told
    assert (out / "月结.json").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["{claims}"], "须写明月份；请加 --month"),
        (["{claims}", "--month", "2024-13"], "“2024-13”不是月份；请写成 2024-03"),
        (["{claims}", "--month", "2024/03"], "“2024/03”不是月份"),
        (["--month", "2024-05", "--false-alarms", "0"], "--false-alarms 须大于 0"),
        (["{nowhere}", "--month", "2024-03"], "请核对路径"),
        (["--month", "2030-01"], "在库没有 2030-01；在库的月份：2024-01"),
    ],
    ids=["no month", "thirteenth", "slash", "no alarms", "no file", "month not held"],
)
def test_what_is_wrong_is_named_with_the_remedy(added, monkeypatch, capsys, options, said):
    places = {"claims": str(added / MONTH), "nowhere": str(added / "nowhere")}
    before = (added / "watch" / "watch.json").read_bytes()
    code, _, told = run(
        added, monkeypatch, capsys, added / "watch", *(one.format(**places) for one in options)
    )
    assert code == 2 and said in told and "Traceback" not in told
    assert (added / "watch" / "watch.json").read_bytes() == before


def test_the_innocent_explanations_stand_beside_an_alert(added, monkeypatch, capsys):
    out = added / "explained"
    run(added, monkeypatch, capsys, added / "watch", "--out", out)
    sheet = load_workbook(io.BytesIO((out / "月结疑点表.xlsx").read_bytes()))["提示"]
    said = "".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
    for reason in ("新开的科室", "新到的医生", "编码或对码口径变更", "随季节变化"):
        assert reason in said
    assert "高于历史" in said and "违规" not in said


def test_rules_other_than_those_held_ask_for_a_review_of_all(added, monkeypatch, capsys):
    code, _, told = run(added, monkeypatch, capsys, added / "watch", added / MONTH, "--month", MONTH)
    assert code == 2 and "在库的 840 例都须按新的规则重新审核" in told and "--again" in told


def test_a_first_month_is_taken_in_by_all_rules(home, monkeypatch, capsys):
    claims = write_month(home / "first", [stay(one, MONTH) for one in range(4)])
    code, told, _ = run(home, monkeypatch, capsys, home / "new", claims, "--month", MONTH)
    assert code == 0 and "新增 4 例" in told and "历史不足" in told


def test_a_report_before_any_month_says_what_to_do_first(home, monkeypatch, capsys):
    code, _, told = run(home, monkeypatch, capsys, home / "nothing")
    assert code == 2 and "还没有月结数据" in told and not (home / "nothing").exists()
