"""Reads the table files of claims/ and hospital/: each file to typed rows, parts of a split table joined.

A claims table that cannot be read stops the intake, because what it holds would be missing unseen; a table of
the hospital's is refused alone, and the checks that need it say so.
"""

from pathlib import Path

import pyarrow as pa

from knowledge.readers import UnreadableFile
from review.errors import InputError
from review.intake.columns import TableShape, table_of_file
from review.intake.conversion import MissingColumn, convert
from review.intake.files import FileState
from review.intake.raw import TABLE_FILES, read_raw
from review.models import Fault

REFUSED_SUFFIXES = frozenset({".xls", ".xlsm", ".et", ".ods", ".dbf", ".mdb", ".txt"})


def read_tables(
    folder: Path, files: list[Path], part: str
) -> tuple[dict[str, pa.Table], list[FileState], list[Fault]]:
    """Typed tables by internal name. Raises InputError for a claims file that cannot be read."""
    parts: dict[str, list[pa.Table]] = {}
    states: list[FileState] = []
    faults: list[Fault] = []
    for path in files:
        source = path.relative_to(folder).as_posix()
        shape = table_of_file(path.stem, part)
        if shape is None or path.suffix.lower() not in TABLE_FILES:
            states.append(_unused(path, source, shape, faults))
            continue
        try:
            tables, found, notes = _read(path, source, shape)
        except (UnreadableFile, MissingColumn) as problem:
            if part == "claims":
                raise InputError(_refusal(source, problem)) from problem
            states.append(FileState(source, shape.title, 0, "行", "拒收", _said(problem)))
            faults.append(_as_fault(source, problem))
            continue
        parts.setdefault(shape.name, []).extend(tables)
        faults += found
        rows = sum(table.num_rows for table in tables)
        states.append(FileState(source, shape.title, rows, "行", "已读", "；".join(notes)))
    return {name: pa.concat_tables(tables) for name, tables in parts.items()}, states, faults


def _read(path: Path, source: str, shape: TableShape) -> tuple[list[pa.Table], list[Fault], list[str]]:
    typed = [convert(raw, shape) for raw in read_raw(path, source, shape)]
    notes = dict.fromkeys(note for table in typed for note in table.notes)
    return [table.table for table in typed], [fault for table in typed for fault in table.faults], list(notes)


def _unused(path: Path, source: str, shape: TableShape | None, faults: list[Fault]) -> FileState:
    suffix = path.suffix.lower()
    if shape is not None and suffix in REFUSED_SUFFIXES:
        faults.append(Fault(source, "整份文件", f"不支持 {suffix} 格式的表", "请另存为 .csv 或 .xlsx"))
        return FileState(source, shape.title, 0, "行", "拒收", f"不支持 {suffix}；请另存为 .csv 或 .xlsx")
    return FileState(source, "未知", 0, "", "未用", "文件名不是已知的表；请对照输入格式改名")


def _said(problem: UnreadableFile | MissingColumn) -> str:
    if isinstance(problem, MissingColumn):
        return f"缺少必需列 {problem}；请补上该列后重新导出"
    return str(problem)


def _refusal(source: str, problem: UnreadableFile | MissingColumn) -> str:
    if isinstance(problem, MissingColumn):
        columns = "、".join(f"{column.name}（{column.headings[1]}）" for column in problem.columns)
        return f"{source} 表头缺少必需列 {columns}；请补上该列后重新导出。"
    return f"{source} 读不出来：{problem}。"


def _as_fault(source: str, problem: UnreadableFile | MissingColumn) -> Fault:
    if isinstance(problem, MissingColumn):
        return Fault(source, "表头", f"缺少必需列 {problem}，整表未读入", "请补上该列后重新导出")
    return Fault(source, problem.place, problem.problem, problem.remedy)
