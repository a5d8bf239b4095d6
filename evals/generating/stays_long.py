"""How long: ADM-004 care in the place of treatment, ADM-008 operations that need no such stay."""

from evals.generating.admitting import Admitter
from evals.generating.clinical import case
from evals.generating.clinical_care import clinical_items, operation
from evals.generating.clinical_case import Case
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, near_miss, plant
from evals.generating.stays_need import LOW
from evals.generating.wordings import worded

DAY_OPERATIONS = (
    ("phaco", "13.4100x001", "白内障超声乳化抽吸术", "", "H25.900", "老年性白内障", "眼科"),
    (
        "hernia", "53.0002", "腹腔镜下单侧腹股沟疝修补术", "全身麻醉",
        "K40.900", "单侧或未特指的腹股沟疝，不伴有梗阻或坏疽", "普外科",
    ),
    ("burrhole", "85.2100x003", "乳房病损切除术", "全身麻醉", "D24.x00", "乳房良性肿瘤", "普外科"),
)  # fmt: skip


def idle(admit: Admitter, name: str, days: int, note: str = "") -> Case:
    """A stay whose orders stay as they were on the first day."""
    made = case(admit, name, days=days)
    made.undisturbed = True
    made.stay.lines = [line for line in made.stay.lines if not line.item.code.startswith("0034")]
    if note:
        for day in range(3, days, 5):
            made.note(day, note, hour=15)
    return made


@plant("ADM-004", "two weeks and more of unchanged orders")
def unchanged(admit: Admitter, reference: Reference) -> Made:
    return idle(
        admit,
        admit.random.choice(["hypertension", "coronary", "osteoporosis", "insomnia"]),
        admit.random.randint(17, 24),
    ).found(also=LOW)


@plant("ADM-004", "waiting for a place or for the family")
def waiting(admit: Admitter, reference: Reference) -> Made:
    note = worded(admit.random, "waiting")
    return idle(admit, admit.random.choice(["insomnia", "hypertension", "osteoarthritis"]), 12, note).found(
        "clue", also=LOW
    )


@plant("ADM-004", "more than sixty days, hardly any of them active")
def sixty_days(admit: Admitter, reference: Reference) -> Made:
    return idle(admit, admit.random.choice(["coronary", "hypertension"]), 66).found(also=(*LOW, "ADM-007"))


@near_miss("ADM-004", "palliative care")
def palliative(admit: Admitter, reference: Reference) -> Made:
    made = idle(admit, "coronary", 18)
    made.stay.diagnoses = [("Z51.500", "姑息性医疗"), ("C34.900", "支气管或肺恶性肿瘤")]
    made.stay.reason, made.stay.department = "肺恶性肿瘤晚期，姑息治疗", "安宁疗护科"
    made.stay.drug(clinical_items()["morphine"], 0, 18, "q12h")
    made.story.extra = "肺癌多发转移，癌痛，NRS 8分，入安宁疗护病房。"
    made.story.plan = "姑息治疗，吗啡缓释片镇痛。"
    return made.spared()


@near_miss("ADM-004", "vegetative or ventilator patients under the region's bed-day policy")
def ventilated(admit: Admitter, reference: Reference) -> Made:
    made = idle(admit, "coronary", 20)
    stay = made.stay
    stay.diagnoses = [("G93.100", "缺氧性脑损害，不可归类在他处者")]
    stay.reason = "缺氧性脑病，植物状态"
    made.story.extra = "植物状态1年，气管切开，长期呼吸机辅助呼吸。"
    for day in range(1, 20):
        stay.hours(clinical_items()["vent"], stay.at(day, 0, 0), stay.at(day, 23, 0))
    return made.spared()


@near_miss("ADM-004", "court or psychiatric compulsory stay")
def compulsory(admit: Admitter, reference: Reference) -> Made:
    made = idle(admit, "insomnia", 30)
    made.stay.diagnoses = [("F20.900", "精神分裂症")]
    made.stay.reason, made.stay.department = "精神分裂症", "精神科"
    made.stay.drug(clinical_items()["risper"], 0, 30, "bid")
    made.story.extra = "有伤害他人行为，由公安机关送诊，依法实施非自愿（强制）住院治疗。"
    return made.spared()


@near_miss("ADM-004", "waiting for the end of isolation")
def isolated(admit: Admitter, reference: Reference) -> Made:
    made = idle(admit, "bronchitis", 16, "痰抗酸杆菌涂片仍阳性，继续隔离治疗，等待隔离期满。")
    made.stay.diagnoses = [("A15.000", "肺结核，经显微镜下痰检查证实，伴有或不伴有痰培养")]
    made.stay.reason, made.stay.department = "肺结核", "感染性疾病科"
    for day in range(16):
        made.stay.treat(clinical_items()["isolate"], made.stay.at(day, 10))
    return made.spared()


@near_miss("ADM-004", "social rescue paid otherwise")
def rescued(admit: Admitter, reference: Reference) -> Made:
    made = idle(
        admit, "sequelae", 18, "患者系流浪乞讨人员，无家属，已联系救助管理站，费用由民政救助资金支付。"
    )
    made.stay.settled = {"hifp_pay": "0.00", "fund_pay_sumamt": "0.00"}
    return made.spared(also=LOW)


@near_miss("ADM-004", "rehabilitation within rows")
def rehabilitated(admit: Admitter, reference: Reference) -> Made:
    return case(admit, "rehabilitation", needed=True, days=20).spared()


@near_miss("ADM-004", "logic: orders changed and answered again and again")
def active(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "copd", needed=True, days=18)
    changes = ("cefsul", "levo", "ceftri", "methyl", "doxo", "bude")
    for number, day in enumerate(range(3, 18, 3)):
        item = clinical_items()[changes[number % len(changes)]]
        made.vital(made.stay.at(day, 8), t=38.6, p=104, r=24, s=128, d=76, o=91)
        made.stay.drug(item, day, 3, "bid")
        made.note(day, f"患者再次发热，体温38.6℃，咳脓痰，调整治疗，加用{item.name}。", hour=10)
    return made.spared()


@near_miss("ADM-004", "logic: six idle days only, or nine without a sign of living there")
def short_idle(admit: Admitter, reference: Reference) -> Made:
    return idle(
        admit, admit.random.choice(["hypertension", "osteoarthritis"]), admit.random.choice([6, 10])
    ).spared(also=LOW)


def day_operation(
    admit: Admitter, days: int, on: int, *, which: int | None = None, age: tuple[int, int] = (32, 66)
) -> Case:
    """A listed operation in an otherwise uneventful stay."""
    key, code, name, kind, icd, disease, ward = DAY_OPERATIONS[
        admit.random.randrange(3) if which is None else which
    ]
    made = case(admit, "cataract", days=days, age=age, ward=ward, sex="2" if key == "burrhole" else "")
    stay = made.stay
    stay.diagnoses, stay.reason = [(icd, disease)], disease
    made.said = {
        **made.said, "complaint": f"发现{disease}1年", "exam": "专科查体同诊断，心肺腹未见异常。",
        "history": f"患者1年前发现{disease}，无疼痛加重，择期入院手术，自行步行来院。",
    }  # fmt: skip
    made.story.said = made.said
    made.story.plan = f"完善术前检查，择期行{name}。"
    operation(made, key, code, name, kind, on)
    return made


@plant("ADM-008", "a listed operation with four nights and more")
def many_nights(admit: Admitter, reference: Reference) -> Made:
    return day_operation(admit, admit.random.randint(5, 7), 1).found("clue", also=LOW)


@plant("ADM-008", "two nights and more before a listed operation")
def nights_before(admit: Admitter, reference: Reference) -> Made:
    return day_operation(admit, 4, 3).found("clue", also=LOW)


@plant("ADM-008", "an outpatient minor procedure as the only act")
def minor_only(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "lipids", days=5, ward="普外科")
    made.stay.diagnoses, made.stay.reason = [("L72.000", "表皮囊肿")], "背部表皮囊肿"
    made.said = {
        **made.said,
        "complaint": "背部肿物1年",
        "exam": "背部可及一1.0cm肿物，质软，无压痛。",
        "history": "患者1年前发现背部肿物，无红肿疼痛，自行步行来院。",
    }
    made.story.said = made.said
    operation(made, "burrhole", "86.3x02", "皮肤病损切除术", "", 1)
    return made.found("clue", also=LOW)


@near_miss("ADM-008", "ASA III and above")
def asa_three(admit: Admitter, reference: Reference) -> Made:
    made = day_operation(admit, 6, 1, which=1)
    for row in made.stay.anaesthesia:
        row["麻醉等级"] = "Ⅲ"
    made.story.extra = "术前麻醉评估ASA Ⅲ级。"
    return made.spared()


@near_miss("ADM-008", "living alone; distance")
def alone_or_far(admit: Admitter, reference: Reference) -> Made:
    made = day_operation(admit, 5, 1)
    made.story.extra = worded(admit.random, "alone_or_far")
    return made.spared()


@near_miss("ADM-008", "anticoagulant")
def anticoagulated(admit: Admitter, reference: Reference) -> Made:
    made = day_operation(admit, 6, 3, which=1)
    made.story.extra = worded(admit.random, "anticoagulated")
    made.stay.drug(clinical_items()["lmwh"], 0, 3, "q12h")
    return made.spared()


@near_miss("ADM-008", "combined operation")
def combined(admit: Admitter, reference: Reference) -> Made:
    made = day_operation(admit, 6, 1, which=1)
    operation(made, "chole", "51.2200", "胆囊切除术", "全身麻醉", 1)
    made.stay.diagnoses.append(("K80.000", "胆囊结石伴有急性胆囊炎"))
    return made.spared()


@near_miss("ADM-008", "logic: complication note, CC diagnosis")
def complicated(admit: Admitter, reference: Reference) -> Made:
    made = day_operation(admit, 7, 1, which=1)
    made.stay.diagnoses.append(("T81.000", "并发于操作的出血和血肿，不可归类在他处者"))
    made.note(2, worded(admit.random, "complicated"), hour=11)
    return made.spared()


@near_miss("ADM-008", "logic: outside 18-70 years")
def too_old(admit: Admitter, reference: Reference) -> Made:
    return day_operation(admit, 5, 1, which=0, age=(74, 86)).spared()


@near_miss("ADM-008", "logic: as short as a day operation")
def short_operation(admit: Admitter, reference: Reference) -> Made:
    return day_operation(admit, 2, 1).spared()
