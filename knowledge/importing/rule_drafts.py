"""What an importer yields: rows in the making, or the reason a line is no row; and the reading of codes."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from knowledge.rows.cells import Cell
from knowledge.rows.tables import ROW_TABLES

Line = dict[str, str]


@dataclass(frozen=True)
class RuleSheet:
    """One sheet: the line number of each row, and its cells by heading. `codes` are generics' code lists."""

    name: str
    headings: tuple[str, ...]
    lines: tuple[tuple[int, Line], ...]
    codes: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """A row before its defaults and its name; `place` says where in the file it stands.

    `written` is its code as the file has it, with the local suffix that a row does not carry."""

    table: str
    place: str
    source_doc: str
    source_passage: str
    cells: dict[str, Cell]
    written: str = ""


@dataclass(frozen=True)
class Rejected:
    """A line that became no row, and why, in Chinese; where the layout is known, also sheet, line and column."""

    place: str
    reason: str
    sheet: str = ""
    row: int | None = None
    column: str | None = None


Converted = Iterator[Draft | Rejected]


@dataclass(frozen=True)
class Shape:
    """A published layout: the headings it has, those it may have besides, and how its lines become rows.

    A table with any other column is somebody's own, though it begins alike: it may carry a region, a day or a price."""

    needed: frozenset[str]
    besides: frozenset[str]
    convert: Callable[[RuleSheet], Converted]

    def fits(self, headings: Iterable[str]) -> bool:
        said = {heading for heading in headings if heading}
        return self.needed <= said <= self.needed | self.besides


def shape(needed: str, convert: Callable[[RuleSheet], Converted], besides: str = "") -> Shape:
    """A shape from headings written with spaces between them."""
    return Shape(frozenset(needed.split()), frozenset(besides.split()), convert)


ADULT_AT_DAYS = 6574  # a child is below 18 years; the day before the birthday at the latest
AGE_MAX_DAYS = {"儿童": ADULT_AT_DAYS, "婴幼儿": 1095, "新生儿": 28}
FEMALE = re.compile(
    r"妇|经[前期后水痛]|月经|痛经|调经|闭经|通经|带下|白带|阴道|子宫|宫颈|卵巢|孕|产[后妇]|乳[汁腺房癖]"
    r"|绝经|更年期|女|胎|崩漏|恶露|外阴|分娩|避孕|多囊"
)
MALE = re.compile(r"前列腺|男性|男子|阳痿|早泄|遗精|滑精|睾|雄激素|勃起|精[子液]|阴茎")
SERVICE_CODE = re.compile(r"[0-9][0-9A-Z]{14}")


WORKING = "执业核查规则整理：{kind}（未经官方核对）"


def working_draft(table: str, place: str, kind: str, passage: str, **cells: Cell) -> Draft:
    """A row of a practitioner's table; a code prefix too short to know what it covers keeps it a draft."""
    defaults: dict[str, Cell] = {"authority": "working", "match": "prefix", "certainty_ceiling": "probable"}
    settled = defaults | cells
    spec = ROW_TABLES[table]
    codes = [code for name in spec.codes for code in str(settled.get(name) or "").split("|")]
    if any(code.isdigit() and len(code) < spec.min_prefix for code in codes):
        settled["state"] = "draft"
    return Draft(table, place, WORKING.format(kind=kind), passage, settled)


def drug_prefix(code: str) -> str:
    """Classification, generic and form: 14 characters of a western code, 11 of a Chinese one."""
    return code[:14] if code.startswith("X") else code[:11]


def prefixes(codes: Iterable[str]) -> str | None:
    """The distinct prefixes of a code list, as one cell."""
    found = sorted({drug_prefix(code.strip().upper()) for code in codes if code.strip()})
    return "|".join(found) or None


def days_in(text: str) -> int | None:
    """The number of days or months a limit names, in days: 14天, 12个月, 一年."""
    found = re.search(r"不超过(\d+)(天|个月)|最多支付(\d+)(天|个月)", text)
    if found:
        number = int(found[1] or found[3])
        return number if (found[2] or found[4]) == "天" else round(number * 365 / 12)
    return 365 if "不超过一年" in text else None


def sex_said(text: str) -> str | None:
    """The one sex a limit speaks of; none where it speaks of both or of neither."""
    female, male = bool(FEMALE.search(text)), bool(MALE.search(text))
    return None if female == male else "女" if female else "男"


def grade_said(text: str) -> int | None:
    """The lowest hospital grade a limit allows."""
    if "三级" in text:
        return 3
    return 2 if "二级" in text else None
