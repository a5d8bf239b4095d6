"""J1: which admission criteria the documents of the first 24 hours meet, where the rules could not clear the stay.

Later text is not sent. What the rules found met is not asked again. Asked are values that were measured, each once, and
conditions; which thresholds a value meets is reckoned by us, on the number that we read in the proven quote, and a
criterion of several conditions is put together by us. A criterion met only here clears nothing: it heads what speaks
against the suspicion.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from review.checks.admission_window import ADMITTING, Window
from review.checks.criteria import Row, State, judge
from review.facts import OCR_USABLE
from review.judge.answers import AdmissionRead, CriterionRead, MeasuredRead
from review.judge.criteria_asked import COMPARED, Asked, measured_names, open_clauses, words_asked
from review.judge.models import Draft, Piece, Statement
from review.judge.pieces import EXAMS, ORDERS, table_piece
from review.judge.read_values import plain_item, reaches, value_in
from review.judge.registry import CANNOT_TELL, Prover, Reading, agreed_by_label, question
from review.judge.showing import Claims, ranked, readable, shown, without, written_until
from review.judge.stays import Stay
from review.models import Evidence, Outcome
from review.record import Document

USED_BY = ("ADM-001", "ADM-002", "ADM-003", "ADM-004", "ADM-008")
GROUPS = {"severity": "病情", "intensity": "治疗"}
FIRST = ranked("入院记录", "首次病程", "急诊|门诊", "护理", "查房|病程")
OF_LATER = ("出院", "修正", "补充", "确定诊断", "更正")
OVERRIDES = {
    "no_transport": "写明无交通或照护条件",
    "isolation": "写明须隔离",
    "outpatient_failed": "写明门诊治疗无效",
    "referral": "写明转诊",
    "other": "写明其他须住院的情形",
}
BELOW = "：所载数值没有达到任何一条标准"
MET, NOT_MET, NOT_RECORDED = "met", "not_met", "not_recorded"


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
    return Draft(group, kept, words_asked(asked), left_out)


def _read(stay: Stay, draft: Draft, answer: AdmissionRead, prover: Prover) -> Reading:
    asked = open_clauses(stay, draft.about)
    window = Window(stay.record)
    claims = Claims(prover)
    values = _values(measured_names(asked), answer.measured, claims)
    told = _told(answer.criteria, {number for one in asked for number in one.conditions}, claims)
    statements = [found for one in asked if (found := _met(window, one, values, told))]
    statements += [
        Statement("for", one.denied(row), told[number].evidence)
        for one in asked
        for number, row in one.conditions.items()
        if number in told and not told[number].met
    ]
    statements += _below(asked, values)
    for override in answer.override:
        evidence = claims.quote(override.lines, override.quote, "against")
        if evidence is not None:
            statements.append(Statement("against", OVERRIDES[override.kind], (evidence,)))
    return Reading(_verdict(statements, claims), tuple(statements), answer.injection)


@dataclass(frozen=True)
class Answered:
    """What the proven quotes say of one condition."""

    met: bool
    evidence: tuple[Evidence, ...]


def _values(names: dict[str, Row], told: Iterable[MeasuredRead], claims: Claims) -> dict[str, list[Evidence]]:
    """Proven quotes by the item whose number they give."""
    found: dict[str, list[Evidence]] = {}
    for one in told:
        row = names.get(one.item.strip())
        evidence = claims.quote(one.lines, one.quote, "against") if row else None
        if row is None or evidence is None:
            continue
        item = plain_item(str(row["item"]))
        if value_in(evidence.quote, item, row["unit"]) is not None and evidence not in found.get(item, []):
            found.setdefault(item, []).append(evidence)
    return found


def _told(criteria: Iterable[CriterionRead], known: set[str], claims: Claims) -> dict[str, Answered]:
    """The conditions that proven quotes decide; one said to be met and not met is not among them."""
    sides: dict[str, dict[bool, list[Evidence]]] = {}
    for one in criteria:
        number = _number(one.criterion)
        if number in known and one.verdict in (MET, NOT_MET):
            met = one.verdict == MET
            evidence = claims.quote(one.lines, one.quote, "against" if met else "for")
            if evidence is not None:
                sides.setdefault(number, {}).setdefault(met, []).append(evidence)
    return {
        number: Answered(met, tuple(dict.fromkeys(held)))
        for number, said in sides.items()
        if len(said) == 1
        for met, held in said.items()
    }


def _number(written: str) -> str:
    """A criterion's number as it was asked, however it was copied."""
    first = written.split()[0] if written.split() else ""
    return first[:1].upper() + first[1:].lower()


def _met(
    window: Window, asked: Asked, values: dict[str, list[Evidence]], told: dict[str, Answered]
) -> Statement | None:
    """The clause, where each of its rows is borne out by a proven quote or by what the rules read themselves."""
    numbers = {id(row): number for number, row in asked.conditions.items()}
    evidence: list[Evidence] = []
    for row in asked.clause.rows:
        if row["op"] in COMPARED:
            held = [one for one in values.get(plain_item(str(row["item"])), []) if reaches(one.quote, row)]
        else:
            said = told.get(numbers[id(row)])
            held = list(said.evidence) if said and said.met else []
        if not held and judge(window, [row])[0].state is not State.MET:
            return None
        if held and not _in_time(window, row):
            return None
        evidence += held
    proven = tuple(dict.fromkeys(evidence))
    return Statement("against", asked.label, proven) if proven else None


def _in_time(window: Window, row: Row) -> bool:
    """Whether the complaint lasted as long, or is as recent, as a row asks."""
    compared = row["op"] in COMPARED
    ill = window.hours_ill
    lasting, recent = row.get("for_days"), row.get("within_days")
    if compared and lasting and (ill is None or ill <= 24 * int(lasting)):
        return False
    latest = recent if compared else recent or lasting
    return not (latest and ill is not None and ill > 24 * int(latest))


def _below(asked: Sequence[Asked], values: dict[str, list[Evidence]]) -> Iterator[Statement]:
    """Values that reach none of the thresholds they were asked for."""
    for name, named in measured_names(asked).items():
        item = plain_item(str(named["item"]))
        rows = [row for one in asked for row in one.values if plain_item(str(row["item"])) == item]
        held = values.get(item, [])
        if held and not any(reaches(one.quote, row) for one in held for row in rows):
            yield Statement("neutral", f"{name}{BELOW}", tuple(replace(one, says="neutral") for one in held))


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
        asked = open_clauses(stay, group)
        draft = _draft(stay, window, group, asked) if asked else None
        if draft is not None:
            yield draft
