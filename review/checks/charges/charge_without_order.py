"""CHG-016: drugs and treatments charged for which the orders of the stay hold nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from review.checks.coverage import Answered, Coverage
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.mentions import drug_core, quoted
from review.checks.service_traces import (
    Words,
    by_item,
    in_operating_room,
    matching,
    order_book,
    reports_of,
    row_of,
    rows_needing,
    words_about,
)
from review.models import Outcome, Problem, Skipped
from review.record import Charge
from review.violations import Certainty

REPORT_TABLES = {"03": "exams", "04": "labs"}
DONE_UNORDERED = "已有报告，服务已实施，只缺医嘱"
RESCUE = ("抢救记录", "死亡记录")


@dataclass(frozen=True)
class Item:
    """The lines of one item of a stay: all of them, and those without an order."""

    record: Record
    name: str
    lines: tuple[Charge, ...]
    bare: tuple[Charge, ...]
    row: Mapping[str, Any]

    @property
    def charge_type(self) -> str:
        return self.lines[0].charge_type or ""


def _ordered(record: Record, limits: Limits) -> tuple[Answered, ...]:
    if not record.orders:
        raise NotChecked("住院医嘱没有此例")
    return tuple(
        Answered(item.charge_type, item.name, not item.bare, len(item.bare) < len(item.lines))
        for item in _items(record, limits)
    )


@check(
    gathers=_ordered,
    code="CHG-016",
    title="收费无医嘱",
    violation="fictitious_service",
    certainty="probable",
    scope="hospital",
    needs={"tables": ["charges", "orders"], "knowledge": ["evidence_required"]},
    limits={"coverage": 0.95, "order_days_before": 3, "order_days_after": 1, "same_item_elsewhere": 3},
    limits_said={
        "coverage": "收费有医嘱的比例，低于此不判断",
        "order_days_before": "医嘱早于费用的天数",
        "order_days_after": "医嘱晚于费用的天数",
        "same_item_elsewhere": "其他住院至少几例有该项医嘱",
    },
    basis=["医疗保障基金使用监督管理条例#第四十条（三）", "病历书写基本规范#第二十八条"],
    covers={"problems": [3, 15, 36, 60, 69, 70, 171, 172]},
    message="$item 计费 $billed $unit_said（$days），住院医嘱中没有对应医嘱，$spoken；"
    "疑似无医嘱收费，涉及 $excess_yuan 元。",
    why="药品和治疗由医嘱开出；收了费而没有医嘱，须看是否实施。",
    exceptions=(
        "床位、诊查、护理、输注等不单开医嘱的项目",
        "长期医嘱有效期内逐日收费",
        "医嘱写组合名称，收费按项目",
        "医嘱号相符而名称写法不同",
        "抢救时口头医嘱",
        "手术室、麻醉用药和项目",
        "本院该项目一律不开医嘱",
        "没有报告的检查化验由报告核查",
        "病程记录写明已经实施",
    ),
    overturned_by=("纸质医嘱单", "口头医嘱补记", "执行单"),
)
def charge_without_order(
    inspection: Inspection, limits: Limits, ordered: Mapping[str, Sequence[Answered]]
) -> Iterator[Problem | Skipped]:
    seen = Coverage(item for own in ordered.values() for item in own)
    for admission, own in ordered.items():
        reasons = [None if item.wholly else _cannot_say(item, seen, limits) for item in own]
        if any(not (item.wholly or reason) for item, reason in zip(own, reasons, strict=True)):
            items = _items(inspection.records[admission], limits)
            for item, reason in zip(items, reasons, strict=True):
                if item.bare and not reason:
                    yield from _problem(item)
        if not own:
            yield Skipped(admission, Outcome.NOT_APPLICABLE, "没有须开医嘱的费用")
        elif any(reasons):
            unsaid = {reason for reason in reasons if reason}
            yield Skipped(admission, Outcome.NOT_CHECKED, "；".join(sorted(unsaid)))


def _items(record: Record, limits: Limits) -> Iterator[Item]:
    rows = rows_needing(record.rows("evidence_required"), "order")
    days = int(limits["order_days_before"]), int(limits["order_days_after"])
    rescued = {document.written_at.date() for document in record.of_kind(*RESCUE) if document.written_at}
    book = order_book(record)
    for (_, name), lines in by_item(record.charges).items():
        row = row_of(lines[0], rows)
        told_elsewhere = record.provided(REPORT_TABLES.get(lines[0].charge_type or "", ""))
        reported = told_elsewhere and bool(matching(name, reports_of(record)))
        if row is None or (told_elsewhere and not reported) or lines[0].charge_type == "06":
            continue
        bare = tuple(
            line
            for line in lines
            if not in_operating_room(line)
            and line.subject == "patient"
            and line.charged_on not in rescued
            and book.behind(line, *days, lines) is None
        )
        yield Item(record, name, tuple(lines), bare, row)


def _cannot_say(item: Answered, seen: Coverage, limits: Limits) -> str | None:
    """Why a missing order says nothing here; null where it does."""
    if seen.share(item) < float(limits["coverage"]):
        return f"医嘱只答得上同类收费项目的 {seen.share(item):.0%}"
    others, answered = seen.elsewhere(item)
    if others >= int(limits["same_item_elsewhere"]) and not answered:
        return f"{item.name}在本院均不开医嘱"
    return None


def _problem(item: Item) -> Iterator[Problem]:
    record = item.record
    is_drug = item.bare[0].kind in ("drug", "herb")
    words = words_about(record, drug_core(item.name) if is_drug else item.name)
    reported = item.charge_type in REPORT_TABLES and bool(matching(item.name, reports_of(record)))
    if (
        not reported
        and not _refused_that_day(item, words)
        and (words.done is not None or matching(item.name, reports_of(record)))
    ):
        return
    only_spoken = not reported and words.spoken_of is not None and words.refused is None
    quotes = ((words.refused, "for"), (words.spoken_of, "against"))
    amount = sum((line.amount for line in item.bare), Decimal(0))
    yield Problem(
        fields={
            "item": item.name,
            "billed": sum((line.quantity for line in item.bare), Decimal(0)),
            "unit_said": item.bare[0].unit or "次",
            "days": "、".join(
                dict.fromkeys(f"{line.charged_on:%m-%d}" for line in item.bare if line.charged_on)
            ),
            "spoken": "但有报告" if reported else _spoken(record, words),
            "excess_yuan": amount,
        },
        charge_ids=tuple(sorted(line.charge_id for line in item.bare)),
        amount=amount,
        evidence=tuple(quoted(record, place, says) for place, says in quotes if place is not None),
        certainty=Certainty.CLUE if only_spoken or reported else Certainty.PROBABLE,
        admission_id=record.admission.admission_id,
        lowered_by=("病历提到该项目，但未写明实施",)
        if only_spoken
        else (DONE_UNORDERED,)
        if reported
        else (),
        row_id=str(item.row["row_id"]),
    )


def _refused_that_day(item: Item, words: Words) -> bool:
    """Whether the note that tells of the refusal is of the day that was charged without an order."""
    if words.refused is None or words.refused.sentence.document.written_at is None:
        return False
    written = words.refused.sentence.document.written_at.date()
    return any(line.charged_on is not None and abs(line.charged_on - written).days <= 1 for line in item.bare)


def _spoken(record: Record, words: Words) -> str:
    if not record.documents:
        return "病历文书未提供"
    if words.refused is not None:
        return "病历写明未做"
    return "病历只提及而未写实施" if words.spoken_of is not None else "病历文书未提及"
