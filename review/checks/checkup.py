"""Whether a stay was spent on examinations: their share in what was done, their spread, the lack of treatment."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from review.checks.header import Limits
from review.checks.inputs import Record
from review.facts.cited_results import modality_of, part_of

HOTEL = frozenset({"01", "02", "07"})
TESTS = frozenset({"03", "04"})
OPERATION = "06"
IMAGING = frozenset({"CT", "磁共振", "超声", "内镜", "心电图", "动态心电图", "X线"})
INVASIVE = re.compile(
    r"活检|穿刺|冠.{0,4}造影|血管造影|逆行胰胆管|ERCP|电生理|介入|内镜下.{0,8}(?:治疗|切除|止血|剥离|扩张)|右心导管|视频脑电"
)


@dataclass(frozen=True)
class CheckUp:
    """The figures behind the reading; `looks_like_one` is false where any of them does not hold."""

    test_share: float
    drug_share: float
    systems: int
    analytes: int
    early_share: float
    looks_like_one: bool

    @property
    def says(self) -> str:
        return (
            f"检查检验费占诊疗费用 {self.test_share:.0%}、药品占 {self.drug_share:.0%}，涉及 {self.systems} 类检查、"
            f"{self.analytes} 项化验，无手术操作"
        )


def check_up(record: Record, limits: Limits) -> CheckUp:
    """The shares are of net charges without bed, nursing and consultation."""
    done = [charge for charge in record.charges if charge.charge_type not in HOTEL]
    total = sum((charge.amount for charge in record.charges), Decimal(0))
    base = sum((charge.amount for charge in done), Decimal(0))
    tests = [charge for charge in done if charge.charge_type in TESTS]
    drugs = sum((charge.amount for charge in done if charge.kind in {"drug", "herb"}), Decimal(0))
    ends = record.admission.begins_at + timedelta(hours=limits["early_hours"])
    early = [charge for charge in tests if charge.charged_at and charge.charged_at <= ends]
    systems = {
        (modality, part_of(f"{exam.body_part or ''}{exam.exam_name or ''}"))
        for exam in record.exams
        if (modality := modality_of(exam.exam_name or "")) in IMAGING
    }
    analytes = {lab.analyte for lab in record.labs}
    test_share = float(sum((charge.amount for charge in tests), Decimal(0)) / base) if base else 0.0
    drug_share = float(drugs / total) if total else 0.0
    early_share = len(early) / len(tests) if tests else 0.0
    spread = len(systems) >= limits["systems"] or len(analytes) >= limits["analytes"]
    invasive = any(INVASIVE.search(exam.exam_name or "") for exam in record.exams)
    operated = bool(record.operations) or any(charge.charge_type == OPERATION for charge in done)
    return CheckUp(
        test_share,
        drug_share,
        len(systems),
        len(analytes),
        early_share,
        test_share >= limits["test_share"]
        and drug_share <= limits["drug_share"]
        and spread
        and early_share >= limits["early_share"]
        and not operated
        and not invasive,
    )
