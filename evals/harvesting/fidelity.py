"""Whether the rewriting changed what a review finds: both folders reviewed with the same rules, finding by finding.

What the rewriting itself destroys, such as signs of an altered file, is no longer to be found in the case; its labels
are taken out, since they would be held against the program.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evals.labelled import Line, read_lines
from review.pipeline import review_inspection

Rewrite = Callable[[str], str]
Mark = tuple[str, str, str, tuple[str, ...], str, str]  # check, violation, stay, lines, yuan, certainty


@dataclass(frozen=True)
class Fidelity:
    """How many findings both reviews have, and those of one only, under the names of the case."""

    same: int
    lost: tuple[Mark, ...]
    new: tuple[Mark, ...]


SAME = Fidelity(0, (), ())  # nothing is known to differ


def fidelity_of(folder: Path, case: Path, rewrite: Rewrite, home: Path) -> Fidelity:
    """Review the inspection and the case made of it, each by today's rules, and compare."""
    before, after = _found(folder, home, rewrite), _found(case, home, str)
    return Fidelity(
        same=(before & after).total(),
        lost=tuple(sorted((before - after).elements())),
        new=tuple(sorted((after - before).elements())),
    )


def _found(folder: Path, home: Path, rewrite: Rewrite) -> Counter[Mark]:
    with TemporaryDirectory() as scratch:
        review_inspection(folder, Path(scratch) / "out", home=home)
        return Counter(
            mark_of(line, rewrite) for line in read_lines(Path(scratch) / "out" / "findings.jsonl")
        )


def mark_of(line: Line, rewrite: Rewrite) -> Mark:
    """What tells a finding from others, with its numbers as the case has them."""
    lines = tuple(sorted(rewrite(number) for number in line["charge_ids"]))
    about = (line["check"], line["violation"], rewrite(line["admission_id"]))
    return (*about, lines, str(line["amount"]), line["certainty"])


def without_lost(
    admissions: Mapping[str, Mapping[str, Any]], fidelity: Fidelity
) -> tuple[dict[str, dict[str, Any]], int]:
    """Labels without those whose finding the rewriting destroyed, and how many were taken out.

    A finding that is only surer or dearer in one of the two reviews is still to be found."""
    gone = {mark[:4] for mark in fidelity.lost} - {mark[:4] for mark in fidelity.new}

    def stands(stay: str, item: Mapping[str, Any]) -> bool:
        return (item["check"], item["violation"], stay, tuple(sorted(item["charge_ids"]))) not in gone

    kept = {
        stay: {**said, "must_find": [item for item in said["must_find"] if stands(stay, item)]}
        for stay, said in admissions.items()
    }
    taken = sum(len(said["must_find"]) - len(kept[stay]["must_find"]) for stay, said in admissions.items())
    return kept, taken
