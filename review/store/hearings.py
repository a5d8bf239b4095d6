"""What is heard of the institution in the store: its statements, their files, and what became of each finding.

Lines are only appended. A call of an expert is never touched: what holds after the hearing is read beside it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.engine import Engine

from review.store.chain import (
    RECONSIDER,
    STATE,
    STATE_FILE,
    reconsideration_hash,
    statement_file_hash,
    statement_hash,
)
from review.store.entries import Reconsideration, Statement, StatementFile
from review.store.hearing_schema import reconsiderations, statement_files, statements
from review.store.life import require_open
from review.store.schema import now
from review.store.trail import Pen, Trail

Hash = Callable[[Mapping[Any, Any]], str]


class Hearings:
    """Statements and reconsiderations; every change is a line of the trail, saved with it."""

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail

    def state(self, said: Sequence[Statement], cases: Mapping[str, str]) -> int:
        """Save statements, all or none; how many are new. What the same sheet said of a finding is saved once.

        `cases` has the key of each admission. Raises ClosedInspection."""
        saved = 0
        with self._trail.transaction() as pen:
            for one in said:
                require_open(pen.connection, one.inspection)
                if one.sha256 and self._is_known(pen.connection, one):
                    continue
                self._add(pen, statements, asdict(one), (STATE, statement_hash), cases[one.admission_id])
                saved += 1
        return saved

    def _is_known(self, connection: Connection, one: Statement) -> bool:
        names = ("inspection", "finding", "sha256")
        same = [statements.c[name] == getattr(one, name) for name in names]
        return connection.execute(select(statements.c.seq).where(*same)).first() is not None

    def keep_file(self, file: StatementFile, case: str, most: int) -> bool:
        """Note a file of the institution whose bytes are kept already; false where the finding has `most`.

        Raises ClosedInspection."""
        of_it = [statement_files.c[name] == getattr(file, name) for name in ("inspection", "finding")]
        with self._trail.transaction() as pen:
            require_open(pen.connection, file.inspection)
            if pen.connection.execute(select(func.count()).where(*of_it)).scalar_one() >= most:
                return False
            self._add(pen, statement_files, asdict(file), (STATE_FILE, statement_file_hash), case)
        return True

    def reconsider(self, made: Reconsideration, case: str) -> Reconsideration:
        """Save an outcome; the same press sent again returns what it made the first time. Raises ClosedInspection."""
        with self._trail.transaction() as pen:
            known = select(reconsiderations).where(reconsiderations.c.press == made.press)
            if row := pen.connection.execute(known).mappings().first():
                return _reconsideration(row)
            require_open(pen.connection, made.inspection)
            content = {name: value for name, value in asdict(made).items() if name != "seq"}
            self._add(pen, reconsiderations, content, (RECONSIDER, reconsideration_hash), case)
            return _reconsideration(pen.connection.execute(known).mappings().one())

    def _add(self, pen: Pen, table: Table, row: dict[str, Any], told_as: tuple[str, Hash], case: str) -> None:
        act, content_hash = told_as
        row |= {"at": now()}
        pen.connection.execute(insert(table).values(row))
        key = row.get("key") or row["press"]
        told = {"key": key, "content": content_hash(row)}
        told |= {name: row[name] for name in ("stance", "outcome", "amount") if row.get(name)}
        pen.write(row["who"], act, row["inspection"], f"{case} {row['finding']}", after=json.dumps(told))

    def version(self, inspection: str) -> tuple[int, ...]:
        """The newest statement, file and outcome of an inspection: while they stand, all of them do."""
        newest = (
            select(func.max(table.c.seq)).where(table.c.inspection == inspection).scalar_subquery()
            for table in (statements, statement_files, reconsiderations)
        )
        with self._engine.connect() as connection:
            return tuple(seq or 0 for seq in connection.execute(select(*newest)).one())

    def statements(self, inspection: str) -> list[Statement]:
        """All that the institution said, oldest first."""
        return [Statement(**row) for row in self._rows(statements, inspection)]

    def files(self, inspection: str) -> list[StatementFile]:
        """Its files, oldest first."""
        return [StatementFile(**row) for row in self._rows(statement_files, inspection)]

    def outcomes(self, inspection: str) -> list[Reconsideration]:
        """What became of findings, oldest first; of one finding the last holds."""
        held = select(reconsiderations).where(reconsiderations.c.inspection == inspection)
        with self._engine.connect() as connection:
            rows = connection.execute(held.order_by(reconsiderations.c.seq)).mappings()
            return [_reconsideration(row) for row in rows]

    def _rows(self, table: Table, inspection: str) -> list[dict[str, Any]]:
        columns = (column for column in table.columns if column.name != "seq")
        held = select(*columns).where(table.c.inspection == inspection).order_by(table.c.seq)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(held).mappings()]


def _reconsideration(row: Mapping[Any, Any]) -> Reconsideration:
    return Reconsideration(**row)
