"""Nothing of a case is shown and nothing leaves the workbench without its line of the trail: a fault in the database."""

import asyncio
from contextlib import contextmanager

import pytest
from demonstration import ABSENT
from fastapi.testclient import TestClient
from sqlalchemy import text
from test_attachments import put
from test_pages_papers import decide_all

from review.casework.readings import read_tabs
from review.chat.gaps import settle_gap
from review.pages import chat, papers, review
from review.pages.shell import answer
from review.store import looks
from review.store.accounts import EXPERT, LEADER, Person
from review.store.entries import TrailFilter
from review.web import create_app

ALL = Person("陈立群", (LEADER, EXPERT))
OF_NO_CASE = {
    "open_queue",
    "open_rulings",
    "undo",
}  # the list, one's own calls, and a press that names no case
READS_ON = {
    "open_text", "open_sheet", "open_criteria", "open_boxes", "open_basis",
    "open_comparison", "open_versions", "open_map", "open_plot", "proposing", "offer_bases",
}  # fmt: skip


@contextmanager
def no_line_is_saved(store):
    """The database refuses each new line of the trail, as a full disk would."""
    refusal = "create trigger full before insert on trail begin select raise(abort, '磁盘已满'); end"
    with store._engine.begin() as connection:
        connection.execute(text(refusal))
    yield
    with store._engine.begin() as connection:
        connection.execute(text("drop trigger full"))


@pytest.fixture
def call(desk, key, case):
    """A call that every handler of the review page can answer."""
    results = desk.results(desk.inspection(key))
    findings = results.findings[ABSENT]
    tabs = read_tabs(results, ABSENT, findings)
    asked = {"case": case(ABSENT), "tab": tabs[0].key, "sheet": "charges", "finding": findings[0]["id"]}
    return asked | {
        "press": "p1",
        "verdict": "confirm",
        "words": "住院",
        "violation": findings[0]["violation"],
    }


def lines(desk, act):
    return [one for one in desk.store.trail.lines(TrailFilter(act=act))]


@pytest.mark.parametrize("handler", review.HANDLERS, ids=lambda handler: handler.__name__)
def test_no_handler_of_a_case_shows_anything_while_its_line_cannot_be_saved(desk, call, handler):
    with no_line_is_saved(desk.store):
        shown = answer(desk, "review", handler, ALL, call)
    if handler.__name__ not in OF_NO_CASE:
        assert set(shown) <= {"problem", "defect"}
    assert "磁盘" not in str(shown)
    assert desk.store.decisions(desk.store.inspections()[0].key) == []


@pytest.mark.parametrize(
    "handler", [one for one in review.HANDLERS if one.__name__ in READS_ON], ids=lambda one: one.__name__
)
def test_who_reads_on_in_a_case_never_opened_gets_the_line_of_its_opening_once(desk, call, handler):
    for _ in range(3):
        answer(desk, "review", handler, ALL, call)
    assert [(line.who, line.subject) for line in lines(desk, "open_case")] == [("陈立群", call["case"])]


def test_all_handlers_that_read_on_are_tried():
    assert {one.__name__ for one in review.HANDLERS} >= READS_ON


def test_each_opening_is_a_line_and_stands_for_what_is_read_after_it(desk, call):
    for handler in (review.open_case, review.open_text, review.open_case, review.open_criteria):
        assert "problem" not in answer(desk, "review", handler, ALL, call)
    assert len(lines(desk, "open_case")) == 2


def test_another_person_and_a_later_sitting_get_a_line_of_their_own(desk, call, monkeypatch):
    reader = Person("李国栋", (LEADER,))
    for person in (ALL, reader):
        answer(desk, "review", review.open_text, person, call)
    assert {line.who for line in lines(desk, "open_case")} == {"陈立群", "李国栋"}
    later = looks.now() + looks.HOLDS
    monkeypatch.setattr(looks, "now", lambda: later)
    answer(desk, "review", review.open_text, reader, call)
    assert [line.who for line in lines(desk, "open_case")] == ["李国栋", "李国栋", "陈立群"]


def test_a_line_that_failed_is_asked_for_again_by_the_next_look(desk, call):
    with no_line_is_saved(desk.store):
        answer(desk, "review", review.open_text, ALL, call)
    assert answer(desk, "review", review.open_text, ALL, call)["documents"]
    assert len(lines(desk, "open_case")) == 1


def test_who_may_not_open_a_case_leaves_no_line_of_having_opened_it(desk, call):
    stranger = Person("何静", (EXPERT,))
    desk.store.pairs.assign(desk.store.inspections()[0].key, "first", {ABSENT: "李国栋"}, "陈立群")
    assert "problem" in answer(desk, "review", review.open_text, stranger, call)
    assert lines(desk, "open_case") == []


def test_a_paper_is_not_looked_at_without_its_line(desk, key, call):
    asked = {"inspection": key, "paper": "evidence", "case": call["case"]}
    with no_line_is_saved(desk.store):
        shown = answer(desk, "papers", papers.open_paper, ALL, asked)
    assert set(shown) == {"problem", "defect"} and lines(desk, "view_paper") == []


def test_a_talk_and_a_gap_stay_while_the_line_of_their_end_cannot_be_saved(desk):
    desk.store.talks.add("t1", "陈立群", "多久", {})
    desk.store.talks.add_gap("陈立群", "多久", "2024-03-01", "", "库中没有。")
    gap = desk.store.talks.gaps()[0].seq
    ends = ((chat.delete_conversation, {"conversation": "t1"}), (settle_gap, {"key": gap}))
    with no_line_is_saved(desk.store):
        assert [set(answer(desk, "chat", end, ALL, given)) for end, given in ends] == [
            {"problem", "defect"}
        ] * 2
    assert len(desk.store.talks.turns("陈立群", "t1")) == len(desk.store.talks.gaps()) == 1
    for end, given in ends:
        assert answer(desk, "chat", end, ALL, given) == {"ok": True}
        assert "problem" in answer(desk, "chat", end, ALL, given)
    told = [(line.act, line.subject) for line in desk.store.trail.lines(TrailFilter(who="陈立群"))]
    assert told == [("settle_gap", str(gap)), ("delete_talk", "t1")]


@pytest.fixture
def routes(desk, key, case, call):
    """A client of who may have everything, and the paths of all that leaves the workbench as a file."""

    async def build():
        return create_app(desk, "127.0.0.1")

    app = asyncio.run(build())
    decide_all(desk, key)
    attached = put(desk, Person("演示", (LEADER, EXPERT)), case(ABSENT), call["finding"])["files"][0]["key"]
    desk.store.talks.add(
        "t1", "演示", "多久", {"answer": "", "refused": True, "citations": [], "as_of": "2024-03-01"}
    )
    tabs = read_tabs(desk.results(desk.inspection(key)), ABSENT, [])
    scanned = next(tab.key for tab in tabs if tab.source.endswith(".pdf"))
    paths = {
        "view_page": f"/page/{call['case']}/{scanned}/1.png",
        "open_attachment": f"/attachment/{call['case']}/{attached}",
        "export_paper": f"/papers/{key}/evidence.docx?draft=1&case={call['case']}",
        "export_overview": f"/overview/{key}.xlsx",
        "export_talk": "/chat/export/t1.md",
    }
    return TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False), paths


@pytest.mark.slow
def test_no_file_leaves_the_workbench_while_its_line_cannot_be_saved(desk, routes):
    client, paths = routes
    for act, path in paths.items():
        before = len(lines(desk, act))
        with no_line_is_saved(desk.store):
            refused = client.get(path)
        assert (refused.status_code, list(refused.json())) == (500, ["problem"]), act
        assert "已记录" in refused.json()["problem"] and "磁盘" not in refused.text
        assert len(lines(desk, act)) == before
        assert client.get(path).status_code == 200, act
        assert len(lines(desk, act)) == before + 1
