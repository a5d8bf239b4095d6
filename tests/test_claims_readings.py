"""What a check that reads records says from the claims alone: the queries beside it, for screening."""

from dataclasses import replace
from datetime import date

import pytest
import yaml
from case_warehouse import CaseWarehouse, build, moment

from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.models import Basis

CHECKS = {check.header.code: check for check in all_checks()}
LIMITS = {
    "drug_indication_limits": [
        {
            "drug_prefix": "XB05AAR021B0",
            "match": "prefix",
            "generic": "甲",
            "clause_no": 1,
            "diag_regex": "休克|重症",
            "text": "重症患者",
        },
        {
            "drug_prefix": "XB05AAR021B0",
            "match": "prefix",
            "generic": "甲",
            "clause_no": 2,
            "diag_regex": "肝硬化",
            "lab_item": "白蛋白",
            "lab_op": "<",
            "lab_value": 30,
            "text": "肝硬化且低白蛋白",
        },
        {
            "drug_prefix": "XA05BAD195B0",
            "match": "prefix",
            "generic": "乙",
            "clause_no": 1,
            "lab_item": "ALT",
            "lab_op": ">",
            "lab_value": 120,
            "text": "ALT 大于 120 U/L",
        },
    ]
}
DRUG = {"item_name": "人血白蛋白", "kind": "drug", "charge_type": "09", "unit_price": 378}
CASES = """
- case: none of the diagnoses that the clauses ask for
  diagnoses: [{diagnosis_name: 细菌性肺炎}]
  charges:
    - {charge_id: 1, code15: XB05AAR021B001010100348, in_scope_amount: 340.2}
    - {charge_id: 2, code15: XB05AAR021B001010100348, in_scope_amount: 340.2, charged_at: 2024-03-03 10:00}
  says: [[["1", "2"], 756.00, 680.40, clue]]
- case: a diagnosis of one clause, whose other condition the claims do not tell
  diagnoses: [{diagnosis_name: 肝硬化失代偿期}]
  charges: [{charge_id: 1, code15: XB05AAR021B001010100348}]
  says: []
- case: the diagnosis at admission
  diagnoses: [{diagnosis_name: 细菌性肺炎}]
  admissions: [{admission_id: A1, admission_diagnosis: 重症肺炎}]
  charges: [{charge_id: 1, code15: XB05AAR021B001010100348}]
  says: []
- case: the patient paid
  diagnoses: [{diagnosis_name: 细菌性肺炎}]
  charges: [{charge_id: 1, code15: XB05AAR021B001010100348, in_scope_amount: 0}]
  says: []
  outcome: not_applicable
- case: a limit that only a laboratory result can meet
  diagnoses: [{diagnosis_name: 细菌性肺炎}]
  charges: [{charge_id: 1, code15: XA05BAD195B002010103}]
  says: []
  outcome: not_checked
"""
OPERATIONS = """
- case: two operations of one group and one visit, both at full price
  settled_operations: &visit [{operated_on: 2024-03-02, begins_at: 2024-03-02 09:00, ends_at: 2024-03-02 11:00, operation_name: 胆囊切除术}]
  charges:
    - &first {charge_id: 1, code15: "003310060020000", item_name: 胆囊切除术, charge_type: "06", unit_price: 1180, charged_at: 2024-03-02 11:30}
    - {charge_id: 2, code15: "003310060110000", item_name: 胆总管探查术, charge_type: "06", unit_price: 900, charged_at: 2024-03-02 11:30}
  says: [[["2"], 450.00, 450.00, probable]]
- case: the second at half its price
  settled_operations: *visit
  charges:
    - *first
    - {charge_id: 2, code15: "003310060110000", item_name: 胆总管探查术, charge_type: "06", quantity: 0.5, unit_price: 900, charged_at: 2024-03-02 11:30}
  says: []
- case: the second at full price, in two lines
  settled_operations: *visit
  charges:
    - *first
    - {charge_id: 2, code15: "003310060110000", item_name: 胆总管探查术, charge_type: "06", quantity: 0.4, unit_price: 900, charged_at: 2024-03-02 11:30}
    - {charge_id: 3, code15: "003310060110000", item_name: 胆总管探查术, charge_type: "06", quantity: 0.6, unit_price: 900, charged_at: 2024-03-02 11:30}
  says: [[["2", "3"], 450.00, 450.00, probable]]
- case: two visits on two days
  settled_operations:
    - {operated_on: 2024-03-02, begins_at: 2024-03-02 09:00, ends_at: 2024-03-02 11:00, operation_name: 胆囊切除术}
    - {operated_on: 2024-03-06, begins_at: 2024-03-06 09:00, ends_at: 2024-03-06 11:00, operation_name: 胆总管探查术}
  charges:
    - *first
    - {charge_id: 2, code15: "003310060110000", item_name: 胆总管探查术, charge_type: "06", unit_price: 900, charged_at: 2024-03-06 11:30}
  says: []
- case: an operation of another group
  settled_operations: *visit
  charges:
    - *first
    - {charge_id: 2, code15: "003311000010000", item_name: 全子宫切除术, charge_type: "06", unit_price: 900, charged_at: 2024-03-02 11:30}
  says: []
- case: nothing tells of a visit to the operating room
  charges:
    - *first
    - {charge_id: 2, code15: "003310060110000", item_name: 胆总管探查术, charge_type: "06", unit_price: 900, charged_at: 2024-03-02 11:30}
  says: []
  outcome: not_checked
"""
GROUPS = {
    "same_incision_groups": [
        {"code15": "003310060020000", "name": "胆囊切除术", "group_name": "肝胆手术组"},
        {"code15": "003310060110000", "name": "胆总管探查术", "group_name": "肝胆手术组"},
        {"code15": "003311000010000", "name": "全子宫切除术", "group_name": "女性生殖系统手术组"},
    ]
}


@pytest.fixture(scope="module")
def warehouse():
    cases = CaseWarehouse()
    yield cases
    cases.warehouse.close()


def in_force(document, passage, day):
    return Basis(document, passage, date(2021, 5, 1), None)


def read(text):
    return [(case.pop("says"), case.pop("outcome", None), case) for case in moment(yaml.safe_load(text))]


def said(warehouse, code, case):
    inspection = build(warehouse, case)
    claims = replace(CHECKS[code], function=None)
    ran = run_check(claims, inspection, Stamp(inspection, in_force))
    outcomes = {result.admission_id: str(result.outcome) for result in ran.results}
    assert "failed" not in outcomes.values(), [result.reason for result in ran.results]
    found = [
        [
            list(one.charge_ids),
            float(one.amount),
            None if one.fund_amount is None else float(one.fund_amount),
            str(one.certainty),
        ]
        for one in ran.findings
    ]
    return found, outcomes["A1"]


@pytest.mark.parametrize(("says", "outcome", "case"), read(CASES), ids=lambda value: str(value)[:60])
def test_a_restricted_drug_by_the_settled_diagnoses_alone(warehouse, says, outcome, case):
    case["charges"] = [{**DRUG, **line} for line in case["charges"]]
    found, ended = said(warehouse, "CHG-023", {**case, "knowledge": LIMITS})
    assert found == says
    assert ended == (outcome or ("found" if says else "clear"))


@pytest.mark.parametrize(("says", "outcome", "case"), read(OPERATIONS), ids=lambda value: str(value)[:60])
def test_a_second_operation_at_full_price_by_the_settled_operations_alone(warehouse, says, outcome, case):
    found, ended = said(warehouse, "CHG-006", {**case, "knowledge": GROUPS})
    assert found == says
    if outcome:
        assert ended == outcome


def test_what_the_claims_tell_of_a_drug_is_what_the_review_says_without_a_record(warehouse):
    case = {
        "knowledge": LIMITS,
        "provided": ["admissions", "charges", "diagnoses", "labs"],
        "diagnoses": [{"diagnosis_name": "细菌性肺炎"}],
        "charges": [{**DRUG, "charge_id": 1, "code15": "XB05AAR021B001010100348"}],
    }
    inspection = build(warehouse, case)
    stamp = Stamp(inspection, in_force)
    whole = run_check(CHECKS["CHG-023"], inspection, stamp).findings
    claims = run_check(replace(CHECKS["CHG-023"], function=None), inspection, stamp).findings
    columns = ("charge_ids", "amount", "fund_amount", "certainty", "lowered_by", "id")
    assert [[getattr(one, name) for name in columns] for one in claims] == [
        [getattr(one, name) for name in columns] for one in whole
    ]
