"""What a paper is made of, whatever it is written as: headings, texts, fields and tables, in their order.

Values keep their types (yuan, days, counts) until a writer gives them a form. It knows nothing of inspections.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Sum:
    """In a total: the sum of what stands above it, computed where the workbook is opened; empty on other papers."""


Cell = str | int | Decimal | date | datetime | Sum | None
YUAN, COUNT, DAY, MINUTE, TEXT = "yuan", "count", "day", "minute", "text"
DRAFT = "草稿"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # turn the direction of what follows
_NO_LETTER = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """A column of a table: heading, what its cells are, and its share of the width.

    `fills`: whoever gets the paper writes into it; `choices` are what he may choose from there, `hint` a word beside
    the cell. `hidden`: a workbook does not show it, and no row of its table is broken in two, for it tells rows apart.
    """

    title: str
    kind: str = TEXT
    width: float = 1.0
    fills: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under repeated heads; `name` is what a sheet of a workbook is called, empty cells are still to be filled."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    note: str = ""
    empty: str = "无"


@dataclass(frozen=True)
class Heading:
    """`level` 1 begins a part, 2 an item of it."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph; `manner` is body, quote or small."""

    text: str
    manner: str = "body"


@dataclass(frozen=True)
class Fields:
    """Labels with their values, two to a line."""

    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Signatures:
    """Places to sign, each with room for a date."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class NextPage:
    """What follows begins on a page of its own."""


Block = Table | Heading | Text | Fields | Signatures | NextPage


@dataclass(frozen=True)
class Paper:
    """One paper. `draft` stands in the header of every page; `made_at` is the only thing that changes by itself.

    `word` is its Word file where that is a filled template."""

    title: str
    subtitle: str
    draft: bool
    made_at: datetime
    blocks: tuple[Block, ...]
    landscape: bool = False
    word: bytes | None = None

    @property
    def header(self) -> str:
        return f"{DRAFT}　{self.title}" if self.draft else self.title

    @property
    def tables(self) -> Iterator[Table]:
        return (block for block in self.blocks if isinstance(block, Table))


def shown(text: str) -> str:
    """A text in which nothing acts: controls as their pictures, turning marks by their number, no half letters."""
    text = _CONTROLS.sub(_picture, text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _TURNING.sub(lambda found: f"〔U+{ord(found[0]):04X}〕", text)
    return _NO_LETTER.sub("\N{REPLACEMENT CHARACTER}", text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else f"〔U+{code:04X}〕"


def told(value: Cell, kind: str = TEXT) -> str:
    """A cell in words; nothing where there is nothing."""
    if value is None or isinstance(value, Sum):
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if kind == YUAN else f"{value:,}"
    return f"{value:,}" if isinstance(value, int) and kind == COUNT else shown(str(value))


def width_of(text: str) -> int:
    """How wide a text is, in half-width letters."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def pieces(text: str, longest: int) -> list[str]:
    """A long text in pieces of at most so many letters, cut after a sentence or clause where there is one."""
    found = []
    while len(text) > longest:
        cut = max(text.rfind(sign, longest // 2, longest) for sign in "。；;\n，")
        at = cut + 1 if cut > 0 else longest
        # a sign that joins its letter stays with it
        while at < len(text) and (unicodedata.combining(text[at]) or text[at] in "\u200d\ufe0e\ufe0f"):
            at += 1
        found.append(text[:at])
        text = text[at:]
    return [*found, text]
