"""事实确认书: what experts have confirmed, put to the institution, which agrees or objects item by item."""

from decimal import Decimal

from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.paper import COUNT, YUAN, Block, Cell, Column, Heading, Signatures, Table, Text
from review.reports.wording import ONCE, ZERO, about, bases, carried, masked_note

ITEMS = (
    Column("序号", COUNT, 0.45),
    Column("病例", width=1.2),
    Column("涉嫌事项", width=1.2),
    Column("核查所见", width=3.6),
    Column("涉及金额（元）", YUAN, 1.1),
    Column("计入（元）", YUAN, 1.0),
    Column("机构意见", width=1.2),
)
CLAUSES = (Column("涉嫌事项", width=1.0), Column("依据", width=3.0))


def confirmation_letter(dossier: Dossier) -> tuple[Block, ...]:
    """Confirmed findings only; the rest is counted and not told, so that nothing open reads as settled."""
    pairs = confirmed(dossier)
    total = sum((point.confirmed or ZERO for _, point in pairs), ZERO)
    rows = tuple(_item(number, *pair) for number, pair in enumerate(pairs, start=1))
    return (
        about(dossier),
        Text(
            f"{dossier.hospital}：\n"
            f"检查组对你单位 {dossier.period} 的住院医保结算和病历进行了核查，下列事项涉嫌违反医疗保障基金使用的规定，"
            "现请核对事实。你单位可以逐项说明、提出异议并提交证据；逾期不答复不等于认可。"
        ),
        *_pending(dossier),
        Table("事项", ITEMS, rows, ("", "", "合计", "", None, total, ""), ONCE, "没有已确认的事项。"),
        Heading("依据"),
        Table("依据", CLAUSES, _clauses(pairs), empty="没有已确认的事项。"),
        *masked_note(dossier),
        Heading("机构意见"),
        Text(
            "□ 上述事实无异议　　□ 部分有异议（在“机构意见”栏逐项写明，另附材料）　　□ 全部有异议（另附说明）"
        ),
        Text("说明：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿"),
        Signatures(("机构负责人（签名并盖章）", "检查组组长", "检查人员")),
    )


def confirmed(dossier: Dossier) -> list[tuple[Sojourn, Point]]:
    """What experts confirmed and the rules of today still say."""
    return [
        (stay, point)
        for stay in dossier.stays
        for point in stay.points
        if point.verdict == "confirm" and not point.gone
    ]


def _pending(dossier: Dossier) -> tuple[Text, ...]:
    if not dossier.open and not dossier.asked:
        return ()
    return (Text(f"另有待定 {dossier.open} 项、待补材料 {dossier.asked} 项尚无结论，不在本件内。", "small"),)


def _item(number: int, stay: Sojourn, point: Point) -> tuple[Cell, ...]:
    said = carried(point)
    counted: Decimal | None = point.confirmed
    number_of = f"\n{stay.inpatient_no}" if stay.inpatient_no else ""
    return (
        number,
        f"{stay.label}{number_of}",
        point.name,
        point.message + (f"\n（{said}）" if said else ""),
        point.amount,
        counted,
        "",
    )


def _clauses(pairs: list[tuple[Sojourn, Point]]) -> tuple[tuple[Cell, ...], ...]:
    """Each kind of finding with all its clauses, each once."""
    found: dict[str, dict[str, None]] = {}
    for _, point in pairs:
        found.setdefault(point.name, {}).update(dict.fromkeys(bases(point).split("\n")))
    return tuple((name, "\n".join(clauses)) for name, clauses in found.items())
