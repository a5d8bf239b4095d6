"""CHG-005: one service posted twice: at the same minute under the same order, or one operation twice on a day."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Record
from review.checks.service_traces import matching, order_of, reports_of
from review.models import Problem
from review.record import Charge
from review.violations import Certainty

OFTEN = re.compile(
    r"输液|注射|血糖|换药|采血|吸痰|雾化|翻身|口腔|皮试|监测|监护|吸入|加收|组织切片|免疫组|穴"
)
SITED = re.compile(r"部位|侧|穴|区|视野|曝光|血管|根|枚|片|张|小时|分钟|床日|日")
TIMES_A_DAY = {
    "bid": 2,
    "tid": 3,
    "qid": 4,
    "q12h": 2,
    "q8h": 3,
    "q6h": 4,
    "q4h": 6,
    "q3h": 8,
    "q2h": 12,
    "q1h": 24,
    "qh": 24,
}
ANAESTHESIA = re.compile(r"麻醉|监测|镇痛|加收|引导|导航")


@check(
    code="CHG-005",
    title="同一服务重复计费",
    violation="duplicate_charge",
    certainty="established",
    needs={"tables": ["charges"]},
    limits={"order_days": 1},
    basis=["医疗保障基金使用监督管理条例#第三十八条（三）"],
    covers={"classes": [25], "problems": [124, 125]},
    message="$item 于 $at 以同一单价、数量计费 $lines 行$same，疑似重复计费 $excess_yuan 元。",
    why="同一医嘱同一时刻的同一项目只能收费一次。",
    exceptions=(
        "一日多次的项目按次记账",
        "一条医嘱按频次执行多次",
        "双侧或多部位",
        "两份标本或两份报告",
        "一个数量拆成两行记账",
        "重复行已退费",
        "同日两台手术",
    ),
    overturned_by=("两份报告或两次执行记录",),
)
def same_service_charged_twice(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.charges:
        raise NotApplicable("无费用明细")
    told: set[str] = set()
    for lines in _posted_together(record):
        order = order_of(lines[0], record.orders, int(limits["order_days"]), int(limits["order_days"]))
        times = TIMES_A_DAY.get((order.frequency or "").strip().lower(), 1) if order else 1
        if len(lines) <= times or _answered(record, lines):
            continue
        told |= {line.charge_id for line in lines}
        same = lines[0].order_no is not None
        sure = same and order is not None
        yield _problem(
            lines, "，医嘱号相同" if same else "", Certainty.ESTABLISHED if sure else Certainty.PROBABLE
        )
    for lines in _operations_of_a_day(record):
        if not told & {line.charge_id for line in lines} and not _answered(record, lines):
            yield _problem(lines, "，当日只有一台手术", Certainty.PROBABLE)


def _posted_together(record: Record) -> list[list[Charge]]:
    """Lines that nothing but their number tells apart."""
    together: dict[tuple[object, ...], list[Charge]] = defaultdict(list)
    for line in record.charges:
        if line.kind in ("drug", "herb", "material") or line.charged_at is None:
            continue
        if OFTEN.search(line.item_name or "") or SITED.search(line.unit or ""):
            continue
        if line.order_no is None and (
            line.charge_type not in ("03", "04", "06") or line.charged_at.minute == 0
        ):
            continue
        minute = line.charged_at.replace(second=0)
        key = line.subject, line.code15, line.item_name, line.unit_price, line.quantity, minute, line.order_no
        together[key].append(line)
    return [lines for lines in together.values() if len(lines) > 1 and not _one_split(lines)]


def _operations_of_a_day(record: Record) -> list[list[Charge]]:
    """The same operation more than once on a day that saw one visit to the operating room."""
    days: dict[tuple[object, ...], list[Charge]] = defaultdict(list)
    for line in record.charges:
        if (
            line.charge_type == "06"
            and not ANAESTHESIA.search(line.item_name or "")
            and not SITED.search(line.unit or "")
        ):
            days[line.code15, line.item_name, line.unit_price, line.charged_on].append(line)
    visits = record.inspection.warehouse.rows(
        "select operated_on, count(*) as visits from operation_events where admission_id = $id group by operated_on",
        {"id": record.admission.admission_id},
    )
    once = {row["operated_on"] for row in visits if row["visits"] == 1}
    return [
        lines for key, lines in days.items() if len(lines) > 1 and key[3] in once and not _one_split(lines)
    ]


def _one_split(lines: Sequence[Charge]) -> bool:
    return all(line.quantity < 1 for line in lines) and sum(line.quantity for line in lines) <= 1


def _answered(record: Record, lines: Sequence[Charge]) -> bool:
    """Whether sides, sites, specimens or reports of that day account for every line."""
    item, day = lines[0].item_name or "", lines[0].charged_on
    if any("双" in (text or "") for line in lines for text in (line.item_name, line.hospital_item_name)):
        return True
    if any("双侧" in (row.operation_name or "") and row.operated_on == day for row in record.operations):
        return True
    reports = [
        report for report in matching(item, reports_of(record)) if report.at and report.at.date() == day
    ]
    return sum(report.units for report in reports) >= sum(line.quantity for line in lines)


def _problem(lines: Sequence[Charge], same: str, certainty: Certainty) -> Problem:
    ranked = sorted(lines, key=lambda line: (line.charged_at is None, line.charged_at, line.charge_id))
    over = ranked[1:]
    first = ranked[0].charged_at
    excess = sum((line.amount for line in over), Decimal(0))
    return Problem(
        fields={
            "item": ranked[0].item_name or "",
            "at": f"{first:%Y-%m-%d %H:%M}" if first else "",
            "lines": len(ranked),
            "same": same,
            "excess_yuan": excess,
        },
        charge_ids=tuple(sorted(line.charge_id for line in over)),
        amount=excess,
        certainty=certainty,
    )
