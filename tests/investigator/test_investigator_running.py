"""One machine, three ways: played by hand, live over a server, and in rounds through files; limits, kills, faults."""

import json
import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from going_on import STEPS, run
from model_server import ModelServer, Reply
from scripted import STAY, Script, call, calls, find_line, good, last, play

from review.investigator.keeping import Keeper
from review.investigator.running import go_on, investigate, investigate_live, open_requests
from review.investigator.transcript import REMINDER, Limits, State, advance, begin, next_request, request_of
from review.judge.asking import Asker
from review.judge.batch import export_requests, import_answers
from review.judge.ledger import Answer, Ledger
from review.llm import Model
from review.settings import ModelLimits

HERE = Path(__file__).parent


@pytest.fixture
def keeper(tmp_path):
    opened = Keeper(tmp_path / "investigations.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "model.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def played(case, state):
    """The same script by hand: what every other way must come to."""
    state, _ = play(case, replace(state, limits=Limits()), *STEPS)
    return state


def test_a_request_is_a_body_of_the_protocol(state):
    body = next_request(state)
    assert set(body) == {"model", "messages", "tools", "tool_choice", "temperature"}
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    json.dumps(body, ensure_ascii=False)


def test_a_state_survives_being_written_and_read(played):
    assert State.from_json(played.to_json()) == played
    assert played.findings[0].amount is not None


def test_an_investigation_ends_with_its_reason_and_findings(played):
    assert (played.status, played.reason, played.steps) == ("finished", "收费和病历已对过。", 5)
    assert len(played.findings) == 1


def test_a_message_after_the_end_changes_nothing(case, played):
    assert advance(played, call("finish", reason="再来"), case) is played


def test_a_silent_model_is_reminded_once_and_then_ended(case, state):
    silent = {"role": "assistant", "content": "我看没有问题。"}
    state = advance(state, silent, case)
    assert state.is_open and state.messages[-1]["content"] == REMINDER
    again = advance(state, call("list_findings"), case)
    assert again.is_open and not again.reminded
    ended = advance(state, silent, case)
    assert (ended.status, ended.reason) == ("stopped", "模型连续两次没有调用工具")


def test_several_calls_of_one_message_are_all_answered_and_none_after_the_end(case, state):
    message = calls(
        ("list_findings", "{}"),
        ("finish", '{"reason": "查完"}'),
        ("query", '{"sql": "select 1"}'),
        ("nope", "{}"),
    )
    state = advance(state, message, case)
    results = state.messages[-4:]
    assert [result["role"] for result in results] == ["tool"] * 4
    assert [result["tool_call_id"] for result in results] == [
        one["id"] for one in state.messages[-5]["tool_calls"]
    ]
    assert results[1]["content"] == "核查结束。"
    assert results[2]["content"] == results[3]["content"] == "核查已经结束，这个调用没有执行。"
    assert state.status == "finished"


def test_more_calls_than_are_allowed_are_told_so(case, state):
    state = advance(state, calls(*[("list_findings", "{}")] * 9), case)
    said = [message["content"] for message in state.messages if message["role"] == "tool"]
    assert sum("没有执行" in one for one in said) == 1 and len(said) == 9


def test_arguments_that_are_no_json_come_back_and_are_not_sent_again(case, state):
    state = advance(state, calls(("query", '{"sql": "select')), case)
    assert "不是 JSON" in state.messages[-1]["content"]
    assert state.messages[-2]["tool_calls"][0]["function"]["arguments"] == "{}"
    assert state.is_open


@pytest.mark.parametrize(
    "message",
    [
        {"content": '<tool_call>\n{"name": "list_findings", "arguments": {}}\n</tool_call>'},
        {"content": None, "function_call": {"name": "list_findings", "arguments": "{}"}},
        {
            "content": "<think>先看</think>",
            "tool_calls": [{"function": {"name": "list_findings", "arguments": {}}}],
        },
    ],
)
def test_a_call_is_understood_in_the_forms_that_servers_write_it(case, state, message):
    state = advance(state, message, case)
    assert "CHG-003" in state.messages[-1]["content"]
    assert "<think>" not in state.messages[-2]["content"]


@pytest.mark.parametrize("message", [{}, {"content": 5}, {"tool_calls": "x"}, {"tool_calls": [None, 3, {}]}])
def test_a_message_without_sense_is_taken_for_a_silent_one(case, state, message):
    state = advance(state, message, case)
    assert state.is_open and state.reminded


def test_each_limit_ends_an_investigation_with_its_name(case, state):
    step = call("list_findings")
    for limits, named in (
        (Limits(steps=2), "2 步"),
        (Limits(tokens_in=9000), "输入词元"),
        (Limits(tokens_out=10), "输出词元"),
        (Limits(seconds=0.0), "0 秒"),
        (Limits(context=4200), "一次要问的"),
    ):
        stopped = replace(state, limits=limits)
        for _ in range(3):
            stopped = advance(stopped, step, case)
        assert stopped.status == "stopped" and named in stopped.reason, named


def test_the_last_steps_are_announced(case, state):
    state = advance(replace(state, limits=Limits(steps=4)), call("list_findings"), case)
    assert "还可以走 3 步" in state.messages[-1]["content"]


def test_old_results_give_way_when_the_context_grows_and_say_so(case, state):
    state = replace(state, limits=Limits(context=7000, tokens_in=10**7))
    for document in ("D1", "D2", "D7"):
        state = advance(
            state, call("query", sql=f"select * from charges where '{document}' <> '' limit 12"), case
        )
        state = advance(state, call("read_document", document=document), case)
    assert state.is_open
    sent = [message["content"] for message in next_request(state)["messages"]]
    assert any("已从对话里略去" in one for one in sent)
    assert "已从对话里略去" not in sent[-1]
    assert all("已从对话里略去" not in message["content"] for message in state.messages)


def test_a_defect_of_a_tool_ends_one_investigation_and_is_logged(case, state, keeper, caplog):
    broken = replace(case, findings=(object(),))
    keeper.keep(None, state)
    with caplog.at_level(logging.ERROR):
        ended = go_on(
            broken, state, lambda request: Answer(request.key, call("list_findings"), "double", 1, 1), keeper
        )
    assert ended.status == "stopped" and "程序缺陷" in ended.reason
    assert keeper.state(STAY).status == "stopped" and caplog.records


def test_a_step_is_kept_once(state, keeper, case):
    keeper.keep(None, state)
    after = advance(state, call("list_findings"), case)
    assert keeper.keep(state, after)
    assert not keeper.keep(state, after)
    assert [step["step"] for step in keeper.steps(STAY)] == [0, 1]
    assert keeper.state(STAY) == after and list(keeper.states()) == [after]


def test_the_same_investigation_live_over_a_server_comes_to_the_same(scene, tmp_path, keeper, ledger, played):
    server = ModelServer()
    script = Script(*STEPS)

    def reply(request):
        made = script(request)["tool_calls"]
        return Reply(calls=[(one["function"]["name"], one["function"]["arguments"]) for one in made])

    server.reply = reply
    asker = Asker(Model("double", server.url, 20.0), ledger, ModelLimits())

    def said(request):
        asker.ask_as_they_are([request])
        return ledger.answer(request.key)

    (state,) = investigate(scene, [STAY], "double", Limits(), said, keeper)
    server.close()
    assert (state.status, state.findings) == ("finished", played.findings)
    assert [message.get("content") for message in state.messages] == [
        message.get("content") for message in played.messages
    ]
    assert all(request["tools"] and request["tool_choice"] == "auto" for request in server.requests)
    (kept,) = investigate(scene, [STAY], "double", Limits(), lambda _: pytest.fail("asked again"), keeper)
    assert kept.findings == played.findings


def test_a_server_that_fails_leaves_the_investigation_open(scene, keeper, ledger):
    server = ModelServer()
    server.reply = lambda request: Reply(status=400)
    asker = Asker(Model("double", server.url, 5.0), ledger, ModelLimits())

    def said(request):
        asker.ask_as_they_are([request])
        return ledger.answer(request.key)

    (state,) = investigate(scene, [STAY], "double", Limits(), said, keeper)
    server.close()
    assert state.is_open and state.steps == 0 and keeper.state(STAY) == state


def answered(line, script):
    """A line of a batch's answers."""
    body = json.loads(line)["body"]
    message = script(body)
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    whole = {"choices": [choice], "model": "double", "usage": {"prompt_tokens": 10, "completion_tokens": 5}}
    return json.dumps(
        {"custom_id": json.loads(line)["custom_id"], "response": {"status_code": 200, "body": whole}}
    )


def test_rounds_through_the_air_gap_come_to_the_same_as_live(scene, tmp_path, keeper, ledger, played):
    other = "22992024080500011781"
    scripts = {
        STAY: Script(*STEPS),
        other: Script(call("list_findings"), call("finish", reason="没有别的疑点。")),
    }
    rounds = 0
    while True:
        requests = list(open_requests(scene, [STAY, other], "double", Limits(), keeper))
        ledger.note(requests)
        file = tmp_path / f"round{rounds}.jsonl"
        if not export_requests(file, requests):
            break
        who = {one.key: one.admission_id for one in requests}
        lines = [
            answered(line, scripts[who[json.loads(line)["custom_id"]]])
            for line in file.read_text("utf-8").splitlines()
        ]
        foreign = json.dumps(
            {"custom_id": "x" * 40, "response": {"status_code": 200, "body": {"choices": []}}}
        )
        back = tmp_path / f"back{rounds}.jsonl"
        back.write_text("\n".join([foreign, *reversed(lines), *lines]) + "\n", "utf-8")
        taken = import_answers(back, ledger)
        assert (taken.kept, taken.known, taken.foreign) == (len(lines), len(lines), 1)
        list(
            investigate(scene, [STAY, other], "double", Limits(), lambda one: ledger.answer(one.key), keeper)
        )
        rounds += 1
    assert rounds == 5
    assert keeper.state(STAY).findings == played.findings
    assert keeper.state(STAY).status == keeper.state(other).status == "finished"


def test_what_leaves_through_the_air_gap_is_named_by_a_key(state):
    request = request_of(state)
    assert len(request.key) == 40 and STAY not in json.dumps(request.body, ensure_ascii=False)


def killed(home, folder, step, when):
    done = subprocess.run(
        [sys.executable, str(HERE / "going_on.py"), str(home), str(folder), str(step), when],
        capture_output=True,
        timeout=120,
        env={"PYTHONPATH": f"{HERE}:{HERE.parents[1]}", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == -9, done.stderr.decode()[-2000:]


@pytest.mark.slow
def test_killed_between_steps_nothing_answered_is_asked_again_and_nothing_submitted_twice(
    reviewed_hostile, tmp_path, played
):
    killed(reviewed_hostile, tmp_path, 1, "before")
    killed(reviewed_hostile, tmp_path, 3, "after")
    state = run(reviewed_hostile, tmp_path)
    assert (state.status, state.findings) == ("finished", played.findings)
    # the second step was asked and killed before its answer came; no answered one was asked again
    assert (tmp_path / "asked.txt").read_text().split() == ["0", "1", "1", "2", "3", "4"]


def test_a_run_that_goes_on_meets_the_same_requests(case, state, played):
    again = begin(case, "double", Limits())
    for step in STEPS:
        body = next_request(again)
        again = advance(again, step(body["messages"]) if callable(step) else step, case)
    assert again.messages == played.messages and again.findings == played.findings


def test_one_good_step_after_many_bad_ones_is_taken(case, state):
    state, said = play(
        case,
        state,
        call("query", sql="drop table charges"),
        calls(("submit_finding", "{}")),
        {"role": "assistant", "content": "嗯"},
        find_line,
        lambda messages: good(last(messages)),
    )
    assert said[-1].startswith("已收下")


def test_several_investigations_go_on_beside_each_other(scene, keeper, ledger, played):
    other = "22992024080500011781"
    scripts = {
        f"住院 {scene.stays[STAY]}；": Script(*STEPS),
        f"住院 {scene.stays[other]}；": Script(
            call("list_findings"), call("finish", reason="没有别的疑点。")
        ),
    }
    turns = []

    def ask(requests):
        turns.append(len(requests))
        ledger.note(requests)
        for one in requests:
            script = next(
                script for words, script in scripts.items() if words in one.body["messages"][1]["content"]
            )
            ledger.keep(Answer(one.key, script(one.body), "double", 10, 5))

    def said(request):
        return ledger.answer(request.key)

    first, second = investigate_live(scene, [STAY, other], "double", Limits(), said, ask, keeper)
    assert (first.findings, first.status, second.status) == (played.findings, "finished", "finished")
    assert turns == [2, 2, 1, 1, 1]


def test_a_turn_without_any_answer_leaves_all_open(scene, keeper):
    states = list(investigate_live(scene, [STAY], "double", Limits(), lambda _: None, lambda _: None, keeper))
    assert [state.is_open for state in states] == [True]


def test_results_that_the_model_has_not_read_are_never_shortened(case, state):
    state = replace(state, limits=Limits(context=9000, tokens_in=10**7))
    wide = '{"sql": "select * from charges limit 12"}'
    state = advance(state, calls(*[("query", wide)] * 3), case)
    state = advance(state, call("list_findings"), case)
    state = advance(state, calls(*[("read_document", '{"document": "D1"}')] * 4), case)
    sent = [message["content"] for message in next_request(state)["messages"]]
    assert sum("已从对话里略去" in one for one in sent) >= 1
    assert not any("已从对话里略去" in one for one in sent[-6:])


def test_the_last_word_is_screened_like_a_statement(case, state):
    state = advance(state, call("finish", reason="确认骗保。"), case)
    assert state.is_open and "骗保" in state.messages[-1]["content"]
    assert advance(state, call("finish", reason="查完，没有别的疑点。"), case).status == "finished"


def test_an_investigation_of_another_review_or_model_begins_anew(scene, keeper):
    def answers(request):
        return Answer(request.key, call("finish", reason="查完。"), request.body["model"], 1, 1)

    (first,) = investigate(scene, [STAY], "double", Limits(), answers, keeper)
    (same,) = investigate(scene, [STAY], "double", Limits(), lambda _: pytest.fail("asked again"), keeper)
    assert same == first and first.status == "finished"
    (other,) = investigate(scene, [STAY], "another", Limits(), lambda _: None, keeper)
    assert other.is_open and other.model == "another" and keeper.state(STAY) == other
    changed = replace(scene, findings={})
    (again,) = investigate(changed, [STAY], "another", Limits(), answers, keeper)
    assert again.stands_on != other.stands_on and "规则疑点 0 条" in again.messages[1]["content"]
    assert len(keeper.steps(STAY)) == 2
