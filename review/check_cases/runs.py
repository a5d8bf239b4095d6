"""The cases of a check: read from their file, and run to see whether the check does as they say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from review.check_cases.warehouse import REGION, CaseError, CaseWarehouse, build, moment, shipped_rows
from review.checks.inputs import Inspection
from review.checks.registry import Check
from review.checks.runner import Ran, run_check
from review.checks.stamping import Stamp
from review.models import Basis, Finding

SHIPPED = Path(__file__).parents[2] / "tests" / "checks"
CHARGE_LINES = "费用明细"  # the label under which a charge line is shown
WRONG = (CaseError, LookupError, TypeError, ValueError)  # what a case that is written wrongly raises
FINDS, SPARES, LEAVES = "该报", "不该报", "未检查"


@dataclass(frozen=True)
class CaseRun:
    """What became of one case. `problem` says in Chinese what the check did otherwise; empty where it agreed."""

    name: str
    kind: str  # 该报 | 不该报 | 未检查
    exception: str
    problem: str


def cases_of(check: Check, file: Path | None = None) -> tuple[Mapping[str, Any], ...]:
    """The cases beside a check, or those that are shipped with it; none where there is no file. Raises CaseError."""
    file = file or SHIPPED / f"{check.file.stem}.yaml"
    if not file.is_file():
        return ()
    try:
        read = moment(yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        said = " ".join(str(problem).split())[:200]
        raise CaseError(f"{file.name}：例子读不出来（{said}）；请改正。") from problem
    if not isinstance(read, list) or not all(isinstance(case, dict) and case.get("case") for case in read):
        raise CaseError(f"{file.name}：应是例子的列表，每个有 case（说明）；请改正。")
    code = check.header.code
    return tuple(case for case in read if case.get("check", code) == code)


def kind_of(case: Mapping[str, Any]) -> str:
    if case.get("finds") or case.get("patterns"):
        return FINDS
    left = "not_checked" in (case.get("outcome"), *case.get("outcomes", {}).values())
    return LEAVES if left else SPARES


def lacking(check: Check, cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the cases do not show: a finding, an unchecked stay, each of the exceptions the header names."""
    kinds = {kind_of(case) for case in cases}
    missing = [f"“{kind}”的例子" for kind in (FINDS, LEAVES) if kind not in kinds]
    shown = {case.get("exception") for case in cases if not case.get("finds")}
    return missing + [f"正当情形“{one}”的例子" for one in check.header.exceptions if one not in shown]


def run_cases(check: Check, cases: Sequence[Mapping[str, Any]]) -> Iterator[CaseRun]:
    """Each case on a warehouse of its own content."""
    for (run,) in run_variants([check], cases):
        yield run


def run_variants(
    checks: Sequence[Check], cases: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[CaseRun, ...]]:
    """Each case with what became of it under each variant of one check; the warehouse is built once for all."""
    shipped, own = CaseWarehouse(), CaseWarehouse()
    shipped.fill_knowledge(shipped_rows(), REGION)
    for case in cases:
        held = own if "knowledge" in case or "inspection" in case else shipped
        yield tuple(_each(checks, case, held))
    shipped.warehouse.close()
    own.warehouse.close()


def _each(checks: Sequence[Check], case: Mapping[str, Any], held: CaseWarehouse) -> Iterator[CaseRun]:
    told = (str(case["case"]), kind_of(case), str(case.get("exception", "")))
    try:
        inspection = build(held, case)
    except WRONG as problem:
        yield from (CaseRun(*told, _unfit(problem)) for _ in checks)
        return
    for check in checks:
        try:
            yield CaseRun(*told, said_otherwise(check, case, inspection))
        except WRONG as problem:
            yield CaseRun(*told, _unfit(problem))


def _unfit(problem: Exception) -> str:
    return f"例子不能运行（{type(problem).__name__}：{str(problem)[:200]}）"


def run_case(check: Check, case: Mapping[str, Any], held: CaseWarehouse) -> str:
    """What the check did otherwise than the case says, in Chinese; empty where it agreed."""
    return said_otherwise(check, case, build(held, case))


def said_otherwise(check: Check, case: Mapping[str, Any], inspection: Inspection) -> str:
    """The same on the case's inspection, already built; limits that the case sets hold over the check's own."""
    if "limits" in case:
        limits = {**check.header.limits, **case["limits"]}
        check = replace(check, header=check.header.model_copy(update={"limits": limits}))
    ran = run_check(check, inspection, Stamp(inspection, _in_force))
    failed = [result.reason or "" for result in ran.results if str(result.outcome) == "failed"]
    return f"检查出错：{failed[0]}" if failed else _difference(case, ran)


def _in_force(document: str, passage: str, day: date) -> Basis | None:
    return Basis(document, passage, date(2021, 5, 1), None)


def _difference(case: Mapping[str, Any], ran: Ran) -> str:
    said = ran.patterns if "patterns" in case else ran.findings
    wanted = case.get("patterns") or case.get("finds") or []
    if len(said) != len(wanted):
        shown = "；".join(finding.message for finding in said[:2])
        return f"应报 {len(wanted)} 项，报了 {len(said)} 项" + (f"：{shown}" if shown else "")
    for finding, row in zip(said, wanted, strict=True):
        for name, expected in row.items():
            if (found := _shown(finding, name, expected)) != expected:
                return f"{name} 应为 {expected}，实为 {found}"
        lines = {evidence.row for evidence in finding.evidence if evidence.label == CHARGE_LINES}
        if not lines >= set(finding.charge_ids):
            return f"费用行 {'、'.join(sorted(set(finding.charge_ids) - lines))} 没有列为证据"
    if "patterns" in case:
        return ""
    return _otherwise_said(case, wanted, ran)


def _otherwise_said(case: Mapping[str, Any], wanted: Sequence[Mapping[str, Any]], ran: Ran) -> str:
    """What of the outcomes and their reasons differs."""
    outcomes = {result.admission_id: str(result.outcome) for result in ran.results}
    first = ran.findings[0].admission_id if wanted else next(iter(outcomes), "")
    outcome = "found" if wanted else case.get("outcome", "clear")
    expected = case.get("outcomes") or {first: outcome}
    if "outcomes" in case and set(expected) != set(outcomes):
        return f"应有 {len(expected)} 例的结果，有 {len(outcomes)} 例"
    wrong = {stay: outcomes.get(stay) for stay in expected if outcomes.get(stay) != expected[stay]}
    if wrong:
        return "；".join(f"{stay} 应为 {expected[stay]}，实为 {found}" for stay, found in wrong.items())
    reason = next(iter(ran.results)).reason or "" if ran.results else ""
    return "" if str(case.get("reason", "")) in reason else f"原因应含“{case['reason']}”，实为“{reason}”"


def _shown(finding: Finding, name: str, expected: Any) -> Any:
    """A column of a finding in the type that a case writes it in."""
    value: Any = getattr(finding, name, None)
    if name == "quotes":
        value = [evidence.quote for evidence in finding.evidence if evidence.kind == "document"]
    if isinstance(value, tuple):
        value = list(value)
    if name == "message" and str(expected) in str(value):
        return expected
    if isinstance(expected, int | float) and value is not None:
        return float(value)
    return str(value) if isinstance(expected, str) and value is not None else value
