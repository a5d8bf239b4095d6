"""分派 and 审核设置 of an inspection: who has which case, the second review, and what only the leader sees of it."""

from collections import Counter
from dataclasses import asdict

from review.casework.desk import NO_RIGHT, Call, Desk, Refused, text
from review.casework.drawing import draw_seconds, experts, shared_out, team
from review.casework.pair_figures import agreements, done, pace, planted
from review.casework.pairing import Pairing
from review.casework.results import Line, Results
from review.store.accounts import LEADER, Person
from review.store.pairs import FIRST, SECOND, Rules


def open_pairs(desk: Desk, person: Person, call: Call) -> Line:
    """Who has how many cases and how far each is, the settings, and how far two reviewers agree."""
    _require_leader(person)
    entry = desk.inspection(text(call, "inspection"))
    results = desk.results(entry)
    if results is None:
        return {"people": [], "cases": []}
    draw_seconds(desk, entry)
    pairing = desk.pairing(entry)
    keys = desk.store.case_keys(entry.key, list(results.admissions))
    return {
        "people": [_load(results, pairing, name) for name in _names(desk, pairing)],
        "experts": experts(desk),
        "team": team(desk, entry),
        "unassigned": sum(not pairing.first_of(one) for one in results.admissions),
        "cases": [_case(results, pairing, one, keys[one]) for one in results.admissions],
        "rules": asdict(pairing.rules),
        "disputes": len(pairing.disputes),
        "agreement": agreements(results, pairing),
        "planted": planted(results, pairing, person, desk.store.pairs.known_answers(entry.key), keys),
        "pace": pace(pairing, desk.store.pairs.times(entry.key)),
    }


def assign_auto(desk: Desk, person: Person, call: Call) -> Line:
    """Share out the cases that nobody has, by load, departments together."""
    _require_leader(person)
    entry = desk.inspection(text(call, "inspection"))
    results, names = desk.results(entry), team(desk, entry)
    if not names:
        known = "计划里的专家还没有账户；请管理员在“人员”页添加，或换一份计划。"
        raise Refused(known if experts(desk) else "还没有专家账户；请管理员在“人员”页添加。")
    if results is None:
        raise Refused("还没有审核结果；请等审核完成后再分派。")
    given = shared_out(results, desk.pairing(entry).assigned[FIRST], names)
    desk.store.case_keys(entry.key, list(results.admissions))
    desk.store.pairs.assign(entry.key, FIRST, given, person.name)
    return open_pairs(desk, person, call)


def assign_case(desk: Desk, person: Person, call: Call) -> Line:
    """Give one case to an expert by hand, or take it back with an empty name."""
    _require_leader(person)
    case, who = desk.case(text(call, "case"), person), text(call, "who", 64)
    pairing = desk.pairing(case.inspection)
    if who and who not in experts(desk):
        raise Refused("没有这位专家，或账户已停用；请刷新页面。")
    if who and who == pairing.second_of(case.admission_id):
        raise Refused(f"{who} 是这一例的复审人，不能同时首审；请另选一位。")
    desk.store.pairs.assign(case.inspection.key, FIRST, {case.admission_id: who}, person.name)
    return open_pairs(desk, person, {"inspection": case.inspection.key})


def set_rules(desk: Desk, person: Person, call: Call) -> Line:
    """Change the settings of the second review."""
    _require_leader(person)
    entry = desk.inspection(text(call, "inspection"))
    adjudicator = text(call, "adjudicator", 64)
    if adjudicator and adjudicator not in experts(desk):
        raise Refused("没有这位专家，或账户已停用；请刷新页面。")
    rules = Rules(
        share=int(_number(call, "share", 100, "复审份额须是 0 至 100 的整数。")),
        seed=int(_number(call, "seed", 10**9, "种子须是不超过十位的整数。")),
        percent=_number(call, "percent", 100, "相差的百分比须在 0 至 100 之间。"),
        yuan=_number(call, "yuan", 10**9, "相差的金额不能为负。"),
        hides_model=call.get("hides_model") is True,
        adjudicator=adjudicator,
        reason_required=call.get("reason_required") is True,
    )
    desk.store.pairs.set_rules(entry.key, rules, person.name)
    return open_pairs(desk, person, call)


def plant(desk: Desk, person: Person, call: Call) -> Line:
    """Mark a finding whose answer is known, or take the mark back."""
    _require_leader(person)
    case = desk.case(text(call, "case"), person)
    finding, verdict = text(call, "finding"), text(call, "verdict")
    if desk.finding(case, person, finding) is None or verdict not in ("", "confirm", "reject"):
        raise Refused("没有这项疑点；请刷新页面。")
    desk.store.pairs.plant(case.inspection.key, finding, verdict, person.name)
    return {"ok": True}


def _require_leader(person: Person) -> None:
    if LEADER not in person.roles:
        raise Refused(NO_RIGHT)


def _number(call: Call, name: str, most: float, problem: str) -> float:
    value = call.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise Refused(problem)
    return value


def _names(desk: Desk, pairing: Pairing) -> list[str]:
    held = {*pairing.assigned[FIRST].values(), *pairing.assigned[SECOND].values()}
    return [*experts(desk), *sorted(held - set(experts(desk)))]


def _load(results: Results, pairing: Pairing, name: str) -> Line:
    first = [one for one, who in pairing.assigned[FIRST].items() if who == name and one in results.admissions]
    second = [
        one for one, who in pairing.assigned[SECOND].items() if who == name and one in results.admissions
    ]
    departments = Counter(results.admissions[one]["department"] or "" for one in first)
    return {
        "name": name,
        "departments": [department for department, _ in departments.most_common(3) if department],
        "first": len(first),
        "second": len(second),
        "done": sum(done(results, pairing, one, FIRST) for one in first)
        + sum(done(results, pairing, one, SECOND) for one in second),
    }


def _case(results: Results, pairing: Pairing, admission: str, key: str) -> Line:
    row = results.admissions[admission]
    return {
        "key": key,
        "name": row["person_name"] or "（无姓名）",
        "department": row["discharge_department"] or row["department"] or "",
        "findings": len(results.findings.get(admission, [])),
        "first": pairing.first_of(admission),
        "second": pairing.second_of(admission),
    }


ASSIGNING = (open_pairs, assign_auto, assign_case, set_rules, plant)
