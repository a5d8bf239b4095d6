"""Was the stay needed: ADM-001 criteria, ADM-002 conditions for the outpatient department, ADM-003 check-up stays."""

from datetime import timedelta

from evals.generating.admitting import Admitter
from evals.generating.clinical import case, mild_courses, needed_courses
from evals.generating.clinical_care import clinical_items, operation
from evals.generating.clinical_case import Case
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, near_miss, plant
from evals.generating.stay import DAY, HOUR
from evals.generating.wordings import worded

LOW = ("ADM-001", "ADM-002")  # what may be said beside the point of a stay whose host nobody needed
UNLISTED = ("bowel", "hypothyroid", "polyp", "tension", "varicose")  # on no list of the outpatient department
LISTED = mild_courses(*UNLISTED)
ANALYTES = (
    "cbc", "urine", "stool", "pt", "aptt", "fib", "tt", "ddimer", "tp", "alb", "tbil", "alt", "ast", "urea", "crea",
    "ua", "glu", "k", "na", "cl", "tc", "tg", "hba1c", "crp", "pct", "bnp", "hbsag", "hcv", "hiv", "tp_ab", "cea",
    "t3", "t4", "ft3", "ft4", "tsh",
)  # fmt: skip


def any_mild(admit: Admitter, *but: str) -> str:
    return admit.random.choice([name for name in LISTED if name not in but])


def unlisted(admit: Admitter, *but: str, days: int = 0) -> Case:
    """A chronic course that no list names and that nobody needed to admit."""
    return case(admit, admit.random.choice([name for name in UNLISTED if name not in but]), days=days)


@plant("ADM-001", "a chronic course without change, drugs by mouth")
def by_mouth(admit: Admitter, reference: Reference) -> Made:
    return unlisted(admit, "tension").found()


@plant("ADM-001", "asked for by the patient")
def asked_for(admit: Admitter, reference: Reference) -> Made:
    made = unlisted(admit)
    made.story.extra = worded(admit.random, "asked_for")
    return made.found()


@plant("ADM-001", "a routine drip that does not need the vein")
def routine_drip(admit: Admitter, reference: Reference) -> Made:
    return case(admit, "tension").found(why="活血类与神经保护类输注不算需要静脉")


@plant("ADM-001", "an event on the fourth day does not make the admission needed")
def hindsight(admit: Admitter, reference: Reference) -> Made:
    made = unlisted(admit, days=8)
    at = made.stay.at(4, 16)
    made.vital(at, t=39.1, p=112, r=22, s=118, d=70, o=96)
    made.note(4, "患者下午出现发热，体温39.1℃，考虑上呼吸道感染，予物理降温。", hour=17)
    return made.found()


@near_miss("ADM-001", "logic: an alone criterion met, or +I with an intensity, in the first day")
def met(admit: Admitter, reference: Reference) -> Made:
    names = needed_courses("cataract", "delivery", "chemotherapy", "dialysis")
    return case(admit, admit.random.choice(names), needed=True).spared()


@near_miss("ADM-001", "planned admission with its procedure within 72 hours")
def planned_procedure(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "lumbar", days=7)
    made.story.plan = "入院后第2天在全身麻醉下行腰椎间盘切除术，术前停用抗凝药。"
    operation(made, "myoma", "80.5100", "椎间盘切除术", "全身麻醉", 1)
    made.stay.diagnoses.append(("Z92.100", "长期(近期)使用抗凝血药个人史"))
    return made.spared()


@near_miss("ADM-001", "obstetrics, chemotherapy, dialysis")
def own_populations(admit: Admitter, reference: Reference) -> Made:
    return case(admit, admit.random.choice(["delivery", "chemotherapy", "dialysis"]), needed=True).spared()


@near_miss("ADM-001", "transfusion")
def transfused(admit: Admitter, reference: Reference) -> Made:
    return case(admit, "anaemia", needed=True).spared()


@near_miss("ADM-001", "transfer from another hospital with severity there")
def transferred_in(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "pneumonia", needed=True, cells={"adm_way": "3"})
    made.story.extra = worded(admit.random, "transferred_in")
    return made.spared()


@near_miss("ADM-001", "isolation by law")
def isolation(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "bronchitis", ward="感染性疾病科")
    stay = made.stay
    stay.diagnoses = [("A15.000", "肺结核，经显微镜下痰检查证实，伴有或不伴有痰培养")]
    stay.reason = "肺结核（痰涂片阳性）"
    made.story.extra = "痰抗酸杆菌涂片阳性，属法定传染病，依法需隔离治疗。"
    for day in range(stay.days):
        stay.treat(clinical_items()["isolate"], stay.at(day, 10))
    return made.spared()


@near_miss("ADM-001", "override: failed outpatient treatment shown by a measured value")
def outpatient_failed(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "diabetes")
    made.story.extra = worded(admit.random, "outpatient_failed")
    return made.spared()


@near_miss("ADM-001", "override: no carer, no transport")
def no_carer(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, any_mild(admit), age=(80, 88))
    made.story.extra = worded(admit.random, "no_carer")
    return made.spared()


@near_miss("ADM-001", "death or intensive care in the window")
def died_early(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "coronary", needed=True, days=1)
    made.stay.way_out, made.stay.died = "5", made.stay.end
    made.story.ending = "患者突发心室颤动，抢救无效死亡。"
    return made.spared()


@near_miss("ADM-001", "logic: record too thin to judge")
def thin_record(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, any_mild(admit))
    made.undisturbed = True
    made.story.thin = True
    made.stay.vitals = made.stay.vitals[-2:]
    made.story.nursing = made.story.nursing[-1:]
    return made.spared(at_most="clue", also=("ADM-002",))


@plant("ADM-002", "a listed condition without any of its exclusions")
def listed_condition(admit: Admitter, reference: Reference) -> Made:
    return case(admit, any_mild(admit, "sequelae", "cervical_tcm")).found()


@plant("ADM-002", "a routine drip for what a stroke of years ago has left")
def listed_drip(admit: Admitter, reference: Reference) -> Made:
    return case(admit, "sequelae").found(why="活血类与神经保护类输注不算需要静脉")


@plant("ADM-002", "a listed condition of the very old or the lonely, without exclusion")
def listed_old(admit: Admitter, reference: Reference) -> Made:
    name = admit.random.choice(["hypertension", "gastritis", "osteoarthritis", "vertigo", "coronary"])
    return case(admit, name, age=(70, 79)).found("clue")


@plant("ADM-002", "a listed condition, judged from its notes alone")
def notes_alone(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, any_mild(admit, "cervical_tcm"))
    stay = made.stay
    stay.vitals, stay.labs, stay.exams, stay.orders = [], [], [], []
    return made.found("clue", why="体征、化验、检查、医嘱都未提取，入院指征无从判断")


@near_miss("ADM-002", "exclusion of the condition met, or an intensity criterion")
def listed_but_excluded(admit: Admitter, reference: Reference) -> Made:
    able = [name for name in needed_courses("cataract") if name in mild_courses()]
    return case(admit, admit.random.choice(able), needed=True).spared()


@near_miss("ADM-002", "exclusion: operation done")
def listed_but_operated(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "haemorrhoid")
    made.story.plan = "完善术前检查，次日行痔切除术。"
    operation(made, "haemorr", "49.4600", "痔切除术", "椎管内麻醉", 1)
    return made.spared()


@near_miss("ADM-002", "day-surgery or staged procedure")
def planned_eye(admit: Admitter, reference: Reference) -> Made:
    return case(admit, "cataract", needed=True).spared()


def examine(made: Case, analytes: int, *, mild: bool = True, scope: bool = False) -> None:
    """Strips the treatment and examines everything on the first two days."""
    stay, found = made.stay, clinical_items()
    if mild:
        stay.lines = [line for line in stay.lines if line.item.charge_type not in ("05", "09", "11")]
        stay.orders = [row for row in stay.orders if row["医嘱用法"] not in ("口服", "静滴", "治疗")]
        stay.drug(found["calcium"], 0, 2)
        stay.lines = [line for line in stay.lines if line.item.charge_type != "08"]
    have = {line.item.code for line in stay.lines}
    panel = stay.random.sample(ANALYTES, analytes)
    stay.lab([found[key] for key in panel if found[key].code not in have], stay.at(1, 7))
    sites = [("ct", "胸部"), ("us", "肝胆脾胰"), ("echo", "心脏"), ("usneck", "颈部血管"), ("mri", "头颅")]
    for number, (key, site) in enumerate([*sites, ("gastro", "")] if scope else sites):
        if found[key].code not in have:
            stay.exam(found[key], stay.at(0 if number < 2 else 1, 14 + number % 3), site)


def check_up(admit: Admitter, name: str, **wanted: int) -> Case:
    made = case(admit, name, **wanted)  # type: ignore[arg-type]
    examine(made, admit.random.randint(26, 36), scope=admit.random.random() < 0.5)
    made.stay.lab([clinical_items()[key] for key in admit.random.sample(ANALYTES, 3)], made.stay.at(1, 16))
    made.story.plan = "完善各项检查，全面评估身体状况。"
    made.story.ending = "患者无不适，检查结果已告知，病情未变出院。"
    return made


@plant("ADM-003", "a general examination as a stay")
def whole_body(admit: Admitter, reference: Reference) -> Made:
    made = check_up(admit, "lipids", days=3)
    made.stay.diagnoses = [("Z00.001", "健康查体")]
    made.stay.reason = "健康查体"
    return made.found()


@plant("ADM-003", "a mild complaint with everything examined and nothing treated")
def all_examined(admit: Admitter, reference: Reference) -> Made:
    return check_up(admit, admit.random.choice(["vertigo", "fatty_liver", "polyp"]), days=4).found()


@near_miss("ADM-003", "staging followed by treatment within 30 days")
def staging(admit: Admitter, reference: Reference) -> Made:
    made = check_up(admit, "lipids", days=4)
    made.stay.diagnoses = [("C18.900", "结肠恶性肿瘤")]
    made.stay.reason = "结肠恶性肿瘤"
    made.story.plan = "完善胸腹部CT、肿瘤标志物等检查明确分期，分期后行化疗。"
    later = case(
        admit, "chemotherapy", needed=True, person=made.stay.person,
        begin=made.stay.end + 15 * DAY, documents=False,
    )  # fmt: skip
    made.older.append(later.close())
    return made.spared(also=("ADM-006",))


@near_miss("ADM-003", "rule-out of infarction: two troponins three hours apart")
def ruled_out(admit: Admitter, reference: Reference) -> Made:
    made = check_up(admit, "coronary", days=3)
    made.story.extra = "3小时前突发胸痛20分钟，急诊以胸痛待查、排除急性心肌梗死收住。"
    for hours in (1, 5):
        made.lab(
            "心肌标志物", "肌钙蛋白I", "0.02", "ng/ml", "0", "0.04", made.stay.begin + timedelta(hours=hours)
        )
    return made.spared()


@near_miss("ADM-003", "invasive test (I07)")
def biopsied(admit: Admitter, reference: Reference) -> Made:
    made = check_up(admit, "rhinitis", days=4)
    made.stay.diagnoses = [("R91.x00", "肺诊断性影像检查的异常所见")]
    made.stay.reason = "肺部结节待查"
    made.story.plan = "完善检查，入院第2日行CT引导下经皮肺穿刺活检，术后卧床观察24小时。"
    made.stay.treat(clinical_items()["puncture"], made.stay.at(1, 10))
    made.note(1, "今日行CT引导下经皮肺穿刺活检术，过程顺利，术后监测生命体征。", hour=12)
    return made.spared()


@near_miss("ADM-003", "unexplained weight loss or fever after failed outpatient visits (S20)")
def unexplained(admit: Admitter, reference: Reference) -> Made:
    made = check_up(admit, "lipids", days=4)
    made.stay.diagnoses = [("R63.400", "异常的体重减轻")]
    made.stay.reason = "体重下降待查"
    made.story.extra = "近3月不明原因体重下降14kg（72kg降至58kg），门诊就诊4次未明确原因，治疗无效。"
    return made.spared()


@near_miss("ADM-003", "death, transfer, or discharge against advice on day 1-2")
def left_early(admit: Admitter, reference: Reference) -> Made:
    made = check_up(admit, "vertigo", days=2)
    made.stay.way_out = admit.random.choice("24")
    made.story.ending = (
        "家属要求转上级医院进一步诊治。" if made.stay.way_out == "2" else "患者及家属要求自动出院，已签字。"
    )
    return made.spared()


@near_miss("ADM-003", "prenatal diagnosis")
def prenatal(admit: Admitter, reference: Reference) -> Made:
    made = check_up(admit, "anaemia", days=3)
    made.stay.diagnoses = [("O35.800", "为其他（可疑）胎儿异常和损害给予的孕产妇医疗")]
    made.stay.reason = "胎儿异常待查"
    made.stay.department = "产科"
    made.story.extra = "停经22周，超声提示胎儿异常，入院行产前诊断。"
    return made.spared()


@near_miss("ADM-003", "logic: a result was acted on")
def acted_on(admit: Admitter, reference: Reference) -> Made:
    made = check_up(admit, "vertigo", days=5)
    made.lab("电解质", "钾", "2.3", "mmol/L", "3.5", "5.3", made.stay.begin + HOUR)
    made.stay.drug(clinical_items()["kcl"], 0, 3, "bid", 2)
    made.note(0, "急查血钾2.3mmol/L，予补钾治疗。", hour=20)
    return made.spared()


@near_miss("ADM-003", "logic: share of examinations below 0.70")
def treated_mostly(admit: Admitter, reference: Reference) -> Made:
    made = case(admit, "lumbar", days=8)
    examine(made, 12, mild=False)
    for day in range(1, 8):
        for key in ("exercise", "acu", "eacu"):
            made.stay.treat(clinical_items()[key], made.stay.at(day, 15), 3)
    return made.spared(also=(*LOW, "ADM-004"))
