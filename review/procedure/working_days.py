"""Working days by China's official calendar, with the days that were moved: the one door to that calendar.

The day a term begins on is not counted; that is our reading, the plans do not say. A year whose holidays have not been
published yet is not guessed at.
"""

from datetime import date, timedelta

from review.errors import InputError

DAY = timedelta(days=1)


class UnpublishedYear(InputError):
    """The holidays of a year are not known yet; every autumn that is the next one."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year} 年的放假安排还不在日历里，算不出工作日；请在安排公布后更新 chinesecalendar 再算。"
        )
        self.year = year


def is_working_day(day: date) -> bool:
    """Raises UnpublishedYear where the holidays of that year are not known."""
    from chinese_calendar import is_workday

    try:
        return bool(is_workday(day))
    except NotImplementedError as problem:
        raise UnpublishedYear(day.year) from problem


def working_days_after(begins: date, count: int) -> date:
    """The day on which so many working days have passed since `begins`, which is itself not counted."""
    if count < 1:
        raise InputError(f"工作日数须是正整数，给的是 {count}。")
    day = begins
    for _ in range(count):
        day += DAY
        while not is_working_day(day):
            day += DAY
    return day


def working_days_between(begins: date, ends: date) -> int:
    """How many working days lie after `begins` up to and with `ends`; negative where the end is past."""
    if ends < begins:
        return -working_days_between(ends, begins)
    return sum(is_working_day(begins + n * DAY) for n in range(1, (ends - begins).days + 1))
