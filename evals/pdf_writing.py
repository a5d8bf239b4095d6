"""Small PDF files written byte by byte, and what is added to them afterwards as an incremental update.

Objects: 3 is the font every reader knows, 6 its map to Unicode; 7 is the first content, 8 the first page, and further
pages follow in pairs. Places are points from the top left of the page, boxes from the bottom left.
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PAGE = (595, 842)
FIRST_CONTENT, FIRST_PAGE = 7, 8


@dataclass(frozen=True)
class Put:
    """A string whose first character stands at x, y."""

    x: float
    y: float
    text: str
    size: float = 12


def written(pages: Sequence[Sequence[Put]], wrong: int = 0, missing: bool = False) -> bytes:
    """A file of these pages; `wrong` shifts what the text layer says, `missing` says nothing usable."""
    unicode_map = b" /ToUnicode 6 0 R" if wrong or missing else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H"
        b" /DescendantFonts [4 0 R]" + unicode_map + b" >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 5 0 R"
        b" /W [1 95 500 814 939 500] >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        stream(_unicode_map(wrong, missing)),
    ]
    for puts in pages:
        objects += [stream(content_of(puts)), page_body(b"%d 0 R" % (len(objects) + 1))]
    kids = b" ".join(b"%d 0 R" % (FIRST_PAGE + 2 * number) for number in range(len(pages)))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))
    return _file(objects)


def content_of(puts: Sequence[Put]) -> bytes:
    """What draws these strings."""
    shown = [
        b"BT /F1 %g Tf %g %g Td <%s> Tj ET"
        % (put.size, put.x, PAGE[1] - put.y - put.size, put.text.encode("utf-16-be").hex().encode())
        for put in puts
    ]
    return b"\n".join(shown)


def stream(content: bytes, head: bytes = b"") -> bytes:
    """The body of a stream object."""
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (head, len(content), content)


def page_body(contents: bytes, extra: bytes = b"", pictures: bytes = b"") -> bytes:
    """The body of a page object; `contents` names its streams, `pictures` what they draw by name."""
    held = b" /XObject << %s >>" % pictures if pictures else b""
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /Font << /F1 3 0 R >>%s >> /Contents %s%s >>"
        % (*PAGE, held, contents, extra)
    )


def white_box(x: float, y: float, wide: float, high: float) -> bytes:
    """What draws a box of paper's colour; x and y from the bottom left."""
    return b"q 1 1 1 rg %g %g %g %g re f Q\n" % (x, y, wide, high)


def _unicode_map(wrong: int, missing: bool) -> bytes:
    first = 0xE000 if missing else 0x4E00 + wrong
    rows = b"".join(
        b"<%04X> <%04X> <%04X>\n"
        % (0x4E00 + at * 256, 0x4EFF + at * 256, first + (at % 20 if missing else at) * 256)
        for at in range(82)
    )
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"82 beginbfrange\n" + rows + b"endbfrange endcmap end end\n"
    )


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.6\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(out)
    )  # fmt: skip


def next_number(content: bytes) -> int:
    """The number the next new object may have."""
    return max(int(found) for found in re.findall(rb"/Size (\d+)", content))


def updated(
    content: bytes,
    objects: Mapping[int, bytes],
    info: Mapping[bytes, bytes] | None = None,
    streamed: bool = False,
) -> bytes:
    """The file with an incremental update that gives these objects a body; `info` is the new information dictionary,
    `streamed` writes the table as a stream, as newer editors do."""
    previous = int(re.findall(rb"startxref\s+(\d+)", content)[-1])
    held = re.findall(rb"/Info (\d+) 0 R", content)
    about = int(held[-1]) if held else None
    given = dict(objects)
    if info is not None:
        about = max(next_number(content), max(given, default=0) + 1)
        given[about] = b"<< %s >>" % b" ".join(b"/%s (%s)" % pair for pair in info.items())
    size = max(next_number(content), max(given) + 1)
    out, places = content + b"\n", {}
    for number, body in sorted(given.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    root = b"/Root 1 0 R" + (b" /Info %d 0 R" % about if about else b"")
    if streamed:
        out += _table_streamed(places | {size: start}, size, root, previous)
    else:
        table = b"".join(b"%d 1\n%010d 00000 n \n" % pair for pair in sorted(places.items()))
        out += b"xref\n%strailer\n<< /Size %d %s /Prev %d >>\n" % (table, size, root, previous)
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def _table_streamed(places: Mapping[int, int], number: int, root: bytes, previous: int) -> bytes:
    table = b"".join(b"\1" + place.to_bytes(4, "big") + b"\0" for _, place in sorted(places.items()))
    index = b" ".join(b"%d 1" % one for one in sorted(places))
    head = b"/Type /XRef /Size %d %s /Prev %d /W [1 4 1] /Index [%s] /Filter /FlateDecode " % (
        number + 1, root, previous, index
    )  # fmt: skip
    return b"%d 0 obj\n%s\nendobj\n" % (number, stream(zlib.compress(table), head))


def drawn_over(content: bytes, drawing: bytes) -> bytes:
    """More drawn on the first page in a content stream of its own, as a stamping program does."""
    number = next_number(content)
    page = page_body(b"[%d 0 R %d 0 R]" % (FIRST_CONTENT, number))
    return updated(content, {number: stream(drawing), FIRST_PAGE: page})


def annotated(content: bytes, subtype: bytes = b"/Text", extra: bytes = b"") -> bytes:
    """A reader's note on the first page."""
    number = next_number(content)
    note = b"<< /Type /Annot /Subtype %s /Rect [60 500 300 560] /Contents (checked) %s >>" % (subtype, extra)
    page = page_body(b"%d 0 R" % FIRST_CONTENT, b" /Annots [%d 0 R]" % number)
    return updated(content, {number: note, FIRST_PAGE: page})


def signed(content: bytes) -> bytes:
    """An electronic signature: a field, its widget and the signed byte range."""
    number = next_number(content)
    return updated(content, {
        number: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30]"
        b" /Contents <00> /M (D:20240320101500+08'00') >>",
        number + 1: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (S1) /V %d 0 R /Rect [400 80 540 130] /F 132"
        b" /P %d 0 R >>" % (number, FIRST_PAGE),
        FIRST_PAGE: page_body(b"%d 0 R" % FIRST_CONTENT, b" /Annots [%d 0 R]" % (number + 1)),
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%d 0 R] /SigFlags 3 >> >>" % (number + 1),
    })  # fmt: skip
