"""人员: accounts, their roles, passwords given out once, and who is locked out. For administrators."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from review.casework.desk import Call, Desk, Refused, person_line, text, texts
from review.casework.results import Line
from review.store.accounts import ADMINISTRATOR, EXPERT, LEADER, OPENS, STAFF, VIEWER, Person, SignInRefused

MEANS = {
    EXPERT: "审核分派给自己的病例，提问",
    LEADER: "新建检查、分派、裁定、导出、改规则",
    STAFF: "提问，查看规则和依据，处理缺口",
    ADMINISTRATOR: "账户，检查，规则，依据，留痕；不看病历",
    VIEWER: "只看，不作决定",
}
Given = TypeVar("Given")


def open_users(desk: Desk, person: Person, call: Call) -> Line:
    """Every account with its roles and state, and the addresses that are locked."""
    seen, locks = desk.store.people.last_seen(), desk.store.people.locks()
    by_name = {lock.value: _clock(lock.until) for lock in locks if lock.kind == "name"}
    return {
        "person": person_line(person),
        "roles": [{"name": role, "means": MEANS[role]} for role in OPENS],
        "accounts": [
            {
                "name": user.name,
                "roles": list(user.roles),
                "active": user.active,
                "must_change": user.must_change,
                "created_at": _clock(user.created_at),
                "seen_at": _clock(seen.get(user.name)),
                "locked_until": by_name.get(user.name),
            }
            for user in desk.store.people.all()
        ],
        "addresses": [
            {"address": lock.value, "until": _clock(lock.until)} for lock in locks if lock.kind == "address"
        ],
    }


def add_account(desk: Desk, person: Person, call: Call) -> Line:
    """A new account; the password is in this answer and nowhere else."""
    return {
        "password": _tried(
            lambda: desk.accounts.add_account(text(call, "name"), texts(call, "roles"), person.name)
        )
    }


def change_roles(desk: Desk, person: Person, call: Call) -> Line:
    """Other roles; they hold from the account's next request on."""
    _tried(lambda: desk.accounts.change_roles(text(call, "name"), texts(call, "roles"), person.name))
    return {"ok": True}


def reset_password(desk: Desk, person: Person, call: Call) -> Line:
    """A new password to be given out; the account's sessions end."""
    if text(call, "name") == person.name:
        raise Refused("自己的密码请在右上角菜单“修改密码”里改。")
    return {"password": _tried(lambda: desk.accounts.reset_password(text(call, "name"), person.name))}


def set_active(desk: Desk, person: Person, call: Call) -> Line:
    """Take an account out of use, or back into it; what it did stays."""
    active = call.get("active") is True
    _tried(lambda: desk.accounts.set_active(text(call, "name"), active, person.name))
    return {"ok": True}


def unlock(desk: Desk, person: Person, call: Call) -> Line:
    """Let a name or an address try again before its quarter of an hour is over."""
    kind = "address" if call.get("kind") == "address" else "name"
    return {"ok": True, "was_locked": desk.store.people.unlock(kind, text(call, "value", 64), person.name)}


def _tried(act: Callable[[], Given]) -> Given:
    try:
        return act()
    except SignInRefused as refusal:
        raise Refused(str(refusal)) from refusal


def _clock(moment: datetime | None) -> str | None:
    return moment.isoformat() + "Z" if moment else None


HANDLERS = (open_users, add_account, change_roles, reset_password, set_active, unlock)
SCRIPTS = ("mingjian.js", "session.js", "users.js")
STYLES = ("tokens.css", "users.css")
