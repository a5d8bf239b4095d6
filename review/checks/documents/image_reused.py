"""DOC-021: one image number, the same measured findings, or one picture on two persons' reports.

Numbers restart by year and by device, so a number counts only within one year and one department. A picture counts
where its page speaks of an examination, a scanned sheet where it bears a date; what many records hold is a form.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from review.checks.header import Limits, NotChecked, check
from review.checks.innocent_copies import could_be_mother_and_child
from review.checks.inputs import Inspection, Record
from review.facts.cited_results import modality_of
from review.models import Outcome, Problem, Skipped
from review.record import Exam, Fact
from review.violations import Certainty

SIZE = re.compile(r"\d+(?:\.\d+)?(?:[×xX*]\d+(?:\.\d+)?){0,2}(?:mm|cm|ml|HU|mmHg|cm/s|m/s)")
COMPARED = re.compile(r"对比|与前片|较前|复查|补充报告|更正")
REPORT = re.compile(r"检查|报告|超声|彩超|CT|MR|DR|X线|放射|影像|内镜|胃镜|肠镜|支气管镜|病理|心电|造影|所见")
DATED = re.compile(r"(?:19|20)\d{2}\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2}")
Found = tuple[Record, Exam]


@check(
    code="DOC-021",
    title="影像编号、报告、图片重用",
    violation="forged_document",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions",)},
    limits={
        "number_digits": 5,
        "equal_sizes": 3,
        "same_study_hours": 24,
        "common_picture": 5,
        "common_picture_share": 0.05,
    },
    limits_said={
        "common_picture": "同一图片至多见于几次住院，多于此视为本院模板",
        "common_picture_share": "同一图片至多见于多大比例的住院",
        "number_digits": "影像编号至少几位",
        "equal_sizes": "至少几个尺寸相同",
        "same_study_hours": "同一次检查相距至多（小时）",
    },
    basis=("医疗保障基金使用监督管理条例#第四十条（二）",),
    basis_of={"documentation_defect": ("病历书写基本规范#第二十九条",)},
    message="$told。",
    why="一个影像编号对应一次检查；两个人用同一编号，其中一份不是本人的。",
    exceptions=(
        "补充报告或随访引用",
        "编号逐年重排",
        "不同科室各自编号",
        "无测量值的正常模板",
        "同一次检查分项报告",
        "图片见于许多病历（院徽、表单、示教图）",
        "图片不在检查报告中",
        "母亲与新生儿",
        "同一患者的历次住院",
    ),
    overturned_by=("影像归档系统原图", "编号规则说明"),
    covers={"problems": (3, 6)},
)
def image_reused(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    told = inspection.warehouse.fetch(
        Fact,
        "facts",
        "kind in ('picture_twin', 'sheet_twin', 'picture_unread', 'file_unread') order by fact_id",
    )
    pictures = [fact for fact in told if fact.kind.endswith("_twin")]
    unread = {fact.admission_id: fact for fact in told if fact.kind.endswith("_unread")}
    if "exams" not in inspection.provided and not told:
        raise NotChecked("缺：检查报告表，病历文件里也没有可比对的图片")
    numbers: dict[tuple[str, int, str, str | None], Found] = {}
    sizes: dict[tuple[str, tuple[str, ...]], Found] = {}
    pictured = {fact.admission_id for fact in pictures}
    for record in inspection.records.values():
        if (lost := unread.get(record.admission.admission_id)) is not None:
            said = f"{_where(lost)}里的图片未能查看（{lost.name}）"
            yield Skipped(record.admission.admission_id, Outcome.NOT_CHECKED, said)
        elif not record.exams and record.admission.admission_id not in pictured:
            yield Skipped(
                record.admission.admission_id, Outcome.NOT_APPLICABLE, "本次住院没有检查报告或报告图片"
            )
        for exam in record.exams:
            yield from _same_number(record, exam, numbers, limits)
            yield from _same_sizes(record, exam, sizes, limits)
    yield from _same_pictures(inspection, pictures, limits)


def _same_number(
    record: Record, exam: Exam, numbers: dict[tuple[str, int, str, str | None], Found], limits: Limits
) -> Iterator[Problem]:
    number = (exam.image_no or "").strip()
    if len(re.sub(r"\D", "", number)) < limits["number_digits"] or exam.registered_at is None:
        return
    key = (number, exam.registered_at.year, exam.department or "", modality_of(exam.exam_name or ""))
    owner, first = numbers.setdefault(key, (record, exam))
    if first is exam or _one_study(owner, first, record, exam, limits):
        return
    two = owner.admission.person_id != record.admission.person_id
    whose = "另一患者" if two else "本人另一次"
    told = f"影像编号 {number}（{exam.exam_name}，{exam.registered_at:%Y-%m-%d}）同时用于{whose}的检查"
    yield _problem(record, exam, owner, first, told, Certainty.PROBABLE if two else Certainty.CLUE)


def _one_study(owner: Record, first: Exam, record: Record, exam: Exam, limits: Limits) -> bool:
    """Parts or a supplement of one examination of one person."""
    if owner.admission.person_id != record.admission.person_id:
        return False
    text = f"{exam.findings or ''}{exam.conclusion or ''}"
    near = timedelta(hours=limits["same_study_hours"])
    apart = (
        abs(exam.registered_at - first.registered_at) if exam.registered_at and first.registered_at else near
    )
    return bool(COMPARED.search(text)) or apart <= near


def _same_sizes(
    record: Record, exam: Exam, sizes: dict[tuple[str, tuple[str, ...]], Found], limits: Limits
) -> Iterator[Problem]:
    measured = tuple(SIZE.findall(exam.findings or ""))
    if len(set(measured)) < limits["equal_sizes"]:
        return
    owner, first = sizes.setdefault((exam.exam_name or "", measured), (record, exam))
    if owner.admission.person_id == record.admission.person_id:
        return
    if first.findings != exam.findings:
        return
    told = f"{exam.exam_name}所见与另一患者逐字相同，含 {len(measured)} 个相同测量值（{'、'.join(measured[:4])}）"
    yield _problem(record, exam, owner, first, told, Certainty.CLUE)


def _same_pictures(inspection: Inspection, pictures: Sequence[Fact], limits: Limits) -> Iterator[Problem]:
    """One picture in the reports of two persons: told of each later one, beside the first."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in pictures:
        groups[fact.name].append(fact)
    share = limits["common_picture_share"] * len(inspection.records)
    for group in groups.values():
        if int(group[0].unit or 0) > max(limits["common_picture"], share):
            continue
        found = [fact for fact in group if _in_report(inspection, fact)]
        found.sort(key=lambda fact: (inspection.records[fact.admission_id].admission.begins_at, fact.fact_id))
        told: set[str] = set()
        for fact in found:
            own = inspection.records[fact.admission_id].admission
            first = next((one for one in found if _of_another(inspection, one, fact)), None)
            if first is None or fact is found[0] or own.admission_id in told:
                continue
            told.add(own.admission_id)
            what = "扫描页" if fact.kind == "sheet_twin" else f"图片（{fact.value}）"
            yield Problem(
                admission_id=own.admission_id,
                fields={"told": f"{_where(fact)}的{what}与另一患者{_where(first)}的相同，各部分细节一致"},
                fact_ids=(fact.fact_id, first.fact_id),
                certainty=Certainty.CLUE,
                related_admissions=(first.admission_id,),
                points_at=(fact.fact_id, first.fact_id),
            )


def _of_another(inspection: Inspection, one: Fact, fact: Fact) -> bool:
    """Whether it is a picture of somebody who has nothing to do with the patient."""
    here, there = (inspection.records[each.admission_id].admission for each in (fact, one))
    return here.person_id != there.person_id and not could_be_mother_and_child(here, there)


def _in_report(inspection: Inspection, fact: Fact) -> bool:
    """Whether the page that holds the picture is a report of an examination; a sheet says so itself, with a date."""
    words = _page_words(inspection, fact)
    return bool(REPORT.search(words) and (fact.kind == "picture_twin" or DATED.search(words)))


def _page_words(inspection: Inspection, fact: Fact) -> str:
    """What the page says; of a file without pages, all of it."""
    page = inspection.warehouse.rows(
        "select start_at, end_at from raw_pages where source = $source and number = $number",
        {"source": fact.source, "number": fact.page or 0},
    )
    begin, end = (page[0]["start_at"], page[0]["end_at"]) if page else (0, None)
    return "\n".join(
        document.text[max(0, begin - document.start) : None if end is None else max(0, end - document.start)]
        for document in inspection.documents_of(fact.source)
    )


def _where(fact: Fact) -> str:
    name = fact.source.rsplit("/", 1)[-1]
    return f"“{name}”第 {fact.page} 页" if fact.page else f"“{name}”"


def _problem(
    record: Record, exam: Exam, owner: Record, first: Exam, told: str, certainty: Certainty
) -> Problem:
    own, other = record.admission.admission_id, owner.admission.admission_id
    return Problem(
        admission_id=own,
        fields={"told": told},
        fact_ids=(exam.fact_id, first.fact_id),
        certainty=certainty,
        related_admissions=(other,) if other != own else (),
        points_at=(exam.fact_id, first.fact_id),
    )
