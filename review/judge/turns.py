"""From a question's drafts to the requests that leave the machine: names masked, lines numbered, documents reversed
for the second turn where the order could matter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from prompts import read_prompt
from review.deidentify import Mask, mask_of
from review.judge.models import Draft, Piece, PieceKind
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
    mask: Mask
    turns: tuple[Turn, ...]


def asked_of(stay: Stay, questions: Sequence[Question], model: str) -> Iterator[Asked]:
    """Everything that these questions ask of a stay, in their order."""
    masks: dict[tuple[str, ...], tuple[Mask, Callable[[str], str]]] = {}
    for question in questions:
        prompt = read_prompt(question.prompt)
        name = f"{question.prompt} v{prompt.header.version}"
        for draft in question.asks(stay):
            others = _others(stay, draft)
            if others not in masks:
                beside = [record for one in others if (record := stay.other(one)) is not None]
                mask = mask_of(stay.record, *beside)
                # the same lines are shown by several questions, and in both orders
                masks[others] = mask, cache(mask.hide)
            mask, hide = masks[others]
            turns = []
            for number, pieces in enumerate(_orders(question, draft)):
                lines = numbered(pieces, hide)
                body = body_of(model, prompt, {"record": lines.block, **draft.given}, question.answer)
                request = Request(stay.admission_id, question.prompt, draft.about, number, name, body)
                turns.append(Turn(request, lines))
            yield Asked(question, stay, draft, mask, tuple(turns))


def _others(stay: Stay, draft: Draft) -> tuple[str, ...]:
    """The other stays whose documents a draft shows, or whose words a finding it tells may quote."""
    shown = {piece.document.admission_id for piece in draft.pieces if piece.document is not None}
    if any(piece.kind is PieceKind.RULE for piece in draft.pieces):
        shown |= {record.admission.admission_id for record in stay.related}
    return tuple(sorted(shown - {stay.admission_id}))


def _orders(question: Question, draft: Draft) -> Iterator[Sequence[Piece]]:
    yield draft.pieces
    if question.twice and len(draft.pieces) > 1:
        yield draft.pieces[::-1]
