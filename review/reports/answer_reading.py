"""Reads a 陈述申辩表 back as the institution filled it in; a row that is not clear is told, never guessed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from knowledge.readers import UnreadableFile
from knowledge.readers.sheets import Sheet, read_sheets
from review.casework.hearing import LONGEST_SAID, yuan_given
from review.errors import InputError
from review.reports.hearing_sheets import ADMITTED, KEY, SAID, STANCE
from review.store.entries import STANCES

HEAD_WITHIN = 12  # rows from the top in which the head of the table must stand
SHOWN = 8
_BY_NAME = {name: stance for stance, name in STANCES.items()}
Place = Callable[[int], str]


@dataclass(frozen=True)
class Answer:
    """What the institution says of one finding. `admitted` in yuan, of 部分异议 only."""

    finding: str
    stance: str
    said: str
    admitted: Decimal | None


@dataclass(frozen=True)
class Answers:
    """What a sheet says, and how many of its findings it leaves unanswered."""

    answers: tuple[Answer, ...]
    unanswered: int


def read_answers(file: Path, name: str, asked: Mapping[str, Decimal | None]) -> Answers:
    """The answers of a sheet; `asked` has the findings that were put to the institution, with their yuan.

    Raises InputError naming each unclear row, its place and remedy; then nothing of the sheet is to be taken."""
    try:
        sheets = read_sheets(file)
    except UnreadableFile as problem:
        raise InputError(f"{name}：{problem.problem}；{problem.remedy}。") from problem
    found = next((held for sheet in sheets if (held := _head(sheet))), None)
    if found is None:
        raise InputError(f"{name} 里没有“{KEY}”和“{STANCE}”两栏；请用程序生成的陈述申辩表填写，保留表头。")
    return _Reading(name, asked).read(*found)


def _head(sheet: Sheet) -> tuple[Sheet, int, Mapping[str, int]] | None:
    for place, row in enumerate(sheet.rows[:HEAD_WITHIN]):
        columns = {"".join(cell.split()): number for number, cell in enumerate(row)}
        if KEY in columns and STANCE in columns:
            return sheet, place, columns
    return None


class _Reading:
    """One sheet on its way into answers."""

    def __init__(self, name: str, asked: Mapping[str, Decimal | None]) -> None:
        self._name, self._asked = name, asked
        self._answers: dict[str, Answer] = {}
        self._seen: dict[str, int] = {}
        self._problems: list[str] = []

    def read(self, sheet: Sheet, head: int, columns: Mapping[str, int]) -> Answers:
        last = ""
        for number, row in enumerate(sheet.rows[head + 1 :], start=head + 2):
            cells = {title: row[at].strip() if at < len(row) else "" for title, at in columns.items()}
            finding = cells.get(KEY, "")
            if finding:
                last = finding
                self._row(f"“{sheet.name}”第 {number} 行", number, finding, cells)
            elif cells.get(SAID) and last in self._answers:
                # a long text goes on in the row below
                held = self._answers[last]
                self._answers[last] = replace(held, said=f"{held.said}\n{cells[SAID]}"[:LONGEST_SAID])
        if self._problems:
            more = f"；另有 {len(self._problems) - SHOWN} 处" if len(self._problems) > SHOWN else ""
            told = "；".join(self._problems[:SHOWN])
            raise InputError(f"{self._name}：{told}{more}。请改正后重新导入，这次没有存入任何一项。")
        return Answers(tuple(self._answers.values()), len(self._asked) - len(self._answers))

    def _row(self, place: str, number: int, finding: str, cells: Mapping[str, str]) -> None:
        if finding in self._seen:
            self._problems.append(f"{place}：编号与第 {self._seen[finding]} 行重复")
            return
        self._seen[finding] = number
        if finding not in self._asked:
            self._problems.append(f"{place}：编号不在本检查已确认的事项里")
            return
        stance, said = cells.get(STANCE, ""), cells.get(SAID, "")
        if not stance and not said and not cells.get(ADMITTED):
            return  # not answered
        if stance not in _BY_NAME:
            self._problems.append(f"{place}：“{STANCE}”须是{'、'.join(_BY_NAME)}之一")
            return
        try:
            admitted = self._admitted(finding, _BY_NAME[stance], cells.get(ADMITTED, ""))
        except ValueError as problem:
            self._problems.append(f"{place}：“{ADMITTED}”{problem}")
            return
        self._answers[finding] = Answer(finding, _BY_NAME[stance], said[:LONGEST_SAID], admitted)

    def _admitted(self, finding: str, stance: str, given: str) -> Decimal | None:
        if stance != "partly":
            return None  # nothing or all is accepted: a sum beside it says no more
        amount, whole = yuan_given(given), self._asked[finding]
        if amount is not None and whole is not None and amount > whole:
            raise ValueError(f"大于该项的 {whole:,.2f} 元")
        return amount
