"""Reads Word files: the only door to python-docx. Paragraphs and tables in document order, a table row per line.

Of tracked changes the text as it now stands is read: insertions are in, deletions are out. Automatic numbers,
text boxes, headers, footers and notes are read; pictures are not, and the result says how many there are.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx.opc.constants import CONTENT_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.package import Unmarshaller
from docx.opc.part import Part, PartFactory
from docx.opc.pkgreader import PackageReader
from docx.oxml import parse_xml
from docx.package import Package

from knowledge.readers import ReadText, UnreadableFile
from knowledge.readers.numbering import Numbering, read_numbering
from knowledge.readers.text import one_page, read_bytes

LARGEST_WORD = 100 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
HIGHEST_RATIO = 200  # unpacked to packed; text reaches 20, a bomb 1000
MOST_PARTS = 20_000
LONG_CELL = 200  # characters from which the paragraphs of a cell keep lines of their own
# What the office libraries raise on a package whose bytes were altered; seen by altering them at random.
DAMAGE: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError, KeyError, ValueError, IndexError),
    *(AttributeError, TypeError, ArithmeticError, PackageNotFoundError),
    RuntimeError,  # an encrypted part, an unknown kind of compression, a tree too deep
)
_OLE = b"\xd0\xcf\x11\xe0"
_SKIPPED = frozenset({"del", "moveFrom", "delText", "instrText", "Fallback", "pPr", "rPr", "tblPr", "sectPr"})
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}


def check_package(content: bytes, what: str) -> None:
    """Refuse, before anything is unpacked, what is no sound Office package or would unpack to a flood."""
    if content.startswith(_OLE):
        raise UnreadableFile(
            f"{what} 文件已加密，或是 2003 以前的旧格式", "请去掉密码并另存为新格式（.docx、.xlsx）"
        )
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except DAMAGE as problem:
        raise UnreadableFile(f"{what} 文件损坏或不完整", "请重新导出或重新拷贝该文件") from problem
    unpacked = sum(part.file_size for part in parts)
    flood = unpacked > LARGEST_UNPACKED or unpacked > max(HIGHEST_RATIO * len(content), 20 * 1024 * 1024)
    if flood or len(parts) > MOST_PARTS:
        raise UnreadableFile(f"{what} 文件解压后过大，疑为异常文件", "请打开后另存一份再放入")


def read_word(path: Path, *, citable: bool = False) -> ReadText:
    """A .docx file; `citable` leaves out the page margins and says a merged cell in every row it spans."""
    content = read_bytes(path, LARGEST_WORD)
    check_package(content, "Word")
    try:
        document = _opened(content)
        body = _Body(read_numbering(document), citable)
        lines = [*body.lines(document.element.body), *_notes(document, body)]
        if not citable:
            first = document.sections[0]
            lines = [*_margin(first.header, body), *lines, *_margin(first.footer, body)]
    except DAMAGE as problem:
        raise UnreadableFile("Word 文件损坏或内容不完整", "请用 Word 打开后另存一份") from problem
    pictures = sum(part.partname.startswith("/word/media/") for part in document.part.package.iter_parts())
    if not any(line.strip() for line in lines):
        only = "只有图片，没有文字" if pictures else "没有文字"
        raise UnreadableFile(f"Word 文件里{only}", "请把图片另存为 .png 放入，或改用扫描 .pdf")
    known = document.core_properties
    return one_page(
        "\n".join(lines).strip("\n"),
        notes=(f"内嵌 {pictures} 张图片，未识别其中文字",) if pictures else (),
        meta=tuple(
            (key, str(value))
            for key in ("author", "created", "modified", "title")
            if (value := getattr(known, key))
        ),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _opened(content: bytes) -> Any:
    """What `docx.Document` opens, its styles unread: they are most of a small file, and say nothing but of lists."""
    reader: Any = PackageReader
    builder: Any = Unmarshaller
    package = Package()
    builder.unmarshal(reader.from_file(io.BytesIO(content)), package, _part)
    part: Any = package.main_document_part
    if part.content_type != CONTENT_TYPE.WML_DOCUMENT_MAIN:
        raise ValueError(f"no Word document but {part.content_type}")
    return part.document


def _part(name: Any, content_type: str, relation: str, blob: bytes, package: Any) -> Any:
    if content_type == CONTENT_TYPE.WML_STYLES:
        return Part.load(name, content_type, blob, package)
    return PartFactory(name, content_type, relation, blob, package)


def _margin(part: Any, body: "_Body") -> list[str]:
    """Lines of a header or footer that has text."""
    if part.is_linked_to_previous:  # of a first section: there is none
        return []
    return [line for line in body.lines(part._element) if line.strip()]


def _notes(document: Any, body: "_Body") -> Iterator[str]:
    """Footnotes and endnotes, at the end of the text."""
    for relation in document.part.rels.values():
        if relation.is_external or relation.reltype.rpartition("/")[2] not in ("footnotes", "endnotes"):
            continue
        for note in parse_xml(relation.target_part.blob):
            said = " ".join(line.strip() for line in body.lines(note) if line.strip())
            if said and not any(name.endswith("}type") for name in note.attrib):
                yield f"注：{said}"


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


@dataclass(frozen=True)
class _Body:
    """Reads the blocks of one file in document order; the numbering counts along."""

    numbering: Numbering
    citable: bool

    def lines(self, block: Any) -> Iterator[str]:
        """Lines of a body, header or cell."""
        for child in block:
            name = _name(child)
            if name == "p":
                yield from self._paragraph(child).split("\n")
            elif name == "tbl":
                yield from self._whole_table(child) if self.citable else self._table(child)
            elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
                yield from self.lines(child)

    def _paragraph(self, paragraph: Any) -> str:
        """Text of a paragraph under its number; text boxes anchored in it follow on lines of their own."""
        pieces: list[str] = []
        boxes: list[str] = []
        waiting = list(reversed(paragraph))
        while waiting:
            element = waiting.pop()
            name = _name(element)
            if name == "t":
                pieces.append(element.text or "")
            elif name in _BREAKS:
                pieces.append(_BREAKS[name])
            elif name == "txbxContent":
                boxes += self.lines(element)
            elif name not in _SKIPPED:
                waiting += reversed(element)
        said = "".join(pieces)
        label = self.numbering.label(paragraph) if said.strip() else ""
        return "\n".join([label + said, *boxes])

    def _table(self, table: Any) -> Iterator[str]:
        """A line per row, cells apart by tabs. A row of one cell is layout, and its paragraphs stay lines."""
        for row in _rows(table):
            cells = [list(self.lines(cell)) for cell in _cells(row) if not _merged(cell)]
            filled = [cell for cell in cells if any(line.strip() for line in cell)]
            if len(filled) == 1:
                yield from filled[0]
            elif filled:
                yield from "\t".join(_cell(cell) for cell in cells).split("\n")

    def _whole_table(self, table: Any) -> Iterator[str]:
        """A line per row with as many cells as the table has columns; what spans several is said in each."""
        above: dict[int, list[str]] = {}
        for row in _rows(table):
            texts: list[str] = []
            filled: list[list[str]] = []
            for cell in _cells(row):
                lines = above.get(len(texts), []) if _merged(cell) else list(self.lines(cell))
                if any(line.strip() for line in lines):
                    filled.append(lines)
                for _ in range(_span(cell)):
                    above[len(texts)] = lines
                    texts.append(" ".join(" ".join(lines).split()))
            if len(filled) == 1:
                yield from filled[0]
            elif filled:
                yield "\t".join(texts)


def _rows(table: Any) -> Iterator[Any]:
    return (row for row in table.iter("{*}tr") if next(row.iterancestors("{*}tbl")) is table)


def _cells(row: Any) -> Iterator[Any]:
    return (cell for cell in row.iter("{*}tc") if next(cell.iterancestors("{*}tr")) is row)


def _span(cell: Any) -> int:
    """Over how many columns a cell reaches."""
    span = cell.find("{*}tcPr/{*}gridSpan")
    said = next(iter(span.attrib.values()), "") if span is not None else ""
    return min(int(said), 64) if said.isdecimal() and int(said) else 1


def _merged(cell: Any) -> bool:
    """Whether the cell only continues the one above it."""
    merge = cell.find("{*}tcPr/{*}vMerge")
    return merge is not None and not any(value == "restart" for value in merge.attrib.values())


def _cell(lines: list[str]) -> str:
    long = sum(map(len, lines)) > LONG_CELL
    return ("\n" if long else " ").join(line.strip() for line in lines if line.strip())
