"""Changing what the library holds of an added file: correcting what was read of it, or taking it out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knowledge.finding.indexing import build_index, drop_old, indexed
from knowledge.holding.corrections import Correction, check_period, checked, corrected
from knowledge.holding.originals import original
from knowledge.holding.shelf import REFUSED, FileState, Shelf
from knowledge.holding.writability import busy, writable
from knowledge.importing.importers import withdraw_rows


def correct(
    home: Path,
    sha256: str,
    changes: Mapping[str, str | None],
    *,
    who: str = "",
    embedding: str | None = None,
) -> FileState:
    """Set fields of an added file's document (`knowledge.holding.corrections.FIELDS`); its state as it now stands.

    Null or an empty text says that the document does not state a field. What was read is kept beside it. The index
    is built anew and switched over in one move. Raises `CorrectionError` for a value that cannot be, `LookupError`
    for a file that is not held, `LibraryBusy` while files are being added.
    """
    wanted = checked(changes)
    shelf = Shelf(home)
    with writable(home), shelf.writing(busy):
        state = held_state(shelf, sha256)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        current: dict[str, Any] = {field: getattr(state, field) for field in wanted}
        new = [
            Correction(field, value, current[field], who, at)
            for field, value in wanted.items()
            if value != current[field]
        ]
        if new:
            document, _ = shelf.get(sha256)
            check_period(corrected(document, new))
            held = shelf.corrections()
            shelf.write_corrections({**held, sha256: [*held.get(sha256, []), *new]})
            build_index(shelf, indexed(shelf.settled()), embedding)
            drop_old(shelf)
        return held_state(shelf, sha256)


def withdraw(home: Path, sha256: str, *, embedding: str | None = None) -> FileState:
    """Take a file out of the library: its text, its passages, its rows and its corrections; the state it had.

    A version that it had closed is in force again. Raises `LookupError` for a file that is not held, `LibraryBusy`
    while files are being added.
    """
    shelf = Shelf(home)
    with writable(home), shelf.writing(busy):
        gone = held_state(shelf, sha256)
        left = [state for state in shelf.settled() if state.sha256 != sha256]
        unfinished = [state for state in shelf.journal() if state.sha256 != sha256]
        build_index(shelf, indexed(left), embedding)
        shelf.write_states(left)
        shelf.close_journal()
        for state in unfinished:
            shelf.note(state)
        withdraw_rows(home, sha256)
        shelf.discard(sha256)
        kept = original(home, gone)
        if kept:
            kept.unlink(missing_ok=True)
        drop_old(shelf)
        return gone


def dismiss(home: Path, file: str) -> FileState:
    """Take a refused file off the list; it gave nothing that could be lost. Raises `LookupError` for any other."""
    shelf = Shelf(home)
    with writable(home), shelf.writing(busy):
        states, unfinished = shelf.settled(), shelf.journal()
        gone = [one for one in (*states, *unfinished) if one.file == file and one.state == REFUSED]
        if not gone:
            raise LookupError("拒收的文件里没有这一份；请刷新列表。")
        shelf.write_states(one for one in states if one not in gone)
        for state in unfinished:
            if state not in gone:
                shelf.note(state)
        return gone[0]


def held_state(shelf: Shelf, sha256: str) -> FileState:
    """The state of the file with this content; the first of several copies."""
    found = next((state for state in shelf.states() if state.sha256 == sha256), None)
    if found is None:
        raise LookupError("库中没有这份文件；请用 python -m knowledge list 查看已添加的文件。")
    return found


def named_file(home: Path, named: str) -> str:
    """The content hash of the one added file that a path, name, title or beginning of a hash names."""
    held = {state.sha256: state for state in Shelf(home).states() if state.sha256}
    path = str(Path(named).resolve())
    tests: tuple[Callable[[FileState], bool], ...] = (
        lambda state: state.file == path,
        lambda state: Path(state.file).name == named,
        lambda state: state.title == named.strip("《》"),
        lambda state: len(named) >= 6 and str(state.sha256).startswith(named),
    )
    for matches in tests:
        found = [state for state in held.values() if matches(state)]
        if len(found) == 1:
            return str(found[0].sha256)
        if found:
            files = "、".join(f"{Path(state.file).name}（{str(state.sha256)[:8]}）" for state in found)
            raise LookupError(f"“{named}”有 {len(found)} 份：{files}；请用括号里的编号指明一份。")
    raise LookupError(f"库中没有“{named}”；请用 python -m knowledge list 查看已添加的文件。")
