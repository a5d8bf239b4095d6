"""依据: what the library holds and how each file was read; adding, correcting, withdrawing, confirming columns, gaps.

Whoever opens the page may read; only leaders and administrators change what the library holds.
"""

from knowledge.finding.collection import Clause
from review.casework.desk import Call, Desk, person_line, text
from review.casework.results import Line
from review.chat.gaps import ADMINISTERS, open_gaps, settle_gap
from review.library.additions import TAKEN
from review.library.changes import (
    CHANGES,
    add_from_server,
    clear_additions,
    correct,
    dismiss,
    import_table,
    preview,
    withdraw,
)
from review.library.held_passages import clause_line, held_clause, held_passages
from review.library.holdings import Holding, find_holding, holding_detail, holding_line, holdings, regions_of
from review.library.whole_texts import open_original, open_whole
from review.store.accounts import Person


def open_library(desk: Desk, person: Person, call: Call) -> Line:
    """Everything held in one line each, and what this person may do."""
    found = holdings(desk.library)
    lines = [holding_line(one) for one in found]
    return {
        "person": person_line(person),
        "changes": bool(CHANGES & set(person.roles)),
        "administers": bool(ADMINISTERS & set(person.roles)),
        "needs_first": person.demo,
        "holdings": lines,
        "regions": list(regions_of(lines)),
        "kinds": sorted(TAKEN),
        "additions": desk.additions.lines(),
        "busy": desk.additions.busy(),
        "gaps": len(desk.store.talks.gaps()),
    }


def additions(desk: Desk, person: Person, call: Call) -> Line:
    """How far the files on their way have come; asked for every second while there are any."""
    return {"additions": desk.additions.lines(), "busy": desk.additions.busy()}


def open_holding(desk: Desk, person: Person, call: Call) -> Line:
    """One document: its fields, pages, notes and versions."""
    return holding_detail(desk.library, _holding(desk, call))


def open_passages(desk: Desk, person: Person, call: Call) -> Line:
    """The passages of a document that hold some words."""
    return held_passages(desk.library, _holding(desk, call), text(call, "words"))


def open_citation(desk: Desk, person: Person, call: Call) -> Line:
    """A passage of exactly this document, whole."""
    return clause_line(desk.library, _holding(desk, call), *_passage(call))


def open_document(desk: Desk, person: Person, call: Call) -> Line:
    """The text around a passage, some sections at a time."""
    around = {name: count for name in ("first", "count") if (count := _count(call, name)) is not None}
    return open_whole(desk.library, _clause(desk, call), "", **around)


def open_pages(desk: Desk, person: Person, call: Call) -> Line:
    """The original pages of a passage's document, and where it stands on them."""
    return open_original(desk.library, desk.viewer, _clause(desk, call), "")


def _holding(desk: Desk, call: Call) -> Holding:
    return find_holding(desk.library, text(call, "key", 16))


def _clause(desk: Desk, call: Call) -> Clause:
    return held_clause(desk.library, _holding(desk, call), *_passage(call))


def _passage(call: Call) -> tuple[int, str]:
    n = _count(call, "n")
    return -1 if n is None else n, text(call, "name", 500)


def _count(call: Call, name: str) -> int | None:
    value = call.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


HANDLERS = (
    open_library,
    additions,
    clear_additions,
    add_from_server,
    open_holding,
    open_passages,
    open_citation,
    open_document,
    open_pages,
    correct,
    withdraw,
    dismiss,
    preview,
    import_table,
    open_gaps,
    settle_gap,
)
SCRIPTS = (
    "mingjian.js",
    "session.js",
    "clause.js",
    "source.js",
    "library_adding.js",
    "library_document.js",
    "library_tables.js",
    "library.js",
)
STYLES = ("tokens.css", "clause.css", "source.css", "library.css")
