"""Who there is in the invented province: regions, hospitals, pharmacies, experts. The same seed gives the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import yaml

from evals.forging.people import FIRST, SECOND, SURNAMES
from evals.generating.site import Site

PROVINCE = "410000"  # of the rules; its nine cities are 419100 to 419900, which are nobody's
PERIODS: Mapping[int, tuple[date, date, date]] = {  # examined year: first day, last day, day of the notice
    2024: (date(2024, 1, 6), date(2024, 12, 28), date(2025, 3, 10)),
    2025: (date(2025, 1, 6), date(2025, 12, 28), date(2026, 1, 12)),
    2026: (date(2026, 1, 6), date(2026, 9, 20), date(2026, 10, 12)),
}
EARLIER, LATER = 2024, 2026  # the year examined by the last inspection, and by this one
NUMBERS = {"公立综合医院": 160, "公立中医医院": 120, "公立专科医院": 100, "民营医院": 100}  # dealt a year
HONEST, SOME, MANY = 0.05, 0.3, 0.8  # of the plants dealt, how many a hospital really does
INSPECTED_EVERY = 6  # of the hospitals, by the province in 2025


@dataclass(frozen=True)
class Size:
    """How large a province is; `share`: of the ordinary number of stays a hospital has."""

    regions: int = 9
    hospitals: int = 60
    pharmacies: int = 200
    experts: int = 96
    share: float = 1.0


@dataclass(frozen=True)
class Hospital:
    """`does`: of the violations dealt to it, the share it really does, by year.

    `turns`: half of its violations it does in the earlier year only, the other half in the later years only.
    """

    number: int
    code: str
    name: str
    kind: str
    region: str  # six digits
    region_name: str
    fund_use: Mapping[int, int]  # yuan
    does: Mapping[int, float]
    turns: bool
    inspected: bool
    doctors: tuple[str, ...]

    def site(self, year: int) -> Site:
        first, last, notice = PERIODS[year]
        return Site(
            self.code, self.name, "二级甲等", self.region, self.region_name,
            f"{self.number:02d}{year % 100:02d}{self.region[2:4]}", self.doctors, first, last, notice,
        )  # fmt: skip


@dataclass(frozen=True)
class Pharmacy:
    code: str
    name: str
    region_name: str
    fund_use: int  # yuan


@dataclass(frozen=True)
class Expert:
    code: str
    name: str
    discipline: str
    unit: str  # a hospital's code
    region_name: str
    load: int
    interests: str  # what they declared: hospitals' codes


@dataclass(frozen=True)
class Province:
    seed: int
    size: Size
    regions: Sequence[str]
    hospitals: Sequence[Hospital]
    pharmacies: Sequence[Pharmacy]
    experts: Sequence[Expert]


@cache
def words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text("utf-8"))
    return found


def lay_out(seed: int, size: Size) -> Province:
    """The province of a seed. Raises ValueError where there are more regions or hospitals than names."""
    regions = [f"{name}市" for name in words()["regions"][: size.regions]]
    if len(regions) < size.regions or size.hospitals > len(regions) * len(words()["hospitals"]):
        raise ValueError(
            f"至多 {len(words()['regions'])} 个地区，每个地区 {len(words()['hospitals'])} 家医院。"
        )
    random, names = Random(f"{seed}:province"), _names(Random(f"{seed}:province names"))
    hospitals = [_hospital(number, regions, random, names) for number in range(size.hospitals)]
    pharmacies = [_pharmacy(number, regions, random) for number in range(size.pharmacies)]
    disciplines = cycle(words()["disciplines"])
    experts = [_expert(number, next(disciplines), hospitals, random, names) for number in range(size.experts)]
    return Province(seed, size, regions, hospitals, pharmacies, experts)


def _hospital(number: int, regions: Sequence[str], random: Random, names: Iterator[str]) -> Hospital:
    turn, place = divmod(number, len(regions))
    what = words()["hospitals"][turn]
    fund = random.randrange(8, 160) * 1_000_000
    base = random.choice((SOME, MANY, MANY) if what["kind"] == "民营医院" else (HONEST, SOME, SOME, MANY))
    inspected = number % INSPECTED_EVERY == 0
    since = number // INSPECTED_EVERY % 3 if inspected else None  # 0: mended its ways, 1: turned to others
    return Hospital(
        number + 1,
        f"H419{place + 1}{number + 1:07d}",
        what["name"].format(region=regions[place].removesuffix("市")),
        what["kind"],
        f"419{place + 1}00",
        regions[place],
        {year: int(fund * random.uniform(0.9, 1.15)) // 10_000 * 10_000 for year in PERIODS},
        {year: HONEST if since == 0 and year > EARLIER else base for year in PERIODS},
        since == 1,
        inspected,
        tuple(next(names) for _ in words()["doctors"]),
    )


def _pharmacy(number: int, regions: Sequence[str], random: Random) -> Pharmacy:
    turn, place = divmod(number, len(regions))
    chain = words()["pharmacies"]
    branch, kind = divmod(turn, len(chain))
    region = regions[place].removesuffix("市")
    name = f"{region}{chain[kind]}大药房" + (f"第{branch + 1}分店" if branch else "")
    return Pharmacy(
        f"P419{place + 1}{number + 1:07d}", name, regions[place], random.randrange(20, 900) * 10_000
    )


def _expert(
    number: int, discipline: str, hospitals: Sequence[Hospital], random: Random, names: Iterator[str]
) -> Expert:
    unit = random.choice(hospitals)
    declared = random.sample([one.code for one in hospitals if one is not unit], random.choice((0, 0, 1)))
    return Expert(
        f"E{number + 1:04d}", next(names), discipline, unit.code, unit.region_name, random.randrange(2),
        "、".join(declared),
    )  # fmt: skip


def _names(random: Random) -> Iterator[str]:
    """Names of three signs, none twice."""
    known = set[str]()
    while True:
        drawn = random.choice(SURNAMES) + random.choice(FIRST) + random.choice(SECOND)
        if drawn not in known:
            known.add(drawn)
            yield drawn
