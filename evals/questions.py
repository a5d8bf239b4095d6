"""Question files: one JSON object a line, in the shape of the development questions; and counting with intervals."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from evals.measuring.intervals import mean_of, wilson
from knowledge.finding.collection import loose_passage, loose_title


@dataclass(frozen=True)
class Question:
    """One question with its right places and the words a right answer must hold."""

    id: str
    question: str
    kind: str
    history: tuple[str, ...]
    as_of: date | None
    region: str | None
    gold: tuple[tuple[str, str], ...]
    alternatives: tuple[tuple[str, str], ...]
    answer_facts: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        return bool(self.gold)

    @property
    def right(self) -> frozenset[tuple[str, str]]:
        return frozenset(same_place(*place) for place in (*self.gold, *self.alternatives))


def same_place(document: str, passage: str) -> tuple[str, str]:
    """A place in the form two citations are compared in."""
    return loose_title(document), loose_passage(passage)


def is_family(place: tuple[str, str], right: frozenset[tuple[str, str]]) -> bool:
    """An item of a right article, or the article of a right item."""
    return any(
        place[0] == document and (place[1].startswith(passage) or passage.startswith(place[1]))
        for document, passage in right
    )


def read_questions(file: Path) -> list[Question]:
    """Every question of a file; a line that is no question is an error that names it."""
    return list(_questions(file))


def _questions(file: Path) -> Iterator[Question]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            held = json.loads(line)
            yield _question(held)
        except (ValueError, KeyError, TypeError) as problem:
            raise ValueError(
                f"{file.name} 第 {number} 行：不是题目（{problem}）；请对照样例改正。"
            ) from problem


def _question(held: dict[str, Any]) -> Question:
    def places(key: str) -> tuple[tuple[str, str], ...]:
        return tuple((place["document"], place["passage"]) for place in held.get(key) or ())

    return Question(
        id=str(held["id"]),
        question=held["question"],
        kind=held.get("kind", ""),
        history=tuple(held.get("history") or ()),
        as_of=date.fromisoformat(held["as_of"]) if held.get("as_of") else None,
        region=held.get("region"),
        gold=places("gold"),
        alternatives=places("gold_alternatives"),
        answer_facts=tuple(held.get("answer_facts") or ()),
    )


def share_said(hits: int, of: int) -> str:
    """A share of questions with its Wilson interval."""
    return f"{hits}/{of} = {wilson(hits, of)}" if of else "—"


def said(values: Sequence[float]) -> str:
    """A mean over questions with its bootstrap interval."""
    return str(mean_of(values))
