"""Imported rows as they are kept: one file per source under `<home>/tables`, named by the source's content.

A source's file is written beside its place and moved there, so that a reader sees all of a source or nothing of it.
What the rows of several sources come to together is worked out on reading, in `knowledge.rows.merged`: taking a
source away leaves what the others say.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.rows.cells import Cell, Row, cell_text, type_row
from knowledge.rows.tables import ROW_TABLES

FORMAT = 1


@dataclass(frozen=True)
class RowSource:
    """One imported file: its name, content hash, place in the order of imports, and number of rows by table.

    `confirmed` says that a person named its columns: to import it again needs no second confirmation."""

    sha256: str
    file: str
    sequence: int
    counts: Mapping[str, int]
    confirmed: bool


def row_sources(home: Path) -> list[RowSource]:
    """Every file whose rows are held, in the order they were first imported."""
    found = [_source(file) for file in (home / "tables").glob("*.jsonl")]
    return sorted(found, key=lambda source: (source.sequence, source.sha256))


def sourced_rows(table: str, home: Path) -> Iterator[list[Row]]:
    """The typed rows of a table, source by source."""
    for source in row_sources(home):
        if table in source.counts:
            file = _file(source.sha256, home)
            yield [dict(row) for row in _typed(file, table, source.file, file.stat().st_mtime_ns)]


@lru_cache(maxsize=4096)
def _typed(file: Path, table: str, name: str, changed: int) -> tuple[Row, ...]:
    """The typed rows of one table in one file; worked out once until the file changes."""
    return tuple(type_row(cells, ROW_TABLES[table], name) for cells in _cells(file, changed).get(table, ()))


@lru_cache(maxsize=512)
def _cells(file: Path, _changed: int) -> Mapping[str, Sequence[Mapping[str, str]]]:
    found: dict[str, list[Mapping[str, str]]] = {}
    for table, cells in map(json.loads, file.read_text(encoding="utf-8").splitlines()[1:]):
        found.setdefault(table, []).append(cells)
    return found


def rows_of_source(sha256: str, home: Path) -> Iterator[tuple[str, Row]]:
    """The typed rows of one file with their tables; none where it is not held."""
    source = row_source(sha256, home)
    if source is not None:
        for table, cells in map(json.loads, _file(sha256, home).read_text(encoding="utf-8").splitlines()[1:]):
            yield table, type_row(cells, ROW_TABLES[table], source.file)


def row_source(sha256: str, home: Path) -> RowSource | None:
    """The file with this content, where its rows are held."""
    file = _file(sha256, home)
    return _source(file) if file.exists() else None


def keep_rows(
    sha256: str, file: str, rows: Mapping[str, Sequence[Row]], home: Path, *, confirmed: bool = False
) -> None:
    """Keep the rows of one file, whole; what was kept of the same content before is replaced."""
    known = {source.sha256: source for source in row_sources(home)}
    last = max((source.sequence for source in known.values()), default=0)
    sequence = known[sha256].sequence if sha256 in known else last + 1
    counts = {table: len(found) for table, found in rows.items()}
    head = {"format": FORMAT, "file": file, "sequence": sequence, "confirmed": confirmed, "counts": counts}
    lines: list[Any] = [head, *([table, _texts(row)] for table, found in rows.items() for row in found)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    write_whole(_file(sha256, home), text)


def drop_rows(home: Path, sha256: str) -> int:
    """Take out the rows of a file by the hash of its content; how many it had. Nothing held is no error."""
    file = _file(sha256, home)
    if not file.exists():
        return 0
    rows = sum(_source(file).counts.values())
    file.unlink(missing_ok=True)
    return rows


def _source(file: Path) -> RowSource:
    with file.open(encoding="utf-8") as stream:
        head = json.loads(stream.readline())
    return RowSource(file.stem, head["file"], head["sequence"], head["counts"], head["confirmed"])


def write_whole(file: Path, text: str) -> None:
    """Written beside and moved into place, so that nobody ever reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".writing")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, file)


def _file(sha256: str, home: Path) -> Path:
    return home / "tables" / f"{sha256}.jsonl"


def _texts(row: Mapping[str, Cell]) -> dict[str, str]:
    return {name: text for name, cell in row.items() if (text := cell_text(cell))}
