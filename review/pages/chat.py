"""问答: questions about rules, answered with the clauses that say so; each citation opens at its words."""

import time
from datetime import date, datetime
from pathlib import Path

from knowledge.answers import ask
from knowledge.replies import answer_json
from review.accounts import Person
from review.clauses import open_clause
from review.desk import Call, Desk, Refused, person_line, text
from review.entries import Question
from review.pages.inspections import stated_in
from review.results import Line
from review.store import new_key

LONGEST_QUESTION = 500
FOLLOWED = 3  # earlier questions a follow-up is read with
EXAMPLES = (
    "挂床住院怎么认定",
    "首次病程记录应当几小时内完成",
    "重复收费、超标准收费怎么处罚",
    "人血白蛋白什么情况下能报销",
)


def open_chat(desk: Desk, person: Person, call: Call) -> Line:
    """One's own conversations, the state of the library, and the region and day to begin with."""
    conversations = desk.store.talks.conversations(person.name)
    states = desk.library.states()
    return {
        "person": person_line(person),
        "conversations": [
            {"key": one.key, "title": one.title, "at": one.at.isoformat() + "Z"} for one in conversations
        ],
        "examples": EXAMPLES,
        "library": {
            "documents": len({document.title for document in desk.library.collection.documents}),
            "passages": len(desk.library.collection.passages),
            "digests": desk.library.digest_count,
            "refused": [
                {"file": state.file, "said": state.said} for state in states if state.state == "拒收"
            ],
        },
        "regions": _regions(desk),
        "today": date.today().isoformat(),
    }


def open_conversation(desk: Desk, person: Person, call: Call) -> Line:
    """The questions and answers of one of one's own conversations."""
    return {"turns": [_turn(one) for one in _own(desk, person, text(call, "conversation"))]}


def ask_question(desk: Desk, person: Person, call: Call) -> Line:
    """Answer a question; question and answer are kept."""
    question = text(call, "question", LONGEST_QUESTION).strip()
    if not question:
        raise Refused("请写下要问的内容。")
    day, region = _day(text(call, "as_of")), text(call, "region") or None
    conversation = text(call, "conversation", 32)
    earlier = _own(desk, person, conversation) if conversation else []
    conversation = conversation if earlier else new_key()
    follow = tuple(one.question for one in earlier[-FOLLOWED:]) if call.get("follow") is True else ()
    began = time.perf_counter()
    reply = plain_answer(desk, question, day, region, follow)
    reply |= {"as_of": day.isoformat(), "region": region, "seconds": round(time.perf_counter() - began, 2)}
    desk.store.talks.add(conversation, person.name, question, reply)
    return {"conversation": conversation, "turn": {"question": question, **reply}}


def plain_answer(desk: Desk, question: str, day: date, region: str | None, history: tuple[str, ...]) -> Line:
    """The library's answer as plain values; without a model it is put together from the clauses themselves."""
    reply = ask(desk.library, question, as_of=day, region=region, history=history)
    told: Line = answer_json(reply)
    # the page shows a hit by its name and opens its text when asked for
    hits = [{key: hit[key] for key in ("document", "passage", "in_force_from")} for hit in told["hits"]]
    return told | {"hits": hits, "dropped": reply.dropped, "origin": reply.origin}


def open_citation(desk: Desk, person: Person, call: Call) -> Line:
    """The clause of a citation, opened at its words, on the day the question was asked for."""
    document, passage = text(call, "document"), text(call, "passage")
    return open_clause(desk.library, document, passage, _day(text(call, "as_of")), text(call, "quote", 4000))


def _own(desk: Desk, person: Person, conversation: str) -> list[Question]:
    return desk.store.talks.turns(person.name, conversation)


def _turn(one: Question) -> Line:
    return {"question": one.question, **one.answer}


def _regions(desk: Desk) -> list[Line]:
    """The regions of the inspections at hand, for the choice above the box."""
    found: dict[str, Line] = {}
    for entry in desk.store.inspections():
        results = desk.results(entry)
        code = results.about.get("region") if results else None
        if code:
            stated = stated_in(Path(entry.folder)).get("region")
            name = str(stated.get("name") or "") if isinstance(stated, dict) else ""
            found[str(code)] = {"code": str(code), "name": f"{name} {code}".strip()}
    return list(found.values())


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return datetime.now().astimezone().date()


HANDLERS = (open_chat, open_conversation, ask_question, open_citation)
SCRIPTS = ("mingjian.js", "clause.js", "chat.js")
STYLES = ("tokens.css", "clause.css", "chat.css")
