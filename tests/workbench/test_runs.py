"""Reviews beside the pages: progress, failure in words, and decisions that outlive a re-run."""

import json
import os
import time

import pytest
from demonstration import ABSENT

from review.casework.runs import Runs
from review.errors import InputError
from review.store.entries import Press
from review.store.store import Store, new_key


def works(folder, out, *, home, progress):
    progress("读入", 1, 2)
    progress("核查", 1, 1)
    found = json.loads((folder / "found.json").read_text("utf-8"))
    out.mkdir(parents=True)
    lines = (json.dumps({"id": one, "admission_id": ABSENT}) for one in found)
    (out / "findings.jsonl").write_text("\n".join(lines), "utf-8")


def fails(folder, out, *, home, progress):
    raise InputError("没有 claims 文件夹；请补上。")


def misses(folder, out, *, home, progress):
    raise InputError(f"找不到检查文件夹 {folder}；请核对路径。")


def breaks(folder, out, *, home, progress):
    raise RuntimeError("a name of a patient")


def dies(folder, out, *, home, progress):
    os._exit(3)


def waits(folder, out, *, home, progress):
    progress("读入", 0, 1)
    time.sleep(60)


def reads(out, ledger, *, home, progress):
    """A reader that can be held up: it ends once `go` lies beside it."""
    progress("模型阅读", 0, 1)
    (ledger / "begun").open("a").write("x")
    while not (ledger / "go").exists():
        time.sleep(0.02)
    (out / "model.json").write_text("{}", "utf-8")


def refuses(out, ledger, *, home, progress):
    raise InputError("模型问答的记录打不开；请移走这个文件。")


@pytest.fixture
def store(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    yield store
    store.close()


def finished(store, runs, key):
    for _ in range(600):
        entry = next(entry for entry in store.inspections() if entry.key == key)
        if runs.progress(key) is None and entry.state in ("ready", "failed"):
            return entry
        time.sleep(0.05)
    raise AssertionError("the run did not end")


@pytest.mark.parametrize(
    ("reviewer", "told"),
    [(fails, "没有 claims 文件夹；请补上。"), (breaks, "程序出错"), (dies, "中途停止")],
)
def test_a_run_that_fails_says_so_in_words_and_leaves_nothing_half_written(store, tmp_path, reviewer, told):
    runs = Runs(store, tmp_path, reviewer)
    key = store.add_inspection("检查", "医院", tmp_path, "王敏")
    runs.start(key)
    entry = finished(store, runs, key)
    assert (entry.state, entry.run, runs.out(key, 1).exists()) == ("failed", 0, False)
    assert told in entry.problem
    assert "patient" not in entry.problem


def test_a_run_that_fails_does_not_tell_where_on_the_server_the_files_lie(store, tmp_path):
    runs = Runs(store, tmp_path, misses)
    key = store.add_inspection("检查", "医院", tmp_path / "甲医院", "王敏")
    runs.start(key)
    assert finished(store, runs, key).problem == "找不到检查文件夹 “甲医院”；请核对路径。"


def test_a_run_can_be_cancelled_and_started_again(store, tmp_path):
    runs = Runs(store, tmp_path, waits)
    key = store.add_inspection("检查", "医院", tmp_path, "王敏")
    assert runs.start(key)
    assert not runs.start(key)
    while (runs.progress(key) or {"stage": ""})["stage"] != "读入":
        time.sleep(0.05)
    assert runs.cancel(key)
    assert "已取消" in finished(store, runs, key).problem


def test_a_decided_finding_that_is_no_longer_found_stays_visible(store, tmp_path):
    runs = Runs(store, tmp_path, works)
    folder = tmp_path / "inspection"
    folder.mkdir()
    key = store.add_inspection("检查", "医院", folder, "王敏")
    for found in (["f1", "f2", "f3"], ["f3"], ["f3", "f4"]):
        (folder / "found.json").write_text(json.dumps(found), "utf-8")
        runs.start(key)
        entry = finished(store, runs, key)
        if entry.run == 1:
            store.append(Press(new_key(), key, ABSENT, "f1", "confirm", "王敏"))
            store.append(Press(new_key(), key, ABSENT, "f3", "reject", "王敏"))
    gone = (runs.out(key, 3) / "gone.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in gone] == ["f1"]
    assert [line.finding for line in store.decisions(key)] == ["f1", "f3"]
    assert not runs.out(key, 1).exists()


def test_a_run_cut_short_by_a_stop_begins_again(store, tmp_path):
    (tmp_path / "found.json").write_text("[]", "utf-8")
    key = store.add_inspection("检查", "医院", tmp_path, "王敏")
    store.update_inspection(key, state="running")
    runs = Runs(store, tmp_path, works)
    runs.resume()
    assert finished(store, runs, key).run == 1


def begun(folder):
    return (folder / "begun").read_text() if (folder / "begun").exists() else ""


def awaited(state, told):
    for _ in range(600):
        if state():
            return
        time.sleep(0.05)
    raise AssertionError(f"{told} did not come")


def test_a_model_reads_a_review_that_can_already_be_worked_on(store, tmp_path):
    (tmp_path / "found.json").write_text("[]", "utf-8")
    runs = Runs(store, tmp_path, works, reads)
    key = store.add_inspection("检查", "医院", tmp_path, "王敏")
    runs.start(key)
    beside = tmp_path / "inspections" / key
    awaited(lambda: begun(beside), "the reader")
    entry = next(entry for entry in store.inspections() if entry.key == key)
    assert (entry.state, entry.run, runs.progress(key)["stage"]) == ("ready", 1, "模型阅读")
    (beside / "go").touch()
    finished(store, runs, key)
    assert (runs.out(key, 1) / "model.json").exists()


def test_a_reading_cut_short_goes_on_without_another_review(store, tmp_path):
    (tmp_path / "found.json").write_text("[]", "utf-8")
    runs = Runs(store, tmp_path, works, reads)
    key = store.add_inspection("检查", "医院", tmp_path, "王敏")
    runs.start(key)
    beside = tmp_path / "inspections" / key
    awaited(lambda: begun(beside), "the reader")
    again = Runs(store, tmp_path, works, reads)  # as after a stop: the mark of the reading is still there
    again.resume()
    awaited(lambda: begun(beside) == "xx", "the second reader")
    (beside / "go").touch()
    entry = finished(store, again, key)
    finished(store, runs, key)
    assert entry.run == 1
    assert not (beside / "reading").exists()


def test_a_reading_that_cannot_be_done_leaves_the_review_and_says_why(store, tmp_path):
    (tmp_path / "found.json").write_text("[]", "utf-8")
    runs = Runs(store, tmp_path, works, refuses)
    key = store.add_inspection("检查", "医院", tmp_path, "王敏")
    runs.start(key)
    awaited(lambda: runs.progress(key) is None and runs.out(key, 1).exists(), "the end")
    entry = finished(store, runs, key)
    assert (entry.state, entry.problem) == (
        "ready",
        "模型阅读没有做成：模型问答的记录打不开；请移走这个文件。",
    )
