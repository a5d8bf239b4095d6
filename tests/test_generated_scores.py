"""A review of generated inspections is held to their labels: hits, misses, false findings, sums, intervals."""

import json
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from generated_findings import finding

from evals.generating.labels import Label, read_labels, write_labels
from evals.generating.scoring import score, tally


def test_labels_come_back_as_they_were_written(tmp_path):
    label = Label(
        "plant",
        "A1",
        "open",
        "CHG-001",
        "cap",
        "over_standard_charge",
        ("1",),
        (),
        Decimal("3.50"),
        None,
        "established",
    )
    write_labels([label], tmp_path / "labels.jsonl")
    assert list(read_labels(tmp_path / "labels.jsonl")) == [label]


PLANT = Label(
    "plant",
    "A1",
    "open",
    "CHG-001",
    "cap",
    "over_standard_charge",
    ("1",),
    ("2",),
    Decimal("3.50"),
    also_allowed=("CHG-002",),
)
NEAR = Label(
    "near_miss",
    "A2",
    "open",
    "CHG-001",
    "within",
    charge_ids=("9",),
    clear="CHG-001 clear: x",
    at_most="clue",
)
CLEAN = Label("clean", "A3", "open")


def test_a_finding_on_the_planted_line_counts_with_its_amount():
    counts = tally([PLANT], [finding()], {})["CHG-001"]
    assert (counts.plants, counts.found, counts.exact, counts.right, counts.faults) == (1, 1, 1, 1, [])


def test_a_right_amount_with_a_wrong_fund_part_is_listed():
    label = replace(PLANT, fund_amount=Decimal("3.15"))
    counts = tally([label], [finding() | {"fund_amount": "3.50"}], {})["CHG-001"]
    assert (counts.exact, [fault["fault"] for fault in counts.faults]) == (1, ["fund"])
    assert tally([label], [finding() | {"fund_amount": 3.15}], {})["CHG-001"].faults == []


def test_several_findings_of_one_plant_are_summed():
    counts = tally([PLANT], [finding(amount="1.50"), finding(lines=("2",), amount="2.00")], {})["CHG-001"]
    assert (counts.exact, counts.right) == (1, 2)


def test_a_finding_beside_the_planted_line_is_a_miss_and_false():
    counts = tally([PLANT], [finding(lines=("7",))], {})["CHG-001"]
    assert (counts.found, counts.right, [fault["fault"] for fault in counts.faults]) == (
        0,
        0,
        ["miss", "false"],
    )


def test_another_check_the_label_allows_is_right():
    assert tally([PLANT], [finding(check="CHG-002")], {})["CHG-002"].right == 1


def test_a_near_miss_is_sprung_only_above_its_certainty():
    assert tally([NEAR], [finding("A2", lines=("9",), certainty="clue")], {})["CHG-001"].sprung == 0
    counts = tally([NEAR], [finding("A2", lines=("9",), certainty="probable")], {})["CHG-001"]
    assert (counts.sprung, counts.right) == (1, 0)


def test_a_finding_on_a_clean_stay_is_false_and_an_unchecked_plant_is_told_apart():
    assert tally([CLEAN], [finding("A3")], {})["CHG-001"].right == 0
    counts = tally([PLANT], [], {("A1", "CHG-001"): "not_checked"})["CHG-001"]
    assert (counts.unchecked, json.loads(json.dumps(counts.faults))[0]["said"]) == (1, "not_checked")


def test_a_screening_is_held_to_what_claims_decide(tmp_path):
    write_labels([PLANT, replace(PLANT, admission_id="A4", claims_only=True)], tmp_path / "labels.jsonl")
    pq.write_table(pa.Table.from_pylist([finding("A4")]), tmp_path / "findings.parquet")
    said = score(tmp_path / "findings.parquet", tmp_path / "labels.jsonl")
    assert said[1].split()[:4] == ["CHG-001", "1", "1", "1.000（0.207–1.000）"]
    assert (tmp_path / "misses.jsonl").read_text("utf-8") == ""


def test_a_review_is_scored_from_its_folder(tmp_path):
    write_labels([PLANT, CLEAN], tmp_path / "labels.jsonl")
    (tmp_path / "findings.jsonl").write_text(
        json.dumps(finding("A3", certainty="established")) + "\n", encoding="utf-8"
    )
    (tmp_path / "patterns.jsonl").write_text("", encoding="utf-8")
    outcome = {"admission_id": "A1", "check": "CHG-001", "outcome": "not_checked", "reason": ""}
    (tmp_path / "checks.jsonl").write_text(json.dumps(outcome) + "\n", encoding="utf-8")
    said = score(tmp_path, tmp_path / "labels.jsonl")
    assert "1 次有发现，其中“确定”的发现 1 条" in said[-2]
    faults = [
        json.loads(line)["fault"] for line in (tmp_path / "misses.jsonl").read_text("utf-8").splitlines()
    ]
    assert faults == ["miss", "false"]


def test_a_run_that_is_not_there_is_a_sentence(tmp_path):
    write_labels([PLANT], tmp_path / "labels.jsonl")
    with pytest.raises(ValueError, match="python -m review"):
        score(tmp_path, tmp_path / "labels.jsonl")
