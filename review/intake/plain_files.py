"""Reads the files of a record folder that any machine reads quickly and safely, and cuts them into documents.

It loads neither tables nor page renderers, so that a helping process starts at once.
"""

from dataclasses import dataclass
from pathlib import Path

from knowledge.readers import ReadText, UnreadableFile
from knowledge.readers.files import READABLE, read_file
from review.intake.documents import split_documents
from review.record import Document

PLAIN = frozenset({".txt", ".md", ".text", ".docx"})
RISKY = READABLE - PLAIN  # what a bad file can upset is read in a process of its own


@dataclass(frozen=True)
class Folder:
    """Files of one admission in their order, with the names they go by; its number is null while it is not known."""

    admission_id: str | None
    paths: tuple[Path, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class PlainFile:
    """What reading one file gave; `documents` is null where they are still to be cut."""

    read: ReadText | None
    documents: tuple[Document, ...] | None = None


def read_plain(folder: Folder) -> list[PlainFile]:
    """The plain files of a folder; nothing for all others and for failures, which are told by reading them again."""
    found = []
    for order, (path, source) in enumerate(zip(folder.paths, folder.sources, strict=True), start=1):
        read = read_alone(path) if path.suffix.lower() in PLAIN else None
        if not isinstance(read, ReadText):
            found.append(PlainFile(None))
        elif folder.admission_id is None:
            found.append(PlainFile(read))
        else:
            found.append(PlainFile(read, documents_of(read, folder.admission_id, source, order)))
    return found


def read_alone(path: Path) -> ReadText | UnreadableFile:
    """One file, read here."""
    if path.suffix.lower() not in READABLE:
        kind = path.suffix or "没有扩展名的"
        return UnreadableFile(f"不支持 {kind} 文件", "请换成 .txt .docx .pdf .png .jpg")
    try:
        return read_file(path, cache=None)
    except UnreadableFile as problem:
        return problem


def documents_of(read: ReadText, admission_id: str, source: str, order: int) -> tuple[Document, ...]:
    """The documents of a file that is the admission's `order`th."""
    return tuple(split_documents(read, admission_id, source, order, Path(source).stem))
