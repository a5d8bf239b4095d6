"""Reads the files of records in a process of its own, within limits a hostile file cannot pass.

Run as `python -m knowledge.readers.isolated` it is that process.
"""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from knowledge.readers import Doubt, Line, Page, ReadText, UnreadableFile, ocr, pdf
from knowledge.readers.files import page_image, read_file
from knowledge.readers.isolation import Answer, Isolated, Limits
from knowledge.readers.serving import Tell, more_memory, serve

LIMITS = Limits(seconds=18.0, private_bytes=640 * 1024**2, picture_bytes=960 * 1024**2)


class IsolatedReader:
    """Reads files one after the other; what cannot be read safely is refused with its reason."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._process = Isolated("knowledge.readers.isolated", limits)

    def read(self, path: Path, cache: Path | None) -> ReadText:
        """The file's text, as `read_file` gives it. Raises `UnreadableFile`."""
        return _text_of(self._process.ask(_request(path, cache)))

    def read_all(self, paths: Iterable[Path], cache: Path | None) -> Iterator[ReadText | UnreadableFile]:
        """The texts of many files in their order; the next ones are read while one is being used."""
        for answer in self._process.in_order(_request(path, cache) for path in paths):
            yield answer if isinstance(answer, UnreadableFile) else _text_of(answer)

    def picture(self, path: Path, number: int, dpi: float) -> bytes:
        """A page, or a frame of a picture, as PNG. Raises `UnreadableFile`."""
        answer = self._process.ask({"path": str(path.resolve()), "page": number, "dpi": dpi})
        return base64.b64decode(answer["picture"])

    def text_boxes(self, path: Path, number: int, start: int, end: int) -> tuple[ocr.Box, ...]:
        """Where characters start…end of the text of a PDF's page stand on it. Raises `UnreadableFile`."""
        answer = self._process.ask({"path": str(path.resolve()), "page": number, "span": [start, end]})
        return tuple(ocr.clipped(*box) for box in answer["boxes"])

    def warm(self) -> None:
        """Start the process where there is none, and wait until it can answer."""
        self._process.warm()

    def peak_megabytes(self) -> float:
        """The most memory the process has held since this was last asked."""
        return self._process.peak_megabytes()

    @property
    def picture_seconds(self) -> float:
        """How long the recognition of pictures took of the last file."""
        return self._process.picture_seconds

    def close(self) -> None:
        self._process.close()

    def __enter__(self) -> "IsolatedReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def announced(tell: Tell) -> ocr.Recognise:
    """The recognition of a picture, told before and after: it takes long on a sound page too."""

    def recognise(picture: Image.Image, cache: Path | None) -> tuple[ocr.OcrLine, ...]:
        tell({"recognising": True})
        try:
            with more_memory():
                return ocr.recognise(picture, cache)
        finally:
            tell({"recognising": False})

    return recognise


def _request(path: Path, cache: Path | None) -> dict[str, str | None]:
    return {"path": str(path.resolve()), "cache": str(cache.resolve()) if cache else None}


def _text_of(answer: Answer) -> ReadText:
    return ReadText(
        text=answer["text"],
        pages=tuple(_page_of(entry) for entry in answer["pages"]),
        encoding=answer["encoding"],
        notes=tuple(answer["notes"]),
        meta=tuple((key, value) for key, value in answer["meta"]),
        sha256=answer["sha256"],
    )


def _page_of(entry: list[Any]) -> Page:
    number, start, end, origin, confidence, lines, cells, doubts = entry
    return Page(
        number, start, end, origin, confidence,
        tuple(_line_of(line) for line in lines),
        tuple(_line_of(cell) for cell in cells),
        tuple(Doubt(*doubt) for doubt in doubts),
    )  # fmt: skip


def _line_of(entry: list[Any]) -> Line:
    start, end, confidence, box = entry
    return Line(start, end, confidence, tuple(box))


def _answered(request: Any, tell: Tell) -> Answer:
    if "dpi" in request:
        picture = page_image(Path(request["path"]), request["page"], request["dpi"])
        return {"picture": base64.b64encode(picture).decode()}
    if "span" in request:
        return {"boxes": pdf.text_boxes(Path(request["path"]), request["page"], *request["span"])}
    return _read(request, tell)


def _read(request: Any, tell: Tell) -> Answer:
    read = read_file(
        Path(request["path"]),
        cache=Path(request["cache"]) if request["cache"] else None,
        turned=lambda number, count: tell({"turned": [number, count]}) if count > 1 else None,
        recogniser=announced(tell),
    )
    return {
        "text": read.text,
        "pages": [
            [
                page.number, page.start, page.end, page.origin, page.confidence,
                [[line.start, line.end, line.confidence, line.box] for line in page.lines],
                [[cell.start, cell.end, cell.confidence, cell.box] for cell in page.cells],
                [[doubt.start, doubt.end, doubt.confidence] for doubt in page.doubts],
            ]
            for page in read.pages
        ],
        "encoding": read.encoding,
        "notes": read.notes,
        "meta": read.meta,
        "sha256": read.sha256,
    }  # fmt: skip


if __name__ == "__main__":
    serve(_answered)
