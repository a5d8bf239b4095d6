"""A month's report as papers: the whole as a workbook, what a meeting reads as Word, and the lines for a terminal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from review.procedure.month_alerts import LEAST_MONTHS, RISEN, Point
from review.procedure.month_report import INNOCENT, MARK, Line, Report, promised
from review.reports.paper import (
    COUNT,
    YUAN,
    Block,
    Cell,
    Column,
    Fields,
    Heading,
    Paper,
    Signatures,
    Table,
    Text,
)
from review.screening.watch_standing import DEPARTMENT, DOCTOR, WHOLE

SERIES = (
    Column("规则", width=1),
    Column("名称", width=2),
    Column("对象", width=1.4),
    Column("本月受检", COUNT),
    Column("本月发现", COUNT),
    Column("本月比率"),
    Column("历史比率"),
    Column("历史月数", COUNT),
    Column("情况", width=1.4),
)
SHEETS = {WHOLE: "按规则", DEPARTMENT: "按科室", DOCTOR: "按医生"}
MOST_FINDINGS = 10_000  # findings in the workbook; the lines of JSON have all
MOST_SHOWN = 40  # alerts in the Word paper; the workbook has all


def told(report: Report) -> str:
    """The report in lines for a terminal, without a name of a department or doctor."""
    lines = [f"{report.name}：{report.month} 月结", MARK, _reviewed(report)]
    lines.append(f"本次审核的住院有疑点 {len(report.findings):,} 项；全部在库疑点 {report.standing:,} 项。")
    lines.append(f"提示 {len(report.alerts):,} 条。{promised(report.promise)}")
    whole = [one for one in report.alerts if one.level == WHOLE]
    lines += [f"  {one.code} {one.title}：{said(one)}" for one in whole]
    lines += [f"  出错的规则：{reason}" for reason in report.failed]
    lines += [f"  {note}" for note in report.notes]
    return "\n".join(lines)


def _reviewed(report: Report) -> str:
    ran = report.ran
    if ran is None:
        return "本月此后又有新的月结；这里按现在在库的结果列出。"
    if not ran.month:
        return f"规则或知识更新，在库住院全部重审；其中随同 {ran.beside:,} 例。"
    return (
        f"新增 {ran.new:,} 例，更正 {ran.changed:,} 例，撤销 {ran.withdrawn:,} 例，"
        f"未变 {ran.unchanged:,} 例（不再审）；"
        f"与之合并计算的往次住院等随同重看 {ran.beside:,} 例。"
    )


def said(line: Line) -> str:
    """A series' month in a sentence."""
    now, reading = line.reading.now, line.reading
    way = "高于" if reading.state == RISEN else "低于"
    more = f"；本月例数为以往月均的 {line.more_stays:.1f} 倍" if line.more_stays else ""
    return (
        f"本月 {now.examined:,} 例中 {now.found:,} 例，{now.rate:.2%}，{way}此前 {len(reading.before)} 个月的 "
        f"{reading.usual:.2%}（如此或更甚的概率{odds(reading.chance)}）{more}"
    )


def odds(chance: float | None) -> str:
    """A small chance as one in so many, to two figures."""
    if not chance or chance < 1e-9:
        return "不足 1/1,000,000,000"
    times = 1 / chance
    size = 10 ** max(0, len(str(int(times))) - 2)
    return f"约 1/{round(times / size) * size:,}"


def workbook_of(report: Report, made_at: datetime) -> Paper:
    """Everything, a sheet for each table."""
    blocks: list[Block] = [*_opening(report), _alerts(report.alerts)]
    blocks += [_series(name, report.of_level(level)) for level, name in SHEETS.items()]
    blocks += [_trend(report), _findings(report), _left_out(report)]
    return Paper("月结疑点表", _subtitle(report), False, made_at, tuple(blocks), landscape=True)


def word_of(report: Report, made_at: datetime) -> Paper:
    """What a meeting reads."""
    shown_alerts = report.alerts[:MOST_SHOWN]
    left = len(report.alerts) - len(shown_alerts)
    blocks: list[Block] = [
        *_opening(report),
        Heading("一、离开自身历史的比率（提示）"),
        Text(INNOCENT),
        replace(_alerts(shown_alerts), note=""),
    ]
    blocks += [Text(f"另有 {left:,} 条见工作簿。", "small")] if left else []
    blocks += [
        Heading("二、各规则本月"),
        _series("按规则", report.of_level(WHOLE)),
        Heading("三、各月比率"),
        _trend(report),
        Heading("四、未运行的检查"),
        replace(_left_out(report), name="未运行的检查"),
        Signatures(("制表人", "复核人")),
    ]
    return Paper("月结疑点报告", _subtitle(report), False, made_at, tuple(blocks), landscape=True)


def _subtitle(report: Report) -> str:
    return f"{report.name}　{report.month}"


def _opening(report: Report) -> list[Block]:
    held = sum(count for _, count in report.months)
    pairs: list[tuple[str, Cell]] = [
        ("月份", report.month),
        ("在库月份", len(report.months)),
        ("在库住院（人次）", held),
        ("本次疑点（项）", len(report.findings)),
        ("在库疑点（项）", report.standing),
        ("提示（条）", len(report.alerts)),
    ]
    texts: list[Block] = [Text(MARK), Text(_reviewed(report)), Text(promised(report.promise))]
    texts.append(
        Text(
            f"历史不足 {LEAST_MONTHS} 个月的序列写「历史不足」。比率为发现例数比规则能够判断的例数；"
            "误报概率按各月只有随机波动和超散布时计，随季节或逐月变动的不在此列。",
            "small",
        )
    )
    texts += [Text(f"出错的规则：{reason}") for reason in report.failed]
    if report.leader:
        texts.append(Text(f"科室、医生按原名列出，供 {report.leader} 阅看。", "small"))
    return [Fields(tuple(pairs)), *texts]


def _row(line: Line) -> tuple[Cell, ...]:
    now, usual = line.reading.now, line.reading.usual
    return (
        line.code,
        line.title,
        line.name,
        now.examined,
        now.found,
        f"{now.rate:.2%}",
        "—" if usual is None else f"{usual:.2%}",
        len(line.reading.before),
        line.reading.state,
    )


def _series(name: str, lines: Sequence[Line]) -> Table:
    return Table(name, SERIES, tuple(map(_row, lines)), empty="本月没有可列的序列")


def _alerts(alerts: Sequence[Line]) -> Table:
    columns = (*SERIES, Column("如此或更甚的概率", width=1.2), Column("例数"))
    rows = tuple(
        (
            *_row(one),
            odds(one.reading.chance),
            f"以往月均的 {one.more_stays:.1f} 倍" if one.more_stays else "与以往相近",
        )
        for one in alerts
    )
    return Table("提示", columns, rows, note=INNOCENT if alerts else "", empty="本月没有离开自身历史的比率")


def _stays(line: Line) -> str:
    return f"以往月均的 {line.more_stays:.1f} 倍" if line.more_stays else "与以往相近"


def _trend(report: Report) -> Table:
    """The rates of every rule, month by month; the latest twelve."""
    lines = report.of_level(WHOLE)
    months = sorted({one.month for line in lines for one in (*line.reading.before, line.reading.now)})[-12:]
    rows = []
    for line in lines:
        points = {one.month: one for one in (*line.reading.before, line.reading.now)}
        rows.append((line.code, line.title, *(_rate(points.get(month)) for month in months)))
    columns = (Column("规则", width=0.9), Column("名称", width=2), *(Column(month) for month in months))
    return Table("各月比率", columns, tuple(rows), empty="还没有可列的月份")


def _rate(point: Point | None) -> Cell:
    return f"{point.rate:.2%}" if point else "—"


def _findings(report: Report) -> Table:
    columns = (
        Column("就诊ID", width=1.6),
        Column("规则", width=0.8),
        Column("疑点", width=4),
        Column("金额", YUAN),
        Column("科室", width=1.2),
        Column("医生", width=1.2),
    )
    shown_findings = report.findings[:MOST_FINDINGS]
    rows = tuple(
        (one["admission_id"], one["check"], one["message"], one["amount"], one["department"], one["doctor"])
        for one in shown_findings
    )
    left = len(report.findings) - len(shown_findings)
    note = f"另有 {left:,} 项见 疑点.jsonl。" if left else ""
    return Table("本次疑点", columns, rows, note=note, empty="本次审核的住院没有疑点")


def _left_out(report: Report) -> Table:
    columns = (Column("检查", width=0.8), Column("名称", width=2), Column("原因", width=4))
    return Table("未运行", columns, report.left_out)
