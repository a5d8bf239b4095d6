"""What a review says: findings with their evidence and basis, outcomes of checks, faults of the input.

Frozen data only; how a finding comes about is the business of `review.checks`.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from review.violations import Certainty, Family


class Outcome(StrEnum):
    """What became of one check on one admission. Silence is not an outcome."""

    FOUND = "found"
    CLEAR = "clear"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"
    FAILED = "failed"


@dataclass(frozen=True)
class Evidence:
    """One quote and where it stands. A table row names its identifier in `row`; positions are then null.

    `page` counts from 1 in PDF and image files and is null elsewhere; `start` and `end` count characters
    in the normalised text of that page, or of the whole file where there are no pages.
    """

    kind: str  # table | document
    source: str
    quote: str
    says: str = "for"  # for | against
    page: int | None = None
    start: int | None = None
    end: int | None = None
    row: str | None = None
    label: str | None = None  # document title or column the quote stands in
    at: str | None = None  # ISO time the quoted fact happened or was written
    confidence: float | None = None  # of the OCR line; null for a text layer


@dataclass(frozen=True)
class Basis:
    """A clause, and the span in which it is in force."""

    document: str
    passage: str
    in_force_from: date | None = None
    in_force_to: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class AmountOption:
    """Another sum the expert may choose for the same finding."""

    label: str
    amount: Decimal
    fund_amount: Decimal | None = None


@dataclass(frozen=True)
class Finding:
    """One suspicion, ready for an expert; field meanings are those of the output contract."""

    id: str
    admission_id: str
    check: str
    family: Family
    violation: str
    certainty: Certainty
    title: str
    message: str
    charge_ids: tuple[str, ...] = ()
    amount: Decimal | None = None
    fund_amount: Decimal | None = None
    charge_amounts: tuple[
        Decimal, ...
    ] = ()  # what the amount takes of each line, where it is not the whole line
    evidence: tuple[Evidence, ...] = ()
    basis: tuple[Basis, ...] = ()
    amount_options: tuple[AmountOption, ...] = ()
    counted_in: str | None = None
    counted_amount: Decimal | None = None
    related_admissions: tuple[str, ...] = ()
    overturned_by: tuple[str, ...] = ()
    lowered_by: tuple[str, ...] = ()
    origin: str = "rule"
    admissions: tuple[str, ...] = ()  # only on patterns of a ward or hospital


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check on one admission, with the reason an expert can read."""

    admission_id: str
    check: str
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True)
class Fault:
    """Something that could not be read: where, what is wrong, and what to do about it."""

    file: str
    place: str
    problem: str
    remedy: str
    admission_id: str | None = None


@dataclass(frozen=True)
class Problem:
    """What a Python check yields: message fields and evidence; the engine stamps the rest."""

    fields: dict[str, object] = field(default_factory=dict)
    message: str | None = None
    charge_ids: tuple[str, ...] = ()
    amount: Decimal | None = None
    fund_amount: Decimal | None = None
    charge_amounts: tuple[Decimal, ...] = ()  # aligned with charge_ids; empty: whole lines, or in proportion
    evidence: tuple[Evidence, ...] = ()
    fact_ids: tuple[str, ...] = ()
    against_fact_ids: tuple[str, ...] = ()
    certainty: Certainty | None = None
    lowered_by: tuple[str, ...] = ()
    violation: str | None = None
    amount_options: tuple[AmountOption, ...] = ()
    related_admissions: tuple[str, ...] = ()
    admission_id: str | None = None  # needed where the check's scope is wider than one admission
    admissions: tuple[str, ...] = ()  # a pattern of a ward or hospital instead of one stay
    marks_stays: bool = False  # the outcome of the pattern's stays is found
    points_at: tuple[str, ...] = ()  # what tells this finding from others of the check, for a stable id
    row_id: str | None = None
    basis: tuple[str, ...] = ()  # the clause of this very rule, where the check's header stands for several


@dataclass(frozen=True)
class Skipped:
    """What a check of wider scope yields for a stay it could not speak about."""

    admission_id: str
    outcome: Outcome  # not_applicable | not_checked
    reason: str
