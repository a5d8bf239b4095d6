"""What a person has added: one normalised JSON per file under the home folder, and the visible state of each.

A file counts as added once the list of states names it. Files that an unfinished add has read stand in a journal
and are taken up by the next one; everything else that was begun can be lost without harm.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.cutting.document import Document
from knowledge.cutting.passages import Passage
from knowledge.holding.corrections import Correction, corrected

FORMAT = (
    2  # raised whenever reading or cutting changes what is kept of a file: it is read again when added again
)
READ, INDEXED, REFUSED = "已读", "已入库", "拒收"
UNFINISHED = "上次添加没有做完，待入库；再次添加即可接上"
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
    """What became of one file, as the list shows it; days in ISO form. `corrected` names what a person changed."""

    file: str
    state: str  # 已读 | 已入库 | 拒收
    title: str | None = None
    sha256: str | None = None
    passages: int = 0
    rows: int = 0
    reason: str | None = None
    notes: tuple[str, ...] = ()
    number: str | None = None
    issuer: str | None = None
    issued: str | None = None
    in_force_from: str | None = None
    in_force_to: str | None = None
    region: str | None = None
    corrected: tuple[str, ...] = ()
    format: int = 1

    @property
    def said(self) -> str:
        """The state in one phrase, with what a person should know of it."""
        if self.state == REFUSED:
            return f"{REFUSED}：{self.reason}"
        counts = "、".join(
            text
            for text, number in ((f"{self.passages:,} 条", self.passages), (f"{self.rows:,} 行", self.rows))
            if number
        )
        told = f"（{counts}）" if counts else ""
        noted = "".join(f"；{note}" for note in self.notes)
        return f"{self.state}{told}" + (f"：{self.reason}" if self.reason else "") + noted


class Shelf:
    """The folder `knowledge/` under the home folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "knowledge"

    @contextmanager
    def writing(self, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """One writer at a time; readers never wait. `waiting` is told when another is at work, and may raise."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w", encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if waiting:
                    waiting()
                fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def states(self) -> list[FileState]:
        """Every file with its state, as corrected, and what an unfinished add has read."""
        held, settled = self.corrections(), self.settled()
        unfinished = [
            state if state.state == REFUSED else replace(state, state=READ, reason=UNFINISHED)
            for state in self.journal()
            if state not in settled
        ]
        renewed = {(state.file, state.sha256) for state in unfinished}
        kept = [state for state in settled if (state.file, state.sha256) not in renewed]
        return [*(_overlaid(state, held.get(state.sha256 or "", [])) for state in kept), *unfinished]

    def settled(self) -> list[FileState]:
        """The states as the last finished add left them, as read."""
        file = self.folder / "states.json"
        if not file.exists():
            return []
        return [state_of(entry) for entry in json.loads(file.read_text(encoding="utf-8"))["files"]]

    def stamp(self) -> int:
        """Changes whenever the list of states or the corrections do."""
        files = (self.folder / name for name in ("states.json", "corrections.json"))
        return sum(file.stat().st_mtime_ns for file in files if file.exists())

    def write_states(self, states: Iterable[FileState]) -> None:
        """Settle the states."""
        write_json(
            self.folder / "states.json", {"format": FORMAT, "files": [asdict(state) for state in states]}
        )

    def close_journal(self) -> None:
        """Everything in the journal is settled."""
        (self.folder / "adding.jsonl").unlink(missing_ok=True)

    def journal(self) -> list[FileState]:
        """What an unfinished add has read, in its order; a last line cut short was not read."""
        file = self.folder / "adding.jsonl"
        if not file.exists():
            return []
        found: dict[tuple[str, str | None], FileState] = {}
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError):
                state = state_of(json.loads(line))
                found[state.file, state.sha256] = state
        return list(found.values())

    def note(self, state: FileState) -> None:
        """Enter a file in the journal: read and kept, not yet in the index."""
        file = self.folder / "adding.jsonl"
        cut_short = file.exists() and file.read_bytes()[-1:] not in (b"", b"\n")
        with file.open("a", encoding="utf-8") as stream:
            line = json.dumps(asdict(state), ensure_ascii=False)
            stream.write(("\n" if cut_short else "") + line + "\n")

    def put(self, source: Source) -> None:
        """Keep a file's text, document and passages."""
        kept = {
            "format": FORMAT,
            "document": document_json(source.document),
            "text": source.text,
            "spans": source.spans,
            "pages": source.pages,
            "passages": [passage_json(passage) for passage in source.passages],
        }
        write_json(self._file(source.sha256), kept)

    def holds(self, sha256: str) -> bool:
        return self._file(sha256).exists()

    def get(self, sha256: str) -> tuple[Document, list[Passage]]:
        """A file's document, as corrected, and its passages under the document's title."""
        held = self._kept(sha256)
        document = corrected(document_of(held["document"]), self.corrections().get(sha256, []))
        passages = [Passage(*entry) for entry in held["passages"]]
        if any(passage.document != document.title for passage in passages[:1]):
            passages = [replace(passage, document=document.title) for passage in passages]
        return document, passages

    def text(self, sha256: str) -> str:
        """The whole text of an added file, for 「在原文中打开」."""
        return str(self._kept(sha256)["text"])

    def pages(self, sha256: str) -> list[PageRead]:
        """The pages of an added file, with how each was read and how surely; none where it has no pages."""
        return [
            (number, start, end, origin, confidence)
            for number, start, end, origin, confidence in self._kept(sha256).get("pages", ())
        ]

    def on_pages(self, sha256: str, start: int, end: int) -> list[tuple[int, int, int]]:
        """Where start…end of the kept text stand in the file: page number, start and end on that page."""
        from knowledge.readers.prose import origins

        held = self._kept(sha256)
        return [
            (number, max(begin, first) - first, min(stop, last) - first)
            for begin, stop in origins([tuple(span) for span in held.get("spans", ())], start, end)
            for number, first, last, _, _ in held.get("pages", ())
            if begin < last and first < stop
        ]

    def corrections(self) -> dict[str, list[Correction]]:
        """By content hash, what persons changed of what was read, oldest first."""
        file = self.folder / "corrections.json"
        if not file.exists():
            return {}
        held = json.loads(file.read_text(encoding="utf-8"))
        return {sha256: [Correction(**entry) for entry in entries] for sha256, entries in held.items()}

    def write_corrections(self, held: Mapping[str, list[Correction]]) -> None:
        write_json(
            self.folder / "corrections.json",
            {sha256: [asdict(one) for one in entries] for sha256, entries in held.items() if entries},
        )

    def editions(self, states: Iterable[FileState]) -> list[str]:
        """What an index is built from: each content, the way it was read, and its corrections."""
        held = self.corrections()
        changed = {
            sha256: json.dumps([(one.field, one.value) for one in entries], ensure_ascii=False)
            for sha256, entries in held.items()
        }
        return sorted(
            f"{state.sha256}.{state.format}.{changed.get(state.sha256, '')}"
            for state in states
            if state.sha256
        )

    def discard(self, sha256: str) -> None:
        """Forget a file's text and passages, and what was corrected of it."""
        held = self.corrections()
        if held.pop(sha256, None) is not None:
            self.write_corrections(held)
        self._file(sha256).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove the drafts that a killed writer left; only the writer may."""
        for folder in (self.folder, self.folder / "files"):
            for draft in folder.glob(".*.json.*"):
                draft.unlink(missing_ok=True)

    def _kept(self, sha256: str) -> dict[str, Any]:
        held: dict[str, Any] = json.loads(self._file(sha256).read_text(encoding="utf-8"))
        return held

    def _file(self, sha256: str) -> Path:
        return self.folder / "files" / f"{sha256}.json"


def _overlaid(state: FileState, entries: list[Correction]) -> FileState:
    changes: dict[str, Any] = {one.field: one.value for one in entries}
    return replace(state, **changes, corrected=tuple(changes)) if changes else state


def state_of(entry: Mapping[str, Any]) -> FileState:
    known = {field.name for field in fields(FileState)}
    held: dict[str, Any] = {key: value for key, value in entry.items() if key in known}
    lists = {key: tuple(value) for key, value in held.items() if isinstance(value, list)}
    return FileState(**{**held, **lists})


def write_json(file: Path, value: Any) -> None:
    """Written beside and moved into place, so that a reader never sees half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False, separators=(",", ":"))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


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
