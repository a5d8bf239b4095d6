"""Diagnoses as documents state them: the items behind 初步诊断, 入院诊断, 出院诊断 and the like, one statement each."""

import re
from collections.abc import Iterable, Iterator

from review.facts.gates import Gate
from review.facts.sentences import Sentence
from review.facts.statements import Statement

NAMED = (
    r"(初步诊断|入院诊断|出院诊断|修正诊断|补充诊断|目前诊断|术前诊断|术中诊断|术后诊断|死亡诊断|最后诊断"
    r"|(?<![\u4e00-\u9fff])诊断)"
)
HEADING = re.compile(rf"{NAMED}(?:[】\]］〕][:：]?|[:：])|^{NAMED}$")
HEADING_GATE = Gate(HEADING)
NUMBER = re.compile(r"\d{1,2}[.、．)）]")
LABEL = re.compile(r"[:：】\]］〕]")
ITEM = re.compile(r"(?:^|(?<=[；;]))(?:\d{1,2}[.、．)）])?([^；;。]{2,40})")
NOT_A_DIAGNOSIS = re.compile(r"签名|医师|记录|日期|时间|情况|经过|医嘱")


def diagnoses(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """One statement per diagnosis; `name` is the heading it stands under."""
    heading, document, alone = None, None, False  # alone: the heading had its line to itself
    for sentence in sentences:
        if sentence.document is not document:
            heading, document, alone = None, sentence.document, False
        match = HEADING.search(sentence.bare) if HEADING_GATE.opens(sentence.letters) else None
        begins = match.end() if match else 0
        below = alone and match is None and not LABEL.search(sentence.bare)
        heading = match[1] or match[2] if match else heading
        alone = match is not None and not sentence.bare[begins:]
        if heading is None or not (match or below or NUMBER.match(sentence.bare)):
            heading = None
            continue
        for item in ITEM.finditer(sentence.bare[begins:]):
            name = item[1].rstrip("；;。，,")
            if len(name) < 2 or NOT_A_DIAGNOSIS.search(name):
                continue
            place = begins + item.start(1)
            yield Statement(
                sentence, place, place + len(name), "diagnosis", heading, value=name, begins_at=sentence.at
            )
