"""The door to language models, over a real server on this machine: what is sent, what comes back, what goes wrong."""

import logging
import subprocess
import sys
import threading
import time

import pytest
from model_server import ModelServer, Reply

from knowledge.answering.replies import ModelFailed
from prompts import read_prompt
from review.deidentify import mask_numbers
from review.errors import SettingsError
from review.llm import Model, open_model
from review.settings import Settings

INPUTS = {
    "question": "几小时内写成",
    "earlier": "无",
    "day": "2024-06-12",
    "passages": "<条文-1>\n[1] 《甲》第一条\n│ 十二小时\n</条文-1>",
}


@pytest.fixture
def server():
    running = ModelServer()
    yield running
    running.close()


def model(server, seconds=10.0, key="sk-secret-17"):
    return Model("double", server.url, seconds, key)


def asked(model, stop=None, **inputs):
    return list(model.asking("regulation_chat", stop)(INPUTS | inputs))


def failure(model, stop=None):
    with pytest.raises(ModelFailed) as raised:
        asked(model, stop)
    return str(raised.value)


def test_the_answer_streams_piece_by_piece_and_the_request_holds_the_prompt(server):
    server.reply = lambda request: Reply(["一句", "话", "。"])
    assert "".join(asked(model(server))) == "一句话。"
    request = server.requests[0]
    assert (request["model"], request["stream"], request["temperature"]) == ("double", True, 0.0)
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert "几小时内写成" in request["messages"][1]["content"]
    assert "│ 十二小时" in request["messages"][1]["content"]


def test_pieces_come_before_the_answer_is_finished(server):
    heard = threading.Event()

    def pieces():
        yield "甲"
        if heard.wait(20):
            yield from "乙丙丁"

    server.reply = lambda request: Reply(pieces())
    stream = model(server, seconds=60).asking("regulation_chat")(INPUTS)
    assert next(stream) == "甲"
    heard.set()
    assert "".join(stream) == "乙丙丁"


def test_the_key_goes_into_the_request_and_nowhere_else(server, caplog):
    server.reply = lambda request: Reply(status=401)
    with caplog.at_level(logging.DEBUG):
        assert failure(model(server)) == "密钥不被接受，401"
    assert server.headers[0]["authorization"] == "Bearer sk-secret-17"
    assert "sk-secret-17" not in caplog.text + repr(model(server)) + repr(
        settings(MINGJIAN_MODEL_KEY="sk-secret-17")
    )


@pytest.mark.parametrize(
    ("status", "told"), [(500, "模型服务出错，500"), (503, "模型服务出错，503"), (429, "模型正忙，429")]
)
def test_a_server_in_trouble_is_asked_once_more(server, status, told):
    replies = iter([Reply(status=status), Reply(["好"])])
    server.reply = lambda request: next(replies)
    assert asked(model(server)) == ["好"]
    server.reply = lambda request: Reply(status=status)
    assert failure(model(server)) == told
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "told"), [(400, "模型不接受这次提问，400"), (404, "地址或模型名称不对，404")]
)
def test_a_refused_request_is_not_sent_again(server, status, told):
    server.reply = lambda request: Reply(status=status)
    assert failure(model(server)) == told
    assert len(server.requests) == 1


def test_nobody_at_the_address_is_said(server):
    server.close()
    assert failure(model(server)) == "连不上模型的地址"


def test_a_model_that_says_nothing_is_given_up_in_time(server):
    server.reply = lambda request: Reply(["太晚"], pause=30)
    begun = time.monotonic()
    assert failure(model(server, seconds=1)) == "1 秒内没有说完"
    assert time.monotonic() - begun < 5


def test_a_model_that_drips_is_given_up_in_time(server):
    server.reply = lambda request: Reply(["滴"] * 1000, pause=0.2)
    got = []
    with pytest.raises(ModelFailed, match="2 秒内没有说完"):
        for piece in model(server, seconds=2).asking("regulation_chat")(INPUTS):
            got.append(piece)
    assert got


def test_stopping_ends_the_wait_at_once(server):
    server.reply = lambda request: Reply(["太晚"], pause=30)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    begun = time.monotonic()
    assert failure(model(server), stop) == "已停止"
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b"<html><body>not a model</body></html>"),
        Reply(raw=b"data: {not json\n\n"),
        Reply(raw=b'data: {"choices": null}\n\ndata: [DONE]\n\n'),
        Reply(raw=b'data: {"error": {"message": "out of memory", "code": 500}}\n\n'),
        Reply(raw=b"\x00\x01\x02"),
    ],
)
def test_nonsense_is_a_failure_or_nothing_and_never_an_error_of_ours(server, reply, caplog):
    server.reply = lambda request: reply
    try:
        assert "".join(asked(model(server))) == ""
    except ModelFailed as problem:
        assert len(str(problem)) < 40
    assert "out of memory" not in caplog.text


def test_a_stream_that_is_cut_off_gives_what_was_said(server):
    server.reply = lambda request: Reply(["一半"], cut=True)
    assert "".join(asked(model(server))) == "一半"


def test_identity_numbers_of_a_question_stay_here(server):
    server.reply = lambda request: Reply(["好"])
    asked(
        model(server),
        question="身份证220102197005011234的住院号0024030101算挂床吗",
        earlier="电话13812345678",
    )
    sent = server.requests[0]["messages"][1]["content"]
    assert "220102197005011234" not in sent
    assert "0024030101" not in sent
    assert "13812345678" not in sent
    assert "身份证[证件号]的住院号[编号]算挂床吗" in sent


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("２２０１０２１９７００５０１１２３Ｘ", "[证件号]"),
        ("手机 138 1234 5678", "手机 [电话]"),
        ("座机0431-88881234", "座机[电话]"),
        ("住院号：ZY24001216 的费用", "住院号：[编号] 的费用"),
        ("编码001109000010000收两回", "编码001109000010000收两回"),
        ("2024年6月12日处1倍以上2倍以下罚款", "2024年6月12日处1倍以上2倍以下罚款"),
        ("吉医保函〔2024〕37号", "吉医保函〔2024〕37号"),
    ],
)
def test_only_numbers_that_name_a_person_are_masked(text, masked):
    assert mask_numbers(text) == masked


def settings(**given):
    return Settings.from_environment(given)


def test_without_name_and_address_there_is_no_model():
    assert open_model(settings()) is None
    opened = open_model(settings(MINGJIAN_MODEL="qwen", MINGJIAN_MODEL_URL="http://10.0.0.8:8000/v1"))
    assert (opened.name, opened.url, opened.seconds) == ("qwen", "http://10.0.0.8:8000/v1", 60.0)


def test_limits_are_read_and_the_cost_is_of_a_million_tokens():
    limits = settings(
        MINGJIAN_MODEL_LIMITS="tokens=2000000 yuan=50 yuan_in=2 yuan_out=8 at_once=900 private=yes"
    ).model_limits
    assert (limits.tokens, limits.yuan, limits.at_once, limits.private) == (2_000_000, 50.0, 64, True)
    assert limits.cost(500_000, 250_000) == 3.0


def test_a_model_outside_is_refused_where_only_private_ones_are_allowed():
    private = {"MINGJIAN_MODEL": "qwen", "MINGJIAN_MODEL_LIMITS": "private=yes"}
    assert open_model(settings(MINGJIAN_MODEL_URL="http://10.0.0.8:8000/v1", **private)).name == "qwen"
    with pytest.raises(SettingsError, match="不是内网地址"):
        open_model(settings(MINGJIAN_MODEL_URL="https://8.8.8.8/v1", **private))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"MINGJIAN_MODEL": "qwen"}, "MINGJIAN_MODEL_URL"),
        ({"MINGJIAN_MODEL_URL": "http://10.0.0.8/v1"}, "MINGJIAN_MODEL"),
        ({"MINGJIAN_MODEL": "qwen", "MINGJIAN_MODEL_URL": "10.0.0.8:8000"}, "不是网址"),
        ({"MINGJIAN_MODEL_TIMEOUT": "soon"}, "MINGJIAN_MODEL_TIMEOUT"),
        ({"MINGJIAN_MODEL_LIMITS": "tokens=many"}, "MINGJIAN_MODEL_LIMITS"),
        ({"MINGJIAN_MODEL_LIMITS": "budget=5"}, "MINGJIAN_MODEL_LIMITS"),
        ({"MINGJIAN_MODEL_LIMITS": "yuan=5"}, "yuan_in"),
        ({"MINGJIAN_MODEL_TIMEOUT": "0"}, "MINGJIAN_MODEL_TIMEOUT"),
    ],
)
def test_a_wrong_setting_names_itself_and_what_to_do(given, told):
    with pytest.raises(SettingsError, match=told):
        settings(**given)


def test_nothing_heavy_is_imported_before_a_question_is_asked():
    code = "import sys, review.llm, knowledge.answering.answers; print(sorted({'langchain', 'openai', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_every_prompt_is_whole_and_fills_in_one_pass():
    prompt = read_prompt("regulation_chat")
    assert prompt.header.version >= 1
    system, user = prompt.fill(INPUTS | {"question": "$passages 与 $day"})
    assert "$passages 与 $day" in user
    assert "$" not in system
    with pytest.raises(ValueError, match="inputs"):
        prompt.fill({"question": "x"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no header", "须有"),
        (
            "---\nversion: 1\nasks: x\ninputs: [a]\nanswer: y\ntemprature: 0\n---\n## system\n$a\n## user\nz",
            "temprature",
        ),
        ("---\nversion: 1\nasks: x\ninputs: [a]\nanswer: y\n---\n## system\n$a\n## user\n$b", "b"),
        ("---\nversion: 1\nasks: x\ninputs: [a]\nanswer: y\n---\n## system\n$a\n## user\n1 $ 2", r"\$"),
    ],
)
def test_a_prompt_that_is_wrong_names_file_and_fault(tmp_path, text, told):
    (tmp_path / "q.md").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=told) as raised:
        read_prompt("q", tmp_path)
    assert "q.md" in str(raised.value)
