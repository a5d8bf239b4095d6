"""自行提出: what a reviewer marks in the record becomes a finding, with its violation, yuan and clause."""

import secrets
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from review.casework.cases import shown_decision
from review.casework.clauses import open_clause
from review.casework.desk import Call, Case, Desk, Refused, text
from review.casework.drawing import draw_seconds
from review.casework.looking import looked_at
from review.casework.proposing import (
    MOST_EVIDENCE,
    Unproposable,
    basis_line,
    row_evidence,
    sums,
    text_evidence,
    usual_bases,
)
from review.casework.readings import read_tabs
from review.casework.results import Line
from review.casework.sheets import SHEETS
from review.store.accounts import Person
from review.store.entries import Press, Proposal
from review.store.store import now
from review.violations import FAMILY_NAMES, VIOLATIONS

LONGEST_WORDS, SHOWN_WORDS, SEARCHED = 300, 60, 6


def proposing(desk: Desk, person: Person, call: Call) -> Line:
    """What the form offers: the kinds of violation by family, and the stay's total in yuan."""
    case = _case(desk, person, call)
    kinds = [
        {
            "code": one.code,
            "name": one.name,
            "family": FAMILY_NAMES[one.family],
            "counted": one.counted,
            "whole_stay": one.whole_stay,
        }
        for one in VIOLATIONS.values()
    ]
    return {"kinds": kinds, "total": _number(_total(case))}


def offer_bases(desk: Desk, person: Person, call: Call) -> Line:
    """Clauses to rest a finding on: those that answer the words best, or those the violation's own checks rest on."""
    case = _case(desk, person, call)
    words, violation, day = text(call, "words").strip(), text(call, "violation", 40), _admitted(case)
    if words:
        hits = desk.library.search(words, as_of=day, region=case.results.about.get("region"), top=SEARCHED)
        wanted = [(hit.document, hit.passage) for hit in hits]
    else:
        wanted = usual_bases(violation, desk.rules)
    clauses = [open_clause(desk.library, *one, day) for one in dict.fromkeys(wanted)]
    return {"bases": [_offered(clause, words) for clause in clauses if clause["held"]]}


def _offered(clause: Line, words: str) -> Line:
    first, last = clause["span"] or (0, None)  # the item itself where it stands in its article
    said = " ".join(clause["text"][first:last].split())
    return {
        "document": clause["document"],
        "passage": clause["passage"],
        "text": _excerpt(said, words.split()),
        "in_force": clause["in_force"] is not False,
    }


def _excerpt(said: str, words: list[str]) -> str:
    """The beginning of a passage, or where it says what was looked for."""
    places = (said.find(word[n : n + 2]) for word in words for n in range(len(word) - 1))
    found = min((place for place in places if place >= SHOWN_WORDS), default=0)
    start = max(0, found - SHOWN_WORDS // 3)
    shown = said[start : start + SHOWN_WORDS]
    return ("……" if start else "") + shown + ("……" if start + SHOWN_WORDS < len(said) else "")


def propose(desk: Desk, person: Person, call: Call) -> Line:
    """Save a finding of the person's own, with his confirmation of it; answers with its key."""
    case = _case(desk, person, call)
    violation, words = text(call, "violation", 40), text(call, "words", LONGEST_WORDS).strip()
    press = text(call, "press", 64)
    if violation not in VIOLATIONS or not press:
        raise Refused("先选违规类型。")
    if not words:
        raise Refused("写一句说明：看到了什么，与什么不符。")
    try:
        evidence, charge_ids = _marked(case, call)
        basis = basis_line(desk.library, text(call, "document"), text(call, "passage"), _admitted(case))
    except Unproposable as problem:
        raise Refused(str(problem)) from problem
    amount, fund = sums(case.results, case.admission_id, violation, charge_ids, _amount(case, call))
    content = {
        "violation": violation,
        "message": words,
        "amount": _text(amount),
        "fund_amount": _text(fund),
        "charge_ids": charge_ids,
        "evidence": evidence,
        "basis": [basis],
    }
    key, entry = f"own-{secrets.token_hex(8)}", case.inspection.key
    proposal = Proposal(key, press, entry, case.admission_id, content, person.name, now())
    line = desk.store.propose(proposal, Press(press, entry, case.admission_id, key, "confirm", person.name))
    draw_seconds(desk, case.inspection)
    return {"ok": True, "finding": line.finding, "decision": shown_decision(line)}


def _case(desk: Desk, person: Person, call: Call) -> Case:
    case = looked_at(desk, person, call)
    if not person.decides or not case.pairing.decides(person, case.admission_id):
        raise Refused("这一例不由您决定，不能提出疑点；可请组长分派。")
    return case


def _marked(case: Case, call: Call) -> tuple[list[Line], list[str]]:
    """The evidence behind the marks of a call, and the charge lines among them."""
    marks = call.get("marks")
    given = [one for one in marks if isinstance(one, Mapping)] if isinstance(marks, list) else []
    if not given:
        raise Unproposable("先在病历里选中一段文字或几行明细，再按 +。")
    if len(given) > MOST_EVIDENCE:
        raise Unproposable(f"证据至多 {MOST_EVIDENCE} 处；请去掉几处。")
    findings = case.results.findings.get(case.admission_id, [])
    tabs = read_tabs(case.results, case.admission_id, findings)
    texts = [
        text_evidence(
            tabs, text(one, "tab", 16), *(_count(one, name) for name in ("document", "start", "end"))
        )
        for one in given
        if not text(one, "sheet", 16)
    ]
    rows = {(text(one, "sheet", 16), text(one, "row")) for one in given if text(one, "sheet", 16)}
    if any(sheet not in SHEETS for sheet, _ in rows):
        raise Unproposable("没有这张表；请刷新页面后重选。")
    charges = [row for sheet, row in sorted(rows) if sheet == "charges"]
    return [*texts, *row_evidence(case.results, case.admission_id, rows)], charges


def _count(mark: Call, name: str) -> int:
    value = mark.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _amount(case: Case, call: Call) -> Decimal | None:
    given, total = text(call, "amount", 20).strip(), _total(case)
    if not given:
        return None
    try:
        amount = Decimal(given).quantize(Decimal("0.01"))
    except InvalidOperation as problem:
        raise Refused("金额须是数字，至多两位小数；请改正。") from problem
    if not amount.is_finite() or amount < 0:
        raise Refused("金额不能为负；请改正。")
    if total is not None and amount > total:
        raise Refused(f"不能超过本次住院费用 {total:,.2f} 元；请改正。")
    return amount


def _total(case: Case) -> Decimal | None:
    rows = case.results.rows(
        "select total_amount from admissions where admission_id = $id", id=case.admission_id
    )
    total: Decimal | None = rows[0]["total_amount"]
    return total


def _admitted(case: Case) -> date | None:
    rows = case.results.rows(
        "select begins_on from admissions where admission_id = $id", id=case.admission_id
    )
    day: date | None = rows[0]["begins_on"]
    return day


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


PROPOSING = (proposing, offer_bases, propose)
