"""Small PDF files for tests: strings at places on a page, in the standard Chinese font every reader knows."""

from dataclasses import dataclass
from pathlib import Path

PAGE = (595, 842)


@dataclass(frozen=True)
class Put:
    """A string whose first character stands at x, y (points from the top left of the page)."""

    x: float
    y: float
    text: str
    size: float = 12


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
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    unicode_map = b" /ToUnicode 6 0 R" if wrong or missing else b""
    objects.append(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H"
        b" /DescendantFonts [4 0 R]" + unicode_map + b" >>"
    )
    objects.append(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 5 0 R"
        b" /W [1 95 500 814 939 500] >>"
    )
    objects.append(
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    )
    objects.append(_stream(_unicode_map(wrong, missing)))
    kids = []
    for puts in pages:
        objects.append(_stream(_content(puts)))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /Font << /F1 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (*PAGE, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    path.write_bytes(_file(objects))
    return path


def _content(puts):
    shown = [
        b"BT /F1 %g Tf %g %g Td <%s> Tj ET"
        % (put.size, put.x, PAGE[1] - put.y - put.size, put.text.encode("utf-16-be").hex().encode())
        for put in puts
    ]
    return b"\n".join(shown)


def _unicode_map(wrong, missing):
    first = 0xE000 if missing else 0x4E00 + wrong
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"82 beginbfrange\n"
        + b"".join(
            b"<%04X> <%04X> <%04X>\n" % (0x4E00 + at * 256, 0x4EFF + at * 256, first + (at % 20) * 256)
            if missing
            else b"<%04X> <%04X> <%04X>\n" % (0x4E00 + at * 256, 0x4EFF + at * 256, first + at * 256)
            for at in range(82)
        )
        + b"endbfrange endcmap end end\n"
    )


def _stream(content):
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _file(objects):
    out, places = b"%PDF-1.6\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(out))
    )
