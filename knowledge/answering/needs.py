"""What a question wants answered: itself, or each of its parts, with the passages found for each.

A question of several parts is searched part by part, the rest read as its context; a penalty asked for something
a list names is looked up under the violation the list gives it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge.answering.sentences import cut_cells
from knowledge.finding.queries import Query, read_query
from knowledge.library import Hit

LEAST_PART = 4
MOST_PARTS = 3
_PARTS = re.compile(r"[？?；;。]|，(?=[^，。？]*(?:罚|多少|哪|啥|怎么|什么|有没有|几|谁))")
_ASKS = re.compile(r"罚|多少|哪|啥|怎么|咋|什么|有没有|几|谁|吗|么|是否|能不能|算|which|what|how", re.I)
_PENALTY = re.compile(r"怎么罚|罚多少|罚几|如何处罚|怎么处罚|怎么处理|罚\d|处罚")
_PENALTY_WORDS = "责令退回 罚款 处造成损失金额倍以上倍以下"
_OLD_CONDUCT = "实施行政处罚，适用违法行为发生时的法律、法规、规章的规定，从旧兼从轻"

Search = Callable[[str, tuple[str, ...], bool], list[Hit]]  # question, history, whether the day counts


@dataclass(frozen=True)
class Need:
    """One thing asked, and the passages that may answer it, best first."""

    question: str
    query: Query
    hits: tuple[Hit, ...]


def read_needs(question: str, history: tuple[str, ...], hits: Sequence[Hit], search: Search) -> list[Need]:
    """The parts of a question that ask something each; one that cannot be parted is its own only part."""
    parts = [part.strip() for part in _PARTS.split(question)]
    asking = [part for part in parts if len(part) >= LEAST_PART and _ASKS.search(part)]
    if len(asking) < 2:
        needs = [Need(question, read_query(question, history), tuple(hits))]
    else:
        needs = []
        for part in asking[:MOST_PARTS]:
            context = (*history, *(other for other in parts if other and other != part))
            needs.append(Need(part, read_query(part, context), _merged(search(part, context, True), hits)))
    return [*needs, *_consequences(question, hits, search)][:MOST_PARTS]


def _merged(own: Sequence[Hit], whole: Sequence[Hit]) -> tuple[Hit, ...]:
    """What a part found, and what the whole question found, each scored against the best of its kind."""
    found: dict[tuple[str, str], Hit] = {}
    for hits in (own, whole):
        most = max((hit.score for hit in hits), default=1.0) or 1.0
        for hit in hits:
            scored = replace(hit, score=hit.score / most)
            before = found.get((hit.document, hit.passage))
            found[hit.document, hit.passage] = scored if not before or before.score < scored.score else before
    return tuple(found.values())


def _consequences(question: str, hits: Sequence[Hit], search: Search) -> list[Need]:
    """The penalty of what a list calls a violation, and the rule for conduct before a regulation was in force."""
    if not hits or not _PENALTY.search(question):
        return []
    first, found = hits[0], []
    if first.kind == "row":
        asked = f"定点医药机构{''.join(cut_cells(first.text)[:2])} {_PENALTY_WORDS}"
        found.append(Need(asked, read_query(asked), tuple(search(asked, (), True)[:1])))
    if first.in_force is False:
        found.append(Need(_OLD_CONDUCT, read_query(_OLD_CONDUCT), tuple(search(_OLD_CONDUCT, (), False)[:1])))
    return found
