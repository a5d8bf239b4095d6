"""A model asked over the passages that were found: what it is shown, and what of its words is told on.

Each sentence is proven before anybody sees it. Where nothing is left, the passages answer for themselves.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from knowledge.answering.claims import Claim, ClaimReader, Declined
from knowledge.answering.evidence import eligible
from knowledge.answering.proofs import instructs, prove
from knowledge.answering.replies import Answer, AskModel, ModelFailed, Statement
from knowledge.finding.queries import read_query
from knowledge.library import Hit

LONGEST_PASSAGE = 2400  # characters of a passage that a model is given
ROOM = 14_000  # characters of all passages together
MOST_STATEMENTS = 8
NO_ANSWER = "模型没有回答，以下是原文"
BROKEN_OFF = "模型没有说完，以上各句都有依据"


def ask_live(
    plain: Answer, ask_model: AskModel, question: str, history: Sequence[str] = (), as_of: date | None = None
) -> Iterator[Statement | Answer]:
    """Ask a model the question over the passages of the extract `plain` that may be cited; its proven sentences as
    they come, and at last the whole answer. What the extract refuses no model is asked."""
    if plain.refused:
        yield plain
        return
    given = _given(plain, question, history)
    inputs = {
        "question": question,
        "earlier": "\n".join(history) or "无",
        "day": as_of.isoformat() if as_of else "未指定",
        "passages": numbered(given),
    }
    try:
        told = ask_model(inputs)
    except ModelFailed as problem:
        yield _whole(plain, [], 0, False, str(problem))
        return
    yield from proven(told, plain, given)


def _given(plain: Answer, question: str, history: Sequence[str]) -> list[Hit]:
    """The passages a model may tell from: citable, of the right place, and in force on the day unless the extract
    itself says that what it quotes was not."""
    query = read_query(question, history)
    fit = [hit for hit in plain.hits if eligible(hit, query) and not instructs(hit.text)]
    quoted = {(one.document, one.passage) for one in plain.citations}
    lapsed = any(hit.in_force is False for hit in plain.hits if (hit.document, hit.passage) in quoted)
    return [hit for hit in fit if lapsed or hit.in_force is not False]


def proven(told: Iterable[str], plain: Answer, given: Sequence[Hit]) -> Iterator[Statement | Answer]:
    """Each sentence of a model as soon as it is proven, and at last the whole answer.

    `told` is the model's text piece by piece and may raise `ModelFailed`; `given` are the passages it was shown, by
    their numbers; the extract `plain` answers where nothing is left.
    """
    reader, kept = ClaimReader(), list[Statement]()
    dropped, declined, failure = 0, False, ""
    try:
        for claim in _claims(told, reader):
            if isinstance(claim, Declined):
                declined = True
                continue
            statement = prove(claim, given)
            if statement is None:
                dropped += 1
            elif statement.text not in {one.text for one in kept}:
                kept.append(statement)
                yield statement
            if len(kept) == MOST_STATEMENTS:
                break
    except ModelFailed as problem:
        failure = str(problem)
    yield _whole(plain, kept, dropped + reader.unread, declined, failure)


def _claims(told: Iterable[str], reader: ClaimReader) -> Iterator[Claim | Declined]:
    for piece in told:
        yield from reader.feed(piece)
    yield from reader.close()


def _whole(plain: Answer, kept: list[Statement], dropped: int, declined: bool, failure: str) -> Answer:
    if kept:
        note = f"{BROKEN_OFF}（{failure}）" if failure else ""
        return Answer(plain.lead, tuple(kept), False, plain.hits, dropped, "model", note)
    if declined and not failure:
        told = f"库中没有。模型读了最接近的 {len(plain.hits)} 处，没有一处写明所问的内容。"
        return Answer(told, (), True, plain.hits, dropped, "model")
    return replace(plain, dropped=dropped, note=f"{NO_ANSWER}（{failure}）" if failure else NO_ANSWER)


def numbered(hits: Sequence[Hit]) -> str:
    """The passages as a model is shown them: numbered, each line marked, inside a block whose name is made from
    their text, so that nothing in them can number itself or close the block."""
    shown: list[str] = []
    room = ROOM
    for number, hit in enumerate(hits, start=1):
        text = hit.text[: min(LONGEST_PASSAGE, room)]
        if not text:
            break
        room -= len(text)
        lines = [f"│ {line}" for line in text.splitlines() if line.strip()]
        cut = ["（此处以下未列出）"] if len(text) < len(hit.text) else []
        shown.append("\n".join([f"[{number}] {_headed(hit)}", *lines, *cut]))
    body = "\n\n".join(shown)
    name = f"条文-{hashlib.sha256(body.encode('utf-8')).hexdigest()[:12]}"
    return f"<{name}>\n{body}\n</{name}>"


def _headed(hit: Hit) -> str:
    said = [f"{hit.in_force_from.isoformat()} 起施行"] if hit.in_force_from else []
    said += ["所问之日不在施行期内"] if hit.in_force is False else []
    said += ["摘要，非原文"] if hit.digest else []
    name = re.sub(r"\s+", " ", f"《{hit.document}》{hit.passage}")
    return f"{name}（{'；'.join(said)}）" if said else name
