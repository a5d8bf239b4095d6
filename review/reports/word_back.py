"""Reads a Word file of ours back into the parts of a paper, to look at it before it is taken."""

import io
from typing import Any

from review.reports.paper import Block, Column, Heading, Table, Text


def read_back(content: bytes, without: frozenset[str]) -> tuple[Block, ...]:
    """Headings, paragraphs and tables in their order; not what stands in `without`, which the page shows itself."""
    from docx import Document

    return tuple(
        block
        for item in Document(io.BytesIO(content)).iter_inner_content()
        if (block := _block(item)) is not None
        and not (isinstance(block, Text) and "".join(block.text.split()) in without)
    )


def _block(item: Any) -> Block | None:
    if hasattr(item, "rows"):
        return _table(item)
    text, style = item.text.strip(), item.style.name or ""
    if not text:
        return None
    return Heading(text, int(style[-1])) if style in ("Heading 1", "Heading 2") else Text(text)


def _table(item: Any) -> Table | None:
    rows = [tuple(cell.text for cell in row.cells) for row in item.rows]
    if not rows:
        return None
    widths = [cell.width or 1 for cell in item.rows[0].cells]
    columns = tuple(
        Column(title, width=width / max(widths)) for title, width in zip(rows[0], widths, strict=True)
    )
    same = tuple(row for row in rows[1:] if len(row) == len(columns))
    return Table("表格", columns, same, empty="没有事项。")
