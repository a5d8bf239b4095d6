"""What an answer is made of: sentences, the quotes that bear them, and what else was found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.library import Hit

# The inputs of the prompt by name — question, earlier, day, passages — to the model's text, piece by piece.
AskModel = Callable[[Mapping[str, str]], Iterable[str]]


class ModelFailed(RuntimeError):
    """The model did not answer; the message says why in a few words, for the person who asked."""


@dataclass(frozen=True)
class Citation:
    """A quote and the passage it stands in, letter for letter."""

    document: str
    passage: str
    quote: str


@dataclass(frozen=True)
class Statement:
    """One sentence of an answer and the quotes that bear it; an extract's sentence holds its quotes word for word."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Answer:
    """What is told to the person, what it rests on, and what else was near.

    `note` says what went wrong on the way to the answer, such as a model that did not reply.
    """

    lead: str
    statements: tuple[Statement, ...]
    refused: bool
    hits: tuple[Hit, ...]
    dropped: int = 0  # sentences of a model that nothing in the passages bears out
    origin: str = "extract"  # extract | model
    note: str = ""

    @property
    def answer(self) -> str:
        return "\n".join(part for part in (self.lead, *(one.text for one in self.statements)) if part)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(citation for one in self.statements for citation in one.citations)


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit as the command line gives it."""
    return {
        "document": hit.document,
        "passage": hit.passage,
        "text": hit.text,
        "score": hit.score,
        "in_force_from": hit.in_force_from.isoformat() if hit.in_force_from else None,
        "in_force_to": hit.in_force_to.isoformat() if hit.in_force_to else None,
        "source": hit.source,
        "region": hit.region,
        "digest": hit.digest,
        "note": hit.note,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    return {
        "answer": answer.answer,
        "refused": answer.refused,
        "citations": [_citation_json(one) for one in answer.citations],
        "lead": answer.lead,
        "statements": [
            {"text": one.text, "citations": [_citation_json(citation) for citation in one.citations]}
            for one in answer.statements
        ],
        "dropped": answer.dropped,
        "origin": answer.origin,
        "note": answer.note,
        "hits": [hit_json(hit) for hit in answer.hits],
    }


def asked_json(answer: Answer) -> dict[str, Any]:
    """An answer as the command line gives it."""
    told = answer_json(answer)
    return {key: told[key] for key in ("answer", "refused", "citations", "hits")}


def _citation_json(one: Citation) -> dict[str, str]:
    return {"document": one.document, "passage": one.passage, "quote": one.quote}
