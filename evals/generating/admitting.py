"""Admits generated people and writes the ordinary stay of a kind: what a plant is then put into.

An ordinary stay charges only what its own orders, reports and records carry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from evals.generating.catalogue import Item, items
from evals.generating.site import ORDINARY, REGION, Site
from evals.generating.stay import DAY, HOUR, MINUTE, Person, Stay, stamp
from evals.generating.surgery import operate

Kind = Mapping[str, Any]
NURSES = ("尤小棠", "祝清和", "单雨桐", "戚月明")
SURNAMES, GIVEN = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨",
    ("文博", "桂英", "志强", "秀兰", "建国", "海燕", "子轩", "玉珍", "永福", "思涵"),
)
WEIGHTS, CHECK_SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


@cache
def kinds() -> tuple[Kind, ...]:
    return tuple(yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text("utf-8")))


@dataclass
class Admitter:
    """Makes the stays of one number; every draw comes from that number's own random source."""

    number: int
    random: Random
    made: int = 0
    site: Site = ORDINARY

    def stay(
        self,
        kind: str = "",
        *,
        sex: str = "",
        age: tuple[int, int] | None = None,
        least_days: int = 0,
        begin: datetime | None = None,
        days: int = 0,
        person: Person | None = None,
        after: date | None = None,
        fits: Callable[[Kind], bool] = lambda kind: True,
    ) -> Stay:
        """An ordinary stay; the arguments narrow who is admitted, for how long and when."""
        chosen = self._kind(kind, sex, least_days, fits)
        low, high = age or tuple(chosen["age"])
        length = days or max(least_days, self.random.randint(*chosen["stay"]))
        start = begin or self.any_begin(length, after)
        who = person or self.person(
            chosen.get("sex") or sex or self.random.choice("12"), low, high, start.date()
        )
        self.made += 1
        stay = Stay(
            f"{self.site.numbers}{start:%Y%m%d}{self.number:05d}{self.made}",
            who,
            start,
            datetime.combine(start.date() + length * DAY, datetime.min.time())
            + 10 * HOUR
            + self.random.randrange(50) * MINUTE,
            chosen["department"],
            self.random.choice(self.site.doctors),
            self.random.choice(NURSES),
            self.random,
            admission_type=str(chosen.get("type", "2101")),
            insurance=chosen.get("insurance") or self.random.choice(("310", "390")),
            site=self.site,
        )
        furnish(stay, chosen)
        return stay

    def bare(self, **wanted: Any) -> Stay:
        """A quiet stay of an adult in general medicine: room for any item."""
        return self.stay("observation", **wanted)

    def person(self, sex: str, low: int, high: int, day: date) -> Person:
        age = self.random.randint(low, high)
        birth = date(day.year - age, self.random.randint(1, 12), self.random.randint(1, 28))
        if birth.replace(year=day.year) > day:  # the birthday of this year is still to come
            birth = birth.replace(year=birth.year - 1)
        serial = self.random.randrange(0, 900, 2) + (1 if sex == "1" else 0)
        name = self.random.choice(SURNAMES) + self.random.choice(GIVEN)
        return Person(
            f"P{self.site.numbers}{self.number:07d}{self.made}", name, sex, birth, id_card(birth, serial)
        )

    def _kind(self, name: str, sex: str, least_days: int, fits: Callable[[Kind], bool]) -> Kind:
        able = [
            kind
            for kind in kinds()
            if (not name or kind["kind"] == name)
            and kind.get("sex", sex or "any") in (sex, "any", sex or kind.get("sex"))
            and (name or kind["stay"][1] >= least_days)
            and fits(kind)
        ]
        if not able:
            raise LookupError(
                f"没有合适的住院类型：{name or '任意'}，至少 {least_days} 天；请看 kinds.yaml。"
            )
        return self.random.choice(able)

    def any_begin(self, length: int, after: date | None) -> datetime:
        first = max(self.site.first_day, after or self.site.first_day)
        span = (self.site.last_day - first).days - length
        day = first + timedelta(days=self.random.randrange(max(1, span)))
        if day.year != (day + timedelta(days=length)).year:  # the turn of the year has its own scenarios
            day -= timedelta(days=length + 3)
        return (
            datetime.combine(day, datetime.min.time())
            + self.random.randrange(8, 16) * HOUR
            + self.random.randrange(60) * MINUTE
        )


def furnish(stay: Stay, kind: Kind) -> None:
    stay.diagnoses = [(kind["main"][0], kind["main"][1]), *((code, name) for code, name in kind["other"])]
    stay.reason = kind["main"][1]
    intensive = int(kind.get("intensive", 0))
    daily_care(stay, int(kind["first_grade"]), intensive)
    found = items()
    for day, keys in kind["labs"].items():
        if int(day) < stay.days:
            stay.lab([found[key] for key in keys], stay.at(int(day), 10 if not int(day) else 6))
    for key, site, day in kind["exams"]:
        stay.exam(found[key], stay.at(int(day), 11), site)
    for key, units, frequency, first, days in kind["drugs"]:
        stay.drug(found[key], first, min(days, stay.days - first), frequency, units)
    for key, times, first, days in kind["treatments"]:
        _treatments(stay, found[key], times, first, min(days, stay.days - first))
    for key, day, hour, length in kind["hours"]:
        start = stay.at(day, hour, 0)
        start = start.replace(minute=0) + (HOUR if start.minute else timedelta())
        stay.hours(found[key], start, start + length * HOUR)
    if "operation" in kind:
        _operation(stay, kind["operation"])
    if kind.get("newborn"):
        newborn_care(stay, int(kind["operation"]["day"]))
    _vital_signs(stay)


def daily_care(stay: Stay, first_grade: int, intensive: int = 0) -> None:
    """Bed, ward round and nursing of every day (the first counts, the last does not), as ordered."""
    found = items()
    grades = ["nurse1" if day < first_grade else "nurse2" for day in range(stay.days)]
    for day in range(stay.days):
        in_icu = day < intensive
        ward: dict[str, Any] = {"department": "重症医学科", "performing": "重症医学科"} if in_icu else {}
        stay.charge(found["icubed" if in_icu else "bed"], stay.at(day, 6), **ward)
        stay.charge(found["consult"], stay.at(day, 8), **ward)
        if not in_icu:
            stay.charge(found[grades[day]], stay.at(day, 7), order=_grade_order(stay, grades, day, intensive))
    if intensive:
        start = stay.at(0, 17, 0).replace(minute=0) + HOUR
        stay.order("转入重症医学科", start - 30 * MINUTE, 医嘱科室名称="重症医学科")
        stay.hours(found["icucare"], start, stay.at(intensive, 0, 0))
        stay.order("转出重症医学科", stay.at(intensive, 0, 5))


def _grade_order(stay: Stay, grades: Sequence[str], day: int, intensive: int) -> str:
    """The nursing order that carries this day: given anew only when the level changes."""
    name = items()[grades[day]].name
    if day > intensive and grades[day] == grades[day - 1]:
        return next(row["医嘱号"] for row in reversed(stay.orders) if row["医嘱名称"] == name)
    last = next((d for d in range(day, stay.days) if grades[d] != grades[day]), stay.days)
    start = stay.begin + 15 * MINUTE if day == 0 else stay.at(day, 0, 5)
    stop = stay.end - 20 * MINUTE if last == stay.days else stay.at(last, 0, 4)
    return stay.order(name, start, until=stop, 医嘱用法="护理")


def newborn_care(stay: Stay, birth_day: int, children: int = 1) -> None:
    """The newborn's own bed, nursing and test on the mother's account."""
    found = items()
    ward: dict[str, Any] = {"department": "新生儿科（母婴同室）", "performing": "新生儿科（母婴同室）"}
    for child in range(children):
        mark: dict[str, Any] = {"memo": f"新生儿{'甲乙'[child]}" if children > 1 else "新生儿"}
        span, order = (stay.at(birth_day, 21), stay.end - HOUR), ""
        for day in range(birth_day, stay.days):
            at = stay.at(day, 22 if day == birth_day else 7)
            stay.charge(found["nbbed"], at, **ward, **mark)
            order = stay.treat(
                found["nbcare"], at + (11 + child) * MINUTE, order=order, span=span, **ward, **mark
            ).order
        line = stay.exam(found["bilirubin"], stay.at(birth_day + 1, 9), "新生儿")
        line.department = line.performing = ward["department"]


def _treatments(stay: Stay, item: Item, times: int, first: int, days: int) -> None:
    if days <= 0:
        return
    span, order = (stay.at(first, 8), stay.at(first + days - 1, 23, 0)), ""
    for day in range(first, first + days):
        for turn in range(times):
            order = stay.treat(
                item, max(stay.at(day, 9 + 6 * turn), span[0] + turn * 2 * HOUR), order=order, span=span
            ).order


def _operation(stay: Stay, plan: Mapping[str, Any]) -> None:
    found = items()
    start = stay.at(plan["day"], 10 if plan["day"] else 18, 0)
    theatre = [found[key] for key in plan["items"]]
    materials = [(found[key], count) for key, count in plan["materials"]]
    event = operate(
        stay, theatre, start, plan["minutes"], plan["anaesthesia"], plan["icd"], materials=materials
    )
    if "pathology" in plan:
        stay.exam(
            found["path"], event.stop + HOUR, plan["pathology"], 检查报告时间=stamp(event.stop + 3 * DAY)
        )


def _vital_signs(stay: Stay) -> None:
    draw = stay.random.randrange
    for day in range(stay.days):
        for hour in (8, 16):
            at = stay.at(day, hour)
            stay.vitals.append(
                {
                    "住院号": stay.inpatient_number,
                    "测量时间": stamp(at),
                    "体温": f"{36.2 + draw(9) / 10:.1f}",
                    "脉搏": str(66 + draw(24)),
                    "呼吸": str(16 + draw(5)),
                    "收缩压": str(112 + draw(30)),
                    "舒张压": str(66 + draw(18)),
                    "血氧饱和度": str(95 + draw(5)),
                    "意识": "清楚",
                    "记录护士": stay.nurse,
                }
            )


def id_card(birth: date, serial: int) -> str:
    """An 18-digit number with the right check sign; the 17th digit is odd for men."""
    front = f"{REGION}{birth:%Y%m%d}{serial:03d}"
    return (
        front
        + CHECK_SIGNS[sum(int(digit) * weight for digit, weight in zip(front, WEIGHTS, strict=True)) % 11]
    )
