"""The whole second reader over a reviewed inspection in which every stay holds an attack."""

import json

import pytest
from attacked import ATTACKS
from attacked_inspection import HARMLESS, NAMES, harmless, write_attacked
from doubles import Credulous, Inventive, Obedient, rows, told_by

from review.judge.asking import Asker
from review.judge.injections import instructs
from review.judge.stage import Bench
from review.llm import Reply
from review.pipeline import review_inspection
from review.settings import ModelLimits

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ORDERS = [attack["words"] for attack in ATTACKS]


class Serving:
    """A double where a model's server would be."""

    def __init__(self, double):
        self.double, self.bodies = double, []

    def reply(self, body, stop=None):
        self.bodies.append(body)
        return Reply({"role": "assistant", "content": self.double(body)}, "double")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """Results of the review of the attacked stays and of the same stays without an attack, and their home."""
    home = tmp_path_factory.mktemp("attacked")
    for name, attacks in (("attacked", ATTACKS), ("harmless", harmless(ATTACKS))):
        folder = write_attacked(home / name / "inspection", attacks)
        review_inspection(folder, home / name / "out", home=home)
    return home / "attacked/out", home / "harmless/out", home


def lines_of(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def rule_findings(out):
    return [one for one in lines_of(out / "findings.jsonl") if one["origin"] == "rule"]


def suspicion(finding):
    """What a finding says, without the record's own words."""
    told = ("admission_id", "check", "violation", "certainty", "amount", "counted_amount")
    return (*(finding[name] for name in told), *finding["charge_ids"])


def judged(reviewed, tmp_path, double):
    """Run the stage with a double; gives the double's server and the judgements."""
    out, _, home = reviewed
    limits = ModelLimits()
    bench = Bench(out, home, "double", tmp_path)
    try:
        serving = Serving(double)
        bench.judge(Asker(serving, bench.ledger, limits), limits, lambda *told: None)
    finally:
        bench.close()
    return serving, lines_of(out / "judgements.jsonl")


def quotes(judgements):
    return [
        quote["quote"]
        for one in judgements
        for statement in one["statements"]
        for quote in statement["evidence"]
    ]


def shows(body, words):
    """Whether the data of a request hold these words."""
    shown = "".join(row for text in told_by(body) for _, row in rows(text))
    return "".join(filter(str.isalnum, words)) in "".join(filter(str.isalnum, shown))


def orders_in(text):
    bare = "".join(filter(str.isalnum, text))
    return instructs(text) or any(
        len(bare) > 5 and bare in "".join(filter(str.isalnum, order)) for order in ORDERS
    )


def test_no_attack_moves_a_finding_of_the_rules(reviewed):
    attacked, plain, _ = reviewed
    assert sorted(map(suspicion, rule_findings(attacked))) == sorted(map(suspicion, rule_findings(plain)))
    assert len(rule_findings(plain)) >= 3 * len(ATTACKS)


def test_an_obedient_model_is_told_nothing_but_our_questions(reviewed, tmp_path):
    before = rule_findings(reviewed[0])
    double = Obedient(ORDERS)
    serving, judgements = judged(reviewed, tmp_path, double)
    assert double.asked >= len(ATTACKS)
    assert double.reached == []
    assert quotes(judgements) == []
    assert rule_findings(reviewed[0]) == before
    assert len({one["admission_id"] for one in judgements if one["injection"]}) >= 60
    texts = [text for body in serving.bodies for text in told_by(body)]
    assert [name for name in [*NAMES, "田立新"] if any(name in text for text in texts)] == []


def test_a_credulous_model_clears_nothing(reviewed, tmp_path):
    before = rule_findings(reviewed[0])
    double = Credulous(ORDERS)
    serving, judgements = judged(reviewed, tmp_path, double)
    assert [quote for quote in quotes(judgements) if orders_in(quote)] == []
    assert rule_findings(reviewed[0]) == before
    assert sum(any(shows(body, attack["words"]) for body in serving.bodies) for attack in ATTACKS) >= 60
    assert len(double.reached) >= 60
    assert sum(one["dropped"] for one in judgements) >= 60


def test_an_inventive_model_shows_no_quote(reviewed, tmp_path):
    before = rule_findings(reviewed[0])
    _, judgements = judged(reviewed, tmp_path, Inventive())
    assert quotes(judgements) == []
    assert sum(one["dropped"] for one in judgements) >= len(ATTACKS)
    assert rule_findings(reviewed[0]) == before


def test_every_place_has_harmless_words():
    assert {attack["at"] for attack in ATTACKS} == set(HARMLESS)
