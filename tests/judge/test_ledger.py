"""The ledger of what was asked: kept at once, opened again, refused where it is none of ours."""

import sqlite3

import pytest

from review.errors import InputError
from review.judge.ledger import Answer, Ledger
from review.judge.requests import Request

BODY = {"messages": [{"role": "user", "content": "一句"}], "temperature": 0}
ASKED = Request("A1", "J1", "thing", 0, "p v1", BODY)


def answer(key, text="好"):
    return Answer(key, {"role": "assistant", "content": text}, "double", 10, 2)


def test_what_was_kept_is_there_after_the_file_was_left_open(tmp_path):
    first = Ledger(tmp_path / "m.sqlite3")
    first.note([ASKED])
    assert first.keep(answer(ASKED.key)) is True
    second = Ledger(tmp_path / "m.sqlite3")
    assert second.answer(ASKED.key).text == "好"
    first.close()
    second.close()


def test_the_first_answer_to_a_request_stands(tmp_path):
    ledger = Ledger(tmp_path / "m.sqlite3")
    ledger.note([ASKED])
    assert [ledger.keep(answer(ASKED.key, text)) for text in ("好", "坏")] == [True, False]
    assert ledger.answer(ASKED.key).text == "好"
    ledger.close()


def test_an_answer_to_nothing_that_was_asked_is_not_kept(tmp_path):
    ledger = Ledger(tmp_path / "m.sqlite3")
    assert ledger.keep(answer("0" * 40)) is False
    assert ledger.spent().requests == 0
    ledger.close()


@pytest.mark.parametrize("content", [b"not a database at all" * 100, None])
def test_a_file_of_another_kind_is_refused_with_what_to_do(tmp_path, content):
    file = tmp_path / "m.sqlite3"
    if content is None:
        base = sqlite3.connect(file)
        base.execute("pragma user_version = 99")
        base.close()
    else:
        file.write_bytes(content)
    with pytest.raises(InputError, match="移走这个文件"):
        Ledger(file)
