"""Plans of inspections in the store: each version is kept, the last one holds; the trail tells what was changed."""

import json
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Engine

from review.store.chain import PLAN, plan_hash
from review.store.entries import PlanVersion
from review.store.keys import new_key
from review.store.life import require_there
from review.store.plan_schema import plans
from review.store.schema import now
from review.store.trail import Trail


class PlanChanged(Exception):
    """Somebody else changed the plan since it was read."""


class Plans:
    """The plans of all inspections; each call is its own transaction."""

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail

    def save(self, inspection: str, content: str, who: str, known: int, told: str) -> PlanVersion:
        """Save a version after the one that was read (`known`, 0 = none); `told` is what changed, for the trail.

        Raises PlanChanged, ClosedInspection where the inspection is archived."""
        with self._trail.transaction() as pen:
            require_there(pen.connection, inspection)
            newest = select(func.max(plans.c.seq)).where(plans.c.inspection == inspection)
            if (pen.connection.execute(newest).scalar() or 0) != known:
                raise PlanChanged
            row: dict[str, Any] = {
                "key": new_key(),
                "inspection": inspection,
                "content": content,
                "who": who,
                "at": now(),
            }
            seq = pen.connection.execute(insert(plans).values(row).returning(plans.c.seq)).scalar_one()
            after = {"key": row["key"], "content": plan_hash(row), "plan": told}
            pen.write(who, PLAN, inspection, after=json.dumps(after, ensure_ascii=False))
            return PlanVersion(**row, seq=seq)

    def current(self, inspection: str) -> PlanVersion | None:
        """The version that holds."""
        newest = select(plans).where(plans.c.inspection == inspection).order_by(plans.c.seq.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(newest).mappings().first()
        return PlanVersion(**row) if row else None
