"""ADM-001: by what was known in the first 24 hours, nothing in the record called for a bed.

One card per stay: what ADM-002 and ADM-003 see is told here as support and not a second time. A finding needs more than
unmet criteria; where criteria are unmet but the patient was treated for something acute, the stay reads clear.
"""

from collections.abc import Iterator

from review.checks.admission_window import Window
from review.checks.appropriateness import LIMITS, Assessment, assess
from review.checks.criteria import State
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Record
from review.checks.readings import once
from review.models import Evidence, Problem
from review.violations import Certainty

CONFIDENT = frozenset({"adult", "rehabilitation"})
EMERGENCY, TRANSFERRED, DIED = "1", "3", "5"
OLD = 80
CAVEAT = "此类标准灵敏而不够特异，医师之间一致性约 κ 0.7，须由专家复核"


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
    certainty = certainty_of(seen)
    if certainty is not None:
        yield _problem(seen, certainty)


def certainty_of(seen: Assessment) -> Certainty | None:
    """Nothing where a criterion is met or the record gives a reason; probable only with support and a quiet course.

    A quiet course alone stays a clue: some acute diseases are treated by mouth."""
    if seen.met is not None or seen.overrides or seen.record.admission.admission_way == TRANSFERRED:
        return None
    if seen.population == "obstetric":
        return None
    support = list(seen.support)
    if seen.population not in CONFIDENT:
        asked = bool(seen.requests or seen.check_up.looks_like_one or seen.listed)
        return Certainty.CLUE if asked and seen.quiet else None
    if support and seen.quiet:
        emergency = seen.record.admission.admission_way == EMERGENCY
        return Certainty.CLUE if emergency and not seen.requests else Certainty.PROBABLE
    if seen.quiet and seen.stable:
        return Certainty.CLUE
    return Certainty.CLUE if len(support) >= 2 else None


def _problem(seen: Assessment, certainty: Certainty) -> Problem:
    return Problem(
        fields={
            "core": len(seen.core),
            "support": "；".join(seen.support) or "病历记载病情平稳",
            "quiet": "住院期间无须经静脉的用药、无手术操作、无Ⅰ级以上护理，首日体征正常"
            if seen.quiet
            else "住院期间有静脉用药、操作或体征异常，见反面依据",
            "caveat": CAVEAT,
        },
        evidence=(*_overrides(seen), *_registered(seen)),
        fact_ids=once(
            [
                *(fact.fact_id for fact in seen.requests),
                *(fact.fact_id for fact in seen.stable[:4]),
                *_first_pressure(seen.window),
            ]
        ),
        against_fact_ids=(*_near_misses(seen), *(order.fact_id for order in seen.intravenous[:2])),
        certainty=certainty,
        points_at=("stay",),
    )


def _first_pressure(window: Window) -> Iterator[str]:
    """The first blood pressure of the window, as a note words it where one does."""
    cited = [reading.fact_id for reading in window.values("systolic") if reading.fact_id]
    yield from sorted(cited, key=lambda place: not place.startswith("text:"))[:1]


def _overrides(seen: Assessment) -> Iterator[Evidence]:
    for verdict in (*seen.overrides, *seen.exclusions):
        if verdict.spoken is not None and verdict.state is State.MET:
            spoken = verdict.spoken
            yield seen.record.quote(spoken.document, spoken.start, spoken.end, says="against")


def _registered(seen: Assessment) -> Iterator[Evidence]:
    """What the register and the settlement list hold for the stay: a great age, the emergency door, other diseases."""
    record, admission = seen.record, seen.record.admission
    told = record.inspection.warehouse.rows(
        "select source from admissions where admission_id = $id", {"id": admission.admission_id}
    )
    source = str(told[0]["source"]) if told else ""
    row = admission.admission_id
    if admission.age_years is not None and admission.age_years >= OLD:
        yield Evidence("table", source, str(admission.age_years), "against", row=row, label="年龄")
    if admission.admission_way == EMERGENCY:
        yield Evidence("table", source, EMERGENCY, "against", row=row, label="入院途径（1 急诊）")
    others = record.inspection.warehouse.rows(
        "select distinct diagnosis_name, source from diagnoses where admission_id = $id and not is_main"
        " and diagnosis_name is not null order by diagnosis_name",
        {"id": row},
    )
    for other in others[:3]:
        yield Evidence(
            "table", str(other["source"]), other["diagnosis_name"], "against", row=row, label="其他诊断"
        )


def _near_misses(seen: Assessment) -> Iterator[str]:
    """Values of the window outside the ordinary range: they speak for the stay and are always shown."""
    for item, (low, high) in seen.normal.items():
        for reading in seen.window.values(item):
            if reading.fact_id and not low <= reading.value <= high:
                yield reading.fact_id
                break
