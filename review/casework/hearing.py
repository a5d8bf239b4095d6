"""陈述申辩: what the institution says of confirmed findings, and what becomes of them once it has been heard.

The call stays as it was made; the outcome is read over it. A statement never makes it worse for the institution
(行政处罚法第四十五条): an outcome upholds, lowers the yuan, or withdraws.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from review.casework.counting import CENT, amount_of
from review.casework.results import Line
from review.store.entries import OUTCOMES, Decision, Reconsideration, Statement, StatementFile
from review.store.hearings import Hearings

REDUCED, WITHDRAWN = "reduced", "withdrawn"
UNANSWERED, WAITING, ACCEPTED = "未答复", "待复核", "无异议"
LONGEST_SAID = 4000


@dataclass(frozen=True)
class Heard:
    """All that was said of one finding, oldest first, and what became of it last."""

    statements: tuple[Statement, ...] = ()
    files: tuple[StatementFile, ...] = ()
    outcomes: tuple[Reconsideration, ...] = ()

    @property
    def outcome(self) -> Reconsideration | None:
        return self.outcomes[-1] if self.outcomes else None

    @property
    def state(self) -> str:
        """未答复, 无异议, 待复核, or what became of it; what is said anew waits anew."""
        newest = self.statements[-1] if self.statements else None
        if newest is None:
            return UNANSWERED
        if self.outcome and self.outcome.statement == newest.key:
            return OUTCOMES[self.outcome.outcome]
        if newest.stance == "accept":
            return OUTCOMES[self.outcome.outcome] if self.outcome else ACCEPTED
        return WAITING


def heard_in(hearings: Hearings, inspection: str) -> dict[str, Heard]:
    """By finding, what was said and what became of it."""
    found: dict[str, tuple[list[Statement], list[StatementFile], list[Reconsideration]]] = {}
    for said in hearings.statements(inspection):
        found.setdefault(said.finding, ([], [], []))[0].append(said)
    for file in hearings.files(inspection):
        found.setdefault(file.finding, ([], [], []))[1].append(file)
    for made in hearings.outcomes(inspection):
        found.setdefault(made.finding, ([], [], []))[2].append(made)
    return {finding: Heard(tuple(a), tuple(b), tuple(c)) for finding, (a, b, c) in found.items()}


def after_hearing(calls: Mapping[str, Decision], heard: Mapping[str, Heard]) -> dict[str, Decision]:
    """The calls as they hold once the institution was heard; an outcome holds for the call it was made on only."""
    return {finding: _after(call, heard.get(finding)) for finding, call in calls.items()}


def _after(call: Decision, heard: Heard | None) -> Decision:
    outcome = heard.outcome if heard else None
    if outcome is None or outcome.decision != call.seq or call.verdict != "confirm":
        return call
    if outcome.outcome == WITHDRAWN:
        return replace(call, verdict="reject")
    return replace(call, amount=outcome.amount) if outcome.outcome == REDUCED else call


def yuan_given(given: str) -> Decimal | None:
    """Yuan as somebody wrote them, in cents; null where nothing stands. Raises ValueError where it is no sum."""
    plain = given.strip().replace(",", "").replace("，", "").removesuffix("元").strip()
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation as problem:
        raise ValueError("金额须是数字") from problem
    if not amount.is_finite() or amount < 0 or amount != amount.quantize(CENT):
        raise ValueError("金额须是不小于零、至多两位小数的数字")
    return amount.quantize(CENT)


def reduced_to(line: Line, call: Decision, given: str) -> str:
    """The lowered yuan of a finding as decimal text. Raises ValueError where they are not lower."""
    held, amount = amount_of(line, call), yuan_given(given)
    if held is None:
        raise ValueError("这一项没有金额，不能核减")
    if amount is None or amount >= held:
        raise ValueError(f"核减后的金额须小于现在的 {held:,.2f} 元")
    return str(amount)
