"""审核: the queue, one case beside its record, and the decisions of the expert."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from knowledge.readers import UnreadableFile
from review.casework.admission_need import open_criteria as criteria_of_case
from review.casework.cases import open_case as case_of
from review.casework.cases import shown_decision, shown_evidence
from review.casework.clauses import open_clause
from review.casework.desk import Call, Case, Desk, Refused, person_line, source_file, text, texts
from review.casework.readings import read_tabs, text_of
from review.casework.results import Line
from review.casework.sheets import read_sheet
from review.casework.worklist import queue
from review.pages.comparing import COMPARING
from review.store.accounts import Person
from review.store.entries import VERDICTS, Decision, Press

LONGEST_NOTE = 500


def open_queue(desk: Desk, person: Person, call: Call) -> Line:
    """The inspections one may switch between, and the queue of the one asked for or last opened."""
    entries = desk.store.inspections()
    wanted = text(call, "inspection") or desk.store.preferences(person.name).get("inspection", "")
    found = desk.store.case(text(call, "case"))
    wanted = found[0] if found else wanted
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
    rows = queue(results, keys, desk.standing(entry))
    return shown | running | {"rows": rows, "run": entry.run, "today": _cases_today(lines, person)}


def open_case(desk: Desk, person: Person, call: Call) -> Line:
    """Everything of one case but its tables."""
    case = desk.case(text(call, "case"))
    shown = case_of(case.results, case.admission_id, desk.standing(case.inspection), desk.rules)
    desk.store.write_trail(person.name, "open_case", case.inspection.key, case.key)
    return shown | {"key": case.key}


def open_text(desk: Desk, person: Person, call: Call) -> Line:
    """The documents of one tab of a case whose record is too long to send at once."""
    case = desk.case(text(call, "case"))
    findings = case.results.findings.get(case.admission_id, [])
    tabs = read_tabs(case.results, case.admission_id, findings)
    tab = next((tab for tab in tabs if tab.key == text(call, "tab")), None)
    if tab is None:
        raise Refused("这一例没有这份文书；请刷新页面。")
    return {"documents": text_of(tab)}


def open_boxes(desk: Desk, person: Person, call: Call) -> Line:
    """Where the quotes of a finding stand on the original pages of a tab, as fractions of the page."""
    case, finding = _finding(desk, call)
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
    case = desk.case(text(call, "case"))
    sheet = read_sheet(case.results, case.admission_id, text(call, "sheet"))
    if sheet is None:
        raise Refused("没有这张表；请刷新页面。")
    return sheet


def open_criteria(desk: Desk, person: Person, call: Call) -> Line:
    """The admission criteria of a case: met, not met, not recorded, with what became known later apart."""
    case = desk.case(text(call, "case"))
    return criteria_of_case(case.results, case.admission_id)


def open_basis(desk: Desk, person: Person, call: Call) -> Line:
    """The clauses behind a finding, on the day they were applied to."""
    case, finding = _finding(desk, call)
    day = case.results.rows("select begins_on from admissions where admission_id = $id", id=case.admission_id)
    admitted = day[0]["begins_on"]
    return {
        "clauses": [
            open_clause(desk.library, clause["document"], clause["passage"], admitted)
            | {"note": clause["note"], "cited": f"{clause['document']} {clause['passage']}"}
            for clause in finding["basis"]
        ]
    }


def decide(desk: Desk, person: Person, call: Call) -> Line:
    """Write one press; answers with what stands now, which differs where another window was quicker."""
    if not person.decides:
        raise Refused("您的角色只能查看，不能作决定。")
    case = desk.case(text(call, "case"))
    verdict, finding = text(call, "verdict"), text(call, "finding")
    if verdict not in VERDICTS or not text(call, "press"):
        raise Refused("没有这种决定；请刷新页面。")
    known = case.results.finding(case.admission_id, finding)
    if (known is None) != (verdict == "seen"):
        raise Refused("这一项疑点已不在本次审核结果里；请刷新页面。")
    press = Press(
        press=text(call, "press", 64),
        inspection=case.inspection.key,
        admission_id=case.admission_id,
        finding="" if known is None else finding,
        verdict=verdict,
        who=person.name,
        reasons=texts(call, "reasons"),
        note=text(call, "note", LONGEST_NOTE),
        amount=_amount(call, case) if known is not None else None,
    )
    stands = desk.standing(case.inspection).get(finding or f"case:{case.admission_id}")
    if stands is not None and stands.press != press.press and call.get("known") != stands.seq:
        return {"conflict": shown_decision(stands)}
    line = desk.store.append(press)
    return {"ok": True, "decision": shown_decision(line)}


def undo(desk: Desk, person: Person, call: Call) -> Line:
    """Take back one's own last decision in the inspection, whatever case it was in."""
    entry = desk.inspection(text(call, "inspection"))
    undone = desk.store.undo_last(text(call, "press", 64), entry.key, person.name)
    if undone is None:
        return {"ok": True, "undone": None}
    _, last = undone
    keys = desk.store.case_keys(entry.key, [last.admission_id])
    stands = desk.standing(entry).get(last.finding or f"case:{last.admission_id}")
    return {
        "ok": True,
        "undone": shown_decision(last),
        "case": keys[last.admission_id],
        "finding": last.finding,
        "stands": shown_decision(stands),
    }


def _finding(desk: Desk, call: Call) -> tuple[Case, Line]:
    case = desk.case(text(call, "case"))
    finding = case.results.finding(case.admission_id, text(call, "finding"))
    if finding is None:
        raise Refused("这一项疑点已不在本次审核结果里；请刷新页面。")
    return case, finding


def _amount(call: Call, case: Case) -> str | None:
    """A changed amount: two decimals, from zero to the stay's total."""
    given = text(call, "amount", 20)
    if not given:
        return None
    total = case.results.rows(
        "select total_amount from admissions where admission_id = $id", id=case.admission_id
    )
    limit = total[0]["total_amount"]
    try:
        amount = Decimal(given).quantize(Decimal("0.01"))
    except InvalidOperation as problem:
        raise Refused("金额须是数字，至多两位小数；请改正。") from problem
    if not amount.is_finite() or amount < 0 or (limit is not None and amount > limit):
        raise Refused(
            f"不能超过本次住院费用 {limit:,.2f} 元；请改正。" if limit is not None else "金额不能为负。"
        )
    return f"{amount:.2f}"


def _cases_today(lines: list[Decision], person: Person) -> Line:
    """How many cases a person decided today and yesterday, by the server's calendar."""
    today = datetime.now().astimezone().date()
    own = [line for line in lines if line.who == person.name and line.verdict in VERDICTS]
    days = {(line.at.replace(tzinfo=UTC).astimezone().date(), line.admission_id) for line in own}
    return {
        "today": sum(day == today for day, _ in days),
        "yesterday": sum(day == today - timedelta(days=1) for day, _ in days),
    }


HANDLERS = (
    open_queue,
    open_case,
    open_text,
    open_boxes,
    open_sheet,
    open_criteria,
    open_basis,
    decide,
    undo,
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
    "record.js",
    "sheets.js",
    "reading.js",
    "cards.js",
    "queue.js",
    "clause.js",
    "asking.js",
    "decisions.js",
    "deciding.js",
    "review.js",
)
STYLES = ("tokens.css", "clause.css", "review.css", "timeline.css", "views.css")
