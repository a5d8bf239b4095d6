"""CHG-007: units, sites and steps against what the reports and records state."""

from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import items
from evals.generating.reference import Reference
from evals.generating.scenarios import Made, hit, near_miss, plant, spared
from evals.generating.stay import Line, Stay

OF_REPORTS = ("CHG-005", "CHG-017", "CHG-029")


@plant("CHG-007", "three sites billed, two reported")
def three_for_two(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.exam(items()["us"], stay.at(3, 15), "肝胆、泌尿系", quantity=3)
    return hit(stay, [(line, line.price)], certainty="established", also=OF_REPORTS)


@plant("CHG-007", "three scanned sites billed at the full price, later sites count half")
def later_sites_half(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    lines = [
        stay.exam(items()["ct"], stay.at(3, 14, minute), site)
        for site, minute in (("头颅", 0), ("胸部", 12), ("上腹部", 24))
    ]
    return hit(
        stay,
        [(line, line.price / 2) for line in lines[1:]],
        related=lines[:1],
        certainty="established",
        also=("CHG-029",),
    )


@plant("CHG-007", "five sites billed, the rule pays three")
def above_most_sites(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    line = stay.exam(items()["us"], stay.at(3, 15), "肝胆、泌尿系、甲状腺、颈部、下肢软组织", quantity=5)
    return hit(stay, [(line, line.price * 2)], certainty="established", also=OF_REPORTS)


@plant("CHG-007", "a per-case item twice for one specimen")
def one_specimen(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("appendectomy")
    line = next(line for line in stay.lines if line.item.code == items()["path"].code)
    line.quantity, line.amount = Decimal(2), line.price * 2
    return hit(stay, [(line, line.price)], certainty="established", also=("CHG-017", "CHG-002"))


@plant("CHG-007", "an item per side twice, one eye operated")
def one_eye(admit: Admitter, reference: Reference) -> Made:
    stay, line = _eyes(admit)
    return hit(stay, [(line, line.price)], certainty="established", also=("CHG-018", "CHG-015"))


def _eyes(admit: Admitter) -> tuple[Stay, Line]:
    stay = admit.stay("cataract")
    line = next(line for line in stay.lines if line.item.code == items()["phaco"].code)
    line.quantity, line.amount = Decimal(2), line.price * 2
    title, text = stay.documents.pop()
    stay.document(title, text.replace("手术经过：", "手术经过：右眼术野，"))
    stay.operations[-1]["手术操作名称"] = "右眼白内障超声乳化摘除术＋人工晶体植入术"
    return stay, line


@near_miss("CHG-007", "left and right priced per side")
def both_eyes(admit: Admitter, reference: Reference) -> Made:
    stay, line = _eyes(admit)
    line.memo = "双眼"
    title, text = stay.documents.pop()
    stay.document(
        title,
        text.replace("手术经过：右眼术野，", "手术经过：双眼手术，先右眼后左眼，左右各植入人工晶状体1枚；"),
    )
    stay.operations[-1]["手术操作名称"] = "双眼白内障超声乳化摘除术＋人工晶体植入术"
    lens = next(found for found in stay.lines if found.item.code == items()["lens"].code)
    lens.quantity, lens.amount = Decimal(2), lens.price * 2
    return spared(stay, [line], also=("CHG-015",))


@near_miss("CHG-007", "different sites really reported (sites named in one report)")
def sites_in_one_report(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    return spared(
        stay, [stay.exam(items()["us"], stay.at(3, 15), "肝胆、泌尿系", quantity=2)], also=("CHG-029",)
    )


@near_miss("CHG-007", "different sites really reported (one report each)")
def one_report_each(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    lines = [
        stay.exam(items()["us"], stay.at(3, 14, minute), site)
        for site, minute in (("肝胆", 0), ("泌尿系", 15))
    ]
    return spared(stay, lines, also=("CHG-029",))


@near_miss("CHG-007", "second specimen with its own pathology number")
def two_specimens(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("appendectomy")
    line = next(line for line in stay.lines if line.item.code == items()["path"].code)
    other = stay.exam(items()["path"], line.at, "肠系膜淋巴结")
    return spared(stay, [line, other])


@near_miss("CHG-007", "logic: later sites billed at the region's factor")
def half_for_later(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    first, second = (
        stay.exam(items()["ct"], stay.at(3, 14, minute), site)
        for site, minute in (("胸部", 0), ("上腹部", 15))
    )
    second.cap, second.price = second.price, second.price / 2
    second.amount = second.price
    return spared(stay, [first, second], also=("CHG-029",))
