"""Which column of a table is which field: proposed from headings and values, never assumed.

A heading that is a known wording, over cells that read as the field does, is 确定; anything less is 可能 and says why.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.importing.sheet_kinds import Field, SheetKind, heading_keys, patient_columns, sheet_kinds
from knowledge.importing.sheet_layout import SheetTable
from knowledge.places import PROVINCES, province_in

SURE, LIKELY = "确定", "可能"
SAMPLED = 200  # cells of a column that are tried
MOST_READ = 0.9  # share of cells that read as the field: below it the column is 可能
LEAST_READ, LEAST_READ_BY_PART = (
    0.2,
    0.5,
)  # below it none: under a known wording, and where a part of one was seen
SHORTEST_PART = 3  # characters of a wording that may stand inside a longer heading
CLOSE = 1.5  # two kinds this near in score are both named
_SINCE = re.compile(r"(\d{4})\s*[年.\-/]\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})\s*日?\s*(?:起|执行|施行|实施)")


@dataclass(frozen=True)
class ColumnProposal:
    """One column, and the field it is thought to be; null where it is none. `place` counts from 0."""

    place: int
    heading: str
    field: str | None = None
    certainty: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class SheetProposal:
    """What a sheet is thought to be. `kind` is null where it is no rule table, and `reason` says why."""

    kind: str | None
    reason: str
    columns: tuple[ColumnProposal, ...]

    @property
    def mapping(self) -> dict[int, str]:
        return {column.place: column.field for column in self.columns if column.field}


def propose(table: SheetTable, file: str, kind: str | None = None) -> SheetProposal:
    """The best kind for a sheet with its columns, or the columns for the kind that a person has chosen."""
    plainly = tuple(ColumnProposal(place, heading) for place, heading in enumerate(table.headings))
    if table.heading_row is None or not table.lines:
        return SheetProposal(None, "没有表头和数据行", plainly)
    patients = [
        heading for heading in table.headings if len(heading) <= 12 and patient_columns().search(heading)
    ]
    if patients and kind is None:
        return SheetProposal(None, f"有“{patients[0]}”列，像是费用明细或病人资料，不是规则表", plainly)
    kinds = [sheet_kinds()[kind]] if kind else list(sheet_kinds().values())
    context = f"{file} {table.sheet} {table.title} {' '.join(table.headings)}"
    ranked = sorted(
        (
            (_score(columns, one, context), one, columns)
            for one in kinds
            for columns in [_columns(table, one)]
        ),
        key=lambda found: -found[0],
    )
    score, best, columns = ranked[0]
    if kind is None and score <= 0:
        return SheetProposal(None, _why_not(ranked), plainly)
    others = [one.says for near, one, _ in ranked[1:] if near > 0 and score - near < CLOSE]
    reason = f"列名合于{best.says}" + (f"；也可能是{'、'.join(others)}" if others else "")
    return SheetProposal(best.name, reason, columns)


def region_named(table: SheetTable, file: str) -> str | None:
    """The province that the title or the file's name speaks of."""
    for text in (table.title, file):
        if province := province_in(text):
            return PROVINCES[province]
    return None


def day_named(table: SheetTable, file: str) -> date | None:
    """The day from which the title or the file's name says the table holds."""
    for text in (table.title, file):
        for found in _SINCE.finditer(text):
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
    return None


def _score(columns: Sequence[ColumnProposal], kind: SheetKind, context: str) -> float:
    """How much of a sheet a kind explains; 0 where it lacks what the kind needs."""
    mapped = {column.field for column in columns if column.field}
    named = bool(kind.named.search(context))
    if kind.missing(mapped) or (kind.must_be_named and not named):
        return 0
    own = [column for column in columns if column.field and not kind.fields[column.field].common]
    return sum(1.0 if column.certainty == SURE else 0.6 for column in own) + (1.0 if named else 0.0)


def _why_not(ranked: Sequence[tuple[float, SheetKind, Sequence[ColumnProposal]]]) -> str:
    """The kind that most columns fit, and what it still lacks."""
    count, kind, mapped = max(
        (
            (len(own), one, {column.field for column in columns if column.field})
            for _, one, columns in ranked
            for own in [[c for c in columns if c.field and not one.fields[c.field].common]]
        ),
        key=lambda found: found[0],
    )
    if count < 2:
        return "列名里没有编码、名称、价格、限制、成对项目或限定支付，不像规则表"
    lacking = kind.missing(mapped)
    return (
        f"最像{kind.says}，但缺{'、'.join(lacking)}"
        if lacking
        else f"列合于{kind.says}，但题名未说明，须自行指定"
    )


def _columns(table: SheetTable, kind: SheetKind) -> tuple[ColumnProposal, ...]:
    """Every column with the field it fits best; a field takes one column, unless it takes many."""
    fits = [
        (_fit(heading, field), place, field)
        for place, heading in enumerate(table.headings)
        for field in kind.fields.values()
    ]
    taken: dict[int, ColumnProposal] = {}
    rivals: dict[str, list[str]] = {}
    unfit: dict[int, str] = {}
    for (worth, why), place, field in sorted(fits, key=lambda fit: (-fit[0][0], fit[1])):
        if not worth or place in taken:
            continue
        if field.name in rivals and not field.many:
            rivals[field.name].append(table.headings[place])
            continue
        share = _share_read(field, (cells[place] for _, cells in table.lines))
        if share < (LEAST_READ if worth >= 2 else LEAST_READ_BY_PART):
            unfit.setdefault(place, f"列名像{field.says}，但 {1 - share:.0%} 的格读不成{field.says}")
            continue
        sure = worth >= 2 and share >= MOST_READ
        reason = why if share >= MOST_READ else f"{why}；{1 - share:.0%} 的格读不成{field.says}"
        taken[place] = ColumnProposal(
            place, table.headings[place], field.name, SURE if sure else LIKELY, reason
        )
        rivals.setdefault(field.name, [])
    return tuple(
        _doubted(taken[place], rivals)
        if place in taken
        else ColumnProposal(place, heading, reason=unfit.get(place, ""))
        for place, heading in enumerate(table.headings)
    )


def _doubted(column: ColumnProposal, rivals: Mapping[str, Sequence[str]]) -> ColumnProposal:
    others = rivals.get(column.field or "", ())
    if not others:
        return column
    reason = f"{column.reason}；“{'”“'.join(others)}”列也可以是"
    return ColumnProposal(column.place, column.heading, column.field, LIKELY, reason)


def _fit(heading: str, field: Field) -> tuple[float, str]:
    """How well a heading names a field: 2 and more for a known wording, less than 2 for a part of one."""
    keys = heading_keys(heading)
    extra = (0.1 if field.prefer and field.prefer.search(heading) else 0) - (0.2 if field.common else 0)
    if any(key in field.headings for key in keys):
        return 3 + extra, "列名是已知的写法"
    if field.pattern and any(field.pattern.search(key) for key in keys):
        return 2.5 + extra, "列名合于已知的写法"
    if any(key in field.maybe for key in keys):
        return 1.9 + extra, f"各地含义不一，可能是{field.says}，请核对"
    inside = (
        [known for known in field.headings if len(known) >= SHORTEST_PART and known in keys[0]]
        if keys
        else []
    )
    if inside:
        longest = max(inside, key=len)
        return 1 + len(longest) / 100 + extra, f"列名里有“{longest}”"
    return 0, ""


def _share_read(field: Field, cells: Iterable[str]) -> float:
    """The share of filled cells that read as the field; 1 where the column is empty."""
    said = [cell for cell in cells if cell.strip()][:SAMPLED]
    return sum(_reads(field, cell) for cell in said) / len(said) if said else 1


def _reads(field: Field, cell: str) -> bool:
    try:
        field.read(cell)
    except ValueError:
        return False
    return True
