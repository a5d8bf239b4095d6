"""Passages: a document's text cut at its own joints, each piece under the name a citation uses.

Articles and their items, numbered points, headings, paragraphs, and table rows; where one document mixes them,
each stretch is cut by its own kind. What a passage means is not known here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from knowledge.cutting.annexes import Part, parts
from knowledge.cutting.articles import ARTICLE_PASSAGE, cut_articles, cut_fragments
from knowledge.cutting.grids import cut_grids, grid_spans
from knowledge.cutting.headings import cut_headings, cut_points
from knowledge.cutting.leftovers import cut_leftovers, gaps
from knowledge.cutting.listings import cut_tables, table_spans
from knowledge.cutting.pieces import Piece

_LEAST_LEFTOVER = 20
_COUNTED = frozenset({"article", "item", "point"})  # kinds whose names are numbers, and come back in an annex


@dataclass(frozen=True)
class Passage:
    """One citable piece; `text` stands letter for letter at `start`–`end` of its source's text.

    `unit` marks what a search returns; the items of a short article are found through their article.
    """

    document: str
    passage: str
    text: str
    context: str = ""
    parent: str | None = None
    unit: bool = True
    kind: str = "article"  # article | item | point | heading | paragraph | row | fragment
    page: int | None = None
    start: int | None = None
    end: int | None = None
    issued: str | None = None  # rows that carry their own publication day
    asked: str = ""  # how people ask for it, one way a line; helps finding and is never shown
    confidence: float | None = None  # of its least certain line, where it was recognised from a picture


def cut_passages(title: str, text: str, begin: int) -> list[Passage]:
    """All passages of a text; every stretch of the body belongs to one of them."""
    pieces = list(_cut(text, begin, len(text)))
    pieces += cut_leftovers(text, begin, pieces)
    pieces.sort(key=lambda piece: (piece.start, -piece.end))
    return [
        Passage(
            document=title,
            passage=piece.name,
            text=text[piece.start : piece.end].strip(),
            context=piece.context,
            parent=piece.parent,
            unit=piece.unit,
            kind=piece.kind,
            start=piece.start + _leading(text, piece),
            end=piece.end - _trailing(text, piece),
        )
        for piece in _named_apart(pieces)
        if text[piece.start : piece.end].strip()
    ]


def _cut(text: str, begin: int, end: int) -> Iterator[Piece]:
    """The body, then the annexes, whose articles and points carry the annex's name where the body has the same."""
    named: set[str] = set()
    for part in parts(text, begin, end):
        pieces = list(_cut_part(text, part.begin, part.end))
        if part.name:
            pieces = list(_of_annex(text, part, pieces, named))
        named |= {piece.name for piece in pieces if piece.kind in _COUNTED}
        yield from pieces


def _of_annex(text: str, part: Part, pieces: list[Piece], named: set[str]) -> Iterator[Piece]:
    """The annex under its heading; without sections of its own it is one passage."""
    units = [piece for piece in pieces if piece.unit]
    stop = min((piece.start for piece in pieces), default=part.end) if units else part.end
    yield Piece(part.heading, part.start, stop, "heading", "", None, not units)
    again = any(piece.kind in _COUNTED and piece.name in named for piece in pieces)
    for piece in pieces:
        name, parent = piece.name, piece.parent
        if again and piece.kind in _COUNTED:
            name, parent = f"{part.name} {name}", parent and f"{part.name} {parent}"
        context = f"{part.heading} / {piece.context}" if piece.context else part.heading
        yield replace(piece, name=name, parent=parent, context=context, group=piece.group or part.name)


def _cut_part(text: str, begin: int, end: int) -> Iterator[Piece]:
    tables = [*cut_tables(text, begin, end), *cut_grids(text, begin, end)]
    spans = [*table_spans(text, begin, end), *grid_spans(text, begin, end)]
    fragments = list(cut_fragments(text, begin, end))
    yield from tables
    yield from fragments
    taken = [(piece.start, piece.end) for piece in fragments]
    prose = _masked(text, spans)
    if spans and not _holds_articles(prose, begin, end):
        taken += spans
        prose = text
    for stretch_begin, stretch_end in gaps(begin, end, taken):
        if len(prose[stretch_begin:stretch_end].strip()) >= _LEAST_LEFTOVER:
            yield from _cut_prose(prose, stretch_begin, stretch_end)


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with its tables blank, so that an article goes on behind a table that stands in it."""
    for begin, end in spans:
        blank = "".join("\n" if sign == "\n" else " " for sign in text[begin:end])
        text = text[:begin] + blank + text[end:]
    return text


def _holds_articles(text: str, begin: int, end: int) -> bool:
    return len([piece for piece in cut_articles(text, begin, end) if piece.kind == "article"]) >= 2


def _cut_prose(text: str, begin: int, end: int) -> Iterator[Piece]:
    if _holds_articles(text, begin, end) or _opens_with_article(text, begin):
        articles = list(cut_articles(text, begin, end))
        yield from articles
        first = min(piece.start for piece in articles)
        taken = [(begin, first), *((piece.start, piece.end) for piece in articles)]
        for gap_begin, gap_end in gaps(begin, end, taken):
            if len(text[gap_begin:gap_end].strip()) >= _LEAST_LEFTOVER:
                yield from cut_headings(text, gap_begin, gap_end)
        return
    points = list(cut_points(text, begin, end))
    yield from points or cut_headings(text, begin, end)


def _opens_with_article(text: str, begin: int) -> bool:
    return bool(ARTICLE_PASSAGE.match(text[begin : begin + 40].strip().lstrip("# ")))


def _named_apart(pieces: list[Piece]) -> Iterator[Piece]:
    """Two pieces of one name are told apart by what stands above them, then by a count."""
    counted = Counter(piece.name for piece in pieces)
    repeated = {name for name, count in counted.items() if count > 1}
    seen: dict[str, int] = {}
    for piece in pieces:
        name = piece.name
        if name in repeated and piece.parent and piece.kind == "paragraph":
            name = f"{piece.parent}{name}"
        elif name in seen and piece.kind == "row" and (piece.group or piece.context):
            name = f"{piece.group or piece.context.split(' / ')[-1]} {name}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name = f"{name}〔{seen[name]}〕"
        yield replace(piece, name=name)


def _leading(text: str, piece: Piece) -> int:
    whole = text[piece.start : piece.end]
    return len(whole) - len(whole.lstrip())


def _trailing(text: str, piece: Piece) -> int:
    whole = text[piece.start : piece.end]
    return len(whole) - len(whole.rstrip())
