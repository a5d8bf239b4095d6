"""The forms in which two names of one item are compared; it knows nothing of catalogues or scores.

Two names with one normal form are taken for the same item without asking anybody, so the normal form keeps whatever
could make another item of it: numbers, sides, 加收, what stands in brackets.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.numerals import NUMERAL, number_of
from knowledge.readers.text import fold

REWRITES = Path(__file__).parent / "name_rewrites.yaml"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_BRACKETED = re.compile(r"\(([^()]*)\)")
_ABBREVIATION = re.compile(r"[a-z]{2,}")  # letters alone: a figure in it tells items apart
_CLASS = re.compile(r"ig[gmaed]|.?anca|.*[dr]na")  # what is measured, not what it is called for short
_ASSAY = re.compile(r"测定|检测|试验|抗体|抗原")  # elsewhere the letters say with which machine: 简易定位(CT)
_BRACKETS = re.compile(r"[()]")


@cache
def _rewrites() -> Any:
    said = yaml.safe_load(REWRITES.read_text(encoding="utf-8"))
    return (
        [(re.compile(pattern), replacement) for pattern, replacement in said["rewrites"]],
        re.compile(said["units"]),
        re.compile(rf"({NUMERAL})(?={said['counters']})"),
        re.compile(rf"(?<![a-z])(viii|vii|vi|iv|ix|iii|ii|i|v)(?![a-z])(?={said['counters']})?"),
    )


@lru_cache(maxsize=100_000)
def folded(name: str) -> str:
    """Width, case and blanks away: two names that only differ so are the same words."""
    return fold(name).lower().replace("（", "(").replace("）", ")")


@lru_cache(maxsize=100_000)
def normal_form(name: str) -> str:
    """The name with spellings, numerals, units and brackets made alike; bracketed words keep their place."""
    text, (rewrites, units, counted, roman) = folded(name), _rewrites()
    for pattern, replacement in rewrites:
        text = pattern.sub(replacement, text)
    text = counted.sub(lambda found: str(number_of(found[1])), text)
    text = roman.sub(lambda found: str(_ROMAN[found[1]]), text)
    text = _BRACKETED.sub(lambda found: "" if units.fullmatch(found[1]) or not found[1] else found[0], text)
    return _BRACKETS.sub("", text)


@lru_cache(maxsize=100_000)
def without_abbreviation(name: str) -> str | None:
    """The normal form of an assay without its bracketed abbreviation, as in 测定(PT); null where it has none."""
    text = folded(name)
    shorter = _BRACKETED.sub(lambda found: "" if _is_abbreviation(found[1]) else found[0], text)
    return normal_form(shorter) if shorter != text and _ASSAY.search(shorter) else None


def _is_abbreviation(inside: str) -> bool:
    return bool(_ABBREVIATION.fullmatch(inside)) and not _CLASS.fullmatch(inside)


def in_any_order(name: str) -> str:
    """The characters of the normal form, sorted: the same words in another order."""
    return "".join(sorted(normal_form(name)))
