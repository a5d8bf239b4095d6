"""How well questions are answered: facts contained, citations right, refusals right, with intervals."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.questions import Question, is_family, read_questions, said, same_place
from evals.retrieval import write_lines
from knowledge.answers import ask
from knowledge.library import Library
from knowledge.numerals import NUMERAL, number_of
from knowledge.replies import Answer, answer_json


@dataclass(frozen=True)
class Marked:
    """One answer held against its question."""

    question: Question
    refused: bool
    facts: float | None  # share of the facts that stand in the answer
    cited: bool  # a citation stands in a right place
    cited_first: bool
    quotes_true: bool
    seconds: float


def score_file(library: Library, file: Path, out: Path | None = None) -> list[str]:
    """Ask every question; write the answers, and tell the figures."""
    marked: list[Marked] = []
    lines: list[dict[str, Any]] = []
    for question in read_questions(file):
        begun = time.perf_counter()
        answer = ask(
            library, question.question, as_of=question.as_of, region=question.region, history=question.history
        )
        seconds = time.perf_counter() - begun
        lines.append({"id": question.id, **answer_json(answer)})
        marked.append(mark(question, answer, seconds))
    if out:
        write_lines(out, lines)
    return _figures(marked)


def mark(question: Question, answer: Answer, seconds: float = 0.0) -> Marked:
    places = [same_place(one.document, one.passage) for one in answer.citations]
    texts = {(hit.document, hit.passage): hit.text for hit in answer.hits}
    facts = question.answer_facts
    return Marked(
        question,
        answer.refused,
        sum(comparable(fact) in comparable(answer.answer) for fact in facts) / len(facts) if facts else None,
        any(place in question.right or is_family(place, question.right) for place in places),
        bool(places) and (places[0] in question.right or is_family(places[0], question.right)),
        all(one.quote in texts.get((one.document, one.passage), "") for one in answer.citations),
        seconds,
    )


def comparable(text: str) -> str:
    """White space does not count, and a number is a number however it is written."""
    plain = re.sub(r"\s+", "", text).replace("％", "%")

    def arabic(match: re.Match[str]) -> str:
        try:
            return str(number_of(match[0]))
        except ValueError:
            return match[0]

    return re.sub(NUMERAL, arabic, plain)


def _figures(marked: list[Marked]) -> list[str]:
    answerable = [one for one in marked if one.question.answerable]
    hopeless = [one for one in marked if not one.question.answerable]
    answered = [one for one in answerable if not one.refused]
    refused = [one for one in marked if one.refused]
    right = [float(not one.question.answerable) for one in refused]
    caught = sum(one.refused for one in hopeless)
    lines = [
        f"{len(marked)} 题：{len(answerable)} 题有答案，{len(hopeless)} 题语料中没有。括号内为 95% 自助区间。",
        f"答案事实（有答案的题，拒答计零）：{said([0.0 if one.refused else one.facts or 0.0 for one in answerable])}",
        f"事实全在：{said([float(not one.refused and one.facts == 1.0) for one in answerable])}",
        f"引到正确出处：{said([float(one.cited) for one in answerable])}",
        f"第一引文正确：{said([float(one.cited_first) for one in answerable])}",
        f"引文逐字相符：{said([float(one.quotes_true) for one in answered])}",
        f"该拒而拒（召回）：{said([float(one.refused) for one in hopeless])}（{caught}/{len(hopeless)}）",
        f"拒答正确（精确）：{said(right)}（{int(sum(right))}/{len(refused)}）",
    ]
    wrong = [one.question.id for one in answerable if one.refused]
    bold = [one.question.id for one in hopeless if not one.refused]
    lines.append(f"误拒：{'、'.join(wrong) or '无'}；误答：{'、'.join(bold) or '无'}")
    for kind in sorted({one.question.kind for one in answerable}):
        group = [one for one in answerable if one.question.kind == kind]
        facts = [0.0 if one.refused else one.facts or 0.0 for one in group]
        lines.append(
            f"  {kind:<12}{len(group):>3} 题　事实 {said(facts)}　出处 {said([float(one.cited) for one in group])}"
        )
    times = sorted(one.seconds for one in marked)
    if times:
        lines.append(
            f"每题用时：中位 {times[len(times) // 2] * 1000:.0f} 毫秒，最长 {times[-1] * 1000:.0f} 毫秒"
        )
    return lines
