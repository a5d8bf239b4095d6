"""Clinical courses: a stay with what is charged, ordered, measured and written, as its disease would have it.

A course of `courses.yaml` comes `mild` (nobody needed the stay) or `needed` (a criterion is met in the first day).
Nothing here decides what a check should say: the scenarios do.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import yaml

from evals.generating.admitting import NURSES, Admitter
from evals.generating.catalogue import HERE
from evals.generating.clinical_care import measure, tell, treat
from evals.generating.clinical_case import Case
from evals.generating.clinical_notes import Story
from evals.generating.stay import DAY, HOUR, MINUTE, Person, Stay

PERSONAL = {"mdtrt_d": "tel addr emp_name adm_bed"}


@cache
def courses() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load((HERE / "courses.yaml").read_text("utf-8"))
    return found


def mild_courses(*but: str) -> list[str]:
    """Courses that come without need; the eye's is left to the scenarios of operations."""
    return [
        name for name, said in courses().items() if "complaint" in said and name not in {"cataract", *but}
    ]


def needed_courses(*but: str) -> list[str]:
    return [name for name, said in courses().items() if "needed" in said and name not in but]


def case(
    admit: Admitter, name: str, *, needed: bool = False, days: int = 0, begin: datetime | None = None,
    person: Person | None = None, after: date | None = None, age: tuple[int, int] | None = None, sex: str = "",
    ward: str = "", documents: bool = True, cells: Mapping[str, str] | None = None,
) -> Case:  # fmt: skip
    """A stay of that course; `cells` are further cells of its admission row."""
    said = dict(courses()[name])
    if needed:
        said |= admit.random.choice(said["needed"])
    low, high = age or tuple(said["age"])
    length = days or admit.random.randint(*said["stay"])
    start = begin or admit.any_begin(length, after)
    who = person or admit.person(said.get("sex") or sex or admit.random.choice("12"), low, high, start.date())
    admit.made += 1
    midnight = datetime.combine(start.date() + length * DAY, datetime.min.time())
    stay = Stay(
        f"{admit.site.numbers}{start:%Y%m%d}{admit.number:05d}{admit.made}", who, start,
        midnight + 10 * HOUR + admit.random.randrange(50) * MINUTE,
        ward or said["ward"], admit.random.choice(admit.site.doctors), admit.random.choice(NURSES), admit.random,
        admission_type=str(said.get("type", "2101")), insurance=("310", "390")[int(who.number[-8:]) % 2],
        site=admit.site,
    )  # fmt: skip
    stay.diagnoses = [tuple(said["main"]), *(tuple(other) for other in said.get("other", ()))]
    stay.reason = said["main"][1]
    stay.said = (
        dwelling(admit, stay)
        | {"adm_way": "1" if needed and said.get("monitor") else "2"}
        | dict(cells or {})
    )
    story = Story(said, style=admit.random.choice("ABC") if documents else "")
    made = Case(admit, stay, story, said)
    treat(made, needed)
    measure(made, needed)
    tell(made)
    return made


STREETS = (
    "柳林",
    "石桥",
    "东坪",
    "上湾",
    "白杨",
    "双河",
    "青石",
    "竹园",
    "大塘",
    "南岗",
    "红岩",
    "清泉",
    "马鞍",
    "金鸡",
    "龙潭",
    "松坡",
)
PLACES = ("村", "社区", "新村", "街道")


def dwelling(admit: Admitter, stay: Stay) -> dict[str, str]:
    """Where a person lives, works and can be reached: the same for every stay of one person, shared with nobody."""
    number = int(stay.person.number[-8:])
    street = STREETS[number % len(STREETS)] + PLACES[number // 16 % len(PLACES)]
    return {
        "psn_name": stay.person.name,
        "tel": f"1{3 + number % 6}{number * 7919 % 10**9:09d}",
        "addr": f"{admit.site.region_name}{street}{number % 9 + 1}组{number % 211 + 1}号",
        "emp_name": "" if number % 3 else f"{admit.site.region_name}第{number % 97 + 1}加工厂",
        "adm_bed": f"{admit.number // 60 + 1}-{admit.number % 60 + 1:02d}{'ABCDEFGH'[(admit.made - 1) % 8]}",
        "chfpdr_name": stay.doctor,
    }
