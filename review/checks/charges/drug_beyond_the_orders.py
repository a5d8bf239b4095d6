"""CHG-020: more of a drug charged than its orders, or the anaesthesia record, come to."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from review.checks.dosing import (
    AMOUNT,
    SCALES,
    Content,
    Course,
    billed_units,
    content_of,
    counts_pieces,
    course_of,
    distinct,
    is_as_needed,
    is_ongoing,
)
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.mentions import drug_core
from review.checks.readings import facts_of
from review.checks.service_traces import in_operating_room, order_book
from review.models import Problem
from review.record import Charge
from review.violations import Certainty

CONFUSED = (2, 5, 10, 100)
RESCUE = ("抢救记录", "死亡记录")


@dataclass(frozen=True)
class Given:
    """What a source allows of one drug, in smallest units: altogether and by day; who says so."""

    total: Decimal
    courses: tuple[Course, ...]
    source: str
    fact_ids: tuple[str, ...]
    confusable: bool = False
    open_end: bool = False

    def on(self, day: date | None) -> Decimal:
        return sum((course.on(day) for course in self.courses), Decimal(0))


@check(
    code="CHG-020",
    title="药品计费多于医嘱",
    violation="fictitious_service",
    certainty="probable",
    needs={"tables": ["charges", "orders"]},
    limits={"tolerance_units": 1, "tolerance_share": 0.1},
    limits_said={
        "tolerance_units": "数量容差（最小包装）",
        "tolerance_share": "数量容差（比例）",
    },
    basis=["医疗保障基金使用监督管理条例#第四十条（三）"],
    covers={"classes": [43], "problems": [4, 155]},
    message="$item 计费 $billed $unit_said，$source合计 $allowed $unit_said，多 $excess $unit_said，"
    "疑似多计 $excess_yuan 元。",
    why="药品按医嘱的剂量、频次、天数使用；计费多于医嘱，须看是否用在患者身上。",
    exceptions=(
        "每次不足一支按一支计",
        "少量损耗在容许之内",
        "剂量单位可能混淆，倍数恰为整数",
        "出院带药另计",
        "必要时使用的医嘱",
        "停药当日仍使用末次",
        "多收的药已退",
        "抢救口头医嘱",
        "手术室用药以麻醉记录为准",
        "一盒多片按片计算",
        "不足一盒按一盒计",
    ),
    overturned_by=("医嘱执行单", "麻醉记录单", "药房发退药记录"),
)
def drug_beyond_the_orders(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.orders:
        raise NotChecked("住院医嘱没有此例")
    drugs = _drugs(record)
    if not drugs:
        raise NotApplicable("没有西药、中成药费用")
    judged = 0
    problems: list[Problem] = []
    for lines in drugs.values():
        content = content_of(lines[0].spec or _ordered_spec(record, lines[0]))
        given = _given(record, lines, content) if content else None
        if content is None or given is None:
            continue
        judged += 1
        problems += _problem(lines, content, given, limits)
    if not judged:
        raise NotChecked("药品规格或医嘱剂量、频次不能换算")
    yield from problems


def _drugs(record: Record) -> dict[tuple[str, str, bool], list[Charge]]:
    """The lines of each drug and strength, those of the operating room apart."""
    rescued = {document.written_at.date() for document in record.of_kind(*RESCUE) if document.written_at}
    found: dict[tuple[str, str, bool], list[Charge]] = defaultdict(list)
    for line in record.charges:
        usual = line.kind == "drug" and line.takeaway != "1" and line.subject == "patient"
        if usual and line.charged_on not in rescued and "带药" not in (line.hospital_item_name or ""):
            found[drug_core(line.item_name or ""), line.spec or "", in_operating_room(line)].append(line)
    return dict(found)


def _ordered_spec(record: Record, line: Charge) -> str | None:
    """The strength by the orders, where the line states none and they agree on one."""
    specs = {order.spec for order in order_book(record).naming(line) if order.spec}
    return next(iter(specs)) if len(specs) == 1 else None


def _given(record: Record, lines: Sequence[Charge], content: Content) -> Given | None:
    """What the orders allow; in the operating room what the anaesthesia record says. Null where neither can be read."""
    if in_operating_room(lines[0]):
        return _by_anaesthesia_record(record, lines[0], content)
    orders = [
        order for order in order_book(record).naming(lines[0]) if "带药" not in (order.order_type or "")
    ]
    if not orders or any(is_as_needed(order) or is_ongoing(order) for order in orders):
        return None
    courses = [
        course_of(order, content, record.admission.ends_at, executions)
        for order, executions in distinct(orders)
    ]
    known = [course for course in courses if course is not None]
    if len(known) < len(courses):
        return None
    return Given(
        sum((course.total for course in known), Decimal(0)),
        tuple(known),
        "医嘱",
        tuple(dict.fromkeys(order.fact_id for order in orders)),
        confusable=any(counts_pieces(order) for order in orders),
        open_end=any(course.open_end for course in known),
    )


def _by_anaesthesia_record(record: Record, line: Charge, content: Content) -> Given | None:
    core = re.sub(r"^(?:盐酸|枸橼酸|苯磺酸|丙泊酚中/长链)", "", drug_core(line.item_name or ""))
    total, cited = Decimal(0), []
    for fact in facts_of(record, "anaesthetic_dose"):
        match = AMOUNT.search(f"{fact.value}{fact.unit}")
        if match is None or not (fact.name in core or core in fact.name):
            continue
        kind, scale = SCALES[match[3].lower()]
        held = content.of(kind)
        if held is None:
            return None
        total += (Decimal(match[1]) * Decimal(scale) / held).to_integral_value(ROUND_CEILING)
        cited.append(fact.fact_id)
    return Given(total, (), "麻醉记录", tuple(cited)) if cited else None


def _problem(lines: Sequence[Charge], content: Content, given: Given, limits: Limits) -> Iterator[Problem]:
    units = [billed_units(line.quantity, line.unit, content) for line in lines]
    billed = sum(units, Decimal(0))
    pack = billed_units(Decimal(1), lines[0].unit, content)  # a box is opened whole
    allowed = (given.total / pack).to_integral_value(ROUND_CEILING) * pack
    excess = billed - allowed
    slack = max(
        Decimal(str(limits["tolerance_units"])), Decimal(str(limits["tolerance_share"])) * given.total
    )
    confused = given.confusable and given.total > 0 and billed / given.total in CONFUSED
    if excess <= slack or confused:
        return
    by_day: dict[date | None, Decimal] = defaultdict(Decimal)
    for line, part in zip(lines, units, strict=True):
        by_day[line.charged_on] += part
    ranked = sorted(
        zip(lines, units, strict=True),
        key=lambda pair: (
            pair[0].amount / pair[1],
            given.on(pair[0].charged_on) - by_day[pair[0].charged_on],
            -(pair[0].charged_at.timestamp() if pair[0].charged_at else 0),
            pair[0].charge_id,
        ),
    )
    left, taken = excess, []
    for line, part in ranked:
        if left > 0:
            taken.append((line, min(part, left) * line.amount / part))
            left -= part
    taken.sort(key=lambda pair: pair[0].charge_id)
    amount = sum((yuan for _, yuan in taken), Decimal(0))
    yield Problem(
        fields={
            "item": lines[0].item_name or "",
            "billed": billed,
            "unit_said": _unit(lines[0], content),
            "source": given.source,
            "allowed": allowed,
            "excess": excess,
            "excess_yuan": amount,
        },
        charge_ids=tuple(line.charge_id for line, _ in taken),
        charge_amounts=tuple(yuan for _, yuan in taken),
        amount=amount,
        fact_ids=given.fact_ids,
        certainty=Certainty.CLUE if given.open_end else Certainty.PROBABLE,
        lowered_by=("医嘱没有停止时间，按出院推算",) if given.open_end else (),
        points_at=(lines[0].spec or "", given.source),
    )


def _unit(line: Charge, content: Content) -> str:
    packed = content.pack > 1 and billed_units(Decimal(1), line.unit, content) > 1
    return "片（支）" if packed else line.unit or "支"
