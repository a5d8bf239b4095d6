"""Adding files to a home folder: read each, keep what could be read, build the index, then say so — in this order.

One bad file never stops the rest; a file whose content is already held changes nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from knowledge.importers import ImportReport, import_rows
from knowledge.indexing import build_index, drop_old, indexed
from knowledge.readers import UnreadableFile
from knowledge.shelf import INDEXED, READ, REFUSED, FileState, Shelf
from knowledge.sources import read_source

Progress = Callable[[int, int, FileState], None]


def add_paths(
    home: Path, paths: Iterable[Path], progress: Progress | None = None, *, embedding: str | None = None
) -> list[FileState]:
    """Add files and folders; the states of exactly these files come back, in order."""
    files = list(_files(paths))
    shelf = Shelf(home)
    with shelf.writing():
        known = {state.file: state for state in shelf.states()}
        held = {state.sha256: state for state in known.values() if state.sha256 and state.state != REFUSED}
        states: list[FileState] = []
        for number, file in enumerate(files, start=1):
            state = _add(home, shelf, file, held)
            if state.sha256 and state.state != REFUSED:
                held.setdefault(state.sha256, state)
            states.append(state)
            if progress:
                progress(number, len(files), state)
        after = {**known, **{state.file: state for state in states}}
        if after != known:
            kept = list(after.values())
            build_index(shelf, indexed(kept), embedding)
            shelf.write_states(kept)
            drop_old(shelf)
    return states


def _add(home: Path, shelf: Shelf, file: Path, held: dict[str, FileState]) -> FileState:
    name = str(file)
    try:
        sha256 = _sha256(file)
        if sha256 in held:
            before = held[sha256]
            return (
                before if before.file == name else replace(before, file=name, reason="内容与已添加的文件相同")
            )
        source = read_source(file, home / "cache")
    except UnreadableFile as problem:
        place = "" if problem.place == "整份文件" else f"{problem.place}："
        return FileState(name, REFUSED, reason=f"{place}{problem.problem}；{problem.remedy}")
    except OSError as problem:
        return FileState(name, REFUSED, reason=f"打不开（{problem.strerror or problem}）；请核对路径与权限")
    passages = sum(passage.unit for passage in source.passages)
    report = import_rows(file, home) if source.rows else None
    rows = sum(report.counts.values()) if report else 0
    shelf.put(source)
    return FileState(
        file=name,
        state=INDEXED if passages or rows else READ,
        title=source.document.title,
        sha256=source.sha256,
        passages=passages,
        rows=rows,
        reason=None if passages or rows else _unused(source.rows, report),
        notes=(*source.notes, *_rejected(report)),
    )


def _unused(lines: int, report: ImportReport | None) -> str:
    if report and report.rejected:
        return report.rejected[0].reason
    return f"{lines:,} 行编码，没有可引用的条文，也没有可用的规则" if lines else "没有可引用的条文"


def _rejected(report: ImportReport | None) -> tuple[str, ...]:
    """The lines that became no rule row: how many, and the first of them with the reason."""
    if report is None or not report.rejected or not report.counts:
        return ()
    first = report.rejected[0]
    return (f"{len(report.rejected)} 行未转成规则，如{first.place}：{first.reason}",)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file under the given paths once; hidden files are no sources."""
    seen: set[Path] = set()
    for path in paths:
        found = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for file in found:
            whole = file.resolve()
            if whole not in seen and not any(part.startswith(".") for part in file.relative_to(path).parts):
                seen.add(whole)
                yield whole


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
