import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evals.chat import comparable
from evals.questions import is_family, read_questions, same_place
from knowledge.holding.adding import add_paths

ROOT = Path(__file__).parents[1]
QUESTION = {
    "id": "q1",
    "question": "某办法里普通会诊几小时内完成？",
    "kind": "numeric",
    "gold": [{"document": "某办法", "passage": "第1条"}],
    "answer_facts": ["四十八小时内"],
    "as_of": None,
}


@pytest.fixture
def files(tmp_path):
    questions = tmp_path / "题.jsonl"
    questions.write_text(json.dumps(QUESTION, ensure_ascii=False) + "\n", encoding="utf-8")
    (tmp_path / "某办法.md").write_text(
        "<!--\n标题: 某办法\n-->\n第一条 普通会诊应当在48小时内完成。\n第二条 急会诊应当在10分钟内到场。\n",
        encoding="utf-8",
    )
    add_paths(tmp_path / "home", [tmp_path / "某办法.md"])
    return tmp_path


def run(home, *arguments):
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, "MINGJIAN_HOME": str(home), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_ways_of_citing_a_place_are_compared_as_one():
    right = frozenset({same_place("《某办法》", "第38条")})
    assert same_place("某办法", "第三十八条") in right
    assert is_family(same_place("某办法", "第三十八条（三）"), right)
    assert not is_family(same_place("某办法", "第三十九条"), right)


def test_numbers_are_equal_however_they_are_written():
    assert comparable("四十八 小时内") == comparable("48小时内")
    assert comparable("一万元以上三万元以下") == comparable("1万元以上3万元以下")


def test_line_that_is_no_question_is_named(tmp_path):
    (tmp_path / "题.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"题.jsonl 第 1 行"):
        read_questions(tmp_path / "题.jsonl")


def test_retrieval_writes_hits_and_prints_figures(files):
    done = run(
        files / "home",
        "evals",
        "retrieval",
        "--questions",
        str(files / "题.jsonl"),
        "--out",
        str(files / "果.jsonl"),
    )
    assert done.returncode == 0, done.stderr
    written = json.loads((files / "果.jsonl").read_text(encoding="utf-8"))
    assert written["id"] == "q1"
    assert {key: written["hits"][0][key] for key in ("document", "passage")} == {
        "document": "某办法",
        "passage": "第一条",
    }
    assert "1.000 [1.000, 1.000]" in done.stdout


def test_chat_writes_answers_and_prints_figures(files):
    done = run(
        files / "home",
        "evals",
        "chat",
        "--questions",
        str(files / "题.jsonl"),
        "--out",
        str(files / "答.jsonl"),
    )
    assert done.returncode == 0, done.stderr
    written = json.loads((files / "答.jsonl").read_text(encoding="utf-8"))
    assert (written["id"], written["refused"]) == ("q1", False)
    assert written["citations"][0] == {
        "document": "某办法",
        "passage": "第一条",
        "quote": "第一条 普通会诊应当在48小时内完成。",
    }


def test_command_line_searches_asks_and_lists(files):
    found = json.loads(run(files / "home", "knowledge", "search", "会诊几小时", "--json").stdout)
    assert {"document", "passage", "text", "score", "in_force_from", "in_force_to", "source"} <= found[
        0
    ].keys()
    asked = json.loads(run(files / "home", "knowledge", "ask", "普通会诊几小时内完成", "--json").stdout)
    assert set(asked) == {"answer", "refused", "citations", "hits"}
    assert [one["said"] for one in json.loads(run(files / "home", "knowledge", "list", "--json").stdout)] == [
        "已入库（2 条）"
    ]


def test_wrong_date_is_explained(files):
    done = run(files / "home", "knowledge", "search", "会诊", "--as-of", "昨天")
    assert done.returncode == 2
    assert "不是日期，请写成 2024-03-01" in done.stderr
