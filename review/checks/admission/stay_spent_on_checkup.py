"""ADM-003: the stay consisted of examinations; nothing was treated.

Where ADM-001 can judge the stay, it carries this as support; this check speaks only where the record is too thin
for that.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from review.checks.appropriateness import INTRAVENOUS, LIMITS, assess
from review.checks.checkup import check_up
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.readings import facts_of
from review.models import Problem
from review.record import Lab
from review.violations import Certainty

STAGING = ("C", "D0", "Z51", "Z94")
TROPONIN = re.compile(r"肌钙蛋白|cTn|TNI", re.IGNORECASE)
LEFT_EARLY_DAYS = 2
APART = timedelta(hours=3)
ACTED_WITHIN = timedelta(hours=24)
PRENATAL = ("O", "Z34", "Z35", "Z36")
UNEXPLAINED = frozenset({"体重下降", "发热"})
RANGE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[-~—～至]+\s*(\d+(?:\.\d+)?)\s*$")
GIVEN = re.compile(r"口服|皮下|肌注|静滴|静注|静脉|泵入|含服|吸入|外用|ivgtt", re.IGNORECASE)


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
    message="$figures。疑似体检式住院；病历资料不足以按入院标准判断（$why_thin）。",
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
        "已由入院指征核查判断",
    ),
    overturned_by=("首次病程记录中写明的诊断问题", "在他院接续治疗的记录"),
    covers={"classes": (53,), "problems": (1,)},
)
def stay_spent_on_checkup(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.charges:
        raise NotChecked("本次住院没有费用明细")
    figures = check_up(record, limits)
    if not figures.looks_like_one or _excused(record):
        return
    try:
        thin = assess(record, limits).thin
    except NotChecked as reason:
        thin = str(reason)
    if thin is None:
        raise NotApplicable("已按入院标准判断，见 ADM-001")
    told = tuple(fact.fact_id for fact in facts_of(record, "request", "stable"))
    asked = any(True for _ in facts_of(record, "request"))
    yield Problem(
        fields={"figures": figures.says, "why_thin": thin},
        charge_ids=(),
        fact_ids=told[:4],
        certainty=Certainty.PROBABLE if asked else Certainty.CLUE,
        points_at=("stay",),
    )


def _excused(record: Record) -> bool:
    """Stays that consist of tests by their nature."""
    admission = record.admission
    code = (admission.main_diagnosis_code or "").upper()
    if code.startswith(STAGING) or admission.discharge_way in {"2", "5"} or admission.died_at:
        return True
    short = admission.ends_at - admission.begins_at <= timedelta(days=LEFT_EARLY_DAYS)
    if admission.discharge_way == "4" and short:
        return True
    if code.startswith(PRENATAL) or admission.admission_kind == "52":
        return True
    return _rules_out_infarction(record) or _unexplained(record) or _by_vein(record) or _acted_on(record)


def _rules_out_infarction(record: Record) -> bool:
    """Troponin taken again, three hours or more after it was first taken."""
    taken = sorted(
        lab.sampled_at for lab in record.labs if lab.sampled_at and TROPONIN.search(lab.analyte or "")
    )
    return len(taken) >= 2 and taken[-1] - taken[0] >= APART


def _unexplained(record: Record) -> bool:
    """Whether the patient came for a loss of weight or a fever that nobody had explained."""
    return any(fact.name in UNEXPLAINED and fact.value == "present" for fact in facts_of(record, "clinical"))


def _by_vein(record: Record) -> bool:
    routine = [re.compile(str(row["name_regex"])) for row in record.rows("iv_not_intensity")]
    return any(
        INTRAVENOUS.search(order.usage or "") and not any(p.search(order.order_name or "") for p in routine)
        for order in record.orders
    )


def _acted_on(record: Record) -> bool:
    """Whether a drug was begun within a day after a result outside its range was known."""
    known = [lab.reported_at for lab in record.labs if lab.reported_at and _abnormal(lab)]
    begun = [
        order.begins_at for order in record.orders if order.begins_at and GIVEN.search(order.usage or "")
    ]
    return any(timedelta(0) < at - seen <= ACTED_WITHIN for seen in known for at in begun)


def _abnormal(lab: Lab) -> bool:
    ends = RANGE.match(lab.reference_range or "")
    return (
        ends is not None
        and lab.value is not None
        and not float(ends[1]) <= float(lab.value) <= float(ends[2])
    )
