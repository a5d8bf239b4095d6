"""Which words of a passage answer: the stretch, cut at the passage's own marks, that holds most of what was asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.answering.sentences import asks_for_all, cut_clauses, row_cells, wanted_marks
from knowledge.finding.lexical import Lexicon, tokens
from knowledge.finding.queries import Query
from knowledge.library import Hit

SHORT = 180  # a passage up to this length is quoted whole
MARK_WEIGHT = 0.3  # of a number or consequence the question wants, for the sentence that states one
LENGTH_COST = 0.0006  # of a character, against the share of the question a stretch holds
_ITEM = re.compile(r"\s*[（(](?:[一二三四五六七八九十]+|\d+)[）)]")
_LIST_OPENING = re.compile(r"[^\n]*?[：:]\s*$", re.M)


@dataclass(frozen=True)
class Span:
    """A stretch of a passage, and how well it speaks to the question."""

    start: int
    end: int
    worth: float


@dataclass(frozen=True)
class Scale:
    """What a question's words weigh, as shares of the whole, and the marks an answer to it must bear."""

    question: str
    asked: Mapping[str, float]
    marks: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, question: str, query: Query, lexicon: Lexicon) -> "Scale":
        weights = {token: weight * lexicon.rarity(token) for token, weight in query.tokens.items()}
        whole = sum(weights.values()) or 1.0
        return cls(
            question, {token: weight / whole for token, weight in weights.items()}, wanted_marks(question)
        )

    def held(self, text: str) -> frozenset[str]:
        return frozenset(token for token in tokens(text) if token in self.asked)

    def share(self, held: frozenset[str]) -> float:
        return sum(self.asked[token] for token in held)


def best_span(scale: Scale, hit: Hit, room: int, begin: int = 0) -> Span:
    """The stretch of at most `room` characters from `begin` on that says most of what was asked."""
    text = hit.text
    if hit.kind == "row":
        span = row_span(text, room)
        return Span(span.start, span.end, scale.share(scale.held(f"{hit.passage} {text}")))
    start, end = begin + len(text[begin:]) - len(text[begin:].lstrip()), len(text.rstrip())
    if end - start <= room and (asks_for_all(scale.question) or end - start <= SHORT):
        return Span(start, end, _worth(scale, hit, start, end))
    if asks_for_all(scale.question):
        ends = [stop for _, stop in cut_clauses(text, room) if start < stop <= start + room]
        return Span(start, max(ends, default=min(end, start + room)), _worth(scale, hit, start, end))
    clauses = [clause for clause in cut_clauses(text, room) if clause[0] >= begin]
    return _best(scale, hit, clauses, room) if clauses else Span(start, min(end, start + room), 0.0)


def _best(scale: Scale, hit: Hit, clauses: list[tuple[int, int]], room: int) -> Span:
    named = scale.held(hit.passage)
    held = [scale.held(hit.text[start:end]) for start, end in clauses]
    marked = [
        _marked(scale, hit.text[start:end], own | named)
        for (start, end), own in zip(clauses, held, strict=True)
    ]
    best = Span(clauses[0][0], min(clauses[0][1], clauses[0][0] + room), -1.0)
    for first in range(len(clauses)):
        said, mark = named, 0.0
        for last in range(first, len(clauses)):
            start, end = clauses[first][0], clauses[last][1]
            if end - start > room:
                break
            said, mark = said | held[last], max(mark, marked[last])
            worth = scale.share(said) + mark - LENGTH_COST * (end - start)
            if worth > best.worth:
                best = Span(start, end, worth)
    return best


def _worth(scale: Scale, hit: Hit, start: int, end: int) -> float:
    text = hit.text[start:end]
    held = scale.held(f"{hit.passage} {text}")
    return scale.share(held) + _marked(scale, text, held) - LENGTH_COST * (end - start)


def _marked(scale: Scale, text: str, held: frozenset[str]) -> float:
    """What a sentence gains that states a number of the kind asked for, more where it speaks to the question too."""
    found = sum(mark.search(text) is not None for mark in scale.marks)
    return found * MARK_WEIGHT * (0.5 + scale.share(held)) if found else 0.0


def widened(hit: Hit, span: Span, room: int, begin: int) -> Span:
    """The stretch with what follows it in the passage, then with what stands before it from `begin` on, in all at
    most `room` characters."""
    if hit.kind == "row":
        return span
    clauses = [clause for clause in cut_clauses(hit.text, max(room, 1)) if clause[0] >= begin]
    end = max((stop for _, stop in clauses if span.end < stop <= span.start + room), default=span.end)
    start = min((begin for begin, _ in clauses if end - room <= begin < span.start), default=span.start)
    return Span(start, end, span.worth)


def opening_of(hit: Hit, span: Span) -> Span | None:
    """The words that open the list an item stands in; null for other words."""
    if hit.kind == "row" or not _ITEM.match(hit.text[span.start :]) or span.start == 0:
        return None
    openings = [match for match in _LIST_OPENING.finditer(hit.text, 0, span.start) if match[0].strip()]
    if not openings:
        return None
    opening = openings[-1]
    start = opening.start() + len(opening[0]) - len(opening[0].lstrip())
    sentence = max((hit.text.rfind(sign, start, opening.end() - 1) + 1 for sign in "。；\n"), default=start)
    start = max(start, sentence)
    return Span(start, opening.start() + len(opening[0].rstrip()), 0.0)


def row_span(text: str, room: int) -> Span:
    """The longest cell of a row, and those beside it as room allows, the ones before it first."""
    cells = row_cells(text)
    if not cells:
        return Span(0, min(len(text), room), 0.0)
    longest = max(range(len(cells)), key=lambda place: cells[place][1] - cells[place][0])
    first = last = longest
    while first > 0 and cells[last][1] - cells[first - 1][0] <= room:
        first -= 1
    while last + 1 < len(cells) and cells[last + 1][1] - cells[first][0] <= room:
        last += 1
    return Span(cells[first][0], min(cells[last][1], cells[first][0] + room), 1.0)
