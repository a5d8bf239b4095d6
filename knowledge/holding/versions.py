"""Which version of a document ended when: a later one of the same title closes the one before it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from knowledge.cutting.document import Document

_EDITION = re.compile(r"（(?:\d{4}年?(?:版|修订版?|修正版?|年版)?|修订版?|修正版?|试行|暂行)）$")
_NO_TITLE = re.compile(
    r"(?:关于)?(?:印发)?(?:工作|实施|管理|具体|补充|有关)*(?:通知|公告|方案|办法|规定|细则|清单|目录|附件|意见|函|制度|说明|计划)"
)
_DRAFT = re.compile(r"征求意见稿|草案|送审稿|讨论稿")


def closed_periods(documents: Sequence[Document], loose: Callable[[str], str]) -> tuple[Document, ...]:
    """The documents with `in_force_to` filled in where a later official version, or one that repeals them, begins.

    A stated end is kept. Digests, extracts and drafts close nothing; nor does a document of another region, or a
    title that says no more than 工作方案.
    """

    def key(title: str) -> str:
        return _EDITION.sub("", loose(title))

    begins: dict[str, list[tuple[date, Document]]] = {}
    for one in documents:
        if one.official and one.begins and not _DRAFT.search(one.title):
            for title in {key(title) for title in (one.title, *one.repeals)}:
                begins.setdefault(title, []).append((one.begins, one))
    return tuple(
        one if _NO_TITLE.fullmatch(key(one.title)) else _closed(one, begins.get(key(one.title), ()), loose)
        for one in documents
    )


def _closed(
    document: Document, later: Iterable[tuple[date, Document]], loose: Callable[[str], str]
) -> Document:
    if document.in_force_to or document.begins is None or _DRAFT.search(document.title):
        return document
    start = document.begins
    following = [day for day, other in later if day > start and _of_one_series(document, other, loose)]
    return replace(document, in_force_to=min(following) - timedelta(days=1)) if following else document


def _of_one_series(document: Document, other: Document, loose: Callable[[str], str]) -> bool:
    """Whether the later document speaks for the same place; one that repeals the other by name may leave it open."""
    here, there = (document.region, document.place), (other.region, other.place)
    if here == there:
        placed = document.region is not None or document.place is not None
        return placed or None in (document.issuer, other.issuer) or document.issuer == other.issuer
    repealed = loose(document.title) in {loose(title) for title in other.repeals}
    return repealed and (None, None) in (here, there)
