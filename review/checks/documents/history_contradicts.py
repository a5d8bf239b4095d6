"""DOC-012: a blood group, an allergy, a diagnosis or a laboratory value that one source states and another denies.

What is found out during the stay, corrected and annotated, told of somebody else, or measured at the bedside is no
contradiction. Which of two sides is right, nobody can tell from here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review.checks.blood_groups import two_groups
from review.checks.graded_diagnoses import grades_apart, listed
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.settled_diagnoses import (
    changed_at_discharge,
    identity_says_otherwise,
    of_another_age,
    unspoken_main,
)
from review.checks.values_cited import unborne
from review.facts.blood_and_allergy import allergies, blood_groups
from review.facts.statements import Statement
from review.models import Evidence, Problem
from review.record import Document
from review.violations import Certainty

FORMS = re.compile(r"同意书|告知|通知|沟通|费用|医嘱单|宣教")
CORRECTED = re.compile(
    r"更正|修正(?!诊断)|补充病史|勘误|追问病史|再次询问|补述|此前误|误写|误记|复查血型|血型复核"
)
OF_BLOOD, OF_ALLERGY = re.compile(r"血\s*型"), re.compile(r"过\s*敏|皮\s*试")
OF_BEFORE, DENIED = re.compile(r"既往|曾|病史|过去|\d年前"), re.compile(r"无|未|否认|没有")
SPOKEN_OF = re.compile(r"过\s*敏|皮\s*试|血\s*型|型\s*血")  # in no other text a group or an allergy is told
FOUND_OUT = re.compile(
    r"皮试[^，。；]{0,4}阳性|皮疹|荨麻疹|瘙痒|过敏反应|过敏性休克|药疹|过敏试验[^，。；]{0,3}阳性"
)
REVISED = re.compile(
    r"(?:检验|化验|标本|结果|报告)[^，。；]{0,8}(?:更正|作废|复检)|更正报告|标本(?:溶血|凝固|错)"
)
GRAFTED = re.compile(r"移植|造血干细胞|骨髓移植")


@dataclass(frozen=True)
class Contradiction:
    """Two sources that say different things, with a place of each."""

    told: str
    certainty: Certainty
    evidence: tuple[Evidence, ...]
    fact_ids: tuple[str, ...]
    points_at: str


@check(
    code="DOC-012",
    title="血型、过敏史、诊断、数值跨文书矛盾",
    violation="documentation_defect",
    certainty="probable",
    needs={"tables": ("admissions", "documents")},
    limits={
        "value_apart": 0.25,
        "value_apart_where_whole": 0.1,
        "agreeing_values": 3,
        "table_days": 1,
        "least_notes": 3,
    },
    limits_said={
        "value_apart": "数值相差的比例",
        "value_apart_where_whole": "其余引用的数值都与化验相符时，数值相差的比例",
        "agreeing_values": "其余引用的数值至少几项相符",
        "table_days": "与化验相差的天数",
        "least_notes": "判断主要诊断至少几份病程",
    },
    basis=("病历书写基本规范#第三条", "住院病案首页数据填写质量规范（暂行）#第五条"),
    message="$told。",
    why="同一患者的血型、过敏史、诊断分型和当日化验只有一个；各处说法不同，至少有一处不是从本人得来。",
    exceptions=(
        "住院期间新发现的过敏",
        "病史经更正或补充",
        "食物过敏与药物过敏",
        "献血者、血袋或亲属的血型",
        "移植后血型改变",
        "首页或表格的备选项",
        "同一化验的四舍五入",
        "外院或床旁测得的数值",
        "化验表没有当日结果",
        "诊断修正已在病程中说明",
        "心功能等住院中可变的分级",
        "同一诊断的不同写法",
        "登记年龄有误",
        "检验科更正报告",
    ),
    overturned_by=("血型复核报告", "病史更正记录", "检验科更正报告", "诊断修正说明"),
    covers={"classes": (55,)},
)
def history_contradicts(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    read = [document for document in record.documents if not FORMS.search(document.kind + document.title)]
    if not read:
        raise NotApplicable("本次住院的文书都是告知和费用单据")
    said = list(_said(record, read))
    for found in (
        *_blood(record, said),
        *_allergy(record, read, said),
        *_values(record, limits),
        *_diagnoses(record, limits),
    ):
        yield Problem(
            fields={"told": found.told},
            evidence=found.evidence,
            fact_ids=found.fact_ids,
            certainty=found.certainty,
            points_at=(found.points_at,),
        )


def _said(record: Record, read: Sequence[Document]) -> Iterator[Statement]:
    """Blood groups and allergies, of the sentences of those documents that can tell any."""
    for document in read:
        if SPOKEN_OF.search(document.text):
            parts, named = [], False
            for sentence in record.sentences(document):
                if SPOKEN_OF.search(sentence.bare) or named:
                    parts.append(sentence)
                named = sentence.bare.endswith("血型")  # what is named on one line is told on the next
            yield from blood_groups(parts)
            yield from allergies(parts)


def _quote(record: Record, statement: Statement) -> Evidence:
    start, end = statement.sentence.whole
    return record.quote(statement.sentence.document, start, end, at=statement.sentence.at)


def _blood(record: Record, said: Sequence[Statement]) -> Iterator[Contradiction]:
    for found in two_groups(said, record.labs):
        if _corrected(record, OF_BLOOD) or _says(record, GRAFTED):
            return
        yield Contradiction(
            f"同一次住院的血型不一：{'，'.join(found.told)}",
            Certainty.PROBABLE if found.said else Certainty.CLUE,
            tuple(_quote(record, statement) for statement in found.said),
            tuple(lab.fact_id for lab in found.tested),
            "blood" if found.system == "ABO" else "rhesus",
        )


def _says(record: Record, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(document.text) for document in record.documents)


def _corrected(record: Record, subject: re.Pattern[str]) -> bool:
    """Whether a sentence on this very subject says that the record is corrected or the history completed."""
    return any(
        subject.search(sentence.bare) and CORRECTED.search(sentence.bare)
        for document in record.documents
        if CORRECTED.search(document.text) and subject.search(document.text)
        for sentence in record.sentences(document)
    )


def _allergy(record: Record, read: Sequence[Document], said: Sequence[Statement]) -> Iterator[Contradiction]:
    having = [statement for statement in said if statement.kind == "allergy"]
    denying = [statement for statement in said if statement.kind == "no_allergy"]
    apart = [
        (one, other)
        for one in having
        for other in denying
        if one.sentence.document is not other.sentence.document
    ]
    if not apart or _corrected(record, OF_ALLERGY):
        return
    # who is known to react at the admission cannot be found to react later; who denied it then may be
    apart.sort(key=lambda pair: not _known_first(*pair))
    one, other = apart[0]
    told_as_old = any(OF_BEFORE.search(said_so.sentence.bare) for said_so, _ in apart)
    if not _known_first(one, other) and not told_as_old and any(_found_out(document) for document in read):
        return
    yield Contradiction(
        f"{one.sentence.document.title}记“{one.value}过敏”，{other.sentence.document.title}记“{other.text}”",
        Certainty.PROBABLE,
        (_quote(record, one), _quote(record, other)),
        (),
        f"allergy {one.name}",
    )


def _found_out(document: Document) -> bool:
    """Whether a reaction was seen during the stay."""
    return any(
        not DENIED.search(document.text, max(0, match.start() - 4), match.start())
        for match in FOUND_OUT.finditer(document.text)
    )


def _known_first(having: Statement, denying: Statement) -> bool:
    """Whether the allergy was written of before it was denied."""
    first, then = having.sentence.document.written_at, denying.sentence.document.written_at
    return first is not None and then is not None and first < then


def _values(record: Record, limits: Limits) -> Iterator[Contradiction]:
    found = list(unborne(record, limits))
    if found and not _says(record, REVISED):
        for one in found:
            yield Contradiction(one.told, Certainty.PROBABLE, (), one.fact_ids, one.points_at)


def _diagnoses(record: Record, limits: Limits) -> Iterator[Contradiction]:
    """Grades that exclude each other, an age no diagnosis of the kind has, a main diagnosis nobody wrote of."""
    for apart in grades_apart(record):
        told = f"{apart.condition}的分型分级前后不一：{'，'.join(apart.told)}"
        yield Contradiction(
            f"{told}，病程未见修正或说明" if apart.later else told,
            Certainty.CLUE if apart.later else Certainty.PROBABLE,
            apart.evidence,
            (),
            f"grade {apart.condition}",
        )
    aged = list(of_another_age(record))
    if aged and not identity_says_otherwise(record):
        for out in aged[:2]:
            code, name = out.diagnosis.diagnosis_code, out.diagnosis.diagnosis_name
            yield Contradiction(
                f"患者 {_age(record)}，结算清单诊断“{name}”（{code}）{out.said}",
                Certainty.PROBABLE if out.row["certainty_ceiling"] != "clue" else Certainty.CLUE,
                (listed(out.diagnosis),),
                (),
                f"age {code}",
            )
    changed = changed_at_discharge(record, limits["least_notes"])
    if changed is not None:
        yield Contradiction(
            f"出院记录的诊断“{changed.name}”，此前 {changed.notes} 份病程、检查报告及结算清单均未提及，"
            "更换诊断未见说明",
            Certainty.PROBABLE,
            (changed.evidence,),
            (),
            "discharge",
        )
        return
    unspoken = unspoken_main(record, limits["least_notes"])
    if unspoken is not None:
        yield Contradiction(
            f"{unspoken.where}的主要诊断“{unspoken.name}”，出院前 {unspoken.notes} 份病程及检查报告均未提及",
            Certainty.CLUE,
            (unspoken.evidence,),
            (),
            "main",
        )


def _age(record: Record) -> str:
    admission = record.admission
    if admission.age_years is not None:
        return f"{admission.age_years} 岁"
    assert admission.birth_date is not None
    return f"{(admission.begins_at.date() - admission.birth_date).days // 365} 岁"
