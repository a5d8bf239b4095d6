"""DOC-027: a note quotes a result that, by the hospital's own tables, did not exist when the note says it was written.

A wrong clock and a false note look alike; the message says what was seen and the undo says what would tell them apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.readings import creation_of, document_of, facts_of, finished_at, marked_as_later
from review.facts.cited_results import modality_of, part_of
from review.models import Problem
from review.record import Document, Exam, Fact, Lab
from review.violations import Certainty

ABDOMEN = frozenset({"上腹", "下腹", "全腹", "肝胆", "泌尿", "盆腔", "阑尾", "胃", "结肠", "子宫", "前列腺"})
RESULT_OF_TODAY = re.compile(r"今[日天晨早][^，。；]{0,4}(?:复查|查|急查|化验|抽血|检验|血)|当日(?:复查|查)")
TODAY = re.compile(r"今|当日|刚")
SIZE = re.compile(r"\d+(?:\.\d+)?(?:[×xX*]\d+(?:\.\d+)?){0,2}(?:mm|cm|ml|HU|%|cm/s|m/s)", re.IGNORECASE)
REPORT = re.compile(r"报告")  # the result itself, whose times another check holds against each other
COMMON = re.compile(r"(?:均)?未见(?:明显)?异常|正常|大致|清晰|未见|明显|双肺|检查|平扫|[，。；、：:\s\d.]")


@dataclass(frozen=True)
class Early:
    """A citation that came before its result."""

    fact: Fact
    document: Document
    written: datetime
    certainty: Certainty
    what: str
    exists_at: datetime
    reported_at: datetime | None
    row_ids: tuple[str, ...]


@check(
    code="DOC-027",
    title="病程引用尚未产生的检查检验结果",
    violation="forged_document",
    certainty="probable",
    needs={"tables": ("documents", "exams")},
    limits={"tolerance_minutes": 120, "near_hours": 36, "shared_characters": 4, "equal_values": 2},
    limits_said={
        "tolerance_minutes": "时刻的容差（分钟）",
        "near_hours": "引用与报告相距至多（小时）",
        "shared_characters": "项目名相同至少几个字",
        "equal_values": "相同数值至少几个",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第三条"),
    message="$document写明于 $written，已引用“$quoted”，而$what 登记（采样）于 $exists_at$reported$created。"
    "书写时间与结果产生时间矛盾，疑似事后补写而倒填时间，或结果在检查之前已写入。",
    why="结果不可能写在检查之前；时间不真实的病程不能证明当日的诊疗。",
    exceptions=(
        "引用的是较早一次的同类检查",
        "只写了拟行或已行检查，没有写结果",
        "引用外院或门诊的结果",
        "病程注明为补记",
        "检查已登记，报告尚未签发",
        "以查房时间作抬头，两小时内成文",
        "报告单本身",
    ),
    overturned_by=(
        "检查设备与病历系统时钟不一致的说明",
        "更早一次同类检查的报告",
        "病程抬头时间录入有误的修改记录",
    ),
    covers={"problems": (3, 6)},
)
def result_cited_before_it_existed(record: Record, limits: Limits) -> Iterator[Problem]:
    notes = {doc.document_id: at for doc in record.documents if (at := finished_at(doc)) is not None}
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    if not notes:
        raise NotChecked("病历文书没有写到分钟的时间")
    if not record.exams and not record.labs:
        raise NotApplicable("本次住院没有检查检验报告")
    found: dict[tuple[str, str], Early] = {}
    for early in _early_exams(record, limits):
        found.setdefault((early.document.document_id, early.what), early)
    for early in _early_labs(record, limits):
        found.setdefault((early.document.document_id, early.what), early)
    for early in found.values():
        yield _problem(record, early)


def _early_exams(record: Record, limits: Limits) -> Iterator[Early]:
    tolerance = timedelta(minutes=limits["tolerance_minutes"])
    for fact in facts_of(record, "cited_exam"):
        document, written = _when(record, fact)
        if document is None or written is None:
            continue
        wide = [
            (at, exam)
            for exam in record.exams
            if modality_of(exam.exam_name or "") == fact.name
            and _may_be(fact.value, _part(exam))
            and (at := exam.registered_at or exam.reported_at)
        ]
        known = [exam for at, exam in wide if at <= written + tolerance]
        told = set(SIZE.findall(fact.quote))
        if known and (len(told) < limits["equal_values"] or any(told & _sizes(exam) for exam in known)):
            continue  # without sizes of its own the citation may be of the earlier one
        near = timedelta(hours=limits["near_hours"])
        later = [
            (at, exam)
            for at, exam in wide
            if tolerance < at - written <= near
            and _is(fact.value, _part(exam))
            and (not known or len(told & _sizes(exam)) >= limits["equal_values"])
        ]
        for at, exam in sorted(later, key=lambda item: item[0])[:1]:
            certainty = _certainty(fact, exam, at, written, limits)
            if certainty is not None:
                what = f"{exam.exam_name}（{exam.body_part}）" if exam.body_part else str(exam.exam_name)
                yield Early(fact, document, written, certainty, what, at, exam.reported_at, (exam.fact_id,))


def _sizes(exam: Exam) -> set[str]:
    return set(SIZE.findall(exam.findings or ""))


def _when(record: Record, fact: Fact) -> tuple[Document | None, datetime | None]:
    document = document_of(record, fact)
    if document is None or marked_as_later(document) or fact.begins_at is None:
        return None, None
    if REPORT.search(document.kind + document.title):
        return None, None
    finished = finished_at(document)
    if finished is None:
        return None, None
    return document, fact.begins_at if fact.begins_at != document.written_at else finished


def _certainty(fact: Fact, exam: Exam, at: datetime, written: datetime, limits: Limits) -> Certainty | None:
    """Probable when the note says today and tells what the report will say; less than that is a clue, or nothing."""
    shares = shared_characters(fact.quote, f"{exam.findings or ''}。{exam.conclusion or ''}")
    today = bool(fact.unit and TODAY.search(fact.unit))
    same_day = at.date() == written.date()
    if today and same_day:
        return Certainty.PROBABLE if shares >= limits["shared_characters"] else Certainty.CLUE
    measured = set(SIZE.findall(fact.quote)) & _sizes(exam)
    if len(measured) >= limits["equal_values"] and shares >= 2 * limits["shared_characters"]:
        return Certainty.PROBABLE
    return Certainty.CLUE if shares >= 2 * limits["shared_characters"] else None


def shared_characters(quote: str, report: str) -> int:
    """Length of the longest stretch that both say and that is no common phrase."""
    left, right = COMMON.sub("", quote), COMMON.sub("", report)
    return SequenceMatcher(None, left, right, autojunk=False).find_longest_match().size


def _part(exam: Exam) -> str | None:
    return part_of(exam.body_part or "") or part_of(exam.exam_name or "")


def _may_be(cited: str | None, part: str | None) -> bool:
    return cited is None or part is None or cited == part or {cited, part} <= ABDOMEN


def _is(cited: str | None, part: str | None) -> bool:
    return cited == part or cited is None


def _early_labs(record: Record, limits: Limits) -> Iterator[Early]:
    """Values equal to the last digit to results whose specimen was taken only after the note."""
    tolerance = timedelta(minutes=limits["tolerance_minutes"])
    hits: dict[str, list[tuple[Fact, Lab, Document, datetime]]] = {}
    for fact in facts_of(record, "lab_value"):
        document, written = _when(record, fact)
        if document is None or written is None or not _telling(fact.value or ""):
            continue
        equal = [
            lab for lab in record.labs if _same_analyte(fact.name, lab.analyte) and _equal(fact.value, lab)
        ]
        taken = [lab for lab in equal if lab.sampled_at]
        if not taken or any(lab.sampled_at <= written + tolerance for lab in taken if lab.sampled_at):
            continue
        near = [
            lab
            for lab in taken
            if lab.sampled_at and lab.sampled_at - written <= timedelta(hours=limits["near_hours"])
        ]
        if near:
            hits.setdefault(document.document_id, []).append((fact, near[0], document, written))
    for group in hits.values():
        fact, lab, document, written = group[0]
        enough = len({hit[1].analyte for hit in group}) >= limits["equal_values"]
        enough = enough or any(_told_as_of_today(*hit) for hit in group)
        if lab.sampled_at is not None:
            yield Early(
                fact,
                document,
                written,
                Certainty.PROBABLE if enough else Certainty.CLUE,
                f"{lab.panel or lab.analyte}（{'、'.join(sorted({str(hit[1].analyte) for hit in group}))}）",
                lab.sampled_at,
                lab.reported_at,
                tuple(hit[1].fact_id for hit in group),
            )


def _telling(value: str) -> bool:
    """Whether a number is printed so finely that two results would hardly have it by chance."""
    digits = value.replace(".", "").lstrip("0")
    return len(digits) >= 3 and not digits.endswith("00")


def _told_as_of_today(fact: Fact, lab: Lab, document: Document, written: datetime) -> bool:
    """Whether the sentence gives the value as one of the day on which the specimen was taken later."""
    bare, quote = "".join(document.text.split()), "".join(fact.quote.split())
    place = bare.find(quote)
    sentence = bare[max(bare.rfind(mark, 0, place) for mark in "。；") + 1 : place] if place >= 0 else ""
    same_day = lab.sampled_at is not None and lab.sampled_at.date() == written.date()
    return same_day and bool(RESULT_OF_TODAY.search(sentence))


def _same_analyte(said: str, analyte: str | None) -> bool:
    bare = re.sub(r"[（(].*?[)）]|计数|测定|定量|浓度", "", analyte or "")
    return len(bare) >= 2 and (
        said == bare or said.endswith(bare) or (bare.startswith(said) and len(said) >= 3)
    )


def _equal(value: str | None, lab: Lab) -> bool:
    return lab.value is not None and value is not None and abs(float(value) - float(lab.value)) < 1e-9


def _problem(record: Record, early: Early) -> Problem:
    created = creation_of(record, early.document)
    later = created is not None and created.edited_at is not None and created.edited_at > early.written
    edit_ids = (created.fact_id,) if created is not None and later else ()
    edited = (
        f"；修改痕迹显示该文书创建于 {created.edited_at:%Y-%m-%d %H:%M}"
        if created is not None and later
        else ""
    )
    reported = f"、报告于 {early.reported_at:%Y-%m-%d %H:%M}" if early.reported_at else ""
    return Problem(
        fields={
            "document": early.document.title,
            "written": f"{early.written:%Y-%m-%d %H:%M}",
            "quoted": early.fact.quote[:60],
            "what": early.what,
            "exists_at": f"{early.exists_at:%Y-%m-%d %H:%M}",
            "reported": reported,
            "created": edited,
        },
        fact_ids=(early.fact.fact_id, *early.row_ids, *edit_ids),
        certainty=early.certainty,
        points_at=(early.fact.fact_id, *early.row_ids),
    )
