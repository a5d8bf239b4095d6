"""The inspections page's handlers: what is loaded, how far it is, what is missing, and what a re-review changed."""

import json
import shutil

import pytest

from review.casework.desk import Refused
from review.pages.calling import decide
from review.pages.inspections import create, open_inspection, open_list, progress, run_again
from review.pages.review import open_case
from review.store.accounts import DEMONSTRATOR, LEADER, Person
from review.store.store import new_key


def test_the_list_says_how_many_cases_are_done(desk, leader, key):
    entry = open_list(desk, leader, {})["inspections"][0]
    assert (entry["state"], entry["cases"], entry["done"], entry["demo"]) == ("ready", 14, 0, True)


def test_an_inspection_shows_its_stages_files_and_results(desk, leader, key):
    shown = open_inspection(desk, leader, {"inspection": key})
    assert [stage["name"] for stage in shown["stages"]] == ["读入", "文书", "建库", "核查", "专家"]
    assert shown["stages"][-1]["text"].startswith("疑点 0 / ")
    assert "claims/mdtrt_d.csv" in {file["file"] for file in shown["files"]}
    assert shown["summary"]["findings"] == sum(
        one["findings"] for one in shown["summary"]["violations"].values()
    )
    json.dumps(shown, allow_nan=False)


def test_a_table_of_the_hospital_that_is_missing_is_listed_as_not_handed_over(desk, leader, key):
    files = open_inspection(desk, leader, {"inspection": key})["files"]
    given = {row["table_name"] for row in desk.results(desk.inspection(key)).rows("select * from provided")}
    missing = [file for file in files if file["state"] == "未提供"]
    assert ("anesthesia" in given) == ("住院麻醉" not in {file["content"] for file in missing})


def test_the_demonstration_cannot_load_another_inspection(desk, inspection):
    with pytest.raises(Refused, match="第一个管理员"):
        create(desk, Person(DEMONSTRATOR, (LEADER,), demo=True), {"path": str(inspection)})
    assert len(desk.store.inspections()) == 1


def test_a_new_inspection_takes_its_name_from_its_own_file(desk, leader, inspection):
    desk.runs.start = lambda key: True
    key = create(desk, leader, {"path": str(inspection)})["inspection"]
    entry = desk.inspection(key)
    assert (entry.name, entry.hospital, entry.created_by) == (
        "某县人民医院2024年检查",
        "某县人民医院",
        "陈立群",
    )
    shown = open_inspection(desk, leader, {"inspection": key})
    assert "stages" not in shown


def test_a_path_that_is_no_inspection_is_refused_with_the_remedy(desk, leader, tmp_path):
    with pytest.raises(Refused, match="没有 claims 或 records"):
        create(desk, leader, {"path": str(tmp_path)})


def test_a_re_review_keeps_decisions_and_tells_what_changed(desk, leader, key, case):
    finding = open_case(desk, leader, {"case": case("22992024090800010959")})["findings"][0]
    press = {
        "press": new_key(),
        "case": case("22992024090800010959"),
        "finding": finding["id"],
        "verdict": "confirm",
    }
    decide(desk, leader, press)
    shutil.copytree(desk.runs.out(key, 1), desk.runs.out(key, 2))
    lines = (desk.runs.out(key, 2) / "findings.jsonl").read_text("utf-8").splitlines()
    left = [line for line in lines if json.loads(line)["id"] != finding["id"]]
    (desk.runs.out(key, 2) / "findings.jsonl").write_text("\n".join(left), "utf-8")
    desk.runs._keep_decided(key, 1, desk.runs.out(key, 2))
    desk.store.update_inspection(key, run=2)
    changes = open_inspection(desk, leader, {"inspection": key})["changes"]
    assert changes == {"new": 0, "gone": 1, "same": len(left), "kept": 1}
    kept = [one for one in open_case(desk, leader, {"case": press["case"]})["findings"] if one["gone"]]
    assert [(one["id"], one["decision"]["verdict"]) for one in kept] == [(finding["id"], "confirm")]


def test_a_run_that_is_not_under_way_has_no_progress(desk, leader, key):
    assert progress(desk, leader, {"inspection": key}) == {
        "state": "ready",
        "problem": None,
        "run": 1,
        "progress": None,
    }


def test_reviewing_again_starts_one_run(desk, leader, key):
    started = []
    desk.runs.start = lambda key: not started.append(key)
    assert run_again(desk, leader, {"inspection": key}) == {"started": True}
    assert started == [key]


def test_no_key_is_taken_for_an_option_by_a_command():
    keys = {new_key() for _ in range(2000)}
    assert len(keys) == 2000 and {len(key) for key in keys} == {16}
    assert all(key[0].isalnum() for key in keys)
