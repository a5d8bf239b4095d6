"""Labelled clinical sentences: every fact that is labelled, and every fact that is read."""

from collections.abc import Iterator
from pathlib import Path

from evals.facts import Fact, facts_of, group_of, mark_of, read_labelled
from evals.verdicts import Measure, Verdict


def judge_sentences(case: str, file: Path) -> Iterator[Verdict]:
    """Recall of labels and precision of what is read, by group of facts; a name without any label is not judged."""
    items = read_labelled(file)
    scored = {fact[1].split("=")[0] for item in items for fact in item.facts}
    for item in items:
        read = {fact for fact in facts_of(item) if fact[1].split("=")[0] in scored}
        for fact in sorted(item.facts):
            yield _verdict(case, item.line, Measure.RECALL, fact, fact in read)
        for fact in sorted(read):
            yield _verdict(case, item.line, Measure.PRECISION, fact, fact in item.facts)


def _verdict(case: str, line: int, measure: Measure, fact: Fact, right: bool) -> Verdict:
    about = f"{group_of(fact)} {mark_of(fact)}"
    return Verdict(case, f"{line:04}", measure, about, "", "".join(fact), right)
