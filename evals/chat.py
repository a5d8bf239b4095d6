"""How well questions are answered without a model: facts told in a short answer, places right, refusals right."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.questions import Question, is_family, read_questions, said, same_place, share_said
from evals.retrieval import OWN, SHARED, filled, write_lines
from knowledge.answering.answers import ask
from knowledge.answering.extracts import LONGEST, MOST_QUOTES
from knowledge.answering.replies import Answer, asked_json
from knowledge.library import Library
from knowledge.numerals import NUMERAL, number_of

DEVELOPMENT = SHARED / "examples" / "questions-dev.jsonl"


@dataclass(frozen=True)
class Marked:
    """One answer held against its question."""

    question: Question
    refused: bool
    facts: float | None  # share of the facts that stand in the answer
    cited: bool  # a citation stands in a right place
    cited_first: bool
    quotes_true: bool
    short: bool  # within the length and the number of quotes an answer may have
    dated: bool | None  # told with the version in force on the day, or told that none was; null without a day
    seconds: float

    @property
    def told(self) -> float:
        """The facts a reader gets: none from a refusal, none from an answer too long to read."""
        return self.facts or 0.0 if self.short and not self.refused else 0.0


def score_everything(home: Path) -> list[str]:
    """The development questions and our own, on the library at home or on one made of the reference texts."""
    with filled(home) as (held, told):
        library = Library.open(held)
        sets = [file for file in (DEVELOPMENT, *sorted(OWN.glob("*.jsonl"))) if file.exists()]
        return [told, *(line for file in sets for line in ("", *score_file(library, file)))]


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
        lines.append({"id": question.id, **asked_json(answer)})
        marked.append(mark(question, answer, seconds))
    if out:
        write_lines(out, lines)
    return [
        f"{file.name}：{len(marked)} 题。份额后为 95% 区间（计数用 Wilson，平均用自助法）。",
        *_figures(marked),
    ]


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
        answer.refused or (len(answer.answer) <= LONGEST and len(answer.citations) <= MOST_QUOTES),
        _dated(question, answer),
        seconds,
    )


def _dated(question: Question, answer: Answer) -> bool | None:
    """On a day asked about, the first passage quoted applied then, or the answer begins by saying it did not."""
    if question.as_of is None or answer.refused or not answer.citations:
        return None
    first = answer.citations[0]
    hit = next((h for h in answer.hits if (h.document, h.passage) == (first.document, first.passage)), None)
    return hit is not None and (hit.in_force is not False or "不能直接适用" in answer.lead)


def comparable(text: str) -> str:
    """White space does not count, and a number is a number however it is written."""
    plain = re.sub(r"\s+", "", text).replace("％", "%")

    def arabic(match: re.Match[str]) -> str:
        try:
            return str(number_of(match[0]))
        except ValueError:
            return match[0]

    return re.sub(NUMERAL, arabic, plain)


def _figures(marked: Sequence[Marked]) -> list[str]:
    answerable = [one for one in marked if one.question.answerable]
    hopeless = [one for one in marked if not one.question.answerable]
    answered = [one for one in answerable if not one.refused]
    refused = [one for one in marked if one.refused]
    dated = [one.dated for one in marked if one.dated is not None]

    def share(group: Sequence[Marked], name: str) -> str:
        return share_said(sum(bool(getattr(one, name)) for one in group), len(group))

    lines = [
        f"  有答案 {len(answerable)} 题，语料中没有 {len(hopeless)} 题",
        f"  答案事实（{LONGEST} 字、{MOST_QUOTES} 处引文以内）：{said([one.told for one in answerable])}",
        f"  事实全在：{share_said(sum(one.told == 1.0 for one in answerable), len(answerable))}",
        f"  引到正确出处：{share(answerable, 'cited')}；第一引文正确：{share(answerable, 'cited_first')}",
        f"  引文逐字相符：{share(answered, 'quotes_true')}；在长度以内：{share(answered, 'short')}",
        f"  该拒而拒：{share(hopeless, 'refused')}；误拒：{share(answerable, 'refused')}",
        f"  拒答正确：{share_said(sum(not one.question.answerable for one in refused), len(refused))}",
    ]
    if dated:
        lines.append(f"  按日期作答的，用当日有效的条文或说明当日无效：{share_said(sum(dated), len(dated))}")
    for kind in sorted({one.question.kind for one in answerable}):
        group = [one for one in answerable if one.question.kind == kind]
        facts = said([one.told for one in group])
        lines.append(f"    {kind:<12}{len(group):>3} 题　事实 {facts}　出处 {share(group, 'cited')}")
    wrong = "、".join(one.question.id for one in answerable if one.refused)
    bold = "、".join(one.question.id for one in hopeless if not one.refused)
    lines.append(f"  误拒：{wrong or '无'}；误答：{bold or '无'}")
    times = sorted(one.seconds * 1000 for one in marked)
    if times:
        late = times[min(len(times) - 1, int(len(times) * 0.95))]
        lines.append(f"  每题用时：中位 {times[len(times) // 2]:.0f} 毫秒，95% 在 {late:.0f} 毫秒内")
    return lines
