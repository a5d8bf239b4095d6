"""The automatic numbers of Word paragraphs, which stand in no text: 第一条, 一、, （一）, 1. as Word would show them.

Counts the paragraphs of a list as they are met, level by level; a bullet is no number and gives nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from docx.oxml import parse_xml

from knowledge.numerals import in_chinese

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEEPEST = 9
_CLOSED = re.compile(r"[、）)．。：:]$")


@dataclass(frozen=True)
class _Level:
    """One level of a list: where it starts, how it counts, and its pattern such as `（%1）`."""

    start: int
    format: str
    pattern: str
    plain: bool  # all counters as Arabic numbers, whatever their own levels say


Style = tuple[str | None, str | None, str | None]  # list, level, style it builds on


@dataclass
class Numbering:
    """The lists of one Word file, and how far each has counted."""

    levels: dict[str, dict[int, _Level]]  # by abstract list
    lists: dict[str, tuple[str, dict[int, int]]]  # list → abstract list, starts of its own
    styles: Mapping[str, Style]
    _counters: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, paragraph: Any) -> str:
        """The number of the next paragraph, with a space where Word leaves one; empty for none."""
        number, level = self._place(paragraph)
        abstract, own_starts = self.lists.get(number or "", ("", {}))
        levels = self.levels.get(abstract, {})
        shape = levels.get(level)
        if shape is None:
            return ""
        counters = self._counters.setdefault(abstract, [None] * _DEEPEST)
        before = counters[level]
        start = own_starts.get(level) if (number or "", level) not in self._begun else None
        self._begun.add((number or "", level))
        counters[level] = start if start is not None else shape.start if before is None else before + 1
        counters[level + 1 :] = [None] * (_DEEPEST - level - 1)
        if shape.format in ("bullet", "none"):
            return ""
        text = re.sub(
            r"%([1-9])", lambda match: self._shown(levels, counters, int(match[1]) - 1, shape), shape.pattern
        )
        return text if not text or _CLOSED.search(text) else f"{text} "

    def _shown(self, levels: dict[int, _Level], counters: list[int | None], level: int, shape: _Level) -> str:
        counted = levels.get(level)
        value = counters[level]
        value = value if value is not None else counted.start if counted else 1
        return counted_as("decimal" if shape.plain or counted is None else counted.format, value)

    def _place(self, paragraph: Any) -> tuple[str | None, int]:
        """The list and level of a paragraph, its own or those of its style."""
        properties = paragraph.find(f"{_W}pPr")
        own = None if properties is None else properties.find(f"{_W}numPr")
        number, level = _of(own)
        style = None if properties is None else properties.find(f"{_W}pStyle")
        name = None if style is None else style.get(f"{_W}val")
        for _ in range(20):  # styles may build on each other, and a damaged file in a circle
            if name is None or name not in self.styles or (number is not None and level is not None):
                break
            style_number, style_level, name = self.styles[name]
            number, level = number or style_number, level or style_level
        depth = int(level) if level and level.isdecimal() else 0
        return (None if number == "0" else number), min(depth, _DEEPEST - 1)


def read_numbering(document: Any) -> Numbering:
    """The lists a Word file defines; none where it has no such part."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return Numbering({}, {}, {})
    levels = {
        str(one.get(f"{_W}abstractNumId")): {
            level: shape
            for each in one.findall(f"{_W}lvl")
            if (level := _number(each.get(f"{_W}ilvl"), 0)) < _DEEPEST and (shape := _level(each))
        }
        for one in root.findall(f"{_W}abstractNum")
    }
    lists = {}
    for one in root.findall(f"{_W}num"):
        starts = {
            _number(override.get(f"{_W}ilvl"), 0): _number(_value(override, "startOverride"), 1)
            for override in one.findall(f"{_W}lvlOverride")
            if override.find(f"{_W}startOverride") is not None
        }
        lists[str(one.get(f"{_W}numId"))] = (str(_value(one, "abstractNumId")), starts)
    return Numbering(levels, lists, _styles(document))


def _styles(document: Any) -> Mapping[str, Style]:
    related = (relation for relation in document.part.rels.values() if not relation.is_external)
    named = (relation for relation in related if relation.reltype.rpartition("/")[2] == "styles")
    relation = next(named, None)
    return {} if relation is None else _styles_in(relation.target_part.blob)


@lru_cache(maxsize=8)  # the files of one system have the same styles, which are long
def _styles_in(styles: bytes) -> Mapping[str, Style]:
    return {
        str(style.get(f"{_W}styleId")): (*_of(style.find(f"{_W}pPr/{_W}numPr")), _value(style, "basedOn"))
        for style in parse_xml(styles).findall(f"{_W}style")
    }


def _level(element: Any) -> _Level | None:
    pattern = _value(element, "lvlText")
    if pattern is None:
        return None
    return _Level(
        _number(_value(element, "start"), 1),
        _value(element, "numFmt") or "decimal",
        pattern,
        element.find(f"{_W}isLgl") is not None,
    )


def _of(properties: Any) -> tuple[str | None, str | None]:
    return (None, None) if properties is None else (_value(properties, "numId"), _value(properties, "ilvl"))


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{_W}{name}")
    value = None if child is None else child.get(f"{_W}val")
    return None if value is None else str(value)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else otherwise


def counted_as(shape: str, number: int) -> str:
    """A counter in one of Word's number formats; an unknown one counts in Arabic numbers."""
    count = _FORMATS.get(shape)
    return count(number) if count and number > 0 else str(number)


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    signs = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"))
    text = ""
    for value, sign in (*signs, (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        text += sign * (number // value)
        number %= value
    return text


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if number <= 20 else f"({number})"


def _in_turn(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)]


def _chinese(number: int) -> str:
    return in_chinese(number) if number < 10_000 else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        (
            "chineseCounting",
            "chineseCountingThousand",
            "taiwaneseCounting",
            "taiwaneseCountingThousand",
            "japaneseCounting",
            "ideographDigital",
        ),
        _chinese,
    ),
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": str,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "ideographTraditional": _in_turn("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _in_turn("子丑寅卯辰巳午未申酉戌亥"),
}
