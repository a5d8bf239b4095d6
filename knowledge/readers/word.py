"""Reads Word files: the only door to python-docx. Paragraphs and tables in document order, a table row per line.

Of tracked changes the text as it now stands is read: insertions are in, deletions are out. Text boxes,
headers, footers and notes are read; pictures are not, and the notes of the result say how many there are.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError

from knowledge.readers import ReadText, UnreadableFile
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


def read_word(path: Path) -> ReadText:
    """A .docx file."""
    content = read_bytes(path, LARGEST_WORD)
    check_package(content, "Word")
    try:
        document = docx.Document(io.BytesIO(content))
        first = document.sections[0]
        lines = [*_margin(first.header), *_lines(document.element.body), *_margin(first.footer)]
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


def _margin(part: Any) -> list[str]:
    """Lines of a header or footer that has text."""
    return [line for line in _lines(part._element) if line.strip()]


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _lines(block: Any) -> Iterator[str]:
    """Lines of a body, header or cell, in document order."""
    for child in block:
        name = _name(child)
        if name == "p":
            yield from _paragraph(child).split("\n")
        elif name == "tbl":
            yield from _table(child)
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _lines(child)


def _paragraph(paragraph: Any) -> str:
    """Text of a paragraph; text boxes anchored in it follow on lines of their own."""
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
            boxes += _lines(element)
        elif name not in _SKIPPED:
            waiting += reversed(element)
    return "\n".join(["".join(pieces), *boxes])


def _table(table: Any) -> Iterator[str]:
    """A line per row, cells apart by tabs. A row of one cell is layout, and its paragraphs stay lines."""
    for row in table.iter("{*}tr"):
        if next(row.iterancestors("{*}tbl")) is not table:
            continue
        cells = [
            list(_lines(cell))
            for cell in row.iter("{*}tc")
            if next(cell.iterancestors("{*}tr")) is row and not _merged(cell)
        ]
        filled = [cell for cell in cells if any(line.strip() for line in cell)]
        if len(filled) == 1:
            yield from filled[0]
        elif filled:
            yield from "\t".join(_cell(cell) for cell in cells).split("\n")


def _merged(cell: Any) -> bool:
    """Whether the cell only continues the one above it."""
    merge = cell.find("{*}tcPr/{*}vMerge")
    return merge is not None and not any(value == "restart" for value in merge.attrib.values())


def _cell(lines: list[str]) -> str:
    long = sum(map(len, lines)) > LONG_CELL
    return ("\n" if long else " ").join(line.strip() for line in lines if line.strip())
