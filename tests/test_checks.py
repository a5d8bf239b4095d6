"""Every check on its own cases: `tests/checks/<file of the check>.yaml`, compared in the columns a case names."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from case_warehouse import REGION, CaseWarehouse, build, moment, shipped_rows

from review.checks.header import make_header
from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.errors import HeaderError
from review.models import Basis, Finding

FOLDER = Path(__file__).parent / "checks"
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


def read_cases(stem: str) -> list[dict[str, object]]:
    file = FOLDER / f"{stem}.yaml"
    return moment(yaml.safe_load(file.read_text("utf-8"))) if file.exists() else []


CASES = {check.header.code: read_cases(check.file.stem) for check in CHECKS}
CASES = {
    check.header.code: [
        case for case in CASES[check.header.code] if case.get("check", check.header.code) == check.header.code
    ]
    for check in CHECKS
}


@pytest.fixture(scope="module")
def warehouses():
    """One warehouse with the shipped rules, one for cases that bring their own."""
    shipped, own = CaseWarehouse(), CaseWarehouse()
    shipped.fill_knowledge(shipped_rows(), REGION)
    yield {"shipped": shipped, "own": own}
    shipped.warehouse.close()
    own.warehouse.close()


def always_in_force(document: str, passage: str, day: date) -> Basis | None:
    return Basis(document, passage, date(2021, 5, 1), None)


def told(finding: Finding, columns: dict[str, object]) -> dict[str, object]:
    """The finding in the columns and the types of the case."""
    shown = {}
    for name, expected in columns.items():
        value = (
            getattr(finding, name)
            if name != "quotes"
            else [item.quote for item in finding.evidence if item.kind == "document"]
        )
        if isinstance(value, tuple):
            value = list(value)
        if isinstance(expected, int | float) and value is not None:
            value = float(value)
        shown[name] = expected if name == "message" and str(expected) in str(value) else value
    return shown


@pytest.mark.parametrize(
    ("code", "case"),
    [(code, case) for code, cases in CASES.items() for case in cases],
    ids=lambda value: value if isinstance(value, str) else str(value.get("case")),
)
def test_check_says_what_its_case_expects(code, case, warehouses):
    assert set(case) <= KEYS, f"unknown keys: {set(case) - KEYS}"
    check = next(check for check in CHECKS if check.header.code == code)
    if "limits" in case:
        limits = {**check.header.limits, **case["limits"]}
        check = type(check)(**{**vars(check), "header": check.header.model_copy(update={"limits": limits})})
    inspection = build(warehouses["own" if "knowledge" in case or "inspection" in case else "shipped"], case)
    ran = run_check(check, inspection, Stamp(inspection, always_in_force))
    outcomes = {result.admission_id: str(result.outcome) for result in ran.results}
    reasons = {result.admission_id: result.reason for result in ran.results}
    assert "failed" not in outcomes.values(), reasons
    said = ran.patterns if "patterns" in case else ran.findings
    finds = case.get("patterns") or case.get("finds") or []
    assert len(said) == len(finds), [
        (finding.message, finding.charge_ids, finding.amount) for finding in said
    ]
    assert [told(finding, row) for finding, row in zip(said, finds, strict=True)] == finds
    for finding in said:
        shown = {item.row for item in finding.evidence if item.label == "费用明细"}
        assert shown >= set(finding.charge_ids), "a line is named and not shown"
    if "outcomes" in case:
        assert outcomes == case["outcomes"]
    elif "patterns" not in case:
        first = next(iter(outcomes)) if not finds else said[0].admission_id
        assert outcomes[first] == ("found" if finds else case.get("outcome", "clear")), reasons
    if "reason" in case:
        assert case["reason"] in (reasons[next(iter(reasons))] or "")


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
