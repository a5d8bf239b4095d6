"""The list a draw is made from: read as text, put into one form, and known by the SHA-256 of that form.

The form: the columns the draw uses and no others, every cell without white space at its ends, the rows in the order of
their identifiers (by code point); written as JSON, a list of objects with sorted keys, no white space, letters as they
are, in UTF-8. Names and amounts the draw does not use can therefore be corrected without another hash.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from review.errors import InputError, SettingsError

SHOWN = 5  # identifiers named in a message
LOST = "末位可能已失真"  # of long identifiers that a workbook keeps as numbers: two objects could read alike


@dataclass(frozen=True)
class DrawList:
    """Rows by column name, in the order of their identifiers."""

    name: str
    key: str  # the column of the identifier
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    @cached_property
    def sha256(self) -> str:
        """The hash of the canonical form, as 64 hexadecimal digits."""
        return sha256_of([dict(row) for row in self.rows])


def read_list(file: Path, key: str, columns: Iterable[str]) -> DrawList:
    """The first sheet of a .csv, .tsv or .xlsx. Raises InputError naming file, column or row."""
    from knowledge.readers import UnreadableFile
    from knowledge.readers.sheets import read_sheets

    try:
        sheet = read_sheets(file)[0]
    except (UnreadableFile, OSError, IndexError) as problem:
        remedy = problem if isinstance(problem, UnreadableFile) else "请核对路径，文件须为 .csv 或 .xlsx"
        raise InputError(f"名单 {file.name} 读不出来：{remedy}。") from problem
    if any(LOST in note for note in sheet.notes):
        raise InputError(f"名单 {file.name}：{'；'.join(sheet.notes)}。")
    rows = [row for row in sheet.rows if any(cell.strip() for cell in row)]
    heads = [head.strip().lstrip("\ufeff") for head in rows[0]] if rows else []
    wanted = tuple(dict.fromkeys((key, *columns)))
    missing = [column for column in wanted if heads.count(column) != 1]
    if missing:
        raise InputError(
            f"名单 {file.name} 的表头里，列“{'”“'.join(missing)}”不是正好一个；"
            f"请核对列名（表头为：{'、'.join(heads[:20])}）。"
        )
    places = [heads.index(column) for column in wanted]
    read = [
        {
            column: row[place].strip() if place < len(row) else ""
            for column, place in zip(wanted, places, strict=True)
        }
        for row in rows[1:]
    ]
    return list_of(file.name, key, wanted, read)


def list_of(name: str, key: str, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> DrawList:
    """A list in its canonical order. Raises InputError for an empty list, or identifiers empty or repeated."""
    ordered = sorted(rows, key=lambda row: row[key])
    times = Counter(row[key] for row in ordered)
    if not ordered:
        raise InputError(f"名单 {name} 里没有一行；请核对文件。")
    if "" in times:
        raise InputError(f"名单 {name} 有 {times['']} 行没有“{key}”；请补上编号。")
    twice = [identifier for identifier, count in times.items() if count > 1]
    if twice:
        raise InputError(f"名单 {name} 里编号重复：{'、'.join(twice[:SHOWN])}；请每个对象只留一行。")
    return DrawList(name, key, tuple(columns), tuple(ordered))


def sha256_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def canonical(value: Any) -> str:
    """One form for equal values: keys sorted, no white space, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def number(text: str, place: str) -> Fraction:
    """A cell that is not negative, exact; empty is 0. Raises InputError naming the place."""
    said = text.replace(",", "") or "0"
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", said):
        return Fraction(said)
    raise InputError(f"{place}写着“{text[:20]}”，不是零以上的数；请改正后再抽。")


def share(text: str, name: str) -> Fraction:
    """“5%” or “0.05”, exact, from 0 to 1. Raises SettingsError saying what to relax."""
    said = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*([%％]?)", text.strip())
    if not said:
        raise SettingsError(f"{name}“{text}”不是比例；请写成 5% 或 0.05。")
    value = Fraction(said[1]) / (100 if said[2] else 1)
    if value > 1:
        raise SettingsError(f"{name} {text} 超过 100%；请改为 100% 以内，或扩大名单。")
    return value


def listed(items: Iterable[str]) -> frozenset[str]:
    """The parts of a cell that holds several."""
    return frozenset(part for item in items for part in re.split(r"[；;，,、\s]+", item) if part)
