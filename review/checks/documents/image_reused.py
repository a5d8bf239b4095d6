"""DOC-021: one image number, or the same measured findings, on two persons' reports.

Numbers restart by year and by device, so a number counts only within one year and one department.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from review.checks.header import Limits, check
from review.checks.inputs import Inspection, Record
from review.facts.cited_results import modality_of
from review.models import Outcome, Problem, Skipped
from review.record import Exam
from review.violations import Certainty

SIZE = re.compile(r"\d+(?:\.\d+)?(?:[×xX*]\d+(?:\.\d+)?){0,2}(?:mm|cm|ml|HU|mmHg|cm/s|m/s)")
COMPARED = re.compile(r"对比|与前片|较前|复查|补充报告|更正")
Found = tuple[Record, Exam]


@check(
    code="DOC-021",
    title="影像编号、报告重用",
    violation="forged_document",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions", "exams")},
    limits={"number_digits": 5, "equal_sizes": 3, "same_study_hours": 24},
    limits_said={
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
    ),
    overturned_by=("影像归档系统原图", "编号规则说明"),
    covers={"problems": (3, 6)},
)
def image_reused(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    numbers: dict[tuple[str, int, str, str | None], Found] = {}
    sizes: dict[tuple[str, tuple[str, ...]], Found] = {}
    for record in inspection.records.values():
        if not record.exams:
            yield Skipped(record.admission.admission_id, Outcome.NOT_APPLICABLE, "本次住院没有检查报告")
        for exam in record.exams:
            yield from _same_number(record, exam, numbers, limits)
            yield from _same_sizes(record, exam, sizes, limits)


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
