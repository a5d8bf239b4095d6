"""Further near misses that need a record or a local row, and a few plants beside them."""

from datetime import datetime
from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import items
from evals.generating.plants_care import prescribe
from evals.generating.plants_evidence import fixation
from evals.generating.plants_pairs import official, place
from evals.generating.reference import Reference
from evals.generating.regional import ASSISTANT, CENTRAL_WATCH, GANGLIOSIDE, LOCAL_MONITOR, MAGNETIC, PLASMA
from evals.generating.scenarios import Made, hit, near_miss, plant, spared
from evals.generating.stay import DAY, HOUR, MINUTE, Line, Stay, stamp
from evals.generating.surgery import operate


def _of(stay: Stay, key: str) -> list[Line]:
    return [line for line in stay.lines if line.item.code == items()[key].code]


@near_miss("CHG-005", "one order with n executions", claims=True)
def one_order_many_executions(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    span, order, lines = (stay.at(3, 7), stay.at(3, 23, 0)), "", []
    for hour in (8, 12, 16, 20):
        lines.append(stay.treat(items()["nebul"], stay.at(3, hour), order=order, span=span))
        order = lines[-1].order
    return spared(stay, lines, also=("CHG-031",))


@near_miss("CHG-007", "anaesthesia > base hours")
def long_anaesthesia(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=9)
    event = operate(stay, [items()["chole"]], stay.at(2, 9, 0), 200, "全身麻醉", [("51.2200", "胆囊切除术")])
    line = event.anaesthesia[0]
    line.quantity, line.amount = Decimal(2), line.price * 2
    next(row for row in stay.orders if row["医嘱号"] == line.order)["数量"] = "2"
    return spared(stay, [line], why="麻醉 3 小时 50 分，按 2 小时一次计 2 次")


@near_miss("CHG-009", "base under a local combined code (map row)", claims=True)
def base_under_local_code(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    base = stay.hours(LOCAL_MONITOR, stay.at(3, 8, 0), stay.at(3, 20, 0))[0]
    extra = stay.charge(CENTRAL_WATCH, base.at, 12, order=base.order)
    return spared(stay, [base, extra])


@plant("CHG-009", "the region's add-on without its base", claims=True)
def regional_add_on_alone(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.hours(CENTRAL_WATCH, stay.at(3, 8, 0), stay.at(3, 14, 0))[0]
    return hit(stay, [(line, None)], also=("CHG-032",))


@plant("CHG-014", "executor whose registration has ended")
def registration_ended(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation", begin=_morning(admit, 2025, 9))
    lines = _of(stay, "exercise")[:3]
    for line in lines:
        line.performer = ASSISTANT
    return hit(stay, [(line, None) for line in lines], also=("CHG-019",))


@near_miss("CHG-014", "logic: executor registered until after the service")
def registration_running(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation", begin=_morning(admit, 2025, 3))
    lines = _of(stay, "exercise")
    for line in lines:
        line.performer = ASSISTANT
    return spared(stay, lines)


def _morning(admit: Admitter, year: int, month: int) -> datetime:
    return datetime(year, month, admit.random.randint(3, 20), 9, 10)


@near_miss("CHG-014", "device under another name")
def other_device_name(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    return spared(stay, [stay.treat(MAGNETIC, stay.at(day, 10)) for day in (2, 4)], also=("CHG-031",))


@near_miss("CHG-015", "label lost for one but serial number in the nursing count")
def label_lost(admit: Admitter, reference: Reference) -> Made:
    stay, line = fixation(admit, "置入锁定接骨板1块，置入螺钉6枚固定。", 6, 5)
    number = f"S{stay.admission_id[-5:]}05"
    stay.document(
        "手术清点记录",
        "手术清点记录\n"
        f"接骨螺钉6枚，其中标签遗失1枚，序列号{number}，已与巡回护士核对。\n"
        f"巡回护士签名：{stay.nurse}\n",
    )
    return spared(stay, [line], at_most="clue")


@near_miss("CHG-016", "operating-room and anaesthesia items covered by the operation")
def covered_by_operation(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("cholecystectomy")
    lines = [*_of(stay, "anmon"), *_of(stay, "suture")]
    watch = lines[0].order
    stay.orders = [row for row in stay.orders if row["医嘱号"] != watch]
    for line in lines:
        line.order = ""
    return spared(stay, lines, at_most="clue")


@near_miss("CHG-016", "newborn orders in the mother's record")
def newborn_orders(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("section")
    return spared(stay, [line for line in stay.lines if "新生儿" in line.department])


@near_miss("CHG-017", "point-of-care glucose recorded in nursing sheets")
def bedside_glucose(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("diabetes", least_days=8)
    order = stay.order("床旁血糖监测", stay.at(2, 6), until=stay.at(4, 22, 0), 医嘱频次="tid")
    lines, said = [], []
    for day in (2, 4):
        at = stay.at(day, 17, 30)
        said.append(
            f"{stamp(at)} 床旁测葡萄糖 {6.1 + admit.random.randrange(40) / 10:.1f}mmol/L。记录护士：{stay.nurse}"
        )
        lines.append(stay.charge(items()["glu"], at + 5 * MINUTE, order=order))
    stay.document("护理记录", "护理记录\n" + "\n".join(said) + "\n")
    return spared(stay, lines, at_most="clue", also=("CHG-029",))


@near_miss("CHG-020", "PRN")
def when_needed_drug(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    item = items()["furo"]
    order, lines = "", []
    for day in (2, 3, 5):
        at = stay.at(day, 15)
        order = stay.order(
            item.name, stay.at(2, 8), until=stay.at(6, 20, 0), number=order, 医嘱代码=item.code, 医嘱规格=item.detail,
            医嘱剂量="20", 剂量单位="mg", 医嘱频次="prn", 医嘱天数="1", 数量="1", 医嘱用法="静注", 执行时间=stamp(at),
        )  # fmt: skip
        lines.append(stay.charge(item, at + 10 * MINUTE, order=order))
    return spared(stay, lines, at_most="clue")


@plant(
    "CHG-023", "no diagnosis of any clause although the hospital declares the restriction met", claims=True
)
def declared_met(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = prescribe(stay, GANGLIOSIDE)
    for line in lines:
        line.declared = "1"
    return hit(stay, [(line, None) for line in lines], also=("CHG-031",))


@near_miss("CHG-023", "result before admission quoted with date and value")
def quoted_result(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    stay.lab([items()["tp"]], stay.at(1, 7))
    stay.document(
        "首次病程记录",
        f"首次病程记录 {stamp(stay.begin + 4 * HOUR)}\n"
        f"患者{stay.begin - 2 * DAY:%Y-%m-%d}门诊查血清白蛋白 24.6g/L。\n"
        f"医师签名：{stay.doctor}\n",
    )
    return spared(stay, prescribe(stay, PLASMA, 1, 2), at_most="clue", also=("CHG-031",))


@near_miss("CHG-027", "transfusion or haemoglobin disorder for HbA1c")
def haemoglobin_disorder(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("diabetes", least_days=9)
    stay.diagnoses.append(("D56.900", "地中海贫血"))
    return spared(stay, [*_of(stay, "hba1c"), *stay.lab([items()["hba1c"]], stay.at(6, 7))], at_most="clue")


@near_miss("CHG-028", "3 antihypertensive drugs of different class", claims=True)
def three_classes(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hypertension", least_days=7)
    return spared(stay, [*_of(stay, "amlo"), *_of(stay, "metop"), *stay.drug(items()["spiro"], 0, 5)])


@near_miss("CHG-029", "D-dimer with immobility, surgery, pregnancy")
def ddimer_before_surgery(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hip_fracture")
    return spared(stay, _of(stay, "ddimer"))


@near_miss("CHG-029", "admission rule-out documented in 诊疗计划")
def rule_out(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.lab([items()["ddimer"]], stay.at(0, 10))[0]
    stay.document(
        "首次病程记录",
        f"首次病程记录 {stamp(stay.begin + 5 * HOUR)}\n"
        "患者胸痛、右下肢肿胀1天，需排除肺栓塞。\n"
        "诊疗计划：急查D-二聚体排除肺栓塞。\n"
        f"医师签名：{stay.doctor}\n",
    )
    return spared(stay, [line])


@near_miss("CHG-031", "implant surgery")
def implant_surgery(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hip_fracture")
    return spared(stay, stay.drug(items()["cefur"], 2, 2, "qd", 2))


@plant("CHG-004", "official pair, B under a local suffix code", claims=True)
def local_suffix(admit: Admitter, reference: Reference) -> Made:
    made = official("单日")(admit, reference)
    line = made.lines[0]
    line.suffix = f"-{line.item.code[2:11]}h"
    return made


@near_miss(
    "CHG-004", "logic: unmatched codes of one family (all 15 digits, never the item family)", claims=True
)
def same_family(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    lines = [place(stay, items()["us"], 3, 9), place(stay, items()["ussup"], 3, 10)]
    return spared(stay, lines, also=("CHG-029",))
