"""What a model writes is read out of whatever surrounds it and told sentence by sentence, as far as it is proven."""

import json

import pytest
from proof_hits import HITS

from knowledge.answering.claims import ClaimReader, Declined
from knowledge.answering.model_answers import NO_ANSWER, ask_live, proven
from knowledge.answering.replies import Answer, Citation, ModelFailed, Statement


def line(sentence, *citations):
    cited = [{"passage": number, "quote": quote} for number, quote in citations]
    return json.dumps({"sentence": sentence, "citations": cited}, ensure_ascii=False)


GOOD = line("费用清单保存不少于15年。", (4, "费用清单保存不少于15年"))
SECOND = line("检查组由2名以上人员组成。", (4, "检查组由2名以上人员组成"))


def read(text, step):
    reader = ClaimReader()
    found = [one for at in range(0, len(text), step) for one in reader.feed(text[at : at + step])]
    return [*found, *reader.close()], reader.unread


@pytest.mark.parametrize("step", [1, 7, 10_000])
@pytest.mark.parametrize(
    ("text", "read_as", "unread"),
    [
        (f"{GOOD}\n{SECOND}\n", 2, 0),
        (f"```json\n{GOOD}\n{SECOND}\n```", 2, 0),
        (f"[{GOOD},\n{SECOND}]", 2, 0),
        (f'{{"answer": [{GOOD}, {SECOND}]}}', 2, 0),
        (json.dumps(json.loads(GOOD), ensure_ascii=False, indent=2), 1, 0),
        (f"好的，根据您提供的条文回答如下：\n{GOOD}", 1, 1),
        (f"<think>先看第 4 条 {{不确定}}</think>\n{GOOD}", 1, 0),
        (f'{GOOD}\n{{"sentence": "写到一半', 1, 1),
        (f'{{"sentence": "坏了, "citations": [}}\n{SECOND}', 1, 1),
        ('{"sentence": "没有引文"}', 1, 0),
        ('{"sentence": "编号不是数字", "citations": [{"passage": "甲", "quote": "x"}]}', 0, 1),
        ('{"sentence": 5, "citations": []}', 0, 1),
        ("[]", 0, 0),
        ("", 0, 0),
        ("<html><body>502 Bad Gateway</body></html>", 0, 1),
        ('{"refuse": "没有写"}', 1, 0),
    ],
)
def test_a_models_text_is_read_out_of_whatever_surrounds_it(text, read_as, unread, step):
    found, lost = read(text, step)
    assert (len(found), lost) == (read_as, unread)


def test_an_object_that_never_ends_is_given_up():
    found, unread = read('{"sentence": "' + "长" * 20_000, 500)
    assert found == []
    assert unread >= 1


PLAIN = Answer("库中有规定：", (Statement("原文。", (Citation("甲", "乙", "原文"),)),), False, tuple(HITS))


def last(told):
    return list(proven(told, PLAIN, HITS))[-1]


def test_each_sentence_is_told_as_soon_as_it_is_proven_and_the_whole_at_last():
    told = iter([GOOD[:30], GOOD[30:], "\n", SECOND, "\n", line("编造的一句话。", (4, "编造的一句话"))])
    out = proven(told, PLAIN, HITS)
    assert next(out).text == "费用清单保存不少于15年。"
    assert next(told) == "\n"
    *_, whole = out
    assert (whole.origin, whole.dropped, whole.lead, len(whole.statements)) == ("model", 1, "库中有规定：", 2)


def test_the_same_sentence_twice_is_told_once():
    assert len(last([GOOD, GOOD]).statements) == 1


@pytest.mark.parametrize(
    "told", [[], [""], ["我觉得应该没有问题。"], [line("编造的话语一句。", (4, "没有的话"))]]
)
def test_where_nothing_is_left_the_passages_answer_and_it_is_said(told):
    whole = last(told)
    assert (whole.origin, whole.note, whole.statements) == ("extract", NO_ANSWER, PLAIN.statements)


def failing(*pieces):
    yield from pieces
    raise ModelFailed("20 秒没有动静")


def test_a_model_that_breaks_off_leaves_what_was_proven_and_it_is_said():
    whole = last(failing(GOOD))
    assert (whole.origin, len(whole.statements)) == ("model", 1)
    assert whole.note == "模型没有说完，以上各句都有依据（20 秒没有动静）"


def test_a_model_that_fails_at_once_leaves_the_passages():
    whole = last(failing())
    assert (whole.origin, whole.note) == ("extract", f"{NO_ANSWER}（20 秒没有动静）")


def test_a_model_that_declines_is_a_refusal():
    whole = last(['{"refuse": "条文没有写"}'])
    assert (whole.refused, whole.statements) == (True, ())
    assert whole.lead.startswith("库中没有。")
    assert isinstance(ClaimReader().feed('{"refuse": "x"}').__next__(), Declined)


def test_no_model_is_asked_where_the_library_refuses():
    refused = Answer("库中没有。", (), True, ())
    assert list(ask_live(refused, lambda inputs: pytest.fail("asked"), "问题")) == [refused]
