"""From a question's drafts to the requests that leave the machine: names masked, lines numbered, documents reversed
for the second turn where the order could matter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from prompts import read_prompt
from review.deidentify import Mask
from review.judge.models import Draft, Piece
from review.judge.numbered import Numbered, numbered
from review.judge.registry import Question
from review.judge.requests import Request, body_of
from review.judge.stays import Stay


@dataclass(frozen=True)
class Turn:
    """One request and the lines it shows."""

    request: Request
    numbered: Numbered


@dataclass(frozen=True)
class Asked:
    """One draft as it is asked: once, or twice with the pieces in reversed order."""

    question: Question
    stay: Stay
    draft: Draft
    turns: tuple[Turn, ...]


def asked_of(stay: Stay, mask: Mask, questions: Sequence[Question], model: str) -> Iterator[Asked]:
    """Everything that these questions ask of a stay, in their order."""
    hide = cache(mask.hide)  # the same lines are shown by several questions, and in both orders
    for question in questions:
        prompt = read_prompt(question.prompt)
        name = f"{question.prompt} v{prompt.header.version}"
        for draft in question.asks(stay):
            turns = []
            for number, pieces in enumerate(_orders(question, draft)):
                lines = numbered(pieces, hide)
                body = body_of(model, prompt, {"record": lines.block, **draft.given}, question.answer)
                request = Request(stay.admission_id, question.prompt, draft.about, number, name, body)
                turns.append(Turn(request, lines))
            yield Asked(question, stay, draft, tuple(turns))


def _orders(question: Question, draft: Draft) -> Iterator[Sequence[Piece]]:
    yield draft.pieces
    if question.twice and len(draft.pieces) > 1:
        yield draft.pieces[::-1]
