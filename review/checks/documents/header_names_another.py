"""DOC-009: the header of a document names another patient, another sex or another age than the register.

A bed changes and a character is misread, so neither counts alone; another patient's number, two fields together or the
same wrong entry in two documents do.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.readings import document_of, facts_of
from review.models import Problem
from review.record import Admission, Document, Fact
from review.violations import Certainty

NEWBORN_NAME = re.compile(r"之[子女]|婴|宝宝|新生儿|[大小]宝")
RELATED = re.compile(r"关系|代理|委托|监护")
NAMES = {"name": "姓名", "sex": "性别", "age": "年龄", "inpatient_no": "住院号"}


@dataclass(frozen=True)
class Mismatch:
    """One header field that is not this patient's."""

    field: str
    fact: Fact
    said: str
    own: str
    of_another: bool


@check(
    code="DOC-009",
    title="身份信息矛盾",
    violation="documentation_defect",
    certainty="probable",
    needs={"tables": ("admissions", "documents")},
    limits={"age_years": 1},
    limits_said={
        "age_years": "年龄的容差（岁）",
    },
    basis=("病历书写基本规范#第十八条（一）", "病历书写基本规范#第三条"),
    message="$documents 的抬头与就诊登记不符：$told。$reading",
    why="抬头写着另一个人，该文书未必是本人的。",
    exceptions=(
        "新生儿以母亲之名登记",
        "繁体、异体字写的姓名",
        "年龄合出生日期",
        "家属或代理人的姓名",
        "姓名脱敏",
        "年龄相差一岁以内",
        "转床",
        "扫描识别误差只见于一份文书",
        "住院号为本人其他编号",
    ),
    overturned_by=("身份证件核对", "更名或更正记录", "原始纸质病历"),
)
def header_names_another(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    headers = list(facts_of(record, "header"))
    if not headers:
        raise NotChecked("病历文书没有可读的抬头")
    found: dict[str, list[Mismatch]] = defaultdict(list)
    for fact in headers:
        mismatch = _mismatch(record, fact, limits)
        document = document_of(record, fact) if mismatch is not None else None
        if mismatch is not None and document is not None and not _of_a_relative(document, fact):
            found[document.document_id].append(mismatch)
    found = _without_misreadings(record, found)
    if found:
        yield _problem(record, found)


def _mismatch(record: Record, fact: Fact, limits: Limits) -> Mismatch | None:
    admission, said = record.admission, fact.value or ""
    if fact.name == "sex" and admission.sex and said != admission.sex:
        return Mismatch("sex", fact, said, admission.sex, False)
    if fact.name == "age" and _another_age(int(said), admission, limits["age_years"]):
        return Mismatch("age", fact, f"{said}岁", f"{admission.age_years}岁", False)
    if fact.name == "inpatient_no" and said not in _own_numbers(record):
        other = _owner_of(record, said)
        if other is not None:
            return Mismatch("inpatient_no", fact, said, admission.inpatient_no or "", True)
    if fact.name == "name" and _another_name(said, admission.person_name):
        return Mismatch("name", fact, "另一姓名", "登记姓名", _is_known(record, said))
    return None


def _of_a_relative(document: Document, fact: Fact) -> bool:
    """Whether the line goes on to say how this person is related to the patient."""
    end = (fact.end or 0) - document.start
    return RELATED.search(document.text[end:].partition("\n")[0]) is not None


def _own_numbers(record: Record) -> set[str]:
    admission = record.admission
    own = {admission.inpatient_no or "", admission.admission_id}
    return own | {_record_numbers(record.inspection).get(admission.admission_id, "")}


@lru_cache(maxsize=1)
def _record_numbers(inspection: Inspection) -> Mapping[str, str]:
    """The number of the medical record by admission, where it has one."""
    rows = inspection.warehouse.rows(
        "select admission_id, record_no from admissions where record_no is not null"
    )
    return {str(row["admission_id"]): str(row["record_no"]) for row in rows}


@lru_cache(maxsize=1)
def _owners(inspection: Inspection) -> Mapping[str, Sequence[Admission]]:
    """The stays that carry an inpatient number."""
    found: dict[str, list[Admission]] = defaultdict(list)
    for admission in inspection.records.admissions:
        found[admission.inpatient_no or ""].append(admission)
    return found


@lru_cache(maxsize=1)
def _names(inspection: Inspection) -> frozenset[str | None]:
    return frozenset(admission.person_name for admission in inspection.records.admissions)


def _owner_of(record: Record, number: str) -> str | None:
    """Another person's stay that carries this number."""
    for other in _owners(record.inspection).get(number, ()):
        if other.person_id != record.admission.person_id:
            return other.admission_id
    return None


def _another_name(said: str, own: str | None) -> bool:
    """Two names of which not even the family name or the length of a typing slip agrees."""
    if not own or "*" in own or "*" in said or "某" in said or NEWBORN_NAME.search(said + own):
        return False
    if said == own or own in said or said in own:
        return False
    same = sum(_alike(left, right) for left, right in zip(said, own, strict=False))
    return len(said) != len(own) or same < len(own) - 1


def _alike(one: str, other: str) -> bool:
    """Whether two characters may write the same; a traditional or rare form cannot be held against a simplified one."""
    return one == other or not (_is_simplified(one) and _is_simplified(other))


def _is_simplified(character: str) -> bool:
    """Whether it belongs to GB 2312, which holds the simplified forms in everyday use and no others."""
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _another_age(said: int, admission: Admission, slack: float) -> bool:
    """Whether an age is neither the registered one nor that of the birth date."""
    known = [] if admission.age_years is None else [admission.age_years]
    if known and admission.birth_date is not None:
        known.append((admission.begins_at.date() - admission.birth_date).days // 365)
    return bool(known) and all(abs(said - years) > slack for years in known)


def _is_known(record: Record, name: str) -> bool:
    return name in _names(record.inspection)


def _without_misreadings(record: Record, found: dict[str, list[Mismatch]]) -> dict[str, list[Mismatch]]:
    """A scan that misreads one header is no contradiction; a second document or field makes it one."""
    kept = {}
    documents = {doc.document_id: doc for doc in record.documents}
    for document_id, mismatches in found.items():
        scanned = documents[document_id].confidence < 1.0
        alone = len(found) == 1 and len({item.field for item in mismatches}) == 1
        if not (scanned and alone):
            kept[document_id] = mismatches
    return kept


def _problem(record: Record, found: dict[str, list[Mismatch]]) -> Problem:
    everything = [item for group in found.values() for item in group]
    titles = _titles(record.documents, set(found))
    fields = {item.field: item for item in everything}
    told = Counter((item.field, item.said, item.fact.value) for item in everything)
    strong = (
        any(item.of_another for item in everything)
        or len(fields) >= 2
        or "sex" in fields
        or (len(found) > 1 and max(told.values()) > 1)
    )
    return Problem(
        fields={
            "documents": "、".join(titles[:4]),
            "told": "；".join(
                f"{NAMES[name]}写作“{item.said}”，登记为“{item.own}”" for name, item in fields.items()
            ),
            "reading": "疑似混入他人文书。" if any(item.of_another for item in everything) else "请核对。",
        },
        fact_ids=tuple(item.fact.fact_id for item in everything[:6]),
        certainty=Certainty.PROBABLE if strong else Certainty.CLUE,
        points_at=tuple(sorted(found)),
    )


def _titles(documents: tuple[Document, ...], ids: set[str]) -> list[str]:
    return list(dict.fromkeys(doc.title for doc in documents if doc.document_id in ids))
