"""Where and when generated stays happen: the hospital, its region, the period. One site stands for all unless said."""

from dataclasses import dataclass
from datetime import date, datetime, time

REGION = "419900"  # of the rules a bureau supplies with generated inspections


@dataclass(frozen=True)
class Site:
    """One hospital in one period, both days included.

    `numbers`: six signs that begin the numbers of its stays and persons, so that those of two sites never meet.
    """

    hospital: str = "H41990000007"
    name: str = "青溪县人民医院"
    level: str = "二级甲等"
    region: str = REGION
    region_name: str = "青溪县"
    numbers: str = REGION
    doctors: tuple[str, ...] = ("陆观澜", "许知远", "方映雪", "谭景行", "贺云舒", "章若川")
    first_day: date = date(2025, 1, 6)
    last_day: date = date(2026, 9, 20)
    notice: date = date(2026, 10, 12)  # the day the hospital learns of the inspection

    @property
    def noticed(self) -> datetime:
        return datetime.combine(self.notice, time())

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days


ORDINARY = Site()
