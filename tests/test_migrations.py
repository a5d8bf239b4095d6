"""A database of every earlier release, filled, opens with this one: nothing is lost and everything works."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from migration_rows import ADMISSION, OLD_TRAIL, OTHER, ROWS, at
from sqlalchemy import MetaData, Table, func, insert, select, text, update

from review.errors import SettingsError
from review.store import chain
from review.store.engine import MIGRATIONS, engine_of
from review.store.entries import Press, TrailFilter
from review.store.schema import METADATA
from review.store.store import Store

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
REVISIONS = sorted(step.revision for step in SCRIPTS.walk_revisions())
CHAIN = "0004"  # from this step on the trail is a chain; the step writes its hash out and never changes
OF_THE_CHAIN = {"trail", "trail_heads"}
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


@dataclass
class Upgraded:
    """A store that came from `revision`; what each table held before and after, as counted rows."""

    revision: str
    url: str
    before: dict[str, list[dict[str, Any]]]
    after: dict[str, list[dict[str, Any]]]
    head: tuple[int, str] | None  # of the chain, if there was one
    store: Store


def empty_database(database, request, folder):
    if database == "postgresql":
        return request.getfixturevalue("postgres_cluster").empty_database()
    return f"sqlite:///{folder / 'store.sqlite3'}"


def reflected(connection):
    held = MetaData()
    held.reflect(connection)
    return [table for table in held.sorted_tables if table.name != "alembic_version"]


def contents(connection):
    return {
        table.name: [dict(r) for r in connection.execute(select(table)).mappings()]
        for table in reflected(connection)
    }


def check_filled(connection):
    """Every column of every table holds a value somewhere, so that a new one cannot be forgotten here."""
    for table in reflected(connection):
        counts = connection.execute(select(*(func.count(column) for column in table.columns))).one()
        unfilled = [column.name for column, count in zip(table.columns, counts, strict=True) if not count]
        assert not unfilled, f"tests/migration_rows.py has no row with a value for {table.name}: {unfilled}"


def fill(connection, revision):
    for table in reflected(connection):
        rows = ROWS.get(table.name, [])
        if table.name == "trail" and revision < CHAIN:
            rows = OLD_TRAIL
        for row in rows:
            connection.execute(insert(table).values({k: v for k, v in row.items() if k in table.columns}))
    return begin_chain(connection) if revision >= CHAIN else None


def begin_chain(connection):
    step = SCRIPTS.get_revision(CHAIN).module
    signed_in = {"at": at(40), "who": "王敏", "act": "change_roles", "inspection": "", "subject": "李强"}
    lines = [*step._lines(connection), signed_in | {"before": "审核员", "after": "组长"}, *added(connection)]
    last = step._carry_over(connection, lines)
    heads = Table("trail_heads", MetaData(), autoload_with=connection)
    connection.execute(update(heads).values(lines=len(lines), hash=last))
    return len(lines), last


def added(connection):
    """The lines of what experts added, as a release that knows it writes them."""
    held = {table.name: table for table in reflected(connection)}
    for name, act, hashed in (
        ("own_findings", chain.PROPOSE, chain.proposal_hash),
        ("attachments", chain.ATTACH, chain.attachment_hash),
        ("statements", chain.STATE, chain.statement_hash),
        ("statement_files", chain.STATE_FILE, chain.statement_file_hash),
        ("reconsiderations", chain.RECONSIDER, chain.reconsideration_hash),
        ("plans", chain.PLAN, chain.plan_hash),
    ):
        for row in connection.execute(select(held[name])).mappings() if name in held else ():
            key = row["press"] if name == "reconsiderations" else row["key"]
            told = json.dumps({"key": key, "content": hashed(row)})
            yield {"at": at(41), "who": row["who"], "act": act, "inspection": row["inspection"]} | {
                "subject": key, "before": "", "after": told
            }  # fmt: skip


def at_revision(url, revision, fills=True):
    """Make a database as a release left it; return the chain's head and what the tables hold."""
    engine = engine_of(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    with engine.begin() as connection:
        head = fill(connection, revision) if fills else None
        if fills:
            check_filled(connection)
        before = contents(connection)
    engine.dispose()
    return head, before


def held_in(url):
    engine = engine_of(url)
    with engine.connect() as connection:
        held = contents(connection)
    engine.dispose()
    return held


@pytest.fixture(scope="module", params=DATABASES)
def database(request):
    return request.param


@pytest.fixture(scope="module", params=REVISIONS)
def upgraded(request, database, tmp_path_factory):
    url = empty_database(database, request, tmp_path_factory.mktemp("store"))
    head, before = at_revision(url, request.param)
    store = Store.open(url)
    yield Upgraded(request.param, url, before, held_in(url), head, store)
    store.close()


def counted(rows, columns):
    return Counter(tuple(row[column] for column in columns) for row in rows)


def test_every_row_of_every_table_is_still_there_with_its_values(upgraded):
    for name, rows in upgraded.before.items():
        if upgraded.revision < CHAIN and name == "trail":
            continue  # rewritten into the chain; its lines are held one by one below
        kept = counted(upgraded.after[name], rows[0])
        lost = counted(rows, rows[0]) - kept
        assert not lost, (name, lost)
        made = (
            1 if name == "cases" and upgraded.revision < CHAIN else 0
        )  # the key of a decision without a case
        assert len(upgraded.after[name]) == len(rows) + made, name


def test_accounts_of_before_may_sign_in_with_the_password_they_have(upgraded):
    user = upgraded.store.people.user("王敏")
    assert (user.active, user.must_change, user.roles) == (True, False, ("组长", "管理员"))
    other = upgraded.store.people.user("李强")
    assert (other.active, other.must_change) == (
        (False, True) if upgraded.revision >= CHAIN else (True, False)
    )


def test_the_chain_of_before_verifies_with_the_head_noted_then(upgraded):
    state = upgraded.store.trail.verify(upgraded.head)
    assert (state.problem, state.lines > 0) == ("", True)


def test_lines_and_decisions_from_before_the_chain_stand_in_it_by_time_without_an_admissions_number(upgraded):
    lines = list(reversed(upgraded.store.trail.lines(TrailFilter())))
    if upgraded.revision >= CHAIN:
        assert [vars(line) for line in lines][: upgraded.head[0]] == upgraded.before["trail"]
        return
    other = upgraded.store.case_keys("i1", [])[OTHER]
    assert [(line.seq, line.act, line.subject) for line in lines][:9] == [
        (1, "sign_in", ""),
        (2, "open_case", "k1"),
        (3, "decide", "k1 f1"),
        (4, "view_page", "k1 d0 1"),
        (5, "undo", f"{other} f1"),
        (6, "compare", ""),
        (7, "decide", "k1 f2"),
        (8, "decide", "k1 f2"),
        (9, "chain_begins", ""),
    ]
    assert json.loads(lines[2].after) | {"content": ""} == {
        "decision": 1, "verdict": "confirm", "content": "", "amount": "12.00",
    }  # fmt: skip
    assert lines[1].at == at(2)
    assert ADMISSION not in str(lines)


def test_opening_again_changes_nothing(upgraded):
    held = held_in(upgraded.url)
    Store.open(upgraded.url).close()
    assert held_in(upgraded.url) == held


def test_the_upgraded_tables_are_those_that_the_schema_declares(upgraded):
    engine = engine_of(upgraded.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_upgraded_store_takes_a_decision_an_undo_and_an_assignment(upgraded):
    store = upgraded.store
    saved = store.append(Press("new", "i1", ADMISSION, "f5", "confirm", "赵宁", amount="5.00"), spent=3.0)
    undone, taken_back = store.undo_last("new-undo", "i1", "赵宁")
    assert (taken_back, undone.undoes) == (saved, saved.seq)
    assert saved.seq == len(ROWS["decisions"]) + 1
    store.pairs.assign("i1", "first", {OTHER: "赵宁"}, "王敏")
    assert store.pairs.assigned("i1")["first"][OTHER] == "赵宁"
    assert store.pairs.times("i1")["new"] == 3.0
    state = store.trail.verify(upgraded.head)
    assert (state.problem, [x.act for x in store.trail.lines(TrailFilter(), most=3)]) == (
        "",
        ["assign_first", "undo", "decide"],
    )


def test_an_empty_store_from_before_the_chain_begins_an_empty_one(database, request, tmp_path):
    url = empty_database(database, request, tmp_path)
    at_revision(url, "0003", fills=False)
    store = Store.open(url)
    assert store.trail.verify().lines == 0
    store.write_trail("王敏", "sign_in")
    assert (store.trail.verify().lines, store.trail.verify().problem) == (1, "")
    store.close()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(database, request, tmp_path):
    url = empty_database(database, request, tmp_path)
    at_revision(url, "0003")
    engine = engine_of(url)
    with engine.begin() as connection:
        # every decision has its case: no row is written before the old trail is dropped
        connection.execute(text(f"insert into cases values ('k2', 'i1', '{OTHER}')"))
        before = contents(connection)
        # stands in the way of the last step, after the trail was rewritten
        connection.execute(text("create table spent (press integer)"))
    with pytest.raises(SettingsError, match=r"原有数据未改动。编号 [0-9A-F]{4}"):
        Store.open(url)
    assert held_in(url) == before | {"spent": []}
    with engine.begin() as connection:
        connection.execute(text("drop table spent"))
    engine.dispose()
    store = Store.open(url)
    assert store.trail.verify().problem == ""
    store.close()


@pytest.mark.parametrize("database", DATABASES)
def test_a_database_of_a_later_release_is_refused_and_left_alone(database, request, tmp_path):
    url = empty_database(database, request, tmp_path)
    Store.open(url).close()
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(SettingsError, match="更新的版本"):
        Store.open(url)
    with engine.begin() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalar() == "9999"
    engine.dispose()


def test_an_upgraded_store_still_refuses_rows_that_point_to_nothing(upgraded):
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        upgraded.store.append(Press("lost", "no-such", ADMISSION, "f1", "confirm", "赵宁"))
