"""CHG-030: a test that a department orders for nearly everybody, with or without an indication. Never said of one stay.

All counting is one query; what it reads as an indication is what CHG-029 reads.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from review.checks.cohorts import cohort_query
from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Inspection
from review.models import Outcome, Problem, Skipped

CENT = Decimal("0.01")
GENERAL_SAID = (
    "{department}{quarter}住院 {all_stays} 例，无{name}指征的 {stays} 例中 {tested} 例做了该项检查，占 {share:.0%}"
    "（95% 置信下限 {lower_bound:.0%}{others}），其中 {early} 例在入院初期即开展，共收费 {yuan} 元。"
    "有普遍开展的迹象，建议抽取病历核实指征。"
)
BUNDLE_SAID = (
    "{department}{quarter}住院 {stays} 例，{alike} 例入院首日都做同样的 {items} 项检查检验，其中{wanting}须有指征。"
    "有套餐式检查的迹象。"
)


@check(
    code="CHG-030",
    title="无指征普遍开展检查检验",
    violation="excessive_service",
    certainty="clue",
    scope="ward",
    needs={"tables": ["charges", "admissions"], "knowledge": ["indicated_tests"]},
    limits={
        "least_stays": 50,
        "cap_share": 0.60,
        "lower_bound": 0.50,
        "z": 1.96,
        "times_others": 2,
        "least_others": 50,
        "first_hours": 12,
        "first_share": 0.8,
        "bundle_items": 8,
        "bundle_share": 0.9,
    },
    limits_said={
        "least_stays": "科室一季度至少几例",
        "cap_share": "无指征者中做该项检查的比例",
        "lower_bound": "该比例的 95% 置信下限",
        "z": "置信区间的标准正态分位数",
        "times_others": "为本院其他科室的几倍",
        "least_others": "其他科室至少几例",
        "first_hours": "“入院初期”指入院几小时内",
        "first_share": "在入院初期开展的比例",
        "bundle_items": "套餐至少几项",
        "bundle_share": "做同样套餐的比例",
    },
    basis=["医疗保障基金使用监督管理条例#第三十八条（二）"],
    covers={
        "classes": [78],
        "problems": [
            80,
            82,
            91,
            92,
            93,
            *range(102, 105),
            *range(106, 114),
            115,
            116,
            117,
            *range(119, 124),
            126,
            169,
        ],
    },
    why="一项检查在没有指征的住院里也普遍开展，多半是套餐而不是病情需要；比例只说明科室的习惯，不说明任何一例。",
    exceptions=(
        "科室收治的患者多有该项检查的指征",
        "国家或专科规定的筛查对象",
        "有指征的住院不计入",
        "与其他科室相当且不在入院初期集中开展",
        "病例数不足以判断",
        "首日检查虽多而各例不同",
    ),
    overturned_by=("检查期前已有的诊疗规范", "专科筛查规定", "抽取病历核实的指征"),
)
def tests_generalised(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    warehouse = inspection.warehouse
    small = [row["admission_id"] for row in warehouse.rows(cohort_query("tests", "small"), limits)]
    if len(small) == len(inspection.records):
        raise NotApplicable(f"没有一个科室一个季度的住院达到 {limits['least_stays']} 例")
    reason = f"所在科室该季度住院不足 {limits['least_stays']} 例"
    for admission_id in small:
        yield Skipped(admission_id, Outcome.NOT_APPLICABLE, reason)
    for row in warehouse.rows(cohort_query("tests", "general"), limits):
        where = {name: row[name] for name in ("hospital", "department", "quarter", "row_id")}
        listed = warehouse.rows(cohort_query("tests", "listed"), {**limits, **where})
        yuan = Decimal(row["yuan"]).quantize(CENT)
        yield Problem(
            message=GENERAL_SAID.format(**{**row, "others": _others(row), "yuan": yuan}),
            amount=yuan,
            admissions=tuple(found["admission_id"] for found in listed),
            points_at=(row["department"], row["quarter"], row["row_id"]),
        )
    for row in warehouse.rows(cohort_query("tests", "bundles"), limits):
        yield Problem(
            message=BUNDLE_SAID.format(**{**row, "wanting": "、".join(row["wanting"])}),
            admissions=tuple(row["admissions"]),
            points_at=(row["department"], row["quarter"], "bundle"),
        )


def _others(row: Mapping[str, Any]) -> str:
    if not row["other_stays"]:
        return ""
    return f"，本院其他科室为 {float(row['other_tested']) / float(row['other_stays']):.0%}"
