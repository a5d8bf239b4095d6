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
from typing import Any, Literal

from knowledge.library import Library
from knowledge.rows.held import ROW_TABLES, load_rows
from review.checks.inputs import Inspection
from review.checks.registry import Check, all_checks
from review.checks.stamping import Stamp
from review.engines.duckdb import VIEWS, Warehouse
from review.engines.failures import Caps
from review.engines.knowledge_tables import tables_for_region
from review.errors import InputError
from review.intake.about import About, read_about
from review.items.matching import candidate_rows
from review.own_rules import adopted_checks
from review.pipeline import NOTHING_SETTLED, clauses_of
from review.screening.claims import ClaimFile, find_claims, fingerprint
from review.screening.extract import Laid, lay_out, teach
from review.screening.rules import FROM_RECORDS, RuleRun, rule_version, run_rules
from review.screening.stamping import stamp_all
from review.settled import Settled, checks_laid_over, rows_laid_over, why_off
from review.versions import knowledge_version
from review.warehouse import sites_of_rows

# what few rules ask for is worked out when they ask
LAZY_VIEWS = ("charge_lines", "lines_left_out", "prescriptions", "diagnoses", "facts")
WHOLE_RUN = 7 * 24 * 3600.0
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What a screening is asked to do; `memory` in gigabytes, `seconds` for each query of a rule."""

    claims: tuple[Path, ...]
    out: Path
    engine: Literal["duckdb", "spark"] = "duckdb"
    master: str = "local[*]"
    region: str | None = None
    memory: float = 3.0
    seconds: float = 3600.0

    @property
    def work(self) -> Path:
        """The folder of work beside the output."""
        return self.out.with_name(f"{self.out.name}.work")

    @property
    def caps(self) -> Caps:
        return Caps(self.seconds, self.memory, rows=200_000_000, spilled=500.0)


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
            "not_screened": {check.header.code: FROM_RECORDS for check in _from_records()},
            "versions": {"knowledge": self.knowledge, "input": self.input},
            "seconds": self.seconds,
        }


def screen(
    options: Options,
    home: Path,
    tell: Progress,
    checks: tuple[Check, ...] | None = None,
    settled: Settled = NOTHING_SETTLED,
) -> Screening:
    """Screen an extract; `checks` are the SQL charge checks and the adopted rule files unless given. Raises InputError.

    `settled` is what people have matched, approved and changed over the rules as they are held."""
    _check_out(options.out)
    rules = (*screened_checks(), *adopted_checks(home, settled)) if checks is None else checks
    clock, laps = time.perf_counter(), {}

    def lap(stage: str) -> None:
        nonlocal clock
        laps[stage], clock = round(time.perf_counter() - clock, 3), time.perf_counter()

    files = find_claims(options.claims)
    about = _about(options)
    version, given = knowledge_version(home), fingerprint(files)
    key = _key(given, version + settled.version, about, options.engine)
    lap("识别输入")
    warehouse, laid = _prepared(options, files, about, home, key, tell, settled)
    lap("建库")
    inspection = Inspection(warehouse)
    rules = checks_laid_over(rules, settled, inspection.knowledge("region_policy"))
    off = {check.header.code: reason for check in rules if (reason := why_off(check, settled))}
    runs = run_rules(
        rules,
        inspection,
        options.work / "rules",
        key,
        options.caps,
        lambda run, number, total: tell(_said(run, number, total)),
        off,
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


def _from_records() -> tuple[Check, ...]:
    screened = {check.header.code for check in screened_checks()}
    return tuple(check for check in all_checks() if check.header.code not in screened)


def _check_out(out: Path) -> None:
    if out.is_dir():
        raise InputError(f"输出位置 {out} 是一个文件夹；请用 --out 指定一个 .parquet 文件。")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"输出位置 {out} 不能写入（{problem.strerror}）；请换一个位置。") from problem


def _about(options: Options) -> About:
    """What the extract is about: an inspection.yaml beside it, and the region of the command line before its own."""
    folders = [path if path.is_dir() else path.parent for path in options.claims[:1]]
    folders += [folder.parent for folder in folders if folder.name == "claims"]
    found = next((about for about, _ in map(read_about, folders) if about != About()), About())
    return replace(found, region_code=options.region or found.region_code)


def _key(given: str, version: str, about: About, engine: str) -> str:
    """Changes with the input, the knowledge, the views, the region or the engine."""
    views = b"".join(file.read_bytes() for file in sorted(VIEWS.glob("*.sql")))
    told = f"{given}/{version}/{about}/{engine}/".encode() + views
    return hashlib.sha256(told).hexdigest()[:16]


def _prepared(
    options: Options,
    files: tuple[ClaimFile, ...],
    about: About,
    home: Path,
    key: str,
    tell: Progress,
    settled: Settled,
) -> tuple[Warehouse, Laid]:
    """The extract laid out with its views, as an earlier run of the same key left it or anew."""
    folder = options.work / "extract"
    note = folder / "laid.json"
    if note.exists():
        said = json.loads(note.read_text("utf-8"))
        if said.pop("key") == key and options.engine == "duckdb":
            tell("接着上次的进度：数据已建库")
            warehouse = Warehouse.reopen_writable(folder / "extract.duckdb")
            _bounded(warehouse, options)
            teach(warehouse)
            return warehouse, Laid(said["rows"], tuple(said["notes"]))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tell("读入并建库")
    warehouse = Warehouse.empty(folder / "extract.duckdb")
    _bounded(warehouse, options)
    laid = lay_out(warehouse, files)
    _load_frame(warehouse, about, home, settled)
    if options.engine == "spark":
        from review.engines.spark import SparkWarehouse

        warehouse = SparkWarehouse.over(warehouse, folder / "tables", options.master, options.memory)
    warehouse.build_views(_plain_views(), lazy=LAZY_VIEWS)
    warehouse.keep(
        "unmatched_stays",
        "select distinct u.table_name, c.admission_id from unmatched_items u join charges c on c.item_key = u.item_key",
    )
    note.write_text(
        json.dumps({"key": key, "rows": laid.rows, "notes": laid.notes}, ensure_ascii=False), "utf-8"
    )
    return warehouse, laid


def _plain_views() -> list[str]:
    """All views but the one whose answer is known: repeated lines were told apart when the extract was laid out."""
    return [
        file.stem.split("_", 1)[1]
        for file in sorted(VIEWS.glob("[1-9]*.sql"))
        if "repeated_lines" not in file.stem
    ]


def _bounded(warehouse: Warehouse, options: Options) -> None:
    spill = options.work / "extract" / "spill"
    warehouse.run(
        f"set memory_limit = '{int(options.memory * 1024)}MiB'; set preserve_insertion_order = false; "
        f"set temp_directory = '{str(spill).replace(chr(39), chr(39) * 2)}'"
    )


def _load_frame(warehouse: Warehouse, about: About, home: Path, settled: Settled) -> None:
    """What the extract is about, and the knowledge of its region."""
    first = warehouse.rows(
        "select fixmedins_code as code from raw_mdtrt_d where fixmedins_code is not null order by mdtrt_id limit 1"
    )
    code = about.hospital_code or (str(first[0]["code"]) if first else None)
    own = code[1:7] if code and code.startswith("H") and code[1:7].isdigit() else None
    region = about.region_code or own
    warehouse.load_rows(
        "inspection",
        [
            {
                "name": about.name,
                "region": region,
                "hospital_code": code,
                "hospital_level": about.hospital_level,
            }
        ],
    )
    rows = rows_laid_over({table: load_rows(table, home) for table in ROW_TABLES}, settled)
    warehouse.load_knowledge(tables_for_region(rows, region))
    warehouse.load_rows("raw_item_candidates", candidate_rows(warehouse))
    warehouse.load_rows("raw_row_sites", sites_of_rows(warehouse))
    warehouse.run(
        "create or replace table repeated_lines as select mdtrt_id, mdtrt_id as bkkp_sn from raw_mdtrt_d limit 0"
    )


def _said(run: RuleRun, number: int, total: int) -> str:
    state = "沿用上次" if run.reused else f"{run.seconds:.1f} 秒"
    why = next((reason for told, reason, _ in run.outcomes if told == "failed"), "")
    why = why or next((reason for told, reason, _ in run.outcomes[:1] if told == "not_checked"), "")
    return f"[{number}/{total}] {run.code} {run.title}：{state}，疑点 {run.findings:,} 项{f'；{why}' if why else ''}"
