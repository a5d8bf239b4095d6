"""The store: inspections, decisions and accounts in SQLite or PostgreSQL; conversations are in `review.store.talks`.

Decisions are only ever appended; what holds now is read from the lines. It knows nothing of findings but their ids.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event, func, insert, select, update
from sqlalchemy import delete as remove
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from review.errors import SettingsError
from review.settled import Settled
from review.store.entries import UNDO, Decision, InspectionEntry, Press, SessionEntry, User
from review.store.rulings import Rulings
from review.store.schema import (
    cases,
    decisions,
    inspections,
    preferences,
    sessions,
    sign_ins,
    trail,
    users,
)
from review.store.schema import now as now
from review.store.talks import Talks

MIGRATIONS = Path(__file__).parent / "migrations"


def new_key() -> str:
    """An opaque key for addresses: says nothing of what it stands for."""
    return secrets.token_urlsafe(12)


class Store:
    """One database, safe from many threads; each call is its own transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.talks = Talks(engine)
        self.rulings = Rulings(engine)

    @classmethod
    def open(cls, url: str) -> "Store":
        """Connect and bring the tables up to date."""
        try:
            engine = _engine(url)
            with engine.begin() as connection:
                _migrate(connection)
        except ImportError as problem:
            raise SettingsError(f"缺少数据库驱动 {problem.name}；请在运行环境里安装它。") from problem
        except (ArgumentError, SQLAlchemyError, OSError) as problem:
            kind = type(problem).__name__
            raise SettingsError(
                f"数据库打不开（{kind}）；请检查 MINGJIAN_DATABASE 的地址、权限和磁盘空间。"
            ) from problem
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    def add_inspection(self, name: str, hospital: str, folder: Path, who: str, *, demo: bool = False) -> str:
        key = new_key()
        row = {
            "key": key,
            "name": name[:200],
            "hospital": hospital[:200],
            "folder": str(folder),
            "demo": demo,
        }
        row |= {"state": "waiting", "run": 0, "created_by": who, "created_at": now()}
        with self._engine.begin() as connection:
            connection.execute(insert(inspections).values(row))
        return key

    def update_inspection(self, key: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(inspections).where(inspections.c.key == key).values(values))

    def inspections(self) -> list[InspectionEntry]:
        """All inspections, newest first."""
        newest = select(inspections).order_by(inspections.c.created_at.desc(), inspections.c.key)
        with self._engine.connect() as connection:
            return [InspectionEntry(**row) for row in connection.execute(newest).mappings()]

    def case_keys(self, inspection: str, admissions: list[str]) -> dict[str, str]:
        """The opaque key of each admission, made when first asked for."""
        wanted = select(cases.c.admission_id, cases.c.key).where(cases.c.inspection == inspection)
        with self._engine.begin() as connection:
            known = {row[0]: row[1] for row in connection.execute(wanted)}
            fresh = {admission: new_key() for admission in admissions if admission not in known}
            if fresh:
                rows = [{"key": key, "inspection": inspection, "admission_id": a} for a, key in fresh.items()]
                connection.execute(insert(cases), rows)
        return known | fresh

    def case(self, key: str) -> tuple[str, str] | None:
        """The inspection and admission behind a key."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(cases.c.inspection, cases.c.admission_id).where(cases.c.key == key)
            ).first()
        return (row[0], row[1]) if row else None

    def append(self, press: Press, undoes: int | None = None) -> Decision:
        """Write one line and return it; the same press sent again returns the line it made the first time."""
        row = asdict(press) | {
            "reasons": json.dumps(press.reasons, ensure_ascii=False),
            "undoes": undoes,
            "at": now(),
        }
        try:
            with self._engine.begin() as connection:
                known = _by_press(connection, press.press)
                if known is None:
                    connection.execute(insert(decisions).values(row))
                    known = _by_press(connection, press.press)
        except IntegrityError:  # the same press, or the same undo, from another thread a moment ago
            with self._engine.connect() as connection:
                known = _by_press(connection, press.press) or _undo_of(connection, undoes)
        if known is None:
            raise LookupError("这次按键没有写入；请再按一次。")
        return known

    def decisions(self, inspection: str) -> list[Decision]:
        """The whole trail of one inspection, oldest first."""
        lines = select(decisions).where(decisions.c.inspection == inspection).order_by(decisions.c.seq)
        with self._engine.connect() as connection:
            return [_decision(row) for row in connection.execute(lines).mappings()]

    def undo_last(self, press: str, inspection: str, who: str) -> tuple[Decision, Decision] | None:
        """Take back the last standing line of one person: a new line that names it. Null if there is none."""
        with self._engine.connect() as connection:
            repeated = _by_press(connection, press)
        lines = {line.seq: line for line in self.decisions(inspection)}
        if repeated is not None and repeated.undoes is not None:
            return repeated, lines[repeated.undoes]
        undone = {line.undoes for line in lines.values()}
        own = [x for x in lines.values() if x.who == who and x.verdict != UNDO and x.seq not in undone]
        if not own:
            return None
        last = own[-1]
        line = Press(press, inspection, last.admission_id, last.finding, UNDO, who)
        return self.append(line, undoes=last.seq), last

    def write_trail(self, who: str, act: str, inspection: str = "", subject: str = "") -> None:
        """Note who did what; `subject` holds ids only."""
        row = {"at": now(), "who": who, "act": act, "inspection": inspection, "subject": subject}
        with self._engine.begin() as connection:
            connection.execute(insert(trail).values(row))

    def add_user(self, user: User, *, first: bool = False) -> bool:
        """Add an account; with `first`, only while there is none."""
        row = {
            "name": user.name,
            "password_hash": user.password_hash,
            "roles": ",".join(user.roles),
            "created_at": now(),
        }
        try:
            with self._engine.begin() as connection:
                if first and connection.execute(select(func.count()).select_from(users)).scalar():
                    return False
                connection.execute(insert(users).values(row))
        except IntegrityError:
            return False
        return True

    def user(self, name: str) -> User | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(users).where(users.c.name == name)).mappings().first()
        return User(row["name"], row["password_hash"], tuple(row["roles"].split(","))) if row else None

    def has_users(self) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(select(users.c.name).limit(1)).first() is not None

    def save_session(self, session: SessionEntry) -> None:
        """Begin a session, or note that it was seen."""
        with self._engine.begin() as connection:
            known = update(sessions).where(sessions.c.token_hash == session.token_hash)
            if connection.execute(known.values(seen_at=session.seen_at)).rowcount == 0:
                connection.execute(insert(sessions).values(asdict(session)))

    def session(self, token_hash: str) -> SessionEntry | None:
        with self._engine.connect() as connection:
            row = (
                connection.execute(select(sessions).where(sessions.c.token_hash == token_hash))
                .mappings()
                .first()
            )
        return SessionEntry(**row) if row else None

    def end_session(self, token_hash: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(remove(sessions).where(sessions.c.token_hash == token_hash))

    def note_sign_in(self, name: str, address: str, good: bool) -> None:
        with self._engine.begin() as connection:
            connection.execute(insert(sign_ins).values(name=name, address=address, good=good, at=now()))

    def misses(self, since: datetime, *, name: str | None = None, address: str | None = None) -> int:
        """Failed attempts for a name or from an address since its last good one."""
        who = sign_ins.c.name == name if name is not None else sign_ins.c.address == address
        with self._engine.connect() as connection:
            good = (
                connection.execute(select(func.max(sign_ins.c.seq)).where(who, sign_ins.c.good)).scalar() or 0
            )
            recent = select(func.count()).where(who, sign_ins.c.at >= since, sign_ins.c.seq > good)
            return int(connection.execute(recent).scalar() or 0)

    def prefer(self, who: str, name: str, value: str) -> None:
        mine = (preferences.c.who == who) & (preferences.c.name == name)
        with self._engine.begin() as connection:
            if connection.execute(update(preferences).where(mine).values(value=value)).rowcount == 0:
                connection.execute(insert(preferences).values(who=who, name=name, value=value))

    def preferences(self, who: str) -> dict[str, str]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(preferences.c.name, preferences.c.value).where(preferences.c.who == who)
            )
            return {row[0]: row[1] for row in rows}


def settled_in(url: str) -> Settled:
    """What people have settled for every inspection; nothing where no store has been made yet."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return Settled()
    store = Store.open(url)
    try:
        return store.rulings.settled("")
    finally:
        store.close()


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, pool_pre_ping=address.get_backend_name() != "sqlite")
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _settle_sqlite)
    return engine


def _settle_sqlite(connection: Any, _record: Any) -> None:
    # a decision is acknowledged only when it is on the disk
    for pragma in ("journal_mode=wal", "synchronous=full", "busy_timeout=10000", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _by_press(connection: Connection, press: str) -> Decision | None:
    row = connection.execute(select(decisions).where(decisions.c.press == press)).mappings().first()
    return _decision(row) if row else None


def _undo_of(connection: Connection, seq: int | None) -> Decision | None:
    row = (
        connection.execute(select(decisions).where(decisions.c.undoes == seq)).mappings().first()
        if seq
        else None
    )
    return _decision(row) if row else None


def _decision(row: Mapping[Any, Any]) -> Decision:
    return Decision(**{**row, "reasons": tuple(json.loads(row["reasons"]))})
