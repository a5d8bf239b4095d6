"""取证单: of each stay its findings with what was seen, quotes for and against, basis, amount and decision."""

from collections.abc import Iterator

from review.casework.results import Line
from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.paper import (
    YUAN,
    Block,
    Cell,
    Column,
    Fields,
    Heading,
    NextPage,
    Signatures,
    Table,
    Text,
    told,
)
from review.reports.wording import ONCE, about, bases, carried, decided, heads, masked_note, standing_of, why

SIDES = (("for", "支持疑点"), ("against", "不支持疑点"))
QUOTES = (
    Column("序号", width=0.45),
    Column("方面", width=1.0),
    Column("原文或数据", width=4.2),
    Column("出处", width=2.0),
    Column("时间", width=1.0),
)
LINES = (
    Column("费用时间", width=1.2),
    Column("项目", width=2.8),
    Column("医保编码", width=1.8),
    Column("数量", width=0.7),
    Column("单位", width=0.6),
    Column("单价", YUAN, width=0.9),
    Column("金额（元）", YUAN, width=1.0),
)


def evidence_sheet(dossier: Dossier) -> tuple[Block, ...]:
    """A sheet for each stay with findings; a stay that is asked for alone has one also without."""
    stays = [stay for stay in dossier.stays if stay.points or len(dossier.stays) == 1]
    blocks: list[Block] = [about(dossier), standing_of(dossier), Text(ONCE, "small"), *masked_note(dossier)]
    if not stays:
        return (*blocks, Text("各例均未见疑点。"))
    for place, stay in enumerate(stays):
        blocks += [*([NextPage()] if place else []), *_sheet(stay)]
    return tuple(blocks)


def _sheet(stay: Sojourn) -> Iterator[Block]:
    yield Heading(f"病例 {stay.label}")
    yield heads(stay)
    if not stay.points:
        yield Text("本例未见疑点。")
    for number, point in enumerate(stay.points, start=1):
        yield from _point(number, point, stay)
    if stay.unchecked:
        yield Heading("未能检查的事项", 2)
        rows = tuple((title, reason) for title, reason in stay.unchecked)
        yield Table("未检查", (Column("检查", width=1.2), Column("原因", width=2.0)), rows)
    yield Signatures(("检查人员", "被检机构核对人（签名并盖章）"))


def _point(number: int, point: Point, stay: Sojourn) -> Iterator[Block]:
    yield Heading(f"疑点 {number}　{point.name}（{point.certainty}）", 2)
    yield Text(point.message)
    yield Fields(
        (
            ("审核决定", decided(point)),
            ("理由", why(point) or "未填写"),
            ("涉及金额（元）", point.amount if point.amount is not None else "不计金额"),
            ("计入说明", counting(point)),
        )
    )
    yield Table(f"{stay.number}-{number} 证据", QUOTES, tuple(quotes(point)), empty="没有可出示的原文。")
    if not any(item["says"] == "against" for item in point.evidence):
        yield Text("未找到不支持的证据。", "small")
    if point.overturned_by:
        yield Text("什么能推翻：" + "；".join(point.overturned_by), "small")
    yield Text(f"依据：{bases(point) or '未载明'}")
    if point.files:
        named = "；".join(f"{name}（SHA-256 {digest[:16]}）" for name, digest in point.files)
        yield Text(f"专家附件：{named}", "small")
    lines = [line for line in stay.charges if line["charge_id"] in point.charge_ids]
    if lines:
        yield Table(f"{stay.number}-{number} 费用", LINES, tuple(map(charge_row, lines)))


def counting(point: Point) -> str:
    """How much of a finding's yuan is counted at it, and why not more."""
    if point.amount is None:
        return "—"
    if point.verdict == "reject":
        return "不计入"
    counted = point.confirmed if point.verdict == "confirm" else point.suspected
    if not carried(point) and counted is not None and counted < point.amount:
        return f"计入 {told(counted, YUAN)} 元"
    return carried(point) or ("全额计入" if point.verdict == "confirm" else "成立的，全额计入")


def quotes(point: Point) -> Iterator[tuple[str, ...]]:
    """The evidence of a finding, both sides: mark, side, words, where they stand, when."""
    for side, name in SIDES:
        for item in point.evidence:
            if item["says"] == side:
                yield (item["mark"], name, quoted(item), source(item), (item["at"] or "").replace("T", " "))


def quoted(item: Line) -> str:
    """Words of a document in quotation marks; what a row of a table says without them."""
    if item["place"]:
        return f"「{item['quote']}」"
    return f"{item['quote']}（{item['told']}）" if item["told"] else str(item["quote"])


def source(item: Line) -> str:
    page = f" 第 {item['page']} 页" if item["page"] else ""
    read = f"（识别 {item['confidence']:.2f}）" if item["confidence"] is not None else ""
    title = f"{item['title']}，" if item["title"] else ""
    return f"{title}{item['source'].rsplit('/', 1)[-1]}{page}{read}"


def charge_row(line: Line) -> tuple[Cell, ...]:
    """A charge line as its table shows it."""
    return (
        told(line["charged_at"]),
        line["hospital_item_name"] or "",
        line["code15"] or "",
        "" if line["quantity"] is None else f"{line['quantity'].normalize():f}",
        line["unit"] or "",
        line["unit_price"],
        line["amount"],
    )
