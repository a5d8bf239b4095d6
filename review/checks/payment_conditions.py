"""The conditions of a drug's payment limit, each held against one record: met, missed, or not to be told from it.

Where a diagnosis stands, in the settlement list or only in a note, makes no difference here: a limit that is met
anywhere is met.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from review.checks.header import Limits
from review.checks.inputs import Record
from review.checks.mentions import mentions
from review.record import Charge
from review.violations import Certainty

DENIED_DIAGNOSIS = re.compile(r"(?:非|无|未见|排除|除外|不考虑|否认|不伴|未达)[^，,。；;、]{0,4}$")
COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


@dataclass(frozen=True)
class Held:
    """What became of one condition or one clause: met, missed, or unknown, and what told so."""

    met: bool | None
    said: str = ""
    fact_ids: tuple[str, ...] = ()
    elsewhere: bool = False  # missed here, and may be met by what another hospital holds


@dataclass
class Drug:
    """The lines of one restricted drug of a stay and the clauses of its limit."""

    name: str
    lines: list[Charge] = field(default_factory=list)
    clauses: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    ceilings: list[Certainty] = field(default_factory=list)

    @property
    def first(self) -> datetime:
        return min(line.charged_at for line in self.lines if line.charged_at is not None)


def _diagnosis(record: Record, drug: Drug, row: Mapping[str, Any], limits: Limits) -> Held:
    pattern = re.compile(str(row["diag_regex"]))
    settled = [diagnosis.diagnosis_name or "" for diagnosis in record.diagnoses]
    admission = [record.admission.admission_diagnosis or "", record.admission.main_diagnosis or ""]
    stated = [fact.value or "" for fact in record.facts if fact.kind == "diagnosis"]
    seen = [exam.conclusion or "" for exam in record.exams]
    sections = [
        document.text[section.start : section.end]
        for document in record.documents
        for section in document.sections
        if "诊断" in section.name and "依据" not in section.name and "鉴别" not in section.name
    ]
    if any(_says(pattern, text) for text in [*settled, *admission, *stated, *sections, *seen]):
        return Held(True)
    return Held(False, f"诊断为{'、'.join(name for name in settled[:4] if name) or '（未列）'}，未见该适应症")


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a statement asserts what the pattern names: 非重症 and 无腹水 do not."""
    return any(
        not DENIED_DIAGNOSIS.search(text[: match.start()])
        for match in pattern.finditer(text)
        if match.end() > match.start()
    )


def _laboratory(record: Record, drug: Drug, row: Mapping[str, Any], limits: Limits) -> Held:
    item, threshold = re.compile(str(row["lab_item"]), re.IGNORECASE), Decimal(row["lab_value"])
    before = row["lab_days_before"] if row["lab_days_before"] is not None else limits["lab_days_before"]
    opens = drug.first - timedelta(days=int(before))
    closes = datetime.combine(drug.first.date(), time.max) + timedelta(days=int(limits["lab_days_after"]))
    results = [
        (lab.value, lab.fact_id, lab.analyte or "", lab.unit)
        for lab in record.labs
        if lab.value is not None
        and item.search(lab.analyte or "")
        and (at := lab.sampled_at or lab.reported_at) is not None
        and opens <= at <= closes
    ]
    quoted_results = [
        (Decimal(fact.value), fact.fact_id, fact.name, fact.unit)
        for fact in record.facts
        if fact.kind in ("lab_value", "history")
        and fact.value is not None
        and re.fullmatch(r"\d+(\.\d+)?", fact.value)
        and item.search(fact.name)
        and (fact.begins_at is None or fact.begins_at <= closes)
    ]
    same_unit = [result for result in [*results, *quoted_results] if _same_unit(result[3], row["lab_unit"])]
    compare = COMPARE[str(row["lab_op"])]
    if any(compare(value, threshold) for value, *_ in same_unit):
        return Held(True)
    if same_unit:
        shown = "、".join(dict.fromkeys(f"{value.normalize():f}" for value, *_ in same_unit[:4]))
        facts = tuple(dict.fromkeys(fact_id for _, fact_id, *_ in same_unit))
        return Held(False, f"{same_unit[0][2]} {shown} {row['lab_unit'] or ''}".strip(), facts)
    if results or quoted_results:
        return Held(None, f"{row['lab_unit']} 以外单位的化验结果不能比较")
    if not record.provided("labs"):
        return Held(None, "缺：化验报告")
    return Held(False, "用药前后未见该项化验")


def _same_unit(found: str | None, wanted: str | None) -> bool:
    def plain(unit: str | None) -> str:
        return (unit or "").replace(" ", "").replace("IU", "U").lower()

    return not plain(found) or not plain(wanted) or plain(found) == plain(wanted)


def _ordered(record: Record, drug: Drug, row: Mapping[str, Any], limits: Limits) -> Held:
    """Something ordered, charged, tested or recorded elsewhere in the stay; what is only denied does not count."""
    pattern = re.compile(str(row["order_regex"]))
    named = [
        *(order.order_name for order in record.orders),
        *(charge.item_name for charge in record.charges),
        *(lab.panel for lab in record.labs),
        *(exam.exam_name for exam in record.exams),
        *(document.kind for document in record.documents),
        *(operation.operation_name for operation in record.operations),
        "手术" if record.operations else None,
    ]
    if any(pattern.search(name) for name in named if name):
        return Held(True)
    if any(not (place.context.denied or place.context.planned) for place in mentions(record, pattern)):
        return Held(True)
    if not record.provided("orders") and not record.documents:
        return Held(None, "缺：住院医嘱、病历文书")
    return Held(False, "医嘱和病历未见所限情形")


def _first_line(record: Record, drug: Drug, row: Mapping[str, Any], limits: Limits) -> Held:
    """An earlier drug of this stay or an earlier one, or a note of its failure."""
    pattern = re.compile(str(row["first_line_regex"]))
    if any(
        pattern.search(charge.item_name or "") and charge.charged_at and charge.charged_at < drug.first
        for charge in record.charges
    ):
        return Held(True)
    earlier = record.inspection.warehouse.rows(
        "select 1 from charges c join admissions a on a.admission_id = c.admission_id "
        "where a.person_id = $person and c.charged_at < $first and regexp_matches(c.item_name, $pattern) limit 1",
        {"person": record.admission.person_id, "first": drug.first, "pattern": pattern.pattern},
    )
    if earlier or any(not place.context.denied for place in mentions(record, pattern)):
        return Held(True)
    return Held(False, "本次及所收的既往住院未见一线药品", elsewhere=True)


def _department(record: Record, drug: Drug, row: Mapping[str, Any], limits: Limits) -> Held:
    pattern = re.compile(str(row["dept_regex"]))
    names = [line.ordering_department or record.admission.department or "" for line in drug.lines]
    if any(pattern.search(name) for name in names):
        return Held(True)
    return Held(
        False if any(names) else None,
        f"开单科室为{'、'.join(dict.fromkeys(filter(None, names))) or '（未列）'}",
    )


def _level(record: Record, drug: Drug, row: Mapping[str, Any], limits: Limits) -> Held:
    grade = record.admission.hospital_grade
    if grade is None:
        return Held(None, "缺：医院等级")
    return Held(grade >= int(row["hosp_lv_min"]), f"医院为{'一二三'[grade - 1]}级")


CONDITIONS = {
    "diag_regex": _diagnosis,
    "lab_item": _laboratory,
    "order_regex": _ordered,
    "first_line_regex": _first_line,
    "dept_regex": _department,
    "hosp_lv_min": _level,
}
