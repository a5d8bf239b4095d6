"""A workbench on this machine with one reviewed inspection, as the procedure's commands find it."""

import shutil
from pathlib import Path

import pytest

from review.pipeline import review_inspection
from review.store.store import Store


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory):
    home = tmp_path_factory.mktemp("publish")
    demo = Path(__file__).parents[2] / "demo" / "mountain-county-2024"
    shutil.copytree(demo, home / "inspection", ignore=shutil.ignore_patterns("*扫描*", "expected.json"))
    review_inspection(home / "inspection", home / "out", home=home)
    return home


@pytest.fixture
def workbench(tmp_path, monkeypatch, reviewed):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    store = Store.open(f"sqlite:///{tmp_path / 'home' / 'mingjian.sqlite3'}")
    key = store.add_inspection("今年检查", "山岭县人民医院", reviewed / "inspection", "陈立群")
    shutil.copytree(reviewed / "out", tmp_path / "home" / "inspections" / key / "run-1")
    store.update_inspection(key, state="ready", run=1)
    yield store, key
    store.close()
