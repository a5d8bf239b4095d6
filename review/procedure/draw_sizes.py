"""How many are drawn from each stratum, and how many of them by weight. All by exact fractions, ties by name.

A share is rounded up in each stratum, since the plans ask for at least that share (5 %, Uxin 2023, parts 1 and 5(1);
not under 20 %, Jilin 2020, part 5, stage 3). A total is spread in proportion, two to a stratum first where it has two,
because a stratum of one drawn unit tells nothing of its spread (Cochran, Sampling Techniques, 3rd ed. 1977, 5A.12).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from review.errors import SettingsError
from review.procedure.draw_lists import share

SHARE, EACH, TOTAL = "share", "each", "total"
LEAST = 2


@dataclass(frozen=True)
class Size:
    """How much is drawn: a share of each stratum, a number in each, or a number over all."""

    kind: str
    value: str


@dataclass(frozen=True)
class Stratum:
    """Counts of one stratum; `weighty` are the eligible units whose weight is not zero."""

    name: str
    listed: int
    designated: int
    eligible: int
    weighty: int


def sizes_of(strata: Sequence[Stratum], size: Size, minimum: str, empty_allowed: bool) -> dict[str, int]:
    """How many are drawn at random or by weight in each stratum. Raises SettingsError saying what to relax."""
    bare = [one for one in strata if not one.eligible and not one.designated]
    if bare and not empty_allowed:
        raise SettingsError(
            f"层“{bare[0].name}”列名 {bare[0].listed} 个，可抽 0 个；请放宽除外、回头看或排名的条件，"
            "指定其中的对象，合并分层，或用 --allow-empty 写明不抽这一层。"
        )
    if not any(one.eligible for one in strata) and not any(one.designated for one in strata):
        raise SettingsError("没有可抽的对象；请放宽除外、回头看或排名的条件，或扩大名单。")
    if size.kind == SHARE:
        wanted = share(size.value, "抽取比例")
        if not wanted:
            raise SettingsError("抽取比例为 0，抽不出对象；请写大于 0 的比例。")
        counts = {one.name: ceil(wanted * one.eligible) for one in strata}
    else:
        counts = (
            _each(strata, _count(size.value)) if size.kind == EACH else _spread(strata, _count(size.value))
        )
    _hold_minimum(strata, counts, minimum)
    return counts


def weighted_of(strata: Sequence[Stratum], counts: Mapping[str, int], risk_share: str) -> dict[str, int]:
    """How many of each stratum's draw go by weight, so that the stated share holds over all as nearly as it can."""
    wanted = share(risk_share, "按风险选取的占比")
    weighted = largest_remainders(
        {one.name: wanted * counts[one.name] for one in strata}, _half_up(wanted * sum(counts.values()))
    )
    short = next((one for one in strata if weighted[one.name] > one.weighty), None)
    if short:
        raise SettingsError(
            f"层“{short.name}”按风险要选 {weighted[short.name]} 个，风险分大于 0 的只有 {short.weighty} 个；"
            "请降低按风险选取的占比，或补全风险分。"
        )
    return weighted


def largest_remainders(exact: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Whole numbers that sum to `total`, each the floor of its exact value or one more; ties by name."""
    counts = {name: floor(value) for name, value in exact.items()}
    order = sorted(exact, key=lambda name: (counts[name] - exact[name], name))
    for name in order[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:12]) < 10**9:
        raise SettingsError(f"抽取数“{text[:20]}”不是正整数；请改正。")
    return int(text)


def _each(strata: Sequence[Stratum], wanted: int) -> dict[str, int]:
    short = next((one for one in strata if one.eligible and one.eligible < wanted), None)
    if short:
        raise SettingsError(
            f"层“{short.name}”要抽 {wanted} 个，可抽的只有 {short.eligible} 个；"
            "请减少每层抽取数，放宽除外、回头看或排名的条件，或合并分层。"
        )
    return {one.name: wanted if one.eligible else 0 for one in strata}


def _spread(strata: Sequence[Stratum], wanted: int) -> dict[str, int]:
    first = {one.name: min(LEAST, one.eligible) for one in strata}
    whole, least = sum(one.eligible for one in strata), sum(first.values())
    if wanted > whole:
        raise SettingsError(
            f"共要抽 {wanted} 个，可抽的只有 {whole} 个；请减少抽取数，或放宽条件、扩大名单。"
        )
    if wanted < least:
        raise SettingsError(
            f"共要抽 {wanted} 个，而 {len(strata)} 层每层至少 {LEAST} 个，需要 {least} 个；请增加抽取数，或合并分层。"
        )
    open_places = Fraction(whole - least)
    exact = {
        one.name: (wanted - least) * (one.eligible - first[one.name]) / open_places
        if open_places
        else Fraction(0)
        for one in strata
    }
    more = largest_remainders(exact, wanted - least)
    return {name: first[name] + more[name] for name in first}


def _hold_minimum(strata: Sequence[Stratum], counts: Mapping[str, int], minimum: str) -> None:
    """What is taken, designated ones included, is at least this share of what each stratum lists."""
    least = share(minimum, "最低比例")
    for one in strata:
        needed, taken = ceil(least * one.listed), counts[one.name] + one.designated
        if taken >= needed:
            continue
        more = (
            f"可抽的还剩 {one.eligible - counts[one.name]} 个，请提高抽取比例或抽取数"
            if one.eligible + one.designated >= needed
            else f"可抽的只有 {one.eligible} 个，请放宽除外、回头看或排名的条件，或指定对象"
        )
        raise SettingsError(
            f"层“{one.name}”列名 {one.listed} 个，最低比例 {minimum} 要 {needed} 个，现为 {taken} 个；{more}。"
        )
