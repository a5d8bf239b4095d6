"""Vital signs and laboratory values of the clinical vocabulary in prose, told apart by when they were measured.

A target, a limit, a range or a condition is no value of the patient.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from review.facts.clinical_vocabulary import vocabulary
from review.facts.context import ELSEWHERE, RELATIVE, clause_around
from review.facts.gates import DIGIT
from review.facts.sentences import Wording

BETWEEN = re.compile(
    r"[）)]?(?:[（(][^（）()\d]{1,8}[）)])?(?:E\d[+＋，]?V[\dT][+＋，]?M\d[=＝，])?(?:[由从]\d+(?:\.\d+)?[^\d，。；]{0,12}?[降升增]至)?"
    r"(?:[:：为是约达在升降至最高低测仍示]|(?:增|稍|偏)?快，?|减?慢，?|细[速弱]，?|急促，?|浅快，?|波动于|维持于|维持在|计数|定量|测定|浓度|复查|复测|偶有|恢复正常，|回升至|评分){0,4}"
    r"(?P<value>\d{1,6}(?:\.\d{1,3})?)(?![\d.])"
)
PRESSURE = re.compile(
    r"(?<![\d.~～〜\-－—至×])(?P<upper>\d{2,3})[/／](?P<lower>\d{2,3})(?![\d.]|[~～〜\-－—]\d)(?P<unit>mm[Hh]g|毫米汞柱)?"
)
PRESSURE_WORD = re.compile(r"(?:血压|(?<![A-Za-z])BP)[^\d，。；]{0,8}$")
BARE_DEGREES = re.compile(r"(?<![\d.~～〜\-－—])(?P<value>\d{2}(?:\.\d)?)(?:℃|°C)")
RANGE = re.compile(
    r"^[a-zA-Z/%℃％]{0,6}[~～〜—\-－至]\d|^[^，。；、]{0,8}以[上下内]|^[^，。；、]{0,6}(?:左右)?(?:即可|为宜)"
)
NO_VALUE = re.compile(
    r"目标|控制在|若|如(?!下)|超过|大于|小于|高于|低于|[<>≥≤＜＞]|维持[^，。]{0,4}在|正常(?:值|参考)|水温|室温|环境|保温|冰箱|暖箱|箱温|减轻|下降约?\d?$|下降|增加|丢失"
)
EARLIER_SECTIONS = frozenset({"主诉", "现病史", "既往史", "个人史"})
NOW = re.compile(r"今|(?<![出发呈表])现(?![病象为])|目前|来院|入院(?:时|后|查|测)|我院|本院|入科|此次")
BEFORE_NOW = re.compile(r"入院前|" + ELSEWHERE.pattern.replace("|急诊", ""))
OWN_CLAUSE = re.compile(r"昨(?!夜)|前[日天]|自测|平素|\d[天日]前|既往|曾|平时|基础|最高|最低|年前|月前|术前")


class Reading(NamedTuple):
    """One value and when it was measured: of now or of before; [start, end) counts in the bare text."""

    quantity: str
    value: str
    unit: str | None
    start: int
    end: int
    now: bool


def readings(wording: Wording) -> Iterator[Reading]:
    """The values that a wording tells of its patient."""
    bare = wording.bare
    if DIGIT not in wording.letters:
        return
    told: set[int] = set()
    for quantity, match in vocabulary().measured_names(bare):
        number = BETWEEN.match(bare, match.end())
        unit = quantity.unit.match(bare, number.end()) if number else None
        if (
            number is None
            or unit is None
            or not quantity.lowest <= float(number["value"]) <= quantity.highest
        ):
            continue
        told.add(number.start("value"))
        yield from _reading(wording, quantity.name, number["value"], unit[0], match.start(), unit.end())
    for match in BARE_DEGREES.finditer(bare):
        if match.start() not in told and 34 <= float(match["value"]) <= 43 and "温" in bare[: match.start()]:
            yield from _reading(wording, "体温", match["value"], "℃", match.start(), match.end())
    for match in PRESSURE.finditer(bare):
        if 30 <= int(match["lower"]) < int(match["upper"]) <= 300:
            if match["unit"] is None and PRESSURE_WORD.search(bare[: match.start()]) is None:
                continue
            yield from _reading(wording, "收缩压", match["upper"], "mmHg", match.start(), match.end())
            yield from _reading(wording, "舒张压", match["lower"], "mmHg", match.start(), match.end())


def _reading(wording: Wording, name: str, value: str, unit: str, start: int, end: int) -> Iterator[Reading]:
    bare = wording.bare
    left, right = clause_around(bare, start, end)
    near = bare[left:end]
    if NO_VALUE.search(near) or RANGE.match(bare[end:right]) or RELATIVE.search(bare[left:start]):
        return
    yield Reading(name, value, unit, start, end, _is_now(wording, left, start, near))


def _is_now(wording: Wording, left: int, start: int, near: str) -> bool:
    nows = [match.end() for match in NOW.finditer(wording.bare[:start])]
    befores = [match.end() for match in BEFORE_NOW.finditer(wording.bare[:start])]
    last_now, last_before = max(nows, default=-1), max(befores, default=-1)
    if last_now > last_before and last_now >= left:
        return True
    if OWN_CLAUSE.search(near) or last_before > last_now:
        return False
    return last_now >= 0 or wording.section not in EARLIER_SECTIONS
