"""What the last hours of a stay show of a state that would bring a patient in: readings, and results not repeated.

Values and their meaning are those of the severity criteria; whether they contradict the record, the check decides.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from review.checks.header import Limits
from review.checks.inputs import Record
from review.record import Lab, Vital

SIGNS = (  # column, shown, limit, and whether above it is ill
    ("temperature", "体温", "fever", True),
    ("systolic", "收缩压", "systolic_low", False),
    ("oxygen_saturation", "血氧饱和度", "saturation_low", False),
    ("pulse", "脉搏", "pulse_high", True),
    ("respiration", "呼吸", "breaths_high", True),
)
SALTS = (
    ("血钾", re.compile(r"(?:血清?)?钾|K\+?(?![A-Za-z])"), "potassium_low", "potassium_high"),
    ("血钠", re.compile(r"(?:血清?)?钠|Na\+?(?![A-Za-z])"), "sodium_low", "sodium_high"),
)
NOT_BLOOD = re.compile(r"尿|腹水|胸水|脑脊液|引流|透析液|质控|血气")


def alarming_signs(record: Record, limits: Limits) -> Iterator[tuple[str, Sequence[Vital]]]:
    """Each sign of which the last hours have two readings or more, every one of them alarming."""
    ends = record.admission.ends_at
    since = ends - timedelta(hours=limits["hours_before"])
    last = [vital for vital in record.vitals if vital.measured_at and since <= vital.measured_at <= ends]
    for name, shown, bound, above in SIGNS:
        measured = [vital for vital in last if getattr(vital, name) is not None]
        ill = [vital for vital in measured if _beyond(float(getattr(vital, name)), limits[bound], above)]
        if len(ill) >= 2 and len(ill) == len(measured):
            values = "、".join(f"{float(getattr(vital, name)):g}" for vital in ill[:3])
            yield f"离院前 {limits['hours_before']} 小时内{shown}均为 {values}", ill[:3]


def _beyond(value: float, bound: float, above: bool) -> bool:
    return value >= bound if above else value < bound


def alarming_results(record: Record, limits: Limits) -> Iterator[tuple[str, Lab]]:
    """The last potassium or sodium of the stay, taken shortly before its end, that would bring a patient in."""
    ends = record.admission.ends_at
    since = ends - timedelta(hours=limits["hours_of_results"])
    for shown, pattern, low, high in SALTS:
        taken = [
            lab
            for lab in record.labs
            if lab.value is not None and lab.sampled_at and lab.sampled_at <= ends and _of_blood(lab, pattern)
        ]
        last = max(taken, key=lambda lab: (lab.sampled_at or ends, lab.fact_id), default=None)
        if last is None or last.value is None or last.sampled_at is None or last.sampled_at < since:
            continue
        value = float(last.value)
        if value < limits[low] or value > limits[high]:
            at = f"{last.sampled_at:%m-%d %H:%M}"
            yield f"离院前末次{shown}为 {value:g} mmol/L（{at}），未见复查", last


def _of_blood(lab: Lab, pattern: re.Pattern[str]) -> bool:
    told = f"{lab.specimen or ''}{lab.panel or ''}{lab.analyte or ''}"
    return bool(pattern.match(lab.analyte or "")) and not NOT_BLOOD.search(told)
