"""ADM-010: people admitted to one ward on one day with one disease, from one village, or number after number."""

from collections.abc import Iterator

from review.checks.clusters import small_hospitals
from review.checks.gatherings import BATCH_LIMITS, Gathering, batches
from review.checks.header import Limits, check
from review.checks.inputs import Inspection
from review.models import Problem, Skipped

ALIKE = {
    "disease": "主诊断同为 {mark}",
    "village": "住址同在“{mark}”",
    "numbers": "住院号相连",
}


@check(
    code="ADM-010",
    title="同日批量入院",
    violation="induced_admission",
    certainty="clue",
    scope="hospital",
    counted=False,
    needs={"tables": ("admissions",)},
    limits=BATCH_LIMITS,
    limits_said={
        "least_stays": "全院至少几例",
        "least_together": "同日至少几人",
        "least_days": "至少几个入院日可比",
        "most_q": "错误发现率上限（q 值）",
        "excused_share": "有正当缘由的比例，达到即不提示",
        "sudden": "不提示的急性病编码",
        "school": "表示学校的词",
        "village": "取村、社区名的写法",
    },
    basis=("医疗保障基金使用监督管理条例#第二十五条", "医疗保障基金使用监督管理条例#第四十条（一）"),
    message="$ward $day 一天收入 $n 人，$alike；同科同类星期的其他 $other_days 天每天平均 $usual 人，"
    "$says。有批量入院的迹象，仅供选取检查重点。",
    why="成批入院可能是组织、诱导住院；也可能是事故、疫情、筛查手术日，须逐例核对。",
    exceptions=(
        "事故、中毒或疫情",
        "集中手术日",
        "学校或托幼机构",
        "该科该日本来就收得多",
        "人数不足",
        "住院例数不足以比较",
        "可比的日子太少",
    ),
    overturned_by=("事故或疫情的通报", "筛查手术的组织文件", "学校组织就诊的说明", "逐例的入院指征"),
    covers={"problems": (1,)},
)
def admitted_in_batches(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    yield from small_hospitals(inspection, limits)
    for found in batches(inspection, limits):
        yield _pattern(found)


def _pattern(found: Gathering) -> Problem:
    row, standing = found.standing.row, found.standing
    day = f"{row['begins_on']:%Y-%m-%d}"
    return Problem(
        fields={
            "ward": row["ward"],
            "day": day,
            "n": standing.n,
            "alike": ALIKE[found.feature].format(mark=row["mark"]),
            "other_days": row["other_days"],
            "usual": f"{float(row['others']) / row['other_days']:.2f}",
            "says": standing.says,
        },
        admissions=found.admissions,
        marks_stays=True,
        points_at=(row["hospital"], row["ward"], day, found.feature, row["mark"]),
    )
