"""回头看 in words, as data, and as a paper: what came again, in figures with their intervals, and no accusation."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from review.procedure.look_back import FEWEST_SUMS, Call, Compared, Side, mean_yuan
from review.procedure.look_back_reading import Reviewed
from review.reports.paper import (
    COUNT,
    Block,
    Column,
    Fields,
    Heading,
    Paper,
    Signatures,
    Table,
    Text,
)
from review.reports.paper import (
    told as as_said,
)
from review.violations import VIOLATIONS

MARK = "比较的是疑点，不是认定；某一类减少或未再见，也可能因病人、病种、收费项目或检查所用资料不同。"
METHOD = (
    "每类只比较两次审核都做过的检查所看过的住院；占比用 Wilson 区间，差用 Newcombe 区间，检验用 Fisher 精确检验，"
    "并按类数作 Holm 校正（0.05）。“未再见”只有在例数足以显示差别时才称“可认为已消除”。"
    f"金额同一费用只计一次；有金额的不足 {FEWEST_SUMS} 例的不列区间，其余按少数大额放宽（对数尺度）。"
)


def told(compared: Sequence[Compared]) -> list[str]:
    """A line for each type that was seen at least once or could not be compared."""
    return [_line(one) for one in compared if one.call is not Call.NONE]


def _line(one: Compared) -> str:
    sides = "，".join(
        f"{name} {side.seen:,}/{side.looked:,} 例（{_per_thousand(side)}）"
        for name, side in (("较早", one.earlier), ("较晚", one.later))
    )
    return f"{VIOLATIONS[one.violation].name}：{one.call}　{sides}"


def _per_thousand(side: Side) -> str:
    rate = side.rate
    return (
        "未看" if rate is None else f"{1000 * rate.value:.1f}‰，{1000 * rate.low:.1f}–{1000 * rate.high:.1f}"
    )


def as_data(
    earlier: Reviewed, later: Reviewed, compared: Sequence[Compared], notes: Sequence[str]
) -> dict[str, Any]:
    """The comparison as plain values; shares as fractions of one, yuan per stay looked at."""

    def side(held: Side) -> dict[str, Any]:
        rate, yuan = held.rate, mean_yuan(held)
        return {
            "stays_looked_at": held.looked,
            "stays_seen": held.seen,
            "share": [rate.value, rate.low, rate.high] if rate else None,
            "yuan": round(sum(held.yuan), 2),
            "yuan_per_stay": list(yuan) if yuan else None,
        }

    def run(held: Reviewed) -> dict[str, Any]:
        return {"period": held.period, "stays": len(held.stays), "rules": held.rules, "decided": held.decided}

    return {
        "institution": later.hospital,
        "code": later.code,
        "earlier": run(earlier),
        "later": run(later),
        "types": [
            {
                "violation": one.violation,
                "name": VIOLATIONS[one.violation].name,
                "call": str(one.call),
                "earlier": side(one.earlier),
                "later": side(one.later),
                "difference": list(one.difference) if one.difference else None,
                "p_corrected": one.p,
            }
            for one in compared
        ],
        "notes": list(notes),
    }


def paper_of(
    earlier: Reviewed,
    later: Reviewed,
    compared: Sequence[Compared],
    first: Sequence[dict[str, Any]],
    notes: Sequence[str],
    made_at: datetime,
) -> Paper:
    """The comparison as a paper."""
    blocks: list[Block] = [
        Fields(
            (
                ("被检机构", later.hospital),
                ("机构编码", later.code or "待填"),
                ("较早一次", f"{earlier.period}　{len(earlier.stays):,} 例"),
                ("较晚一次", f"{later.period}　{len(later.stays):,} 例"),
            )
        ),
        Text(MARK),
        Heading("逐类比较"),
        Table(
            "逐类比较",
            TYPES,
            tuple(_row(one) for one in compared if one.call is not Call.NONE),
            empty="两次均未见疑点。",
        ),
        Heading("下次的重点"),
        Table(
            "重点",
            FOCUS,
            tuple(_focus(place, one) for place, one in enumerate(first, start=1)),
            empty="没有。",
        ),
        Heading("说明"),
        Text("\n".join(f"{place}. {note}" for place, note in enumerate([METHOD, *notes], start=1)), "small"),
        Signatures(("制表人", "复核人")),
    ]
    return Paper(
        "回头看比较表", f"{later.hospital}　{made_at:%Y-%m-%d}", False, made_at, tuple(blocks), landscape=True
    )


TYPES = (
    Column("类型", width=1.5),
    Column("结论", width=1.5),
    Column("较早：例", width=0.9),
    Column("每千例（95% 区间）", width=1.5),
    Column("较晚：例", width=0.9),
    Column("每千例（95% 区间）", width=1.5),
    Column("差，每千例（95% 区间）", width=1.7),
    Column("p（校正）", width=0.8),
    Column("每例金额，较早→较晚（元）", width=2.0),
)
FOCUS = (
    Column("序", COUNT, 0.4),
    Column("类型", width=1.6),
    Column("为何", width=1.6),
    Column("较早例", COUNT, 0.6),
    Column("较晚例", COUNT, 0.6),
    Column("主要科室", width=3.0),
)


def _row(one: Compared) -> tuple[str, ...]:
    between = "—"
    if one.difference:
        value, low, high = (1000 * part for part in one.difference)
        between = f"{value:+.1f}（{low:+.1f} 至 {high:+.1f}）"
    p = "—" if one.p is None else "<0.001" if one.p < 0.001 else f"{one.p:.3f}"
    yuan = " → ".join(_yuan(side) for side in (one.earlier, one.later))
    sides = [
        text
        for side in (one.earlier, one.later)
        for text in (f"{side.seen:,}/{side.looked:,}", _per_thousand(side))
    ]
    return VIOLATIONS[one.violation].name, str(one.call), *sides, between, p, yuan


def _yuan(side: Side) -> str:
    held = mean_yuan(side)
    if held is None:
        return "未看"
    mean, low, high = (None if part is None else as_said(Decimal(f"{part:.2f}")) for part in held)
    return f"{mean}（{low}–{high}）" if low else f"{mean}"


def _focus(place: int, one: dict[str, Any]) -> tuple[Any, ...]:
    where = "、".join(f"{held['name']} {held['stays']} 例" for held in one["where"])
    return place, VIOLATIONS[one["violation"]].name, one["why"], one["earlier"], one["later"], where
