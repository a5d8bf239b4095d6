"""Items that exclude one another: CHG-004."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evals.generating.admitting import Admitter
from evals.generating.catalogue import Item, items, listed_item
from evals.generating.reference import Reference
from evals.generating.regional import (
    BEDSIDE_ECG,
    CHEST_DRAIN,
    CHEST_TAP,
    GUIDED_EXCEPT,
    GUIDED_PUNCTURE,
    ISLET_TEST,
)
from evals.generating.scenarios import UNINDICATED, Made, hit, host_for, near_miss, plant, quiet, spared
from evals.generating.stay import DAY, MINUTE, Line, Stay
from evals.generating.surgery import operate

BESIDE = ("CHG-002", "CHG-006", "CHG-009", "CHG-010", "CHG-018", *UNINDICATED)


def _pair(admit: Admitter, reference: Reference, scope: str) -> tuple[Item, Item]:
    rows = [row for row in reference.pairs if row["频度"] == scope]
    row = admit.random.choice(reference.mine(rows) or rows)
    return listed_item(row["主项编码"], row["主项名称"]), listed_item(row["从项编码"], row["从项名称"])


def place(stay: Stay, item: Item, day: int, hour: int, minute: int = 5) -> Line:
    """Any listed item on a day and at a clock time, with what carries it."""
    at = stay.at(day, hour, minute)
    if item.charge_type == "06":
        return operate(stay, [item], at, 50).lines[0]
    line = stay.add(item, at)
    line.at = at + 20 * MINUTE
    return line


def _together(admit: Admitter, reference: Reference, scope: str) -> tuple[Stay, Line, Line]:
    """A pair inside its scope: one theatre event for two operations, otherwise the same half hour."""
    first, second = _pair(admit, reference, scope)
    stay = quiet(host_for(admit, reference, first, second), reference, first, second)
    if any("接生" in item.name for item in (first, second)):
        stay.diagnoses = [("O80.000", "头位顺产"), ("Z37.000", "单一活产")]
    if first.charge_type == second.charge_type == "06":
        one, other = operate(stay, [first, second], stay.at(3, 10, 0), 90, "全身麻醉").lines
        return stay, one, other
    return stay, place(stay, first, 3, 10), place(stay, second, 3, 10, 12)


def official(scope: str) -> Callable[[Admitter, Reference], Made]:
    def make(admit: Admitter, reference: Reference) -> Made:
        stay, one, other = _together(admit, reference, scope)
        return hit(stay, [(other, None)], related=[one], also=BESIDE)

    return make


for _scope in ("单日", "单次就诊", "6小时", "同一小时"):
    plant("CHG-004", f"official pair, {_scope}", claims=True)(official(_scope))
plant("CHG-004", "official pair, 单日 (again)", claims=True)(official("单日"))
plant("CHG-004", "official pair, 单次就诊 (again)", claims=True)(official("单次就诊"))


@cache
def problem_pairs() -> Sequence[Mapping[str, Any]]:
    return tuple(yaml.safe_load((Path(__file__).parent / "problem_pairs.yaml").read_text("utf-8")))


@plant("CHG-004", "a pair of the typical problems", claims=True)
def typical_problem(admit: Admitter, reference: Reference) -> Made:
    row = admit.random.choice(problem_pairs())
    hourly = "小时" if row["scope"] == "hours" else "次"
    (code, name), (other_code, other_name) = row["a"], row["b"]
    first, second = listed_item(code, name, hourly), listed_item(other_code, other_name, hourly)
    stay = quiet(admit.bare(age=(26, 65), days=8), reference, first, second)
    if hourly == "小时":
        one = stay.hours(first, stay.at(3, 9, 0), stay.at(3, 17, 0))[0]
        other = stay.hours(second, stay.at(3, 9, 0), stay.at(3, 17, 0))[0]
    else:
        one, other = place(stay, first, 3, 10), place(stay, second, 3, 10, 12)
    return hit(stay, [(other, None)], related=[one], also=BESIDE, why=f"183 条典型问题 第{row['problem']}条")


@plant("CHG-004", "the region's pair, five of B for one A that contains three", claims=True)
def contains_three(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    one = place(stay, ISLET_TEST, 3, 8)
    lines = [stay.lab([items()["glu"]], stay.at(3, hour))[0] for hour in (8, 9, 10, 11, 14)]
    return hit(
        stay,
        [(line, line.price) for line in lines[:3]],
        related=[one, *lines[3:]],
        certainty="established",
        also=("CHG-002", "CHG-005", "CHG-029"),
    )


@plant("CHG-004", "the region's pair in one operation: two anaesthesias", claims=False)
def two_anaesthesia_methods(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("cholecystectomy")
    anaesthetic = next(line for line in stay.lines if line.item.code == items()["ga"].code)
    other = stay.charge(items()["sa"], anaesthetic.at, order=anaesthetic.order, performing="麻醉科")
    return hit(
        stay,
        [(other, None)],
        related=[anaesthetic],
        certainty="established",
        also=("CHG-013", "CHG-016", "CHG-018"),
    )


@near_miss("CHG-004", "logic: same_day pair on two days", claims=True)
def on_two_days(admit: Admitter, reference: Reference) -> Made:
    first, second = _pair(admit, reference, "单日")
    stay = quiet(host_for(admit, reference, first, second), reference, first, second)
    return spared(stay, [place(stay, first, 2, 10), place(stay, second, 5, 10)], also=BESIDE)


@near_miss(
    "CHG-004",
    "(1) two operations on different days in one stay although the row says per stay → clue",
    claims=True,
)
def operations_on_two_days(admit: Admitter, reference: Reference) -> Made:
    for _ in range(300):
        first, second = _pair(admit, reference, "单次就诊")
        if first.charge_type == second.charge_type == "06":
            break
    stay = quiet(host_for(admit, reference, first, second, days=10), reference, first, second)
    return spared(stay, [place(stay, first, 2, 10), place(stay, second, 6, 10)], at_most="clue", also=BESIDE)


@near_miss("CHG-004", "(2) B done in another department for another indication at another hour")
def other_department(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    night, morning = place(stay, BEDSIDE_ECG, 3, 22), place(stay, items()["ecg"], 3, 8)
    night.department = night.performing = "重症医学科"
    stay.document(
        "病程记录",
        f"病程记录 {stay.at(3, 22):%Y-%m-%d %H:%M}\n"
        "夜间突发心悸，重症医学科会诊后行床旁心电图；晨间常规心电图为专科复查。\n"
        f"医师签名：{stay.doctor}\n",
    )
    return spared(stay, [night, morning], at_most="clue")


@near_miss(
    "CHG-004", "(4) B precedes A as a failed attempt documented in the operation record (failed spinal)"
)
def failed_spinal(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("cholecystectomy")
    anaesthetic = next(line for line in stay.lines if line.item.code == items()["ga"].code)
    other = stay.charge(
        items()["sa"], anaesthetic.at - 2 * MINUTE, order=anaesthetic.order, performing="麻醉科"
    )
    title, text = stay.documents.pop()
    stay.document(
        title,
        text.replace("手术经过：", "手术经过：先行椎管内麻醉，穿刺后效果不佳、麻醉失败，改为全身麻醉；"),
    )
    return spared(stay, [anaesthetic, other], at_most="clue", also=("CHG-018",))


@near_miss("CHG-004", "(5) item A wholly refunded", claims=True)
def whole_refund(admit: Admitter, reference: Reference) -> Made:
    stay, one, other = _together(admit, reference, "单日")
    back = stay.refund(one, one.at + DAY, named=admit.random.random() < 0.5)
    return spared(stay, [one, other, back], also=BESIDE)


@near_miss("CHG-004", "(6) newborn/mother", claims=True)
def mother_newborn_pair(admit: Admitter, reference: Reference) -> Made:
    stay = admit.stay("section", least_days=6)
    mother = place(stay, ISLET_TEST, 3, 8)
    child = stay.lab([items()["glu"]], stay.at(3, 9))[0]
    child.department = child.performing = "新生儿科（母婴同室）"
    child.memo = "新生儿"
    return spared(stay, [mother, child], also=("CHG-029",))


@near_miss("CHG-004", "(7) B repeated on a later day after A's course", claims=True)
def on_a_later_day(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    one = place(stay, ISLET_TEST, 2, 8)
    return spared(
        stay, [one, *(stay.lab([items()["glu"]], stay.at(day, 7))[0] for day in (4, 6))], also=("CHG-029",)
    )


@near_miss("CHG-004", "logic: unless_code present", claims=True)
def unless_present(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=7)
    lines = [
        place(stay, item, 3, hour)
        for item, hour in ((GUIDED_PUNCTURE, 14), (items()["us"], 9), (GUIDED_EXCEPT, 10))
    ]
    return spared(stay, lines, also=("CHG-029",))


@near_miss("CHG-004", "logic: also_site_sensitive, different sides named", claims=True)
def other_side(admit: Admitter, reference: Reference) -> Made:
    stay = admit.bare(days=8)
    one, other = place(stay, CHEST_DRAIN, 3, 10), place(stay, CHEST_TAP, 5, 10)
    one.memo, other.memo = "右侧", "左侧"
    for row, side in zip(stay.orders[-2:], ("右侧", "左侧"), strict=True):
        row["医嘱名称"] += f"({side})"
    return spared(stay, [one, other])


@near_miss("CHG-004", "logic: same-hour and six-hour pairs far apart", claims=True)
def far_apart(admit: Admitter, reference: Reference) -> Made:
    scope = admit.random.choice(("6小时", "同一小时"))
    first, second = _pair(admit, reference, scope)
    stay = quiet(host_for(admit, reference, first, second), reference, first, second)
    return spared(stay, [place(stay, first, 3, 8), place(stay, second, 4, 18)], also=BESIDE)
