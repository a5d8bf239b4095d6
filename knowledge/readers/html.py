"""Reads HTML files: the only door to Beautiful Soup. Visible text only; a block or a table row is a line."""

import hashlib
import re
import warnings
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString, Tag

from knowledge.readers import ReadText, UnreadableFile
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
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)


def read_html(path: Path) -> ReadText:
    """An .html file; the declared character set is not trusted, the bytes are."""
    content = read_bytes(path, LARGEST_PAGE)
    markup, encoding, notes = decode(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (XMLParsedAsHTMLWarning, MarkupResemblesLocatorWarning))
        soup = BeautifulSoup(markup, "lxml")
    text = _tidy("".join(_pieces(soup)))
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


def _pieces(soup: BeautifulSoup) -> list[str]:
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
            waiting += [after, *reversed(node.contents), before]
    return pieces


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


def _tidy(text: str) -> str:
    lines = (re.sub(r"[ \xa0]+", " ", line).strip(" \t") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
