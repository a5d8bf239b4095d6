"""Reads the pictures of scanned pages that carry a hidden text, in the processes that hold hostile files in check."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from knowledge.readers import Line, ReadText, UnreadableFile
from knowledge.readers.isolated import IsolatedReader
from review.forensics import Sign
from review.forensics.examiner import Examiner
from review.forensics.text_layer import Words, layer_signs

MOST_PAGES = 20  # of one file: each takes seconds


class LayerReader:
    """Compares text layers with pictures; starts what draws and what recognises when the first page asks for it."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._examiner, self._reader = Examiner(), IsolatedReader()

    def signs(self, path: Path, read: ReadText, pages: Sequence[int]) -> Iterator[Sign]:
        """What the hidden text of these pages says otherwise than their pictures; a page that cannot be drawn or read
        says nothing."""
        for number in pages[:MOST_PAGES]:
            layer = [
                words for page in read.pages if page.number == number for words in _words(read, page.cells)
            ]
            if not layer:
                continue
            with TemporaryDirectory() as folder:
                picture = Path(folder) / "page.png"
                try:
                    self._examiner.draw(path, number, picture)
                    seen = self._reader.read(picture, self._cache)
                except UnreadableFile:
                    continue
            lines = [words for page in seen.pages for words in _words(seen, page.lines)]
            yield from layer_signs(number, layer, lines)

    def __enter__(self) -> "LayerReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._examiner.close()
        self._reader.close()


def _words(read: ReadText, lines: Sequence[Line]) -> Iterator[Words]:
    return (Words(read.text[line.start : line.end], line.box, line.confidence) for line in lines)
