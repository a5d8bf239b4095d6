"""审核: the queue, one case beside its record, and the decisions of the expert."""

from datetime import UTC, date, datetime, timedelta

from knowledge.readers import UnreadableFile
from review.casework.admission_need import open_criteria as criteria_of_case
from review.casework.cases import shown_evidence
from review.casework.clauses import open_clause
from review.casework.desk import Call, Case, Desk, Refused, person_line, source_file, text
from review.casework.looking import looked_at
from review.casework.pairing import LEADS
from review.casework.readings import read_tabs, text_of
from review.casework.results import Line
from review.casework.sheets import read_sheet
from review.casework.worklist import named, queue
from review.pages.assigning import plant
from review.pages.calling import CALLING, case_for
from review.pages.comparing import COMPARING
from review.pages.hearing import HEARING
from review.pages.proposing import PROPOSING
from review.store.accounts import Person
from review.store.entries import VERDICTS, Decision


def open_queue(desk: Desk, person: Person, call: Call) -> Line:
    """The inspections one may switch between, and the queue of the one asked for or last opened."""
    found = desk.store.case(text(call, "case"))
    asked = found[0] if found else text(call, "inspection")
    entries = desk.inspections(asked)
    wanted = asked or desk.store.preferences(person.name).get("inspection", "")
    entry = next((entry for entry in entries if entry.key == wanted), entries[0] if entries else None)
    shown: Line = {
        "person": person_line(person),
        "inspections": [{"key": e.key, "name": e.name, "hospital": e.hospital} for e in entries],
        "inspection": entry.key if entry else None,
    }
    if entry is None:
        return shown | {"rows": None}
    if text(call, "inspection"):
        desk.store.prefer(person.name, "inspection", entry.key)
    results = desk.results(entry)
    running = {"state": entry.state, "problem": entry.problem, "progress": desk.runs.progress(entry.key)}
    if results is None:
        return shown | running | {"rows": None}
    keys = desk.store.case_keys(entry.key, list(results.admissions))
    lines = desk.store.decisions(entry.key)
    pairing = desk.pairing(entry)
    rows = queue(results, keys, pairing, person, desk.named_by)
    days = _decided_on(lines, person)
    today = datetime.now().astimezone().date()
    here = {keys[admission] for day, admission in days if day == today and admission in keys}
    for row in rows:
        row["today"] = row["key"] in here
    counted = {"yesterday": sum(day == today - timedelta(days=1) for day, _ in days)}
    filters: Line = {"named": named(results, rows)}
    if any(row["part"] == LEADS for row in rows):
        filters["seed"] = pairing.rules.seed
    return shown | running | {"rows": rows, "run": entry.run, "counted": counted} | filters


def open_case(desk: Desk, person: Person, call: Call) -> Line:
    """Everything of one case but its tables."""
    case = desk.case(text(call, "case"), person)
    shown = case_for(desk, person, case)
    desk.store.looks.open(person.name, case.inspection.key, case.key)
    return shown


def open_text(desk: Desk, person: Person, call: Call) -> Line:
    """The documents of one tab of a case whose record is too long to send at once."""
    case = looked_at(desk, person, call)
    findings = case.results.findings.get(case.admission_id, [])  # for the tabs' keys; none of them is sent
    tabs = read_tabs(case.results, case.admission_id, findings)
    tab = next((tab for tab in tabs if tab.key == text(call, "tab")), None)
    if tab is None:
        raise Refused("这一例没有这份文书；请刷新页面。")
    return {"documents": text_of(tab)}


def open_boxes(desk: Desk, person: Person, call: Call) -> Line:
    """Where the quotes of a finding stand on the original pages of a tab, as fractions of the page."""
    case, finding = _finding(desk, person, call)
    tabs = read_tabs(case.results, case.admission_id, case.results.findings[case.admission_id])
    tab = next((tab for tab in tabs if tab.key == text(call, "tab")), None)
    shown = [
        item
        for item in shown_evidence(finding, tabs)
        if tab and item["place"] and item["place"]["tab"] == tab.key
    ]
    if tab is None or not shown:
        return {"boxes": []}
    file = source_file(case, tab.source)
    found: list[Line] = []
    try:
        read = desk.viewer.read(file, desk.home / "cache")
        for item in shown:
            start = tab.documents[item["place"]["document"]]["start"] + item["place"]["start"]
            end = start + item["place"]["end"] - item["place"]["start"]
            page, lines = desk.viewer.boxes(file, read, start, end)
            found += [
                {"mark": item["mark"], "says": item["says"], "page": page or 1, "box": line} for line in lines
            ]
    except UnreadableFile as refusal:
        raise Refused(f"引文在原页上的位置标不出来：{refusal}。") from refusal
    return {"boxes": found}


def open_sheet(desk: Desk, person: Person, call: Call) -> Line:
    """One table of a case."""
    case = looked_at(desk, person, call)
    sheet = read_sheet(case.results, case.admission_id, text(call, "sheet"))
    if sheet is None:
        raise Refused("没有这张表；请刷新页面。")
    return sheet


def open_criteria(desk: Desk, person: Person, call: Call) -> Line:
    """The admission criteria of a case: met, not met, not recorded, with what became known later apart."""
    case = looked_at(desk, person, call)
    return criteria_of_case(case.results, case.admission_id)


def open_basis(desk: Desk, person: Person, call: Call) -> Line:
    """The clauses behind a finding, on the day they were applied to."""
    case, finding = _finding(desk, person, call)
    day = case.results.rows("select begins_on from admissions where admission_id = $id", id=case.admission_id)
    admitted = day[0]["begins_on"]
    return {
        "clauses": [
            open_clause(desk.library, clause["document"], clause["passage"], admitted)
            | {"note": clause["note"], "cited": f"{clause['document']} {clause['passage']}"}
            for clause in finding["basis"]
        ]
    }


def _finding(desk: Desk, person: Person, call: Call) -> tuple[Case, Line]:
    case = looked_at(desk, person, call)
    finding = desk.finding(case, person, text(call, "finding"))
    if finding is None:
        raise Refused("这一项疑点已不在本次审核结果里；请刷新页面。")
    return case, finding


def _decided_on(lines: list[Decision], person: Person) -> set[tuple[date, str]]:
    """The cases a person decided in, each with the day by the server's calendar."""
    own = [line for line in lines if line.who == person.name and line.verdict in VERDICTS]
    return {(line.at.replace(tzinfo=UTC).astimezone().date(), line.admission_id) for line in own}


HANDLERS = (
    open_queue,
    open_case,
    open_text,
    open_boxes,
    open_sheet,
    open_criteria,
    open_basis,
    *CALLING,
    plant,
    *PROPOSING,
    *HEARING,
    *COMPARING,
)
SCRIPTS = (
    "mingjian.js",
    "session.js",
    "timeline.js",
    "timeline_scale.js",
    "charts.js",
    "vitals_plot.js",
    "compare.js",
    "versions.js",
    "likeness_map.js",
    "stage.js",
    "stay_views.js",
    "original.js",
    "record.js",
    "sheets.js",
    "reading.js",
    "cards.js",
    "queue.js",
    "queue_filter.js",
    "queue_rows.js",
    "clause.js",
    "asking.js",
    "pairing.js",
    "decisions.js",
    "deciding.js",
    "attaching.js",
    "hearing.js",
    "marking.js",
    "proposing.js",
    "review.js",
)
STYLES = ("tokens.css", "clause.css", "review.css", "pairing.css", "hearing.css", "timeline.css", "views.css")
