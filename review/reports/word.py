"""Writes a paper as a Word document: A4, header and page numbers on every page, heads repeated, rows kept whole.

Text goes in as text only. Fonts are those of Chinese office papers, each with the names it goes by elsewhere.
"""

import io
from decimal import Decimal
from typing import Any

from review.reports.grid import column_widths
from review.reports.packing import packed
from review.reports.paper import (
    COUNT,
    YUAN,
    Cell,
    Column,
    Fields,
    Heading,
    NextPage,
    Paper,
    Signatures,
    Table,
    Text,
    pieces,
    told,
)

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEAD, LATIN = "仿宋", "黑体", "Times New Roman"
FALLBACKS = {  # names by which the same letters are known where the first is missing
    BODY: "FangSong,仿宋_GB2312,FangSong_GB2312,STFangsong,Noto Serif CJK SC,Source Han Serif SC",
    HEAD: "SimHei,Microsoft YaHei,PingFang SC,Noto Sans CJK SC,Source Han Sans SC,WenQuanYi Micro Hei",
}
LONGEST_PIECE = 600  # letters of a cell; a longer text goes on in the row below, so that pages can break
_BREAK_ROWS = 400  # letters from which a row may go on over a page
A4 = (21.0, 29.7)
MARGIN = 2.0


def as_word(paper: Paper) -> bytes:
    """The bytes of a .docx file."""
    if paper.word is not None:
        return paper.word
    from docx import Document

    document = Document()
    document.core_properties.author, document.core_properties.title = "明鉴", paper.title
    width = _set_up(document, paper)
    _title(document, paper)
    for block in paper.blocks:
        if isinstance(block, Table):
            _table(document, block, width)
        elif isinstance(block, Fields):
            _fields(document, block, width)
        elif isinstance(block, Heading):
            document.add_heading(told(block.text), level=block.level)
        elif isinstance(block, Text):
            _text(document, block)
        elif isinstance(block, Signatures):
            _signatures(document, block)
        elif isinstance(block, NextPage):
            _next_page(document)
    sink = io.BytesIO()
    document.save(sink)
    return packed(sink.getvalue(), paper.made_at)


def _set_up(document: Any, paper: Paper) -> float:
    """Page, fonts, header and footer; the width of the text in centimetres."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    section = document.sections[0]
    wide, high = reversed(A4) if paper.landscape else A4
    section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(wide), Cm(high)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(MARGIN))
    sizes = {"Normal": (11, BODY), "Title": (18, HEAD), "Heading 1": (14, HEAD), "Heading 2": (12, HEAD)}
    for name, (points, font) in sizes.items():
        _font(document.styles[name], font, points)
    _name_fonts(document)
    header = section.header.paragraphs[0]
    header.text = told(f"{paper.header}　{paper.subtitle}")[:120]
    footer = section.footer.paragraphs[0]
    _centred(footer)
    for text, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        footer.add_run(text)
        if field:
            _number(footer, field)
    return float(wide) - 2 * MARGIN


def _font(style: Any, font: str, points: int) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = LATIN, Pt(points)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for line in style.element.findall(f"{qn('w:pPr')}/{qn('w:pBdr')}"):
        line.getparent().remove(line)  # the library's own title is underlined in blue
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), font)


def _name_fonts(document: Any) -> None:
    """Say in the table of fonts what else each goes by."""
    said = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = part.blob.replace(b"</w:fonts>", said.encode() + b"</w:fonts>")


def _title(document: Any, paper: Paper) -> None:
    title = document.add_paragraph(
        told(f"（{paper.header.split('　')[0]}）{paper.title}" if paper.draft else paper.title), style="Title"
    )
    _centred(title)
    _centred(document.add_paragraph(told(paper.subtitle)))


def _text(document: Any, block: Text) -> None:
    from docx.shared import Cm, Pt

    for piece in told(block.text).split("\n"):
        paragraph = document.add_paragraph(piece)
        paragraph.paragraph_format.space_after = Pt(4)
        if block.manner == "quote":
            paragraph.paragraph_format.left_indent = Cm(0.8)
        if block.manner == "small":
            for run in paragraph.runs:
                run.font.size = Pt(9)


def _fields(document: Any, block: Fields, width: float) -> None:
    pairs = [*block.pairs, *([("", None)] if len(block.pairs) % 2 else [])]
    rows = [(*pairs[n], *pairs[n + 1]) for n in range(0, len(pairs), 2)]
    columns = (Column("", width=0.8), Column("", width=1.6), Column("", width=0.8), Column("", width=1.6))
    _grid(document, columns, [tuple(map(_said, row)) for row in rows], width, labels=(0, 2))


def _said(value: Cell) -> str:
    return told(value, YUAN if isinstance(value, Decimal) else "")


def _table(document: Any, table: Table, width: float) -> None:
    columns = table.columns
    rows = [
        line
        for row in table.rows
        for line in _continued(tuple(told(v, c.kind) for v, c in zip(row, columns, strict=True)))
    ]
    if not rows:
        _text(document, Text(table.empty))
        return
    if table.total:
        rows.append(tuple(told(v, c.kind) for v, c in zip(table.total, columns, strict=True)))
    _grid(document, columns, rows, width, head=True)
    if table.note:
        _text(document, Text(table.note, "small"))


def _continued(row: tuple[str, ...]) -> list[tuple[str, ...]]:
    parts = [pieces(value, LONGEST_PIECE) for value in row]
    return [tuple(part[n] if n < len(part) else "" for part in parts) for n in range(max(map(len, parts)))]


def _grid(
    document: Any,
    columns: tuple[Column, ...],
    rows: list[tuple[str, ...]],
    width: float,
    *,
    head: bool = False,
    labels: tuple[int, ...] = (),
) -> None:
    """A table built straight as XML: the library walks the whole table for every cell it is asked for."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    table = document.add_table(rows=0, cols=len(columns))
    table.style, table.autofit = "Table Grid", False
    widths = column_widths(columns, rows, width)
    for grid, share in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        grid.set(qn("w:w"), str(share))
    right = {n for n, column in enumerate(columns) if column.kind in (YUAN, COUNT)}
    if head:
        table._tbl.append(_row(tuple(c.title for c in columns), widths, set(), strong=True, head=True))
    for row in rows:
        table._tbl.append(_row(row, widths, right, labels=labels))
    after = document.add_paragraph().paragraph_format
    after.space_before = after.space_after = after.line_spacing = Pt(3)


def _row(
    row: tuple[str, ...],
    widths: list[int],
    right: set[int],
    *,
    strong: bool = False,
    head: bool = False,
    labels: tuple[int, ...] = (),
) -> Any:
    from docx.oxml import OxmlElement

    line = OxmlElement("w:tr")
    settings = OxmlElement("w:trPr")
    if max(map(len, row)) < _BREAK_ROWS:
        settings.append(OxmlElement("w:cantSplit"))
    if head:
        settings.append(OxmlElement("w:tblHeader"))
    if len(settings):
        line.append(settings)
    for number, (text, width) in enumerate(zip(row, widths, strict=True)):
        grey = head or number in labels
        line.append(_cell(text, width, right=number in right, strong=strong or grey, grey=grey))
    return line


def _cell(text: str, width: int, *, right: bool, strong: bool, grey: bool) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def put(parent: Any, name: str, **values: str) -> Any:
        made = OxmlElement(name)
        for key, value in values.items():
            made.set(qn(f"w:{key}"), value)
        parent.append(made)
        return made

    cell = OxmlElement("w:tc")
    settings = put(cell, "w:tcPr")
    put(settings, "w:tcW", w=str(width), type="dxa")
    if grey:
        put(settings, "w:shd", val="clear", color="auto", fill="E8ECEA")
    for piece in text.split("\n"):
        paragraph = put(cell, "w:p")
        manner = put(paragraph, "w:pPr")
        put(manner, "w:spacing", before="20", after="20")
        if right:
            put(manner, "w:jc", val="right")
        run = put(paragraph, "w:r")
        letters = put(run, "w:rPr")
        if strong:
            put(letters, "w:b")
        put(letters, "w:sz", val="18")
        written = put(run, "w:t")
        written.text = piece
        written.set(qn("xml:space"), "preserve")
    return cell


def _signatures(document: Any, block: Signatures) -> None:
    from docx.shared import Pt

    for label in block.labels:
        paragraph = document.add_paragraph(
            f"{told(label)}：＿＿＿＿＿＿＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日"
        )
        paragraph.paragraph_format.space_before = Pt(16)
        paragraph.paragraph_format.keep_together = True


def _next_page(document: Any) -> None:
    from docx.enum.text import WD_BREAK

    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _centred(paragraph: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _number(paragraph: Any, name: str) -> None:
    """A field that the office program fills: the number of the page, or of all pages."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
