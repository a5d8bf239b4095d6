"""A check that is broken on purpose is noticed and named; sets are judged and kept as a run."""

import json
from dataclasses import replace

import pytest

from evals.__main__ import main
from evals.breaking import CASE, break_checks, variants
from evals.gate import FLOORS, fallen, read_floors
from evals.generating.labels import Label, write_labels
from evals.judging.check_cases import verdicts_of
from evals.judging.generated import judge_generated
from evals.running import read_run
from evals.verdicts import Measure, read_verdicts
from review.check_cases.runs import cases_of, run_cases
from review.checks.header import PYTHON_HEADERS
from review.checks.registry import all_checks

CHECKS = {check.header.code: check for check in all_checks()}


def test_a_threshold_is_broken_upwards_and_downwards_one_at_a_time():
    check = CHECKS["CHG-004"]
    numbers = [name for name, value in check.header.limits.items() if isinstance(value, int | float)]
    made = list(variants(check))
    assert len(made) == 2 * len(numbers)
    for _, variant in made:
        changed = [
            name for name, value in variant.header.limits.items() if value != check.header.limits[name]
        ]
        assert len(changed) == 1
        assert type(variant.header.limits[changed[0]]) is type(check.header.limits[changed[0]])


def test_a_query_without_a_threshold_is_turned_round():
    (one,) = variants(CHECKS["CHG-025"])
    assert one[1].findings != CHECKS["CHG-025"].findings


def test_a_function_without_a_threshold_is_turned_round_and_the_whole_one_stays():
    check = CHECKS["DOC-011"]
    made = list(variants(check))
    assert made and all(variant.function is not check.function for _, variant in made)
    assert PYTHON_HEADERS["DOC-011"].function is check.function
    assert {run.problem for run in run_cases(check, cases_of(check)[:3])} == {""}


def test_every_check_can_be_broken():
    assert [code for code, check in CHECKS.items() if not any(True for _ in variants(check))] == []


@pytest.mark.slow
def test_a_broken_check_is_named_and_a_whole_one_is_not():
    check = CHECKS["CHG-032"]
    floors = {place: low for place, low in read_floors().items() if place[2] == "CHG-032"}
    assert floors
    assert fallen(list(verdicts_of(CASE, check, tuple(run_cases(check, cases_of(check))))), floors) == []
    said = list(break_checks(["CHG-032"], read_floors()))
    assert said[0].startswith("CHG-032 弄坏 2 处，门槛察觉 2 处")


def test_a_check_that_is_not_there_cannot_be_broken():
    with pytest.raises(ValueError, match="没有检查 CHG-999"):
        list(break_checks(["CHG-999"], {}))


def test_every_check_has_floors_of_its_own():
    held = {place[2] for place in read_floors(FLOORS) if place[0] == CASE}
    assert set(CHECKS) <= held


def test_a_run_says_what_it_was_made_by_and_is_told_against_the_last(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path))
    assert main(["score", "clinical-sentences"]) == 0
    assert "clinical-sentences　F1" in capsys.readouterr().out
    assert read_run(tmp_path / "evals").sets["clinical-sentences"]["kind"] == "sentences"
    assert {one.measure for one in read_verdicts(tmp_path / "evals")} == {Measure.RECALL, Measure.PRECISION}
    assert main(["score", "clinical-sentences"]) == 0
    assert "有变化的 0 处" in capsys.readouterr().out
    assert main(["gate", "--run", str(tmp_path / "evals")]) == 0
    assert main(["report"]) == 0
    assert (tmp_path / "evals" / "report.html").stat().st_size > 10_000


def test_a_fall_ends_with_an_error_that_names_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path))
    assert main(["score", "clinical-sentences"]) == 0
    verdicts = read_verdicts(tmp_path / "evals")
    file = tmp_path / "evals" / "verdicts.jsonl"
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    file.write_text("".join(json.dumps(line | {"right": 0.0}) + "\n" for line in lines), encoding="utf-8")
    capsys.readouterr()
    assert main(["gate", "--run", str(tmp_path / "evals")]) == 2
    assert verdicts[0].case in capsys.readouterr().err


PLANT = Label("plant", "A1", "open", check="CHG-001", violation="over_standard_charge", charge_ids=("1",))
CLEAN = Label("clean", "A2", "open")


def test_generated_labels_become_verdicts_of_their_set(tmp_path):
    finding = {
        "id": "f", "admission_id": "A2", "check": "CHG-001", "violation": "over_standard_charge", "charge_ids": ["9"],
        "certainty": "probable", "amount": 1.0, "fund_amount": None, "message": "", "evidence": [],
    }  # fmt: skip
    write_labels([PLANT, replace(PLANT, admission_id="A3"), CLEAN], tmp_path / "labels.jsonl")
    (tmp_path / "findings.jsonl").write_text(json.dumps(finding) + "\n")
    for name in ("patterns", "checks"):
        (tmp_path / f"{name}.jsonl").write_text("")
    held = list(judge_generated("made", tmp_path, tmp_path / "labels.jsonl"))
    assert {one.case for one in held} == {"made"}
    assert sorted((one.measure, one.unit, one.right) for one in held) == [
        (Measure.CLEAN, "A2", False),
        (Measure.PRECISION, "A2", False),
        (Measure.RECALL, "A1", False),
        (Measure.RECALL, "A3", False),
    ]
    assert next(one for one in held if one.measure == Measure.CLEAN).about == "CHG-001"
