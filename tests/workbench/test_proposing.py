"""A finding of an expert's own: cut from the record, counted once, seconded by another, taken back and never lost."""

import json

import pytest
from demonstration import ABSENT, CLEAN
from sqlalchemy import delete, insert, update

from review.casework.desk import Refused
from review.casework.pair_figures import agreements
from review.casework.proposing import usual_bases
from review.casework.readings import read_tabs
from review.casework.worklist import queue
from review.pages.calling import adjudicate, case_for, decide, undo
from review.pages.proposing import offer_bases, propose, proposing
from review.reports.dossier import open_dossier
from review.reports.paper import Table
from review.reports.working_paper import working_paper
from review.store.accounts import VIEWER, Person
from review.store.entries import Press, Proposal, User
from review.store.life import SETTLED, ClosedInspection
from review.store.pairs import FIRST, SECOND
from review.store.proposed_schema import own_findings
from review.store.store import Store, new_key, now

WANG, ZHOU, LI = (Person(name, ("专家",)) for name in ("王敏", "周岚", "李国栋"))
REGULATION = "医疗保障基金使用监督管理条例"


@pytest.fixture
def team(desk, key):
    """Three experts; the case away at night and the clean one are the first's."""
    for name in ("王敏", "周岚", "李国栋"):
        desk.store.people.add(User(name, "x", ("专家",)), "陈立群")
    desk.store.pairs.assign(key, FIRST, {ABSENT: "王敏", CLEAN: "王敏"}, "陈立群")
    return desk


def results_of(desk, key):
    return desk.results(desk.inspection(key))


def first_words(desk, key, admission, length=20):
    """A mark over the first words of a case's first document, and those words."""
    results = results_of(desk, key)
    tab = read_tabs(results, admission, results.findings.get(admission, []))[0]
    body = tab.documents[0]["text"]
    start = len(body) - len(body.lstrip())
    mark = {"tab": tab.key, "document": 0, "start": start, "end": start + length}
    return mark, body[start : start + length].strip()


def charge_rows(desk, key, admission, count=2):
    rows = results_of(desk, key).rows(
        "select charge_id, amount, in_scope_amount from charges where admission_id = $id and amount > 0"
        " order by charge_id", id=admission,
    )  # fmt: skip
    return rows[:count]


def asked(desk, key, case, admission, **more):
    basis = usual_bases("excessive_service", desk.rules)[0]
    said = {"case": case(admission), "press": new_key(), "violation": "excessive_service"}
    said |= {"words": "同一日两次检查未见指征", "document": basis[0], "passage": basis[1]}
    return said | {"marks": [first_words(desk, key, admission)[0]]} | more


def own_of(shown):
    return [line for line in shown["findings"] if line["origin"] == "expert"]


def test_what_is_marked_becomes_a_finding_whose_quote_is_the_records_own(team, key, case):
    mark, words = first_words(team, key, CLEAN)
    done = propose(team, WANG, asked(team, key, case, CLEAN, marks=[mark | {"quote": "伪造的引文"}]))
    (own,) = own_of(case_for(team, WANG, team.case(case(CLEAN), WANG)))
    assert own["id"] == done["finding"]
    assert [item["quote"] for item in own["evidence"]] == [words]
    assert own["evidence"][0]["place"]["start"] == mark["start"]
    assert (own["certainty"], own["violation"]) == ("probable", "excessive_service")
    assert own["basis"][0]["document"].startswith("医疗保障基金使用监督管理条例")
    assert own["decision"]["verdict"] == "confirm"
    assert own["hidden"] == 0


def test_it_holds_only_with_the_call_of_another_who_is_always_drawn(team, key, case):
    done = propose(team, WANG, asked(team, key, case, CLEAN))
    entry = team.inspection(key)
    assert team.standing(entry) == {}
    second = Person(team.pairing(entry).second_of(CLEAN), ("专家",))
    assert second.name in ("周岚", "李国栋")
    decide(
        team,
        second,
        {"case": case(CLEAN), "press": new_key(), "finding": done["finding"], "verdict": "confirm"},
    )
    assert team.standing(entry)[done["finding"]].verdict == "confirm"
    assert (
        agreements(results_of(team, key), team.pairing(entry))["all"]["items"] == 0
    )  # it was never called blind


def test_where_the_other_differs_it_is_ruled_on(team, key, case, leader):
    done = propose(team, WANG, asked(team, key, case, CLEAN))
    entry = team.inspection(key)
    second = Person(team.pairing(entry).second_of(CLEAN), ("专家",))
    said = {"case": case(CLEAN), "press": new_key(), "finding": done["finding"], "verdict": "reject"}
    decide(team, second, said | {"reasons": ["证据读错"]})
    assert team.standing(entry) == {}
    ruling = {
        "case": case(CLEAN),
        "finding": done["finding"],
        "choice": "first",
        "reason": "指征未见",
        "press": "r1",
    }
    adjudicate(team, leader, ruling)
    assert team.standing(entry)[done["finding"]].verdict == "confirm"


def test_the_second_reviewer_sees_the_finding_and_nothing_of_who_called_it(team, key, case):
    for line in results_of(team, key).findings[ABSENT]:
        decide(
            team,
            WANG,
            {"case": case(ABSENT), "press": new_key(), "finding": line["id"], "verdict": "confirm"},
        )
    propose(team, WANG, asked(team, key, case, ABSENT))
    second = Person(team.pairing(team.inspection(key)).second_of(ABSENT), ("专家",))
    sent = case_for(team, second, team.case(case(ABSENT), second))
    (own,) = own_of(sent)
    assert (own["decision"], own["other"]) == (None, None)
    assert "王敏" not in json.dumps(sent["findings"], ensure_ascii=False)


def test_what_the_second_reviewer_finds_waits_for_the_first(team, key, case):
    team.store.pairs.assign(key, SECOND, {CLEAN: "周岚"}, "陈立群")
    done = propose(team, ZHOU, asked(team, key, case, CLEAN))
    (own,) = own_of(case_for(team, WANG, team.case(case(CLEAN), WANG)))
    assert own["decision"] is None
    assert team.standing(team.inspection(key)) == {}
    decide(
        team,
        WANG,
        {"case": case(CLEAN), "press": new_key(), "finding": done["finding"], "verdict": "confirm"},
    )
    assert done["finding"] in team.standing(team.inspection(key))


def test_undo_takes_it_from_everybody_and_redo_brings_it_back(team, key, case, leader):
    done = propose(team, WANG, asked(team, key, case, CLEAN))
    undone = undo(team, WANG, {"inspection": key, "press": new_key()})
    assert (undone["withdrawn"], undone["stands"]) == (True, None)
    for person in (WANG, leader):
        assert own_of(case_for(team, person, team.case(case(CLEAN), person))) == []
    again = {"case": case(CLEAN), "press": new_key(), "finding": done["finding"], "verdict": "confirm"}
    with pytest.raises(Refused):
        decide(team, leader, again)
    assert decide(team, WANG, again)["reopen"]
    assert len(own_of(case_for(team, leader, team.case(case(CLEAN), leader)))) == 1
    assert team.store.trail.verify().problem == ""


def test_what_its_author_no_longer_holds_needs_nobody_elses_call(team, key, case):
    done = propose(team, WANG, asked(team, key, case, CLEAN))
    held = {
        "case": case(CLEAN),
        "press": new_key(),
        "finding": done["finding"],
        "known": done["decision"]["seq"],
    }
    decide(team, WANG, held | {"verdict": "reject", "reasons": ["证据读错"]})
    assert team.standing(team.inspection(key))[done["finding"]].verdict == "reject"


def test_undo_of_another_call_on_it_leaves_it_where_it_is(team, key, case):
    done = propose(team, WANG, asked(team, key, case, CLEAN))
    held = {
        "case": case(CLEAN),
        "press": new_key(),
        "finding": done["finding"],
        "known": done["decision"]["seq"],
    }
    decide(team, WANG, held | {"verdict": "ask", "reasons": ["原件"]})
    undone = undo(team, WANG, {"inspection": key, "press": new_key()})
    assert (undone["withdrawn"], undone["stands"]["verdict"]) == (False, "confirm")


def test_the_same_press_twice_is_one_finding(team, key, case):
    said = asked(team, key, case, CLEAN)
    assert propose(team, WANG, said)["finding"] == propose(team, WANG, said)["finding"]
    assert len(team.store.proposals.of(key)) == 1


def test_marked_charge_lines_give_the_yuan_and_the_funds_part(team, key, case):
    rows = charge_rows(team, key, CLEAN)
    marks = [{"sheet": "charges", "row": row["charge_id"]} for row in rows]
    propose(team, WANG, asked(team, key, case, CLEAN, marks=marks))
    (own,) = results_of(team, key).findings[CLEAN]
    assert own["amount"] == float(sum(row["amount"] for row in rows)) == own["counted_amount"]
    assert own["fund_amount"] == pytest.approx(float(sum(row["in_scope_amount"] for row in rows)), abs=0.01)
    assert own["charge_ids"] == [row["charge_id"] for row in rows]
    (shown,) = own_of(case_for(team, WANG, team.case(case(CLEAN), WANG)))
    assert [item["row"]["sheet"] for item in shown["evidence"]] == ["charges", "charges"]


def test_yuan_that_another_finding_carries_are_not_counted_again(team, key, case):
    carriers = (line for found in results_of(team, key).findings.values() for line in found)
    carrier = next(line for line in carriers if line["counted_amount"] and line["charge_ids"])
    stay = carrier["admission_id"]
    before = {line["id"]: line["counted_amount"] or 0 for line in results_of(team, key).findings[stay]}
    team.store.pairs.assign(key, FIRST, {stay: "王敏"}, "陈立群")
    marks = [{"sheet": "charges", "row": one} for one in carrier["charge_ids"]][:12]
    done = propose(team, WANG, asked(team, key, case, stay, marks=marks, violation=carrier["violation"]))
    after = {line["id"]: line for line in results_of(team, key).findings[stay]}
    own = after[done["finding"]]
    beyond = sum(line["counted_amount"] or 0 for line in after.values()) - sum(before.values())
    assert own["amount"] > beyond == own["amount"] - carrier["counted_amount"]
    assert carrier["id"] == own["counted_in"] or after[carrier["id"]]["counted_in"] == own["id"]


def test_a_whole_stay_takes_the_stays_total_and_a_document_none(team, key, case):
    propose(team, WANG, asked(team, key, case, CLEAN, violation="phantom_stay"))
    propose(team, WANG, asked(team, key, case, CLEAN, violation="forged_document", amount="12.00"))
    whole, document = results_of(team, key).findings[CLEAN]
    stay = results_of(team, key).rows(
        "select total_amount from admissions where admission_id = $id", id=CLEAN
    )
    assert whole["amount"] == float(stay[0]["total_amount"])
    assert document["amount"] is None


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"marks": []}, "先在病历里选中"),
        ({"marks": "d0"}, "先在病历里选中"),
        ({"marks": [{"tab": "d99", "document": 0, "start": 0, "end": 4}]}, "选中的文书"),
        ({"marks": [{"tab": "d0", "document": 0, "start": 4, "end": 4}]}, "没有选中文字"),
        ({"marks": [{"tab": "d0", "document": 0, "start": "0", "end": True}]}, "没有选中文字"),
        ({"marks": [{"tab": "d0", "document": 0, "start": 0, "end": 10**9}] * 13}, "证据至多"),
        ({"marks": [{"sheet": "charges", "row": "of another stay"}]}, "选中的行"),
        ({"marks": [{"sheet": "users", "row": "1"}]}, "没有这张表"),
        ({"violation": "theft"}, "违规类型"),
        ({"words": "  "}, "写一句说明"),
        ({"amount": "一百"}, "金额须是数字"),
        ({"amount": "-1"}, "不能为负"),
        ({"amount": "NaN"}, "金额"),
        ({"amount": "99999999"}, "不能超过"),
        ({"passage": "第九百九十九条"}, "依据库里没有"),
        ({"press": ""}, "违规类型"),
    ],
)
def test_what_does_not_make_a_finding_is_refused_in_words_and_nothing_is_saved(team, key, case, wrong, told):
    with pytest.raises(Refused, match=told):
        propose(team, WANG, asked(team, key, case, CLEAN) | wrong)
    assert team.store.proposals.of(key) == []
    assert team.store.decisions(key) == []


def test_a_quote_too_long_says_how_long(team, key, case):
    mark, _ = first_words(team, key, CLEAN, 401 + 40)
    with pytest.raises(Refused, match="至多 400 字"):
        propose(team, WANG, asked(team, key, case, CLEAN, marks=[mark]))


@pytest.mark.parametrize("person", [ZHOU, Person("何静", (VIEWER,))])
def test_who_does_not_decide_the_case_proposes_nothing(team, key, case, person):
    for handler in (propose, proposing, offer_bases):
        with pytest.raises(Refused):
            handler(team, person, asked(team, key, case, CLEAN))


def test_a_closed_inspection_takes_none(team, key, case):
    team.store.life.move(key, SETTLED, "陈立群")
    with pytest.raises(ClosedInspection):
        propose(team, WANG, asked(team, key, case, CLEAN))
    assert team.store.proposals.of(key) == []


def test_clauses_are_offered_by_violation_and_by_words_and_open_in_the_library(team, key, case):
    usual = offer_bases(team, WANG, {"case": case(CLEAN), "violation": "excessive_service"})["bases"]
    assert usual[0]["document"] == REGULATION
    found = offer_bases(team, WANG, {"case": case(CLEAN), "words": "分解住院 挂床住院"})["bases"]
    assert any("分解住院" in one["text"] for one in found)
    for one in (*usual, *found):
        assert team.library.clause(one["document"], one["passage"])
    kinds = proposing(team, WANG, {"case": case(CLEAN)})["kinds"]
    assert len(kinds) == 16


def test_the_queue_and_the_papers_carry_it_and_the_papers_wait(team, key, case):
    propose(team, WANG, asked(team, key, case, CLEAN, amount="120.00"))
    entry, results = team.inspection(key), results_of(team, key)
    (row,) = [
        one
        for one in queue(
            results, {a: a for a in results.admissions}, team.pairing(entry), WANG, team.named_by
        )
        if one["key"] == CLEAN
    ]
    assert (row["findings"], row["state"], row["amount"]) == (1, "done", 120.0)
    dossier = open_dossier(entry, results, team.standing(entry), team.rules, only=[CLEAN])
    (point,) = dossier.points
    assert (point.verdict, point.confirmed, dossier.open) == ("", None, 1)
    assert point.name == "疑似过度诊疗、检查或开药"
    rows = [row for block in working_paper(dossier) if isinstance(block, Table) for row in block.rows]
    assert any("专家提出" in row for row in rows)
    second = Person(team.pairing(entry).second_of(CLEAN), ("专家",))
    decide(team, second, {"case": case(CLEAN), "press": new_key(), "finding": point.id, "verdict": "confirm"})
    (point,) = open_dossier(entry, results, team.standing(entry), team.rules, only=[CLEAN]).points
    assert (point.verdict, str(point.confirmed)) == ("confirm", "120.00")


@pytest.mark.parametrize("change", ["words", "gone", "slipped in"])
def test_the_trail_tells_when_a_finding_was_changed_by_hand(team, key, case, change):
    done = propose(team, WANG, asked(team, key, case, CLEAN))
    with team.store._engine.begin() as connection:
        if change == "words":
            held = connection.execute(own_findings.select()).mappings().one()["content"]
            connection.execute(update(own_findings).values(content=held.replace("未见指征", "已见指征")))
        elif change == "gone":
            connection.execute(delete(own_findings))
        else:
            row = connection.execute(own_findings.select()).mappings().one()
            fresh = {"seq": row["seq"] + 1, "key": "own-x", "press": "x"}
            connection.execute(insert(own_findings).values({**row, **fresh}))
    problem = team.store.trail.verify().problem
    assert problem
    assert done["finding"] not in problem


def test_the_end_of_its_inspection_takes_it_and_leaves_the_trail_whole(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    key = store.add_inspection("检查一", "甲医院", tmp_path, "陈立群")
    content = {"violation": "upcoding", "message": "主诊断无依据", "amount": None, "fund_amount": None}
    proposal = Proposal("own-1", "p1", key, "A1", content, "王敏", now())
    store.propose(proposal, Press("p1", key, "A1", "own-1", "confirm", "王敏"))
    assert store.trail.verify().problem == ""
    store.forget(key, "陈立群")
    assert store.proposals.of(key) == []
    assert store.trail.verify().problem == ""
    store.close()
