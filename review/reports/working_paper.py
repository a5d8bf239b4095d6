"""工作底稿: the inspection in five tables: stays, findings with decisions, evidence, charge lines, not checked."""

from collections.abc import Iterator

from review.casework.results import EXPERT
from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.evidence_sheet import charge_row, quotes
from review.reports.paper import COUNT, DAY, MINUTE, YUAN, Block, Cell, Column, Table, Text
from review.reports.wording import (
    ONCE,
    about,
    bases,
    called,
    carried,
    local,
    masked_note,
    standing_of,
    totals,
    why,
)

STAYS = (
    Column("病例", COUNT, 0.5),
    Column("患者", width=0.8),
    Column("住院号", width=1.2),
    Column("科室", width=1.0),
    Column("主诊医师", width=0.9),
    Column("主要诊断", width=1.6),
    Column("入院", DAY, 1.1),
    Column("出院", DAY, 1.1),
    Column("天数", COUNT, 0.5),
    Column("总费用", YUAN, 1.0),
    Column("基金支付", YUAN, 1.0),
    Column("疑点", COUNT, 0.5),
    Column("待定", COUNT, 0.5),
    Column("疑似金额（每元一次）", YUAN, 1.1),
    Column("已确认金额", YUAN, 1.1),
)
POINTS = (
    Column("病例", COUNT, 0.5),
    Column("患者", width=0.8),
    Column("疑点", width=1.2),
    Column("把握", width=0.7),
    Column("检查", width=0.7),
    Column("所见", width=3.4),
    Column("涉及金额", YUAN, 0.9),
    Column("计入疑似", YUAN, 0.9),
    Column("计入已确认", YUAN, 0.9),
    Column("计入说明", width=1.1),
    Column("决定", width=0.9),
    Column("理由与附言", width=1.6),
    Column("决定人", width=0.7),
    Column("决定时间", MINUTE, 1.2),
    Column("依据", width=2.6),
)
EVIDENCE = (
    Column("病例", COUNT, 0.5),
    Column("疑点", width=1.2),
    Column("序号", width=0.4),
    Column("方面", width=0.8),
    Column("原文或数据", width=4.6),
    Column("出处", width=2.2),
    Column("时间", width=1.0),
)
CHARGES = (
    Column("病例", COUNT, 0.5),
    Column("疑点", width=1.4),
    Column("费用时间", width=1.1),
    Column("项目", width=2.6),
    Column("医保编码", width=1.6),
    Column("数量", width=0.6),
    Column("单位", width=0.5),
    Column("单价", YUAN, 0.8),
    Column("金额（元）", YUAN, 0.9),
)
UNCHECKED = (
    Column("病例", COUNT, 0.4),
    Column("患者", width=0.7),
    Column("检查", width=1.8),
    Column("原因", width=3.0),
)


def working_paper(dossier: Dossier) -> tuple[Block, ...]:
    """Five tables over all stays."""
    stays = dossier.stays
    whole = totals(dossier.points)
    blank: tuple[Cell, ...] = (None,) * 11
    pairs = [(stay, point) for stay in stays for point in stay.points]
    return (
        about(dossier),
        standing_of(dossier),
        Text(ONCE, "small"),
        *masked_note(dossier),
        Table("病例", STAYS, tuple(map(_stay, stays)), ("合计", *blank, dossier.open, *whole)),
        Table("疑点", POINTS, tuple(_point(*pair) for pair in pairs)),
        Table("证据", EVIDENCE, tuple((s.number, p.name, *row) for s, p in pairs for row in quotes(p))),
        Table("费用明细", CHARGES, tuple(_charges(stays))),
        Table("未检查", UNCHECKED, tuple((s.number, s.name, *one) for s in stays for one in s.unchecked)),
    )


def _stay(stay: Sojourn) -> tuple[Cell, ...]:
    return (
        stay.number,
        stay.name,
        stay.inpatient_no,
        stay.department,
        stay.doctor,
        stay.diagnosis,
        stay.begins.date() if stay.begins else None,
        stay.ends.date() if stay.ends else None,
        stay.days,
        stay.total,
        stay.fund,
        len(stay.points),
        sum(not point.verdict for point in stay.points),
        *totals(stay.points),
    )


def _point(stay: Sojourn, point: Point) -> tuple[Cell, ...]:
    return (
        stay.number,
        stay.name,
        point.name,
        point.certainty,
        "专家提出" if point.origin == EXPERT else point.check,
        point.message,
        point.amount,
        point.suspected,
        point.confirmed,
        carried(point),
        called(point),
        why(point),
        point.who,
        local(point.at),
        bases(point),
    )


def _charges(stays: tuple[Sojourn, ...]) -> Iterator[tuple[Cell, ...]]:
    """Every line that a finding names, once, with all the findings that name it."""
    for stay in stays:
        for line in stay.charges:
            named = [point.name for point in stay.points if line["charge_id"] in point.charge_ids]
            yield stay.number, "、".join(dict.fromkeys(named)), *charge_row(line)
