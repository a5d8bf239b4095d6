"""Labels harvested from a reviewed inspection: the experts' calls, nothing else, and no text past the rewriting."""

import json
from datetime import datetime

import pytest

from evals.harvesting.labels import NO_REASON, harvest_labels
from evals.labelled import Labels
from review.casework.hearing import Heard
from review.casework.pairing import Pairing
from review.pages.calling import adjudicate, decide, undo
from review.store.accounts import Person
from review.store.entries import Decision, Reconsideration, Statement, User
from review.store.pairs import FIRST, SECOND, Rules
from review.store.store import new_key

WANG, ZHOU = (Person(name, ("专家",)) for name in ("王敏", "周岚"))


def finding(number, violation="duplicate_charge", lines=(), amount=None):
    quote = {"source": "records/A1/病历.txt", "quote": "予吸氧", "kind": "document", "row": "A1/1-1"}
    return {
        "id": number, "admission_id": "A1", "check": "c", "violation": violation, "charge_ids": list(lines),
        "amount": amount, "certainty": "probable", "evidence": [quote],
    }  # fmt: skip


def harvested(findings, *calls, rewrite=str, heard=None):
    """Labels of one stay; a call is (finding, verdict) and what else the decision says."""
    lines = [
        Decision(seq, f"p{seq}", "i", "A1", one, verdict, tuple(reasons), "", amount, None, "王敏", datetime(2026, 1, 1))
        for seq, (one, verdict, amount, *reasons) in enumerate(calls, 1)
    ]  # fmt: skip
    amounts = {one["id"]: one["amount"] for one in findings}
    pairing = Pairing("i", Rules(), {FIRST: {"A1": "王敏"}, SECOND: {}}, lines, {}, amounts)
    return harvest_labels(["A1"], {"A1": findings} if findings else {}, pairing, rewrite, heard)


def heard(finding, seq, outcome, amount=None):
    said = Statement(
        "s", "i", "A1", finding, "object", "有记录", None, "", "", "陈立群", datetime(2026, 2, 1)
    )
    made = Reconsideration(
        "p", "i", "A1", finding, "s", seq, outcome, amount, "成立", "王敏", datetime(2026, 2, 2)
    )
    return {finding: Heard((said,), (), (made,))}


def test_what_a_hearing_withdrew_is_no_label_and_what_it_reduced_none_of_an_amount():
    two = [finding("f1", amount=90.0), finding("f2", "over_limit", amount=40.0)]
    calls = ("f1", "confirm", None), ("f2", "confirm", None)
    upheld = harvested(two, *calls, heard=heard("f1", 1, "upheld"))
    assert (upheld.withdrawn, len(upheld.admissions["A1"]["must_find"])) == (0, 2)
    withdrawn = harvested(two, *calls, heard=heard("f1", 1, "withdrawn"))
    said = withdrawn.admissions["A1"]
    assert (withdrawn.withdrawn, withdrawn.pending, said["must_not_find"], said["clean"]) == (1, 0, [], False)
    assert [item["violation"] for item in said["must_find"]] == ["over_limit"]
    reduced = harvested(two, *calls, heard=heard("f2", 2, "reduced", "5.00"))
    assert [item["amount"] for item in reduced.admissions["A1"]["must_find"]] == [90.0, None]


def test_the_amount_is_the_experts_and_a_bare_confirmation_takes_the_findings():
    two = [finding("f1", amount=90.0), finding("f2", "over_limit", amount=40.0)]
    done = harvested(two, ("f1", "confirm", "12.50", "核减后"), ("f2", "confirm", None))
    said = done.admissions["A1"]
    assert [item["amount"] for item in said["must_find"]] == [12.5, 40.0]
    assert [item["why"] for item in said["must_find"]] == ["核减后", NO_REASON]
    assert [item["quote"] for item in said["must_find"]] == ["予吸氧", "予吸氧"]
    assert said["must_find"][0]["calls"] == [{"expert": "1", "verdict": "confirm", "amount": 12.5}]
    assert not said["clean"]


@pytest.mark.parametrize("verdict", ["ask", None])
def test_what_is_not_settled_is_counted_and_becomes_no_label(verdict):
    calls = [("f1", "reject", None), *([("f2", verdict, None)] if verdict else [])]
    done = harvested([finding("f1"), finding("f2", "over_limit")], *calls)
    said = done.admissions["A1"]
    assert (done.pending, len(said["must_find"]), len(said["must_not_find"]), said["clean"]) == (
        1,
        0,
        1,
        False,
    )


def test_a_rejection_that_would_rule_out_another_finding_is_withheld():
    two = [finding("f1", lines=["1", "2"]), finding("f2", lines=["2"])]
    done = harvested(two, ("f1", "confirm", None), ("f2", "reject", None))
    assert (done.withheld, done.admissions["A1"]["must_not_find"]) == (1, [])
    apart = harvested([two[0], finding("f2", lines=["3"])], ("f1", "confirm", None), ("f2", "reject", None))
    assert (apart.withheld, len(apart.admissions["A1"]["must_not_find"])) == (0, 1)


def test_a_stay_is_clean_only_where_all_was_rejected_or_an_expert_closed_it_empty():
    assert harvested([finding("f1")], ("f1", "reject", None)).admissions["A1"]["clean"]
    assert harvested([], ("", "seen", None)).admissions["A1"]["clean"]
    assert not harvested([], ("elsewhere", "reject", None)).admissions["A1"]["clean"]


def test_an_inspection_without_calls_is_refused():
    with pytest.raises(ValueError, match="还没有专家决定"):
        harvested([finding("f1")])


def test_two_stays_never_become_one_label():
    made = Decision(1, "p", "i", "A1", "", "seen", (), "", None, None, "王敏", datetime(2026, 1, 1))
    pairing = Pairing("i", Rules(), {FIRST: {}, SECOND: {}}, [made], {}, {})
    with pytest.raises(ValueError, match="编号相同"):
        harvest_labels(["A1", "A2"], {}, pairing, lambda text: "X")


def test_every_text_of_the_inspection_goes_through_the_rewriting():
    hostile = '<img src=x onerror="a()">和老师〔患者〕𠮷'
    two = [finding("f1", lines=["L1"]), finding("f2", "over_limit", lines=["L2"])]
    calls = ("f1", "confirm", None, hostile), ("f2", "reject", None, hostile)
    done = harvested(two, *calls, rewrite=lambda text: "□" * len(text))
    written = json.dumps(done.admissions, ensure_ascii=False)
    assert not [one for one in ("A1", "L1", "L2", "病历", "吸氧", "王敏", "𠮷", "onerror") if one in written]


def test_the_labels_of_a_reviewed_demonstration_are_what_the_experts_hold(desk, key, case, leader):
    for person in (WANG, ZHOU):
        desk.store.people.add(User(person.name, "x", ("专家",)), leader.name)
    results = desk.results(desk.inspection(key))
    stays = list(results.admissions)
    twice = next(stay for stay, group in results.findings.items() if len(group) > 1)
    desk.store.pairs.assign(key, FIRST, dict.fromkeys(stays, "王敏"), leader.name)
    desk.store.pairs.assign(key, SECOND, {twice: "周岚"}, leader.name)

    def call(person, stay, one, verdict):
        press = {"press": new_key(), "case": case(stay), "finding": one, "verdict": verdict}
        assert decide(desk, person, press | {"reasons": ["有依据"]})["ok"]

    for stay, group in results.findings.items():
        for line in group if stay in results.admissions else ():
            call(WANG, stay, line["id"], "confirm")
    disputed, unsettled = (line["id"] for line in results.findings[twice][:2])
    call(ZHOU, twice, disputed, "reject")
    ruling = {"press": new_key(), "case": case(twice), "finding": disputed, "choice": "first"}
    adjudicate(desk, leader, ruling | {"reason": "病程可证"})
    call(ZHOU, twice, unsettled, "reject")
    done = harvest_labels(stays, results.findings, desk.pairing(desk.inspection(key)), str)

    labels, all_found = Labels(done.admissions), [x for stay in stays for x in results.findings.get(stay, [])]
    assert (done.pending, done.withheld) == (1, 0)
    assert len(list(labels.wanted())) == len(all_found) - 1
    assert labels.missed(all_found) == [] and labels.sprung(all_found) == []
    ruled = next(item for _, item in labels.wanted() if item["why"] == "病程可证")
    assert [(one["expert"], one["verdict"]) for one in ruled["calls"]] == [("1", "confirm"), ("2", "reject")]
    assert "王敏" not in json.dumps(done.admissions, ensure_ascii=False)

    undo(desk, ZHOU, {"press": new_key(), "inspection": key})
    again = harvest_labels(stays, results.findings, desk.pairing(desk.inspection(key)), str)
    assert again.pending == 0
