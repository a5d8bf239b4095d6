"""The chat's handlers: answers with their clauses, refusals, one's own talks only, documents opened at their place."""

import io
import json
import re
import threading

import pytest
from docx import Document
from model_server import ModelServer, Reply, said, shown_passages

from knowledge.holding.adding import add_paths
from review.casework.desk import Refused
from review.chat.answering import answered
from review.chat.gaps import note_gap, open_gaps, settle_gap
from review.llm import Model
from review.pages.chat import (
    delete_conversation,
    open_chat,
    open_citation,
    open_conversation,
    open_document,
    open_pages,
    stop_asking,
)
from review.reports.talk import as_markdown, as_word
from review.store.accounts import LEADER, Person

LOCAL = (
    "某县医保局关于夜间查房的通知\n"
    "第一条 夜间查房每周不得少于两次，由值班人员在登记簿签名。\n"
    "第二条 查房登记簿保存不少于7年；有下列情形之一的，责令补记：\n（一）漏签姓名；\n（二）先签后查。\n"
    "第三条 本通知自2024年1月1日起施行。\n"
)
ASKED = "夜间查房登记簿保存多少年"
DAY = "2024-06-12"
OTHER = Person("李国栋", (LEADER,))


def events(desk, person, call, stop=None):
    return list(answered(desk, person, {"as_of": DAY} | call, stop or threading.Event()))


def asked(desk, person, question, **call):
    """The last event of a question: the kept turn and its conversation."""
    return events(desk, person, {"question": question} | call)[-1]


@pytest.fixture
def notice(desk, tmp_path):
    """The library with one local notice in it."""
    file = tmp_path / "某县医保局关于夜间查房的通知.txt"
    file.write_text(LOCAL, "utf-8")
    add_paths(desk.home, [file])
    return desk


@pytest.fixture
def server():
    running = ModelServer()
    yield running
    running.close()


@pytest.fixture
def live(notice, server):
    """A desk whose chat asks a model on this machine."""
    notice.model = Model("double", server.url, 10.0)
    return notice


def number_of(request, passage):
    return next(number for number, (name, _) in shown_passages(request).items() if passage in name)


def test_every_citation_of_an_answer_opens_at_its_words(desk, leader):
    turn = asked(desk, leader, "首次病程记录应当几小时内完成")["turn"]
    assert not turn["refused"]
    assert turn["citations"]
    for citation in turn["citations"]:
        clause = open_citation(desk, leader, citation | {"as_of": turn["as_of"]})
        start, end = clause["span"]
        assert clause["held"]
        assert "".join(clause["text"][start:end].split()) == "".join(citation["quote"].split())


def test_what_the_library_does_not_hold_is_refused_in_words(desk, leader):
    turn = asked(desk, leader, "离婚以后孩子的抚养费怎么算")["turn"]
    assert (turn["refused"], turn["citations"]) == (True, [])
    assert turn["answer"].startswith("库中没有")


def test_a_talk_is_kept_and_can_be_read_again(desk, leader):
    first = asked(desk, leader, "挂床住院怎么认定")
    talk = first["conversation"]
    again = asked(desk, leader, "怎么罚", conversation=talk, follow=True)
    assert again["conversation"] == talk
    turns = open_conversation(desk, leader, {"conversation": talk})["turns"]
    assert [turn["question"] for turn in turns] == ["挂床住院怎么认定", "怎么罚"]
    assert turns[0] == json.loads(json.dumps(first["turn"]))
    assert [one["title"] for one in open_chat(desk, leader, {})["conversations"]] == ["挂床住院怎么认定"]


@pytest.mark.parametrize(
    ("question", "follow", "follows"),
    [
        ("怎么罚", True, ["挂床住院怎么认定"]),
        ("那药店呢", True, ["挂床住院怎么认定"]),
        ("怎么罚", False, []),
        ("首次病程记录应当几小时内完成", True, []),
    ],
)
def test_a_question_that_leans_on_the_one_before_is_read_with_it(desk, leader, question, follow, follows):
    talk = asked(desk, leader, "挂床住院怎么认定")["conversation"]
    assert asked(desk, leader, question, conversation=talk, follow=follow)["turn"]["follows"] == follows


def test_nobody_reads_continues_or_deletes_the_talk_of_another(desk, leader):
    talk = asked(desk, leader, "挂床住院怎么认定")["conversation"]
    assert open_conversation(desk, OTHER, {"conversation": talk}) == {"turns": []}
    assert open_chat(desk, OTHER, {})["conversations"] == []
    assert asked(desk, OTHER, "怎么罚", conversation=talk, follow=True)["conversation"] != talk
    with pytest.raises(Refused, match="没有这段问答"):
        delete_conversation(desk, OTHER, {"conversation": talk})
    with pytest.raises(Refused, match="没有这个问题"):
        note_gap(desk, OTHER, {"conversation": talk, "turn": 0})
    assert len(open_conversation(desk, leader, {"conversation": talk})["turns"]) == 1


def test_a_talk_is_deleted_by_its_owner_for_good(desk, leader):
    talk = asked(desk, leader, "挂床住院怎么认定")["conversation"]
    assert delete_conversation(desk, leader, {"conversation": talk}) == {"ok": True}
    assert open_conversation(desk, leader, {"conversation": talk}) == {"turns": []}
    with pytest.raises(Refused, match="已经删除"):
        delete_conversation(desk, leader, {"conversation": talk})


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ({"question": "   "}, "请写下"),
        ({"question": "问" * 501}, "最多 500 字"),
        ({"question": "挂床怎么罚", "as_of": "去年"}, "请写成 2024-06-12"),
        ({"question": 5}, "请写下"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_to_change(desk, leader, call, told):
    with pytest.raises(Refused, match=told):
        events(desk, leader, call)


def test_a_clause_that_is_not_held_says_so(desk, leader):
    call = {"document": "没有这份文件", "passage": "第一条"}
    assert open_citation(desk, leader, call)["held"] is False
    with pytest.raises(Refused, match="重新提问"):
        open_document(desk, leader, call)


def test_the_regions_to_choose_from_are_those_of_the_inspections_and_of_the_library(desk, leader, tmp_path):
    before = open_chat(desk, leader, {})["regions"]
    assert before[0] == {"code": "229900", "name": "山岭县 229900", "own": True}
    assert not any(one.get("own") for one in before[1:])
    assert "360000" not in [one["code"] for one in before]
    file = tmp_path / "江西省医保局关于夜间查房的通知.txt"
    file.write_text(LOCAL.replace("某县", "江西省"), "utf-8")
    add_paths(desk.home, [file])
    assert {"code": "360000", "name": "江西 360000"} in open_chat(desk, leader, {})["regions"]


def test_a_file_added_meanwhile_is_found_without_a_restart(desk, leader, tmp_path):
    before = open_chat(desk, leader, {})["library"]["documents"]
    file = tmp_path / "某县医保局关于夜间查房的通知.txt"
    file.write_text(LOCAL, "utf-8")
    add_paths(desk.home, [file])
    assert open_chat(desk, leader, {})["library"]["documents"] == before + 1


def test_a_gap_is_seen_by_who_administers_the_library_and_settled_once(desk, leader):
    talk = asked(desk, leader, "离婚以后孩子的抚养费怎么算", region="229900")["conversation"]
    note_gap(desk, leader, {"conversation": talk, "turn": 0})
    (gap,) = open_gaps(desk, OTHER, {})["gaps"]
    assert (gap["question"], gap["who"], gap["as_of"], gap["region"]) == (
        "离婚以后孩子的抚养费怎么算",
        leader.name,
        DAY,
        "229900",
    )
    with pytest.raises(Refused, match="没有管理依据库的权限"):
        open_gaps(desk, Person("王敏", ("专家",)), {})
    assert settle_gap(desk, OTHER, {"key": gap["key"]}) == {"ok": True}
    with pytest.raises(Refused, match="已经处理过"):
        settle_gap(desk, OTHER, {"key": gap["key"]})
    assert open_gaps(desk, OTHER, {}) == {"gaps": []}


def test_a_document_opens_whole_with_the_quoted_words_marked(notice, leader):
    call = {
        "document": "某县医保局关于夜间查房的通知",
        "passage": "第二条",
        "quote": "保存不少于7年",
        "as_of": DAY,
    }
    whole = open_document(notice, leader, call)
    text = "".join(section["text"] for section in whole["sections"])
    assert text == LOCAL
    marked = {
        mark["kind"]: section["text"][mark["start"] : mark["end"]]
        for section in whole["sections"]
        for mark in section["marks"]
    }
    assert marked["quote"] == "保存不少于7年"
    assert marked["passage"].startswith("第二条 查房登记簿")


def test_a_long_document_comes_in_sections_around_the_place(desk, leader, tmp_path):
    file = tmp_path / "某县医保局关于费用清单的通知.txt"
    body = "".join(
        f"第{n}条 费用清单第{n}类的保存与核对，按本条第{n}号要求办理，并由经办人登记备查。\n" * 3
        for n in range(100, 400)
    )
    file.write_text("某县医保局关于费用清单的通知\n" + body, "utf-8")
    add_paths(desk.home, [file])
    passage = next(one.passage for one in desk.library.collection.passages if "第250号" in one.text)
    call = {"document": "某县医保局关于费用清单的通知", "passage": passage, "quote": "第250号", "as_of": DAY}
    whole = open_document(desk, leader, call)
    assert whole["total"] > len(whole["sections"]) == 10
    cited = next(one for one in whole["sections"] if one["n"] == whole["at"])
    assert any(cited["text"][mark["start"] : mark["end"]] == "第250号" for mark in cited["marks"])
    more = open_document(desk, leader, call | {"first": 0, "count": 2})
    assert [one["n"] for one in more["sections"]] == [0, 1]
    assert open_document(desk, leader, call | {"first": 10**6, "count": 5})["sections"] == []
    assert len(open_document(desk, leader, call | {"first": 0, "count": 10**9})["sections"]) <= 40


def test_a_digest_opens_whole_and_is_marked_as_one(desk, leader):
    call = {"document": "医疗保障基金使用监督管理条例", "passage": "第十五条", "as_of": DAY}
    assert open_citation(desk, leader, call)["digest"] is True
    whole = open_document(desk, leader, call)
    assert whole["digest"] is True
    assert next(one for one in whole["sections"] if one["n"] == whole["at"])["name"] == "第十五条"
    assert open_pages(desk, leader, call) == {"pages": 0}


def test_text_that_looks_like_markup_stays_text_everywhere(desk, leader, tmp_path):
    hostile = "第一条 夜间查房<img src=x onerror=alert(1)>不得少于两次，=cmd|' /C calc'!A0 一律登记。\n第二条 登记簿由科室保存。\n"
    file = tmp_path / "某县医保局关于夜间查房的通知.txt"
    file.write_text("某县医保局关于夜间查房的通知\n" + hostile, "utf-8")
    add_paths(desk.home, [file])
    talk = asked(desk, leader, "夜间查房不得少于几次")["conversation"]
    turns = desk.store.talks.turns(leader.name, talk)
    written = as_markdown(turns, leader.name).decode("utf-8")
    assert not re.search(r"(?<!\\)<", written)
    shown = "\n".join(
        paragraph.text for paragraph in Document(io.BytesIO(as_word(turns, leader.name))).paragraphs
    )
    assert "夜间查房" in shown


def test_an_export_holds_every_question_with_the_numbers_of_its_quotes(desk, leader):
    talk = asked(desk, leader, "首次病程记录应当几小时内完成")["conversation"]
    asked(desk, leader, "离婚以后孩子的抚养费怎么算", conversation=talk)
    turns = desk.store.talks.turns(leader.name, talk)
    citation = turns[0].answer["citations"][0]
    for text in (
        as_markdown(turns, leader.name).decode("utf-8").replace("\\", ""),
        "\n".join(one.text for one in Document(io.BytesIO(as_word(turns, leader.name))).paragraphs),
    ):
        assert "首次病程记录应当几小时内完成" in text
        assert f"[1]《{citation['document']}》{citation['passage']}" in text
        assert "本系统摘要，非原文" in text
        assert "库中没有。" in text
        assert f"依据日 {DAY}" in text


def test_an_answer_kept_before_sentences_were_told_apart_is_still_exported(desk, leader):
    old = {
        "answer": "按规定：「八小时内」。",
        "refused": False,
        "citations": [{"document": "规范", "passage": "第一条", "quote": "八小时内"}],
        "as_of": DAY,
    }
    desk.store.talks.add("old", leader.name, "多久", old)
    text = as_markdown(desk.store.talks.turns(leader.name, "old"), leader.name).decode("utf-8")
    assert "按规定：「八小时内」。\\[1\\]" in text


def test_with_a_model_the_lead_comes_first_then_each_proven_sentence_then_the_whole(live, leader, server):
    def reply(request):
        number = number_of(request, "第二条")
        good = said("查房登记簿保存不少于7年。", (number, "查房登记簿保存不少于7年"))
        bad = said("查房登记簿保存不少于9年。", (number, "查房登记簿保存不少于7年"))
        return Reply([good[:20], good[20:], bad])

    server.reply = reply
    opened, statement, last = events(live, leader, {"question": ASKED})
    assert opened["opened"]["lead"] == last["turn"]["lead"] != ""
    assert statement["statement"]["text"] == "查房登记簿保存不少于7年。"
    turn = last["turn"]
    assert (turn["origin"], turn["dropped"], turn["model"]) == ("model", 1, "double")
    assert [one["text"] for one in turn["statements"]] == ["查房登记簿保存不少于7年。"]
    assert (
        open_conversation(live, leader, {"conversation": last["conversation"]})["turns"][0]["origin"]
        == "model"
    )


@pytest.mark.parametrize(
    "reply",
    [
        Reply([said("查房登记簿保存不少于7年。", (99, "查房登记簿保存不少于7年"))]),
        Reply(["我认为登记簿保存七年就可以了。"]),
        Reply(['{"sentence": "查房登记簿']),
        Reply([]),
        Reply(status=500),
        Reply(raw=b"<html>busy</html>"),
    ],
)
def test_a_model_that_proves_nothing_leaves_the_passages_and_it_is_said(live, leader, server, reply):
    server.reply = lambda request: reply
    turn = asked(live, leader, ASKED)["turn"]
    assert turn["note"].startswith("模型没有回答，以下是原文")
    assert turn["origin"] == "extract"
    assert "7年" in turn["answer"]


def test_a_model_that_hangs_is_stopped_by_who_asked_and_by_nobody_else(live, leader, server):
    server.reply = lambda request: Reply(["太晚"], pause=30)
    stop = live.askings.begin(leader.name, "k1", "一条")
    assert stop_asking(live, OTHER, {"asking": "k1"})["stopped"] is False
    threading.Timer(0.5, lambda: stop_asking(live, leader, {"asking": "k1"})).start()
    turn = events(live, leader, {"question": ASKED}, stop)[-1]["turn"]
    assert turn["note"] == "模型没有回答，以下是原文（已停止）"


def test_a_stop_that_overtakes_its_question_is_not_lost(live, leader, server):
    assert stop_asking(live, leader, {"asking": "k1"})["stopped"] is False
    assert not live.askings.begin(OTHER.name, "k1", "别人的一条").is_set()
    stop = live.askings.begin(leader.name, "k1", "一条")
    assert stop.is_set()
    turn = events(live, leader, {"question": ASKED}, stop)[-1]["turn"]
    assert turn["note"] == "模型没有回答，以下是原文（已停止）"
    assert server.requests == []


def test_no_model_is_asked_where_the_library_refuses(live, leader, server):
    turn = asked(live, leader, "离婚以后孩子的抚养费怎么算")["turn"]
    assert (turn["refused"], server.requests) == (True, [])


def test_a_model_is_told_what_was_asked_before_and_no_identity_numbers(live, leader, server):
    server.reply = lambda request: Reply(['{"refuse": "没有写"}'])
    talk = asked(live, leader, ASKED)["conversation"]
    turn = asked(live, leader, "那身份证220102197005011234的漏签了怎么办", conversation=talk, follow=True)[
        "turn"
    ]
    sent = server.requests[-1]["messages"][1]["content"]
    assert ASKED in sent
    assert "220102197005011234" not in sent
    assert (turn["refused"], turn["lead"][:5]) == (True, "库中没有。")
