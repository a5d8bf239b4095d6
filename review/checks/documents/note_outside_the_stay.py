"""DOC-003: a note of the bedside dated before the admission, after the discharge or after the death, or a discharge
record written days before the patient left.

A single date that fits with another year or month is a slip of the pen; several are not. What another stay of the same
patient covers was only filed in the wrong place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.checks.continued_stays import goes_on, others_of
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Record
from review.checks.readings import facts_of, marked_as_later, where_written
from review.facts.sentences import entry_times
from review.models import Evidence, Problem
from review.record import Document
from review.violations import Certainty

BEDSIDE = re.compile(r"病程|查房|护理记录|会诊|抢救|转科|转入|转出|操作记录")
NURSING = re.compile(r"护理")
LEAVING = re.compile(r"出院")
DISCHARGE = ("出院记录", "出院小结", "24小时内入出院记录")
BEFORE_ADMISSION = re.compile(
    r"急诊(?:科|抢救|留观|病房|内科|外科|医师|会诊)|留观|门诊(?:会诊|就诊|医师)|院前急救|120"
)
NOT_OF_THE_STAY = re.compile(r"门诊|急诊|讨论|出院|死亡|入院记录|随访|知情|首页")


@dataclass(frozen=True)
class Outside:
    """A dated note outside the stay and the place of its date."""

    document: Document
    at: datetime
    start: int
    end: int
    which: str
    slip: bool


@check(
    code="DOC-003",
    title="记录时间早于入院、晚于出院或死亡",
    violation="documentation_defect",
    certainty="probable",
    needs={"tables": ("admissions", "documents")},
    limits={
        "before_hours": 2,
        "after_hours": 24,
        "after_death_hours": 6,
        "forged_notes": 2,
        "discharge_early_hours": 24,
        "sure_hours": 48,
    },
    limits_said={
        "before_hours": "入院前几小时内不算",
        "after_hours": "出院后几小时内不算",
        "after_death_hours": "死亡后几小时内不算",
        "forged_notes": "几份如此为“伪造”",
        "discharge_early_hours": "出院记录早于出院几小时内不算",
        "sure_hours": "单独一份记录相距几小时以上才可为“伪造”",
    },
    basis=("病历书写基本规范#第三条", "病历书写基本规范#第二十二条"),
    basis_of={"forged_document": ("医疗保障基金使用监督管理条例#第四十条（二）", "病历书写基本规范#第三条")},
    message="$count 处床旁记录的时间不在住院期间：$told（住院 $begins 至 $ends）。$reading",
    why="病人不在病房，不可能有床旁观察；日期笔误与事后编写看上去一样。",
    exceptions=(
        "入院前门诊记录",
        "入院前急诊留观的记录",
        "死亡讨论和出院记录",
        "年份或月份笔误",
        "出院当日补写",
        "转入前两小时内的交接",
        "同一患者另一次住院的记录",
        "补记注明实际时间",
        "中途结算与年终结转",
    ),
    overturned_by=("修改痕迹中的创建时间", "更正说明"),
)
def note_outside_the_stay(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    yield from _discharged_early(record, limits)
    notes = [
        doc
        for doc in record.documents
        if BEDSIDE.search(doc.kind) and not NOT_OF_THE_STAY.search(doc.kind + doc.title)
    ]
    found = [item for document in notes for item in _outside(record, document, limits)]
    found = [item for item in found if not _of_another_stay(record, item.at)] if found else []
    if not found:
        return
    if len(found) == 1 and found[0].slip:
        return
    admission = record.admission
    sure = timedelta(hours=limits["sure_hours"])
    over = admission.died_at or admission.ends_at + sure  # no later hour is excusable of the dead
    far = [item for item in found if not item.slip and not (admission.begins_at - sure <= item.at <= over)]
    mistyped = len(found) == 1 and _day_mistyped(found[0], record, notes)
    several = len(found) >= limits["forged_notes"] or (bool(far) and not mistyped)
    forged = several and _tells_of_the_bedside(record, found)
    yield Problem(
        fields={
            "count": len(found),
            "told": "；".join(
                f"{item.document.title} {item.at:%Y-%m-%d %H:%M}（{item.which}）" for item in found[:4]
            ),
            "begins": f"{admission.begins_at:%Y-%m-%d %H:%M}",
            "ends": f"{(admission.died_at or admission.ends_at):%Y-%m-%d %H:%M}",
            "reading": "可能为日期笔误，请核对。" if mistyped else "请核对书写时间。",
        },
        evidence=tuple(_quote(record, item) for item in found[:6]),
        certainty=Certainty.CLUE if mistyped else Certainty.PROBABLE,
        violation="forged_document" if forged else "documentation_defect",
        points_at=tuple(f"{item.document.document_id}@{item.at:%Y%m%d%H%M}" for item in found),
    )


def _of_another_stay(record: Record, at: datetime) -> bool:
    """Whether the patient lay in this hospital at that time under another number."""
    return any(
        other.begins_at - timedelta(hours=2) <= at <= other.ends_at + timedelta(days=1)
        for other in others_of(record)
    )


def _discharged_early(record: Record, limits: Limits) -> Iterator[Problem]:
    """A discharge record that was finished more than a day before the patient left."""
    admission = record.admission
    early = timedelta(hours=limits["discharge_early_hours"])
    for document in record.of_kind(*DISCHARGE):
        at = document.written_at
        if at is None or admission.died_at or document.confidence < 1.0 or goes_on(record):
            continue
        written = at if document.written_exact else at + timedelta(days=1)
        if not admission.begins_at <= at or written >= admission.ends_at - early:
            continue
        place = where_written(document)
        yield Problem(
            message=f"{document.title}写于 {at:%Y-%m-%d %H:%M}，患者 {admission.ends_at:%Y-%m-%d %H:%M} 才出院，"
            "请核对书写时间。",
            evidence=(record.quote(document, *place, at=at),),
            certainty=Certainty.PROBABLE if document.written_exact else Certainty.CLUE,
            points_at=("discharge", document.document_id),
        )


def _outside(record: Record, document: Document, limits: Limits) -> Iterator[Outside]:
    admission = record.admission
    first = admission.begins_at - timedelta(hours=limits["before_hours"])
    over = admission.died_at or admission.ends_at
    slack = limits["after_death_hours"] if admission.died_at else limits["after_hours"]
    times = list(_times(document))
    if len(times) == 1 and marked_as_later(document):
        return
    for at, start, end in times:
        if at < first and BEFORE_ADMISSION.search(document.text):
            continue
        if at < first:
            yield Outside(document, at, start, end, "早于入院", _slip(at, record))
        elif at > over + timedelta(hours=slack):
            yield Outside(
                document, at, start, end, "晚于死亡" if admission.died_at else "晚于出院", _slip(at, record)
            )


def _times(document: Document) -> Iterator[tuple[datetime, int, int]]:
    stamps = [stamp for stamp in entry_times(document) if stamp.exact]
    if stamps:
        yield from ((stamp.at, stamp.start, stamp.end) for stamp in stamps)
    elif document.written_at is not None and document.written_exact:
        yield document.written_at, *where_written(document)


def _slip(at: datetime, record: Record) -> bool:
    """Whether the date lies in the stay once year or month is set right."""
    admission = record.admission
    for month in {at.month, admission.begins_at.month, admission.ends_at.month}:
        for year in {at.year, admission.begins_at.year, admission.ends_at.year}:
            try:
                moved = at.replace(year=year, month=month)
            except ValueError:
                continue
            if moved == at:
                continue
            if admission.begins_at - timedelta(days=1) <= moved <= admission.ends_at + timedelta(days=1):
                return True
    return False


def _day_mistyped(item: Outside, record: Record, notes: Sequence[Document]) -> bool:
    """Whether one digit of the day, set right, gives a day of the stay that has no note of the kind yet; a note of the
    last day speaks of the discharge.
    """
    first, last = record.admission.begins_at.date(), record.admission.ends_at.date()
    nursing = NURSING.search(item.document.kind) is not None
    noted = {
        at.date()
        for document in notes
        if (NURSING.search(document.kind) is not None) == nursing
        for at, start, _ in _times(document)
        if (document, start) != (item.document, item.start)
    }
    shown = f"{item.at.day:02}"
    for day in range(1, 32):
        wrong = sum(a != b for a, b in zip(shown, f"{day:02}", strict=True))
        try:
            moved = item.at.replace(day=day).date()
        except ValueError:
            continue
        leaving = moved < last or LEAVING.search(item.document.text) is not None
        if wrong == 1 and first <= moved <= last and leaving and moved not in noted:
            return True
    return False


def _tells_of_the_bedside(record: Record, found: list[Outside]) -> bool:
    ids = {item.document.document_id for item in found}
    return any(fact.fact_id.split(":")[1] in ids for fact in facts_of(record, "measurement", "presence"))


def _quote(record: Record, item: Outside) -> Evidence:
    line_end = item.document.text.find("\n", item.end)
    return record.quote(
        item.document, item.start, line_end if line_end > 0 else len(item.document.text), at=item.at
    )
