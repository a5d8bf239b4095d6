"""The runner gates a check on what its header says it needs."""

from datetime import datetime
from pathlib import Path

from case_warehouse import CaseWarehouse, build

from review.checks.header import make_header
from review.checks.registry import Check
from review.checks.runner import run_check
from review.checks.stamping import Stamp


def outcome_of_a_check_that_needs_the_clock(charged_at):
    header = make_header(
        {
            "code": "CHG-999",
            "title": "试验",
            "violation": "duplicate_charge",
            "certainty": "probable",
            "needs": {"tables": ["charges"], "clock": True},
            "basis": ["某办法#第一条"],
            "why": "试验",
        },
        "试验",
    )
    check = Check(header, Path("试验"), function=lambda record, limits: iter(()))
    case = {
        "knowledge": {},
        "charges": [
            {"charge_id": "1", "item_name": "吸氧", "charged_at": datetime.fromisoformat(charged_at)}
        ],
    }
    cases = CaseWarehouse()
    cases.fill_knowledge({}, "229900")
    inspection = build(cases, case)
    ran = run_check(check, inspection, Stamp(inspection, lambda document, passage, day: None))
    return [(str(result.outcome), result.reason) for result in ran.results]


def test_lines_posted_at_midnight_leave_a_check_by_the_hour_unchecked():
    assert outcome_of_a_check_that_needs_the_clock("2024-03-02 00:00") == [
        ("not_checked", "缺：收费的实际时刻（明细只有记账日期）")
    ]


def test_lines_posted_when_they_happened_let_it_run():
    assert outcome_of_a_check_that_needs_the_clock("2024-03-02 09:40") == [("clear", None)]
