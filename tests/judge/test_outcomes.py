"""The check that cannot speak without a model: what its outcome becomes, and that the rule's own can be told again."""

import pytest

from review.judge.models import Judgement, State, Statement
from review.judge.outcomes import restored, with_model
from review.models import CheckResult, Finding, Outcome
from review.violations import Certainty, Family

WAITING = CheckResult("A1", "DOC-024", Outcome.NOT_CHECKED, "需要模型")
FOUND = Finding("f1", "A1", "DOC-024", Family.DOCUMENTS, "documentation_defect", Certainty.CLUE, "题", "话")


def judgement(state=State.ANSWERED, **more):
    return Judgement("A1", "J3", "A1", state, prompt="contradictions v1", **more)


@pytest.mark.parametrize(
    ("read", "findings", "outcome", "reason"),
    [
        (judgement(), [], "clear", "模型两次阅读未见前后不相容"),
        (judgement(), [FOUND], "found", "模型所见"),
        (
            judgement(State.CANNOT_TELL, reason="两次阅读结论不同"),
            [],
            "not_checked",
            "需要模型；两次阅读结论不同",
        ),
        (judgement(State.NOT_ASKED, reason="用量已到上限"), [], "not_checked", "需要模型；用量已到上限"),
        (judgement(left_out=("护理记录",)), [], "not_checked", "需要模型；没有送给模型：护理记录"),
        (
            judgement(statements=(Statement("for", "不一致", ()),)),
            [],
            "not_checked",
            "需要模型；模型指出的不一致待专家判断",
        ),
    ],
    ids=["none", "found", "disagreement", "budget", "left out", "only shown"],
)
def test_what_a_model_read_settles_what_waited_for_it(read, findings, outcome, reason):
    (after,) = with_model([WAITING], [read], findings)
    assert (after.outcome, after.reason) == (outcome, reason)
    assert restored(after) == WAITING


@pytest.mark.parametrize(
    "result",
    [
        CheckResult("A1", "DOC-024", Outcome.FOUND, None),
        CheckResult("A1", "DOC-024", Outcome.NOT_CHECKED, "没有病程记录"),
        CheckResult("A1", "DOC-001", Outcome.CLEAR, None),
        CheckResult("A2", "DOC-024", Outcome.NOT_CHECKED, "需要模型"),
    ],
    ids=["the rule found", "no notes", "another check", "a stay not read"],
)
def test_no_other_outcome_is_touched(result):
    assert list(with_model([result], [judgement()], [FOUND])) == [result]
    assert restored(result) == result
