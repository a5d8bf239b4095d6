"""Many reported annexes as one table for each annex: sums, who reported, what could not be read, what does not agree.

An institution that reports the same annex twice counts once, with the report made later. One bad file stops no other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from review.errors import ReviewError
from review.logs import record_defect
from review.models import Fault
from review.procedure.annex_paper import NOTHING
from review.procedure.annex_peers import Comparison, Reported, compare
from review.procedure.annex_reading import read_annex
from review.procedure.annexes import (
    AGENCY,
    BUREAU,
    HOSPITAL,
    PHARMACY,
    Annex,
    Filed,
    Institution,
    Value,
    Values,
    added,
    annexes,
)

TAKEN = ("found", "yuan", "fund", "returned")  # what annex 4 takes from the others
_LEVELS = ("三级", "二级", "一级")


@dataclass(frozen=True)
class MergedAnnex:
    """One table: the sums of all that report it, by problem or, in annex 4, a row for each institution."""

    annex: Annex
    filed: tuple[Filed, ...]
    rows: Mapping[str, Values]
    total: Values
    named: Mapping[str, Institution]


@dataclass(frozen=True)
class MergedAnnexes:
    """All tables, every place to mend, and hospitals beside their peers."""

    tables: tuple[MergedAnnex, ...]
    faults: tuple[Fault, ...]
    questions: tuple[Fault, ...]  # what was read but does not agree
    silent: tuple[Institution, ...]  # of the plan, without a report
    comparison: Comparison
    files: int
    made_at: datetime


def merge(files: Sequence[Path], made_at: datetime, expected: Iterable[Institution] = ()) -> MergedAnnexes:
    """Read and add up; `expected` are the institutions that should report."""
    read, unread = _read(files)
    kept, questions = _latest([one for one in read if one.state != NOTHING])
    tables = [_summed(annexes()[number], kept) for number in (AGENCY, HOSPITAL, PHARMACY)]
    fourth, more = _fourth(kept)
    awaited, renamed = _awaited(expected, kept)
    return MergedAnnexes(
        (*tables, fourth),
        tuple(unread) + tuple(fault for one in read for fault in one.faults),
        (*questions, *more, *_doubtful(kept), *renamed),
        tuple(awaited),
        _compared(kept),
        len(files),
        made_at,
    )


def _read(files: Sequence[Path]) -> tuple[list[Filed], list[Fault]]:
    read: list[Filed] = []
    unread: list[Fault] = []
    for file in files:
        label = f"{file.parent.name}/{file.name}" if file.parent.name else file.name
        try:
            one = read_annex(file)
        except ReviewError as problem:
            said, _, remedy = str(problem).partition("；")
            unread.append(Fault(label, "整份", f"没有读入：{said}", remedy.rstrip("。") or "请核对文件"))
        except Exception as defect:
            number = record_defect(defect, "annex")
            unread.append(Fault(label, "整份", f"程序没能读它，编号 {number}", "请把文件和编号交给维护人员"))
        else:
            faults = tuple(replace(fault, file=label) for fault in one.faults)
            read.append(replace(one, file=label, faults=faults))
    return read, unread


def _key(one: Filed) -> str:
    return one.institution.code or one.institution.name


def _latest(read: Sequence[Filed]) -> tuple[list[Filed], list[Fault]]:
    """Of each institution the report made last, and what was put aside for it."""
    kept: dict[tuple[int, str], Filed] = {}
    questions: list[Fault] = []
    for one in sorted(read, key=lambda one: (one.made_at, one.file)):
        earlier = kept.get((one.annex, _key(one)))
        kept[one.annex, _key(one)] = one
        if earlier is None:
            continue
        same_time = one.made_at == earlier.made_at
        alike = one.rows == earlier.rows
        how = "内容相同" if alike else "时间相同而内容不同" if same_time else "内容不同"
        problem = (
            f"与 {one.file} 是同一机构的同一附件，{how}；按 {one.made_at:%Y-%m-%d %H:%M:%S} 的 {one.file} 计"
        )
        remedy = "请向机构核实以哪一份为准，只留一份" if same_time and not alike else "无须处理，或只留一份"
        questions.append(Fault(earlier.file, "整份", problem, remedy))
    return sorted(kept.values(), key=lambda one: (one.annex, _key(one))), questions


def _doubtful(kept: Sequence[Filed]) -> Iterator[Fault]:
    """Codes that differ by leading zeros only, and names under several codes: perhaps one institution."""
    by_bare: dict[tuple[int, str], list[Filed]] = {}
    by_name: dict[tuple[int, str], list[Filed]] = {}
    for one in kept:
        if one.institution.code:
            by_bare.setdefault((one.annex, one.institution.code.lstrip("0")), []).append(one)
        if one.institution.name:
            by_name.setdefault((one.annex, one.institution.name), []).append(one)
    for group in by_bare.values():
        if len(group) > 1:
            codes = "、".join(one.institution.code for one in group)
            problem = f"机构编码 {codes} 只差开头的 0，都已计入"
            yield Fault(group[-1].file, "“说明”机构编码", problem, "如是同一机构，请改正编码后重新合并")
    for group in by_name.values():
        if len({_key(one) for one in group}) > 1:
            files = "、".join(one.file for one in group)
            problem = f"同名机构有 {len(group)} 个编码（{files}），都已计入"
            yield Fault(group[-1].file, "“说明”机构名称", problem, "如是同一机构，请改正编码后重新合并")


def _awaited(expected: Iterable[Institution], kept: Sequence[Filed]) -> tuple[list[Institution], list[Fault]]:
    """Who of the plan has not reported; the same name under another code is a question, not a silence."""
    codes = {one.institution.code for one in kept if one.annex != BUREAU}
    names = {one.institution.name: one for one in kept if one.annex != BUREAU}
    awaited, renamed = [], []
    for one in expected:
        if one.code in codes:
            continue
        if one.name not in names:
            awaited.append(one)
            continue
        other = names[one.name]
        problem = f"{one.name}在计划里的编码是 {one.code}，报送的是 {other.institution.code or '空'}"
        renamed.append(Fault(other.file, "“说明”机构编码", problem, "请核对编码，改正计划或附件"))
    return awaited, renamed


def _summed(annex: Annex, kept: Sequence[Filed]) -> MergedAnnex:
    mine = tuple(one for one in kept if one.annex == annex.number)
    rows: dict[str, Values] = {}
    for problem in annex.problems:
        parts = {one.file: one.rows.get(problem, {}) for one in mine}
        rows[problem] = {column.key: _joined(parts, column.key, annex) for column in annex.columns}
    total: dict[str, Value] = {}
    for column in annex.columns:
        if column.adds == "distinct":
            said = {one.file: one.total for one in mine}
            total[column.key] = added(said, column)
        elif column.adds:
            total[column.key] = added(rows, column)
    return MergedAnnex(annex, mine, rows, total, {})


def _joined(parts: Mapping[str, Values], key: str, annex: Annex) -> Value:
    column = annex.column(key)
    if column.number:
        return added(parts, column)
    said = sum(bool(values.get(key)) for values in parts.values())
    return f"{said} 家有说明" if said else None


def _fourth(kept: Sequence[Filed]) -> tuple[MergedAnnex, list[Fault]]:
    """Annex 4: what the institutions reported, and what the bureau wrote beside it; the later form holds."""
    annex = annexes()[BUREAU]
    rows: dict[str, dict[str, Value]] = {}
    named: dict[str, Institution] = {}
    questions: list[Fault] = []
    for one in (one for one in kept if one.annex != BUREAU):
        key = _key(one)
        named[key] = one.institution
        rows[key] = {name: _total(one, name) for name in TAKEN}
    written: dict[str, str] = {}
    for form in sorted((one for one in kept if one.annex == BUREAU), key=lambda one: one.made_at):
        for key, values in form.rows.items():
            mine = {name: value for name, value in values.items() if annex.column(name).bureau}
            if mine and key in written:
                problem = f"{key} 在 {written[key]} 里也填了，按较晚的这份计"
                questions.append(Fault(form.file, f"“{annex.sheet}”{key}", problem, "请核对两份"))
            if mine:
                written[key] = form.file
            named.setdefault(key, form.named[key])
            rows.setdefault(key, {}).update(mine)
    total = {column.key: added(rows, column) for column in annex.columns if column.adds}
    filed = tuple(one for one in kept if one.annex == BUREAU)
    return MergedAnnex(annex, filed, rows, total, named), questions


def _total(one: Filed, name: str) -> Value:
    annex = annexes()[one.annex]
    column = next((column for column in annex.columns if column.key == name), None)
    if column is None:
        return None
    if column.adds == "distinct":
        return one.total.get(name)
    return added(one.rows, column)


def _compared(kept: Sequence[Filed]) -> Comparison:
    hospitals = [one for one in kept if one.annex == HOSPITAL]
    whole = [_reported(one) for one in hospitals if not one.state]
    made = compare(whole, annexes()[HOSPITAL].problems)
    drafts = tuple(
        (one.institution.name or one.institution.code, f"报送{one.state}，不比较")
        for one in hospitals
        if one.state
    )
    return replace(made, left_out=(*made.left_out, *drafts))


def _reported(one: Filed) -> Reported:
    cases = {name: found for name, row in one.rows.items() if isinstance(found := row.get("found"), int)}
    yuan = {
        name: float(paid) for name, row in one.rows.items() if isinstance(paid := row.get("yuan"), Decimal)
    }
    level = one.institution.level
    plain = next((name for name in _LEVELS if level.startswith(name)), level)
    return Reported(one.institution.code, one.institution.name, plain, one.stays or 0, cases, yuan)
