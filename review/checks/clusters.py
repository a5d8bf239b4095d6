"""Counts held against their own hospital's base rate: which of many stand out, and how that is said.

Whatever is looked at across stays passes here, so that every pattern carries its count, what was expected, and a
q-value over all that was tested.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.checks.header import Limits, NotApplicable
from review.checks.inputs import Inspection
from review.checks.tails import adjusted
from review.models import Outcome, Skipped

Row = Mapping[str, Any]
HALF = 0.5  # half an event is added to a base rate, so that what never happened before is still possible


@dataclass(frozen=True)
class Standing:
    """One count, what the hospital's other days or wards let expect, and its chance among all that was tested."""

    row: Row
    n: int
    expected: float
    q: float

    @property
    def says(self) -> str:
        """What was expected and the q-value, as a reader reads them."""
        return f"按本院其余情况预期约 {shown(self.expected)}，q 值 {chance(self.q)}"


def stand_out(
    rows: Sequence[Row], weigh: Callable[[Row], tuple[int, float, float]], most_q: float
) -> list[Standing]:
    """The rows whose q-value is below `most_q`, in the order given.

    `weigh` gives a row's count, the count expected and its chance; `tests` in a row is how many were made."""
    weighed = [weigh(row) for row in rows]
    values = adjusted([p for _, _, p in weighed], max([len(rows), *(int(row["tests"]) for row in rows)]))
    found = (
        Standing(row, n, expected, q) for row, (n, expected, _), q in zip(rows, weighed, values, strict=True)
    )
    return [standing for standing in found if standing.q < most_q]


def small_hospitals(inspection: Inspection, limits: Limits) -> Iterator[Skipped]:
    """The stays of hospitals too small for a comparison; raises NotApplicable where there is no other."""
    counted = inspection.warehouse.rows(
        "select coalesce(hospital_code, '') as hospital, count(*) as stays from admissions"
        " group by coalesce(hospital_code, '')"
    )
    small = [row["hospital"] for row in counted if row["stays"] < limits["least_stays"]]
    reason = f"本院住院不足 {limits['least_stays']} 例，不作群体比较"
    if len(small) == len(counted):
        raise NotApplicable(reason)
    for hospital in small:
        for row in inspection.warehouse.rows(
            "select admission_id from admissions where coalesce(hospital_code, '') = $hospital order by admission_id",
            {"hospital": hospital},
        ):
            yield Skipped(row["admission_id"], Outcome.NOT_APPLICABLE, reason)


def shown(expected: float) -> str:
    """An expected count with as many digits as it deserves."""
    if expected >= 10:
        return f"{expected:.0f}"
    return f"{expected:.1f}" if expected >= 0.1 else f"{expected:.2g}"


def chance(q: float) -> str:
    """A q-value without a row of zeros."""
    return f"{q:.2g}" if q >= 1e-4 else "<0.0001"


def listed(inspection: Inspection, query: str, limits: Limits, row: Row) -> tuple[str, ...]:
    """The admissions behind one counted row."""
    found = inspection.warehouse.rows(query, {**limits, **row})
    return tuple(str(one["admission_id"]) for one in found)
