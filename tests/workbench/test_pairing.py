"""Two calls on a finding: when they differ, who may know, what a hidden model keeps back, who gets which case."""

import json
from datetime import datetime

import pytest

from review.casework.desk import Refused
from review.casework.drawing import draw_seconds
from review.casework.pair_figures import pace_flags
from review.casework.pairing import Pairing, difference, drawn, shuffled
from review.pages.assigning import assign_case, open_pairs, plant
from review.pages.calling import adjudicate, case_for, decide, undo
from review.store.accounts import Person
from review.store.entries import Decision, Press, User
from review.store.pairs import FIRST, SECOND, Rules
from review.store.store import new_key

WANG, ZHOU, LI = (Person(name, ("专家",)) for name in ("王敏", "周岚", "李国栋"))
AT = datetime(2026, 1, 1)


def call(who, verdict="confirm", amount=None, seq=1, finding="f1", undoes=None):
    return Decision(seq, f"p{seq}", "i", "A1", finding, verdict, (), "", amount, undoes, who, AT)


def paired(*lines, amount=None):
    given = {FIRST: {"A1": "王敏"}, SECOND: {"A1": "周岚"}}
    return Pairing("i", Rules(), given, lines, {}, {"f1": amount})


@pytest.mark.parametrize(
    "one, two, differs",
    [
        (call("王敏"), call("周岚", "reject"), "决定"),
        (call("王敏"), call("周岚", "ask"), "决定"),
        (call("王敏"), call("周岚"), ""),
        (call("王敏", amount="1000"), call("周岚", amount="800"), "金额"),
        (call("王敏", amount="1000"), call("周岚", amount="900"), ""),  # exactly 10 %
        (call("王敏", amount="200"), call("周岚", amount="150"), ""),  # exactly 50 yuan
        (call("王敏", amount="200"), call("周岚", amount="149"), "金额"),
        (call("王敏"), call("周岚", amount="800"), "金额"),  # the finding's own 1,000 against 800
        (call("王敏", "reject", amount="1"), call("周岚", "reject", amount="900"), ""),
    ],
)
def test_calls_differ_by_verdict_or_by_more_than_both_limits(one, two, differs):
    assert difference(one, two, Rules(), 1000.0) == differs


def test_neither_knows_the_others_call_before_his_own():
    first_only = paired(call("王敏"))
    assert first_only.seen_by(ZHOU, "A1") == {}
    assert first_only.other_call(ZHOU, "f1") is None
    both = paired(call("王敏"), call("周岚", "reject", seq=2))
    assert both.seen_by(ZHOU, "A1")["f1"].verdict == "reject"
    assert both.other_call(ZHOU, "f1").who == "王敏"
    assert both.other_call(LI, "f1") is None


def test_agreement_is_of_the_calls_as_they_were_made_blind():
    lines = [
        call("王敏"),
        call("周岚", "reject", seq=2),
        call("周岚", "undo", seq=3, undoes=2),
        call("周岚", seq=4),
    ]
    pairing = paired(*lines)
    assert [x.verdict for x in pairing.blind_pairs()["f1"]] == ["confirm", "reject"]
    assert [x.verdict for x in pairing.pairs["f1"]] == ["confirm", "confirm"]


def test_what_two_differ_on_holds_nothing_until_it_is_ruled():
    assert paired(call("王敏"), call("周岚", "reject", seq=2)).holding() == {}
    assert paired(call("王敏"), call("周岚", seq=2)).holding()["f1"].who == "王敏"


def test_the_draw_is_the_share_the_seed_gives_and_the_same_each_time():
    stays = [f"A{n}" for n in range(50)]
    assert len(drawn(stays, Rules(share=20, seed=7))) == 10
    assert drawn(stays, Rules(share=20, seed=7)) == drawn(stays[::-1], Rules(share=20, seed=7))
    assert drawn(stays, Rules(share=20, seed=7)) != drawn(stays, Rules(share=20, seed=8))
    assert drawn(stays, Rules(share=0)) == set()
    lines = [{"id": f"f{n}"} for n in range(8)]
    assert shuffled(lines, "A1", Rules(seed=7)) == shuffled(lines[::-1], "A1", Rules(seed=7)) != lines


def test_pace_flags_need_twenty_quick_or_thirty_equal_calls():
    assert pace_flags([("confirm", 7.0), ("reject", 7.0)] * 10) == ["连续 20 项中位低于 8 秒"]
    assert pace_flags([("confirm", 8.0), ("reject", 8.0)] * 10) == []
    assert pace_flags([("confirm", 60.0)] * 30) == ["连续 30 项同一决定"]
    assert pace_flags([("confirm", 60.0)] * 29 + [("reject", None)] + [("confirm", 60.0)] * 29) == []


@pytest.fixture
def pair(desk, key, case):
    """A case of several findings: 王敏 has it, 周岚 reviews it again; the key and the findings."""
    for name in ("王敏", "周岚", "李国栋"):
        desk.store.people.add(User(name, "x", ("专家",)), "陈立群")
    results = desk.results(desk.inspection(key))
    stay = next(one for one, group in results.findings.items() if len(group) > 1)
    desk.store.pairs.assign(key, FIRST, {stay: "王敏"}, "陈立群")
    desk.store.pairs.assign(key, SECOND, {stay: "周岚"}, "陈立群")
    return case(stay), [line["id"] for line in results.findings[stay]], stay


def press(case, finding, verdict, **more):
    return {"press": new_key(), "case": case, "finding": finding, "verdict": verdict, **more}


def test_who_has_no_part_in_a_case_cannot_open_or_decide_it(desk, pair):
    with pytest.raises(Refused, match="未分配给您"):
        decide(desk, LI, press(pair[0], pair[1][0], "confirm"))


def test_a_leader_does_not_decide_in_anothers_case(desk, leader, pair):
    with pytest.raises(Refused, match="已分派给 王敏"):
        decide(desk, leader, press(pair[0], pair[1][0], "confirm"))


def test_a_ruling_needs_a_reason_and_one_of_neither_side_and_ends_the_matter(desk, key, leader, pair):
    case, findings, _ = pair
    decide(desk, WANG, press(case, findings[0], "confirm"))
    decide(desk, ZHOU, press(case, findings[0], "reject", reasons=["规则不适用"]))
    ruling = {"press": new_key(), "case": case, "finding": findings[0], "choice": "second"}
    with pytest.raises(Refused, match="理由"):
        adjudicate(desk, leader, ruling)
    with pytest.raises(Refused, match="不能裁定自己"):
        adjudicate(desk, WANG, ruling | {"reason": "我对"})
    done = adjudicate(desk, leader, ruling | {"reason": "有门诊记录"})
    assert done["decision"]["verdict"] == "reject"
    assert adjudicate(desk, leader, ruling | {"reason": "有门诊记录"}) == done
    with pytest.raises(Refused, match="已裁定，不能撤销，可申请复议"):
        undo(desk, ZHOU, {"press": new_key(), "inspection": key})
    with pytest.raises(Refused, match="已裁定"):
        decide(desk, WANG, press(case, findings[0], "reject"))
    assert desk.standing(desk.inspection(key))[findings[0]].verdict == "reject"
    assert desk.store.trail.verify().problem == ""


def test_a_second_reviewer_is_never_who_made_the_first_call(desk, key, case):
    for name in ("王敏", "周岚"):
        desk.store.people.add(User(name, "x", ("专家",)), "陈立群")
    entry = desk.inspection(key)
    results = desk.results(entry)
    stays = [stay for stay, group in results.findings.items() if group]
    desk.store.pairs.set_rules(key, Rules(share=100), "陈立群")
    desk.store.pairs.assign(key, FIRST, dict.fromkeys(stays, "王敏"), "陈立群")
    assert draw_seconds(desk, entry) == 0  # nothing is finished yet
    for line in results.findings[stays[0]]:
        desk.store.append(Press(new_key(), key, stays[0], line["id"], "confirm", "王敏"))
    assert draw_seconds(desk, entry) == 1
    assert desk.store.pairs.assigned(key)[SECOND] == {stays[0]: "周岚"}


def test_a_known_answer_is_told_to_the_leader_only(desk, key, leader, pair):
    case, findings, _ = pair
    plant(desk, leader, {"case": case, "finding": findings[0], "verdict": "reject"})
    decide(desk, WANG, press(case, findings[0], "confirm"))
    planted = open_pairs(desk, leader, {"inspection": key})["planted"]
    assert [(one["verdict"], one["calls"][0]["right"]) for one in planted] == [("reject", False)]
    with pytest.raises(Refused, match="权限"):
        open_pairs(desk, WANG, {"inspection": key})
    with pytest.raises(Refused, match="复审人"):
        assign_case(desk, leader, {"case": case, "who": "周岚"})


def test_a_hidden_model_is_absent_from_what_is_sent_until_the_call(desk, key, pair):
    case, findings, stay = pair
    results = desk.results(desk.inspection(key))
    own = results.findings[stay][-1]
    held, told = own["origin"], {"models": ["某模型"]}
    results.__dict__["model"] = told  # as a run with a model leaves it
    own["origin"] = "model（某模型，问 v1）"
    desk.store.pairs.set_rules(key, Rules(hides_model=True), "陈立群")
    try:
        sent = json.dumps(case_for(desk, WANG, desk.case(case, WANG)), ensure_ascii=False)
        assert own["id"] not in sent
        assert "某模型" not in sent
        assert desk.finding(desk.case(case, WANG), WANG, own["id"]) is None
        for line in findings[:-1]:
            decide(desk, WANG, press(case, line, "confirm"))
        after = json.dumps(case_for(desk, WANG, desk.case(case, WANG)), ensure_ascii=False)
        assert own["id"] in after
        assert "某模型" in after
    finally:
        own["origin"] = held
        results.__dict__["model"] = None
