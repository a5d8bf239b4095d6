"""What happens in ordinary stays and violates nothing: returns, a change of ward, half days, local suffixes, leave."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from evals.generating.catalogue import items
from evals.generating.stay import DAY, HOUR, Line, Stay, stamp

NEXT_WARD = "全科医学科"


def irregular(stay: Stay) -> None:
    """One of the everyday irregularities, or none."""
    change = stay.random.choice(CHANGES)
    if change is not None:
        change(stay)


def _drugs(stay: Stay) -> Sequence[Line]:
    return [
        line for line in stay.lines if line.item.list_type == "101" and line.performing == stay.department
    ]


def _whole_return(stay: Stay) -> None:
    for line in _drugs(stay)[-1:]:
        stay.refund(line, min(line.at + 6 * HOUR, stay.end - HOUR))


def _unnamed_return(stay: Stay) -> None:
    for line in _drugs(stay)[-1:]:
        stay.refund(line, min(line.at + 7 * HOUR, stay.end - HOUR), named=False)


def _part_return(stay: Stay) -> None:
    for line in [line for line in _drugs(stay) if line.quantity > 1][-1:]:
        stay.refund(line, min(line.at + 5 * HOUR, stay.end - HOUR), quantity=Decimal(1))


def _change_of_ward(stay: Stay) -> None:
    if stay.days < 6:
        return
    at = stay.at(stay.days - 2, 15, 10)
    for line in stay.lines:
        if line.at > at and line.performing == line.department == stay.department:
            line.department = line.performing = NEXT_WARD
    for row in stay.orders:
        if row["医嘱开始日期"] > stamp(at):
            row["医嘱科室名称"] = NEXT_WARD
    stay.order(f"转{NEXT_WARD}", at)
    stay.document(
        "转科记录",
        f"转科记录 {stamp(at)}\n"
        f"患者病情平稳，由{stay.department}转入{NEXT_WARD}继续治疗。\n"
        f"医师签名：{stay.doctor}\n",
    )


def _half_days(stay: Stay) -> None:
    line = next(line for line in stay.lines if line.item.code == items()["bed"].code)
    line.quantity, line.amount = Decimal("0.5"), line.price / 2
    stay.charge(line.item, max(line.at.replace(hour=19, minute=17), line.at + HOUR), Decimal("0.5"))


def _local_suffix(stay: Stay) -> None:
    for line in stay.lines:
        if line.item.code == items()["infusion"].code:
            line.suffix = f"-{line.item.code[2:11]}h"


def _leave(stay: Stay) -> None:
    """A day at home without any charge."""
    if stay.days < 7 or stay.operations:
        return
    leaves = stay.at(stay.days - 2, 0, 30)
    busy = [
        line
        for line in stay.lines
        if leaves <= line.at < leaves + DAY and line.item.code != items()["bed"].code
    ]
    if any(line.item.charge_type not in ("01", "02", "07") or line.item.unit == "小时" for line in busy):
        return
    stay.lines = [line for line in stay.lines if line not in busy]
    stay.order("请假离院", leaves, until=leaves + DAY - HOUR, 执行时间=stamp(leaves))


CHANGES: tuple[Callable[[Stay], None] | None, ...] = (
    None, None, None, _whole_return, _unnamed_return, _part_return, _change_of_ward, _half_days, _local_suffix, _leave,
)  # fmt: skip
