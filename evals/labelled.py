"""How right a review is on a labelled inspection: what had to be found, what must not be, what clean stays were spared.

Labels stand in `expected.json` beside the inspection; nothing that is scored ever writes them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Line = Mapping[str, Any]
CENT = Decimal("0.01")
ABOVE_CLUE = ("probable", "established")


@dataclass(frozen=True)
class Labels:
    """The labels of one inspection, by admission."""

    admissions: Mapping[str, Line]

    @classmethod
    def read(cls, folder: Path) -> "Labels":
        file = folder / "expected.json"
        try:
            return cls(json.loads(file.read_text("utf-8"))["admissions"])
        except (OSError, ValueError, KeyError) as problem:
            raise ValueError(
                f"{file}：读不出标注（{type(problem).__name__}）；请放好 expected.json 再评测。"
            ) from problem

    def wanted(self) -> Iterator[tuple[str, Line]]:
        """Every planted violation with its admission."""
        for admission, said in self.admissions.items():
            for item in said["must_find"]:
                yield admission, item

    def clean(self) -> set[str]:
        return {admission for admission, said in self.admissions.items() if said["clean"]}

    def missed(self, findings: Sequence[Line]) -> list[tuple[str, Line]]:
        """Planted violations that no finding names with the right kind, lines and yuan."""
        return [
            (admission, item) for admission, item in self.wanted() if not found(findings, admission, item)
        ]

    def sprung(self, findings: Sequence[Line]) -> list[tuple[Line, Line]]:
        """Findings that the labels rule out, each with the label's reason."""
        return [
            (finding, item)
            for finding in findings
            for item in self.admissions.get(finding["admission_id"], {"must_not_find": ()})["must_not_find"]
            if finding["violation"] == item["violation"]
            and (not item["charge_ids"] or set(item["charge_ids"]) & set(finding["charge_ids"]))
        ]

    def accused(self, findings: Sequence[Line]) -> list[Line]:
        """Findings above a clue on stays that are labelled clean."""
        clean = self.clean()
        return [
            finding
            for finding in findings
            if finding["admission_id"] in clean and finding["certainty"] in ABOVE_CLUE
        ]


def touching(findings: Sequence[Line], admission: str, item: Line) -> list[Line]:
    """Findings of the label's violation on its stay that touch its lines, where it names any."""
    return [
        finding
        for finding in findings
        if finding["admission_id"] == admission
        and finding["violation"] == item["violation"]
        and (not item["charge_ids"] or set(item["charge_ids"]) & set(finding["charge_ids"]))
    ]


def found(findings: Sequence[Line], admission: str, item: Line) -> list[Line]:
    """Findings of the same violation on the same stay that together touch the same lines for the same yuan."""
    mine = touching(findings, admission, item)
    if item["amount"] is None:
        return mine
    wanted = Decimal(str(item["amount"]))
    exact = [finding for finding in mine if abs(yuan(finding) - wanted) < CENT]
    together = sum((yuan(finding) for finding in mine), Decimal(0))
    return exact or (mine if abs(together - wanted) < CENT else [])


def yuan(finding: Line) -> Decimal:
    return Decimal(str(finding["amount"] or 0))


def read_lines(file: Path) -> list[dict[str, Any]]:
    """The lines of a JSONL file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def score_folder(folder: Path, home: Path, out: Path | None) -> list[str]:
    """Review a labelled inspection and print recall, what was sprung, and who was accused wrongly."""
    from review.pipeline import review_inspection

    labels = Labels.read(folder)
    with TemporaryDirectory() as scratch:
        target = out or Path(scratch) / "out"
        review_inspection(folder, target, home=home)
        findings = read_lines(target / "findings.jsonl")
    wanted, missed = list(labels.wanted()), labels.missed(findings)
    sprung, accused = labels.sprung(findings), labels.accused(findings)
    clues = [finding for finding in findings if finding["admission_id"] in labels.clean()]
    return [
        f"应发现 {len(wanted)} 项，发现 {len(wanted) - len(missed)} 项；疑点共 {len(findings)} 项",
        *(f"  漏：{admission} {item['violation']} {item['amount'] or ''}" for admission, item in missed),
        f"触发不应有的疑点 {len(sprung)} 项",
        *(
            f"  误：{finding['admission_id']} {finding['check']} {finding['certainty']}"
            for finding, _ in sprung
        ),
        f"清白住院 {len(labels.clean())} 例，线索以上 {len(accused)} 项，含线索 {len(clues)} 项",
        *(f"  冤：{finding['admission_id']} {finding['check']} {finding['certainty']}" for finding in clues),
    ]
