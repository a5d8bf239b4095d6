"""规则: which of the national lists the loaded checks and tables cover on a day in a region, and each check in full.

Everything shown is read from the checks' own headers, the rows and the lists; nothing is declared here.
"""

import re
import threading
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from knowledge.importing.sheet_values import read_day
from knowledge.places import NATIONAL, PROVINCES
from knowledge.rows.national_lists import RowsInForce, table_sources
from knowledge.rows.tables import ROW_TABLES
from review.casework.clauses import open_clause
from review.casework.desk import Call, Desk, Refused, person_line, text
from review.casework.results import Line
from review.checks.registry import Check, all_checks
from review.own_rules import adopted_checks, own_rules
from review.rulebook.changes import (
    approve_row,
    change_line,
    change_rule,
    check_called,
    limit_lines,
    may_change,
    try_rule,
)
from review.rulebook.own_trials import adopt_own, open_own, run_own_cases, try_own
from review.rulebook.results import case_lines, hits_of, result_line, rows_page
from review.rulebook.rulebook import (
    CLASS,
    NO_ROWS,
    PROBLEM,
    RUNS,
    Coverage,
    CoverageLine,
    coverage_of,
    tables_read,
)
from review.settled import OFF, Settled
from review.store.accounts import Person
from review.versions import rules_version
from review.violations import VIOLATIONS

SCOPES = {"admission": "每次住院", "person": "同一人的各次住院", "ward": "病区", "hospital": "全院"}
SWITCHED_OFF = "停用"
_WORKING_OUT = threading.Lock()
_PLACEHOLDER = re.compile(r"\$\{?\w+\}?")
_FAMILY_OF = {violation.name: str(violation.family) for violation in VIOLATIONS.values()}


def open_rules(desk: Desk, person: Person, call: Call) -> Line:
    """The coverage of both lists and every check with its state, on a day and in a region, beside an inspection."""
    day, region = _day(call), _region(call)
    rows, found = _covered(desk.home, _stamp(desk.home), day, region)
    entries = desk.inspections(text(call, "inspection"))
    key = text(call, "inspection", 32) or (entries[0].key if entries else "")
    entry = next((one for one in entries if one.key == key), None)
    results = desk.results(entry) if entry else None
    settled = desk.store.rulings.settled(key)
    hits, rules = hits_of(results), desk.rules
    return {
        "person": person_line(person),
        "may_change": may_change(person),
        "as_of": day.isoformat(),
        "region": region or "",
        "regions": _regions(desk),
        "inspections": [{"key": one.key, "name": one.name} for one in entries],
        "inspection": key if entry else "",
        "counts": {"classes": found.counts(CLASS), "problems": found.counts(PROBLEM)},
        "classes": [_entry_line(rules, line) for line in found.of(CLASS)],
        "problems": [_entry_line(rules, line) for line in found.of(PROBLEM)],
        "wanting": _wanting(found),
        "checks": [_check_line(rule, rows, settled, hits) for rule in _counted(desk, settled)],
        "own": len(own_rules(desk.home)),
        "version": rules_version(),
    }


def open_check(desk: Desk, person: Person, call: Call) -> Line:
    """A check as its own header has it, with the clauses it rests on as in force that day, and what it found."""
    day, region = _day(call), _region(call)
    code, key = text(call, "code", 16), text(call, "inspection", 32)
    settled = desk.store.rulings.settled(key)
    rule = next((one for one in _counted(desk, settled) if one["code"] == code), None)
    if rule is None:
        raise Refused("没有这项检查；请刷新页面。")
    rows, found = _covered(desk.home, _stamp(desk.home), day, region)
    covered = [line for line in found.lines if rule["code"] in line.checks]
    results = desk.results(desk.inspection(key)) if key else None
    check = _check_of(desk, code)
    return _check_line(rule, rows, settled, hits_of(results)) | {
        "why": rule["why"],
        "says": _PLACEHOLDER.sub("…", rule["message"]),
        "scope": SCOPES[rule["scope"]],
        "reads": rule["reads"],
        "clock": rule["needs"]["clock"],
        "tables": [
            _table_line(table, rows) | {"optional": table not in rule["needs"]["knowledge"]}
            for table in sorted(tables_read(check), key=lambda name: name not in rule["needs"]["knowledge"])
        ],
        "exceptions": rule["exceptions"],
        "overturned_by": rule["overturned_by"],
        "basis": [_basis(desk, one, day) for one in rule["basis"]],
        "covers": {
            "classes": [_short(line) for line in covered if line.kind == CLASS],
            "problems": [_short(line) for line in covered if line.kind == PROBLEM],
        },
        "limits": limit_lines(desk, check, key, results),
        "history": [
            change_line(one) for one in desk.store.rulings.history(code) if one.inspection in ("", key)
        ],
        "result": result_line(desk, key, code, results),
        "cases": case_lines(check),
    }


def open_rows(desk: Desk, person: Person, call: Call) -> Line:
    """The rows of one rule table, those waiting for approval first; found by words of their text."""
    return rows_page(desk, text(call, "table", 64), text(call, "words", 60), _day(call), _region(call))


def _counted(desk: Desk, settled: Settled) -> list[Line]:
    """The checks that count: the shipped ones and the adopted ones."""
    adopted = {check.header.code for check in adopted_checks(desk.home, settled)}
    shipped = {check.header.code for check in all_checks()}
    return [rule for code, rule in desk.rules.items() if code in shipped or code in adopted]


def _check_of(desk: Desk, code: str) -> Check:
    own = (rule.check for rule in own_rules(desk.home) if rule.check and rule.check.header.code == code)
    return next(own, None) or check_called(code)


def _check_line(rule: Line, rows: RowsInForce, settled: Settled, hits: Mapping[str, int]) -> Line:
    empty = [table for table in rule["needs"]["knowledge"] if not rows.rows.get(table)]
    off = settled.change(rule["code"], OFF)
    state = SWITCHED_OFF if off and off.value else NO_ROWS if empty else RUNS
    return {
        "code": rule["code"],
        "name": rule["title"],
        "family": rule["family"],
        "violation": rule["violation_name"],
        "certainty": rule["certainty"],
        "certainty_name": rule["certainty_name"],
        "state": state,
        "missing": [_table_line(table, rows) for table in empty],
        "hits": hits.get(rule["code"], 0),
    }


def _entry_line(rules: Mapping[str, Line], line: CoverageLine) -> Line:
    """A class or problem; its families follow from its violations, and where it names none from its checks."""
    named = {_FAMILY_OF[name] for name in line.violations if name in _FAMILY_OF}
    return {
        "number": line.number,
        "name": line.name,
        "group": line.group,
        "violations": list(line.violations),
        "families": sorted(named or {rules[code]["family"] for code in line.checks}),
        "state": line.state,
        "reason": line.reason,
        "checks": list(line.checks),
        "tables": [
            {
                "table": table.table,
                "says": table.says,
                "rows": table.rows,
                "needed": table.needed,
                "known": table.known,
                "brought_by": table.brought_by,
            }
            for table in line.tables
        ],
    }


def _wanting(found: Coverage) -> list[Line]:
    """The tables that lack rows, those that would let most run first."""
    lines: list[Line] = [
        {
            "table": name,
            "says": table.says,
            "brought_by": table.brought_by,
            "classes": list(numbers[CLASS]),
            "problems": list(numbers[PROBLEM]),
        }
        for name, (table, numbers) in found.wanting().items()
    ]
    return sorted(lines, key=lambda line: -len(line["classes"]) - len(line["problems"]))


def _table_line(table: str, rows: RowsInForce) -> Line:
    source = table_sources().get(table)
    return {
        "table": table,
        "says": source.says if source else ROW_TABLES[table].says.split("；")[0],
        "brought_by": source.brought_by if source else "",
        "rows": len(rows.rows.get(table, ())),
    }


def _basis(desk: Desk, named: str, day: date) -> Line:
    document, _, passage = named.partition("#")
    return open_clause(desk.library, document, passage, day)


def _short(line: CoverageLine) -> Line:
    return {"number": line.number, "name": line.name}


def _regions(desk: Desk) -> list[Line]:
    """The whole country, the regions of the inspections at hand, then the provinces."""
    found = {"": "全国"}
    for entry in desk.store.inspections():
        results = desk.results(entry)
        if results and (code := str(results.about.get("region") or "")):
            found[code] = f"{entry.hospital} {code}"
    found |= {code: name for name, code in PROVINCES.items() if code not in found}
    return [{"code": code, "name": name} for code, name in found.items()]


def _day(call: Call) -> date:
    given = text(call, "as_of", 40).strip()
    try:
        day = read_day(given) if given else date.today()
    except ValueError as problem:
        raise Refused(f"依据日“{given}”不是日期；请写成 2024-03-01。") from problem
    if day is None:
        raise Refused("依据日请写成 2024-03-01。")
    return day


def _region(call: Call) -> str | None:
    code = text(call, "region", 12).strip()
    if not code or code == NATIONAL:
        return None
    if not re.fullmatch(r"\d{6}", code) or f"{code[:2]}0000" not in PROVINCES.values():
        raise Refused(f"没有区划代码“{code}”；请从列表中选择。")
    return code


def _covered(home: Path, stamp: int, day: date, region: str | None) -> tuple[RowsInForce, Coverage]:
    """Worked out once for a day and region, until the rows change; who asks meanwhile waits for the same."""
    with _WORKING_OUT:
        return _worked_out(home, stamp, day, region)


@lru_cache(maxsize=16)
def _worked_out(home: Path, stamp: int, day: date, region: str | None) -> tuple[RowsInForce, Coverage]:
    rows = RowsInForce.of(home, day, region)
    return rows, coverage_of(rows, all_checks(), day, region)


def _stamp(home: Path) -> int:
    """Changes whenever imported rows do."""
    files = [*(home / "tables").glob("*.jsonl"), *(home / "tables").glob("*.csv")]
    return hash(tuple(sorted((file.name, file.stat().st_mtime_ns) for file in files)))


def warm(desk: Desk) -> None:
    """Read the rules, the rows and the lists before the first person asks for them."""
    _covered(desk.home, _stamp(desk.home), date.today(), None)
    desk.rules  # noqa: B018 - reading it keeps it


HANDLERS = (
    open_rules,
    open_check,
    open_rows,
    change_rule,
    try_rule,
    approve_row,
    open_own,
    run_own_cases,
    try_own,
    adopt_own,
)
SCRIPTS = ("mingjian.js", "session.js", "clause.js", "rule_detail.js", "rule_own.js", "rules.js")
STYLES = ("tokens.css", "clause.css", "rules.css")
