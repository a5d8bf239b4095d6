"""The views beside a case: two documents or two revisions next to each other, the map of likeness, the vitals plot."""

from dataclasses import asdict

from review.casework.comparable import REPORTS, VERSIONS, comparable, documents_of, reports_of
from review.casework.comparison import compare
from review.casework.desk import Call, Case, Desk, Refused, source_file, text
from review.casework.likeness_map import likeness_map
from review.casework.looking import looked_at
from review.casework.readings import read_tabs
from review.casework.reports_compared import compare_reports
from review.casework.results import Line
from review.casework.versions_compared import compare_versions, versions_told
from review.casework.vitals_plot import vitals_plot
from review.store.accounts import LEADER, Person

GONE = "这两份文书已不在本次审核结果里；请刷新页面。"
NOTHING = "这一项没有可并排对照的两份文书。"


def open_comparison(desk: Desk, person: Person, call: Call) -> Line:
    """Two documents beside each other: those of a finding, of a pair of the map, or any two by name."""
    case = looked_at(desk, person, call)
    shown = _compared(desk, person, case, call)
    desk.store.write_trail(person.name, "compare", case.inspection.key, case.key)
    return shown


def _compared(desk: Desk, person: Person, case: Case, call: Call) -> Line:
    here, there = text(call, "here", 400), text(call, "there", 400)
    whole = _whole_names(person)
    if not (here and there):
        finding = desk.finding(case, person, text(call, "finding"))
        if finding is None:
            raise Refused("这一项疑点已不在本次审核结果里；请刷新页面。")
        kind = comparable(finding)
        if kind == VERSIONS:
            return {"versions": asdict(versions_told(case.results, finding))}
        if kind == REPORTS:
            reports = reports_of(case.results, finding)
            if reports is None:
                raise Refused(GONE)
            return asdict(compare_reports(case.results, case.admission_id, reports, whole))
        pair = documents_of(finding, read_tabs(case.results, case.admission_id, [finding])) if kind else None
        if pair is None:
            raise Refused(NOTHING)
        here, there = pair
    shown = compare(case.results, case.admission_id, here, there, whole)
    if shown is None:
        raise Refused(GONE)
    return asdict(shown)


def open_versions(desk: Desk, person: Person, call: Call) -> Line:
    """One page of a PDF in each of its revisions, as text and as picture."""
    case = looked_at(desk, person, call)
    finding = desk.finding(case, person, text(call, "finding"))
    if finding is None or comparable(finding) != VERSIONS:
        raise Refused(NOTHING)
    told = versions_told(case.results, finding)
    page = call.get("page")
    number = page if isinstance(page, int) and 0 < page < 10_000 else told.pages[0]
    return asdict(compare_versions(source_file(case, told.source), number))


def open_map(desk: Desk, person: Person, call: Call) -> Line:
    """All pairs of the inspection that a case is of."""
    case = looked_at(desk, person, call)
    keys = desk.store.case_keys(case.inspection.key, list(case.results.admissions))
    return asdict(likeness_map(case.results, keys, _whole_names(person)))


def open_plot(desk: Desk, person: Person, call: Call) -> Line:
    """The vital signs of a case over time."""
    case = looked_at(desk, person, call)
    shown = asdict(vitals_plot(case.results, case.admission_id))
    other = shown["others"]
    keys = desk.store.case_keys(case.inspection.key, [other]) if other in case.results.admissions else {}
    return shown | {"others": keys.get(other, "")}


def _whole_names(person: Person) -> bool:
    """Who leads the inspection, or looks at the demonstration, sees names; others the surname and a number's end."""
    return person.demo or LEADER in person.roles


COMPARING = (open_comparison, open_versions, open_map, open_plot)
