"""Nursing levels as notes and order sheets state them: 予Ⅱ级护理, 特级护理. What is only planned is none."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from review.facts.context import context
from review.facts.gates import Gate
from review.facts.sentences import Sentence
from review.facts.statements import Statement

LEVEL = re.compile(r"(?P<special>特级)护理|(?P<grade>III|II|I|[ⅠⅡⅢ一二三123])级护理")
LEVEL_GATE = Gate(LEVEL)
RANKS = {"特级": 4} | {
    grade: rank
    for rank, grades in ((3, "I Ⅰ 一 1"), (2, "II Ⅱ 二 2"), (1, "III Ⅲ 三 3"))
    for grade in grades.split()
}
NAMES = {4: "特级", 3: "Ⅰ级", 2: "Ⅱ级", 1: "Ⅲ级"}


def level_of(name: str) -> int | None:
    """The rank of a nursing level, 4 for 特级 down to 1 for Ⅲ级; null where the name is no level."""
    match = LEVEL.search(unicodedata.normalize("NFKC", name))
    return RANKS[match["special"] or match["grade"]] if match else None


def care_levels(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """One statement for every level that a sentence says is given; the later of two is the one changed to."""
    for sentence in sentences:
        if not LEVEL_GATE.opens(sentence.letters):
            continue
        found = [
            match
            for match in LEVEL.finditer(sentence.bare)
            if not context(sentence, match.start(), match.end()).planned
            and not context(sentence, match.start(), match.end()).denied
        ]
        if found:
            match = found[-1]
            rank = RANKS[match["special"] or match["grade"]]
            yield Statement(
                sentence,
                match.start(),
                match.end(),
                kind="nursing_level",
                name=NAMES[rank],
                value=str(rank),
                begins_at=sentence.at,
            )
