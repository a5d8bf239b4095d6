"""One inspection folder to typed tables and documents. Nothing is guessed: what is not given stays missing.

Raises InputError where the folder cannot be read at all; what spoils a document, a row or a cell is a fault,
and the rest is read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from review.errors import InputError
from review.intake.about import FILE, About, complete_about, read_about
from review.intake.claims import agree, with_strangers
from review.intake.files import FileState, files_under
from review.intake.platform import read_platform
from review.intake.records import Source, read_records, stays_of_records
from review.intake.tables import read_tables
from review.models import Fault
from review.record import Document

Progress = Callable[[str, int, int], None]
PARTS = ("claims", "hospital", "records", "platform")
LABELS = "expected.json"  # the answers of an evaluation


@dataclass(frozen=True)
class Intake:
    """All that was read of one inspection, in a fixed order."""

    folder: Path
    about: About
    tables: Mapping[str, pa.Table]
    documents: tuple[Document, ...]
    sources: tuple[Source, ...]
    files: tuple[FileState, ...]
    faults: tuple[Fault, ...]


def read_inspection(folder: Path, *, cache: Path, progress: Progress | None = None) -> Intake:
    """Read an inspection folder. `progress` hears (stage, done, total)."""
    tell = progress or (lambda stage, done, total: None)
    _check_folder(folder)
    about, faults = read_about(folder)
    states = _loose_files(folder)
    tables: dict[str, pa.Table] = {}
    for number, part in enumerate(("claims", "hospital"), start=1):
        tell("读入数据表", number, 2)
        files, passed = files_under(folder, part)
        read, found, wrong = read_tables(folder, files, part)
        tables |= read
        states += passed + found
        faults += wrong
    payloads = read_platform(folder, tables)
    tables |= payloads.tables
    has_claims = any(
        name in tables for name in ("fee_list_d", "setl_d", "setl_list_diag_d", "setl_list_oprn_d")
    )
    if has_claims and "mdtrt_d" not in tables:
        raise InputError(
            "claims/ 里没有就诊信息 mdtrt_d（每次住院一行）；请补上 mdtrt_d.csv 或 .xlsx 后重试。"
        )
    if "mdtrt_d" in tables:
        faults += agree(tables)
    files, passed = files_under(folder, "records")
    records = read_records(folder, files, tables.get("mdtrt_d"), cache, tell)
    states += passed + records.states + payloads.states
    faults += records.faults + payloads.faults
    if "mdtrt_d" not in tables:
        tables["mdtrt_d"], missing = stays_of_records(records)
        faults += missing
    if not tables["mdtrt_d"].num_rows:
        raise InputError(_nothing_to_review(folder, faults))
    known = set(tables["mdtrt_d"]["mdtrt_id"].to_pylist())
    states = with_strangers(states, tables)
    documents = [
        document for document in records.documents + payloads.documents if document.admission_id in known
    ]
    return Intake(
        folder=folder,
        about=complete_about(about, tables, folder),
        tables=tables,
        documents=tuple(documents),
        sources=tuple(records.sources + payloads.sources),
        files=tuple(states),
        faults=tuple(faults),
    )


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        raise InputError(f"找不到检查文件夹 {folder}；请核对路径。")
    if not folder.is_dir():
        raise InputError(f"{folder} 不是文件夹；请给出检查文件夹的路径。")
    try:
        next(folder.iterdir(), None)
    except OSError as problem:
        raise InputError(f"{folder} 打不开（{problem.strerror}）；请检查读取权限。") from problem


def _loose_files(folder: Path) -> list[FileState]:
    """Files and folders at the top that the format does not name."""
    states = []
    for entry in sorted(folder.iterdir()):
        if entry.name in (FILE, "inspection.yml"):
            states.append(FileState(entry.name, "检查说明", 1, "份", "已读"))
        elif entry.name == LABELS:
            states.append(FileState(entry.name, "评测标注", 1, "份", "未用", "评测用的答案，审核从不读它"))
        elif entry.name not in PARTS and not entry.name.startswith("."):
            states.append(
                FileState(entry.name, "未知", 0, "", "未用", "不属于 claims、hospital、records、platform")
            )
    return states


def _nothing_to_review(folder: Path, faults: list[Fault]) -> str:
    if faults:
        first = faults[0]
        return (
            f"{folder.name} 里没有可核查的住院（{first.file} {first.place}：{first.problem}"
            f"{f'；另有 {len(faults) - 1} 处' if len(faults) > 1 else ''}）；{first.remedy}。"
        )
    return f"{folder.name} 里没有任何一次住院；请放入 claims/mdtrt_d.csv，或 records/<住院号>/ 下的病历。"
