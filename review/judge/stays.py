"""One stay as the questions see it: its record, what the rules said of it, and the headers of those rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from review.checks.header import Header
from review.checks.records import Record
from review.models import CheckResult, Finding, Outcome


@dataclass(frozen=True)
class Stay:
    """What a question may look at; `results` are the outcomes of the checks on this stay, by code."""

    record: Record
    findings: tuple[Finding, ...] = ()
    results: Mapping[str, CheckResult] = field(default_factory=dict)
    headers: Mapping[str, Header] = field(default_factory=dict)
    budget: int = 6000  # tokens of a record that one request may hold

    @property
    def admission_id(self) -> str:
        return self.record.admission.admission_id

    def found_by(self, *codes: str) -> tuple[Finding, ...]:
        """The rule findings of these checks, or of those whose code starts so."""
        return tuple(one for one in self.findings if one.check.startswith(codes) and one.origin == "rule")

    def outcome_of(self, code: str) -> Outcome | None:
        result = self.results.get(code)
        return result.outcome if result else None

    @property
    def related(self) -> tuple[Record, ...]:
        """The stays of the inspection that findings name beside this one; a request may show words of theirs."""
        named = dict.fromkeys(name for one in self.findings for name in one.related_admissions)
        return tuple(found for name in named if (found := self.other(name)) is not None)

    def other(self, admission_id: str) -> Record | None:
        """The record of another stay of the inspection, as a finding names it."""
        return self.record.inspection.records.get(admission_id)
