"""ADM-016: unplanned readmission and recorded hospital infection of a quarter, beside the hospital's own history.

Context for choosing where to look; never on a stay, and no yuan.
"""

from collections.abc import Iterator

from review.checks.clusters import HALF, Row, Standing, listed, small_hospitals, stand_out
from review.checks.cohorts import cohort_query
from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Inspection
from review.checks.tails import binomial_interval, binomial_tail, poisson_interval, poisson_tail
from review.models import Problem, Skipped

READMITTED_SAID = (
    "{quarter}出院 {leaves} 例，{days} 日内非计划再入院 {n} 例，占 {rate:.1%}（95% 区间 {low:.1%}–{high:.1%}）；"
    "本院其他季度为 {before:.1%}，{says}。仅供选取检查重点，不说明任何一例。"
)
INFECTED_SAID = (
    "{quarter}住院 {leaves} 床日，记载的院内感染 {n} 例，每千床日 {rate:.2f} 例（95% 区间 {low:.2f}–{high:.2f}）；"
    "本院其他季度为 {before:.2f} 例，{says}。仅供选取检查重点，不说明任何一例。"
)


@check(
    code="ADM-016",
    title="再入院率、院内感染率统计",
    violation="split_admission",
    certainty="clue",
    scope="hospital",
    counted=False,
    needs={"tables": ("admissions",)},
    limits={
        "least_stays": 200,
        "least_leaves": 50,
        "readmit_days": 31,
        "most_q": 0.01,
        "planned": "^(Z51|Z49|Z08|Z09|Z37|Z38|D46|D56|D57|D61|D66|O|P)",
        "infection": "院内感染|医院感染|医院获得性|医院内获得|导管相关|呼吸机相关"
        "|手术切口感染|手术部位感染|术后伤口感染",
    },
    limits_said={
        "least_stays": "全院至少几例",
        "least_leaves": "一组出院至少几例",
        "readmit_days": "出院后几日内再入院",
        "most_q": "错误发现率上限（q 值）",
        "planned": "不计的计划再入院编码",
        "infection": "表示院内感染的词",
    },
    basis=("医疗保障基金使用监督管理条例#第二十五条",),
    why="再入院率和院内感染率高于自身历史的季度值得先看；比率本身不是问题。",
    exceptions=(
        "计划性再入院不计",
        "非医嘱离院、转院后再入院不计",
        "在自身历史的波动之内",
        "没有可比的其他季度",
        "入院时已有的感染不计",
        "住院例数不足以比较",
    ),
    overturned_by=("收治病种的变化", "感染监测口径或上报要求的变化", "计划性再入院的说明"),
    covers={"classes": (62, 63)},
)
def quarterly_rates(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    yield from small_hospitals(inspection, limits)
    days = _days(inspection, limits)
    bound = {**limits, "readmit_days": days}
    returned = _compared(inspection.warehouse.rows(cohort_query("returns", "readmissions"), bound), limits)
    infected = _compared(inspection.warehouse.rows(cohort_query("returns", "infections"), limits), limits)
    if not returned and not infected:
        raise NotApplicable("没有可以比较的其他季度")
    for found in stand_out(returned, _weigh_share, limits["most_q"]):
        stays = listed(inspection, cohort_query("returns", "readmission_stays"), bound, found.row)
        low, high = binomial_interval(found.n, found.row["leaves"])
        yield _pattern(READMITTED_SAID, found, stays, "readmitted", 1.0, low, high, days)
    for found in stand_out(infected, _weigh_density, limits["most_q"]):
        stays = listed(inspection, cohort_query("returns", "infection_stays"), limits, found.row)
        low, high = (1000 * end / float(found.row["leaves"]) for end in poisson_interval(found.n))
        yield _pattern(INFECTED_SAID, found, stays, "infected", 1000.0, low, high, days)


def _days(inspection: Inspection, limits: Limits) -> int:
    """The region's own span of a readmission where it has set one."""
    rows = [row for row in inspection.knowledge("region_policy") if row["policy_key"] == "readmit_stat_days"]
    value = str(rows[0]["value"]) if rows else ""
    return int(value) if value.isdigit() else int(limits["readmit_days"])


def _compared(rows: list[dict[str, object]], limits: Limits) -> list[Row]:
    least = limits["least_leaves"]
    return [
        row for row in rows if float(str(row["leaves"])) >= least and float(str(row["other_leaves"])) >= least
    ]


def _rate(row: Row) -> float:
    return (float(row["others"]) + HALF) / (float(row["other_leaves"]) + 1)


def _weigh_share(row: Row) -> tuple[int, float, float]:
    rate = _rate(row)
    return int(row["n"]), rate * int(row["leaves"]), binomial_tail(int(row["n"]), int(row["leaves"]), rate)


def _weigh_density(row: Row) -> tuple[int, float, float]:
    expected = _rate(row) * float(row["leaves"])
    return int(row["n"]), expected, poisson_tail(int(row["n"]), expected)


def _pattern(
    said: str,
    found: Standing,
    stays: tuple[str, ...],
    what: str,
    per: float,
    low: float,
    high: float,
    days: int,
) -> Problem:
    row = found.row
    figures = {
        "quarter": row["quarter"],
        "leaves": int(row["leaves"]),
        "n": found.n,
        "days": days,
        "rate": per * found.n / float(row["leaves"]),
        "before": per * float(row["others"]) / float(row["other_leaves"]),
        "low": low,
        "high": high,
        "says": found.says,
    }
    return Problem(
        message=said.format(**figures), admissions=stays, points_at=(row["hospital"], row["quarter"], what)
    )
