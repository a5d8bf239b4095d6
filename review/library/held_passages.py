"""The passages of one holding of the library: the list of them, and one opened at exactly its place.

A passage goes by its number among the holding's own, with its name beside it, so that a library that has changed
meanwhile is noticed.
"""

from knowledge.finding.collection import Clause
from knowledge.library import Library
from review.casework.desk import Refused
from review.casework.results import Line
from review.library.holdings import Holding, iso_day, places_of

MOST_PASSAGES = 200
EXCERPT = 160  # characters of a passage in the list


def held_passages(library: Library, one: Holding, wanted: str) -> Line:
    """The first passages that hold the wanted words, by their place among all of the holding's."""
    places = places_of(library, one)
    words = wanted.split()
    lines, found = [], 0
    for n, place in enumerate(places):
        passage = library.collection.passages[place]
        if all(word in passage.passage or word in passage.text for word in words):
            found += 1
            if found <= MOST_PASSAGES:
                lines.append(
                    {
                        "n": n,
                        "name": passage.passage,
                        "text": _excerpt(passage.passage, passage.text),
                        "kind": passage.kind,
                        "page": passage.page,
                    }
                )
    return {"passages": lines, "found": found, "total": len(places)}


def held_clause(library: Library, one: Holding, n: int, name: str) -> Clause:
    """The n-th passage of a holding; refused where the library has changed since the list was shown."""
    places = places_of(library, one)
    if not 0 <= n < len(places) or library.collection.passages[places[n]].passage != name:
        raise Refused("库已更新，这一条的位置变了；请刷新页面。")
    return library.collection.at(places[n])


def clause_line(library: Library, one: Holding, n: int, name: str) -> Line:
    """A passage of exactly this holding with what stands around it, as the clause view takes it."""
    clause = held_clause(library, one, n, name)
    places = places_of(library, one)
    level = [
        at
        for at in places
        if library.collection.passages[at].parent == library.collection.passages[places[n]].parent
    ]
    at = level.index(places[n])
    return {
        "held": True,
        "document": clause.document,
        "passage": clause.passage,
        "kind": " · ".join(part for part in (clause.number, clause.issuer) if part),
        "context": clause.context,
        "digest": clause.digest,
        "from": iso_day(clause.in_force_from or clause.issued),
        "to": iso_day(clause.in_force_to),
        "on": None,
        "in_force": None,
        "text": clause.text,
        "span": [0, len(clause.text)],
        "before": [library.collection.passages[other].text for other in level[max(0, at - 1) : at]],
        "after": [library.collection.passages[other].text for other in level[at + 1 : at + 3]],
        "versions": [],
        "file": one.name or None,
        "page": clause.page,
    }


def _excerpt(name: str, text: str) -> str:
    """The beginning of a passage on one line, without the name that stands above it anyway."""
    plain = " ".join(text.split()).lstrip("# ")
    plain = plain.removeprefix(name).strip() if f"{plain} ".startswith(f"{name} ") else plain
    return plain[:EXCERPT] + ("…" if len(plain) > EXCERPT else "")
