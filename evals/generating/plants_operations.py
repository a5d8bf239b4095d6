"""Several operations and their add-ons: CHG-006 same incision, CHG-009 add-ons."""

from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.catalogue import Item, listed_item, listed_price
from evals.generating.reference import ADD_ONS, Reference
from evals.generating.scenarios import (
    Made,
    hit,
    host_for,
    near_miss,
    plant,
    sex_for,
    spared,
)
from evals.generating.stay import DAY, Line, Stay, cents
from evals.generating.surgery import operate


def group_pair(admit: Admitter, reference: Reference, count: int = 2) -> tuple[list[Item], str]:
    """Different operations of one group that no pair excludes and one sex can have, dearest first."""
    for _ in range(400):
        name = admit.random.choice(sorted(reference.groups))
        rows = admit.random.sample(reference.mine(reference.groups[name]), count)
        found = [listed_item(row["国标代码"], row["项目名称"]) for row in rows]
        codes = [item.code for item in found]
        sexes = {sex for item in found if (sex := sex_for(reference, item))}
        clash = any(reference.exclude_each_other(a, b) for a in codes for b in codes if a < b)
        family = len({code[:11] for code in codes}) < count
        add_on = any(code[-1] != "0" or "加收" in item.name for code, item in zip(codes, found, strict=True))
        if not clash and not family and not add_on and len(sexes) < 2:
            return sorted(found, key=lambda item: -item.price), name
    raise LookupError("两库第二批中找不到可同台的两项手术；请检查参考资料。")


def theatre_stay(
    admit: Admitter, reference: Reference, found: list[Item], record: str = ""
) -> tuple[Stay, list[Line]]:
    stay = host_for(admit, reference, *found, days=9)
    start = stay.at(2, 10, 0)
    text = record or f"经同一切口，行{found[0].name}，同时行{'、'.join(item.name for item in found[1:])}。"
    event = operate(stay, found, start, 90, "全身麻醉", record=text)
    return stay, list(event.lines)


@plant("CHG-006", "second operation of a group at full price through one incision")
def same_incision(admit: Admitter, reference: Reference) -> Made:
    found, _ = group_pair(admit, reference)
    stay, lines = theatre_stay(admit, reference, found)
    part = lines[1].price - listed_price(lines[1].item.code) / 2
    return hit(
        stay, [(lines[1], part)], related=lines[:1], certainty="established", also=("CHG-009", "CHG-031")
    )


@plant("CHG-006", "second and third operation of a group at full price")
def three_operations(admit: Admitter, reference: Reference) -> Made:
    found, _ = group_pair(admit, reference, 3)
    stay, lines = theatre_stay(admit, reference, found)
    excess = [(line, line.price - listed_price(line.item.code) / 2) for line in lines[1:]]
    return hit(stay, excess, related=lines[:1], certainty="established", also=("CHG-009", "CHG-031"))


@plant("CHG-006", "second operation discounted too little")
def discounted_too_little(admit: Admitter, reference: Reference) -> Made:
    found, _ = group_pair(admit, reference)
    stay, lines = theatre_stay(admit, reference, found)
    lines[1].price = cents(listed_price(found[1].code) * Decimal("0.8"))
    lines[1].amount, lines[1].cap = lines[1].price, listed_price(found[1].code)
    part = lines[1].price - listed_price(found[1].code) / 2
    return hit(
        stay, [(lines[1], part)], related=lines[:1], certainty="established", also=("CHG-009", "CHG-031")
    )


@near_miss("CHG-006", "separate incisions or change of position documented")
def separate_incisions(admit: Admitter, reference: Reference) -> Made:
    found, _ = group_pair(admit, reference)
    text = (
        f"先取腹部正中切口行{found[0].name}，缝合后更换体位、重新消毒铺巾，另取侧腹部切口行{found[1].name}。"
    )
    stay, lines = theatre_stay(admit, reference, found, text)
    return spared(stay, lines, also=("CHG-009", "CHG-031"))


@near_miss("CHG-006", "two operations on different days")
def different_days(admit: Admitter, reference: Reference) -> Made:
    found, _ = group_pair(admit, reference)
    stay = host_for(admit, reference, *found, days=11)
    first = operate(stay, found[:1], stay.at(2, 10, 0), 80, "全身麻醉")
    second = operate(stay, found[1:], stay.at(6, 10, 0), 80, "全身麻醉")
    return spared(stay, [*first.lines, *second.lines], also=("CHG-009", "CHG-031"))


@near_miss("CHG-006", "second operation billed at the region's rate")
def properly_discounted(admit: Admitter, reference: Reference) -> Made:
    found, _ = group_pair(admit, reference)
    stay, lines = theatre_stay(admit, reference, found)
    lines[1].price = lines[1].amount = cents(listed_price(found[1].code) / 2)
    lines[1].cap = listed_price(found[1].code)
    return spared(stay, lines, also=("CHG-009", "CHG-031"))


@near_miss("CHG-006", "logic: operations of different groups are not joined")
def different_groups(admit: Admitter, reference: Reference) -> Made:
    one, _ = group_pair(admit, reference)
    other, _ = group_pair(admit, reference)
    while (
        _groups_of(reference, one[0]) & _groups_of(reference, other[0])
        or len({sex for item in (one[0], other[0]) if (sex := sex_for(reference, item))}) > 1
        or reference.exclude_each_other(one[0].code, other[0].code)
    ):
        other, _ = group_pair(admit, reference)
    stay, lines = theatre_stay(admit, reference, [one[0], other[0]])
    return spared(stay, lines, also=("CHG-009", "CHG-031"))


def _groups_of(reference: Reference, item: Item) -> set[str]:
    return {
        name for name, rows in reference.groups.items() if any(row["国标代码"] == item.code for row in rows)
    }


@near_miss("CHG-006", "add-on item (suffix 加收) and laparoscope surcharge billed once")
def laparoscope_once(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice([r for r in _add_ons(admit, reference) if "腹腔镜" in r["从项名称"]])
    base, extra = listed_item(row["主项编码"], row["主项名称"]), listed_item(row["从项编码"], row["从项名称"])
    stay, lines = theatre_stay(admit, reference, [base, extra], f"建立气腹，经腹腔镜行{base.name}。")
    return spared(stay, lines, also=("CHG-031",))


def _add_ons(admit: Admitter, reference: Reference) -> list[dict[str, str]]:
    """Working rows of one add-on per base, operations only, both codes whole; nothing the fund never pays."""
    return [
        dict(row)
        for row in reference.mine(reference.rows(ADD_ONS))
        if row["加收限制"] == "1"
        and len(row["主项编码"]) == 15
        and len(row["从项编码"]) == 15
        and row["主项编码"].startswith("0033")
        and row["从项编码"].startswith("0033")
        and frozenset((row["主项编码"], row["从项编码"])) not in reference.paired_codes
        and not any(word in row["从项名称"] for word in ("新生儿", "小儿", "儿童", "婴", "麻醉", "除皱"))
    ]


@plant("CHG-009", "add-on billed twice for one base")
def add_on_twice(admit: Admitter, reference: Reference) -> Made:
    # what is added for each further vessel or vertebra may well be added twice
    row = admit.random.choice([r for r in _add_ons(admit, reference) if "每" not in r["从项名称"]])
    base, extra = listed_item(row["主项编码"], row["主项名称"]), listed_item(row["从项编码"], row["从项名称"])
    stay, lines = theatre_stay(admit, reference, [base, extra], f"行{extra.name}。")
    lines[1].quantity, lines[1].amount = Decimal(2), lines[1].price * 2
    return hit(
        stay,
        [(lines[1], lines[1].price)],
        related=lines[:1],
        also=("CHG-006", "CHG-018", "CHG-031", "CHG-002"),
    )


@plant("CHG-009", "add-on without its base")
def add_on_alone(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice(_add_ons(admit, reference))
    extra = listed_item(row["从项编码"], row["从项名称"])
    stay, lines = theatre_stay(admit, reference, [extra], f"行{extra.name}。")
    return hit(stay, [(lines[0], None)], also=("CHG-018", "CHG-031"))


@near_miss("CHG-009", "base posted one day later")
def base_next_day(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice(_add_ons(admit, reference))
    base, extra = listed_item(row["主项编码"], row["主项名称"]), listed_item(row["从项编码"], row["从项名称"])
    stay, lines = theatre_stay(admit, reference, [base, extra], f"行{extra.name}。")
    lines[0].at += DAY
    return spared(stay, lines, also=("CHG-006", "CHG-031"))


@near_miss("CHG-009", "base self-paid")
def base_self_paid(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice(_add_ons(admit, reference))
    base, extra = listed_item(row["主项编码"], row["主项名称"]), listed_item(row["从项编码"], row["从项名称"])
    stay, lines = theatre_stay(admit, reference, [base, extra], f"行{extra.name}。")
    lines[0].in_scope = False
    return spared(stay, lines, also=("CHG-006", "CHG-031"))
