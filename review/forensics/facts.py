"""What the files of an inspection tell, as rows of the facts view: one for each PDF, one for each sign, one for each
picture that other admissions have too; each with a quote.

A sign is quoted by the line that shows it now, a picture by the first line of its page. What a file told is kept under
its digest, so that a second review of the same files costs nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.readers import Page, ReadText, UnreadableFile
from knowledge.readers.files import PICTURES
from knowledge.readers.text import fold, fold_with_map
from review.forensics import (
    ADDED,
    FONT,
    LAYER,
    PAGE_ADDED,
    PAGE_REMOVED,
    PICTURE,
    REMOVED,
    SHEET_OF_PAPER,
    SIGNED,
    TAKEN,
    TYPED_OVER,
    FileSigns,
    Sign,
)
from review.forensics.examiner import Examiner, signs_of
from review.forensics.layer_reader import LayerReader
from review.forensics.twins import Placed, placed, twins
from review.intake.records import Source

MADE, UNREAD, PICTURE_UNREAD = "file_made", "file_unread", "picture_unread"
TWIN = {TAKEN: "picture_twin", SHEET_OF_PAPER: "sheet_twin", SIGNED: "signature_twin"}
MEDIA = b"word/media/"
VERSION = 3  # of what is kept; another one is read anew
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class File:
    """A record file that was read, and where it lies."""

    source: Source
    read: ReadText
    path: Path


def file_facts(
    folder: Path, sources: Iterable[Source], cache: Path, tell: Tell | None = None
) -> list[dict[str, Any]]:
    """Rows of `raw_text_facts` for every file that was read as a record and may hold revisions or pictures; `folder` is
    the inspection's."""
    files = [
        File(source, source.read, folder / source.source)
        for source in sources
        if source.read is not None and _worth(source.source, source.read, folder)
    ]
    rows: list[dict[str, Any]] = []
    pictures: list[Placed] = []
    with Examiner() as examiner, LayerReader(cache) as layers:
        for number, (file, told) in enumerate(_all_told(files, cache, examiner, layers)):
            if tell is not None:
                tell("查看 PDF 版本", number + 1, len(files))
            rows += _rows(file, told)
            if isinstance(told, FileSigns):
                pictures += placed(number, file.source.admission_id, told.pictures)
    return rows + list(_twin_rows(files, pictures, cache))


def _worth(source: str, read: ReadText, folder: Path) -> bool:
    """Whether the file has words to be quoted by, and may hold more than words."""
    suffix = Path(source).suffix.lower()
    if suffix == ".docx":
        with suppress(OSError):  # it was read a moment ago; what has gone since has no pictures
            return bool(read.text.strip()) and MEDIA in (folder / source).read_bytes()
        return False
    if not read.text.strip():
        return False
    return suffix == ".pdf" or suffix in PICTURES


def _all_told(
    files: Sequence[File], cache: Path, examiner: Examiner, layers: LayerReader
) -> Iterator[tuple[File, FileSigns | UnreadableFile]]:
    """What each file tells, in their order: from what is kept of it, or by looking while the one before is used."""
    known = {at for at, file in enumerate(files) if _kept(file, cache) is not None}
    asked = examiner.examine_all(file.path for at, file in enumerate(files) if at not in known)
    for at, file in enumerate(files):
        told: FileSigns | UnreadableFile
        if at in known:
            told = _kept(file, cache) or UnreadableFile("留存的查看结果刚被删去", "请重新审核")
        else:
            told = next(asked)
            if isinstance(told, FileSigns):
                signs = layers.signs(file.path, file.read, told.layered)
                told = replace(told, signs=(*told.signs, *signs))
                _keep(file, told, cache)
        yield file, told


def _rows(file: File, told: FileSigns | UnreadableFile) -> Iterator[dict[str, Any]]:
    title = next(line for line in file.read.text.split("\n") if line.strip())
    pdf = file.path.suffix.lower() == ".pdf"
    if isinstance(told, UnreadableFile):
        kind = UNREAD if pdf else PICTURE_UNREAD
        yield _row(file, "unread", kind, 1, [title], name=told.problem, value=told.remedy)
        return
    if not pdf:
        return
    yield _row(
        file, "made", MADE, 1, [title], name=told.producer, value=told.creator, unit=str(told.revisions),
        begins_at=told.created_at, ends_at=told.modified_at,
    )  # fmt: skip
    for number, sign in enumerate(told.signs, start=1):
        lines = [sign.line, f"{sign.label}{sign.after}", sign.after, sign.label, title]
        yield _row(
            file, str(number), f"file_{sign.kind}", sign.page, lines, name=sign.what, value=say(sign),
            unit=sign.how, begins_at=sign.made_at, certainty="probable" if sign.weighty else "clue",
        )  # fmt: skip


def _twin_rows(files: Sequence[File], pictures: Sequence[Placed], cache: Path) -> Iterator[dict[str, Any]]:
    """A row for each place of a picture that stands in several admissions: its group, and in how many it stands."""

    def small_of(one: Placed) -> str:
        kept = _kept(files[one.file], cache)
        return kept.pictures[one.number].small if kept is not None else ""

    for group in twins(pictures, lru_cache(maxsize=4096)(small_of)):
        first = group.places[0]
        name = f"{first.digest[:16]}-{first.kind}"
        for one in group.places:
            signed = group.kind == SIGNED
            yield _row(
                files[one.file], f"picture{one.number}", TWIN[group.kind], one.page, [one.label] if signed else [],
                name=name, value=one.label if signed else f"{one.size[0]}×{one.size[1]}",
                unit=str(group.admissions),
            )  # fmt: skip


def _kept(file: File, cache: Path) -> FileSigns | None:
    """What was told of a file of this content when it was last looked at."""
    kept = cache / "forensics" / f"{file.read.sha256}.json"
    if file.read.sha256 and kept.exists():
        try:
            held = json.loads(kept.read_text("utf-8"))
            if held.pop("version", None) == VERSION:
                return signs_of(held)
        except (ValueError, TypeError, KeyError):
            kept.unlink(missing_ok=True)  # cut off while it was written
    return None


def _keep(file: File, told: FileSigns, cache: Path) -> None:
    if file.read.sha256:
        kept = cache / "forensics" / f"{file.read.sha256}.json"
        kept.parent.mkdir(parents=True, exist_ok=True)
        body = json.dumps(
            {**asdict(told), "version": VERSION}, ensure_ascii=False, default=datetime.isoformat
        )
        kept.write_text(body, "utf-8")


def _row(file: File, mark: str, kind: str, page: int, lines: Iterable[str], **columns: Any) -> dict[str, Any]:
    """A row with the first of the lines that stands in the text of its page, or the page's own first line."""
    source, read = file.source, file.read
    spot = next((one for one in read.pages if one.number == page), read.pages[0])
    start, end = _place(read, spot, lines)
    begin = spot.start if spot.number is not None else 0
    return {
        "fact_id": f"file:{source.source}:{mark}", "admission_id": source.admission_id, "kind": kind, "name": "",
        "value": "", "unit": None, "begins_at": None, "ends_at": None, "source": source.source, "page": spot.number,
        "start_at": start - begin, "end_at": end - begin, "quote": read.text[start:end], "certainty": "clue", **columns,
    }  # fmt: skip


def _place(read: ReadText, page: Page, lines: Iterable[str]) -> tuple[int, int]:
    folded, places = fold_with_map(read.text[page.start : page.end])
    for line in lines:
        wanted = fold(line)
        at = folded.find(wanted) if wanted else -1
        if at >= 0:
            return page.start + places[at], page.start + places[at + len(wanted) - 1] + 1
    first = next((line for line in read.text[page.start : page.end].split("\n") if line.strip()), None)
    at = page.start
    if first is None:  # a page without words: the file's first line stands for it
        first, at = next(line for line in read.text.split("\n") if line.strip()), 0
    start = read.text.index(first, at)
    return start + len(first) - len(first.lstrip()), start + len(first.rstrip())


def say(sign: Sign) -> str:
    """What was seen, in a reader's words; who did it and why is not known."""
    where = f"第 {sign.page} 页"
    field = f"{where}“{sign.label}”处" if sign.label else where
    when = f"，{sign.made_at:%Y-%m-%d %H:%M} 保存" if sign.made_at else ""
    if sign.how == PAGE_ADDED:
        return f"后来插入{where}（“{sign.after}”{when}）"
    if sign.how == PAGE_REMOVED:
        return f"原{where}后来被删去（“{sign.before}”{when}）"
    if sign.how == PICTURE:
        return f"{where}扫描画面有一处内容后来消失（{sign.label}{when}）"
    if sign.kind == FONT:
        return f"{field}一个数字由不同字体拼成（“{sign.after}”：{sign.before}）"
    if sign.kind == LAYER:
        return f"{field}文字层为“{sign.after}”，画面识别为“{sign.before}”"
    if sign.kind == TYPED_OVER:
        return f"{field}扫描画面上盖白底另打“{sign.after}”"
    what = "" if sign.what == "文字" else f"{sign.what}"
    if sign.how == ADDED:
        return f"{field}后来添加{what}“{sign.after}”{when}"
    if sign.how == REMOVED:
        return f"{field}{what}“{sign.before}”被{'白底盖住' if sign.kind == 'covered' else '去掉'}{when}"
    return f"{field}{what}由“{sign.before}”改为“{sign.after}”{when}"
