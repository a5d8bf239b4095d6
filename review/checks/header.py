"""The header of a check: a closed model, read from the first comment of a `.sql` or given to `@check`.

A misspelt key is an error that names file and key. Numbers live in `limits`, messages in `message`;
nothing of a check is declared anywhere else.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from review.errors import HeaderError
from review.violations import VIOLATIONS, Certainty, Family

Limits = Mapping[str, Any]
Gathering = Callable[[Any, Limits], Any]


class Declared(NamedTuple):
    """A Python check as its module declares it."""

    header: "Header"
    function: Callable[..., Iterator[Any]]
    gathers: Gathering | None


PYTHON_HEADERS: dict[str, Declared] = {}


class NotChecked(Exception):
    """Raised by a Python check: an input is missing. The reason names it, in Chinese."""


class NotApplicable(Exception):
    """Raised by a Python check: the question does not arise on this admission. The reason says why."""


MISTAKES = {
    "missing": "缺这个键",
    "extra_forbidden": "没有这个键",
    "string_type": "应是文字",
    "tuple_type": "应是列表",
    "dict_type": "应是 键: 值",
    "bool_parsing": "应是 true 或 false",
    "int_parsing": "应是整数",
    "too_short": "不能为空",
    "enum": "不在可用的值之内",
    "literal_error": "不在可用的值之内",
    "string_pattern_mismatch": "应写成 CHG-901 的样子",
    "model_type": "应是 键: 值",
}


class Needs(BaseModel):
    """What a check cannot speak without."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tables: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    clock: bool = False


class Covers(BaseModel):
    """Numbers of the 88 national rule classes and the 183 typical problems (2025 edition) it answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    classes: tuple[int, ...] = ()
    problems: tuple[int, ...] = ()


class Header(BaseModel):
    """All that is declared about one check; the rule book page shows it as it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str = Field(pattern=r"^(CHG|ADM|DOC)-\d{3}$")
    title: str
    violation: str
    certainty: Certainty
    scope: Literal["admission", "person", "ward", "hospital"] = "admission"
    needs: Needs = Needs()
    limits: dict[str, Any] = {}
    limits_said: dict[str, str] = {}  # what each limit is, as the page that changes it calls it
    takes: Literal["units", "price"] = (
        "units"  # the amount is whole units of its lines, or a part of every unit's price
    )
    counted: bool = True  # false: no yuan whatever the certainty, the expert may choose a sum
    basis: tuple[str, ...] = Field(min_length=1)
    basis_of: dict[str, tuple[str, ...]] = {}  # where a finding is of another violation than the header's
    covers: Covers = Covers()
    message: str = ""
    why: str
    exceptions: tuple[str, ...] = ()
    overturned_by: tuple[str, ...] = ()

    @field_validator("violation")
    @classmethod
    def _known_violation(cls, code: str) -> str:
        if code not in VIOLATIONS:
            raise ValueError(f"没有“{code}”这种违规类型")
        return code

    @model_validator(mode="after")
    def _said_of_limits(self) -> "Header":
        strange = [name for name in self.limits_said if name not in self.limits]
        if strange:
            raise ValueError(f"limits_said 里的“{'”“'.join(strange)}”不是 limits 里的参数")
        return self

    def basis_for(self, violation: str) -> tuple[str, ...]:
        """The clauses that a finding of this violation rests on."""
        return self.basis_of.get(violation, self.basis)

    @property
    def family(self) -> Family:
        return VIOLATIONS[self.violation].family


def read_header(text: str, file: Path | str) -> Header:
    """Parse the YAML of a `/* … */` comment at the head of a `.sql` file."""
    opening, closing = text.find("/*"), text.find("*/")
    if opening != 0 or closing < 0:
        raise HeaderError(f"{file}：文件须以 /* … */ 注释开头，注释里写检查的说明；请补上。")
    try:
        declared = yaml.safe_load(text[opening + 2 : closing])
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = (
            f"说明第 {mark.line + 1} 行第 {mark.column + 1} 列附近"
            if mark
            else " ".join(str(problem).split())
        )
        raise HeaderError(f"{file}：说明不是合法的 YAML（{place}）；请改正。") from problem
    return make_header(declared, file)


def make_header(declared: Any, file: Path | str) -> Header:
    """Check a declaration against the closed model; an error names file and key."""
    try:
        return Header.model_validate(declared)
    except ValidationError as problem:
        keys = "；".join(
            f"{'.'.join(str(part) for part in error['loc']) or '整个说明'}：{_in_chinese(error)}"
            for error in problem.errors()
        )
        raise HeaderError(f"{file}：检查说明有误（{keys}）；请改正该键。") from problem


def _in_chinese(error: Any) -> str:
    said = MISTAKES.get(error["type"])
    return said or str(error["msg"]).removeprefix("Value error, ")


def check(
    *, gathers: Gathering | None = None, **declared: Any
) -> Callable[[Callable[..., Iterator[Any]]], Callable[..., Iterator[Any]]]:
    """Declare a Python check: a generator over one record (or the inspection) that yields `Problem`s.

    A check across stays may name what it `gathers` of each: a function of a record and the limits, asked stay by stay
    and in any process, whose answers the generator is given by admission. An answer is small and holds no record."""

    def register(function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        header = make_header(declared, function.__module__)
        known = PYTHON_HEADERS.get(header.code)
        if known is not None and known.function.__module__ != function.__module__:
            raise HeaderError(
                f"{function.__module__}：编号 {header.code} 已被 {known.function.__module__} 使用；请换一个。"
            )
        PYTHON_HEADERS[header.code] = Declared(header, function, gathers)
        return function

    return register
