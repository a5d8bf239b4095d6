"""Adding files to a home folder: read each, keep what could be read, build the index, then say so — in this order.

One bad file never stops the rest; a file whose content is already held changes nothing. An add that was cut off is
taken up by the next: what it had read and kept is not read again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.document import Document
from knowledge.importers import ImportReport, import_rows, withdraw_rows
from knowledge.indexing import build_index, drop_old, indexed
from knowledge.originals import keep_original
from knowledge.readers import Progress as Turned
from knowledge.readers import UnreadableFile
from knowledge.reading import Reader
from knowledge.shelf import FORMAT, INDEXED, READ, REFUSED, FileState, Shelf, Source
from knowledge.writability import writable

Progress = Callable[[int, int, FileState], None]
Turning = Callable[[Path, int, int], None]  # a page of a file is done: its number, and how many there are

WAITING = "另一个添加正在进行，等待中……"


@dataclass
class _Adding:
    """One run over some files: where they go, what is held already, and who is told of the pages."""

    home: Path
    shelf: Shelf
    held: dict[str, FileState]
    reader: Reader = field(default_factory=Reader)
    turning: Turning | None = None


def add_paths(
    home: Path,
    paths: Iterable[Path],
    progress: Progress | None = None,
    *,
    embedding: str | None = None,
    notice: Callable[[str], None] | None = None,
    turning: Turning | None = None,
) -> list[FileState]:
    """Add files and folders; the states of exactly these files come back, in order.

    `notice` is told when another add is at work and this one waits. Raises `NotWritable` where the home folder
    takes nothing; what was kept until then stays.
    """
    files = list(_files(paths))
    shelf = Shelf(home)
    with writable(home), shelf.writing(lambda: notice(WAITING) if notice else None):
        shelf.sweep()
        settled, unfinished = shelf.settled(), shelf.journal()
        run = _Adding(home, shelf, _reusable(shelf, [*settled, *unfinished]), turning=turning)
        states: list[FileState] = []
        try:
            for number, file in enumerate(files, start=1):
                state = run.add(file)
                states.append(state)
                if progress:
                    progress(number, len(files), state)
        finally:
            run.reader.close()
        after = _after(home, shelf, settled, [*unfinished, *states])
        if after != settled:
            build_index(shelf, indexed(after), embedding)
            shelf.write_states(after)
            drop_old(shelf)
    return states


def _reusable(shelf: Shelf, states: Iterable[FileState]) -> dict[str, FileState]:
    """By content, the files that need not be read again."""
    return {
        state.sha256: state
        for state in states
        if state.sha256 and state.state != REFUSED and state.format == FORMAT and shelf.holds(state.sha256)
    }


def _after(home: Path, shelf: Shelf, settled: list[FileState], fresh: list[FileState]) -> list[FileState]:
    """The list of states with the fresh ones in it; another content under a known name is a version, or replaces it."""
    after = {(state.file, state.sha256): state for state in settled}
    for state in fresh:
        for key, known in list(after.items()):
            if key[0] == state.file and key[1] != state.sha256 and not _versions(known, state):
                del after[key]
        after[state.file, state.sha256] = state
    kept = {state.sha256 for state in after.values()}
    for state in settled:
        if state.sha256 and state.sha256 not in kept:
            withdraw_rows(home, state.sha256)
    return list(after.values())


def _versions(known: FileState, state: FileState) -> bool:
    """Whether a file now holds another version of a document, so that both are to be searched by their days."""
    begins, began = state.in_force_from or state.issued, known.in_force_from or known.issued
    return INDEXED == known.state == state.state and known.title == state.title and begins != began


def _add_content(run: _Adding, file: Path) -> FileState:
    turning = run.turning
    turned: Turned | None = (lambda number, count: turning(file, number, count)) if turning else None
    source = run.reader.read(file, run.home / "cache", turned)
    passages = sum(passage.unit for passage in source.passages)
    report = import_rows(file, run.home) if source.rows else None
    rows = sum(report.counts.values()) if report else 0
    run.shelf.put(source)
    keep_original(run.home, file, source.sha256)
    used = bool(passages or rows)
    return FileState(
        file=str(file),
        state=INDEXED if used else READ,
        sha256=source.sha256,
        passages=passages,
        rows=rows,
        reason=None if used else _unused(source, report),
        notes=(*source.notes, *_rejected(report)),
        format=FORMAT,
        **_stated(source.document),
    )
