"""The annexes of the 2020 plan as data: which table, who reports it, its problems and columns, and what is left empty.

`annexes.yaml` holds them; the problems of a hospital are those of `review/reports/annex_tables.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from review.models import Fault
from review.procedure.plan import ObjectKind
from review.reports.annex_shapes import shapes
from review.reports.paper import COUNT, TEXT, YUAN

FILE = Path(__file__).with_name("annexes.yaml")
AGENCY, HOSPITAL, PHARMACY, BUREAU = 1, 2, 3, 4
OF_KIND = {ObjectKind.AGENCY: AGENCY, ObjectKind.HOSPITAL: HOSPITAL, ObjectKind.PHARMACY: PHARMACY}
Value = int | Decimal | str | None
Values = Mapping[str, Value]  # column → what stands in it; null is unknown


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnnexColumn(_Closed):
    """A column: what its cells are, how they add up, and why the program may leave them empty."""

    key: str
    title: str
    kind: Literal["text", "count", "yuan"] = TEXT  # type: ignore[assignment]
    width: float = 1.0
    adds: Literal["sum", "distinct", ""] = ""
    choices: tuple[str, ...] = ()
    bureau: bool = False  # filled by the bureau alone
    program: bool = False  # known only where the program reviewed the data: no form asks for it
    blank: str

    @property
    def number(self) -> bool:
        return self.kind in (COUNT, YUAN)


class Annex(_Closed):
    """One table. Its rows are problems, or institutions where it has none."""

    number: int
    title: str
    sheet: str
    reporter: str
    source: str
    note: str
    form_note: str = ""  # in place of the note where people fill it by hand
    problems: tuple[str, ...] = ()
    columns: tuple[AnnexColumn, ...]

    @property
    def by_institution(self) -> bool:
        return not self.problems

    def column(self, key: str) -> AnnexColumn:
        return next(one for one in self.columns if one.key == key)


@dataclass(frozen=True)
class Institution:
    """Who reports; empty where a file does not say."""

    code: str
    name: str
    kind: str
    level: str = ""
    region: str = ""


@dataclass(frozen=True)
class Filed:
    """One annex as somebody reported it. `rows` by problem, or by institution's code in annex 4.

    `stays` are the admissions reviewed, `state` is empty when the report is whole.
    """

    annex: int
    institution: Institution
    made_at: datetime
    rows: Mapping[str, Values]
    total: Values = field(default_factory=dict)
    stays: int | None = None
    period: str = ""
    state: str = ""
    file: str = ""
    named: Mapping[str, Institution] = field(default_factory=dict)  # of annex 4, by code
    faults: tuple[Fault, ...] = ()


@cache
def annexes() -> Mapping[int, Annex]:
    """The annexes by number."""
    read = yaml.safe_load(FILE.read_text("utf-8"))
    problems = [str(one["name"]) for one in shapes()["problems"]]
    made = [
        Annex.model_validate(one | ({"problems": problems} if one["number"] == HOSPITAL else {}))
        for one in read["annexes"]
    ]
    return {one.number: one for one in made}


@cache
def problem_of() -> Mapping[str, str]:
    """The row of annex 2 that a violation type belongs to."""
    return {code: str(one["name"]) for one in shapes()["problems"] for code in one["violations"]}


def total_of(annex: Annex, rows: Mapping[str, Values]) -> dict[str, Value]:
    """The sums of the columns that add up; null where no row has a number."""
    return {one.key: added(rows, one) for one in annex.columns if one.adds}


def added(rows: Mapping[str, Values], column: AnnexColumn) -> Value:
    """The sum of one column."""
    known = [value for row in rows.values() if isinstance(value := row.get(column.key), int | Decimal)]
    if not known:
        return None
    whole = sum(known, Decimal(0))
    return Decimal(whole) if column.kind == YUAN else int(whole)
