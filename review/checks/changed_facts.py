"""Whether an entry of the audit trail changed a record against another source: laboratory, operation, picture, chart.

Only what another table still holds, or what no reading or order of the stay bears out, goes against it.
"""

import re

from review.checks.inputs import Record
from review.facts.context import NEGATION, clause_around
from review.record import Edit, Vital

NUMBER = re.compile(r"\d+(?:\.\d+)?")
GRAVE = re.compile(r"危重|病危|休克|昏迷|呼吸困难|呼吸衰竭|(?:不能|无法|难以)平卧|端坐")
GRAVE_ORDER = re.compile(r"病[危重]|特级护理|心电监[护测]|吸氧|无创|呼吸机|抢救")
AFTER_SIDE = re.compile(r"侧?([上下前后中内外]?[\u4e00-\u9fff])")
SIDE = {"左": "右", "右": "左"}
CHARTED = (  # of the chart: a reading, how a note writes it, and how far a note may lie outside all of them
    ("temperature", re.compile(r"(?:体温|T)[:： ]?(\d{2}(?:\.\d)?)(?:℃|°C)"), 0.8),
    ("systolic", re.compile(r"(?:收缩压|SBP|血压|BP)[:： ]?(\d{2,3})(?:/\d{2,3})?mmHg", re.IGNORECASE), 20.0),
)
OF_BEFORE = re.compile(r"既往|病史|最高|外院|门诊|急诊|院前|入院前|发病|自测|家测|年前|月前|天前")
LEAST_CHARTED = 6  # readings
CLOUDED = re.compile(r"嗜睡|模糊|昏|谵妄|烦躁|淡漠")


def ends_alike(before: str, after: str) -> tuple[int, int]:
    """How many characters both have at their beginning, and how many at their end."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end


def contradicted(record: Record, edit: Edit) -> bool:
    """Whether what was taken away is what another table still holds, and what came instead is in none."""
    return (
        _value_contradicted(record, edit)
        or _side_contradicted(record, edit)
        or _chart_contradicted(record, edit)
        or _state_contradicted(record, edit)
    )


def _state_contradicted(record: Record, edit: Edit) -> bool:
    """Whether a grave state came in of which neither the chart nor any order of the stay knows."""
    before, after = edit.before or "", edit.after or ""
    came = [
        match
        for match in GRAVE.finditer(after)
        if match[0] not in before and not NEGATION.search(after[: match.start()])
    ]
    if not came or any(
        OF_BEFORE.search(after[slice(*clause_around(after, *match.span()))]) for match in came
    ):
        return False
    read = [vital for vital in record.vitals if vital.respiration or vital.oxygen_saturation]
    ordered = any(GRAVE_ORDER.search(order.order_name or "") for order in record.orders)
    return len(read) >= LEAST_CHARTED and not ordered and all(map(_calm, record.vitals))


def _calm(vital: Vital) -> bool:
    return (
        (vital.systolic is None or vital.systolic >= 90)
        and (vital.pulse is None or vital.pulse <= 120)
        and (vital.respiration is None or vital.respiration <= 24)
        and (vital.oxygen_saturation is None or vital.oxygen_saturation >= 93)
        and not CLOUDED.search(vital.consciousness or "")
    )


def _chart_contradicted(record: Record, edit: Edit) -> bool:
    """Whether a temperature or pressure came in that lies far outside all that the chart of the stay ever had."""
    for name, pattern, beyond in CHARTED:
        held = [float(value) for vital in record.vitals if (value := getattr(vital, name)) is not None]
        before = set(pattern.findall(edit.before or ""))
        after = edit.after or ""
        came = [
            float(match[1])
            for match in pattern.finditer(after)
            if match[1] not in before
            and not OF_BEFORE.search(after[slice(*clause_around(after, *match.span()))])
        ]
        if len(held) >= LEAST_CHARTED and any(
            not min(held) - beyond <= v <= max(held) + beyond for v in came
        ):
            return True
    return False


def _side_contradicted(record: Record, edit: Edit) -> bool:
    start, end = ends_alike(edit.before or "", edit.after or "")
    gone = (edit.before or "")[start : len(edit.before or "") - end]
    new = (edit.after or "")[start : len(edit.after or "") - end]
    if SIDE.get(gone) != new:
        return False
    named = "".join(row.operation_name or "" for row in record.operations)
    if gone in named and new not in named:
        return True
    site = AFTER_SIDE.match((edit.after or "")[start + 1 :])
    if site is None:
        return False
    told = [
        f"{exam.body_part or ''}。{exam.findings or ''}。{exam.conclusion or ''}" for exam in record.exams
    ]
    told += [named, *(one.diagnosis_name for one in record.diagnoses)]
    held, other = (re.compile(f"{side}侧?{re.escape(site[1])}") for side in (gone, new))
    return any(map(held.search, told)) and not any(map(other.search, told))


def _value_contradicted(record: Record, edit: Edit) -> bool:
    held = {f"{float(lab.value):g}" for lab in record.labs if lab.value is not None}
    for vital in record.vitals:
        held |= {
            f"{float(v):g}" for v in (vital.temperature, vital.pulse, vital.systolic, vital.diastolic) if v
        }
    for lab in record.labs:
        name = re.sub(r"[（(].*|计数$|测定$", "", lab.analyte or "")
        if len(name) >= 2 and name in (edit.before or "") and name in (edit.after or ""):
            own = {
                f"{float(one.value):g}"
                for one in record.labs
                if one.analyte == lab.analyte and one.value is not None
            }
            gone, new = (_values_behind(name, text or "") for text in (edit.before, edit.after))
            if gone != new and gone & own and new and not new & own:
                return True
    before = {f"{float(n):g}" for n in NUMBER.findall(edit.before or "")}
    after = {f"{float(n):g}" for n in NUMBER.findall(edit.after or "")}
    gone, new = before - after, after - before
    return bool(gone & held) and bool(new) and not new & held


def _values_behind(name: str, text: str) -> set[str]:
    """The numbers that follow a name."""
    found = re.findall(rf"{re.escape(name)}(?:计数|测定)?[^\d，。；]{{0,6}}(\d+(?:\.\d+)?)", text)
    return {f"{float(number):g}" for number in found}
