"""The papers of an inspection: who may have which, what state each is in, and putting one together.

A state is a line of the audit trail and holds for the decisions it was given on: another decision, and it is a draft.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from review.casework.desk import Desk, Refused
from review.casework.results import Results
from review.errors import InputError
from review.procedure.terms import terms
from review.reports.attached import with_files
from review.reports.catalogue import KINDS, Kind, make
from review.reports.dossier import Dossier, open_dossier
from review.reports.hearing_sheets import with_hearing
from review.reports.hiding import masks
from review.reports.letter_values import values_of
from review.reports.letters import filled, letters, own_template
from review.reports.own_notes import of_expert
from review.reports.paper import DRAFT, Paper
from review.reports.word_back import read_back
from review.store.accounts import LEADER, Person
from review.store.entries import Decision, InspectionEntry, standing

SETTLED, SIGNED = "已定", "已签收"
STATES = {DRAFT: "reopen_paper", SETTLED: "settle_paper", SIGNED: "sign_paper"}
NO_REVIEW = "这个检查还没有审核结果；请先在“检查”页审核。"
OWN_ONLY = "专家只有自己的审核记录；其他文书请组长生成。"


class Undecided(Refused):
    """Findings are still open; the question is for the leader to answer."""

    def __init__(self, count: int) -> None:
        super().__init__(f"还有 {count} 项待定，生成草稿还是先审完？")
        self.count = count


@dataclass(frozen=True)
class State:
    """草稿, 已定 or 已签收, with who and when; `outdated` where decisions changed after it was given."""

    state: str = DRAFT
    who: str = ""
    at: datetime | None = None
    outdated: bool = False


@dataclass(frozen=True)
class Order:
    """What is asked for: a kind of paper of an inspection, of one stay where `case` is given, masked or not."""

    inspection: str
    kind: str
    case: str = ""
    masked: bool = False


def leads(person: Person) -> bool:
    return LEADER in person.roles


def kinds_for(person: Person) -> list[Kind]:
    """The papers a person may have: a leader all, an expert his own notes."""
    return [kind for kind in KINDS.values() if leads(person) or kind.own]


def states(desk: Desk, entry: InspectionEntry) -> dict[str, State]:
    """The state of each kind of paper, as the last line of the trail on it says."""
    held = content(entry, desk.standing(entry))
    found: dict[str, State] = {}
    given = {act: state for state, act in STATES.items()}
    for line in desk.store.trail.newest_of_each(entry.key, given):
        state, same = given[line.act], line.after.endswith(held)
        if state == DRAFT or same:
            found[line.subject] = State(state, line.who, line.at)
        else:
            found[line.subject] = State(DRAFT, line.who, line.at, outdated=True)
    return found


def content(entry: InspectionEntry, decisions: dict[str, Decision]) -> str:
    """What a state is given on, as 16 hexadecimal digits: the review and every decision that stands."""
    held = ((finding, x.seq, x.verdict, x.amount, x.who) for finding, x in decisions.items())
    told = [entry.run, sorted(held, key=lambda one: one[0])]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def change_state(desk: Desk, person: Person, entry: InspectionEntry, key: str, state: str) -> None:
    """Settle a paper, note that it was signed for, or take that back; nothing is settled while findings are open."""
    kind = KINDS.get(key)
    if kind is None or kind.own or state not in STATES:
        raise Refused("没有这种文书；请刷新页面。")
    if not leads(person):
        raise Refused("文书由组长定稿。")
    held, before = desk.standing(entry), states(desk, entry).get(key, State())
    if state == SETTLED and not kind.early and (count := undecided(_results(desk, entry), held)):
        raise Undecided(count)
    if state == SIGNED and before.state != SETTLED:
        raise Refused("先定稿，再记签收。")
    if state != before.state:
        after = f"{state} {content(entry, held)}"
        desk.store.write_trail(person.name, STATES[state], entry.key, key, before=before.state, after=after)


def undecided(results: Results, decisions: dict[str, Decision]) -> int:
    """Findings of the last review without a decision."""
    lines = (line for found in results.findings.values() for line in found)
    return sum(line["id"] not in decisions for line in lines)


def put_together(desk: Desk, person: Person, order: Order, made_at: datetime) -> tuple[Paper, Kind]:
    """A paper as a person may have it; a draft unless it was settled on the decisions that stand."""
    kind = KINDS.get(order.kind)
    if kind is None:
        raise Refused("没有这种文书；请刷新页面。")
    if kind not in kinds_for(person):
        raise Refused(OWN_ONLY)
    entry = desk.inspection(order.inspection)
    if kind.own and not leads(person):
        return make(kind, _own(desk, person, entry), made_at, draft=False), kind
    dossier = _dossier(desk, person, entry, order, kind)
    state = states(desk, entry).get(kind.key, State()).state
    made = make(kind, dossier, made_at, draft=state == DRAFT and not kind.own)
    if kind.key not in letters() or not (kind.letter or own_template(kind.key, desk.home)):
        return made, kind
    try:
        values = values_of(dossier, terms(desk.home), made_at, draft=made.draft)
        content = filled(kind.key, desk.home, values, made_at)
    except InputError as problem:
        raise Refused(str(problem)) from problem
    if not kind.letter:
        return replace(made, word=content), kind
    shown_above = {kind.title, f"（{DRAFT}）{kind.title}", made.subtitle}
    blocks = read_back(content, frozenset("".join(text.split()) for text in shown_above))
    return replace(made, word=content, blocks=blocks), kind


def _dossier(desk: Desk, person: Person, entry: InspectionEntry, order: Order, kind: Kind) -> Dossier:
    results = _results(desk, entry)
    only = None
    if kind.of_stay and order.case:
        case = desk.case(order.case, person)
        if case.inspection.key != entry.key:
            raise Refused("这份病例不在这个检查里；请刷新页面。")
        only = {case.admission_id}
    hides = masks(results) if order.masked and kind.leaves else None
    held = desk.standing_for(entry, person)
    whole = open_dossier(entry, results, held, desk.rules, hides=hides, only=only)
    calls = desk.pairing(entry).holding_for(person)
    return with_files(desk, person, entry, with_hearing(desk, entry, whole, calls, hides))


def _own(desk: Desk, person: Person, entry: InspectionEntry) -> Dossier:
    """What one person called, whether or not it holds; nothing of what anybody else called."""
    calls = standing([line for line in desk.store.decisions(entry.key) if line.who == person.name])
    only = {line.admission_id for line in calls.values()}
    whole = open_dossier(entry, _results(desk, entry), calls, desk.rules, only=only)
    return of_expert(whole, person.name)


def _results(desk: Desk, entry: InspectionEntry) -> Results:
    results = desk.results(entry)
    if results is None:
        raise Refused(NO_REVIEW)
    return results
