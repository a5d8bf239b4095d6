"""What stands behind each charged rescue: a record with its times, an event or an abnormal reading of that day."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from review.checks.header import Limits
from review.checks.inputs import Record
from review.checks.named_rows import RowNames
from review.checks.readings import facts_of, once
from review.models import Problem
from review.record import Charge, Document
from review.violations import Certainty

RECORDS = ("抢救记录", "死亡记录", "死亡病例讨论记录")
URGENT = re.compile(r"病危|病重|心肺复苏|除颤|复苏|肾上腺素|多巴胺|气管插管|呼吸机")
CLOCK = re.compile(r"\d{1,2}[:：时]\d{2}")
EVENT = re.compile(
    r"骤停|停止|休克|测不出|昏迷|抽搐|惊厥|窒息|室颤|室速|大出血|呕血|呼吸困难|紫绀|发绀|意识丧失|意识障碍|呼之不应|"
    r"过敏|心衰|肺水肿|濒死|死亡|低氧|下降|危象|血氧|血压\d|心率\d"
)


def rescue_problems(record: Record, rows: RowNames, limits: Limits, unsaid: list[str]) -> Iterator[Problem]:
    """A finding for each day whose rescues have no record, or one that tells neither time nor event."""
    lines: dict[date, list[Charge]] = defaultdict(list)
    for line in record.charges:
        if line.charged_on and line.subject == "patient" and rows.row_for(line) is not None:
            lines[line.charged_on].append(line)
    around = int(limits["rescue_days"])
    for day, own in sorted(lines.items()):
        near = [
            document
            for document in record.documents
            if document.written_at and abs((document.written_at.date() - day).days) <= around
        ]
        told = any(
            fact.begins_at and abs((fact.begins_at.date() - day).days) <= around
            for fact in facts_of(record, "treatment", "measurement")
        )
        if not near and not told:
            if record.orders and not record.documents and _quiet(record, day, limits):
                said = "没有抢救医嘱，当日体征均正常，病历文书未提供"
                readings = _readings(record, day)
                yield _problem(record, day, own, said, _row(rows, own), Certainty.CLUE, readings)
            else:
                unsaid.append(f"{day:%m-%d} 前后没有病历文书，不能判断有无抢救记录")
            continue
        row = _row(rows, own)
        yield from _of_day(record, day, own, [doc for doc in near if _is_rescue(doc)], row, limits)


def _row(rows: RowNames, lines: Sequence[Charge]) -> Mapping[str, Any] | None:
    named = rows.row_for(lines[0])
    return named.row if named else None


def _quiet(record: Record, day: date, limits: Limits) -> bool:
    """Whether neither an order nor a reading of the day speaks of an emergency."""
    urgent = any(URGENT.search(order.order_name or "") for order in record.orders)
    return not urgent and _all_normal(record, day, limits)


def _is_rescue(document: Document) -> bool:
    return document.kind in RECORDS or "抢救" in document.title


def _of_day(
    record: Record,
    day: date,
    lines: Sequence[Charge],
    records: Sequence[Document],
    row: Mapping[str, Any] | None,
    limits: Limits,
) -> Iterator[Problem]:
    billed = sum((line.quantity for line in lines), Decimal(0))
    spoken = [
        fact.fact_id
        for fact in facts_of(record, "treatment")
        if fact.name == "抢救" and fact.begins_at and abs((fact.begins_at.date() - day).days) <= 1
    ]
    if not records:
        said = "病程提到抢救而没有抢救记录" if spoken else "前后 1 日没有抢救记录，病程亦未提及抢救"
        yield _problem(
            record, day, lines, said, row, Certainty.CLUE if spoken else Certainty.PROBABLE, spoken
        )
    elif not any(CLOCK.search(document.text) for document in records):
        yield _problem(record, day, lines, "抢救记录没有写到分钟的时间", row, Certainty.CLUE, [])
    elif not any(EVENT.search(document.text) for document in records) and _all_normal(record, day, limits):
        yield _problem(
            record,
            day,
            lines,
            "抢救记录未写危急情形，当日体征均正常",
            row,
            Certainty.CLUE,
            _readings(record, day),
        )
    elif all((line.unit or "次") == "次" for line in lines) and billed > max(len(records), 1):
        said = f"抢救记录仅 {len(records)} 份"
        yield _problem(record, day, lines, said, row, Certainty.PROBABLE, [], billed - len(records))


def _all_normal(record: Record, day: date, limits: Limits) -> bool:
    readings = [vital for vital in record.vitals if vital.measured_at and vital.measured_at.date() == day]
    return len(readings) >= 2 and all(
        low <= value <= high
        for vital in readings
        for name, (low, high) in limits["normal"].items()
        if (value := getattr(vital, name)) is not None
    )


def _readings(record: Record, day: date) -> list[str]:
    return [vital.fact_id for vital in record.vitals if vital.measured_at and vital.measured_at.date() == day]


def _problem(
    record: Record,
    day: date,
    lines: Sequence[Charge],
    said: str,
    row: Mapping[str, Any] | None,
    certainty: Certainty,
    fact_ids: Sequence[str],
    excess: Decimal | None = None,
) -> Problem:
    """The whole charge of the day, or its cheapest `excess` units."""
    left = sum((line.quantity for line in lines), Decimal(0)) if excess is None else excess
    taken = []
    for line in sorted(lines, key=lambda line: (line.amount / line.quantity, line.charge_id)):
        part = min(line.quantity, left)
        if part > 0:
            taken.append((line, part * line.amount / line.quantity))
            left -= part
    taken.sort(key=lambda pair: pair[0].charge_id)
    amount = sum((yuan for _, yuan in taken), Decimal(0))
    return Problem(
        fields={
            "item": "、".join(dict.fromkeys(line.item_name or "" for line in lines)),
            "billed": sum((line.quantity for line in lines), Decimal(0)),
            "unit_said": lines[0].unit or "次" if lines else "次",
            "said": f"{day:%m-%d} {said}",
            "excess_yuan": amount,
        },
        charge_ids=tuple(line.charge_id for line, _ in taken),
        charge_amounts=tuple(yuan for _, yuan in taken),
        amount=amount,
        fact_ids=once(fact_ids),
        certainty=certainty,
        lowered_by=(said,) if certainty is Certainty.CLUE else (),
        admission_id=record.admission.admission_id,
        row_id=str(row["row_id"]) if row else None,
        points_at=(day.isoformat(),),
    )
