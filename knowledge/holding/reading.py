"""Reads a source in a process of its own: one that hangs, crashes or floods the memory is refused and harms nothing.

Run as `python -m knowledge.holding.reading` it is that process.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from knowledge.cutting.passages import Passage
from knowledge.holding.shelf import Source, document_json, document_of, passage_json
from knowledge.holding.sources import read_source
from knowledge.readers import Progress
from knowledge.readers.files import PICTURES
from knowledge.readers.isolated import announced
from knowledge.readers.isolation import Answer, Isolated, Limits
from knowledge.readers.serving import Tell, serve

RISKY = PICTURES | {".pdf", ".docx", ".xlsx", ".html", ".htm"}  # formats whose libraries a bad file can upset
SECONDS, PAGE_SECONDS = 180.0, 1.0  # a clause list is cut and its tables are traced, beyond the mere reading
SECONDS_PER_MEGABYTE = 3.0
MOST_MEMORY = 6 * 1024**3
MOST_ANSWER = 1024**3


class Reader:
    """Reads files one after the other; starts its process when first needed and again after a crash."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._process = Isolated(
            "knowledge.holding.reading",
            Limits(seconds, MOST_MEMORY, page_seconds=PAGE_SECONDS, answer_bytes=MOST_ANSWER),
        )

    def read(self, path: Path, cache: Path | None, turned: Progress | None = None) -> Source:
        """The file's content. Raises `UnreadableFile`, also where the reading process did not survive the file."""
        if path.suffix.lower() not in RISKY:
            return read_source(path, cache, turned)
        request = {"path": str(path.resolve()), "cache": str(cache.resolve()) if cache else None}
        more = SECONDS_PER_MEGABYTE * path.stat().st_size / 1024**2
        return _source(self._process.ask(request, more_seconds=more, turned=turned))

    def close(self) -> None:
        self._process.close()


def _source(answer: Answer) -> Source:
    return Source(
        document=document_of(answer["document"]),
        passages=tuple(Passage(*entry) for entry in answer["passages"]),
        sha256=answer["sha256"],
        rows=answer["rows"],
        notes=tuple(answer["notes"]),
        text=answer["text"],
        spans=tuple(tuple(span) for span in answer["spans"]),
        pages=tuple(tuple(page) for page in answer["pages"]),
    )


def _answered(request: Any, tell: Tell) -> Answer:
    source = read_source(
        Path(request["path"]),
        Path(request["cache"]) if request["cache"] else None,
        lambda number, count: tell({"turned": [number, count]}),
        announced(tell),
    )
    document = document_json(source.document)
    passages = [passage_json(passage) for passage in source.passages]
    return {**asdict(source), "document": document, "passages": passages}


if __name__ == "__main__":
    serve(_answered)
