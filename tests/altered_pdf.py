"""PDFs with incremental updates for tests: invented Chinese records, changed the way each kind of editor changes them.

How the bytes are written stands in `evals.pdf_writing`; here a file is changed in its place.
"""

import io
import re

from made_pdf import Put, write_pdf

from evals import pdf_writing
from evals.pdf_writing import (
    FIRST_CONTENT,
    FIRST_PAGE,
    PAGE,
    next_number,
    page_body,
    stream,
    updated,
    white_box,
)

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
    return stream(pdf_writing.content_of(puts(lines)))


def append(path, objects, info=None, streamed=False):
    """Append an incremental update: `objects` maps numbers to bodies; `info` is the new information dictionary."""
    path.write_bytes(updated(path.read_bytes(), objects, info, streamed))
    return path


def rewrite(path, *pairs, when=None, streamed=False):
    """The way an editor saves: the page's content put again with other words."""
    info = {b"ModDate": b"D:%s+08'00'" % when, b"Producer": b"Foxit PDF Editor"} if when else None
    return append(path, {FIRST_CONTENT: content_of(with_words(*pairs))}, info, streamed)


def size_of(path):
    return next_number(path.read_bytes())


def hide(path, line, before, after):
    """A white box over some words of a line and others typed on it, in a content stream of their own."""
    lines = list(RECORD)
    text, y = lines[line], 60 + 30 * line
    at = text.index(before)
    x = 70 + sum(6 if sign.isascii() else 12 for sign in text[:at])
    wide = sum(6 if sign.isascii() else 12 for sign in before)
    typed = pdf_writing.content_of([Put(x, y, after)]) if after else b""
    return stamp(path, white_box(x - 1, PAGE[1] - y - 16, wide + 2, 20) + typed)


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
    path.write_bytes(pdf_writing.annotated(path.read_bytes(), subtype, extra))
    return path


def sign(path):
    """An electronic signature: a field, its widget and the signed byte range."""
    path.write_bytes(pdf_writing.signed(path.read_bytes()))
    return path


def stamp(path, drawing):
    """More drawn on the page in a content stream of its own, as a stamping program does."""
    path.write_bytes(pdf_writing.drawn_over(path.read_bytes(), drawing))
    return path


def put_picture(path, picture, box, quality=85):
    """A picture on the first page over what stands there; `box` in points from the bottom left."""
    content = io.BytesIO()
    picture.convert("L").save(content, "JPEG", quality=quality)
    number = size_of(path)
    left, bottom, right, top = box
    drawing = b"q %g 0 0 %g %g %g cm /I%d Do Q\n" % (right - left, top - bottom, left, bottom, number)
    head = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray" % (
        picture.size
    )  # fmt: skip
    image = stream(content.getvalue(), head + b" /Filter /DCTDecode ")
    held = re.findall(rb"/XObject << (.*?) >>", path.read_bytes())
    shown = re.findall(rb"/Contents \[([^\]]*)\]", path.read_bytes())
    pictures = (held[-1] + b" " if held else b"") + b"/I%d %d 0 R" % (number, number)
    contents = (shown[-1] if shown else b"%d 0 R" % FIRST_CONTENT) + b" %d 0 R" % (number + 1)
    page = page_body(b"[%s]" % contents, pictures=pictures)
    return append(path, {number: image, number + 1: stream(drawing), FIRST_PAGE: page})
