"""The clause behind a finding or an answer, as the drawer shows it: the cited words, their surroundings, versions."""

from datetime import date
from typing import Any

from knowledge.library import Clause, Library
from review.casework.readings import find_quote
from review.casework.results import Line


def open_clause(library: Library, document: str, passage: str, on: date | None, quote: str = "") -> Line:
    """A clause with its surroundings; `held` is false where the library has no such passage."""
    clause = library.clause(document, passage, on=on)
    if clause is None:
        return {"held": False, "document": document, "passage": passage}
    whole = _whole(library, clause, on)
    span = find_quote(quote or clause.text, whole.text) or find_quote(clause.text, whole.text)
    around = library.neighbours(whole.document, whole.passage, before=1, after=2)
    place = next((n for n, other in enumerate(around) if other.passage == whole.passage), 0)
    return {
        "held": True,
        "document": clause.document,
        "passage": clause.passage,
        "kind": " · ".join(part for part in (clause.number, clause.issuer) if part),
        "context": clause.context,
        "digest": clause.digest,
        "from": _day(clause.in_force_from or clause.issued),
        "to": _day(clause.in_force_to),
        "on": _day(on),
        "in_force": clause.in_force,
        "text": whole.text,
        "span": list(span) if span else None,
        "before": [other.text for other in around[:place]],
        "after": [other.text for other in around[place + 1 :]],
        "versions": [_version(version, clause) for version in library.versions(document)],
        "source": clause.source,
    }


def _whole(library: Library, clause: Clause, on: date | None) -> Clause:
    """The article an item belongs to, where the item stands in it."""
    opening = clause.passage.find("（")
    article = library.clause(clause.document, clause.passage[:opening], on=on) if opening > 0 else None
    stands = article is not None and article.source == clause.source and find_quote(clause.text, article.text)
    return article if article is not None and stands else clause


def _version(version: Any, clause: Clause) -> Line:
    return {
        "from": _day(version.in_force_from or version.issued),
        "to": _day(version.in_force_to),
        "digest": version.digest,
        "used": version.source == clause.source,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
