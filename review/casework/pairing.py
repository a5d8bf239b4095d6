"""First and second calls on the findings of an inspection: who may see what, where two differ, and what holds.

Neither of two reviewers is told of the other's call before his own. Nothing here asks who may do what but `sees`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from random import Random

from review.casework.results import EXPERT, Line, Results
from review.store.accounts import LEADER, VIEWER, Person
from review.store.entries import UNDO, Decision, standing
from review.store.pairs import FIRST, SECOND, Adjudication, Rules

Calls = dict[str, Decision]
LEADS, RULES = "leads", "rules"
RULE = "rule"  # the origin of what a check found


@dataclass(frozen=True)
class Pairing:
    """An inspection's assignments, calls and rulings as they stand."""

    inspection: str
    rules: Rules
    assigned: Mapping[str, Mapping[str, str]]
    lines: Sequence[Decision]
    rulings: Mapping[str, Adjudication]
    amounts: Mapping[str, float | None]  # of the findings themselves
    own: frozenset[str] = frozenset()  # findings that one of the two proposed

    def second_of(self, admission: str) -> str:
        return self.assigned[SECOND].get(admission, "")

    def first_of(self, admission: str) -> str:
        return self.assigned[FIRST].get(admission, "")

    def calls(self, part: str) -> Calls:
        """The calls of one part, by finding."""
        return self._calls[part]

    @cached_property
    def _calls(self) -> dict[str, Calls]:
        sides: dict[str, list[Decision]] = {FIRST: [], SECOND: []}
        for line in self.lines:
            sides[SECOND if line.who == self.second_of(line.admission_id) else FIRST].append(line)
        return {part: standing(lines) for part, lines in sides.items()}

    @cached_property
    def _of_case(self) -> dict[str, dict[str, Calls]]:
        """The calls of each part by admission: a queue asks for those of one case after another."""
        grouped: dict[str, dict[str, Calls]] = {FIRST: {}, SECOND: {}}
        for part, calls in self._calls.items():
            for key, made in calls.items():
                grouped[part].setdefault(made.admission_id, {})[key] = made
        return grouped

    def part(self, person: Person, admission: str) -> str:
        """`second`, `first`, `leads` (sees all), `rules` on a difference, or nothing: the case is not the person's."""
        if person.name == self.second_of(admission):
            return SECOND
        if person.name == self.first_of(admission):
            return FIRST
        if person.demo or LEADER in person.roles or VIEWER in person.roles:
            return LEADS
        return RULES if person.name == self.rules.adjudicator and self._disputed(admission) else ""

    def _disputed(self, admission: str) -> bool:
        return admission in self._disputed_admissions

    @cached_property
    def _disputed_admissions(self) -> frozenset[str]:
        return frozenset(first.admission_id for first, _ in self.disputes.values())

    def decides(self, person: Person, admission: str) -> str:
        """The part a person calls in; a leader's only where a case is nobody's. Empty: he may not."""
        part = self.part(person, admission)
        if part == LEADS and person.decides and not self.first_of(admission):
            return FIRST
        return part if part in (FIRST, SECOND) and person.decides else ""

    @cached_property
    def pairs(self) -> dict[str, tuple[Decision, Decision]]:
        """Findings that both have called, as the calls stand now."""
        first, second = self.calls(FIRST), self.calls(SECOND)
        return {key: (first[key], call) for key, call in second.items() if key in first and call.finding}

    def blind_pairs(self) -> dict[str, tuple[Decision, Decision]]:
        """Findings that both have called, as the calls stood when the later one was made: neither knew the other."""
        undone: set[int] = set()
        now: tuple[Calls, Calls] = ({}, {})
        found: dict[str, tuple[Decision, Decision]] = {}
        for line in self.lines:
            side = now[line.who == self.second_of(line.admission_id)]
            if line.verdict == UNDO:
                undone.add(line.undoes or 0)
                if line.finding in side and side[line.finding].seq in undone:
                    del side[line.finding]
            elif line.finding:
                side[line.finding] = line
            # what one of the two found himself was never called blind
            if line.finding in now[0] and line.finding in now[1] and line.finding not in self.own:
                found.setdefault(line.finding, (now[0][line.finding], now[1][line.finding]))
        return found

    @cached_property
    def disputes(self) -> dict[str, tuple[Decision, Decision]]:
        """Findings on which the two differ and nobody has ruled yet."""
        return {
            key: pair
            for key, pair in self.pairs.items()
            if key not in self.rulings and difference(*pair, self.rules, self.amounts.get(key))
        }

    def holding(self) -> Calls:
        """What holds for each finding: a ruling, else the first call; nothing while two differ.

        What an expert found himself holds only with the other's call, unless he himself no longer thinks so."""
        calls = {
            key: call
            for key, call in self.calls(FIRST).items()
            if key not in self.disputes
            and (key not in self.own or key in self.pairs or call.verdict == "reject")
        }
        return calls | {key: ruling.as_decision() for key, ruling in self.rulings.items()}

    def holding_for(self, person: Person) -> Calls:
        """What holds, without what a second reviewer has yet to call himself: whoever leads may be one."""
        return {key: call for key, call in self.holding().items() if not self.waits_for(person, key, call)}

    def waits_for(self, person: Person, key: str, call: Decision) -> bool:
        """Whether a call is kept from a person until he has made his own."""
        is_second = self.second_of(call.admission_id) == person.name
        return is_second and key not in self._calls[SECOND] and key not in self.rulings

    def seen_by(self, person: Person, admission: str) -> Calls:
        """What a person may know of a case's findings: his own calls, what was ruled; who leads also the first."""
        part = self.part(person, admission)
        calls = self._of_case[SECOND if part == SECOND else FIRST].get(admission, {})
        ruled = {key: self.rulings[key].as_decision() for key in calls if key in self.rulings}
        if part in (LEADS, RULES):
            # who may rule is not to lean to the first call: it stands in the panel only
            calls = {key: made for key, made in calls.items() if key not in self.disputes}
        return calls | ruled

    def other_call(self, person: Person, finding: str) -> Decision | None:
        """The other's call on a finding, once a person has made his own."""
        pair = self.pairs.get(finding)
        if pair is None:
            return None
        return pair[1] if person.name == pair[0].who else pair[0] if person.name == pair[1].who else None

    def knows(self, person: Person, finding: str) -> bool:
        """Whether a person may be told that two differ: he leads or rules, or is one of the two."""
        pair = self.disputes[finding]
        part = self.part(person, pair[0].admission_id)
        return part in (LEADS, RULES) or person.name in (pair[0].who, pair[1].who)

    def may_rule(self, person: Person, finding: str) -> bool:
        pair = self.disputes.get(finding)
        if pair is None or person.name in (pair[0].who, pair[1].who):
            return False
        return person.decides and (LEADER in person.roles or person.name == self.rules.adjudicator)


def difference(first: Decision, second: Decision, rules: Rules, amount: float | None) -> str:
    """The first criterion on which two calls differ, in words; empty where they agree.

    `amount` is the finding's own in yuan, which a confirmation without one takes over.
    """
    if first.verdict != second.verdict:
        return "决定"
    own = None if amount is None else str(amount)
    one, two = first.amount or own, second.amount or own
    if first.verdict != "confirm" or one is None or two is None:
        return ""
    apart, larger = abs(Decimal(one) - Decimal(two)), max(Decimal(one), Decimal(two))
    far = apart > Decimal(str(rules.yuan)) and apart * 100 > larger * Decimal(str(rules.percent))
    return "金额" if far else ""


def drawn(admissions: Sequence[str], rules: Rules) -> set[str]:
    """The admissions of an inspection that go to a second review once the first is done: its share, by the seed."""
    return set(_drawn(tuple(admissions), rules.share, rules.seed))


@lru_cache(maxsize=8)
def _drawn(admissions: tuple[str, ...], share: int, seed: int) -> tuple[str, ...]:
    wanted = -(-len(admissions) * share // 100)
    place = {one: Random(f"{seed}:{one}").random() for one in admissions}
    return tuple(sorted(admissions, key=lambda one: (place[one], one))[:wanted])


def shuffled(findings: Sequence[Line], admission: str, rules: Rules) -> list[Line]:
    """The findings of a case in the order a second reviewer has them."""
    mixed = sorted(findings, key=lambda line: str(line["id"]))
    Random(f"{rules.seed}:{admission}").shuffle(mixed)
    return mixed


def visible(
    results: Results, admission: str, calls: Mapping[str, Decision], *, hides: bool
) -> tuple[list[Line], set[str] | None]:
    """The findings a person may be sent, and those whose model reading he may be sent (null: all, and the stay's).

    With the model hidden its own findings wait until every finding of a rule has been called.
    """
    found = results.findings.get(admission, [])
    if not hides:
        return found, None
    ruled = [line for line in found if line["origin"] in (RULE, EXPERT)]
    done = all(line["id"] in calls for line in ruled) if ruled else f"case:{admission}" in calls
    return (found, None) if done else (ruled, {line["id"] for line in ruled if line["id"] in calls})
