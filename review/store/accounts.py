"""Who is signed in, and what their roles let them open: accounts, sessions, lock-out.

While the pages are bound to this machine and hold nothing but the demonstration, one is signed in as 演示.
"""

import hashlib
import ipaddress
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from review.store.entries import SessionEntry, User
from review.store.store import Store, now

DEMONSTRATOR = "演示"
LEADER, ADMINISTRATOR = "组长", "管理员"
PAGES = {"review": "审核", "inspections": "检查", "chat": "问答", "library": "依据", "rules": "规则"}
OPENS = {
    "专家": {"review", "chat", "library", "rules"},
    LEADER: {"review", "inspections", "chat", "library", "rules"},
    "经办": {"chat", "library", "rules"},
    ADMINISTRATOR: {"inspections", "library", "rules"},
    "只读": {"review", "chat", "library", "rules"},
}
DECIDES = {"专家", LEADER}
SESSION = timedelta(hours=8)
IDLE = timedelta(minutes=30)
LOCK = timedelta(minutes=15)
LONGEST_NAME, SHORTEST_PASSWORD, LONGEST_PASSWORD = 32, 10, 200
MISSES_OF_A_NAME, MISSES_OF_AN_ADDRESS = 5, 20


class SignInRefused(Exception):
    """The message is for the person at the door; it does not say which of name and password was wrong."""


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

    name: str
    roles: tuple[str, ...]
    demo: bool = False

    def opens(self, page: str) -> bool:
        return any(page in OPENS.get(role, ()) for role in self.roles)

    @property
    def decides(self) -> bool:
        return any(role in DECIDES for role in self.roles)

    @property
    def role(self) -> str:
        return "示例" if self.demo else self.roles[0]


class Accounts:
    """Sign-in over the store; `host` is the address the pages are bound to."""

    def __init__(self, store: Store, host: str) -> None:
        self._store = store
        self._loopback = is_loopback(host)
        self._hasher = PasswordHasher()
        self._no_such_hash = self._hasher.hash(secrets.token_hex(16))

    def demonstration(self) -> bool:
        """Bound to this machine, no account yet, nothing loaded but the demonstration."""
        if not self._loopback or self._store.has_users():
            return False
        return all(inspection.demo for inspection in self._store.inspections())

    def needs_first(self) -> bool:
        return not self._store.has_users()

    def who(self, token: str | None) -> Person | None:
        """The person behind a cookie; null where a sign-in is needed."""
        session = self._store.session(_fingerprint(token)) if token else None
        if session is None:
            return Person(DEMONSTRATOR, (LEADER,), demo=True) if self.demonstration() else None
        moment = now()
        if moment > session.expires_at or moment - session.seen_at > IDLE:
            self._store.end_session(session.token_hash)
            return None
        if moment - session.seen_at > timedelta(minutes=1):
            self._store.save_session(
                SessionEntry(session.token_hash, session.name, moment, session.expires_at)
            )
        user = self._store.user(session.name)
        return Person(user.name, user.roles) if user else None

    def first_administrator(self, name: str, password: str, again: str) -> str:
        """Make the first account of all and sign it in; returns the token."""
        name = _checked_name(name)
        if password != again:
            raise SignInRefused("两次输入的密码不一样，请重新输入。")
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise SignInRefused(f"密码至少 {SHORTEST_PASSWORD} 个字符，请换一个更长的。")
        user = User(name, self._hasher.hash(password), (LEADER, ADMINISTRATOR))
        if not self._store.add_user(user, first=True):
            raise SignInRefused("已有管理员，请直接登录。")
        self._store.write_trail(name, "first_administrator")
        return self._begin(name)

    def sign_in(self, name: str, password: str, address: str) -> str:
        """A token for the right password; five misses in a quarter of an hour lock name and address."""
        name = name.strip()[:LONGEST_NAME]
        self._refuse_locked(name, address)
        user = self._store.user(name)
        good = self._matches(user.password_hash if user else self._no_such_hash, password[:LONGEST_PASSWORD])
        good = good and user is not None
        self._store.note_sign_in(name, address, good)
        if not good:
            raise SignInRefused("姓名或密码不对，请重新输入。")
        self._store.write_trail(name, "sign_in")
        return self._begin(name)

    def sign_out(self, token: str) -> None:
        self._store.end_session(_fingerprint(token))

    def _begin(self, name: str) -> str:
        token = secrets.token_urlsafe(32)
        moment = now()
        self._store.save_session(SessionEntry(_fingerprint(token), name, moment, moment + SESSION))
        return token

    def _refuse_locked(self, name: str, address: str) -> None:
        since = now() - LOCK
        by_name = self._store.misses(since, name=name) >= MISSES_OF_A_NAME
        if by_name or self._store.misses(since, address=address) >= MISSES_OF_AN_ADDRESS:
            raise SignInRefused("连续输错次数过多，已锁定 15 分钟，请稍后再试。")

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _checked_name(name: str) -> str:
    name = unicodedata.normalize("NFKC", name).strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise SignInRefused(f"姓名须为 1 至 {LONGEST_NAME} 个字符，请改正。")
    if name == DEMONSTRATOR:
        raise SignInRefused("“演示”是示例用的名字，请用您的姓名。")
    return name


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
