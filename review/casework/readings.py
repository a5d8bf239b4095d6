"""The documents of one case as the page reads them, and where in them each piece of evidence stands.

A quote is placed only where it stands letter for letter; one that does not is never shown as a quote.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from knowledge.readers.text import fold
from review.casework.results import Line, Results
from review.record import Document, Fact

OCR_USABLE = 0.80
AT_ONCE = 300_000  # characters sent with the case; more is fetched tab by tab


@dataclass(frozen=True)
class Tab:
    """One file of a record, with the documents in it in their order."""

    key: str
    source: str
    documents: tuple[Line, ...]
    pages: tuple[Line, ...]
    foreign: bool = False  # of another admission, here only because a finding compares with it

    @property
    def written_at(self) -> datetime:
        times = [document["written_at"] for document in self.documents if document["written_at"]]
        return min(times, default=datetime.max)

    @property
    def length(self) -> int:
        return sum(len(document["text"]) for document in self.documents)


@dataclass(frozen=True)
class Place:
    """Where a quote stands: tab, document in it, and characters of that document."""

    tab: str
    document: int
    start: int
    end: int
    page: int | None


def read_tabs(results: Results, admission_id: str, findings: Sequence[Line]) -> list[Tab]:
    """The files of an admission in order of writing, then those that its findings compare with."""
    cited = frozenset(
        item["source"] for finding in findings for item in finding["evidence"] if item["kind"] == "document"
    )
    return results.kept(
        ("tabs", admission_id, cited),
        lambda: _read_tabs(results, admission_id, cited),
        lambda tabs: sum(tab.length for tab in tabs),
    )


def _read_tabs(results: Results, admission_id: str, cited: frozenset[str]) -> list[Tab]:
    own = _tabs(results, "admission_id = $admission_id", admission_id=admission_id)
    known = {tab.source for tab in own}
    foreign = [
        replace(tab, foreign=True)
        for source in sorted(cited - known)
        for tab in _tabs(results, "source = $source", source=source)
    ]
    ordered = [*sorted(own, key=lambda tab: (tab.written_at, tab.source)), *foreign]
    return [replace(tab, key=f"d{number}") for number, tab in enumerate(ordered)]


def _tabs(results: Results, where: str, **parameters: Any) -> list[Tab]:
    documents = results.rows(f"select * from documents where {where} order by source, start", **parameters)
    pages = results.rows(f"select * from raw_pages where {where} order by source, start_at", **parameters)
    sources = dict.fromkeys(row["source"] for row in (*documents, *pages))
    return [
        Tab(
            "",
            source,
            tuple(row for row in documents if row["source"] == source),
            tuple(row for row in pages if row["source"] == source),
        )
        for source in sources
    ]


def describe_tab(tab: Tab) -> Line:
    """What the bar of tabs and the head of the text show."""
    name = PurePosixPath(tab.source).name
    alone = tab.documents[0]["title"] if len(tab.documents) == 1 else ""
    confidences = [page["confidence"] for page in tab.pages if page["origin"] == "ocr"]
    return {
        "key": tab.key,
        "file": name,
        "title": alone or PurePosixPath(name).stem,
        "owner": f"…{PurePosixPath(tab.source).parent.name[-4:]}" if tab.foreign else "",
        "scan": bool(confidences),
        "confidence": round(min(confidences), 2) if confidences else None,
        "images": PurePosixPath(name).suffix.lower() in {".pdf", ".png", ".jpg", ".jpeg"},
        "pages": [
            {
                "number": page["number"] or 1,
                "origin": page["origin"],
                "unclear": page["origin"] == "unreadable" or (page["confidence"] or 0) < OCR_USABLE,
            }
            for page in tab.pages
        ],
        "length": tab.length,
    }


def text_of(tab: Tab) -> list[Line]:
    """The documents of a tab with their text, and where new pages begin in it."""
    shown = []
    for document in tab.documents:
        begin, end = document["start"], document["start"] + len(document["text"])
        breaks = [
            {"at": page["start_at"] - begin, "number": page["number"]}
            for page in tab.pages
            if page["number"] and begin < page["start_at"] < end
        ]
        shown.append(
            {
                "title": document["title"],
                "kind": document["kind"],
                "at": _minute(document["written_at"]),
                "text": document["text"],
                "breaks": breaks,
            }
        )
    return shown


def place(evidence: Line, tabs: Sequence[Tab]) -> Place | None:
    """Where a quote of a document stands; null if it stands nowhere in the named file."""
    tab = next((tab for tab in tabs if tab.source == evidence["source"]), None)
    if tab is None:
        return None
    number = evidence["page"]
    page = next((page for page in tab.pages if page["number"] == number), None) if number else None
    if evidence["start"] is not None:
        first = evidence["start"] + (page["start_at"] if page else 0)
        for index, document in enumerate(tab.documents):
            start = first - document["start"]
            end = start + evidence["end"] - evidence["start"]
            stands = 0 <= start < end <= len(document["text"])
            if stands and _same(document["text"][start:end], evidence["quote"]):
                return Place(tab.key, index, start, end, number)
    return _search(evidence["quote"], tab, number)


def spot_of(item: Document | Fact, tabs: Sequence[Tab]) -> Line | None:
    """Where a document begins, or where a text fact stands, as the page goes there; null where no tab holds it."""
    if isinstance(item, Fact):
        found = place(item._asdict(), tabs)
        return None if found is None else asdict(found)
    return span_of(item.document_id, 0, 0, tabs)


def span_of(document_id: str, start: int, end: int, tabs: Sequence[Tab]) -> Line | None:
    """A span of a document as the page goes there."""
    for tab in tabs:
        for number, document in enumerate(tab.documents):
            if document["document_id"] == document_id:
                return {"tab": tab.key, "document": number, "start": start, "end": end}
    return None


def _search(quote: str, tab: Tab, page: int | None) -> Place | None:
    for index, document in enumerate(tab.documents):
        span = find_quote(quote, document["text"])
        if span is not None:
            return Place(tab.key, index, span[0], span[1], page)
    return None


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, compared as quotes are: normalised and without white space."""
    wanted = fold(quote)
    at = fold(text).find(wanted) if wanted else -1
    if at < 0:
        return None
    length, start = 0, None
    for position, character in enumerate(text):
        step = len(fold(character))
        if start is None and step and length + step > at:
            start = position
        length += step
        if start is not None and length >= at + len(wanted):
            return start, position + 1
    return None


def _same(stands: str, quote: str) -> bool:
    return fold(stands) == fold(quote)


def _minute(moment: datetime | None) -> str | None:
    return moment.isoformat(sep=" ", timespec="minutes") if moment else None
