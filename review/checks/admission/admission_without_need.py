"""ADM-001: by what was known in the first 24 hours, nothing in the record called for a bed.

A finding needs more than unmet criteria; where criteria are unmet but the patient was treated for something acute, the
stay reads clear. What ADM-002 or ADM-003 tells of a stay is not told here a second time.
"""

from collections.abc import Iterator

from review.checks.appropriateness import LIMITS, assess
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.needless_stays import DIED, UNNAMED, needless
from review.models import Problem


@check(
    code="ADM-001",
    title="入院指征不足",
    violation="low_indication_admission",
    certainty="probable",
    needs={
        "tables": ("admissions", "documents"),
        "knowledge": ("admission_criteria", "iv_not_intensity"),
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
    basis=(
        "医疗保障基金使用监督管理条例#第十五条第一款",
        "医疗保障基金使用监督管理条例#第三十八条（二）",
        "医疗机构医疗保障定点管理暂行办法#第十六条",
    ),
    message="入院后 24 小时内记录的事实未见达到入院标准（核心情况已记录 $core/9 项）；$support；"
    "$quiet。疑似无（低）指征住院。$caveat。",
    why="门诊能够完成的检查和治疗收入住院，属于提供不必要的医药服务。",
    exceptions=(
        "达到严重程度标准",
        "急诊或择期手术操作",
        "首日病历已有手术计划",
        "急性病静脉用药治疗",
        "密切监测",
        "化疗、透析、输血等须观察的治疗",
        "危重、死亡或转入",
        "无照护、隔离或门诊治疗失败",
        "记录过于简略",
        "儿童急症",
        "产科",
        "精神科高危",
        "肿瘤治疗或并发症",
        "康复期内有功能障碍",
        "体检式住院或门诊可处理病种另行报告",
        "检查各有缘由",
    ),
    overturned_by=("24 小时内达到标准的化验、体征原始记录", "门诊诊疗经过", "本地入院标准或日间病房政策"),
    covers={"classes": (53,), "problems": (1,)},
)
def admission_without_need(record: Record, limits: Limits) -> Iterator[Problem]:
    if record.admission.died_at or record.admission.discharge_way == DIED:
        return
    seen = assess(record, limits)
    if seen.thin:
        raise NotChecked(seen.thin)
    found = needless(seen)
    if found is None:
        return
    if found.check != UNNAMED:
        raise NotApplicable(f"已以更具体的名目报告，见 {found.check}")
    yield Problem(
        fields=found.fields,
        evidence=found.evidence,
        fact_ids=found.fact_ids,
        against_fact_ids=found.against_fact_ids,
        certainty=found.certainty,
        points_at=("stay",),
    )
