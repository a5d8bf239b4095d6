"""A piece of text between two positions, with the name a citation gives it; what the cutters hand over."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """Named by its own number or heading; `context` is what stands above it, for reading and scoring."""

    name: str
    start: int
    end: int
    kind: str
    context: str = ""
    parent: str | None = None
    unit: bool = True
    group: str = ""  # tells apart rows of one name: the table's caption, or the annex
