"""总览: where an inspection stands, in pictures that lead to their cases, each with its table and its file."""

from review.casework.desk import Call, Desk, person_line, text
from review.casework.results import Line
from review.reports.overview import drawn, standing_of
from review.reports.shelf import NO_REVIEW
from review.store.accounts import LEADER, Person


def open_overview(desk: Desk, person: Person, call: Call) -> Line:
    """The inspections one may switch between, and the figures of the one asked for or last opened."""
    entries = desk.inspections(text(call, "inspection"))
    wanted = text(call, "inspection") or desk.store.preferences(person.name).get("inspection", "")
    entry = next((one for one in entries if one.key == wanted), entries[0] if entries else None)
    shown: Line = {
        "person": person_line(person),
        "leads": LEADER in person.roles,
        "inspections": [{"key": e.key, "name": e.name, "hospital": e.hospital} for e in entries],
        "inspection": entry.key if entry else None,
        "figures": None,
        "problem_said": "还没有检查；请先在“检查”页新建。",
    }
    if entry is None:
        return shown
    if text(call, "inspection"):
        desk.store.prefer(person.name, "inspection", entry.key)
    results = desk.results(entry)
    if results is None:
        return shown | {"problem_said": NO_REVIEW}
    keys = desk.store.case_keys(entry.key, list(results.admissions))
    figures = drawn(standing_of(desk, person, entry), keys)
    return shown | {"figures": figures, "running": desk.runs.progress(entry.key)}


HANDLERS = (open_overview,)
SCRIPTS = (
    "mingjian.js",
    "session.js",
    "charts.js",
    "overview_drawings.js",
    "overview_tables.js",
    "overview.js",
)
STYLES = ("tokens.css", "overview.css")
