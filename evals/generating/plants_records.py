"""Charges without what must carry them: CHG-016 order, CHG-017 report."""

from evals.generating.admitting import Admitter
from evals.generating.catalogue import items
from evals.generating.plants_evidence import reconstruction
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, fresh, hit, long_host, near_miss, plant, spared
from evals.generating.stay import DAY, HOUR, MINUTE, stamp

TESTS = ("crp", "pct", "bnp", "ddimer", "cea", "tsh", "hba1c")
SCANS = ("us", "echo", "dr", "usneck", "ct", "mri")


@plant("CHG-016", "a drug without any order")
def drug_without_order(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    item = fresh(stay)
    lines = [stay.charge(item, stay.at(day, 10), 1) for day in (2, 3, 4)]
    return hit(stay, [(line, None) for line in lines], also=("CHG-020", "CHG-031"))


@plant("CHG-016", "an examination with a report but no order")
def exam_without_order(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.exam(items()[admit.random.choice(SCANS)], stay.at(3, 15), "专科部位")
    stay.orders = [row for row in stay.orders if row["医嘱号"] != line.order]
    line.order = ""
    return hit(stay, [(line, None)], also=("CHG-029",))


@plant("CHG-016", "a treatment on days after its order was stopped")
def after_stop(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    span, order = (stay.at(1, 8), stay.at(2, 18, 0)), ""
    for day in (1, 2):
        order = stay.treat(items()["nebul"], stay.at(day, 9), order=order, span=span).order
    late = [stay.charge(items()["nebul"], stay.at(day, 10), order="") for day in (5, 6)]
    return hit(stay, [(line, None) for line in late], also=("CHG-019", "CHG-031"))


@near_miss("CHG-016", "supplies implied by an ordered service (syringes)")
def implied_supplies(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(stay, [stay.charge(items()["tube"], stay.at(day, 10)) for day in range(1, 4)])


@near_miss("CHG-016", "rescue with verbal orders noted afterwards")
def verbal_orders(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("heart_failure", least_days=8)
    at = stay.at(3, 2, 10)
    line = stay.charge(fresh(stay), at + 20 * MINUTE, 1)
    line.order = stay.order(
        line.item.name,
        at + 4 * HOUR,
        医嘱代码=line.item.code,
        医嘱剂量="1",
        剂量单位=line.item.unit,
        医嘱天数="1",
        医嘱用法="静注（抢救补记）",
        执行时间=stamp(at + 10 * MINUTE),
    )
    stay.document(
        "抢救记录",
        f"抢救记录 {stamp(at + 4 * HOUR)}\n"
        f"{stamp(at)} 患者突发气促、血压86/50mmHg，口头医嘱予{line.item.name}静注，"
        f"抢救后据实补记医嘱，{stamp(at + HOUR)} 生命体征平稳。\n"
        f"记录者：{stay.doctor}\n",
    )
    return spared(stay, [line])


@near_miss("CHG-016", "temporary order the day before (order day −1…+1)")
def order_day_before(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    at = stay.at(3, 9)
    order = stay.order("中换药", at - 14 * HOUR, 医嘱用法="治疗", 执行时间=stamp(at))
    return spared(stay, [stay.charge(items()["dressing"], at + 10 * MINUTE, order=order)])


@near_miss("CHG-016", "bed, nursing, 诊查 without order")
def care_without_order(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(stay, [line for line in stay.lines if line.item.charge_type in ("01", "02")])


@near_miss("CHG-016", "group order listing one name")
def group_order(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    lines = stay.lab(stay.everyday(("tc", "tg")), stay.at(3, 7))
    return spared(stay, lines, also=("CHG-029",))


@plant("CHG-017", "a laboratory test without result")
def test_without_result(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.lab([items()[admit.random.choice(TESTS)]], stay.at(3, 7))[0]
    stay.labs.pop()
    return hit(stay, [(line, None)], also=("CHG-029",))


@plant("CHG-017", "an examination without report")
def scan_without_report(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.exam(items()[admit.random.choice(SCANS)], stay.at(3, 15), "专科部位")
    stay.exams.pop()
    return hit(stay, [(line, None)], also=("CHG-029",))


@plant("CHG-017", "two tests billed, one result")
def two_for_one(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    test = items()[admit.random.choice(TESTS)]
    first, second = (stay.lab([test], stay.at(3, hour))[0] for hour in (7, 16))
    stay.labs.pop()
    return hit(stay, [(second, None)], related=[first], also=("CHG-002", "CHG-005", "CHG-027", "CHG-029"))


@plant("CHG-017", "three-dimensional reconstruction the report does not name")
def no_reconstruction(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    scan, extra = reconstruction(stay, "平扫")
    return hit(stay, [(extra, None)], related=[scan], also=("CHG-009", "CHG-016", "CHG-029"))


@near_miss("CHG-017", "add-on named in 检查方法")
def reconstruction_named(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(stay, reconstruction(stay, "平扫+三维重建"), also=("CHG-016", "CHG-029"))


@near_miss("CHG-017", "report after discharge or sent out (result date ≤ discharge + 30 d)")
def sent_out(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.lab([items()["sputum"]], stay.at(6, 8))[0]
    stay.labs[-1]["检验报告时间"] = stamp(stay.end + 6 * DAY)
    return spared(stay, [line], also=("CHG-029",))


@near_miss("CHG-017", "specimen rejected and refunded")
def rejected_specimen(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.lab([items()["bnp"]], stay.at(3, 7))[0]
    stay.labs.pop()
    return spared(stay, [line, stay.refund(line, stay.at(4, 9), named=admit.random.random() < 0.5)])


@near_miss("CHG-017", "one report covering several billed sites (then count sites)")
def several_sites(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.exam(items()["us"], stay.at(3, 15), "肝胆、泌尿系", quantity=2)
    return spared(stay, [line], also=("CHG-029",))


@near_miss("CHG-017", "pathology pending")
def pathology_pending(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("cholecystectomy")
    line = next(line for line in stay.lines if line.item.code == items()["path"].code)
    stay.exams = [row for row in stay.exams if row["检查项目名称"] != line.item.name]
    stay.document(
        "出院记录",
        f"出院记录 {stamp(stay.end)}\n"
        "患者恢复良好，予出院。术后病理标本已送检，病理报告待回报。\n"
        f"医师签名：{stay.doctor}\n",
    )
    return spared(stay, [line], at_most="clue")
