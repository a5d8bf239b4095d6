"""What each table is called, which columns it has and under which headings they come: `tables.yaml`, read once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.readers.text import fold

_PARTS_OF_NAME = re.compile(r"[\s_.\-]*(?:[（(]?\d{1,4}[）)]?|第[\d一二三四五六七八九十]+部分)?$")


@dataclass(frozen=True)
class Column:
    """A column of an internal table; `headings` are folded."""

    name: str
    kind: str  # id | code | text | number | count | time | date
    required: bool
    headings: tuple[str, ...]


@dataclass(frozen=True)
class TableShape:
    """An internal table: where it comes from, what its files are called, its columns in order."""

    name: str
    part: str  # claims | hospital
    title: str
    files: tuple[str, ...]
    columns: tuple[Column, ...]
    one_of: tuple[str, ...] = ()

    def column(self, heading: str) -> Column | None:
        """The column that a heading names."""
        return self._by_heading().get(fold_heading(heading))

    def _by_heading(self) -> Mapping[str, Column]:
        return _headings(self.name)

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required)


def fold_heading(heading: str) -> str:
    """A heading without white space, case, star and what stands in brackets (a unit or a hint)."""
    folded = fold(heading).lower().strip("*'\"")
    return re.sub(r"\([^)]*\)|\[[^]]*\]", "", folded) or folded


@cache
def shapes() -> Mapping[str, TableShape]:
    """All tables, by internal name."""
    declared = yaml.safe_load((Path(__file__).parent / "tables.yaml").read_text(encoding="utf-8"))
    return {name: _shape(name, body) for name, body in declared.items()}


def _shape(name: str, body: Mapping[str, object]) -> TableShape:
    columns: Mapping[str, Sequence[str]] = body["columns"]  # type: ignore[assignment]
    return TableShape(
        name=name,
        part=str(body["part"]),
        title=str(body["title"]),
        files=(name, *body["files"]),  # type: ignore[misc]
        columns=tuple(_column(field, declared) for field, declared in columns.items()),
        one_of=tuple(body.get("one_of", ())),  # type: ignore[arg-type]
    )


def _column(name: str, declared: Sequence[str]) -> Column:
    kind, *headings = declared
    return Column(name, kind.rstrip("!"), kind.endswith("!"), tuple(map(fold_heading, (name, *headings))))


@cache
def _headings(table: str) -> Mapping[str, Column]:
    return {heading: column for column in reversed(shapes()[table].columns) for heading in column.headings}


def table_of_file(stem: str, part: str) -> TableShape | None:
    """The table that a file of claims/ or hospital/ holds, by its name; a number at the end is a part of a split."""
    known = {
        fold(file).lower(): shape for shape in shapes().values() if shape.part == part for file in shape.files
    }
    whole = fold(stem).lower()
    return known.get(whole) or known.get(_PARTS_OF_NAME.sub("", whole))
