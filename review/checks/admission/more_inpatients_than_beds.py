"""ADM-017: more patients in bed at midnight than the hospital has licensed beds.

Beside ADM-005, which asks of one stay whether somebody lay there; this is a day of the whole hospital, and says of no
stay that it was empty.
"""

from collections.abc import Iterator

from review.checks.clusters import listed
from review.checks.cohorts import cohort_query
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection
from review.models import Outcome, Problem, Skipped

UNLICENSED = "缺：机构执业信息里本院的核定床位"


@check(
    code="ADM-017",
    title="在床人数超过核定床位",
    violation="phantom_stay",
    certainty="clue",
    scope="hospital",
    counted=False,
    needs={"tables": ("admissions", "institution")},
    limits={
        "share": 0.10,
        "least_over": 3,
        "newborn_days": 28,
        "without_bed": "日间|留观|观察室|观察病房|家庭病床|门诊|母婴同室",
    },
    limits_said={
        "share": "超过核定床位的比例",
        "least_over": "至少超过几人",
        "newborn_days": "几日龄以内的新生儿不计",
        "without_bed": "不占核定床位的科室",
    },
    basis=("医疗保障基金使用监督管理条例#第二十五条", "医疗保障基金使用监督管理条例#第三十八条（一）"),
    message="$name核定床位 $beds 张；$first_day 至 $last_day 有 $days 天夜间在床人数超过一成以上，"
    "最多的 $worst_day 登记在床 $n 人，为核定床位的 $percent%。有挂床、虚记住院的迹象，也可能是加床；"
    "仅供选取检查重点，不说明任何一例。",
    why="床位有限，登记在床的人明显多于床位时，其中可能有人不在院；提取的只是参保住院，实际只会更多。",
    exceptions=(
        "超过不足一成",
        "只超过一两人",
        "日间病房和留观",
        "新生儿随母亲同室",
        "同一人的几次登记只占一床",
        "出院当日不占床",
    ),
    overturned_by=("加床的审批和记录", "核定床位的变更批复", "床头卡和交班本"),
)
def more_inpatients_than_beds(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    warehouse = inspection.warehouse
    unlicensed = warehouse.rows(cohort_query("occupancy", "unlicensed"), limits)
    if len(unlicensed) == len(inspection.records):
        raise NotChecked(UNLICENSED)
    for row in unlicensed:
        yield Skipped(row["admission_id"], Outcome.NOT_CHECKED, UNLICENSED)
    for row in warehouse.rows(cohort_query("occupancy", "crowded"), limits):
        days = {name: f"{row[name]:%Y-%m-%d}" for name in ("first_day", "last_day", "worst_day")}
        yield Problem(
            fields={
                **row,
                **days,
                "name": row["name"] or "本院",
                "percent": f"{100 * row['n'] / row['beds']:.0f}",
            },
            admissions=listed(inspection, cohort_query("occupancy", "lying_there"), limits, row),
            points_at=(row["hospital"], days["worst_day"]),
        )
