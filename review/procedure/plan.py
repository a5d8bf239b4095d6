"""The plan of an inspection: what is examined, when, by whom, and until when each stage is to be done.

A plan is one YAML file that a bureau writes by hand; a misspelt key is refused with its place. Its parts are those of
the published plans: objects, period, emphases, team and stages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from review.errors import InputError
from review.procedure.terms import Term, Unit, due
from review.procedure.working_days import UnpublishedYear, working_days_between

SOON = 5  # working days before its end from which on a stage is due


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ObjectKind(StrEnum):
    """What may be inspected."""

    HOSPITAL = "医院"
    PHARMACY = "药店"
    AGENCY = "经办机构"


class Role(StrEnum):
    """What somebody does in the team."""

    LEADER = "组长"
    DEPUTY = "副组长"
    LIAISON = "联络员"
    EXPERT = "专家"
    FINANCE = "财务"
    INFORMATION = "信息"


class FundUse(_Closed):
    """Yuan that the fund paid an object in a year."""

    year: int = Field(ge=2000, le=2100)
    yuan: Decimal = Field(ge=0)


class PastInspection(_Closed):
    """An inspection of an object in an earlier year, and who led it: 国家, 省, 市 or 县."""

    year: int = Field(ge=2000, le=2100)
    level: str = Field(min_length=1)


class InspectedObject(_Closed):
    """A hospital, pharmacy or agency that may be inspected."""

    code: str = Field(min_length=1)
    name: str = Field(min_length=1)
    kind: ObjectKind
    region: str = ""
    level: str = ""  # of a hospital
    fund_use: tuple[FundUse, ...] = ()
    inspected: tuple[PastInspection, ...] = ()


class Member(_Closed):
    """Somebody of the team; an expert has a discipline."""

    name: str = Field(min_length=1)
    role: Role
    discipline: str = ""
    employer: str = ""
    region: str = ""


class Stage(_Closed):
    """A stage with its end: a day, or a term of the procedure and the day it begins (null: not yet known).

    A term that comes back every month is done for the month of its `done`, and due again in the next."""

    name: str = Field(min_length=1)
    ends: date | None = None
    term: str | None = None
    begins: date | None = None
    done: date | None = None

    @model_validator(mode="after")
    def _one_end(self) -> "Stage":
        if (self.ends is None) == (self.term is None):
            raise ValueError("须写 ends（日期）或 term（期限名称）之一")
        return self


class Plan(_Closed):
    """One inspection as it is planned."""

    name: str = Field(min_length=1)
    examined_from: date
    examined_to: date
    emphases: tuple[str, ...] = ()
    team: tuple[Member, ...] = ()
    objects: tuple[InspectedObject, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "Plan":
        if self.examined_to < self.examined_from:
            raise ValueError("检查时段的 examined_to 早于 examined_from")
        named = {"对象编码": [one.code for one in self.objects], "阶段": [one.name for one in self.stages]}
        for what, keys in named.items():
            if twice := sorted({key for key in keys if keys.count(key) > 1}):
                raise ValueError(f"{what}重复：{'、'.join(twice)}")
        if sum(one.role is Role.LEADER for one in self.team) > 1:
            raise ValueError("组长只能有一位")
        return self


class State(StrEnum):
    """Where a stage stands on a day."""

    DONE = "已完成"
    DONE_LATE = "逾期完成"
    LATE = "逾期"
    DUE = "临近"
    OPEN = "进行中"
    WAITING = "待起算"
    UNPUBLISHED = "待放假安排"


@dataclass(frozen=True)
class Deadline:
    """A stage on a day: when it ends (null while its term has not begun), its state, working days left.

    `unpublished` is a year whose holidays would have to be known first; what needs them is null. `monthly` is due again
    every month.
    """

    stage: Stage
    ends: date | None
    state: State
    left: int | None
    unpublished: int | None = None
    monthly: bool = False


def read_plan(file: Path) -> Plan:
    """Raises InputError naming the file, the place in it and what to mend."""
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise InputError(f"{file.name} 打不开（{problem.strerror}）；请核对路径和权限。") from problem
    return plan_in(content, file.name)


def plan_in(content: bytes, name: str) -> Plan:
    """A plan from the bytes of its file. Raises InputError as read_plan does."""
    try:
        said = yaml.safe_load(content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise InputError(f"{name} 不是可读的 YAML；请核对缩进和编码（UTF-8）。") from problem
    return plan_of(said, name)


def plan_of(said: Any, name: str) -> Plan:
    """A plan from plain values. Raises InputError as read_plan does."""
    try:
        return Plan.model_validate(said)
    except ValidationError as problem:
        raise InputError(f"{name} {_said(problem)}；请改正。") from problem


def deadlines(plan: Plan, terms: Mapping[str, Term], as_of: date) -> list[Deadline]:
    """Every stage of a plan as it stands on a day. Raises InputError where a term is not known."""
    return [_deadline(stage, terms, as_of) for stage in plan.stages]


def _term(stage: Stage, terms: Mapping[str, Term]) -> Term | None:
    if stage.term is not None and stage.term not in terms:
        raise InputError(f"阶段“{stage.name}”：没有名为 {stage.term} 的期限；有：{'、'.join(terms)}。")
    return terms[stage.term] if stage.term is not None else None


def _ends(stage: Stage, term: Term | None) -> date | None:
    if term is None or stage.begins is None:
        return stage.ends
    if term.unit is Unit.DAY_OF_MONTH and stage.done is not None:
        return due(term, max(stage.begins, _next_month(stage.done)))
    return due(term, stage.begins)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _deadline(stage: Stage, terms: Mapping[str, Term], as_of: date) -> Deadline:
    term = _term(stage, terms)
    monthly = term is not None and term.unit is Unit.DAY_OF_MONTH
    try:
        ends = _ends(stage, term)
    except UnpublishedYear as problem:
        state = State.UNPUBLISHED if stage.done is None else State.DONE
        return Deadline(stage, None, state, None, problem.year)
    if stage.done is not None and not monthly:
        late = ends is not None and stage.done > ends
        return Deadline(stage, ends, State.DONE_LATE if late else State.DONE, None)
    if ends is None:
        return Deadline(stage, None, State.WAITING, None, monthly=monthly)
    try:
        left = working_days_between(as_of, ends)
    except UnpublishedYear as problem:
        near = (ends - as_of).days <= SOON  # as many days at most as there are working days
        state = State.LATE if as_of > ends else State.DUE if near else State.OPEN
        return Deadline(stage, ends, state, None, problem.year, monthly)
    state = State.LATE if as_of > ends else State.DUE if left <= SOON else State.OPEN
    return Deadline(stage, ends, state, left, monthly=monthly)


_WORDS = {
    "extra_forbidden": "没有这一项",
    "missing": "缺这一项",
    "date_from_datetime_parsing": "须是日期，如 2026-03-01",
    "date_type": "须是日期，如 2026-03-01",
    "string_too_short": "不能为空",
    "too_short": "至少要有一项",
    "model_type": "须是“名称: 内容”的形式",
    "model_attributes_type": "须是“名称: 内容”的形式",
}


def _said(problem: ValidationError) -> str:
    first = problem.errors(include_url=False, include_input=False)[0]
    place = _place(first["loc"])
    if first["type"] == "enum":
        return f"{place}：只能是 {first['ctx']['expected'].replace(' or ', '、').replace(chr(39), '')}"
    if first["type"] == "value_error":
        return f"{place}：{first['ctx']['error']}"
    return f"{place}：{_WORDS.get(first['type'], '内容不对（' + first['type'] + '）')}"


def _place(parts: Sequence[Any]) -> str:
    if not parts:
        return "整份"
    return "".join(f"第 {part + 1} 项" if isinstance(part, int) else f" {part} " for part in parts).strip()
