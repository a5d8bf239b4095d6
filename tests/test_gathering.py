"""A check across stays gathers of each stay, then weighs: what one stay cannot give spoils that stay alone."""

from pathlib import Path

import pytest
from case_warehouse import CaseWarehouse, build

from review.checks.header import NotChecked, make_header
from review.checks.registry import Check
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.models import Outcome, Problem, Skipped

STAYS = ("A1", "A2", "A3", "A4")
HEADER = make_header(
    {
        "code": "CHG-998",
        "title": "试验",
        "violation": "duplicate_charge",
        "certainty": "probable",
        "scope": "hospital",
        "limits": {"most": 1},
        "basis": ["某办法#第一条"],
        "message": "$lines 行",
        "why": "试验",
    },
    "试验",
)


@pytest.fixture(scope="module")
def inspection():
    cases = CaseWarehouse()
    cases.fill_knowledge({}, "229900")
    stays = [{"admission_id": stay, "person_id": f"P{stay}"} for stay in STAYS]
    lines = [
        {"charge_id": f"{stay}-{number}", "admission_id": stay, "item_name": "吸氧"}
        for stay in STAYS
        for number in range(2)
    ]
    return build(cases, {"knowledge": {}, "admissions": stays, "charges": lines})


def outcomes(check, inspection):
    ran = run_check(check, inspection, Stamp(inspection, lambda document, passage, day: None))
    assert [result.admission_id for result in ran.results] == list(STAYS)
    return {result.admission_id: (result.outcome, result.reason) for result in ran.results}


def lines_of(record, limits):
    stay = record.admission.admission_id
    if stay == "A2":
        raise NotChecked("缺：某表")
    if stay == "A3":
        raise ValueError("a defect")
    return len(record.charges)


def weigh(inspection, limits, lines):
    assert lines == {"A1": 2, "A4": 2}
    yield Skipped("A4", Outcome.NOT_APPLICABLE, "不涉及")
    if sum(lines.values()) > limits["most"]:
        yield Problem(fields={"lines": lines["A1"]}, charge_ids=("A1-0",), admission_id="A1")


def test_each_stay_gives_what_it_can_and_the_rest_is_weighed(inspection):
    said = outcomes(Check(HEADER, Path("试验"), function=weigh, gathers=lines_of), inspection)
    assert said["A1"] == (Outcome.FOUND, None)
    assert said["A2"] == (Outcome.NOT_CHECKED, "缺：某表")
    assert said["A3"][0] is Outcome.FAILED
    assert said["A4"] == (Outcome.NOT_APPLICABLE, "不涉及")


def test_a_defect_in_the_weighing_fails_the_check_for_every_stay(inspection):
    def breaks(inspection, limits, lines):
        raise ValueError("a defect")
        yield

    said = outcomes(
        Check(HEADER, Path("试验"), function=breaks, gathers=lambda record, limits: 1), inspection
    )
    assert {outcome for outcome, _ in said.values()} == {Outcome.FAILED}


def test_what_the_weighing_needs_of_the_whole_inspection_is_said_of_every_stay(inspection):
    def silent(inspection, limits, lines):
        raise NotChecked("缺：另一表")
        yield

    said = outcomes(
        Check(HEADER, Path("试验"), function=silent, gathers=lambda record, limits: 1), inspection
    )
    assert set(said.values()) == {(Outcome.NOT_CHECKED, "缺：另一表")}
