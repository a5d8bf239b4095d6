"""Small PDF files for tests: strings at places on a page, in the standard Chinese font every reader knows."""

from pathlib import Path

from evals.pdf_writing import PAGE, Put, content_of, stream, written

__all__ = ["PAGE", "Put", "content_of", "paragraph", "stream", "typeset", "wrapped", "write_pdf"]


def paragraph(text, x=80, y=80, width=435, size=12, pitch=20, indent=2):
    """A paragraph as a word processor sets it: first line indented, every other line full."""
    return [
        Put(x + (indent * size if not number else 0), y + number * pitch, line, size)
        for number, line in enumerate(wrapped(text, width / size, indent))
    ]


def wrapped(text, fits, indent=2):
    """Lines of at most `fits` Chinese characters; Latin ones are half as wide."""
    lines, line, used = [], "", indent
    for sign in text:
        wide = 0.5 if sign.isascii() else 1
        if used + wide > fits:
            lines.append(line)
            line, used = "", 0
        line, used = line + sign, used + wide
    return [*lines, line]


def typeset(paragraphs, header="", columns=1, size=12, pitch=20, top=90, bottom=780):
    """Pages of running text in one or two columns, each under a header and over its number."""
    width = {1: 435, 2: 205}[columns]
    lines = [
        (indent, line)
        for text in paragraphs
        for number, line in enumerate(wrapped(text, width // size))
        for indent in [2 * size if not number else 0]
    ]
    high = int((bottom - top) // pitch)
    pages = []
    for begin in range(0, len(lines), high * columns):
        page = [Put(80, 40, header, 9)] if header else []
        for place, (indent, line) in enumerate(lines[begin : begin + high * columns]):
            column, row = divmod(place, high)
            page.append(Put(80 + column * 230 + indent, top + row * pitch, line, size))
        page.append(Put(280, 805, f"- {len(pages) + 1} -", 9))
        pages.append(page)
    return pages


def write_pdf(path: Path, pages, wrong=0, missing=False):
    """`pages` are lists of `Put`; `wrong` shifts what the text layer says, `missing` says nothing usable."""
    path.write_bytes(written(pages, wrong, missing))
    return path
