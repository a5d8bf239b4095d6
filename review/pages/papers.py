"""文书: the papers of an inspection with their states, each to look at before it is taken as a file.

A leader has all of them, an expert the notes on his own decisions.
"""

from datetime import datetime

from review.casework.desk import Call, Desk, Refused, person_line, text
from review.casework.results import Line
from review.pages.hearing import open_hearing
from review.reports.preview import preview
from review.reports.shelf import (
    NO_REVIEW,
    Order,
    State,
    Undecided,
    change_state,
    kinds_for,
    leads,
    put_together,
    states,
    undecided,
)
from review.store.accounts import Person


def open_papers(desk: Desk, person: Person, call: Call) -> Line:
    """The inspections one may switch between, and the papers of the one asked for or last opened."""
    entries = desk.inspections(text(call, "inspection"))
    wanted = text(call, "inspection") or desk.store.preferences(person.name).get("inspection", "")
    entry = next((one for one in entries if one.key == wanted), entries[0] if entries else None)
    shown: Line = {
        "person": person_line(person),
        "leads": leads(person),
        "inspections": [{"key": e.key, "name": e.name, "hospital": e.hospital} for e in entries],
        "inspection": entry.key if entry else None,
        "papers": None,
        "problem_said": "还没有检查；请先在“检查”页新建。",
    }
    if entry is None:
        return shown
    if text(call, "inspection"):
        desk.store.prefer(person.name, "inspection", entry.key)
    results = desk.results(entry)
    if results is None:
        return shown | {"problem_said": NO_REVIEW}
    held, standing = states(desk, entry), desk.standing(entry)
    with_findings = [admission for admission in results.admissions if results.findings.get(admission)]
    keys = desk.store.case_keys(entry.key, list(results.admissions))
    numbers = {admission: number for number, admission in enumerate(results.admissions, start=1)}
    return shown | {
        "open": undecided(results, standing) if leads(person) else 0,
        "asked": sum(line.verdict == "ask" for line in standing.values()) if leads(person) else 0,
        "cases": [
            {
                "key": keys[admission],
                "label": f"{numbers[admission]}. {results.admissions[admission]['person_name'] or '（无姓名）'}",
            }
            for admission in with_findings
        ]
        if leads(person)
        else [],
        "papers": [
            {
                "key": kind.key,
                "title": kind.title,
                "group": kind.group,
                "tells": kind.tells,
                "formats": list(kind.formats),
                "leaves": kind.leaves,
                "of_stay": kind.of_stay,
                "own": kind.own,
                **_state(held.get(kind.key, State())),
            }
            for kind in kinds_for(person)
        ],
    }


def open_paper(desk: Desk, person: Person, call: Call) -> Line:
    """A paper to look at; looking at it is a line of the trail."""
    order = Order(
        text(call, "inspection"), text(call, "paper"), text(call, "case"), call.get("names") == "masked"
    )
    paper, kind = put_together(desk, person, order, datetime.now().replace(microsecond=0))
    what = f"{kind.key} {order.case}".strip()
    desk.store.write_trail(person.name, "view_paper", order.inspection, what)
    return preview(paper)


def settle_paper(desk: Desk, person: Person, call: Call) -> Line:
    """Give a paper another state."""
    entry = desk.inspection(text(call, "inspection"))
    try:
        change_state(desk, person, entry, text(call, "paper"), text(call, "state"))
    except Undecided as open_ones:
        raise Refused(f"还有 {open_ones.count} 项待定，审完才能定稿；现在可以生成草稿。") from None
    return {"ok": True, **_state(states(desk, entry).get(text(call, "paper"), State()))}


def _state(state: State) -> Line:
    at = state.at.isoformat() + "Z" if state.at else None
    return {"state": state.state, "by": state.who, "at": at, "outdated": state.outdated}


HANDLERS = (open_papers, open_paper, settle_paper, open_hearing)
SCRIPTS = ("mingjian.js", "session.js", "hearing_list.js", "papers.js")
STYLES = ("tokens.css", "hearing.css", "papers.css")
