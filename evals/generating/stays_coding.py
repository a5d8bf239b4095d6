"""What the diagnosis rests on: ADM-009 raised codes, with the same codes supported or cleared."""

from collections.abc import Callable, Sequence

from evals.generating.admitting import Admitter
from evals.generating.clinical import case
from evals.generating.clinical_care import clinical_items
from evals.generating.clinical_case import Case
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, near_miss, plant
from evals.generating.stay import HOUR
from evals.generating.stays_need import LOW
from evals.generating.wordings import worded

Support = Callable[[Case], None]


def _early(made: Case, panel: str, name: str, value: str, unit: str, low: str, high: str) -> None:
    made.lab(panel, name, value, unit, low, high, made.stay.begin + HOUR)


def gas(made: Case) -> None:
    _early(made, "血气分析", "氧分压", "46", "mmHg", "80", "100")
    made.vital(made.stay.begin + 30 * HOUR, t=37.8, p=112, r=32, s=128, d=76, o=84)


def organs(made: Case) -> None:
    _early(made, "肾功能", "肌酐", "312", "μmol/L", "57", "97")
    _early(made, "血气分析", "乳酸", "5.2", "mmol/L", "0.5", "1.7")
    _early(made, "血常规", "血小板计数", "46", "10^9/L", "125", "350")
    _early(made, "肝功能", "总胆红素", "68", "μmol/L", "5", "21")
    _early(made, "降钙素原", "降钙素原", "28", "ng/ml", "0", "0.05")
    _early(made, "血培养", "血培养", "大肠埃希菌生长", "", "", "")
    made.vital(made.stay.begin + 2 * HOUR, "嗜睡", t=39.6, p=132, r=32, s=82, d=46, o=88)


def infarct(made: Case) -> None:
    _early(made, "心肌标志物", "肌钙蛋白I", "8.6", "ng/ml", "0", "0.04")
    said = "Ⅱ、Ⅲ、aVF导联ST段抬高0.3mV，急性下壁心肌梗死"
    made.stay.exam(clinical_items()["ecg"], made.stay.begin + HOUR, "心脏", 检查所见=said, 检查报告诊断=said)


def brain(made: Case) -> None:
    said = "左侧基底节区急性脑梗死（DWI高信号）"
    made.stay.exam(
        clinical_items()["mri"], made.stay.begin + 5 * HOUR, "头颅", 检查所见=said, 检查报告诊断=said
    )


def ketones(made: Case) -> None:
    _early(made, "血酮", "β-羟丁酸", "5.6", "mmol/L", "0", "0.3")
    _early(made, "血气分析", "pH", "7.12", "", "7.35", "7.45")
    _early(made, "随机血糖", "葡萄糖", "27.4", "mmol/L", "3.9", "7.8")


def chest(made: Case) -> None:
    said = "右下肺大片实变影，考虑肺炎"
    made.stay.exam(
        clinical_items()["ct"], made.stay.begin + 5 * HOUR, "胸部", 检查所见=said, 检查报告诊断=said
    )


def weighed(made: Case) -> None:
    _early(made, "肝功能", "白蛋白", "21", "g/L", "40", "55")
    made.story.extra = "半年体重由60kg降至42kg，身高168cm，BMI 14.9kg/m2。"


RAISED: dict[str, tuple[str, str, str, Support]] = {
    "J96": ("bronchitis", "J96.000", "急性呼吸衰竭", gas),
    "A41": ("urti", "A41.900", "脓毒症", organs),
    "I21": ("coronary", "I21.000", "前壁急性透壁性心肌梗死", infarct),
    "I63": ("vertigo", "I63.900", "脑梗死", brain),
    "E11.1": ("diabetes", "E11.100x051", "2型糖尿病性酮症酸中毒和乳酸性酸中毒", ketones),
    "J18": ("bronchitis", "J18.900", "肺炎", chest),
    "E43": ("gastritis", "E43.x00", "重度蛋白质-能量营养不良", weighed),
}
UNTESTED = {
    "I63": ("ct", "mri"),
    "J18": ("ct", "dr"),
    "I21": ("ecg", "echo"),
    "J96": (),
    "A41": ("pct",),
    "E11.1": ("urine",),
    "E43": ("alb",),
}


def raised(admit: Admitter, key: str, **wanted: int) -> Case:
    """A quiet course whose bill names a graver disease; what would prove it is taken out."""
    name, code, disease, _ = RAISED[key]
    made = case(admit, name, **wanted)  # type: ignore[arg-type]
    stay = made.stay
    gone = {clinical_items()[item].name for item in UNTESTED[key]}
    stay.exams = [row for row in stay.exams if row["检查项目名称"] not in gone]
    dropped = {line.order for line in stay.lines if line.item.name in gone}
    stay.lines = [line for line in stay.lines if line.item.name not in gone]
    stay.orders = [row for row in stay.orders if row["医嘱号"] not in dropped]
    if key in ("I21", "E11.1"):
        stay.labs = [row for row in stay.labs if row["检验值名称"] not in ("肌钙蛋白I", "尿液分析")]
    side = key in ("E43",)  # named beside the main disease, where the others lead the bill
    stay.diagnoses = [*stay.diagnoses, (code, disease)] if side else [(code, disease), *stay.diagnoses]
    return made


def with_raised(admit: Admitter, keys: Sequence[str]) -> Case:
    """Several graver diseases beside each other, each with what shows it; all of one course."""
    made = raised(admit, keys[0])
    RAISED[keys[0]][3](made)
    for key in keys[1:]:
        _, code, disease, support = RAISED[key]
        made.stay.diagnoses.append((code, disease))
        support(made)
    return made


def coded(made: Case, code: str, name: str) -> Case:
    """The settlement list names an operation on the day of admission."""
    made.stay.coded_operations.append(
        {
            "main_oprn_flag": "1", "oprn_oprt_code": code, "oprn_oprt_name": name,
            "oprn_oprt_date": str(made.stay.begin.date()), "anst_way": "", "oper_dr_name": "白书衡",
        }
    )  # fmt: skip
    return made


@plant("ADM-009", "a raised diagnosis without its objective support")
def unsupported(admit: Admitter, reference: Reference) -> Made:
    return raised(admit, admit.random.choice(sorted(RAISED))).found("clue", also=LOW)


UNCHARGED = (
    ("gastritis", "44.4300", "内镜下胃十二指肠出血控制术"),
    ("lumbar", "80.5100", "椎间盘切除术"),
    ("coronary", "36.0600", "经皮冠状动脉药物洗脱支架置入术"),
    ("haemorrhoid", "49.4600", "痔切除术"),
    ("prostate", "60.2900", "经尿道前列腺切除术"),
    ("pneumonia", "33.2400", "支气管镜下肺泡灌洗术"),
)


@plant("ADM-009", "an operation coded but not charged")
def coded_only(admit: Admitter, reference: Reference) -> Made:
    course, code, name = admit.random.choice(UNCHARGED)
    return coded(case(admit, course, needed=True), code, name).found("clue")


@near_miss("ADM-009", "logic: the raised diagnosis has its support")
def supported(admit: Admitter, reference: Reference) -> Made:
    key = admit.random.choice(sorted(RAISED))
    made = raised(admit, key)
    RAISED[key][3](made)
    return made.spared(also=LOW)


@near_miss("ADM-009", "suspected diagnosis")
def suspected(admit: Admitter, reference: Reference) -> Made:
    made = raised(admit, admit.random.choice(["I63", "I21"]))
    code, disease, *_ = made.stay.diagnoses[0]
    made.stay.diagnoses[0] = (code, f"{disease}（疑似？）", "2")
    made.story.extra = f"不能除外{disease}，按疑似诊断观察。"
    return made.spared(also=LOW)


@near_miss("ADM-009", "result quoted from outside")
def from_outside(admit: Admitter, reference: Reference) -> Made:
    made = raised(admit, "I63")
    made.story.extra = worded(admit.random, "outside_mri", day=f"{made.stay.begin:%Y-%m-%d}")
    return made.spared(also=LOW)


@near_miss("ADM-009", "death before tests")
def died_first(admit: Admitter, reference: Reference) -> Made:
    made = raised(admit, "I21", days=1)
    made.stay.end = made.stay.begin + 3 * HOUR
    made.stay.died, made.stay.way_out = made.stay.end, "5"
    made.stay.labs, made.stay.vitals = [], made.stay.vitals[:1]
    made.stay.lines = [line for line in made.stay.lines if line.at <= made.stay.end]
    made.story.ending = "入院后突发心跳骤停，抢救无效死亡，未及完善检查。"
    return made.spared(also=LOW)


@near_miss("ADM-009", "logic: the coded operation is charged")
def coded_and_charged(admit: Admitter, reference: Reference) -> Made:
    return case(admit, "hip_fracture", needed=True).spared()
