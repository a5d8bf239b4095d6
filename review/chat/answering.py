"""A question from the page to its kept answer: read, looked up, told sentence by sentence, written down.

Without a model there is one event, the answer. With one its lead comes first and each sentence as it is proven.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.answering.answers import ask
from knowledge.answering.evidence import citable
from knowledge.answering.follow_ups import leans_on
from knowledge.answering.model_answers import ask_live
from knowledge.answering.replies import Answer, Statement, answer_json
from review.casework.desk import Call, Desk, Refused, text
from review.casework.results import Line
from review.store.accounts import Person
from review.store.store import new_key, now

PROMPT = "regulation_chat"
LONGEST_QUESTION = 500
FOLLOWED = 3  # earlier questions a follow-up is read with
_HIT = ("document", "passage", "in_force_from", "in_force_to", "digest", "region", "note")


@dataclass(frozen=True)
class Asked:
    """What a person asks, checked."""

    question: str
    day: date
    region: str | None
    conversation: str
    history: tuple[str, ...]  # the earlier questions it leans on


def read_asked(desk: Desk, person: Person, call: Call) -> Asked:
    """Raises `Refused` with what to change."""
    question = text(call, "question", LONGEST_QUESTION + 1).strip()
    if not question:
        raise Refused("请写下要问的内容。")
    if len(question) > LONGEST_QUESTION:
        raise Refused(f"问题太长（最多 {LONGEST_QUESTION} 字），请分成几次问。")
    conversation = text(call, "conversation", 32)
    earlier = desk.store.talks.turns(person.name, conversation) if conversation else []
    follows = bool(earlier) and call.get("follow") is True and leans_on(question)
    return Asked(
        question,
        read_day(text(call, "as_of")),
        text(call, "region", 12) or None,
        conversation if earlier else new_key(),
        tuple(one.question for one in earlier[-FOLLOWED:]) if follows else (),
    )


def read_day(given: str) -> date:
    """The day a person wrote, today where none; raises `Refused` where it is none."""
    if not given.strip():
        return date.today()
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise Refused("依据日不是日期，请写成 2024-06-12 这样。") from None


def answered(desk: Desk, person: Person, call: Call, stop: threading.Event) -> Iterator[Line]:
    """The events of one question: `opened`, `statement` and at last `turn`; what was told is kept in any case."""
    asked = read_asked(desk, person, call)
    began = time.perf_counter()
    plain = ask(desk.library, asked.question, as_of=asked.day, region=asked.region, history=asked.history)
    whole = plain
    if desk.model is not None and not plain.refused:
        yield {
            "opened": _line(asked, plain, began) | {"statements": [], "citations": [], "answer": plain.lead}
        }
        model = desk.model.asking(PROMPT, stop)
        for told in ask_live(plain, model, asked.question, asked.history, asked.day):
            if isinstance(told, Statement):
                yield {"statement": statement_line(told)}
            else:
                whole = told
    turn = _line(asked, whole, began) | (
        {"model": desk.model.name} if desk.model and whole is not plain else {}
    )
    desk.store.talks.add(asked.conversation, person.name, asked.question, turn)
    yield {"conversation": asked.conversation, "turn": {"question": asked.question, "at": _at(), **turn}}


def statement_line(statement: Statement) -> Line:
    """A sentence as the page draws it."""
    told: Line = answer_json(Answer("", (statement,), False, ()))["statements"][0]
    return told


def _line(asked: Asked, answer: Answer, began: float) -> Line:
    """The answer as plain values; the page shows a hit by its name and opens its text when asked for."""
    told = answer_json(answer)
    shown = [answer.refused or citable(hit) for hit in answer.hits]
    hits = [
        {key: hit[key] for key in _HIT} for hit, is_shown in zip(told["hits"], shown, strict=True) if is_shown
    ]
    return told | {
        "hits": hits,
        "as_of": asked.day.isoformat(),
        "region": asked.region,
        "follows": list(asked.history),
        "seconds": round(time.perf_counter() - began, 2),
    }


def _at() -> str:
    return now().isoformat() + "Z"
