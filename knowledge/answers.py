"""Answers that are put together from the passages themselves: each sentence quoted letter for letter, with its place.

Without a model the best sentences are chosen; with one (handed in as a function from prompt to text) its sentences
are kept only where their quotes stand in the passages. What the library does not hold is said.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from string import Template
from typing import Any

from knowledge.evidence import eligible, refusal
from knowledge.library import Hit, Library
from knowledge.queries import Query, read_query
from knowledge.sentences import Sentence, cut_cells, cut_sentences, needed_measure, weigh

SHORT = 420  # a passage up to this length is quoted whole
MOST_QUOTED = 4
NEAR = 0.72  # a further passage is cited when its score comes this near to the first
MOST_CITED = 5
LEAST_PART = 5
_LISTS = re.compile(r"哪些|哪几|都有|列全|列一下|都列|列出|几块|哪种|哪类情形|什么情形|啥情况")
_PARTS = re.compile(r"[？?；;。]|，(?=[^，。？]*(?:罚|多少|哪|啥|怎么|什么|有没有|几))")
_PENALTY = re.compile(r"怎么罚|罚多少|罚几|如何处罚|怎么处罚|怎么处理|罚\d|处罚")

_PENALTY_WORDS = "责令退回 罚款 处造成损失金额倍以上倍以下"
_OLD_CONDUCT = "实施行政处罚，适用违法行为发生时的法律、法规、规章的规定，从旧兼从轻"

AskModel = Callable[[str], str]


@dataclass(frozen=True)
class Citation:
    """A quote and the passage it stands in, letter for letter."""

    document: str
    passage: str
    quote: str


@dataclass(frozen=True)
class Answer:
    """What is told to the person, what it rests on, and what else was near."""

    answer: str
    refused: bool
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    dropped: int = 0  # sentences of a model whose quotes did not stand in the passages
    origin: str = "extract"  # extract | model


def ask(
    library: Library,
    question: str,
    *,
    as_of: date | None = None,
    region: str | None = None,
    history: Sequence[str] = (),
    ask_model: AskModel | None = None,
    prompt: str | None = None,
    top: int = 8,
) -> Answer:
    """Answer from the library, or say that it does not hold the answer.

    A model is asked with `prompt`, a text with `$question` and `$passages`.
    """
    if ask_model is not None and prompt is None:
        raise ValueError("用模型作答需要提示词（prompt），其中写明 $question 与 $passages。")
    earlier = tuple(history)
    query = read_query(question, earlier)
    hits = library.search(question, as_of=as_of, region=region, top=max(top, 8), history=earlier)
    further = _further(library, question, query, hits, as_of, region, earlier)
    found = [*hits, *further]
    reason = (
        refusal(question, query, found, library.likeness(query), library.index.lexicon)
        if hits
        else "库中没有找到相关条文"
    )
    if reason:
        return Answer(_refused(reason, hits), True, (), tuple(hits[:top]))
    chosen = _chosen(query, hits, further)
    hits = list(dict.fromkeys([*hits[:top], *chosen]))
    plain = _extract(library, question, query, chosen, tuple(hits), as_of)
    if ask_model is None or prompt is None:
        return plain
    told = ask_model(Template(prompt).safe_substitute(question=question, passages=_numbered(hits)))
    return _checked(told, plain, hits)


def _further(
    library: Library,
    question: str,
    query: Query,
    hits: Sequence[Hit],
    as_of: date | None,
    region: str | None,
    history: tuple[str, ...],
) -> list[Hit]:
    """What else answers: each part of a question of several, the penalty of what a list calls a violation,
    and the rule for conduct before a regulation was in force."""

    def look(asked: str, day: date | None) -> list[Hit]:
        found = library.search(asked, as_of=day, region=region, top=3, history=history)
        return [hit for hit in found if eligible(hit, query)][:1]

    parts = [part.strip() for part in _PARTS.split(question)]
    found = (
        [hit for part in parts if len(part) >= LEAST_PART for hit in look(part, as_of)] if parts[1:] else []
    )
    if hits and _PENALTY.search(question):
        first = hits[0]
        if first.kind == "row":
            found += look(f"定点医药机构{''.join(cut_cells(first.text)[:2])} {_PENALTY_WORDS}", as_of)
        if first.in_force is False:
            found += look(_OLD_CONDUCT, None)
    return found


def _chosen(query: Query, hits: Sequence[Hit], further: Sequence[Hit]) -> list[Hit]:
    """The first passage, those found for further parts, and then what comes near."""
    official = [hit for hit in hits if eligible(hit, query)]
    first = official[0] if official else further[0]
    near = [hit for hit in official if hit.score >= NEAR * first.score]
    chosen = {(hit.document, hit.passage): hit for hit in (first, *further, *near)}
    return list(chosen.values())[:MOST_CITED]


def _extract(
    library: Library,
    question: str,
    query: Query,
    chosen: list[Hit],
    hits: tuple[Hit, ...],
    as_of: date | None,
) -> Answer:
    lines, citations = [_lead(chosen, as_of)], []
    for hit in chosen:
        quotes = _quotes(library, question, query, hit)
        citations += [Citation(hit.document, hit.passage, quote) for quote in quotes]
        lines.append(f"《{hit.document}》{hit.passage}{_standing(hit)}：{_shown(hit, quotes)}")
    return Answer("\n".join(lines), False, tuple(citations), hits)


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


def _refused(reason: str, hits: Sequence[Hit]) -> str:
    """An honest no, and what lies nearest, marked as not applying."""
    near = [f"《{hit.document}》{hit.passage}" for hit in hits[:3]]
    nearest = f"最接近的是{'、'.join(near)}，但不能据以回答。" if near else ""
    return f"库中没有。{reason}。{nearest}"


def _numbered(hits: Sequence[Hit]) -> str:
    return "\n\n".join(
        f"[{n}] 《{hit.document}》{hit.passage}\n{hit.text}" for n, hit in enumerate(hits, start=1)
    )


def _checked(told: str, plain: Answer, hits: Sequence[Hit]) -> Answer:
    """Keep a model's sentences whose quotes all stand in the passages; with none left, the extract answers."""
    kept: list[str] = []
    citations: list[Citation] = []
    dropped = 0
    for sentence in re.findall(r"(?:「[^」]*」|[^。！？\n「])+[。！？]?", told):
        quotes = re.findall(r"「([^」]+)」", sentence)
        found = [_found(quote, hits) for quote in quotes]
        if quotes and all(found):
            kept.append(sentence.strip())
            citations += [citation for citation in found if citation]
        elif sentence.strip():
            dropped += 1
    if not kept:
        return replace(plain, dropped=dropped)
    note = f"\n略去 {dropped} 句，没有依据。" if dropped else ""
    return Answer("".join(kept) + note, False, tuple(citations), plain.hits, dropped, "model")


def _found(quote: str, hits: Sequence[Hit]) -> Citation | None:
    return next((Citation(hit.document, hit.passage, quote) for hit in hits if quote in hit.text), None)


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
        "citations": [
            {"document": one.document, "passage": one.passage, "quote": one.quote} for one in answer.citations
        ],
        "hits": [hit_json(hit) for hit in answer.hits],
    }
