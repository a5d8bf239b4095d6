"""The units that may answer a question, and the figures they are weighed by.

A figure compares one unit with the question: by keywords, by vectors, through its document and its neighbours,
through our digest of it and the ways people ask for it. What the figures weigh is learnt (`evals.train_ranking`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.finding.collection import Collection
from knowledge.finding.index import Index
from knowledge.finding.queries import Query
from knowledge.finding.views import ASKED, DIGEST

POOL = 200
LIKENESS_WEIGHT = 1.0  # in the first, coarse order, against a share of the best keyword score
VIEW_WEIGHT = 0.5
NEAREST = 300  # likeness counts from that of the unit at this rank on
FIGURES = (
    "characters",  # BM25 of single characters, tenths
    "pairs",  # BM25 of character pairs, words and numbers, tenths
    "share_of_characters",  # of what was asked, by rarity
    "share_of_pairs",
    "likeness",
    "likest_sentence",
    "likest_in_document",
    "before",  # the coarse score of the unit before it in its document
    "after",
    "length",  # logarithm of its characters
    "asked_pairs",  # of the way of asking that is nearest
    "asked_share_of_characters",
)

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Candidates:
    """Units, best first in the coarse order, with one row of figures each."""

    units: Places
    figures: Floats


def gather(
    collection: Collection,
    index: Index,
    query: Query,
    allowed: npt.NDArray[np.bool_],
    named: Sequence[int] = (),
) -> Candidates:
    """The candidates among the allowed units, `named` ones in any case."""
    owners, size = collection.unit_owners, len(collection.units)
    match, likeness = index.lexicon.match(query.tokens), index.vectors.compare(query.said)
    bm25, share = match.bm25 / 10, match.share
    both = bm25.sum(axis=0)
    asked = _best_views(index, ASKED, size, (bm25[1], share[0], both))
    digest = _best_views(index, DIGEST, size, (both,))
    like = likeness.rows[:size]
    coarse = both[:size] / max(float(both[:size].max(initial=0.0)), 1e-9)
    coarse += VIEW_WEIGHT * np.maximum(asked[2], digest[0]) / max(float(both.max(initial=0.0)), 1e-9)
    if size > NEAREST:
        coarse += LIKENESS_WEIGHT * np.maximum(like - np.partition(like, -NEAREST)[-NEAREST], 0)
    else:
        coarse += LIKENESS_WEIGHT * np.maximum(like, 0)
    coarse[~allowed] = 0.0
    units = np.argpartition(-coarse, POOL)[:POOL] if size > POOL else np.arange(size)
    units = np.union1d(units[coarse[units] > 0], [one for one in named if allowed[one]]).astype(np.int64)
    units = units[np.argsort(-coarse[units], kind="stable")]
    documents = np.full(int(owners.max(initial=0)) + 1, -1.0, dtype=np.float32)
    np.maximum.at(documents, owners, like)
    figures = (
        bm25[0, units],
        bm25[1, units],
        share[0, units],
        share[1, units],
        like[units],
        likeness.sentences(units),
        documents[owners[units]],
        _neighbour(coarse, owners, units, -1),
        _neighbour(coarse, owners, units, 1),
        collection.unit_lengths[units],
        *asked[:2, units],
    )
    return Candidates(units, np.stack(figures, axis=1))


def _best_views(index: Index, kind: int, size: int, values: tuple[Floats, ...]) -> Floats:
    """For each unit the best of its views of a kind, value by value; 0 where it has none."""
    rows = np.flatnonzero(index.kinds == kind)
    found = np.zeros((len(values), size), dtype=np.float32)
    for line, value in zip(found, values, strict=True):
        np.maximum.at(line, index.units[rows], value[rows])
    return found


def _neighbour(scores: Floats, owners: Places, units: Places, step: int) -> Floats:
    other = np.clip(units + step, 0, len(owners) - 1)
    found: Floats = np.where(owners[other] == owners[units], scores[other], 0.0).astype(np.float32)
    return found
