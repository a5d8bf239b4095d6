"""A paper as plain values for the screen: the same blocks, every cell in words, long tables begun only."""

from decimal import Decimal
from typing import Any

from review.reports.paper import (
    COUNT,
    YUAN,
    Block,
    Cell,
    Fields,
    Heading,
    Paper,
    Signatures,
    Table,
    Text,
    shown,
    told,
)

FIRST_ROWS = 100
Line = dict[str, Any]


def preview(paper: Paper) -> Line:
    """Everything as text; the page writes it as text only."""
    return {
        "title": paper.title,
        "subtitle": shown(paper.subtitle),
        "header": paper.header,
        "draft": paper.draft,
        "wide": paper.landscape,
        "blocks": [_block(block) for block in paper.blocks],
    }


def _block(block: Block) -> Line:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": shown(block.text)}
    if isinstance(block, Text):
        return {"kind": "text", "manner": block.manner, "text": shown(block.text)}
    if isinstance(block, Fields):
        return {"kind": "fields", "pairs": [[label, _said(value)] for label, value in block.pairs]}
    if isinstance(block, Signatures):
        return {"kind": "signatures", "labels": list(block.labels)}
    return _table(block) if isinstance(block, Table) else {"kind": "page"}


def _said(value: Cell) -> str:
    return told(value, YUAN if isinstance(value, Decimal) else "")


def _table(table: Table) -> Line:
    def line(row: tuple[Cell, ...]) -> list[str]:
        return [told(value, column.kind) for value, column in zip(row, table.columns, strict=True)]

    return {
        "kind": "table",
        "name": table.name,
        "columns": [
            {"title": column.title, "number": column.kind in (YUAN, COUNT), "width": column.width}
            for column in table.columns
        ],
        "rows": [line(row) for row in table.rows[:FIRST_ROWS]],
        "more": max(0, len(table.rows) - FIRST_ROWS),
        "total": line(table.total) if table.total and table.rows else None,
        "note": table.note,
        "empty": table.empty,
    }
