"""What the PDFs of an inspection tell, as rows of the facts view: one for each file, one for each sign, with a quote.

A sign is quoted by the line that shows it now. What a file told is kept under its digest, so that a second review of
the same files costs nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.readers import Page, ReadText, UnreadableFile
from knowledge.readers.text import fold, fold_with_map
from review.forensics import (
    ADDED,
    FONT,
    LAYER,
    PAGE_ADDED,
    PAGE_REMOVED,
    PICTURE,
    REMOVED,
    TYPED_OVER,
    FileSigns,
    Sign,
)
from review.forensics.examiner import Examiner, signs_of
from review.forensics.layer_reader import LayerReader
from review.intake.records import Source

MADE, UNREAD = "file_made", "file_unread"
VERSION = 2  # of what is kept; another one is read anew
Tell = Callable[[str, int, int], None]


def file_facts(
    folder: Path, sources: Iterable[Source], cache: Path, tell: Tell | None = None
) -> list[dict[str, Any]]:
    """Rows of `raw_text_facts` for every PDF that was read as a record; `folder` is the inspection's."""
    files = [
        source for source in sources if source.source.lower().endswith(".pdf") and source.read is not None
    ]
    rows: list[dict[str, Any]] = []
    with Examiner() as examiner, LayerReader(examiner, cache) as layers:
        for number, source in enumerate(files, start=1):
            if tell is not None:
                tell("查看 PDF 版本", number, len(files))
            if source.read is not None and source.read.text.strip():
                rows += _rows(source, source.read, folder, cache, layers)
    return rows


def _rows(
    source: Source, read: ReadText, folder: Path, cache: Path, layers: LayerReader
) -> Iterator[dict[str, Any]]:
    title = next(line for line in read.text.split("\n") if line.strip())
    try:
        told = _told(folder / source.source, read, cache, layers)
    except UnreadableFile as refusal:
        yield _row(source, read, "unread", UNREAD, 1, [title], name=refusal.problem, value=refusal.remedy)
        return
    yield _row(
        source, read, "made", MADE, 1, [title], name=told.producer, value=told.creator, unit=str(told.revisions),
        begins_at=told.created_at, ends_at=told.modified_at,
    )  # fmt: skip
    for number, sign in enumerate(told.signs, start=1):
        lines = [sign.line, f"{sign.label}{sign.after}", sign.after, sign.label, title]
        yield _row(
            source, read, str(number), f"file_{sign.kind}", sign.page, lines, name=sign.what, value=say(sign),
            unit=sign.how, begins_at=sign.made_at, certainty="probable" if sign.weighty else "clue",
        )  # fmt: skip


def _told(path: Path, read: ReadText, cache: Path, layers: LayerReader) -> FileSigns:
    """What a file tells, from what is kept of it or by looking."""
    digest = read.sha256
    kept = cache / "forensics" / f"{digest}.json"
    if digest and kept.exists():
        try:
            held = json.loads(kept.read_text("utf-8"))
            if held.pop("version", None) == VERSION:
                return signs_of(held)
        except (ValueError, TypeError, KeyError):
            kept.unlink(missing_ok=True)  # cut off while it was written
    told = layers.examiner.examine(path)
    told = replace(told, signs=(*told.signs, *layers.signs(path, read, told.layered)))
    if digest:
        kept.parent.mkdir(parents=True, exist_ok=True)
        body = json.dumps(
            {**asdict(told), "version": VERSION}, ensure_ascii=False, default=datetime.isoformat
        )
        kept.write_text(body, "utf-8")
    return told


def _row(
    source: Source, read: ReadText, mark: str, kind: str, page: int, lines: Iterable[str], **columns: Any
) -> dict[str, Any]:
    """A row with the first of the lines that stands in the text of its page, or the page's own first line."""
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
