"""A leader who reviews a case a second time learns of the first call nowhere before his own: no paper, no picture."""

import json
from datetime import datetime

import pytest
from demonstration import ABSENT

from review.pages.assigning import open_pairs
from review.pages.calling import case_for
from review.pages.overview import open_overview
from review.reports.catalogue import KINDS
from review.reports.overview import PANELS, overview_paper
from review.reports.shelf import Order, put_together
from review.store.accounts import EXPERT, LEADER, Person
from review.store.entries import Press
from review.store.pairs import FIRST, SECOND
from review.store.store import new_key

BOTH, OTHER = Person("陈立群", (LEADER, EXPERT)), Person("林岚", (LEADER,))
MADE = datetime(2026, 3, 1, 9, 0)
WORDS = ("首审理由甲", "首审附言乙", "17.35")


@pytest.fixture
def finding(desk, key):
    """A finding that 王敏 has first and the leader a second time."""
    desk.store.pairs.assign(key, FIRST, {ABSENT: "王敏"}, "林岚")
    desk.store.pairs.assign(key, SECOND, {ABSENT: BOTH.name}, "林岚")
    line = desk.results(desk.inspection(key)).findings[ABSENT][0]["id"]
    desk.store.pairs.plant(key, line, "reject", "林岚")
    return line


def call(desk, key, finding, verdict, who, **more):
    desk.store.append(Press(new_key(), key, ABSENT, finding, verdict, who, **more))


def all_of(desk, key, case, person):
    """What every paper, the overview's exports and drawings, the case and the planted answers say to a person."""
    entry = desk.inspection(key)
    papers = [put_together(desk, person, Order(key, kind), MADE)[0] for kind in KINDS]
    papers += [overview_paper(desk, person, entry, panel, MADE) for panel in PANELS if panel != "progress"]
    told = [[block.__dict__ for block in paper.blocks] for paper in papers]
    drawn = open_overview(desk, person, {"inspection": key})["figures"]
    told += [
        {name: drawn[name] for name in ("violations", "departments", "months", "checks", "dots", "bins")}
    ]
    told += [case_for(desk, person, desk.case(case(ABSENT), person))]
    told += [open_pairs(desk, person, {"inspection": key})["planted"]]
    return json.dumps(told, ensure_ascii=False, default=str)


def test_nothing_that_is_shown_changes_with_the_first_call(desk, key, case, finding):
    before, before_other = (all_of(desk, key, case, person) for person in (BOTH, OTHER))
    reason, note, amount = WORDS
    call(desk, key, finding, "confirm", "王敏", reasons=(reason,), note=note, amount=amount)
    assert all_of(desk, key, case, BOTH) == before
    after = all_of(desk, key, case, OTHER)
    assert after != before_other
    assert all(word in after for word in WORDS)


def test_after_the_own_call_both_are_known(desk, key, case, finding):
    call(desk, key, finding, "confirm", "王敏", reasons=(WORDS[0],))
    call(desk, key, finding, "confirm", BOTH.name)
    assert WORDS[0] in all_of(desk, key, case, BOTH)
