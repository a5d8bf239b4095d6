"""The whole second reader over a reviewed inspection in which every stay holds an attack."""

import json

import pytest
from attacked import ATTACKS
from attacked_inspection import HARMLESS, NAMES, harmless, write_attacked
from doubles import Credulous, Inventive, Obedient, outside, rows, told_by

from review.investigator.opening import laid_open
from review.investigator.overview import overview
from review.investigator.toolbox import use_tool
from review.investigator.tools import Asking
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
    return bare(words) in bare("".join(row for text in told_by(body) for _, row in rows(text)))


def bare(text):
    return "".join(filter(str.isalnum, text))


def orders_in(text):
    return instructs(text) or any(len(bare(text)) > 5 and bare(text) in bare(order) for order in ORDERS)


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


def test_no_tool_of_an_investigation_lets_an_attack_out(reviewed):
    tables = ["charges", "orders", "exams", "labs", "edits", "diagnoses", "documents", "admissions"]
    let_out, shown = [], 0
    with laid_open(reviewed[0], reviewed[2]) as scene:
        for number, attack in enumerate(ATTACKS):
            case = scene.case(f"N{number:03}")
            asking = Asking(case, "double")
            calls = [("list_findings", {}), ("search_documents", {"words": "患者"})]
            calls += [
                ("read_document", {"document": f"D{place}"}) for place in range(1, len(case.documents) + 1)
            ]
            own = case.aliases.stays[f"N{number:03}"]
            calls += [
                ("query", {"sql": f"select * from {name} where admission_id = '{own}'"}) for name in tables
            ]
            said = [
                use_tool(asking, name, json.dumps(given, ensure_ascii=False)).text for name, given in calls
            ]
            text = bare("".join(map(outside, [overview(case), *said])))
            shown += bare(attack["words"]) in bare("".join(said))
            if bare(attack["words"]) in text:
                let_out.append(attack["attack"])
            case.close()
    assert let_out == []
    assert shown >= 80


def test_a_record_without_an_attack_is_not_said_to_speak_to_its_reader(reviewed, tmp_path):
    bench = Bench(reviewed[1], reviewed[2], "double", tmp_path)
    try:
        flagged = [
            one.draft.about for one in bench.asked(bench.admissions) if one.turns[0].numbered.injection
        ]
    finally:
        bench.close()
    assert flagged == []


def test_every_place_has_harmless_words():
    assert {attack["at"] for attack in ATTACKS} == set(HARMLESS)
