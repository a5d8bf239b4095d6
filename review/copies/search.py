"""All pairs of an inspection's writings that share their wording across people, and how common that is here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from review.copies.candidates import alike_by_clauses, alike_by_signature, once
from review.copies.confirmation import Match, confirmed
from review.copies.signatures import signatures
from review.copies.templates import passages
from review.copies.writings import Passage, Writing

TRUST = 2  # equal clauses of half the wanted length make a candidate
HALF = 0.5


@dataclass(frozen=True)
class Search:
    """What a search says: every passage, the pairs confirmed, by kind of document how many there are and how many
    have half of their text in another patient's."""

    passages: tuple[Passage, ...]
    matches: tuple[Match, ...]
    documents: dict[str, int]
    alike: dict[str, int]

    def people_with(self, stretch: str) -> int:
        """How many people have a document in which this very stretch of text stands."""
        return len({passage.writing.person for passage in self.passages if stretch in passage.text})


def search(
    writings: Sequence[Writing], share: float, template_people: int, least_kept: int, least_shared: int
) -> Search:
    """Passages with at least `least_kept` characters beside their templates, and the pairs of different people that
    share at least `least_shared` of such characters."""
    found = passages(writings, share, template_people)
    used = [number for number, passage in enumerate(found) if len(passage.kept) >= least_kept]
    numbers = np.array(used, dtype=np.int64)
    names: dict[str, int] = {}
    people = np.array(
        [names.setdefault(found[number].writing.person, len(names)) for number in used], dtype=np.int64
    )
    by_signature = alike_by_signature(signatures([found[number].kept for number in used]), people)
    lines = [tuple(found[number].kept_lines) for number in used]
    by_clauses = alike_by_clauses(lines, people, least_shared // TRUST)
    candidates = numbers[once(np.concatenate((by_signature, by_clauses)))]
    matches = tuple(confirmed(found, candidates, least_shared))
    return Search(tuple(found), matches, *_rates(found, matches))


def _rates(found: Sequence[Passage], matches: Sequence[Match]) -> tuple[dict[str, int], dict[str, int]]:
    """By kind: how many documents there are, and how many have half their text in another patient's."""
    documents: dict[str, int] = {}
    for passage in found:
        documents[passage.writing.kind] = documents.get(passage.writing.kind, 0) + 1
    half: set[int] = set()
    for match in matches:
        shared = sum(block.size for block in match.blocks)
        half |= {number for number in (match.here, match.there) if shared >= HALF * len(found[number].text)}
    alike: dict[str, int] = {}
    for number in half:
        kind = found[number].writing.kind
        alike[kind] = alike.get(kind, 0) + 1
    return documents, alike
