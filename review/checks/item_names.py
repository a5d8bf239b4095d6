"""Whether a charge, an order and a report speak of one service, whatever each of them calls it.

Names are folded, shortened to their core and looked up among synonyms; it knows nothing of times or counts.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from review.facts.cited_results import modality_of

NAMES = Path(__file__).parent / "item_names.yaml"
BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
ANALYTE = re.compile(
    r"(?:蛋白|抗体|抗原|酶|激素|醇|素|肽|酸|离子|因子|计数|比值|时间)$"
)  # 糖化血红蛋白 is no 血红蛋白
SHORTEST_PART = 4
PATIENT = re.compile(r"^(?:新生儿|小儿|儿童)")  # notes leave out for whom an item is made


@cache
def _names() -> dict[str, Any]:
    known: dict[str, Any] = yaml.safe_load(NAMES.read_text("utf-8"))
    return known


def synonym_groups() -> list[list[str]]:
    """The spellings of one service, group by group."""
    groups: list[list[str]] = _names()["same"]
    return groups


@cache
def _groups() -> dict[str, int]:
    """Each spelling and the number of its group."""
    return {core(name): number for number, group in enumerate(_names()["same"]) for name in group}


@cache
def _panels() -> list[tuple[re.Pattern[str], frozenset[int | str]]]:
    return [
        (re.compile(panel["named"]), frozenset(_identity(core(member)) for member in panel["members"]))
        for panel in _names()["panels"]
    ]


@cache
def core(name: str) -> str:
    """The part of a name that says what it is: 血清总蛋白测定 → 总蛋白, X线计算机体层(CT)平扫 → ct平扫."""
    text = BRACKETS.sub("", unicodedata.normalize("NFKC", name).lower()).strip()
    for pattern, replacement in _names()["rewrites"]:
        text = re.sub(pattern, replacement, text) or text
    return text


@cache
def forms(name: str) -> frozenset[str]:
    """All that a name may be known by: its core, and the abbreviations in its brackets."""
    folded = unicodedata.normalize("NFKC", name).lower()
    short = [
        re.sub(r"[-—–_ ]", "", inside) for inside in BRACKETS.findall(folded) if re.search(r"[a-z]", inside)
    ]
    return frozenset({core(name), *(inside for inside in short if len(inside) >= 2)} - {""})


def _identity(form: str) -> int | str:
    return _groups().get(form, form)


@cache
def same_service(one: str, other: str) -> bool:
    """Two names of one service: equal, synonyms, or the longer holding the whole of the shorter."""
    ones, others = forms(one), forms(other)
    if {_identity(form) for form in ones} & {_identity(form) for form in others}:
        return True
    return any(
        len(shorter) >= SHORTEST_PART
        and (longer.startswith(shorter) if ANALYTE.search(shorter) else shorter in longer)
        and modality_of(one) == modality_of(other)
        for a in ones
        for b in others
        for shorter, longer in (sorted((a, b), key=len),)
    )


@cache
def in_panel(item: str, panel: str) -> bool:
    """Whether an ordered set, by its usual members, holds the item."""
    identities = {_identity(form) for form in forms(item)}
    return any(
        pattern.search(unicodedata.normalize("NFKC", panel).lower()) and identities & members
        for pattern, members in _panels()
    )


@cache
def spellings(item: str) -> tuple[str, ...]:
    """The words by which notes may speak of an item, longest first; too short ones would be found anywhere."""
    known = _groups().get(core(item))
    short = PATIENT.sub("", core(item))
    written = {BRACKETS.sub("", item), core(item), *forms(item)}
    if len(short) >= SHORTEST_PART:
        written.add(short)
    if known is not None:
        written |= set(_names()["same"][known])
    words = sorted((word for word in written if len(word) >= 2), key=lambda word: (-len(word), word))
    return tuple(words) or (item,)
