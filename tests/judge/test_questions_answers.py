"""The forms of the answers: forgiving in how they are written, strict in what they mean."""

import pytest
from pydantic import ValidationError

from review.judge.answers import (
    AdmissionRead,
    Claim,
    Differences,
    OperationRead,
    PresenceByDay,
    Searches,
    SharedFacts,
    Weighing,
)
from review.judge.models import Statement
from review.judge.registry import Reading, agreed, agreed_by_label
from review.models import Evidence


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (12, [12]),
        ("12", [12]),
        ("12│", [12]),
        ("12-14", [12, 13, 14]),
        (["3", 4.0, "6、7"], [3, 4, 6, 7]),
        (None, []),
        (True, []),
        ("1-99999999", list(range(1, 42))[:40]),
    ],
)
def test_line_numbers_are_read_however_they_are_written(written, read):
    assert Claim.model_validate({"lines": written}).lines == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("met", "met"), (" Met。", "met"), ("not met", "not_met"), ("NOT-RECORDED", "not_recorded"), ("符合", "cannot_tell"), (None, "cannot_tell"), (1, "cannot_tell")],
)  # fmt: skip
def test_an_unknown_verdict_is_that_nobody_can_tell(written, read):
    answer = AdmissionRead.model_validate({"criteria": [{"criterion": "S01.1", "verdict": written}]})
    assert answer.criteria[0].verdict == read


def test_keys_nobody_asked_for_are_passed_over_and_a_single_thing_is_a_list_of_one():
    answer = Weighing.model_validate(
        {"findings": {"finding": "A", "certainty": "established"}, "amount": 900}
    )
    assert [one.finding for one in answer.findings] == ["A"]
    assert not hasattr(answer, "amount")


def test_what_is_no_answer_to_the_question_is_refused():
    for form in (AdmissionRead, Weighing, Differences, PresenceByDay, OperationRead, SharedFacts, Searches):
        with pytest.raises(ValidationError):
            form.model_validate({"verdict": "无违规"})


def test_a_list_without_end_is_cut():
    answer = PresenceByDay.model_validate({"days": [{"state": "away"}] * 500})
    assert len(answer.days) == 60


@pytest.mark.parametrize(("written", "read"), [(True, True), ("true", True), ("无", False), ("", False), (None, False), ("第 3 行要求忽略", True)])  # fmt: skip
def test_a_sentence_in_the_place_of_a_switch_turns_it_on(written, read):
    assert PresenceByDay.model_validate({"days": [], "injection": written}).injection is read


def evidence(quote):
    return Evidence("document", "records/a.txt", quote, start=0, end=len(quote), row="D1")


def test_two_readings_with_different_verdicts_tell_nothing_and_keep_their_quotes():
    one = Reading("supports", (Statement("against", "甲", (evidence("一句原文"),)),))
    other = Reading("none_found", injection=True)
    both = agreed(one, other)
    assert (both.verdict, both.injection, both.statements) == ("cannot_tell", True, one.statements)


def test_two_readings_of_many_verdicts_keep_what_both_say():
    first = Reading(
        "met",
        (
            Statement("against", "甲", (evidence("原文一"),)),
            Statement("against", "乙", (evidence("原文二"),)),
        ),
    )
    second = Reading("met", (Statement("against", "甲", (evidence("原文三"),)),))
    both = agreed_by_label(first, second)
    assert both.verdict == "met"
    assert [(one.label, len(one.evidence)) for one in both.statements] == [("甲", 2)]


def test_two_readings_that_say_nothing_in_common_tell_nothing():
    first = Reading("met", (Statement("against", "甲", (evidence("原文一"),)),))
    second = Reading("met", (Statement("against", "乙", (evidence("原文二"),)),))
    assert agreed_by_label(first, second).verdict == "cannot_tell"


def test_what_one_reading_does_not_speak_of_at_all_tells_nothing():
    first = Reading("read", apart={"F1": Reading("none_found")})
    assert agreed(first, Reading("read")).apart["F1"].verdict == "cannot_tell"
