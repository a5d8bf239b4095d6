"""机构陈述: what the institution says beside a finding, what becomes of it, and the list of all that were confirmed."""

from review.casework.desk import Call, Case, Desk, Refused, text
from review.casework.hearing import ACCEPTED, LONGEST_SAID, UNANSWERED, WAITING, Heard
from review.casework.looking import looked_at
from review.casework.results import Line
from review.casework.stating import LONGEST_REASON, hearing_line, reconsider, state_by_hand
from review.reports.answers_taken import asked_of
from review.reports.shelf import OWN_ONLY, leads
from review.store.accounts import Person
from review.store.entries import OUTCOMES, STANCES
from review.violations import VIOLATIONS

GONE = "这一项疑点已不在本次审核结果里；请刷新页面。"


def save_statement(desk: Desk, person: Person, call: Call) -> Line:
    """What the institution says of a finding, entered by the leader."""
    case, finding = _finding(desk, person, call)
    state_by_hand(
        desk,
        person,
        case,
        finding,
        text(call, "stance", 16),
        text(call, "said", LONGEST_SAID),
        text(call, "admitted", 24),
    )
    return {"ok": True, "hearing": _shown(desk, person, case, finding)}


def save_reconsideration(desk: Desk, person: Person, call: Call) -> Line:
    """What becomes of a finding; answers with what stands, which differs where another window was quicker."""
    case, finding = _finding(desk, person, call)
    known = call.get("known")
    saved = reconsider(
        desk,
        person,
        case,
        finding,
        text(call, "press", 64),
        text(call, "outcome", 16),
        text(call, "amount", 24),
        text(call, "reason", LONGEST_REASON),
        known if isinstance(known, int) else 0,
    )
    shown = _shown(desk, person, case, finding)
    return {"ok": True, "hearing": shown} if saved else {"conflict": True, "hearing": shown}


def reload_hearing(desk: Desk, person: Person, call: Call) -> Line:
    """What was heard of a finding, as it stands now."""
    return {"hearing": _shown(desk, person, *_finding(desk, person, call))}


def _finding(desk: Desk, person: Person, call: Call) -> tuple[Case, Line]:
    case = looked_at(desk, person, call)
    found = desk.finding(case, person, text(call, "finding"))
    if found is None:
        raise Refused(GONE)
    return case, found


def _shown(desk: Desk, person: Person, case: Case, finding: Line) -> Line | None:
    holding = desk.pairing(case.inspection).holding_for(person)
    heard = desk.heard(case.inspection).get(finding["id"])
    return hearing_line(person, case, finding, holding.get(finding["id"]), heard)


def open_hearing(desk: Desk, person: Person, call: Call) -> Line:
    """Every confirmed finding of an inspection with what the institution says and what became of it; for the leader."""
    if not leads(person):
        raise Refused(OWN_ONLY)
    entry = desk.inspection(text(call, "inspection"))
    results, heard = desk.results(entry), desk.heard(entry)
    asked = asked_of(desk, entry)
    if results is None:
        return {"rows": [], "tally": []}
    keys = desk.store.case_keys(entry.key, list(results.admissions))
    rows = []
    for number, (admission, row) in enumerate(results.admissions.items(), start=1):
        for line in results.findings.get(admission, ()):
            if line["id"] not in asked:
                continue
            held, amount = heard.get(line["id"], Heard()), asked[line["id"]][1]
            newest = held.statements[-1] if held.statements else None
            rows.append(
                {
                    "case": keys[admission],
                    "finding": line["id"],
                    "label": f"{number}. {row['person_name'] or '（无姓名）'}",
                    "title": f"疑似{VIOLATIONS[line['violation']].name}",
                    "amount": None if amount is None else str(amount),
                    "state": held.state,
                    "stance": STANCES[newest.stance] if newest else "",
                    "said": newest.said[:120] if newest else "",
                    "files": len(held.files),
                    "after": held.outcome.amount if held.outcome else None,
                }
            )
    order = {state: place for place, state in enumerate((WAITING, UNANSWERED, *OUTCOMES.values(), ACCEPTED))}
    rows.sort(key=lambda one: order[one["state"]])
    tally = [{"state": state, "count": sum(row["state"] == state for row in rows)} for state in order]
    return {"rows": rows, "tally": [one for one in tally if one["count"]]}


HEARING = (save_statement, save_reconsideration, reload_hearing)
