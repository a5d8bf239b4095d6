"""From the release before the chain: its lines and decisions are carried over, without an admission's number."""

import json
from datetime import datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from review.store.entries import TrailFilter
from review.store.store import MIGRATIONS, Store, engine_of

ADMISSION = "22992024060300010548"
OF_BEFORE = (
    "insert into users values ('王敏', 'hash', '组长,管理员', '2026-01-05 08:00:00')",
    "insert into inspections values ('i1', '甲院检查', '甲院', '/x', false, 'ready', null, 1, '王敏', "
    "'2026-01-05 08:00:00', null)",
    f"insert into cases values ('k1', 'i1', '{ADMISSION}')",
    "insert into decisions values (1, 'p1', 'i1', '"
    + ADMISSION
    + "', 'f1', 'confirm', '[]', '', '12.00', null, "
    "'王敏', '2026-01-05 08:03:00')",
    "insert into decisions values (2, 'p2', 'i1', 'A2', 'f1', 'undo', '[]', '', null, 1, '王敏', '2026-01-05 08:05:00')",
    "insert into trail values (1, '2026-01-05 08:01:00', '王敏', 'sign_in', '', '')",
    f"insert into trail values (2, '2026-01-05 08:02:00', '王敏', 'open_case', 'i1', '{ADMISSION}')",
    f"insert into trail values (5, '2026-01-05 08:04:00', '王敏', 'view_page', 'i1', '{ADMISSION} d0 1')",
    "insert into trail values (6, '2026-01-05 08:06:00', '王敏', 'compare', 'i1', 'A9')",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_cluster").empty_database()
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


def release_before(url, statements=()):
    engine = engine_of(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_lines_and_decisions_of_before_stand_in_the_chain_by_time(url):
    release_before(url, OF_BEFORE)
    store = Store.open(url)
    lines = list(reversed(store.trail.lines(TrailFilter())))
    other = store.case_keys("i1", [])["A2"]
    assert [(line.seq, line.act, line.subject) for line in lines] == [
        (1, "sign_in", ""),
        (2, "open_case", "k1"),
        (3, "decide", "k1 f1"),
        (4, "view_page", "k1 d0 1"),
        (5, "undo", f"{other} f1"),
        (6, "compare", ""),
        (7, "chain_begins", ""),
    ]
    assert json.loads(lines[2].after) | {"content": ""} == {
        "decision": 1, "verdict": "confirm", "content": "", "amount": "12.00",
    }  # fmt: skip
    assert lines[1].at == datetime(2026, 1, 5, 8, 2)
    assert ADMISSION not in str(lines)
    store.write_trail("王敏", "export", "i1")
    state = store.trail.verify()
    assert (state.lines, state.problem) == (8, "")
    user = store.people.user("王敏")
    assert (user.active, user.must_change, user.roles) == (True, False, ("组长", "管理员"))
    store.close()


def test_an_empty_store_of_before_begins_an_empty_chain(url):
    release_before(url)
    store = Store.open(url)
    assert store.trail.verify().lines == 0
    store.write_trail("王敏", "sign_in")
    assert (store.trail.verify().lines, store.trail.verify().problem) == (1, "")
    store.close()
