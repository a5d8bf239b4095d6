"""The whole of it without a network: review, knowledge, evals and pages, with every reach beyond the machine recorded."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "demo" / "mountain-county-2024"
pytestmark = pytest.mark.slow


def can_unshare():
    tool = shutil.which("unshare")
    return bool(tool) and subprocess.run([tool, "-n", "true"], capture_output=True).returncode == 0


@pytest.fixture
def unplugged(tmp_path):
    """Environment and command prefix of a child process that has no network, and the list of what it tried."""
    record = tmp_path / "reached"
    environment = {
        **os.environ,
        "MINGJIAN_HOME": str(tmp_path / "home"),
        "PYTHONPATH": f"{ROOT / 'tests' / 'unplugged'}{os.pathsep}{ROOT}",
        "REACHED_OUT": str(record),
    }
    prefix = ["unshare", "-n"] if can_unshare() else []

    def run(*words):
        done = subprocess.run(
            [*prefix, sys.executable, *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run.environment = environment
    run.reached = lambda: record.read_text("utf-8").splitlines() if record.exists() else []
    return run


def test_a_review_reaches_for_nothing(unplugged, tmp_path):
    assert "14 例" in unplugged("-m", "review", str(DEMO), "--out", str(tmp_path / "out"))
    assert unplugged.reached() == []


def test_knowledge_is_added_searched_and_asked_without_a_network(unplugged, tmp_path):
    text = tmp_path / "某县医疗保障局管理办法.txt"
    text.write_text(
        "某县住院管理办法\n\n第一条 为规范住院管理，制定本办法。\n\n第二条 医疗机构应当核对患者身份。\n",
        "utf-8",
    )
    unplugged("-m", "knowledge", "add", str(text))
    assert "第二条" in unplugged("-m", "knowledge", "search", "核对患者身份", "--json")
    assert "8" in unplugged("-m", "knowledge", "ask", "首次病程记录多久内要写完？")
    assert unplugged.reached() == []


def test_the_pages_are_served_without_a_network(unplugged):
    environment = {**unplugged.environment, "MINGJIAN_PORT": "7931"}
    server = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert "明鉴" in first_page("http://127.0.0.1:7931/", server)
    finally:
        server.terminate()
        server.wait(20)
    assert unplugged.reached() == []


def first_page(address, server):
    for _ in range(240):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                return page.read().decode("utf-8")
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the page did not come up within two minutes")
