"""The store on SQLite, and on PostgreSQL where it is installed."""

import threading
from pathlib import Path

import pytest

from review.errors import SettingsError
from review.store.entries import Press, standing
from review.store.store import Store, new_key


@pytest.fixture
def inspection(store):
    return store.add_inspection("甲院检查", "甲院", Path("/somewhere"), "王敏")


def press(inspection, finding="f1", verdict="confirm", who="王敏", **more):
    return Press(new_key(), inspection, "A1", finding, verdict, who, **more)


def verdicts(store, inspection):
    return {key: line.verdict for key, line in standing(store.decisions(inspection)).items()}


def test_a_decision_survives_the_store_being_closed_and_opened_again(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    store = Store.open(url)
    key = store.add_inspection("甲院检查", "甲院", tmp_path, "王敏")
    line = store.append(press(key, reasons=("有正当情形",), note="见附件", amount="576.00"))
    store.close()
    again = Store.open(url)
    assert again.decisions(key) == [line]
    assert (line.reasons, line.note, line.amount) == (("有正当情形",), "见附件", "576.00")
    again.close()


def test_the_same_press_sent_twice_is_one_line_and_the_first_verdict_stands(store, inspection):
    first = press(inspection)
    line = store.append(first)
    changed = Press(first.press, inspection, "A1", "f1", "reject", "王敏")
    assert store.append(changed) == line
    assert verdicts(store, inspection) == {"f1": "confirm"}


def test_undo_is_a_new_line_that_brings_back_what_stood_before(store, inspection):
    store.append(press(inspection, verdict="confirm"))
    store.append(press(inspection, verdict="reject"))
    line, undone = store.undo_last(new_key(), inspection, "王敏")
    assert (line.verdict, line.undoes, undone.verdict) == ("undo", undone.seq, "reject")
    assert verdicts(store, inspection) == {"f1": "confirm"}
    assert [x.verdict for x in store.decisions(inspection)] == ["confirm", "reject", "undo"]


def test_undo_goes_back_in_reverse_order_until_nothing_is_left(store, inspection):
    store.append(press(inspection, finding="f1"))
    store.append(press(inspection, finding="f2"))
    undone = [store.undo_last(new_key(), inspection, "王敏")[1].finding for _ in range(2)]
    assert undone == ["f2", "f1"]
    assert store.undo_last(new_key(), inspection, "王敏") is None


def test_decisions_of_others_cannot_be_undone(store, inspection):
    store.append(press(inspection, who="李国栋"))
    assert store.undo_last(new_key(), inspection, "王敏") is None
    assert verdicts(store, inspection) == {"f1": "confirm"}


def test_the_same_undo_press_sent_twice_takes_back_one_decision(store, inspection):
    store.append(press(inspection, finding="f1"))
    store.append(press(inspection, finding="f2"))
    key = new_key()
    assert store.undo_last(key, inspection, "王敏") == store.undo_last(key, inspection, "王敏")
    assert verdicts(store, inspection) == {"f1": "confirm"}


def test_a_case_looked_through_without_findings_stands_under_its_admission(store, inspection):
    store.append(press(inspection, finding="", verdict="seen"))
    assert verdicts(store, inspection) == {"case:A1": "seen"}


def test_twenty_threads_lose_no_decision(store, inspection):
    def work(number):
        for step in range(5):
            store.append(press(inspection, finding=f"f{number}-{step}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.decisions(inspection)) == 100


def test_a_case_key_is_opaque_and_stays_the_same(store, inspection):
    keys = store.case_keys(inspection, ["A1", "A2"])
    assert store.case_keys(inspection, ["A1", "A2", "A3"]) | keys == store.case_keys(inspection, [])
    assert store.case(keys["A1"]) == (inspection, "A1")
    assert store.case("unknown") is None
    assert not any("A1" in key for key in keys.values())


def test_a_conversation_belongs_to_who_asked(store):
    who, other, talk = new_key(), new_key(), new_key()
    store.talks.add(talk, who, "挂床怎么认定", {"answer": "…", "refused": False})
    store.talks.add(talk, who, "怎么罚", {"answer": "…", "refused": True})
    assert [(x.question, x.answer["refused"]) for x in store.talks.turns(who, talk)] == [
        ("挂床怎么认定", False),
        ("怎么罚", True),
    ]
    assert [(x.key, x.title) for x in store.talks.conversations(who)] == [(talk, "挂床怎么认定")]
    assert (store.talks.turns(other, talk), store.talks.conversations(other)) == ([], [])
    assert (store.talks.delete(other, talk), len(store.talks.turns(who, talk))) == (0, 2)
    assert (store.talks.delete(who, talk), store.talks.turns(who, talk)) == (2, [])


def test_the_latest_conversation_stands_first(store):
    who = new_key()
    for talk in ("a", "b", "a"):
        store.talks.add(who + talk, who, f"问 {talk}", {})
    assert [one.key for one in store.talks.conversations(who)] == [who + "a", who + "b"]


def test_a_gap_is_noted_once_and_settled_once(store):
    who, question = new_key(), new_key()
    for _ in range(2):
        store.talks.add_gap(who, question, "2024-06-12", "229900", "库中没有。")
    (gap,) = [one for one in store.talks.gaps() if one.question == question]
    assert (gap.who, gap.as_of, gap.region, gap.said) == (who, "2024-06-12", "229900", "库中没有。")
    assert [store.talks.settle_gap(gap.seq, "王敏") for _ in range(2)] == [True, False]
    assert question not in [one.question for one in store.talks.gaps()]
    store.talks.add_gap(who, question, "2024-06-12", "229900", "库中没有。")
    assert question in [one.question for one in store.talks.gaps()]


def test_a_preference_is_overwritten_not_doubled(store):
    who = new_key()
    store.prefer(who, "theme", "dark")
    store.prefer(who, "theme", "light")
    assert store.preferences(who) == {"theme": "light"}


def test_a_wrong_database_address_says_what_to_do():
    with pytest.raises(SettingsError, match="MINGJIAN_DATABASE"):
        Store.open("not an address")
