"""The audit command and the words of a line."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from review.__main__ import main
from review.audit import ACTS, said, subject_said
from review.store.entries import TrailLine
from review.store.store import Store

REVIEW = Path(__file__).parent.parent / "review"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path))
    monkeypatch.delenv("MINGJIAN_DATABASE", raising=False)
    return tmp_path


@pytest.fixture
def trailed(home):
    store = Store.open(f"sqlite:///{home / 'mingjian.sqlite3'}")
    for number in range(3):
        store.write_trail("王敏", "export_talk", subject=str(number))
    yield store
    store.close()


def line(act, subject="", before="", after=""):
    return TrailLine(1, datetime(2026, 1, 5), "王敏", act, "", subject, before, after, "")


def test_a_whole_chain_is_told_with_its_count_and_a_line_to_note_down(trailed, capsys):
    assert main(["audit", "verify"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "哈希链完整，3 条。"
    noted = told[1].removeprefix("末行 ")
    trailed.write_trail("王敏", "export_talk")
    assert main(["audit", "verify", "--known", noted]) == 0
    assert main(["audit", "verify", "--known", f"3:{'0' * 64}"]) == 1
    assert "第 3 条与抄录的哈希不同" in capsys.readouterr().out


def test_a_line_changed_by_hand_is_named_and_the_exit_says_so(trailed, capsys):
    with trailed._engine.begin() as connection:
        connection.execute(text("drop trigger trail_no_update"))
        connection.execute(text("update trail set who = '别人' where seq = 2"))
    assert main(["audit", "verify"]) == 1
    assert capsys.readouterr().out == "哈希链在此断开：第 2 条与它的哈希不符。\n"


def test_without_a_database_nothing_is_made_and_the_remedy_is_told(home, capsys):
    assert main(["audit", "verify"]) == 2
    assert "MINGJIAN_HOME" in capsys.readouterr().err
    assert list(home.glob("*.sqlite3")) == []


@pytest.mark.parametrize("wrong", ["3", "0:" + "0" * 64, "3:xyz"])
def test_a_line_noted_down_wrongly_is_refused(home, wrong, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["audit", "verify", "--known", wrong])
    assert stopped.value.code == 2
    assert "请照抄" in capsys.readouterr().err


def test_every_act_that_is_written_has_a_name():
    written = re.compile(r"""(?:write_trail|pen\.write|trail\.write)\(\s*[\w.]+,\s*"([a-z_]+)\"""")
    acts = {act for file in REVIEW.rglob("*.py") for act in written.findall(file.read_text("utf-8"))}
    assert {"open_case", "export_talk", "sign_in_failed"} <= acts
    assert acts - set(ACTS) == set()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            line("decide", after=json.dumps({"verdict": "confirm", "amount": "576.00"})),
            ("", "确认 576.00 元"),
        ),
        (line("undo", before='{"verdict": "ask"}', after='{"verdict": "undo"}'), ("待补材料", "撤销")),
        (line("change_rule", before="3", after="恢复默认"), ("3", "恢复默认")),
        (line("change_rule", after="true"), ("", "是")),
        (line("locked", before="name", after="2026"), ("", "姓名锁定 15 分钟")),
        (line("unlock", before="address"), ("地址锁定", "可再试")),
        (line("chain_begins", after='{"carried": 1204}'), ("", "承接 1,204 条")),
        (line("change_roles", before="专家", after="组长、专家"), ("专家", "组长、专家")),
    ],
)
def test_a_line_is_told_in_words(given, told):
    assert said(given) == told


def test_a_part_of_a_check_is_named():
    assert subject_said(line("change_rule", "CHG-004 limit:most")) == "CHG-004 限值 most"
    assert subject_said(line("change_rule", "CHG-004 off")) == "CHG-004 停用"
