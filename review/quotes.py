"""Quotes that can be proved: a span of a document becomes evidence with file, page and position.

A quote is always cut out of the normalised text, never typed; `stands_in` proves one that came from elsewhere.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from knowledge.readers.text import fold
from review.models import Evidence
from review.record import Document

LONGEST_QUOTE = 300


@dataclass(frozen=True)
class PageSpan:
    """A page's span in the normalised text of its file; `number` is null where the format has no pages."""

    source: str
    number: int | None
    start: int
    end: int


@dataclass(frozen=True)
class LineSpan:
    """An OCR line's span in the text of its file, with its confidence."""

    start: int
    end: int
    confidence: float


class Place(NamedTuple):
    """A quote and where it stands: its page, if pages count, the span from that page's start, the OCR's confidence."""

    quote: str
    page: int | None
    start: int
    end: int
    confidence: float | None


class Layout:
    """Where pages and OCR lines lie in each file of the records."""

    def __init__(self, pages: Iterable[PageSpan], lines: Iterable[tuple[str, LineSpan]]) -> None:
        self._pages: dict[str, list[PageSpan]] = {}
        self._lines: dict[str, list[LineSpan]] = {}
        for page in pages:
            self._pages.setdefault(page.source, []).append(page)
        for source, line in lines:
            self._lines.setdefault(source, []).append(line)

    def of(self, sources: Collection[str]) -> "Layout":
        """The layout of these files only."""
        pages = (page for source in sources for page in self._pages.get(source, ()))
        return Layout(pages, ((source, line) for source in sources for line in self._lines.get(source, ())))

    def evidence(
        self, document: Document, start: int, end: int, *, says: str = "for", at: datetime | None = None
    ) -> Evidence:
        """The span [start, end) of the document's own text as evidence."""
        place = self.placed(document, start, end)
        when = at or document.written_at
        return Evidence(
            kind="document",
            source=document.source,
            quote=place.quote,
            says=says,
            page=place.page,
            start=place.start,
            end=place.end,
            row=document.document_id,
            label=document.title,
            at=when.isoformat(sep=" ", timespec="minutes") if when else None,
            confidence=place.confidence,
        )

    def placed(self, document: Document, start: int, end: int) -> Place:
        """Where the span [start, end) of the document's own text stands in its file, and the words to quote."""
        start, end = _trimmed(document.text, start, min(end, start + LONGEST_QUOTE))
        first, last = document.start + start, document.start + end
        number, offset = None, 0
        for page in self._pages.get(document.source, ()):
            if page.start <= first < page.end:
                number, offset = page.number, page.start if page.number is not None else 0
                break
        confidence = self._confidence(document.source, first, last)
        return Place(document.text[start:end], number, first - offset, last - offset, confidence)

    def place(self, source: str, page: int | None, start: int) -> int:
        """A position counted from its page as a position in the text of the whole file."""
        offset = next((span.start for span in self._pages.get(source, ()) if page and span.number == page), 0)
        return offset + start

    def confidence(self, source: str, page: int | None, start: int, end: int) -> float | None:
        """The lowest OCR line under a span counted from its page; null for a text layer."""
        first = self.place(source, page, start)
        return self._confidence(source, first, first + end - start)

    def _confidence(self, source: str, start: int, end: int) -> float | None:
        if source not in self._lines:
            return None
        touched = [
            line.confidence for line in self._lines.get(source, ()) if line.start < end and start < line.end
        ]
        return min(touched) if touched else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def stands_in(quote: str, text: str) -> bool:
    """Whether a quote stands letter for letter in a text, after normalisation and without white space."""
    folded = fold(quote)
    return bool(folded) and folded in fold(text)
