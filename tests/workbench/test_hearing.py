"""陈述申辩: what the institution says comes back to its findings, is weighed with both sides, and never worsens a call."""

import asyncio
import io
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from demonstration import ABSENT
from sqlalchemy import update

from review.audit import ACTS
from review.audit import said as said_of
from review.casework.desk import Refused
from review.casework.hearing import ACCEPTED, UNANSWERED, WAITING
from review.casework.stating import keep_file, open_file
from review.pages.calling import case_for, decide, undo
from review.pages.hearing import open_hearing, save_reconsideration, save_statement
from review.reports.answers_taken import take_in
from review.reports.hearing_sheets import ADMITTED, KEY, SAID, STANCE
from review.reports.paper import Table
from review.reports.shelf import Order, put_together
from review.reports.workbook import as_workbook
from review.store.accounts import LEADER, Person
from review.store.entries import TrailFilter, User
from review.store.hearing_schema import statements
from review.store.life import SETTLED, STATED, ClosedInspection
from review.store.pairs import FIRST, SECOND
from review.store.store import new_key

HEAD = Person("陈立群", (LEADER,))
WANG, ZHOU, LI = (Person(name, ("专家",)) for name in ("王敏", "周岚", "李国栋"))
MADE_AT = datetime(2026, 3, 2, 9)


@pytest.fixture
def findings(desk, key):
    """The findings of one case, confirmed by its reviewer, in a hearing."""
    for name in ("王敏", "周岚", "李国栋"):
        desk.store.people.add(User(name, "x", ("专家",)), HEAD.name)
    desk.store.people.add(User(HEAD.name, "x", (LEADER,)), "演示")
    desk.store.pairs.assign(key, FIRST, {ABSENT: WANG.name}, HEAD.name)
    found = [line for line in desk.results(desk.inspection(key)).findings[ABSENT] if line["amount"]]
    for line in found:
        call = {"case": case_key(desk, key), "press": new_key(), "finding": line["id"], "verdict": "confirm"}
        decide(desk, WANG, call)
    desk.store.life.move(key, STATED, HEAD.name)
    return found


def case_key(desk, key):
    return desk.store.case_keys(key, [ABSENT])[ABSENT]


def sheet(desk, key):
    paper, _ = put_together(desk, HEAD, Order(key, "answers"), MADE_AT)
    return openpyxl.load_workbook(io.BytesIO(as_workbook(paper)))


def filled(book, answers):
    """The sheet with what stands in `answers` by finding: stance, yuan, words."""
    table = book["答复"]
    columns = {cell.value: cell.column for cell in table[1]}
    for row in range(2, table.max_row + 1):
        for title, value in zip(
            (STANCE, ADMITTED, SAID), answers.get(table.cell(row, columns[KEY]).value, ()), strict=False
        ):
            table.cell(row, columns[title]).value = value
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def take(desk, key, content, name="答复.xlsx", person=HEAD):
    async def body():
        yield content

    return asyncio.run(take_in(desk, person, desk.inspection(key), name, body()))


def card(desk, key, finding, person=WANG):
    shown = case_for(desk, person, desk.case(case_key(desk, key), person))
    return next(line for line in shown["findings"] if line["id"] == finding)["hearing"]


def say(desk, key, finding, stance="object", said="有当班记录，见附件。", person=HEAD, **more):
    call = {"case": case_key(desk, key), "finding": finding, "stance": stance, "said": said, **more}
    return save_statement(desk, person, call)


def weigh(desk, key, finding, outcome, person=WANG, reason="核对原始记录，理由成立。", **more):
    known = card(desk, key, finding, person)
    call = {
        "case": case_key(desk, key),
        "finding": finding,
        "outcome": outcome,
        "reason": reason,
        "press": new_key(),
        "known": known["known"] if known else 0,
    }
    return save_reconsideration(desk, person, call | more)


def table_of(desk, key, kind, name, **more):
    paper, _ = put_together(desk, HEAD, Order(key, kind, **more), MADE_AT)
    return next(block for block in paper.blocks if isinstance(block, Table) and block.name == name)


def test_a_filled_sheet_comes_back_to_its_findings_and_says_how_many_it_leaves_open(desk, key, findings):
    first, *others = (line["id"] for line in findings)
    content = filled(sheet(desk, key), {first: ("部分异议", "1.50", "其中两日有医嘱。")})
    told = take(desk, key, content)
    assert (told["saved"], told["known"], told["unanswered"]) == (1, 0, len(others))
    heard = desk.heard(desk.inspection(key))[first]
    assert (heard.state, heard.statements[0].admitted) == (WAITING, "1.50")
    assert heard.statements[0].said == "其中两日有医嘱。"
    assert card(desk, key, first)["statements"][0]["stance"] == "部分异议"
    again = take(desk, key, content)
    assert (again["saved"], again["known"]) == (0, 1)
    rows = open_hearing(desk, HEAD, {"inspection": key})["rows"]
    assert [row["state"] for row in rows] == [WAITING] + [UNANSWERED] * len(others)


def test_what_is_accepted_needs_no_second_look(desk, key, findings):
    say(desk, key, findings[0]["id"], "accept", "")
    assert desk.heard(desk.inspection(key))[findings[0]["id"]].state == ACCEPTED
    assert not card(desk, key, findings[0]["id"])["may_reconsider"]
    with pytest.raises(Refused, match="没有提出异议"):
        weigh(desk, key, findings[0]["id"], "withdrawn")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (("同意", None, ""), "“答复”第 2 行：“机构意见”须是无异议、部分异议、有异议之一"),
        (("", None, "没有选意见"), "第 2 行"),
        (("部分异议", "许多", ""), "“认可金额（元）”金额须是数字"),
        (("部分异议", "99999999", ""), "大于该项的"),
        (("部分异议", "-1", ""), "不小于零"),
    ],
)
def test_an_unclear_answer_is_told_with_its_place_and_nothing_is_taken(desk, key, findings, answer, told):
    others = {line["id"]: ("有异议", None, "有记录") for line in findings[1:]}
    with pytest.raises(Refused) as refusal:
        take(desk, key, filled(sheet(desk, key), {findings[0]["id"]: answer} | others))
    assert told in str(refusal.value)
    assert "这次没有存入任何一项" in str(refusal.value)
    assert desk.heard(desk.inspection(key)) == {}


def test_sheets_that_are_no_answers_are_refused_with_what_to_do(desk, key, findings):
    book = sheet(desk, key)
    table = book["答复"]
    table["B2"] = "another"
    for content, name, told in [
        (filled(book, {"another": ("有异议", None, "x")}), "答复.xlsx", "编号不在本检查已确认的事项里"),
        (filled(sheet(desk, key), {}), "空表.xlsx", "没有一项填了机构意见"),
        (b"PK\x03\x04 torn", "坏.xlsx", "坏.xlsx"),
        ("编号,意见\n1,2\n".encode(), "别的.csv", "没有“编号”和“机构意见”两栏"),
        (b"%PDF", "答复.pdf", "另存为 .xlsx"),
    ]:
        with pytest.raises(Refused, match=told):
            take(desk, key, content, name)
    with pytest.raises(Refused, match="由组长"):
        take(desk, key, b"", person=WANG)


def test_a_long_text_goes_on_in_the_row_below_and_a_formula_stays_words(desk, key, findings):
    first = findings[0]["id"]
    book = sheet(desk, key)
    content = filled(book, {first: ("有异议", None, "=cmd|' /C calc'!A0")})
    take(desk, key, content)
    said = desk.heard(desk.inspection(key))[first].statements[-1].said
    paper = table_of(desk, key, "hearing", "复核意见")
    assert said in ("=cmd|' /C calc'!A0", "")
    assert any("有异议" in str(cell) for row in paper.rows for cell in row)


def test_the_call_stays_and_papers_count_what_became_of_it(desk, key, findings):
    whole, entry = findings[0], desk.inspection(key)
    held = Decimal(str(whole["amount"]))
    say(desk, key, whole["id"])
    before = desk.pairing(entry).holding()[whole["id"]]
    assert weigh(desk, key, whole["id"], "reduced", amount=str(held - 1))["ok"]
    assert desk.pairing(entry).holding()[whole["id"]] == before
    assert desk.standing(entry)[whole["id"]].amount == f"{held - 1:.2f}"
    row = next(row for row in table_of(desk, key, "hearing", "复核意见").rows if row[7] == "核减")
    assert (row[4], row[8]) == (held.quantize(Decimal("0.01")), (held - 1).quantize(Decimal("0.01")))
    assert any(
        "陈述后核减" in str(cell) for row in table_of(desk, key, "working", "疑点").rows for cell in row
    )

    assert weigh(desk, key, whole["id"], "withdrawn", HEAD)["ok"]
    assert desk.standing(entry)[whole["id"]].verdict == "reject"
    letter = table_of(desk, key, "letter", "事项")
    assert len(letter.rows) == len(findings) - 1
    assert card(desk, key, whole["id"])["earlier"] == 1

    assert weigh(desk, key, whole["id"], "upheld", HEAD)["ok"]
    assert desk.standing(entry)[whole["id"]] == before


def test_an_outcome_is_never_worse_and_always_has_its_reason(desk, key, findings):
    one = findings[0]
    say(desk, key, one["id"])
    held = Decimal(str(one["amount"]))
    for more, told in [
        ({"outcome": "reduced", "amount": str(held)}, "须小于"),
        ({"outcome": "reduced", "amount": str(held + 1)}, "须小于"),
        ({"outcome": "reduced", "amount": "-1"}, "不小于零"),
        ({"outcome": "reduced", "amount": ""}, "须小于"),
        ({"outcome": "withdrawn", "reason": " "}, "须写理由"),
        ({"outcome": "doubled"}, "先选复核结果"),
    ]:
        with pytest.raises(Refused, match=told):
            weigh(desk, key, one["id"], **({"outcome": "upheld"} | more))
    assert desk.heard(desk.inspection(key))[one["id"]].outcome is None


def test_a_new_statement_waits_anew_and_the_outcome_holds_until_then(desk, key, findings):
    one = findings[0]["id"]
    say(desk, key, one)
    weigh(desk, key, one, "upheld")
    assert card(desk, key, one)["state"] == "维持"
    say(desk, key, one, said="补充了手术记录。")
    assert card(desk, key, one)["state"] == WAITING
    assert card(desk, key, one)["outcome"]["name"] == "维持"


def test_after_the_hearing_the_first_call_is_not_changed_any_more(desk, key, findings):
    one = findings[-1]["id"]
    say(desk, key, one)
    weigh(desk, key, one, "upheld")
    call = {"case": case_key(desk, key), "press": new_key(), "finding": one, "verdict": "reject"}
    stands = desk.pairing(desk.inspection(key)).holding()[one]
    with pytest.raises(Refused, match="机构陈述后已复核"):
        decide(desk, WANG, call | {"known": stands.seq})
    with pytest.raises(Refused, match="机构陈述后已复核"):
        undo(desk, WANG, {"inspection": key, "press": new_key()})


def test_two_windows_do_not_write_over_each_other(desk, key, findings):
    one = findings[0]["id"]
    say(desk, key, one)
    weigh(desk, key, one, "upheld")
    late = weigh(desk, key, one, "withdrawn", HEAD, known=0)
    assert late.get("conflict") and late["hearing"]["outcome"]["name"] == "维持"


def test_who_may_what(desk, key, findings):
    one = findings[0]["id"]
    with pytest.raises(Refused, match="由组长"):
        say(desk, key, one, person=WANG)
    assert card(desk, key, one) is None  # nothing to show an expert yet
    assert card(desk, key, one, HEAD)["may_state"]
    say(desk, key, one)
    with pytest.raises(Refused, match="未分配"):
        weigh_blind = {
            "case": case_key(desk, key),
            "finding": one,
            "outcome": "upheld",
            "reason": "x",
            "press": "p",
        }
        save_reconsideration(desk, LI, weigh_blind)
    with pytest.raises(Refused):
        open_hearing(desk, WANG, {"inspection": key})


def test_a_blind_second_reviewer_is_sent_nothing_of_the_hearing(desk, key, findings):
    one = findings[0]["id"]
    say(desk, key, one)
    desk.store.pairs.assign(key, SECOND, {ABSENT: ZHOU.name}, HEAD.name)
    assert card(desk, key, one, ZHOU) is None
    with pytest.raises(Refused):
        weigh(desk, key, one, "upheld", ZHOU)


def test_in_a_settled_inspection_nothing_is_said_and_nothing_weighed(desk, key, findings):
    one = findings[0]["id"]
    say(desk, key, one)
    desk.store.life.move(key, SETTLED, HEAD.name)
    with pytest.raises(ClosedInspection):
        say(desk, key, one)
    with pytest.raises(ClosedInspection):
        weigh(desk, key, one, "withdrawn")


def test_files_of_the_institution_come_out_as_they_came_in(desk, key, findings):
    one, of = findings[0], case_key(desk, key)
    case = desk.case(of, HEAD)

    async def body():
        yield b"12"

    asyncio.run(keep_file(desk, HEAD, case, one, "../医嘱单.pdf", body()))
    held = desk.heard(desk.inspection(key))[one["id"]].files
    file, name = open_file(desk, WANG, desk.case(of, WANG), held[0].key)
    assert (file.read_bytes(), name) == (b"12", "医嘱单.pdf")
    assert desk.store.trail.newest("open_statement_file") if hasattr(desk.store.trail, "newest") else True
    with pytest.raises(Refused, match="由组长"):
        asyncio.run(keep_file(desk, WANG, case, one, "x", body()))


def test_a_statement_changed_in_the_database_breaks_the_trail(desk, key, findings):
    say(desk, key, findings[0]["id"])
    assert not desk.store.trail.verify().problem
    with desk.store._engine.begin() as connection:
        connection.execute(update(statements).values(said="没有异议"))
    assert "陈述" in desk.store.trail.verify().problem


def test_the_trail_tells_of_the_hearing_in_words(desk, key, findings):
    one = findings[0]["id"]
    say(desk, key, one)
    weigh(desk, key, one, "reduced", amount="1.00")
    lines = {line.act: line for line in desk.store.trail.lines(TrailFilter(inspection=key))}
    assert (ACTS["state"], said_of(lines["state"])[1]) == ("录入机构陈述", "有异议")
    assert said_of(lines["reconsider"])[1] == "核减为 1.00 元"
    assert "交接" not in lines["state"].after and "核对" not in lines["reconsider"].after
