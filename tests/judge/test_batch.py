"""The way through the air gap: what goes out, and every kind of line that may come back."""

import json

import pytest

from review.errors import InputError
from review.judge.asking import tokens_of
from review.judge.batch import Taken, export_requests, import_answers
from review.judge.ledger import Ledger
from review.judge.requests import Request


def request(words):
    body = {"model": "qwen", "messages": [{"role": "user", "content": words}], "temperature": 0}
    return Request("A1", "J1", "thing", 0, "p v1", body)


@pytest.fixture
def ledger(tmp_path):
    held = Ledger(tmp_path / "model.sqlite3")
    yield held
    held.close()


def line(one, text="好", **more):
    body = {
        "model": "qwen-72b",
        "choices": [{"message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 40, "completion_tokens": 3},
    }
    told = {"custom_id": one.key, "response": {"status_code": 200, "body": body}, "error": None}
    return json.dumps(told | more, ensure_ascii=False)


def took(tmp_path, ledger, *lines):
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return import_answers(file, ledger)


def test_a_request_goes_out_once_in_the_batch_format(tmp_path, ledger):
    file = tmp_path / "requests.jsonl"
    assert export_requests(file, [request("一"), request("二"), request("一")]) == 2
    first = json.loads(file.read_text("utf-8").splitlines()[0])
    assert first == {
        "custom_id": request("一").key,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": request("一").body,
    }


def test_answers_are_taken_in_any_order_and_some_at_a_time(tmp_path, ledger):
    asked = [request(word) for word in "一二三"]
    ledger.note(asked)
    assert took(tmp_path, ledger, line(asked[2], "丙"), line(asked[0], "甲")) == Taken(kept=2)
    assert [ledger.answer(one.key) and ledger.answer(one.key).text for one in asked] == ["甲", None, "丙"]
    assert took(tmp_path, ledger, line(asked[1]), line(asked[0], "别的")) == Taken(kept=1, known=1)
    assert ledger.answer(asked[0].key).text == "甲"
    assert ledger.answer(asked[0].key).model == "qwen-72b"
    assert (ledger.spent().tokens_in, ledger.spent().tokens_out) == (120, 9)


def test_what_is_no_answer_is_counted_by_kind_and_costs_nothing_else(tmp_path, ledger):
    asked = [request(word) for word in "一二三四"]
    ledger.note(asked)
    taken = took(
        tmp_path,
        ledger,
        "not json",
        line(request("别处问的")),
        line(asked[0], error={"message": "overloaded"}),
        json.dumps({"custom_id": asked[1].key, "response": {"status_code": 500, "body": {}}}),
        json.dumps({"custom_id": asked[2].key, "response": {"status_code": 200, "body": {"choices": []}}}),
        json.dumps(["list"]),
        "{" * 50_000,
        line(asked[3]),
        line(asked[3]),
    )
    assert (taken.kept, taken.known, taken.foreign, taken.failed, taken.unreadable) == (1, 1, 1, 2, 4)
    assert taken.places[0] == "第 1 行：读不出来"
    assert taken.places[1] == "第 2 行：不是本次检查提出的问题"
    assert ledger.problem(asked[0].key) == "批量回答里这一问是服务器的报错"


def test_a_failed_line_can_be_answered_later(tmp_path, ledger):
    (one,) = asked = [request("一")]
    ledger.note(asked)
    took(tmp_path, ledger, line(one, error="x"))
    assert took(tmp_path, ledger, line(one)) == Taken(kept=1)
    assert ledger.problem(one.key) is None


@pytest.mark.parametrize("content", ["住院号,姓名\n1,2\n", '{"id": 1}\n', "\x00\x01\x02\n"])
def test_a_file_of_something_else_is_refused_with_what_it_should_be(tmp_path, ledger, content):
    file = tmp_path / "answers.jsonl"
    file.write_text(content, "utf-8")
    with pytest.raises(InputError, match="没有一行是批量回答"):
        import_answers(file, ledger)


def test_a_missing_file_is_named(tmp_path, ledger):
    with pytest.raises(InputError, match=r"none\.jsonl 读不出来"):
        import_answers(tmp_path / "none.jsonl", ledger)


def test_a_byte_order_mark_and_empty_lines_are_passed_over(tmp_path, ledger):
    (one,) = asked = [request("一")]
    ledger.note(asked)
    file = tmp_path / "answers.jsonl"
    file.write_text("\ufeff\n" + line(one) + "\n\n", "utf-8")
    assert import_answers(file, ledger) == Taken(kept=1)


def test_tool_calls_are_kept_as_they_were_said(tmp_path, ledger):
    (one,) = asked = [request("一")]
    ledger.note(asked)
    calls = [{"id": "c1", "type": "function", "function": {"name": "read", "arguments": "{}"}}]
    body = {"choices": [{"message": {"role": "assistant", "content": None, "tool_calls": calls}}]}
    took(tmp_path, ledger, json.dumps({"custom_id": one.key, "response": {"body": body}}))
    assert ledger.answer(one.key).message == {"role": "assistant", "content": "", "tool_calls": calls}
    assert ledger.spent().tokens_in == tokens_of(one.body) > 0  # counted by us where the server did not


def test_a_place_that_cannot_be_written_is_said(tmp_path, ledger):
    with pytest.raises(InputError, match="写不进去"):
        export_requests(tmp_path / "none" / "requests.jsonl", [request("一")])
