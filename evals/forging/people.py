"""Names and teams of a generated hospital. Halves of one seed share no name; no two stays that overlap share a team."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from evals.generating.reference import half_of

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏章云苏潘葛范彭郎鲁韦昌马苗"
)
FIRST = "志文建国永明德宏世家玉秀桂淑丽春晓雪海思子佳梦若雨云清书"
SECOND = "强斌华军平辉林伟东梅兰珍英芳霞燕涵宁轩琪瑶彤洋峰杰川远安"
GROUPS = 9
SPARE = GROUPS  # of every ward: a group that looks after nobody unless asked for
ROLES = {
    "resident": "{field}", "attending": "{field}", "chief": "{field}", "assistant": "{field}",
    "nurse": "护理", "night_nurse": "护理", "anaesthetist": "麻醉", "theatre_nurse": "护理", "chemist": "医学检验",
    "imager": "医学影像",
}  # fmt: skip


@dataclass(frozen=True)
class Team:
    """Who looks after the patients of one ward and group."""

    resident: str
    attending: str
    chief: str
    assistant: str
    nurse: str
    night_nurse: str
    anaesthetist: str
    theatre_nurse: str
    chemist: str
    imager: str


def name(random: Random, seed: int, half: str, taken: Callable[[str], bool] = lambda _: False) -> str:
    """A name of this half that is not taken."""
    while True:
        drawn = random.choice(SURNAMES) + random.choice(FIRST) + random.choice(SECOND)
        if half_of(seed, f"name {drawn}") == half and not taken(drawn):
            return drawn


@cache
def teams(seed: int, half: str, wards: tuple[str, ...]) -> dict[tuple[str, int], Team]:
    """Every ward's groups; nobody stands in two of them."""
    random, known = Random(f"{seed}:{half}:people"), set[str]()
    found = {}
    for ward in wards:
        for group in range(GROUPS + 1):
            people = []
            for _ in ROLES:
                people.append(name(random, seed, half, known.__contains__))
                known.add(people[-1])
            found[ward, group] = Team(*people)
    return found


def staff(seed: int, half: str, wards: tuple[str, ...]) -> frozenset[str]:
    return frozenset(person for team in teams(seed, half, wards).values() for person in vars(team).values())


def roster(seed: int, half: str, wards: tuple[str, ...]) -> Iterator[str]:
    """The lines of the institution's list of people: name, field, from, to."""
    for (ward, _), team in teams(seed, half, wards).items():
        special = "外科" if ward.endswith("外科") or ward in ("骨科", "眼科", "妇科") else "内科"
        for role, what in ROLES.items():
            yield f"{getattr(team, role)}:{what.format(field=special)}:2018-03-01:"


def halved(words: Sequence[str], seed: int, half: str) -> list[str]:
    """Every second word, in an order of this seed: the halves share none."""
    mixed = sorted(words, key=lambda word: hashlib.sha256(f"{seed}:{word}".encode()).digest())
    return mixed[half == "sealed" :: 2]
