"""The store's conversations: questions with their answers, each person's own, and what nobody found an answer to.

Every look-up names the person; there is no way to a conversation without its owner.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Engine

from review.store.entries import Conversation, Gap, Question
from review.store.schema import gaps, now, questions
from review.store.trail import Trail


class Talks:
    """Conversations and gaps in the store's database; each call is its own transaction."""

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine = engine
        self._trail = trail

    def add(self, conversation: str, who: str, question: str, answer: Mapping[str, Any]) -> None:
        row = {"conversation": conversation, "who": who, "at": now(), "question": question}
        with self._engine.begin() as connection:
            connection.execute(
                insert(questions).values(row | {"answer": json.dumps(answer, ensure_ascii=False)})
            )

    def conversations(self, who: str) -> list[Conversation]:
        """One person's conversations, the latest first; each is called by its first question."""
        groups = (
            select(
                questions.c.conversation,
                func.min(questions.c.seq).label("first"),
                func.max(questions.c.at).label("at"),
                func.max(questions.c.seq).label("last"),
            )
            .where(questions.c.who == who)
            .group_by(questions.c.conversation)
            .subquery()
        )
        titled = (
            select(groups.c.conversation, questions.c.question, groups.c.at)
            .join(questions, questions.c.seq == groups.c.first)
            .order_by(groups.c.last.desc())
        )
        with self._engine.connect() as connection:
            return [Conversation(*row) for row in connection.execute(titled)]

    def turns(self, who: str, conversation: str) -> list[Question]:
        """The questions of one of a person's own conversations, oldest first; empty for anybody else's."""
        own = select(questions).where(_own(who, conversation)).order_by(questions.c.seq)
        with self._engine.connect() as connection:
            return [
                Question(**{**row, "answer": json.loads(row["answer"])})
                for row in connection.execute(own).mappings()
            ]

    def delete(self, who: str, conversation: str) -> int:
        """Forget one of a person's own conversations; returns how many questions it had. Its line is saved with it."""
        with self._trail.transaction() as pen:
            held = delete(questions).where(_own(who, conversation))
            if gone := int(pen.connection.execute(held).rowcount):
                pen.write(who, "delete_talk", "", conversation)
            return gone

    def add_gap(self, who: str, question: str, as_of: str, region: str, said: str) -> None:
        """Note what the library does not hold; the same question of the same person is noted once."""
        row = {"who": who, "question": question, "as_of": as_of, "region": region}
        known = select(gaps.c.seq).where(*(gaps.c[name] == value for name, value in row.items()))
        with self._engine.begin() as connection:
            if connection.execute(known.where(gaps.c.settled_at.is_(None))).first() is None:
                connection.execute(insert(gaps).values(row | {"said": said, "at": now()}))

    def gaps(self) -> list[Gap]:
        """What is still missing, the latest first."""
        still = select(gaps).where(gaps.c.settled_at.is_(None)).order_by(gaps.c.seq.desc())
        with self._engine.connect() as connection:
            return [Gap(**row) for row in connection.execute(still).mappings()]

    def settle_gap(self, seq: int, who: str) -> bool:
        """Note that somebody dealt with it; false where it was no longer open. Its line is saved with it."""
        mine = update(gaps).where(gaps.c.seq == seq, gaps.c.settled_at.is_(None))
        with self._trail.transaction() as pen:
            settled = bool(pen.connection.execute(mine.values(settled_by=who, settled_at=now())).rowcount)
            if settled:
                pen.write(who, "settle_gap", "", str(seq))
            return settled


def _own(who: str, conversation: str) -> Any:
    return (questions.c.who == who) & (questions.c.conversation == conversation)
