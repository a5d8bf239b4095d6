"""Items that make up one another: CHG-010 packages, CHG-011 sets, CHG-012 consumables."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import Item, items, listed_item
from evals.generating.reference import Reference
from evals.generating.regional import ENHANCED, HIP_PARTS, THYROID
from evals.generating.scenarios import Made, hit, near_miss, plant, spared
from evals.generating.stay import HOUR, MINUTE, Line, Stay


@plant("CHG-010", "a priced panel billed by its five tests", claims=True)
def panel_by_parts(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    lines = stay.lab(stay.everyday(THYROID), stay.at(3, 7))
    part = (sum((line.amount for line in lines), Decimal(0)) - 120) / 5
    return hit(stay, [(line, part) for line in lines], certainty="established", also=("CHG-029",))


@plant("CHG-010", "plain and enhanced scan of one site billed as two", claims=True)
def plain_and_enhanced(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    plain = stay.exam(items()["ct"], stay.at(3, 15), "上腹部", 检查方法="平扫+增强")
    enhanced = stay.charge(ENHANCED, plain.at, order=plain.order, performing="放射科", memo="上腹部")
    stay.exam_report(ENHANCED, plain.at, "上腹部", 检查方法="平扫+增强")
    part = (plain.amount + enhanced.amount - 300) / 2
    return hit(stay, [(plain, part), (enhanced, part)], certainty="established", also=("CHG-029",))


@near_miss("CHG-010", "fewer components than min_present (emergency partial panel)", claims=True)
def partial_panel(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(
        stay,
        stay.lab(stay.everyday(THYROID[: admit.random.choice((2, 3, 4))]), stay.at(3, 7)),
        also=("CHG-029",),
    )


@near_miss("CHG-010", "components on different days or specimens", claims=True)
def on_other_specimens(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    lines = stay.lab(stay.everyday(THYROID[:3]), stay.at(2, 7)) + stay.lab(
        stay.everyday(THYROID[3:]), stay.at(6, 7)
    )
    return spared(stay, lines, also=("CHG-029",))


@near_miss(
    "CHG-010", "plain scan at admission and enhanced scan on another day for a new question", claims=True
)
def enhanced_later(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=9)
    lines = [
        stay.exam(items()["ct"], stay.at(1, 15), "上腹部"),
        stay.exam(ENHANCED, stay.at(6, 15), "上腹部", 检查方法="增强"),
    ]
    return spared(stay, lines, also=("CHG-029",))


def _hip(admit: Admitter) -> tuple[Stay, Line]:
    stay = admit.stay("hip_fracture")
    whole = next(line for line in stay.lines if line.item.code == items()["hipset"].code)
    return stay, whole


def _instead(stay: Stay, whole: Line, keys: tuple[str, ...]) -> list[Line]:
    stay.lines.remove(whole)
    title, text = stay.documents.pop()
    used = "".join(f"植入{items()[key].name}1件。" for key in keys)
    stay.document(title, text.replace("植入或使用人工髋关节假体成套（安捷髋系统）1套。", used))
    return [stay.charge(items()[key], whole.at, order=whole.order, performing="手术室") for key in keys]


@plant("CHG-011", "a set of one system billed by its parts")
def set_by_parts(admit: Admitter, reference: Reference) -> Made:
    stay, whole = _hip(admit)
    lines = _instead(stay, whole, HIP_PARTS)
    part = (sum((line.amount for line in lines), Decimal(0)) - 6800) / 4
    return hit(stay, [(line, part) for line in lines], also=("CHG-032",))


@near_miss("CHG-011", "revision surgery replacing one component")
def one_component(admit: Admitter, reference: Reference) -> Made:
    stay, whole = _hip(admit)
    lines = _instead(stay, whole, ("liner",))
    title, text = stay.documents.pop()
    stay.document(title, text.replace("手术经过：", "手术经过：髋关节置换术后翻修，仅更换磨损的髋臼内衬；"))
    return spared(stay, lines)


@near_miss("CHG-011", "parts of two systems")
def two_systems(admit: Admitter, reference: Reference) -> Made:
    stay, whole = _hip(admit)
    lines = _instead(stay, whole, HIP_PARTS)
    for line in lines[:2]:
        line.item = replace(
            line.item,
            code="C0302029" + line.item.code[8:],
            detail=line.item.detail.replace("安捷髋", "德固髋"),
        )
        line.spec = line.item.detail
    return spared(stay, lines)


@near_miss("CHG-011", "two joints")
def two_joints(admit: Admitter, reference: Reference) -> Made:
    stay, whole = _hip(admit)
    whole.quantity, whole.amount, whole.memo = Decimal(2), whole.price * 2, "双侧"
    title, text = stay.documents.pop()
    stay.document(
        title,
        text.replace("手术经过：", "手术经过：双侧髋关节置换，左右各植入成套假体1套，共2套；").replace(
            "成套（安捷髋系统）1套", "成套（安捷髋系统）2套"
        ),
    )
    return spared(stay, [whole], also=("CHG-015",))


@near_miss("CHG-011", "parts outside the tendered set")
def outside_the_set(admit: Admitter, reference: Reference) -> Made:
    stay, whole = _hip(admit)
    screws = stay.charge(items()["screw"], whole.at, 2, order=whole.order, performing="手术室")
    title, text = stay.documents.pop()
    stay.document(title, text.replace("手术者签名", "髋臼侧加用金属锁定接骨螺钉2枚固定。手术者签名"))
    return spared(stay, [whole, screws])


def _dialysis(admit: Admitter) -> tuple[Stay, Line]:
    stay = admit.stay("dialysis", least_days=7)
    return stay, next(line for line in stay.lines if line.item.code == items()["hd"].code)


@plant("CHG-012", "dialyser and tubing billed beside haemodialysis", claims=True)
def dialysis_material(admit: Admitter, reference: Reference) -> Made:
    stay, session = _dialysis(admit)
    lines = [
        stay.charge(items()[key], session.at + 9 * MINUTE, order=session.order)
        for key in ("dialyser", "bloodline")
    ]
    return hit(stay, [(line, None) for line in lines], related=[session])


@near_miss("CHG-012", "material listed in 除外内容 (not matched by the row)", claims=True)
def other_material(admit: Admitter, reference: Reference) -> Made:
    stay, session = _dialysis(admit)
    needle = Item(
        "C10010301100001030050000063", "一次性使用动静脉穿刺器", "套", "08", "02", Decimal(9), "", "16G"
    )
    return spared(stay, [stay.charge(needle, session.at + 9 * MINUTE, 2, order=session.order)])


@near_miss("CHG-012", "used for another service the same day", claims=True)
def for_another_service(admit: Admitter, reference: Reference) -> Made:
    stay, _ = _dialysis(admit)
    filtration = listed_item("003110000070000", "血液滤过")
    at = stay.at(6, 9)
    one = stay.treat(filtration, at)
    return spared(
        stay,
        [stay.charge(items()["dialyser"], at + HOUR, order=one.order)],
        why="当日只做血液滤过，无血液透析",
    )


@near_miss("CHG-012", "self-paid with signed consent (fund 0.00 and clue)", claims=True)
def paid_by_patient(admit: Admitter, reference: Reference) -> Made:
    stay, session = _dialysis(admit)
    stay.document(
        "知情同意书",
        "知情同意书\n"
        "患者自愿自费使用高通量透析器。"
        f"签名：{stay.person.name} {session.at - timedelta(hours=2):%Y-%m-%d %H:%M}\n",
    )
    line = stay.charge(items()["dialyser"], session.at + 9 * MINUTE, order=session.order, in_scope=False)
    return spared(stay, [line], at_most="clue")
