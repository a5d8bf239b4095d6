"""ADM-003: the stay consisted of examinations; nothing was treated.

Where the record allows it, the stay is judged by the criteria of admission first; what they clear is no check-up.
"""

from collections.abc import Iterator

from review.checks.appropriateness import LIMITS, assess
from review.checks.checkup import check_up
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Record
from review.checks.needless_stays import CAVEAT, CHECK_UP, needless, tests_had_a_reason, treated_after
from review.checks.readings import facts_of
from review.models import Problem
from review.violations import Certainty


@check(
    code="ADM-003",
    title="体检式住院",
    violation="low_indication_admission",
    certainty="probable",
    needs={"tables": ("admissions", "charges")},
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
    basis=("医疗保障基金使用监督管理条例#第三十八条（二）",),
    message="$figures；$judged。疑似体检式住院。$caveat。",
    why="以检查为主、没有治疗的住院，检查可在门诊完成。",
    exceptions=(
        "肿瘤分期或移植前检查",
        "排除心肌梗死",
        "有创检查",
        "消瘦或发热待查",
        "产前诊断",
        "须经静脉的用药",
        "异常结果后调整了治疗",
        "死亡、转院或短期非医嘱离院",
        "检查后给予治疗",
        "达到入院标准",
    ),
    overturned_by=("首次病程记录中写明的诊断问题", "在他院接续治疗的记录"),
    covers={"classes": (53,), "problems": (1,)},
)
def stay_spent_on_checkup(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.charges:
        raise NotChecked("本次住院没有费用明细")
    figures = check_up(record, limits)
    if not figures.looks_like_one or tests_had_a_reason(record) or treated_after(record):
        return
    try:
        seen = assess(record, limits)
    except NotChecked as reason:
        yield _by_its_bill(record, figures.says, str(reason))
        return
    if seen.thin:
        yield _by_its_bill(record, figures.says, seen.thin)
        return
    found = needless(seen)
    if found is not None and found.check == CHECK_UP:
        judged = f"入院后 24 小时内记录的事实未见达到入院标准（核心情况已记录 {len(seen.core)}/9 项）"
        others = [said for said in found.support if said != figures.says]
        yield Problem(
            fields={**found.fields, "figures": figures.says, "judged": "；".join([judged, *others])},
            evidence=found.evidence,
            fact_ids=found.fact_ids,
            against_fact_ids=found.against_fact_ids,
            certainty=found.certainty,
            points_at=("stay",),
        )


def _by_its_bill(record: Record, figures: str, why_thin: str) -> Problem:
    """A stay that the criteria cannot judge: the bill alone is a clue, with the patient's own request it is more."""
    asked = any(True for _ in facts_of(record, "request"))
    told = tuple(fact.fact_id for fact in facts_of(record, "request", "stable"))
    return Problem(
        fields={
            "figures": figures,
            "judged": f"病历资料不足以按入院标准判断（{why_thin}）",
            "caveat": CAVEAT,
        },
        fact_ids=told[:4],
        certainty=Certainty.PROBABLE if asked else Certainty.CLUE,
        points_at=("stay",),
    )
