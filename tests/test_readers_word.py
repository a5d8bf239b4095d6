"""Word files: order, tables, automatic numbers, notes, headers, and what cannot be read."""

import zipfile

import docx
import pytest
from PIL import Image

from knowledge.readers import UnreadableFile
from knowledge.readers.files import read_file


def word_file(path, build):
    document = docx.Document()
    build(document)
    document.save(path)
    return path


def test_word_paragraphs_and_tables_keep_their_order_and_rows_stay_lines(tmp_path):
    def build(document):
        document.add_paragraph("护理记录")
        table = document.add_table(2, 3)
        for cell, text in zip(table.rows[0].cells, ("日期时间", "病情", "签名"), strict=True):
            cell.text = text
        for cell, text in zip(table.rows[1].cells, ("2024-04-08 09:40", "步行入院", "孙丽华"), strict=True):
            cell.text = text
        document.add_paragraph("护士签名：孙丽华")

    read = read_file(word_file(tmp_path / "a.docx", build), cache=None)
    assert read.text == "护理记录\n日期时间\t病情\t签名\n2024-04-08 09:40\t步行入院\t孙丽华\n护士签名：孙丽华"


def test_a_table_nested_in_a_cell_and_a_layout_table_are_read(tmp_path):
    def build(document):
        outer = document.add_table(1, 1)
        outer.cell(0, 0).text = "入院记录"
        inner = outer.cell(0, 0).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "姓名", "张某"

    assert read_file(word_file(tmp_path / "a.docx", build), cache=None).text == "入院记录\n姓名\t张某"


def test_merged_cells_are_read_once(tmp_path):
    def build(document):
        table = document.add_table(2, 3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "项目"
        table.cell(0, 2).merge(table.cell(1, 2)).text = "备注"
        table.cell(1, 0).text, table.cell(1, 1).text = "甲", "乙"

    assert read_file(word_file(tmp_path / "a.docx", build), cache=None).text == "项目\t备注\n甲\t乙"


def test_headers_and_footers_of_a_word_file_are_read(tmp_path):
    def build(document):
        document.sections[0].header.paragraphs[0].text = "某医院"
        document.add_paragraph("正文")
        document.sections[0].footer.paragraphs[0].text = "第1页"

    assert read_file(word_file(tmp_path / "a.docx", build), cache=None).text == "某医院\n正文\n第1页"


def test_deleted_text_of_tracked_changes_is_left_out(tmp_path):
    def build(document):
        paragraph = document.add_paragraph("体温")
        deleted = docx.oxml.OxmlElement("w:del")
        run = docx.oxml.OxmlElement("w:r")
        text = docx.oxml.OxmlElement("w:delText")
        text.text = "39.9"
        run.append(text)
        deleted.append(run)
        paragraph._p.append(deleted)
        inserted = docx.oxml.OxmlElement("w:ins")
        run = docx.oxml.OxmlElement("w:r")
        text = docx.oxml.OxmlElement("w:t")
        text.text = "36.5"
        run.append(text)
        inserted.append(run)
        paragraph._p.append(inserted)

    assert read_file(word_file(tmp_path / "a.docx", build), cache=None).text == "体温36.5"


def test_a_word_file_of_pictures_only_says_what_to_do(tmp_path):
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    path = word_file(tmp_path / "a.docx", lambda document: document.add_picture(str(tmp_path / "a.png")))
    with pytest.raises(UnreadableFile, match=r"只有图片.*另存为 \.png"):
        read_file(path, cache=None)


def test_a_truncated_word_file_is_refused(tmp_path):
    path = word_file(tmp_path / "a.docx", lambda document: document.add_paragraph("入院记录"))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UnreadableFile, match="损坏或不完整"):
        read_file(path, cache=None)


def test_an_archive_that_is_no_word_file_is_refused(tmp_path):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(UnreadableFile, match="损坏或内容不完整"):
        read_file(path, cache=None)


LIST = """<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="8">
<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
</w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="8"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="9"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="30"/></w:lvlOverride></w:num>
</w:numbering>"""


def numbered(document, text, number, level=0):
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    listed = docx.oxml.OxmlElement("w:numPr")
    for name, value in (("w:ilvl", level), ("w:numId", number)):
        child = docx.oxml.OxmlElement(name)
        child.set(docx.oxml.ns.qn("w:val"), str(value))
        listed.append(child)
    properties.append(listed)


def with_lists(document):
    root = document.part.numbering_part._element
    for child in list(root):
        root.remove(child)
    for child in docx.oxml.parse_xml(LIST):
        root.append(child)


def test_automatic_numbers_are_read_as_word_shows_them(tmp_path):
    def build(document):
        with_lists(document)
        for text, number, level in (
            ("甲。", 7, 0),
            ("有下列情形的：", 7, 0),
            ("乙；", 7, 1),
            ("丙：", 7, 1),
            ("丁", 7, 2),
            ("戊", 7, 2),
            ("己。", 7, 0),
            ("庚；", 7, 1),
            ("要点", 8, 0),
            ("重新计数。", 9, 0),
            ("接着数。", 9, 0),
        ):
            numbered(document, text, number, level)

    read = read_file(word_file(tmp_path / "a.docx", build), cache=None)
    assert read.text.split("\n") == [
        "第一条 甲。",
        "第二条 有下列情形的：",
        "（一）乙；",
        "（二）丙：",
        "1. 丁",
        "2. 戊",
        "第三条 己。",
        "（一）庚；",
        "要点",
        "第三十条 重新计数。",
        "第三十一条 接着数。",
    ]


def test_a_number_that_comes_with_a_style_is_read(tmp_path):
    def build(document):
        document.add_paragraph("甲", style="List Number")
        document.add_paragraph("乙", style="List Number")

    assert read_file(word_file(tmp_path / "a.docx", build), cache=None).text == "1. 甲\n2. 乙"


def test_a_regulation_in_word_is_read_without_its_margins_and_with_whole_rows(tmp_path):
    def build(document):
        document.sections[0].header.paragraphs[0].text = "某医院"
        document.sections[0].footer.paragraphs[0].text = "第1页"
        table = document.add_table(4, 3)
        for cell, text in zip(table.rows[0].cells, ("序号", "类型", "问题"), strict=True):
            cell.text = text
        table.cell(1, 1).merge(table.cell(2, 1)).text = "重复收费"
        for row, (number, problem) in enumerate((("1", "甲与乙"), ("2", "丙与丁")), start=1):
            table.cell(row, 0).text, table.cell(row, 2).text = number, problem
        table.cell(3, 0).merge(table.cell(3, 2)).text = "二、药店"

    read = read_file(word_file(tmp_path / "a.docx", build), cache=None, citable=True)
    assert read.text == "序号\t类型\t问题\n1\t重复收费\t甲与乙\n2\t重复收费\t丙与丁\n二、药店"


def test_footnotes_are_read_at_the_end(tmp_path):
    path = word_file(tmp_path / "a.docx", lambda document: document.add_paragraph("正文"))
    notes = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>线</w:t></w:r></w:p></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>以实际发生为准</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/footnotes.xml"] = notes.encode()
    links = parts["word/_rels/document.xml.rels"].decode()
    parts["word/_rels/document.xml.rels"] = links.replace(
        "</Relationships>", f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    ).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read_file(path, cache=None).text == "正文\n注：以实际发生为准"
