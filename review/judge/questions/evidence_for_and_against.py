"""J2: what the record holds for and against each suspicion that a rule raised, the defence asked as hard as the charge.

The ways to overturn a suspicion are those of the check's own header, numbered; a model chooses among them and says
nothing of certainty, amount or outcome. All suspicions of a stay go into as few requests as fit.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from review.judge.answers import Weighed, Weighing
from review.judge.cited import MOST_ROWS, cited_pieces
from review.judge.models import Draft, Piece, Statement
from review.judge.pieces import (
    ANESTHESIA,
    EXAMS,
    LABS,
    OPERATIONS,
    ORDERS,
    Row,
    finding_piece,
    row_place,
    table_piece,
)
from review.judge.registry import CANNOT_TELL, Prover, Reading, merged, question
from review.judge.showing import Claims, in_reading_order, readable, shown
from review.judge.stays import Stay
from review.models import Finding
from review.record import Document, Lab, Order

Place = tuple[str, str]  # the file of a row, and its number there
AT_ONCE = 5  # suspicions of one request
LETTERS = "ABCDE"
MOST_QUOTES = 4  # of one side
CLEARS, BACKS, BOTH, NONE = "clears", "backs", "both", "none_found"
STRONG, WEAK = "（原文直接写明）", "（原文只是有关）"
AGAINST_ALL = "支持疑点的记载"
_SUM = re.compile(r"\d[\d,.]*\s*元(?:[/／每][一-鿿]{1,2})?")
# what only prices, counts, settlements or the practice of a whole hospital could show: no line of a record says it
_NOT_OF_A_RECORD = re.compile(
    r"例数|人数不足|不足以|可比|退费|已退|退药|折价|不高于|限价|价格|库存|拆零|加收|自付|基金|目录|四舍五入|优惠|重新结算"
    r"|分次结账|全院|本院|该科该日|波动之内|另行报告|名单|口径|资料时间|项目太少|过于简略|定价上限|当地没有|限定中途"
    r"|没有该限[定制]|同科室相当|导出|重复的同一行|已公布的限定"
)
_WORD = re.compile(r"[一-鿿A-Za-z0-9]{2,}")


def _choices(stay: Stay, finding: Finding) -> tuple[str, ...]:
    """The ways to overturn a finding, in our own words: what a line of a record could say, nothing still to be got."""
    header = stay.headers.get(finding.check)
    told = header.exceptions if header else ()
    return tuple(one if "写" in one else f"写明：{one}" for one in told if not _NOT_OF_A_RECORD.search(one))


def _asked(stay: Stay) -> list[Finding]:
    return [one for one in stay.findings if one.origin == "rule" and _choices(stay, one)]


def _given(stay: Stay, findings: Sequence[Finding]) -> str:
    rows = []
    for letter, finding in zip(LETTERS, findings, strict=False):
        header = stay.headers[finding.check]
        numbered = " ".join(f"{letter}{n} {one}" for n, one in enumerate(_choices(stay, finding), 1))
        rows.append(f"疑点 {letter}（{header.title}）：{numbered}")
    return "\n".join(rows)


def _suspicion(letter: str, finding: Finding, shown_rows: Collection[str]) -> Piece:
    """What the rule said, without a sum: how much is at issue says nothing of whether it is so."""
    told = replace(finding, message=_SUM.sub("（金额略）", finding.message), overturned_by=(), amount=None)
    piece = finding_piece(told, shown_rows)
    return replace(piece, title=f"疑点 {letter}：{finding.title}")


def _tables(stay: Stay, findings: Sequence[Finding], held: Collection[Place]) -> Iterator[Piece]:
    """Rows that could clear and are not `held` yet: reports and operations, what was ordered and tested under the names
    at issue."""
    record = stay.record
    if any(one.check.startswith(("CHG", "ADM")) for one in findings):
        yield table_piece("检查报告", _besides(held, record.exams), EXAMS, MOST_ROWS)
        operations = [row for row in record.operations if row.origin == "hospital"]
        yield table_piece("手术登记", _besides(held, operations), OPERATIONS, MOST_ROWS)
        yield table_piece("麻醉登记", _besides(held, record.anesthesia), ANESTHESIA, MOST_ROWS)
    wanted = _names(stay, findings)
    yield table_piece("住院医嘱", _besides(held, _orders(record.orders, wanted)), ORDERS, MOST_ROWS)
    yield table_piece("化验报告", _besides(held, _labs(record.labs, wanted)), LABS, MOST_ROWS)


def _besides(held: Collection[Place], rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row_place(row) not in held]


def _names(stay: Stay, findings: Sequence[Finding]) -> set[str]:
    """The names at issue, two characters at a time."""
    ids = {charge_id for one in findings for charge_id in one.charge_ids}
    names = " ".join(one.item_name or "" for one in stay.record.charges if one.charge_id in ids)
    return {word[at : at + 3] for word in _WORD.findall(names) for at in range(max(1, len(word) - 2))}


def _orders(orders: Sequence[Order], wanted: set[str]) -> list[Order]:
    return [one for one in orders if any(part in (one.order_name or "") for part in wanted)]


def _labs(labs: Sequence[Lab], wanted: set[str]) -> list[Lab]:
    named = (f"{one.panel or ''} {one.analyte or ''}" for one in labs)
    return [
        one for one, name in zip(labs, named, strict=True) if any(part in name for part in wanted)
    ]  # fmt: skip


def _draft(stay: Stay, findings: Sequence[Finding]) -> Draft:
    cited = {evidence.row for one in findings for evidence in one.evidence if evidence.kind == "document"}

    def rank(document: Document) -> int:
        return in_reading_order(document) + 2 * (document.document_id not in cited)

    behind = list(cited_pieces(stay, findings))
    places = {(str(line.source), str(line.row)) for piece in behind for line in piece.lines if line.row}
    rows = {line.row for piece in behind for line in piece.lines if line.row}
    rows |= {piece.document.document_id for piece in behind if piece.document}
    held = rows | {one.document_id for one in readable(stay.record)}
    suspicions = [_suspicion(letter, one, held) for letter, one in zip(LETTERS, findings, strict=False)]
    pieces, left_out = shown(
        readable(stay.record),
        stay.budget,
        rank=rank,
        before=[*suspicions, *behind],
        after=tuple(_tables(stay, findings, places)),
    )
    about = "+".join(one.id for one in findings)
    return Draft(about, pieces, {"choices": _given(stay, findings)}, left_out)


def _read(stay: Stay, draft: Draft, answer: Weighing, prover: Prover) -> Reading:
    by_id = {one.id: one for one in stay.findings}
    asked = [by_id[one] for one in draft.about.split("+") if one in by_id]
    told: dict[str, list[Weighed]] = {}
    for one in answer.findings:
        told.setdefault(one.finding.strip("疑点 ").upper()[:1], []).append(one)
    apart = {
        finding.id: _weighed(letter, _choices(stay, finding), told.get(letter, []), prover)
        for letter, finding in zip(LETTERS, asked, strict=False)
    }
    return Reading("read", injection=answer.injection, apart=apart)


def _weighed(letter: str, choices: Sequence[str], told: Sequence[Weighed], prover: Prover) -> Reading:
    claims = Claims(prover)
    statements = []
    numbered = {f"{letter}{n}": choice for n, choice in enumerate(choices, 1)}
    for one in told:
        opposed = {line for claim in one.backs for line in claim.lines}
        for support in one.clears[:MOST_QUOTES]:
            choice = numbered.get(_number(letter, support.exception))
            if choice is None:
                continue
            found = claims.quote(support.lines, support.quote, "against")
            if found is not None:
                strong = support.strength == "strong" and not opposed & set(support.lines)
                strength = STRONG if strong else WEAK
                statements.append(Statement("against", f"{choice}{strength}", (found,)))
        for claim in one.backs[:MOST_QUOTES]:
            found = claims.quote(claim.lines, claim.quote, "for")
            if found is not None:
                statements.append(Statement("for", AGAINST_ALL, (found,)))
    kept = merged(statements, ())
    if not told or (not kept and claims.made):
        return Reading(CANNOT_TELL)
    return Reading(_verdict(kept), kept)


def _number(letter: str, written: str) -> str:
    """A choice however it is written: A3, 3, “A3 改日已做”."""
    digits = re.search(r"\d+", written)
    other = re.match(r"\s*([A-E])", written.upper())
    return f"{other[1] if other else letter}{int(digits[0])}" if digits else ""


def _verdict(statements: Sequence[Statement]) -> str:
    sides = {one.says for one in statements}
    if len(sides) > 1:
        return BOTH
    return CLEARS if "against" in sides else BACKS if sides else NONE


def _agree(first: Reading, second: Reading) -> Reading:
    """Suspicion by suspicion: a way to overturn it stands where both readings name it; strong only if both say so."""
    abouts = dict.fromkeys((*first.apart, *second.apart))
    return Reading(
        "read",
        injection=first.injection or second.injection,
        apart={about: _both(first.apart, second.apart, about) for about in abouts},
    )


def _both(first: Mapping[str, Reading], second: Mapping[str, Reading], about: str) -> Reading:
    one, other = (side.get(about, Reading(CANNOT_TELL)) for side in (first, second))
    named, named_too = _bare(one), _bare(other)
    kept = named & named_too
    weak = {_label(s)[1] for s in (*one.statements, *other.statements) if s.label.endswith(WEAK)}
    together = merged(
        [_settled(s, weak) for s in one.statements if not kept or _label(s) in kept],
        [_settled(s, weak) for s in other.statements if not kept or _label(s) in kept],
    )
    if kept:
        return Reading(_verdict(together), together)
    # what only one reading quoted is in the record all the same, and is shown beside the suspicion as undecided
    same = one.verdict == other.verdict and not together
    return Reading(one.verdict if same else CANNOT_TELL, together)


def _bare(reading: Reading) -> set[tuple[str, str]]:
    return {_label(one) for one in reading.statements}


def _label(statement: Statement) -> tuple[str, str]:
    return statement.says, statement.label.removesuffix(STRONG).removesuffix(WEAK)


def _settled(statement: Statement, weak: set[str]) -> Statement:
    label = _label(statement)[1]
    if statement.says != "against":
        return statement
    return replace(statement, label=label + (WEAK if label in weak else STRONG))


@question(
    code="J2",
    prompt="evidence_for_and_against",
    title="有利与不利的记载",
    answer=Weighing,
    read=_read,
    agree=_agree,
    default=True,
    place=20,
)
def evidence_for_and_against(stay: Stay) -> Iterator[Draft]:
    """Nothing to ask where no rule found anything."""
    findings = _asked(stay)
    for begin in range(0, len(findings), AT_ONCE):
        yield _draft(stay, findings[begin : begin + AT_ONCE])
