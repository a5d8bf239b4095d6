"""What a person has added: one normalised JSON per file under the home folder, and the visible state of each.

A file counts as added once the list of states names it; everything before that can be lost without harm.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.documents import Document
from knowledge.passages import Passage

FORMAT = 2
READ, INDEXED, REFUSED = "已读", "已入库", "拒收"
PageRead = tuple[
    int | None, int, int, str, float
]  # number, start and end in the text as read, origin, confidence


@dataclass(frozen=True)
class Source:
    """All that one file gives: its document, passages, number of table rows, and remarks for the file list."""

    document: Document
    passages: tuple[Passage, ...]
    sha256: str
    rows: int = 0
    notes: tuple[str, ...] = ()
    text: str = ""
    spans: tuple[tuple[int, int, int], ...] = ()  # of `text`: where here, where in the text as read, how long
    pages: tuple[PageRead, ...] = ()


@dataclass(frozen=True)
class FileState:
    """What became of one file, as the list shows it."""

    file: str
    state: str  # 已读 | 已入库 | 拒收
    title: str | None = None
    sha256: str | None = None
    passages: int = 0
    rows: int = 0
    reason: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The state in one phrase."""
        if self.state == REFUSED:
            return f"{REFUSED}：{self.reason}"
        counts = "、".join(
            text
            for text, number in ((f"{self.passages:,} 条", self.passages), (f"{self.rows:,} 行", self.rows))
            if number
        )
        told = f"（{counts}）" if counts else ""
        return f"{self.state}{told}" + (f"：{self.reason}" if self.reason else "")


class Shelf:
    """The folder `knowledge/` under the home folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "knowledge"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time; readers never wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def states(self) -> list[FileState]:
        file = self.folder / "states.json"
        if not file.exists():
            return []
        held = json.loads(file.read_text(encoding="utf-8"))
        return [FileState(**{**entry, "notes": tuple(entry["notes"])}) for entry in held["files"]]

    def stamp(self) -> int:
        """Changes whenever the list of states does."""
        file = self.folder / "states.json"
        return file.stat().st_mtime_ns if file.exists() else 0

    def write_states(self, states: list[FileState]) -> None:
        write_json(
            self.folder / "states.json", {"format": FORMAT, "files": [asdict(state) for state in states]}
        )

    def put(self, source: Source) -> None:
        """Keep a file's text, document and passages; equal content is written once."""
        file = self._file(source.sha256)
        if not file.exists():
            kept = {
                "format": FORMAT,
                "document": document_json(source.document),
                "text": source.text,
                "passages": [passage_json(passage) for passage in source.passages],
            }
            write_json(file, kept)

    def get(self, sha256: str) -> tuple[Document, list[Passage]]:
        held = json.loads(self._file(sha256).read_text(encoding="utf-8"))
        return document_of(held["document"]), [Passage(*entry) for entry in held["passages"]]

    def text(self, sha256: str) -> str:
        """The whole text of an added file, for 「在原文中打开」."""
        return str(json.loads(self._file(sha256).read_text(encoding="utf-8"))["text"])

    def _file(self, sha256: str) -> Path:
        return self.folder / "files" / f"{sha256}.json"


def write_json(file: Path, value: Any) -> None:
    """Written beside and moved into place, so that a reader never sees half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(value, stream, ensure_ascii=False, separators=(",", ":"))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(name, file)


def passage_json(passage: Passage) -> list[Any]:
    return [getattr(passage, field.name) for field in fields(passage)]


def document_json(document: Document) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in asdict(document).items()
    }


def document_of(held: dict[str, Any]) -> Document:
    days = {
        key: date.fromisoformat(held[key]) for key in ("issued", "in_force_from", "in_force_to") if held[key]
    }
    return Document(**{**held, **days, "repeals": tuple(held.get("repeals", ()))})
