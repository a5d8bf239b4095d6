"""The narratives of all records, and which of them share their wording across patients.

What the search of `review.copies` says in numbers is led back here to records, documents and places in their text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from review.checks.inputs import Inspection, Record
from review.copies.confirmation import Block, Match
from review.copies.search import Search
from review.copies.writings import Passage, Writing
from review.facts.sentences import Sentence
from review.record import Document

NARRATIVE = re.compile(
    r"入院记录|病程|查房|护理记录|手术记录|会诊|转科|转入|转出|抢救|阶段小结|术前小结|讨论|死亡|出院记录|出院小结"
)
FORM_LINE = re.compile(r"姓名[:：]|签名[:：]|记录者[:：]|^记录时间|^入院时间|^入院日期|住院号[:：]|^第\d+页")
LEAST_SECTION = 60  # characters
EXAMINED_SECTIONS = frozenset({"体格检查", "查体"})
MEASURED = re.compile(r"\d(?:mm(?!H)|cm(?!H)|°(?!C))")  # a finding of one body, not the signs of every body


class Written(NamedTuple):
    """The narrative of one document, as much of it as is compared with all the others."""

    admission_id: str
    document_id: str
    at: datetime | None
    writing: Writing


@dataclass(frozen=True)
class Narrative:
    """The narrative of one document; `places` leads each of its characters back to the document's own text."""

    record: Record
    document: Document
    writing: Writing
    places: tuple[int, ...]


@dataclass(frozen=True)
class Shared:
    """Two narratives of different persons, the blocks they share, and how much of these is no template."""

    here: Narrative
    there: Narrative
    passage: Passage
    blocks: tuple[Block, ...]
    length: int
    numbers: tuple[int, int]

    @property
    def containment(self) -> float:
        """The part of this narrative, templates aside, that stands in the other."""
        return self.length / max(1, len(self.passage.kept))

    def fills_section(self, share: float, least: int = LEAST_SECTION) -> bool:
        """Whether some section of this document, of `least` characters without templates, is that much in the other."""
        places, shared = self.here.places, [False] * len(self.here.places)
        for block in self.blocks:
            shared[block.here : block.here + block.size] = [True] * block.size
        for section in self.here.document.sections:
            first, last = bisect_left(places, section.start), bisect_left(places, section.end)
            own = [place for place in range(first, last) if self.passage.weight(place, 1)]
            if len(own) >= least and sum(shared[place] for place in own) >= share * len(own):
                return True
        return False

    @property
    def common(self) -> str:
        """The words that both have."""
        text = self.passage.text
        return "".join(text[block.here : block.here + block.size] for block in self.blocks)

    @property
    def longest(self) -> Block:
        """The block with the most that is no template."""
        return max(self.blocks, key=lambda block: (self.passage.weight(block.here, block.size), block.size))

    def spans(self) -> list[tuple[int, int]]:
        """The blocks in this document's own text."""
        places = self.here.places
        return [(places[block.here], places[block.here + block.size - 1] + 1) for block in self.blocks]


def written_in(record: Record) -> tuple[Written, ...]:
    """The narratives of a record, as much of each as is compared."""
    admission_id = record.admission.admission_id
    return tuple(
        Written(
            admission_id,
            document.document_id,
            document.written_at,
            narrative(record, document).writing,
        )
        for document in record.documents
        if NARRATIVE.search(document.kind)
    )


def narratives_of(
    inspection: Inspection, written: Sequence[Written], numbers: Iterable[int]
) -> dict[int, Narrative]:
    """The narratives of these numbers, read anew, neighbours together: what all the others told is not held."""
    found = {}
    for number in sorted(numbers):
        record = inspection.records[written[number].admission_id]
        [document] = [one for one in record.documents if one.document_id == written[number].document_id]
        found[number] = narrative(record, document)
    return found


def narrative(record: Record, document: Document, *, examined: bool = False) -> Narrative:
    """What a document tells: its sentences without form lines; the examination of the body only where wanted."""
    kept = [sentence for sentence in record.sentences(document) if _is_narrative(sentence, examined)]
    admission = record.admission
    lines = tuple(sentence.bare for sentence in kept)
    places = tuple(chain.from_iterable(sentence.places for sentence in kept))
    return Narrative(
        record,
        document,
        Writing(admission.person_id, document.kind, admission.department or "", lines),
        places,
    )


def _is_narrative(sentence: Sentence, examined: bool) -> bool:
    told = examined or sentence.section not in EXAMINED_SECTIONS or MEASURED.search(sentence.bare)
    return bool(told) and not FORM_LINE.search(sentence.bare)


def both_ways(match: Match, search: Search, found: Mapping[int, Narrative]) -> tuple[Shared, Shared]:
    """A match as either of its two records has it."""
    here, there = match.here, match.there
    turned = tuple(Block(block.there, block.here, block.size) for block in match.blocks)
    return (
        Shared(found[here], found[there], search.passages[here], match.blocks, match.length, (here, there)),
        Shared(found[there], found[here], search.passages[there], turned, match.length, (there, here)),
    )
