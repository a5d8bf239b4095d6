"""Where an inspection stands in figures: every finding as one mark, each yuan once, and what the marks add up to.

A mark is sent only where the queue would send its finding, so that a figure and the cases behind it are the same.
What a person judged unfounded adds no yuan; what it would have cost is told apart.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import floor, log10

from review.agreement import Interval
from review.casework.counting import amount_of, counted, line_amounts
from review.casework.pairing import Pairing, visible
from review.casework.results import Line, Results
from review.opaque_keys import OpaqueKeys
from review.proportions import wilson
from review.store.entries import Decision
from review.violations import VIOLATIONS

ZERO = Decimal("0.00")
OPEN, CONFIRM, ASK, REJECT = "", "confirm", "ask", "reject"
VERDICTS = (CONFIRM, ASK, OPEN, REJECT)  # as a bar has them, from zero
FEWEST_STAYS = 10  # of a doctor, below which a figure says more of chance than of him
FEWEST_CALLS = 5  # of a check, below which its share is shown but not leant on
DOTS = 200  # amounts up to which each is a dot of its own
A_DECADE = 10  # bins of a histogram
MONTHS = 24


@dataclass(frozen=True)
class Mark:
    """One finding. `amount` is its own yuan, null where it carries none; `once` what no other carries of them."""

    finding: str
    admission: str
    check: str
    title: str
    family: str
    violation: str
    verdict: str
    amount: Decimal | None
    once: Decimal


@dataclass
class Group:
    """What findings of one kind add up to: by verdict how many and their yuan, each once."""

    key: str
    name: str
    stays: int = 0
    suspects: set[str] = field(default_factory=set)  # stays with a finding
    findings: Counter[str] = field(default_factory=Counter)
    yuan: dict[str, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.findings.values())

    @property
    def amount(self) -> Decimal:
        """Yuan still suspected or confirmed."""
        return sum((self.yuan.get(verdict, ZERO) for verdict in (CONFIRM, ASK, OPEN)), ZERO)

    def add(self, mark: Mark) -> None:
        self.suspects.add(mark.admission)
        self.findings[mark.verdict] += 1
        yuan = (mark.amount or ZERO) if mark.verdict == REJECT else mark.once
        self.yuan[mark.verdict] = self.yuan.get(mark.verdict, ZERO) + yuan


@dataclass(frozen=True)
class Bin:
    """Amounts from `low` to below `high` yuan."""

    low: Decimal
    high: Decimal
    findings: Mapping[str, int]


def marks_of(
    results: Results, pairing: Pairing, standing: Mapping[str, Decision], by_price: Collection[str]
) -> tuple[Mark, ...]:
    """The findings of the last review with what holds of them as far as a person may know it.

    `by_price` names the checks of a part of a price."""
    sent: list[Line] = []
    for admission in results.admissions:
        shown, _ = visible(results, admission, standing, hides=pairing.rules.hides_model)
        sent += [line for line in shown if not line.get("gone")]
    suspects = [line for line in sent if _verdict(line, standing) != REJECT]
    once = counted(suspects, standing, paid(results), by_price)
    return tuple(
        Mark(
            finding=line["id"],
            admission=line["admission_id"],
            check=line["check"],
            title=line["title"],
            family=line["family"],
            violation=line["violation"],
            verdict=_verdict(line, standing),
            amount=amount_of(line, standing.get(line["id"])),
            once=once.get(line["id"], (None, None))[0] or ZERO,
        )
        for line in sent
    )


def paid(results: Results) -> Mapping[tuple[str, str], Decimal]:
    """The net yuan of every charge line."""
    return results.kept(("line amounts",), lambda: line_amounts(results), lambda made: 40 * len(made))


def by_violation(marks: Iterable[Mark]) -> list[Group]:
    return _sorted(_grouped(marks, lambda mark: (mark.violation, VIOLATIONS[mark.violation].name)))


def by_stay(
    marks: Iterable[Mark], results: Results, place: Callable[[Line], tuple[str, str]]
) -> dict[str, Group]:
    """Groups of admissions, those without a finding too; `place` gives an admission's key and name."""
    groups: dict[str, Group] = {}
    where = {}
    for admission, row in results.admissions.items():
        key, name = place(row)
        groups.setdefault(key, Group(key, name)).stays += 1
        where[admission] = key
    for mark in marks:
        groups[where[mark.admission]].add(mark)
    return groups


def by_department(marks: Iterable[Mark], results: Results, named_by: OpaqueKeys) -> list[Group]:
    def place(row: Line) -> tuple[str, str]:
        name = row["discharge_department"] or row["department"] or ""
        return named_by.of("department", name), name or "（未写）"

    return _sorted(by_stay(marks, results, place).values())


def by_doctor(marks: Iterable[Mark], results: Results, named_by: OpaqueKeys) -> list[Group]:
    """Doctors with enough stays for a figure to mean something."""

    def place(row: Line) -> tuple[str, str]:
        name = row["doctor"] or ""
        return named_by.of("doctor", name), name or "（未写）"

    groups = by_stay(marks, results, place).values()
    return _sorted(group for group in groups if group.stays >= FEWEST_STAYS)


def by_month(marks: Iterable[Mark], results: Results) -> list[Group]:
    """Every month from the first admission to the last, the empty ones too; at most the last two years of them."""

    def place(row: Line) -> tuple[str, str]:
        key = f"{row['begins_at']:%Y-%m}" if row["begins_at"] else ""
        return key, key or "（未写）"

    groups = by_stay(marks, results, place)
    known = sorted(key for key in groups if key)
    if not known:
        return list(groups.values())
    year, month = map(int, known[0].split("-"))
    months = []
    while (key := f"{year:04}-{month:02}") <= known[-1]:
        months.append(groups.get(key, Group(key, key)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months[-MONTHS:]


def by_check(marks: Iterable[Mark]) -> list[tuple[Group, Interval | None]]:
    """Each check with the share of its findings that were confirmed, of those confirmed or judged unfounded."""
    groups = _grouped(marks, lambda mark: (mark.check, mark.title))
    found = [(group, wilson(group.findings[CONFIRM], decided_of(group))) for group in groups]
    return sorted(found, key=lambda one: (-(one[1].low if one[1] else -1.0), one[0].key))


def decided_of(group: Group) -> int:
    """Findings that were confirmed or judged unfounded."""
    return group.findings[CONFIRM] + group.findings[REJECT]


def amounts_of(marks: Iterable[Mark]) -> list[Mark]:
    """The findings that carry yuan, the dearest first."""
    found = [mark for mark in marks if mark.amount]
    return sorted(found, key=lambda mark: (-(mark.amount or ZERO), mark.finding))


def bins_of(marks: Sequence[Mark]) -> list[Bin]:
    """Amounts in ten bins a decade, from the first that holds one to the last; bounds are whole cents."""
    amounts = [(mark.amount, mark.verdict) for mark in marks if mark.amount]
    if not amounts:
        return []
    least, most = min(amounts)[0], max(amounts)[0]
    first, last = floor(A_DECADE * log10(least)) - 1, floor(A_DECADE * log10(most)) + 2
    bounds = sorted({Decimal(10 ** (step / A_DECADE)).quantize(ZERO) for step in range(first, last + 1)})
    tally: dict[int, Counter[str]] = {}
    for amount, verdict in amounts:
        tally.setdefault(bisect_right(bounds, amount) - 1, Counter())[verdict] += 1
    return [
        Bin(bounds[at], bounds[at + 1], dict(tally.get(at, {}))) for at in range(min(tally), max(tally) + 1)
    ]


def _verdict(line: Line, standing: Mapping[str, Decision]) -> str:
    decision = standing.get(line["id"])
    return decision.verdict if decision else OPEN


def _grouped(marks: Iterable[Mark], key: Callable[[Mark], tuple[str, str]]) -> list[Group]:
    groups: dict[str, Group] = {}
    for mark in marks:
        code, name = key(mark)
        groups.setdefault(code, Group(code, name)).add(mark)
    return list(groups.values())


def _sorted(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-group.amount, -group.total, -group.stays, group.name))
