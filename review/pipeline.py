"""One inspection from folder to findings: read, build the warehouse, run every check, count the yuan, write.

The output folder is written beside its name and moved into place at the end, so that a review that is stopped leaves
the last finished one as it was.
"""

import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from knowledge.library import Clause, open_collection
from knowledge.rows.held import ROW_TABLES, load_rows
from review.amounts import count_once
from review.checks.inputs import Inspection
from review.checks.registry import Check, all_checks
from review.checks.runner import Ran, Stamped, collected, not_asked, run_check, stamped
from review.checks.stamping import Stamp
from review.checks.stay_by_stay import begun_stay_by_stay
from review.clock import Clock
from review.engines.duckdb import Row, Warehouse, view_names
from review.engines.failures import Caps
from review.engines.knowledge_tables import tables_for_region
from review.errors import InputError
from review.forensics.facts import file_facts
from review.garbage import collected_seldom
from review.intake.inspection import Intake, read_inspection
from review.items.matching import candidate_rows
from review.models import Basis, CheckResult, Fault, Finding, Outcome
from review.outputs import write_outputs
from review.own_rules import adopted_checks
from review.settled import Settled, checks_laid_over, rows_laid_over, why_off
from review.side_by_side import helpers_kept
from review.text_facts import begun_text_facts, load_text_facts
from review.versions import knowledge_version, rules_version
from review.warehouse import layout_of, load_intake

Progress = Callable[[str, int, int], None]
NOTHING_SETTLED = Settled()
VIEWS_OF_FACTS = frozenset({"facts", "sites", "leaves"})  # of what the documents say, read last
MODEL_FILES = ("judgements.jsonl", "model.json")


@dataclass(frozen=True)
class Review:
    """What a review found, in the order it is written."""

    intake: Intake
    findings: tuple[Finding, ...]
    patterns: tuple[Finding, ...]
    results: tuple[CheckResult, ...]
    faults: tuple[Fault, ...]
    seconds: Mapping[str, float]
    check_seconds: Mapping[str, float]  # by code, of all processes together
    versions: Mapping[str, str]
    out: Path


@collected_seldom()
def review_inspection(
    folder: Path,
    out: Path,
    *,
    home: Path,
    progress: Progress | None = None,
    settled: Settled = NOTHING_SETTLED,
    caps: Caps | None = None,
) -> Review:
    """Review every admission of an inspection folder and write the result to `out`; `caps` bound each rule.

    `settled` is what people have matched, approved and changed over the rules as they are held. Raises InputError when
    the folder cannot be read at all; nothing is written then."""
    tell = progress or (lambda stage, done, total: None)
    clock = Clock()
    with helpers_kept():
        intake = read_inspection(folder, cache=home / "cache", progress=progress)
        clock.lap("读入")
        files = file_facts(folder, intake.sources, home / "cache", tell)
        clock.lap("查看 PDF 版本")
        draft = _draft(out)
        with _removed_on_failure(draft):
            file = draft / "warehouse.duckdb"
            build_warehouse(intake, file, home, settled, files, tell).close()
            inspection = Inspection(Warehouse.reopen(file))
            clock.lap("建库")
            findings, patterns, results, took = _run_all(inspection, file, home, tell, settled, caps)
    with _removed_on_failure(draft):
        clock.lap("核查")
        told = versions_of(settled, home)
        review = Review(intake, findings, patterns, results, intake.faults, clock.laps, took, told, out)
        write_outputs(review, draft)
        inspection.warehouse.close()
        _keep(inspection, file)
        _move_into_place(draft, out)
    return review


def versions_of(settled: Settled, home: Path) -> Mapping[str, str]:
    """What a review by today's rules and knowledge says it was made by."""
    return {"rules": rules_version() + settled.version, "knowledge": knowledge_version(home)}


def _keep(inspection: Inspection, file: Path) -> None:
    """Write what the checks found worth showing beside the views."""
    warehouse = Warehouse.reopen_writable(file)
    for table, (columns, rows) in inspection.kept.items():
        warehouse.run(f"create or replace table {table} ({columns})")
        warehouse.load_rows(table, rows)
    warehouse.close()


def _draft(out: Path) -> Path:
    if out.exists() and not out.is_dir():
        raise InputError(f"输出位置 {out} 是一个文件；请用 --out 指定一个文件夹。")
    draft = out.with_name(f".{out.name}.writing")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
    except OSError as problem:
        raise InputError(
            f"输出位置 {out} 不能写入（{problem.strerror}）；请换一个可写的文件夹。"
        ) from problem
    return draft


@contextmanager
def _removed_on_failure(draft: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _move_into_place(draft: Path, out: Path) -> None:
    """Replace our own files only: the folder may hold what somebody else put there."""
    out.mkdir(parents=True, exist_ok=True)
    for (
        name
    ) in MODEL_FILES:  # they speak of the findings that are replaced; what was answered stays in the ledger
        (out / name).unlink(missing_ok=True)
    for file in sorted(draft.iterdir()):
        file.replace(out / file.name)
    draft.rmdir()


def build_warehouse(
    intake: Intake,
    file: Path | None,
    home: Path,
    settled: Settled,
    files: Sequence[Row] = (),
    tell: Progress = lambda stage, done, total: None,
) -> Warehouse:
    """The warehouse of one inspection with its views, on disk or in memory; `files` is what its PDFs told."""
    held = {table: load_rows(table, home) for table in ROW_TABLES}
    rows = rows_laid_over(held, settled)
    warehouse = Warehouse.empty(file)
    count = len(intake.documents)
    with begun_text_facts(intake.documents, layout_of(intake)) as facts:
        load_intake(warehouse, intake)
        warehouse.load_knowledge(tables_for_region(rows, intake.about.region_code))
        warehouse.load_rows("raw_item_candidates", candidate_rows(warehouse))
        warehouse.load_rows("raw_text_facts", files)
        warehouse.build_views(view_names() - VIEWS_OF_FACTS)
        all_checks()  # read while helpers read the documents; asked for once the views stand
        load_text_facts(warehouse, facts, count, lambda done: tell("读出文书中的事实", done, count))
    warehouse.build_views(VIEWS_OF_FACTS)
    return warehouse


def _run_all(
    inspection: Inspection, warehouse: Path, home: Path, tell: Progress, settled: Settled, caps: Caps | None
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[CheckResult, ...], Mapping[str, float]]:
    stamp = Stamp(inspection, clauses_of(open_collection(home)))
    policies = inspection.knowledge("region_policy")
    day = inspection.about.get("period_end")
    checks = checks_laid_over((*all_checks(), *adopted_checks(home, settled)), settled, policies, day)
    ran: list[Ran] = []
    asked: list[Check] = []
    for check in checks:
        off = why_off(check, settled)
        if off:
            ran.append(_switched_off(check, inspection, off))
        else:
            asked.append(check)
    answered, seconds = _answers(asked, inspection, stamp, warehouse, home, tell, caps)
    ran += answered
    findings = [finding for one in ran for finding in one.findings]
    patterns = [pattern for one in ran for pattern in one.patterns]
    results = [result for one in ran for result in one.results]
    lines = {
        (row["admission_id"], row["charge_id"]): Decimal(row["amount"])
        for row in inspection.warehouse.rows(
            "select admission_id, charge_id, sum(amount) as amount from ("
            "select admission_id, charge_id, amount from charges union all "
            # an amount without a quantity is no charge, yet its yuan were paid
            "select admission_id, charge_id, amount from lines_left_out where quantity = 0 and amount > 0"
            ") as paid group by admission_id, charge_id"
        )
    }
    by_price = {check.header.code for check in checks if check.header.takes == "price"}
    counted = count_once(findings, lines, by_price)
    ordered = tuple(sorted(results, key=_result_order))
    return _in_order(counted), _in_order(patterns), ordered, seconds


def _answers(
    checks: Sequence[Check],
    inspection: Inspection,
    stamp: Stamp,
    warehouse: Path,
    home: Path,
    tell: Progress,
    caps: Caps | None,
) -> tuple[list[Ran], Mapping[str, float]]:
    """What every check says and the seconds of each; helpers begin with single admissions, the rest is asked here."""
    seconds: dict[str, float] = defaultdict(float)
    ran: list[Ran] = []
    single: list[Check] = []
    for check in checks:
        silent = not_asked(check.header, inspection) if check.stay_by_stay else None
        if silent is not None:
            ran.append(silent)
        elif check.stay_by_stay:
            single.append(check)
    others = [check for check in checks if not check.stay_by_stay]
    said: dict[str, list[Stamped]] = {check.header.code: [] for check in single}
    with begun_stay_by_stay(single, inspection, warehouse, home) as answers:
        for number, check in enumerate(others, start=1):
            tell("核查", number, len(others))
            begins = time.perf_counter()
            ran.append(run_check(check, inspection, stamp, caps))
            seconds[check.header.code] = time.perf_counter() - begins
        done = 0
        for answer in answers:
            done += answer.admissions
            for check in single:  # stamped here while helpers go on with what is left
                code, begins = check.header.code, time.perf_counter()
                said[code] += [stamped(check.header, inspection, stamp, one) for one in answer.said[code]]
                seconds[code] += answer.seconds[code] + time.perf_counter() - begins
            tell("逐例核查", done, len(inspection.records))
    for check in single:
        begins = time.perf_counter()
        ran.append(collected(check, inspection, stamp, said[check.header.code]))
        seconds[check.header.code] += time.perf_counter() - begins
    return ran, seconds


def _switched_off(check: Check, inspection: Inspection, reason: str) -> Ran:
    said = (
        CheckResult(admission_id, check.header.code, Outcome.NOT_CHECKED, reason)
        for admission_id in inspection.records
    )
    return Ran((), (), tuple(said))


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.admission_id, finding.check, finding.id)))


def _result_order(result: CheckResult) -> tuple[str, str]:
    return result.admission_id, result.check


class Cited(Protocol):
    """A library, or what it holds."""

    def clause(self, document: str, passage: str, *, on: date | None = None) -> Clause | None: ...


def clauses_of(library: Cited) -> Callable[[str, str, date], Basis | None]:
    """The clause of a document in force on a day, as a basis; null where none was."""
    known: dict[tuple[str, str, date], Basis | None] = {}

    def clause_on(document: str, passage: str, day: date) -> Basis | None:
        key = (document, passage, day)
        if key not in known:
            clause = library.clause(document, passage, on=day)
            known[key] = (
                None
                if clause is None or clause.in_force is False
                else Basis(document, passage, clause.in_force_from, clause.in_force_to)
            )
        return known[key]

    return clause_on
