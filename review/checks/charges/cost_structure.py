"""CHG-036: where a department's share of drugs, tests, materials or treatment stands out from its past and its peers.

Context for choosing where to look; never a finding on a stay, and no yuan.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from review.checks.cohorts import cohort_query
from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Inspection
from review.models import Problem, Skipped

REFERENCES = {"history": "本院其他季度", "peers": "其他医院同科室"}
Row = Mapping[str, Any]


@check(
    code="CHG-036",
    title="费用结构偏离",
    violation="excessive_service",
    certainty="clue",
    scope="hospital",
    needs={"tables": ["charges", "admissions"]},
    limits={
        "least_stays": 200,
        "least_group": 20,
        "least_others": 3,
        "mads": 3,
        "least_points": 0.05,
        "listed": 20,
    },
    limits_said={
        "least_stays": "全院至少几例",
        "least_group": "一组至少几例",
        "least_others": "可比的其他季度至少几个",
        "mads": "偏离中位数的倍数（绝对中位差）",
        "least_points": "相差的百分点至少",
        "listed": "列出的住院至多几例",
    },
    basis=["医疗保障基金使用监督管理条例#第二十五条"],
    covers={"classes": [56, 57, 58, 59, 60, 61]},
    message="$where住院 $stays 例，$part占费用的 $share，$direction$references。仅供选取检查重点，不说明任何一例。",
    why="药费、检查检验、耗材、治疗等占比与自身历次、同类科室相差很大的，值得先看；占比本身不是问题。",
    exceptions=(
        "占比在历次的正常波动之内",
        "与其他医院的同科室相当",
        "住院例数不足以比较",
        "没有可比的其他季度和科室",
    ),
    overturned_by=("科室业务或收治病种的变化", "价格或采购政策的调整"),
)
def cost_structure(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    if len(inspection.records) < limits["least_stays"]:
        raise NotApplicable(f"住院不足 {limits['least_stays']} 例，不作费用结构比较")
    rows = inspection.warehouse.rows(cohort_query("cost_shares", "shares"), limits)
    if not rows:
        raise NotApplicable("没有可以比较的其他季度，也没有其他医院的同科室")
    places = groupby(rows, key=lambda row: (row["hospital"], row["department"], row["quarter"], row["part"]))
    for _, beside in places:
        problem = _departure(inspection, list(beside), limits)
        if problem:
            yield problem


def _departure(inspection: Inspection, rows: Sequence[Row], limits: Limits) -> Problem | None:
    """A share outside what every reference at hand allows, all on the same side."""
    row = rows[0]
    sides = {_side(one) for one in rows}
    if len(sides) != 1 or sides == {0}:
        return None
    where = {name: row[name] for name in ("hospital", "department", "quarter", "part")}
    lower = sides == {-1}
    listed = inspection.warehouse.rows(
        cohort_query("cost_shares", "listed"), {**limits, **where, "lower": lower}
    )
    return Problem(
        fields={
            "where": f"{row['department']}{row['quarter']}",
            "stays": row["stays"],
            "part": row["part"],
            "share": f"{row['share']:.1%}",
            "direction": "低于" if lower else "高于",
            "references": "、".join(_said(one) for one in rows),
        },
        admissions=tuple(one["admission_id"] for one in listed),
        points_at=(row["hospital"], row["department"], row["quarter"], row["part"]),
    )


def _side(row: Row) -> int:
    apart = row["share"] - row["middle"]
    return 0 if abs(apart) <= row["allowed"] else 1 if apart > 0 else -1


def _said(row: Row) -> str:
    compared = f"{REFERENCES[row['reference']]}的中位数 {row['middle']:.1%}"
    return f"{compared}（{row['others']} 个，容许上下 {row['allowed']:.1%}）"
