"""Reads a filled self-check back: an answer for every finding, and every place that cannot be taken as it stands.

What was asked comes from the review itself, never from the sheet. A cell that was altered is reported and the review's
own value holds; a row that is gone, was added or stands twice is reported; an answer that cannot be read is none.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from review.errors import InputError
from review.models import Fault
from review.procedure import filled_cells
from review.procedure.annexes import HOSPITAL, annexes
from review.procedure.filled_cells import Unread
from review.procedure.form_sheets import FormSheet, open_form
from review.procedure.selfcheck_form import (
    ACCEPTED,
    AMOUNT,
    ANSWER_COLUMNS,
    ASKED,
    ASKED_COLUMNS,
    CASES,
    DONE,
    FINDING_ID,
    FUND_FOUND,
    HASH,
    KIND,
    MEASURE,
    OWN,
    OWN_COLUMNS,
    OWN_NOTE,
    PARTLY,
    PROBLEM,
    REASON,
    REFUSED,
    RETURNED,
    SAID,
    SUM_LABEL,
    VERDICT,
    VERDICTS,
    YUAN_FOUND,
)
from review.procedure.selfcheck_list import CheckList, Item

LONGEST = 2_000  # letters of a reason or measure


@dataclass(frozen=True)
class Answer:
    """What the hospital says of one finding; `amount` is null where it gave none."""

    verdict: str
    amount: Decimal | None
    reason: str
    measure: str
    done: date | None
    returned: Decimal | None = None


@dataclass(frozen=True)
class OwnFinding:
    """What the hospital found beside the list; null is unknown."""

    problem: str
    cases: int | None
    yuan: Decimal | None
    fund: Decimal | None
    said: str
    measure: str
    returned: Decimal | None = None


@dataclass(frozen=True)
class Answers:
    """Answers by the id of the finding; `faults` are places to mend, the answers of those places are left out."""

    given: Mapping[str, Answer]
    own: tuple[OwnFinding, ...]
    faults: tuple[Fault, ...]


def read_answers(file: Path, asked: CheckList) -> Answers:
    """Raises InputError where the file is not the self-check of these results."""
    book = open_form(file, merged=True)
    if book.about.get("表类") != KIND:
        raise InputError(f"{file.name} 不是自查答复表；请取 python -m review selfcheck 写出的表。")
    if book.about.get(HASH) != asked.sha256:
        raise InputError(
            f"{file.name} 的清单与这份审核结果不一致（清单哈希不同）；请用写出该表的结果文件夹，或重新生成后再填。"
        )
    asked_titles = [one.column.title for one in ASKED_COLUMNS]
    sheet = book.table(ASKED, [*asked_titles, *(column.title for column in ANSWER_COLUMNS)])
    own = book.table(OWN, [column.title for column in OWN_COLUMNS])
    faults: list[Fault] = []
    given = _given(sheet, asked, faults)
    return Answers(given, tuple(_own(own, faults)), tuple(faults))


def _given(sheet: FormSheet, asked: CheckList, faults: list[Fault]) -> dict[str, Answer]:
    by_id = {item.id: item for item in asked.items}
    rows = _rows_of_items(sheet)
    times = Counter(identifier for _, identifier in rows if identifier in by_id)
    given: dict[str, Answer] = {}
    for row, identifier in rows:
        item = by_id.get(identifier)
        if item is None:
            faults.append(_fault(sheet, row, "", "不在清单里，未计入", "请删去；自行发现的写在“自行发现”表"))
        elif times[identifier] > 1:
            faults.append(
                _fault(sheet, row, "", f"第 {item.number} 项出现了两次以上，均未计入", "请只留一行")
            )
        else:
            faults += _altered(sheet, row, item, asked)
            answer = _answer(sheet, row, item, asked, faults)
            if answer is not None:
                given[item.id] = answer
    for item in asked.items:
        if not times[item.id]:
            place = f"“{sheet.name}”第 {item.number} 项"
            faults.append(Fault(sheet.file, place, "这一行不见了", "请从原表恢复该行，并填认定"))
    return given


def _rows_of_items(sheet: FormSheet) -> list[tuple[int, str]]:
    """The rows that say something of a finding, each with the id it carries; the sum and an empty row do not."""
    found = []
    for row in range(len(sheet.rows)):
        said = [title for title in sheet.heads if sheet.cell(row, title)]
        identifier = sheet.cell(row, FINDING_ID)
        if said and (identifier or sheet.cell(row, "住院号") != SUM_LABEL):
            found.append((row, identifier))
    return found


def _altered(sheet: FormSheet, row: int, item: Item, asked: CheckList) -> Iterator[Fault]:
    stay = asked.stays[item.admission_id]
    for one in ASKED_COLUMNS:
        title, value = one.column.title, one.value(item, stay)
        if not filled_cells.same(sheet.cell(row, title), value):
            remedy = "请恢复原样；对内容有异议的写在“理由”"
            yield _fault(sheet, row, title, "与审核结果不同，仍按审核结果计", remedy)


def _answer(sheet: FormSheet, row: int, item: Item, asked: CheckList, faults: list[Fault]) -> Answer | None:
    verdict = "".join(sheet.cell(row, VERDICT).split())
    if verdict not in VERDICTS:
        merged = sheet.swallowed(row, VERDICT)
        problem = "与上面的行合并了单元格" if merged else "没有答复" if not verdict else "不在列表中"
        remedy = "请取消合并，逐行填写" if merged else f"请选{'、'.join(VERDICTS)}之一"
        faults.append(_fault(sheet, row, VERDICT, problem, remedy))
        return None
    amount = filled_cells.yuan(sheet.cell(row, AMOUNT))
    unread = amount if isinstance(amount, Unread) else _does_not_fit(verdict, amount, item, asked)
    if unread:
        faults.append(_fault(sheet, row, AMOUNT, unread.problem, unread.remedy))
        return None
    done = filled_cells.day(sheet.cell(row, DONE))
    if isinstance(done, Unread):
        faults.append(_fault(sheet, row, DONE, done.problem, done.remedy))
    returned = filled_cells.yuan(sheet.cell(row, RETURNED))
    wrong = returned if isinstance(returned, Unread) else _not_returned(verdict, returned, item)
    if wrong:
        faults.append(_fault(sheet, row, RETURNED, wrong.problem, wrong.remedy))
    reason, measure = sheet.cell(row, REASON), sheet.cell(row, MEASURE)
    if verdict != ACCEPTED and not reason:
        faults.append(_fault(sheet, row, REASON, f"{verdict}没有理由", "请写明理由"))
    if verdict != REFUSED and not measure:
        faults.append(_fault(sheet, row, MEASURE, "没有整改措施", "请写明怎样整改"))
    return Answer(
        verdict,
        amount if isinstance(amount, Decimal) else None,
        reason[:LONGEST],
        measure[:LONGEST],
        done if isinstance(done, date) else None,
        returned if isinstance(returned, Decimal) and not wrong else None,
    )


def _does_not_fit(
    verdict: str, amount: Decimal | Unread | None, item: Item, asked: CheckList
) -> Unread | None:
    """Why a sum cannot belong to this answer."""
    if isinstance(amount, Unread) or not amount:
        needed = verdict == PARTLY and item.amount is not None and item.counted
        return Unread("部分认可没有金额", "请填认可的金额，须大于 0") if needed else None
    if verdict == REFUSED:
        return Unread("不认可却填了金额", "请清空金额，或改选部分认可")
    if not item.counted:
        return Unread("这类问题不单独计金额", "请清空；涉及的费用在收费类疑点或“自行发现”里填")
    most = item.amount if item.amount is not None else asked.stays[item.admission_id].total
    if most is not None and amount > most:
        return Unread(f"超过这一项最多的 {most:,.2f} 元", "请核对；另有的费用写在“自行发现”表")
    if verdict == ACCEPTED and item.amount is not None and amount != item.amount:
        return Unread(f"认可的金额不是全额 {item.amount:,.2f} 元", "请清空金额，或改选部分认可并写理由")
    return None


def _not_returned(verdict: str, returned: Decimal | None, item: Item) -> Unread | None:
    """Why a sum cannot have been returned for this finding."""
    if not returned:
        return None
    if verdict == REFUSED:
        return Unread("不认可却填了已退回金额", "请清空，或改认定")
    if item.amount is not None and returned > item.amount:
        return Unread(f"超过这一项的 {item.amount:,.2f} 元", "请只填这一项退回的数")
    return None


def _own(sheet: FormSheet, faults: list[Fault]) -> Iterator[OwnFinding]:
    problems = annexes()[HOSPITAL].problems
    for row in range(len(sheet.rows)):
        filled = [title for title in sheet.heads if sheet.cell(row, title)]
        if not filled or sheet.cell(row, PROBLEM) == OWN_NOTE:
            continue
        problem = sheet.cell(row, PROBLEM)
        if problem not in problems:
            faults.append(_fault(sheet, row, PROBLEM, "不是列表中的问题类别，未计入", "请从列表中选"))
            continue
        read = {
            CASES: filled_cells.count(sheet.cell(row, CASES)),
            YUAN_FOUND: filled_cells.yuan(sheet.cell(row, YUAN_FOUND)),
            FUND_FOUND: filled_cells.yuan(sheet.cell(row, FUND_FOUND)),
            RETURNED: filled_cells.yuan(sheet.cell(row, RETURNED)),
        }
        wrong = {title: one for title, one in read.items() if isinstance(one, Unread)}
        yuan, fund, cases, returned = (read[one] for one in (YUAN_FOUND, FUND_FOUND, CASES, RETURNED))
        if isinstance(yuan, Decimal) and isinstance(fund, Decimal) and fund > yuan:
            wrong[FUND_FOUND] = Unread("基金部分大于涉及金额", "请核对两栏")
        if wrong:
            faults += [_fault(sheet, row, title, one.problem, one.remedy) for title, one in wrong.items()]
            continue
        yield OwnFinding(
            problem,
            cases if isinstance(cases, int) else None,
            yuan if isinstance(yuan, Decimal) else None,
            fund if isinstance(fund, Decimal) else None,
            sheet.cell(row, SAID)[:LONGEST],
            sheet.cell(row, MEASURE)[:LONGEST],
            returned if isinstance(returned, Decimal) else None,
        )


def _fault(sheet: FormSheet, row: int, title: str, problem: str, remedy: str) -> Fault:
    return Fault(sheet.file, sheet.place(row, title), problem, remedy)
