"""Batches and shared contacts: ADM-010, ADM-011, and identical bills: ADM-013."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from evals.generating.catalogue import Item
from evals.generating.clinical import courses, mild_courses
from evals.generating.clinical_care import clinical_items
from evals.generating.clinical_case import Case
from evals.generating.filling import supply
from evals.generating.stay import DAY
from evals.generating.stay_cohorts import Gathering, gathered
from evals.generating.stays_need import LOW, examine
from evals.generating.wordings import worded

ANY_MILD = mild_courses("uti", "anaemia", "prostate", "osteoporosis")


def at_home(made: Case, village: str = "", cells: Mapping[str, str] | None = None) -> None:
    """Gives the stay a house in the village, or other cells of the person."""
    number = made.admit.number
    made.stay.said |= dict(cells or {})
    if village:
        made.stay.said["addr"] = f"青溪县{village}{number % 7 + 1}组{number % 90 + 1}号"


def from_village(cohort: Gathering, village: str, count: int, names: Sequence[str], **wanted: Any) -> None:
    day = cohort.day()
    for place in range(count):
        at_home(cohort.add(names[place % len(names)], day, **wanted), village)


@gathered("ADM-010", "a village admitted to one ward on one day", also=(*LOW, "ADM-011", "ADM-015"), times=3)
def village_batch(cohort: Gathering) -> None:
    from_village(cohort, f"北岭{cohort.turn + 1}村", 8, ANY_MILD, ward="全科医学科")


@gathered("ADM-010", "one disease, one ward, one day", also=(*LOW, "ADM-015"), times=3)
def disease_batch(cohort: Gathering) -> None:
    day = cohort.day()
    for _ in range(8):
        cohort.add("lumbar", day, ward="康复医学科")


@gathered("ADM-010", "consecutive numbers on one day", also=(*LOW, "ADM-015"), times=3)
def number_batch(cohort: Gathering) -> None:
    day, admit = cohort.day(), cohort.admit()
    for name in ANY_MILD[:8]:
        cohort.add(name, day, admit=admit, ward="全科医学科")


@gathered("ADM-010", clear="accident or epidemic (T/J/A chapters)")
def food_poisoning(cohort: Gathering) -> None:
    wanted = {"age": (18, 60), "needed": True, "ward": "消化内科"}
    from_village(cohort, f"沙溪{cohort.turn + 1}村", 8, ["child_diarrhoea"], **wanted)
    for made in cohort.made:
        made.stay.diagnoses = [("A05.000", "食物媒介的葡萄球菌性食物中毒")]
        made.stay.reason = "食物中毒"
        made.story.extra = "婚宴聚餐后集体发病，已报告疾病预防控制中心。"


@gathered("ADM-010", clear="school")
def school_outbreak(cohort: Gathering) -> None:
    from_village(cohort, "城关小学宿舍", 7, ["child_bronchitis"], needed=True)
    for made in cohort.made:
        made.stay.diagnoses = [("J10.000", "流行性感冒伴有肺炎，季节性流感病毒")]
        made.stay.reason = "流行性感冒伴肺炎"
        made.stay.said["emp_name"] = "青溪县城关小学"


@gathered("ADM-010", clear="accident or epidemic: a coach overturned")
def coach_accident(cohort: Gathering) -> None:
    day = cohort.day()
    for _ in range(9):
        made = cohort.add("hip_fracture", day, age=(30, 70), needed=True)
        made.story.extra = worded(cohort.random, "coach")


@gathered("ADM-010", clear="accident or epidemic: influenza in a village")
def village_influenza(cohort: Gathering) -> None:
    from_village(cohort, f"下河{cohort.turn + 1}村", 7, ["pneumonia"], needed=True)
    for made in cohort.made:
        made.stay.diagnoses = [("J10.000", "流行性感冒伴有肺炎，季节性流感病毒")]
        made.stay.reason = "流行性感冒伴肺炎"
        made.story.extra = "同村近一周多人发热，甲型流感病毒抗原阳性，疾控中心已通报。"


@gathered("ADM-010", clear="logic: a screening day whose patients were treated outside and came one by one")
def screened_outside(cohort: Gathering) -> None:
    day = cohort.day()
    for place, name in enumerate(("hypertension", "diabetes", "coronary", "copd", "prostate", "gastritis")):
        made = cohort.add(name, day + 3 * place * DAY, needed=True)
        at_home(made, f"梅溪{cohort.turn + 1}村")
        made.story.extra = "2周前参加村里健康筛查，按建议在门诊治疗，今日病情突然加重来院。"


@gathered("ADM-010", clear="screening programme with operations (cataract day)", also=("ADM-013",))
def cataract_day(cohort: Gathering) -> None:
    from_village(cohort, f"高台{cohort.turn + 1}村", 8, ["cataract"], needed=True)


@gathered("ADM-010", clear="logic: fewer than five on the day", also=LOW)
def small_batch(cohort: Gathering) -> None:
    names = ["hypertension", "gastritis", "lumbar"]
    from_village(cohort, f"小湾{cohort.turn + 1}村", 3, names, ward="全科医学科")


@gathered("ADM-011", "one telephone on persons of different family names", also=(*LOW, "ADM-015"), times=3)
def one_telephone(cohort: Gathering) -> None:
    begin = cohort.day(80)
    for place, name in enumerate(("欧阳梅", "司马德", "诸葛兰", "夏侯林", "端木秋")):
        made = cohort.add(ANY_MILD[place], begin + 11 * place * DAY)
        at_home(made, cells={"psn_name": name, "tel": f"1390039{cohort.first % 9000 + 1000:04d}"})


def _month(
    cohort: Gathering, names: Sequence[str], cells: Mapping[str, str], stays: int = 9, **wanted: Any
) -> None:
    """Stays within a month that share these cells."""
    begin = cohort.day()
    for place in range(stays):
        at_home(cohort.add(names[place % len(names)], begin + 3 * place * DAY, **wanted), cells=cells)


@gathered("ADM-011", "one employer in a month", also=(*LOW, "ADM-015"), times=3)
def one_employer(cohort: Gathering) -> None:
    _month(cohort, ANY_MILD, {"emp_name": f"青溪县宏达{cohort.turn + 1}号保洁有限公司"})


@gathered("ADM-011", "one address in a month", also=(*LOW, "ADM-015"), times=3)
def one_address(cohort: Gathering) -> None:
    _month(cohort, ANY_MILD[3:], {"addr": f"青溪县河口镇前进路{cohort.turn + 1}号"})


@gathered("ADM-011", clear="nursing home", also=(*LOW, "ADM-004"))
def nursing_home(cohort: Gathering) -> None:
    names = ["copd", "pneumonia", "heart_failure", "stroke"]
    _month(cohort, names, {"addr": f"青溪县夕阳红{cohort.turn + 1}号养老院"}, needed=True, age=(70, 86))


@gathered("ADM-011", clear="family of at most four persons")
def family(cohort: Gathering) -> None:
    begin = cohort.day(80)
    cells = {
        "tel": f"1380039{cohort.first % 9000 + 1000:04d}",
        "addr": f"青溪县桃园社区8组{cohort.turn + 3}号",
    }
    for place, name in enumerate(("pneumonia", "gastritis", "bronchitis", "lumbar")):
        at_home(cohort.add(name, begin + 9 * place * DAY, needed=True), cells=cells)


@gathered("ADM-011", clear="accident at one employer")
def factory_accident(cohort: Gathering) -> None:
    begin = cohort.day()
    for place in range(9):
        made = cohort.add("hip_fracture", begin + (place // 7) * DAY, age=(30, 58), needed=True)
        at_home(made, cells={"emp_name": f"青溪县恒力{cohort.turn + 1}号建材厂"})
        made.story.extra = worded(cohort.random, "factory")


@gathered("ADM-011", clear="logic: seven stays in a month", also=LOW)
def seven_of_one_employer(cohort: Gathering) -> None:
    _month(cohort, ANY_MILD, {"emp_name": f"青溪县永丰{cohort.turn + 1}号木器厂"}, stays=7)


def _alike(cohort: Gathering, name: str, count: int, **wanted: Any) -> None:
    """Stays with one bill: the same draws, other persons and days."""
    begin = cohort.day(60)
    low, high = courses()[name]["age"]
    for place in range(count):
        admit = cohort.admit()
        person = admit.person("12"[place % 2], low, high, begin.date())
        admit.random = Random(f"alike {cohort.first}")
        cohort.add(name, begin + timedelta(days=5 * place, minutes=7), admit=admit, person=person, **wanted)


@gathered("ADM-013", "one bill on three persons and more", also=LOW, times=3)
def one_bill(cohort: Gathering) -> None:
    _alike(cohort, ("sequelae", "lumbar", "coronary")[cohort.turn % 3], 4, days=8)


@gathered("ADM-013", "one total to the cent", also=LOW, times=3)
def one_total(cohort: Gathering) -> None:
    begin = cohort.day(60)
    made = [cohort.add("hypertension", begin + 6 * place * DAY, days=6) for place in range(6)]
    _fill_to(made, max(_total(one) for one in made) + 20)


def _total(made: Case) -> Decimal:
    return sum((line.amount for line in made.stay.lines), Decimal(0))


def _fill_to(made: Sequence[Case], total: Decimal) -> None:
    """Brings every bill to one total by a line of material."""
    for one in made:
        item = Item("C14999900000001010000009999", "医用材料", "套", "08", "01", total - _total(one))
        one.stay.charge(item, one.stay.at(1, 10))


@gathered("ADM-013", "long bills nearly the same, a line or two apart", also=(*LOW, "ADM-003"), times=2)
def nearly_one_bill(cohort: Gathering) -> None:
    """One list of forty items and more on four persons; a quantity or a small thing differs, as if to hide it."""
    _alike(cohort, "vertigo", 4, days=6)
    for place, made in enumerate(cohort.made):
        examine(made, 30, mild=False)
        made.stay.charge(clinical_items()["infusion"], made.stay.at(2, 15), place % 2 + 1)
        if place:
            made.stay.charge(supply(place), made.stay.at(3, 11), 1)


@gathered("ADM-013", clear="day-surgery payment")
def day_package(cohort: Gathering) -> None:
    _alike(cohort, "cataract", 4, days=1, needed=True)
    for made in cohort.made:
        made.stay.admission_type = "28"


@gathered("ADM-013", clear="chemotherapy protocol of at most two days")
def protocol(cohort: Gathering) -> None:
    _alike(cohort, "chemotherapy", 4, days=2, needed=True)


@gathered("ADM-013", clear="logic: two persons only", also=LOW)
def one_pair(cohort: Gathering) -> None:
    _alike(cohort, "gastritis", 2, days=7)


@gathered("ADM-013", clear="newborn screening")
def newborns(cohort: Gathering) -> None:
    """Twins and the children beside them: the same tests, the same days."""
    _alike(cohort, "child_diarrhoea", 4, days=3, needed=True)
    for made in cohort.made:
        born = made.stay.begin.date()
        made.stay.person = replace(made.stay.person, birth=born)
        made.stay.department, made.stay.reason = "新生儿科", "双胎活产"
        made.stay.diagnoses = [("Z38.301", "双胎活产儿")]


@gathered("ADM-013", clear="package payment: one round total", also=LOW)
def fixed_price(cohort: Gathering) -> None:
    begin = cohort.day(60)
    made = [cohort.add("hypertension", begin + 6 * place * DAY, days=6) for place in range(4)]
    most = max(_total(one) for one in made)
    _fill_to(made, (most + 100).quantize(Decimal("1E2")))
