"""Labelled identifiers: everything that had to be hidden, by kind, and everything that was hidden."""

from collections.abc import Iterator
from pathlib import Path

from evals.masking import is_hidden, labelled
from evals.verdicts import Measure, Verdict
from review.masking import Mask


def judge_masking(case: str, file: Path, *, together: bool) -> Iterator[Verdict]:
    """Verdicts sentence by sentence, each masked alone or `together` as one admission. Keys are places, never text."""
    sentences = [*labelled(file)]
    whole = Mask((), [one.text for one in sentences]) if together else None
    for one in sentences:
        mask = whole or Mask((), [one.text])
        spans = [(start, end) for start, end, _ in mask.spans(one.text)]
        covered = {place for start, end in spans for place in range(start, end)}
        truth = {place for _, start, end in one.spans for place in range(start, end)}
        unit = f"{one.line:04}"
        for kind, start, end in one.spans:
            right = is_hidden(one.text, start, end, covered)
            yield Verdict(case, unit, Measure.RECALL, kind, "", f"{start}", right)
        for start, end in spans:
            right = not truth.isdisjoint(range(start, end))
            yield Verdict(case, unit, Measure.PRECISION, "", "", f"{start}", right)
