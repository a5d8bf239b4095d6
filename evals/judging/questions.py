"""Regulation questions: the passages that a search brings, and what an answer says of them."""

from collections.abc import Iterator
from pathlib import Path

from evals.chat import Marked, mark
from evals.questions import Question, read_questions
from evals.retrieval import DEPTH, Found, found_of
from evals.verdicts import Measure, Verdict
from knowledge.answering.answers import ask
from knowledge.library import Library


def judge_questions(case: str, file: Path, library: Library) -> Iterator[Verdict]:
    """Every question asked twice: as a search and in the chat, without a model."""
    for question in read_questions(file):
        words, day, region, before = question.question, question.as_of, question.region, question.history
        if question.answerable:
            hits = library.search(words, as_of=day, region=region, top=DEPTH, history=before)
            yield from _searched(case, question, found_of(question, hits, 0.0))
        answer = ask(library, words, as_of=day, region=region, history=before)
        yield from _answered(case, question, mark(question, answer))


def _searched(case: str, question: Question, found: Found) -> Iterator[Verdict]:
    rank = found.exact
    figures = (
        (Measure.FIRST, float(rank == 1)),
        (Measure.FIVE, float(rank is not None and rank <= 5)),
        (Measure.RECIPROCAL, 1 / rank if rank and rank <= DEPTH else 0.0),
    )
    for measure, figure in figures:
        yield Verdict(case, question.id, measure, question.kind, "", question.id, figure)


def _answered(case: str, question: Question, marked: Marked) -> Iterator[Verdict]:
    figures: tuple[tuple[Measure, float], ...] = ((Measure.REFUSED, marked.refused),)
    if question.answerable:
        figures = (
            (Measure.ANSWERED, not marked.refused),
            (Measure.FACTS, marked.told),
            (Measure.CITED, marked.cited),
            *(() if marked.refused else ((Measure.QUOTE, marked.quotes_true),)),
        )
    for measure, figure in figures:
        yield Verdict(case, question.id, measure, question.kind, "", question.id, figure)
