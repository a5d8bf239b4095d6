"""One door to all readers: a file in, its normalised text out, by suffix; and where a quote stands on a page."""

import io
from collections.abc import Callable
from pathlib import Path

from PIL import ImageOps

from knowledge.readers import Progress, ReadText, UnreadableFile, ocr, pdf
from knowledge.readers.text import one_page, read_text

TEXTS = frozenset({".txt", ".md", ".text"})
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
READABLE = TEXTS | PICTURES | {".docx", ".html", ".htm", ".pdf", ".xlsx", ".csv"}
AskBoxes = Callable[[Path, int, int, int], tuple[ocr.Box, ...]]
_INSTEAD = {
    ".doc": "请用 Word 另存为 .docx",
    ".wps": "请用 WPS 另存为 .docx",
    ".rtf": "请用 Word 另存为 .docx",
    ".ofd": "请转换为 .pdf",
    ".xls": "请另存为 .xlsx",
    ".zip": "请解压后放入",
    ".rar": "请解压后放入",
}


def read_file(
    path: Path,
    *,
    cache: Path | None,
    citable: bool = False,
    turned: Progress | None = None,
    recogniser: ocr.Recognise | None = None,
) -> ReadText:
    """The text of a file. Raises `UnreadableFile` with problem and remedy, never a library's error.

    `citable` reads it as a regulation rather than as a record: without page margins of Word and menus of a
    site, and with merged cells said in every row. `turned` is told each page (number, count) that is done;
    `recogniser` stands in for the recognition of one picture.
    """
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        return read_text(path)
    if suffix == ".docx":
        from knowledge.readers.word import read_word  # a library is loaded when its format is met

        return read_word(path, citable=citable)
    if suffix in (".html", ".htm"):
        from knowledge.readers.html import read_html

        return read_html(path, citable=citable)
    if suffix == ".pdf":
        return pdf.read_pdf(path, cache=cache, turned=turned, recogniser=recogniser)
    if suffix in PICTURES:
        return ocr.read_picture(path, cache=cache, turned=turned, recogniser=recogniser)
    if suffix in (".xlsx", ".csv"):
        return _read_table(path)
    raise UnreadableFile(
        f"不支持 {suffix or '没有扩展名的'} 文件", _INSTEAD.get(suffix, "请换成 .txt .docx .pdf .png .jpg")
    )


def _read_table(path: Path) -> ReadText:
    """A spreadsheet as text, a row per line."""
    from knowledge.readers.sheets import read_sheets

    sheets = read_sheets(path)
    lines = [
        line
        for sheet in sheets
        for line in (*([sheet.name] if len(sheets) > 1 else []), *("\t".join(row) for row in sheet.rows))
    ]
    return one_page("\n".join(lines), notes=tuple(note for sheet in sheets for note in sheet.notes))


def page_image(path: Path, number: int = 1, dpi: float = 110) -> bytes:
    """A page of a PDF, or a frame of a picture, as PNG."""
    if path.suffix.lower() == ".pdf":
        return pdf.page_image(path, number, dpi)
    if path.suffix.lower() not in PICTURES:
        raise UnreadableFile(f"{path.suffix} 文件没有原页图像", "请看文字")
    picture, _ = ocr.open_picture(path)
    try:
        picture.seek(number - 1)
    except EOFError as problem:
        raise UnreadableFile(f"图片没有第 {number} 页", "请核对页码") from problem
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.thumbnail((pdf.LONGEST_SIDE, pdf.LONGEST_SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def boxes(
    path: Path, read: ReadText, start: int, end: int, ask: AskBoxes = pdf.text_boxes
) -> tuple[int | None, tuple[ocr.Box, ...]]:
    """Page number and boxes (fractions of the page) of characters start…end of the file's text.

    `ask` tells where the characters of a text layer stand: in this process, or in one that a bad file cannot harm.
    """
    page = read.page_at(start)
    end = min(end, page.end)
    if page.lines:
        return page.number, tuple(
            _part(
                line.box,
                (max(start, line.start) - line.start) / size,
                (min(end, line.end) - line.start) / size,
            )
            for line in page.lines
            if line.start < end and start < line.end and (size := line.end - line.start)
        )
    if path.suffix.lower() == ".pdf" and page.number is not None:
        return page.number, ask(path, page.number, start - page.start, end - page.start)
    return page.number, ()


def _part(box: ocr.Box, begin: float, end: float) -> ocr.Box:
    """The stretch of a line's box that its characters from `begin` to `end` (fractions) take."""
    x0, y0, x1, y1 = box
    return ocr.clipped(x0 + begin * (x1 - x0), y0, x0 + end * (x1 - x0), y1)
