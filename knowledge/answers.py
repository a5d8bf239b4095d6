"""Answers that are put together from the passages themselves: each sentence quoted letter for letter, with its place.

Without a model the best sentences are chosen; with one (handed in as a function from prompt to text) its sentences
are kept only where their quotes stand in the passages. What the library does not hold is said.
"""

import re
from collections.abc import Sequence
from datetime import date
from string import Template

from knowledge.evidence import eligible, refusal
from knowledge.extracts import extract
from knowledge.library import Hit, Library
from knowledge.proofs import numbered, proven
from knowledge.queries import Query, read_query
from knowledge.replies import Answer, AskModel
from knowledge.sentences import cut_cells

NEAR = 0.72  # a further passage is cited when its score comes this near to the first
MOST_CITED = 5
LEAST_PART = 5
_PARTS = re.compile(r"[？?；;。]|，(?=[^，。？]*(?:罚|多少|哪|啥|怎么|什么|有没有|几))")
_PENALTY = re.compile(r"怎么罚|罚多少|罚几|如何处罚|怎么处罚|怎么处理|罚\d|处罚")

_PENALTY_WORDS = "责令退回 罚款 处造成损失金额倍以上倍以下"
_OLD_CONDUCT = "实施行政处罚，适用违法行为发生时的法律、法规、规章的规定，从旧兼从轻"


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
        return Answer(_refused(reason, hits), (), True, tuple(hits[:top]))
    chosen = _chosen(query, hits, further)
    hits = list(dict.fromkeys([*hits[:top], *chosen]))
    plain = extract(library, question, query, chosen, tuple(hits), as_of)
    if ask_model is None or prompt is None:
        return plain
    told = ask_model(Template(prompt).safe_substitute(question=question, passages=numbered(hits)))
    return proven(told, plain, hits)


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


def _refused(reason: str, hits: Sequence[Hit]) -> str:
    """An honest no, and what lies nearest, marked as not applying."""
    near = [f"《{hit.document}》{hit.passage}" for hit in hits[:3]]
    nearest = f"最接近的是{'、'.join(near)}，但不能据以回答。" if near else ""
    return f"库中没有。{reason}。{nearest}"
