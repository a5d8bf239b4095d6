"""CHG-033: a nursing level, an intensive-care or laminar-flow bed charged above the order or the patient's state."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.levels_of_care import BY_ORDER, Levels, charged_level, levels_of, price_of_level
from review.checks.named_rows import rows_named
from review.checks.usual_prices import usual_price
from review.facts.care_levels import NAMES
from review.models import Problem
from review.record import Charge
from review.violations import Certainty

GRAVE = re.compile(r"病重|病危|危重")
SELF_CARING = re.compile(r"生活(?:完全|基本)?(?:能)?自理|自由活动|自行(?:步行|行走|散步)|下床自由")
STEADY = re.compile(r"病情(?:平稳|稳定)|生命体征平稳|无不适|未诉不适|恢复良好")


@check(
    code="CHG-033",
    title="护理等级、监护、床位高于医嘱或病情",
    violation="substituted_charge",
    certainty="probable",
    needs={"tables": ["charges"], "knowledge": ["ward_required"]},
    limits={"steady_days": 3, "after_operation_days": 2},
    limits_said={
        "steady_days": "病情平稳至少几日",
        "after_operation_days": "手术后可用高等级的天数",
    },
    takes="price",
    basis=["医疗保障基金使用监督管理条例#第三十八条（四）", "医疗质量安全核心制度要点#四、分级护理制度"],
    basis_of={"over_standard_charge": ["医疗保障基金使用监督管理条例#第三十八条（三）"]},
    covers={"problems": [178, 179]},
    message="$item 计费 $billed $unit_said，$said；$suspicion。",
    why="护理等级、监护和特殊床位按医嘱和病情收取；收得高于医嘱，须看当日实际护理和病房。",
    exceptions=(
        "当日护理级别改变，取高者",
        "次日补记前一日费用",
        "重症监护床位不足，在其他病区过渡监护",
        "当地按床位所在病区收取护理费",
        "病重、病危或术后两日内",
        "层流病房用于免疫功能低下者",
        "在重症监护病区",
    ),
    overturned_by=("医嘱单", "护理记录单", "转科记录"),
)
def level_above_the_order(record: Record, limits: Limits) -> Iterator[Problem]:
    by_bed = any(
        row["policy_key"] == "nursing_level_basis" and "床位" in str(row["value"])
        for row in record.rows("region_policy")
    )
    nursing = [line for line in record.charges if charged_level(line) and line.subject == "patient"]
    wards = rows_named(record.inspection, "ward_required")
    special = [
        (line, found.row)
        for line in record.charges
        if line.subject == "patient" and (found := wards.row_for(line)) is not None
    ]
    if (by_bed or not nursing) and not special:
        raise NotApplicable("护理费按床位收取" if by_bed and nursing else "没有分级护理、监护和特殊床位费用")
    unsaid: list[str] = []
    problems = list(_nursing(record, nursing, limits, unsaid)) if nursing and not by_bed else []
    for row in {str(row["row_id"]): row for _, row in special}.values():
        lines = [line for line, own in special if own["row_id"] == row["row_id"]]
        problems += _ward(record, lines, row, unsaid)
    if unsaid and not problems:
        raise NotChecked("；".join(dict.fromkeys(unsaid)))
    yield from problems


def _nursing(record: Record, lines: Sequence[Charge], limits: Limits, unsaid: list[str]) -> Iterator[Problem]:
    levels = levels_of(record)
    if levels is None:
        unsaid.append("医嘱和病历均未写护理级别")
        return
    over = [
        line
        for line in lines
        if line.charged_on and (charged_level(line) or 0) > levels.days.get(line.charged_on, 4)
    ]
    taken = list(_beyond(lines, over, levels))
    if taken:
        yield _nursing_problem(record, taken, levels)
    else:
        yield from _steady(record, lines, levels, limits)


def _beyond(lines: Sequence[Charge], over: Sequence[Charge], levels: Levels) -> Iterator[Charge]:
    """What stays too high when a day's charge may have been posted on the next: level by level the days balance."""
    for rank in sorted({charged_level(line) or 0 for line in over}, reverse=True):
        billed = sum((line.quantity for line in lines if (charged_level(line) or 0) >= rank), Decimal(0))
        allowed = sum(1 for ordered in levels.days.values() if ordered >= rank)
        left = billed - allowed
        own = [line for line in over if charged_level(line) == rank]
        for line in sorted(own, key=lambda line: (line.charged_on or date.min, line.charge_id), reverse=True):
            if left > 0:
                yield line
                left -= line.quantity


def _nursing_problem(record: Record, taken: Sequence[Charge], levels: Levels) -> Problem:
    ordered = {levels.days[line.charged_on] for line in taken if line.charged_on}
    parts = [_difference(record, line, levels) for line in taken]
    known = [part for part in parts if part is not None]
    amount = sum(known, Decimal(0)) if len(known) == len(parts) else None
    lines = sorted(zip(taken, parts, strict=True), key=lambda pair: pair[0].charge_id)
    weak = levels.source != BY_ORDER
    days = "、".join(f"{line.charged_on:%m-%d}" for line in reversed(taken) if line.charged_on)
    return Problem(
        fields={
            "item": "、".join(dict.fromkeys(line.item_name or "" for line in taken)),
            "billed": sum((line.quantity for line in taken), Decimal(0)),
            "unit_said": taken[0].unit or "日",
            "said": f"{days} {levels.source}为{'、'.join(NAMES[rank] for rank in sorted(ordered))}护理",
            "suspicion": "疑似高于医嘱收取"
            + (f"，差价 {amount:.2f} 元" if amount is not None else "，本院未见低一级的价格，差价待核"),
        },
        charge_ids=tuple(line.charge_id for line, _ in lines),
        charge_amounts=tuple(part for _, part in lines if part is not None) if amount is not None else (),
        amount=amount,
        fact_ids=levels.fact_ids,
        certainty=Certainty.CLUE if weak else Certainty.PROBABLE,
        lowered_by=("没有护理级别的医嘱，按病历记载",) if weak else (),
        points_at=("nursing",),
    )


def _difference(record: Record, line: Charge, levels: Levels) -> Decimal | None:
    """The line's price less the usual price of the level that was ordered that day; null where none is known."""
    rank = levels.days[line.charged_on] if line.charged_on else 0
    price = price_of_level(record, rank)
    return None if price is None else max(Decimal(0), line.amount - price * line.quantity)


def _steady(record: Record, lines: Sequence[Charge], levels: Levels, limits: Limits) -> Iterator[Problem]:
    """Ⅰ级 or 特级 for days on which the notes say both that all is steady and that the patient looks after himself."""
    grave = any(GRAVE.search(order.order_name or "") for order in record.orders)
    high = [line for line in lines if (charged_level(line) or 0) >= 3 and line.charged_on]
    operated = [row.operated_on for row in record.operations if row.operated_on]
    after = int(limits["after_operation_days"])
    steady = {
        document.written_at.date(): document
        for document in record.documents
        if document.written_at and SELF_CARING.search(document.text) and STEADY.search(document.text)
    }
    found = [
        line
        for line in high
        if line.charged_on in steady
        and not any(0 <= (line.charged_on - day).days <= after for day in operated if line.charged_on)
    ]
    if grave or any(GRAVE.search(document.text) for document in steady.values()):
        return
    if len({line.charged_on for line in found}) < int(limits["steady_days"]):
        return
    quotes = [steady[line.charged_on] for line in found if line.charged_on]
    evidence = tuple(
        record.quote(document, *match.span(), at=document.written_at)
        for document in dict.fromkeys(quotes)
        if (match := SELF_CARING.search(document.text))
    )
    yield Problem(
        fields={
            "item": "、".join(dict.fromkeys(line.item_name or "" for line in found)),
            "billed": sum((line.quantity for line in found), Decimal(0)),
            "unit_said": found[0].unit or "日",
            "said": "当日病历写病情平稳、生活自理",
            "suspicion": "护理级别与病情不符，供核查",
        },
        charge_ids=tuple(sorted(line.charge_id for line in found)),
        evidence=evidence,
        fact_ids=levels.fact_ids,
        certainty=Certainty.CLUE,
        points_at=("steady",),
    )


def _ward(
    record: Record, lines: Sequence[Charge], row: Mapping[str, Any], unsaid: list[str]
) -> Iterator[Problem]:
    """A bed or watch of a special ward: its ward, its order or its patients must show somewhere."""
    name = lines[0].item_name or ""
    wards = [line.executing_department or line.ordering_department for line in lines]
    texts = [unicodedata.normalize("NFKC", order.order_name or "") for order in record.orders]
    dept, order_regex, diagnosis = (
        re.compile(str(row[key])) if row[key] else None for key in ("dept_regex", "order_regex", "diag_regex")
    )
    diagnoses = [row.diagnosis_name for row in record.diagnoses]
    if _any(dept, [*filter(None, wards), record.admission.department, record.admission.discharge_department]):
        return
    if _any(order_regex, texts) or _any(diagnosis, diagnoses):
        return
    if _any(dept, [document.text for document in record.documents]):
        return
    if _any(order_regex, [document.text for document in record.documents]):
        return
    if not all(wards) and not (record.documents and record.orders):
        unsaid.append(f"缺：{name}的病区、医嘱或病历")
        return
    amount: Decimal | None = sum((line.amount for line in lines), Decimal(0))
    lower = _lower_price(record, row)
    if row["lower_regex"]:
        parts = [max(Decimal(0), line.amount - (lower or 0) * line.quantity) for line in lines]
        amount = None if lower is None else sum(parts, Decimal(0))
    yield Problem(
        fields={
            "item": name,
            "billed": sum((line.quantity for line in lines), Decimal(0)),
            "unit_said": lines[0].unit or "日",
            "said": f"病区、医嘱、诊断和病历均未见{row['name']}的依据",
            "suspicion": "疑似不在相应病房而收取"
            + (f"，涉及 {amount:.2f} 元" if amount is not None else "，差价待核"),
        },
        charge_ids=tuple(sorted(line.charge_id for line in lines)),
        amount=amount,
        violation=str(row["violation"] or "over_standard_charge"),
        row_id=str(row["row_id"]),
        points_at=(str(row["row_id"]),),
    )


def _any(pattern: re.Pattern[str] | None, texts: Iterable[str | None]) -> bool:
    return pattern is not None and any(pattern.search(text) for text in texts if text)


def _lower_price(record: Record, row: Mapping[str, Any]) -> Decimal | None:
    if not row["lower_regex"]:
        return None
    lower = re.compile(str(row["lower_regex"]))
    return usual_price(record.inspection, lambda item: bool(lower.search(item["item_name"] or "")))
