"""Who gets which case: the leader's first reviewers by load and department, second reviewers by the shown seed.

A second reviewer is never who made the first call, nor whose case it is.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from review.casework.desk import Desk
from review.casework.pairing import Pairing, drawn
from review.casework.results import Results
from review.store.accounts import EXPERT
from review.store.entries import InspectionEntry
from review.store.life import CLOSED
from review.store.pairs import FIRST, SECOND

SYSTEM = "系统"
PLANNED_EXPERT = "专家"  # the role in a plan


def experts(desk: Desk) -> list[str]:
    """The experts in use, in the order of their accounts."""
    return [user.name for user in desk.store.people.all() if user.active and EXPERT in user.roles]


def team(desk: Desk, entry: InspectionEntry) -> list[str]:
    """Who may be given cases unasked: the experts that the inspection's plan names, all of them where it names none.

    A plan's experts were matched with recusal; another one of the workbench may be of the inspected hospital.
    """
    known = experts(desk)
    plan = desk.store.plans.current(entry.key)
    members = json.loads(plan.content)["team"] if plan else []
    named = {one["name"] for one in members if one["role"] == PLANNED_EXPERT}
    return [name for name in known if name in named] if named else known


def shared_out(results: Results, given: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Who gets each admission that nobody has yet: departments and stays of one person kept together, loads even."""
    load = Counter({name: 0 for name in names})
    load.update(who for who in given.values() if who in load)
    homes: dict[str, Counter[str]] = {}
    people: dict[str, str] = {}
    for admission, who in given.items():
        if who in load and admission in results.admissions:
            homes.setdefault(_department(results, admission), Counter())[who] += 1
            people[_person(results, admission)] = who
    rest = [one for one in results.admissions if one not in given]
    fair = -(-len(results.admissions) // max(len(names), 1))
    made: dict[str, str] = {}
    for admission in sorted(rest, key=lambda one: (_department(results, one), _person(results, one), one)):
        home = homes.setdefault(_department(results, admission), Counter())
        who = people.get(_person(results, admission)) or min(
            names, key=lambda name: (load[name] >= fair, -home[name], load[name], names.index(name))
        )
        made[admission] = people[_person(results, admission)] = who
        load[who] += 1
        home[who] += 1
    return made


def draw_seconds(desk: Desk, entry: InspectionEntry) -> int:
    """Give each drawn case whose first review is done to a second reviewer; returns how many were given."""
    results = desk.results(entry)
    if entry.standing in CLOSED:
        return 0
    if results is None or not _due(desk.pairing(entry), results):
        return 0
    with desk.drawing:
        return _draw(desk, entry, results)


def _due(pairing: Pairing, results: Results) -> list[str]:
    """The admissions whose first review is done and who have no second reviewer yet: those drawn, and those in which
    an expert found something himself."""
    with_own = {
        one for one, lines in results.findings.items() if any(line["id"] in results.own for line in lines)
    }
    if not pairing.rules.share and not with_own:
        return []
    with_findings = [one for one in results.admissions if results.findings.get(one)]
    return [
        admission
        for admission in sorted(with_own | drawn(with_findings, pairing.rules))
        if not pairing.second_of(admission) and _first_done(pairing, results, admission)
    ]


def _draw(desk: Desk, entry: InspectionEntry, results: Results) -> int:
    pairing, names = desk.pairing(entry), team(desk, entry)
    load = Counter(pairing.assigned[SECOND].values())
    given: dict[str, str] = {}
    for admission in _due(pairing, results):
        barred = {line.who for line in pairing.lines if line.admission_id == admission}
        barred.add(pairing.first_of(admission))
        free = [name for name in names if name not in barred]
        if free:
            given[admission] = min(free, key=lambda name: (load[name], names.index(name)))
            load[given[admission]] += 1
    if given:
        desk.store.pairs.assign(entry.key, SECOND, given, SYSTEM)
    return len(given)


def _first_done(pairing: Pairing, results: Results, admission: str) -> bool:
    calls = pairing.calls(FIRST)
    return all(line["id"] in calls for line in results.findings.get(admission, []))


def _department(results: Results, admission: str) -> str:
    row = results.admissions[admission]
    return str(row["discharge_department"] or row["department"] or "")


def _person(results: Results, admission: str) -> str:
    return str(results.admissions[admission]["person_id"] or admission)
