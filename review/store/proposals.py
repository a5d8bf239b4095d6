"""What experts add to a case in the store: findings of their own, and files attached to their notes.

A finding is saved once and never changed; whether it stands is said by the calls on it. Of a file the store keeps what
it is called and the hash of its bytes, which lie in the home folder.
"""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Engine

from review.store.chain import ATTACH, PROPOSE, attachment_hash, proposal_hash
from review.store.entries import Attachment, Proposal
from review.store.life import require_open
from review.store.proposed_schema import attachments, own_findings
from review.store.schema import decisions, now
from review.store.trail import Pen, Trail


class Proposals:
    """Own findings and attachments; every change is a line of the trail, saved with it."""

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail

    def add(self, pen: Pen, proposal: Proposal, case: str) -> None:
        """Save a finding beside other changes of the same transaction."""
        content = json.dumps(proposal.content, ensure_ascii=False)
        row = asdict(proposal) | {"content": content, "at": now()}
        pen.connection.execute(insert(own_findings).values(row))
        told = json.dumps({"key": proposal.key, "content": proposal_hash(row)})
        pen.write(proposal.who, PROPOSE, proposal.inspection, f"{case} {proposal.key}", after=told)

    def of(self, inspection: str) -> list[Proposal]:
        """The findings that experts proposed in an inspection, oldest first, those taken back too."""
        held = select(own_findings).where(own_findings.c.inspection == inspection)
        with self._engine.connect() as connection:
            rows = connection.execute(held.order_by(own_findings.c.seq)).mappings()
            return [_proposal(row) for row in rows]

    def version(self, inspection: str) -> tuple[int, int]:
        """The newest finding proposed in an inspection and the newest call on one: while they stand, all of them do.

        Zero where there is none."""
        called = [decisions.c[name] == own_findings.c[name] for name in ("inspection", "admission_id")]
        calls = select(func.max(decisions.c.seq)).where(*called, decisions.c.finding == own_findings.c.key)
        held = select(
            func.max(own_findings.c.seq), func.max(calls.correlate(own_findings).scalar_subquery())
        ).where(own_findings.c.inspection == inspection)
        with self._engine.connect() as connection:
            finding, call = connection.execute(held).one()
        return finding or 0, call or 0

    def attach(self, attachment: Attachment, case: str, most: int) -> bool:
        """Note a file whose bytes are kept already; false where the person has `most` at the finding.

        Raises ClosedInspection."""
        row = asdict(attachment) | {"at": now(), "removed_at": None}
        with self._trail.transaction() as pen:
            require_open(pen.connection, attachment.inspection)
            own = [
                attachments.c[name] == row[name] for name in ("inspection", "admission_id", "finding", "who")
            ]
            held = select(func.count()).where(*own, attachments.c.removed_at.is_(None))
            if pen.connection.execute(held).scalar_one() >= most:
                return False
            pen.connection.execute(insert(attachments).values(row))
            told = json.dumps({"key": attachment.key, "content": attachment_hash(row)})
            subject = f"{case} {attachment.finding}".strip()
            pen.write(attachment.who, ATTACH, attachment.inspection, subject, after=told)
        return True

    def detach(self, attachment: Attachment, case: str) -> None:
        """Take a file back: it is listed no more, what is kept of it stays. Raises ClosedInspection."""
        mine = (attachments.c.key == attachment.key) & attachments.c.removed_at.is_(None)
        with self._trail.transaction() as pen:
            require_open(pen.connection, attachment.inspection)
            gone = pen.connection.execute(update(attachments).where(mine).values(removed_at=now()))
            if gone.rowcount:
                told = json.dumps({"key": attachment.key})
                subject = f"{case} {attachment.finding}".strip()
                pen.write(attachment.who, "detach", attachment.inspection, subject, before=told)

    def attached(self, inspection: str, admission: str | None = None) -> list[Attachment]:
        """The files attached in an inspection or one case of it, oldest first, without those taken back."""
        own = (attachments.c.inspection == inspection) & attachments.c.removed_at.is_(None)
        return self._read(own if admission is None else own & (attachments.c.admission_id == admission))

    def attachment(self, key: str) -> Attachment | None:
        found = self._read((attachments.c.key == key) & attachments.c.removed_at.is_(None))
        return found[0] if found else None

    def _read(self, wanted: Any) -> list[Attachment]:
        held = select(*(column for column in attachments.columns if column.name != "seq")).where(wanted)
        with self._engine.connect() as connection:
            rows = connection.execute(held.order_by(attachments.c.seq)).mappings()
            return [Attachment(**row) for row in rows]


def _proposal(row: Any) -> Proposal:
    kept = {name: row[name] for name in ("key", "press", "inspection", "admission_id", "who", "at")}
    return Proposal(**kept, content=json.loads(row["content"]))
