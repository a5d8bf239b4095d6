"""From a question to ranked passages: candidates weighed by their figures, then by what the question names, where
and when it asks about, and one hit for what several lists repeat.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.finding.candidates import FIGURES, gather
from knowledge.finding.collection import Clause, Collection, loose_title
from knowledge.finding.index import Index, Reranker
from knowledge.finding.mentions import document_mentions, unit_mentions
from knowledge.finding.queries import Query, read_query
from knowledge.places import applies_in

WEIGHTS = Path(__file__).parent / "ranking.json"
# What adds to the sum of the weighed figures beside documents and numbers (`mentions`).
NAMED_SUBJECT = 1.5
NAMED_CODE = 6.0
OTHER_ITEM = -1.0
RERANKED = 20  # candidates a cross-encoder reads; it takes milliseconds for each
SHARPNESS = 2.0  # how far below the best a sum falls that counts e times less
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Hit(Clause):
    """A passage found by a search; `score` is its share of the best, `note` says what to mind about its date."""

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
    reranker: Reranker | None = None,
) -> list[Hit]:
    """The best passages for a question, at most one for each name and for each thing said."""
    query = read_query(question, history)
    hits: dict[tuple[str, str], Hit] = {}
    said: set[tuple[str, str]] = set()
    candidates = _candidates(collection, index, query, region)
    if reranker and not query.articles:
        candidates = _reranked(collection, reranker, query, candidates)
    for candidate in candidates:
        unit, note = collection.newest(candidate.unit, as_of), None
        if as_of and collection.in_force(unit, as_of) is False:
            note = _note(collection, unit, as_of)
            if not collection.read_otherwise(unit, as_of):
                unit = collection.commencements.get(collection.owners[unit], unit)
        clause = collection.at(unit, as_of)
        key, saying = (loose_title(clause.document), clause.passage), collection.marks(unit).saying
        if key in hits or saying in said:
            continue
        share = float(np.exp((candidate.score - candidates[0].score) / SHARPNESS))
        hits[key] = Hit(**clause.__dict__, score=round(share, 4), note=note)
        said.add(saying)
        if len(hits) >= top:
            break
    return list(hits.values())


def _candidates(collection: Collection, index: Index, query: Query, region: str | None) -> list[Candidate]:
    """Units that may apply, best first; among equals of several lists the one with a title of its own first."""
    applies = np.array([applies_in(document.region, region) for document in collection.documents], dtype=bool)
    named = document_mentions(collection, query)
    exact = unit_mentions(collection, query, named)
    found = gather(collection, index, query, applies[collection.unit_owners], list(exact))
    scores = np.einsum("ij,j->i", found.figures, _weights()) + named[collection.unit_owners[found.units]]
    candidates: list[Candidate] = []
    for number, score in zip(found.units.tolist(), scores.tolist(), strict=True):
        unit = collection.units[number]
        marks = collection.marks(unit)
        if marks.subject and marks.subject in query.asked:
            score += NAMED_SUBJECT
        if marks.item and sum(pair in query.meaning for pair in marks.item) < len(marks.item) / 2:
            score += OTHER_ITEM
        if query.codes and any(code in collection.passages[unit].text.upper() for code in query.codes):
            score += NAMED_CODE
        candidates.append(Candidate(unit, score + exact.get(number, 0.0)))
    candidates.sort(key=lambda candidate: -candidate.score)
    return _preferred(collection, candidates)


def _reranked(
    collection: Collection, reranker: Reranker, query: Query, found: list[Candidate]
) -> list[Candidate]:
    """The first few in the order of a cross-encoder; an article asked for by its number stays where it is."""
    first = [collection.passages[candidate.unit] for candidate in found[:RERANKED]]
    texts = [f"{passage.document} {passage.passage}\n{passage.text}" for passage in first]
    scores = reranker.scores(query.text, texts)
    order = np.argsort(-scores, kind="stable")
    return [Candidate(found[place].unit, float(scores[place])) for place in order.tolist()]


@cache
def _weights() -> Floats:
    held = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array([held[name] for name in FIGURES], dtype=np.float32)


def _preferred(collection: Collection, found: list[Candidate]) -> list[Candidate]:
    """Rows that several lists repeat take the best place any of them has, the official list before extracts."""
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in found:
        groups.setdefault(collection.marks(candidate.unit).saying, []).append(candidate)
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


def _note(collection: Collection, unit: int, as_of: date) -> str:
    clause = collection.at(unit, as_of)
    begins = clause.in_force_from or clause.issued
    if begins and collection.read_otherwise(unit, as_of):
        return f"库中只有 {begins.isoformat()} 起施行的修改后文本，没有您问的日期适用的修改前文本"
    first = collection.first_wordings.get(collection.owners[unit])
    if first and as_of < first:
        return f"您问的日期在首次制定或施行（{first.isoformat()}）之前"
    if begins and as_of < begins:
        return f"您问的日期在施行之前（{begins.isoformat()} 起）"
    return f"您问的日期已不在施行期内（至 {clause.in_force_to}）"
