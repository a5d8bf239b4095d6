"""What tells, beside drugs, doctor and bed, that a second stay goes on where the first stopped.

By themselves these prove nothing: they count only beside a sign of the treatment itself.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from review.checks.inputs import Inspection, Record
from review.record import Stay

SHINGLE = 8
HEAD_LINES = 3
HOUR = 1.0
NEAR = Decimal("0.05")
WARD_RETURNS = """
select a.department, extract(year from a.begins_at) as year, extract(quarter from a.begins_at) as quarter,
       count(distinct a.person_id) as persons
from person_stays s
join admissions a on a.admission_id = s.admission_id
join admissions b on b.admission_id = s.previous_admission_id
where s.gap_hours >= 0 and s.gap_hours <= $hours and a.department is not null
    and substr(upper(a.main_diagnosis_code), 1, 3) = substr(upper(b.main_diagnosis_code), 1, 3)
    and not regexp_matches(upper(a.main_diagnosis_code), '^(O|P|F|Z38|Z51|C|N18)')
    and coalesce(b.discharge_way, '1') not in ('2', '4') and coalesce(a.admission_way, '2') <> '3'
group by a.department, extract(year from a.begins_at), extract(quarter from a.begins_at)
"""


def same_day(stay: Stay) -> str | None:
    """Whether the person came back the day he left, so that his bed had no free night; the same hour is said too."""
    if stay.previous_ends_at is None or stay.gap_hours is None:
        return None
    if stay.begins_at.date() != stay.previous_ends_at.date():
        return None
    return (
        "出院后一小时内即再入院，中间没有空床夜" if stay.gap_hours <= HOUR else "当日再入院，中间没有空床夜"
    )


def near_the_limit(record: Record, previous: Record) -> str | None:
    """Whether the first stay ended within a twentieth of the region's limit of days or payment standard."""
    policy = {row["policy_key"]: str(row["value"]) for row in record.rows("region_policy")}
    days, money = _figure(policy, "stay_day_limit"), _figure(policy, "stay_payment_standard")
    if days and abs(previous.admission.bed_days - days) <= days * NEAR:
        return f"上次住院 {previous.admission.bed_days} 天，接近当地限定的 {days:g} 天"
    total = previous.admission.total_amount
    if money and total is not None and abs(total - money) <= money * NEAR:
        return f"上次住院费用 {total:.2f} 元，接近付费标准 {money:g} 元"
    return None


def _figure(policy: Mapping[str, str], key: str) -> Decimal | None:
    value = policy.get(key, "")
    return Decimal(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None


def others_of_the_ward(record: Record, hours: int, least: int) -> str | None:
    """How many persons came back to this ward alike in the quarter, where they are many."""
    admission = record.admission
    quarter = (admission.department, admission.begins_at.year, (admission.begins_at.month + 2) // 3)
    persons = _returns(record.inspection, hours).get(quarter, 0)
    return f"该科当季另有同类短期再入院，共 {persons} 人" if persons >= least else None


@lru_cache(maxsize=2)  # asked once for every return of one inspection
def _returns(inspection: Inspection, hours: int) -> Mapping[tuple[str | None, int, int], int]:
    return {
        (row["department"], int(row["year"]), int(row["quarter"])): int(row["persons"])
        for row in inspection.warehouse.rows(WARD_RETURNS, {"hours": hours})
    }


def shared_text(record: Record, previous: Record) -> float | None:
    """The share of the shorter text that the first discharge record and the second admission record have in common."""
    left = previous.of_kind("出院记录", "出院小结")
    entered = record.of_kind("入院记录", "再次入院记录", "再次或多次入院记录")
    if not left or not entered:
        return None
    one, other = _pieces(left[-1].text), _pieces(entered[0].text)
    fewest = min(len(one), len(other))
    return len(one & other) / fewest if fewest else None


def _pieces(text: str) -> frozenset[str]:
    """Runs of eight characters below the heading lines, without blanks, marks and figures of dates."""
    body = "".join(text.split("\n")[HEAD_LINES:])
    bare = re.sub(r"[\s，。；：、,.;:()（）【】\[\]]|\d{4}-\d\d-\d\d|\d\d:\d\d", "", body)
    return frozenset(bare[at : at + SHINGLE] for at in range(max(0, len(bare) - SHINGLE + 1)))
