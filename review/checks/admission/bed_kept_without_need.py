"""ADM-004: a patient who stays on although nothing is done any more that takes a hospital.

A day counts as needed by whatever clears it: an operation, a drug that goes into the vein, a change of treatment, a
reading out of bounds, exercises. Only long runs of other days speak, and only beside a sign of living there.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.needless_stays import out_of_range
from review.checks.presence import inner_days
from review.models import AmountOption, Evidence, Problem
from review.record import Charge, Order
from review.violations import Certainty

BED_CARE = frozenset({"01", "02", "07"})
NO_TREATMENT = re.compile(
    r"护理|饮食|普食|流食|流质|半流|糖尿病食|禁食|陪护|留陪|测|监测|记录|查|检|超声|彩超|心电图|CT|MR|摄片|出院|转科|会诊|体位"
)
CARE = re.compile(r"护理|饮食|普食|流食|流质|半流|糖尿病食|陪护|留陪|出院|体位")
ANSWERED, TAKEN_AGAIN = timedelta(days=1), timedelta(days=2)
BY_VEIN = re.compile(r"静脉|静滴|静注|静推|ivgtt|iv|泵入|微量泵|输注|鞘内", re.IGNORECASE)
INTENSE = re.compile(
    r"呼吸机|通气|透析|血滤|灌流|化疗|放疗|输血|红细胞|血浆|引流|气管切开|吸痰|雾化|吸氧|病危|病重|监护|胃肠减压|牵引|石膏|制动|换药|清创"
)
EXERCISE = re.compile(
    r"康复|训练|功能锻炼|针灸|针刺|电针|推拿|理疗|关节松动|Bobath|作业疗法|运动疗法", re.IGNORECASE
)
LIVES_HERE = re.compile(
    r"等[待候]?[^，。；\n]{0,6}(?:床位|家属|家人|子女|护理院|福利院)|床位[^，。；\n]{0,4}安排|[暂尚]无空床|无处可去|养老|滞留"
    r"|(?:家属|家人|子女)[^，。；\n]{0,6}(?:未到(?!场)|未来|不来|未接|拒绝?接|不愿接|不肯接|联系不上)"
    r"|无(?:家属|家人|子女|人)(?:照[护料顾管看]|看护|来接)|家中无人|不愿出院|拒绝出院|要求(?:继续|再)住"
)
PALLIATIVE = re.compile(r"姑息|临终|安宁疗护|植物状态|持续性?昏迷|呼吸机依赖|微意识|去皮层")
HELD = re.compile(r"隔离|强制医疗|流浪|救助站|三无人员")
EXEMPT_CODES = ("F", "O", "P", "Z51.5", "A15", "A16", "A17", "A18", "A19")
CARE_HOME = "养老|敬老|老年公寓|护理院|福利院|光荣院|颐养|康养"


@check(
    code="ADM-004",
    title="以医代养、压床",
    violation="low_indication_admission",
    certainty="probable",
    needs={"tables": ("admissions", "orders", "charges")},
    limits={
        "run_clue": 7,
        "run_probable": 14,
        "long_stay_days": 60,
        "active_share": 0.30,
        "unchanged_days": 14,
        "charted_share": 0.50,
        "days_in_year": 180,
        "exercises": 2,
        "temperature": 38,
        "systolic_high": 180,
        "systolic_low": 90,
        "pulse_high": 120,
        "pulse_low": 50,
        "oxygen_low": 90,
    },
    limits_said={
        "run_clue": "连续几日无治疗为“线索”",
        "run_probable": "连续几日无治疗为“很可能”",
        "long_stay_days": "长期住院的天数",
        "active_share": "有治疗的日子所占比例，低于此才算",
        "unchanged_days": "医嘱不变的天数",
        "charted_share": "其间有体征或病程的日子所占比例，低于此不为“很可能”",
        "days_in_year": "一年内住院的天数",
        "exercises": "功能训练至少几种",
        "temperature": "视为发热的体温（℃）",
        "systolic_high": "收缩压高于多少视为异常",
        "systolic_low": "收缩压低于多少视为异常",
        "pulse_high": "脉搏高于多少视为异常",
        "pulse_low": "脉搏低于多少视为异常",
        "oxygen_low": "血氧饱和度低于多少视为异常",
    },
    basis=("医疗保障基金使用监督管理条例#第三十八条（二）",),
    message="$from_day 至 $to_day 连续 $run 天没有手术、静脉治疗、治疗调整或异常体征；$signs。疑似已无继续住院的必要。",
    why="病情稳定、只需照料的人长住医院，床位和护理由基金承担；安宁疗护、康复和特殊政策另有规定。",
    exceptions=(
        "安宁疗护、植物状态或依赖呼吸机",
        "精神科、强制医疗或隔离期",
        "救助站送治",
        "每日康复训练达量",
        "静脉治疗或引流等未停",
        "治疗有调整",
        "异常化验已处理",
        "体征异常",
        "没有长住的迹象",
        "骨折牵引或制动",
    ),
    overturned_by=("当地长期住院或床日付费的批准", "期间病情变化的记录", "康复计划及执行记录"),
    covers={"classes": (53,)},
)
def bed_kept_without_need(record: Record, limits: Limits) -> Iterator[Problem]:
    admission = record.admission
    days = inner_days(record)
    if len(days) < limits["run_clue"]:
        raise NotApplicable(f"住院不足 {limits['run_clue'] + 1} 天")
    if not record.orders:
        raise NotChecked("本次住院没有医嘱")
    if not record.vitals and not record.documents:
        raise NotChecked("缺：护理体征和病历文书")
    if (admission.main_diagnosis_code or "").upper().startswith(EXEMPT_CODES) or _excused(record):
        return
    active = _active(record, limits)
    idle = _longest_run([day for day in days if day not in active])
    share = len(active & set(days)) / len(days)
    long = len(days) > limits["long_stay_days"] and share < limits["active_share"]
    if len(idle) < limits["run_clue"] and not (long and idle):
        return
    signs, evidence = _signs(record, idle, limits)
    if signs:
        yield _problem(record, idle, signs, evidence, limits)


def _excused(record: Record) -> bool:
    names = [row.diagnosis_name for row in record.diagnoses] + [record.admission.admission_diagnosis or ""]
    told = [order.order_name or "" for order in record.orders]
    return any(PALLIATIVE.search(text) or HELD.search(text) for text in (*names, *told) if text) or any(
        HELD.search(document.text) or PALLIATIVE.search(document.text)
        for document in record.of_kind("入院记录", "首次病程记录")
    )


def _active(record: Record, limits: Limits) -> set[date]:
    """The days on which something was done or happened that takes a hospital."""
    found = {row.operated_on for row in record.operations if row.operated_on}
    found |= {day + timedelta(days=n) for day in tuple(found) for n in range(1, 4)}
    for order in record.orders:
        found |= set(_days_of(record, order))
    found |= {v.measured_at.date() for v in record.vitals if v.measured_at and _out_of_bounds(v, limits)}
    found |= set(_answered(record))
    exercises: dict[date, Decimal] = {}
    for charge in record.charges:
        if charge.charged_on and EXERCISE.search(charge.item_name or ""):
            exercises[charge.charged_on] = exercises.get(charge.charged_on, Decimal(0)) + charge.quantity
    return found | {day for day, done in exercises.items() if done >= limits["exercises"]}


def _answered(record: Record) -> Iterator[date]:
    """Days of a result outside its range that somebody answered: by an order within a day, or by taking it again."""
    begun = [
        order.begins_at
        for order in record.orders
        if order.begins_at and not CARE.search(order.order_name or "")
    ]
    again: dict[str | None, list[datetime]] = {}
    for lab in record.labs:
        if lab.sampled_at:
            again.setdefault(lab.analyte, []).append(lab.sampled_at)
    for lab in record.labs:
        known = lab.reported_at or lab.sampled_at
        if known is None or not out_of_range(lab):
            continue
        ordered = any(known <= at <= known + ANSWERED for at in begun)
        if ordered or any(known < at <= known + TAKEN_AGAIN for at in again.get(lab.analyte, ())):
            yield from {known.date(), (lab.sampled_at or known).date()}


def _days_of(record: Record, order: Order) -> Iterator[date]:
    """The days an order makes active: every day it runs where it is intense, else those of its beginning and end."""
    name, begins = order.order_name or "", order.begins_at
    if begins is None:
        return
    ends = order.ends_at or (
        record.admission.ends_at if (order.order_type or "").startswith("长期") else begins
    )
    if INTENSE.search(name) or (BY_VEIN.search(order.usage or "") and not _routine(record, order)):
        for n in range((ends.date() - begins.date()).days + 1):
            yield begins.date() + timedelta(days=n)
    elif not NO_TREATMENT.search(name):
        yield begins.date()
        if order.ends_at is not None and order.ends_at.date() != record.admission.ends_at.date():
            yield order.ends_at.date()


def _routine(record: Record, order: Order) -> bool:
    """Whether it is one of the drips that are no reason for a bed."""
    name = order.order_name or ""
    return any(re.search(str(row["name_regex"]), name) for row in record.rows("iv_not_intensity"))


def _out_of_bounds(vital: object, limits: Limits) -> bool:
    bounds = (
        ("temperature", None, limits["temperature"]),
        ("systolic", limits["systolic_low"], limits["systolic_high"]),
        ("pulse", limits["pulse_low"], limits["pulse_high"]),
        ("oxygen_saturation", limits["oxygen_low"], None),
    )
    for name, low, high in bounds:
        value = getattr(vital, name)
        if value is not None and ((low is not None and value <= low) or (high is not None and value >= high)):
            return True
    return False


def _longest_run(days: Sequence[date]) -> list[date]:
    best: list[date] = []
    run: list[date] = []
    for day in days:
        run = [*run, day] if run and day - run[-1] == timedelta(days=1) else [day]
        best = run if len(run) > len(best) else best
    return best


def _signs(record: Record, idle: list[date], limits: Limits) -> tuple[list[str], tuple[Evidence, ...]]:
    """Signs of living in the hospital; the first may stand beside a run of any length."""
    signs, evidence = [], []
    for document in record.documents:
        match = LIVES_HERE.search(document.text)
        written = document.written_at.date() if document.written_at else None
        if match and written and idle[0] <= written <= idle[-1] + timedelta(days=1):
            line = (document.text.rfind("\n", 0, match.start()) + 1, match.end())
            evidence.append(record.quote(document, *line))
    if evidence:
        signs.append("记录写有等床位、无人照料等非医疗原因")
    together = record.inspection.warehouse.rows(
        "select sum(bed_days) as days, count(*) as stays from admissions where person_id = $person"
        " and coalesce(hospital_code, '') = $hospital and begins_on > $day - 365 and begins_on <= $day",
        {
            "person": record.admission.person_id,
            "hospital": record.admission.hospital_code or "",
            "day": record.admission.begins_at.date(),
        },
    )[0]
    if together["stays"] and together["stays"] > 1 and together["days"] >= limits["days_in_year"]:
        signs.append(f"一年内在本院住院共 {together['days']} 天")
    lives = record.inspection.warehouse.rows(
        "select 1 from admissions where admission_id = $id and regexp_matches(coalesce(address, ''), $home)",
        {"id": record.admission.admission_id, "home": CARE_HOME},
    )
    if lives:
        signs.append("住址为养老机构")
    if len(idle) >= limits["unchanged_days"]:
        signs.append(f"长期医嘱 {len(idle)} 天未变")
    return signs, tuple(evidence[:3])


def _problem(
    record: Record, idle: list[date], signs: list[str], evidence: tuple[Evidence, ...], limits: Limits
) -> Problem:
    care = [c for c in record.charges if c.charged_on in set(idle) and c.charge_type in BED_CARE]
    return Problem(
        fields={
            "from_day": f"{idle[0]:%Y-%m-%d}",
            "to_day": f"{idle[-1]:%Y-%m-%d}",
            "run": len(idle),
            "signs": "，".join(signs),
        },
        evidence=evidence,
        fact_ids=tuple(v.fact_id for v in record.vitals if v.measured_at and v.measured_at.date() in idle)[
            :2
        ],
        certainty=_certainty(record, idle, limits),
        amount_options=(_bed_and_care(care),) if care else (),
        points_at=("idle", f"{idle[0]}"),
    )


def _certainty(record: Record, idle: list[date], limits: Limits) -> Certainty:
    """Two weeks are probable where somebody looked at the patient; a run that nobody wrote about is a clue."""
    seen = {v.measured_at.date() for v in record.vitals if v.measured_at}
    seen |= {document.written_at.date() for document in record.documents if document.written_at}
    charted = len(seen & set(idle)) >= limits["charted_share"] * len(idle)
    return Certainty.PROBABLE if charted and len(idle) >= limits["run_probable"] else Certainty.CLUE


def _bed_and_care(care: Sequence[Charge]) -> AmountOption:
    return AmountOption("该段床位、诊查、护理费", sum((charge.amount for charge in care), Decimal(0)))
