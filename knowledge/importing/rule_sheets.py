"""Finds the tables of a rule file: where the headings stand, which rows are data, which sheet lists the codes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.importing.official_rows import code_list
from knowledge.importing.point_rows import point_sheet
from knowledge.importing.rule_drafts import Line, RuleSheet
from knowledge.readers.sheets import Sheet, read_sheets

CODE_HEADINGS = (
    {"药品通用名", "序号", "国标代码", "限定类型"},
    {"药品通用名", "序号", "药品代码", "限定类型"},
)
HEADING_ROWS = 6  # a title, a note and the headings stand within the first rows
SHEET_TYPES = (".xlsx", ".xlsm", ".csv", ".tsv")

Known = Callable[[Sequence[str]], bool]


def rule_sheets(path: Path, sheets: Sequence[Sheet], known: Known) -> list[RuleSheet]:
    """The sheets whose headings we know, each drug list joined to its codes."""
    if path.suffix.lower() == ".jsonl":
        points = point_sheet(path)
        return [points] if points else []
    headed = _headed_sheets(path, sheets, known)
    twin = path.with_name(f"{path.stem}_codes{path.suffix}")
    with_codes = headed + (_headed_sheets(twin, read_sheets(twin), known) if twin.exists() else [])
    codes: dict[str, set[str]] = {}
    for sheet in with_codes:
        if are_codes(sheet.headings):
            codes |= code_list(sheet.lines)
    return [replace(sheet, codes=codes) for sheet in headed if not are_codes(sheet.headings)]


def are_codes(headings: Sequence[str]) -> bool:
    """The headings of a code sheet, which says nothing without its list."""
    return {heading for heading in headings if heading} in CODE_HEADINGS


def sheet_label(path: Path, sheet: str) -> str:
    """How a place names a sheet: the file alone where it has only one."""
    return path.name if sheet == path.stem else f"{path.name}《{sheet}》"


def _headed_sheets(path: Path, sheets: Sequence[Sheet], known: Known) -> list[RuleSheet]:
    found = (
        _headed(sheet_label(path, sheet.name), sheet.rows, lambda said: known(said) or are_codes(said))
        for sheet in sheets
    )
    return [sheet for sheet in found if sheet]


def _headed(name: str, rows: Sequence[Sequence[str]], known: Known) -> RuleSheet | None:
    """A sheet from the first row whose cells are the headings of a table we know."""
    for position, row in enumerate(rows[:HEADING_ROWS]):
        headings = tuple(cell.strip() for cell in row)
        if known(headings):
            return RuleSheet(name, headings, tuple(_lines(headings, rows, position + 1)))
    return None


def _lines(headings: Sequence[str], rows: Sequence[Sequence[str]], begin: int) -> Iterator[tuple[int, Line]]:
    """The rows under the headings. A total or a footnote fills the first cell only and is left out."""
    for number, row in enumerate(rows[begin:], start=begin + 1):
        texts = [cell.strip() for cell in row]
        if sum(bool(text) for text in texts) > 1:
            padded = texts + [""] * (len(headings) - len(texts))
            yield number, dict(zip(headings, padded, strict=False))
