"""What the queue tells its filters: per finding, by opaque key, never another's call; the draw by seed."""

from demonstration import ABSENT

from review.opaque_keys import OpaqueKeys
from review.pages.calling import decide, undo
from review.pages.review import open_case, open_queue
from review.store.accounts import Person
from review.store.pairs import FIRST, SECOND, Rules
from review.store.store import Store, new_key

ZHOU, LI = Person("周岚", ("专家",)), Person("李国栋", ("专家",))


def row_of(desk, person, case_key):
    return next(row for row in open_queue(desk, person, {})["rows"] if row["key"] == case_key)


def call(desk, person, case_key, finding, **more):
    given = {"press": new_key(), "case": case_key, "finding": finding, "verdict": "confirm"}
    return decide(desk, person, given | more)


def test_a_key_tells_kinds_apart_is_stable_here_and_other_in_another_workbench(desk, tmp_path):
    keys = desk.named_by
    assert keys.of("department", " 内科 ") == keys.of("department", "内科") != keys.of("doctor", "内科")
    assert OpaqueKeys(desk.store.life.secret()).of("doctor", "内科") == keys.of("doctor", "内科")
    other = Store.open(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert OpaqueKeys(other.life.secret()).of("doctor", "内科") != keys.of("doctor", "内科")
    other.close()


def test_a_row_says_of_each_finding_what_a_filter_asks(desk, leader, case):
    shown = open_case(desk, leader, {"case": case(ABSENT)})
    row = row_of(desk, leader, case(ABSENT))
    asked = ("id", "family", "violation", "certainty", "check", "amount")
    assert [{name: fact[name] for name in asked} for fact in row["facts"]] == [
        {name: one[name] for name in asked} for one in shown["findings"]
    ]
    assert {fact["verdict"] for fact in row["facts"]} == {"pending"}
    assert row["department_key"] == desk.named_by.of("department", row["department"])
    assert row["doctor_key"] == desk.named_by.of("doctor", row["doctor"])
    assert row["month"] == shown["head"]["begins"][:7]


def test_every_code_a_filter_offers_has_its_name(desk, leader):
    shown = open_queue(desk, leader, {})
    facts = [fact for row in shown["rows"] for fact in row["facts"]]
    assert set(shown["named"]["violations"]) == {fact["violation"] for fact in facts}
    assert set(shown["named"]["checks"]) == {fact["check"] for fact in facts}
    assert all(name.strip() for names in shown["named"].values() for name in names.values())


def test_a_call_changes_what_the_filter_finds_and_undo_takes_it_back(desk, leader, case, key):
    finding = row_of(desk, leader, case(ABSENT))["facts"][0]["id"]
    call(desk, leader, case(ABSENT), finding, amount="12.30")
    fact = row_of(desk, leader, case(ABSENT))["facts"][0]
    assert (fact["verdict"], fact["amount"]) == ("confirm", 12.3)
    undo(desk, leader, {"press": new_key(), "inspection": key})
    assert row_of(desk, leader, case(ABSENT))["facts"][0]["verdict"] == "pending"


def test_a_case_decided_in_today_says_so_to_who_decided_only(desk, leader, case):
    assert not row_of(desk, leader, case(ABSENT))["today"]
    finding = row_of(desk, leader, case(ABSENT))["facts"][0]["id"]
    call(desk, leader, case(ABSENT), finding)
    assert row_of(desk, leader, case(ABSENT))["today"]
    assert not row_of(desk, Person("何静", ("组长",)), case(ABSENT))["today"]


def test_the_second_reviewer_is_sent_no_first_call_by_way_of_the_filter(desk, case, key):
    desk.store.pairs.assign(key, FIRST, {ABSENT: ZHOU.name}, "陈立群")
    desk.store.pairs.assign(key, SECOND, {ABSENT: LI.name}, "系统")
    finding = row_of(desk, ZHOU, case(ABSENT))["facts"][0]
    call(desk, ZHOU, case(ABSENT), finding["id"], amount="12.30")
    seen = {fact["id"]: fact for fact in row_of(desk, LI, case(ABSENT))["facts"]}
    assert seen[finding["id"]] == finding
    assert not row_of(desk, LI, case(ABSENT))["today"]


def test_the_draw_follows_the_seed_keeps_a_person_together_and_is_the_leaders(desk, leader, case, key):
    def drawn():
        return {row["key"]: row["drawn"] for row in open_queue(desk, leader, {})["rows"]}

    first, people = drawn(), {row["key"]: row["person"] for row in open_queue(desk, leader, {})["rows"]}
    assert first == drawn()
    assert len({(people[one], place) for one, place in first.items()}) == len(set(people.values()))
    assert sorted(set(first.values())) == list(range(len(set(people.values()))))
    desk.store.pairs.set_rules(key, Rules(seed=7), "陈立群")
    assert open_queue(desk, leader, {})["seed"] == 7
    assert drawn() != first
    desk.store.pairs.assign(key, FIRST, {ABSENT: ZHOU.name}, "陈立群")
    own = open_queue(desk, ZHOU, {})
    assert "seed" not in own
    assert ["drawn" in row for row in own["rows"]] == [False]
