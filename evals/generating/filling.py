"""Fills a stay with the small lines a real bill has by the dozen, so that an admission has one to three hundred."""

from decimal import Decimal

from evals.generating.catalogue import Item
from evals.generating.stay import MINUTE, Stay

# Plain solutions, vitamins and supplies: in no list of limits, pairs or groups; codes have the shape of real ones.
SOLUTIONS = (
    "维生素C注射液", "维生素B6注射液", "复方氯化钠注射液", "灭菌注射用水", "碳酸氢钠注射液",
    "维生素K1注射液", "葡萄糖酸钙注射液", "硫酸镁注射液", "浓氯化钠注射液", "维生素B1片", "碳酸钙片",
    "复合维生素B片", "开塞露", "葡萄糖氯化钠注射液",
)  # fmt: skip
SUPPLIES = (
    "一次性使用无菌注射器", "一次性使用输液器", "一次性使用静脉留置针", "医用胶布", "一次性使用真空采血管",
    "棉签", "一次性使用治疗巾", "医用纱布块", "一次性使用吸氧管", "一次性使用手套", "输液贴", "心电电极片",
    "一次性使用采血针", "一次性使用压力延长管",
)  # fmt: skip
LEAST, SPREAD = 100, 200


def fill_up(stay: Stay) -> None:
    """Adds daily lines until the stay has its share of one to three hundred, all on full days of the stay."""
    wanted = LEAST + stay.random.randrange(SPREAD)
    days = range(1, max(2, stay.days))
    maker = stay.random.randrange(100, 999)
    before = sum((line.amount for line in stay.lines), Decimal(0))
    for turn in range(max(0, (wanted - len(stay.lines)) // len(days) + 1)):
        solution = turn % 3 == 0
        names = SOLUTIONS if solution else SUPPLIES
        which = turn // 3 % len(names) if solution else (turn - turn // 3) % len(names)
        item = _item(names[which], which, maker + turn // 42, solution)
        order = stay.order(item.name, stay.begin + 40 * MINUTE) if solution else ""
        for day in days:
            at = stay.at(day, 0, 0) + (8 * 60 + turn * 5 % 780) * MINUTE
            if stay.begin < at < stay.end:
                line = stay.charge(item, at, 1 + turn % 3, order=order)
                line.settlement = sum(at > end for end in stay.settlement_ends[:-1])
    if stay.forced_total is not None:
        stay.forced_total += sum((line.amount for line in stay.lines), Decimal(0)) - before


def _item(name: str, which: int, maker: int, solution: bool) -> Item:
    if solution:
        unit = "支" if "注射" in name else "片"
        return Item(
            f"XB05XX{which:02d}7B0020101{maker:05d}",
            name,
            unit,
            "09",
            "01",
            Decimal("0.85") + which,
            "1支",
            "",
        )
    return Item(
        f"C1499{which:02d}{maker:05d}001010{maker:04d}0000031"[:27],
        name,
        "个",
        "08",
        "01",
        Decimal("0.30") + which,
        "",
        "",
    )


def supply(which: int, maker: int = 417) -> Item:
    """One of the small supplies every ward uses."""
    return _item(SUPPLIES[which], which, maker, solution=False)
