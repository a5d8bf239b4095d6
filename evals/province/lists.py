"""The lists and the plan a bureau would write by hand, as files its commands read."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from evals.province.land import LATER, PERIODS, Expert, Hospital, Province

EARLIER_INSPECTION = "省级2025"
LEADER = "陈立群"
ON_SITE = timedelta(days=40)
PLAN_NAME = "2026年医保基金省级检查（示范）"


def write_table(file: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.DictWriter(sink, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return file


def read_table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def hospital_rows(province: Province, risk: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """`risk`: yuan that the screening found in a hospital; the score adds a point for each million of fund use."""
    return [
        {
            "编号": one.code,
            "名称": one.name,
            "地区": one.region_name,
            "类型": one.kind,
            "基金用量": one.fund_use[LATER],
            "历次检查": EARLIER_INSPECTION if one.inspected else "",
            "风险分": risk.get(one.code, Decimal(0)) / 100 + one.fund_use[LATER] // 1_000_000,
            "指定": "",
        }
        for one in province.hospitals
    ]


def pharmacy_rows(province: Province) -> list[dict[str, Any]]:
    return [
        {"编号": one.code, "名称": one.name, "地区": one.region_name, "基金用量": one.fund_use}
        for one in province.pharmacies
    ]


def expert_rows(experts: Iterable[Expert], given: Mapping[str, int]) -> list[dict[str, Any]]:
    """`given`: tasks that an expert got in an earlier draw of this inspection."""
    return [
        {
            "编号": one.code,
            "姓名": one.name,
            "学科": one.discipline,
            "单位": one.unit,
            "地区": one.region_name,
            "在手": one.load + given.get(one.code, 0),
            "利害关系": one.interests,
        }
        for one in experts
    ]


def stay_rows(claims: Path, hospital: Hospital) -> list[dict[str, Any]]:
    """The stays of one hospital as the platform's tables have them, each with its yuan."""
    yuan: dict[str, Decimal] = {}
    for row in read_table(claims / "setl_d.csv"):
        yuan[row["mdtrt_id"]] = yuan.get(row["mdtrt_id"], Decimal(0)) + Decimal(row["medfee_sumamt"])
    return [
        {"编号": row["mdtrt_id"], "科室": row["adm_dept_name"], "总费用": yuan[row["mdtrt_id"]]}
        for row in read_table(claims / "mdtrt_d.csv")
        if row["fixmedins_code"] == hospital.code
    ]


def write_plan(
    file: Path, province: Province, year: int, chosen: Sequence[Hospital], experts: Sequence[Expert]
) -> Path:
    """The plan of an inspection of a year; `chosen` are its objects, `experts` those matched to them."""
    first, last, notice = PERIODS[year]
    objects = [
        {
            "code": one.code,
            "name": one.name,
            "kind": "医院",
            "region": one.region_name,
            "level": "二级甲等",
            "fund_use": [{"year": year, "yuan": yuan} for year, yuan in one.fund_use.items()],
            **({"inspected": [{"year": 2025, "level": "省"}]} if one.inspected else {}),
        }
        for one in chosen
    ]
    team = [{"name": LEADER, "role": "组长"}]
    employers = {one.code: one.name for one in province.hospitals}
    team += [
        {
            "name": one.name, "role": "专家", "discipline": one.discipline, "employer": employers[one.unit],
            "region": one.region_name,
        }
        for one in experts
    ]  # fmt: skip
    plan = {
        "name": PLAN_NAME,
        "examined_from": first,
        "examined_to": last,
        "emphases": ["康复", "检查检验", "骨科"],
        "team": team,
        "objects": objects,
        "stages": [
            {"name": "工作准备", "ends": notice, "done": notice},
            {"name": "现场检查", "ends": notice + ON_SITE},
            {"name": "报送整改情况", "term": "report_progress", "begins": notice + ON_SITE},
            {"name": "报送书面报告", "term": "report_done"},
            {"name": "公示结果", "term": "publish_result", "begins": notice + ON_SITE},
        ],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    return file
