"""问答: questions about rules, answered with the clauses that say so; each citation opens in its document.

The answer itself comes over the event stream of `review.chat.routes`; here is all that surrounds it.
"""

import threading
from datetime import date
from pathlib import Path

from knowledge.library import Clause, Library
from knowledge.places import NATIONAL, PROVINCES
from review.casework.clauses import open_clause
from review.casework.desk import Call, Desk, Refused, person_line, text
from review.casework.results import Line
from review.chat.answering import read_day
from review.chat.gaps import ADMINISTERS, note_gap
from review.library.whole_texts import file_of, open_original, open_whole
from review.logs import record_defect
from review.pages.inspections import stated_in
from review.store.accounts import Person
from review.store.entries import Question

LONGEST_QUOTE = 4000
EXAMPLES = (
    "挂床住院怎么认定",
    "首次病程记录应当几小时内完成",
    "重复收费、超标准收费怎么处罚",
    "人血白蛋白什么情况下能报销",
)


def open_chat(desk: Desk, person: Person, call: Call) -> Line:
    """One's own conversations, the state of the library, and the region and day to begin with."""
    library = desk.library
    if not call.get("again"):  # what a first search loads is loaded while the person still reads the page
        threading.Thread(target=_warm, args=(library,), name="warm", daemon=True).start()
    return {
        "person": person_line(person),
        "conversations": [
            {"key": one.key, "title": one.title, "at": one.at.isoformat() + "Z"}
            for one in desk.store.talks.conversations(person.name)
        ],
        "answering": [{"asking": key, "title": question} for key, question in desk.askings.of(person.name)],
        "examples": EXAMPLES,
        "library": {
            "documents": len({document.title for document in library.collection.documents}),
            "passages": len(library.collection.passages),
            "digests": library.digest_count,
            "refused": [
                {"file": Path(state.file).name, "said": state.said}
                for state in library.states()
                if state.state == "拒收"
            ],
            "administers": bool(ADMINISTERS & set(person.roles)),
        },
        "model": desk.model.name if desk.model else None,
        "regions": _regions(desk),
        "today": date.today().isoformat(),
    }


def _warm(library: Library) -> None:
    try:
        library.search(EXAMPLES[0], top=1)
    except Exception as defect:  # the question itself will meet it again, and say so to a person
        record_defect(defect, "chat/warm")


def open_conversation(desk: Desk, person: Person, call: Call) -> Line:
    """The questions and answers of one of one's own conversations."""
    turns = desk.store.talks.turns(person.name, text(call, "conversation", 32))
    return {"turns": [_turn(one) for one in turns]}


def delete_conversation(desk: Desk, person: Person, call: Call) -> Line:
    """Forget one of one's own conversations for good."""
    conversation = text(call, "conversation", 32)
    if not desk.store.talks.delete(person.name, conversation):
        raise Refused("没有这段问答，或已经删除。")
    return {"ok": True}


def stop_asking(desk: Desk, person: Person, call: Call) -> Line:
    """Stop waiting for a model; what was proven until then stays."""
    return {"ok": True, "stopped": desk.askings.stop(person.name, text(call, "asking", 64))}


def open_citation(desk: Desk, person: Person, call: Call) -> Line:
    """The clause of a citation, opened at its words, on the day the question was asked for."""
    document, passage = text(call, "document"), text(call, "passage")
    day = read_day(text(call, "as_of"))
    told = open_clause(desk.library, document, passage, day, text(call, "quote", LONGEST_QUOTE))
    clause = desk.library.clause(document, passage, on=day)
    state = file_of(desk.library, clause) if clause else None
    return told | {"file": Path(state.file).name if state else None, "page": clause.page if clause else None}


def open_document(desk: Desk, person: Person, call: Call) -> Line:
    """The document around a citation, some sections at a time."""
    first, count = call.get("first"), call.get("count")
    around = {
        name: value
        for name, value in (("first", first), ("count", count))
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0
    }
    return open_whole(desk.library, _clause(desk, call), text(call, "quote", LONGEST_QUOTE), **around)


def open_pages(desk: Desk, person: Person, call: Call) -> Line:
    """The original pages of a citation's document, and where its words stand on them."""
    return open_original(desk.library, desk.viewer, _clause(desk, call), text(call, "quote", LONGEST_QUOTE))


def _clause(desk: Desk, call: Call) -> Clause:
    day = read_day(text(call, "as_of"))
    clause = desk.library.clause(text(call, "document"), text(call, "passage"), on=day)
    if clause is None:
        raise Refused("库中已没有这一条；可能换了版本，请重新提问。")
    return clause


def _turn(one: Question) -> Line:
    return {"question": one.question, "at": one.at.isoformat() + "Z", **one.answer}


def _regions(desk: Desk) -> list[Line]:
    """The regions of the inspections at hand, and those the library holds documents of; `own` marks the first."""
    found: dict[str, Line] = {}
    for entry in desk.store.inspections():
        results = desk.results(entry)
        code = results.about.get("region") if results else None
        if code:
            stated = stated_in(Path(entry.folder)).get("region")
            name = str(stated.get("name") or "") if isinstance(stated, dict) else ""
            found[str(code)] = {"code": str(code), "name": f"{name} {code}".strip(), "own": True}
    names = {code: name for name, code in PROVINCES.items()}
    held = {one.region: one.place for one in desk.library.collection.documents if one.region}
    for code in sorted(set(held) - set(found) - {NATIONAL}):
        found[code] = {"code": code, "name": f"{names.get(code) or held[code] or ''} {code}".strip()}
    return list(found.values())


HANDLERS = (
    open_chat,
    open_conversation,
    delete_conversation,
    stop_asking,
    open_citation,
    open_document,
    open_pages,
    note_gap,
)
SCRIPTS = ("mingjian.js", "session.js", "clause.js", "source.js", "answer.js", "talk.js", "chat.js")
STYLES = ("tokens.css", "clause.css", "chat.css", "source.css")
