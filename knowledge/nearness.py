"""Whether what was found comes near enough to a question to answer it: a few measured signs, weighed together.

The weights and the least sum are learnt by `evals.train_refusal` on questions the reference texts answer and
questions they do not, and shipped as `knowledge/scope/refusal.json`.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path

from knowledge.library import Hit, Library
from knowledge.localities import is_of_named_place
from knowledge.queries import Query
from knowledge.scope import Scope
from knowledge.sentences import needed_measure

SHIPPED = Path(__file__).parent / "scope" / "refusal.json"
LOOKED_AT = 3  # hits a number asked for must stand in


@dataclass(frozen=True)
class Signs:
    """What speaks for an answer, each about 0 to 1 apart from `scope`, a logit."""

    scope: float
    likeness: float
    measure: float  # 1 the kind of number asked for was found, -1 it was not, 0 none was asked for
    local: float  # 1 a paper of a place the question names was found


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


def read_signs(library: Library, question: str, query: Query, hits: Sequence[Hit]) -> Signs:
    """The signs for a question and the passages found, best first."""
    measure = needed_measure(question)
    stated = any(measure.search(hit.text) for hit in hits[:LOOKED_AT]) if measure else False
    return Signs(
        scope=max(Scope.load().logit(query.asked), Scope.load().logit(query.text)),
        likeness=library.likeness(query) or 0.0,
        measure=0.0 if measure is None else 1.0 if stated else -1.0,
        local=float(any(is_of_named_place(hit, query) for hit in hits[:LOOKED_AT])),
    )
