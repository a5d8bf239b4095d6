"""Adding files to a home folder: read each, keep what could be read, build the index, then say so — in this order.

One bad file never stops the rest; a file whose content is already held changes nothing. An add that was cut off is
taken up by the next: what it had read and kept is not read again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.finding.indexing import build_index, drop_old, indexed
from knowledge.holding.amending import correct, withdraw
from knowledge.holding.corrections import CorrectionError
from knowledge.holding.originals import keep_original
from knowledge.holding.reading import Reader
from knowledge.holding.shelf import FORMAT, INDEXED, READ, REFUSED, FileState, Shelf, Source, document_json
from knowledge.holding.sources import legible
from knowledge.holding.writability import LibraryBusy, NotWritable, writable
from knowledge.importing.importers import ImportReport, import_rows, withdraw_rows
from knowledge.readers import UnreadableFile

__all__ = ["CorrectionError", "LibraryBusy", "NotWritable", "add_paths", "correct", "withdraw"]

Progress = Callable[[int, int, FileState], None]
Turning = Callable[[Path, int, int], None]  # a page of a file is done: its number, and how many there are

WAITING = "另一个添加正在进行，等待中……"
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
TEXT_LOST = "库中存的文本已缺失；请重新添加这份文件"
SAME_CONTENT = "内容与已添加的文件相同"


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
        settled, unfinished = [_still_held(shelf, one) for one in shelf.settled()], _kept(shelf)
        run = _Run(home, shelf, _reusable(shelf, [*settled, *unfinished]), turning)
        states: list[FileState] = []
        try:
            for number, file in enumerate(files, start=1):
                state = run.add(file)
                states.append(state)
                if progress:
                    progress(number, len(files), state)
        finally:
            run.reader.close()
        after = _after(settled, [*unfinished, *states])
        if after != settled:
            build_index(shelf, indexed(after), embedding)
            shelf.write_states(after)
            _drop_replaced(home, shelf, settled, after)
            drop_old(shelf)
        shelf.close_journal()
    return states


@dataclass
class _Run:
    """One run over some files: where they go, what is held already, and who is told of each page."""

    home: Path
    shelf: Shelf
    held: dict[str, FileState]
    turning: Turning | None
    reader: Reader = field(default_factory=Reader)

    def add(self, file: Path) -> FileState:
        """Read and keep one file, or say why not; what is new goes into the journal."""
        try:
            sha256 = _sha256(file)
            if sha256 in self.held:
                return self._again(file, self.held[sha256])
            return self._new(file)
        except UnreadableFile as problem:
            place = "" if problem.place == "整份文件" else f"{problem.place}："
            return self._noted(
                FileState(legible(file), REFUSED, reason=f"{place}{problem.problem}；{problem.remedy}")
            )

    def _again(self, file: Path, known: FileState) -> FileState:
        keep_original(self.home, file, known.sha256 or "")
        name = legible(file)
        return known if known.file == name else replace(known, file=name, reason=SAME_CONTENT)

    def _new(self, file: Path) -> FileState:
        source = self.reader.read(file, self.home / "cache", self._turned(file))
        report = import_rows(file, self.home) if source.rows else None
        self.shelf.put(source)
        keep_original(self.home, file, source.sha256)
        state = _state(file, source, report)
        self.held[source.sha256] = state
        return self._noted(state)

    def _turned(self, file: Path) -> Callable[[int, int], None] | None:
        turning = self.turning
        return (lambda number, count: turning(file, number, count)) if turning else None

    def _noted(self, state: FileState) -> FileState:
        self.shelf.note(state)
        return state


def _still_held(shelf: Shelf, state: FileState) -> FileState:
    """A file whose kept text someone removed is not searched any more, and says so."""
    lost = state.state == INDEXED and not shelf.holds(state.sha256 or "")
    return replace(state, state=READ, reason=TEXT_LOST) if lost else state


def _kept(shelf: Shelf) -> list[FileState]:
    """What an unfinished add has read and kept."""
    return [one for one in shelf.journal() if one.state == REFUSED or shelf.holds(one.sha256 or "")]


def _reusable(shelf: Shelf, states: Iterable[FileState]) -> dict[str, FileState]:
    """By content, the files that need not be read again."""
    found: dict[str, FileState] = {}
    for state in states:
        if state.sha256 and state.state != REFUSED and state.format == FORMAT and shelf.holds(state.sha256):
            found.setdefault(state.sha256, state)
    return found


def _after(settled: list[FileState], fresh: list[FileState]) -> list[FileState]:
    """The states with the fresh ones among them: other content under a known name is a version of it, or replaces it.

    A file that can no longer be read leaves what was read of it before.
    """
    after = {(state.file, state.sha256): state for state in settled}
    for state in fresh:
        for key, known in list(after.items()):
            other = key[0] == state.file and key[1] != state.sha256
            if other and state.state != REFUSED and not _versions(known, state):
                del after[key]
        after[state.file, state.sha256] = state
    return list(after.values())


def _versions(known: FileState, state: FileState) -> bool:
    """Whether both are to be searched by their days: one title, put in force on different days."""
    begins, began = state.in_force_from or state.issued, known.in_force_from or known.issued
    return known.state == INDEXED and known.title == state.title and begins != began


def _drop_replaced(home: Path, shelf: Shelf, before: list[FileState], after: list[FileState]) -> None:
    kept = {state.sha256 for state in after}
    for sha256 in {state.sha256 for state in before if state.sha256} - kept:
        withdraw_rows(home, sha256)
        shelf.discard(sha256)


def _state(file: Path, source: Source, report: ImportReport | None) -> FileState:
    passages = sum(passage.unit for passage in source.passages)
    rows = sum(report.counts.values()) if report else 0
    used = bool(passages or rows)
    document = document_json(source.document)
    return FileState(
        file=legible(file),
        state=INDEXED if used else READ,
        title=document["title"],
        sha256=source.sha256,
        passages=passages,
        rows=rows,
        reason=None if used else _unused(source.rows, report),
        notes=(*source.notes, *_told(report)),
        number=document["number"],
        issuer=document["issuer"],
        issued=document["issued"],
        in_force_from=document["in_force_from"],
        in_force_to=document["in_force_to"],
        region=document["region"],
        format=FORMAT,
    )


def _unused(lines: int, report: ImportReport | None) -> str:
    if report and report.held:
        return report.held
    if report and report.rejected:
        return report.rejected[0].reason
    return f"{lines:,} 行编码，没有可引用的条文，也没有可用的规则" if lines else "没有可引用的条文"


def _told(report: ImportReport | None) -> tuple[str, ...]:
    """What waits for a person, and the lines that became no rule row: how many, and the first with the reason."""
    if report is None:
        return ()
    told = (report.held,) if report.held else ()
    if not report.rejected or not report.counts:
        return told
    first = report.rejected[0]
    return (*told, f"{len(report.rejected)} 行未转成规则，如{first.place}：{first.reason}")


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file under the given paths once; hidden files and those of a system or an open program are no sources."""
    seen: set[Path] = set()
    for path in paths:
        found = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for file in found:
            whole = file.resolve()
            inside = file.relative_to(path).parts
            passed = any(part.startswith((".", "~$")) or part.lower() in _SYSTEM_FILES for part in inside)
            if whole not in seen and not passed:
                seen.add(whole)
                yield whole


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise UnreadableFile(f"打不开（{problem.strerror or problem}）", "请核对路径与权限") from problem
