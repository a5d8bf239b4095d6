"""The stay at a glance over a real review: gaps, leave and missing times in the lanes; criteria with their evidence."""

import json
from datetime import timedelta

import pytest
from invented_stays import BEGINS, DAYS, EMPTY, GAP, LEAVE, LONG, SHORT, UNTIMED

from review.casework.admission_need import open_criteria
from review.casework.cases import open_case
from review.casework.results import Results
from review.casework.sheets import read_sheet
from review.checks.appropriateness import LIMITS, assess
from review.checks.criteria import State
from review.checks.some_stays import SomeStays
from review.checks.stay_criteria import criteria_of

pytestmark = pytest.mark.slow  # one review of four stays


@pytest.fixture(scope="module")
def results(reviewed_stays):
    results = Results(reviewed_stays[1])
    yield results
    results.close()


@pytest.fixture(scope="module")
def drawn(results):
    """From a stay to the timelines of its case."""
    return lambda stay: open_case(results, stay, {}, {})["timelines"]


def days_of(shade, days):
    return days[shade["from"] : shade["from"] + shade["days"]]


def iso(day):
    return (BEGINS + timedelta(days=day)).date().isoformat()


def record_of(results, stay):
    with results.alone() as warehouse:
        return SomeStays(warehouse, [stay]).records[stay]


def test_every_day_of_a_long_stay_has_a_cell_in_every_lane(drawn):
    base = drawn(LONG)[""]
    assert (len(base["days"]), base["left_out"]) == (DAYS, 0)
    assert {len(lane["cells"]) for lane in base["lanes"].values()} == {DAYS}
    wanted = {"presence", "vitals", "orders", "notes", "operations", "fees", "window"}
    assert wanted <= set(base["lanes"])


def test_days_without_any_presence_are_shaded_and_days_of_leave_are_not_gaps(drawn):
    base = drawn(LONG)[""]
    shades = {shade["as"]: days_of(shade, base["days"]) for shade in base["shades"]}
    # on the first day of the gap a specimen was taken
    assert shades == {"gap": [iso(day) for day in GAP][1:], "leave": [iso(day) for day in LEAVE]}


def test_a_fee_that_posts_itself_does_not_show_the_patient(drawn):
    base = drawn(LONG)[""]
    place = base["days"].index(iso(GAP[2]))
    assert base["lanes"]["presence"]["cells"][place]["as"] == "gap"
    assert base["lanes"]["fees"]["cells"][place]["n"] == 83.0


def test_what_has_no_time_is_counted_and_never_read_as_absence(drawn):
    base = drawn(UNTIMED)[""]
    assert base["shades"] == []
    told = {name: lane["undated"] for name, lane in base["lanes"].items() if lane["undated"]}
    assert told == {"orders": 2, "examinations": 1, "notes": 1}


def test_one_day_and_an_empty_stay_are_drawn(drawn):
    assert drawn(SHORT)[""]["days"] == ["2024-03-05"]
    assert drawn(SHORT)[""]["lanes"]["operations"]["cells"][0]["says"] == "10:20 内镜下结肠息肉切除术"
    assert len(drawn(EMPTY)[""]["days"]) == 8
    assert set(drawn(EMPTY)[""]["lanes"]) == {"window"}


def test_a_finding_sends_only_what_differs_from_the_stays_own_days(results):
    shown = open_case(results, LONG, {}, {})
    own = [line for key, line in shown["timelines"].items() if key]
    assert own
    assert all(set(line) == {"lanes"} and set(line["lanes"]) <= {"charged", "ordered"} for line in own)
    assert len(json.dumps(shown["timelines"], ensure_ascii=False)) < 400_000


def test_cells_lead_to_rows_and_documents_that_the_page_shows(results):
    shown = open_case(results, LONG, {}, {})
    known = {
        sheet["key"]: {row["id"] for row in read_sheet(results, LONG, sheet["key"])["rows"]}
        for sheet in shown["sheets"]
    }
    tabs, seen = {tab["key"] for tab in shown["tabs"]}, 0
    for lane in shown["timelines"][""]["lanes"].values():
        for cell in lane["cells"]:
            go = cell.get("go")
            if go and go.get("sheet") != "criteria":
                assert go["id"] in known[go["sheet"]] if "sheet" in go else go["tab"] in tabs
                seen += 1
    assert seen > 500


def test_what_was_met_only_after_the_first_day_stands_apart_and_decides_nothing(results):
    fever = next(one for one in open_criteria(results, LONG)["criteria"] if one["code"] == "S05")
    assert fever["state"] == "not_met"
    later = {seen["text"]: seen["at"][:10] for seen in fever["later"]}
    assert later == {"白细胞 22.4 10^9/L": iso(40), "体温 39.4 ℃": iso(40)}


def test_every_piece_of_evidence_leads_to_where_it_stands(results):
    case, seen = open_case(results, LONG, {}, {}), 0
    rows = {
        sheet["key"]: {row["id"] for row in read_sheet(results, LONG, sheet["key"])["rows"]}
        for sheet in case["sheets"]
    }
    for one in open_criteria(results, LONG)["criteria"]:
        for item in [*one["later"], *(seen for clause in one["clauses"] for seen in clause["seen"])]:
            go = item["go"]
            if item["quoted"]:
                text = case["texts"][go["tab"]][go["document"]]["text"][go["start"] : go["end"]]
                assert "".join(text.split()) == item["text"]
            elif go and "sheet" in go:
                assert go["id"] in rows[go["sheet"]]
            seen += go is not None
    assert seen > 10


def test_a_denied_sign_is_evidence_that_the_criterion_is_not_met(results):
    bleeding = next(one for one in open_criteria(results, LONG)["criteria"] if one["code"] == "S08")
    denied = [seen for clause in bleeding["clauses"] for seen in clause["seen"] if seen["denied"]]
    assert bleeding["state"] == "not_met"
    assert denied and "无呕血黑便" in denied[0]["text"]


@pytest.mark.parametrize("stay", [LONG, SHORT])
def test_the_page_and_the_check_judge_the_same(results, stay):
    record = record_of(results, stay)
    with results.alone():
        seen, shown = assess(record, LIMITS), criteria_of(record)
    met = {verdict.code for verdict in seen.verdicts if verdict.state is State.MET}
    assert {one.code for one in shown.criteria if one.state is State.MET} == met


def test_a_stay_without_documents_says_what_is_missing_and_shows_nothing_as_met(results):
    shown = open_criteria(results, EMPTY)
    assert (shown["outcome"]["outcome"], shown["outcome"]["reason"]) == ("not_checked", "缺：入院记录")
    assert {one["state"] for one in shown["criteria"]} == {"not_recorded"}
