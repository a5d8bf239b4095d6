"""Every error of a run with its case: what was wanted, what was said, and the words both stand on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.judging.inspections import key_of
from evals.labelled import Labels, Line, read_lines
from evals.registry import CaseSet, Kind
from evals.tables import SAID
from evals.verdicts import Measure, Verdict

FINDINGS = ("findings.jsonl", "patterns.jsonl")


@dataclass(frozen=True)
class Error:
    """A wrong verdict with what its label says and what the findings of the same stay and violation say."""

    verdict: Verdict
    wanted: tuple[str, ...]
    told: tuple[str, ...]

    @property
    def title(self) -> str:
        one = self.verdict
        what = " ".join(part for part in (one.about, one.violation) if part)
        return f"{SAID[Measure(one.measure)]} · {what or '—'} · {one.unit}"


def errors_of(verdicts: Iterable[Verdict], run: Path, sets: Mapping[str, CaseSet]) -> list[Error]:
    """The wrong verdicts in their order; a set that is no longer there shows only what the verdict holds."""
    wrong = [one for one in sorted(verdicts) if one.right < 1 and one.measure != Measure.RECIPROCAL]
    held = {case: _Case(case, run / case, sets.get(case)) for case in {one.case for one in wrong}}
    return [Error(one, held[one.case].wanted(one), held[one.case].told(one)) for one in wrong]


class _Case:
    """The labels and findings of one set, read once."""

    def __init__(self, name: str, kept: Path, held: CaseSet | None) -> None:
        self._findings: Sequence[Line] = [
            line for file in FINDINGS if (kept / file).is_file() for line in read_lines(kept / file)
        ]
        self._reviewed = any((kept / file).is_file() for file in FINDINGS)
        self._labels = Labels.read(held.place) if held and held.kind == Kind.INSPECTION else None
        planted = kept / "labels.jsonl"
        self._planted: Sequence[Line] = read_lines(planted) if planted.is_file() else ()

    def wanted(self, one: Verdict) -> tuple[str, ...]:
        """What the labels of the stay say of the violation or the check."""
        said = []
        if self._labels and one.unit in self._labels.admissions:
            stay = self._labels.admissions[one.unit]
            for kind, name in (("must_find", "应发现"), ("must_not_find", "不应有")):
                said += [
                    f"{name}：{item['why']}"
                    for item in stay[kind]
                    if item["violation"] == one.violation and one.key in (key_of(item), one.key)
                ]
            if stay["clean"]:
                said.append("标注为清白")
        for label in self._planted:
            if label["admission_id"] == one.unit and label["check"] in ("", one.about):
                said.append(f"{label['kind']} {label['scenario']} {label['why']}".strip())
        if one.wanted:
            said.append(f"应为 {one.wanted}")
        return tuple(dict.fromkeys(said))

    def told(self, one: Verdict) -> tuple[str, ...]:
        """What the run says there."""
        said = [f"实为 {one.told}"] if one.told else []
        for finding in self._findings:
            named = finding["id"] == one.key or (
                finding.get("admission_id") == one.unit
                and (finding["violation"] == one.violation or finding["check"] in one.about.split(","))
            )
            if named:
                said.append(f"{finding['check']} {finding['certainty']}：{finding['message']}")
                said += [f"　{_where(evidence)}" for evidence in finding["evidence"][:6]]
        # a set of sentences or questions has no findings: there is nothing to say of their absence
        return tuple(dict.fromkeys(said)) or (("没有相应的疑点",) if self._reviewed else ())


def _where(evidence: Mapping[str, Any]) -> str:
    side = "支持" if evidence["says"] == "for" else "不支持"
    quote = json.dumps(str(evidence["quote"] or "")[:160], ensure_ascii=False)
    return f"{side} {evidence['source']} {evidence.get('at') or ''} {quote}".replace("  ", " ")
