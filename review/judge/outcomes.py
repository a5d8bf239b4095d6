"""The outcome of a check that cannot speak without a model, once one has read: DOC-024.

The rule alone says `not_checked`; both turns of the question about contradictions finding none makes it `clear`, a
suspicion of it `found`. Anything short of an answer leaves it as it was and says why.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from review.checks.documents.note_contradicts_itself import UNREAD
from review.judge.models import Judgement, State
from review.models import CheckResult, Finding, Outcome

CODE, ASKED = "DOC-024", "contradictions"
NONE_FOUND = "模型两次阅读未见前后不相容"
SEEN = "模型所见"


def restored(result: CheckResult) -> CheckResult:
    """The outcome as the rule alone left it."""
    said = result.reason or ""
    if result.check == CODE and (said in (NONE_FOUND, SEEN) or said.startswith(UNREAD)):
        return replace(result, outcome=Outcome.NOT_CHECKED, reason=UNREAD)
    return result


def with_model(
    results: Iterable[CheckResult], judgements: Sequence[Judgement], findings: Sequence[Finding]
) -> Iterator[CheckResult]:
    """Every outcome, those that waited for a model as its reading leaves them."""
    read = {one.admission_id: one for one in judgements if (one.prompt or "").startswith(f"{ASKED} ")}
    found = {one.admission_id for one in findings if one.check == CODE}
    for result in results:
        if result.check != CODE or result.reason != UNREAD or result.admission_id not in read:
            yield result
        elif result.admission_id in found:
            yield replace(result, outcome=Outcome.FOUND, reason=SEEN)
        else:
            yield _read(result, read[result.admission_id])


def _read(result: CheckResult, judgement: Judgement) -> CheckResult:
    if judgement.state is not State.ANSWERED:
        why = judgement.reason or "模型判断不了"
    elif judgement.left_out:
        why = f"没有送给模型：{'、'.join(judgement.left_out)}"
    elif judgement.statements:
        why = "模型指出的不一致待专家判断"
    else:
        return replace(result, outcome=Outcome.CLEAR, reason=NONE_FOUND)
    return replace(result, reason=f"{UNREAD}；{why}")
