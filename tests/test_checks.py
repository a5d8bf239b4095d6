"""Every check on its own cases: `tests/checks/<file of the check>.yaml`, compared in the columns a case names."""

import re

import pytest
from case_warehouse import REGION, CaseError, CaseWarehouse, shipped_rows

from review.check_cases.runs import cases_of, run_case
from review.checks.header import make_header
from review.checks.registry import all_checks
from review.errors import HeaderError

KEYS = frozenset(
    [
        "case",
        "exception",
        "check",
        "admissions",
        "charges",
        "settlements",
        "diagnoses",
        "settled_operations",
        "orders",
        "operations",
        "anesthesia",
        "exams",
        "labs",
        "vitals",
        "edits",
        "institution",
        "documents",
        "facts",
        "inspection",
        "knowledge",
        "provided",
        "finds",
        "patterns",
        "outcome",
        "outcomes",
        "reason",
        "limits",
    ]
)
CHECKS = all_checks()


CASES = {check.header.code: cases_of(check) for check in CHECKS}


@pytest.fixture(scope="module")
def warehouses():
    """One warehouse with the shipped rules, one for cases that bring their own."""
    shipped, own = CaseWarehouse(), CaseWarehouse()
    shipped.fill_knowledge(shipped_rows(), REGION)
    yield {"shipped": shipped, "own": own}
    shipped.warehouse.close()
    own.warehouse.close()


@pytest.mark.parametrize(
    ("code", "case"),
    [(code, case) for code, cases in CASES.items() for case in cases],
    ids=lambda value: value if isinstance(value, str) else str(value.get("case")),
)
def test_check_says_what_its_case_expects(code, case, warehouses):
    assert set(case) <= KEYS, f"unknown keys: {set(case) - KEYS}"
    check = next(check for check in CHECKS if check.header.code == code)
    held = warehouses["own" if "knowledge" in case or "inspection" in case else "shipped"]
    assert run_case(check, case, held) == ""


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"finds": []}, "应报 0 项，报了 1 项"),
        ({"finds": [{}, {}]}, "应报 2 项，报了 1 项"),
        ({"finds": [{"amount": 1.0}]}, "amount 应为 1.0"),
        ({"finds": [{"message": "没有的话"}]}, "message 应为 没有的话"),
        ({"finds": [{"quotes": ["没有的话"]}]}, "quotes 应为"),
        ({"outcomes": {"A1": "found", "A2": "found"}}, "应有 2 例的结果"),
        ({"outcomes": {"A1": "clear"}}, "A1 应为 clear"),
        ({"reason": "没有的话"}, "原因应含"),
        ({"charges": "no rows"}, None),
    ],
)
def test_a_case_that_expects_otherwise_is_told_what_differs(changed, problem, warehouses):
    """On the first case of a check that finds one thing on one stay."""
    check = next(check for check in CHECKS if check.header.code == "CHG-004")
    case = {**CASES["CHG-004"][0], **changed}
    if problem is None:
        with pytest.raises((CaseError, LookupError, TypeError, ValueError)):
            run_case(check, case, warehouses["own"])
        return
    assert problem in run_case(check, case, warehouses["own"])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.header.code)
def test_check_has_a_case_that_finds_one_that_is_not_checked_and_one_for_every_exception(check):
    cases = CASES[check.header.code]
    excused = {case["exception"] for case in cases if "exception" in case and not case.get("finds")}
    assert any(case.get("finds") or case.get("patterns") for case in cases), "no case finds"
    assert any(
        case.get("outcome") == "not_checked" or "not_checked" in case.get("outcomes", {}).values()
        for case in cases
    ), "no case is not checked"
    assert set(check.header.exceptions) == excused, "exceptions without a case, or cases without an exception"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.header.code)
def test_every_limit_is_called_by_a_name_that_whoever_changes_it_understands(check):
    said = check.header.limits_said
    assert set(said) == set(check.header.limits)
    assert all(re.search(r"[\u4e00-\u9fff]{2}", name) for name in said.values())
    assert len(set(said.values())) == len(said)


def test_a_name_for_a_limit_that_is_not_there_is_refused():
    declared = CHECKS[0].header.model_dump() | {"limits": {"hours": 1}, "limits_said": {"days": "日"}}
    with pytest.raises(HeaderError, match="limits_said 里的“days”不是 limits 里的参数"):
        make_header(declared, "试验")
