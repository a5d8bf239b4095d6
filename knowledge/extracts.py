"""Answers put together from the passages themselves: the sentences that answer, letter for letter and placed."""

import re
from collections.abc import Sequence
from datetime import date

from knowledge.library import Hit, Library
from knowledge.queries import Query
from knowledge.replies import Answer, Citation, Statement
from knowledge.sentences import Sentence, cut_cells, cut_sentences, needed_measure, weigh

SHORT = 420  # a passage up to this length is quoted whole
MOST_QUOTED = 4
_LISTS = re.compile(r"哪些|哪几|都有|列全|列一下|都列|列出|几块|哪种|哪类情形|什么情形|啥情况")


def extract(
    library: Library,
    question: str,
    query: Query,
    chosen: list[Hit],
    hits: tuple[Hit, ...],
    as_of: date | None,
) -> Answer:
    """What the chosen passages say to the question."""
    statements: list[Statement] = []
    for hit in chosen:
        quotes = _quotes(library, question, query, hit)
        citations = tuple(Citation(hit.document, hit.passage, quote) for quote in quotes)
        said = f"《{hit.document}》{hit.passage}{_standing(hit)}：{_shown(hit, quotes)}"
        statements.append(Statement(said, citations))
    return Answer(_lead(chosen, as_of), tuple(statements), False, hits)


def _lead(chosen: Sequence[Hit], as_of: date | None) -> str:
    """What the library holds on it, and whether it was in force on the day asked about."""
    first = chosen[0]
    if as_of and first.in_force is False:
        return f"{first.note}，不能直接适用。库中相关的是："
    titles = list(dict.fromkeys(f"《{hit.document}》" for hit in chosen))
    day = f"按 {as_of.isoformat()} 的规定，" if as_of else ""
    return f"{day}库中{'、'.join(titles)}有规定："


def _standing(hit: Hit) -> str:
    told = [hit.number] if hit.number and len(hit.number) <= 24 else []
    if hit.in_force_from:
        told.append(f"{hit.in_force_from.isoformat()} 起施行")
    if hit.in_force_to:
        told.append(f"至 {hit.in_force_to.isoformat()}")
    if hit.digest:
        told.append("本系统摘要，非原文")
    return f"（{'，'.join(told)}）" if told else ""


def _shown(hit: Hit, quotes: Sequence[str]) -> str:
    """Quotation marks only around what stands in an official text."""
    return "".join(quote if hit.digest else f"「{quote}」" for quote in quotes)


def _quotes(library: Library, question: str, query: Query, hit: Hit) -> list[str]:
    """The sentences that answer, in the order they stand; a short passage or a list is quoted whole."""
    if hit.kind == "row":
        return cut_cells(hit.text)
    cut = cut_sentences(hit.text)
    whole = len(hit.text) <= SHORT or (_LISTS.search(question) and len(hit.text) <= 3 * SHORT)
    if whole and not hit.text.startswith("#"):
        return [hit.text.strip()]
    sentences = weigh(cut, query, library.index.lexicon)
    measure = needed_measure(question)
    numbered = [one for one in sentences if measure and measure.search(one.text)]
    best = sorted(sentences, key=lambda one: -one.weight)[:MOST_QUOTED]
    if numbered:
        best = [max(numbered, key=lambda one: one.weight), *best]
    kept = _opened({one.place: one for one in best[:MOST_QUOTED]}, sentences)
    return [one.text for one in kept]


def _opened(kept: dict[int, Sentence], sentences: Sequence[Sentence]) -> list[Sentence]:
    """An item is read with the words that open its list."""
    if sentences and re.match(r"[（(]", sentences[min(kept)].text):
        kept[0] = sentences[0]
    return [kept[place] for place in sorted(kept)]
