"""总览's figures over a real review: each yuan once, as the queue and the papers have it; who is told what; the file."""

import io
from collections import Counter
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from math import log10
from types import SimpleNamespace

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from review.casework.worklist import queue
from review.pages.overview import open_overview
from review.proportions import wilson
from review.reports import overview_figures as figures
from review.reports.dossier import open_dossier
from review.reports.overview import PANELS
from review.reports.overview_figures import Mark, bins_of, by_check
from review.reports.overview_route import add_overview_route
from review.reports.wording import totals
from review.store.accounts import ADMINISTRATOR, EXPERT, LEADER, STAFF, VIEWER, Person
from review.store.entries import Press, TrailFilter
from review.store.pairs import FIRST, SECOND, Adjudication
from review.store.schema import now
from review.store.store import new_key

LEADS, LOOKS, WANG = (Person("陈立群", (LEADER,)), Person("周只读", (VIEWER,)), Person("王敏", (EXPERT,)))
CONFIRM, ASK, OPEN, REJECT = range(4)


def findings(desk, key):
    return [x for lines in desk.results(desk.inspection(key)).findings.values() for x in lines]


def press(desk, key, line, verdict, who="王敏", **more):
    desk.store.append(Press(new_key(), key, line["admission_id"], line["id"], verdict, who, **more))


def told(desk, key, person=LEADS):
    return open_overview(desk, person, {"inspection": key})["figures"]


def mark(**given):
    usual = {"finding": "f", "admission": "a", "check": "CHG-001", "title": "疑似超标准收费", "family": "charges",
             "violation": "over_standard_charge", "verdict": "", "amount": Decimal(10), "once": Decimal(10)}  # fmt: skip
    return Mark(**(usual | given))


def test_a_yuan_stands_once_in_every_panel_and_as_the_papers_have_it(desk, key):
    shown = told(desk, key)
    entry = desk.inspection(key)
    dossier = open_dossier(entry, desk.results(entry), desk.standing(entry), desk.rules)
    suspected, _ = totals(dossier.points)
    assert Decimal(str(shown["head"]["yuan"])) == suspected > 0
    for panel in ("violations", "departments", "months"):
        assert round(sum(one["amount"] for one in shown[panel]), 2) == float(suspected)
        assert (
            sum(one["findings"] for one in shown[panel])
            == shown["head"]["findings"]
            == len(findings(desk, key))
        )


def test_decisions_move_a_findings_yuan_and_unfounded_ones_leave_the_sum(desk, key):
    before = told(desk, key)
    dear = max((x for x in findings(desk, key) if x["counted_amount"]), key=lambda x: x["counted_amount"])
    press(desk, key, dear, "confirm")
    group = next(x for x in told(desk, key)["violations"] if x["key"] == dear["violation"])
    assert (group["by"][CONFIRM], group["yuan"][CONFIRM]) == (1, dear["counted_amount"])
    assert told(desk, key)["head"]["decided"] == before["head"]["decided"] + 1
    press(desk, key, dear, "reject", reasons=("有依据",))
    after = told(desk, key)
    group = next(x for x in after["violations"] if x["key"] == dear["violation"])
    assert (group["by"][CONFIRM], group["by"][REJECT], group["yuan"][REJECT]) == (0, 1, dear["amount"])
    assert after["head"]["yuan"] <= before["head"]["yuan"]
    press(desk, key, dear, "confirm", amount="1.50", reasons=("只算一次",))
    group = next(x for x in told(desk, key)["violations"] if x["key"] == dear["violation"])
    assert group["yuan"][CONFIRM] == 1.5


def test_every_figure_leads_to_as_many_findings_in_the_queue(desk, key):
    for number, line in enumerate(findings(desk, key)[:6]):
        press(desk, key, line, ("confirm", "reject", "ask")[number % 3], reasons=("原因",))
    shown, entry = told(desk, key), desk.inspection(key)
    results = desk.results(entry)
    keys = desk.store.case_keys(key, list(results.admissions))
    rows = queue(results, keys, desk.pairing(entry), LEADS, desk.named_by)
    facts = [fact for row in rows for fact in row["facts"]]
    assert {x["key"]: x["findings"] for x in shown["violations"]} == Counter(x["violation"] for x in facts)
    assert {x["key"]: x["findings"] for x in shown["checks"]} == Counter(x["check"] for x in facts)
    for panel, place in (("departments", "department_key"), ("months", "month")):
        held = {row[place]: 0 for row in rows}
        for row in rows:
            held[row[place]] += len(row["facts"])
        assert {x["key"]: x["findings"] for x in shown[panel] if x["stays"]} == held
    assert shown["todo"]["asked"] == sum(x["verdict"] == "ask" for x in facts)
    amounts = sorted(x["amount"] for x in facts if x["amount"])
    assert sorted(one["amount"] for one in shown["dots"]) == pytest.approx(amounts)
    assert sum(sum(one["by"]) for one in shown["bins"]) == len(amounts)
    for one in shown["bins"]:
        assert sum(one["by"]) == sum(one["low"] <= amount < one["high"] for amount in amounts)


def test_findings_that_are_gone_or_wait_for_a_first_call_are_not_counted(desk, key):
    entry = desk.inspection(key)
    results = desk.results(entry)
    group = next(lines for lines in results.findings.values() if len(lines) > 1)
    group[0]["gone"] = True
    group[1]["origin"] = "model"
    desk.store.pairs.set_rules(key, desk.pairing(entry).rules.__class__(hides_model=True), "陈立群")
    marks = figures.marks_of(results, desk.pairing(entry), desk.standing_for(entry, LEADS), ())
    shown = {one.finding for one in marks}
    del group[0]["gone"]
    group[1]["origin"] = "rule"
    assert not shown & {group[0]["id"], group[1]["id"]}
    assert len(marks) == len(findings(desk, key)) - 2


def test_progress_is_by_expert_and_part_and_known_answers_are_the_leaders(desk, key):
    lines = findings(desk, key)
    stay = lines[0]["admission_id"]
    own = [x for x in lines if x["admission_id"] == stay]
    desk.store.pairs.assign(key, FIRST, {stay: "王敏"}, "陈立群")
    desk.store.pairs.assign(key, SECOND, {stay: "周岚"}, "陈立群")
    desk.store.pairs.plant(key, own[0]["id"], "confirm", "陈立群")
    for line in own:
        press(desk, key, line, "confirm")
    shown = told(desk, key)
    assert [(x["name"], x["part"], x["done"], x["cases"]) for x in shown["reviewers"]] == [
        ("王敏", FIRST, 1, 1), ("周岚", SECOND, 0, 1),
    ]  # fmt: skip
    assert [(x["name"], x["count"], x["of"]) for x in shown["stages"]] == [
        ("已读", 14, 14), ("首审", 1, 14), ("复审", 0, 1), ("裁定", 0, 0),
    ]  # fmt: skip
    assert shown["known"] == (1, 1)
    assert "known" not in told(desk, key, LOOKS)
    assert shown["todo"]["free"] == 13


def test_a_case_of_nobodys_counts_for_who_called_it(desk, key):
    line = findings(desk, key)[0]
    press(desk, key, line, "confirm", who="陈立群")
    assert [(x["name"], x["cases"]) for x in told(desk, key)["reviewers"]] == [("陈立群", 1)]


def test_a_disputed_finding_is_open_until_it_is_ruled(desk, key):
    line = next(x for x in findings(desk, key) if x["amount"])
    desk.store.pairs.assign(key, FIRST, {line["admission_id"]: "王敏"}, "陈立群")
    desk.store.pairs.assign(key, SECOND, {line["admission_id"]: "周岚"}, "陈立群")
    press(desk, key, line, "confirm")
    press(desk, key, line, "reject", who="周岚", reasons=("有依据",))
    shown = told(desk, key)
    assert (shown["todo"]["disputes"], shown["head"]["decided"]) == (1, 0)
    calls = desk.pairing(desk.inspection(key)).disputes[line["id"]]
    desk.store.pairs.adjudicate(
        Adjudication(new_key(), key, line["admission_id"], line["id"], "second", "reject", None, "从复审",
                     calls[0].seq, calls[1].seq, "陈立群", now()), "case",
    )  # fmt: skip
    shown = told(desk, key)
    assert (shown["todo"]["disputes"], shown["head"]["decided"]) == (0, 1)
    assert next(x for x in shown["stages"] if x["name"] == "裁定")["count"] == 1


def test_shares_are_of_the_decided_and_sorted_by_what_is_sure():
    """Wilson by hand: 8 of 10 lies in .490 to .943, 2 of 2 in .342 to 1."""
    eight = [mark(finding=str(n), verdict="confirm" if n < 8 else "reject") for n in range(10)]
    two = [mark(finding=f"b{n}", check="CHG-002", verdict="confirm") for n in range(2)]
    none = [mark(finding="c", check="CHG-003", verdict="ask"), mark(finding="d", check="CHG-003")]
    found = by_check([*none, *two, *eight])
    assert [group.key for group, _ in found] == ["CHG-001", "CHG-002", "CHG-003"]
    shares = [(round(x.value, 3), round(x.low, 3), round(x.high, 3)) if x else None for _, x in found]
    assert shares == [(0.8, 0.49, 0.943), (1.0, 0.342, 1.0), None]
    assert wilson(0, 0) is None


def test_bins_hold_what_their_bounds_say_at_the_edges_too():
    amounts = ["0.01", "9.99", "10.00", "12.58", "12.59", "1000000.00"]
    bins = bins_of([mark(finding=one, amount=Decimal(one)) for one in amounts])
    assert sum(sum(one.findings.values()) for one in bins) == len(amounts)
    for one in bins:
        held = [x for x in map(Decimal, amounts) if one.low <= x < one.high]
        assert sum(one.findings.values()) == len(held)
    assert all(one.high == other.low for one, other in pairwise(bins))
    decade = [one for one in bins if Decimal(100) <= one.low < Decimal(1000)]
    assert len(decade) == 10 and log10(float(decade[0].high / decade[0].low)) == pytest.approx(0.1, abs=1e-3)
    assert bins_of([mark(amount=None)]) == []


def test_months_without_an_admission_stand_between_the_others():
    def stays(*months):
        return SimpleNamespace(admissions={str(n): {"begins_at": one} for n, one in enumerate(months)})

    found = figures.by_month([mark(admission="1")], stays(datetime(2023, 11, 3), datetime(2024, 2, 9)))
    assert [(one.key, one.stays, one.total) for one in found] == [
        ("2023-11", 1, 0), ("2023-12", 0, 0), ("2024-01", 0, 0), ("2024-02", 1, 1),
    ]  # fmt: skip
    assert len(figures.by_month([], stays(datetime(2020, 1, 1), datetime(2024, 2, 9)))) == figures.MONTHS
    assert [one.name for one in figures.by_month([], stays(None))] == ["（未写）"]


def test_before_the_first_review_the_page_says_so(desk, key):
    desk.store.update_inspection(key, state="new", run=0)
    shown = open_overview(desk, LEADS, {"inspection": key})
    assert shown["figures"] is None and "还没有审核结果" in shown["problem_said"]
    desk.store.update_inspection(key, state="ready", run=1)


@pytest.fixture
def route(desk):
    def ask(person, path):
        app = FastAPI()
        add_overview_route(app, desk, lambda request: person)
        return TestClient(app).get(path)

    return ask


def test_the_file_holds_the_tables_and_is_a_line_of_the_trail(desk, key, route):
    reply = route(LEADS, f"/overview/{key}.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    names = [table["name"] for panel in told(desk, key)["panels"].values() for table in panel]
    assert book.sheetnames == ["说明", *names]
    sheet = book["按违规类型"]
    assert [cell.value for cell in sheet[1]][:3] == ["类别", "违规类型", "疑点"]
    assert sheet.max_row - 2 == len(told(desk, key)["violations"]) + 1  # and the note below
    one = openpyxl.load_workbook(io.BytesIO(route(LOOKS, f"/overview/{key}.xlsx?panel=month").content))
    assert one.sheetnames == ["说明", "按入院月份"]
    lines = desk.store.trail.lines(TrailFilter(act="export_overview"), None, 10)
    assert [(line.who, line.subject) for line in lines] == [("周只读", PANELS["month"]), ("陈立群", "全部")]


@pytest.mark.parametrize("roles", [(EXPERT,), (STAFF,), (ADMINISTRATOR,)])
def test_nobody_else_has_it(desk, key, route, roles):
    person = Person("某", roles)
    assert not person.opens("overview")
    assert route(person, f"/overview/{key}.xlsx").status_code == 403
    assert route(None, f"/overview/{key}.xlsx").status_code == 401


@pytest.mark.parametrize("path", ["/overview/nothing.xlsx", "/overview/{key}.xlsx?panel=../x"])
def test_what_is_not_there_is_said(desk, key, route, path):
    reply = route(LEADS, path.format(key=key))
    assert reply.status_code == 404 and reply.json()["problem"].endswith("。")
