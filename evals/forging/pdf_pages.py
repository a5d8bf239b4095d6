"""PDF files of text lines, and the ways they are changed afterwards, each as an incremental update."""

from collections.abc import Sequence

from evals.pdf_writing import (
    FIRST_CONTENT,
    PAGE,
    Put,
    annotated,
    content_of,
    drawn_over,
    signed,
    stream,
    updated,
    white_box,
    written,
)

__all__ = ["annotated", "covered", "numbered", "pdf_of", "retyped", "signed", "wrapped"]
LEFT, TOP, PITCH, SIZE, WIDE = 60, 50, 22, 11, 42
ON_A_PAGE = 34


def wrapped(text: str) -> list[str]:
    """The lines as they stand on the pages, none wider than a page."""
    found = []
    for line in text.splitlines():
        found += [line[begin : begin + WIDE] for begin in range(0, len(line), WIDE)] or [""]
    return found


def pdf_of(text: str) -> bytes:
    lines = wrapped(text)
    return written([_puts(lines[begin : begin + ON_A_PAGE]) for begin in range(0, len(lines), ON_A_PAGE)])


def retyped(content: bytes, text: str) -> bytes:
    """The first page typed anew, as an editor saves it."""
    return updated(content, {FIRST_CONTENT: stream(content_of(_puts(wrapped(text)[:ON_A_PAGE])))})


def covered(content: bytes, text: str, before: str, after: str) -> bytes:
    """A white box over words of the first page, other words typed on it."""
    lines = wrapped(text)
    row = next(number for number, line in enumerate(lines) if before in line)
    x, y = LEFT + _width(lines[row][: lines[row].index(before)]), TOP + row * PITCH
    box = white_box(x - 1, PAGE[1] - y - SIZE - 3, _width(before) + 2, SIZE + 6)
    return drawn_over(content, box + content_of([Put(x, y, after, SIZE)]))


def numbered(content: bytes, mark: str) -> bytes:
    """A page number or archive mark set at the foot of the page by the record room."""
    return drawn_over(content, content_of([Put(270, PAGE[1] - 24 - SIZE, mark, SIZE)]))


def _puts(lines: Sequence[str]) -> list[Put]:
    return [Put(LEFT, TOP + row * PITCH, line, SIZE) for row, line in enumerate(lines) if line]


def _width(text: str) -> float:
    return sum(SIZE / 2 if sign.isascii() else SIZE for sign in text)
