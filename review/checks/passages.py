"""Narrative passages of all records, and which of them share their wording across patients.

What many patients' documents of a kind say alike is a template and is taken out first; candidates come from MinHash and
every one is confirmed character by character. Sameness alone means nothing here: half of ordinary notes repeat.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from datasketch import MinHash, MinHashLSH

from review.checks.inputs import Inspection, Record
from review.facts.sentences import Sentence, sentences
from review.record import Document

NARRATIVE = re.compile(
    r"入院记录|病程|查房|护理记录|手术记录|会诊|转科|转入|转出|抢救|阶段小结|术前小结|讨论|死亡|出院记录|出院小结"
)
FORM_LINE = re.compile(r"姓名[:：]|签名[:：]|记录者[:：]|^记录时间|^入院时间|^入院日期|住院号[:：]|^第\d+页")
EXAMINED_SECTIONS = frozenset({"体格检查", "查体"})
SHINGLE, PERMUTATIONS, SIMILAR, WINDOW = 8, 64, 0.3, 160
LONGEST = 20_000
LEAST_BLOCK, LEAST_CLAUSE, USUAL_CLAUSE = 12, 6, 8
CLAUSE = re.compile(r"[，。；！？,;]")
DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Passage:
    """The narrative of one document without its templates; `places` leads back to the document's own text."""

    record: Record
    document: Document
    text: str
    places: tuple[int, ...]


@dataclass(frozen=True)
class Shared:
    """Two passages of different persons and the blocks that they share, as (start here, start there, length)."""

    here: Passage
    there: Passage
    blocks: tuple[tuple[int, int, int], ...]

    @property
    def length(self) -> int:
        return sum(size for _, _, size in self.blocks)

    @property
    def containment(self) -> float:
        return self.length / max(1, len(self.here.text))

    def turned(self) -> "Shared":
        return Shared(self.there, self.here, tuple((there, here, size) for here, there, size in self.blocks))

    def spans(self) -> list[tuple[int, int]]:
        """The blocks in this document's own text."""
        return [
            (self.here.places[start], self.here.places[start + size - 1] + 1)
            for start, _, size in self.blocks
        ]


def passages(inspection: Inspection, least: int, template_share: float, template_least: int) -> list[Passage]:
    """The passages of every record that keep at least `least` characters once templates are out."""
    parts: list[tuple[Record, Document, list[Sentence]]] = []
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    persons: set[str] = set()
    for record in inspection.records.values():
        persons.add(record.admission.person_id)
        for document in record.documents:
            if not NARRATIVE.search(document.kind):
                continue
            kept = [sentence for sentence in sentences(document) if _is_narrative(sentence)]
            parts.append((record, document, kept))
            for sentence in kept:
                owners[document.kind, _masked(sentence)].add(record.admission.person_id)
    many = max(template_least, round(template_share * len(persons)))
    templates = {key for key, people in owners.items() if len(people) >= many}
    found = [_passage(record, document, kept, templates) for record, document, kept in parts]
    return [passage for passage in found if len(passage.text) >= least]


def _is_narrative(sentence: Sentence) -> bool:
    return sentence.section not in EXAMINED_SECTIONS and not FORM_LINE.search(sentence.bare)


def _masked(sentence: Sentence) -> str:
    return DIGITS.sub("#", sentence.bare)


def _passage(
    record: Record, document: Document, kept: Iterable[Sentence], templates: set[tuple[str, str]]
) -> Passage:
    left = [sentence for sentence in kept if (document.kind, _masked(sentence)) not in templates]
    places = tuple(place for sentence in left for place in sentence.places)
    return Passage(record, document, "".join(sentence.bare for sentence in left), places)


def shared_passages(found: list[Passage], least: int) -> Iterator[Shared]:
    """Pairs of passages of different persons that share at least `least` characters in blocks."""
    index = MinHashLSH(threshold=SIMILAR, num_perm=PERMUTATIONS)
    clauses: dict[str, list[int]] = defaultdict(list)
    for number, passage in enumerate(found):
        sketches = [_sketch(window) for window in windows(passage.text)]
        near = {int(key.split(".")[0]) for sketch in sketches for key in index.query(sketch)}
        own = {clause for clause in CLAUSE.split(passage.text) if len(clause) >= LEAST_CLAUSE}
        for other in sorted(near | _sharing(own, clauses, least)):
            if found[other].record.admission.person_id == passage.record.admission.person_id:
                continue
            shared = Shared(passage, found[other], _blocks(passage.text, found[other].text))
            if shared.length >= least:
                yield shared
        for place, sketch in enumerate(sketches):
            index.insert(f"{number}.{place}", sketch)
        for clause in own:
            clauses[clause].append(number)


def _sharing(own: set[str], clauses: Mapping[str, list[int]], least: int) -> set[int]:
    """Earlier passages that hold half of the wanted length in equal clauses, usual clauses aside."""
    shared: dict[int, int] = defaultdict(int)
    for clause in own:
        owners = clauses.get(clause, ())
        if len(owners) <= USUAL_CLAUSE:
            for number in owners:
                shared[number] += len(clause)
    return {number for number, length in shared.items() if 2 * length >= least}


def windows(text: str) -> list[str]:
    """Overlapping stretches, so that a paragraph copied into a longer note is met as well."""
    last = max(1, len(text) - WINDOW // 2)
    return [text[start : start + WINDOW] for start in range(0, last, WINDOW // 2)]


def _sketch(text: str) -> MinHash:
    sketch = MinHash(num_perm=PERMUTATIONS, hashfunc=zlib.crc32)
    sketch.update_batch([piece.encode("utf-8") for piece in shingles(text)])
    return sketch


def shingles(text: str) -> set[str]:
    return {text[start : start + SHINGLE] for start in range(max(1, len(text) - SHINGLE + 1))}


def _blocks(here: str, there: str) -> tuple[tuple[int, int, int], ...]:
    matcher = SequenceMatcher(
        None, here[:LONGEST], there[:LONGEST]
    )  # its junk rule keeps hostile repetition cheap
    return tuple(
        (block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size >= LEAST_BLOCK
    )


def document_frequency(found: Iterable[Passage]) -> Mapping[str, int]:
    """In how many passages each number with its unit stands; what is rare identifies."""
    counts: dict[str, int] = defaultdict(int)
    for passage in found:
        for value in set(rare_values(passage.text)):
            counts[value] += 1
    return counts


def rare_values(text: str) -> list[str]:
    """Numbers with a unit, as they stand."""
    return re.findall(r"\d+(?:\.\d+)?(?:kg|mmHg|cm|mm|ml|次/分|g/L|mmol/L|μmol/L|pg/ml|°C|℃|%)", text)
