"""J1: which admission criteria the documents of the first 24 hours meet, where the rules could not clear the stay.

Later text is not sent. What the rules found met is not asked again; a threshold is compared by us, on the number that
we read in the proven quote. A criterion met only here clears nothing: it heads what speaks against the suspicion.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from review.checks.admission_window import ADMITTING, Window
from review.checks.criteria import Row, State, judge
from review.checks.header import NotChecked
from review.checks.stay_criteria import Clause, Criterion, criteria_of
from review.facts import OCR_USABLE
from review.judge.answers import AdmissionRead, CriterionRead
from review.judge.models import Draft, Piece, Statement
from review.judge.pieces import EXAMS, ORDERS, table_piece
from review.judge.read_values import reaches
from review.judge.registry import CANNOT_TELL, Prover, Reading, agreed_by_label, question
from review.judge.showing import Claims, ranked, readable, shown, without, written_until
from review.judge.stays import Stay
from review.models import Evidence, Outcome
from review.record import Document

USED_BY = ("ADM-001", "ADM-002", "ADM-003", "ADM-004", "ADM-008")
GROUPS = {"severity": "病情", "intensity": "治疗"}
FIRST = ranked("入院记录", "首次病程", "急诊|门诊", "护理", "查房|病程")
# what only a table or a clock gives
RECKONED = frozenset(
    {
        "operation_within_h",
        "planned_operation_within_h",
        "vital_interval_h",
        "age_years",
        "age_days",
        "months_since_event",
        "hemoglobin_fall_48h",
        "creatinine_ratio_7d",
        "alt_uln",
        "rescue_nebulised_per_day",
        "sessions_per_day",
        "session_minutes",
        "staging_then_treatment_d",
    }
)
OF_LATER = ("出院", "修正", "补充", "确定诊断", "更正")
OVERRIDES = {
    "no_transport": "写明无交通或照护条件",
    "isolation": "写明须隔离",
    "outpatient_failed": "写明门诊治疗无效",
    "referral": "写明转诊",
    "other": "写明其他须住院的情形",
}
COMPARED = frozenset(("<", "<=", ">", ">=", "between"))
SAID_NOT, BELOW = "：病历写明没有", "：所载数值未达到"
MET, NOT_MET, NOT_RECORDED = "met", "not_met", "not_recorded"


@dataclass(frozen=True)
class Asked:
    """One clause of a criterion under the number it is asked by."""

    number: str
    criterion: Criterion
    clause: Clause

    @property
    def label(self) -> str:
        return f"{self.criterion.code} {self.criterion.name}：{self.clause.needs}"


def _open(stay: Stay, group: str) -> list[Asked]:
    """The clauses of a group that the rules did not find met and that a text can answer."""
    try:
        criteria = criteria_of(stay.record).criteria
    except NotChecked:
        return []
    of_group = (
        one
        for one in criteria
        if one.kind == group and one.state is not State.MET and one.mode != "supporting"
    )
    return [
        Asked(f"{criterion.code}.{place}", criterion, clause)
        for criterion in of_group
        for place, clause in enumerate(criterion.clauses, 1)
        if not any(str(row["item"]) in RECKONED for row in clause.rows)
    ]


def _is_open(stay: Stay) -> bool:
    """Whether the need for the stay is in doubt: a rule said so, or none could speak."""
    return bool(stay.found_by(*USED_BY)) or stay.outcome_of("ADM-001") is Outcome.NOT_CHECKED


def _documents(window: Window) -> list[Document]:
    """Those of the window, and sheets without a time of their own that have entries in it."""
    sheets = [one for one in readable(window.record, window.closes) if one.written_at is None]
    nursing = [one for one in sheets if ADMITTING.search(one.kind) and "出院" not in one.kind]
    held = [one for one in window.documents if one.confidence >= OCR_USABLE]
    return list({one.document_id: one for one in (*held, *nursing)}.values())


def _of_window(window: Window, piece: Piece) -> Piece:
    """A piece without what was written or found out later; an admission record may be written late."""
    document = piece.document
    if document is None:
        return piece
    later = [
        sentence.whole
        for sentence in window.record.sentences(document)
        if any(word in (sentence.section or "") for word in OF_LATER)
    ]
    admission = "入院" in document.kind
    return without(written_until(window.record, piece, window.closes, late=admission), later)


def _draft(stay: Stay, window: Window, group: str, asked: Sequence[Asked]) -> Draft | None:
    exams = [one for one in window.record.exams if window.holds(one.registered_at)]
    tables = [table_piece("检查报告（入院前后 24 小时）", exams, EXAMS)]
    if group == "intensity":
        tables.append(table_piece("住院医嘱（入院前后 24 小时）", window.orders, ORDERS))
    pieces, left_out = shown(_documents(window), stay.budget, rank=FIRST, after=tables)
    kept = tuple(one for one in (_of_window(window, piece) for piece in pieces) if one.lines)
    if not any(one.document for one in kept):
        return None
    given = "\n".join(f"{one.number} {one.clause.needs}" for one in asked)
    return Draft(group, kept, {"criteria": given}, left_out)


def _read(stay: Stay, draft: Draft, answer: AdmissionRead, prover: Prover) -> Reading:
    asked = {one.number: one for one in _open(stay, draft.about)}
    window = Window(stay.record)
    claims = Claims(prover)
    told: dict[str, list[CriterionRead]] = {}
    for one in answer.criteria:
        number = one.criterion.split()[0].upper() if one.criterion else ""
        if number in asked and one.verdict in (MET, NOT_MET):
            told.setdefault(number, []).append(one)
    statements = [
        found for number, own in told.items() if (found := _judged(window, asked[number], own, claims))
    ]
    for override in answer.override:
        evidence = claims.quote(override.lines, override.quote, "against")
        if evidence is not None:
            statements.append(Statement("against", OVERRIDES[override.kind], (evidence,)))
    return Reading(_verdict(statements, claims), tuple(statements), answer.injection)


def _judged(window: Window, asked: Asked, told: Sequence[CriterionRead], claims: Claims) -> Statement | None:
    """What the proven quotes about one clause come to; null where they prove nothing."""
    verdicts = {one.verdict for one in told}
    if len(verdicts) > 1:
        return None
    says = "against" if MET in verdicts else "for"
    found = [claims.quote(one.lines, one.quote, says) for one in told]
    proven = tuple(dict.fromkeys(one for one in found if one is not None))
    if not proven:
        return None
    if MET not in verdicts:
        return Statement("for", f"{asked.label}{SAID_NOT}", proven)
    reached = [_reached(window, row, proven) for row in asked.clause.rows]
    if all(reached):
        return Statement("against", asked.label, proven)
    if any(one is False for one in reached):
        return Statement(
            "neutral", f"{asked.label}{BELOW}", tuple(replace(one, says="neutral") for one in proven)
        )
    return None


def _reached(window: Window, row: Row, proven: Sequence[Evidence]) -> bool | None:
    """Whether the quotes, or the rules' own facts, satisfy one row of a clause; null where no number is read."""
    compared = row["op"] in COMPARED
    ill = window.hours_ill
    lasting, recent = row.get("for_days"), row.get("within_days")
    if compared and lasting and (ill is None or ill <= 24 * int(lasting)):
        return None if ill is None else False
    latest = recent if compared else recent or lasting
    if latest and ill is not None and ill > 24 * int(latest):
        return False
    if not compared:
        return True
    if judge(window, [row])[0].state is State.MET:
        return True
    read = [reaches(one.quote, row) for one in proven]
    return True if True in read else False if False in read else None


def _verdict(statements: Sequence[Statement], claims: Claims) -> str:
    sides = {one.says for one in statements}
    if "against" in sides:
        return MET
    if sides:
        return NOT_MET
    return CANNOT_TELL if claims.made else NOT_RECORDED


@question(
    code="J1",
    prompt="admission_criteria",
    title="入院标准",
    answer=AdmissionRead,
    read=_read,
    agree=agreed_by_label,
    default=True,
    place=10,
)
def admission_criteria(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask where the rules found the admission needed, or no set of criteria applies to the patient."""
    if not _is_open(stay):
        return
    window = Window(stay.record)
    for group in GROUPS:
        asked = _open(stay, group)
        draft = _draft(stay, window, group, asked) if asked else None
        if draft is not None:
            yield draft
