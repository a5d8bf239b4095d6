"""CHG-019: treatments, nursing, rehabilitation, dialysis or rescue charged on days on which no record has them done."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from review.checks.dosing import is_as_needed
from review.checks.header import Limits, check
from review.checks.inputs import Inspection, Record
from review.checks.named_rows import rows_named
from review.checks.readings import document_of, facts_of
from review.checks.rescues import rescue_problems
from review.checks.service_traces import by_item, order_book, words_about
from review.facts.treatments import SHEET, Treatment, treatment_of
from review.models import Outcome, Problem, Skipped
from review.record import Charge, Fact
from review.violations import Certainty

BY_SHEET, BY_ORDER, BY_NOTES = "治疗记录单", "医嘱执行时间", "病历"
BY_SESSION = re.compile(r"^(?:次|\d+分钟/次)$")


@dataclass(frozen=True)
class Item:
    """The lines of one treatment of a stay, and what each source says of its days."""

    record: Record
    name: str
    lines: tuple[Charge, ...]
    row: Mapping[str, Any]
    treatment: Treatment | None
    on_sheets: Mapping[date, tuple[Fact, ...]]
    in_notes: Mapping[date, tuple[Fact, ...]]
    executed: Mapping[date, int]

    @property
    def days(self) -> dict[date, list[Charge]]:
        found: dict[date, list[Charge]] = defaultdict(list)
        for line in self.lines:
            if line.charged_on:
                found[line.charged_on].append(line)
        return dict(found)

    @property
    def recorded(self) -> set[date]:
        return {*self.on_sheets, *self.in_notes, *self.executed}


class Judged(NamedTuple):
    """What one stay says, twice: whether orders tell every execution, only all stays together can say.

    `several` of its items were charged on several days, `billed` days in all; on `executed` of them an order was."""

    asked: bool
    several: int
    billed: int
    executed: int
    where_orders_tell: tuple[Sequence[Problem], Sequence[str]]
    where_they_do_not: tuple[Sequence[Problem], Sequence[str]]


def _judged(record: Record, limits: Limits) -> Judged:
    rescue = rows_named(record.inspection, "evidence_required", needs=("rescue_record",))
    unsaid: list[str] = []
    problems = list(rescue_problems(record, rescue, limits, unsaid))
    saved = bool(problems) or bool(unsaid) or any(rescue.row_for(line) for line in record.charges)
    items = list(_items(record))
    several = [item for item in items if len(item.days) >= 2 and not by_the_hour(item) and record.came]
    told: list[tuple[Sequence[Problem], Sequence[str]]] = []
    for executes in (True, False):
        silent = list(unsaid)
        found = [_judge(item, executes, limits, silent) for item in items]
        told.append(([*problems, *filter(None, found)], silent))
    return Judged(
        saved or bool(items),
        len(several),
        sum(len(item.days) for item in several),
        sum(len(item.days.keys() & item.executed.keys()) for item in several),
        *told,
    )


@check(
    gathers=_judged,
    code="CHG-019",
    title="治疗、护理、康复、抢救收费无执行记录",
    violation="fictitious_service",
    certainty="probable",
    scope="hospital",
    needs={"tables": ["charges"], "knowledge": ["evidence_required"]},
    limits={
        "coverage": 0.95,
        "noted_share": 0.8,
        "noted_days": 2,
        "shift_days": 3,
        "rescue_days": 1,
        "normal": {"systolic": [90, 180], "pulse": [50, 130], "oxygen_saturation": [92, 100]},
    },
    limits_said={
        "coverage": "收费有执行记录的比例，低于此不判断",
        "noted_share": "病历逐次记录的比例，低于此不判断",
        "noted_days": "判断是否逐次记录至少几日",
        "shift_days": "执行与计费相差的天数",
        "rescue_days": "抢救记录与费用相差的天数",
        "normal": "表示没有抢救指征的体征范围",
    },
    basis=[
        "医疗保障基金使用监督管理条例#第四十条（三）",
        "病历书写基本规范#第二十二条（八）",
        "病历书写基本规范#第二十二条（二十三）",
    ],
    covers={"problems": [15, 36, 60, 69, 70, 171, 172, 173, 176]},
    message="$item 计费 $billed $unit_said，$said；疑似未实施而收费，涉及 $excess_yuan 元。",
    why="治疗、护理逐次有记录，抢救须有抢救记录；收了费的日子没有记录，须看是否实施。",
    exceptions=(
        "执行记录为纸质，未提供",
        "必要时使用的医嘱",
        "周末的治疗次日补记",
        "一次训练按两个项目收费",
        "当日有执行记录",
        "医嘱只记首次执行",
        "抢救记录写明时间和经过",
        "病程写明已经实施",
        "多收的已退费",
    ),
    overturned_by=("治疗单、透析记录单", "护理记录单", "抢救记录"),
)
def treatment_not_recorded(
    inspection: Inspection, limits: Limits, judged: Mapping[str, Judged]
) -> Iterator[Problem | Skipped]:
    several = sum(one.several for one in judged.values())
    billed = sum(one.billed for one in judged.values())
    executed = sum(one.executed for one in judged.values())
    executes = bool(billed) and several >= 2 and executed >= float(limits["coverage"]) * billed
    for admission, one in judged.items():
        problems, unsaid = one.where_orders_tell if executes else one.where_they_do_not
        yield from problems
        if not one.asked:
            yield Skipped(admission, Outcome.NOT_APPLICABLE, "没有须有执行记录的治疗、护理、抢救费用")
        elif unsaid and not problems:
            yield Skipped(admission, Outcome.NOT_CHECKED, "；".join(dict.fromkeys(unsaid)))


def _items(record: Record) -> Iterator[Item]:
    rows = rows_named(
        record.inspection, "evidence_required", needs=("treatment_record", "nursing_record", "procedure_note")
    )
    facts = list(facts_of(record, "treatment"))
    for (_, name), lines in by_item(record.charges).items():
        named = rows.row_for(lines[0])
        of_kind = lines[0].charge_type in ("05", "07") and lines[0].subject == "patient"
        if named is None or not of_kind or named.row["count_by"] == "qty":
            continue
        treatment = treatment_of(name)
        orders = order_book(record).naming(lines[0])
        if any(is_as_needed(order) for order in orders):
            continue
        sheets: dict[date, list[Fact]] = defaultdict(list)
        notes: dict[date, list[Fact]] = defaultdict(list)
        for fact in facts:
            if (
                treatment is None
                or fact.begins_at is None
                or fact.name not in (treatment.name, treatment.under)
            ):
                continue
            document = document_of(record, fact)
            is_sheet = document is not None and SHEET.search(document.kind + document.title)
            (sheets if is_sheet else notes)[fact.begins_at.date()].append(fact)
        executed = Counter(order.executed_at.date() for order in orders if order.executed_at)
        yield Item(
            record,
            name,
            tuple(lines),
            named.row,
            treatment,
            {day: tuple(own) for day, own in sheets.items()},
            {day: tuple(own) for day, own in notes.items()},
            executed,
        )


def _judge(item: Item, executes: bool, limits: Limits, unsaid: list[str]) -> Problem | None:
    """The days without any record, by the best source that would have told of them."""
    if _told_nowhere(item):
        return _problem(item, [(line, line.quantity) for line in item.lines], BY_NOTES)
    days = item.days
    noted = len(days.keys() & item.recorded)
    # notes tell of every dialysis, and of a dressing or a drip only now and then
    regular = item.row["count_by"] == "event" and noted >= float(limits["noted_share"]) * (len(days) - 1)
    if item.on_sheets:
        source = BY_SHEET
    elif executes and item.executed and not by_the_hour(item):
        source = BY_ORDER
    elif regular and noted >= int(limits["noted_days"]):
        source = BY_NOTES
    else:
        unsaid.append(f"{item.name}没有逐次的治疗记录")
        return None
    taken = _unmatched(item, source, limits)
    return _problem(item, taken, source) if taken else None


def by_the_hour(item: Item) -> bool:
    """What is charged by the hour goes on: its order is executed once."""
    return any("小时" in (line.unit or "") for line in item.lines)


def _told_nowhere(item: Item) -> bool:
    """Whether a treatment that no record leaves out is told by none of the notes around its days."""
    if item.treatment is None or not item.treatment.always_told or item.recorded:
        return False
    noted = {document.written_at.date() for document in item.record.documents if document.written_at}
    around = all(any(abs((day - other).days) <= 1 for other in noted) for day in item.days)
    words = words_about(item.record, item.name)
    return around and words.done is None and words.spoken_of is None


def _unmatched(item: Item, source: str, limits: Limits) -> list[tuple[Charge, Decimal]]:
    """Units without a record; what was posted a few days after an unbilled session is that session's."""
    spare = Counter({day: 1 for day in item.recorded if day not in item.days})
    found: list[tuple[Charge, Decimal]] = []
    for day, lines in sorted(item.days.items()):
        billed = sum((line.quantity for line in lines), Decimal(0))
        counted = all(BY_SESSION.match(line.unit or "次") for line in lines)
        sessions = len(item.on_sheets.get(day, ())) if source == BY_SHEET else 0
        sessions = item.executed.get(day, 0) if source == BY_ORDER else sessions
        if day in item.recorded and not (counted and sessions and billed > sessions):
            continue
        missing = billed - sessions if sessions else billed
        for back in range(1, int(limits["shift_days"]) + 1):
            earlier = day - timedelta(days=back)
            if missing > 0 and spare[earlier]:
                spare[earlier] -= 1
                missing -= 1 if counted else missing
        for line in sorted(lines, key=lambda line: (line.amount / line.quantity, line.charge_id)):
            part = min(line.quantity, missing)
            if part > 0:
                found.append((line, part))
                missing -= part
    return found


def _problem(item: Item, taken: Sequence[tuple[Charge, Decimal]], source: str) -> Problem:
    parts = sorted(taken, key=lambda pair: pair[0].charge_id)
    amounts = tuple(part * line.amount / line.quantity for line, part in parts)
    days = "、".join(dict.fromkeys(f"{line.charged_on:%m-%d}" for line, _ in taken if line.charged_on))
    cited = [fact for own in (item.on_sheets or item.in_notes).values() for fact in own]
    return Problem(
        fields={
            "item": item.name,
            "billed": sum((line.quantity for line in item.lines), Decimal(0)),
            "unit_said": item.lines[0].unit or "次",
            "said": f"{source}记有 {len(item.recorded)} 日，{days} 没有记录{_whole_day(item, taken)}",
            "excess_yuan": sum(amounts, Decimal(0)),
        },
        charge_ids=tuple(line.charge_id for line, _ in parts),
        charge_amounts=amounts,
        amount=sum(amounts, Decimal(0)),
        against_fact_ids=tuple(dict.fromkeys(fact.fact_id for fact in cited))[:10],
        certainty=Certainty.PROBABLE,
        admission_id=item.record.admission.admission_id,
        row_id=str(item.row["row_id"]),
    )


def _whole_day(item: Item, taken: Sequence[tuple[Charge, Decimal]]) -> str:
    """Whether on one of the days several treatments were charged and none of them is told anywhere."""
    told = {fact.begins_at.date() for fact in facts_of(item.record, "treatment") if fact.begins_at}
    told |= {
        order.executed_at.date()
        for order in item.record.orders
        if order.executed_at and treatment_of(order.order_name or "")
    }
    for day in {line.charged_on for line, _ in taken} - told:
        others = {
            line.item_name
            for line in item.record.charges
            if line.charged_on == day and line.charge_type == "05" and treatment_of(line.item_name or "")
        }
        if len(others) >= 2:
            return "，当日各项治疗均无记录"
    return ""
