"""The store's pairs of reviewers: who has which case, what the leader set, rulings, known answers, time on findings.

Every change is a line of the trail, saved with it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Engine

from review.store.entries import Decision
from review.store.life import require_open
from review.store.schema import (
    adjudications,
    assignments,
    cases,
    decisions,
    inspection_settings,
    known_answers,
    now,
    spent,
    trail,
)
from review.store.trail import Pen, Trail

FIRST, SECOND = "first", "second"
SET_RULES = "set_review_rules"


@dataclass(frozen=True)
class Adjudication:
    """A ruling between two calls, whose lines `first` and `second` name; it cannot be taken back."""

    press: str
    inspection: str
    admission_id: str
    finding: str
    choice: str  # first | second | other
    verdict: str
    amount: str | None
    reason: str
    first: int
    second: int
    who: str
    at: datetime

    def as_decision(self) -> Decision:
        """The ruling as what stands for its finding; its number is below zero, for it is no line of a reviewer."""
        return Decision(
            -self.first, self.press, self.inspection, self.admission_id, self.finding, self.verdict,
            (self.reason,), "", self.amount, None, self.who, self.at,
        )  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """What the leader set for an inspection; the defaults hold until then."""

    share: int = 0  # percent of the finished cases that are reviewed a second time
    seed: int = 1
    percent: float = 10  # amounts further apart than both of these are a disagreement
    yuan: float = 50
    hides_model: bool = False
    adjudicator: str = ""  # beside the leaders
    reason_required: bool = False


class Pairs:
    """Assignments and second reviews in the store's database; each call is its own transaction."""

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail

    def version(self, inspection: str) -> tuple[int, ...]:
        """The newest assignment, ruling, change of the rules and decision: while they stand, everything here does."""
        changed = (trail.c.act == SET_RULES) & (trail.c.inspection == inspection)
        marks = [
            select(func.max(table.c.seq)).where(table.c.inspection == inspection).scalar_subquery()
            for table in (assignments, adjudications, decisions)
        ]
        marks.append(select(func.max(trail.c.seq)).where(changed).scalar_subquery())
        with self._engine.connect() as connection:
            return tuple(mark or 0 for mark in connection.execute(select(*marks)).one())

    def assigned(self, inspection: str) -> dict[str, dict[str, str]]:
        """By part, `first` and `second`: whose each admission is now."""
        lines = select(assignments.c.admission_id, assignments.c.part, assignments.c.who)
        lines = lines.where(assignments.c.inspection == inspection).order_by(assignments.c.seq)
        held: dict[str, dict[str, str]] = {FIRST: {}, SECOND: {}}
        with self._engine.connect() as connection:
            for admission, part, who in connection.execute(lines):
                held[part].pop(admission, None)
                if who:
                    held[part][admission] = who
        return held

    def assign(self, inspection: str, part: str, given: Mapping[str, str], by: str) -> None:
        """Give admissions to people; an empty name takes one back."""
        before = self.assigned(inspection)[part]
        with self._trail.transaction() as pen:
            require_open(pen.connection, inspection)
            known = select(cases.c.admission_id, cases.c.key).where(cases.c.inspection == inspection)
            keys = {row[0]: row[1] for row in pen.connection.execute(known)}
            for admission, who in given.items():
                if before.get(admission, "") == who:
                    continue
                row = {"inspection": inspection, "admission_id": admission, "part": part, "who": who}
                pen.connection.execute(insert(assignments).values(row | {"given_by": by, "at": now()}))
                pen.write(
                    by,
                    f"assign_{part}",
                    inspection,
                    keys.get(admission, ""),
                    before=before.get(admission, ""),
                    after=who,
                )

    def rules(self, inspection: str) -> Rules:
        held = select(inspection_settings.c.name, inspection_settings.c.value)
        with self._engine.connect() as connection:
            rows = connection.execute(held.where(inspection_settings.c.inspection == inspection))
            return Rules(**{row[0]: json.loads(row[1]) for row in rows})

    def set_rules(self, inspection: str, rules: Rules, by: str) -> None:
        before = asdict(self.rules(inspection))
        after = asdict(rules)
        changed = [name for name in after if after[name] != before[name]]
        if not changed:
            return
        with self._trail.transaction() as pen:
            require_open(pen.connection, inspection)
            own = inspection_settings.c.inspection == inspection
            pen.connection.execute(delete(inspection_settings).where(own))
            rows = [{"inspection": inspection, "name": k, "value": json.dumps(v)} for k, v in after.items()]
            pen.connection.execute(insert(inspection_settings), rows)
            told = [
                json.dumps({name: one[name] for name in changed}, ensure_ascii=False)
                for one in (before, after)
            ]
            pen.write(by, SET_RULES, inspection, before=told[0], after=told[1])

    def adjudications(self, inspection: str) -> dict[str, Adjudication]:
        """The ruling on each finding that has one."""
        columns = [column for column in adjudications.columns if column.name != "seq"]
        lines = select(*columns).where(adjudications.c.inspection == inspection)
        with self._engine.connect() as connection:
            return {row["finding"]: Adjudication(**row) for row in connection.execute(lines).mappings()}

    def adjudicate(self, ruling: Adjudication, case: str) -> Adjudication:
        """Save a ruling; where the finding has one already, that one holds and is returned."""
        row = asdict(ruling) | {"at": now()}
        with self._trail.transaction() as pen:
            require_open(pen.connection, ruling.inspection)
            own = (adjudications.c.inspection == ruling.inspection) & (
                adjudications.c.finding == ruling.finding
            )
            if pen.connection.execute(select(adjudications.c.seq).where(own)).first() is None:
                pen.connection.execute(insert(adjudications).values(row))
                told = {"choice": ruling.choice, "verdict": ruling.verdict, "amount": ruling.amount}
                pen.write(
                    ruling.who,
                    "adjudicate",
                    ruling.inspection,
                    f"{case} {ruling.finding}",
                    after=json.dumps(told),
                )
        return self.adjudications(ruling.inspection)[ruling.finding]

    def known_answers(self, inspection: str) -> dict[str, str]:
        """By finding, the verdict that the leader knows to be right."""
        held = select(known_answers.c.finding, known_answers.c.verdict)
        with self._engine.connect() as connection:
            rows = connection.execute(held.where(known_answers.c.inspection == inspection))
            return {row[0]: row[1] for row in rows}

    def plant(self, inspection: str, finding: str, verdict: str, by: str) -> None:
        """Note the known answer of a finding; an empty verdict takes it back. The trail does not tell the answer."""
        own = (known_answers.c.inspection == inspection) & (known_answers.c.finding == finding)
        with self._trail.transaction() as pen:
            require_open(pen.connection, inspection)
            pen.connection.execute(delete(known_answers).where(own))
            if verdict:
                row = {"inspection": inspection, "finding": finding, "verdict": verdict}
                pen.connection.execute(insert(known_answers).values(row | {"given_by": by, "at": now()}))
            pen.write(by, "plant_known" if verdict else "unplant_known", inspection, finding)

    def note_time(self, pen: Pen, inspection: str, press: str, seconds: float) -> None:
        """Time at a finding before a press, saved with the press."""
        row: dict[str, Any] = {"inspection": inspection, "press": press, "seconds": seconds}
        pen.connection.execute(insert(spent).values(row))

    def times(self, inspection: str) -> dict[str, float]:
        """Seconds by press."""
        held = select(spent.c.press, spent.c.seconds).where(spent.c.inspection == inspection)
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(held)}
