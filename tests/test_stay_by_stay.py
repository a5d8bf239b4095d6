"""The checks of single admissions are asked record by record, by one process or several, with the same answer."""

import pickle
from datetime import datetime
from pathlib import Path

import pytest
from test_facts import note

from review.checks import records, stay_by_stay
from review.checks.inputs import Inspection
from review.checks.registry import all_checks
from review.checks.stay_by_stay import begun_stay_by_stay
from review.engines.duckdb import Warehouse
from review.facts.measurements import measurements
from review.facts.sentences import sentences
from review.pipeline import review_inspection

CASES = Path(__file__).parent.parent / "evals" / "cases"
SINGLE = [check for check in all_checks() if check.stay_by_stay]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviewed")
    review_inspection(CASES / "river-port-2025", folder / "out", home=folder / "home")
    return folder


def asked(folder, home):
    """All that the checks say of every admission, in order."""
    inspection = Inspection(Warehouse.reopen(folder / "out" / "warehouse.duckdb"))
    with begun_stay_by_stay(SINGLE, inspection, folder / "out" / "warehouse.duckdb", home) as answers:
        told = list(answers)
    inspection.warehouse.close()
    return {code: [said for answer in told for said in answer.said[code]] for code in told[0].said}


def test_a_helper_says_what_one_process_says(reviewed, tmp_path, monkeypatch):
    alone = asked(reviewed, tmp_path)
    assert len({len(said) for said in alone.values()}) == 1
    assert any(one.problems for said in alone.values() for one in said)
    assert any(one.gathered for said in alone.values() for one in said)
    monkeypatch.setattr(stay_by_stay, "RECORDS_AT_ONCE", 5)
    monkeypatch.setattr(stay_by_stay, "WORTH_HELP", 0)
    assert asked(reviewed, tmp_path) == alone


def test_a_process_that_reads_nothing_yet_opens_the_warehouse_itself(reviewed, tmp_path):
    """What a helper does: question and answer travel between processes."""
    file = reviewed / "out" / "warehouse.duckdb"
    warehouse = Warehouse.reopen(file)
    ids = tuple(Inspection(warehouse).records)[:3]
    warehouse.close()
    limits = tuple((check.header.code, check.header.limits) for check in SINGLE)
    part = pickle.loads(pickle.dumps(stay_by_stay.Part("a run of its own", file, tmp_path, ids, limits)))
    answer = stay_by_stay.ask_part(part)
    stay_by_stay._reading.pop("a run of its own").warehouse.close()
    assert pickle.loads(pickle.dumps(answer)) == answer
    assert answer.admissions == 3
    assert set(answer.seconds) == set(answer.said) == {check.header.code for check in SINGLE}


def test_of_records_that_are_held_only_a_few_blocks_are_kept_in_memory(reviewed, monkeypatch):
    monkeypatch.setattr(records, "RECORDS_AT_ONCE", 4)
    monkeypatch.setattr(records, "BLOCKS_KEPT", 2)
    warehouse = Warehouse.reopen(reviewed / "out" / "warehouse.duckdb")
    inspection = Inspection(warehouse)
    held = list(inspection.records.values())
    lines = [record.charges for record in held]
    assert len(held) == len(inspection.records) > 12
    in_memory = [record for record in held if "charges" in vars(record)]
    assert 0 < len(in_memory) <= 8
    assert in_memory == held[-len(in_memory) :]
    assert [record.charges for record in held] == lines
    assert inspection.records[held[0].admission.admission_id] is held[0]
    assert "no such stay" not in inspection.records
    with pytest.raises(KeyError):
        inspection.records["no such stay"]
    warehouse.close()


def test_equal_words_are_told_with_the_time_of_each_place():
    days = [datetime(2024, 3, day, 9) for day in (1, 2)]
    notes = [note("今日体温38.5℃。", at=day) for day in days]
    told = [one for document in notes for one in measurements(sentences(document))]
    assert [(one.name, one.value, one.begins_at) for one in told] == [
        ("temperature", "38.5", day) for day in days
    ]
