"""Files of tables that wait for a person to say which column is what: kept until then, and confirmed here.

A copy is kept while any sheet waits, because the file may lie on a medium that is taken away. Confirming imports the
rows and tells the list of added files; a file that was not added before is added by it.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from knowledge.finding.indexing import build_index, drop_old, indexed
from knowledge.holding.adding import add_paths
from knowledge.holding.shelf import INDEXED, FileState, Shelf
from knowledge.holding.writability import writable
from knowledge.importing.importers import (
    WAITING,
    ImportReport,
    Mapped,
    Stated,
    file_sha256,
    import_rows,
    waiting_folder,
)


def waiting_tables(home: Path) -> list[Path]:
    """The kept copies of the files that wait, by name."""
    return sorted((home / "waiting").glob("*/*"), key=lambda file: file.name)


def waiting_table(home: Path, sha256: str) -> Path | None:
    """The kept copy of one file by the hash of its content."""
    return next(waiting_folder(home, sha256).glob("*"), None)


def confirm_tables(
    home: Path,
    path: Path,
    mapping: Mapping[str, Mapped],
    stated: Stated,
    *,
    embedding: str | None = None,
) -> ImportReport | None:
    """Import a file with the columns that a person has confirmed; null where it holds no rules.

    `mapping` is by sheet. Raises UnreadableFile, MappingError, or NotWritable where the home folder takes nothing; what
    was there stays as it was."""
    with writable(home):
        report = import_rows(path, home, mapping=mapping, stated=stated)
        if report is None or not report.counts:
            return report
        sha256 = file_sha256(path)
        if not _told(home, sha256, sum(report.counts.values()), report.held, embedding):
            add_paths(home, [path], embedding=embedding)
        if report.held is None:
            shutil.rmtree(waiting_folder(home, sha256), ignore_errors=True)
    return report


def _told(home: Path, sha256: str, rows: int, held: str | None, embedding: str | None) -> bool:
    """Set the number of rows in the state of an added file; false where it was not added."""
    shelf = Shelf(home)
    with shelf.writing():
        before = shelf.settled()
        if all(state.sha256 != sha256 for state in before):
            return False
        after = [_with_rows(state, rows, held) if state.sha256 == sha256 else state for state in before]
        unfinished = shelf.journal()
        build_index(shelf, indexed(after), embedding)
        shelf.write_states(after)
        for state in unfinished:
            shelf.note(state)
        drop_old(shelf)
    return True


def _with_rows(state: FileState, rows: int, held: str | None) -> FileState:
    notes = tuple(note for note in state.notes if not note.startswith(WAITING))
    return replace(state, state=INDEXED, rows=rows, reason=None, notes=(*notes, *([held] if held else [])))
