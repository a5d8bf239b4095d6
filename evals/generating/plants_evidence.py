"""Charge and evidence: CHG-013 substituted, CHG-014 equipment and staff, CHG-015 implants, CHG-018 operations."""

from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import items
from evals.generating.plants_operations import group_pair
from evals.generating.reference import Reference
from evals.generating.regional import CT128, FIXATION, LEADS, RECONSTRUCTION, SHOCKWAVE, local
from evals.generating.scenarios import UNINDICATED, Made, hit, host_for, near_miss, plant, spared
from evals.generating.stay import DAY, HOUR, MINUTE, Line, Stay, stamp
from evals.generating.surgery import anaesthesia_row, operate

ISE, DRY = "离子选择电极法", "干化学法"


@plant("CHG-013", "dry chemistry billed, electrode method reported")
def electrode_method(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.lab([items()["kdry"]], stay.at(3, 7), 检验方法=ISE)[0]
    return hit(stay, [(line, line.price - items()["k"].price)], also=("CHG-029",))


@plant("CHG-013", "eighteen-lead ECG billed, twelve leads reported")
def twelve_leads(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.exam(
        LEADS, stay.at(3, 15), "心脏", 检查方法="十二导联", 检查所见="十二导联同步描记，窦性心律。"
    )
    return hit(stay, [(line, line.price - items()["ecg"].price)], also=("CHG-029",))


@plant("CHG-013", "general anaesthesia billed, spinal recorded")
def spinal_recorded(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hip_fracture")
    line = next(line for line in stay.lines if line.item.code == items()["sa"].code)
    ga = items()["ga"]
    line.item, line.price, line.amount = ga, ga.price, ga.price
    next(row for row in stay.orders if row["医嘱号"] == line.order)["医嘱名称"] = ga.name
    return hit(stay, [(line, ga.price - items()["sa"].price)], also=("CHG-018",))


@near_miss("CHG-013", "logic: the charged method is the one reported")
def dry_method(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(stay, stay.lab([items()["kdry"]], stay.at(3, 7), 检验方法=DRY), also=("CHG-029",))


@near_miss("CHG-013", "both done")
def both_methods(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(
        stay, stay.lab([items()["kdry"]], stay.at(3, 7), 检验方法=f"{DRY}；{ISE}复核"), also=("CHG-029",)
    )


@near_miss("CHG-013", "upgraded in the operation (record says so)")
def upgraded(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hip_fracture")
    line = next(line for line in stay.lines if line.item.code == items()["sa"].code)
    ga = items()["ga"]
    line.item, line.price, line.amount = ga, ga.price, ga.price
    next(row for row in stay.orders if row["医嘱号"] == line.order)["医嘱名称"] = ga.name
    stay.anaesthesia[-1]["麻醉方式名称"] = "椎管内麻醉改全身麻醉"
    title, text = stay.documents.pop()
    stay.document(title, text.replace("手术经过：", "手术经过：椎管内麻醉平面不足，术中改行全身麻醉；"))
    return spared(stay, [line], also=("CHG-018",))


@plant("CHG-014", "an item whose equipment the hospital does not list")
def without_equipment(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = [stay.treat(SHOCKWAVE, stay.at(day, 10)) for day in (2, 4)]
    return hit(stay, [(line, None) for line in lines], also=("CHG-031",))


@plant("CHG-014", "a scan class above the listed scanner")
def higher_class(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.exam(CT128, stay.at(3, 15), "胸部")
    return hit(stay, [(line, None)], also=("CHG-029", "CHG-013"))


@plant("CHG-014", "rehabilitation executed by someone not on the roster as therapist")
def no_therapist(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation")
    lines = [line for line in stay.lines if line.item.code == items()["exercise"].code][:4]
    for line in lines:
        line.performer = stay.nurse
    return hit(stay, [(line, None) for line in lines], also=("CHG-019",))


@near_miss("CHG-014", "logic: executor registered in the specialty on that date")
def registered_therapist(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation")
    return spared(stay, [line for line in stay.lines if line.item.code == items()["exercise"].code])


@near_miss("CHG-014", "executor on training under a named supervisor")
def supervised(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("rehabilitation")
    lines = [line for line in stay.lines if line.item.code == items()["exercise"].code][:2]
    for line in lines:
        line.performer = f"进修治疗师方时雨（带教：{line.performer}）"
    return spared(stay, lines, at_most="clue")


def fixation(admit: Admitter, record: str, screws: int, labels: int | None = None) -> tuple[Stay, Line]:
    """A fracture fixed: `record` says what was implanted, `screws` are billed, `labels` stand on the label sheet."""
    stay = admit.bare(days=9)
    stay.diagnoses, stay.reason = [("S82.200", "胫骨骨干骨折")], "胫骨骨干骨折"
    start = stay.at(2, 10, 0)
    event = operate(stay, [FIXATION], start, 80, "椎管内麻醉", record=f"手术经过：切开复位，{record}")
    cells = {"order": event.order, "performing": "手术室"}
    stay.charge(items()["plate"], event.stop + 12 * MINUTE, 1, **cells)
    line = stay.charge(items()["screw"], event.stop + 13 * MINUTE, screws, **cells)
    if labels is not None:
        sheet = [f"产品名称：金属锁定接骨板 规格：8孔 序列号：P{stay.admission_id[-5:]}00 数量：1块"]
        sheet += [
            f"产品名称：金属锁定接骨螺钉 规格：3.5mm×30mm 序列号：S{stay.admission_id[-5:]}{n:02d} 数量：1枚"
            for n in range(labels)
        ]
        stay.document(
            "植入物标签",
            "植入物标签粘贴页\n" + "\n".join(sheet) + f"\n粘贴人签名：{stay.nurse} {stamp(event.stop)}\n",
        )
    return stay, line


@plant("CHG-015", "more screws billed than record and labels both say")
def both_say_fewer(admit: Admitter, reference: Reference) -> Made:
    used = admit.random.randint(4, 6)
    more = admit.random.randint(1, 3)
    stay, line = fixation(admit, f"置入锁定接骨板1块，置入螺钉{used}枚固定。", used + more, used)
    return hit(stay, [(line, line.price * more)], certainty="established")


@plant("CHG-015", "more screws billed than the record says, no labels")
def record_says_fewer(admit: Admitter, reference: Reference) -> Made:
    stay, line = fixation(admit, "置入锁定接骨板1块，以5枚螺钉固定。", 8)
    return hit(stay, [(line, line.price * 3)], certainty="clue")


@plant("CHG-015", "two stents billed, one placed")
def one_stent(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("pci")
    line = next(line for line in stay.lines if line.item.code == items()["des"].code)
    line.quantity, line.amount = Decimal(2), line.price * 2
    return hit(stay, [(line, line.price)], certainty="clue")


@near_miss("CHG-015", "a piece was opened and wasted with a note")
def wasted_piece(admit: Admitter, reference: Reference) -> Made:
    stay, line = fixation(
        admit, "置入锁定接骨板1块，置入螺钉5枚固定；另1枚螺钉置入时滑丝取出弃用，已登记。", 6, 5
    )
    return spared(stay, [line], at_most="clue")


@near_miss("CHG-015", "record says more than billed → no hit")
def record_says_more(admit: Admitter, reference: Reference) -> Made:
    stay, line = fixation(admit, "置入锁定接骨板1块，置入螺钉7枚固定。", 5, 7)
    return spared(stay, [line])


@near_miss("CHG-015", "bilateral")
def both_legs(admit: Admitter, reference: Reference) -> Made:
    stay, line = fixation(
        admit, "左侧置入接骨板1块、螺钉3枚；同法处理右侧，置入螺钉3枚，双侧共用螺钉6枚。", 6, 6
    )
    return spared(stay, [line])


@near_miss("CHG-015", 'stent "2" over two vessels')
def two_vessels(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("pci")
    line = next(line for line in stay.lines if line.item.code == items()["des"].code)
    line.quantity, line.amount = Decimal(2), line.price * 2
    title, text = stay.documents.pop()
    stay.document(title, text.replace("）1枚", "）2枚，分别置于前降支与回旋支"))
    return spared(stay, [line])


@plant("CHG-018", "an operation billed without any record of it")
def no_operation_record(admit: Admitter, reference: Reference) -> Made:
    found, _ = group_pair(admit, reference)
    stay = host_for(admit, reference, found[0])
    order = stay.order(found[0].name, stay.at(3, 9), 医嘱用法="手术")
    line = stay.charge(found[0], stay.at(3, 14), order=order, performing="手术室")
    return hit(stay, [(line, None)], also=UNINDICATED)


@plant("CHG-018", "anaesthesia billed, operation under local anaesthesia")
def no_anaesthesia_record(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    event = operate(stay, [local("413316020040000", "浅表肿物切除术", 260, "06")], stay.at(3, 10, 0), 40)
    order = stay.order("全身麻醉", event.start, 医嘱用法="麻醉")
    line = stay.charge(items()["ga"], event.stop + 20 * MINUTE, order=order, performing="麻醉科")
    return hit(stay, [(line, None)], also=("CHG-013",))


@near_miss("CHG-018", "bedside procedure documented in the course notes (有创诊疗操作记录)")
def bedside_procedure(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("pneumonia", least_days=8)
    item = local("413307030200000", "床旁胸腔闭式引流术", 380, "06")
    at = stay.at(3, 15, 0)
    order = stay.order(item.name, at - HOUR, 医嘱用法="治疗", 执行时间=stamp(at))
    stay.document(
        "有创诊疗操作记录",
        "有创诊疗操作记录\n"
        "操作名称：床旁胸腔闭式引流术\n"
        f"操作时间：{stamp(at)}\n"
        "操作步骤：局麻下于右侧腋中线第7肋间行床旁胸腔闭式引流术，引出淡黄色液体，过程顺利。"
        "\n"
        f"操作医师签名：{stay.doctor} {stamp(at + HOUR)}\n",
    )
    return spared(stay, [stay.charge(item, at + 30 * MINUTE, order=order)])


@near_miss("CHG-018", "local anaesthesia by the surgeon")
def surgeon_anaesthesia(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    event = operate(
        stay,
        [local("413316020040000", "浅表肿物切除术", 260, "06")],
        stay.at(3, 10, 0),
        40,
        record="手术经过：术者行局部浸润麻醉，完整切除浅表肿物。",
    )
    numbing = local("413301000010000", "局部浸润麻醉", 30, "06")
    return spared(
        stay, [*event.lines, stay.charge(numbing, event.stop, order=event.order, performing="手术室")]
    )


@near_miss("CHG-018", "operation cancelled after induction (record says so; induction billable)")
def cancelled(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    start = stay.at(3, 10, 0)
    stay.anaesthesia.append(anaesthesia_row(stay, "全身麻醉", start, start + 50 * MINUTE))
    order = stay.order("全身麻醉", start, 医嘱用法="麻醉")
    stay.document(
        "麻醉记录",
        "麻醉记录\n"
        f"麻醉日期：{stamp(start)}\n"
        "麻醉方式：全身麻醉\n"
        "诱导后血压骤降、心律失常，与手术医师商议后取消手术，患者苏醒后返回病房。\n"
        f"麻醉医师签名：邹砚青 {stamp(start + HOUR)}\n",
    )
    return spared(stay, [stay.charge(items()["ga"], start + HOUR, order=order, performing="麻醉科")])


@near_miss("CHG-018", "date error of one day with the same name")
def one_day_off(admit: Admitter, reference: Reference) -> Made:
    found, _ = group_pair(admit, reference)
    stay = host_for(admit, reference, found[0], days=9)
    event = operate(stay, found[:1], stay.at(3, 10, 0), 70, "全身麻醉")
    event.lines[0].at += DAY
    return spared(stay, event.lines, also=UNINDICATED)


def reconstruction(stay: Stay, word: str) -> tuple[Line, Line]:
    """A plain scan and its three-dimensional reconstruction; `word` is the method the report names."""
    scan = stay.exam(
        items()["ct"], stay.at(3, 15), "胸部", 检查方法=word, 检查所见=f"胸部CT{word}，未见明显异常。"
    )
    extra = stay.charge(RECONSTRUCTION, scan.at, order=scan.order, performing="放射科", memo="胸部")
    return scan, extra
