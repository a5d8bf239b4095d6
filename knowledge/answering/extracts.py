"""Short answers put together from the passages themselves: the words that answer, letter for letter and placed.

An answer holds at most 300 characters and three quotes, so that it is read at one look; the passages stand beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.answering.item_rows import is_other_variant
from knowledge.answering.leads import lead_of, short_title
from knowledge.answering.needs import Need
from knowledge.answering.replies import Answer, Citation, Statement
from knowledge.answering.sentences import asks_for_all, row_cells
from knowledge.answering.spans import Scale, Span, best_span, opening_of, widened
from knowledge.cutting.days import COMMENCEMENT
from knowledge.finding.lexical import Lexicon
from knowledge.library import Hit

LONGEST = 300
MOST_QUOTES = 3
FIRST_SHARE = 0.6  # of the room, where several passages share it
LEAST_QUOTE = 8
RANK_WEIGHT = 0.6  # of the search's own score, against what the words say
LEAST_SHARE = 0.5  # of the best passage's weight, for a further one to be quoted
OTHER_VARIANT = 0.2  # what a row loses that is about a bracketed variant the question does not name
DIGEST_MARK = "（摘要）"


@dataclass(frozen=True)
class Piece:
    """A passage that may be quoted for a need, weighed by its rank and by its best words."""

    scale: Scale
    hit: Hit
    weight: float


@dataclass(frozen=True)
class Chosen:
    """A passage to be quoted, and what it is to be quoted for."""

    hit: Hit
    scales: tuple[Scale, ...]


@dataclass(frozen=True)
class Excerpt:
    """What is quoted of a passage; an item is read with the words that open its list."""

    hit: Hit
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        name = f"{'' if re.match('[第（(]', self.hit.passage) else ' '}{self.hit.passage}"
        mark = DIGEST_MARK if self.hit.digest else ""
        return f"{short_title(self.hit.document)}{name}{mark}：{''.join(map(self._shown, self.spans))}"

    @property
    def statement(self) -> Statement:
        quotes = (self.hit.text[span.start : span.end] for span in self.spans)
        citations = (Citation(self.hit.document, self.hit.passage, quote) for quote in quotes)
        return Statement(self.text, tuple(citations))

    def widened(self, room: int) -> "Excerpt":
        """With the words around the last ones quoted, as far as `room` more characters reach."""
        *before, last = self.spans
        wider = widened(self.hit, last, last.end - last.start + room, before[-1].end if before else 0)
        return Excerpt(self.hit, (*before, wider))

    def _shown(self, span: Span) -> str:
        """Quotation marks stand around an official text only; a row is shown cell by cell."""
        quote = self.hit.text[span.start : span.end]
        if self.hit.kind == "row":
            return "".join(f"「{quote[start:end]}」" for start, end in row_cells(quote) or [(0, len(quote))])
        return quote if self.hit.digest else f"「{quote}」"


def extract(lexicon: Lexicon, needs: Sequence[Need], as_of: date | None) -> Answer:
    """What the passages found say to each thing asked; `needs` hold at least one passage each."""
    chosen = _chosen(lexicon, needs)
    lead = lead_of(needs[0].question, needs[0].query.meaning, [one.hit for one in chosen], as_of)
    excerpts: list[Excerpt] = []
    room, quotes = LONGEST - len(lead) - 1, MOST_QUOTES
    for place, one in enumerate(chosen):
        left = len(chosen) - place
        whole = len(needs) == 1 and place == 0
        alone = left == 1 or (whole and asks_for_all(needs[0].question))
        share = room if alone else int(room * (FIRST_SHARE if whole else 1 / left))
        found = _excerpt(one, share, max(1, quotes - left + 1))
        if found is None:
            continue
        excerpts.append(found)
        room -= len(found.text) + 1
        quotes -= len(found.spans)
        if not quotes:
            break
    if excerpts:
        excerpts[0] = excerpts[0].widened(room)
    return Answer(lead, tuple(one.statement for one in excerpts), False, ())


def _chosen(lexicon: Lexicon, needs: Sequence[Need]) -> list[Chosen]:
    """The most telling passage of each need, then what else is worth quoting; nothing twice."""
    ranked = [_weighed(Scale.of(need.question, need.query, lexicon), need.hits) for need in needs]
    chosen: dict[str, Chosen] = {}
    for first in (pieces[0] for pieces in ranked):
        before = chosen.get(_saying(first.hit))
        scales = (*before.scales, first.scale) if before else (first.scale,)
        chosen[_saying(first.hit)] = Chosen(before.hit if before else first.hit, scales)
    for pieces in ranked:
        for piece in pieces[1:]:
            worth = piece.weight >= LEAST_SHARE * pieces[0].weight and len(chosen) < MOST_QUOTES
            if worth and not any(_within(piece.hit, one.hit) for one in chosen.values()):
                chosen.setdefault(_saying(piece.hit), Chosen(piece.hit, (piece.scale,)))
    return list(chosen.values())[:MOST_QUOTES]


def _within(hit: Hit, other: Hit) -> bool:
    """An item and the article it stands in, either way round."""
    names = sorted((hit.passage, other.passage), key=len)
    return hit.document == other.document and names[1].startswith(names[0])


def _saying(hit: Hit) -> str:
    """A passage speaks for itself; rows that differ in a bracketed variant alone say one thing."""
    if hit.kind != "row" or re.search(r"\d$", hit.passage):
        return f"{hit.document}{hit.passage}"
    return re.sub(r"[(（][^()（）]*[)）]", "", hit.passage)


def _weighed(scale: Scale, hits: Sequence[Hit]) -> list[Piece]:
    most = max(hit.score for hit in hits)
    pieces = [
        Piece(
            scale,
            hit,
            RANK_WEIGHT * hit.score / most
            + (1.0 if _stands_in(hit) else best_span(scale, hit, LONGEST // 2).worth)
            - (OTHER_VARIANT if is_other_variant(hit, scale.question) else 0.0),
        )
        for hit in hits
    ]
    return sorted(pieces, key=lambda piece: -piece.weight)


def _stands_in(hit: Hit) -> bool:
    """The clause that says from when a passage found is in force: its own words need not be those asked for."""
    return hit.in_force is False and hit.note is not None and COMMENCEMENT.search(hit.text) is not None


def _excerpt(one: Chosen, room: int, quotes: int) -> Excerpt | None:
    """One passage's words under its name; null where there is no room for them."""
    within = room - len(Excerpt(one.hit, ()).text) - 2 * min(quotes, len(one.scales))
    return None if within < LEAST_QUOTE else Excerpt(one.hit, tuple(_spans(one, within, quotes)))


def _spans(one: Chosen, room: int, quotes: int) -> list[Span]:
    """The best words for each thing the passage is quoted for, as few quotes as hold them."""
    hit, first = one.hit, best_span(one.scales[0], one.hit, room)
    if quotes == 1:
        return [first]
    if len(one.scales) > 1:
        first = best_span(one.scales[0], hit, room // 2)
        second = best_span(one.scales[1], hit, room - (first.end - first.start))
        start, end = min(first.start, second.start), max(first.end, second.end)
        if end - start <= room:
            return [Span(start, end, first.worth)]
        return sorted((first, second), key=lambda span: span.start)
    opening = opening_of(hit, first)
    length = opening.end - opening.start if opening else 0
    if opening is None or length + 2 + LEAST_QUOTE > room:
        return [first]
    return [opening, best_span(one.scales[0], hit, room - length - 2, opening.end)]
