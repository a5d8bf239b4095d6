"""Criteria whose condition depends on the patient or on a second reading."""

from datetime import datetime

import pytest
from case_warehouse import REGION, CaseWarehouse, build, shipped_rows

from review.checks.criteria import State
from review.checks.stay_criteria import criteria_of

BEGINS = datetime(2024, 3, 1, 9, 30)


@pytest.fixture(scope="module")
def warehouse():
    cases = CaseWarehouse()
    cases.fill_knowledge(shipped_rows(), REGION)
    yield cases
    cases.warehouse.close()


def criterion(warehouse, code, readings, complaint="气促1天", diagnosis="R06.000", said=""):
    case = {
        "admissions": [
            {
                "admission_id": "A1", "age_years": 61, "department": "内科", "begins_at": BEGINS,
                "ends_at": datetime(2024, 3, 6, 10), "main_diagnosis_code": diagnosis,
            }
        ],
        "documents": [
            {
                "kind": "入院记录", "written_at": datetime(2024, 3, 1, 11), "sections": ["主诉", "体格检查"],
                "text": f"入院记录\n主诉：{complaint}。\n体格检查：神志清，步入病房。{said}",
            }
        ],
        "vitals": [{"measured_at": datetime(2024, 3, 1, hour), **signs} for hour, signs in readings],
    }  # fmt: skip
    record = build(warehouse, case).records["A1"]
    return next(one for one in criteria_of(record).criteria if one.code == code)


@pytest.mark.parametrize(
    ("diagnosis", "saturation", "state"),
    [
        ("J44.900", 89, State.NOT_MET),
        ("J44.900", 88, State.MET),
        ("R06.000", 89, State.MET),
        ("R06.000", 91, State.NOT_MET),
    ],
)
def test_a_chronic_disease_of_the_lungs_lowers_the_limit_of_saturation(
    warehouse, diagnosis, saturation, state
):
    found = criterion(warehouse, "S04", [(10, {"oxygen_saturation": saturation})], diagnosis=diagnosis)
    assert found.state is state


def test_a_slow_pulse_needs_two_readings_and_both_are_shown(warehouse):
    once = [(10, {"pulse": 42}), (16, {"pulse": 70})]
    twice = [(10, {"pulse": 42}), (16, {"pulse": 44})]
    doubled = [(10, {"pulse": 42}), (10, {"pulse": 42})]
    assert criterion(warehouse, "S02", once).state is State.NOT_MET
    assert criterion(warehouse, "S02", doubled).state is State.NOT_MET
    found = criterion(warehouse, "S02", twice)
    assert found.state is State.MET
    slow = next(clause for clause in found.clauses if clause.state is State.MET)
    assert [one.text for one in slow.seen] == ["脉搏 42 次/分", "脉搏 44 次/分"]


@pytest.mark.parametrize(
    ("complaint", "state"),
    [("右下肢剧痛2天", State.MET), ("右下肢疼痛3年", State.NOT_MET), ("右下肢疼痛", State.MET)],
)
def test_only_pain_of_days_is_acute_and_an_unknown_length_counts_for_the_stay(warehouse, complaint, state):
    found = criterion(warehouse, "S19", [], complaint, "M79.600", "疼痛评分（NRS）9分。")
    assert found.state is state
    assert "（7 天以内）" in found.clauses[0].needs
