"""The numbers of the procedure, each with the plan it comes from; a bureau's own file changes them without code."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from review.errors import InputError
from review.procedure.working_days import working_days_after

SHIPPED = Path(__file__).with_name("terms.yaml")
OWN = "terms.yaml"  # in the home folder


class Unit(StrEnum):
    """What a term's number counts."""

    WORKING_DAYS = "working_days"
    DAY_OF_MONTH = "day_of_month"
    PERCENT = "percent"
    TIMES_A_YEAR = "times_a_year"
    PLACES = "places"
    OBJECTS = "objects"


UNIT_NAMES = {
    Unit.WORKING_DAYS: "个工作日",
    Unit.DAY_OF_MONTH: "日（每月）",
    Unit.PERCENT: "%",
    Unit.TIMES_A_YEAR: "次（每年）",
    Unit.PLACES: "名",
    Unit.OBJECTS: "家",
}
MOST = {Unit.DAY_OF_MONTH: 28, Unit.PERCENT: 100}


class Term(BaseModel):
    """One number: what it is of, from which day a term runs, and where it is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: int = Field(gt=0, le=1000)
    unit: Unit
    says: str
    begins: str | None
    document: str
    number: str | None
    passage: str
    why: str | None = None  # of a bureau's own value


class OwnTerm(BaseModel):
    """A bureau's own value for a term, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: int = Field(gt=0, le=1000)
    why: str = Field(min_length=1)


def terms(home: Path | None = None) -> Mapping[str, Term]:
    """All terms by key, a bureau's own values laid over. Raises InputError naming file, key and remedy."""
    held = dict(_shipped())
    file = home / OWN if home else None
    if file is None or not file.is_file():
        return held
    for key, said in _read(file).items():
        if key not in held:
            raise InputError(f"{file.name}：没有名为 {key} 的期限或比例；有：{'、'.join(held)}。")
        try:
            own = OwnTerm.model_validate(said)
        except ValidationError as problem:
            raise InputError(f"{file.name}：{key} 须写 value（正整数）和 why（理由）；请改正。") from problem
        if own.value > MOST.get(held[key].unit, own.value):
            raise InputError(f"{file.name}：{key} 不能大于 {MOST[held[key].unit]}；请改正。")
        held[key] = held[key].model_copy(update={"value": own.value, "why": own.why})
    return held


def due(term: Term, begins: date) -> date:
    """When a term that begins on a day ends: so many working days after it, or that day of the month to come."""
    if term.unit is Unit.WORKING_DAYS:
        return working_days_after(begins, term.value)
    if term.unit is not Unit.DAY_OF_MONTH:
        raise InputError(f"“{term.says}”不是期限，没有到期日。")
    year, month = divmod(begins.year * 12 + begins.month - 1 + (begins.day > term.value), 12)
    return date(year, month + 1, term.value)


@cache
def _shipped() -> Mapping[str, Term]:
    return {key: Term.model_validate(said) for key, said in _read(SHIPPED).items()}


def _read(file: Path) -> Mapping[str, Any]:
    try:
        read = yaml.safe_load(file.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise InputError(f"{file.name} 不是可读的 YAML；请核对缩进和编码（UTF-8）。") from problem
    if not isinstance(read, dict):
        raise InputError(f"{file.name} 须是“名称: 内容”的形式；请对照说明改写。")
    return read
