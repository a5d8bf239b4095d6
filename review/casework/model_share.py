"""What a model read in one stay, as the review page shows it beside what the rules found: proven quotes and counts.

Nothing of it changes a finding of a rule. A view without a proven quote says only what became of the question.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

from review.casework.results import Line, Results
from review.judge.registry import all_questions

Placed = Callable[[Line], list[Line]]  # a line with `evidence` to the items as a card shows them
STATES = {"answered": "", "cannot_tell": "判断不了", "not_asked": "未问", "failed": "没有答出"}


def model_share(
    results: Results, admission_id: str, placed: Placed, read_of: Collection[str] | None = None
) -> Line | None:
    """Views by finding, views of the stay, and what was dropped; null where no model was asked.

    With `read_of` only the views on these findings, and nothing of the stay.
    """
    told = results.model
    if told is None:
        return None
    if read_of is not None:
        return _share_of(results, admission_id, placed, read_of)
    lines = results.judgements.get(admission_id, [])
    known = {line["id"] for line in results.findings.get(admission_id, ())}
    titles = {question.prompt: question.title for question in all_questions()}
    by_finding: dict[str, list[Line]] = {}
    of_stay = []
    for line in lines:
        view = _view(line, titles, placed)
        if line["about"] in known:
            by_finding.setdefault(line["about"], []).append(view)
        else:
            of_stay.append(view)
    return {
        "findings": by_finding,
        "stay": of_stay,
        "dropped": sum(line["dropped"] for line in lines),
        "injection": any(line["injection"] for line in lines),
        "open": _counted(lines),
        "models": told["models"],
    }


def _share_of(results: Results, admission_id: str, placed: Placed, read_of: Collection[str]) -> Line:
    titles = {question.prompt: question.title for question in all_questions()}
    by_finding: dict[str, list[Line]] = {}
    for line in results.judgements.get(admission_id, []):
        if line["about"] in read_of:
            by_finding.setdefault(line["about"], []).append(_view(line, titles, placed))
    empty: Line = {"stay": [], "dropped": 0, "injection": False, "open": [], "models": []}
    return empty | {"findings": by_finding, "hidden": True}


def _view(line: Line, titles: dict[str, str], placed: Placed) -> Line:
    name, _, version = str(line["prompt"] or "").rpartition(" ")
    return {
        "title": titles.get(name, line["question"]),
        "state": line["state"],
        "said": STATES[line["state"]],
        "reason": line["reason"] or "",
        "statements": [
            {"says": one["says"], "label": one["label"], "evidence": placed(one)}
            for one in line["statements"]
        ],
        "dropped": line["dropped"],
        "left_out": line["left_out"],
        "injection": line["injection"],
        "by": " · ".join(part for part in (line["model"], line["question"], version) if part),
    }


def _counted(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Questions without an answer, by reason."""
    reasons = Counter(line["reason"] or "" for line in lines if line["state"] in ("not_asked", "failed"))
    return [{"reason": reason, "count": count} for reason, count in reasons.most_common()]
