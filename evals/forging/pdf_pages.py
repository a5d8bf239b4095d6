"""PDF files of text lines, and the ways they are changed afterwards, each as an incremental update.

Objects of a file of one page: 3 is the font, 6 the content, 7 the page; further pages follow in pairs.
"""

import re
from collections.abc import Mapping, Sequence

PAGE, LEFT, TOP, PITCH, SIZE, WIDE = (595, 842), 60, 50, 22, 11, 42
ON_A_PAGE = 34
FIRST_CONTENT, FIRST_PAGE = 6, 7


def wrapped(text: str) -> list[str]:
    """The lines as they stand on the pages, none wider than a page."""
    found = []
    for line in text.splitlines():
        found += [line[begin : begin + WIDE] for begin in range(0, len(line), WIDE)] or [""]
    return found


def pdf_of(text: str) -> bytes:
    lines = wrapped(text)
    pages = [lines[begin : begin + ON_A_PAGE] for begin in range(0, len(lines), ON_A_PAGE)]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo << /Registry (Adobe)"
        b" /Ordering (GB1) /Supplement 4 >> /FontDescriptor 5 0 R /W [1 95 500 814 939 500] >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    for page in pages:
        objects += [_stream(_drawn(page)), page_of(b"%d 0 R" % (len(objects) + 1))]
    kids = b" ".join(b"%d 0 R" % (FIRST_PAGE + 2 * number) for number in range(len(pages)))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))
    out, places = b"%PDF-1.6\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(out)
    )  # fmt: skip


def page_of(contents: bytes, extra: bytes = b"") -> bytes:
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /Font << /F1 3 0 R >> >> /Contents %s%s >>"
        % (*PAGE, contents, extra)
    )


def updated(content: bytes, objects: Mapping[int, bytes]) -> bytes:
    """The file with an incremental update that gives these objects a new body."""
    previous = int(re.findall(rb"startxref\s+(\d+)", content)[-1])
    size = max(next_number(content), max(objects) + 1)
    out, places = content + b"\n", {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % pair for pair in sorted(places.items()))
    return out + b"xref\n%strailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        table, size, previous, start
    )  # fmt: skip


def next_number(content: bytes) -> int:
    return max(int(found) for found in re.findall(rb"/Size (\d+)", content))


def retyped(content: bytes, text: str) -> bytes:
    """The first page typed anew, as an editor saves it."""
    return updated(content, {FIRST_CONTENT: _stream(_drawn(wrapped(text)[:ON_A_PAGE]))})


def covered(content: bytes, text: str, before: str, after: str) -> bytes:
    """A white box over words of the first page, other words typed on it."""
    lines = wrapped(text)
    row = next(number for number, line in enumerate(lines) if before in line)
    x = LEFT + _width(lines[row][: lines[row].index(before)])
    y = PAGE[1] - TOP - row * PITCH - SIZE
    box = b"q 1 1 1 rg %g %g %g %g re f Q\n" % (x - 1, y - 3, _width(before) + 2, SIZE + 6)
    number = next_number(content)
    drawn = _stream(box + _typed(x, y, after))
    return updated(
        content, {number: drawn, FIRST_PAGE: page_of(b"[%d 0 R %d 0 R]" % (FIRST_CONTENT, number))}
    )


def numbered(content: bytes, mark: str) -> bytes:
    """A page number or archive mark set at the foot of the page by the record room."""
    number = next_number(content)
    drawn = _stream(_typed(270, 24, mark))
    return updated(
        content, {number: drawn, FIRST_PAGE: page_of(b"[%d 0 R %d 0 R]" % (FIRST_CONTENT, number))}
    )


def annotated(content: bytes) -> bytes:
    """A reader's note beside the text."""
    number = next_number(content)
    note = b"<< /Type /Annot /Subtype /Text /Rect [20 500 40 520] /Contents (checked) >>"
    page = page_of(b"%d 0 R" % FIRST_CONTENT, b" /Annots [%d 0 R]" % number)
    return updated(content, {number: note, FIRST_PAGE: page})


def signed(content: bytes) -> bytes:
    """An electronic signature: the field, its widget, the signed byte range."""
    number = next_number(content)
    return updated(content, {
        number: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30]"
        b" /Contents <00> >>",
        number + 1: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (S1) /V %d 0 R /Rect [400 80 540 130] /F 132"
        b" /P %d 0 R >>" % (number, FIRST_PAGE),
        FIRST_PAGE: page_of(b"%d 0 R" % FIRST_CONTENT, b" /Annots [%d 0 R]" % (number + 1)),
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%d 0 R] /SigFlags 3 >> >>" % (number + 1),
    })  # fmt: skip


def _width(text: str) -> float:
    return sum(SIZE / 2 if sign.isascii() else SIZE for sign in text)


def _drawn(lines: Sequence[str]) -> bytes:
    return b"\n".join(
        _typed(LEFT, PAGE[1] - TOP - row * PITCH - SIZE, line) for row, line in enumerate(lines) if line
    )


def _typed(x: float, y: float, text: str) -> bytes:
    return b"BT /F1 %d Tf %g %g Td <%s> Tj ET" % (SIZE, x, y, text.encode("utf-16-be").hex().encode())


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
