"""A whole document around a citation: its text in sections with the cited words marked, or its original pages.

Sections are sent a few at a time, those near the place first; a document without a text of its own (a table, a
digest) is put together from its passages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.holding.originals import KEY, original
from knowledge.holding.shelf import Shelf
from knowledge.library import Clause, FileState, Library
from knowledge.readers import ReadText, UnreadableFile
from knowledge.readers.text import find_quote
from knowledge.readers.viewing import Viewer
from review.casework.results import Line

SECTION = 1500  # characters, up to the next line end
BEFORE, AFTER = 3, 6  # sections sent with the one that is cited
MOST = 40  # sections sent at once


@dataclass(frozen=True)
class Section:
    """A stretch of a document; `start` counts in the whole of it."""

    name: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Place:
    """Where a citation stands in a document: the passage, and in it the quoted words."""

    passage: tuple[int, int]
    quote: tuple[int, int] | None


def open_whole(
    library: Library, clause: Clause, quote: str, first: int | None = None, count: int = BEFORE + AFTER + 1
) -> Line:
    """Sections around the citation, or `count` of them from `first` on."""
    sections, place = _located(library, clause, quote)
    cited = (place.quote or place.passage)[0]
    at = next((n for n, one in enumerate(sections) if one.start <= cited < one.end), 0)
    begin = max(0, at - BEFORE if first is None else first)
    shown = sections[begin : begin + min(max(count, 0), MOST)]
    return {
        "title": clause.document,
        "digest": clause.digest,
        "total": len(sections),
        "at": at,
        "sections": [_section_line(n, one, place) for n, one in enumerate(shown, start=begin)],
    }


def _section_line(number: int, section: Section, place: Place) -> Line:
    marks = [
        {
            "kind": kind,
            "start": max(span[0], section.start) - section.start,
            "end": min(span[1], section.end) - section.start,
        }
        for kind, span in (("passage", place.passage), ("quote", place.quote))
        if span and span[0] < section.end and section.start < span[1]
    ]
    return {"n": number, "name": section.name, "text": section.text, "marks": marks}


def _located(library: Library, clause: Clause, quote: str) -> tuple[Sequence[Section], Place]:
    state = file_of(library, clause)
    text = Shelf(library.home).text(state.sha256) if state and state.sha256 else ""
    if text and clause.start is not None and clause.end is not None:
        passage = clause.start, clause.end
        return _sections_of(text), Place(passage, find_quote(quote, text, *passage) if quote else None)
    sections = _passages_of(library, clause)
    held = next((one for one in sections if one.name == clause.passage), None) or next(
        (one for one in sections if clause.text in one.text), sections[0]
    )
    span = find_quote(clause.text, held.text) or (0, len(held.text))
    words = find_quote(quote, held.text) if quote else None
    moved = (words[0] + held.start, words[1] + held.start) if words else None
    return sections, Place((span[0] + held.start, span[1] + held.start), moved)


@lru_cache(maxsize=8)
def _sections_of(text: str) -> tuple[Section, ...]:
    return tuple(_cut(text))


def _cut(text: str) -> Iterator[Section]:
    start = 0
    while start < len(text):
        end = text.find("\n", start + SECTION)
        end = len(text) if end < 0 else end + 1
        yield Section("", text[start:end], start)
        start = end


def _passages_of(library: Library, clause: Clause) -> tuple[Section, ...]:
    """The passages of the document's version, one after the other; items stand in their articles."""
    held = library.collection
    owners = {
        n
        for n, one in enumerate(held.documents)
        if (one.title, one.source, one.digest) == (clause.document, clause.source, clause.digest)
    }
    sections, start = [], 0
    for passage, owner in zip(held.passages, held.owners, strict=True):
        if owner in owners and passage.kind != "item":
            sections.append(Section(passage.passage, passage.text, start))
            start += len(passage.text) + 1
    return tuple(sections) or (Section(clause.passage, clause.text, 0),)


def file_of(library: Library, clause: Clause) -> FileState | None:
    """The added file that a clause was read from: its text stands there at the clause's place."""
    for state in library.states():
        if clause.digest or not state.sha256 or state.title != clause.document:
            continue
        if Path(state.file).name == Path(clause.source).name and _stands(library, state, clause):
            return state
    return None


def _stands(library: Library, state: FileState, clause: Clause) -> bool:
    if clause.start is None or clause.end is None:
        return True
    text = Shelf(library.home).text(state.sha256 or "")
    return text[clause.start : clause.end].strip() == clause.text.strip()


def state_of(library: Library, key: str) -> FileState | None:
    """The added file behind a browser's key."""
    whole = len(key) == KEY
    return next(
        (one for one in library.states() if whole and one.sha256 and one.sha256.startswith(key)), None
    )


def open_original(library: Library, viewer: Viewer, clause: Clause, quote: str) -> Line:
    """The pages of the file and where on them the words stand, as fractions of a page; no pages where it has none."""
    state = file_of(library, clause)
    file = original(library.home, state) if state else None
    if state is None or file is None or state.sha256 is None:
        return {"pages": 0}
    try:
        return {"key": state.sha256[:KEY], **_marked(viewer, file, library.home / "cache", clause, quote)}
    except UnreadableFile as refusal:
        return {"problem": f"这份文件的原页不能显示：{refusal}。文字仍可读。"}


def _marked(viewer: Viewer, file: Path, cache: Path, clause: Clause, quote: str) -> Line:
    read = viewer.read(file, cache)
    span = find_quote(quote or clause.text, read.text, *_near(read, clause)) or find_quote(
        quote or clause.text, read.text
    )
    numbers = [page.number or 1 for page in read.pages]
    marked = list(_boxes(viewer, file, read, *span)) if span else []
    shown = marked[0]["page"] if marked else clause.page or 1
    return {"pages": len(numbers), "page": shown, "boxes": marked}


def _near(read: ReadText, clause: Clause) -> tuple[int, int]:
    if clause.start is None or clause.end is None or clause.end > len(read.text):
        return 0, len(read.text)
    return clause.start, clause.end


def _boxes(viewer: Viewer, file: Path, read: ReadText, start: int, end: int) -> Iterator[Line]:
    """The boxes of a span; one that runs over a page's end has boxes on both."""
    while start < end:
        page = read.page_at(start)
        number, found = viewer.boxes(file, read, start, min(end, page.end))
        for box in found:
            yield {"page": number or 1, "box": list(box)}
        start = max(page.end, start + 1)
