"""A filled workbook as its sheets: what its first sheet says of itself, and tables by the heads of their columns.

Columns may stand in another order; a column that is missing or there twice is refused with its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.readers import UnreadableFile
from knowledge.readers.sheets import Merged, Sheet, merged_cells, read_sheets
from review.errors import InputError

ABOUT = "说明"


@dataclass(frozen=True)
class FormSheet:
    """A table below the heads in its first row."""

    file: str
    name: str
    heads: Mapping[str, int]  # title → column from 0
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[Merged, ...] = ()

    def cell(self, row: int, title: str) -> str:
        """The text of a cell; `row` counts from 0 below the heads."""
        place, texts = self.heads[title], self.rows[row]
        return texts[place].strip() if place < len(texts) else ""

    def place(self, row: int, title: str = "") -> str:
        """Where a row or a cell is, as a person finds it."""
        where = f"“{self.name}”第 {row + 2} 行"
        return f"{where}“{title}”列（{letters(self.heads[title])}{row + 2}）" if title else where

    def swallowed(self, row: int, title: str) -> bool:
        """Whether a cell stands in a merged range but is not its first."""
        at, column = row + 2, self.heads[title] + 1
        return any(
            one.first_row <= at <= one.last_row
            and one.first_column <= column <= one.last_column
            and (at, column) != (one.first_row, one.first_column)
            for one in self.merged
        )


@dataclass(frozen=True)
class FormBook:
    """A workbook: what it says of itself, and its sheets by name."""

    file: str
    about: Mapping[str, str]
    sheets: Mapping[str, Sheet]
    merged: Mapping[str, tuple[Merged, ...]]

    def table(self, name: str, titles: Sequence[str]) -> FormSheet:
        """Raises InputError where the sheet or one of the columns is not there once."""
        sheet = self.sheets.get(name)
        if sheet is None:
            raise InputError(f"{self.file} 里没有工作表“{name}”；请用原表填写，勿改工作表名。")
        heads = ["".join(head.split()) for head in sheet.rows[0]] if sheet.rows else []
        wrong = [title for title in titles if heads.count(title) != 1]
        if wrong:
            raise InputError(
                f"{self.file} 的工作表“{name}”第 1 行里，列“{'”“'.join(wrong)}”不是正好一个；请恢复原来的表头。"
            )
        places = {title: heads.index(title) for title in titles}
        return FormSheet(self.file, name, places, sheet.rows[1:], self.merged.get(name, ()))


def open_form(file: Path, *, merged: bool = False) -> FormBook:
    """Raises InputError where the file is no readable workbook of ours; `merged` also reads the merged ranges."""
    if file.suffix.lower() not in (".xlsx", ".xlsm"):
        raise InputError(f"{file.name} 不是 .xlsx；请用 Excel 或 WPS 另存为 .xlsx。")
    try:
        sheets = {sheet.name: sheet for sheet in read_sheets(file)}
        ranges = merged_cells(file) if merged else {}
    except UnreadableFile as problem:
        raise InputError(f"{file.name} 读不出来：{problem}。") from problem
    except OSError as problem:
        raise InputError(f"{file.name} 打不开（{problem.strerror}）；请核对路径和权限。") from problem
    if ABOUT not in sheets:
        raise InputError(f"{file.name} 里没有工作表“{ABOUT}”；请用本程序写出的表填写。")
    return FormBook(file.name, dict(_pairs(sheets[ABOUT].rows)), sheets, ranges)


def _pairs(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if row and row[0].strip():
            yield row[0].strip(), row[1].strip() if len(row) > 1 else ""


def letters(column: int) -> str:
    """What Excel calls a column that counts from 0."""
    said = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(ord("A") + rest) + said
    return said
