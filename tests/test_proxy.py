"""Whom a proxy may name, and what it may say of an address."""

import pytest

from review.errors import SettingsError
from review.proxy import NO_PROXY, Proxy
from review.settings import Settings

LISTED = Proxy.read("from=10.0.0.2,10.1.0.0/16,::1 user=X-Remote-User")


def test_without_the_setting_nobody_is_believed():
    assert Settings.from_environment({}).proxy == NO_PROXY
    assert (NO_PROXY.named("127.0.0.1", ["王敏"]), NO_PROXY.caller("127.0.0.1", ["10.9.9.9"])) == (
        None,
        "127.0.0.1",
    )


@pytest.mark.parametrize(
    ("peer", "values", "named"),
    [
        ("10.0.0.2", ["wang"], "wang"),
        ("10.1.7.7", ["%E7%8E%8B%E6%95%8F"], "王敏"),
        ("::ffff:10.0.0.2", ["王敏".encode().decode("latin-1")], "王敏"),
        ("10.0.0.3", ["wang"], None),
        ("127.0.0.1", ["wang"], None),
        ("", ["wang"], None),
        ("10.0.0.2", [], None),
        ("10.0.0.2", [""], None),
        ("10.0.0.2", ["li", "wang"], ""),
        ("10.0.0.2", ["\xff\xfe"], ""),
    ],
)
def test_only_a_listed_proxy_names_somebody_and_only_once(peer, values, named):
    assert LISTED.named(peer, values) == named


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.2", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.2", ["6.6.6.6, 203.0.113.9, 10.1.0.4"], "203.0.113.9"),
        ("203.0.113.9", ["10.0.0.2"], "203.0.113.9"),
        ("10.0.0.2", ["not an address"], "10.0.0.2"),
        ("10.0.0.2", [], "10.0.0.2"),
    ],
)
def test_the_caller_is_the_last_address_that_is_no_proxy_s(peer, forwarded, address):
    assert LISTED.caller(peer, forwarded) == address


@pytest.mark.parametrize(
    "wrong",
    [
        "10.0.0.2",
        "from=here",
        "user=X-Remote-User",
        "from=10.0.0.2 header=X",
        "from=0.0.0.0/0",
        "from=10.0.0.2 user=a b",
    ],
)
def test_a_setting_that_cannot_be_read_or_trusts_everybody_is_refused(wrong):
    with pytest.raises(SettingsError, match="MINGJIAN_PROXY"):
        Settings.from_environment({"MINGJIAN_PROXY": wrong})
