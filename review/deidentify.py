"""What leaves the machine leaves without what names a person.

`mask_of` makes the mask of one admission from its tables and documents; `mask_numbers` serves texts that belong to no
admission and takes out numbers only, one way.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from knowledge.answering.quantities import narrow
from review.checks.records import Record
from review.masking import Identifier, Mask
from review.masking_numbers import ADDRESS, BED, EMPLOYER, IDENTITY, NUMBER, PHONE
from review.masking_roles import DOCTOR, NURSE, PATIENT, PERSON

__all__ = ["Mask", "mask_numbers", "mask_of"]

_BIRTH = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_MASKS = (
    ("[证件号]", re.compile(rf"(?<!\d)[1-9]\d{{5}}(?:19|20)?\d\d{_BIRTH}\d{{3}}[\dXx]?(?!\d)")),
    (
        "[编号]",
        re.compile(
            r"(?<=住院号|病案号|病历号|门诊号|医保卡|社保卡|就诊号)(?:号码?)?[\s:：是为]*([A-Za-z]{0,4}\d[\dA-Za-z-]{3,})"
        ),
    ),
    ("[电话]", re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")),
    ("[电话]", re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)")),
    ("[编号]", re.compile(r"(?<!\d)\d{19,}(?!\d)")),
)


def mask_numbers(text: str) -> str:
    """The text with each such number replaced by what kind it is."""
    for mask, pattern in _MASKS:
        spans = [match.span(match.re.groups) for match in pattern.finditer(narrow(text))]
        for start, end in reversed(spans):
            text = f"{text[:start]}{mask}{text[end:]}"
    return text


_NEWBORN_DAYS = 60  # a birth within the episode is a clinical date: only its label tells it from any other
_NEXT_PERSON = re.compile(r"[;；,，、/\s]+")
_COUNTY = re.compile(r"[镇乡村街路巷弄组号栋苑社庄屯寨]|小区")
_NOBODY = re.compile(r"^(?:无|不详|未知|农民|务农|个体.{0,3}|退休.{0,2}|无业|自由职业.?|学生|-+|/|\*+)$")


def mask_of(record: Record, *others: Record) -> Mask:
    """The mask of one admission: what its tables say of people first, then what its texts say.

    `others` are admissions whose words are shown beside it; their patients are persons like any other.
    """
    admission, texts = record.admission, [*_texts(record)]
    born = admission.birth_date
    if born and (admission.begins_at.date() - born).days < _NEWBORN_DAYS:
        born = None
    known = [*_patient(record), *_staff(record), *_licensed(record, "\n".join(texts))]
    for other in others:
        texts += _texts(other)
        beside = (*_patient(other), *_staff(other))
        known += [replace(one, kind=PERSON) if one.kind == PATIENT else one for one in beside]
    return Mask([one for one in known if one.writing.strip()], texts, born=born)


def _patient(record: Record) -> Iterator[Identifier]:
    """What the claims say of the person; a county alone is no address and a bed no number to search for."""
    admission = record.admission
    yield Identifier(PATIENT, admission.person_name or "")
    rows = record.inspection.warehouse.rows(
        "select certno, tel, addr, emp_name, medrcdno from raw_mdtrt_d where mdtrt_id = $id",
        {"id": admission.admission_id},
    )
    for row in rows:
        yield Identifier(IDENTITY, row["certno"] or "")
        yield Identifier(PHONE, row["tel"] or "")
        yield Identifier(NUMBER, row["medrcdno"] or "")
        if _COUNTY.search(row["addr"] or ""):
            yield Identifier(ADDRESS, row["addr"])
        if row["emp_name"] and not _NOBODY.match(row["emp_name"].strip()):
            yield Identifier(EMPLOYER, row["emp_name"])
    for number in (admission.inpatient_no, admission.person_id, admission.admission_id):
        yield Identifier(NUMBER, number or "")
    yield Identifier(BED, (admission.bed or "").replace("号", "").removesuffix("床"))
    yield from (Identifier(NUMBER, exam.image_no or "") for exam in record.exams)
    yield from (Identifier(NUMBER, lab.specimen_no or "") for lab in record.labs)


def _staff(record: Record) -> Iterator[Identifier]:
    """Who the tables and the signatures name."""
    cells = [(DOCTOR, record.admission.doctor)]
    cells += [(DOCTOR, row.surgeon) for row in record.operations]
    cells += [(DOCTOR, row.anesthetist) for row in record.anesthesia]
    cells += [(NURSE, row.nurse) for row in record.vitals]
    cells += [cell for row in record.orders for cell in ((DOCTOR, row.doctor), (PERSON, row.executor))]
    cells += [
        cell for row in record.charges for cell in ((DOCTOR, row.ordering_doctor), (PERSON, row.executor))
    ]
    cells += [(PERSON, row.examiner) for row in record.exams]
    cells += [(PERSON, row.examiner) for row in record.labs]
    cells += [(PERSON, row.editor) for row in record.edits]
    for document in record.documents:
        for one in document.signatures:
            kind = PATIENT if "患者" in one.role and "家属" not in one.role else PERSON
            cells.append((NURSE if "护" in one.role else DOCTOR if "医" in one.role else kind, one.name))
    for kind, cell in dict.fromkeys(cells):
        for name in _NEXT_PERSON.split(cell or ""):
            if 2 <= len(name) <= 24 and not _NOBODY.match(name) and not any(sign.isdigit() for sign in name):
                yield Identifier(kind, name)


def _licensed(record: Record, text: str) -> Iterator[Identifier]:
    """The hospital's licensed staff, as far as a text of the admission names them."""
    for row in record.inspection.warehouse.rows(
        "select staff from raw_institution order by source, row_number"
    ):
        for entry in _NEXT_PERSON.split(row["staff"] or ""):
            name = entry.split(":")[0].split("：")[0].strip()
            if len(name) > 1 and name in text:
                yield Identifier(DOCTOR, name)


def _texts(record: Record) -> Iterator[str]:
    for document in record.documents:
        yield document.text
    for exam in record.exams:
        yield from (text for text in (exam.findings, exam.conclusion) if text)
    for edit in record.edits:
        yield from (text for text in (edit.before, edit.after) if text)
