"""评测: how right the reviewer is, as the newest report of the evals says it; in a frame of its own."""

from review.casework.desk import Call, Desk, Refused, person_line
from review.casework.results import Line
from review.quality import HOW, newest_report
from review.store.accounts import Person


def open_quality(desk: Desk, person: Person, call: Call) -> Line:
    """Whether there is a report, of which day, and whether today's rules are those it judged."""
    shown: Line = {
        "person": person_line(person),
        "report": None,
        "problem_said": "还没有评测报告。",
        "how": HOW,
    }
    try:
        found = newest_report(desk.home)
    except Refused as refusal:
        return shown | {"problem_said": str(refusal), "how": ""}
    if found is None:
        return shown
    told = {"written": found.written.isoformat(), "day": found.day, "current": found.current}
    return shown | {"report": told}


HANDLERS = (open_quality,)
SCRIPTS = ("mingjian.js", "session.js", "quality.js")
STYLES = ("tokens.css", "quality.css")
