"""The diagnoses a stay was settled by, held against the patient's age and against the words of the record.

A main diagnosis is unspoken of only where no two characters that stand together in it, general words aside, stand
together in anything written before the discharge. It does not say whether a diagnosis is true.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.checks.graded_diagnoses import AT_DISCHARGE, DISCHARGING, listed
from review.checks.inputs import Record
from review.checks.readings import cited, document_of, facts_of
from review.models import Evidence
from review.record import Diagnosis, Fact

Row = Mapping[str, Any]
COURSE = re.compile(r"病程|查房")
GENERAL = re.compile(
    r"急性|慢性|亚急|疾病|综合征?|感染|损伤|炎症|左侧|右侧|双侧|单侧|多发|恶性|良性|肿瘤|术后|手术|治疗|化疗|放疗|状态|功能|"
    r"不全|障碍|未特指|其他|特指|原发|继发|伴有?|不伴|发作|加重|重症|轻症|重度|中度|轻度|性|型|期|级|个人史|随诊|检查|医疗"
)
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
SAME = (
    ("肺炎", "肺部感染", "肺感染", "下呼吸道感染", "支气管感染"),
    ("脑梗", "脑卒中", "中风", "脑血管", "脑缺血"),
    ("心梗", "心肌梗", "冠脉", "冠状动脉", "冠心", "心绞痛"),
    ("胃肠炎", "肠炎", "腹泻"),
    ("上呼吸道感染", "上感", "感冒", "咽炎", "扁桃体"),
    ("慢阻肺", "慢性阻塞", "肺气肿", "COPD", "慢支"),
    ("心衰", "心力衰竭", "心功能不全", "心功能衰竭"),
    ("肾衰", "肾功能", "尿毒症", "肾脏病"),
    ("血糖", "糖尿病", "消渴"),
    ("高血压", "血压升高", "眩晕"),
    ("分娩", "妊娠", "孕", "产科", "剖宫产"),
    ("骨折", "断裂", "外伤", "脱位"),
    ("腰椎", "椎间盘", "腰痛", "腰腿痛"),
    ("癌", "瘤", "占位", "肿物", "CA"),
)
ORGANS = frozenset("脑颅心肺肝胆胰脾胃肠肾膀尿前子卵宫乳甲骨髋膝腰颈眼耳鼻喉咽皮血淋巴神经孕产")
IDENTITY = re.compile(r"\d{17}[\dXx]")
REASON_OF_VISIT = "Z"  # chapter XXI codes why somebody came, in words no note uses


@dataclass(frozen=True)
class OutOfAge:
    """A settled diagnosis that a rule row keeps to another age."""

    diagnosis: Diagnosis
    row: Row
    said: str


def of_another_age(record: Record) -> Iterator[OutOfAge]:
    """Diagnoses outside the ages of their row; none where the register's own dates of birth disagree."""
    days = _age_in_days(record)
    if days is None or not record.diagnoses:
        return
    for row in record.rows("dx_rules"):
        least, most = row["age_min_d"], row["age_max_d"]
        if least is None and most is None:
            continue
        low, high = days
        if least is not None and high < int(least):
            said = f"多见于 {int(least) // 365} 岁以上"
        elif most is not None and low > int(most):
            said = f"限 {int(most) // 365} 岁以内"
        else:
            continue
        for diagnosis in record.diagnoses:
            named = diagnosis.diagnosis_code.upper().startswith(tuple(str(row["icd_prefix"]).split("|")))
            if named and not (
                row["name_exempt"] and re.search(str(row["name_exempt"]), diagnosis.diagnosis_name)
            ):
                yield OutOfAge(diagnosis, row, said)


def _age_in_days(record: Record) -> tuple[int, int] | None:
    """The least and the most days of life at admission; null where birth date, age and identity number disagree."""
    admission = record.admission
    spans = []
    if admission.birth_date is not None:
        days = (admission.begins_at.date() - admission.birth_date).days
        spans.append((days, days))
    if admission.age_years is not None:
        spans.append((admission.age_years * 365, (admission.age_years + 1) * 366))
    if not spans:
        return None
    low, high = max(span[0] for span in spans), min(span[1] for span in spans)
    if low > high + 366 or min(low, high) < 0:
        return None
    return min(low, high), max(low, high)


def identity_says_otherwise(record: Record) -> bool:
    """Whether the identity number is of another year of birth than the register gives."""
    rows = record.inspection.warehouse.rows(
        "select certno from raw_mdtrt_d where mdtrt_id = $id", {"id": record.admission.admission_id}
    )
    number = str(rows[0]["certno"] or "") if rows else ""
    if not IDENTITY.fullmatch(number):
        return False
    years = record.admission.begins_at.year - int(number[6:10])
    own = record.admission.age_years
    return own is not None and abs(years - own) > 1


@dataclass(frozen=True)
class Unspoken:
    """A main diagnosis of which nothing written before the discharge speaks."""

    name: str
    where: str
    evidence: Evidence
    notes: int


def unspoken_main(record: Record, least_notes: int) -> Unspoken | None:
    """The main diagnosis of the list, or else of the discharge record, where the notes before never name its words."""
    notes = sum(bool(COURSE.search(document.kind)) for document in record.documents)
    if notes < least_notes or not any(document.kind == "入院记录" for document in record.documents):
        return None
    main = _main(record)
    if main is None:
        return None
    name, where, evidence = main
    words = _words(name)
    if not words:
        return None
    before = [document.text for document in record.documents if document.kind not in DISCHARGING]
    before += [f"{exam.exam_name or ''}{exam.findings or ''}{exam.conclusion or ''}" for exam in record.exams]
    if _of_one_organ(record, name):
        return None
    wanted = _with_synonyms(name, words)
    if any(word in text for text in before for word in wanted):
        return None
    if any(word in "".join(text.split()) for text in before for word in wanted):
        return None
    return Unspoken(name, where, evidence, notes)


def changed_at_discharge(record: Record, least_notes: int) -> Unspoken | None:
    """The first diagnosis of the discharge record, where none of its diagnoses is spoken of by anything before it, nor
    of an organ of which a diagnosis was made, nor by the settlement list.
    """
    notes = sum(bool(COURSE.search(document.kind)) for document in record.documents)
    settled = [diagnosis.diagnosis_name for diagnosis in record.diagnoses]
    if notes < least_notes or not settled or not any(one.kind == "入院记录" for one in record.documents):
        return None
    stated = _at_discharge(record)
    before = [document.text for document in record.documents if document.kind not in DISCHARGING]
    before += [f"{exam.exam_name or ''}{exam.findings or ''}{exam.conclusion or ''}" for exam in record.exams]
    told = [*settled, *("".join(text.split()) for text in before)]
    made = settled + [
        fact.value or ""
        for fact in facts_of(record, "diagnosis")
        if (document := document_of(record, fact)) is not None and document.kind not in DISCHARGING
    ]
    for fact in stated:
        name = fact.value or ""
        words = _with_synonyms(name, _words(name))
        organs = ORGANS & set(name)
        if not words or not organs or any(word in text for text in told for word in words):
            return None
        if any(organs & set(other) for other in made):
            return None
    return Unspoken(stated[0].value or "", "出院记录", cited(stated[0]), notes) if stated else None


def _at_discharge(record: Record) -> list[Fact]:
    """The diagnoses that the discharge record states, in their order."""
    stated = [
        fact
        for fact in facts_of(record, "diagnosis")
        if fact.name in AT_DISCHARGE
        and (document := document_of(record, fact)) is not None
        and document.kind in DISCHARGING
    ]
    return sorted(stated, key=lambda fact: (fact.source, fact.start or 0))


def _of_one_organ(record: Record, name: str) -> bool:
    """Whether the name gives no organ, or some stated diagnosis is of the same: it may then be a name for it."""
    organs = ORGANS & set(name)
    return not organs or any(organs & set(fact.value or "") for fact in facts_of(record, "diagnosis"))


def _main(record: Record) -> tuple[str, str, Evidence] | None:
    for diagnosis in record.diagnoses:
        if diagnosis.is_main and diagnosis.diagnosis_code.upper().startswith(REASON_OF_VISIT):
            return None
        if diagnosis.is_main:
            return diagnosis.diagnosis_name, "结算清单", listed(diagnosis)
    stated = _at_discharge(record)
    if not stated:
        return None
    return stated[0].value or "", "出院记录", cited(stated[0])


def _words(name: str) -> set[str]:
    """Every two characters that stand together, general words cut out."""
    bare = "".join(name.split())
    return {
        run[place : place + 2]
        for part in GENERAL.split(bare)
        for run in CHINESE.findall(part or "")
        for place in range(len(run) - 1)
    }


def _with_synonyms(name: str, words: set[str]) -> set[str]:
    return words | {word for group in SAME if any(other in name for other in group) for word in group}
