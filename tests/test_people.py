"""Accounts, sessions and attempts to sign in, on SQLite and on PostgreSQL where it is installed."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from review.store.entries import SessionEntry, TrailFilter, User
from review.store.people import LOCK, MISSES, NoAdministrator
from review.store.schema import sign_ins
from review.store.store import new_key, now

ADMIN = User("王敏", "hash", ("组长", "管理员"))
EXPERT = User("李国栋", "hash", ("专家",))


def acts(store):
    return [line.act for line in reversed(store.trail.lines(TrailFilter()))]


def missed(store, name, address, times):
    return [store.people.attempt(name, address) for _ in range(times)]


def test_only_one_first_administrator_can_be_made(store):
    made = []
    threads = [
        threading.Thread(
            target=lambda n=n: made.append(store.people.add(replace(ADMIN, name=f"王{n}"), "王", first=True))
        )
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 5 + [True]
    assert acts(store) == ["first_administrator"]


def test_a_name_is_taken_once(store):
    assert [store.people.add(EXPERT, "王敏") for _ in range(2)] == [True, False]
    assert [user.name for user in store.people.all()] == ["李国栋"]


def test_a_session_is_kept_and_ended(store):
    store.people.add(EXPERT, "王敏")
    entry = SessionEntry(new_key(), EXPERT.name, now(), now() + timedelta(hours=8))
    store.people.save_session(entry)
    assert store.people.session(entry.token_hash) == entry
    store.people.end_session(entry.token_hash)
    assert store.people.session(entry.token_hash) is None


def test_a_new_password_ends_every_other_session_and_other_roles_end_none(store):
    store.people.add(ADMIN, "王敏")
    for token in ("here", "there"):
        store.people.save_session(SessionEntry(token, "王敏", now(), now() + timedelta(hours=8)))
    store.people.change(replace(ADMIN, roles=("管理员",)), "王敏", "change_roles")
    assert store.people.session("there")
    store.people.change(replace(ADMIN, password_hash="new"), "王敏", "change_password", keep="here")
    assert [bool(store.people.session(token)) for token in ("here", "there")] == [True, False]


@pytest.mark.parametrize("change", [{"active": False}, {"roles": ("专家",)}])
def test_the_last_administrator_stays(store, change):
    store.people.add(ADMIN, "王敏")
    with pytest.raises(NoAdministrator):
        store.people.change(replace(ADMIN, **change), "王敏", "change")
    assert store.people.user("王敏").roles == ADMIN.roles
    assert acts(store) == ["add_account"]


def test_two_administrators_who_remove_each_other_at_once_leave_one(store):
    for name in ("王敏", "陈立群"):
        store.people.add(replace(ADMIN, name=name), "王敏")
    refused = []

    def remove(name):
        try:
            store.people.change(replace(ADMIN, name=name, active=False), "王敏", "deactivate")
        except NoAdministrator:
            refused.append(name)

    threads = [threading.Thread(target=remove, args=(name,)) for name in ("王敏", "陈立群")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert [user.name for user in store.people.all() if user.active] == refused


def test_five_misses_lock_the_name_and_twenty_the_address(store):
    assert all(seq and not until for seq, until in missed(store, "王敏", "10.0.0.1", MISSES["name"]))
    seq, until = store.people.attempt("王敏", "10.0.0.2")
    assert (seq, until > now() + LOCK - timedelta(seconds=30)) == (0, True)
    for number in range(MISSES["address"] - MISSES["name"]):
        assert store.people.attempt(f"甲{number}", "10.0.0.1")[0]
    assert store.people.attempt("乙", "10.0.0.1")[0] == 0
    assert {(one.kind, one.value) for one in store.people.locks()} == {
        ("name", "王敏"),
        ("address", "10.0.0.1"),
    }


def test_forty_attempts_at_once_get_no_more_than_five_guesses(store):
    seen = []
    threads = [
        threading.Thread(target=lambda n=n: seen.append(store.people.attempt("王敏", f"10.0.1.{n}")[0]))
        for n in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(seq > 0 for seq in seen) == MISSES["name"]


def test_a_good_sign_in_begins_the_count_anew(store):
    missed(store, "王敏", "10.0.0.1", 4)
    seq, _ = store.people.attempt("王敏", "10.0.0.1")
    store.people.settle(seq, "王敏", "王敏", "10.0.0.1", True)
    assert all(seq for seq, _ in missed(store, "王敏", "10.0.0.1", 5))
    assert store.people.last_seen().keys() == {"王敏"}


def test_a_lock_lasts_a_quarter_of_an_hour_from_the_last_miss(store):
    missed(store, "王敏", "10.0.0.1", 5)
    with store._engine.begin() as connection:
        connection.execute(update(sign_ins).values(at=now() - LOCK + timedelta(seconds=5)))
    assert store.people.attempt("王敏", "10.0.0.1")[1] is not None
    with store._engine.begin() as connection:
        connection.execute(update(sign_ins).values(at=now() - LOCK))
    assert [store.people.attempt("王敏", "10.0.0.1")[1] for _ in range(2)] == [None, None]


def test_the_fifth_miss_is_told_and_an_administrator_can_lift_the_lock(store):
    for _ in range(5):
        seq, _ = store.people.attempt("王敏", "10.0.0.1")
        store.people.settle(seq, "王敏", "王敏", "10.0.0.1", False)
    assert acts(store) == ["sign_in_failed"] * 5 + ["locked"]
    assert [store.people.unlock("name", "王敏", "陈立群") for _ in range(2)] == [True, False]
    assert store.people.attempt("王敏", "10.0.0.1")[0]
    assert acts(store)[-1] == "unlock"
