"""CHG-008: more hours charged than the anaesthesia, the order or the record they belong to tells of."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import ceil

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.item_names import same_service
from review.checks.service_traces import by_item, in_operating_room, order_book
from review.models import Problem
from review.record import Charge, Order
from review.violations import Certainty

HOURLY = re.compile(r"^(?:每)?(?P<hours>\d+(?:\.\d+)?)?(?:个)?小时$")
IN_ANAESTHESIA = re.compile(r"麻醉")
ADD_ON = re.compile(r"加收|每增加|超过|局部浸润|术后镇痛|连续镇痛")
IN_RECOVERY = re.compile(r"复苏|恢复室")
WATCHED = re.compile(r"监测|监护")  # goes on from the operating room to the ward
CONTRARY = re.compile(r"^(?:停止?|撤除?|取消|暂停)")
NEWBORN = re.compile(r"新生儿|婴")
STATED = (
    ("麻醉", re.compile(r"麻醉")),
    ("血液净化", re.compile(r"透析|滤过|灌流|净化")),
    ("呼吸机", re.compile(r"呼吸机|通气")),
    ("监护", WATCHED),
    ("吸氧", re.compile(r"吸氧|氧气|氧疗")),
)


@dataclass(frozen=True)
class Span:
    """The hours that one source gives a service: their sum without overlaps, and where it stands."""

    times: tuple[tuple[datetime, datetime], ...]
    source: str
    fact_ids: tuple[str, ...]
    open_end: bool = False
    stated: tuple[tuple[date, float], ...] = ()  # hours that a record tells of a day, without their times

    @property
    def hours(self) -> float:
        return _union(self.times) + sum(hours for _, hours in self.stated)

    def units(self, step: float) -> int:
        """What may be charged: each stretch, and each day that is told of, rounded up by itself."""
        stretches = [*_stretches(self.times), *(hours for _, hours in self.stated)]
        return sum(ceil(round(hours / step, 4)) for hours in stretches)

    def hours_on(self, day: date | None) -> float:
        """The part of it that lies on one day."""
        if day is None:
            return 0.0
        opens, closes = datetime.combine(day, time.min), datetime.combine(day + timedelta(days=1), time.min)
        timed = _union((max(begins, opens), min(ends, closes)) for begins, ends in self.times)
        return timed + sum(hours for stated_on, hours in self.stated if stated_on == day)


@check(
    code="CHG-008",
    title="计时项目超过实际时长",
    violation="over_standard_charge",
    certainty="established",
    needs={"tables": ["charges"]},
    limits={"tolerance_hours": 1, "tolerance_share": 0.1, "sure_hours": 2},
    limits_said={
        "tolerance_hours": "时长容差（小时）",
        "tolerance_share": "时长容差（比例）",
        "sure_hours": "超出多久为“很可能”（小时）",
    },
    basis=["医疗保障基金使用监督管理条例#第三十八条（三）"],
    covers={"classes": [27], "problems": [61, 63, 156, 163, 164, 165, 166, 174]},
    message="$item 计费 $billed 小时，$source实际 $actual 小时，多计 $excess 小时，疑似多收 $excess_yuan 元。",
    why="按小时计价的项目不应多于实际使用的时间。",
    exceptions=(
        "不足一小时按一小时计",
        "一日内两次麻醉分别计时",
        "复苏时间计入麻醉监测",
        "恢复室监护在复苏时间之内",
        "长期医嘱没有停止时间",
        "停用医嘱之前的时间",
        "多条医嘱的时间合并计算",
        "术中与转入病房后的监测合并计算",
        "病历文书写明的时长",
        "母婴分别计时",
        "多计部分已退费",
    ),
    overturned_by=("监护仪、呼吸机的运行记录", "护理记录单", "麻醉记录单"),
)
def hours_beyond_the_event(record: Record, limits: Limits) -> Iterator[Problem]:
    items = [
        [line for line in lines if line.subject == subject]
        for lines in by_item(record.charges).values()
        for subject in dict.fromkeys(line.subject for line in lines)
        if _step(lines[0]) and not ADD_ON.search(lines[0].item_name or "")
    ]
    if not items:
        raise NotApplicable("没有按小时计价的项目")
    found = [told for lines in items if (told := _told(record, lines)) is not None]
    if not found:
        raise NotChecked("缺：麻醉起止时间、带停止时间的医嘱或写明时长的文书")
    for lines, span in found:
        yield from _problem(lines, span, limits)


def _told(record: Record, lines: Sequence[Charge]) -> tuple[Sequence[Charge], Span] | None:
    """The lines that some source gives the hours of, with them; tables go before what notes state."""
    span = _span_of(record, lines)
    return (lines, span) if span is not None else _stated(record, lines)


def _step(line: Charge) -> float | None:
    """How many hours one unit of the line stands for; null where it is not priced by the hour."""
    match = HOURLY.match((line.unit or "").replace(" ", ""))
    return float(match["hours"] or 1) if match else None


def _span_of(record: Record, lines: Sequence[Charge]) -> Span | None:
    name = lines[0].item_name or ""
    if (
        IN_ANAESTHESIA.search(name)
        or IN_RECOVERY.search(name)
        or (lines[0].charge_type == "06" and in_operating_room(lines[0]))
    ):
        return _recovery(record) if IN_RECOVERY.search(name) else _anaesthesia(record)
    orders = [
        order
        for order in order_book(record).naming(lines[0])
        if "临时" not in (order.order_type or "") and not CONTRARY.match(order.order_name or "")
    ]
    if lines[0].subject == "newborn":
        orders = [order for order in orders if NEWBORN.search(order.order_name or "")]
    timed = [(order.begins_at, _ends(record, order)) for order in orders if order.begins_at]
    if not timed or len(timed) < len(orders):
        return None
    fact_ids = tuple(order.fact_id for order in orders)
    if WATCHED.search(name):
        fact_ids += tuple(row.fact_id for row in record.anesthesia)
        timed += [
            (row.begins_at, row.recovery_ends_at or row.ends_at)
            for row in record.anesthesia
            if row.begins_at and row.ends_at
        ]
    return Span(
        tuple((begins, ends) for begins, ends in timed if begins and ends),
        "医嘱起止时间" if len(fact_ids) == len(orders) else "医嘱与麻醉起止时间",
        fact_ids,
        open_end=any(order.ends_at is None for order in orders),
    )


def _ends(record: Record, order: Order) -> datetime:
    """When a standing order ended: its stop, else the first order to stop the same service, else the discharge."""
    if order.ends_at is not None:
        return order.ends_at
    stops = [
        other.begins_at
        for other in record.orders
        if other.begins_at
        and order.begins_at
        and other.begins_at > order.begins_at
        and CONTRARY.match(other.order_name or "")
        and same_service(CONTRARY.sub("", other.order_name or ""), order.order_name or "")
    ]
    return min(stops, default=record.admission.ends_at)


def _stated(record: Record, lines: Sequence[Charge]) -> tuple[Sequence[Charge], Span] | None:
    """What notes state of the days they speak of; the lines of other days stay unjudged."""
    name = lines[0].item_name or ""
    service = next((service for service, pattern in STATED if pattern.search(name)), None)
    facts = [fact for fact in record.facts if fact.kind == "duration" and fact.name == service]
    if service is None or lines[0].subject == "newborn":
        return None
    days: dict[date, set[float]] = defaultdict(set)
    times: dict[date, list[tuple[datetime, datetime]]] = defaultdict(list)
    for fact in facts:
        if fact.begins_at and fact.ends_at:
            times[fact.begins_at.date()].append((fact.begins_at, fact.ends_at))
        elif fact.begins_at and fact.value:
            days[fact.begins_at.date()].add(float(fact.value))
    hours = {day: max(_union(times[day]), sum(days[day])) for day in {*days, *times}}
    spoken_of = [line for line in lines if line.charged_on in hours]
    if not spoken_of:
        return None
    kept = {line.charged_on for line in spoken_of}
    return spoken_of, Span(
        (),
        "病历文书所载",
        tuple(fact.fact_id for fact in facts if fact.begins_at and fact.begins_at.date() in kept),
        stated=tuple((day, count) for day, count in sorted(hours.items()) if day in kept),
    )


def _anaesthesia(record: Record) -> Span | None:
    """From induction to the end of recovery: what the anaesthetist may count at most."""
    timed = [
        (row.begins_at, max(filter(None, (row.ends_at, row.recovery_ends_at)), default=row.begins_at))
        for row in record.anesthesia
        if row.begins_at and row.ends_at
    ]
    if not timed or len(timed) < len(record.anesthesia):
        return None
    return Span(tuple(timed), "麻醉记录", tuple(row.fact_id for row in record.anesthesia))


def _recovery(record: Record) -> Span | None:
    """What may be counted in the recovery room: from its beginning to its end."""
    timed = [
        (row.recovery_begins_at, row.recovery_ends_at)
        for row in record.anesthesia
        if row.recovery_begins_at and row.recovery_ends_at
    ]
    return Span(tuple(timed), "复苏记录", tuple(row.fact_id for row in record.anesthesia)) if timed else None


def _stretches(spans: Iterable[tuple[datetime, datetime]]) -> list[float]:
    """The hours of each unbroken stretch that the spans make together."""
    merged: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(span for span in spans if span[1] > span[0]):
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], ends)
        else:
            merged.append((begins, ends))
    return [(ends - begins).total_seconds() / 3600 for begins, ends in merged]


def _union(spans: Iterable[tuple[datetime, datetime]]) -> float:
    return sum(_stretches(spans))


def _problem(lines: Sequence[Charge], span: Span, limits: Limits) -> Iterator[Problem]:
    step = _step(lines[0]) or 1
    billed = float(sum(line.quantity for line in lines))
    allowed = span.units(step)
    excess = Decimal(str(billed - allowed))
    slack = max(float(limits["tolerance_hours"]) / step, float(limits["tolerance_share"]) * allowed)
    if float(excess) < max(1.0, slack):
        return
    taken, amount = _excess_lines(lines, excess, span, step)
    sure = float(excess) * step >= float(limits["sure_hours"]) and not span.open_end and not span.stated
    yield Problem(
        fields={
            "item": lines[0].item_name or "",
            "billed": billed * step,
            "source": span.source,
            "actual": round(span.hours, 2),
            "excess": float(excess) * step,
            "excess_yuan": amount,
        },
        charge_ids=tuple(sorted(line.charge_id for line in taken)),
        amount=amount,
        fact_ids=span.fact_ids,
        certainty=Certainty.CLUE if span.open_end else Certainty.ESTABLISHED if sure else Certainty.PROBABLE,
        lowered_by=("医嘱没有停止时间，按停用医嘱或出院时间推算",)
        if span.open_end
        else ("时长见于病历文书，没有起止时间的表",)
        if span.stated
        else (),
    )


def _excess_lines(
    lines: Sequence[Charge], excess: Decimal, span: Span, step: float
) -> tuple[list[Charge], Decimal]:
    """The cheapest units are the excess; among equals those of the days most beyond their hours, the latest first."""
    days: dict[date | None, float] = defaultdict(float)
    for line in lines:
        days[line.charged_on] += float(line.quantity) * step
    ranked = sorted(
        lines,
        key=lambda line: (
            line.amount / line.quantity,
            -round(days[line.charged_on] - ceil(span.hours_on(line.charged_on))),
            -(line.charged_at.timestamp() if line.charged_at else 0),
            line.charge_id,
        ),
    )
    left, taken, amount = excess, [], Decimal(0)
    for line in ranked:
        part = min(line.quantity, left)
        if part <= 0:
            break
        taken.append(line)
        amount += part * line.amount / line.quantity
        left -= part
    return taken, amount
