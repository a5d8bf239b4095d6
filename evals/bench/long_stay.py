"""One invented stay for the measurement of reviews: what chance gives it and how its texts are filled."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

PHRASES = Path(__file__).with_name("long_stays.yaml")
DAYS, REGION = 14, "329900"
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "文博海燕志强秀兰建国桂英晓东雅琴永康淑珍"
DOCTORS, NURSES = ("顾北辰", "林以安", "许松年", "严书语"), ("何采薇", "沈若溪", "苏念安")


@cache
def phrases() -> Mapping[str, Any]:
    said: Mapping[str, Any] = yaml.safe_load(PHRASES.read_text("utf-8"))
    return said


@dataclass
class LongStay:
    """One invented stay and what chance gives it."""

    number: int
    seed: int
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}/{self.number}")
        self.ward: Mapping[str, Any] = self.chance.choice(phrases()["wards"])
        self.begins = datetime(2024, 1, 2, 8, 30) + timedelta(
            days=self.chance.randrange(330), minutes=self.chance.randrange(480)
        )
        self.ends = (self.begins + timedelta(days=DAYS)).replace(hour=10, minute=20)
        self.name = self.chance.choice(FAMILY) + "".join(self.chance.sample(GIVEN, 2))
        self.sex, self.age = self.chance.choice("男女"), self.chance.randint(38, 79)
        self.doctor, self.nurse = self.chance.choice(DOCTORS), self.chance.choice(NURSES)
        self.admission_id = f"{REGION}{self.begins:%Y%m%d}{self.number:08}"
        self.hospital_number = f"{self.begins:%y%m%d}{self.number:06}"

    def say(self, text: str) -> str:
        """The text with its $names filled by chance."""
        ranges = phrases()["values"]
        named = re.findall(r"\$\{?([a-z]+)", text)
        values = {name: self._value(*ranges[name]) for name in named if name in ranges}
        return Template(text).substitute(values, diagnosis=self.ward["diagnosis"]).strip()

    def _value(self, low: float, high: float) -> str:
        if isinstance(low, float):
            return f"{self.chance.uniform(low, high):.1f}"
        return str(self.chance.randint(int(low), int(high)))

    def day(self, number: int, hour: int) -> datetime:
        at = self.begins.replace(hour=hour, minute=self.chance.randrange(60))
        return max(at + timedelta(days=number), self.begins + timedelta(minutes=15))

    def some(self, pool: Sequence[str], count: int) -> str:
        return "".join(self.say(text) for text in self.chance.sample(pool, count))
