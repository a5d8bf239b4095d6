"""What a page of a PDF shows, and what lies beneath it: the only door to pypdfium2 on this side of the readers.

Annotations and form fields are left out: they are what a page was given afterwards, in the open.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from PIL import Image

from knowledge.readers import UnreadableFile
from knowledge.readers.layout import Glyph
from knowledge.readers.text import normalise
from review.forensics.painted import Box, Thing, address, area, inside, meet, run_text, things_of

MOST_LETTERS = 30_000
GAP = 0.4  # of a character's height, from which words stand apart
LONGEST_SIDE, DPI = 1600, 96
READING_SIDE, READING_DPI = 3200, 200
Picture = NDArray[np.uint8]
PageLost = pypdfium2.PdfiumError  # what a page that cannot be read or drawn raises


@dataclass(frozen=True)
class Row:
    """A line as a reader sees it, with its box as fractions of the page from the top left."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Letter:
    """One character, where it stands, and the step that painted it."""

    text: str
    glyph: Glyph
    order: int
    box: Box


class DrawnPage:
    """One page; things, letters and picture are read when first asked for."""

    def __init__(self, page: Any, number: int) -> None:
        self._page = page
        self.number = number
        self.size: tuple[float, float] = page.get_size()

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        return things_of(self._page)

    @property
    def _area(self) -> float:
        return self.size[0] * self.size[1]

    @property
    def scanned(self) -> bool:
        """Whether one picture covers half of the page."""
        return any(thing.kind == "picture" and area(thing.box) > 0.5 * self._area for thing in self.things)

    @property
    def layered(self) -> bool:
        """Whether it is a scan with text laid beneath it to be searched."""
        return self.scanned and any(thing.kind == "text" and thing.invisible for thing in self.things)

    @cached_property
    def covers(self) -> tuple[Thing, ...]:
        """White boxes painted over something that was painted before them."""
        beneath: list[Thing] = []
        found = []
        for thing in self.things:
            if thing.kind == "box":
                if any(meet(thing.box, other.box) for other in beneath):
                    found.append(thing)
            elif not thing.invisible:
                beneath.append(thing)
        return tuple(found)

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """The page's characters in drawing order, those beneath a cover too."""
        textpage = self._page.get_textpage()
        try:
            return tuple(_letters(self._page, textpage, self.things))
        finally:
            textpage.close()

    def covered(self, letter: Letter) -> bool:
        return self.cover_of(letter) is not None

    def cover_of(self, letter: Letter) -> Thing | None:
        return next(
            (cover for cover in self.covers if letter.order < cover.order and inside(letter.box, cover.box)),
            None,
        )

    def text_of(self, runs: Sequence[Thing]) -> list[str]:
        """What runs of text say; for a few of them, without reading the page."""
        textpage = self._page.get_textpage()
        try:
            return [run_text(run, textpage) for run in runs]
        finally:
            textpage.close()

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """What is seen, line by line as it stands: words typed on later stand on the line they were typed on."""
        seen = [letter for letter in self.letters if not self.covered(letter)]
        lines = ([letter.glyph for letter in line] for line in in_lines(seen))
        return tuple(_row(line, self.size) for line in lines if any(glyph.text.strip() for glyph in line))

    @cached_property
    def picture(self) -> Picture:
        """The page drawn without annotations and fields, red, green and blue."""
        scale = min(DPI / 72, LONGEST_SIDE / max(*self.size, 1.0))
        drawn = self._page.render(scale=scale, draw_annots=False, may_draw_forms=False, rev_byteorder=True)
        pixels: Picture = drawn.to_numpy()[:, :, :3].copy()
        return pixels

    def points_of(self, thing: Thing) -> tuple[int, int]:
        """Width and height of a picture on the page, in its own points."""
        width, height = self._object(thing).get_px_size()
        return int(width), int(height)

    def image_of(self, thing: Thing, masked: bool) -> Image.Image:
        """A picture on the page in its own points, with what its mask leaves of it or as it is."""
        image: Image.Image = self._object(thing).get_bitmap(render=masked).to_pil()
        return image

    def _object(self, thing: Thing) -> Any:
        return pypdfium2.PdfImage(ctypes.cast(thing.pointer, pdfium.FPDF_PAGEOBJECT), page=self._page)

    def write_picture(self, target: Path) -> None:
        """The page as a PNG large enough to be recognised."""
        scale = min(READING_DPI / 72, READING_SIDE / max(*self.size, 1.0))
        drawn = self._page.render(scale=scale, draw_annots=False, may_draw_forms=False)
        drawn.to_pil().convert("L").save(target, "PNG")


class DrawnFile:
    """An open PDF."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._pages: dict[int, DrawnPage | None] = {}

    def __len__(self) -> int:
        return len(self._document)

    def page(self, number: int) -> DrawnPage | None:
        """A page counted from 1; null where it cannot be opened."""
        if number not in self._pages:
            try:
                self._pages[number] = DrawnPage(self._document[number - 1], number)
            except (pypdfium2.PdfiumError, IndexError):
                self._pages[number] = None
        return self._pages[number]

    def forget(self, number: int) -> None:
        """Give back what a page holds."""
        self._pages.pop(number, None)


@contextmanager
def opened(content: bytes) -> Iterator[DrawnFile]:
    """The file as this content shows it, opened with an empty password."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        if "password" in str(problem).lower() or b"/Encrypt" in content:
            raise UnreadableFile("PDF 已加密，需要密码", "请索取未加密的文件") from problem
        raise UnreadableFile("PDF 损坏或不完整", "请重新导出或重新拷贝该文件") from problem
    try:
        yield DrawnFile(document)
    finally:
        document.close()


def _letters(page: Any, textpage: Any, things: tuple[Thing, ...]) -> Iterator[Letter]:
    orders = {thing.pointer: thing.order for thing in things if thing.pointer}
    width, height = page.get_size()
    box = pdfium.FS_RECTF()
    order = 0
    for index in range(min(textpage.count_chars(), MOST_LETTERS)):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        if 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
            pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
            order = orders.get(address(pdfium.FPDFText_GetTextObject(textpage, index)), order)
            where = (box.left, box.bottom, box.right, box.top)
            yield Letter(normalise(chr(code)), _glyph(page, chr(code), where, width, height), order, where)


def _glyph(page: Any, sign: str, box: Box, width: float, height: float) -> Glyph:
    """The character where it lies on the page as shown, in points from the top left."""
    xs, ys = [], []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        fine = int(width * 10), int(height * 10)
        pdfium.FPDF_PageToDevice(page, 0, 0, *fine, 0, x, y, across, down)
        xs.append(across.value / 10)
        ys.append(down.value / 10)
    return Glyph(normalise(sign), min(xs), min(ys), max(xs), max(ys))


def in_lines(letters: Sequence[Letter]) -> list[list[Letter]]:
    """Characters that stand on one foot, from left to right; lines from the top down."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda one: (one.glyph.y0 + one.glyph.y1, one.glyph.x0)):
        glyph = letter.glyph
        middle, high = (glyph.y0 + glyph.y1) / 2, max(glyph.y1 - glyph.y0, 1.0)
        last = lines[-1][-1].glyph if lines else None
        if last is not None and abs(middle - (last.y0 + last.y1) / 2) < high / 3:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [sorted(line, key=lambda one: one.glyph.x0) for line in lines]


def _joined(line: Sequence[Glyph]) -> str:
    text = ""
    for before, glyph in pairwise((None, *line)):
        wide = before is not None and glyph is not None and glyph.x0 - before.x1 > GAP * (glyph.y1 - glyph.y0)
        text += (" " if wide else "") + (glyph.text if glyph is not None else "")
    return " ".join(text.split())


def _row(line: Sequence[Glyph], size: tuple[float, float]) -> Row:
    x0, x1 = min(one.x0 for one in line), max(one.x1 for one in line)
    y0, y1 = min(one.y0 for one in line), max(one.y1 for one in line)
    return Row(_joined(line), (x0 / size[0], y0 / size[1], x1 / size[0], y1 / size[1]))


def read_off(letters: Sequence[Letter]) -> str:
    """Letters as they stand: line by line, from left to right."""
    return " ".join(_joined([letter.glyph for letter in line]) for line in in_lines(letters))


def before_it(row: str, now: str) -> str:
    """What stands on the line before the words."""
    at = row.find(now.split(" ")[0]) if now else -1
    return row[:at].strip(" \t:：")[-16:] if at > 0 else ""
