"""ADM-012: patients sent home for the weekend or over the year's end who come back for the same disease."""

from collections.abc import Iterator

from review.checks.clusters import HALF, Row, listed, small_hospitals, stand_out
from review.checks.cohorts import cohort_query
from review.checks.header import Limits, check
from review.checks.inputs import Inspection
from review.checks.tails import binomial_tail, poisson_tail
from review.models import Problem, Skipped

WEEK = 7
PLANNED = "^(Z51|Z49|Z08|Z09|Z37|Z38|D46|D56|D57|D61|D66|O|P)"
WEEKEND_SAID = (
    "{ward}周五出院 {fridays} 人次，其中 {n} 人次（{share:.0%}）于下周一因同类诊断再次入院；{says}。"
    "有按周末分段住院的迹象，仅供选取检查重点。"
)
YEAR_END_SAID = (
    "{year} 年 12 月 25 日后出院、次年 1 月因同类诊断再入院 {n} 人次；{says}。"
    "有按年度分段住院的迹象，仅供选取检查重点。"
)


@check(
    code="ADM-012",
    title="周末、年末出入院簇",
    violation="split_admission",
    certainty="clue",
    scope="hospital",
    counted=False,
    needs={"tables": ("admissions",)},
    limits={
        "least_stays": 200,
        "least_back": 5,
        "friday_share": 0.30,
        "times_mean": 3,
        "year_end_days": 13,
        "least_period": 120,
        "most_q": 0.01,
        "planned": PLANNED,
    },
    limits_said={
        "least_stays": "全院至少几例",
        "least_back": "至少几人返院",
        "friday_share": "周五出院的比例",
        "times_mean": "为平均的几倍",
        "year_end_days": "年末年初的天数",
        "least_period": "数据至少几日",
        "most_q": "错误发现率上限（q 值）",
        "planned": "不提示的计划返院编码",
    },
    basis=("医疗保障基金使用监督管理条例#第二十五条", "医疗保障基金使用监督管理条例#第三十八条（一）"),
    why="周五出院、周一再住，或年底出院、年初再住，可能是把一次住院分成几次结算。",
    exceptions=(
        "年终或中途强制结算",
        "化疗、透析等计划性周期",
        "产科",
        "平时也同样间隔再入院",
        "再入院的是另一种病",
        "人次不足",
        "住院例数不足以比较",
    ),
    overturned_by=("经办机构年终结算的要求", "分次治疗的计划", "周末出院时的病情记载"),
    covers={"classes": (49,)},
)
def returns_by_the_calendar(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    yield from small_hospitals(inspection, limits)
    weekends = inspection.warehouse.rows(cohort_query("returns", "weekends"), limits)
    for found in stand_out(weekends, _weigh_weekend, limits["most_q"]):
        row = found.row
        said = WEEKEND_SAID.format(**{**row, "share": row["n"] / row["fridays"], "says": found.says})
        stays = listed(inspection, cohort_query("returns", "weekend_stays"), limits, row)
        yield _pattern(said, stays, (row["hospital"], row["ward"], "weekend"))
    rows = inspection.warehouse.rows(cohort_query("returns", "year_ends"), limits)
    often = [row for row in rows if row["n"] >= limits["times_mean"] * _usual(row)]
    for found in stand_out(often, _weigh_year_end, limits["most_q"]):
        stays = listed(inspection, cohort_query("returns", "year_end_stays"), limits, found.row)
        said = YEAR_END_SAID.format(**{**found.row, "year": int(found.row["year"]), "says": found.says})
        yield _pattern(said, stays, (found.row["hospital"], str(int(found.row["year"])), "year_end"))


def _pattern(said: str, stays: tuple[str, ...], points_at: tuple[str, ...]) -> Problem:
    return Problem(message=said, admissions=stays, marks_stays=True, points_at=points_at)


def _weigh_weekend(row: Row) -> tuple[int, float, float]:
    """Fridays of a ward against the hospital's other days: how often somebody is back on the third day."""
    rate = (row["others"] + HALF) / (row["other_leaves"] + 1)
    return row["n"], rate * row["fridays"], binomial_tail(row["n"], row["fridays"], rate)


def _usual(row: Row) -> float:
    """Returns to be expected after seven days' discharges, by the rest of the period."""
    return float((row["others"] + HALF) * WEEK / (row["period"] - WEEK))


def _weigh_year_end(row: Row) -> tuple[int, float, float]:
    expected = _usual(row)
    return row["n"], expected, poisson_tail(row["n"], expected)
