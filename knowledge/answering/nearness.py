"""Whether what was found comes near enough to a question to answer it: a few measured signs, weighed together.

The weights and the least sum are learnt by `evals.train_refusal` on questions the reference texts answer and
questions they do not, and shipped as `knowledge/answering/learnt/refusal.json`.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path

from knowledge.answering.scope import Scope
from knowledge.finding.queries import Query
from knowledge.library import Hit, Library

SHIPPED = Path(__file__).parent / "learnt" / "refusal.json"


@dataclass(frozen=True)
class Signs:
    """What speaks for an answer: `scope` is a logit, the others lie between 0 and about 1."""

    scope: float
    likeness: float
    gap: float  # how far the best passage's score stands above the next one's


@dataclass(frozen=True)
class Judgement:
    """Weights of the signs, and the sum below which a question is refused."""

    weights: tuple[float, ...]
    least: float

    @classmethod
    @cache
    def load(cls, file: Path = SHIPPED) -> "Judgement":
        held = json.loads(file.read_text(encoding="utf-8"))
        return cls(tuple(held["weights"][field.name] for field in fields(Signs)), held["least"])

    def weigh(self, signs: Signs) -> float:
        return float(sum(weight * sign for weight, sign in zip(self.weights, astuple(signs), strict=True)))

    def is_near(self, signs: Signs) -> bool:
        return self.weigh(signs) >= self.least


def read_signs(library: Library, query: Query, hits: Sequence[Hit]) -> Signs:
    """The signs for a question and the passages found, best first."""
    return Signs(
        scope=max(Scope.load().logit(query.asked), Scope.load().logit(query.text)),
        likeness=library.likeness(query) or 0.0,
        gap=hits[0].score - hits[1].score if len(hits) > 1 else 0.0,
    )
