"""The review page's handlers over a real run: queue, case, evidence in its place, decisions."""

import json
from itertools import pairwise

import pytest
from demonstration import ABSENT, CLEAN, TWICE

from review.casework.desk import Refused
from review.casework.readings import find_quote
from review.pages.calling import decide, undo
from review.pages.review import open_basis, open_boxes, open_case, open_queue, open_sheet, open_text
from review.store.accounts import Person
from review.store.store import new_key


def press(case_key, finding, verdict, **more):
    return {"press": new_key(), "case": case_key, "finding": finding, "verdict": verdict, **more}


def test_the_queue_puts_open_findings_first_and_the_heaviest_on_top(desk, leader):
    shown = open_queue(desk, leader, {})
    rows = shown["rows"]
    assert len(rows) == 14
    assert [row["group"] for row in rows] == sorted(row["group"] for row in rows)
    assert rows[0]["amount"] == max(row["amount"] or 0 for row in rows)
    assert {row["state"] for row in rows} == {"open", "unseen"}


def test_two_stays_of_one_person_stand_next_to_each_other(desk, leader):
    people = [row["person"] for row in open_queue(desk, leader, {})["rows"] if row["group"] == 0]
    assert len([a for a, b in pairwise(people) if a == b]) == len(people) - len(set(people))


def test_addresses_and_queue_rows_name_a_case_by_an_opaque_key_only(desk, leader):
    for row in open_queue(desk, leader, {})["rows"]:
        assert row["key"].isascii()
        assert not row["key"].isdigit()


def test_everything_a_case_shows_can_be_sent_as_json(desk, leader, case):
    for admission in (ABSENT, TWICE, CLEAN):
        json.dumps(open_case(desk, leader, {"case": case(admission)}), allow_nan=False)


def test_every_quote_shown_stands_letter_for_letter_where_it_is_placed(desk, leader, case):
    placed = 0
    for row in open_queue(desk, leader, {})["rows"]:
        shown = open_case(desk, leader, {"case": row["key"]})
        for finding in shown["findings"]:
            assert finding["hidden"] == 0
            for item in finding["evidence"]:
                if item["place"]:
                    document = shown["texts"][item["place"]["tab"]][item["place"]["document"]]
                    stands = document["text"][item["place"]["start"] : item["place"]["end"]]
                    assert "".join(stands.split()) == "".join(item["quote"].split())
                    placed += 1
    assert placed > 10


def test_table_evidence_names_a_row_that_its_table_shows(desk, leader, case):
    for row in open_queue(desk, leader, {})["rows"]:
        for finding in open_case(desk, leader, {"case": row["key"]})["findings"]:
            for item in finding["evidence"]:
                if item["row"]:
                    sheet = open_sheet(desk, leader, {"case": row["key"], "sheet": item["row"]["sheet"]})
                    assert item["row"]["id"] in {line["id"] for line in sheet["rows"]}


def test_the_charges_of_a_case_sum_to_its_total(desk, leader, case):
    head = open_case(desk, leader, {"case": case(CLEAN)})["head"]
    sheet = open_sheet(desk, leader, {"case": case(CLEAN), "sheet": "charges"})
    assert round(sum(line["amount"] for line in sheet["rows"]), 2) == head["total"]
    assert {line["refund"] for line in sheet["rows"]} == {"", "退费", "已退费"}


def test_a_case_without_findings_still_says_what_was_not_checked(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(CLEAN)})
    outcomes = shown["outcomes"]
    told = (
        outcomes["clear"]
        + outcomes["not_applicable"]
        + len(outcomes["not_checked"])
        + len(outcomes["failed"])
    )
    assert shown["findings"] == []
    assert told == len(outcomes["all"]) > 0


def test_the_timeline_has_a_column_for_every_day_of_the_stay(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(ABSENT)})
    days = shown["timelines"][""]["days"]
    assert (days[0], days[-1]) == (shown["head"]["begins"][:10], shown["head"]["ends"][:10])
    assert all(len(lane["cells"]) == len(days) for lane in shown["timelines"][""]["lanes"].values())


def test_a_split_stay_is_drawn_on_one_axis_with_the_stay_before_it(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(TWICE)})
    finding = next(one for one in shown["findings"] if one["violation"] == "split_admission")
    drawn = shown["timelines"][finding["id"]]
    assert {cell["text"] for cell in drawn["lanes"]["stays"]["cells"] if cell} == {"本次", "另次"}
    assert drawn["days"][0] < shown["head"]["begins"][:10]


def test_a_decision_stands_when_the_case_is_opened_again(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(ABSENT)})
    finding = shown["findings"][0]
    reply = decide(desk, leader, press(shown["key"], finding["id"], "reject", reasons=["有正当情形"]))
    again = open_case(desk, leader, {"case": case(ABSENT)})["findings"]
    assert next(one for one in again if one["id"] == finding["id"])["decision"] == reply["decision"]
    assert reply["decision"]["reasons"] == ["有正当情形"]


def test_undo_leads_back_to_the_case_and_finding_it_took_back(desk, leader, case, key):
    finding = open_case(desk, leader, {"case": case(ABSENT)})["findings"][0]["id"]
    decide(desk, leader, press(case(ABSENT), finding, "confirm"))
    reply = undo(desk, leader, {"press": new_key(), "inspection": key})
    assert (reply["case"], reply["finding"], reply["stands"]) == (case(ABSENT), finding, None)
    assert undo(desk, leader, {"press": new_key(), "inspection": key}) == {"ok": True, "undone": None}


def test_a_decision_made_elsewhere_meanwhile_is_not_overwritten(desk, leader, case):
    finding = open_case(desk, leader, {"case": case(ABSENT)})["findings"][0]["id"]
    first = decide(desk, leader, press(case(ABSENT), finding, "confirm"))
    second = decide(desk, leader, press(case(ABSENT), finding, "reject", known=None))
    assert second == {"conflict": first["decision"]}
    third = decide(desk, leader, press(case(ABSENT), finding, "reject", known=first["decision"]["seq"]))
    assert third["decision"]["verdict"] == "reject"


def test_rejected_yuan_leave_the_queue_row(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(ABSENT)})
    for finding in shown["findings"]:
        decide(desk, leader, press(shown["key"], finding["id"], "reject"))
    row = next(row for row in open_queue(desk, leader, {})["rows"] if row["key"] == shown["key"])
    assert (row["state"], row["amount"], row["group"]) == ("done", None, 2)


@pytest.mark.parametrize("amount", ["-1", "2002.43", "1e9", "NaN", "12元"])
def test_an_amount_outside_the_stay_is_refused_with_the_remedy(desk, leader, case, amount):
    finding = open_case(desk, leader, {"case": case(ABSENT)})["findings"][0]["id"]
    with pytest.raises(Refused, match="请改正"):
        decide(desk, leader, press(case(ABSENT), finding, "confirm", amount=amount))


def test_an_unknown_case_finding_or_verdict_is_refused(desk, leader, case):
    with pytest.raises(Refused, match="没有这份病例"):
        open_case(desk, leader, {"case": "nothing"})
    with pytest.raises(Refused, match="请刷新页面"):
        decide(desk, leader, press(case(ABSENT), "nothing", "confirm"))
    with pytest.raises(Refused, match="没有这种决定"):
        decide(desk, leader, press(case(ABSENT), "nothing", "undo"))


def test_who_may_only_read_cannot_decide(desk, case):
    reader = Person("钱卫", ("只读",))
    finding = open_case(desk, reader, {"case": case(ABSENT)})["findings"][0]["id"]
    with pytest.raises(Refused, match="只能查看"):
        decide(desk, reader, press(case(ABSENT), finding, "confirm"))


def test_the_basis_opens_in_the_version_of_the_day_of_admission(desk, leader, case):
    finding = open_case(desk, leader, {"case": case(ABSENT)})["findings"][0]["id"]
    clauses = open_basis(desk, leader, {"case": case(ABSENT), "finding": finding})["clauses"]
    assert all(clause["held"] and clause["in_force"] is not False for clause in clauses if not clause["note"])
    assert all(clause["text"] for clause in clauses if clause["held"])


def test_a_tab_can_be_read_on_its_own(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(ABSENT)})
    tab = shown["tabs"][0]["key"]
    assert open_text(desk, leader, {"case": case(ABSENT), "tab": tab})["documents"] == shown["texts"][tab]


def test_a_quote_is_found_across_line_breaks_and_half_width_forms():
    assert find_quote("引流管通畅，无渗血", "术后引流\n管通畅，无 渗血。") == (2, 13)
    assert find_quote("不在文中", "术后引流管通畅") is None


def test_the_quotes_of_a_pdf_have_their_boxes_on_its_page(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(ABSENT)})
    tab = next(tab["key"] for tab in shown["tabs"] if tab["file"].endswith(".pdf"))
    finding = next(one for one in shown["findings"] if one["violation"] == "phantom_stay")
    boxes = open_boxes(desk, leader, {"case": case(ABSENT), "finding": finding["id"], "tab": tab})["boxes"]
    placed = {item["mark"] for item in finding["evidence"] if item["place"] and item["place"]["tab"] == tab}
    assert {one["mark"] for one in boxes} == placed != set()
    assert all(0 <= side <= 1 for one in boxes for side in one["box"])


def test_a_text_file_has_no_boxes(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(TWICE)})
    tab = next(tab["key"] for tab in shown["tabs"] if tab["file"].endswith(".txt"))
    call = {"case": case(TWICE), "finding": shown["findings"][0]["id"], "tab": tab}
    assert open_boxes(desk, leader, call) == {"boxes": []}
