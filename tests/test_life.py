"""The life of an inspection in the store, on SQLite and PostgreSQL: what a standing forbids, and what its end leaves."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from review.store.entries import Press, TrailFilter
from review.store.life import ARCHIVED, CLOSED, OPEN, OWN_TABLES, SETTLED, STATED, ClosedInspection, due
from review.store.pairs import FIRST, Adjudication, Rules
from review.store.schema import METADATA, now
from review.store.store import new_key


@pytest.fixture
def key(store):
    return store.add_inspection("甲院检查", "甲院", Path("/somewhere"), "王敏")


def press(key, finding="f1", verdict="confirm", who="王敏"):
    return Press(new_key(), key, "A1", finding, verdict, who)


def entry(store, key):
    return next(one for one in store.inspections() if one.key == key)


def acts(store, act):
    return store.trail.lines(TrailFilter(act=act), None, 50)


def test_a_new_inspection_is_open_and_each_change_is_a_line(store, key):
    assert (entry(store, key).standing, entry(store, key).standing_since) == (OPEN, None)
    store.life.move(key, STATED, "王敏")
    store.life.move(key, STATED, "王敏")
    assert entry(store, key).standing == STATED and entry(store, key).standing_since is not None
    assert [(x.before, x.after, x.who) for x in acts(store, "set_standing")] == [(OPEN, STATED, "王敏")]
    with pytest.raises(ValueError):
        store.life.move(key, "forgotten", "王敏")


@pytest.mark.parametrize("standing", CLOSED)
def test_nothing_is_changed_in_a_closed_inspection(store, key, standing):
    store.append(press(key, "f1"))
    line = store.append(press(key, "f1", "reject", "周岚"))
    store.life.move(key, standing, "王敏")
    ruling = Adjudication(
        new_key(),
        key,
        "A1",
        "f1",
        "first",
        "confirm",
        None,
        "从首审",
        line.seq - 1,
        line.seq,
        "陈立群",
        now(),
    )
    changes = [
        lambda: store.append(press(key, "f2")),
        lambda: store.undo_last(new_key(), key, "王敏"),
        lambda: store.pairs.assign(key, FIRST, {"A1": "王敏"}, "陈立群"),
        lambda: store.pairs.set_rules(key, Rules(share=20), "陈立群"),
        lambda: store.pairs.plant(key, "f1", "confirm", "陈立群"),
        lambda: store.pairs.adjudicate(ruling, "c"),
    ]
    lines = store.trail.count(TrailFilter())
    for change in changes:
        with pytest.raises(ClosedInspection, match="只能查看"):
            change()
    assert store.trail.count(TrailFilter()) == lines
    store.life.move(key, OPEN, "王敏")
    store.append(press(key, "f2"))
    assert store.trail.verify().problem == ""


def test_a_press_that_was_saved_is_acknowledged_again_after_the_close(store, key):
    sent = press(key)
    line = store.append(sent)
    store.life.move(key, ARCHIVED, "王敏")
    assert store.append(sent) == line


def test_every_table_that_belongs_to_an_inspection_is_emptied(store):
    """A table made later must be named too, or an inspection could not be deleted whole."""
    of_inspections = {
        table.name for table in METADATA.tables.values() if "inspection" in table.c and table.name != "trail"
    }
    assert {table.name for table in OWN_TABLES} == of_inspections
    assert set(inspect(store._engine).get_table_names()) >= of_inspections


def test_an_end_takes_all_rows_and_leaves_the_lines_of_the_trail(store, key):
    other = store.add_inspection("乙院检查", "乙院", Path("/elsewhere"), "王敏")
    store.case_keys(key, ["A1"])
    for one in (key, other):
        store.append(press(one), spent=3.5)
    store.append(press(key, "f1", "reject", "周岚"))
    store.undo_last(new_key(), key, "王敏")
    store.pairs.assign(key, FIRST, {"A1": "王敏"}, "陈立群")
    store.pairs.set_rules(key, Rules(share=20), "陈立群")
    store.pairs.plant(key, "f1", "confirm", "陈立群")
    store.prefer("王敏", "inspection", key)
    before = store.trail.count(TrailFilter(inspection=key))
    store.decisions(key)
    store.forget(key, "钱管")
    assert [one.key for one in store.inspections()] == [other]
    with store._engine.connect() as connection:
        for table in OWN_TABLES:
            assert not connection.execute(select(table).where(table.c.inspection == key)).all(), table.name
    assert store.decisions(key) == [] and len(store.decisions(other)) == 1
    assert store.preferences("王敏") == {}
    assert store.trail.count(TrailFilter(inspection=key)) == before + 1
    assert [(x.who, x.inspection) for x in acts(store, "delete_inspection")] == [("钱管", key)]
    assert store.trail.verify().problem == ""
    store.append(press(other, "f2"))  # a number given again is no contradiction
    assert store.trail.verify().problem == ""


def test_an_inspection_removed_by_hand_is_found(store, key):
    store.append(press(key))
    with store._engine.begin() as connection:
        connection.execute(text("delete from decisions"))
        connection.execute(text("delete from cases"))
        connection.execute(text("delete from inspections"))
    assert "已不在数据库里" in store.trail.verify().problem


def test_decisions_made_after_an_end_are_not_covered_by_it(store, key):
    store.append(press(key))
    store.trail.write("某", "delete_inspection", key)
    store.append(press(key, "f2"))
    with store._engine.begin() as connection:
        connection.execute(text("delete from decisions where finding = 'f2'"))
    assert "已不在数据库里" in store.trail.verify().problem


def test_how_long_is_kept_is_a_setting_and_a_line(store, key):
    assert store.life.kept_days() is None
    store.life.keep(1095, "钱管")
    store.life.keep(1095, "钱管")
    assert store.life.kept_days() == 1095
    store.life.keep(None, "钱管")
    assert store.life.kept_days() is None
    assert [(x.before, x.after) for x in acts(store, "set_kept_days")] == [("1095", ""), ("", "1095")]


def test_only_what_is_archived_comes_due(store, key):
    store.life.move(key, SETTLED, "王敏")
    assert due(entry(store, key), 30) is None
    store.life.move(key, ARCHIVED, "王敏")
    held = entry(store, key)
    assert due(held, 30) == held.standing_since + timedelta(days=30)
    assert due(held, None) is None
    assert due(replace(held, standing_since=None), 30) is None
