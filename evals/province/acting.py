"""The people of the scenario: experts, a leader and an institution, each wrong as often as is stated.

They know the truth from the labels and err by a seeded draw of their own for each finding, so that what the procedure
makes of their errors can be counted.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.generating.scoring import tallied
from evals.verdicts import Measure
from review.casework.results import Results


@dataclass(frozen=True)
class Errors:
    """Shares. `rejects`: of right findings that an expert calls unfounded; `confirms`: of wrong ones he confirms.

    `ruling`: of disputes the leader decides for the wrong side. The institution objects to a wrong finding with its
    record (`proves`) and to a right one all the same (`objects`); of the first kind the reviewer sees the reason
    except in `overlooks`, of the second he gives way in `yields`.
    """

    rejects: float = 0.06
    confirms: float = 0.12
    ruling: float = 0.05
    proves: float = 0.9
    objects: float = 0.15
    overlooks: float = 0.1
    yields: float = 0.05


@dataclass(frozen=True)
class Acting:
    """Draws what somebody does about a finding: the same person, finding and seed do the same."""

    seed: int
    errors: Errors
    truth: Mapping[str, bool]

    def confirms(self, who: str, finding: str) -> bool:
        """Whether an expert confirms; on a finding that no label speaks of he leans to what a wrong one deserves."""
        if self.truth.get(finding, False):
            return not self._happens(self.errors.rejects, who, finding, "rejects")
        return self._happens(self.errors.confirms, who, finding, "confirms")

    def rules_for(self, finding: str, first: bool, second: bool) -> str:
        """Which of two calls the leader takes: `first` or `second`."""
        right = self.truth.get(finding, False)
        if self._happens(self.errors.ruling, "leader", finding, "ruling"):
            right = not right
        return "first" if first == right else "second"

    def objects_to(self, finding: str) -> bool:
        share = self.errors.objects if self.truth.get(finding, False) else self.errors.proves
        return self._happens(share, "institution", finding, "objects")

    def withdraws(self, finding: str) -> bool:
        """Whether the reviewer gives way to an objection."""
        if self.truth.get(finding, False):
            return self._happens(self.errors.yields, "reviewer", finding, "yields")
        return not self._happens(self.errors.overlooks, "reviewer", finding, "overlooks")

    def _happens(self, share: float, *what: str) -> bool:
        digest = hashlib.sha256("|".join((str(self.seed), *what)).encode()).digest()
        return int.from_bytes(digest[:6]) < share * 256**6


@dataclass(frozen=True)
class Judged:
    """A review held against the labels. `truth`: which findings are right; those that no label speaks of are left out.

    `planted`: for each stay with a violation, whether each of its violations was found.
    """

    truth: Mapping[str, bool]
    planted: Mapping[str, Sequence[bool]]

    def told(self, results: Results, drawn: Collection[str]) -> dict[str, str]:
        """Right of judged findings and found of planted violations, where there were records and where not."""
        said = {}
        for name, here in (("有病历", True), ("仅结算", False)):
            lines = [
                line["id"]
                for stay, found in results.findings.items()
                if (stay in drawn) == here
                for line in found
            ]
            known = [self.truth[one] for one in lines if one in self.truth]
            planted = [one for stay, all_ in self.planted.items() if (stay in drawn) == here for one in all_]
            said[f"疑点正确 {name}"] = f"{sum(known)}/{len(known)}"
            said[f"种植查出 {name}"] = f"{sum(planted)}/{len(planted)}"
        return said


def judged(run: Path, labels: Path) -> Judged:
    """A review's folder against the labels written beside the inspection."""
    _, tallies, _ = tallied(run, labels)
    truth: dict[str, bool] = {}
    planted: dict[str, list[bool]] = {}
    for counts in tallies.values():
        for verdict in counts.verdicts:
            if verdict.measure == Measure.PRECISION:
                truth[verdict.key] = truth.get(verdict.key, False) or bool(verdict.right)
            elif verdict.measure == Measure.RECALL:
                planted.setdefault(verdict.unit, []).append(bool(verdict.right))
    return Judged(truth, planted)
