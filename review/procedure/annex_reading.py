"""Reads a reported annex back from its workbook: who reports, every number, and the places that cannot be read.

A cell that cannot be read is unknown, not zero. A total that is not the sum of its rows is told, and the rows hold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from knowledge.readers.sheets import merged_cells
from review.errors import InputError
from review.models import Fault
from review.procedure import filled_cells
from review.procedure.annex_paper import (
    CASES,
    CODE,
    EMPTY_FORM,
    FILLED,
    FILLER,
    KIND,
    LEVEL,
    MADE,
    NAME,
    NOTHING,
    PERIOD,
    REGION,
    SHEET,
    STATE,
    STAYS,
    TOTAL,
    UNKNOWN,
    WHEN,
    WHOLE,
    asked_of_people,
    heads_of,
)
from review.procedure.annexes import Annex, AnnexColumn, Filed, Institution, Value, Values, added, annexes
from review.procedure.filled_cells import Unread
from review.procedure.form_sheets import FormBook, FormSheet, open_form

LONGEST = 2_000
CLOSE = Decimal("0.005")


def read_annex(file: Path) -> Filed:
    """Raises InputError where the file is no annex, or does not say whose."""
    book = open_form(file)
    annex = next((one for one in annexes().values() if one.sheet == book.about.get(SHEET)), None)
    if annex is None:
        raise InputError(f"{file.name} 的“说明”里没有“{SHEET}：附件1至4”；请报送本程序写出的附件。")
    faults: list[Fault] = []
    institution = _institution(book, annex)
    if not (institution.code or institution.name):
        raise InputError(f"{file.name} 没有写机构编码和机构名称；请在“说明”里补上。")
    if not institution.code and not annex.by_institution:
        faults.append(Fault(file.name, f"“说明”{CODE}", "没有机构编码，按名称识别", "请补机构编码"))
    made_at = _made_at(book, annex, faults)
    titles = [one.title for one in heads_of(annex)]
    shown = [one for one in annex.columns if _has(book, annex, one)]
    sheet = book.table(annex.sheet, [*titles, *(one.title for one in shown)])
    if book.about.get(STATE) == EMPTY_FORM:  # people merge cells, our own annexes have none
        sheet = replace(sheet, merged=merged_cells(file).get(annex.sheet, ()))
    rows, total, named = _rows(sheet, annex, shown, faults)
    stays = _stays(book, faults)
    cases = _told(book, CASES, "", faults)
    if cases is not None:
        total = {**(total or {}), "found": cases}
    said = book.about.get(STATE, WHOLE)
    state = "" if said in (WHOLE, EMPTY_FORM) else said
    if not any(rows.values()):
        faults.append(Fault(file.name, f"“{annex.sheet}”", "没有填写任何一栏", "请填写后再报"))
        state = NOTHING
    unequal = dict(_unequal(sheet, annex, rows, total or {}))
    faults += unequal.values()
    return Filed(
        annex.number,
        institution,
        made_at,
        rows,
        {key: value for key, value in (total or {}).items() if key not in unequal},
        stays,
        _said(book, PERIOD),
        state,
        file.name,
        named,
        tuple(faults),
    )


def _has(book: FormBook, annex: Annex, column: AnnexColumn) -> bool:
    """A form holds only what is asked of people; any such column has to be there."""
    sheet = book.sheets.get(annex.sheet)
    heads = sheet.rows[0] if sheet and sheet.rows else ()
    return asked_of_people(annex, column) or column.title in heads


def _said(book: FormBook, label: str) -> str:
    said = book.about.get(label, "")
    return "" if said == UNKNOWN else said


def _institution(book: FormBook, annex: Annex) -> Institution:
    code, name, kind, level, region = (_said(book, one) for one in (CODE, NAME, KIND, LEVEL, REGION))
    return Institution(code, name, kind or annex.reporter, level, region)


def _made_at(book: FormBook, annex: Annex, faults: list[Fault]) -> datetime:
    """When it was filled: the day its filler wrote, else when the file was made."""
    made = filled_cells.moment(book.about.get(MADE, ""))
    if not isinstance(made, datetime):
        raise InputError(f"{book.file} 的“说明”里“{MADE}”不是时间；请恢复原样，或重新生成。")
    if FILLER not in book.sheets:
        return made
    sheet, row = _filler_row(book, WHEN)
    if row is None or not sheet.cell(row, FILLED):
        faults.append(
            Fault(book.file, f"“{FILLER}”{WHEN}", "没有填写日期，按空表生成的时间计", "请补填报日期")
        )
        return made
    day = filled_cells.day(sheet.cell(row, FILLED))
    if isinstance(day, Unread):
        faults.append(Fault(book.file, sheet.place(row, FILLED), day.problem, day.remedy))
    return datetime(day.year, day.month, day.day) if isinstance(day, date) else made


def _filler_row(book: FormBook, label: str) -> tuple[FormSheet, int | None]:
    sheet = book.table(FILLER, ["项目", FILLED])
    return sheet, next((row for row in range(len(sheet.rows)) if sheet.cell(row, "项目") == label), None)


def _stays(book: FormBook, faults: list[Fault]) -> int | None:
    return _told(book, STAYS, _said(book, STAYS), faults)


def _told(book: FormBook, label: str, otherwise: str, faults: list[Fault]) -> int | None:
    """A count among what the filler tells of himself, else what the file says."""
    text, place = otherwise, f"“说明”{label}"
    if FILLER in book.sheets:
        sheet, row = _filler_row(book, label)
        if row is not None:
            text, place = sheet.cell(row, FILLED), sheet.place(row, FILLED)
    read = filled_cells.count(text)
    if isinstance(read, Unread):
        faults.append(Fault(book.file, place, read.problem, read.remedy))
    return read if isinstance(read, int) else None


def _rows(
    sheet: FormSheet, annex: Annex, shown: list[AnnexColumn], faults: list[Fault]
) -> tuple[Mapping[str, Values], Values | None, Mapping[str, Institution]]:
    rows: dict[str, Values] = {}
    named: dict[str, Institution] = {}
    total: Values | None = None
    key_title, known = heads_of(annex)[0].title, set(annex.problems)
    for row in range(len(sheet.rows)):
        key = sheet.cell(row, key_title)
        written = [one for one in shown if sheet.cell(row, one.title)]
        if key == TOTAL:
            total = _values(sheet, row, shown, faults)
        elif annex.by_institution and key and (written or sheet.cell(row, NAME)):
            _add(sheet, row, key, rows, shown, faults)
            named[key] = Institution(key, *(sheet.cell(row, title) for title in (NAME, KIND, LEVEL)))
        elif key in known:
            _add(sheet, row, key, rows, shown, faults)
        elif written:
            problem = "没有写是哪一类" if not key else "不是本表的问题类别"
            faults.append(Fault(sheet.file, sheet.place(row), f"{problem}，未计入", "请用原表的行填写"))
    for missing in (one for one in annex.problems if one not in rows):
        faults.append(Fault(sheet.file, f"“{sheet.name}”{missing}", "这一行不见了", "请从原表恢复该行"))
    return rows, total, named


def _add(
    sheet: FormSheet,
    row: int,
    key: str,
    rows: dict[str, Values],
    shown: list[AnnexColumn],
    faults: list[Fault],
) -> None:
    if key in rows:
        faults.append(Fault(sheet.file, sheet.place(row), "与上面一行重复，未计入", "请只留一行"))
    else:
        rows[key] = _values(sheet, row, shown, faults)


def _values(sheet: FormSheet, row: int, shown: list[AnnexColumn], faults: list[Fault]) -> Values:
    values: dict[str, Value] = {}
    for one in shown:
        text = sheet.cell(row, one.title)
        merged = sheet.swallowed(row, one.title)
        read = Unread("与别的格合并了", "请取消合并，逐行填写") if merged else _value(text, one)
        if isinstance(read, Unread):
            faults.append(Fault(sheet.file, sheet.place(row, one.title), read.problem, read.remedy))
        elif read is not None:
            values[one.key] = read
    yuan, fund = values.get("yuan"), values.get("fund")
    if isinstance(yuan, Decimal) and isinstance(fund, Decimal) and fund > yuan:
        title = next(one.title for one in shown if one.key == "fund")
        faults.append(Fault(sheet.file, sheet.place(row, title), "基金部分大于涉及金额", "请核对两栏"))
    return values


def _value(text: str, column: AnnexColumn) -> Value | Unread:
    if column.kind == "yuan":
        return filled_cells.yuan(text)
    if column.kind == "count":
        return filled_cells.count(text)
    if column.choices and text and text not in column.choices:
        return Unread("不在列表中", f"请选{'、'.join(column.choices)}之一")
    return text[:LONGEST] or None


def _unequal(
    sheet: FormSheet, annex: Annex, rows: Mapping[str, Values], total: Values
) -> Iterator[tuple[str, Fault]]:
    """Columns whose total is not what their rows add up to; a stay counts once in a total, and so it may be less."""
    for one in annex.columns:
        said, summed = total.get(one.key), added(rows, one)
        if not one.adds or not isinstance(said, int | Decimal):
            continue
        whole = summed if isinstance(summed, int | Decimal) else Decimal(0)
        each = [value for row in rows.values() if isinstance(value := row.get(one.key), int | Decimal)]
        least = max(each, default=0) if one.adds == "distinct" else whole
        if not least - CLOSE < Decimal(said) < whole + CLOSE:
            place = f"“{sheet.name}”{TOTAL}行“{one.title}”列"
            problem = f"合计写 {said:,}，各行之和是 {whole:,}，按各行计"
            yield one.key, Fault(sheet.file, place, problem, "请核对各行和合计")
