"""Returns by the calendar: ADM-012, wards that persuade: ADM-015, rates of a quarter: ADM-016."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from evals.generating.clinical_case import Case
from evals.generating.stay import DAY, HOUR
from evals.generating.stay_cohorts import Gathering, gathered
from evals.generating.stays_need import LOW
from evals.generating.wordings import wordings

AFTER = ("ADM-004", "ADM-006", "ADM-007")
INFECTIONS = (
    ("J18.903", "医院获得性肺炎", "4"),
    ("T80.200", "导管相关性血流感染", "4"),
    ("N39.000", "导管相关尿路感染", "4"),
    ("T81.400", "手术切口感染", "4"),
)
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


@gathered("ADM-012", "out on Friday, in again on Monday", also=AFTER, times=4)
def weekends(cohort: Gathering) -> None:
    _fridays(cohort, 6 + cohort.turn % 5, f"老年医学{cohort.turn + 1}科")


@gathered("ADM-012", "out at the end of December, in again in January", also=AFTER, times=3)
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


@gathered("ADM-015", "nothing to pay, and a bus from the village", also=LOW, times=3)
def free_and_fetched(cohort: Gathering) -> None:
    _ward(cohort, f"中医康复{cohort.turn + 1}科", MILD, wordings()["fetched"], free=True)


@gathered("ADM-015", "nothing to pay, and one man brings them", also=LOW, times=3)
def brought_by_one(cohort: Gathering) -> None:
    name = cohort.random.choice(("周守成", "邱德贵", "蔡满仓", "石长林"))
    said = [sentence.format(name=name) for sentence in wordings()["brought"]]
    _ward(cohort, f"康养{cohort.turn + 1}科", MILD, said, free=True)


@gathered(
    "ADM-015", "a whole village in a day without need, and nothing to pay", also=(*LOW, "ADM-010"), times=3
)
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
    said = wordings()["campaign"]
    names = ("hypertension", "diabetes", "coronary", "copd", "vertigo")
    _ward(cohort, f"慢病{cohort.turn + 1}病区", names, said, free=False, needed=True)


@gathered("ADM-015", clear="poverty or assistance categories", also=LOW)
def assisted(cohort: Gathering) -> None:
    _ward(cohort, f"全科{cohort.turn + 1}病区", MILD, wordings()["assisted"], free=True)


@gathered("ADM-015", clear="legal discount notices", also=LOW)
def discount(cohort: Gathering) -> None:
    _ward(cohort, f"内科{cohort.turn + 1}病区", MILD, wordings()["discount"], free=False)


QUARTERS = (datetime(2025, 4, 2), datetime(2025, 7, 2), datetime(2025, 10, 2), datetime(2026, 1, 5))


NAMES = ("heart_failure", "copd", "pneumonia", "stroke")


def _small_hospital(cohort: Gathering, group: str) -> dict[str, str]:
    return {
        "fixmedins_code": f"H419900{group}{cohort.turn:02d}0",
        "fixmedins_name": f"青溪县{'东南西北'[cohort.turn % 4]}片第{cohort.turn // 4 + 1}医院",
    }


def _quarters(cohort: Gathering, often: int, ward: str) -> None:
    """A small hospital's year: fifty discharges a quarter, three of them back within a month, more in one quarter."""
    cells, names = _small_hospital(cohort, "05"), NAMES
    for number, first in enumerate(QUARTERS):
        back = often if number == cohort.turn % 3 else 3
        for place in range(50):
            gap = timedelta(days=15 + place % 8)
            begin = first + place * DAY + 8 * HOUR
            out_and_in(
                cohort, names[place % 4], begin, 5, gap, ward=ward, returns=place < back,
                documents=False, cells=cells,
            )  # fmt: skip


@gathered("ADM-016", "a quarter with many unplanned returns", also=AFTER, times=4)
def returns(cohort: Gathering) -> None:
    _quarters(cohort, 16 + cohort.turn % 5, "综合内科")


@gathered("ADM-016", "a quarter with many infections of the hospital", also=AFTER)
def infections(cohort: Gathering) -> None:
    _infected(cohort, QUARTERS[(cohort.turn + 1) % 4], "4")


@gathered("ADM-016", "a small hospital's quarter of infections", times=3)
def infections_of_a_small_hospital(cohort: Gathering) -> None:
    """A year of fifty discharges a quarter, an infection in one or two of them, in one quarter in ten and more."""
    cells = _small_hospital(cohort, "06")
    for number, first in enumerate(QUARTERS):
        often = 10 + cohort.turn % 5 if number == cohort.turn % len(QUARTERS) else 1 + number % 2
        for place in range(50):
            made = cohort.add(
                NAMES[place % 4], first + place * DAY + 8 * HOUR, ward="内科", days=5, needed=True,
                documents=False, cells=cells,
            )  # fmt: skip
            if place < often:
                made.stay.diagnoses.append(INFECTIONS[place % len(INFECTIONS)])


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
