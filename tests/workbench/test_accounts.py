"""Sign-in: the demonstration, the first administrator, sessions, lock-out."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from review.proxy import Proxy
from review.store.accounts import ADMINISTRATOR, LEADER, PAGES, Accounts, SignInRefused
from review.store.entries import TrailFilter
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


def acts(store):
    return [(line.who, line.act) for line in reversed(store.trail.lines(TrailFilter()))]


def test_a_password_given_out_opens_nothing_until_it_is_changed(store, accounts):
    accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    given = accounts.add_account("李国栋", ["专家"], "王敏")
    token = accounts.sign_in("李国栋", given, "10.0.0.1")
    person = accounts.who(token)
    assert (person.must_change, person.decides, any(person.opens(page) for page in PAGES)) == (
        True,
        False,
        False,
    )
    with pytest.raises(SignInRefused, match="相同"):
        accounts.change_password(token, given, given, given, "10.0.0.1")
    elsewhere = accounts.sign_in("李国栋", given, "10.0.0.2")
    accounts.change_password(token, given, PASSWORD, PASSWORD, "10.0.0.1")
    assert accounts.who(token).opens("review")
    assert accounts.who(elsewhere) is None
    assert ("李国栋", "change_password") in acts(store)


def test_what_is_typed_for_a_name_is_kept_only_where_it_names_an_account(store, accounts, tmp_path):
    accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    with pytest.raises(SignInRefused):
        accounts.sign_in("my own secret passphrase", PASSWORD, "10.0.0.1")
    assert acts(store)[-1] == ("", "sign_in_failed")
    store.close()
    assert not any(b"secret passphrase" in file.read_bytes() for file in tmp_path.iterdir())


def test_an_account_out_of_use_is_told_like_a_wrong_password_and_its_sessions_end(store, accounts):
    accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    given = accounts.add_account("李国栋", ["专家"], "王敏")
    token = accounts.sign_in("李国栋", given, "10.0.0.1")
    accounts.set_active("李国栋", False, "王敏")
    assert accounts.who(token) is None
    with pytest.raises(SignInRefused, match="姓名或密码不对"):
        accounts.sign_in("李国栋", given, "10.0.0.1")
    accounts.set_active("李国栋", True, "王敏")
    assert accounts.sign_in("李国栋", given, "10.0.0.1")


def test_other_roles_hold_at_once_and_the_trail_has_both(store, accounts):
    accounts.first_administrator("王敏", PASSWORD, PASSWORD)
    given = accounts.add_account("李国栋", ["专家"], "王敏")
    token = accounts.sign_in("李国栋", given, "10.0.0.1")
    accounts.change_password(token, given, PASSWORD, PASSWORD, "10.0.0.1")
    accounts.change_roles("李国栋", ["经办"], "王敏")
    assert not accounts.who(token).opens("review")
    line = store.trail.lines(TrailFilter(act="change_roles"))[0]
    assert (line.who, line.subject, line.before, line.after) == ("王敏", "李国栋", "专家", "经办")


@pytest.mark.parametrize("roles", [[], ["院长"], ["专家", "院长"]])
def test_roles_that_are_none_are_refused(accounts, roles):
    with pytest.raises(SignInRefused, match="角色"):
        accounts.add_account("李国栋", roles, "王敏")


def test_the_demonstration_is_over_once_a_proxy_stands_before_it(store):
    proxy = Proxy.read("from=127.0.0.1 user=X-Remote-User")
    assert Accounts(store, "127.0.0.1", proxy).who(None) is None
