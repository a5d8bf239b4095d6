"""Which steps a page of a PDF is painted in: runs of text, white boxes, pictures, in their order.

Positions are those of the file: points from the bottom left, before the page is turned.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

MOST_THINGS = 20_000  # of one page
DEEPEST_FORM = 4
PALE = 0xF5  # a channel of what passes for white
SMALLEST, LARGEST = 3.0, 0.6  # of a cover: points a side, share of the page
LONGEST_RUN = 20_000  # bytes
INVISIBLE = 3  # text that is there to be searched, over a scan
Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True, slots=True)
class Thing:
    """One drawing step: a run of text, a white box or a picture; `order` counts as they are painted."""

    kind: str  # text | box | picture
    order: int
    box: Box
    font: str = ""
    size: float = 0.0
    invisible: bool = False
    pointer: int = 0


Place = Callable[[Box], Box]


def _same(box: Box) -> Box:
    return box


def things_of(page: Any) -> tuple[Thing, ...]:
    """The steps of a page, those inside its forms at the place they take on it."""
    found: list[Thing] = []
    wide, high = page.get_size()
    count = pdfium.FPDFPage_CountObjects(page)
    _walk(count, lambda at: pdfium.FPDFPage_GetObject(page, at), _same, 0, wide * high, found)
    return tuple(found)


def _walk(
    count: int, at: Callable[[int], Any], place: Place, depth: int, area: float, found: list[Thing]
) -> None:
    """The things of a page or of a form inside it, in painting order."""
    for index in range(count):
        if len(found) >= MOST_THINGS:
            return
        thing = at(index)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST_FORM:
            inner = pdfium.FPDFFormObj_CountObjects(thing)
            _walk(inner, lambda n, form=thing: pdfium.FPDFFormObj_GetObject(form, n), _moved(thing, place),  # type: ignore[misc]
                  depth + 1, area, found)  # fmt: skip
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            found.append(_text(thing, len(found), place(_bounds(thing))))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            found.append(Thing("picture", len(found), place(_bounds(thing)), pointer=address(thing)))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and _white(thing):
            box = place(_bounds(thing))
            wide, high = box[2] - box[0], box[3] - box[1]
            if min(wide, high) >= SMALLEST and wide * high <= LARGEST * area:
                found.append(Thing("box", len(found), box))


def _bounds(thing: Any) -> Box:
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(thing, *sides)
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def _moved(form: Any, place: Place) -> Place:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(form, matrix):
        return place

    def onto_page(box: Box) -> Box:
        corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        xs = [matrix.a * x + matrix.c * y + matrix.e for x, y in corners]
        ys = [matrix.b * x + matrix.d * y + matrix.f for x, y in corners]
        return place((min(xs), min(ys), max(xs), max(ys)))

    return onto_page


def _text(thing: Any, order: int, box: Box) -> Thing:
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(thing, size)
    matrix = pdfium.FS_MATRIX()
    stretch = abs(matrix.d) if pdfium.FPDFPageObj_GetMatrix(thing, matrix) and matrix.d else 1.0
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(pdfium.FPDFTextObj_GetFont(thing), name, 128)
    hidden = pdfium.FPDFTextObj_GetTextRenderMode(thing) == INVISIBLE
    font = name.value.decode("utf-8", "replace")
    return Thing("text", order, box, font, size.value * stretch, hidden, address(thing))


def address(thing: Any) -> int:
    return ctypes.cast(thing, ctypes.c_void_p).value or 0


def _white(path: Any) -> bool:
    """A filled rectangle of paper's colour that nothing shines through."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, fill, stroke) or not fill.value:
        return False
    if pdfium.FPDFPath_CountSegments(path) > 6 or pdfium.FPDFPageObj_HasTransparency(path):
        return False
    red, green, blue, opaque = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, opaque):
        return False
    return min(red.value, green.value, blue.value) >= PALE and opaque.value == 0xFF


def area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(letter: Box, cover: Box) -> bool:
    middle = (letter[0] + letter[2]) / 2, (letter[1] + letter[3]) / 2
    return cover[0] <= middle[0] <= cover[2] and cover[1] <= middle[1] <= cover[3]


def run_text(run: Thing, textpage: Any) -> str:
    """What a run of text says; `textpage` is that of its page, which must still be open."""
    thing = ctypes.cast(run.pointer, pdfium.FPDF_PAGEOBJECT)
    size = pdfium.FPDFTextObj_GetText(thing, textpage, None, 0)
    if not 2 < size <= LONGEST_RUN:
        return ""
    held = ctypes.create_string_buffer(size)
    pdfium.FPDFTextObj_GetText(thing, textpage, ctypes.cast(held, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return held.raw[: size - 2].decode("utf-16-le", "replace")
