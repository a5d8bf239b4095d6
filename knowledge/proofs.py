"""Whether a model's sentences are borne out: each must quote, letter for letter, a passage it was given."""

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.library import Hit
from knowledge.replies import Answer, Citation, Statement


def numbered(hits: Sequence[Hit]) -> str:
    """The passages as a model is shown them."""
    return "\n\n".join(
        f"[{n}] 《{hit.document}》{hit.passage}\n{hit.text}" for n, hit in enumerate(hits, start=1)
    )


def proven(told: str, plain: Answer, hits: Sequence[Hit]) -> Answer:
    """Keep a model's sentences whose quotes all stand in the passages; with none left, the extract answers."""
    kept: list[Statement] = []
    dropped = 0
    for sentence in re.findall(r"(?:「[^」]*」|[^。！？\n「])+[。！？]?", told):
        quotes = re.findall(r"「([^」]+)」", sentence)
        found = [_found(quote, hits) for quote in quotes]
        citations = tuple(citation for citation in found if citation)
        if quotes and len(citations) == len(quotes):
            kept.append(Statement(sentence.strip(), citations))
        elif sentence.strip():
            dropped += 1
    if not kept:
        return replace(plain, dropped=dropped)
    return Answer("", tuple(kept), False, plain.hits, dropped, "model")


def _found(quote: str, hits: Sequence[Hit]) -> Citation | None:
    return next((Citation(hit.document, hit.passage, quote) for hit in hits if quote in hit.text), None)
