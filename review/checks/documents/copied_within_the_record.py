"""DOC-016: progress notes that repeat the one before them word for word, with facts that the day's own data deny.

Genuine notes carry text forward: 18 % of consecutive ones share more than half their words. Repetition alone is a clue
at most, and only where it runs through a course that did change.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from review.checks.carried_facts import Denied, Note, denied, note_of
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.likeness import keep_rate
from review.checks.passages import narrative
from review.copies.repeated import containments, runs
from review.copies.templates import Templates, learn_templates
from review.copies.writings import Writing
from review.models import Outcome, Problem, Skipped
from review.record import Document
from review.violations import Certainty

RESIDENT, SUPERIORS = ("日常病程记录",), ("主治医师查房记录", "上级医师查房记录")
HEADING = re.compile(r"\d{4}[-./年]\d{1,2}[-./月](?:\d{2}|\d)日?|\d{1,2}[:：时]\d{0,2}分?(?:[:：]\d{2})?")
HEADING_REST = 4  # characters that a heading may leave over
OCR_USABLE, OCR_SURE = 0.80, 0.90
SHOWN = 3


class Progress(NamedTuple):
    """One progress note of a stay, without its heading."""

    document_id: str
    at: datetime | None
    readable: bool
    by_resident: bool
    writing: Writing


@dataclass(frozen=True)
class Chain:
    """The notes of one hand of a stay in order, and how much of each but the first stands in the one before."""

    admission_id: str
    documents: tuple[str, ...]
    shares: tuple[float, ...]


def _progress(record: Record, limits: Limits) -> tuple[Progress, ...]:
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    return tuple(
        Progress(
            document.document_id,
            document.written_at,
            document.confidence >= OCR_USABLE,
            document.kind in RESIDENT,
            _writing(record, document),
        )
        for document in record.of_kind(*RESIDENT, *SUPERIORS)
    )


@check(
    gathers=_progress,
    code="DOC-016",
    title="同一患者病历内复制",
    violation="documentation_defect",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions", "documents")},
    limits={
        "containment": 0.95,
        "notes_alike": 3,
        "notes_alike_alone": 4,
        "least_characters": 40,
        "template_share": 0.05,
        "template_patients": 5,
        "temperature": 0.3,
        "pulse": 20,
        "systolic": 25,
        "chart_readings": 2,
        "fever": 38.0,
    },
    limits_said={
        "containment": "文字相同的比例",
        "notes_alike": "几份雷同才提示",
        "notes_alike_alone": "没有矛盾时几份雷同才提示",
        "least_characters": "至少几个字",
        "template_share": "占多大比例视为模板",
        "template_patients": "几人以上共有视为模板",
        "temperature": "体温不符的差（℃）",
        "pulse": "脉搏不符的差",
        "systolic": "收缩压不符的差",
        "chart_readings": "体征表至少几次",
        "fever": "视为发热的体温（℃）",
    },
    basis=("病历书写基本规范#第三条", "病历书写基本规范#第二十二条（二）"),
    message="$first 至 $last 连续 $notes 次病程记录逐字沿用前一次（$contained），$told。"
    "本次检查相邻病程 $pairs 对，过半沿用 $half，几乎全文沿用 $whole；公开的真实病历中过半沿用约 18%，超过八成约 2%。",
    why="病程记录须写当日的病情；沿用前文常见且多属无害，沿用到与当日体征、手术、化验相反，则当日并未如实记录。",
    exceptions=(
        "病情稳定的病程",
        "上级医师查房引用住院医师记录",
        "转科、阶段小结、出院记录引用前文",
        "模板和套语",
    ),
    overturned_by=("当日的其他记录", "更正说明"),
)
def copied_within_the_record(
    inspection: Inspection, limits: Limits, progress: Mapping[str, Sequence[Progress]]
) -> Iterator[Problem | Skipped]:
    if not inspection.records:
        raise NotApplicable("没有住院记录")
    writings = (note.writing for notes in progress.values() for note in notes)
    templates = learn_templates(writings, limits["template_share"], limits["template_patients"])
    chains: list[Chain] = []
    for admission_id, notes in progress.items():
        own = _chains(admission_id, notes, templates, limits)
        chains += own
        reason = _silent(notes, own, limits)
        if reason is not None:
            yield Skipped(admission_id, *reason)
    shares = [share for chain in chains for share in chain.shares]
    keep_rate(inspection, "notes_carried", (min(9, int(10 * share)) for share in shares))
    for chain in chains:
        for run in runs(chain.shares, limits["containment"]):
            yield from _judged(inspection.records[chain.admission_id], chain, run, shares, limits)


def _silent(notes: Sequence[Progress], chains: Sequence[Chain], limits: Limits) -> tuple[Outcome, str] | None:
    """Why nothing can be said of a stay."""
    if any(len(chain.documents) >= limits["notes_alike"] for chain in chains):
        return None
    if not all(note.readable for note in notes):
        return Outcome.NOT_CHECKED, "病程记录识别不清，未用于判断"
    return Outcome.NOT_APPLICABLE, f"同级病程记录不足 {limits['notes_alike']} 次"


def _writing(record: Record, document: Document) -> Writing:
    """The note without its heading, which says only when it was written and by whom."""
    writing = narrative(record, document, examined=True).writing
    told = (_without_heading(line, document) for line in writing.lines)
    return Writing(writing.person, writing.kind, writing.ward, tuple(line for line in told if line))


def _without_heading(line: str, document: Document) -> str:
    """The line without the time and the title it may begin with; nothing where that was all of it."""
    for word in dict.fromkeys("".join(word.split()) for word in (document.title, document.kind)):
        before, found, behind = line.partition(word)
        if found and len(HEADING.sub("", before)) <= HEADING_REST:
            line = behind
    timed = HEADING.match(line)
    while timed and timed.end():
        line = line[timed.end() :]
        timed = HEADING.match(line)
    return line if len(line) > HEADING_REST else ""


def _chains(
    admission_id: str, notes: Sequence[Progress], templates: Templates, limits: Limits
) -> list[Chain]:
    """A superior's round may quote the resident, so each hand is compared with itself."""
    found = []
    for by_resident in (True, False):
        own: list[tuple[datetime, str, str]] = []
        for note in notes:
            if note.at is None or not note.readable or note.by_resident is not by_resident:
                continue
            kept = templates.passage(note.writing).kept
            if len(kept) >= limits["least_characters"]:
                own.append((note.at, note.document_id, kept))
        own.sort(key=lambda one: one[0])
        shares = containments([kept for _, _, kept in own])
        found.append(Chain(admission_id, tuple(document_id for _, document_id, _ in own), tuple(shares)))
    return found


def _notes(record: Record, chain: Chain, run: range) -> list[Note]:
    documents = {document.document_id: document for document in record.documents}
    told = [documents[document_id] for document_id in chain.documents[run.start : run.stop]]
    return [note_of(record, document, document.written_at) for document in told if document.written_at]


def _judged(
    record: Record, chain: Chain, run: range, shares: Sequence[float], limits: Limits
) -> Iterator[Problem]:
    if len(run) < limits["notes_alike"]:
        return
    notes = _notes(record, chain, run)
    contained = chain.shares[run.start : run.stop - 1]
    false = [(later, fact) for earlier, later in pairwise(notes) for fact in denied(earlier, later, limits)]
    changed = None if false else _changed(record, notes[0].at, notes[-1].at, limits)
    if false:
        sure = all(note.document.confidence >= OCR_SURE for note in notes)
        told = "其中" + "；".join(
            f"{note.at:%m-%d} 写“{fact.said}”，{fact.own}" for note, fact in false[:SHOWN]
        )
        certainty = Certainty.PROBABLE if sure else Certainty.CLUE
        yield _problem(notes, contained, told, false, certainty, shares)
    elif changed is not None and len(notes) >= limits["notes_alike_alone"]:
        told = f"而其间{changed}，病程未见相应变化，请核对"
        yield _problem(notes, contained, told, (), Certainty.CLUE, shares)


def _changed(record: Record, begins: datetime, ends: datetime, limits: Limits) -> str | None:
    """What the tables say happened between two notes; null where they know of nothing, as in a stable course."""
    for row in record.operations:
        if row.operated_on is not None and begins.date() < row.operated_on <= ends.date():
            return f"于 {row.operated_on:%m-%d} 手术"
    for vital in record.vitals:
        within = vital.measured_at is not None and begins < vital.measured_at < ends
        if within and float(vital.temperature or 0) >= limits["fever"]:
            return f"体温于 {vital.measured_at:%m-%d} 达 {float(vital.temperature or 0):g}℃"
    for order in record.orders:
        if order.begins_at and begins < order.begins_at < ends and "病危" in (order.order_name or ""):
            return f"于 {order.begins_at:%m-%d} 下病危医嘱"
    return None


def _problem(
    notes: Sequence[Note],
    contained: Sequence[float],
    told: str,
    false: Sequence[tuple[Note, Denied]],
    certainty: Certainty,
    shares: Sequence[float],
) -> Problem:
    quoted = [note.quote(fact.start, fact.end) for note, fact in false[:SHOWN]]
    whole = [note.quote(0, len(note.bare)) for note in notes[:2]]
    return Problem(
        admission_id=notes[0].record.admission.admission_id,
        fields={
            "first": f"{notes[0].at:%Y-%m-%d}",
            "last": f"{notes[-1].at:%Y-%m-%d}",
            "notes": len(notes),
            "contained": f"相同 {min(contained):.0%} 以上",
            "told": told,
            "pairs": len(shares),
            "half": f"{sum(share > 0.5 for share in shares) / len(shares):.0%}",
            "whole": f"{sum(share > 0.95 for share in shares) / len(shares):.0%}",
        },
        evidence=(*quoted, *whole),
        fact_ids=tuple(dict.fromkeys(place for _, fact in false[:SHOWN] for place in fact.fact_ids)),
        certainty=certainty,
        points_at=tuple(note.document.document_id for note in notes),
    )
