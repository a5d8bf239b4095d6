"""Who is signed in, and what their roles let them open: accounts, sessions, lock-out, passwords.

While the pages are bound to this machine and hold nothing but the demonstration, one is signed in as 演示.
"""

import hashlib
import ipaddress
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from review.proxy import NO_PROXY, Proxy
from review.store.entries import SessionEntry, User
from review.store.people import ADMINISTRATOR as ADMINISTRATOR
from review.store.people import NoAdministrator
from review.store.store import Store, now

DEMONSTRATOR = "演示"
EXPERT, LEADER, STAFF, VIEWER = "专家", "组长", "经办", "只读"
PAGES = {
    "review": "审核",
    "overview": "总览",
    "inspections": "检查",
    "chat": "问答",
    "library": "依据",
    "rules": "规则",
    "papers": "文书",
    "audit": "留痕",
    "users": "人员",
    "quality": "评测",
}
OPENS = {
    EXPERT: {"review", "chat", "rules", "papers", "audit"},
    LEADER: {"review", "overview", "inspections", "chat", "library", "rules", "papers", "audit", "quality"},
    STAFF: {"chat", "library", "rules"},
    ADMINISTRATOR: {"inspections", "library", "rules", "audit", "users", "quality"},
    VIEWER: {"review", "overview", "chat", "library", "rules"},
}
DECIDES = {EXPERT, LEADER}
SESSION = timedelta(hours=8)
IDLE = timedelta(minutes=30)
LONGEST_NAME, SHORTEST_PASSWORD, LONGEST_PASSWORD = 32, 10, 200
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # of a password given out: none that look alike
WRONG = "姓名或密码不对，请重新输入。"
LAST = "这是最后一位管理员；请先让另一人担任管理员。"


class SignInRefused(Exception):
    """The message is for the person at the door; it does not say which of name and password was wrong."""


@dataclass(frozen=True)
class Person:
    """Somebody signed in; who has yet to change a password given out opens nothing."""

    name: str
    roles: tuple[str, ...]
    demo: bool = False
    must_change: bool = False
    by_proxy: bool = False  # signed in by the bureau's own sign-on

    def opens(self, page: str) -> bool:
        return not self.must_change and any(page in OPENS.get(role, ()) for role in self.roles)

    @property
    def decides(self) -> bool:
        return not self.must_change and any(role in DECIDES for role in self.roles)

    @property
    def role(self) -> str:
        return "示例" if self.demo else self.roles[0]


@cache
def _hash_of_nobody() -> str:
    """What an unknown name's password is held against, so that its answer takes as long as another's."""
    return PasswordHasher().hash(secrets.token_hex(16))


class Accounts:
    """Sign-in over the store; `host` is the address the pages are bound to, `proxy` who stands before it."""

    def __init__(self, store: Store, host: str, proxy: Proxy = NO_PROXY) -> None:
        self._store, self._people, self.proxy = store, store.people, proxy
        self._loopback = is_loopback(host) and not proxy.networks
        self._hasher = PasswordHasher()
        self._no_such_hash = _hash_of_nobody()

    def demonstration(self) -> bool:
        """Bound to this machine, no account yet, nothing loaded but the demonstration."""
        if not self._loopback or self._people.any():
            return False
        return all(inspection.demo for inspection in self._store.inspections())

    def needs_first(self) -> bool:
        return not self._people.any()

    def who(self, token: str | None, named: str | None = None) -> Person | None:
        """The person behind a cookie, or named by a trusted proxy; null where a sign-in is needed."""
        if named is not None:
            user = self._people.user(_plain(named))
            return Person(user.name, user.roles, by_proxy=True) if user and user.active else None
        session = self._people.session(_fingerprint(token)) if token else None
        if session is None:
            return Person(DEMONSTRATOR, (LEADER,), demo=True) if self.demonstration() else None
        moment = now()
        if moment > session.expires_at or moment - session.seen_at > IDLE:
            self._people.end_session(session.token_hash)
            return None
        if moment - session.seen_at > timedelta(minutes=1):
            self._people.save_session(replace(session, seen_at=moment))
        user = self._people.user(session.name)
        return Person(user.name, user.roles, must_change=user.must_change) if user and user.active else None

    def first_administrator(self, name: str, password: str, again: str) -> str:
        """Make the first account of all and sign it in; returns the token."""
        name = _checked_name(name)
        self._check_password(name, password, again)
        user = User(name, self._hasher.hash(password), (LEADER, ADMINISTRATOR))
        if not self._people.add(user, name, first=True):
            raise SignInRefused("已有管理员，请直接登录。")
        return self._begin(name)

    def sign_in(self, name: str, password: str, address: str) -> str:
        """A token for the right password; five misses in a quarter of an hour lock the name, twenty the address."""
        user = self._verified(_plain(name), password, address)
        return self._begin(user.name)

    def enter(self, named: str, address: str) -> str | None:
        """A session for whom a trusted proxy names; null where there is no such account."""
        person = self.who(None, named)
        if person is None:
            return None
        self._store.write_trail(person.name, "sign_in", subject=address, after="统一登录")
        return self._begin(person.name)

    def sign_out(self, token: str) -> None:
        if session := self._people.session(_fingerprint(token)):
            self._people.end_session(session.token_hash)
            self._store.write_trail(session.name, "sign_out")

    def name_of(self, token: str | None) -> str | None:
        """Whose session a cookie is, in use or not."""
        session = self._people.session(_fingerprint(token)) if token else None
        return session.name if session else None

    def change_password(self, token: str, old: str, new: str, again: str, address: str) -> None:
        """A person's own password; every other session of theirs ends."""
        person = self.who(token)
        if person is None or person.demo:
            raise SignInRefused("会话已结束，请重新登录。")
        user = self._people.user(person.name)
        assert user is not None
        self._check_password(user.name, new, again)
        if old == new:
            raise SignInRefused("新密码与原密码相同，请换一个。")
        if not self._matches(user, old, address):
            raise SignInRefused("原密码不对，请重新输入。")
        changed = replace(user, password_hash=self._hasher.hash(new), must_change=False)
        self._people.change(changed, user.name, "change_password", keep=_fingerprint(token))

    def add_account(self, name: str, roles: Collection[str], who: str) -> str:
        """A new account; returns the password to be given out, which is kept nowhere."""
        name, password = _checked_name(name), _password()
        user = User(name, self._hasher.hash(password), _checked_roles(roles), must_change=True)
        if not self._people.add(user, who):
            raise SignInRefused(f"已有叫“{name}”的账户；请加上科室或工号以示区别。")
        return password

    def reset_password(self, name: str, who: str) -> str:
        """A new password to be given out; every session of the account ends."""
        password = _password()
        self._change(name, who, "reset_password", password_hash=self._hasher.hash(password), must_change=True)
        return password

    def change_roles(self, name: str, roles: Collection[str], who: str) -> None:
        self._change(name, who, "change_roles", roles=_checked_roles(roles))

    def set_active(self, name: str, active: bool, who: str) -> None:
        """Take an account out of use, which ends its sessions, or back into it."""
        self._change(name, who, "activate" if active else "deactivate", active=active)

    def _change(self, name: str, who: str, act: str, **values: object) -> None:
        user = self._people.user(name)
        if user is None:
            raise SignInRefused("没有这个账户；请刷新页面。")
        try:
            self._people.change(replace(user, **values), who, act)  # type: ignore[arg-type]
        except NoAdministrator:
            raise SignInRefused(LAST) from None

    def _begin(self, name: str) -> str:
        token = secrets.token_urlsafe(32)
        moment = now()
        self._people.save_session(SessionEntry(_fingerprint(token), name, moment, moment + SESSION))
        return token

    def _verified(self, name: str, password: str, address: str) -> User:
        user = self._people.user(name)
        if not self._matches(user, password, address, name):
            raise SignInRefused(WRONG)
        assert user is not None
        return user

    def _matches(self, user: User | None, password: str, address: str, name: str = "") -> bool:
        """Whether a password is right; each wrong one counts, and too many are refused unseen."""
        # what was typed for a name may be a password: it is kept only where it names an account
        counted = user.name if user else "?" + _fingerprint(name)[:32]
        attempt, until = self._people.attempt(counted, address)
        if until is not None:
            raise SignInRefused(
                f"连续输错次数过多，已锁定 15 分钟，{_clock(until)} 后再试；急用请管理员解除。"
            )
        stored = user.password_hash if user else self._no_such_hash
        good = self._verifies(stored, password) and user is not None and user.active
        self._people.settle(attempt, user.name if user else "", counted, address, good)
        return good

    def _verifies(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False

    @staticmethod
    def _check_password(name: str, password: str, again: str) -> None:
        if password != again:
            raise SignInRefused("两次输入的密码不一样，请重新输入。")
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise SignInRefused(f"密码至少 {SHORTEST_PASSWORD} 个字符，请换一个更长的。")
        if len(set(password)) < 4 or name in password:
            raise SignInRefused("这个密码太容易猜到；请不要用姓名，也不要重复同一个字符。")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _checked_name(name: str) -> str:
    name = _plain(name)
    if not name or not name.isprintable() or any("\ud800" <= letter <= "\udfff" for letter in name):
        raise SignInRefused(f"姓名须为 1 至 {LONGEST_NAME} 个字符，请改正。")
    if len(name) > LONGEST_NAME:
        raise SignInRefused(f"姓名须为 1 至 {LONGEST_NAME} 个字符，请改正。")
    if name in (DEMONSTRATOR, "系统"):
        raise SignInRefused(f"“{name}”是程序用的名字，请用您的姓名。")
    return name


def _checked_roles(roles: Collection[str]) -> tuple[str, ...]:
    chosen = tuple(role for role in OPENS if role in roles)
    if not chosen or len(chosen) != len(set(roles)):
        raise SignInRefused("请至少选一个角色。")
    return chosen


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()[: LONGEST_NAME + 1]


def _password() -> str:
    groups = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join(groups)


def _clock(moment: datetime) -> str:
    return f"{(datetime.now() + (moment - now())):%H:%M}"


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
