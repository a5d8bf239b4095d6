"""Reads the record folders: every file to text, every text to documents, every folder to the admission it belongs to.

One file that cannot be read is a fault and leaves the others as they are.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from knowledge.readers import ReadText, UnreadableFile
from knowledge.readers.isolated import IsolatedReader
from review.facts.times import moments
from review.intake.columns import shapes
from review.intake.conversion import TYPES
from review.intake.files import FileState
from review.intake.plain_files import RISKY, Folder, PlainFile, documents_of, read_alone, read_plain
from review.models import Fault
from review.record import Document
from review.side_by_side import in_order

WORTH_HELP = 2_000  # files from which on help repays its start
_NUMBER = re.compile(r"(?:住\s*院\s*号|病\s*案\s*号)\s*[:：\t]\s*([A-Za-z0-9\-]{3,30})")
_ADMITTED = re.compile(r"入\s*院\s*(?:时\s*间|日\s*期)\s*[:：\t]\s*")
_DISCHARGED = re.compile(r"(?:出\s*院|死\s*亡)\s*(?:时\s*间|日\s*期)\s*[:：\t]\s*")
_IDENTITY = {
    "psn_name": re.compile(r"姓\s*名\s*[:：\t]\s*([\u4e00-\u9fff·]{2,6})(?=\s|$|性别|年龄|科室)"),
    "gend": re.compile(r"性\s*别\s*[:：\t]\s*([男女])"),
    "age": re.compile(r"年\s*龄\s*[:：\t]\s*(\d{1,3})\s*岁"),
    "adm_dept_name": re.compile(r"(?:科\s*室|科\s*别)\s*[:：\t]\s*([\u4e00-\u9fff]{2,12})(?=\s|$|床号)"),
    "ipt_otp_no": _NUMBER,
}


@dataclass(frozen=True)
class Source:
    """One record file and its text; `read` is null where it could not be read."""

    source: str
    admission_id: str
    read: ReadText | None


@dataclass
class Records:
    """What the record folders gave."""

    documents: list[Document]
    sources: list[Source]
    states: list[FileState]
    faults: list[Fault]


class Admissions:
    """Which admission a folder belongs to: its name is the platform's id or the hospital's number."""

    def __init__(self, stays: pa.Table | None) -> None:
        rows: list[dict[str, Any]] = [] if stays is None else stays.to_pylist()
        self.known = stays is not None
        self._by_id = {row["mdtrt_id"]: row for row in rows}
        self._by_number: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            if row["ipt_otp_no"]:
                self._by_number.setdefault(row["ipt_otp_no"], []).append(row)

    def sure_of(self, name: str) -> str | None:
        """The admission of a folder where its name alone tells it."""
        same = self._by_number.get(name, [])
        if not self.known or name in self._by_id:
            return name
        return str(same[0]["mdtrt_id"]) if len(same) == 1 else None

    def of_folder(self, name: str, reads: Iterable[ReadText | UnreadableFile]) -> str | None:
        """The admission of a folder; where a number was given twice, the one that began on the day the text says."""
        if (sure := self.sure_of(name)) is not None:
            return sure
        same = self._by_number.get(name, [])
        if len(same) > 1:
            began = _moment(_ADMITTED, "\n".join(read.text for read in reads if isinstance(read, ReadText)))
            same = [row for row in same if began is not None and row["begntime"].date() == began.date()]
        return str(same[0]["mdtrt_id"]) if len(same) == 1 else None


def read_records(
    folder: Path,
    files: list[Path],
    stays: pa.Table | None,
    cache: Path,
    tell: Callable[[str, int, int], None],
) -> Records:
    """All files under records/, folder by folder in a fixed order."""
    found = Records([], [], [], [])
    admissions = Admissions(stays)
    done = 0
    folders = _folders(folder, files, found)
    for name, given in _read_folders(_asked(folder, folders, admissions), len(files), cache):
        reads: dict[str, tuple[ReadText | UnreadableFile, PlainFile]] = {}
        for source, read, plain in given:
            done += 1
            tell("读入病历", done, len(files))
            reads[source] = read, plain
        admission_id = admissions.of_folder(name, (read for read, _ in reads.values()))
        if admission_id is None:
            _strangers(name, list(reads), found)
            continue
        for order, (source, (read, plain)) in enumerate(reads.items(), start=1):
            if isinstance(read, UnreadableFile):
                _refuse(source, admission_id, read, found)
            else:
                documents = plain.documents
                if documents is None:
                    documents = documents_of(read, admission_id, source, order)
                _add(source, admission_id, documents, read, found)
    return found


def _asked(
    folder: Path, folders: Mapping[str, Sequence[Path]], admissions: Admissions
) -> Mapping[str, Folder]:
    return {
        name: Folder(
            admissions.sure_of(name),
            tuple(paths),
            tuple(path.relative_to(folder).as_posix() for path in paths),
        )
        for name, paths in folders.items()
    }


def _read_folders(
    folders: Mapping[str, Folder], count: int, cache: Path
) -> Iterator[tuple[str, Iterator[tuple[str, ReadText | UnreadableFile, PlainFile]]]]:
    """The files of each folder with what reading them gave."""
    plain = in_order(read_plain, list(folders.values()), helpers=None if count >= WORTH_HELP else 0)
    risky = [path for asked in folders.values() for path in asked.paths if path.suffix.lower() in RISKY]
    with IsolatedReader() as reader:
        apart = reader.read_all(risky, cache)
        for (name, asked), files in zip(folders.items(), plain, strict=True):
            yield (
                name,
                (
                    (source, _result(path, file.read, apart), file)
                    for path, source, file in zip(asked.paths, asked.sources, files, strict=True)
                ),
            )


def _result(
    path: Path, text: ReadText | None, apart: Iterator[ReadText | UnreadableFile]
) -> ReadText | UnreadableFile:
    return text or (next(apart) if path.suffix.lower() in RISKY else read_alone(path))


def _folders(folder: Path, files: list[Path], found: Records) -> dict[str, list[Path]]:
    """Files by the folder right below records/."""
    folders: dict[str, list[Path]] = {}
    for path in files:
        inside = path.relative_to(folder / "records")
        if len(inside.parts) > 1:
            folders.setdefault(inside.parts[0], []).append(path)
        else:
            source = path.relative_to(folder).as_posix()
            note = "不在任何一次住院的文件夹内；请放入以就诊ID或住院号命名的文件夹"
            found.states.append(FileState(source, "病历", 0, "份", "未用", note))
    return folders


def _refuse(source: str, admission_id: str, problem: UnreadableFile, found: Records) -> None:
    found.sources.append(Source(source, admission_id, None))
    found.faults.append(Fault(source, problem.place, problem.problem, problem.remedy, admission_id))
    found.states.append(FileState(source, "病历", 0, "份", "拒收", str(problem)))


def _strangers(name: str, sources: list[str], found: Records) -> None:
    problem = "文件夹名与任何一次住院都对不上（既不是就诊ID，也不是唯一的住院号）"
    found.faults.append(Fault(f"records/{name}", "整个文件夹", problem, "请改成 mdtrt_d 中的就诊ID或住院号"))
    note = "文件夹名与任何一次住院都对不上"
    found.states += [FileState(source, "病历", 0, "份", "未用", note) for source in sources]


def _add(
    source: str, admission_id: str, documents: Sequence[Document], read: ReadText, found: Records
) -> None:
    found.sources.append(Source(source, admission_id, read))
    found.documents += documents
    lost = [str(page.number) for page in read.pages if page.origin == "unreadable"]
    if lost:
        place = f"第 {'、'.join(lost[:20])} 页"
        found.faults.append(
            Fault(source, place, "未识别出文字", "请重新扫描该页，或提供文字版", admission_id)
        )
    elif not read.text.strip():
        found.faults.append(Fault(source, "整份文件", "没有文字", "请核对是否导出了空白文件", admission_id))
    recognised = any(page.origin != "text" for page in read.pages)
    state = "已识别" if recognised else "已读"
    found.states.append(FileState(source, "病历", len(documents), "份", state, "；".join(read.notes)))


def _moment(label: re.Pattern[str], text: str) -> datetime | None:
    """The first time that stands right behind a label."""
    for match in label.finditer(text):
        found = moments(text[match.end() : match.end() + 30])
        if found and found[0].start == 0:
            return found[0].at
    return None


def stays_of_records(records: Records) -> tuple[pa.Table, list[Fault]]:
    """The admission table as the records' own headers state it, for an inspection without claims."""
    texts: dict[str, list[str]] = {}
    for source in records.sources:
        texts.setdefault(source.admission_id, []).append(source.read.text if source.read else "")
    rows, faults = [], []
    for admission_id, pieces in texts.items():
        text = "\n".join(pieces)
        row: dict[str, object] = {
            name: match[1] for name, label in _IDENTITY.items() if (match := label.search(text))
        }
        row["age"] = int(str(row["age"])) if "age" in row else None
        row |= {
            "mdtrt_id": admission_id,
            "psn_no": admission_id,
            "source": f"records/{admission_id}",
            "row_number": 0,
        }
        row |= {"begntime": _moment(_ADMITTED, text), "endtime": _moment(_DISCHARGED, text)}
        missing = [
            name
            for name, value in (("入院时间", row["begntime"]), ("出院时间", row["endtime"]))
            if value is None
        ]
        if missing:
            problem = f"病历中没有读到{'和'.join(missing)}，该次住院不能核查"
            remedy = "请提供 claims/mdtrt_d，或补充写明该时间的入院记录、出院记录"
            faults.append(Fault(f"records/{admission_id}", "整个文件夹", problem, remedy, admission_id))
        else:
            rows.append(row)
    return stays_table(rows), faults


def stays_table(rows: list[dict[str, object]]) -> pa.Table:
    """Rows as the typed admission table, every column present."""
    columns: Mapping[str, pa.DataType] = {
        **{column.name: TYPES[column.kind] for column in shapes()["mdtrt_d"].columns},
        "source": pa.string(),
        "row_number": pa.int32(),
    }
    return pa.table(
        {name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()},
    )
