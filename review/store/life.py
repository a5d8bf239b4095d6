"""The life of an inspection in the store: its standing, its end, how long it is kept; and the store's own settings.

What a standing forbids is asked in the transaction of the change itself. Every change is a line of the trail, saved
with it; an inspection that is deleted leaves its lines, and the one that tells of its end.
"""

import json
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.engine import Engine

from review.errors import ReviewError
from review.store.chain import DELETED
from review.store.entries import InspectionEntry
from review.store.hearing_schema import reconsiderations, statement_files, statements
from review.store.plan_schema import plans
from review.store.proposed_schema import attachments, own_findings
from review.store.schema import (
    adjudications,
    assignments,
    cases,
    decisions,
    inspection_settings,
    inspections,
    known_answers,
    now,
    preferences,
    rule_changes,
    settings,
    spent,
)
from review.store.trail import Trail

OPEN, STATED, SETTLED, ARCHIVED = "open", "stated", "settled", "archived"
STANDINGS = {OPEN: "审核中", STATED: "申诉中", SETTLED: "已定案", ARCHIVED: "已归档"}
CLOSED = (SETTLED, ARCHIVED)  # nothing is decided in these
KEPT_DAYS, SECRET = "kept_days", "address_secret"
# what refers to another comes before it
OWN_TABLES: tuple[Table, ...] = (
    known_answers, spent, adjudications, assignments, inspection_settings, rule_changes, attachments, own_findings,
    statements, statement_files, reconsiderations, plans, decisions, cases,
)  # fmt: skip


class ClosedInspection(ReviewError):
    """The inspection is settled or archived: nothing in it may be changed; the message is for the person."""

    def __init__(self, standing: str) -> None:
        super().__init__(f"这个检查{STANDINGS[standing]}，只能查看；需要改动请组长先改回“审核中”。")


def require_open(connection: Connection, inspection: str) -> None:
    """Raises ClosedInspection where nothing may be decided in an inspection any more."""
    held = connection.execute(select(inspections.c.standing).where(inspections.c.key == inspection)).scalar()
    if held in CLOSED:
        raise ClosedInspection(str(held))


def require_there(connection: Connection, inspection: str) -> None:
    """Raises ClosedInspection where an inspection is archived: what comes after it is settled may still be noted."""
    held = connection.execute(select(inspections.c.standing).where(inspections.c.key == inspection)).scalar()
    if held == ARCHIVED:
        raise ClosedInspection(str(held))


class Life:
    """Standings, ends and the time of keeping; each call is its own transaction."""

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail

    def move(self, inspection: str, standing: str, who: str) -> None:
        """Give an inspection another standing; the same one again changes nothing."""
        if standing not in STANDINGS:
            raise ValueError(f"no standing {standing!r}")
        own = inspections.c.key == inspection
        with self._trail.transaction() as pen:
            before = pen.connection.execute(select(inspections.c.standing).where(own)).scalar_one()
            if before != standing:
                values = {"standing": standing, "standing_since": now()}
                pen.connection.execute(update(inspections).where(own).values(values))
                pen.write(who, "set_standing", inspection, before=before, after=standing)

    def remove(self, inspection: str, who: str) -> None:
        """Delete what the store holds of an inspection; its lines of the trail stay, and one more tells of it."""
        with self._trail.transaction() as pen:
            own = decisions.c.inspection == inspection
            count = pen.connection.execute(
                select(func.count()).select_from(decisions).where(own)
            ).scalar_one()
            for table in OWN_TABLES:
                pen.connection.execute(delete(table).where(table.c.inspection == inspection))
            remembered = (preferences.c.name == "inspection") & (preferences.c.value == inspection)
            pen.connection.execute(delete(preferences).where(remembered))
            pen.connection.execute(delete(inspections).where(inspections.c.key == inspection))
            pen.write(who, DELETED, inspection, after=json.dumps({"decisions": count}))

    def secret(self) -> bytes:
        """A random secret of this store, made when first asked for; it goes into a backup as everything does."""
        held = select(settings.c.value).where(settings.c.name == SECRET)
        with self._trail.transaction() as pen:  # two who ask at once get the same
            known = pen.connection.execute(held).scalar()
            if known is None:
                known = json.dumps(secrets.token_hex(32))
                pen.connection.execute(insert(settings).values(name=SECRET, value=known))
        return bytes.fromhex(json.loads(known))

    def kept_days(self) -> int | None:
        """How many days an archived inspection is kept; null where nobody has said."""
        with self._engine.connect() as connection:
            held = connection.execute(select(settings.c.value).where(settings.c.name == KEPT_DAYS)).scalar()
        return int(json.loads(held)) if held is not None else None

    def keep(self, days: int | None, who: str) -> None:
        """Say how long an archived inspection is kept, in days; null: as long as nobody deletes it."""
        before = self.kept_days()
        if days == before:
            return
        with self._trail.transaction() as pen:
            pen.connection.execute(delete(settings).where(settings.c.name == KEPT_DAYS))
            if days is not None:
                row = {"name": KEPT_DAYS, "value": json.dumps(days)}
                pen.connection.execute(insert(settings).values(row))
            told = ["" if one is None else str(one) for one in (before, days)]
            pen.write(who, "set_kept_days", before=told[0], after=told[1])


def due(entry: InspectionEntry, kept_days: int | None) -> datetime | None:
    """When an archived inspection has been kept long enough, in UTC; null where it need not go."""
    if kept_days is None or entry.standing != ARCHIVED or entry.standing_since is None:
        return None
    return entry.standing_since + timedelta(days=kept_days)
