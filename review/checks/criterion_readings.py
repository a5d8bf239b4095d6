"""The values of an admission criterion's item: as measured, or reckoned from what was measured, ordered and done."""

import re

from review.checks.admission_window import Reading, Window
from review.checks.inputs import Record

CHRONIC_LUNG = re.compile(r"J4[1-47]|J6[0-7]|J84|I27")
CHRONIC_LUNG_SAID = re.compile(
    r"慢性阻塞性肺|慢阻肺|COPD|肺气肿|肺源性心脏病|肺心病|支气管扩张|尘肺|间质性肺"
)
MONITORED = re.compile(r"心电监[护测]|床旁监护|持续监[护测]|q[12]h|每[12一二]小时")


def readings_of(window: Window, item: str) -> list[Reading]:
    """The values of an item, computed ones included."""
    record = window.record
    special = {
        "operation_within_h": lambda: _operation_hours(record),
        "planned_operation_within_h": lambda: _operation_hours(record),
        "vital_interval_h": lambda: _interval(window),
        "alt_uln": lambda: window.times_upper("alt"),
        "hemoglobin_fall_48h": lambda: _fall(window.values("hemoglobin")),
        "creatinine_ratio_7d": lambda: _ratio(window.values("creatinine")),
        "oxygen_saturation_chronic_lung": lambda: _saturation(window, chronic=True),
        "oxygen_saturation_no_lung_disease": lambda: _saturation(window, chronic=False),
        "age_years": lambda: _known(record.admission.age_years),
        "age_days": lambda: _known(_age_days(record)),
        "months_since_event": lambda: _known(None if window.hours_ill is None else window.hours_ill / 730),
    }
    return special[item]() if item in special else window.values(item)


def _saturation(window: Window, *, chronic: bool) -> list[Reading]:
    """Saturations of a patient with, or without, a chronic disease of the lungs: a lower one is usual with it."""
    codes = [row.diagnosis_code or "" for row in window.record.diagnoses]
    codes.append(window.record.admission.main_diagnosis_code or "")
    ill = any(CHRONIC_LUNG.match(code.upper()) for code in codes)
    if not ill:
        told = window.says(CHRONIC_LUNG_SAID, lasting=True)
        ill = told is not None and not told.denied
    return window.values("oxygen_saturation") if ill is chronic else []


def _known(value: float | None) -> list[Reading]:
    return [] if value is None else [Reading(float(value), "", None)]


def _age_days(record: Record) -> int | None:
    born = record.admission.birth_date
    return (record.admission.begins_at.date() - born).days if born else None


def _operation_hours(record: Record) -> list[Reading]:
    """Hours from admission to each operation; a day without a clock counts from midnight of that day."""
    begins = record.admission.begins_at
    found = []
    for operation in record.operations:
        if operation.begins_at is not None:
            hours = (operation.begins_at - begins).total_seconds() / 3600
        elif operation.operated_on is not None:
            hours = 24.0 * (operation.operated_on - begins.date()).days
        else:
            continue
        found.append(Reading(max(0.0, hours), operation.fact_id, operation.begins_at))
    return found


def _interval(window: Window) -> list[Reading]:
    """Hours between readings, where monitoring was ordered or the chart is that dense."""
    for order in window.orders:
        text = f"{order.order_name or ''}{order.usage or ''}{order.frequency or ''}"
        if MONITORED.search(text):
            return [Reading(1.0, order.fact_id, order.begins_at)]
    times = sorted(
        v.measured_at for v in window.record.vitals if v.measured_at and window.holds(v.measured_at)
    )
    if len(times) < 4:
        return []
    hours = (times[-1] - times[0]).total_seconds() / 3600
    return [Reading(hours / (len(times) - 1), "", None)] if hours >= 12 else []


def _fall(readings: list[Reading]) -> list[Reading]:
    if len(readings) < 2:
        return []
    return [Reading(readings[0].value - min(r.value for r in readings), readings[-1].fact_id, None)]


def _ratio(readings: list[Reading]) -> list[Reading]:
    least = min((r.value for r in readings), default=0.0)
    return [Reading(max(r.value for r in readings) / least, readings[-1].fact_id, None)] if least else []
