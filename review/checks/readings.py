"""What several checks ask of one record: which document a fact stands in, when a note was finished, what the audit
trail says of its making. It decides nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from review.checks.inputs import Record
from review.facts.times import moments
from review.models import Evidence
from review.record import Document, Edit, Fact

WRITTEN_LATER = re.compile(r"补记|追记|补录|后补|补写")
CREATED = "创建"
TAIL, NEAREST = 80, 3


def facts_of(record: Record, *kinds: str) -> Iterator[Fact]:
    """The record's text facts of these kinds."""
    told = _text_facts(record)
    if len(kinds) == 1:
        return iter(told.get(kinds[0], ()))
    wanted = [kind for kind in kinds if kind in told]
    return (fact for fact in record.facts if wanted and fact.kind in wanted and fact.start is not None)


@lru_cache(maxsize=8)  # a check asks one record many times before it goes on to the next
def _text_facts(record: Record) -> Mapping[str, Sequence[Fact]]:
    """The record's text facts by kind, in their order."""
    found: dict[str, list[Fact]] = {}
    for fact in record.facts:
        if fact.start is not None:
            found.setdefault(fact.kind, []).append(fact)
    return found


@lru_cache(maxsize=8)
def _documents_by_id(record: Record) -> Mapping[str, Document]:
    return {document.document_id: document for document in record.documents}


def document_of(record: Record, fact: Fact) -> Document | None:
    """The document that a text fact was read from."""
    said, _, rest = fact.fact_id.partition(":")
    while said == "text" and ":" in rest:  # an id may hold a colon itself; the place behind it holds one too
        rest = rest.rpartition(":")[0]
        if rest in _documents_by_id(record):
            return _documents_by_id(record)[rest]
    return None


def finished_at(document: Document) -> datetime | None:
    """When a note was finished: the time beside its signature where one stands there, else its own time."""
    if document.written_at is None or not document.written_exact:
        return None
    tail = document.text[-TAIL:]
    signed = (
        [moment.at for moment in moments(tail) if moment.exact] if "签名" in tail or "记录者" in tail else []
    )
    return max([document.written_at, *(at for at in signed if at - document.written_at < timedelta(days=30))])


def where_written(document: Document) -> tuple[int, int]:
    """Where the document states when it was written, else its title."""
    stated = [moment for moment in moments(document.text) if moment.at == document.written_at]
    if stated:
        return stated[-1].start, stated[-1].end
    start = max(0, document.text.find(document.title))
    return start, min(len(document.text), start + len(document.title))


def marked_as_later(document: Document) -> bool:
    """Whether the note itself says that it was written afterwards."""
    return bool(WRITTEN_LATER.search(document.text))


def creation_of(record: Record, document: Document) -> Edit | None:
    """The audit trail's creation of a note: the entry of that title closest to the time it states."""
    if document.written_at is None:
        return None
    named = [
        edit
        for edit in record.edits
        if edit.action == CREATED
        and edit.edited_at is not None
        and _same_title(edit.document_title, document)
    ]
    others = [other for other in record.documents if other.title == document.title and other is not document]
    nearest = sorted(named, key=lambda edit: _distance(edit, document))[:NEAREST]
    return next((edit for edit in nearest if not _belongs_to(edit, document, others)), None)


def _same_title(title: str | None, document: Document) -> bool:
    return title is not None and (
        title in document.title or document.title in title or title == document.kind
    )


def _belongs_to(edit: Edit, document: Document, others: Iterable[Document]) -> bool:
    return any(other.written_at and _distance(edit, other) < _distance(edit, document) for other in others)


def _distance(edit: Edit, document: Document) -> float:
    if edit.edited_at is None or document.written_at is None:
        return float("inf")
    return abs((edit.edited_at - document.written_at).total_seconds())


def cited(fact: Fact, says: str = "for") -> Evidence:
    """A text fact as evidence where the check needs it beside others."""
    return Evidence(
        kind="document",
        source=fact.source,
        quote=fact.quote,
        says=says,
        page=fact.page,
        start=fact.start,
        end=fact.end,
        label=fact.name,
        at=fact.begins_at.isoformat(sep=" ", timespec="minutes") if fact.begins_at else None,
    )


def once(fact_ids: Iterable[str]) -> tuple[str, ...]:
    """One fact per place: a sentence that says two things is quoted once."""
    return tuple(
        {
            place.rsplit(":", 1)[0] if place.startswith("text:") else place: place for place in fact_ids
        }.values()
    )
