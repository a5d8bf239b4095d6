"""What answers about both sides of a suspicion come to: proven quotes under ways out that are ours."""

from asked_stay import QUESTIONS, finding, only, stay_of
from read_case import ADMISSION, CHARGES, STAY, TREATED


def weighing(*codes, documents=(ADMISSION, TREATED)):
    findings = [finding(code, n, ["1"]) for n, code in enumerate(codes, 1)]
    stay = stay_of(findings, admissions=[STAY], documents=list(documents), charges=CHARGES)
    return only("evidence_for_and_against", stay)


def test_each_finding_gets_a_reading_of_its_own_in_the_words_of_its_header():
    turn = weighing("DOC-023", "CHG-029")
    choices = QUESTIONS["evidence_for_and_against"].answer
    told = choices.model_validate(
        {
            "findings": [
                {"finding": "疑点 A", "clears": [{"exception": "A1", "strength": "strong"} | turn.claim("今晨已完成胃镜检查")], "backs": [turn.claim("昨日胃镜因准备不足未做")]},
                {"finding": "B", "none_found": True},
            ]
        }
    )  # fmt: skip
    reading = turn.read(told)
    first, second = reading.apart["F1"], reading.apart["F2"]
    assert (first.verdict, second.verdict) == ("both", "none_found")
    assert [(one.says, one.label) for one in first.statements] == [
        ("against", "写明：当日拒绝，改日已做（原文只是有关）"),
        ("for", "支持疑点的记载"),
    ]


def test_a_way_out_that_is_not_ours_and_words_of_the_rule_are_no_defence():
    turn = weighing("CHG-029")
    strange = {"exception": "A99", "strength": "strong"} | turn.claim("今晨已完成胃镜检查")
    of_rule = {"exception": "A1", "strength": "strong"} | turn.claim("规则所说")
    reading = turn.read({"findings": [{"finding": "A", "clears": [strange, of_rule]}]})
    assert (reading.apart["F1"].verdict, reading.apart["F1"].statements) == ("cannot_tell", ())


def test_a_finding_the_answer_passes_over_is_one_nobody_can_tell_of():
    reading = weighing("CHG-029", "DOC-023").read({"findings": [{"finding": "A", "none_found": True}]})
    assert (reading.apart["F1"].verdict, reading.apart["F2"].verdict) == ("none_found", "cannot_tell")


def test_a_defence_that_only_one_of_two_readings_names_is_shown_as_undecided():
    turn = weighing("DOC-023")
    agree = QUESTIONS["evidence_for_and_against"].agree
    strong = {"exception": "A1", "strength": "strong"} | turn.claim("今晨已完成胃镜检查")
    one = turn.read({"findings": [{"finding": "A", "clears": [strong]}]})
    weak = turn.read({"findings": [{"finding": "A", "clears": [strong | {"strength": "weak"}]}]})
    none = turn.read({"findings": [{"finding": "A", "none_found": True}]})
    assert agree(one, one).apart["F1"].verdict == "clears"
    assert agree(one, weak).apart["F1"].statements[0].label.endswith("（原文只是有关）")
    undecided = agree(one, none).apart["F1"]
    assert undecided.verdict == "cannot_tell" and len(undecided.statements) == 1
