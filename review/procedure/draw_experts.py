"""Matches experts to drawn objects at random, by discipline, load and recusal; nobody is ever matched against one.

Places (one expert of one discipline at one object) come in random order. Each takes one of the least loaded experts who
may sit there, drawn at random; where none is free, earlier places move (augmenting paths: Ford and Fulkerson 1956, as
Kuhn did for assignments, Naval Research Logistics 2, 1955). So every place is filled whenever it can be at all.

Rules, in our words: experts by field are called by the province (Jilin 2024, part 3(2)); regions inspect each other
crosswise (part 4(1)2); each department draws its own inspectors, one or two to a team (Uxin 2023, parts 2 and 5(2)).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from review.errors import InputError, SettingsError
from review.procedure.draw_lists import DrawList, listed, number
from review.procedure.draw_numbers import Stream, key_of

SHOWN = 3
OWN = "本单位"


@dataclass(frozen=True)
class ExpertColumns:
    """Which column of the experts' list says what; empty where it does not say it."""

    key: str
    discipline: str
    name: str = ""
    unit: str = ""  # the employers: codes or names, as the objects bear them
    region: str = ""
    load: str = ""  # tasks already in hand
    interests: str = ""  # declared: codes or names of objects, or regions

    @property
    def used(self) -> tuple[str, ...]:
        every = (self.key, self.discipline, self.name, self.unit, self.region, self.load, self.interests)
        return tuple(column for column in every if column)


@dataclass(frozen=True)
class ExpertsRequest:
    """`needs` are disciplines and how many at each object; `objects` the drawn ones as (code, name, region)."""

    columns: ExpertColumns
    objects: tuple[tuple[str, str, str], ...]
    needs: tuple[tuple[str, int], ...]
    most: int  # tasks an expert may have, those in hand included
    crosswise: bool


@dataclass(frozen=True)
class Expert:
    """One expert as the list says it."""

    key: str
    name: str
    disciplines: frozenset[str]
    unit: str
    region: str
    load: int
    interests: str


@dataclass(frozen=True)
class _Place:
    object: int  # its number among the objects
    discipline: str
    number: int


_Seat = tuple[int, int]  # object and expert, by number
_Node = _Place | _Seat | int


def draw_experts(rows: DrawList, request: ExpertsRequest, seed: str) -> dict[str, Any]:
    """Who goes where, and who stood aside; SettingsError says which place cannot be filled and what to relax."""
    experts = experts_of(rows, request.columns)
    _check(request, experts)
    stream = Stream(key_of(seed, rows.sha256), "experts")
    allowed = {
        (number_, one)
        for number_, what in enumerate(request.objects)
        for one in range(len(experts))
        if not recusal(experts[one], what, crosswise=request.crosswise)
    }
    places = [
        _Place(number_, discipline, seat)
        for number_ in range(len(request.objects))
        for discipline, count in request.needs
        for seat in range(count)
    ]
    seating = _Seating(experts, request.most, allowed)
    for place in stream.shuffled(places):
        if not seating.fill(place, stream.shuffled(seating.able(place))):
            raise SettingsError(_unfilled(place, request, experts))
    return {
        "matched": [
            {
                "object": request.objects[place.object][0],
                "object_name": request.objects[place.object][1],
                "discipline": place.discipline,
                "key": experts[seating.at[place]].key,
                "name": experts[seating.at[place]].name,
            }
            for place in places
        ],
        "stood_aside": [
            {"object": what[0], "key": expert.key, "why": why}
            for what in request.objects
            for expert in experts
            if (why := recusal(expert, what, crosswise=request.crosswise))
        ],
    }


def recusal(expert: Expert, what: tuple[str, str, str], *, crosswise: bool) -> str:
    """Why this expert stands aside at this object; empty where nothing stands against it."""
    code, name, region = (_alike(part) for part in what)
    own = {part for part in (code, name) if part}
    if _named(expert.unit) & own:
        return OWN
    if crosswise and _alike(expert.region) == region:
        return "同一地区"
    if _named(expert.interests) & (own | ({region} if region else set())):
        return "已申报利害关系"
    return ""


@lru_cache(maxsize=16_384)
def _named(cell: str) -> frozenset[str]:
    """The names in a cell; a space does not part them, for names may hold one."""
    return frozenset(_alike(part) for part in (cell, *re.split(r"[；;，,、\n]", cell))) - {""}


@lru_cache(maxsize=16_384)
def _alike(text: str) -> str:
    """One form for a name in full-width or half-width letters and brackets, with or without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def experts_of(rows: DrawList, columns: ExpertColumns) -> tuple[Expert, ...]:
    """The list as experts. Raises InputError naming the row."""

    def said(row: Mapping[str, str], column: str) -> str:
        return row[column] if column else ""

    def tasks(row: Mapping[str, str]) -> int:
        value = number(said(row, columns.load), f"专家 {row[columns.key]} 的“{columns.load}”")
        if value.denominator != 1:
            raise InputError(f"专家 {row[columns.key]} 的“{columns.load}”不是整数；请改正后再抽。")
        return int(value)

    return tuple(
        Expert(
            row[columns.key],
            said(row, columns.name),
            listed([row[columns.discipline]]),
            said(row, columns.unit),
            said(row, columns.region),
            tasks(row),
            said(row, columns.interests),
        )
        for row in rows.rows
    )


def _check(request: ExpertsRequest, experts: Iterable[Expert]) -> None:
    if not request.objects:
        raise SettingsError("没有已抽取的对象，无从匹配专家；请先抽取对象。")
    if not request.needs or any(count < 1 for _, count in request.needs):
        raise SettingsError("没有写明每个对象要哪些学科、各几人；请写成 --need 骨科=1。")
    if request.most < 1:
        raise SettingsError("每名专家至多的任务数须为 1 以上；请改正。")
    if not request.crosswise:
        return
    bare = [code for code, _, region in request.objects if not region]
    bare += [expert.key for expert in experts if not expert.region]
    if bare:
        raise SettingsError(
            f"交叉互检要写明地区，{'、'.join(bare[:SHOWN])} 没有；"
            "请补上地区（抽取对象时用 --region 写明该列），或不用交叉互检。"
        )


class _Seating:
    """Who sits where. A step goes from a place to a seat (an object with an expert), from a seat that is taken to the
    place that has it, from one that is not to its expert, and from an expert to the seats he has elsewhere."""

    def __init__(self, experts: Sequence[Expert], most: int, allowed: set[_Seat]) -> None:
        self._experts, self._most, self._allowed = experts, most, allowed
        self.at: dict[_Place, int] = {}
        self._taken: dict[_Seat, _Place] = {}
        self._load = [expert.load for expert in experts]

    def able(self, place: _Place) -> list[int]:
        return [
            one
            for one, expert in enumerate(self._experts)
            if place.discipline in expert.disciplines and (place.object, one) in self._allowed
        ]

    def fill(self, place: _Place, order: Sequence[int]) -> bool:
        """Seat somebody, the least loaded of `order` first; others move only where all of these are full."""
        came: dict[_Node, _Node | None] = {place: None}
        reached: list[_Node] = [place]
        for node in reached:
            if isinstance(node, int) and self._load[node] < self._most:
                self._move(node, came)
                return True
            for step in self._steps(node, place, order):
                if step not in came:
                    came[step] = node
                    reached.append(step)
        return False

    def _steps(self, node: _Node, first: _Place, order: Sequence[int]) -> list[_Node]:
        if isinstance(node, _Place):
            able = sorted(order, key=self._load.__getitem__) if node == first else self.able(node)
            return [(node.object, one) for one in able if self.at.get(node) != one]
        if isinstance(node, int):
            return [seat for seat in self._taken if seat[1] == node]
        return [self._taken.get(node, node[1])]

    def _move(self, last: int, came: Mapping[_Node, _Node | None]) -> None:
        """Go back from the expert with room, giving each place on the way the seat it stepped to."""
        moves: list[tuple[_Place, int]] = []
        node: _Node | None = last
        while node is not None:
            before = came[node]
            if isinstance(node, tuple) and isinstance(before, _Place):
                moves.append((before, node[1]))
            node = before
        for place, _ in moves:
            if place in self.at:
                one = self.at.pop(place)
                del self._taken[place.object, one]
                self._load[one] -= 1
        for place, one in moves:
            self.at[place] = one
            self._taken[place.object, one] = place
            self._load[one] += 1


def _unfilled(place: _Place, request: ExpertsRequest, experts: Sequence[Expert]) -> str:
    what = request.objects[place.object]
    able = [expert for expert in experts if place.discipline in expert.disciplines]
    aside = [why for expert in able if (why := recusal(expert, what, crosswise=request.crosswise))]
    full = sum(expert.load >= request.most for expert in able)
    reasons = "、".join(f"{why} {aside.count(why)} 人" for why in dict.fromkeys(aside)) or "无人回避"
    return (
        f"对象 {what[0]} 的“{place.discipline}”没有可匹配的专家：该学科共 {len(able)} 人，{reasons}，"
        f"在手任务已满 {full} 人；请增加该学科专家，提高每人任务数（现为 {request.most}），"
        "减少该学科人数，或放宽交叉互检的地区回避。"
    )
