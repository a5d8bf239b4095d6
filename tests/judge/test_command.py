"""The command line with a model: on the spot, switched off, away, and by way of files."""

import json
import os
import subprocess
import sys

import pytest
from model_server import ModelServer, Reply

from review.settings import PROJECT

DEMO = PROJECT / "demo" / "mountain-county-2024"
EMPTY = '{"sentences": [], "findings": [], "differences": [], "days": [], "criteria": [], "items": [], "clauses": [], "facts": [], "steps": []}'

pytestmark = pytest.mark.slow


def review(home, *options, **settings):
    environment = {**os.environ, "MINGJIAN_HOME": str(home), **settings}
    command = [sys.executable, "-m", "review", *map(str, options)]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=280)
    assert "Traceback" not in done.stderr
    return done


def test_requests_go_out_and_answers_come_in_without_another_review(tmp_path):
    out, asked, said = tmp_path / "out", tmp_path / "requests.jsonl", tmp_path / "answers.jsonl"
    first = review(tmp_path, DEMO, "--out", out, "--export-requests", asked, "--model", "qwen")
    assert first.returncode == 0
    assert "疑点 14 项" in first.stdout
    requests = [json.loads(line) for line in asked.read_text("utf-8").splitlines()]
    assert f"写出 {len(requests)} 个问题" in first.stdout
    assert {one["body"]["model"] for one in requests} == {"qwen"}
    message = {"role": "assistant", "content": EMPTY}
    answers = [
        {
            "custom_id": one["custom_id"],
            "response": {"status_code": 200, "body": {"choices": [{"message": message}]}},
        }
        for one in requests
    ]
    said.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in answers), "utf-8")
    second = review(tmp_path, DEMO, "--out", out, "--import-answers", said)
    assert second.returncode == 0
    assert f"收下回答 {len(requests)} 个" in second.stdout
    assert "疑点 14 项" not in second.stdout  # the finished review was taken as it was
    assert (out / "judgements.jsonl").exists()
    third = review(tmp_path, DEMO, "--out", out, "--export-requests", asked)
    assert "没有还要问的问题" in third.stdout
    wrong = review(tmp_path, DEMO, "--out", out, "--import-answers", DEMO / "inspection.yaml")
    assert (wrong.returncode, "没有一行是批量回答" in wrong.stderr) == (2, True)


def test_a_model_reads_after_the_rules_and_one_that_is_away_costs_nothing(tmp_path):
    server = ModelServer()
    server.reply = lambda request: Reply([EMPTY])
    named = {"MINGJIAN_MODEL": "double", "MINGJIAN_MODEL_URL": server.url}
    off = review(tmp_path, DEMO, "--out", tmp_path / "off", "--no-model", **named)
    assert (off.returncode, server.requests, "模型阅读" in off.stdout) == (0, [], False)
    live = review(tmp_path, DEMO, "--out", tmp_path / "live", **named)
    assert live.returncode == 0
    assert "词元" in live.stdout
    assert server.requests
    server.close()
    gone = review(tmp_path, DEMO, "--out", tmp_path / "gone", **named)
    assert gone.returncode == 0
    assert "模型连续没有回答（连不上模型的地址）" in gone.stdout
    findings = [(tmp_path / name / "findings.jsonl").read_bytes() for name in ("off", "live", "gone")]
    assert findings[0] == findings[1] == findings[2]
