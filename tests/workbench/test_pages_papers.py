"""The papers of a real review with decisions: what each says, who may have it, its state, masked, counted once."""

import io
import json
import re
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from demonstration import ABSENT, TWICE
from fastapi import FastAPI
from fastapi.testclient import TestClient

from review.casework.desk import Refused
from review.pages.audit import open_audit
from review.pages.papers import open_paper, open_papers, settle_paper
from review.reports.annex_shapes import shapes
from review.reports.catalogue import KINDS
from review.reports.handover_list import departments
from review.reports.routes import add_paper_routes
from review.reports.shelf import Order, put_together
from review.store.accounts import ADMINISTRATOR, EXPERT, STAFF, VIEWER, Person
from review.store.entries import Press, TrailFilter
from review.store.pairs import Adjudication
from review.store.store import new_key
from review.violations import VIOLATIONS

WANG = Person("王敏", (EXPERT,))
MADE = datetime(2026, 3, 1, 9, 0)
NOTE = "=cmd|' /C calc'!A0 𠮷"


def findings(desk, key):
    results = desk.results(desk.inspection(key))
    return [line for lines in results.findings.values() for line in lines]


def press(desk, key, line, verdict, who="王敏", **more):
    desk.store.append(Press(new_key(), key, line["admission_id"], line["id"], verdict, who, **more))


def decide_all(desk, key, verdict="confirm", who="王敏", but=()):
    for line in findings(desk, key):
        if line["id"] not in but:
            press(desk, key, line, verdict, who)


def of(desk, key, admission, violation):
    return next(
        x for x in findings(desk, key) if x["admission_id"] == admission and x["violation"] == violation
    )


def paper(desk, leader, key, kind, **more):
    return put_together(desk, leader, Order(key, kind, **more), MADE)[0]


def said(made):
    """Every word of a paper."""
    words = [json.dumps(block.__dict__, ensure_ascii=False, default=str) for block in made.blocks]
    return "\n".join(words)


def table(made, name):
    return next(one for one in made.tables if one.name == name)


def column(made, name, title):
    held = table(made, name)
    place = [one.title for one in held.columns].index(title)
    return [row[place] for row in held.rows]


@pytest.fixture
def route(desk):
    """Asks the route for a file as a person."""

    def ask(person, path):
        app = FastAPI()
        add_paper_routes(app, desk, lambda request: person)
        return TestClient(app).get(path)

    return ask


def test_nothing_decided_is_a_draft_with_nothing_confirmed(desk, leader, key):
    letter = paper(desk, leader, key, "letter")
    assert letter.draft
    assert letter.header.startswith("草稿")
    assert table(letter, "事项").rows == ()
    count = len(findings(desk, key))
    assert f"另有待定 {count} 项" in said(letter)
    assert set(column(paper(desk, leader, key, "working"), "疑点", "决定")) == {"待定"}


def test_a_file_is_asked_about_while_findings_are_open_and_comes_as_a_draft(desk, leader, key, route):
    count = len(findings(desk, key))
    reply = route(leader, f"/papers/{key}/letter.docx")
    assert reply.status_code == 409
    assert reply.json() == {"problem": f"还有 {count} 项待定，生成草稿还是先审完？", "open": count}
    assert desk.store.trail.lines(TrailFilter(act="export_paper")) == []
    reply = route(leader, f"/papers/{key}/letter.docx?draft=1")
    assert reply.status_code == 200
    line = desk.store.trail.lines(TrailFilter(act="export_paper"))[0]
    assert (line.who, line.inspection, line.subject) == (leader.name, key, "letter.docx")
    assert line.after.startswith("草稿，实名 ")
    assert open_audit(desk, leader, {})["lines"][0]["subject"] == "事实确认书 Word"
    assert desk.store.trail.verify().problem == ""


def test_a_confirmed_finding_stands_in_the_letter_with_basis_and_version(desk, leader, key):
    line = of(desk, key, ABSENT, "phantom_stay")
    press(desk, key, line, "confirm")
    letter = paper(desk, leader, key, "letter")
    (row,) = table(letter, "事项").rows
    assert row[2] == "疑似挂床住院"
    assert row[4] == row[5] == Decimal("2002.42")
    assert line["message"] in row[3]
    assert "《医疗保障基金使用监督管理条例》" in said(letter)
    assert "2021-05-01 起施行" in said(letter)
    assert "损失" not in said(letter).replace("并非损失数额", "")


def test_what_an_expert_rejected_or_asked_about_is_on_no_paper_that_leaves(desk, leader, key):
    decide_all(desk, key, "reject")
    assert table(paper(desk, leader, key, "letter"), "事项").rows == ()
    assert all(one.rows == () for one in paper(desk, leader, key, "handover").tables)
    decide_all(desk, key, "ask")
    letter = paper(desk, leader, key, "letter")
    assert table(letter, "事项").rows == ()
    assert f"待补材料 {len(findings(desk, key))} 项" in said(letter)


def test_the_evidence_sheet_has_both_sides_the_decision_and_only_quotes_that_stand(desk, leader, key):
    line = of(desk, key, ABSENT, "phantom_stay")
    press(desk, key, line, "reject", reasons=("有正当情形",), note=NOTE)
    made = paper(desk, leader, key, "evidence")
    words = said(made)
    for item in line["evidence"]:
        assert json.dumps(item["quote"], ensure_ascii=False)[1:-1] in words
    assert "支持疑点" in words
    assert "不成立　王敏　" in words
    assert json.dumps(f"有正当情形；{NOTE}", ensure_ascii=False)[1:-1] in words
    assert "什么能推翻" in words


def test_a_sheet_of_one_stay_is_that_stay_alone_and_keeps_its_number(desk, leader, key, case):
    whole = paper(desk, leader, key, "evidence")
    alone = paper(desk, leader, key, "evidence", case=case(TWICE))
    names = [block.text for block in alone.blocks if getattr(block, "level", 0) == 1]
    assert len(names) == 1
    assert names[0] in [block.text for block in whole.blocks if getattr(block, "level", 0) == 1]


def test_every_yuan_is_counted_once_and_a_rejected_stay_frees_its_lines(desk, leader, key):
    results = desk.results(desk.inspection(key))
    whole = Decimal(str(results.summary["amount_once"]))
    assert sum(column(paper(desk, leader, key, "working"), "病例", "疑似金额（每元一次）")) == whole
    decide_all(desk, key)
    made = paper(desk, leader, key, "working")
    assert sum(column(made, "病例", "已确认金额")) == whole
    assert table(made, "病例").total[-2:] == (whole, whole)
    stay = of(desk, key, ABSENT, "phantom_stay")
    press(desk, key, stay, "reject")
    rest = sum(column(paper(desk, leader, key, "working"), "病例", "已确认金额"))
    others = [x for x in findings(desk, key) if x["admission_id"] == ABSENT and x["id"] != stay["id"]]
    freed = sum(Decimal(str(x["amount"] or 0)) for x in others if x["counted_in"] == stay["id"])
    assert rest == whole - Decimal("2002.42") + freed


def test_a_sum_that_an_expert_gave_takes_the_place_of_the_suspected_one(desk, leader, key):
    press(desk, key, of(desk, key, ABSENT, "phantom_stay"), "confirm", amount="576.00")
    (row,) = table(paper(desk, leader, key, "letter"), "事项").rows
    assert row[4] == row[5] == Decimal("576.00")


def test_the_annexes_hold_every_violation_once_and_leave_blank_what_people_fill(desk, leader, key):
    named = [code for problem in shapes()["problems"] for code in problem["violations"]]
    assert sorted(named) == sorted(VIOLATIONS)
    decide_all(desk, key)
    made = paper(desk, leader, key, "statistics")
    assert [one.name for one in made.tables] == ["机构自查", "现场检查", "专项治理"]
    assert set(column(made, "机构自查", "主动退回金额")) == {None}
    assert (
        column(made, "现场检查", "疑似病例")[0] is None
    )  # a problem that none of our checks looks at is not zero
    assert sum(column(made, "现场检查", "已确认金额")[1:]) == table(made, "现场检查").total[6]
    assert column(made, "专项治理", "已确认金额") == [table(made, "现场检查").total[6]]
    assert column(made, "专项治理", "追回医保资金") == [None]
    phantom = column(made, "现场检查", "问题类别").index("挂床住院")
    assert column(made, "现场检查", "已确认金额")[phantom] == Decimal("2002.42")


def test_the_hand_over_list_groups_confirmed_findings_by_department(desk, leader, key):
    decide_all(desk, key)
    made = paper(desk, leader, key, "handover")
    for one in departments():
        names = set(column(made, one["name"], "涉嫌事项"))
        assert names <= {f"疑似{VIOLATIONS[code].name}" for code in one["violations"]}
        assert desk.library.clause(one["document"], one["passage"]) is not None
    assert set(column(made, "公安机关", "是否移送")) == {""}


def test_a_masked_paper_names_no_patient_and_no_doctor(desk, leader, key):
    decide_all(desk, key)
    results = desk.results(desk.inspection(key))
    named = {row["person_name"] for row in results.admissions.values()}
    named |= {row["doctor"] for row in results.admissions.values() if row["doctor"]}
    numbers = {row["inpatient_no"] for row in results.admissions.values()}
    for kind in ("letter", "handover"):
        words = said(paper(desk, leader, key, kind, masked=True))
        assert [name for name in named if name in words] == []
        assert [number for number in numbers if number in words] == []
        assert "本件已隐去个人身份" in words
        full = said(paper(desk, leader, key, kind))
        assert any(name in full for name in named)
        assert not re.search(
            "〔[^〕]*x[0-9a-f]{12}", words
        )  # what we say names nobody the record does not know


def test_a_paper_is_settled_signed_and_falls_back_to_a_draft_when_a_decision_changes(desk, leader, key):
    def settle(state):
        return settle_paper(desk, leader, {"inspection": key, "paper": "letter", "state": state})

    with pytest.raises(Refused, match="审完才能定稿"):
        settle("已定")
    decide_all(desk, key)
    with pytest.raises(Refused, match="先定稿"):
        settle("已签收")
    assert paper(desk, leader, key, "letter").draft
    assert settle("已定")["state"] == "已定"
    assert not paper(desk, leader, key, "letter").draft
    assert paper(desk, leader, key, "handover").draft
    assert settle("已签收")["by"] == leader.name
    press(desk, key, findings(desk, key)[0], "reject")
    held = next(one for one in open_papers(desk, leader, {})["papers"] if one["key"] == "letter")
    assert (held["state"], held["outdated"]) == ("草稿", True)
    assert paper(desk, leader, key, "letter").draft
    acts = [line.act for line in desk.store.trail.lines(TrailFilter(inspection=key)) if "_paper" in line.act]
    assert acts == ["sign_paper", "settle_paper"]


def test_an_expert_has_the_notes_on_own_decisions_and_nothing_else(desk, leader, key, route):
    first, second = findings(desk, key)[:2]
    press(desk, key, first, "confirm", note="我的附言")
    press(desk, key, second, "reject", who="李可", note="他人的附言")
    shown = open_papers(desk, WANG, {})
    assert [one["key"] for one in shown["papers"]] == ["notes"]
    assert (shown["open"], shown["cases"]) == (0, [])
    words = said(paper(desk, WANG, key, "notes"))
    assert "我的附言" in words
    assert "他人的附言" not in words
    assert "他人的附言" in said(paper(desk, leader, key, "notes"))
    for kind in KINDS.values():
        for written_as in kind.formats:
            reply = route(WANG, f"/papers/{key}/{kind.key}.{written_as}?draft=1")
            assert reply.status_code == (200 if kind.own else 404)
    with pytest.raises(Refused, match="由组长"):
        settle_paper(desk, WANG, {"inspection": key, "paper": "letter", "state": "已定"})


def test_what_two_reviewers_differ_on_is_open_until_it_is_ruled_and_each_has_the_own_call(desk, leader, key):
    line = of(desk, key, ABSENT, "phantom_stay")
    for part, who in (("first", "王敏"), ("second", "李可")):
        desk.store.pairs.assign(key, part, {line["admission_id"]: who}, leader.name)
    press(desk, key, line, "confirm", note="首审附言")
    press(desk, key, line, "reject", who="李可", note="复审附言")
    assert table(paper(desk, leader, key, "letter"), "事项").rows == ()
    assert f"待定 {len(findings(desk, key))} 项" in said(paper(desk, leader, key, "evidence"))
    second = said(paper(desk, Person("李可", (EXPERT,)), key, "notes"))
    assert ("复审附言" in second, "首审附言" in second) == (True, False)
    first, other = desk.store.decisions(key)
    about = (new_key(), key, line["admission_id"], line["id"], "first", "confirm", None, "夜间不在院有据")
    desk.store.pairs.adjudicate(Adjudication(*about, first.seq, other.seq, leader.name, first.at), "case")
    assert len(table(paper(desk, leader, key, "letter"), "事项").rows) == 1
    assert f"确认（裁定）　{leader.name}" in said(paper(desk, leader, key, "evidence"))


@pytest.mark.parametrize(
    "person", [Person("丁", (STAFF,)), Person("戊", (VIEWER,)), Person("己", (ADMINISTRATOR,))]
)
def test_nobody_else_has_papers(desk, key, route, person):
    assert not person.opens("papers")
    assert route(person, f"/papers/{key}/notes.xlsx").status_code == 403
    assert route(None, f"/papers/{key}/notes.xlsx").status_code == 401


@pytest.mark.parametrize(
    "path", ["none/letter.docx", "{key}/letter.exe", "{key}/none.docx", "{key}/evidence.docx?case=none"]
)
def test_what_is_not_there_is_said_so(desk, leader, key, route, path):
    decide_all(desk, key)
    reply = route(leader, "/papers/" + path.format(key=key))
    assert reply.status_code == 404
    assert reply.json()["problem"]


def test_a_hostile_note_is_text_in_the_workbook(desk, leader, key, route):
    press(desk, key, findings(desk, key)[0], "confirm", note=NOTE)
    book = openpyxl.load_workbook(io.BytesIO(route(leader, f"/papers/{key}/working.xlsx?draft=1").content))
    held = [cell for sheet in book for row in sheet.iter_rows() for cell in row if NOTE in str(cell.value)]
    assert {cell.data_type for cell in held} == {"s"}
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_paper_can_be_looked_at_and_looking_is_noted(desk, leader, key, kind):
    json.dumps(open_paper(desk, leader, {"inspection": key, "paper": kind}), allow_nan=False)
    line = desk.store.trail.lines(TrailFilter(act="view_paper"))[0]
    assert (line.inspection, line.subject) == (key, kind)
    assert open_audit(desk, leader, {})["lines"][0]["subject"] == KINDS[kind].title
