"""What a press on a finding has to know of the store, asked for in the transaction that saves it."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from review.store.entries import Decision, Press, standing
from review.store.hearing_schema import reconsiderations
from review.store.keys import new_key
from review.store.schema import adjudications, cases, decisions


def by_press(connection: Connection, press: str) -> Decision | None:
    """The line a press made, if it came before."""
    row = connection.execute(select(decisions).where(decisions.c.press == press)).mappings().first()
    return decision_of(row) if row else None


def undo_of(connection: Connection, seq: int | None) -> Decision | None:
    """The line that took a line back."""
    row = (
        connection.execute(select(decisions).where(decisions.c.undoes == seq)).mappings().first()
        if seq
        else None
    )
    return decision_of(row) if row else None


def is_ruled(connection: Connection, press: Press) -> bool:
    """Whether a ruling or a reconsideration has closed the finding."""
    for table in (adjudications, reconsiderations):
        held = (table.c.inspection == press.inspection) & (table.c.finding == press.finding)
        if connection.execute(select(table.c.seq).where(held)).first():
            return True
    return False


def own_standing(connection: Connection, press: Press) -> str:
    """What stood of a person's own for a finding, as the trail tells it; nobody else's, which may not be known yet."""
    own = select(decisions).where(
        decisions.c.inspection == press.inspection,
        decisions.c.admission_id == press.admission_id,
        decisions.c.finding == press.finding,
        decisions.c.who == press.who,
    )
    lines = [decision_of(row) for row in connection.execute(own.order_by(decisions.c.seq)).mappings()]
    stands = next(iter(standing(lines).values()), None)
    if stands is None:
        return ""
    told = {"verdict": stands.verdict} | ({"amount": stands.amount} if stands.amount else {})
    return json.dumps(told)


def case_key(connection: Connection, inspection: str, admission: str) -> str:
    """The opaque key of an admission, made where it has none yet."""
    wanted = (cases.c.inspection == inspection) & (cases.c.admission_id == admission)
    known = connection.execute(select(cases.c.key).where(wanted)).scalar()
    if known is None:
        known = new_key()
        connection.execute(insert(cases).values(key=known, inspection=inspection, admission_id=admission))
    return str(known)


def decision_of(row: Mapping[Any, Any]) -> Decision:
    """A row as what it stands for."""
    return Decision(**{**row, "reasons": tuple(json.loads(row["reasons"]))})
