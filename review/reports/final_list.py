"""最终清单: what stands at an institution once it has been heard, by kind and clause, with what the clause provides.

The ranges are the clause's own, for the authority that decides; the paper proposes nothing. Which clause provides what
is data: `provisions.yaml`.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from review.reports.confirmation_letter import confirmed
from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.hearing_sheets import was_confirmed
from review.reports.paper import COUNT, YUAN, Block, Cell, Column, Heading, Signatures, Table, Text, told
from review.reports.wording import ONCE, ZERO, about, fund_of, masked_note, standing_of

FILE = Path(__file__).with_name("provisions.yaml")
Pair = tuple[Sojourn, Point]
KINDS = (
    Column("涉嫌事项", width=1.4),
    Column("条款", width=1.6),
    Column("项数", COUNT, 0.5),
    Column("病例", COUNT, 0.5),
    Column("计入金额（元）", YUAN, 1.1),
    Column("其中基金（元）", YUAN, 1.1),
    Column("条款规定的处理", width=3.0),
    Column("罚款幅度（元）", width=1.6),
)
ITEMS = (
    Column("序号", COUNT, 0.4),
    Column("病例", width=1.1),
    Column("涉嫌事项", width=1.2),
    Column("核查所见", width=3.0),
    Column("条款", width=1.6),
    Column("计入金额（元）", YUAN, 1.0),
    Column("其中基金（元）", YUAN, 1.0),
    Column("机构意见", width=0.9),
    Column("复核", width=0.8),
)
CHANGED = (
    Column("病例", width=1.1),
    Column("涉嫌事项", width=1.3),
    Column("确认金额（元）", YUAN, 1.0),
    Column("复核结果", width=0.8),
    Column("复核后金额（元）", YUAN, 1.0),
    Column("理由", width=3.0),
)
NO_ARTICLE = "所引条款没有规定罚则；按该条款和服务协议办理"
NO_VERDICT = (
    "“条款规定的处理”和“罚款幅度”只复述条款的范围，供有权机关决定时参考，不是处理意见。幅度按其中基金部分的倍数计算，"
    "基金部分由费用按比例折算；数据未载明基金支付的不计。是否造成损失、是否以骗取为目的，由有权机关认定。"
)


class Provision(BaseModel):
    """What an article provides; `fine` as multiples, `suspends` in months, null where it says nothing of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    article: str
    says: str
    returns: bool
    fine: tuple[int, int] | None
    of: str | None
    suspends: tuple[int, int] | None
    when: str | None


@cache
def provisions() -> tuple[Provision, ...]:
    """The provisions as the file has them."""
    read = yaml.safe_load(FILE.read_text("utf-8"))["provisions"]
    return tuple(Provision.model_validate(one) for one in read)


def provided(point: Point) -> tuple[str, Provision | None]:
    """The clause a finding rests on that provides something, as its passage, and what; else the first it rests on."""
    for one in provisions():
        for basis in point.basis:
            if basis["document"] == one.document and str(basis["passage"]).startswith(one.article):
                return f"{one.document}{basis['passage']}", one
    first = next(iter(point.basis), None)
    return (f"{first['document']}{first['passage']}" if first else "未载明"), None


def final_list(dossier: Dossier) -> tuple[Block, ...]:
    """Three tables: by kind and clause, finding by finding, and what the hearing changed."""
    pairs = confirmed(dossier)
    changed = [
        (stay, point)
        for stay in dossier.stays
        for point in stay.points
        if was_confirmed(point) and point.hearing and point.hearing.outcome in ("核减", "撤销")
    ]
    return (
        about(dossier),
        standing_of(dossier),
        Text(ONCE, "small"),
        Text(NO_VERDICT, "small"),
        *masked_note(dossier),
        Heading("按事项和条款"),
        _by_kind(pairs),
        Heading("逐项"),
        Table(
            "逐项",
            ITEMS,
            tuple(_item(number, *pair) for number, pair in enumerate(pairs, start=1)),
            ("", "合计", "", "", "", *_sums(pairs), "", ""),
            empty="没有已确认的事项。",
        ),
        Heading("陈述后核减和撤销"),
        Table("核减和撤销", CHANGED, tuple(_change(*pair) for pair in changed)),
        Signatures(("检查组组长", "被检机构（盖章）")),
    )


def _by_kind(pairs: list[Pair]) -> Table:
    groups: dict[tuple[str, str], list[Pair]] = {}
    for stay, point in pairs:
        groups.setdefault((point.name, provided(point)[0]), []).append((stay, point))
    rows = tuple(_kind(name, clause, held) for (name, clause), held in groups.items())
    stays = len({stay.admission_id for stay, _ in pairs})
    total = ("合计", "", len(pairs), stays, *_sums(pairs), "", "")
    note = "一例有几类事项的，合计病例只计一次。"
    return Table("按事项和条款", KINDS, rows, total, note, "没有已确认的事项。")


def _kind(name: str, clause: str, held: list[Pair]) -> tuple[Cell, ...]:
    provision = provided(held[0][1])[1]
    amount, fund = _sums(held)
    stays = len({stay.admission_id for stay, _ in held})
    says = provision.says if provision else NO_ARTICLE
    return name, clause, len(held), stays, amount, fund, says, _range(provision, fund, held)


def _range(provision: Provision | None, fund: Decimal, held: Iterable[Pair]) -> str:
    if provision is None or provision.fine is None:
        return "—"
    low, high = (told(fund * times, YUAN) for times in provision.fine)
    unknown = sum(point.fund is None and bool(point.confirmed) for _, point in held)
    more = f"；另有 {unknown} 项基金部分未载明，未计" if unknown else ""
    return (
        f"{provision.fine[0]}–{provision.fine[1]} 倍：{low}–{high}{more}" if fund else f"无基金金额可算{more}"
    )


def _sums(pairs: Iterable[Pair]) -> tuple[Decimal, Decimal]:
    pairs = list(pairs)
    return (
        sum((point.confirmed or ZERO for _, point in pairs), ZERO),
        sum((fund_of(point) for _, point in pairs), ZERO),
    )


def _item(number: int, stay: Sojourn, point: Point) -> tuple[Cell, ...]:
    heard = point.hearing
    label = f"{stay.label}\n{stay.inpatient_no}".strip()
    clause = provided(point)[0]
    said, made = (heard.stance or heard.state, heard.outcome) if heard else ("未答复", "")
    return number, label, point.name, point.message, clause, point.confirmed, fund_of(point), said, made


def _change(stay: Sojourn, point: Point) -> tuple[Cell, ...]:
    heard = point.hearing
    if heard is None:
        raise ValueError("nothing was heard of this finding")
    after = None if heard.withdrawn else point.amount
    return stay.label, point.name, heard.before, heard.outcome, after, heard.reason
