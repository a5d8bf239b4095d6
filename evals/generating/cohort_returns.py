"""Returns by the calendar: ADM-012, wards that persuade: ADM-015, rates of a quarter: ADM-016."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from evals.generating.clinical_case import Case
from evals.generating.stay import DAY, HOUR
from evals.generating.stay_cohorts import Gathering, gathered
from evals.generating.stays_need import LOW

AFTER = ("ADM-004", "ADM-006", "ADM-007")
MILD = ("hypertension", "vertigo", "gastritis", "lumbar", "coronary", "osteoarthritis")


def out_and_in(
    cohort: Gathering,
    name: str,
    begin: datetime,
    days: int,
    gap: timedelta,
    *,
    ward: str,
    returns: bool = True,
    **wanted: Any,
) -> None:
    """A stay of a person of their own, and unless they stay away, a second one so long after it."""
    admit = cohort.admit()
    wanted |= {"admit": admit, "days": days, "ward": ward, "needed": True}
    one = cohort.add(name, begin, **wanted)
    if returns:
        cohort.add(name, one.stay.end.replace(hour=9) + gap, person=one.stay.person, **wanted)


def _fridays(cohort: Gathering, returning: int, ward: str, name: str = "copd") -> None:
    day = cohort.day(130)
    friday = day + (4 - day.weekday()) * DAY
    for week in range(12):
        begin = friday + (7 * week - 4) * DAY
        out_and_in(cohort, name, begin, 4, 3 * DAY, ward=ward, returns=week < returning)


@gathered("ADM-012", "out on Friday, in again on Monday", also=AFTER)
def weekends(cohort: Gathering) -> None:
    _fridays(cohort, 9, f"老年医学{cohort.turn + 1}科")


@gathered("ADM-012", "out at the end of December, in again in January", also=AFTER)
def turn_of_year(cohort: Gathering) -> None:
    ward = f"综合{cohort.turn + 1}科"
    for place in range(9):
        begin = datetime(2025, 12, 22 + place % 3, 8)
        out_and_in(cohort, "coronary", begin, 6, 5 * DAY, ward=ward)
    for month in range(3, 9):
        out_and_in(cohort, "coronary", datetime(2025, month, 10, 8), 6, 5 * DAY, ward=ward, returns=False)


@gathered("ADM-012", clear="year-end forced settlement", also=("ADM-004",))
def forced_settlement(cohort: Gathering) -> None:
    ward = f"呼吸康复{cohort.turn + 1}科"
    for _ in range(9):
        admit = cohort.admit()
        one = cohort.add("copd", datetime(2025, 12, 25, 8), admit=admit, days=6, ward=ward, needed=True)
        one.stay.end = datetime(2025, 12, 31, 17, 0)
        one.stay.settled = {"mid_setl_flag": "1"}
        one.story.ending = "年终医保结转，办理中途结算后继续住院。"
        begin, person = datetime(2026, 1, 1, 8), one.stay.person
        cohort.add("copd", begin, admit=admit, days=5, ward=ward, person=person, needed=True)


@gathered("ADM-012", clear="logic: one of twelve returns on Monday", also=AFTER)
def quiet_fridays(cohort: Gathering) -> None:
    _fridays(cohort, 1, f"慢病管理{cohort.turn + 1}科")


@gathered("ADM-012", clear="planned courses (Z51) over the weekend")
def weekly_courses(cohort: Gathering) -> None:
    _fridays(cohort, 9, f"肿瘤{cohort.turn + 1}科", "chemotherapy")


def _ward(
    cohort: Gathering, ward: str, names: Sequence[str], said: Sequence[str], *, free: bool, **wanted: Any
) -> None:
    for place in range(10):
        made = cohort.add(names[place % len(names)], cohort.day(), ward=ward, **wanted)
        made.story.extra = said[place % len(said)]
        if free:
            _nothing_to_pay(made)


def _nothing_to_pay(made: Case) -> None:
    total = sum((line.amount for line in made.stay.lines), Decimal(0))
    made.stay.settled = {"psn_pay": "0.00", "fund_pay_sumamt": str(total), "hifp_pay": str(total)}


@gathered("ADM-015", "nothing to pay, and a bus from the village", also=LOW)
def free_and_fetched(cohort: Gathering) -> None:
    said = (
        "村里义诊后由医院车辆免费接送入院，住院费用全免。",
        "体检车下乡后动员入院，减免自付费用，专车接送。",
    )
    _ward(cohort, f"中医康复{cohort.turn + 1}科", MILD, said, free=True)


@gathered("ADM-015", "nothing to pay, and one man brings them", also=LOW)
def brought_by_one(cohort: Gathering) -> None:
    said = ("患者经周守成介绍来我院住院。", "由周守成联系入院，未交押金。")
    _ward(cohort, f"康养{cohort.turn + 1}科", MILD, said, free=True)


@gathered("ADM-015", "a whole village in a day without need, and nothing to pay", also=(*LOW, "ADM-010"))
def fetched_in_a_day(cohort: Gathering) -> None:
    day = cohort.day()
    for place in range(10):
        made = cohort.add(MILD[place % len(MILD)], day, ward=f"国医{cohort.turn + 1}科")
        made.stay.said |= {"addr": f"青溪县西坡{cohort.turn + 1}村{place % 5 + 1}组{place + 1}号"}
        _nothing_to_pay(made)


@gathered(
    "ADM-015", clear="logic: a screening campaign that sent to the outpatients; each stay needed and paid"
)
def campaign(cohort: Gathering) -> None:
    said = (
        "1月前参加县里组织的义诊，发现异常后在门诊规律治疗，今日病情突然加重就诊。",
        "患者由女儿自驾送来医院，自行缴纳押金。",
    )
    names = ("hypertension", "diabetes", "coronary", "copd", "vertigo")
    _ward(cohort, f"慢病{cohort.turn + 1}病区", names, said, free=False, needed=True)


@gathered("ADM-015", clear="poverty or assistance categories", also=LOW)
def assisted(cohort: Gathering) -> None:
    said = ("患者为特困供养人员（低保户），享受医疗救助，先诊疗后付费。",)
    _ward(cohort, f"全科{cohort.turn + 1}病区", MILD, said, free=True)


@gathered("ADM-015", clear="legal discount notices", also=LOW)
def discount(cohort: Gathering) -> None:
    said = ("按国家基本公共卫生服务项目规定，免费提供高血压随访及健康教育。",)
    _ward(cohort, f"内科{cohort.turn + 1}病区", MILD, said, free=False)


QUARTERS = (datetime(2025, 4, 2), datetime(2025, 7, 2), datetime(2025, 10, 2), datetime(2026, 1, 5))


def _quarters(cohort: Gathering, often: int, ward: str) -> None:
    """A small hospital's year: fifty discharges a quarter, three of them back within a month, more in one quarter."""
    cells = {
        "fixmedins_code": f"H4199000005{cohort.turn:01d}",
        "fixmedins_name": f"青溪县第{'三四五六七八九'[cohort.turn % 7]}医院",
    }
    names = ("heart_failure", "copd", "pneumonia", "stroke")
    for number, first in enumerate(QUARTERS):
        back = often if number == cohort.turn % len(QUARTERS) else 3
        for place in range(50):
            gap = timedelta(days=15 + place % 8)
            begin = first + place * DAY + 8 * HOUR
            out_and_in(
                cohort, names[place % 4], begin, 5, gap, ward=ward, returns=place < back,
                documents=False, cells=cells,
            )  # fmt: skip


@gathered("ADM-016", "a quarter with many unplanned returns", also=AFTER)
def returns(cohort: Gathering) -> None:
    _quarters(cohort, 18, "综合内科")


@gathered("ADM-016", "a quarter with many infections of the hospital", also=AFTER)
def infections(cohort: Gathering) -> None:
    _infected(cohort, QUARTERS[(cohort.turn + 1) % 4], "4")


@gathered("ADM-016", clear="logic: infections that were there on admission")
def infected_before(cohort: Gathering) -> None:
    _infected(cohort, QUARTERS[(cohort.turn + 3) % 4], "1")


def _infected(cohort: Gathering, first: datetime, condition: str) -> None:
    for place in range(36):
        made = cohort.add("heart_failure", first + 2 * place * DAY, ward="心血管内科", needed=True)
        made.stay.diagnoses.append(("J18.903", "医院获得性肺炎", condition))


@gathered("ADM-016", clear="logic: planned cycles are no unplanned returns", also=("ADM-013",))
def planned_returns(cohort: Gathering) -> None:
    first = (datetime(2025, 7, 2), datetime(2026, 1, 5), datetime(2026, 6, 2))[cohort.turn % 3]
    for place in range(14):
        gap = timedelta(days=18 + place % 8)
        begin = first + 2 * place * DAY + 8 * HOUR
        out_and_in(cohort, "chemotherapy", begin, 3, gap, ward="肿瘤科")
