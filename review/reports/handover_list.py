"""移送清单: confirmed findings by the department that may have to deal with them; the leader decides what goes.

Which department may be concerned is data: `handover.yaml`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from review.reports.confirmation_letter import confirmed
from review.reports.dossier import Dossier, Point, Sojourn
from review.reports.paper import COUNT, YUAN, Block, Cell, Column, Heading, Signatures, Table, Text, told
from review.reports.wording import ONCE, ZERO, about, bases, decided, fund_of, masked_note
from review.violations import VIOLATIONS

FILE = Path(__file__).with_name("handover.yaml")
ITEMS = (
    Column("序号", COUNT, 0.45),
    Column("病例", width=1.2),
    Column("涉嫌事项", width=1.2),
    Column("核查所见", width=3.2),
    Column("计入（元）", YUAN, 1.0),
    Column("依据", width=2.4),
    Column("审核决定", width=1.2),
    Column("证据", COUNT, 0.5),
    Column("是否移送", width=0.8),
)


@cache
def departments() -> tuple[Mapping[str, Any], ...]:
    """The departments as the file has them; raises ValueError where a violation is unknown."""
    read = tuple(yaml.safe_load(FILE.read_text("utf-8"))["departments"])
    unknown = {code for one in read for code in one["violations"]} - set(VIOLATIONS)
    if unknown:
        raise ValueError(f"{FILE.name}: no such violation: {', '.join(sorted(unknown))}")
    return read


def handover_list(dossier: Dossier) -> tuple[Block, ...]:
    """A table for each department; a finding that concerns two stands in both."""
    pairs = confirmed(dossier)
    blocks: list[Block] = [
        about(dossier),
        Text(
            "下列为已确认的事项和建议移送的部门；是否移送由组长逐项决定并填写。"
            f"待定 {dossier.open} 项、待补 {dossier.asked} 项不在本件内。"
        ),
        Text(ONCE + "涉及两个部门的事项在两处各列一次，不得相加。", "small"),
        *masked_note(dossier),
    ]
    for one in departments():
        concerned = [pair for pair in pairs if pair[1].violation in one["violations"]]
        rows = tuple(_item(number, *pair) for number, pair in enumerate(concerned, start=1))
        total = sum((point.confirmed or ZERO for _, point in concerned), ZERO)
        kept = "数额未达移送起点：" if below_threshold(one, concerned) else "建议移送："
        blocks += [
            Heading(f"{kept}{one['name']}"),
            Text(f"{one['why']}（《{one['document']}》{one['passage']}）。", "small"),
            *_threshold(one, concerned),
            Table(
                one["name"],
                ITEMS,
                rows,
                (None, "合计", "", "", total, "", "", None, ""),
                empty="没有涉及的事项。",
            ),
        ]
    return (*blocks, Signatures(("移送单位经办人", "组长", "接收单位接收人（签名并盖章）")))


def below_threshold(department: Mapping[str, Any], concerned: Sequence[tuple[Sojourn, Point]]) -> bool:
    """Whether what is confirmed stays below the sum from which the rule hands over, even if the fund paid all of it
    where its part is not known."""
    held = department.get("threshold")
    if held is None or not concerned:
        return False
    most = sum((_most_of_fund(point) for _, point in concerned), ZERO)
    return bool(most < held["yuan"][0])


def _most_of_fund(point: Point) -> Decimal:
    return (point.confirmed or ZERO) if point.fund is None else fund_of(point)


def _threshold(department: Mapping[str, Any], concerned: Sequence[tuple[Sojourn, Point]]) -> tuple[Text, ...]:
    """How the confirmed yuan of the fund stand to the sum that the rule names; whoever decides knows the local one."""
    held = department.get("threshold")
    if held is None or not concerned:
        return ()
    fund = sum((fund_of(point) for _, point in concerned), ZERO)
    low, high = held["yuan"]
    place = "低于" if fund < low else "介于" if fund < high else "达到或超过"
    unknown = sum(point.fund is None and bool(point.confirmed) for _, point in concerned)
    more = f"；另有 {unknown} 项基金部分未载明，未计" if unknown else ""
    advice = (
        "数额未达任何地方的起点，不作移送建议，不出移送函；另有线索的，由组长决定。"
        if below_threshold(department, concerned)
        else ""
    )
    return (
        Text(
            f"已确认事项的基金部分合计 {told(fund, YUAN)} 元{more}；{held['says']}：{low:,} 至 {high:,} 元"
            f"（《{held['document']}》{held['passage']}），{place}这一幅度。是否以非法占有为目的，由有权机关认定。"
            + advice
        ),
    )


def _item(number: int, stay: Sojourn, point: Point) -> tuple[Cell, ...]:
    return (
        number,
        f"{stay.label}\n{stay.inpatient_no}".strip(),
        point.name,
        point.message,
        point.confirmed,
        bases(point),
        decided(point),
        len(point.evidence),
        "",
    )
