"""Runs the rules over a laid-out extract one after the other and keeps what each of them said.

A rule that is done is not run again: its answer is kept beside the output under a fingerprint of the rule, the input
and the knowledge, so that a run that was stopped goes on after the last finished rule.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from review.checks.inputs import Inspection
from review.checks.registry import Check
from review.checks.runner import missing_input, why_failed
from review.engines.duckdb import Warehouse
from review.engines.failures import Caps

UNMATCHED = "有项目没有国家编码，尚未对码"
UNTOLD = "检查未说明此例的结果"
FROM_RECORDS = "须有病历或医院数据，逐例审核时运行，不属于筛查"


@dataclass(frozen=True)
class RuleRun:
    """What became of one rule: how many stays had which outcome and why, how many findings, how long it took."""

    code: str
    title: str
    version: str
    outcomes: tuple[tuple[str, str | None, int], ...]  # outcome, reason, stays
    findings: int = 0
    seconds: float = 0.0
    reused: bool = False

    def stays(self, outcome: str) -> int:
        """The stays with an outcome."""
        return sum(count for told, _, count in self.outcomes if told == outcome)


Tell = Callable[[RuleRun, int, int], None]


def rule_version(check: Check) -> str:
    """Changes with the rule's file and with its limits."""
    told = check.file.read_bytes() + json.dumps(check.header.limits, sort_keys=True, default=str).encode()
    return hashlib.sha256(told).hexdigest()[:12]


def run_rules(
    checks: Iterable[Check],
    inspection: Inspection,
    folder: Path,
    key: str,
    caps: Caps,
    tell: Tell,
    off: Mapping[str, str] | None = None,
    ran: Callable[[Check, Warehouse, Caps], None] | None = None,
) -> tuple[RuleRun, ...]:
    """Run every rule that is not done yet; the rows of its findings lie in `folder` as `<code>.parquet`.

    `off` says by code why somebody switched a rule off; `ran` is called after each that could be asked."""
    folder.mkdir(parents=True, exist_ok=True)
    stays = int(inspection.warehouse.rows("select count(*) as n from admissions")[0]["n"])
    runs, checks = [], tuple(checks)
    for number, check in enumerate(checks, start=1):
        run = _kept(check, folder, key)
        if run is None:
            run = _run(check, inspection, folder, caps, stays, (off or {}).get(check.header.code), ran)
            _keep(run, folder, key)
        tell(run, number, len(checks))
        runs.append(run)
    return tuple(runs)


def _kept(check: Check, folder: Path, key: str) -> RuleRun | None:
    """What an earlier run of the same rule on the same input said; a failure is tried again."""
    try:
        said = json.loads((folder / f"{check.header.code}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if said.pop("key") != f"{key}/{rule_version(check)}":
        return None
    run = RuleRun(**said | {"outcomes": tuple(map(tuple, said["outcomes"])), "reused": True})
    return None if run.stays("failed") else run


def _keep(run: RuleRun, folder: Path, key: str) -> None:
    """Written last and put in place whole: what has a note is complete."""
    draft = folder / f".{run.code}.json"
    note = {"key": f"{key}/{run.version}", **asdict(run)}
    draft.write_text(json.dumps(note, ensure_ascii=False), "utf-8")
    draft.replace(folder / f"{run.code}.json")


def _run(
    check: Check,
    inspection: Inspection,
    folder: Path,
    caps: Caps,
    stays: int,
    off: str | None,
    ran: Callable[[Check, Warehouse, Caps], None] | None,
) -> RuleRun:
    begun, header, version = time.perf_counter(), check.header, rule_version(check)
    file = folder / f"{header.code}.parquet"
    file.unlink(missing_ok=True)

    def same(outcome: str, reason: str) -> RuleRun:
        file.unlink(missing_ok=True)
        seconds = round(time.perf_counter() - begun, 3)
        return RuleRun(header.code, header.title, version, ((outcome, reason, stays),), seconds=seconds)

    missing = off or missing_input(header, inspection)
    if missing:
        return same("not_checked", missing)
    try:
        found, findings = _save(check, inspection.warehouse, file, caps)
        outcomes = _outcomes(check, inspection.warehouse, found, caps, stays)
        if ran:
            ran(check, inspection.warehouse, caps)
    except Exception as defect:
        return same("failed", why_failed(check, defect))
    return RuleRun(
        header.code, header.title, version, outcomes, findings, round(time.perf_counter() - begun, 3)
    )


def _save(check: Check, warehouse: Warehouse, file: Path, caps: Caps) -> tuple[pa.Table, int]:
    """Write the rule's rows in the order of stays; the stays that have any, and the number of rows."""
    draft, count = file.with_suffix(".writing"), 0
    stays: list[pa.Array] = []
    ordered = f"select * from ({check.findings}) as found order by admission_id, amount"
    if "amount" not in (check.findings or ""):
        ordered = f"select * from ({check.findings}) as found order by admission_id"
    writer = None
    try:
        for batch in warehouse.batches(ordered, check.header.limits, caps):
            writer = writer or pq.ParquetWriter(draft, batch.schema)
            writer.write_batch(batch)
            stays.append(batch["admission_id"].cast(pa.string()).unique())
            count += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    if writer is not None:
        draft.replace(file)
    whole = pa.chunked_array(stays, pa.string()).unique() if stays else pa.array([], pa.string())
    return pa.table({"admission_id": whole}), count


def _outcomes(
    check: Check, warehouse: Warehouse, found: pa.Table, caps: Caps, stays: int
) -> tuple[tuple[str, str | None, int], ...]:
    """How many stays had which outcome, a finding going before what the rule said of the stay."""
    warehouse.keep_arrow("found_now", found)
    counted = "select outcome, reason, count(*) as stays from rule_settled group by outcome, reason "
    asked = of_stays(check, f"{counted} order by outcome, reason")
    rows = [row for batch in warehouse.batches(asked, check.header.limits, caps) for row in batch.to_pylist()]
    told = [(str(row["outcome"]), row["reason"], int(row["stays"])) for row in rows]
    left = stays - sum(count for _, _, count in told)
    return (*told, ("failed", UNTOLD, left)) if left > 0 else tuple(told)


def of_stays(check: Check, asked: str) -> str:
    """A query of `rule_settled`, outcome and reason of every stay; a finding (`found_now`) goes before what it said."""
    tables = ", ".join(f"'{table}'" for table in check.header.needs.knowledge) or "''"
    return f"""
        with rule_told as ({check.examined}),
        rule_waiting as (select distinct admission_id from unmatched_stays where table_name in ({tables})),
        rule_weighed as (
            select t.admission_id, t.outcome, t.reason, f.admission_id is not null as found,
                   w.admission_id is not null and t.outcome in ('clear', 'not_applicable') as open
            from rule_told t
            left join found_now f on f.admission_id = t.admission_id
            left join rule_waiting w on w.admission_id = t.admission_id
        ),
        rule_settled as (
            select admission_id,
                   case when found then 'found' when open then 'not_checked' else outcome end as outcome,
                   case when found then null when open then '{UNMATCHED}' else reason end as reason
            from rule_weighed
        )
        {asked}
    """
