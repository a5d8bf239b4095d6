"""Reads PDF files: the only door to pypdfium2. A page with a sound text layer is read as text, any other by OCR.

The library's own text order is used because it survives what pypdf's does not: doubled characters, missing
Unicode maps for standard Chinese fonts, justified text. It may not be called from two threads at once.
"""

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from knowledge.readers import Line, Page, Progress, ReadText, UnreadableFile, ocr
from knowledge.readers.layout import Glyph, Placed, lay_out, turn_of_text, turned
from knowledge.readers.soundness import sound
from knowledge.readers.text import normalise, read_bytes

LARGEST_PDF = 300 * 1024 * 1024
MOST_PAGES = 3000
MOST_OCR_PAGES = 400
MOST_GLYPHS = 60_000  # of one page
OCR_DPI = 200
LONGEST_SIDE = 3200  # pixels of a rendered page
Ask = Callable[[Image.Image], tuple[ocr.OcrLine, ...]]
_lock = threading.RLock()


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    """The document, opened with an empty password; the lock is held until it is closed."""
    with _lock:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as problem:
            if "password" in str(problem).lower() or b"/Encrypt" in content:
                raise UnreadableFile("PDF 已加密，需要密码", "请索取未加密的文件") from problem
            raise UnreadableFile("PDF 损坏或不完整", "请重新导出或重新拷贝该文件") from problem
        try:
            yield document
        finally:
            document.close()


def read_pdf(
    path: Path, *, cache: Path | None, turned: Progress | None = None, recogniser: ocr.Recognise | None = None
) -> ReadText:
    """Text of every page, in order; what was cut off or not recognised is said in the notes."""
    recognise = recogniser or ocr.recognise
    content = read_bytes(path, LARGEST_PDF)
    digest = hashlib.sha256(content).hexdigest()
    text, pages, notes = "", [], []
    with _opened(content) as document:
        count = len(document)
        if not count:
            raise UnreadableFile("PDF 没有页", "请重新导出该文件")
        if count > MOST_PAGES:
            notes.append(f"共 {count} 页，只读前 {MOST_PAGES} 页")
        attached = document.count_attachments()
        left = MOST_OCR_PAGES
        for number in range(1, min(count, MOST_PAGES) + 1):
            ask: Ask | None = (lambda picture: recognise(picture, cache)) if left else None
            try:
                page, page_text = _read_page(document, number, len(text), ask)
            except UnreadableFile as problem:  # the engine failed on this page
                notes.append(f"第 {number} 页{problem.problem}")
                page, page_text = Page(number, len(text), len(text), "unreadable", 0.0), ""
            left -= page.origin == "ocr"
            pages.append(page)
            text += page_text + "\n"
            if turned:
                turned(number, min(count, MOST_PAGES))
        meta = tuple(
            sorted(
                (key.lower(), normalise(value))
                for key, value in document.get_metadata_dict().items()
                if value
            )
        )
    notes += _notes(pages)
    notes += [f"内嵌 {attached} 个附件，未读；请另存后单独添加"] if attached else []
    return ReadText(text, tuple(pages), notes=tuple(notes), meta=meta, sha256=digest)


def _notes(pages: list[Page]) -> list[str]:
    by_ocr = [page for page in pages if page.origin == "ocr"]
    lost = [str(page.number) for page in pages if page.origin == "unreadable"]
    crowded = [str(page.number) for page in pages if page.end - page.start >= MOST_GLYPHS]
    return [
        *([f"{len(by_ocr)} 页由文字识别读出"] if by_ocr else []),
        *(
            [f"扫描页超过 {MOST_OCR_PAGES} 页，其余未识别；请拆分后添加"]
            if len(by_ocr) >= MOST_OCR_PAGES
            else []
        ),
        *([f"第 {'、'.join(crowded)} 页字数过多，未读全"] if crowded else []),
        *([f"第 {'、'.join(lost[:20])} 页未识别出文字"] if lost else []),
    ]


def _read_page(document: Any, number: int, start: int, ask: Ask | None) -> tuple[Page, str]:
    """A page that the library cannot open or draw is lost alone."""
    page = _page(document, number)
    try:
        if page is not None:
            return _text_or_picture(page, number, start, ask)
    except pypdfium2.PdfiumError:
        page = None
    return Page(number, start, start, "unreadable", 0.0), ""


def _text_or_picture(page: Any, number: int, start: int, ask: Ask | None) -> tuple[Page, str]:
    placed = _placed(page)
    text = "".join(character for character, _ in placed)
    if sound(text) and not (len(text) < 40 and _mostly_picture(page)):
        cells = tuple(_cells(placed, start, page.get_size()))
        return Page(number, start, start + len(text), cells=cells), text
    if not pdfium.FPDFPage_CountObjects(page):
        return Page(number, start, start), ""
    if ask is None:
        return Page(number, start, start, "unreadable", 0.0), ""
    picture = _render(page, OCR_DPI)
    if ocr.blank(picture):
        return Page(number, start, start), ""
    return ocr.lay_out(ask(picture), number, start)


def _cells(placed: list[Placed], start: int, size: tuple[float, float]) -> Iterator[Line]:
    """Lines, and in a row of several cells each of them, with the box its characters take."""
    begin, held = 0, list[Glyph]()
    for place, (character, glyph) in enumerate([*placed, ("\n", None)]):
        if glyph is not None:
            begin = begin if held else place
            held.append(glyph)
            end = place + 1
        elif held and (character == "\n" or placed[place + 1 : place + 2] == [(" ", None)]):
            yield Line(start + begin, start + end, 1.0, _around(held, size))
            held = []


def _around(glyphs: list[Glyph], size: tuple[float, float]) -> ocr.Box:
    """The box of a cell; a letter of another font, whose box may be twice as high, does not stretch it."""
    width, height = size
    half = median(glyph.y1 - glyph.y0 for glyph in glyphs) / 2
    middles = [(glyph.y0 + glyph.y1) / 2 for glyph in glyphs]
    return ocr.clipped(
        min(glyph.x0 for glyph in glyphs) / width,
        (min(middles) - half) / height,
        max(glyph.x1 for glyph in glyphs) / width,
        (max(middles) + half) / height,
    )


def _page(document: Any, number: int) -> Any:
    try:
        return document[number - 1]
    except (pypdfium2.PdfiumError, IndexError):
        return None


def _placed(page: Any) -> list[Placed]:
    """The page's text character by character; glyphs lie where they do on the page as shown."""
    lines = list(_lines(page))
    turn = turn_of_text(lines)
    if not turn:
        return lay_out(lines)
    width, height = page.get_size()
    flat = ([turned(glyph, turn, width, height) for glyph in line] for line in lines)
    return [
        (character, glyph and turned(glyph, 360 - turn, height, width)) for character, glyph in lay_out(flat)
    ]


def _lines(page: Any) -> Iterator[list[Glyph]]:
    """Lines in drawing order; boxes turned to the upright page."""
    textpage = page.get_textpage()
    upright = _upright(page)
    try:
        line: list[Glyph] = []
        box = pdfium.FS_RECTF()
        for index in range(min(textpage.count_chars(), MOST_GLYPHS)):
            code = pdfium.FPDFText_GetUnicode(textpage, index)
            if code in (0x0A, 0x0D):
                if line:
                    yield line
                line = []
            elif 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
                # The loose box is the character's cell, so that punctuation leaves no gap.
                pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
                line.append(Glyph(normalise(chr(code)), *upright(box.left, box.bottom, box.right, box.top)))
        if line:
            yield line
    finally:
        textpage.close()


def _upright(page: Any) -> Callable[[float, float, float, float], tuple[float, float, float, float]]:
    """How a box in the file's own coordinates lies on the page as shown, from its top left corner."""
    left, bottom, right, top = page.get_cropbox()
    turn = page.get_rotation()

    def shown(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        if turn == 90:
            return y0 - bottom, x0 - left, y1 - bottom, x1 - left
        if turn == 180:
            return right - x1, y0 - bottom, right - x0, y1 - bottom
        if turn == 270:
            return top - y1, right - x1, top - y0, right - x0
        return x0 - left, top - y1, x1 - left, top - y0

    return shown


def _mostly_picture(page: Any) -> bool:
    """Whether one picture covers half the page: a scan whose text layer is only a page number or a stamp."""
    width, height = page.get_size()
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = thing.get_bounds()
        if (right - left) * (top - bottom) > 0.5 * width * height:
            return True
    return False


def _render(page: Any, dpi: float) -> Image.Image:
    scale = min(dpi / 72, LONGEST_SIDE / max(*page.get_size(), 1.0))
    picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    return picture


def page_image(path: Path, number: int, dpi: float = 110) -> bytes:
    """A page as PNG, for showing beside its text."""
    with _opened(read_bytes(path, LARGEST_PDF)) as document:
        page = _page(document, number)
        if page is None:
            raise UnreadableFile(f"PDF 没有第 {number} 页", "请核对页码", place=f"第 {number} 页")
        picture = _render(page, dpi)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def text_boxes(path: Path, number: int, start: int, end: int) -> tuple[ocr.Box, ...]:
    """Where characters start…end of a page's text stand on it, line by line, as fractions of the page."""
    with _opened(read_bytes(path, LARGEST_PDF)) as document:
        page = _page(document, number)
        if page is None:
            return ()
        width, height = page.get_size()
        glyphs = [glyph for _, glyph in _placed(page)[start:end] if glyph is not None]
    boxes: list[Glyph] = []
    for glyph in glyphs:
        joined = _stretched(boxes[-1], glyph) if boxes else None
        boxes[-1:] = [joined] if joined else [*boxes[-1:], glyph]
    return tuple(
        ocr.clipped(box.x0 / width, box.y0 / height, box.x1 / width, box.y1 / height) for box in boxes
    )


def _stretched(box: Glyph, glyph: Glyph) -> Glyph | None:
    """The box with the next glyph in it, if both stand on one line, across or down the page."""
    x0, y0, x1, y1 = (
        min(box.x0, glyph.x0),
        min(box.y0, glyph.y0),
        max(box.x1, glyph.x1),
        max(box.y1, glyph.y1),
    )
    wide, high = max(glyph.x1 - glyph.x0, 4.0), max(glyph.y1 - glyph.y0, 4.0)
    across = y1 - y0 <= 1.6 * high and -wide <= glyph.x0 - box.x1 <= 3 * wide
    down = x1 - x0 <= 1.6 * wide and max(glyph.y0 - box.y1, box.y0 - glyph.y1) <= 3 * high
    return replace(box, x0=x0, y0=y0, x1=x1, y1=y1) if across or down else None
