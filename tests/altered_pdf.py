"""PDFs with incremental updates for tests: invented Chinese records, changed the way each kind of editor changes them.

Objects of a made file: 3 is the font, 7, 9 … the contents and 8, 10 … the pages, in order.
"""

import io
import re
import zlib

from made_pdf import PAGE, Put, _content, _stream, write_pdf

RECORD = (
    "山岭县人民医院",
    "出院记录",
    "姓名：周文远  性别：男  年龄：63岁  住院号：ZY20240311",
    "入院日期：2024-03-11  出院日期：2024-03-19",
    "入院诊断：慢性支气管炎急性发作",
    "出院诊断：社区获得性肺炎",
    "化验：白细胞 7.2×10⁹/L，血红蛋白 118g/L，C反应蛋白 12mg/L。",
    "乙肝表面抗原：阴性",
    "胸部CT：右肺下叶见斑片影。",
    "诊疗经过：入院后给予抗感染、止咳化痰治疗，症状逐渐缓解，一般情况可。",
    "医师签名：陈志刚",
)
FIRST_CONTENT, FIRST_PAGE = 7, 8


def puts(lines, size=12):
    return [Put(70, 60 + 30 * number, line, size) for number, line in enumerate(lines) if line]


def with_words(*pairs):
    lines = list(RECORD)
    for old, new in pairs:
        assert any(old in line for line in lines), old
        lines = [line.replace(old, new) for line in lines]
    return lines


def record(path, pages=1):
    """The record, on as many pages as asked for; the others hold a nursing note each."""
    others = [
        puts([f"护理记录 {number}", f"患者第{number}日生命体征平稳，饮食睡眠可。"])
        for number in range(2, pages + 1)
    ]
    return write_pdf(path, [puts(RECORD), *others])


def content_of(lines):
    return _stream(_content(puts(lines)))


def append(path, objects, info=None, streamed=False):
    """Append an incremental update: `objects` maps numbers to bodies; `info` is the new information dictionary."""
    content = path.read_bytes()
    previous = int(re.findall(rb"startxref\s+(\d+)", content)[-1])
    size = max(int(found) for found in re.findall(rb"/Size (\d+)", content))
    held = re.findall(rb"/Info (\d+) 0 R", content)
    info_number = int(held[-1]) if held else None
    if info is not None:
        info_number = size
        objects = {
            **objects,
            info_number: b"<< %s >>" % b" ".join(b"/%s (%s)" % pair for pair in info.items()),
        }
    size = max(size, *objects) + 1
    out, places = content + b"\n", {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    root = b"/Root 1 0 R" + (b" /Info %d 0 R" % info_number if info_number else b"")
    start = len(out)
    if streamed:
        number = size
        places[number] = start
        table = b"".join(b"\1" + place.to_bytes(4, "big") + b"\0" for _, place in sorted(places.items()))
        index = b" ".join(b"%d 1" % one for one in sorted(places))
        packed = zlib.compress(table)
        out += b"%d 0 obj\n<< /Type /XRef /Size %d %s /Prev %d /W [1 4 1] /Index [%s] /Filter /FlateDecode /Length %d >>" % (
            number, size + 1, root, previous, index, len(packed)
        )  # fmt: skip
        out += b"\nstream\n" + packed + b"\nendstream\nendobj\n"
    else:
        out += b"xref\n"
        for number, place in sorted(places.items()):
            out += b"%d 1\n%010d 00000 n \n" % (number, place)
        out += b"trailer\n<< /Size %d %s /Prev %d >>\n" % (size, root, previous)
    path.write_bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)
    return path


def rewrite(path, *pairs, when=None, streamed=False):
    """The way an editor saves: the page's content put again with other words."""
    info = {b"ModDate": b"D:%s+08'00'" % when, b"Producer": b"Foxit PDF Editor"} if when else None
    return append(path, {FIRST_CONTENT: content_of(with_words(*pairs))}, info, streamed)


def page_body(contents, extra=b""):
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /Font << /F1 3 0 R >> >> /Contents %s%s >>"
        % (*PAGE, contents, extra)
    )


def size_of(path):
    return max(int(found) for found in re.findall(rb"/Size (\d+)", path.read_bytes()))


def white_box(path, line, before, after):
    """A white box over some words of a line and others typed on it, in a content stream of their own."""
    lines = list(RECORD)
    text, y = lines[line], 60 + 30 * line
    at = text.index(before)
    x = 70 + sum(6 if sign.isascii() else 12 for sign in text[:at])
    wide = sum(6 if sign.isascii() else 12 for sign in before)
    box = b"q 1 1 1 rg %g %g %g %g re f Q\n" % (x - 1, PAGE[1] - y - 16, wide + 2, 20)
    number = size_of(path)
    typed = _content([Put(x, y, after)]) if after else b""
    return append(
        path,
        {number: _stream(box + typed), FIRST_PAGE: page_body(b"[%d 0 R %d 0 R]" % (FIRST_CONTENT, number))},
    )


def insert_page(path, lines):
    number = size_of(path)
    kids = re.findall(rb"/Kids \[([^\]]*)\]", path.read_bytes())[-1] + b" %d 0 R" % (number + 1)
    return append(path, {
        number: content_of(lines), number + 1: page_body(b"%d 0 R" % number),
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, kids.count(b" R")),
    })  # fmt: skip


def remove_last_page(path):
    kids = re.findall(rb"\d+ 0 R", re.findall(rb"/Kids \[([^\]]*)\]", path.read_bytes())[-1])[:-1]
    return append(path, {2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))})


def annotate(path, subtype=b"/Text", extra=b""):
    number = size_of(path)
    note = b"<< /Type /Annot /Subtype %s /Rect [60 500 300 560] /Contents (checked) %s >>" % (subtype, extra)
    return append(path, {
        number: note, FIRST_PAGE: page_body(b"%d 0 R" % FIRST_CONTENT, b" /Annots [%d 0 R]" % number),
    })  # fmt: skip


def sign(path):
    """An electronic signature: a field, its widget and the signed byte range."""
    number = size_of(path)
    return append(path, {
        number: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30]"
        b" /Contents <00> /M (D:20240320101500+08'00') >>",
        number + 1: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (S1) /V %d 0 R /Rect [400 80 540 130] /F 132"
        b" /P %d 0 R >>" % (number, FIRST_PAGE),
        FIRST_PAGE: page_body(b"%d 0 R" % FIRST_CONTENT, b" /Annots [%d 0 R]" % (number + 1)),
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%d 0 R] /SigFlags 3 >> >>" % (number + 1),
    })  # fmt: skip


def stamp(path, drawing):
    """More drawn on the page in a content stream of its own, as a stamping program does."""
    number = size_of(path)
    return append(
        path, {number: _stream(drawing), FIRST_PAGE: page_body(b"[%d 0 R %d 0 R]" % (FIRST_CONTENT, number))}
    )


def put_picture(path, picture, box, quality=85):
    """A picture on the first page over what stands there; `box` in points from the bottom left."""
    content = io.BytesIO()
    picture.convert("L").save(content, "JPEG", quality=quality)
    number = size_of(path)
    left, bottom, right, top = box
    drawing = b"q %g 0 0 %g %g %g cm /I%d Do Q\n" % (right - left, top - bottom, left, bottom, number)
    image = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray" % (
        picture.size
    )  # fmt: skip
    image += b" /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (
        len(content.getvalue()),
        content.getvalue(),
    )
    held = re.findall(rb"/XObject << (.*?) >>", path.read_bytes())
    shown = re.findall(rb"/Contents \[([^\]]*)\]", path.read_bytes())
    pictures = (held[-1] + b" " if held else b"") + b"/I%d %d 0 R" % (number, number)
    contents = (shown[-1] if shown else b"%d 0 R" % FIRST_CONTENT) + b" %d 0 R" % (number + 1)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents [%s]" % (*PAGE, contents)
    page += b" /Resources << /Font << /F1 3 0 R >> /XObject << %s >> >> >>" % pictures
    return append(path, {number: image, number + 1: _stream(drawing), FIRST_PAGE: page})
