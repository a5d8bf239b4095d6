"""What a question names outright: documents by number, title, place or year; articles, entries and codes by number.

Each mention adds to, or takes from, the sum of a candidate's weighed figures.
"""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from knowledge.cutting.documents import Document
from knowledge.finding.collection import Collection
from knowledge.finding.queries import Query
from knowledge.places import NATIONAL, PROVINCES

DECREE = 4.0
SHORT_NAME = 3.0
RARE_WORD_OF_TITLE = 0.2  # for each of them
PLACE = 1.0
OTHER_PLACE = -3.0
UNASKED_PLACE = -0.7
OTHER_YEAR = -1.0
NUMBER = 2.0  # an article of the number said, of any document
NUMBER_IN_NAMED = 10.0  # … of a document that is named; an entry of a list; a code
LEAST_NAMED = 2.0  # from here on a document counts as named
_NUMBER = re.compile(r"(?:[〔\[［【（(]\s*(\d{4})\s*[〕\]］】）)]\s*)?(?:第\s*)?(\d{1,4})\s*号")

Floats = npt.NDArray[np.float32]


def document_mentions(collection: Collection, query: Query) -> Floats:
    """For each document what the question's mentions of documents add to its passages."""
    found = RARE_WORD_OF_TITLE * collection.titles.rare_words(query.text)
    found += SHORT_NAME * _short_names(collection, query)
    for number, document in enumerate(collection.documents):
        if query.decrees and query.decrees & set(_numbers(document.number or "")):
            found[number] += DECREE
        for named, asked in _places(document, query):
            found[number] += PLACE if named else OTHER_PLACE if asked else UNASKED_PLACE
        years = set(re.findall(r"20\d{2}", document.title)) if query.years else set()
        if years and not years & query.years:
            found[number] += OTHER_YEAR
    return found


def unit_mentions(collection: Collection, query: Query, documents: Floats) -> dict[int, float]:
    """Units under a number the question says, with what that adds; most where their document is named too."""
    found: dict[int, float] = {}
    for name in query.articles | query.entries | query.codes:
        for unit in collection.unit_names.get(name, ()):
            sure = name not in query.articles or documents[collection.unit_owners[unit]] >= LEAST_NAMED
            found[unit] = NUMBER_IN_NAMED if sure else NUMBER
    return found


def _short_names(collection: Collection, query: Query) -> Floats:
    """Documents by short names in the question, else by a title the vocabulary gives for a word in it."""
    found = collection.titles.short_names(query.text)
    return found if found.any() else collection.titles.among(query.meaning.split())


def _numbers(written: str) -> Iterator[str]:
    """国务院令第735号 → 735; 医保发〔2025〕14号 → 14 and 2025-14."""
    for year, number in _NUMBER.findall(written):
        yield number
        if year:
            yield f"{year}-{number}"


def _places(document: Document, query: Query) -> Iterator[tuple[bool, bool]]:
    """Whether the document's own place is named in the question, and whether any place is."""
    if document.place:
        yield document.place.rstrip("市县区旗") in query.text, bool(query.provinces)
    elif document.region not in (None, NATIONAL):
        names = [name for name, code in PROVINCES.items() if code[:2] == str(document.region)[:2]]
        yield any(name in query.provinces for name in names), bool(query.provinces)
