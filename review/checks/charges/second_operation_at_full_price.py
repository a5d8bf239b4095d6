"""CHG-006: two operations of one group through one incision, the cheaper of them charged without its discount."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.mentions import Mention, mentions, quoted
from review.models import Problem
from review.record import Charge
from review.violations import Certainty

SAME = re.compile(r"(?:经|自|沿|于|取|由|通过)?(?:同一|原|该|同)切口|同一(?:手术)?(?:入路|术野|戳孔)")
OTHER = re.compile(
    r"另(?:行|取|作|做|于|选|一|外)[^，。；]{0,14}(?:切口|入路)|(?:分别|各)[^，。；]{0,10}切口|[两二2](?:个|处)[^，。；]{0,4}切口|"
    r"不同(?:切口|入路)|(?:更换|变换|改变|改|翻转)[^，。；]{0,6}体?位"
)
# a stab for a drain; where the word names an operation that is done, the incision is that operation's own
DRAIN = re.compile(r"(?:引流|置管|造口|造瘘)(?![^，。；]{0,14}术)|引出|戳[孔口]")
ADD_ON = re.compile(r"加收|另加")
APPROACHES = (
    ("经腹", re.compile(r"经腹|开腹|剖腹|腹腔镜")),
    ("经阴道", re.compile(r"经阴道|阴式")),
    ("经会阴肛门", re.compile(r"会阴|经肛|经骶")),
    ("经尿道", re.compile(r"经尿道|输尿管镜|膀胱镜")),
    ("经胸", re.compile(r"经胸|开胸|胸腔镜")),
)
LOCAL_RATE = "折价比例以当地价格文件为准"
OWN_PRICE = "标准价按本院同季收费推定"


@dataclass(frozen=True)
class Line:
    """One operation line with its group row and the visit to the operating room it belongs to."""

    charge: Charge
    row: Mapping[str, Any]
    ceiling: Certainty
    event: str
    timed: bool
    parts: tuple[Charge, ...] = ()  # the lines that were posted of it

    @property
    def times(self) -> int:
        return max(1, ceil(self.charge.quantity))

    @property
    def price(self) -> Decimal:
        """What one operation was charged: half a unit at full price is a discounted operation."""
        return self.charge.amount / self.times


@check(
    code="CHG-006",
    title="同一切口的第二手术未折价",
    violation="over_standard_charge",
    certainty="established",
    takes="price",
    needs={"tables": ["charges"], "knowledge": ["same_incision_groups"]},
    limits={"before_hours": 12, "after_hours": 36, "tolerance_yuan": 0.5, "default_rate": 0.5},
    limits_said={
        "before_hours": "手术前多久算同一手术（小时）",
        "after_hours": "手术后多久算同一手术（小时）",
        "tolerance_yuan": "折价后仍超出多少元才算（元）",
        "default_rate": "当地未规定时的折价比例",
    },
    basis=["医疗保障基金使用监督管理条例#第三十八条（三）"],
    covers={"classes": [15], "problems": [55]},
    message="$day 同一次手术收取 $names（同属$group），第二手术 $other 按 $price_yuan 元计收，未按 $percent% 折价，"
    "疑似多收 $excess_yuan 元$incision。",
    why="经同一切口进行的两种及以上手术，第二及以后的手术应当按规定比例折价。",
    exceptions=(
        "手术记录写明另有切口或变换体位",
        "两次手术不在同一日",
        "第二手术已经折价",
        "不同分组的手术",
        "加收项目不是另一手术",
        "合并术式按一项收费",
        "两项手术入路不同",
        "其中一项手术已退费",
    ),
    overturned_by=("写明另有切口或入路的手术记录", "当地价格文件规定的折价比例"),
)
def second_operation_at_full_price(record: Record, limits: Limits) -> Iterator[Problem]:
    codes = record.inspection.row_codes("same_incision_groups")
    charges = [charge for charge in record.charges if charge.item_key in codes]
    charges = [charge for charge in charges if not ADD_ON.search(charge.item_name or "")]
    if len({charge.code15 or charge.item_name for charge in charges}) < 2:
        raise NotApplicable("没有两种以上列入同切口分组的手术")
    lines = _lines(record, charges, limits)
    if not lines:
        raise NotChecked("缺：与收费日期相符的手术或麻醉记录")
    told = [problem for group in _groups(lines) if (problem := _problem(record, group, limits)) is not None]
    for problem in told:
        # an operation may stand in two groups: the wider one tells all that the narrower would
        if not any(set(problem.charge_ids) < set(other.charge_ids) for other in told):
            yield problem


def _lines(record: Record, charges: Sequence[Charge], limits: Limits) -> list[Line]:
    rows = {str(row["row_id"]): row for row in record.rows("same_incision_groups")}
    codes = record.inspection.row_codes("same_incision_groups")
    events = _events(record)
    lines = []
    for charge in charges:
        event = _event_of(charge, events, limits)
        if event is None or charge.charged_on is None:
            continue
        for code in codes[charge.item_key]:
            row = rows[str(code["row_id"])]
            begins, ends = row["in_force_from"] or date.min, row["in_force_to"] or date.max
            if begins <= charge.charged_on <= ends:
                ceiling = Certainty(code["ceiling"])
                lines.append(Line(charge, row, ceiling, str(event["event_id"]), bool(event["has_times"])))
    return lines


def _events(record: Record) -> Sequence[Mapping[str, Any]]:
    """Visits to the operating room by the registers; without any, the days that an operation record is of."""
    events = record.inspection.warehouse.rows(
        "select * from operation_events where admission_id = $admission_id order by event_id",
        {"admission_id": record.admission.admission_id},
    )
    days = {document.written_at.date() for document in record.of_kind("手术记录") if document.written_at}
    return events or [
        {"event_id": f"手术记录/{day}", "has_times": False, "operated_on": day} for day in sorted(days)
    ]


def _event_of(
    charge: Charge, events: Sequence[Mapping[str, Any]], limits: Limits
) -> Mapping[str, Any] | None:
    """The visit nearest in time to the line's posting; where visits have no times, that of its day."""
    at = charge.charged_at
    if at is None:
        return None
    near = []
    for event in events:
        if event["has_times"]:
            opens = event["begins_at"] - timedelta(hours=float(limits["before_hours"]))
            if opens <= at <= event["ends_at"] + timedelta(hours=float(limits["after_hours"])):
                near.append((abs((at - event["ends_at"]).total_seconds()), str(event["event_id"]), event))
        elif event["operated_on"] == charge.charged_on:
            near.append((0.0, str(event["event_id"]), event))
    return min(near, key=lambda item: item[:2])[2] if near else None


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Operations of one visit and one group where there are at least two; what was posted in parts is one."""
    items: dict[tuple[str, str, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        charge = line.charge
        items[line.event, str(line.row["group_name"]), charge.code15 or "", charge.item_name or ""].append(
            line
        )
    together: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for (event, group_name, *_), posted in items.items():
        together[event, group_name].append(_as_one(posted))
    return [
        group
        for group in together.values()
        if len({line.charge.code15 or line.charge.item_name for line in group}) >= 2
    ]


def _as_one(posted: Sequence[Line]) -> Line:
    charges = tuple({line.charge.charge_id: line.charge for line in posted}.values())
    whole = charges[0]._replace(
        quantity=sum((charge.quantity for charge in charges), Decimal(0)),
        amount=sum((charge.amount for charge in charges), Decimal(0)),
    )
    return replace(posted[0], charge=whole, parts=charges)


def _problem(record: Record, group: list[Line], limits: Limits) -> Problem | None:
    main = max(group, key=lambda line: (line.price, line.charge.charge_id))
    group = [line for line in group if not _ways_differ(line, main)]
    listed = {line.charge.charge_id: _list_price(record, line) for line in group}
    rate = Decimal(str(main.row["second_rate"] or limits["default_rate"]))
    over = [
        (line, excess)
        for line in group
        if line.charge.code15 != main.charge.code15 or line.charge.item_name != main.charge.item_name
        if (excess := (line.price - rate * listed[line.charge.charge_id][0]) * line.times)
        > Decimal(str(limits["tolerance_yuan"]))
    ]
    places = [place for place in mentions(record, SAME) if _is_operation_note(place)]
    if not over or (not places and any(_names_another(place) for place in mentions(record, OTHER))):
        return None
    local = all(str(line.row["region"]) != "000000" and line.row["second_rate"] for line in group)
    reasons = [] if local else [LOCAL_RATE]
    if any(not listed[line.charge.charge_id][1] for line, _ in over):
        reasons.append(OWN_PRICE)
    if not all(line.timed for line in group):
        reasons.append("手术没有起止时刻，按同日判断")
    excess_yuan = sum((excess for _, excess in over), Decimal(0))
    day = min(line.charge.charged_on for line in group if line.charge.charged_on)
    return Problem(
        fields={
            "day": day,
            "names": "、".join(dict.fromkeys(line.charge.item_name or "" for line in group)),
            "group": main.row["group_name"],
            "other": "、".join(dict.fromkeys(line.charge.item_name or "" for line, _ in over)),
            "price_yuan": sum((line.price for line, _ in over), Decimal(0)),
            "percent": rate * 100,
            "excess_yuan": excess_yuan,
            "incision": "；手术记录写明经同一切口" if places else "",
        },
        charge_ids=tuple(part.charge_id for line, _ in over for part in line.parts),
        charge_amounts=tuple(
            excess * part.amount / line.charge.amount for line, excess in over for part in line.parts
        ),
        amount=excess_yuan,
        evidence=tuple(quoted(record, place) for place in places[:2]),
        fact_ids=tuple(operation.fact_id for operation in record.operations if operation.operated_on == day),
        certainty=min(
            [line.ceiling for line in group] + ([Certainty.PROBABLE] if reasons else []),
            key=lambda step: step.rank,
        ),
        lowered_by=tuple(reasons),
        row_id=str(over[0][0].row["row_id"]),
    )


def _ways_differ(line: Line, main: Line) -> bool:
    """Whether the names of two operations state ways into the body that cannot be one incision."""
    one, other = _way(line.charge.item_name), _way(main.charge.item_name)
    return one is not None and other is not None and one != other


def _way(name: str | None) -> str | None:
    return next((way for way, pattern in APPROACHES if pattern.search(name or "")), None)


def _list_price(record: Record, line: Line) -> tuple[Decimal, bool]:
    """The undiscounted price, and whether a price list gives it; else the highest this hospital asked that quarter."""
    charge, level = line.charge, record.admission.price_level
    for row in record.rows("price_caps"):
        begins, ends = row["in_force_from"] or date.min, row["in_force_to"] or date.max
        of_day = charge.charged_on is not None and begins <= charge.charged_on <= ends
        of_level = level is None or row["price_level"] is None or row["price_level"] == level
        if row["code15"] == charge.code15 and row["kind"] == "service" and of_day and of_level:
            return Decimal(str(row["cap"])), True
    rows = record.inspection.warehouse.rows(
        "select max(coalesce(price_cap, unit_price)) as price, "
        "max(case when charge_id = $charge then price_cap end) as cap "
        "from charges where code15 = $code and item_name = $name "
        "and extract(year from charged_on) = $year and ceil(extract(month from charged_on) / 3.0) = $quarter",
        {
            "charge": charge.charge_id,
            "code": charge.code15,
            "name": charge.item_name,
            "year": charge.charged_on.year if charge.charged_on else 0,
            "quarter": ceil(charge.charged_on.month / 3) if charge.charged_on else 0,
        },
    )
    return max(Decimal(str(rows[0]["price"] or 0)), charge.unit_price), rows[0]["cap"] is not None


def _is_operation_note(place: Mention) -> bool:
    return "手术" in place.sentence.document.kind or "切口" in place.words


def _names_another(place: Mention) -> bool:
    """Another incision for the operation itself; a stab for a drain is none."""
    return (
        "手术" in place.sentence.document.kind
        and not DRAIN.search(place.words[place.start :])
        and not place.context.denied
    )
