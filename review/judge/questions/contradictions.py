"""J3: two statements of the record about one thing that cannot both be true.

Which of them is false is not asked. A contradiction that no rule found becomes a clue under the check it belongs to;
one that a rule found stands beside that finding.
"""

import re
from collections.abc import Iterator

from review.judge.answers import Difference, Differences
from review.judge.models import Draft, Statement
from review.judge.proof import fold_signs
from review.judge.registry import CANNOT_TELL, Prover, Reading, Suspicion, agreed_by_label, question
from review.judge.showing import Claims, document_named, ranked, readable, sentence_start, shown
from review.judge.stays import Stay
from review.models import Evidence, Problem
from review.record import Document
from review.violations import Certainty

FIRST = ranked("手术|操作", "入院记录|首次病程", "出院|死亡", "查房|病程|术前|术后", "护理")
SUBJECTS = {
    "side": "左右侧",
    "site": "部位",
    "time": "时间",
    "count": "数目",
    "diagnosis": "诊断",
    "finding": "体征或检查所见",
    "result": "结果数值",
    "treatment": "治疗",
    "allergy": "过敏史",
    "blood_group": "血型",
    "history": "病史",
    "state": "患者状态",
    "identity": "身份信息",
    "plan": "计划与结果",
    "other": "内容",
}
CHECKS = {"side": "DOC-011", "site": "DOC-011", "plan": "DOC-024"}
OTHERWISE, SAME_NOTE = "DOC-012", "DOC-024"
FAMILY = ("DOC-",)
SAID = "{a}写“{quote_a}”，{b}写“{quote_b}”，疑似{subject}前后不一致；由模型阅读发现，请核对原始记录。"
ONLY_READ = "只由模型阅读得出，没有规则或另一来源印证"
# how a patient came in is written loosely, at several times and by several hands: shown, and no suspicion
ARRIVAL = re.compile(r"步行|步入|走入|轮椅|平车|推入|推床|扶入|搀扶|抬入|担架")
FOUND, NONE = "found", "none_found"


def _read(stay: Stay, draft: Draft, answer: Differences, prover: Prover) -> Reading:
    claims = Claims(prover)
    statements, suspicions = [], []
    for one in answer.differences:
        a, b = (claims.quote(side.lines, side.quote, "for") for side in (one.a, one.b))
        if a is None or b is None or not _opposed(one, a, b):
            continue
        label = f"{SUBJECTS[one.field]}前后不一致"
        if one.explained == "yes" or one.same_event != "yes":
            continue
        statements.append(Statement("for", label, (a, b)))
        suspicion = _suspicion(stay, one, a, b)
        if suspicion is not None:
            suspicions.append(suspicion)
    verdict = FOUND if statements else CANNOT_TELL if claims.all_lost else NONE
    return Reading(verdict, tuple(statements), answer.injection, tuple(suspicions))


def _opposed(one: Difference, a: Evidence, b: Evidence) -> bool:
    """Whether the two quotes are two places and say two things."""
    if (a.source, a.page, a.start, a.row) == (b.source, b.page, b.start, b.row):
        return False
    if fold_signs(a.quote) == fold_signs(b.quote):
        return False
    values = [fold_signs(side.value) for side in (one.a, one.b)]
    if all(values) and values[0] == values[1]:
        return False
    return all(
        not value or "〔" in value or value in fold_signs(evidence.quote)
        for value, evidence in zip(values, (a, b), strict=True)
    )


def _suspicion(stay: Stay, one: Difference, a: Evidence, b: Evidence) -> Suspicion | None:
    """The contradiction as a clue, unless a rule has found one between the same places."""
    if all(ARRIVAL.search(evidence.quote) for evidence in (a, b)):
        return None
    places = [_place(stay, evidence) for evidence in (a, b)]
    if any(place is None for place in places):
        return None
    known = [place for place in places if place is not None]
    if _told_by_rule(stay, known):
        return None
    same_note = known[0][0].document_id == known[1][0].document_id
    check = SAME_NOTE if same_note else CHECKS.get(one.field, OTHERWISE)
    if check not in stay.headers:
        return None
    (first, at), (second, below) = known
    pair = sorted(f"{document.document_id}:{start}" for document, start in ((first, at), (second, below)))
    message = SAID.format(
        a=_titled(first), quote_a=a.quote, b=_titled(second), quote_b=b.quote, subject=SUBJECTS[one.field]
    )
    problem = Problem(
        message=message,
        evidence=(a, b),
        certainty=Certainty.CLUE,
        violation="documentation_defect",
        lowered_by=(ONLY_READ,),
        points_at=("model", *pair),
    )
    return Suspicion(check, problem)


def _place(stay: Stay, evidence: Evidence) -> tuple[Document, int] | None:
    document = document_named(stay.record, evidence) if evidence.kind == "document" else None
    return (document, sentence_start(stay.record, document, evidence)[0]) if document else None


def _told_by_rule(stay: Stay, places: list[tuple[Document, int]]) -> bool:
    """Whether a rule's finding on documents quotes both of these places, or one of them as the other's contrary."""
    for finding in stay.found_by(*FAMILY):
        quoted = [place for one in finding.evidence if (place := _place(stay, one)) is not None]
        met = [any(document.document_id == own.document_id and at == start for own, start in quoted)
               for document, at in places]  # fmt: skip
        if all(met) or (any(met) and len(quoted) == 1):
            return True
    return False


def _titled(document: Document) -> str:
    return f"{document.title}（{document.written_at:%m-%d %H:%M}）" if document.written_at else document.title


@question(
    code="J3",
    prompt="contradictions",
    title="前后不一致的记载",
    answer=Differences,
    read=_read,
    agree=agreed_by_label,
    default=True,
    place=50,
)
def contradictions(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask where fewer than two documents can be read."""
    documents = list(readable(stay.record))
    if len(documents) > 1:
        pieces, left_out = shown(documents, stay.budget, rank=FIRST)
        yield Draft("record", pieces, left_out=left_out)
