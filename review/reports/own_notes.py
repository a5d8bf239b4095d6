"""审核记录: what one expert decided, finding by finding, with reasons and notes."""

from dataclasses import replace

from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.paper import COUNT, MINUTE, YUAN, Block, Cell, Column, Table, Text
from review.reports.wording import ONCE, about, bases, called, local, masked_note

NOTES = (
    Column("病例", COUNT, 0.5),
    Column("患者", width=0.8),
    Column("住院号", width=1.1),
    Column("疑点", width=1.2),
    Column("所见", width=3.2),
    Column("涉及金额", YUAN, 0.9),
    Column("决定", width=0.9),
    Column("理由", width=1.4),
    Column("附言", width=1.6),
    Column("决定人", width=0.7),
    Column("决定时间", MINUTE, 1.2),
    Column("依据", width=2.4),
)


def own_notes(dossier: Dossier) -> tuple[Block, ...]:
    """One line for each decision."""
    rows = tuple(_note(stay, point) for stay in dossier.stays for point in stay.points if point.verdict)
    return (
        about(dossier),
        Text(f"共 {len(rows)} 项决定。"),
        Text(ONCE, "small"),
        *masked_note(dossier),
        Table("审核记录", NOTES, rows, empty="还没有作过决定。"),
    )


def of_expert(dossier: Dossier, who: str) -> Dossier:
    """The dossier with nothing in it but what one person decided."""
    stays = [replace(stay, points=tuple(p for p in stay.points if p.who == who)) for stay in dossier.stays]
    return replace(dossier, stays=tuple(stay for stay in stays if stay.points))


def _note(stay: Sojourn, point: Point) -> tuple[Cell, ...]:
    return (
        stay.number,
        stay.name,
        stay.inpatient_no,
        point.name,
        point.message,
        point.amount,
        called(point),
        "；".join(point.reasons),
        point.note,
        point.who,
        local(point.at),
        bases(point),
    )
