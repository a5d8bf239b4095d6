"""Answers that are put together from the passages themselves: each sentence quoted letter for letter, with its place.

Without a model the best sentences are chosen; with one (handed in as a function from the prompt's inputs to its text)
its sentences are kept only where the passages prove them. What the library does not hold is said, and no model asked.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge.answering.evidence import eligible, refusal
from knowledge.answering.extracts import extract
from knowledge.answering.leads import short_title
from knowledge.answering.model_answers import ask_live
from knowledge.answering.needs import Need, read_needs
from knowledge.answering.replies import Answer, AskModel
from knowledge.finding.queries import read_query
from knowledge.library import Hit, Library

LONGEST_PLACE = 24  # of a passage's name in a refusal


def ask(
    library: Library,
    question: str,
    *,
    as_of: date | None = None,
    region: str | None = None,
    history: Sequence[str] = (),
    ask_model: AskModel | None = None,
    top: int = 8,
) -> Answer:
    """Answer from the library, or say that it does not hold the answer."""
    earlier = tuple(history)
    query = read_query(question, earlier)

    def search(asked: str, context: tuple[str, ...], dated: bool) -> list[Hit]:
        day = as_of if dated else None
        return library.search(asked, as_of=day, region=region, top=max(top, 8), history=context)

    hits = search(question, earlier, True)
    needs = read_needs(question, earlier, hits, search)
    found = list(dict.fromkeys([*hits, *(hit for need in needs for hit in need.hits[:3])]))
    reason = refusal(library, question, query, found) if hits else "库中没有找到相关条文"
    if reason:
        return Answer(_refused(reason, hits), (), True, tuple(hits[:top]))
    fit = [replace(need, hits=tuple(hit for hit in need.hits if eligible(hit, query))) for need in needs]
    plain = extract(library.index.lexicon, [need for need in fit if need.hits], as_of)
    plain = replace(plain, hits=_with_quoted(hits[:top], needs, plain))
    if ask_model is None:
        return plain
    *_, whole = ask_live(plain, ask_model, question, earlier, as_of)
    return whole if isinstance(whole, Answer) else plain


def _with_quoted(hits: Sequence[Hit], needs: Sequence[Need], answer: Answer) -> tuple[Hit, ...]:
    """The nearest passages, and every quoted one."""
    quoted = {(one.document, one.passage) for one in answer.citations}
    found = [hit for need in needs for hit in need.hits if (hit.document, hit.passage) in quoted]
    return tuple({(hit.document, hit.passage): hit for hit in (*hits, *found)}.values())


def _refused(reason: str, hits: Sequence[Hit]) -> str:
    """An honest no, and what lies nearest, marked as not applying."""
    near = [f"{short_title(hit.document)}{hit.passage[:LONGEST_PLACE]}" for hit in hits[:3]]
    nearest = f"最接近的是{'、'.join(near)}，但不能据以回答。" if near else ""
    return f"库中没有。{reason}。{nearest}"
