"""Need and match: CHG-029 tests, CHG-031 treatments, CHG-032 companions, CHG-033 levels, CHG-035 safety."""

from evals.generating.admitting import Admitter
from evals.generating.catalogue import items
from evals.generating.reference import Reference
from evals.generating.regional import DEPTH, ELASTOGRAM, ENHANCED, HS_CRP, MARKERS
from evals.generating.scenarios import Made, hit, near_miss, plant, spared
from evals.generating.stay import Line, Stay


@plant("CHG-029", "a test without diagnosis, finding or reason")
def no_reason(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.lab([admit.random.choice((MARKERS, ELASTOGRAM))], stay.at(1, 7))[0]
    return hit(stay, [(line, None)], certainty="clue")


@plant("CHG-029", "CRP and high-sensitivity CRP together without either's own indication")
def both_crp(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    lines = stay.lab([items()["crp"], HS_CRP], stay.at(1, 7))
    return hit(stay, [(lines[1], None)], related=lines[:1], certainty="probable")


@near_miss("CHG-029", "tumour markers in known tumour follow-up")
def known_tumour(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("chemotherapy")
    return spared(stay, stay.lab([MARKERS], stay.at(1, 7)))


@near_miss("CHG-029", "age/risk screening ordered by specialty: the reason in the order")
def reason_in_order(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.lab([ELASTOGRAM], stay.at(1, 7))[0]
    stay.orders[-1]["医嘱名称"] += "（胃镜下手术前评估出血风险）"
    return spared(stay, [line])


@near_miss("CHG-029", "infection screen before operation")
def screen_before_operation(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("cholecystectomy")
    codes = {items()[key].code for key in ("hbsag", "hcv", "hiv", "tp_ab")}
    return spared(stay, [line for line in stay.lines if line.item.code in codes])


@plant("CHG-031", "depth-of-anaesthesia monitoring under spinal anaesthesia")
def depth_without_general(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("hip_fracture")
    return hit(stay, [(_depth(stay), None)], also=("CHG-018", "CHG-032"))


@plant("CHG-031", "hemiplegia training without deficit")
def no_deficit(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = [stay.treat(items()["hemi"], stay.at(day, 15)) for day in (2, 3, 4)]
    return hit(stay, [(line, None) for line in lines], certainty="clue")


def _depth(stay: Stay) -> Line:
    row = stay.anaesthesia[-1]
    order = stay.order(
        DEPTH.name,
        stay.at(2 if stay.department == "骨科" else 1, 9),
        医嘱用法="麻醉",
        执行时间=row["麻醉开始时间"],
    )
    numbing = next(line for line in stay.lines if line.item.code in (items()["ga"].code, items()["sa"].code))
    return stay.charge(DEPTH, numbing.at, 1, order=order, performing="麻醉科", performer="邹砚青")


@near_miss("CHG-031", "logic: depth monitoring with general anaesthesia")
def depth_with_general(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("cholecystectomy")
    return spared(stay, [_depth(stay)], also=("CHG-008",))


@near_miss("CHG-031", "region's rehab scope: a deficit is diagnosed")
def deficit(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("stroke")
    return spared(stay, [line for line in stay.lines if line.item.code == items()["hemi"].code])


@near_miss("CHG-031", "infection documented")
def infection(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("appendectomy")
    return spared(stay, [line for line in stay.lines if line.item.code == items()["cefur"].code])


@plant("CHG-032", "a stent without any intervention", claims=True)
def stent_alone(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.charge(items()["des"], stay.at(3, 11), order=stay.order(items()["des"].name, stay.at(3, 9)))
    return hit(stay, [(line, None)], also=("CHG-015", "CHG-018"))


@plant("CHG-032", "contrast without imaging", claims=True)
def contrast_alone(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return hit(stay, [(line, None) for line in stay.drug(items()["contrast"], 3, 1)], certainty="clue")


@near_miss("CHG-032", "companion in the previous/next posting day", claims=True)
def companion_next_day(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = stay.drug(items()["contrast"], 3, 1)
    return spared(
        stay, [*lines, stay.exam(ENHANCED, stay.at(4, 8), "上腹部", 检查方法="增强")], also=("CHG-029",)
    )


@near_miss("CHG-032", "companion self-paid", claims=True)
def companion_self_paid(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = stay.drug(items()["contrast"], 3, 1)
    scan = stay.exam(ENHANCED, stay.at(3, 15), "上腹部", 检查方法="增强")
    scan.in_scope = False
    return spared(stay, [*lines, scan], also=("CHG-029",))


@plant("CHG-033", "first-grade nursing billed, second ordered")
def above_ordered(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = [line for line in stay.lines if line.item.code == items()["nurse2"].code][2:6]
    dearer = items()["nurse1"]
    for line in lines:
        line.item, line.price, line.amount = dearer, dearer.price, dearer.price
    return hit(stay, [(line, dearer.price - items()["nurse2"].price) for line in lines])


@plant("CHG-033", "intensive monitoring outside an ICU segment")
def intensive_on_ward(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = stay.hours(items()["icucare"], stay.at(3, 8, 0), stay.at(3, 20, 0))
    return hit(
        stay, [(line, None) for line in lines], violation="over_standard_charge", also=("CHG-004", "CHG-031")
    )


@near_miss("CHG-033", "level changed same day (higher counts once)")
def changed_that_day(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("pneumonia", least_days=8)
    change = next(line for line in stay.lines if line.item.code == items()["nurse2"].code)
    dearer = items()["nurse1"]
    first = next(row for row in stay.orders if row["医嘱名称"] == dearer.name)
    second = next(row for row in stay.orders if row["医嘱名称"] == items()["nurse2"].name)
    noon = change.at.replace(hour=14, minute=10)
    first["医嘱停止日期"] = second["医嘱开始日期"] = f"{noon:%Y-%m-%d %H:%M}"
    second["执行时间"] = f"{noon.replace(minute=30):%Y-%m-%d %H:%M}"
    change.item, change.price, change.amount, change.order = (
        dearer,
        dearer.price,
        dearer.price,
        first["医嘱号"],
    )
    return spared(stay, [change])


@near_miss("CHG-033", "logic: intensive monitoring inside an ICU segment")
def inside_icu(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("icu")
    return spared(stay, [line for line in stay.lines if line.item.code == items()["icucare"].code])


@plant("CHG-035", "contra-indicated by a diagnosis of the stay", claims=True)
def contraindicated(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("upper_bleeding", least_days=6)
    return hit(
        stay,
        [(line, None) for line in stay.drug(items()["celeco"], 1, 3, "bid")],
        certainty="clue",
        sums=False,
    )


@plant("CHG-035", "two drugs that interact on the same days", claims=True)
def interacting(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = [*stay.drug(items()["spiro"], 1, 4), *stay.drug(items()["kcl"], 1, 4)]
    return hit(stay, [(line, None) for line in lines], certainty="clue", sums=False)


@near_miss("CHG-035", "logic: the two drugs on different days", claims=True)
def one_after_other(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=9)
    return spared(stay, [*stay.drug(items()["kcl"], 1, 2), *stay.drug(items()["spiro"], 5, 3)])


@near_miss("CHG-035", "documented risk decision")
def risk_decided(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = [*stay.drug(items()["spiro"], 1, 3), *stay.drug(items()["kcl"], 1, 3)]
    stay.document(
        "病程记录",
        f"病程记录 {stay.at(1, 10):%Y-%m-%d %H:%M}\n"
        "患者血钾偏低，权衡高钾风险后螺内酯与氯化钾联用3天，每日监测血钾。\n"
        f"医师签名：{stay.doctor}\n",
    )
    stay.lab([items()["k"]], stay.at(2, 7))
    return spared(stay, lines, at_most="clue", also=("CHG-029",))
