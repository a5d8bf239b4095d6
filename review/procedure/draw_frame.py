"""Who can be drawn: the strata of a list, who is left out and why, who is designated, who is looked back at.

Where the rules come from, in our words:
- designation before chance, look-back and exclusion: Jilin 2024 plan of provincial flying inspections, part 1, objects
  1 (chance or designation within the list by fund use), 2 (two of the ten pharmacies that use most), 4 (one hospital of
  each pooling area among those inspected in or before 2022), 5 (the bureau may name objects on reports or data), 6 (who
  was inspected by the state in 2023 or 2024 or by the province in 2023 is passed over unless the bureau names it);
- everything reported or handed down is inspected, at least a share on site: Jilin 2020 campaign plan, part 5, stage 3;
- each kind of object drawn by share for itself: Uxin 2023 joint random inspection, parts 1 and 5(1).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from review.errors import InputError, SettingsError
from review.procedure.draw_lists import DrawList, listed, number

NOT_SAID = "（未填）"
WHOLE = "全部"
BETWEEN = "／"  # never inside a part, so that two different strata never bear one name
NO = frozenset({"", "否", "0", "无", "不"})
_INSPECTED = re.compile(r"([^\d\s]{1,20})(\d{4})年?")


@dataclass(frozen=True)
class StratumColumn:
    """A column whose values are strata, or whose numbers are cut at the bounds; a bound is the upper part's."""

    column: str
    bounds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """Which column says what; empty where the list does not say it."""

    key: str
    name: str = ""
    risk: str = ""
    history: str = ""  # past inspections, as 国家2023；省级2021
    designated: str = ""  # the reason for naming the object; empty, 否 or 0 for none
    region: str = ""
    top: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        return tuple(
            name
            for name in (
                self.key,
                self.name,
                self.risk,
                self.history,
                self.designated,
                self.region,
                self.top,
            )
            if name
        )


@dataclass(frozen=True)
class FrameRules:
    """What of the list can be drawn. `excluded` are past inspections, as 国家2023; `lookback` their levels."""

    columns: Columns
    strata: tuple[StratumColumn, ...] = ()
    excluded: tuple[str, ...] = ()
    lookback: tuple[str, ...] = ()
    lookback_until: int = 0
    top: int = 0
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """One object or record of the list. `barred` says why it cannot be drawn, `designated` why it is taken anyway."""

    key: str
    name: str
    stratum: str
    region: str
    risk: Fraction
    size: Fraction
    designated: str = ""
    barred: str = ""


def units_of(rows: DrawList, rules: FrameRules) -> tuple[Unit, ...]:
    """Every row as a unit, in the order of the list. Raises InputError naming the row, SettingsError an option."""
    if rules.lookback and not (rules.columns.history and rules.lookback_until):
        raise SettingsError("“回头看”要写明历次检查的列和截止年度；请补上 --history 和 --until。")
    if rules.excluded and not rules.columns.history:
        raise SettingsError("除外规则要有历次检查的列；请补上 --history。")
    for said in rules.excluded:
        if not _INSPECTED.fullmatch(said):
            raise SettingsError(f"除外规则“{said}”读不出来；请写成“国家2023”。")
    unknown = set(rules.left_out) - {row[rows.key] for row in rows.rows}
    if unknown:
        raise SettingsError(f"要略过的 {'、'.join(sorted(unknown)[:5])} 不在名单里；请核对。")
    units = tuple(_unit(row, rules) for row in rows.rows)
    return _only_top(units, rules) if rules.top else units


def _unit(row: Mapping[str, str], rules: FrameRules) -> Unit:
    columns = rules.columns
    key = row[columns.key]
    said = row[columns.designated] if columns.designated else ""
    unit = Unit(
        key,
        row[columns.name] if columns.name else "",
        _stratum(row, rules.strata, key),
        row[columns.region] if columns.region else "",
        number(row[columns.risk], f"{key} 的“{columns.risk}”") if columns.risk else Fraction(1),
        number(row[columns.top], f"{key} 的“{columns.top}”") if columns.top else Fraction(0),
        "" if said in NO else said,
    )
    return replace(unit, barred=_barred(unit, row, rules))


def _barred(unit: Unit, row: Mapping[str, str], rules: FrameRules) -> str:
    past = _past(row[rules.columns.history], unit.key) if rules.columns.history else frozenset()
    again = sorted(level + str(year) for level, year in past if level + str(year) in rules.excluded)
    if unit.key in rules.left_out:
        return "本年度已抽取"
    if again:
        return f"除外：已接受{'、'.join(again)}检查"
    before = any(level in rules.lookback and year <= rules.lookback_until for level, year in past)
    if rules.lookback and not before:
        return f"不在回头看范围：{rules.lookback_until} 年及以前未接受{'、'.join(rules.lookback)}检查"
    return ""


def _past(cell: str, key: str) -> frozenset[tuple[str, int]]:
    read = {said: _INSPECTED.fullmatch(said) for said in listed([cell]) if said not in NO}
    for said, found in read.items():
        if not found:
            raise InputError(f"{key} 的历次检查“{said[:20]}”读不出来；请写成“国家2023；省级2021”。")
    return frozenset((found[1], int(found[2])) for found in read.values() if found)


def _stratum(row: Mapping[str, str], strata: Sequence[StratumColumn], key: str) -> str:
    return BETWEEN.join(_part(row[one.column], one, key) for one in strata) or WHOLE


def _part(cell: str, stratum: StratumColumn, key: str) -> str:
    if not stratum.bounds:
        return cell.replace(BETWEEN, "/") or NOT_SAID
    value = number(cell, f"{key} 的“{stratum.column}”")
    bounds = bounds_of(stratum)
    place = sum(value >= bound for bound in bounds)
    if place == 0:
        return f"{stratum.column} {stratum.bounds[0]} 以下"
    if place == len(bounds):
        return f"{stratum.column} {stratum.bounds[-1]} 及以上"
    return f"{stratum.column} {stratum.bounds[place - 1]} 至 {stratum.bounds[place]}"


def bounds_of(stratum: StratumColumn) -> tuple[Fraction, ...]:
    """The bounds as numbers. Raises SettingsError where they do not rise."""
    bounds = tuple(number(bound, f"分层“{stratum.column}”的界限") for bound in stratum.bounds)
    if any(later <= earlier for earlier, later in pairwise(bounds)):
        raise SettingsError(f"分层“{stratum.column}”的界限须由小到大；请改正。")
    return bounds


def _only_top(units: tuple[Unit, ...], rules: FrameRules) -> tuple[Unit, ...]:
    """Bars who is not among the largest of the stratum; who equals the last of them stays in."""
    if not rules.columns.top:
        raise SettingsError("只从前若干名中抽取时要写明按哪一列排名；请补上 --top-by。")
    sizes: dict[str, list[Fraction]] = {}
    for unit in units:
        sizes.setdefault(unit.stratum, []).append(unit.size)
    least = {name: sorted(values, reverse=True)[: rules.top][-1] for name, values in sizes.items()}
    return tuple(
        unit
        if unit.barred or unit.size >= least[unit.stratum]
        else replace(unit, barred=f"不在“{rules.columns.top}”前 {rules.top} 名")
        for unit in units
    )
