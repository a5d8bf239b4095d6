"""Pieces of a record as numbered lines inside one data block that nothing in the record can close or number.

Titles, file names and cells are the record's words too and stand inside. The same pieces give the same block, to the
byte: its closing mark is made from its own text, without clock or chance.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from review.judge.injections import instructing_spans, instructs
from review.judge.models import Line, Piece, PieceKind
from review.judge.pieces import BREAKS

BAR = "│"
NOTHING = "（没有材料）"
# signs by which a record could draw a row of its own
_BARS = re.compile("[│┃┆┇┊┋╎╏║︱￨]")
# controls and what steers the direction or hides between letters
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


@dataclass(frozen=True)
class Numbered:
    """Lines with their numbers, counted from 1 through all pieces, and the block that shows them."""

    block: str
    pieces: tuple[Piece, ...]

    @cached_property
    def lines(self) -> tuple[tuple[Piece, Line], ...]:
        """Every line with its piece; number n stands at n - 1."""
        return tuple((piece, line) for piece in self.pieces for line in piece.lines)

    def line(self, number: int) -> tuple[Piece, Line] | None:
        """The line of that number; null where there is none."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else None

    @cached_property
    def instructing(self) -> frozenset[int]:
        """The numbers of the lines that tell a reader what to do."""
        found: set[int] = set()
        first, spans = 1, dict[str, tuple[tuple[int, int], ...]]()
        for piece in self.pieces:
            found.update(first + place for place in _instructing(piece, spans))
            first += len(piece.lines)
        return frozenset(found)

    @cached_property
    def injection(self) -> bool:
        """Whether a line or a title tells a reader what to do."""
        titles = (piece.title for piece in self.pieces if piece.kind is not PieceKind.CLAUSE)
        return bool(self.instructing) or any(map(instructs, titles))


def numbered(pieces: Iterable[Piece], hide: Callable[[str], str]) -> Numbered:
    """The pieces as a block; `hide` puts placeholders for what names a person."""
    held = tuple(pieces)
    body = "\n".join(_rows(held, hide)) or f"{BAR} {NOTHING}"
    name = f"病历-{hashlib.sha256(body.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return Numbered(f"<{name}>\n{body}\n</{name}>", held)


def _rows(pieces: Sequence[Piece], hide: Callable[[str], str]) -> Iterator[str]:
    number = 0
    for piece in pieces:
        yield f"{BAR} 【{on_one_row(hide(piece.title))}】"
        for line in piece.lines:
            number += 1
            yield f"{number}{BAR} {on_one_row(hide(line.text))}"


def on_one_row(text: str) -> str:
    """A record's words without any sign that ends, hides or draws a row."""
    text = _BARS.sub("|", BREAKS.sub(" ", text))
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if sign == "\t" else sign for sign in text if sign == "\t" or not unseen(sign))


def unseen(sign: str) -> bool:
    """Whether a sign shows nothing of its own."""
    return unicodedata.category(sign) in _UNSEEN


def _instructing(piece: Piece, known: dict[str, tuple[tuple[int, int], ...]]) -> Iterator[int]:
    """The places of a piece's lines in a sentence that instructs, also one that lines or sections cut apart.

    Clauses tell a reviewer what to do, and are no record's words.
    """
    if piece.kind is PieceKind.CLAUSE:
        return
    if piece.document is not None:
        document = piece.document
        spans = known.get(document.document_id)
        if spans is None:
            spans = known[document.document_id] = instructing_spans(document.text)
        starts = [(line.start, line.end) for line in piece.lines]
    else:
        spans = instructing_spans("\n".join(line.text for line in piece.lines))
        starts, at = [], 0
        for line in piece.lines:
            starts.append((at, at + len(line.text)))
            at += len(line.text) + 1
    for place, (start, end) in enumerate(starts):
        if any(begin < end and start < finish for begin, finish in spans):
            yield place
