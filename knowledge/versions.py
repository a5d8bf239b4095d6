"""Which version of a document ended when: a later one of the same title closes the one before it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from knowledge.document import Document

_EDITION = re.compile(r"（(?:\d{4}年?(?:版|修订版?|修正版?|年版)?|修订版?|修正版?|试行|暂行)）$")
_DRAFT = re.compile(r"征求意见稿|草案|送审稿|讨论稿")


def closed_periods(documents: Sequence[Document], loose: Callable[[str], str]) -> tuple[Document, ...]:
    """The documents with `in_force_to` filled in where a later official version, or one that repeals them, begins.

    A stated end is kept. Digests, extracts and drafts close nothing; nor does a document of another region.
    """

    def key(title: str) -> str:
        return _EDITION.sub("", loose(title))

    begins: dict[str, list[tuple[date, Document]]] = {}
    for one in documents:
        if one.official and one.begins and not _DRAFT.search(one.title):
            for title in {key(title) for title in (one.title, *one.repeals)}:
                begins.setdefault(title, []).append((one.begins, one))
    return tuple(_closed(one, begins.get(key(one.title), ())) for one in documents)


def _closed(document: Document, later: Iterable[tuple[date, Document]]) -> Document:
    if document.in_force_to or document.begins is None or _DRAFT.search(document.title):
        return document
    start = document.begins
    following = [
        day
        for day, other in later
        if day > start and (other.region, other.place) == (document.region, document.place)
    ]
    return replace(document, in_force_to=min(following) - timedelta(days=1)) if following else document
