"""All passages a library holds, side by side with their documents, and exact look-up by title and passage.

An official text stands before our digest of the same passage; of several versions the one in force on the day.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from knowledge.cutting.articles import ARTICLE_PASSAGE
from knowledge.cutting.documents import COMMENCEMENT, Document
from knowledge.cutting.passages import Passage
from knowledge.finding.marks import Marks
from knowledge.finding.titles import Titles
from knowledge.finding.wordings import earlier_wordings
from knowledge.holding.versions import closed_periods
from knowledge.numerals import NUMERAL, in_chinese, number_of

_PARAGRAPH = re.compile(rf"^(.*条)第({NUMERAL}|\d+)款$")
_NAMED_ITEM = re.compile(rf"第({NUMERAL}|\d+)项")
_ITEM_LINE = re.compile(rf"^[（(](?:{NUMERAL}|\d+)[）)]")


@dataclass(frozen=True)
class Clause:
    """A passage as a citation needs it. `in_force` is null where the document states no dates."""

    document: str
    passage: str
    text: str
    in_force_from: date | None
    in_force_to: date | None
    region: str | None
    source: str
    digest: bool
    number: str | None
    issuer: str | None
    issued: date | None = None
    in_force: bool | None = None
    context: str = ""
    kind: str = "article"
    page: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Collection:
    """Documents and passages in parallel: `owners[i]` is the document of `passages[i]`.

    `units` are the places of the passages a search returns.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    owners: tuple[int, ...]
    units: tuple[int, ...]

    @classmethod
    def of(cls, shelves: Iterable[tuple[Document, Sequence[Passage]]]) -> "Collection":
        """Put together what was read; a passage that says the same under the same name is held once."""
        documents: list[Document] = []
        passages: list[Passage] = []
        owners: list[int] = []
        seen: set[tuple[str, str, str, bool, date | None]] = set()
        for document, held in shelves:
            documents.append(document)
            for passage in held:
                same = (
                    loose_title(document.title),
                    passage.passage,
                    squeezed(passage.text),
                    document.digest,
                    document.begins,  # an article left as it was is said again by the next version
                )
                if same not in seen:
                    seen.add(same)
                    passages.append(passage)
                    owners.append(len(documents) - 1)
        units = _units(documents, passages, owners)
        return cls(closed_periods(documents, loose_title), tuple(passages), tuple(owners), units)

    @cached_property
    def _places(self) -> dict[tuple[str, str], list[int]]:
        places: dict[tuple[str, str], list[int]] = {}
        for place, passage in enumerate(self.passages):
            key = (loose_title(passage.document), loose_passage(passage.passage))
            places.setdefault(key, []).append(place)
        return places

    @cached_property
    def unit_owners(self) -> npt.NDArray[np.int64]:
        """The document of each unit, by number."""
        return np.array([self.owners[place] for place in self.units], dtype=np.int64)

    @cached_property
    def unit_lengths(self) -> npt.NDArray[np.float32]:
        """The logarithm of each unit's characters."""
        lengths = [len(self.passages[place].text) for place in self.units]
        return np.log1p(np.array(lengths, dtype=np.float32))

    @cached_property
    def unit_names(self) -> dict[str, list[int]]:
        """The numbers of the units that bear a name, in whichever document."""
        names: dict[str, list[int]] = {}
        for number, place in enumerate(self.units):
            names.setdefault(loose_passage(self.passages[place].passage), []).append(number)
        return names

    @cached_property
    def titles(self) -> Titles:
        return Titles.of([document.title for document in self.documents])

    def marks(self, place: int) -> Marks:
        found = self._marks.get(place)
        if found is None:
            found = self._marks[place] = Marks.of(self.passages[place])
        return found

    @cached_property
    def _marks(self) -> dict[int, Marks]:
        return {}

    @cached_property
    def commencements(self) -> dict[int, int]:
        """For each document that says so itself, the passage that tells from when it is in force."""
        found: dict[int, int] = {}
        for place in self.units:
            if COMMENCEMENT.search(self.passages[place].text):
                found[self.owners[place]] = place
        return found

    @cached_property
    def first_wordings(self) -> dict[int, date | None]:
        """For each document held as amended, from when its first wording applied; null where that is not told."""
        return earlier_wordings(self.documents, zip(self.passages, self.owners, strict=True))

    def read_otherwise(self, place: int, on: date) -> bool:
        """Whether an earlier wording of the passage's document, which is not held, may have applied that day."""
        owner = self.owners[place]
        begins, first = self.documents[owner].begins, self.first_wordings.get(owner)
        return (
            owner in self.first_wordings and bool(begins and on < begins) and (first is None or first <= on)
        )

    def clause(self, document: str, passage: str, on: date | None = None) -> Clause | None:
        """The passage by name; the version in force on the day, or the nearest one with `in_force` false."""
        title, name = loose_title(document), loose_passage(passage)
        places = self._places.get((title, name))
        exact = self.at(min(places, key=lambda place: self._rank(place, on)), on) if places else None
        paragraph = _PARAGRAPH.match(name)
        if exact and not (exact.digest and paragraph):
            return exact
        whole = self.clause(document, paragraph[1], on) if paragraph else None
        if exact and (whole is None or whole.digest):
            return exact
        said = _paragraph(whole, passage, number_of(paragraph[2])) if whole and paragraph else None
        return said or exact

    def at(self, place: int, on: date | None = None) -> Clause:
        passage, document = self.passages[place], self.documents[self.owners[place]]
        return Clause(
            document=document.title,
            passage=passage.passage,
            text=passage.text,
            in_force_from=_own_day(passage) or document.in_force_from,
            in_force_to=document.in_force_to,
            region=document.region,
            source=document.source,
            digest=document.digest,
            number=document.number,
            issuer=document.issuer,
            issued=document.issued,
            in_force=self.in_force(place, on) if on else None,
            context=passage.context,
            kind=passage.kind,
            page=passage.page,
            start=passage.start,
            end=passage.end,
        )

    def in_force(self, place: int, on: date) -> bool | None:
        """Whether the passage can have applied that day; null where neither start nor end is stated."""
        document = self.documents[self.owners[place]]
        begins, ends = _own_day(self.passages[place]) or document.begins, document.in_force_to
        if begins is None and ends is None:
            return None
        return (begins is None or begins <= on) and (ends is None or on <= ends)

    def newest(self, place: int, on: date | None) -> int:
        """Of the versions of a passage the latest that held on the day; of rows, those published again in one list."""
        passage, document = self.passages[place], self.documents[self.owners[place]]
        same = self._places[(loose_title(passage.document), loose_passage(passage.passage))]
        if passage.kind == "row":
            again = [one for one in same if self.owners[one] == self.owners[place]]
        else:
            again = [one for one in same if self._version_of(one, document)]
        return min(again, key=lambda one: self._rank(one, on)) if len(again) > 1 else place

    def _version_of(self, place: int, document: Document) -> bool:
        """Whether a passage stands in a version of the document: issued for the same region, on another day."""
        other = self.documents[self.owners[place]]
        return other is document or (
            (other.region, other.place, other.digest) == (document.region, document.place, document.digest)
            and other.begins != document.begins
        )

    def versions(self, document: str) -> list[Document]:
        """Every version held of a title, oldest first; official texts before digests of the same day."""
        title = loose_title(document)
        held = [one for one in self.documents if loose_title(one.title) == title]
        return sorted(held, key=lambda one: (one.begins or date.min, one.digest))

    def neighbours(self, document: str, passage: str, before: int, after: int) -> list[Clause]:
        """The passage with those around it at the same level, in the document's order."""
        places = self._places.get((loose_title(document), loose_passage(passage)))
        if not places:
            return []
        place = min(places, key=lambda one: self._rank(one, None))
        parent, owner = self.passages[place].parent, self.owners[place]
        row = [
            one
            for one, other in enumerate(self.passages)
            if self.owners[one] == owner
            and other.parent == parent
            and other.kind == self.passages[place].kind
        ]
        at = row.index(place)
        return [self.at(one) for one in row[max(0, at - before) : at + after + 1]]

    def _rank(self, place: int, on: date | None) -> tuple[bool, bool, int]:
        """In force before not, official before digest, then the latest; of those not in force the nearest."""
        document = self.documents[self.owners[place]]
        begins, ends = _own_day(self.passages[place]) or document.begins or date.min, document.in_force_to
        if on is not None and self.in_force(place, on) is False:
            apart = begins - on if begins > on else on - (ends or on)
            return True, document.digest, apart.days
        return False, document.digest, -begins.toordinal()


def _units(
    documents: Sequence[Document], passages: Sequence[Passage], owners: Sequence[int]
) -> tuple[int, ...]:
    """What a search returns; a digest gives way to the official text of its passage."""

    def name(passage: Passage) -> tuple[str, str]:
        return loose_title(passage.document), loose_passage(passage.passage)

    held = list(zip(passages, owners, strict=True))
    official = {name(passage) for passage, owner in held if not documents[owner].digest}
    return tuple(
        place
        for place, (passage, owner) in enumerate(held)
        if passage.unit and not (documents[owner].digest and name(passage) in official)
    )


def loose_title(title: str) -> str:
    """Titles are equal without quotation marks, spaces, the state's name and the kind of bracket."""
    plain = re.sub(r"[\s《》〈〉“”\"_]", "", title).replace("(", "（").replace(")", "）")
    return plain.removeprefix("中华人民共和国")


def loose_passage(passage: str) -> str:
    """第35条 is 第三十五条, 第38条第（三）项 and 第38条(三) are 第三十八条（三）."""
    plain = re.sub(r"\s+", "", passage).replace("(", "（").replace(")", "）")
    plain = re.sub(r"第（(.+?)）项", r"（\1）", plain)
    plain = _NAMED_ITEM.sub(lambda match: f"（{in_chinese(number_of(match[1]))}）", plain)
    return ARTICLE_PASSAGE.sub(
        lambda match: match[0].replace(match[1], in_chinese(number_of(match[1])), 1), plain, count=1
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _own_day(passage: Passage) -> date | None:
    try:
        return date.fromisoformat(passage.issued) if passage.issued else None
    except ValueError:
        return None


def _paragraph(whole: Clause, passage: str, number: int) -> Clause | None:
    """第二款 of an article: its lines, each with the items that follow it."""
    paragraphs: list[str] = []
    for line in whole.text.splitlines():
        if paragraphs and (_ITEM_LINE.match(line.strip()) or not line.strip()):
            paragraphs[-1] += f"\n{line}"
        else:
            paragraphs.append(line)
    if not 1 <= number <= len(paragraphs):
        return None
    return Clause(**{**whole.__dict__, "passage": passage, "text": paragraphs[number - 1].strip()})
