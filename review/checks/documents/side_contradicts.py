"""DOC-011: one operation that one source puts on the left and another on the right.

Sides are compared part by part, clause by clause. A part that any source calls both-sided, or that was operated on
both sides, is left alone; a report that knows of the other side alone is worth a look and no more.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.facts.context import NEGATION, clause_around
from review.facts.front_page import KIND, front_page
from review.facts.organ_sides import organ_sides
from review.facts.sentences import Sentence, sentences
from review.models import Evidence, Problem
from review.record import Document
from review.violations import Certainty

OPERATION_CHARGE = "06"
OPERATIVE = re.compile(r"手术记录|术后首次|手术安全核查|手术(?:知情)?同意书|术前小结|术前讨论")
NAMED = re.compile(
    r"(?:拟行|拟施|拟定|实施|施行|所行)?(?:手术|术式)(?:名称|方式)(?:[】\]][:：]?|[:：])|拟(?:行|施)|术中所?行|行[^，。；]{2,24}术|"
    r"[取作做经][^，。；]{1,16}切口|显露[^，。；]{0,12}(?:断端|病灶|骨折|肿物)"
)
DIAGNOSED = re.compile(r"诊断(?:[】\]][:：]?|[:：])")
NAMED_IN, DIAGNOSED_IN = re.compile(r"^(?:手术名称|手术方式|拟施手术|拟行手术)"), re.compile(r"诊断$")
CORRECTED = re.compile(r"更正|修正(?!诊断)|笔误|勘误|误写|误记|核对后改|变更(?:手术)?(?:侧|部位)")
NOT_THE_DISEASE = re.compile(
    r"健侧|对侧|供区|取(?![^，。；]{1,16}切口)|移植|卧位|体位|拔除|穿刺置管|锁骨下|颈内静脉|股静脉|静脉通"
)
OF_BEFORE = re.compile(r"陈旧|术后|史|\d年前|既往|曾")
LESION = re.compile(
    r"骨折|脱位|撕裂|断裂|占位|肿块|肿瘤|肿物|结石|积水|疝|囊肿|结节|白内障|脱离|坏死|曲张|狭窄|闭塞|血肿|积液|气胸|畸形"
)
OPERATED, FOR_DISEASE, SEEN = "operation", "diagnosis", "report"


@dataclass(frozen=True)
class Place:
    """What one source says of one part."""

    source: str
    kind: str  # operation | diagnosis | report
    organ: str
    side: str
    words: str
    evidence: Evidence | None = None
    fact_id: str | None = None


@check(
    code="DOC-011",
    title="部位、左右侧矛盾",
    violation="documentation_defect",
    certainty="probable",
    needs={"tables": ("admissions",)},
    limits={},
    basis=(
        "病历书写基本规范#第三条",
        "病历书写基本规范#第二十二条（十五）",
        "病历书写基本规范#第二十二条（十六）",
    ),
    message="$organ 的手术侧别不一：$one；$other。",
    why="同一处手术只能在一侧；写成两侧，说明至少有一份文书不是照实书写，或手术部位须核实。",
    exceptions=(
        "双侧病变只治一侧",
        "两侧分次手术",
        "报告所见的对侧偶然病变",
        "陈旧病史在另一侧",
        "健侧取材或体位",
        "已更正的笔误",
        "左、左侧、（左）、OS 等不同写法",
    ),
    overturned_by=("手术部位标识记录", "手术安全核查表原件", "术后影像"),
)
def side_contradicts(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.operations and not any(OPERATIVE.search(doc.kind + doc.title) for doc in record.documents):
        if not record.provided("operations") and not record.documents:
            raise NotChecked("缺：手术登记和病历文书")
        raise NotApplicable("本次住院没有手术")
    if any(CORRECTED.search(document.text) for document in record.documents):
        return
    places: dict[str, list[Place]] = defaultdict(list)
    for place in (*_rows(record), *_documents(record), *_front_pages(record), *_reports(record)):
        places[place.organ].append(place)
    for organ, found in sorted(places.items()):
        pair = _apart(found)
        if pair is not None:
            yield _problem(record, organ, *pair)


def _problem(record: Record, organ: str, one: Place, other: Place) -> Problem:
    return Problem(
        fields={
            "organ": organ,
            "one": f"{one.source}为“{one.words}”",
            "other": f"{other.source}为“{other.words}”",
        },
        evidence=tuple(place.evidence for place in (one, other) if place.evidence),
        fact_ids=tuple(place.fact_id for place in (one, other) if place.fact_id),
        certainty=Certainty.CLUE
        if other.kind == SEEN and not _same_lesion(record, other)
        else Certainty.PROBABLE,
        points_at=(organ,),
    )


def _same_lesion(record: Record, seen: Place) -> bool:
    """Whether a report sees the very illness that the stay is coded for, and not something met by chance."""
    lesions = set(LESION.findall(seen.words))
    names = [diagnosis.diagnosis_name for diagnosis in record.diagnoses]
    return any(lesion in name for lesion in lesions for name in names)


def _apart(found: list[Place]) -> tuple[Place, Place] | None:
    """Two sources with one side each, where no source knows of both sides."""
    by_source: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place in found:
        by_source[place.source, place.kind].add(place.side)
    if any(len(sides) > 1 for sides in by_source.values()):
        return None
    operated = [place for place in found if place.kind == OPERATED]
    diagnosed = [place for place in found if place.kind == FOR_DISEASE]
    for left in operated:
        for right in operated:
            if left.side == "左" and right.side == "右":
                return left, right
    if operated and diagnosed and operated[0].side not in {place.side for place in diagnosed}:
        return operated[0], diagnosed[0]
    seen = [place for place in found if place.kind == SEEN]
    if operated and seen and operated[0].side not in {place.side for place in (*diagnosed, *seen)}:
        return operated[0], seen[0]
    return None


def _rows(record: Record) -> Iterator[Place]:
    """A second operation of another day may be the other side's; then each side is its own operation."""
    days = {row.operated_on for row in record.operations if row.operated_on}
    several = len(days) > 1
    for row in record.operations:
        source = "手术登记" if row.origin == "hospital" else "结算清单手术"
        for side in organ_sides("".join((row.operation_name or "").split())):
            shown = "各日手术" if several else source
            yield Place(shown, OPERATED, side.organ, side.side, row.operation_name or "", fact_id=row.fact_id)
    for diagnosis in record.diagnoses:
        name = "".join(diagnosis.diagnosis_name.split())
        if not OF_BEFORE.search(name):
            for side in organ_sides(name):
                yield Place("结算清单诊断", FOR_DISEASE, side.organ, side.side, name)


def _reports(record: Record) -> Iterator[Place]:
    """What imaging before the operation saw of a part, where it saw an illness there."""
    days = [row.operated_on for row in record.operations if row.operated_on]
    for exam in record.exams:
        if not days or exam.registered_at is None or exam.registered_at.date() > min(days):
            continue
        words = "".join((exam.conclusion or "").split())
        for side in organ_sides(words):
            start, end = clause_around(words, side.start, side.end)
            clause = words[start:end]
            denied = NEGATION.search(words[start : side.start]) or NEGATION.search(clause)
            if LESION.search(clause) and not OF_BEFORE.search(clause) and not denied:
                name = f"{exam.exam_name or '检查'}报告"
                yield Place(name, SEEN, side.organ, side.side, clause, fact_id=exam.fact_id)


def _front_pages(record: Record) -> Iterator[Place]:
    for document in record.of_kind(KIND):
        for one in front_page(document).operations if document.confidence >= 1.0 else ():
            for side in organ_sides("".join(one.name.split())):
                quote = record.quote(document, one.start, one.end)
                yield Place(document.title, OPERATED, side.organ, side.side, one.name, quote)


def _documents(record: Record) -> Iterator[Place]:
    for document in record.documents:
        operative = OPERATIVE.search(document.kind + document.title) is not None
        for sentence in sentences(document):
            section = sentence.section or ""
            named = bool(NAMED.search(sentence.bare) or NAMED_IN.search(section))
            diagnosed = bool(DIAGNOSED.search(sentence.bare) or DIAGNOSED_IN.search(section))
            if operative and named and not DIAGNOSED.search(sentence.bare):
                yield from _places(record, document, sentence, OPERATED)
            elif diagnosed and not named:
                yield from _places(record, document, sentence, FOR_DISEASE)


def _places(record: Record, document: Document, sentence: Sentence, kind: str) -> Iterator[Place]:
    if document.confidence < 1.0:
        return
    for side in organ_sides(sentence.bare):
        first, last = clause_around(sentence.bare, side.start, side.end)
        if NOT_THE_DISEASE.search(sentence.bare, first, last):
            continue
        around = sentence.bare[max(0, side.start - 12) : side.end + 12]
        if kind == FOR_DISEASE and OF_BEFORE.search(around):
            continue
        start, end = sentence.whole
        words = sentence.bare[max(0, side.start - 4) : side.end + 10]
        yield Place(document.title, kind, side.organ, side.side, words, record.quote(document, start, end))
