"""ADM-002: a condition that clinics treat was the main diagnosis, and nothing told takes it out of that list.

Where the record allows it, the stay is judged by the criteria of admission; where it is too thin for that, or the
criteria of the ward are the region's own, a course told as quiet is a clue.
"""

from collections.abc import Iterator

from review.checks.admission_window import Window
from review.checks.appropriateness import LIMITS, Assessment, assess
from review.checks.checkup import check_up
from review.checks.criteria import Row, State, judge, operated, rows_in_force
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.needless_stays import CAVEAT, CHECK_UP, DAY_WARD, DIED, LISTED, needless, treated_after
from review.checks.outpatient_conditions import exclusions_met, outpatient_condition
from review.checks.readings import facts_of
from review.models import Problem
from review.violations import Certainty

ELSEWHERE = "已以更具体的名目报告，见 ADM-003"


@check(
    code="ADM-002",
    title="门诊可处理病种住院",
    violation="low_indication_admission",
    certainty="probable",
    needs={
        "tables": ("admissions", "documents"),
        "knowledge": ("outpatient_conditions", "outpatient_exclusions"),
    },
    limits={**LIMITS},
    limits_said={
        "core_recorded": "至少记录了几项核心情况才判断",
        "fever": "视为发热的体温（℃）",
        "normal": "视为正常的体征范围",
        "test_share": "检查检验占费用的比例，达到即像体检",
        "drug_share": "药品占费用的比例，低于此即像体检",
        "systems": "检查涉及至少几个系统",
        "analytes": "化验至少几项指标",
        "early_share": "检查在早期完成的比例",
        "early_hours": "“早期”指入院几小时内",
    },
    basis=("医疗保障基金使用监督管理条例#第十五条第一款", "医疗保障基金使用监督管理条例#第三十八条（二）"),
    message="主诊断“$diagnosis”属一般门诊可处理的病种（$condition），$judged。疑似门诊可处理病种住院。$caveat。",
    why="病种本身不说明不必住院，只说明应当看一看为什么住院。",
    exceptions=(
        "有手术操作",
        "有排除情形",
        "有住院强度的治疗",
        "日间病房",
        "死亡",
        "入院诊断另有所指",
        "病历未写病情平稳",
        "体检式住院另行报告",
        "主诊断不在名单",
    ),
    overturned_by=("门诊诊疗经过", "住院期间的治疗记录"),
    covers={"classes": (53,), "problems": (1,)},
)
def outpatient_condition_admitted(record: Record, limits: Limits) -> Iterator[Problem]:
    row = outpatient_condition(record)
    if row is None:
        raise NotApplicable("主诊断不在门诊可处理病种之列")
    if record.admission.admission_kind == DAY_WARD:
        raise NotApplicable("日间病房收治")
    if record.admission.discharge_way == DIED or record.admission.died_at:
        return
    try:
        seen = assess(record, limits)
    except NotChecked as reason:
        yield from _by_its_notes(record, row, str(reason), limits)
        return
    if seen.thin:
        yield from _by_its_notes(record, row, seen.thin, limits)
    else:
        yield from _judged(seen)


def _judged(seen: Assessment) -> Iterator[Problem]:
    found = needless(seen)
    if found is None:
        return
    if found.check == CHECK_UP:
        raise NotApplicable(ELSEWHERE)
    if found.check == LISTED:
        judged = f"入院后 24 小时内记录的事实未见达到入院标准（核心情况已记录 {len(seen.core)}/9 项）"
        others = [said for said in found.support if seen.condition not in said]
        yield Problem(
            fields={
                **found.fields,
                "diagnosis": seen.record.admission.main_diagnosis or "",
                "condition": seen.condition,
                "judged": "；".join([judged, *others, found.course]),
            },
            evidence=found.evidence,
            fact_ids=found.fact_ids,
            against_fact_ids=found.against_fact_ids,
            certainty=found.certainty,
            points_at=("stay",),
        )


def _by_its_notes(record: Record, row: Row, why_thin: str, limits: Limits) -> Iterator[Problem]:
    """A stay that the criteria cannot judge, told as quiet by what notes there are."""
    if not record.documents:
        raise NotChecked("本次住院没有病历文书")
    if check_up(record, limits).looks_like_one and not treated_after(record):
        raise NotApplicable(ELSEWHERE)
    told = [fact.fact_id for fact in facts_of(record, "stable", "request")]
    if told and not _needed(record, row):
        yield Problem(
            fields={
                "diagnosis": record.admission.main_diagnosis or "",
                "condition": row["condition"],
                "judged": f"病历未见须住院的情形；资料不足以按入院标准判断（{why_thin}）",
                "caveat": CAVEAT,
            },
            fact_ids=tuple(told[:4]),
            certainty=Certainty.CLUE,
            row_id=str(row["row_id"]),
            points_at=("stay",),
        )


def _needed(record: Record, row: Row) -> bool:
    """Whether what the thin record holds takes the stay out of the list: an operation, an exclusion, a criterion."""
    window = Window(record)
    criteria = rows_in_force(record.rows("admission_criteria"), record.admission.begins_at.date())
    adult = [one for one in criteria if one["population"] in {"adult", "all"}]
    verdicts = (*judge(window, adult), *exclusions_met(window, row, adult))
    met = any(one.state is State.MET and one.mode != "supporting" for one in verdicts)
    return met or operated(window)[0] is State.MET
