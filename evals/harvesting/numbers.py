"""Invented numbers in place of those that identify: as long, of the same letters, in the same order, each once.

Numbers that follow one another still do, and no others: a check reads a run of inpatient numbers, and rows are ordered
by theirs. An identity number keeps its sex, its year of birth and whether its check digit is right; a number of any
kind is never one that the inspection itself holds.
"""

import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from evals.harvesting.vocabulary import SEARCHED, birth_in

DRAWS = 50
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECKS = "10X98765432"


def invented_numbers(numbers: Iterable[str], chance: random.Random) -> dict[str, str]:
    """For each number another of its shape that is none of them. Raises ValueError where none is left."""
    shapes: dict[str, list[str]] = defaultdict(list)
    for number in numbers:
        shapes[re.sub(r"\d", "0", number)].append(number)
    made: dict[str, str] = {}
    for shape, group in sorted(shapes.items()):
        size = shape.count("0")
        places = sorted((int(re.sub(r"\D", "", number) or 0), number) for number in group)
        held = frozenset(at for at, _ in places)
        # a short number is not looked for in what is written: it stands for too many things
        avoided = frozenset() if len(shape) < SEARCHED else held
        for _ in range(DRAWS):
            placed = _placed([at for at, _ in places], 10**size, avoided, chance)
            if placed[-1] < 10**size:
                break
        else:
            raise ValueError(
                f"{len(group)} 个形如“{shape}”的编号占满了同样长的号段，无法改写；请检查这一列是否为编号。"
            )
        for (_, number), value in zip(places, placed, strict=True):
            made[number] = filled(number, f"{value:0{size}d}")
    return made


def _placed(values: list[int], space: int, avoided: frozenset[int], chance: random.Random) -> list[int]:
    """Increasing numbers, none avoided; those one apart stay one apart, and no others come to be. The last may lie
    over `space` where little room is left."""
    runs: list[int] = []
    for before, value in zip([None, *values], values, strict=False):
        if before is not None and value == before + 1:
            runs[-1] += 1
        else:
            runs.append(1)
    free = space - len(values) - (len(runs) - 1)
    starts = sorted(chance.randint(0, max(free, 0)) for _ in runs)
    placed: list[int] = []
    passed = 0
    for start, length in zip(starts, runs, strict=True):
        at = max(start + passed, placed[-1] + 2 if placed else 0)
        while (
            last := next((one for one in range(at + length - 1, at - 1, -1) if one in avoided), None)
        ) is not None:
            at = last + 1
        placed += range(at, at + length)
        passed += length + 1
    return placed


def filled(writing: str, digits: str) -> str:
    """The writing with its digits replaced, one by one; what stands between them stays."""
    coming = iter(digits)
    return "".join(next(coming) if "0" <= sign <= "9" else sign for sign in writing)


def invented_card(
    card: str, births: Mapping[date, date], region: str, taken: Collection[str], chance: random.Random
) -> str:
    """Another identity number of the same sex, with the region given and the date of birth that stands for its own."""
    born = birth_in(card)
    new_born = births.get(born, born) if born else None
    long = len(card) == 18
    told = card[6:14] if long else card[6:12]
    if new_born is not None:
        told = f"{new_born:%Y%m%d}" if long else f"{new_born:%y%m%d}"
    rest = card[14:17] if long else card[12:15]
    for _ in range(DRAWS):
        # of a number that is starred out the region is all that can change
        begins = f"{chance.randrange(110_000, 660_000)}" if "*" in card else region
        new = _over(card[:6], begins) + told + _another_order(rest, chance)
        if long:
            new += (
                card[17]
                if "*" in card
                else _check_digit(new, right=_check_digit(card[:17], right=True) == card[17])
            )
        if new not in taken:
            return new
    raise ValueError("证件号码无法改写成别的号码；请检查 mdtrt_d 的 certno 一列。")


def _over(written: str, digits: str) -> str:
    return "".join(new if old.isdigit() else old for old, new in zip(written, digits, strict=True))


def _another_order(written: str, chance: random.Random) -> str:
    """Another running number; its last digit, which tells the sex, stays odd or even."""
    front, last = written[:-1], written[-1]
    drawn = [str(chance.randrange(10)) if sign.isdigit() else sign for sign in front]
    return "".join(drawn) + (str(chance.randrange(int(last) % 2, 10, 2)) if last.isdigit() else last)


def _check_digit(seventeen: str, *, right: bool) -> str:
    """The check digit; a wrong one stays wrong, for a check may ask."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True))
    return _CHECKS[(total + (not right)) % 11]


def invented_phone(phone: str, taken: Collection[str], chance: random.Random) -> str:
    """Another telephone number as long; a mobile stays a mobile, an area code begins with its 0."""
    kept = 1 if phone[0] in "01" else 0
    for _ in range(DRAWS):
        second = str(chance.randrange(3, 10)) if phone[0] == "1" else str(chance.randrange(1, 10))
        drawn = [second, *(str(chance.randrange(10)) for _ in phone)]
        new = phone[:kept] + "".join(
            drawn[place] if sign.isdigit() else sign for place, sign in enumerate(phone[kept:])
        )
        if new not in taken or len(phone) < SEARCHED:
            return new
    raise ValueError("电话号码无法改写成别的号码；请检查 mdtrt_d 的 tel 一列。")


def invented_births(
    births: Mapping[date, Collection[tuple[date, date]]], chance: random.Random
) -> dict[date, date]:
    """For each date of birth another of its year that gives the same age at every stay, and is written as long.

    A child's date below three years stays: its age is counted in days, and a newborn's is a day of its own record."""
    made: dict[date, date] = {}
    for born, stays in sorted(births.items()):
        days = [day for stay in stays for day in stay]
        likely = [
            day
            for day in _days_of(born.year)
            if (day.month > 9, day.day > 9) == (born.month > 9, born.day > 9)
            and all(_age(day, at) == _age(born, at) for at in days)
        ]
        young = any(_age(born, at) < 3 for at in days)
        others = [day for day in likely if day != born and day not in births] or [
            day for day in likely if day != born
        ]
        made[born] = born if young or not others else chance.choice(others)
    return made


def _days_of(year: int) -> Iterable[date]:
    first = date(year, 1, 1).toordinal()
    return (date.fromordinal(day) for day in range(first, date(year, 12, 31).toordinal() + 1))


def _age(born: date, at: date) -> int:
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))
