"""Reads HTML files: the only door to Beautiful Soup. Visible text only; a block or a table row is a line.

The numbers a browser would show before the entries of an ordered list are read with them.
"""

import hashlib
import re
import warnings
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString, Tag

from knowledge.readers import ReadText, UnreadableFile
from knowledge.readers.numbering import counted_as
from knowledge.readers.text import decode, one_page, read_bytes

LARGEST_PAGE = 50 * 1024 * 1024
_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "object", "select", "iframe", "button"}
)
_CELLS = frozenset({"td", "th"})
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div"}
)
_BLOCKS |= {
    "dialog",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "li",
    "main",
}
_BLOCKS |= {"nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6"}
_LIST_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)


MOST_SPANNED = 200  # rows or columns a cell may claim to reach over
_LINK_LIST = 8  # so many links and little else are a site's menu, not its text


def read_html(path: Path, *, citable: bool = False) -> ReadText:
    """An .html file; the declared character set is not trusted, the bytes are.

    `citable` leaves out the site's menus and says a merged cell in every row and column it spans.
    """
    content = read_bytes(path, LARGEST_PAGE)
    markup, encoding, notes = decode(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (XMLParsedAsHTMLWarning, MarkupResemblesLocatorWarning))
        soup = BeautifulSoup(markup, "lxml")
    if citable:
        left_out = _drop_menus(soup)
        notes += (f"略去网页导航 {left_out} 处",) if left_out else ()
        _spread_tables(soup)
    text = _tidy("".join(_pieces(soup)), citable)
    if not text:
        raise UnreadableFile("网页里没有可见文字", "请另存网页正文，或换成 .docx .pdf")
    title = soup.title.get_text().strip() if soup.title else ""
    return one_page(
        text,
        encoding=encoding,
        notes=notes,
        meta=(("title", title),) if title else (),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _pieces(soup: Tag) -> list[str]:
    """Visible strings in order with breaks between blocks; walks without recursion, however deep the page."""
    pieces: list[str] = []
    waiting: list[Any] = [soup]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str) and not isinstance(node, NavigableString):
            pieces.append(node)
        elif isinstance(node, PreformattedString):
            continue  # comments, doctypes, processing instructions
        elif isinstance(node, NavigableString):
            pieces.append(str(node) if node.find_parent("pre") else re.sub(r"\s+", " ", node))
        elif node.name == "br":
            pieces.append("\n")
        elif node.name not in _UNSEEN and not _hidden(node):
            before, after = _breaks(node)
            waiting += [after, *reversed(node.contents), before + _list_number(node)]
    return pieces


def _list_number(node: Tag) -> str:
    """The number before an entry of an ordered list, where it has one."""
    parent = node.parent
    if node.name != "li" or parent is None or parent.name != "ol":
        return ""
    first, shape = str(parent.get("start") or ""), str(parent.get("type") or "")
    place = sum(sibling.name == "li" for sibling in node.previous_siblings if isinstance(sibling, Tag))
    number = place + (int(first) if first.isdecimal() and len(first) < 6 else 1)
    return f"{counted_as(_LIST_TYPES.get(shape, 'decimal'), number)}. "


def _drop_menus(soup: BeautifulSoup) -> int:
    """Take out navigation and footers, and lists that are links and hardly anything else; how many."""
    menus = soup.find_all(["nav", "footer"])
    for block in soup.find_all(["ul", "ol", "dl"]):
        links = block.find_all("a")
        linked = sum(len(link.get_text(strip=True)) for link in links)
        if len(links) >= _LINK_LIST and 10 * linked >= 8 * len(block.get_text(strip=True)):
            menus.append(block)
    for menu in menus:
        menu.extract()
    return len(menus)


def _spread_tables(soup: BeautifulSoup) -> None:
    """Put in the place of every table of data its rows as lines, each with all its columns."""
    for table in soup.find_all("table"):
        grid = [] if table.find("table") else _grid(table)
        if len(grid) >= 2 and max(map(len, grid)) >= 2:
            written = soup.new_tag("pre")
            written.string = "\n".join(_grid_line(row) for row in grid)
            caption = table.find("caption")
            if caption:
                table.insert_before(caption.extract())
            table.replace_with(written)


def _grid(table: Tag) -> list[list[str]]:
    """The cells of a table by row and column, those that span several in each of them."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column → rows still to come, text
    for row in table.find_all("tr"):
        texts: list[str] = []
        cells = iter(row.find_all(["td", "th"], recursive=False))
        cell = next(cells, None)
        while cell is not None or hanging.get(len(texts), (0, ""))[0] > 0:
            column = len(texts)
            left, text = hanging.get(column, (0, ""))
            if left > 0:
                hanging[column] = left - 1, text
                texts.append(text)
                continue
            if cell is None:
                break
            text = "" if _hidden(cell) else " ".join(_tidy("".join(_pieces(cell))).split())
            for _ in range(_spans(cell, "colspan")):
                hanging[len(texts)] = _spans(cell, "rowspan") - 1, text
                texts.append(text)
            cell = next(cells, None)
        grid.append(texts)
    return grid


def _grid_line(row: list[str]) -> str:
    """A row that is one cell across the whole table is a heading in it, and said once."""
    filled = [text for text in row if text]
    return filled[0] if filled and set(filled) == {filled[0]} and len(filled) == len(row) else "\t".join(row)


def _spans(cell: Tag, way: str) -> int:
    said = str(cell.get(way) or "")
    return max(1, min(int(said), MOST_SPANNED)) if said.isdecimal() and len(said) < 6 else 1


def _breaks(node: Tag) -> tuple[str, str]:
    if node.name in _CELLS:
        return "", "\t"
    # A paragraph that is a whole cell must not break the row it stands in.
    if node.name in _BLOCKS and not (node.name in ("p", "div") and _only_of_cell(node)):
        return "\n", "\n"
    return "", ""


def _only_of_cell(node: Tag) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.name in _CELLS
        and len(parent.find_all(["p", "div", "table"], recursive=False)) == 1
    )


def _hidden(node: Tag) -> bool:
    return bool(node.has_attr("hidden") or _HIDDEN.search(str(node.get("style") or "")))


def _tidy(text: str, tables: bool = False) -> str:
    """Lines without padding; with `tables` the empty first cell of a row keeps its tab."""
    lines = (re.sub(r"[ \xa0]+", " ", line).strip(" ").rstrip(" \t") for line in text.split("\n"))
    return "\n".join(line if tables else line.lstrip(" \t") for line in lines if line.strip())
