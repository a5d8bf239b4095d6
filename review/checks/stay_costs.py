"""What a stay cost beside the hospital's other stays of the same main diagnosis."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from review.checks.inputs import Inspection, Record

MEDIANS = """
select coalesce(hospital_code, '') as hospital, main_diagnosis_code as code,
    median(total_amount) as middle, count(*) as stays
from admissions
where total_amount > 0 and main_diagnosis_code is not null
group by coalesce(hospital_code, ''), main_diagnosis_code
"""
CUT_SHORT = frozenset({"2", "4", "5"})  # sent on, left against advice, died


@dataclass(frozen=True)
class Beside:
    """The stay's total as a share of the median of its like, and how many others there are."""

    share: float
    others: int

    @property
    def says(self) -> str:
        return f"总费用为本院同主诊断 {self.others} 例中位数的 {self.share:.0%}"


def low_cost(record: Record, least_others: int, below: float) -> Beside | None:
    """The comparison where enough others are known and this stay cost less than that part of their median."""
    stay = record.admission
    if stay.total_amount is None or stay.total_amount <= 0 or not stay.main_diagnosis_code:
        return None
    middle, stays = _medians(record.inspection)[stay.hospital_code or "", stay.main_diagnosis_code]
    share = float(stay.total_amount) / middle
    return Beside(share, stays - 1) if stays > least_others and share < below else None


@lru_cache(maxsize=2)  # asked for every stay of one inspection
def _medians(inspection: Inspection) -> Mapping[tuple[str, str], tuple[float, int]]:
    rows = inspection.warehouse.rows(MEDIANS)
    return {(row["hospital"], row["code"]): (float(row["middle"]), int(row["stays"])) for row in rows}


def went_its_course(record: Record, least_days: int) -> bool:
    """Whether recovery ended the stay, not death, transfer, the patient's wish or the settlement of a year."""
    stay = record.admission
    turned = (stay.ends_at.month, stay.ends_at.day) == (12, 31)
    turned = turned or (stay.begins_at.month, stay.begins_at.day) == (1, 1)
    cut = stay.died_at is not None or stay.discharge_way in CUT_SHORT
    return stay.bed_days >= least_days and not turned and not cut
