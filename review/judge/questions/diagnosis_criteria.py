"""J6: whether the record holds the objective criteria of a diagnosis that decides the payment group.

The criteria are rows of `dx_rules`; a value is compared by us. A result that contradicts a diagnosis, with none that
supports it, becomes a clue; a record that is silent accuses nobody.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.checks.admission.diagnosis_unsupported import COMPARED, SUSPECTED
from review.checks.stay_criteria import SIGNS
from review.judge.answers import DiagnosesRead, SupportRead
from review.judge.models import Draft, Statement
from review.judge.pieces import EXAMS, LABS, VITALS, table_piece
from review.judge.plain_words import plain_words
from review.judge.read_values import value_behind
from review.judge.registry import CANNOT_TELL, Prover, Reading, Suspicion, agreed_by_label, question
from review.judge.showing import Claims, document_named, ranked, readable, sentence_start, shown
from review.judge.stays import Stay
from review.models import Evidence, Problem
from review.record import Diagnosis, Lab
from review.violations import Certainty

Row = Mapping[str, Any]
FIRST = ranked("首次病程|入院记录", "查房|病程|会诊|抢救", "出院|死亡", "护理")
KINDS = {"lab": "化验", "exam": "检查", "vital": "体征"}
MOST_DIAGNOSES, MOST_ROWS = 4, 30
LETTERS = "ABCD"
CHECK = "ADM-009"
SAID = "结算诊断“{diagnosis}”，病历写“{quote}”，未见支持它的结果，疑似诊断依据不足；由模型阅读发现，请核对原始报告。"
ONLY_READ = "只由模型阅读得出，没有规则或另一来源印证"
SUPPORTED, CONTRADICTED, NOT_RECORDED = "supported", "contradicted", "not_recorded"


@dataclass(frozen=True)
class Asked:
    """One diagnosis of the settlement list with the rows that say what it should rest on."""

    letter: str
    condition: str
    diagnosis: Diagnosis
    rows: tuple[Row, ...]

    def numbered(self) -> Mapping[str, Row]:
        return {f"{self.letter}{n}": row for n, row in enumerate(self.rows, 1)}


def _asked(stay: Stay) -> list[Asked]:
    rules: dict[str, list[Row]] = {}
    for row in stay.record.rows("dx_rules"):
        if row["support"] in KINDS:
            rules.setdefault(str(row["condition"]), []).append(row)
    found: dict[str, tuple[Diagnosis, list[Row]]] = {}
    for diagnosis in stay.record.diagnoses:
        for condition, rows in rules.items():
            if condition not in found and _about(diagnosis, rows[0]):
                found[condition] = (diagnosis, rows)
    return [
        Asked(letter, condition, diagnosis, tuple(rows))
        for letter, (condition, (diagnosis, rows)) in zip(LETTERS, list(found.items()), strict=False)
    ]


def _about(diagnosis: Diagnosis, row: Row) -> bool:
    name, exempt = diagnosis.diagnosis_name or "", row["name_exempt"]
    if SUSPECTED.search(name) or (exempt and re.search(str(exempt), name)):
        return False
    return diagnosis.diagnosis_code.startswith(tuple(str(row["icd_prefix"]).split("|")))


def _given(asked: Sequence[Asked]) -> str:
    return "\n".join(
        f"诊断 {one.letter}：{one.condition}"
        + "".join(f"\n{number} {_told(row)}" for number, row in one.numbered().items())
        for one in asked
    )


def _told(row: Row) -> str:
    """A row as a criterion: which results count, and what they must show."""
    words = plain_words(str(row["needs_any"])) or (str(row["condition"]),)
    if row["support"] == "exam":
        return f"检查：名称或部位含{'、'.join(f'“{word}”' for word in words)}之一，结果支持"
    named = words[0] + (f"（或{'、'.join(words[1:])}）" if words[1:] else "")
    bound = f" {SIGNS[row['op']]} {float(row['value']):g}" if row["value"] is not None and row["op"] else ""
    return f"{KINDS[row['support']]}：{named}{bound or '，结果支持'}"


def _labs(stay: Stay, asked: Sequence[Asked]) -> list[Lab]:
    patterns = [_pattern(row) for one in asked for row in one.rows]
    return [lab for lab in stay.record.labs if any(one.search(lab.analyte or "") for one in patterns)]


def _pattern(row: Row) -> re.Pattern[str]:
    return re.compile(str(row["needs_any"]), re.I)


def _read(stay: Stay, draft: Draft, answer: DiagnosesRead, prover: Prover) -> Reading:
    asked = _asked(stay)
    told: dict[str, list[SupportRead]] = {}
    for one in answer.criteria:
        number = re.search(r"[A-D]\d+", one.criterion.upper()) or re.search(
            r"[A-D]\d+", f"{one.diagnosis}{one.criterion}".upper().replace(" ", "")
        )
        if number:
            told.setdefault(number[0], []).append(one)
    apart = {one.condition: _weighed(stay, one, told, prover) for one in asked}
    findings = tuple(suspicion for one in apart.values() for suspicion in one.findings)
    return Reading("read", injection=answer.injection, findings=findings, apart=apart)


def _weighed(stay: Stay, asked: Asked, told: Mapping[str, Sequence[SupportRead]], prover: Prover) -> Reading:
    claims = Claims(prover)
    statements = []
    for number, row in asked.numbered().items():
        for one in told.get(number, ()):
            if one.verdict not in ("met", "not_met"):
                continue
            says = "against" if one.verdict == "met" else "for"
            found = claims.quote(one.lines, one.quote, says)
            if found is None or not _names_it(stay, row, found):
                continue
            if one.verdict == "met" and _holds(stay, row, found) is not True:
                continue
            meant = "有相应结果" if one.verdict == "met" else "结果不支持"
            statements.append(Statement(says, f"{asked.condition}，{_told(row)}：{meant}", (found,)))
    sides = {one.says for one in statements}
    if not statements:
        return Reading(CANNOT_TELL if claims.made else NOT_RECORDED)
    if "against" in sides:
        return Reading(SUPPORTED, tuple(statements))
    return Reading(CONTRADICTED, tuple(statements), findings=tuple(_suspicion(stay, asked, statements)))


def _holds(stay: Stay, row: Row, evidence: Evidence) -> bool | None:
    """Whether the quote is of a thing the row names and, where the row has a bound, gives a value within it."""
    names = str(row["needs_any"])
    if row["value"] is None:
        return True
    value: float | None
    if evidence.kind == "table":
        lab = _lab_of(stay, evidence)
        named = lab is not None and _pattern(row).search(lab.analyte or "")
        value = float(lab.value) if lab is not None and lab.value is not None and named else None
    else:
        value = value_behind(names.replace("^", "").replace("$", ""), evidence.quote)
    return None if value is None else bool(COMPARED[str(row["op"])](value, float(row["value"])))


def _names_it(stay: Stay, row: Row, evidence: Evidence) -> bool:
    """Whether the quote is of the very test the row names: in its sentence, or in the row of the table."""
    pattern = _pattern(row)
    document = document_named(stay.record, evidence) if evidence.kind == "document" else None
    if document is not None:
        start = sentence_start(stay.record, document, evidence)[0]
        near = next((one.bare for one in stay.record.sentences(document) if one.whole[0] == start), "")
        return pattern.search(f"{near}\n{evidence.quote}") is not None
    lab, place = _lab_of(stay, evidence), f"{evidence.source}#{evidence.row}"
    exams = (
        f"{one.exam_name} {one.body_part} {one.method}"
        for one in stay.record.exams
        if one.fact_id.endswith(place)
    )
    return any(pattern.search(name) for name in (*exams, *([lab.analyte or ""] if lab else [])))


def _lab_of(stay: Stay, evidence: Evidence) -> Lab | None:
    place = f"{evidence.source}#{evidence.row}"
    return next((one for one in stay.record.labs if one.fact_id.endswith(place)), None)


def _suspicion(stay: Stay, asked: Asked, statements: Sequence[Statement]) -> Iterator[Suspicion]:
    """A clue, unless the rule has spoken of this stay's diagnoses already or its results meet a row."""
    if stay.found_by(CHECK) or _met_by_table(stay, asked):
        return
    contrary = [evidence for one in statements for evidence in one.evidence]
    message = SAID.format(diagnosis=asked.diagnosis.diagnosis_name, quote=contrary[0].quote)
    documents = {evidence.row for evidence in contrary if document_named(stay.record, evidence)}
    problem = Problem(
        message=message,
        evidence=tuple(dict.fromkeys(contrary)),
        certainty=Certainty.PROBABLE if len(documents) > 1 else Certainty.CLUE,
        lowered_by=() if len(documents) > 1 else (ONLY_READ,),
        points_at=("model", asked.condition),
    )
    yield Suspicion(CHECK, problem)


def _met_by_table(stay: Stay, asked: Asked) -> bool:
    """Whether a laboratory value reaches a bound of the diagnosis, whatever the notes say."""
    return any(
        row["value"] is not None
        and row["support"] == "lab"
        and lab.value is not None
        and _pattern(row).search(lab.analyte or "")
        and COMPARED[str(row["op"])](lab.value, row["value"])
        for row in asked.rows
        for lab in stay.record.labs
    )


@question(
    code="J6",
    prompt="diagnosis_criteria",
    title="诊断的客观依据",
    answer=DiagnosesRead,
    read=_read,
    agree=agreed_by_label,
    default=True,
    place=60,
)
def diagnosis_criteria(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask where no diagnosis of the settlement list has criteria in `dx_rules`."""
    asked = _asked(stay)[:MOST_DIAGNOSES]
    if not asked:
        return
    tables = [table_piece("检查报告", stay.record.exams, EXAMS, MOST_ROWS),
              table_piece("化验报告", _labs(stay, asked), LABS, MOST_ROWS)]  # fmt: skip
    if any(row["support"] == "vital" for one in asked for row in one.rows):
        tables.append(table_piece("护理体征", stay.record.vitals, VITALS, MOST_ROWS))
    pieces, left_out = shown(readable(stay.record), stay.budget, rank=FIRST, after=tables)
    if pieces:
        yield Draft("diagnoses", pieces, {"criteria": _given(asked)}, left_out)
