"""DOC-010: an organ or history that the patient cannot have is described as the patient's own.

Denials, relatives, mothers of newborns and template phrases say nothing; the word must be told of this patient.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.organs_by_sex import BETWEEN_SEXES, OF_MEN, OF_WOMEN, told_of_the_patient
from review.facts.sentences import Sentence
from review.models import Evidence, Problem
from review.record import Exam

OF_INFANTS = re.compile(r"(?:前囟|囟门)(?!已?闭)|脐带残端|拥抱反射|觅食反射")
# a marriage and children of one's own, which no child has
OF_GROWN = re.compile(
    r"适龄结婚|已婚已育|(?:婚后)?育有[一二三四两\d]+[子女]|配偶(?:体健|健在)|爱人(?:体健|健在)"
)
FORMS = re.compile(r"同意书|告知书|通知书|首页|费用|医嘱单")
# a child's history begins with its mother's pregnancy and birth
BIRTH_HISTORY = re.compile(r"孕\d+产\d+|G\d+P\d+|顺产|剖宫产")


@dataclass(frozen=True)
class Foreign:
    """A word that cannot be this patient's, and where it stands."""

    word: str
    sentence: Sentence


@check(
    code="DOC-010",
    title="性别、年龄相关内容与患者不符",
    violation="documentation_defect",
    certainty="probable",
    needs={"tables": ("admissions", "documents")},
    limits={"infant_words_years": 14, "birth_history_years": 14},
    limits_said={
        "infant_words_years": "婴幼儿用语的最大年龄（岁）",
        "birth_history_years": "出生史仍属本人、婚育史尚不可能的年龄上限（岁）",
    },
    basis=("病历书写基本规范#第三条",),
    message="患者为$sex、$age，$where 写有“$words”，疑似套用模板或他人内容。",
    why="本人不可能有的器官或病史出现在病历里，说明该处内容不是从本人得来。",
    exceptions=(
        "否认或模板中的不适用项",
        "配偶或亲属的情况",
        "新生儿病历中母亲的情况",
        "儿童的出生史和囟门所见",
        "性发育异常",
        "说明书、告知书中的通用文字",
    ),
    overturned_by=("性别登记有误的更正", "文书更正记录"),
)
def organ_of_the_other_sex(record: Record, limits: Limits) -> Iterator[Problem]:
    admission = record.admission
    if admission.sex is None:
        raise NotChecked("缺：性别")
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    if admission.age_years == 0:
        raise NotApplicable("新生儿病历常记载母亲情况")
    if any(BETWEEN_SEXES.search(doc.text) for doc in record.documents):
        raise NotApplicable("病历载有性发育异常")
    found = list(_foreign(record, limits))
    reports = [exam for exam in record.exams if _report_is_foreign(exam, admission.sex)]
    if found or reports:
        yield _problem(record, found, reports)


def _pattern(record: Record, limits: Limits) -> list[re.Pattern[str]]:
    admission = record.admission
    patterns = [OF_MEN if admission.sex == "女" else OF_WOMEN]
    if admission.age_years is not None and admission.age_years > limits["infant_words_years"]:
        patterns.append(OF_INFANTS)
    if admission.age_years is not None and admission.age_years < limits["birth_history_years"]:
        patterns.append(OF_GROWN)
    return patterns


def _foreign(record: Record, limits: Limits) -> Iterator[Foreign]:
    patterns = _pattern(record, limits)
    for document in record.documents:
        if FORMS.search(document.kind):
            continue
        bare = "".join(document.text.split())  # most documents hold none of the words and need not be cut up
        told = [pattern for pattern in patterns if pattern.search(bare)]
        for sentence in record.sentences(document) if told else ():
            for pattern in told:
                match = pattern.search(sentence.bare)
                if match is not None and _is_own(sentence, match) and not _of_birth(record, match, limits):
                    yield Foreign(match[0], sentence)


def _of_birth(record: Record, match: re.Match[str], limits: Limits) -> bool:
    age = record.admission.age_years
    child = age is not None and age < limits["birth_history_years"]
    return child and BIRTH_HISTORY.search(match[0]) is not None


def _is_own(sentence: Sentence, match: re.Match[str]) -> bool:
    return "家族史" not in (sentence.section or "") and told_of_the_patient(sentence.bare, match)


def _report_is_foreign(exam: Exam, sex: str) -> bool:
    text = f"{exam.findings or ''}{exam.conclusion or ''}{exam.body_part or ''}"
    match = (OF_MEN if sex == "女" else OF_WOMEN).search(text)
    return match is not None and not re.search(
        r"切除术后|缺如|无", text[max(0, match.start() - 6) : match.start()]
    )


def _problem(record: Record, found: list[Foreign], reports: list[Exam]) -> Problem:
    admission = record.admission
    titles = list(dict.fromkeys(item.sentence.document.title for item in found))
    titles += [f"{exam.exam_name}报告" for exam in reports[:2]]
    words = list(dict.fromkeys([item.word for item in found]))
    if reports and not words:
        words = ["异性器官所见"]
    return Problem(
        fields={
            "sex": admission.sex,
            "age": f"{admission.age_years}岁" if admission.age_years is not None else "年龄不详",
            "where": "、".join(titles[:4]),
            "words": "、".join(words[:4]),
        },
        evidence=tuple(_quote(record, item) for item in found[:5]),
        fact_ids=tuple(exam.fact_id for exam in reports[:3]),
        points_at=tuple(
            sorted({item.sentence.document.document_id for item in found} | {e.fact_id for e in reports})
        ),
    )


def _quote(record: Record, item: Foreign) -> Evidence:
    start, end = item.sentence.whole
    return record.quote(item.sentence.document, start, end)
