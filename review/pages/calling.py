"""Calls on findings: a reviewer's own, blind to the other's until it is made, and the ruling where two differ."""

from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from random import Random

from review.casework.attachments import detach, files_of
from review.casework.cases import open_case as case_of
from review.casework.cases import ordered, shown_decision
from review.casework.desk import Call, Case, Desk, Refused, text, texts
from review.casework.drawing import draw_seconds
from review.casework.pairing import LEADS, Pairing, difference, shuffled, visible
from review.casework.results import Line
from review.casework.stating import hearing_line
from review.store.accounts import LEADER, Person
from review.store.entries import UNDO, VERDICTS, Decision, InspectionEntry, Press
from review.store.pairs import FIRST, SECOND, Adjudication
from review.store.store import AlreadyRuled, now
from review.violations import VIOLATIONS

LONGEST_NOTE, LONGEST_REASON, LONGEST_TIME = 500, 500, 3600.0
RULED = "已裁定，不能撤销，可申请复议。"
HEARD = "机构陈述后已复核，原来的决定不再改动；要改，请在“机构陈述”里再次复核。"
GONE = "这一项疑点已不在本次审核结果里；请刷新页面。"


def case_for(desk: Desk, person: Person, case: Case) -> Line:
    """A case as one person may see it: nothing of another's call before his own, the model's share when it is due."""
    pairing, admission = case.pairing, case.admission_id
    part, calls = pairing.part(person, admission), pairing.seen_by(person, admission)
    found, read_of = visible(case.results, admission, calls, hides=pairing.rules.hides_model)
    findings = shuffled(found, admission, pairing.rules) if part == SECOND else ordered(found)
    shown = case_of(case.results, admission, calls, desk.rules, findings, read_of)
    files, holding, heard = (
        files_of(desk, person, case),
        pairing.holding_for(person),
        desk.heard(case.inspection),
    )
    for line in shown["findings"]:
        line |= beside(pairing, person, line["id"]) | {"files": files.get(line["id"], [])}
        key = line["id"]
        line["hearing"] = hearing_line(person, case, line, holding.get(key), heard.get(key))
    if LEADER in person.roles and part == LEADS:
        known = desk.store.pairs.known_answers(case.inspection.key)
        for line in shown["findings"]:
            line["known"] = known.get(line["id"], "")
    told = {"key": case.key, "part": part, "blind": part == SECOND, "model_waits": read_of is not None}
    return shown | told | {"may_decide": bool(pairing.decides(person, admission))}


def beside(pairing: Pairing, person: Person, finding: str) -> Line:
    """What stands beside a finding for one person: the other's call, the difference, the ruling."""
    pair, ruling = pairing.pairs.get(finding), pairing.rulings.get(finding)
    other = pairing.other_call(person, finding)
    shown: Line = {"other": shown_decision(other), "dispute": None, "ruling": None}
    if finding in pairing.disputes and pair and pairing.knows(person, finding):
        sides = [(FIRST, pair[0]), (SECOND, pair[1])]
        Random(f"{finding}:{person.name}").shuffle(sides)
        shown["dispute"] = {
            "calls": [{"side": side, **(shown_decision(made) or {})} for side, made in sides],
            "differs": difference(*pair, pairing.rules, pairing.amounts.get(finding)),
            "may_rule": pairing.may_rule(person, finding),
        }
    if ruling:
        shown["ruling"] = (
            asdict(ruling) | {"at": ruling.at.isoformat() + "Z"} | _mine(pairing, person, ruling)
        )
    return shown


def _mine(pairing: Pairing, person: Person, ruling: Adjudication) -> Line:
    """A person's own call that was ruled on, and whether it was kept."""
    own = next(
        (x for x in pairing.lines if x.seq in (ruling.first, ruling.second) and x.who == person.name), None
    )
    if own is None:
        return {"mine": None, "kept": None}
    amount = pairing.amounts.get(ruling.finding)
    kept = not difference(own, ruling.as_decision(), pairing.rules, amount)
    return {"mine": shown_decision(own), "kept": kept}


def decide(desk: Desk, person: Person, call: Call) -> Line:
    """Write one press; answers with what stands now, which differs where another window was quicker."""
    if not person.decides:
        raise Refused("您的角色只能查看，不能作决定。")
    case = desk.case(text(call, "case"), person)
    pairing = case.pairing
    if not pairing.decides(person, case.admission_id):
        raise Refused(f"这一例已分派给 {pairing.first_of(case.admission_id)}；请先改派，或在“分歧”里裁定。")
    verdict, finding = text(call, "verdict"), text(call, "finding")
    if verdict not in VERDICTS or not text(call, "press"):
        raise Refused("没有这种决定；请刷新页面。")
    known = desk.finding(case, person, finding)
    again = desk.taken_back(case, person, finding) if known is None and finding else None
    known = known or again
    if (known is None) != (verdict == "seen"):
        raise Refused(GONE)
    if finding in pairing.rulings:
        raise Refused(RULED)
    reasons = texts(call, "reasons")
    if known and pairing.rules.reason_required and verdict == "confirm" and not reasons:
        raise Refused("组长要求确认也写理由；请按 R 写理由后再确认。")
    press = Press(
        press=text(call, "press", 64),
        inspection=case.inspection.key,
        admission_id=case.admission_id,
        finding="" if known is None else finding,
        verdict=verdict,
        who=person.name,
        reasons=reasons,
        note=text(call, "note", LONGEST_NOTE),
        amount=_amount(call, case) if known is not None else None,
    )
    before = pairing.seen_by(person, case.admission_id)
    stands = before.get(finding or f"case:{case.admission_id}")
    if stands is not None and stands.press != press.press and call.get("known") != stands.seq:
        return {"conflict": shown_decision(stands)}
    try:
        line = desk.store.append(press, spent=_time_spent(call))
    except AlreadyRuled:  # reconsidered, or the ruling came after the check above
        raise Refused(_closed_by(desk, case.inspection, finding)) from None
    draw_seconds(desk, case.inspection)
    after = desk.pairing(case.inspection)
    told = _revealed(after, person, case, finding, len(before))
    return {"ok": True, "decision": shown_decision(line)} | told | ({"reopen": True} if again else {})


def _closed_by(desk: Desk, entry: InspectionEntry, finding: str) -> str:
    return RULED if finding in desk.pairing(entry).rulings else HEARD


def _revealed(pairing: Pairing, person: Person, case: Case, finding: str, known: int) -> Line:
    """What a call lets its maker see: the other's on the same finding, and what of the model has waited for it."""
    calls = pairing.seen_by(person, case.admission_id)
    hides = pairing.rules.hides_model
    return {
        "beside": beside(pairing, person, finding) if finding else None,
        "reopen": hides and len(calls) > known and case.results.model is not None,
    }


def _time_spent(call: Call) -> float | None:
    spent = call.get("spent")
    if isinstance(spent, bool) or not isinstance(spent, int | float) or not 0 <= spent <= LONGEST_TIME:
        return None
    return float(spent)


def undo(desk: Desk, person: Person, call: Call) -> Line:
    """Take back one's own last decision in the inspection, whatever case it was in."""
    entry = desk.inspection(text(call, "inspection"))
    pairing, press = desk.pairing(entry), text(call, "press", 64)
    taken_back = {line.undoes for line in pairing.lines}
    own = [x for x in pairing.lines if x.who == person.name and x.verdict != UNDO and x.seq not in taken_back]
    if own and own[-1].finding in pairing.rulings and all(line.press != press for line in pairing.lines):
        raise Refused(RULED)
    try:
        undone = desk.store.undo_last(press, entry.key, person.name)
    except AlreadyRuled:  # reconsidered, or the ruling came after the check above
        raise Refused(_closed_by(desk, entry, own[-1].finding if own else "")) from None
    if undone is None:
        return {"ok": True, "undone": None}
    _, last = undone
    keys = desk.store.case_keys(entry.key, [last.admission_id])
    after = desk.pairing(entry).seen_by(person, last.admission_id)
    stands = after.get(last.finding or f"case:{last.admission_id}")
    return {
        "ok": True,
        "undone": shown_decision(last),
        "case": keys[last.admission_id],
        "finding": last.finding,
        "stands": shown_decision(stands),
        "withdrawn": _is_withdrawn(desk, entry, last),
    }


def _is_withdrawn(desk: Desk, entry: InspectionEntry, last: Decision) -> bool:
    """Whether an undo took a finding of the person's own away with the call on it."""
    results = desk.results(entry)
    own = any(one.key == last.finding for one in desk.store.proposals.of(entry.key))
    return own and (results is None or results.finding(last.admission_id, last.finding) is None)


def adjudicate(desk: Desk, person: Person, call: Call) -> Line:
    """Rule between two calls; a reason is required, and there is no way back."""
    case = desk.case(text(call, "case"), person)
    pairing, finding = case.pairing, text(call, "finding")
    choice, reason = text(call, "choice"), text(call, "reason", LONGEST_REASON).strip()
    held = pairing.rulings.get(finding)
    if held and held.press != text(call, "press", 64):
        raise Refused(RULED)
    if held is None:
        if not pairing.may_rule(person, finding):
            raise Refused("只有组长或指定的专家可以裁定，且不能裁定自己定过的疑点。")
        if not reason:
            raise Refused("裁定须写理由；请写一句。")
        first, second = pairing.disputes[finding]
        chosen = {"first": (first.verdict, first.amount), "second": (second.verdict, second.amount)}
        verdict, amount = chosen.get(choice) or (text(call, "verdict"), _amount(call, case))
        if choice not in (*chosen, "other") or verdict not in ("confirm", "reject", "ask"):
            raise Refused("没有这种裁定；请刷新页面。")
        if not text(call, "press", 64):
            raise Refused("没有这种裁定；请刷新页面。")
        ruling = Adjudication(
            text(call, "press", 64), case.inspection.key, case.admission_id, finding, choice, verdict, amount,
            reason, first.seq, second.seq, person.name, now(),
        )  # fmt: skip
        desk.store.pairs.adjudicate(ruling, case.key)
    after = desk.pairing(case.inspection)
    stands = after.seen_by(person, case.admission_id).get(finding)
    return {"ok": True, "decision": shown_decision(stands), "beside": beside(after, person, finding)}


def open_rulings(desk: Desk, person: Person, call: Call) -> Line:
    """我的改判: a person's own calls that were ruled on, kept and changed, with the reasons."""
    entry = desk.inspection(text(call, "inspection"))
    pairing, results = desk.pairing(entry), desk.results(entry)
    if results is None:
        return {"rulings": [], "kept": 0, "changed": 0}
    keys = desk.store.case_keys(entry.key, list(results.admissions))
    shown = []
    for ruling in sorted(pairing.rulings.values(), key=lambda one: one.at, reverse=True):
        told = _mine(pairing, person, ruling)
        known = results.finding(ruling.admission_id, ruling.finding)
        if told["mine"] is None or known is None:
            continue
        shown.append(
            {
                "case": keys[ruling.admission_id],
                "finding": ruling.finding,
                "name": results.admissions[ruling.admission_id]["person_name"] or "（无姓名）",
                "title": f"疑似{VIOLATIONS[known['violation']].name}",
                "verdict": ruling.verdict,
                "amount": ruling.amount,
                "reason": ruling.reason,
                "who": ruling.who,
                "at": ruling.at.isoformat() + "Z",
                **told,
            }
        )
    kept = sum(bool(one["kept"]) for one in shown)
    return {"rulings": shown, "kept": kept, "changed": len(shown) - kept}


def _amount(call: Call, case: Case) -> str | None:
    """A changed amount: two decimals, from zero to the stay's total."""
    given = text(call, "amount", 20)
    if not given:
        return None
    total = case.results.rows(
        "select total_amount from admissions where admission_id = $id", id=case.admission_id
    )
    limit = total[0]["total_amount"]
    try:
        amount = Decimal(given).quantize(Decimal("0.01"))
    except InvalidOperation as problem:
        raise Refused("金额须是数字，至多两位小数；请改正。") from problem
    if not amount.is_finite() or amount < 0 or (limit is not None and amount > limit):
        raise Refused(
            f"不能超过本次住院费用 {limit:,.2f} 元；请改正。" if limit is not None else "金额不能为负。"
        )
    return f"{amount:.2f}"


def take_file_back(desk: Desk, person: Person, call: Call) -> Line:
    """Take back a file that one attached."""
    return detach(desk, person, desk.case(text(call, "case"), person), text(call, "key", 32))


CALLING = (decide, undo, adjudicate, open_rulings, take_file_back)
