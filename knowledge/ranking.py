"""From a question to ranked passages: keyword and vector scores fused, then dates, regions and doubles sorted out."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from knowledge import lexical
from knowledge.collection import Clause, Collection, loose_title
from knowledge.index import Index
from knowledge.places import applies_in

POOL = 300
VECTOR_WEIGHT = 0.5

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Hit(Clause):
    """A passage found by a search; `note` says what to mind about its date."""

    score: float = 0.0
    note: str | None = None


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
    """The best passages for a question, at most one for each name."""
    scores = _fused(index, " ".join((*history, question)))
    order = np.argsort(-scores, kind="stable")[:POOL]
    hits: dict[tuple[str, str], Hit] = {}
    for place in (int(one) for one in order if scores[one] > 0):
        unit = collection.units[place]
        document = collection.documents[collection.owners[unit]]
        if not applies_in(document.region, region):
            continue
        note = None
        if as_of and collection.in_force(unit, as_of) is False:
            unit = collection.commencements.get(collection.owners[unit], unit)
            note = _note(collection, unit, as_of)
        clause = collection.at(unit, as_of)
        key = (loose_title(clause.document), clause.passage)
        if key not in hits:
            hits[key] = Hit(**clause.__dict__, score=round(float(scores[place]), 4), note=note)
        if len(hits) >= top:
            break
    return list(hits.values())


def _fused(index: Index, question: str) -> Floats:
    """Keyword scores as a share of the best, and a little of what the vectors find alike."""
    scores = index.lexicon.scores(dict(lexical.tokens(question)))
    best = float(scores.max(initial=0.0))
    fused = scores / best if best > 0 else scores
    places, likeness = index.vectors.nearest(question, POOL)
    if len(places):
        rest = float(likeness.min())
        fused[places] += VECTOR_WEIGHT * (likeness - rest)
    return fused


def _note(collection: Collection, unit: int, as_of: date) -> str:
    clause = collection.at(unit, as_of)
    begins = clause.in_force_from or clause.issued
    if begins and as_of < begins:
        return f"您问的日期在施行之前（{begins.isoformat()} 起）"
    return f"您问的日期已不在施行期内（至 {clause.in_force_to}）"
