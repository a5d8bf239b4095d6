"""Runs one check over one inspection and says what became of it on every admission. Silence is not an outcome.

A defect in one check spoils that check alone: it reads `failed`, its traceback goes to the log with ids only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.checks.header import Header, Limits, NotApplicable, NotChecked
from review.checks.inputs import Inspection, Record
from review.checks.problem_rows import problem_of_row
from review.checks.registry import Check
from review.checks.stamping import Stamp, Unreadable
from review.engines.failures import Caps, QueryFailed
from review.logs import record_defect
from review.models import CheckResult, Finding, Outcome, Problem, Skipped

TABLE_NAMES = {
    "admissions": "就诊登记",
    "charges": "费用明细",
    "settlements": "结算记录",
    "diagnoses": "结算诊断",
    "orders": "住院医嘱",
    "operations": "手术记录表",
    "anesthesia": "住院麻醉",
    "exams": "检查报告",
    "labs": "化验报告",
    "vitals": "护理体征",
    "edits": "修改痕迹",
    "documents": "病历文书",
    "institution": "机构执业信息",
}
SOURCES = {
    "admissions": ("mdtrt_d", "documents"),
    "charges": ("fee_list_d",),
    "settlements": ("setl_d",),
    "diagnoses": ("setl_list_diag_d", "mdtrt_d"),
    "operations": ("operations", "setl_list_oprn_d"),
}


@dataclass(frozen=True)
class Said:
    """What one check said of one admission alone: its answer, or what it gathered to weigh with all the others."""

    result: CheckResult
    problems: tuple[Problem, ...] = ()
    gathered: Any = None


@dataclass(frozen=True)
class Stamped:
    """The same with its problems stamped: a finding each, or why what spoke for one could not be read."""

    result: CheckResult
    problems: tuple[Finding | CheckResult, ...] = ()
    gathered: Any = None


@dataclass(frozen=True)
class Ran:
    """All that one check said: findings on stays, patterns of a ward or hospital, an outcome for every stay."""

    findings: tuple[Finding, ...]
    patterns: tuple[Finding, ...]
    results: tuple[CheckResult, ...]


def run_check(check: Check, inspection: Inspection, stamp: Stamp, caps: Caps | None = None) -> Ran:
    """Run one check on every admission of the inspection; `caps` bound what each of its queries may take."""
    missing = not_asked(check.header, inspection)
    if missing is not None:
        return missing
    try:
        if check.function is None:
            return _run_sql(check, inspection, stamp, caps or Caps())
        if check.stay_by_stay:
            said = (ask(check, record, check.header.limits) for record in inspection.records.values())
            return collected(
                check, inspection, stamp, [stamped(check.header, inspection, stamp, one) for one in said]
            )
        return _run_across(check, inspection, stamp)
    except Exception as defect:
        return _same_for_all(check.header, inspection, Outcome.FAILED, why_failed(check, defect))


def not_asked(header: Header, inspection: Inspection) -> Ran | None:
    """What is said of every admission where something that the check needs is not there; null where all is."""
    missing = missing_input(header, inspection)
    return _same_for_all(header, inspection, Outcome.NOT_CHECKED, missing) if missing else None


def why_failed(check: Check, defect: Exception) -> str:
    """What a reader is told of a check that came to nothing; the rest is in the log."""
    if isinstance(defect, QueryFailed):
        return f"{check.file.name}：{defect.reason}"
    return f"检查出错，编号 {record_defect(defect, check.header.code)}，已记录"


def missing_input(header: Header, inspection: Inspection) -> str | None:
    """What a check needs and the inspection does not hold, said for a reader; null where all is there."""
    provided = inspection.provided
    tables = [
        TABLE_NAMES.get(table, table)
        for table in header.needs.tables
        if not provided.intersection(SOURCES.get(table, (table,)))
    ]
    if tables:
        return f"缺：{'、'.join(tables)}"
    rules = [table for table in header.needs.knowledge if not inspection.has_rows(table)]
    if rules:
        region = inspection.about.get("region") or "未注明"
        return f"缺：规则表 {'、'.join(rules)}（地区 {region}）"
    if header.needs.clock and not inspection.warehouse.rows("select 1 from charges where clock_ok limit 1"):
        return "缺：收费的实际时刻（明细只有记账日期）"
    return None


def _run_sql(check: Check, inspection: Inspection, stamp: Stamp, caps: Caps) -> Ran:
    limits, warehouse = check.header.limits, inspection.warehouse
    examined = warehouse.rows_within(check.examined or "", limits, caps)
    rows = warehouse.rows_within(check.findings or "", limits, caps)
    told = {
        row["admission_id"]: CheckResult(
            row["admission_id"], check.header.code, Outcome(row["outcome"]), row.get("reason")
        )
        for row in examined
    }
    problems = [(row["admission_id"], problem_of_row(row)) for row in rows]
    return _collect(check.header, inspection, _stamped(check.header, inspection, stamp, problems), told)


def ask(check: Check, record: Record, limits: Limits) -> Said:
    """What a check says of one admission, or gathers there; a defect spoils this one answer."""
    assert check.function is not None
    outcome, reason, problems, gathered = Outcome.CLEAR, None, (), None
    try:
        if check.gathers is None:
            problems = tuple(check.function(record, limits))
        else:
            gathered = check.gathers(record, limits)
    except NotChecked as told:
        outcome, reason = Outcome.NOT_CHECKED, str(told)
    except NotApplicable as told:
        outcome, reason = Outcome.NOT_APPLICABLE, str(told)
    except Exception as defect:
        number = record_defect(defect, f"{check.header.code} {record.admission.admission_id}")
        outcome, reason = Outcome.FAILED, f"检查出错，编号 {number}，已记录"
    result = CheckResult(record.admission.admission_id, check.header.code, outcome, reason)
    return Said(result, problems, gathered)


def stamped(header: Header, inspection: Inspection, stamp: Stamp, said: Said) -> Stamped:
    """What a check said of one admission, its problems stamped while that admission's record is still held."""
    stay = said.result.admission_id
    problems = [(stay, problem) for problem in said.problems]
    return Stamped(said.result, tuple(_stamped(header, inspection, stamp, problems)), said.gathered)


def collected(check: Check, inspection: Inspection, stamp: Stamp, said: Sequence[Stamped]) -> Ran:
    """What a check said of all admissions, or says having weighed what it gathered."""
    if check.gathers is not None:
        try:
            return _run_across(check, inspection, stamp, said)
        except Exception as defect:
            return _same_for_all(check.header, inspection, Outcome.FAILED, why_failed(check, defect))
    told = {one.result.admission_id: one.result for one in said}
    return _collect(check.header, inspection, [problem for one in said for problem in one.problems], told)


def _run_across(check: Check, inspection: Inspection, stamp: Stamp, gathered: Sequence[Stamped] = ()) -> Ran:
    assert check.function is not None
    header = check.header
    problems: list[tuple[str, Problem]] = []
    patterns: list[Problem] = []
    told = {
        admission_id: CheckResult(admission_id, header.code, Outcome.CLEAR)
        for admission_id in inspection.records
    }
    weighed = {}
    for one in gathered:
        if one.result.outcome is Outcome.CLEAR:
            weighed[one.result.admission_id] = one.gathered
        else:
            told[one.result.admission_id] = one.result
    try:
        given = () if check.gathers is None else (weighed,)
        said: Iterator[Problem | Skipped] = check.function(inspection, header.limits, *given)
        for item in said:
            if isinstance(item, Skipped):
                told[item.admission_id] = CheckResult(
                    item.admission_id, header.code, item.outcome, item.reason
                )
            elif item.admissions:
                patterns.append(item)
                told |= _marked(header, item)
            elif item.admission_id:
                problems.append((item.admission_id, item))
            else:
                raise ValueError(f"{header.code}: a problem of wider scope names no admission")
    except NotChecked as reason:
        return _same_for_all(header, inspection, Outcome.NOT_CHECKED, str(reason))
    except NotApplicable as reason:
        return _same_for_all(header, inspection, Outcome.NOT_APPLICABLE, str(reason))
    ran = _collect(header, inspection, _stamped(header, inspection, stamp, problems), told)
    return Ran(ran.findings, tuple(stamp.pattern(header, pattern) for pattern in patterns), ran.results)


def _marked(header: Header, pattern: Problem) -> dict[str, CheckResult]:
    """The stays of a pattern that says so read found, without a finding of their own."""
    stays = pattern.admissions if pattern.marks_stays else ()
    return {stay: CheckResult(stay, header.code, Outcome.FOUND) for stay in stays}


def _stamped(
    header: Header, inspection: Inspection, stamp: Stamp, problems: Iterable[tuple[str, Problem]]
) -> Iterator[Finding | CheckResult]:
    for admission_id, problem in problems:
        try:
            yield stamp.finding(header, inspection.records[admission_id], problem)
        except Unreadable as reason:
            yield CheckResult(admission_id, header.code, Outcome.NOT_CHECKED, str(reason))


def _collect(
    header: Header,
    inspection: Inspection,
    problems: Iterable[Finding | CheckResult],
    told: dict[str, CheckResult],
) -> Ran:
    """Give every admission exactly one outcome; what could not be read counts as not looked at."""
    findings: dict[str, Finding] = {}
    for problem in problems:
        if isinstance(problem, Finding):
            findings.setdefault(problem.id, problem)
        else:
            told[problem.admission_id] = problem
    found = {finding.admission_id for finding in findings.values()}
    told |= _unmatched(header, inspection, told)
    results = [
        CheckResult(admission_id, header.code, Outcome.FOUND)
        if admission_id in found
        else told.get(
            admission_id, CheckResult(admission_id, header.code, Outcome.FAILED, "检查未说明此例的结果")
        )
        for admission_id in inspection.records
    ]
    return Ran(tuple(findings.values()), (), tuple(results))


def _unmatched(
    header: Header, inspection: Inspection, told: Mapping[str, CheckResult]
) -> dict[str, CheckResult]:
    """Stays with an item that may be one of the check's rules and that nobody has matched: not looked at, not clear."""
    names: dict[str, set[str]] = {}
    for table in header.needs.knowledge:
        for admission_id, items in inspection.unmatched_items.get(table, {}).items():
            names.setdefault(admission_id, set()).update(items)
    silent = (Outcome.CLEAR, Outcome.NOT_APPLICABLE)
    return {
        admission_id: CheckResult(admission_id, header.code, Outcome.NOT_CHECKED, _not_matched(items))
        for admission_id, items in names.items()
        if admission_id in told and told[admission_id].outcome in silent
    }


def _not_matched(items: set[str]) -> str:
    shown, *others = sorted(items)
    return f"项目“{shown}”{f'等 {len(items)} 项' if others else ''}没有国家编码，尚未对码"


def _same_for_all(header: Header, inspection: Inspection, outcome: Outcome, reason: str) -> Ran:
    results = tuple(
        CheckResult(admission_id, header.code, outcome, reason) for admission_id in inspection.records
    )
    return Ran((), (), results)
