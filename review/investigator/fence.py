"""Rows of data for a model: between two marks that nothing in the rows can forge, each row on one line."""

import hashlib
from collections.abc import Iterable

from review.judge.numbered import BAR, on_one_row

Row = tuple[int | None, str]  # its number, where it can be cited, and its words
LONGEST_ROW = 600
NOTHING = "（没有）"


def fenced(rows: Iterable[Row]) -> str:
    """The rows in one block; the same rows give the same block."""
    body = "\n".join(f"{number or ''}{BAR} {_cut(on_one_row(words))}" for number, words in rows)
    body = body or f"{BAR} {NOTHING}"
    name = f"数据-{hashlib.sha256(body.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return f"<{name}>\n{body}\n</{name}>"


def _cut(words: str) -> str:
    return (
        words
        if len(words) <= LONGEST_ROW
        else f"{words[:LONGEST_ROW]}…（后面还有 {len(words) - LONGEST_ROW} 字）"
    )
