"""Prices and sums: CHG-001 above the cap, CHG-034 arithmetic."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from evals.generating.admitting import Admitter
from evals.generating.bureau import CHILD_CAPPED, PRICE_CHANGE, VOLUME_BID, cap_of
from evals.generating.catalogue import items
from evals.generating.reference import Reference
from evals.generating.scenarios import (
    Made,
    fresh,
    hit,
    long_host,
    near_miss,
    plant,
    spared,
)
from evals.generating.stay import HOUR, Line, Stay, cents

SOME = ("us", "ussup", "echo", "dr", "gastro", "usneck")


def _scan(stay: Stay, key: str, price: Decimal, **cells: object) -> Line:
    line = stay.exam(items()[key], stay.at(stay.days // 2, 15), "专科检查部位")
    line.price, line.amount, line.cap = price, cents(price * line.quantity), cells.get("cap")  # type: ignore[assignment]
    line.over = Decimal(str(cells.get("over", 0)))
    return line


@plant("CHG-001", "above the line's own cap", claims=True)
def own_cap(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    key = admit.random.choice(SOME)
    cap = items()[key].price
    line = _scan(stay, key, cents(cap * Decimal(admit.random.choice(("1.15", "1.3", "1.5")))), cap=cap)
    return hit(stay, [(line, line.price - cap)], certainty="established")


@plant("CHG-001", "above the own cap, excess already self-paid", claims=True)
def excess_self_paid(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    key = admit.random.choice(SOME)
    cap = items()[key].price
    line = _scan(stay, key, cap + 20, cap=cap, over=20)
    made = hit(
        stay, [(line, line.price - cap)], certainty="established", why="overlmt_selfpay 已列，基金部分为 0"
    )
    return replace(made, fund=Decimal("0.00"))


@plant("CHG-001", "above the region's cap of that level and date, own cap empty or a marker", claims=True)
def regional_cap(admit: Admitter, reference: Reference) -> Made:
    early = datetime(2025, admit.random.randint(2, 5), 10, 9, 20)
    stay = admit.bare(begin=early, days=7)
    key = admit.random.choice([key for key in SOME if key != "us"])
    cap = cap_of(items()[key], "2", early.date())
    line = _scan(stay, key, cap + 15, cap=Decimal(admit.random.choice(("0", "999999"))))
    return hit(stay, [(line, Decimal(15))], certainty="established")


@plant("CHG-001", "the old price kept after the cap was lowered", claims=True)
def old_price_kept(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(begin=datetime(2025, admit.random.randint(8, 11), 6, 10, 5), days=7)
    line = _scan(stay, "us", Decimal(96), cap=Decimal(0))
    return hit(stay, [(line, 96 - cap_of(items()["us"], "2", stay.begin.date()))], certainty="established")


@plant("CHG-001", "above the child's surcharge", claims=True)
def above_child_surcharge(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("paediatric", age=(2, 5), least_days=5)
    item = items()[CHILD_CAPPED]
    line = _scan(stay, CHILD_CAPPED, item.price * 2, cap=Decimal(0))
    return hit(stay, [(line, item.price * 2 - cents(item.price * Decimal("1.3")))], certainty="established")


@plant("CHG-001", "a volume-bid drug above its price", claims=True)
def volume_bid(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    item = replace(items()[VOLUME_BID], price=cents(items()[VOLUME_BID].price + Decimal("1.20")))
    lines = stay.drug(item, 1, 4)
    return hit(stay, [(line, Decimal("1.20") * line.quantity) for line in lines], certainty="established")


@plant("CHG-001", "the price of the third level in a stay of the second", claims=True)
def higher_level_price(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=6)
    key = admit.random.choice([key for key in SOME if key != "us"])
    day = stay.begin.date()
    line = _scan(stay, key, cap_of(items()[key], "3", day), cap=Decimal(0))
    return hit(stay, [(line, line.price - cap_of(items()[key], "2", day))], certainty="established")


@near_miss("CHG-001", "logic: the same price in a stay of the third level", claims=True)
def own_level(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=6)
    stay.hospital_level, stay.price_level = "2", "3"
    key = admit.random.choice([key for key in SOME if key != "us"])
    return spared(stay, [_scan(stay, key, cap_of(items()[key], "3", stay.begin.date()), cap=Decimal(0))])


@near_miss("CHG-001", "logic: child surcharge within cap × (1 + child_pct)", claims=True)
def child_surcharge(admit: Admitter, reference: Reference) -> Made:
    # years are counted on admission: a child of five may turn six before the day of the service
    stay = admit.stay("paediatric", age=(2, 4), least_days=5)
    return spared(
        stay, [_scan(stay, CHILD_CAPPED, cents(items()[CHILD_CAPPED].price * Decimal("1.3")), cap=Decimal(0))]
    )


@near_miss("CHG-001", "price changed inside the stay, each line by its own date", claims=True)
def change_inside_stay(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(begin=datetime(2025, 6, 26, 9, 30), days=9)
    before = stay.exam(items()["us"], stay.at(1, 15), "肝胆")
    before.price = before.amount = Decimal(95)
    before.cap = Decimal(0)
    after = stay.exam(items()["us"], stay.at(6, 15), "泌尿系")
    after.cap = Decimal(0)
    assert before.at.date() < PRICE_CHANGE <= after.at.date()
    return spared(stay, [before, after], why="调价日 2025-07-01，前后各按当日限价")


@near_miss("CHG-001", "self-set price item or private ward not claimed (clue, fund 0.00)", claims=True)
def private_ward(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=6)
    line = _scan(stay, "echo", items()["echo"].price + 80, cap=items()["echo"].price)
    line.in_scope = False
    return spared(stay, [line], at_most="clue")


@near_miss("CHG-001", "logic: a payment standard is no price cap for a drug", claims=True)
def payment_standard(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    item = replace(items()["ondan"], price=Decimal("9.00"))
    lines = stay.drug(item, 1, 4)
    for line in lines:
        line.cap, line.over = Decimal("5.20"), cents((line.price - Decimal("5.20")) * line.quantity)
    return spared(stay, lines, why="药品支付标准，超出部分自付")


@near_miss("CHG-001", "drug priced per smallest pack with fractional pack", claims=True)
def fractional_pack(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    item = replace(items()["amlo"], unit="盒", price=Decimal("5.88"), detail="5mg*28片")
    line = stay.drug(item, 1, 1)[0]
    line.quantity, line.amount = Decimal("0.25"), Decimal("1.47")
    return spared(stay, [line], why="限价按片，计价按盒，0.25 盒")


@near_miss("CHG-001", "logic: difference of one cent", claims=True)
def one_cent(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=6)
    return spared(stay, [_scan(stay, "dr", Decimal("60.01"), cap=Decimal("60.00"))])


@plant("CHG-034", "amount is not quantity times price", claims=True)
def wrong_product(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    line = stay.drug(fresh(stay), 2, 1)[0]
    gain = Decimal(admit.random.randrange(5, 60))
    line.amount += gain
    return hit(stay, [(line, gain)], certainty="established")


@plant("CHG-034", "refund greater than its original", claims=True)
def refund_too_great(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    line = stay.drug(fresh(stay), 2, 1)[0]
    back = stay.refund(line, line.at + 3 * HOUR, quantity=line.quantity + 2)
    return Made(
        [stay],
        [back],
        [line],
        None,
        None,
        "established",
        "documentation_defect",
        why="退费多于原费用，未多得",
    )


@plant("CHG-034", "refund without any original", claims=True)
def refund_of_nothing(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    line = stay.charge(fresh(stay), stay.at(2, 16), -1)
    return Made([stay], [line], (), None, None, "established", "documentation_defect")


@plant("CHG-034", "lines of the settlement do not add up to its total", claims=True)
def wrong_total(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    gain = Decimal(admit.random.randrange(20, 300))
    stay.forced_total = sum((line.amount for line in stay.lines), Decimal(0)) + gain
    return Made([stay], (), (), gain, None, "established", "", why="结算总额大于明细合计")


@plant("CHG-034", "an amount without a quantity", claims=True)
def no_quantity(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    line = stay.drug(fresh(stay), 2, 1)[0]
    line.quantity, line.amount = Decimal(0), Decimal(admit.random.randrange(8, 40))
    return hit(stay, [(line, None)], certainty="established", also=("CHG-020",))


@near_miss("CHG-034", "rounding", claims=True)
def rounding(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    line = stay.drug(replace(items()["amlo"], price=Decimal("0.2133")), 1, 1, dose=3)[0]
    line.amount = Decimal("0.65")
    return spared(stay, [line], why="0.2133×3=0.6399，记 0.65，差 0.0101 元")


@near_miss("CHG-034", "named and unnamed refunds that find their original", claims=True)
def matched_refunds(admit: Admitter, reference: Reference) -> Made:
    stay = long_host(admit)
    first, second = stay.drug(fresh(stay), 2, 2)
    back = stay.refund(first, first.at + 4 * HOUR)
    other = stay.refund(second, second.at + 5 * HOUR, named=False)
    return spared(stay, [first, back, second, other])
