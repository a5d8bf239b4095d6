"""The store's people: accounts, their sessions, attempts to sign in. Every change of an account is a line of the trail.

A change is made under the trail's lock, so that two administrators at once cannot leave the house without one.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.engine import Engine

from review.store.entries import Lock, SessionEntry, User
from review.store.schema import now, sessions, sign_ins, users
from review.store.trail import Pen, Trail

ADMINISTRATOR = "管理员"
LOCK = timedelta(minutes=15)
MISSES = {"name": 5, "address": 20}  # several people share an address


class NoAdministrator(Exception):
    """The change would leave no active administrator."""


class People:
    """Accounts, sessions and sign-ins in the store's database; each call is its own transaction."""

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine = engine
        self._trail = trail

    def add(self, user: User, who: str, *, first: bool = False) -> bool:
        """Add an account; with `first`, only while there is none. False where it cannot be."""
        with self._trail.transaction() as pen:
            held = select(func.count()).select_from(users)
            if not first:
                held = held.where(users.c.name == user.name)
            if pen.connection.execute(held).scalar_one():
                return False
            pen.connection.execute(
                insert(users).values(_row(user) | {"name": user.name, "created_at": now()})
            )
            pen.write(
                who, "first_administrator" if first else "add_account", "", user.name, after=_told(user)
            )
        return True

    def change(self, user: User, who: str, act: str, *, keep: str = "") -> User:
        """Save an account as it is to be; its sessions end, but for the one whose token has the hash `keep`."""
        with self._trail.transaction() as pen:
            before = _held(pen.connection, user.name)
            if before is None:
                raise LookupError(user.name)
            pen.connection.execute(update(users).where(users.c.name == user.name).values(_row(user)))
            _require_administrator(pen.connection)
            if not user.active or user.password_hash != before.password_hash:
                ended = delete(sessions).where(sessions.c.name == user.name, sessions.c.token_hash != keep)
                pen.connection.execute(ended)
            pen.write(who, act, "", user.name, before=_told(before), after=_told(user))
        return user

    def user(self, name: str) -> User | None:
        with self._engine.connect() as connection:
            return _held(connection, name)

    def all(self) -> list[User]:
        """Every account, the oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(users).order_by(users.c.created_at, users.c.name)).mappings()
            return [_user(row) for row in rows]

    def any(self) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(select(users.c.name).limit(1)).first() is not None

    def last_seen(self) -> dict[str, datetime]:
        """When each name last signed in."""
        last = select(sign_ins.c.name, func.max(sign_ins.c.at)).where(sign_ins.c.good)
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(last.group_by(sign_ins.c.name))}

    def save_session(self, session: SessionEntry) -> None:
        """Begin a session, or note that it was seen."""
        with self._engine.begin() as connection:
            known = update(sessions).where(sessions.c.token_hash == session.token_hash)
            if connection.execute(known.values(seen_at=session.seen_at)).rowcount == 0:
                connection.execute(delete(sessions).where(sessions.c.expires_at < now()))
                connection.execute(insert(sessions).values(asdict(session)))

    def session(self, token_hash: str) -> SessionEntry | None:
        with self._engine.connect() as connection:
            found = select(sessions).where(sessions.c.token_hash == token_hash)
            row = connection.execute(found).mappings().first()
        return SessionEntry(**row) if row else None

    def end_session(self, token_hash: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    def attempt(self, name: str, address: str) -> tuple[int, datetime | None]:
        """Count an attempt as a miss before the password is looked at, so that many at once are still few.

        Its number; or where the name or the address is locked zero, and the time until which it is.
        """
        with self._trail.transaction() as pen:
            until = [_locked(pen.connection, "name", name), _locked(pen.connection, "address", address)]
            if locked := [one for one in until if one]:
                return 0, max(locked)
            row = {"name": name, "address": address, "good": False, "at": now()}
            made = insert(sign_ins).values(row).returning(sign_ins.c.seq)
            return pen.connection.execute(made).scalar_one(), None

    def settle(self, attempt: int, who: str, name: str, address: str, good: bool) -> None:
        """What became of an attempt; `who` is the account, empty where there is none of that name."""
        with self._trail.transaction() as pen:
            if good:
                pen.connection.execute(update(sign_ins).where(sign_ins.c.seq == attempt).values(good=True))
                pen.write(who, "sign_in", "", address)
                return
            pen.write(who, "sign_in_failed", "", address)
            for kind, value in (("name", name), ("address", address)):
                if until := _locked(pen.connection, kind, value):
                    _write_lock(pen, who, kind, address, until)

    def locks(self) -> list[Lock]:
        """The names and addresses that are locked now."""
        with self._engine.connect() as connection:
            found = []
            for kind in MISSES:
                recent = select(sign_ins.c[kind]).where(sign_ins.c.at > now() - 2 * LOCK).distinct()
                for value in connection.execute(recent).scalars().all():
                    if until := _locked(connection, kind, value):
                        found.append(Lock(kind, value, until))
        return found

    def unlock(self, kind: str, value: str, who: str) -> bool:
        """Let a name or address try again at once; false where it was not locked."""
        with self._trail.transaction() as pen:
            if _locked(pen.connection, kind, value) is None:
                return False
            missed = (sign_ins.c[kind] == value) & ~sign_ins.c.good & (sign_ins.c.at > now() - 2 * LOCK)
            pen.connection.execute(delete(sign_ins).where(missed))
            pen.write(who, "unlock", "", value, before=kind)
        return True


def _locked(connection: Connection, kind: str, value: str) -> datetime | None:
    """Until when: a quarter of an hour from the last of so many misses in a quarter of an hour."""
    own = sign_ins.c[kind] == value
    good = connection.execute(select(func.max(sign_ins.c.seq)).where(own, sign_ins.c.good)).scalar() or 0
    missed = select(sign_ins.c.at).where(own, ~sign_ins.c.good, sign_ins.c.seq > good)
    times = connection.execute(missed.order_by(sign_ins.c.seq.desc()).limit(MISSES[kind])).scalars().all()
    if len(times) < MISSES[kind] or times[0] - times[-1] >= LOCK:
        return None
    until: datetime = times[0] + LOCK
    return until if until > now() else None


def _write_lock(pen: Pen, who: str, kind: str, address: str, until: datetime) -> None:
    pen.write(who, "locked", "", address, before=kind, after=until.isoformat())


def _require_administrator(connection: Connection) -> None:
    active: Sequence[str] = connection.execute(select(users.c.roles).where(users.c.active)).scalars().all()
    if not any(ADMINISTRATOR in roles.split(",") for roles in active):
        raise NoAdministrator


def _held(connection: Connection, name: str) -> User | None:
    row = connection.execute(select(users).where(users.c.name == name)).mappings().first()
    return _user(row) if row else None


def _user(row: Any) -> User:
    return User(**{**row, "roles": tuple(row["roles"].split(","))})


def _row(user: User) -> dict[str, Any]:
    return {
        "password_hash": user.password_hash,
        "roles": ",".join(user.roles),
        "active": user.active,
        "must_change": user.must_change,
    }


def _told(user: User) -> str:
    """An account as the trail tells it: its roles, and whether it is in use."""
    return "、".join(user.roles) + ("" if user.active else "（已停用）")
