"""In the review of one inspection too a broken rule fails alone, at its caps, and says in words why."""

from pathlib import Path

import pytest
from case_warehouse import CaseWarehouse, build

from review.checks.header import make_header
from review.checks.registry import Check
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.engines.failures import Caps

EXAMINED = "select admission_id, 'clear' as outcome, null as reason from admissions"
CAPS = Caps(seconds=2, gigabytes=0.3, rows=1_000)
TWENTY = ", ".join(f"charges c{number}" for number in range(20))


@pytest.fixture(scope="module")
def inspection():
    cases = CaseWarehouse()
    cases.fill_knowledge({}, "229900")
    lines = [{"charge_id": str(number), "item_name": "吸氧", "unit_price": 5} for number in range(8)]
    yield build(cases, {"knowledge": {}, "charges": lines})
    cases.warehouse.close()


def outcome(findings, inspection):
    header = make_header(
        {
            "code": "CHG-999",
            "title": "试验",
            "violation": "duplicate_charge",
            "certainty": "probable",
            "basis": ["某办法#第一条"],
            "message": "试验",
            "why": "试验",
            "limits": {"most": 3},
        },
        "试验",
    )
    check = Check(header, Path("one.sql"), EXAMINED, findings)
    ran = run_check(check, inspection, Stamp(inspection, lambda document, passage, day: None), CAPS)
    return [(str(result.outcome), result.reason) for result in ran.results]


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        ("select c.admission_id, c.not_there from charges c", "one.sql：没有“not_there”这一列"),
        ("select admission_id from nowhere", "one.sql：没有“nowhere”这张表"),
        ("select admission_id from charges where amount > $least", "one.sql：没有给出限值“least”"),
        (f"select max(c0.admission_id) as admission_id from {TWENTY}", "one.sql：超过 2 秒"),
        (
            "select a.admission_id from charges a, charges b, charges c, charges d",
            "one.sql：结果超过 1,000 行",
        ),
        (
            f"select c0.admission_id, concat(repeat(c1.charge_id, 900), c2.charge_id) as said from {TWENTY} order by said",
            "one.sql：",
        ),
    ],
    ids=["column", "table", "limit", "seconds", "rows", "memory"],
)
def test_a_broken_rule_reads_failed_with_its_reason(findings, reason, inspection):
    [(result, said)] = outcome(findings, inspection)
    assert result == "failed" and said.startswith(reason), said


@pytest.mark.parametrize("gigabytes", [None, 1.9])
def test_rules_after_broken_ones_run_with_all_the_memory_there_was(inspection, gigabytes):
    if gigabytes:
        inspection.warehouse.bound_memory(gigabytes)
    before = inspection.warehouse.rows("select current_setting('memory_limit') as memory")
    for _ in range(3):
        outcome("select admission_id from nowhere", inspection)
    assert inspection.warehouse.rows("select current_setting('memory_limit') as memory") == before
    assert outcome("select admission_id from charges where amount < $most - 9", inspection) == [
        ("clear", None)
    ]
