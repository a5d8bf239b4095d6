"""The quantities a text states: numbers with their units, dates, percentages, money, article numbers, and the
bound on each.

Chinese and Arabic numerals are equal (二十四小时 is 24小时); 24小时 and 24日 are not, nor are 2倍以上 and 2倍以下.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from knowledge.numerals import NUMERAL, number_of

_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_WIDTH |= {0xFF05: 0x25, 0xFF0E: 0x2E, 0xFF0D: 0x2D, 0xFF0F: 0x2F, 0xFF5E: 0x7E, 0x301C: 0x7E}

_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_CHINESE = r"[〇零一二两三四五六七八九十百千万亿]+(?:点[〇零一二三四五六七八九]+)?|半"
_NUMBER = rf"(?:{_ARABIC}(?:\s*[百千万亿]+)?|{_CHINESE})"
_UNITS = (
    "个工作日|工作日|个自然日|自然日|个?小时|个?钟头|分钟|秒|个月|季度|周岁|床日|人次|疗程|部位|公里|千米|毫克|毫升|微克|千克|公斤"
    "|星期|年度|倍|元|角|日|天|周|月|年|岁|名|人|位|次|例|份|张|项|条|款|种|类|级|台|支|片|粒|盒|针|袋|瓶|家|户|套|组|床|批|版|号"
    "|档|页|期|折|成|分|个|度|℃|%|‰|mg|ml|kg|cm|mm|ug|μg|mmol|iu|万|g|l|h"
)
_SAME_UNIT = {
    unit: name
    for name, units in {
        "日": "天 自然日 个自然日",
        "工作日": "个工作日",
        "小时": "个小时 钟头 个钟头 h",
        "周": "星期",
        "岁": "周岁",
        "人": "名 位",
        "年": "年度",
        "kg": "公斤 千克",
        "mg": "毫克",
        "ml": "毫升",
        "ug": "微克 μg",
        "公里": "千米",
    }.items()
    for unit in units.split()
}
_ORDINAL = (
    rf"第[（(]?(?P<place>{NUMERAL}|\d+)[）)]?(?P<of>条|款|项|章|节|编|目|号|批|版|页|期|季度|组|类|次|年|档|级)"
    rf"(?:之(?P<inserted>{NUMERAL}|\d+))?"
)
_DATE = (
    r"(?<!\d)(?P<year>(?:19|20)\d\d|[一二][〇零一二三四五六七八九]{3})(?:年度?|[-/.](?=\d))"
    rf"(?:(?P<month>{NUMERAL}|\d{{1,2}})(?:月份?|[-/.](?=\d))(?:(?P<day>{NUMERAL}|\d{{1,2}})日?)?)?"
)
_DAY_OF_YEAR = rf"(?<![\d个])(?P<month_only>{NUMERAL}|\d{{1,2}})月(?P<day_only>{NUMERAL}|\d{{1,2}})日"
_PERCENT = rf"百分之(?P<said>{_CHINESE}|{_ARABIC})|(?P<percent>{_ARABIC})\s*%"
_SHARE = rf"(?P<below>{NUMERAL}|\d+)分之(?P<above>{NUMERAL}|\d+)"
_PLAIN = rf"(?P<number>{_NUMBER})\s*(?:余|多)?\s*(?P<unit>{_UNITS})?"
_WORD = r"(?P<word>[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*)"
_ANY = re.compile("|".join((_WORD, _ORDINAL, _DATE, _DAY_OF_YEAR, _PERCENT, _SHARE, _PLAIN)), re.I)
# 一般, 统一, 之一, 一次性 … count nothing
_IDIOM = re.compile(
    r"(?:(?<=[唯同统任之其每逐单进万])一|一(?=般|律|定|些|并|致|旦|切|方面|贯|直|时|体|次性|步|起(?!付)|线|经))"
)
_SOFT = frozenset("个种项类点")  # 一个, 一种 … are articles rather than counts
_RANGE = re.compile(r"^\s*(?:至|到|-|—+|~)\s*$")
_RANGE_BEGUN = re.compile(rf"(?:至|到|-|~)\s*{_NUMBER}\s*(?:{_UNITS})", re.I)
_NOT = r"(?:不得?|不能|不可|不应|未)\s*"
_BEFORE = (
    ("le", rf"{_NOT}(?:超过|多于|高于|大于|长于)|至多|最多|最高|最长|上限为?|封顶"),
    ("lt", r"不足|不满|未满|不到|(?<![不得能可应未])(?:少于|低于|小于|短于)"),
    ("ge", rf"{_NOT}(?:少于|低于|小于|短于)|至少|最少|最低|下限为?|满(?!意)|达到?"),
    ("gt", r"超过|多于|高于|大于|长于|超出|逾"),
)
_AFTER = (
    ("le", r"及?以下|以内|之内|内|为限|封顶"),
    ("ge", r"及?以上"),
    ("after", r"之?后|以后|起"),
    ("before", r"之?前|以前"),
)
_WITHIN = re.compile(r"以内|之内|内")

Value = Fraction | tuple[int, int, int]


@dataclass(frozen=True)
class Quantity:
    """A value with its unit, where it stands, and what bounds it: le, lt, ge, gt, after, before, or nothing.

    A date's value is (year, month, day), with 0 for what is not said. `loose` bounds may be left out when the
    quantity is told again: 8小时内完成 is a limit of 8小时.
    """

    value: Value
    unit: str
    start: int
    end: int
    bound: str = ""
    loose: bool = False

    def told_by(self, other: "Quantity") -> bool:
        """Whether another text's quantity says the same of the same."""
        return self._equals(other) and (
            self.bound == other.bound or (not self.bound and other.loose) or (not other.bound and self.loose)
        )

    def _equals(self, other: "Quantity") -> bool:
        if isinstance(self.value, tuple) and isinstance(other.value, tuple):
            return all(mine in (0, theirs) for mine, theirs in zip(self.value, other.value, strict=True))
        return self.value == other.value and (self.unit == other.unit or not self.unit)


def narrow(text: str) -> str:
    """Full-width digits, letters and signs of numbers as half-width; positions stay the same."""
    return text.translate(_WIDTH)


def quantities(text: str) -> list[Quantity]:
    """Every quantity of a text, in order; what only looks like one (一般, 之一) is none."""
    plain = narrow(text)
    found = [one for match in _ANY.finditer(plain) if (one := _read(match, plain)) is not None]
    return [_bounded(one, plain) for one in _shared_units(found, plain)]


def words(text: str) -> set[str]:
    """The Latin words and codes of a text, such as CT, J18.9 and DRG, in lower case."""
    return {match["word"].lower() for match in _ANY.finditer(narrow(text)) if match["word"]}


def _read(match: re.Match[str], text: str) -> Quantity | None:
    if match["word"]:
        return None
    if match["place"]:
        inserted = Fraction(number_of(match["inserted"]), 1000) if match["inserted"] else 0
        return Quantity(number_of(match["place"]) + Fraction(inserted), f"第{match['of']}", *match.span())
    if match["year"] or match["month_only"]:
        parts = (match["year"], match["month"] or match["month_only"], match["day"] or match["day_only"])
        year, month, day = (number_of(part) if part else 0 for part in parts)
        return Quantity((year, month, day), "date", *match.span())
    if match["said"] or match["percent"]:
        return Quantity(_value(match["said"] or match["percent"]), "%", *match.span())
    if match["below"]:
        below = number_of(match["below"])
        return Quantity(Fraction(number_of(match["above"]), below), "share", *match.span()) if below else None
    return _read_plain(match, text)


def _read_plain(match: re.Match[str], text: str) -> Quantity | None:
    number, unit = match["number"], (match["unit"] or "").lower()
    if _IDIOM.match(text, match.start()):
        return None
    if not number[0].isdigit():
        counted = bool(unit) or (len(number) > 1 and any(sign in "十百千万亿" for sign in number))
        counted = counted or _RANGE_BEGUN.match(text, match.end()) is not None
        if not counted or (number == "一" and unit in _SOFT) or number in ("万", "亿", "千", "百"):
            return None
    value = _value(number)
    if unit == "万":
        value, unit = value * 10_000, ""
    return Quantity(value, _SAME_UNIT.get(unit, unit), *match.span())


def _value(number: str) -> Fraction:
    """`1,200`, `二十四`, `1.5万`, `三点五` and `半` as exact values."""
    plain = re.sub(r"[,\s]", "", number)
    if plain == "半":
        return Fraction(1, 2)
    arabic = re.match(r"\d+(?:\.\d+)?", plain)
    if arabic:
        scale = Fraction(1)
        for sign in plain[arabic.end() :]:
            scale *= {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}[sign]
        return Fraction(arabic[0]) * scale
    whole, _, tail = plain.partition("点")
    return _whole_number(whole) + (Fraction(number_of(tail), 10 ** len(tail)) if tail else 0)


def _whole_number(text: str) -> Fraction:
    for sign, size in (("亿", 100_000_000), ("万", 10_000)):
        high, found, low = text.rpartition(sign)
        if found:
            return (_whole_number(high) if high else Fraction(1)) * size + _whole_number(low)
    return Fraction(number_of(text) if text else 0)


def _shared_units(found: list[Quantity], text: str) -> Iterator[Quantity]:
    """In 1至2倍 the first number has the unit of the second, and the two bound a range."""
    for place, one in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        before = found[place - 1] if place else None
        if following and _RANGE.match(text[one.end : following.start]) and one.unit in ("", following.unit):
            one = replace(one, unit=following.unit, bound="ge")
        elif following and not one.unit and text[one.end : following.start].strip() in ("、", "或", "和"):
            one = replace(one, unit=following.unit)
        elif before and _RANGE.match(text[before.end : one.start]) and before.unit in ("", one.unit):
            # 三千元至一万元以上 ends its range at a lower bound
            own = _bounded(one, text).bound
            one = replace(one, bound=f"to {own}" if own else "le")
        yield one


def _bounded(one: Quantity, text: str) -> Quantity:
    if one.bound or one.unit.startswith("第"):
        return one
    ahead, behind = text[max(0, one.start - 8) : one.start], text[one.end : one.end + 4]
    for bound, sign in _AFTER:
        if re.match(sign, behind):
            loose = bool(_WITHIN.match(behind)) or (bound == "after" and one.unit == "date")
            return replace(one, bound=bound, loose=loose)
    for bound, sign in _BEFORE:
        if re.search(rf"(?:{sign})(?:为|是|约|每)?$", ahead):
            return replace(one, bound=bound)
    return one
