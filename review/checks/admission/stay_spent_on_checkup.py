"""ADM-003: the stay consisted of examinations; nothing was treated.

Where ADM-001 can judge the stay, it carries this as support; this check speaks only where the record is too thin
for that.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from review.checks.appropriateness import LIMITS, assess
from review.checks.checkup import check_up
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.readings import facts_of
from review.models import Problem
from review.violations import Certainty

STAGING = ("C", "D0", "Z51", "Z94")
TROPONIN = re.compile(r"肌钙蛋白|cTn|TNI", re.IGNORECASE)
LEFT_EARLY_DAYS = 2


@check(
    code="ADM-003",
    title="体检式住院",
    violation="low_indication_admission",
    certainty="probable",
    needs={"tables": ("admissions", "charges")},
    limits={**LIMITS},
    basis=("医疗保障基金使用监督管理条例#第三十八条（二）",),
    message="$figures。疑似体检式住院；病历资料不足以按入院标准判断（$why_thin）。",
    why="以检查为主、没有治疗的住院，检查可在门诊完成。",
    exceptions=(
        "肿瘤分期或移植前检查",
        "排除心肌梗死",
        "有创检查",
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
    taken = {lab.sampled_at for lab in record.labs if TROPONIN.search(lab.analyte or "")}
    return len(taken) >= 2
