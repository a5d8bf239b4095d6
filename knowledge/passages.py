"""Passages: a document's text cut at its own joints, each piece under the name a citation uses.

Articles and their items, numbered points, headings, paragraphs, and table rows; where one document mixes them,
each stretch is cut by its own kind. What a passage means is not known here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from knowledge.articles import ARTICLE_PASSAGE, cut_articles, cut_fragments
from knowledge.headings import cut_headings, cut_points
from knowledge.listings import cut_tables, table_spans
from knowledge.pieces import Piece

_LEAST_LEFTOVER = 20


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


def cut_passages(title: str, text: str, begin: int) -> list[Passage]:
    """All passages of a text; every stretch of the body belongs to one of them or is a heading above one."""
    pieces = list(_cut(text, begin, len(text)))
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
    tables = list(cut_tables(text, begin, end))
    fragments = list(cut_fragments(text, begin, end))
    yield from tables
    yield from fragments
    taken = [*table_spans(text, begin, end), *((piece.start, piece.end) for piece in fragments)]
    for stretch_begin, stretch_end in _gaps(begin, end, taken):
        if len(text[stretch_begin:stretch_end].strip()) < _LEAST_LEFTOVER:
            continue
        yield from _cut_prose(text, stretch_begin, stretch_end)


def _cut_prose(text: str, begin: int, end: int) -> Iterator[Piece]:
    articles = list(cut_articles(text, begin, end))
    if len([piece for piece in articles if piece.kind == "article"]) >= 2 or _opens_with_article(text, begin):
        yield from articles
        first = min(piece.start for piece in articles)
        taken = [(begin, first), *((piece.start, piece.end) for piece in articles)]
        for gap_begin, gap_end in _gaps(begin, end, taken):
            if len(text[gap_begin:gap_end].strip()) >= _LEAST_LEFTOVER:
                yield from cut_headings(text, gap_begin, gap_end)
        return
    points = list(cut_points(text, begin, end))
    yield from points or cut_headings(text, begin, end)


def _opens_with_article(text: str, begin: int) -> bool:
    return bool(ARTICLE_PASSAGE.match(text[begin : begin + 40].strip().lstrip("# ")))


def _gaps(begin: int, end: int, taken: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    position = begin
    for taken_begin, taken_end in sorted(taken):
        if taken_begin > position:
            yield position, taken_begin
        position = max(position, taken_end)
    if position < end:
        yield position, end


def _named_apart(pieces: list[Piece]) -> Iterator[Piece]:
    """Two pieces of one name are told apart by what stands above them, then by a count."""
    names = [piece.name for piece in pieces]
    repeated = {name for name in names if names.count(name) > 1} if len(names) < 5000 else _repeated(names)
    seen: dict[str, int] = {}
    for piece in pieces:
        name = piece.name
        if name in repeated and piece.parent and piece.kind == "paragraph":
            name = f"{piece.parent}{name}"
        elif name in seen and piece.kind == "row" and piece.context:
            name = f"{piece.context.split(' / ')[-1]} {name}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name = f"{name}〔{seen[name]}〕"
        yield replace(piece, name=name)


def _repeated(names: list[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


def _leading(text: str, piece: Piece) -> int:
    whole = text[piece.start : piece.end]
    return len(whole) - len(whole.lstrip())


def _trailing(text: str, piece: Piece) -> int:
    whole = text[piece.start : piece.end]
    return len(whole) - len(whole.rstrip())
