"""Finds the tables of a rule file: where the headings stand, which rows are data, which sheet lists the codes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.official_rows import code_list
from knowledge.point_rows import point_sheet
from knowledge.readers.sheets import read_sheets
from knowledge.rule_drafts import Line, RuleSheet

CODE_HEADINGS = ({"药品通用名", "序号", "国标代码"}, {"药品通用名", "序号", "药品代码"})
HEADING_ROWS = 6  # a title, a note and the headings stand within the first rows
SHEET_TYPES = (".xlsx", ".xlsm", ".csv", ".tsv")

Headings = Sequence[set[str]]


def rule_sheets(path: Path, known: Headings) -> list[RuleSheet]:
    """The sheets whose headings we know, each drug list joined to its codes."""
    if path.suffix.lower() == ".jsonl":
        try:
            points = point_sheet(path)
        except (UnicodeDecodeError, json.JSONDecodeError):
            return []
        return [points] if points else []
    if path.suffix.lower() not in SHEET_TYPES:
        return []
    sheets = _headed_sheets(path, known)
    twin = path.with_name(f"{path.stem}_codes{path.suffix}")
    with_codes = sheets + (_headed_sheets(twin, known) if twin.exists() else [])
    codes: dict[str, set[str]] = {}
    for sheet in with_codes:
        if _lists_codes(sheet):
            codes |= code_list(sheet.lines)
    return [replace(sheet, codes=codes) for sheet in sheets if not _lists_codes(sheet)]


def is_code_list(path: Path) -> bool:
    """A code sheet kept in a file of its own: it says nothing without its list."""
    return path.suffix.lower() in SHEET_TYPES and bool(_headed_sheets(path, CODE_HEADINGS))


def _lists_codes(sheet: RuleSheet) -> bool:
    return any(needed <= set(sheet.headings) for needed in CODE_HEADINGS)


def _headed_sheets(path: Path, known: Headings) -> list[RuleSheet]:
    sheets = []
    for sheet in read_sheets(path):
        name = path.name if sheet.name == path.stem else f"{path.name}《{sheet.name}》"
        headed = _headed(name, sheet.rows, (*known, *CODE_HEADINGS))
        if headed:
            sheets.append(headed)
    return sheets


def _headed(name: str, rows: Sequence[Sequence[str]], known: Headings) -> RuleSheet | None:
    """A sheet from the first row whose cells are the headings of a table we know."""
    for position, row in enumerate(rows[:HEADING_ROWS]):
        headings = tuple(cell.strip() for cell in row)
        if any(needed <= set(headings) for needed in known):
            return RuleSheet(name, headings, tuple(_lines(headings, rows, position + 1)))
    return None


def _lines(headings: Sequence[str], rows: Sequence[Sequence[str]], begin: int) -> Iterator[tuple[int, Line]]:
    """The rows under the headings. A total or a footnote fills the first cell only and is left out."""
    for number, row in enumerate(rows[begin:], start=begin + 1):
        texts = [cell.strip() for cell in row]
        if sum(bool(text) for text in texts) > 1:
            padded = texts + [""] * (len(headings) - len(texts))
            yield number, dict(zip(headings, padded, strict=False))
