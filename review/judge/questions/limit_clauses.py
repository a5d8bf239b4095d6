"""J4: whether the record supports a clause of the limit that a drug or treatment was charged beyond.

The clauses are rows of our tables under the item at issue. Clauses of one item are alternatives; a threshold is
compared by us. Whether the fund should have paid is not asked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from review.checks.admission.diagnosis_unsupported import COMPARED
from review.checks.criteria import rows_in_force
from review.checks.stay_criteria import SIGNS
from review.judge.answers import ClauseRead, ClausesRead
from review.judge.models import Draft, Statement
from review.judge.pieces import DIAGNOSES, LABS, table_piece
from review.judge.plain_words import plain_words
from review.judge.read_values import value_behind
from review.judge.registry import CANNOT_TELL, Prover, Reading, agreed_by_label, question
from review.judge.showing import Claims, ranked, readable, shown
from review.judge.stays import Stay
from review.models import Evidence, Finding

Row = Mapping[str, Any]
USED_BY = ("CHG-023", "CHG-031")
TABLES = {"CHG-023": ("drug_indication_limits",), "CHG-031": ("treatment_rules", "item_scope_limits")}
FIRST = ranked("首次病程|入院记录", "会诊|查房|病程|抢救", "手术|麻醉|术", "出院|死亡", "护理")
ONE_RULE = "CHG-031"  # its findings are of one row; those of a drug limit are of all its clauses
# the columns that say what a row without a text of its own asks for
MEANT = ("needs_regex", "indication_regex", "diag_regex")
_OF_US = re.compile(r"（序号[^）]*）|，(?:适应症为我们整理|词由我们放宽)")
LETTERS, MOST_CLAUSES, MOST_ROWS = "ABCDE", 8, 20
SUPPORTED, NOT_SUPPORTED = "supported", "not_supported"


def _clauses(stay: Stay, finding: Finding) -> list[Row]:
    """The rows that govern the items of a finding, in force when the stay began."""
    inspection = stay.record.inspection
    keys = {one.item_key for one in stay.record.charges if one.charge_id in finding.charge_ids}
    found: list[Row] = []
    for table in TABLES[finding.check]:
        codes = inspection.row_codes(table)
        named = {str(code["row_id"]) for key in keys for code in codes.get(key, ())}
        rows = [row for row in inspection.knowledge(table) if str(row["row_id"]) in named]
        found += rows_in_force(rows, stay.record.admission.begins_at.date())
    if finding.check == ONE_RULE:
        cited = {one.passage for one in finding.basis}
        found = [row for row in found if str(row["source_passage"]) in cited] or found
    return sorted(found, key=lambda row: (int(row.get("clause_no") or 0), str(row["row_id"])))[:MOST_CLAUSES]


def _words(row: Row) -> str:
    """A clause in the words of its row."""
    text = str(row.get("text") or _OF_US.sub("", str(row["source_passage"])))
    test, meant = _test(row), next((str(row[one]) for one in MEANT if row.get(one)), "")
    kinds = plain_words(meant) if meant and not row.get("text") else ()
    held = [*([test] if test else []), *([f"如{'、'.join(kinds)}"] if kinds else [])]
    return f"{text}（{'；'.join(held)}）" if held else text


def _test(row: Row) -> str:
    """The laboratory test of a row in words; nothing where its text says it already."""
    if not row.get("lab_item") or row.get("lab_value") is None or row.get("lab_op") not in SIGNS:
        return ""
    bound = f"{float(row['lab_value']):g}"
    if bound in re.findall(r"\d+(?:\.\d+)?", str(row.get("text") or "")):
        return ""
    names = "、".join(plain_words(str(row["lab_item"])))
    return f"{names} {SIGNS[str(row['lab_op'])]} {bound} {row['lab_unit'] or ''}".strip()


def _named(rows: Sequence[Row]) -> str:
    """The drug or treatment at issue, as our tables name it."""
    return "、".join(dict.fromkeys(name for row in rows if (name := row.get("generic") or row.get("name"))))


def _asked(stay: Stay) -> list[tuple[str, Finding, list[Row]]]:
    governed = [(one, _clauses(stay, one)) for one in stay.found_by(*USED_BY)]
    return [
        (letter, finding, rows)
        for letter, (finding, rows) in zip(LETTERS, [one for one in governed if one[1]], strict=False)
    ]


def _read(stay: Stay, draft: Draft, answer: ClausesRead, prover: Prover) -> Reading:
    told: dict[str, list[ClauseRead]] = {}
    for one in answer.clauses:
        number = re.search(r"[A-E]\d+", f"{one.clause} {one.finding}{one.clause}".upper())
        if number:
            told.setdefault(number[0], []).append(one)
    apart = {finding.id: _weighed(letter, rows, told, prover) for letter, finding, rows in _asked(stay)}
    return Reading("read", injection=answer.injection, apart=apart)


def _weighed(
    letter: str, rows: Sequence[Row], told: Mapping[str, Sequence[ClauseRead]], prover: Prover
) -> Reading:
    claims = Claims(prover)
    statements: list[Statement] = []
    for place, row in enumerate(rows, 1):
        own = told.get(f"{letter}{place}", ())
        verdicts = {one.supported for one in own} - {CANNOT_TELL}
        if len(verdicts) != 1:
            continue
        says, meant = ("against", "病历有支持的记载") if "yes" in verdicts else ("for", "病历写明不符合")
        found = [claims.quote(one.lines, one.quote, says) for one in own if one.supported in verdicts]
        proven = tuple(dict.fromkeys(one for one in found if one is not None))
        if proven and (says == "for" or _reached(row, proven)):
            statements.append(Statement(says, f"{_words(row)}：{meant}", proven))
    sides = {one.says for one in statements}
    verdict = SUPPORTED if "against" in sides else NOT_SUPPORTED if sides else CANNOT_TELL
    return Reading(verdict, tuple(statements))


def _reached(row: Row, proven: Sequence[Evidence]) -> bool:
    """Whether a clause with a laboratory threshold has a quoted value that reaches it; other clauses need the quote."""
    if not row.get("lab_item") or row.get("lab_value") is None or row.get("lab_op") not in COMPARED:
        return True
    bound, op = float(row["lab_value"]), str(row["lab_op"])
    values = (value_behind(str(row["lab_item"]), one.quote, row["lab_unit"]) for one in proven)
    return any(value is not None and bool(COMPARED[op](value, bound)) for value in values)


@question(
    code="J4",
    prompt="limit_clauses",
    title="限定条件的依据",
    answer=ClausesRead,
    read=_read,
    agree=agreed_by_label,
    default=True,
    place=70,
)
def limit_clauses(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask without a finding on a limit, or where no row of ours words the limit."""
    asked = _asked(stay)
    if not asked:
        return
    given = "\n".join(
        f"疑点 {letter}（{_named(rows)}）："
        + " ".join(f"{letter}{n} {_words(row)}" for n, row in enumerate(rows, 1))
        for letter, _, rows in asked
    )
    patterns = [
        re.compile(str(row["lab_item"])) for _, _, rows in asked for row in rows if row.get("lab_item")
    ]
    labs = [one for one in stay.record.labs if any(p.search(one.analyte or "") for p in patterns)]
    tables = (
        table_piece("结算清单诊断", stay.record.diagnoses, DIAGNOSES),
        table_piece("化验报告", labs, LABS, MOST_ROWS),
    )
    pieces, left_out = shown(readable(stay.record), stay.budget, rank=FIRST, after=tables)
    if any(piece.document for piece in pieces):
        yield Draft("limits", pieces, {"clauses": given}, left_out)
