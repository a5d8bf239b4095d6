"""Sign-in: the demonstration, the first administrator, sessions, lock-out."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from review.store.accounts import ADMINISTRATOR, LEADER, Accounts, SignInRefused
from review.store.store import Store, now

PASSWORD = "correct horse battery"


@pytest.fixture
def store(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    yield store
    store.close()


@pytest.fixture
def accounts(store):
    return Accounts(store, "127.0.0.1")


def test_with_only_the_demonstration_on_this_machine_one_is_signed_in(store, accounts):
    store.add_inspection("示例", "医院", Path("/demo"), "演示", demo=True)
    person = accounts.who(None)
    assert (person.name, person.role, person.demo, person.decides) == ("演示", "示例", True, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::"])
def test_any_other_address_asks_for_a_first_administrator(store, host):
    assert Accounts(store, host).who(None) is None


def test_another_inspection_asks_for_a_first_administrator(store, accounts):
    store.add_inspection("真实检查", "医院", Path("/real"), "王敏")
    assert accounts.who(None) is None


def test_the_first_administrator_ends_the_demonstration_and_may_open_every_page(store, accounts):
    token = accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    person = accounts.who(token)
    assert (person.name, person.roles, person.demo) == ("王敏", (LEADER, ADMINISTRATOR), False)
    assert accounts.who(None) is None
    with pytest.raises(SignInRefused, match="已有管理员"):
        accounts.first_administrator("别人", PASSWORD, PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "again", "told"),
    [
        ("王敏", PASSWORD, "something else", "不一样"),
        ("王敏", "short", "short", "至少"),
        ("  ", PASSWORD, PASSWORD, "姓名"),
        ("演示", PASSWORD, PASSWORD, "程序用的名字"),
        ("王敏王敏", "我是王敏王敏一二三四五六", "我是王敏王敏一二三四五六", "容易猜到"),
        ("a\x00b", PASSWORD, PASSWORD, "姓名"),
    ],
)
def test_a_first_administrator_is_refused_with_the_remedy(accounts, name, password, again, told):
    with pytest.raises(SignInRefused, match=told):
        accounts.first_administrator(name, password, again)


def test_a_wrong_name_and_a_wrong_password_are_told_alike(accounts):
    accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    told = []
    for name, password in (("王敏", "wrong password"), ("没有此人", PASSWORD)):
        with pytest.raises(SignInRefused) as refused:
            accounts.sign_in(name, password, "10.0.0.1")
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_five_misses_lock_the_name_even_for_the_right_password(accounts):
    accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    for number in range(5):
        with pytest.raises(SignInRefused, match="不对"):
            accounts.sign_in("王敏", "wrong password", f"10.0.0.{number}")
    with pytest.raises(SignInRefused, match="锁定 15 分钟"):
        accounts.sign_in("王敏", PASSWORD, "10.0.0.9")


def test_a_session_outlives_the_process_and_ends_at_sign_out(store, accounts):
    token = accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    assert Accounts(store, "127.0.0.1").who(token).name == "王敏"
    accounts.sign_out(token)
    assert accounts.who(token) is None


def test_a_session_unused_for_half_an_hour_asks_again(store, accounts):
    import hashlib

    token = accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    session = store.people.session(hashlib.sha256(token.encode()).hexdigest())
    store.people.save_session(replace(session, seen_at=now() - timedelta(minutes=31)))
    assert accounts.who(token) is None


def test_the_store_holds_no_token_and_no_password(tmp_path, store, accounts):
    token = accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    files = [file.read_bytes() for file in tmp_path.iterdir()]
    assert not any(token.encode() in content or PASSWORD.encode() in content for content in files)
