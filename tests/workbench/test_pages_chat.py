"""The chat's handlers over the shipped digests: answers with their clauses, refusals, one's own talks only."""

import json

import pytest

from knowledge.adding import add_paths
from review.accounts import LEADER, Person
from review.desk import Refused
from review.pages.chat import ask_question, open_chat, open_citation, open_conversation


def test_every_citation_of_an_answer_opens_at_its_words(desk, leader):
    turn = ask_question(desk, leader, {"question": "首次病程记录应当几小时内完成", "as_of": "2024-06-12"})[
        "turn"
    ]
    assert not turn["refused"]
    assert turn["citations"]
    for citation in turn["citations"]:
        clause = open_citation(desk, leader, citation | {"as_of": turn["as_of"]})
        start, end = clause["span"]
        assert clause["held"]
        assert "".join(clause["text"][start:end].split()) == "".join(citation["quote"].split())


def test_what_the_library_does_not_hold_is_refused_in_words(desk, leader):
    turn = ask_question(desk, leader, {"question": "量子计算机如何散热"})["turn"]
    assert (turn["refused"], turn["citations"]) == (True, [])
    assert turn["answer"].startswith("库中没有")


def test_a_talk_is_kept_and_can_be_read_again(desk, leader):
    first = ask_question(desk, leader, {"question": "挂床住院怎么认定"})
    talk = first["conversation"]
    again = ask_question(desk, leader, {"question": "怎么罚", "conversation": talk, "follow": True})
    assert again["conversation"] == talk
    turns = open_conversation(desk, leader, {"conversation": talk})["turns"]
    assert [turn["question"] for turn in turns] == ["挂床住院怎么认定", "怎么罚"]
    assert turns[0] == json.loads(json.dumps(first["turn"]))
    assert [one["title"] for one in open_chat(desk, leader, {})["conversations"]] == ["挂床住院怎么认定"]


def test_nobody_reads_or_continues_the_talk_of_another(desk, leader):
    talk = ask_question(desk, leader, {"question": "挂床住院怎么认定"})["conversation"]
    other = Person("李国栋", (LEADER,))
    assert open_conversation(desk, other, {"conversation": talk}) == {"turns": []}
    assert open_chat(desk, other, {})["conversations"] == []
    assert ask_question(desk, other, {"question": "怎么罚", "conversation": talk})["conversation"] != talk


def test_an_empty_question_asks_for_words(desk, leader):
    with pytest.raises(Refused, match="请写下"):
        ask_question(desk, leader, {"question": "   "})


def test_a_clause_that_is_not_held_says_so(desk, leader):
    assert open_citation(desk, leader, {"document": "没有这份文件", "passage": "第一条"})["held"] is False


def test_the_regions_to_choose_from_are_those_of_the_inspections(desk, leader):
    assert open_chat(desk, leader, {})["regions"] == [{"code": "229900", "name": "山岭县 229900"}]


def test_a_file_added_meanwhile_is_found_without_a_restart(desk, leader, tmp_path):
    before = open_chat(desk, leader, {})["library"]["documents"]
    file = tmp_path / "某县医保局关于夜间查房的通知.txt"
    file.write_text(
        "某县医保局关于夜间查房的通知\n第一条 夜间查房不得少于两次。\n第二条 本通知自2024年1月1日起施行。\n",
        "utf-8",
    )
    add_paths(desk.home, [file])
    assert open_chat(desk, leader, {})["library"]["documents"] == before + 1
