"""Files beside notes: kept by their bytes, shown to whom the call is, never to a blind reviewer, gone with the inspection."""

import asyncio
import hashlib
from datetime import datetime

import pytest
from demonstration import ABSENT
from sqlalchemy import update

from review.casework.attachments import (
    LARGEST,
    MOST,
    attach,
    detach,
    folder_of,
    open_attachment,
    plain_name,
)
from review.casework.desk import Refused
from review.casework.ending import delete_inspection
from review.pages.calling import case_for, decide
from review.reports.paper import Text
from review.reports.shelf import Order, put_together
from review.store.accounts import VIEWER, Person
from review.store.entries import TrailFilter, User
from review.store.life import ARCHIVED, SETTLED, ClosedInspection
from review.store.pairs import FIRST, SECOND
from review.store.proposed_schema import attachments
from review.store.store import new_key

WANG, ZHOU, LI = (Person(name, ("专家",)) for name in ("王敏", "周岚", "李国栋"))


@pytest.fixture
def team(desk, key):
    for name in ("王敏", "周岚", "李国栋"):
        desk.store.people.add(User(name, "x", ("专家",)), "陈立群")
    desk.store.pairs.assign(key, FIRST, {ABSENT: "王敏"}, "陈立群")
    desk.store.pairs.assign(key, SECOND, {ABSENT: "周岚"}, "陈立群")
    return desk


@pytest.fixture
def finding(team, key):
    return team.results(team.inspection(key)).findings[ABSENT][0]["id"]


def put(desk, person, case_key, finding, content=b"12", name="照片.png"):
    async def body():
        for at in range(0, len(content), 1 << 20):
            yield content[at : at + (1 << 20)]

    case = desk.case(case_key, person)
    return asyncio.run(attach(desk, person, case, finding, name, body()))


def call(desk, person, case_key, finding, verdict="confirm"):
    decide(desk, person, {"case": case_key, "press": new_key(), "finding": finding, "verdict": verdict})


def names(desk, person, case_key):
    shown = case_for(desk, person, desk.case(case_key, person))
    return [file["name"] for line in shown["findings"] for file in line["files"]]


def test_a_file_is_kept_by_the_hash_of_its_bytes_and_handed_out_with_a_line_in_the_trail(
    team, key, case, finding
):
    told = put(team, WANG, case(ABSENT), finding, b"abc")["files"]
    digest = hashlib.sha256(b"abc").hexdigest()
    assert (folder_of(team.home, key) / digest).read_bytes() == b"abc"
    assert [(one["name"], one["size"], one["mine"]) for one in told] == [("照片.png", 3, True)]
    file, name = open_attachment(team, WANG, team.case(case(ABSENT), WANG), told[0]["key"])
    assert (file.name, name) == (digest, "照片.png")
    acts = [line.act for line in team.store.trail.lines(TrailFilter(who="王敏"))]
    assert acts == ["open_attachment", "attach"]
    assert team.store.trail.verify().problem == ""


def test_the_other_knows_of_it_only_after_his_own_call(team, key, case, finding, leader):
    file = put(team, WANG, case(ABSENT), finding)["files"][0]["key"]
    call(team, WANG, case(ABSENT), finding)
    assert names(team, ZHOU, case(ABSENT)) == []
    with pytest.raises(Refused):
        open_attachment(team, ZHOU, team.case(case(ABSENT), ZHOU), file)
    assert names(team, leader, case(ABSENT)) == ["照片.png"]
    call(team, ZHOU, case(ABSENT), finding)
    assert names(team, ZHOU, case(ABSENT)) == ["照片.png"]
    assert open_attachment(team, ZHOU, team.case(case(ABSENT), ZHOU), file)


def test_only_who_decides_the_case_attaches_and_only_its_owner_takes_it_back(team, key, case, finding):
    file = put(team, WANG, case(ABSENT), finding)["files"][0]["key"]
    with pytest.raises(Refused, match="不由您决定"):
        put(team, Person("何静", (VIEWER,)), case(ABSENT), finding)
    with pytest.raises(Refused, match="没有这份病例"):
        put(team, LI, case(ABSENT), finding)
    with pytest.raises(Refused, match="自己附的"):
        detach(team, ZHOU, team.case(case(ABSENT), ZHOU), file)
    assert detach(team, WANG, team.case(case(ABSENT), WANG), file)["files"] == []
    with pytest.raises(Refused):
        open_attachment(team, WANG, team.case(case(ABSENT), WANG), file)
    assert team.store.trail.verify().problem == ""


def test_what_is_too_much_or_nothing_is_refused_and_leaves_no_bytes(team, key, case, finding):
    for content, told in ((b"", "是空的"), (b"0" * (LARGEST + 1), "至多 20 MB")):
        with pytest.raises(Refused, match=told):
            put(team, WANG, case(ABSENT), finding, content)
    assert list(folder_of(team.home, key).iterdir()) == []
    with pytest.raises(Refused, match="刷新"):
        put(team, WANG, case(ABSENT), "no such finding")
    for n in range(MOST):
        put(team, WANG, case(ABSENT), finding, bytes([n]))
    with pytest.raises(Refused, match=f"至多附 {MOST} 个"):
        put(team, WANG, case(ABSENT), finding, b"one more")


def test_a_closed_inspection_takes_no_file_and_gives_none_back(team, key, case, finding):
    file = put(team, WANG, case(ABSENT), finding)["files"][0]["key"]
    team.store.life.move(key, SETTLED, "陈立群")
    with pytest.raises(ClosedInspection):
        put(team, WANG, case(ABSENT), finding)
    with pytest.raises(ClosedInspection):
        detach(team, WANG, team.case(case(ABSENT), WANG), file)


def test_a_changed_line_of_a_file_breaks_the_trail(team, key, case, finding):
    put(team, WANG, case(ABSENT), finding)
    with team.store._engine.begin() as connection:
        connection.execute(update(attachments).values(sha256="0" * 64))
    assert "与保存的不符" in team.store.trail.verify().problem


def test_the_evidence_sheet_names_files_with_their_hash(team, key, case, finding, leader):
    put(team, WANG, case(ABSENT), finding, b"abc")
    blocks = put_together(team, leader, Order(key, "evidence", case(ABSENT)), datetime(2026, 3, 1))[0].blocks
    (line,) = [one.text for one in blocks if isinstance(one, Text) and "专家附件" in one.text]
    assert line == f"专家附件：照片.png（SHA-256 {hashlib.sha256(b'abc').hexdigest()[:16]}）"


def test_a_file_that_is_gone_from_the_server_says_so(team, key, case, finding):
    file = put(team, WANG, case(ABSENT), finding)["files"][0]["key"]
    for kept in folder_of(team.home, key).iterdir():
        kept.unlink()
    with pytest.raises(Refused, match="备份"):
        open_attachment(team, WANG, team.case(case(ABSENT), WANG), file)


def test_the_bytes_end_with_their_inspection(team, key, case, finding, leader):
    put(team, WANG, case(ABSENT), finding)
    other = team.store.add_inspection("检查二", "乙医院", team.home, "陈立群")
    kept = folder_of(team.home, other)
    kept.mkdir(parents=True)
    (kept / "x").write_bytes(b"of another")
    team.store.life.move(key, ARCHIVED, "陈立群")
    delete_inspection(team, leader, team.inspection(key))
    assert not folder_of(team.home, key).exists()
    assert (kept / "x").exists()
    assert team.store.trail.verify().problem == ""


@pytest.mark.parametrize(
    "given, shown",
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\病历\\照片.png", "照片.png"),
        ("\x00\u202e.png", "png"),
        ("", "附件"),
        ("a" * 300 + ".pdf", "a" * 117 + ".pdf"),
        ("=cmd|' /C'!A0.xlsx", "C'!A0.xlsx"),
    ],
)
def test_a_file_keeps_the_part_of_its_name_that_is_a_name(given, shown):
    assert plain_name(given) == shown
