"""Which pieces of a record a question is shown within its budget; what does not fit is listed, never cut in silence."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from review.judge.models import Piece, PieceKind
from review.judge.tokens import line_tokens, piece_tokens, title_tokens

_KINDS = (PieceKind.RULE, PieceKind.CLAUSE, PieceKind.DOCUMENT, PieceKind.TABLE)
LEAST_LINES = 3  # of a piece that is cut; less than that tells nothing


def chosen(
    pieces_by_priority: Iterable[Piece], budget: int, may_cut: bool = False
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The pieces that fit into `budget` tokens, in record order, and the titles of what was left out.

    The most wanted come first. A piece that does not fit is passed over, or, with `may_cut`, kept up to a line's end;
    the rest is then named with its number of lines. The titles are words of the record: they may be shown to people,
    and to a model only as data.
    """
    kept: list[tuple[int, Piece]] = []
    left_out: list[str] = []
    room = budget
    for place, piece in enumerate(pieces_by_priority):
        cost = piece_tokens(piece)
        shown = piece if cost <= room else _beginning(piece, room) if may_cut else None
        if shown is None:
            left_out.append(f"{piece.title}（{len(piece.lines) + piece.more} 行）")
            continue
        kept.append((place, shown))
        room -= piece_tokens(shown)
        lacking = len(piece.lines) - len(shown.lines) + piece.more
        if lacking:
            left_out.append(f"{piece.title}（后 {lacking} 行）")
    kept.sort(key=lambda one: _in_record_order(*one))
    return tuple(piece for _, piece in kept), tuple(left_out)


def _beginning(piece: Piece, room: int) -> Piece | None:
    """As many of its first lines as fit; null where these are too few to tell anything."""
    room -= title_tokens(piece)
    lines = 0
    for line in piece.lines:
        room -= line_tokens(line.text)
        if room < 0:
            break
        lines += 1
    return replace(piece, lines=piece.lines[:lines]) if lines >= LEAST_LINES else None


def _in_record_order(place: int, piece: Piece) -> tuple[Any, ...]:
    """What is asked about, the clauses, the documents in order of writing, the tables."""
    kind = _KINDS.index(piece.kind)
    document = piece.document
    if document is None:
        return (kind, place)
    written = document.written_at.isoformat() if document.written_at else "9999"
    start = piece.lines[0].start if piece.lines else 0
    return (kind, written, document.source, document.start, start, place)
