"""A model at a public address is told apart from one in the house."""

import socket

import pytest

from review.private_addresses import is_private


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/v1", "http://localhost:11434", "https://10.1.2.3/v1", "http://172.16.0.9", "http://192.168.1.4:8000",
        "http://169.254.3.3", "http://[::1]:8000", "http://[fd12:3456::1]", "http://[fe80::1%25eth0]", "http://[::ffff:10.0.0.1]", "localhost:8000",
    ],
)  # fmt: skip
def test_addresses_of_the_house_are_private(url):
    assert is_private(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8", "http://172.32.0.1", "http://[2001:4860::8888]", "http://[::ffff:8.8.8.8]", "http://0.0.0.0", "https://api.example.com/v1",
        "http://127.0.0.1.example.com", "http://127.0.0.1@example.com", "http://example.com\\@10.0.0.1", "http://[bad", "", "http://", "不是地址",
        "http://10.0.0.1 .example.com", "http://nobody-answers.internal", "x" * 10_000, "http://" + "a" * 70 + ".local",
    ],
)  # fmt: skip
def test_everything_else_is_not(url):
    assert not is_private(url)


@pytest.mark.parametrize(
    ("addresses", "private"), [(["10.0.0.5"], True), (["10.0.0.5", "8.8.8.8"], False), (["fd00::5", "192.168.0.2"], True), ([], False)]
)  # fmt: skip
def test_an_own_name_is_private_when_it_resolves_to_nothing_else(monkeypatch, addresses, private):
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 0)) for address in addresses]
    )
    assert is_private("http://gpu.lan:8000/v1") is private
    assert is_private("http://gpu:8000/v1") is private
    assert not is_private("https://gpu.example.com/v1")
