"""规则: which of the national lists the loaded checks and tables cover on a day in a region, and each check in full.

Everything shown is read from the checks' own headers, the rows and the lists; nothing is declared here.
"""

import re
from datetime import date
from functools import lru_cache
from pathlib import Path

from knowledge.importing.sheet_values import read_day
from knowledge.places import NATIONAL, PROVINCES
from knowledge.rows.national_lists import RowsInForce, table_sources
from knowledge.rows.tables import ROW_TABLES
from review.accounts import Person
from review.checks.registry import all_checks
from review.clauses import open_clause
from review.desk import Call, Desk, Refused, person_line, text
from review.results import Line
from review.rulebook import CLASS, NO_ROWS, PROBLEM, RUNS, Coverage, CoverageLine, coverage_of
from review.versions import rules_version
from review.violations import VIOLATIONS

SCOPES = {"admission": "每次住院", "person": "同一人的各次住院", "ward": "病区", "hospital": "全院"}
_PLACEHOLDER = re.compile(r"\$\{?\w+\}?")
_FAMILY_OF = {violation.name: str(violation.family) for violation in VIOLATIONS.values()}


def open_rules(desk: Desk, person: Person, call: Call) -> Line:
    """The coverage of both lists and every check with its state, on a day and in a region."""
    day, region = _day(call), _region(call)
    rows, found = _covered(desk.home, _stamp(desk.home), day, region)
    return {
        "person": person_line(person),
        "as_of": day.isoformat(),
        "region": region or "",
        "regions": _regions(desk),
        "counts": {"classes": found.counts(CLASS), "problems": found.counts(PROBLEM)},
        "classes": [_entry_line(desk, line) for line in found.of(CLASS)],
        "problems": [_entry_line(desk, line) for line in found.of(PROBLEM)],
        "wanting": _wanting(found),
        "checks": [_check_line(rule, rows) for rule in desk.rules.values()],
        "version": rules_version(),
    }


def open_check(desk: Desk, person: Person, call: Call) -> Line:
    """A check as its own header has it, with the clauses it rests on as in force that day."""
    day, region = _day(call), _region(call)
    rule = desk.rules.get(text(call, "code", 16))
    if rule is None:
        raise Refused("没有这项检查；请刷新页面。")
    rows, found = _covered(desk.home, _stamp(desk.home), day, region)
    covered = [line for line in found.lines if rule["code"] in line.checks]
    return _check_line(rule, rows) | {
        "why": rule["why"],
        "says": _PLACEHOLDER.sub("…", rule["message"]),
        "scope": SCOPES[rule["scope"]],
        "reads": rule["reads"],
        "clock": rule["needs"]["clock"],
        "tables": [_table_line(table, rows) for table in rule["needs"]["knowledge"]],
        "exceptions": rule["exceptions"],
        "overturned_by": rule["overturned_by"],
        "basis": [_basis(desk, one, day) for one in rule["basis"]],
        "covers": {
            "classes": [_short(line) for line in covered if line.kind == CLASS],
            "problems": [_short(line) for line in covered if line.kind == PROBLEM],
        },
    }


def _check_line(rule: Line, rows: RowsInForce) -> Line:
    empty = [table for table in rule["needs"]["knowledge"] if not rows.rows.get(table)]
    return {
        "code": rule["code"],
        "name": rule["title"],
        "family": rule["family"],
        "violation": rule["violation_name"],
        "certainty": rule["certainty"],
        "certainty_name": rule["certainty_name"],
        "state": NO_ROWS if empty else RUNS,
        "missing": [_table_line(table, rows) for table in empty],
    }


def _entry_line(desk: Desk, line: CoverageLine) -> Line:
    """A class or problem; its families follow from its violations, and where it names none from its checks."""
    named = {_FAMILY_OF[name] for name in line.violations if name in _FAMILY_OF}
    return {
        "number": line.number,
        "name": line.name,
        "group": line.group,
        "violations": list(line.violations),
        "families": sorted(named or {desk.rules[code]["family"] for code in line.checks}),
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


@lru_cache(maxsize=16)
def _covered(home: Path, stamp: int, day: date, region: str | None) -> tuple[RowsInForce, Coverage]:
    """Worked out once for a day and region, until the rows change."""
    rows = RowsInForce.of(home, day, region)
    return rows, coverage_of(rows, all_checks(), day, region)


def _stamp(home: Path) -> int:
    """Changes whenever imported rows do."""
    files = [*(home / "tables").glob("*.jsonl"), *(home / "tables").glob("*.csv")]
    return hash(tuple(sorted((file.name, file.stat().st_mtime_ns) for file in files)))


HANDLERS = (open_rules, open_check)
SCRIPTS = ("mingjian.js", "clause.js", "rules.js")
STYLES = ("tokens.css", "clause.css", "rules.css")
