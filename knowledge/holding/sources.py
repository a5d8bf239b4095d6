"""One file on disk to a document, its passages and its rows: the choice of reader by what the file is.

Formats are read by `knowledge.readers`; what a passage is called is decided by the cutters.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from knowledge.cutting.catalogues import Table, cut_rows
from knowledge.cutting.documents import read_document
from knowledge.cutting.passages import Passage, cut_passages
from knowledge.holding.shelf import Source
from knowledge.readers import Progress, ReadText, UnreadableFile
from knowledge.readers.files import read_file
from knowledge.readers.ocr import Recognise
from knowledge.readers.prose import Prose, confidence, running_text
from knowledge.readers.sheets import delimited_rows, read_sheets
from knowledge.readers.soundness import sound
from knowledge.readers.text import decode, normalise, read_bytes

TABLES = frozenset({".csv", ".tsv", ".xlsx", ".jsonl"})
LARGEST_TABLE = 500 * 1024 * 1024
_CONTENTS = re.compile(r"index|readme|目录|自述", re.I)
_FEWEST_SIGNS = 20
_LEAST_TITLE = 6


def read_source(
    path: Path,
    cache: Path | None = None,
    turned: Progress | None = None,
    recogniser: Recognise | None = None,
) -> Source:
    """Read one file whole. Raises `UnreadableFile`, whose message says what is wrong and what to do."""
    suffix = path.suffix.lower()
    if _CONTENTS.fullmatch(path.stem):
        raise UnreadableFile(
            "这是文件夹的说明，不是法规、清单或目录", "不必添加；如确是依据，请改用其标题作文件名"
        )
    content = read_bytes(path, LARGEST_TABLE)
    sha256 = hashlib.sha256(content).hexdigest()
    if suffix in TABLES:
        return _read_table_file(path, content, sha256)
    return _read_prose(path, sha256, cache, turned, recogniser)


def legible(path: Path) -> str:
    """The path as text; a name in an old encoding, as from a Chinese archive, is read as such."""
    name = os.fsencode(path)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(encoding)
    return name.decode("utf-8", errors="replace")


def _read_prose(
    path: Path, sha256: str, cache: Path | None, turned: Progress | None, recogniser: Recognise | None
) -> Source:
    read = read_file(path, cache=cache, citable=True, turned=turned, recogniser=recogniser)
    prose = running_text(read)
    if prose.text.strip() and not sound(prose.text):
        raise UnreadableFile("文字是乱码", "请以 UTF-8 重新导出，或改用扫描件、.docx 文件")
    if len(re.findall(r"\w", prose.text)) < _FEWEST_SIGNS:
        lost = "；".join(prose.notes) or "文字太少，不足以引用"
        raise UnreadableFile(f"没有可读的文字（{lost}）", "请核对文件内容，扫描件请用清晰的原件")
    stated = dict(read.meta).get("title", "") if path.suffix.lower() in (".html", ".htm") else ""
    title = re.split(r"\s*[_|]|\s+[-—–]\s+", stated)[0]  # a site puts its own name behind the page's
    document, begin = read_document(prose.text, Path(legible(path)).name, title)
    passages = tuple(
        _placed(passage, read, prose) for passage in cut_passages(document.title, prose.text, begin)
    )
    return Source(
        document,
        passages,
        sha256,
        notes=(*(note for note in read.notes if not note.endswith("未识别出文字")), *prose.notes),
        text=prose.text,
        spans=prose.spans,
        pages=tuple(
            (page.number, page.start, page.end, page.origin, round(confidence(page), 3))
            for page in read.pages
            if page.number is not None
        ),
    )


def _placed(passage: Passage, read: ReadText, prose: Prose) -> Passage:
    """With the page it begins on and, where it was recognised, how sure its least certain line is."""
    stretches = prose.origins(passage.start or 0, passage.end or 0)
    if not prose.spans or not stretches:
        return passage
    page = read.page_at(stretches[0][0])
    lines = [
        line.confidence
        for begin, end in stretches
        for line in read.page_at(begin).lines
        if line.start < end and begin < line.end
    ]
    return replace(passage, page=page.number, confidence=min(lines, default=None))


def _read_table_file(path: Path, content: bytes, sha256: str) -> Source:
    suffix = path.suffix.lower()
    notes: tuple[str, ...] = ()
    stated = ""
    if suffix == ".xlsx":
        sheets = read_sheets(path)
        tables = [table for sheet in sheets if (table := _table(sheet.name, sheet.rows)) is not None]
        notes = tuple(note for sheet in sheets for note in sheet.notes)
    else:
        text, _, notes = decode(content)
        stated = text.partition("\n")[0] if text[:1] in "#{" else ""
        if suffix == ".jsonl":
            tables = [_json_lines(path, text)]
        else:
            rows = tuple(_delimited(text))
            tables = [table for table in (_table("", rows),) if table is not None]
    headed = next((table.title for table in tables if table.title), "") if not stated else ""
    document, _ = read_document(stated + "\n", f"{_title_of_name(path)}{suffix}", headed)
    document = replace(document, source=Path(legible(path)).name)
    rows_read = sum(len(table.rows) for table in tables)
    if not rows_read:
        raise UnreadableFile("表中没有数据行", "请核对工作表，首行应为列名")
    return Source(document, tuple(cut_rows(document.title, tables)), sha256, rows_read, notes)


def _title_of_name(path: Path) -> str:
    """A file's name as a title: the decorations that differ between copies of one list are taken out."""
    name = re.sub(r"[【\[]\s*([^】\]]*?)\s*[】\]]", r"\1_", Path(legible(path)).stem)
    return re.sub(r"[_\s]+", "_", name).strip("_").replace("(", "（").replace(")", "）")


def _delimited(text: str) -> Iterator[tuple[str, ...]]:
    body = "\n".join(line for line in text.lstrip("\ufeff").splitlines() if not line.startswith("#"))
    for row in delimited_rows(body):
        yield tuple(normalise(cell).strip() for cell in row)


def _table(name: str, rows: tuple[tuple[str, ...], ...]) -> Table | None:
    """The header is the first of the top rows that names the most columns; a title above it is kept as such."""
    top = rows[:6]
    widths = [len({cell for cell in row if cell}) for row in top]
    if not widths or max(widths) < 2:
        return None
    place = widths.index(max(widths))
    alone = [(number, _only(row)) for number, row in enumerate(rows, start=1)]
    body = tuple(row for row in rows[place + 1 :] if sum(bool(cell) for cell in row) >= 2)
    return Table(
        name,
        top[place],
        body,
        place + 2,
        title=next((said for number, said in alone[:place] if len(said) >= _LEAST_TITLE), ""),
        remarks=tuple((number, said) for number, said in alone[place + 1 :] if len(said) >= _FEWEST_SIGNS),
    )


def _only(row: tuple[str, ...]) -> str:
    """What a row says that is one cell, written once or spread over merged cells."""
    said = {cell for cell in row if cell}
    return said.pop() if len(said) == 1 else ""


def _json_lines(path: Path, text: str) -> Table:
    """Objects of a JSONL file as rows; a first line of remarks (`_note` …) is no row."""
    objects: list[dict[str, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raise UnreadableFile("不是合法的 JSON", "请改正这一行", f"第 {number} 行") from problem
        if not isinstance(value, dict):
            raise UnreadableFile("这一行不是对象", "每行应是一个 JSON 对象", f"第 {number} 行")
        if not any(key.startswith("_") for key in value):
            objects.append({key: _cell(entry) for key, entry in value.items() if entry not in (None, "", [])})
    header = tuple(dict.fromkeys(key for entry in objects for key in entry))
    return Table("", header, tuple(tuple(entry.get(key, "") for key in header) for entry in objects), 1)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ";".join(str(entry) for entry in value)
    return normalise(str(value)).strip()
