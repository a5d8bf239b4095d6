"""The panels of 总览 as tables: what stands beside each picture, and what is taken away as a workbook.

Both are the same rows, so that a picture, its table and its file cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from review.agreement import Interval
from review.casework.results import Line
from review.reports.dossier import WORDS
from review.reports.overview_figures import (
    ASK,
    CONFIRM,
    FEWEST_CALLS,
    FEWEST_STAYS,
    OPEN,
    VERDICTS,
    ZERO,
    Bin,
    Group,
    Mark,
    decided_of,
)
from review.reports.paper import COUNT, YUAN, Cell, Column, Paper, Table, Text
from review.violations import FAMILY_NAMES, VIOLATIONS

ONCE = "金额为涉及金额：同笔费用只计一次，不成立的不计入；线索不计金额。"
PARTS = {"first": "首审", "second": "复审"}


@dataclass(frozen=True)
class Figures:
    """What the panels are made of."""

    violations: Sequence[Group]
    departments: Sequence[Group]
    doctors: Sequence[Group]
    months: Sequence[Group]
    checks: Sequence[tuple[Group, Interval | None]]
    amounts: Sequence[Mark]
    bins: Sequence[Bin]
    reviewers: Sequence[Line]
    agreement: Line
    known: (
        tuple[int, int] | None
    )  # calls on planted findings that were right, and all; null where not to be told


def tables_of(figures: Figures) -> Mapping[str, tuple[Table, ...]]:
    """By panel its tables."""
    return {
        "violation": (_violations(figures.violations),),
        "progress": (_reviewers(figures.reviewers), *_agreements(figures.agreement)),
        "department": (_stays("按科室", "科室", figures.departments), _doctors(figures.doctors)),
        "month": (_stays("按入院月份", "月份", figures.months),),
        "amount": (_amounts(figures.amounts), _bins(figures.bins)),
        "check": (_checks(figures.checks),),
    }


def as_paper(tables: Iterable[Table], title: str, subtitle: str, made_at: datetime) -> Paper:
    """Some of the tables as a workbook's contents."""
    return Paper(title, subtitle, False, made_at, (Text(ONCE, "small"), *tables), True)


def _violations(groups: Sequence[Group]) -> Table:
    columns = (Column("类别"), Column("违规类型", width=2), *_tally_columns())
    rows = tuple((_family(group), group.name, *_tally(group)) for group in groups)
    return Table("按违规类型", columns, rows, ("合计", None, *_total(groups)), ONCE, "没有疑点")


def _stays(name: str, title: str, groups: Sequence[Group]) -> Table:
    columns = (Column(title, width=2), Column("住院", COUNT), Column("有疑点住院", COUNT), *_tally_columns())
    rows = tuple((group.name, group.stays, len(group.suspects), *_tally(group)) for group in groups)
    stays = sum(group.stays for group in groups), sum(len(group.suspects) for group in groups)
    return Table(name, columns, rows, ("合计", *stays, *_total(groups)), ONCE, "没有住院")


def _doctors(groups: Sequence[Group]) -> Table:
    table = _stays("按主诊医师", "医师", groups)
    note = f"只列住院不少于 {FEWEST_STAYS} 例的医师。{ONCE}"
    return Table(table.name, table.columns, table.rows, None, note, f"没有住院满 {FEWEST_STAYS} 例的医师")


def _checks(found: Sequence[tuple[Group, Interval | None]]) -> Table:
    columns = (
        Column("规则"), Column("疑点", width=2), Column("疑点数", COUNT), Column("已判", COUNT), Column("确认", COUNT),
        Column("确认率"), Column("95 % 区间", width=1.4), Column("待补、待定", COUNT),
    )  # fmt: skip
    rows = tuple(
        (group.key, group.name, group.total, decided_of(group), group.findings[CONFIRM], percent(share),
         f"{percent_of(share.low)} 至 {percent_of(share.high)}" if share else "",
         group.findings[ASK] + group.findings[OPEN])
        for group, share in found
    )  # fmt: skip
    note = f"确认率为确认占确认与不成立之和，区间为 Wilson 区间；已判不足 {FEWEST_CALLS} 项的，不宜据此评价规则。"
    return Table("规则确认率", columns, rows, None, note, "没有疑点")


def _amounts(marks: Sequence[Mark]) -> Table:
    columns = (Column("规则"), Column("疑点", width=2), Column("决定"), Column("金额", YUAN))
    rows = tuple((mark.check, mark.title, WORDS[mark.verdict], mark.amount) for mark in marks)
    return Table("各项金额", columns, rows, None, "每项疑点自己的金额，重叠未扣。", "没有带金额的疑点")


def _bins(bins: Sequence[Bin]) -> Table:
    columns = (
        Column("从（含）", YUAN),
        Column("至（不含）", YUAN),
        *(Column(WORDS[one], COUNT) for one in VERDICTS),
    )
    rows = tuple(_bin(one) for one in bins)
    return Table("金额分段", columns, rows, None, "每十倍分十段。", "没有带金额的疑点")


def _bin(one: Bin) -> tuple[Cell, ...]:
    return one.low, one.high, *(one.findings.get(verdict, 0) for verdict in VERDICTS)


def _reviewers(lines: Sequence[Line]) -> Table:
    columns = (
        Column("专家"), Column("审次"), Column("病例", COUNT), Column("已完成", COUNT), Column("每例中位（秒）", COUNT),
    )  # fmt: skip
    rows = tuple(_reviewer(line) for line in lines)
    return Table("审核进度", columns, rows, None, "", "还没有分派，也没有决定")


def _reviewer(line: Line) -> tuple[Cell, ...]:
    seconds = None if line["seconds"] is None else Decimal(str(line["seconds"]))
    return line["name"], PARTS[line["part"]], line["cases"], line["done"], seconds


def _agreements(told: Line) -> tuple[Table, ...]:
    columns = (Column("范围", width=2), Column("双审", COUNT), Column("一致", COUNT), Column("κ", width=1.6),
               Column("AC1", width=1.6), Column("说明", width=2))  # fmt: skip

    def row(one: Line) -> tuple[Cell, ...]:
        return (
            one["name"],
            one["items"],
            one["alike"],
            _coefficient(one["kappa"]),
            _coefficient(one["ac1"]),
            one["why"],
        )

    rows = (row(told["all"]), *map(row, told["violation"]), *map(row, told["pair"]))
    return (Table("一致性", columns, rows, None, "只计互不知情时的决定；括号内为 95 % 区间。"),)


def percent_of(share: float) -> str:
    return f"{round(100 * share)} %"


def percent(share: Interval | None) -> str:
    return percent_of(share.value) if share else ""


def _coefficient(found: Sequence[float] | None) -> str:
    if not found:
        return ""
    value, low, high = found
    return f"{value:.2f}（{low:.2f} 至 {high:.2f}）"


def _family(group: Group) -> str:
    return FAMILY_NAMES[VIOLATIONS[group.key].family]


def _tally_columns() -> tuple[Column, ...]:
    words = (Column(WORDS[verdict], COUNT) for verdict in VERDICTS)
    return Column("疑点", COUNT), *words, Column("涉及金额", YUAN), Column("其中确认", YUAN)


def _tally(group: Group) -> tuple[Cell, ...]:
    counts = (group.findings[verdict] for verdict in VERDICTS)
    return group.total, *counts, group.amount, group.yuan.get(CONFIRM, ZERO)


def _total(groups: Sequence[Group]) -> tuple[Cell, ...]:
    def of(figure: Callable[[Group], Decimal]) -> Decimal:
        return sum((figure(group) for group in groups), ZERO)

    counts = (sum(group.findings[verdict] for group in groups) for verdict in VERDICTS)
    whole = sum(group.total for group in groups)
    return whole, *counts, of(lambda group: group.amount), of(lambda group: group.yuan.get(CONFIRM, ZERO))
