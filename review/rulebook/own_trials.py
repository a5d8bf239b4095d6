"""An analyst's own rule files on the page: seen validated, their cases run, tried on an inspection, then adopted.

The files lie in the folder `rules` under the workbench's home; each has its cases beside it, same name, `.yaml`.
"""

from review.casework.desk import Call, Desk, Refused, text
from review.casework.results import Line
from review.check_cases.runs import CaseRun, cases_of, lacking, run_cases
from review.check_cases.warehouse import CaseError
from review.own_rules import FOLDER, OwnRule, is_adopted, own_rules
from review.pipeline import clauses_of
from review.rulebook.changes import require_right, results_of, why_said
from review.rulebook.rulebook import describe
from review.rulebook.trials import trial_line, try_check
from review.settled import ADOPTED, Settled
from review.store.accounts import Person


def open_own(desk: Desk, person: Person, call: Call) -> Line:
    """Every file of the folder: the check it makes, or what is wrong with it and where."""
    settled = desk.store.rulings.settled(text(call, "inspection", 32))
    return {
        "folder": str(desk.home / FOLDER),
        "rules": [
            {
                "file": rule.file.name,
                "problem": rule.problem,
                "adopted": is_adopted(rule, settled),
                "changed": _changed(rule, settled),
                "check": describe(rule.check) if rule.check else None,
                "unknown_basis": _unknown_basis(desk, rule),
                "cases": _case_count(rule),
            }
            for rule in own_rules(desk.home)
        ],
    }


def run_own_cases(desk: Desk, person: Person, call: Call) -> Line:
    """The cases beside a file, each run; and what they do not show yet."""
    rule = _rule(desk, call)
    runs, missing = _runs(rule)
    return {"cases": [run.__dict__ for run in runs], "lacking": missing}


def try_own(desk: Desk, person: Person, call: Call) -> Line:
    """What a file's check would say of the open inspection; nothing of it is kept."""
    rule = _rule(desk, call)
    assert rule.check is not None
    return trial_line(try_check(rule.check, results_of(desk, call), clauses_of(desk.library)))


def adopt_own(desk: Desk, person: Person, call: Call) -> Line:
    """Let a file count as it now stands, from the next review on, or no longer."""
    require_right(person)
    rule = _rule(desk, call)
    assert rule.check is not None
    adopt = call.get("adopt") is True
    if adopt:
        runs, missing = _runs(rule)
        wrong = [run.name for run in runs if run.problem]
        if wrong or missing:
            said = [
                f"例子“{wrong[0]}”没有通过" if wrong else "",
                f"还缺{'、'.join(missing)}" if missing else "",
            ]
            raise Refused(f"{rule.file.name}：{'；'.join(filter(None, said))}；补好后再启用。")
    place = "" if call.get("everywhere") is True else desk.inspection(text(call, "inspection", 32)).key
    code, value = rule.check.header.code, rule.sha256 if adopt else None
    desk.store.rulings.change(place, code, ADOPTED, value, why_said(call), person.name)
    return {"ok": True}


def _rule(desk: Desk, call: Call) -> OwnRule:
    name = text(call, "file", 200)
    for rule in own_rules(desk.home):
        if rule.file.name == name:
            if rule.check is None:
                raise Refused(rule.problem)
            return rule
    raise Refused("文件夹里没有这份规则文件；请刷新页面。")


def _runs(rule: OwnRule) -> tuple[list[CaseRun], list[str]]:
    assert rule.check is not None
    try:
        cases = cases_of(rule.check, rule.file.with_suffix(".yaml"))
        return list(run_cases(rule.check, cases)), lacking(rule.check, cases)
    except CaseError as problem:
        raise Refused(str(problem)) from problem


def _case_count(rule: OwnRule) -> int:
    if rule.check is None:
        return 0
    try:
        return len(cases_of(rule.check, rule.file.with_suffix(".yaml")))
    except CaseError:  # told when the cases are run
        return 0


def _changed(rule: OwnRule, settled: Settled) -> bool:
    """Whether the file was adopted and has been changed since."""
    change = settled.change(rule.check.header.code, ADOPTED) if rule.check else None
    return change is not None and change.value != rule.sha256


def _unknown_basis(desk: Desk, rule: OwnRule) -> list[str]:
    """The clauses that the library does not hold: a reader could not open them."""
    if rule.check is None:
        return []
    references = [reference.partition("#") for reference in rule.check.header.basis]
    return [
        f"{name} {place}"
        for name, _, place in references
        if desk.library.clause(name, place, on=None) is None
    ]
