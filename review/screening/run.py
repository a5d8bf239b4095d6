"""One screening from files to findings: lay the extract out, run every rule that is not done, stamp, write.

Beside the output stands a folder of work: the laid-out extract and what each rule said. It lets a stopped run go on;
the extract in it goes when the run is done, the rules' answers stay, so that a changed rule alone is run again.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from knowledge.library import Library
from review.checks.inputs import Inspection
from review.checks.registry import Check, all_checks
from review.checks.stamping import Stamp
from review.engines.duckdb import VIEWS
from review.errors import InputError
from review.intake.about import About, read_about
from review.own_rules import adopted_checks
from review.pipeline import NOTHING_SETTLED, clauses_of
from review.screening.claims import find_claims, fingerprint
from review.screening.preparing import Options, Progress, Watching, prepared, widened
from review.screening.rules import FROM_RECORDS, RuleRun, rule_version, run_rules
from review.screening.stamping import stamp_all
from review.settled import Settled, checks_laid_over, why_off
from review.versions import knowledge_version

WHOLE_RUN = 7 * 24 * 3600.0


@dataclass(frozen=True)
class Screening:
    """What a screening did: every rule with its outcomes, and what the findings rest on."""

    runs: tuple[RuleRun, ...]
    findings: int
    region: str | None
    rows: dict[str, int]
    notes: tuple[str, ...]
    seconds: dict[str, float]
    knowledge: str
    input: str
    out: Path

    def as_json(self) -> dict[str, Any]:
        """The report beside the findings."""
        told = {
            run.code: {
                **{name: value for name, value in asdict(run).items() if name not in {"code", "outcomes"}},
                "outcomes": [
                    {"outcome": outcome, "reason": reason, "stays": stays}
                    for outcome, reason, stays in run.outcomes
                ],
            }
            for run in self.runs
        }
        return {
            "findings": self.findings,
            "region": self.region,
            "rows": self.rows,
            "notes": list(self.notes),
            "rules": told,
            "not_screened": {check.header.code: FROM_RECORDS for check in not_screened()},
            "versions": {"knowledge": self.knowledge, "input": self.input},
            "seconds": self.seconds,
        }


def screen(
    options: Options,
    home: Path,
    tell: Progress,
    checks: tuple[Check, ...] | None = None,
    settled: Settled = NOTHING_SETTLED,
    watch: Watching | None = None,
) -> Screening:
    """Screen an extract; `checks` are the SQL charge checks and the adopted rule files unless given. Raises InputError.

    `settled` is what people have matched, approved and changed over the rules as they are held; `watch` is asked along
    the way by a run that reviews a part of what is held."""
    _check_out(options.out)
    rules = rules_of(home, settled) if checks is None else checks
    clock, laps = time.perf_counter(), {}

    def lap(stage: str) -> None:
        nonlocal clock
        laps[stage], clock = round(time.perf_counter() - clock, 3), time.perf_counter()

    files = find_claims(options.claims)
    about = about_of(options)
    version, given = knowledge_version(home), fingerprint(files)
    key = _key(given, version + settled.version, about, options.engine)
    lap("识别输入")
    warehouse, laid = prepared(options, files, about, home, key, tell, settled, watch)
    lap("建库")
    rules = checks_laid_over(rules, settled, Inspection(warehouse).knowledge("region_policy"))
    while watch and (further := watch.laid_out(warehouse, rules, options.caps)):
        laid = widened(warehouse, further, watch)
    inspection = Inspection(warehouse)
    off = {check.header.code: reason for check in rules if (reason := why_off(check, settled))}
    runs = run_rules(
        rules,
        inspection,
        options.work / "rules",
        key,
        options.caps,
        lambda run, number, total: tell(_said(run, number, total)),
        off,
        watch.ran if watch else None,
    )
    lap("规则")
    region = str(inspection.about.get("region") or "")
    said = {"knowledge_version": version, "region": region, "input_fingerprint": given}
    findings = _written(options, home, inspection, rules, said)
    warehouse.close()
    shutil.rmtree(options.work / "extract")
    lap("写出")
    done = Screening(
        runs, findings, region or None, dict(laid.rows), laid.notes, laps, version, given, options.out
    )
    report = json.dumps(done.as_json(), ensure_ascii=False, indent=1)
    options.out.with_suffix(".json").write_text(report + "\n", "utf-8")
    return done


def _written(
    options: Options, home: Path, inspection: Inspection, rules: Sequence[Check], said: dict[str, str]
) -> int:
    """Stamp what the rules found and put it in its place whole; how many findings."""
    draft = options.out.with_name(f".{options.out.name}.writing")
    stamp = Stamp(inspection, clauses_of(Library.open(home)))
    by_code = {check.header.code: check for check in rules}
    versions = {code: rule_version(check) for code, check in by_code.items()}
    whole = replace(options.caps, seconds=WHOLE_RUN, rows=10**12)
    about: Mapping[str, Callable[[str], str] | str] = {"rule_version": versions.__getitem__, **said}
    findings = stamp_all(by_code, inspection, stamp, options.work / "rules", draft, whole, about)
    draft.replace(options.out)
    return findings


def screened_checks() -> tuple[Check, ...]:
    """The charge checks that are written in SQL, or have queries for the claims beside them."""
    return tuple(
        check for check in all_checks() if check.findings is not None and check.file.parent.name == "charges"
    )


def rules_of(home: Path, settled: Settled) -> tuple[Check, ...]:
    """What a screening asks: the charge checks in SQL and the adopted rule files."""
    return (*screened_checks(), *adopted_checks(home, settled))


def not_screened() -> tuple[Check, ...]:
    """The checks that only the review of an inspection runs."""
    screened = {check.header.code for check in screened_checks()}
    return tuple(check for check in all_checks() if check.header.code not in screened)


def _check_out(out: Path) -> None:
    if out.is_dir():
        raise InputError(f"输出位置 {out} 是一个文件夹；请用 --out 指定一个 .parquet 文件。")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"输出位置 {out} 不能写入（{problem.strerror}）；请换一个位置。") from problem


def about_of(options: Options) -> About:
    """What the extract is about: an inspection.yaml beside it, and the region of the command line before its own."""
    if options.about:
        return options.about
    folders = [path if path.is_dir() else path.parent for path in options.claims[:1]]
    folders += [folder.parent for folder in folders if folder.name == "claims"]
    found = next((about for about, _ in map(read_about, folders) if about != About()), About())
    return replace(found, region_code=options.region or found.region_code)


def _key(given: str, version: str, about: About, engine: str) -> str:
    """Changes with the input, the knowledge, the views, the region or the engine."""
    views = b"".join(file.read_bytes() for file in sorted(VIEWS.glob("*.sql")))
    told = f"{given}/{version}/{about}/{engine}/".encode() + views
    return hashlib.sha256(told).hexdigest()[:16]


def _said(run: RuleRun, number: int, total: int) -> str:
    state = "沿用上次" if run.reused else f"{run.seconds:.1f} 秒"
    why = next((reason for told, reason, _ in run.outcomes if told == "failed"), "")
    why = why or next((reason for told, reason, _ in run.outcomes[:1] if told == "not_checked"), "")
    return f"[{number}/{total}] {run.code} {run.title}：{state}，疑点 {run.findings:,} 项{f'；{why}' if why else ''}"


__all__ = ["Options", "Screening", "rules_of", "screen", "screened_checks"]
