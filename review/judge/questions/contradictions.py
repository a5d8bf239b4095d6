"""J3: two statements of the record about one thing that cannot both be true.

Which of them is false is not asked. A contradiction that no rule found becomes a clue under the check it belongs to;
one that a rule found stands beside that finding.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from review.judge.answers import Difference, Differences, ForeignNote
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
    "before_event": "写成时间与所写之事的先后",
    "other": "内容",
}
CHECKS = {"before_event": "DOC-003", "side": "DOC-011", "site": "DOC-011", "plan": "DOC-024"}
OTHERWISE, SAME_NOTE = "DOC-012", "DOC-024"
FAMILY = ("DOC-",)
SAID = "{a}写“{quote_a}”，{b}写“{quote_b}”，疑似{subject}前后不一致；由模型阅读发现，请核对原始记录。"
EARLY_SAID = "{title}写“{quote}”，所写时刻晚于文书写成时间，疑似先写后做；由模型阅读发现，请核对原始记录。"
PLANNED = re.compile(r"拟|计划|预计|将|定于|待|明日|次日|昨|前日")
ONLY_READ = "只由模型阅读得出，没有规则或另一来源印证"
# how a patient came in is written loosely, at several times and by several hands: shown, and no suspicion
ARRIVAL = re.compile(r"步行|步入|走入|轮椅|平车|推入|推床|扶入|搀扶|抬入|担架")
# a form's words for a whole system, beside which a specialist found something
ROUTINE = re.compile(
    r"(?:系统|查体|体检|四肢|脊柱|心肺|腹部|五官|反射|皮肤|淋巴结)[^，。；]{0,8}(?:未见(?:明显)?异常|无(?:明显)?异常|正常|自如)"
)
FOREIGN, FOREIGN_LABEL = "DOC-009", "该文书所写与本患者不符"
FOREIGN_SAID = "{title}所写与本患者不符：{pairs}，疑似写的是另一患者；由模型阅读发现，请核对原始记录。"
LEAST_TRAITS = 2
BEFORE = "before_event"
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:：时]([0-5]\d)(?!\d)")
FOUND, NONE = "found", "none_found"


def _read(stay: Stay, draft: Draft, answer: Differences, prover: Prover) -> Reading:
    claims = Claims(prover)
    statements: list[Statement] = []
    suspicions: list[Suspicion] = []
    for one in answer.differences:
        a = claims.quote(one.a.lines, one.a.quote, "for")
        if a is not None and one.field == BEFORE and not one.b.quote:
            statements += _told_early(stay, one, a)
            suspicions += _early(stay, one, a)
            continue
        b = claims.quote(one.b.lines, one.b.quote, "for")
        if a is None or b is None or not _opposed(one, a, b):
            continue
        label = f"{SUBJECTS[one.field]}前后不一致"
        if one.explained == "yes" or one.same_event != "yes":
            continue
        statements.append(Statement("for", label, (a, b)))
        suspicion = _suspicion(stay, one, a, b)
        if suspicion is not None:
            suspicions.append(suspicion)
    for note in answer.foreign_note:
        proven = _foreign(stay, note, claims)
        if proven is not None:
            document, evidence = proven
            statements.append(Statement("for", FOREIGN_LABEL, evidence))
            suspicions += _of_another(stay, document, evidence)
    verdict = FOUND if statements else CANNOT_TELL if claims.all_lost else NONE
    return Reading(verdict, tuple(statements), answer.injection, tuple(suspicions))


def _told_early(stay: Stay, one: Difference, told: Evidence) -> Iterator[Statement]:
    if one.same_event == "yes" and one.explained != "yes" and _is_early(stay, told) is not None:
        yield Statement("for", f"{SUBJECTS[BEFORE]}前后不一致", (told,))


def _early(stay: Stay, one: Difference, told: Evidence) -> Iterator[Suspicion]:
    """A note that tells of a later hour of the day it was written; compared by us."""
    document = _is_early(stay, told)
    check = CHECKS[BEFORE]
    if document is None or one.same_event != "yes" or one.explained == "yes" or check not in stay.headers:
        return
    if any(told.row == own.row for finding in stay.found_by(check) for own in finding.evidence):
        return
    start = sentence_start(stay.record, document, told)[0]
    message = EARLY_SAID.format(title=_titled(document), quote=told.quote)
    yield Suspicion(check, _clue(message, (told,), (f"{document.document_id}:{start}",)))


def _is_early(stay: Stay, told: Evidence) -> Document | None:
    """The document, where it was written at a known hour before every hour its sentence tells; a plan is none."""
    document = document_named(stay.record, told) if told.kind == "document" else None
    if document is None or document.written_at is None or not document.written_exact:
        return None
    at = sentence_start(stay.record, document, told)[1]
    if at is not None and at.date() != document.written_at.date():
        return None
    clocks = [(int(hour), int(minute)) for hour, minute in _CLOCK.findall(told.quote)]
    written: datetime = document.written_at
    early = bool(clocks) and min(clocks) > (written.hour, written.minute) and not PLANNED.search(told.quote)
    return document if early else None


def _foreign(stay: Stay, note: ForeignNote, claims: Claims) -> tuple[Document, tuple[Evidence, ...]] | None:
    """A note with two traits or more that are not this patient's, each against another document's own words."""
    held: dict[str, dict[str, tuple[Evidence, Evidence]]] = {}
    for one in note.traits:
        told = claims.quote(one.lines, one.quote, "for")
        own = claims.quote(one.other.lines, one.other.quote, "for")
        if told is None or own is None or told.row is None or told.row == own.row:
            continue
        if fold_signs(told.quote) == fold_signs(own.quote) or one.kind == "other":
            continue
        held.setdefault(told.row, {}).setdefault(one.kind, (told, own))
    pairs = max(held.values(), key=len, default={})
    if len(pairs) < LEAST_TRAITS or len({own.quote for _, own in pairs.values()}) < LEAST_TRAITS:
        return None
    first = next(iter(pairs.values()))[0]
    document = document_named(stay.record, first) if first.kind == "document" else None
    return (document, tuple(one for pair in pairs.values() for one in pair)) if document else None


def _of_another(stay: Stay, document: Document, evidence: Sequence[Evidence]) -> Iterator[Suspicion]:
    """One clue for the whole note, unless a rule has spoken of it."""
    known = (one for finding in stay.found_by(*FAMILY) for one in finding.evidence)
    if FOREIGN not in stay.headers or any(one.row == document.document_id for one in known):
        return
    told = zip(evidence[::2], evidence[1::2], strict=True)
    pairs = "；".join(f"写“{here.quote}”，别处写“{there.quote}”" for here, there in told)
    message = FOREIGN_SAID.format(title=_titled(document), pairs=pairs)
    yield Suspicion(FOREIGN, _clue(message, tuple(evidence), ("foreign", document.document_id)))


def _clue(message: str, evidence: tuple[Evidence, ...], place: tuple[str, ...]) -> Problem:
    return Problem(
        message=message,
        evidence=evidence,
        certainty=Certainty.CLUE,
        violation="documentation_defect",
        lowered_by=(ONLY_READ,),
        points_at=("model", *place),
    )


def _agreed(first: Reading, second: Reading) -> Reading:
    """As `agreed_by_label`; the two readings may show one cause by pairs that share a place."""
    together = agreed_by_label(first, second)
    places = [(one.check, set(one.problem.points_at[1:])) for one in second.findings]
    kept = [
        one
        for one in first.findings
        if any(one.check == check and set(one.problem.points_at[1:]) & own for check, own in places)
    ]
    return replace(together, findings=tuple(kept))


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
    if one.field == "finding" and any(ROUTINE.search(evidence.quote) for evidence in (a, b)):
        return None
    places = [_place(stay, evidence) for evidence in (a, b)]
    if any(place is None for place in places):
        return None
    known = [place for place in places if place is not None]
    if _told_by_rule(stay, known):
        return None
    if one.field == BEFORE and _is_early(stay, a) is None and not _happened_later(stay, known[0][0], b):
        return None
    same_note = known[0][0].document_id == known[1][0].document_id
    check = SAME_NOTE if same_note and one.field != BEFORE else CHECKS.get(one.field, OTHERWISE)
    if check not in stay.headers:
        return None
    (first, at), (second, below) = known
    pair = sorted(f"{document.document_id}:{start}" for document, start in ((first, at), (second, below)))
    message = SAID.format(
        a=_titled(first), quote_a=a.quote, b=_titled(second), quote_b=b.quote, subject=SUBJECTS[one.field]
    )
    return Suspicion(check, _clue(message, (a, b), tuple(pair)))


def _happened_later(stay: Stay, note: Document, told: Evidence) -> bool:
    """Whether another document has the event at a known time after the note was written; compared by us."""
    other = document_named(stay.record, told)
    if other is None or other.document_id == note.document_id:
        return False
    if note.written_at is None or not note.written_exact:
        return False
    at = sentence_start(stay.record, other, told)[1]
    return at is not None and at > note.written_at


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
    agree=_agreed,
    default=True,
    place=50,
)
def contradictions(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask where fewer than two documents can be read."""
    documents = list(readable(stay.record))
    if len(documents) > 1:
        pieces, left_out = shown(documents, stay.budget, rank=FIRST)
        yield Draft("record", pieces, left_out=left_out)
