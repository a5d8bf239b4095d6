"""检查: load an inspection from a server path or a ZIP, watch its review, and see every file and fault."""

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from review.casework.desk import Call, Desk, Refused, person_line, text
from review.casework.results import Line, Results
from review.casework.runs import read_lines
from review.casework.uploads import inspection_folder, unpack
from review.errors import InputError
from review.items.choices import choose_item, open_items, search_items, undo_item
from review.pages.assigning import ASSIGNING
from review.pages.planning import PLANNING
from review.pages.standing import STANDING, require_writable, standing_line
from review.store.accounts import ADMINISTRATOR, LEADER, Person
from review.store.entries import InspectionEntry

HOSPITAL_TABLES = {
    "institution": "机构执业信息",
    "orders": "住院医嘱",
    "operations": "住院手术",
    "anesthesia": "住院麻醉",
    "exams": "检查报告",
    "labs": "化验报告",
    "vitals": "护理体征",
    "edits": "修改痕迹",
}
FIRST_ADMINISTRATOR = "新建检查前请先设置第一个管理员；示例检查和已作的决定都会保留。"


def open_list(desk: Desk, person: Person, call: Call) -> Line:
    """All inspections with how far each has come."""
    return {
        "person": person_line(person),
        "needs_first": desk.accounts.demonstration(),
        "inspections": [_entry_line(desk, entry) for entry in desk.store.inspections()],
        **({"keeps": desk.store.life.kept_days()} if ADMINISTRATOR in person.roles else {}),
    }


def open_inspection(desk: Desk, person: Person, call: Call) -> Line:
    """One inspection: stages, files, faults, and what the last review changed."""
    entry = desk.inspection(text(call, "inspection"))
    line = _entry_line(desk, entry) | {"folder": entry.folder if not entry.demo else "随程序附带的示例"}
    line |= standing_line(desk, entry, person, desk.store.life.kept_days())
    results = desk.results(entry)
    if results is None:
        return line
    about = results.about
    decided = desk.standing(entry)
    findings = [finding for group in results.findings.values() for finding in group]
    return line | {
        "about": {
            "level": about.get("hospital_level") or "",
            "code": about.get("hospital_code") or "",
            "region": about.get("region") or "",
            "from": str(about.get("period_start") or ""),
            "to": str(about.get("period_end") or ""),
        },
        "summary": results.summary,
        "stages": _stages(results, len(findings), sum(finding["id"] in decided for finding in findings)),
        "files": [*results.files, *_missing(results)],
        "faults": results.faults,
        "changes": _changes(desk, entry, results),
        "reading": results.model,
        "leads": LEADER in person.roles,
    }


def progress(desk: Desk, person: Person, call: Call) -> Line:
    """Where a run stands; asked for every second while one is under way."""
    entry = desk.inspection(text(call, "inspection"))
    running = desk.runs.progress(entry.key)
    return {"state": entry.state, "problem": entry.problem, "run": entry.run, "progress": running}


def create(desk: Desk, person: Person, call: Call) -> Line:
    """A new inspection from a folder on the server; its review begins at once."""
    if person.demo:
        raise Refused(FIRST_ADMINISTRATOR)
    try:
        folder = inspection_folder(text(call, "path", 1000))
    except InputError as problem:
        raise Refused(str(problem)) from problem
    return {"inspection": begin(desk, person, folder, text(call, "name"))}


def create_from_upload(desk: Desk, person: Person, archive: Path, name: str) -> Line:
    """A new inspection from an uploaded ZIP, which is unpacked under the home folder and removed."""
    target = archive.with_suffix("")
    target.mkdir(parents=True)
    try:
        return {"inspection": begin(desk, person, unpack(archive, target), name)}
    except InputError as problem:
        raise Refused(str(problem)) from problem
    finally:
        archive.unlink(missing_ok=True)


def begin(desk: Desk, person: Person, folder: Path, name: str = "", *, demo: bool = False) -> str:
    """Enter an inspection in the store and queue its review."""
    stated = stated_in(folder)
    hospital = stated.get("hospital")
    hospital_name = str(hospital.get("name", "")) if isinstance(hospital, dict) else ""
    title = name.strip() or str(stated.get("name") or hospital_name or folder.name)
    key = desk.store.add_inspection(title, hospital_name or title, folder, person.name, demo=demo)
    desk.store.write_trail(person.name, "add_inspection", key)
    desk.runs.start(key)
    return key


def run_again(desk: Desk, person: Person, call: Call) -> Line:
    """Review once more; decisions stay with their findings."""
    entry = desk.inspection(text(call, "inspection"))
    require_writable(entry)
    desk.store.write_trail(person.name, "review_again", entry.key)
    return {"started": desk.runs.start(entry.key)}


def cancel(desk: Desk, person: Person, call: Call) -> Line:
    """Stop the run; the last finished review stays."""
    entry = desk.inspection(text(call, "inspection"))
    desk.store.write_trail(person.name, "cancel_review", entry.key)
    return {"cancelled": desk.runs.cancel(entry.key)}


def stated_in(folder: Path) -> dict[str, Any]:
    """What inspection.yaml says of itself; nothing where it is missing or no mapping (the review names the fault)."""
    file = folder / "inspection.yaml"
    if not file.is_file():
        return {}
    try:
        stated = yaml.safe_load(file.read_text("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}
    return stated if isinstance(stated, dict) else {}


def _entry_line(desk: Desk, entry: InspectionEntry) -> Line:
    line: Line = {
        "key": entry.key,
        "name": entry.name,
        "hospital": entry.hospital,
        "demo": entry.demo,
        "state": entry.state,
        "standing": entry.standing,
        "problem": entry.problem,
        "run": entry.run,
        "created_by": entry.created_by,
        "reviewed_at": entry.reviewed_at.isoformat() + "Z" if entry.reviewed_at else None,
        "progress": desk.runs.progress(entry.key),
    }
    results = desk.results(entry)
    if results is None:
        return line | {"cases": None, "done": None}
    decided = desk.standing(entry)
    done = 0
    for admission in results.admissions:
        findings = results.findings.get(admission, [])
        done += (
            all(finding["id"] in decided for finding in findings)
            if findings
            else f"case:{admission}" in decided
        )
    return line | {"cases": len(results.admissions), "done": done}


def _stages(results: Results, findings: int, decided: int) -> list[Line]:
    """The stages of this version, each with its counts, seconds and faults."""
    rows = sum(file.get("count") or 0 for file in results.files if file.get("unit") == "行")
    documents = results.rows("select count(*) as n from documents")[0]["n"]
    scans = results.rows("select count(*) as n from raw_pages where origin = 'ocr'")[0]["n"]
    outcomes = Counter(line["outcome"] for group in results.outcomes.values() for line in group)
    checks = len({line["check"] for group in results.outcomes.values() for line in group})
    seconds = results.summary.get("seconds", {})
    faults = len(results.faults)
    return [
        {
            "name": "读入",
            "text": f"{len(results.admissions)} 例 · {rows:,} 行",
            "seconds": seconds.get("读入"),
            "faults": faults,
        },
        {
            "name": "文书",
            "text": f"{documents} 份" + (f" · {scans} 页扫描" if scans else ""),
            "seconds": None,
        },
        {"name": "建库", "text": "表与文书并作一库", "seconds": seconds.get("建库")},
        {
            "name": "核查",
            "text": f"{checks} 项检查 · 未检查 {outcomes['not_checked']:,} 例次",
            "seconds": seconds.get("核查"),
            "faults": outcomes["failed"],
        },
        {
            "name": "专家",
            "text": f"疑点 {decided} / {findings} 项已定",
            "seconds": None,
            "now": decided < findings,
        },
    ]


def _missing(results: Results) -> list[Line]:
    """The hospital's tables that were not handed over."""
    given = {row["table_name"] for row in results.rows("select table_name from provided")}
    return [
        {"file": f"hospital/{title}", "content": title, "count": 0, "unit": "", "state": "未提供", "note": ""}
        for table, title in HOSPITAL_TABLES.items()
        if table not in given
    ]


def _changes(desk: Desk, entry: InspectionEntry, results: Results) -> Line | None:
    """What a re-review changed: findings new, gone and the same."""
    before = desk.runs.out(entry.key, entry.run - 1)
    if entry.run < 2 or not before.exists():
        return None
    old = {line["id"] for line in read_lines(before / "findings.jsonl")}
    new = {
        finding["id"] for group in results.findings.values() for finding in group if not finding.get("gone")
    }
    kept = sum(finding.get("gone", False) for group in results.findings.values() for finding in group)
    return {"new": len(new - old), "gone": len(old - new), "same": len(old & new), "kept": kept}


HANDLERS = (
    open_list,
    open_inspection,
    progress,
    create,
    run_again,
    cancel,
    open_items,
    choose_item,
    undo_item,
    search_items,
    *ASSIGNING,
    *STANDING,
    *PLANNING,
)
SCRIPTS = (
    "mingjian.js",
    "session.js",
    "items.js",
    "assigning.js",
    "standing.js",
    "plan.js",
    "inspections.js",
)
STYLES = ("tokens.css", "inspections.css", "items.css", "pairing.css")
