"""The audit trail: one order, one chain, and every change by hand found; on SQLite and PostgreSQL."""

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from review.store.chain import line_hash
from review.store.entries import Press, TrailFilter
from review.store.pairs import Adjudication
from review.store.store import AlreadyRuled, new_key, now

ADMISSION = "22992024060300010548"
REFUSALS = {
    "sqlite": ("drop trigger trail_no_update", "drop trigger trail_no_delete"),
    "postgresql": ("drop trigger trail_no_change on trail",),
}


@pytest.fixture
def inspection(store):
    return store.add_inspection("甲院检查", "甲院", Path("/somewhere"), "王敏")


def decide(store, inspection, finding="f1", verdict="confirm", **more):
    return store.append(Press(new_key(), inspection, ADMISSION, finding, verdict, "王敏", **more))


def by_hand(store, *statements):
    """What somebody with the database's own tools could do."""
    with store._engine.begin() as connection:
        for statement in (*REFUSALS[connection.dialect.name], *statements):
            connection.execute(text(statement))


def lines(store):
    return list(reversed(store.trail.lines(TrailFilter())))


def test_a_decision_and_its_line_are_saved_together_with_what_stood_before(store, inspection):
    decide(store, inspection, amount="576.00")
    decide(store, inspection, verdict="reject", reasons=("患者张三有正当情形",), note="见张三附件")
    store.undo_last(new_key(), inspection, "王敏")
    first, second, third = lines(store)
    assert [line.act for line in (first, second, third)] == ["decide", "decide", "undo"]
    assert (first.before, json.loads(first.after)["verdict"]) == ("", "confirm")
    assert json.loads(second.before) == {"verdict": "confirm", "amount": "576.00"}
    assert json.loads(third.before) == {"verdict": "reject"}
    assert json.loads(third.after)["undoes"] == 2
    key = store.case_keys(inspection, [ADMISSION])[ADMISSION]
    assert first.subject == f"{key} f1"
    assert "张三" not in str(lines(store)) and ADMISSION not in str(lines(store))


def test_the_same_press_sent_twice_is_one_line(store, inspection):
    press = Press(new_key(), inspection, "A1", "f1", "confirm", "王敏")
    assert store.append(press) == store.append(press)
    assert len(lines(store)) == 1


def test_another_s_decision_is_not_told_as_what_stood_before(store, inspection):
    store.append(Press(new_key(), inspection, "A1", "f1", "confirm", "李国栋"))
    decide(store, inspection, verdict="reject")
    assert lines(store)[-1].before == ""


def test_a_change_that_fails_leaves_no_line(store):
    with pytest.raises(RuntimeError), store.trail.transaction() as pen:
        pen.write("王敏", "export")
        raise RuntimeError
    store.write_trail("王敏", "sign_in")
    assert [(line.seq, line.act) for line in lines(store)] == [(1, "sign_in")]
    assert store.trail.verify().problem == ""


def test_many_writers_at_once_make_one_chain(store, inspection):
    def work(number):
        for step in range(5):
            decide(store, inspection, finding=f"f{number}-{step}")
            store.write_trail(f"人{number}", "open_case", inspection, "key")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = store.trail.verify()
    assert (state.lines, state.problem) == (200, "")
    assert len(store.decisions(inspection)) == 100


def test_the_chain_links_each_line_to_the_one_before(store):
    for act in ("sign_in", "export"):
        store.write_trail("王敏", act)
    first, second = lines(store)
    assert first.hash == line_hash("0" * 64, first.__dict__)
    assert second.hash == line_hash(first.hash, second.__dict__)
    assert store.trail.verify().last == second.hash


@pytest.mark.parametrize("statement", ["update trail set who = '别人'", "delete from trail"])
def test_the_database_itself_refuses_to_change_a_line(store, statement):
    store.write_trail("王敏", "sign_in")
    with pytest.raises(DatabaseError, match="append-only"), store._engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "seq", "told"),
    [
        ("update trail set who = '别人' where seq = 3", 3, "第 3 条与它的哈希不符"),
        ("update trail set \"after\" = 'x' where seq = 1", 1, "第 1 条与它的哈希不符"),
        ("delete from trail where seq = 2", 2, "第 2 条缺失"),
        ("delete from trail where seq = 5", 4, "应有 5 条，第 4 条之后缺失"),
        ("delete from trail", 0, "第 0 条之后缺失"),
    ],
)
def test_a_change_by_hand_is_found_at_its_first_line(store, statement, seq, told):
    for number in range(5):
        store.write_trail("王敏", "export", subject=str(number))
    by_hand(store, statement)
    state = store.trail.verify()
    assert state.lines == seq
    assert told in state.problem


def test_a_decision_changed_removed_or_slipped_in_by_hand_is_found(store, inspection):
    for finding in ("f1", "f2"):
        decide(store, inspection, finding=finding)
    assert store.trail.verify().problem == ""
    by_hand(store, "update decisions set verdict = 'reject' where finding = 'f1'")
    assert store.trail.verify().problem == "第 1 条所记的决定与保存的决定不符"
    with store._engine.begin() as connection:
        connection.execute(text("update decisions set verdict = 'confirm' where finding = 'f1'"))
        connection.execute(text("delete from decisions where finding = 'f2'"))
    assert store.trail.verify().problem == "第 2 条所记的决定已不在数据库里"


def test_a_chain_rewritten_as_a_whole_is_found_by_a_line_noted_before(store):
    for number in range(3):
        store.write_trail("王敏", "export", subject=str(number))
    noted = (2, lines(store)[1].hash)
    assert store.trail.verify(noted).problem == ""
    last, rewritten = "0" * 64, []
    for line in lines(store):
        row = line.__dict__ | {"who": "别人"}
        last = line_hash(last, row)
        rewritten.append(f"update trail set who = '别人', hash = '{last}' where seq = {line.seq}")
    by_hand(store, *rewritten, f"update trail_heads set hash = '{last}'")
    assert store.trail.verify().problem == ""
    assert "第 2 条与抄录的哈希不同" in store.trail.verify(noted).problem
    assert "已不在留痕里" in store.trail.verify((9, "x")).problem


def test_lines_are_found_by_person_act_inspection_and_time(store):
    for who, act, of in (("王敏", "export", "i1"), ("李国栋", "export", "i2"), ("王敏", "sign_in", "")):
        store.write_trail(who, act, of)
    found = [
        TrailFilter(who="王敏"),
        TrailFilter(act="export"),
        TrailFilter(inspection="i2"),
        TrailFilter(who="王敏", act="export"),
        TrailFilter(since=now() + timedelta(hours=1)),
        TrailFilter(until=now() - timedelta(hours=1)),
    ]
    assert [store.trail.count(one) for one in found] == [2, 2, 1, 1, 0, 0]
    assert [line.seq for line in store.trail.lines(TrailFilter(who="王敏"), below=3)] == [1]
    assert store.trail.told("who") == ["李国栋", "王敏"]


def test_a_character_that_a_database_refuses_does_not_lose_the_line(store):
    store.write_trail("王\x00敏", "export", "i" * 99, "\x00𠮷" + "长" * 900)
    (line,) = lines(store)
    assert (line.who, len(line.inspection), len(line.subject)) == ("王敏", 32, 400)
    assert store.trail.verify().problem == ""


def test_of_each_subject_the_newest_line_is_found_however_many_came_after(store, inspection):
    store.write_trail("李国栋", "settle_paper", inspection, "annex")
    store.write_trail("李国栋", "settle_paper", "another", "annex")
    for act in ("settle_paper", "reopen_paper") * 60:
        store.write_trail("李国栋", act, inspection, "notice")
    found = store.trail.newest_of_each(inspection, ("settle_paper", "reopen_paper"))
    assert [(line.seq, line.act, line.subject) for line in found] == [
        (1, "settle_paper", "annex"),
        (122, "reopen_paper", "notice"),
    ]
    assert store.trail.newest_of_each("none", ("settle_paper",)) == []


def test_nothing_is_decided_or_taken_back_on_a_finding_once_it_is_ruled(store, inspection):
    first, second = decide(store, inspection), decide(store, inspection, verdict="reject")
    ruling = Adjudication(
        new_key(),
        inspection,
        ADMISSION,
        "f1",
        "first",
        "confirm",
        None,
        "有记录",
        first.seq,
        second.seq,
        "李国栋",
        now(),
    )
    store.pairs.adjudicate(ruling, "case")
    before = len(lines(store))
    with pytest.raises(AlreadyRuled):
        store.undo_last(new_key(), inspection, "王敏")
    with pytest.raises(AlreadyRuled):
        decide(store, inspection)
    assert len(lines(store)) == before
    decide(store, inspection, finding="f2")
    assert store.trail.verify().problem == ""
