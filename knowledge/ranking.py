"""From a question to ranked passages: keyword and vector scores fused, then what the question names, where and
when it asks about, and one hit for what several lists repeat.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.collection import Clause, Collection, loose_passage, loose_title
from knowledge.documents import Document
from knowledge.index import Index
from knowledge.passages import Passage
from knowledge.places import NATIONAL, PROVINCES, applies_in
from knowledge.queries import Query, read_query

POOL = 300
VECTOR_WEIGHT = 0.5
NAMED_DECREE = 0.35
NAMED_ARTICLE = 0.15
NAMED_PLACE = 0.15
OTHER_PLACE = 0.5
UNASKED_PLACE = 0.85
OTHER_YEAR = 0.85
OTHER_ITEM = 0.8
NAMED_SUBJECT = 0.3
SUBJECT = re.compile(
    r"^(?:第[一二三四五六七八九十百]+条|[（(][一二三四五六七八九十]+[）)]|\d+[.、．。])?[\s　]*"
    r"([一-鿿]{4,14}?)(?:（[^）]*）)?(?:是指|：)"
)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Hit(Clause):
    """A passage found by a search; `note` says what to mind about its date."""

    score: float = 0.0
    note: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A unit with its score before doubles are sorted out."""

    unit: int
    score: float


def rank(
    collection: Collection,
    index: Index,
    question: str,
    *,
    history: tuple[str, ...] = (),
    as_of: date | None = None,
    region: str | None = None,
    top: int = 8,
) -> list[Hit]:
    """The best passages for a question, at most one for each name and for each thing said."""
    query = read_query(question, history)
    hits: dict[tuple[str, str], Hit] = {}
    said: set[tuple[str, str]] = set()
    for candidate in _candidates(collection, index, query, region):
        unit, note = collection.newest(candidate.unit, as_of), None
        if as_of and collection.in_force(unit, as_of) is False:
            unit = collection.commencements.get(collection.owners[unit], unit)
            note = _note(collection, unit, as_of)
        clause = collection.at(unit, as_of)
        key, saying = (loose_title(clause.document), clause.passage), _saying(collection.passages[unit])
        if key in hits or saying in said:
            continue
        hits[key] = Hit(**clause.__dict__, score=round(candidate.score, 4), note=note)
        said.add(saying)
        if len(hits) >= top:
            break
    return list(hits.values())


def _candidates(collection: Collection, index: Index, query: Query, region: str | None) -> list[Candidate]:
    """Units that may apply, best first; among equals of several lists the one with a title of its own first."""
    scores = _fused(index, query)
    order = np.argsort(-scores, kind="stable")[:POOL]
    weigh = cache(lambda owner: _factor(collection.documents[owner], query))
    found: list[Candidate] = []
    for place in (int(one) for one in order if scores[one] > 0):
        unit = collection.units[place]
        owner = collection.owners[unit]
        if applies_in(collection.documents[owner].region, region):
            factor, bonus = weigh(owner)
            named = _names_article(collection.passages[unit].passage, query)
            bonus += (NAMED_ARTICLE + bonus) if named else 0.0
            if _defines_what_is_asked(collection.passages[unit], query):
                bonus += NAMED_SUBJECT
            if _other_item(collection.passages[unit], query):
                factor *= OTHER_ITEM
            found.append(Candidate(unit, float(scores[place]) * factor + bonus))
    found.sort(key=lambda candidate: -candidate.score)
    return _preferred(collection, found)


def _preferred(collection: Collection, found: list[Candidate]) -> list[Candidate]:
    """Rows that several lists repeat take the best place any of them has, the official list before extracts."""
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in found:
        groups.setdefault(_saying(collection.passages[candidate.unit]), []).append(candidate)
    return [
        Candidate(min(group, key=lambda one: _standing(collection, one.unit)).unit, group[0].score)
        if len(group) > 1
        else group[0]
        for group in groups.values()
    ]


def _standing(collection: Collection, unit: int) -> bool:
    """A list that states its title stands before one known by its file name."""
    document = collection.documents[collection.owners[unit]]
    plain = [re.sub(r"[\W_]", "", text) for text in (document.title, Path(document.source).stem)]
    return plain[0] == plain[1]


def _saying(passage: Passage) -> tuple[str, str]:
    """What a row says of what, whichever list says it; any other passage speaks for itself."""
    if passage.kind != "row" or "：" not in passage.text:
        return passage.document, passage.passage
    values = [line.partition("：")[2] for line in passage.text.splitlines()]
    return re.sub(r"^[^：]*：", "", passage.passage), max(values, key=len)


def _fused(index: Index, query: Query) -> Floats:
    """Keyword scores as a share of the best, and a little of what the vectors find alike."""
    scores = index.lexicon.scores(query.tokens)
    best = float(scores.max(initial=0.0))
    fused = scores / best if best > 0 else scores
    places, likeness = index.vectors.nearest(query.meaning, POOL)
    if len(places):
        fused[places] += VECTOR_WEIGHT * (likeness - float(likeness.min()))
    return fused


def _factor(document: Document, query: Query) -> tuple[float, float]:
    """How a document's passages are weighed for the number, place and year the question names."""
    factor, bonus = 1.0, 0.0
    if set(re.findall(r"\d+(?=\s*号)", document.number or "")) & query.decrees:
        bonus += NAMED_DECREE
    for named, asked in _places(document, query):
        if named:
            bonus += NAMED_PLACE
        else:
            factor *= OTHER_PLACE if asked else UNASKED_PLACE
    years = set(re.findall(r"20\d{2}", document.title))
    if years and query.years and not years & query.years:
        factor *= OTHER_YEAR
    return factor, bonus


def _places(document: Document, query: Query) -> Iterator[tuple[bool, bool]]:
    """Whether the document's own place is named in the question, and whether any place is."""
    if document.place:
        yield document.place.rstrip("市县区旗") in query.text, bool(query.provinces)
    elif document.region not in (None, NATIONAL):
        names = [name for name, code in PROVINCES.items() if code[:2] == str(document.region)[:2]]
        yield any(name in query.provinces for name in names), bool(query.provinces)


def _other_item(passage: Passage, query: Query) -> bool:
    """A catalogue's row about an item the question does not name."""
    if passage.kind != "row" or "：" not in passage.text:
        return False
    name = re.sub(r"^[^：]*：|[(（].*", "", passage.passage)
    pairs = {name[place : place + 2] for place in range(len(name) - 1) if name[place : place + 2].isalpha()}
    return len(pairs) > 0 and sum(pair in query.meaning for pair in pairs) < len(pairs) / 2


def _defines_what_is_asked(passage: Passage, query: Query) -> bool:
    """A clause that opens with the very thing the question names: 「首次病程记录是指……」."""
    subject = SUBJECT.match(passage.text)
    return subject is not None and subject.group(1) in query.asked


def _names_article(passage: str, query: Query) -> bool:
    return bool(query.articles) and loose_passage(passage) in query.articles


def _note(collection: Collection, unit: int, as_of: date) -> str:
    clause = collection.at(unit, as_of)
    begins = clause.in_force_from or clause.issued
    if begins and as_of < begins:
        return f"您问的日期在施行之前（{begins.isoformat()} 起）"
    return f"您问的日期已不在施行期内（至 {clause.in_force_to}）"
