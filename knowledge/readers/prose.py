"""The running text of a paged file: paragraphs whole across lines and pages, table rows as lines of tabbed cells.

Running headers, footers and page numbers are left out, and so is a page that cannot be trusted. Every piece
knows where it stood in the text as read, so that words can be shown on their page.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.readers import Line, Page, ReadText
from knowledge.readers.page_rows import Row, page_rows
from knowledge.readers.page_tables import aligned, columns, table_stretches
from knowledge.readers.paragraphs import Column, columns_of, continues
from knowledge.readers.soundness import garbled

DOUBTFUL, UNUSABLE = 0.90, 0.80  # confidence of recognition; see the one scale for OCR
_MOST_NAMED = 12

Span = tuple[int, int, int]  # where it stands here, where in the text as read, how many characters


@dataclass(frozen=True)
class Prose:
    """The text passages are cut from; `spans` is empty where it is the text as read, letter for letter."""

    text: str
    spans: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()

    def origins(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches of the text as read that start…end of this text were taken from."""
        return origins(self.spans, start, end)


def origins(spans: Sequence[Span], start: int, end: int) -> list[tuple[int, int]]:
    """Stretches of the text as read behind start…end of the running text."""
    if not spans:
        return [(start, end)]
    found = []
    for here, there, size in spans[max(0, bisect_right(spans, (start, 1 << 60, 0)) - 1) :]:
        if here >= end:
            break
        first, last = max(start, here), min(end, here + size)
        if first < last:
            found.append((there + first - here, there + last - here))
    return found


def running_text(read: ReadText) -> Prose:
    """The text to cut passages from, with remarks on pages that were doubtful or left out."""
    if all(page.number is None for page in read.pages):
        return Prose(read.text)
    left_out = {place: why for place, page in enumerate(read.pages) if (why := _unusable(read, page))}
    kept = [place for place in range(len(read.pages)) if place not in left_out]
    composer = _Composer(read)
    rows = page_rows(read, kept)
    done = 0
    for begin, end in table_stretches(rows):
        composer.paragraphs(rows[done:begin])
        composer.table(rows[begin:end])
        done = end
    composer.paragraphs(rows[done:])
    return Prose("".join(composer.pieces), tuple(composer.spans), tuple(_notes(read, left_out)))


@dataclass
class _Composer:
    read: ReadText
    pieces: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    _length: int = 0

    def _add(self, text: str, there: int | None = None) -> None:
        if there is not None:
            self.spans.append((self._length, there, len(text)))
        self.pieces.append(text)
        self._length += len(text)

    def paragraphs(self, rows: Sequence[Row]) -> None:
        """Lines put together to paragraphs; a row of several cells that is no table stays a line."""
        held = columns_of(rows)
        first = 0
        for place, row in enumerate(rows):
            if self._joins(rows, held, first, place):
                latin = rows[place - 1].text[-1:].isascii() and row.text[:1].isascii()
                self._add(" " if latin else "")
            else:
                self._add("\n" if self.pieces else "")
                first = place
            for number, cell in enumerate(row.cells):
                self._add("  " if number else "")
                self._add(self.read.text[cell.start : cell.end], cell.start)

    def _joins(self, rows: Sequence[Row], held: Mapping[int, Column], first: int, place: int) -> bool:
        """Whether a line goes on the paragraph begun at `first`."""
        if not place or not {first, place - 1, place} <= held.keys():
            return False
        above, row = rows[place - 1], rows[place]
        columns = held[place - 1], held[place], held[first]
        return self._next_to(above, row) and continues(above, row, rows[first], columns)

    def _next_to(self, above: Row, row: Row) -> bool:
        """Whether nothing was left out between the two."""
        between = range(above.page + 1, row.page)
        return all(
            not self.read.text[page.start : page.end].strip() and page.origin == "text"
            for page in (self.read.pages[number] for number in between)
        )

    def table(self, rows: Sequence[Row]) -> None:
        """A line per row with all its columns; a heading that comes back on the next page is said once."""
        edges = columns(rows)
        lines: list[tuple[Row, list[list[Line]]]] = []
        for row in rows:
            cells = aligned(row, edges)
            turned = bool(lines) and lines[-1][0].page != row.page
            if turned and self._said(cells) == self._said(lines[0][1]):
                continue
            if lines and self._goes_on(lines[-1], row, cells):
                for above, more in zip(lines[-1][1], cells, strict=True):
                    above += more
                lines[-1] = row, lines[-1][1]
            else:
                lines.append((row, cells))
        for _, cells in lines:
            self._add("\n" if self.pieces else "")
            alone = sum(map(bool, cells)) == 1  # a heading within the table
            for number, cell in enumerate(cells):
                self._add("\t" if number and not alone else "")
                for part, line in enumerate(cell):
                    text = self.read.text[line.start : line.end]
                    self._add(" " if part else "")
                    self._add(text, line.start)

    def _said(self, cells: Sequence[Sequence[Line]]) -> list[str]:
        return [
            "".join("".join(self.read.text[one.start : one.end].split()) for one in cell) for cell in cells
        ]

    def _goes_on(
        self, above: tuple[Row, list[list[Line]]], row: Row, cells: Sequence[Sequence[Line]]
    ) -> bool:
        """Whether a row at the head of a page only continues the cells of the row before."""
        row_above, cells_above = above
        fills_gap = any(cell and not over for cell, over in zip(cells, cells_above, strict=True))
        return row_above.page != row.page and not (fills_gap or cells[0] or not cells_above[0])


def _unusable(read: ReadText, page: Page) -> str:
    """Why nothing may be taken from a page; empty where it may."""
    text = read.text[page.start : page.end]
    if page.origin == "unreadable":
        return "识别不清"
    if page.origin == "ocr" and confidence(page) < UNUSABLE:
        return f"识别置信 {confidence(page):.2f}，低于 {UNUSABLE:.2f}"
    return "是乱码" if garbled(text) else ""


def confidence(page: Page) -> float:
    """Mean over the characters of a recognised page; 1 for a text layer."""
    characters = sum(line.end - line.start for line in page.lines)
    if page.origin != "ocr" or not characters:
        return page.confidence
    return sum(line.confidence * (line.end - line.start) for line in page.lines) / characters


def _notes(read: ReadText, left_out: dict[int, str]) -> Iterator[str]:
    for why in dict.fromkeys(left_out.values()):
        numbers = [read.pages[place].number for place, reason in left_out.items() if reason == why]
        yield f"第 {_listed(numbers)} 页{why}，未入库"
    doubtful = [
        (page.number, confidence(page))
        for place, page in enumerate(read.pages)
        if place not in left_out and page.origin == "ocr" and confidence(page) < DOUBTFUL
    ]
    if doubtful:
        told = "、".join(f"第 {number} 页识别置信 {sure:.2f}" for number, sure in doubtful[:_MOST_NAMED])
        yield told + (f" 等 {len(doubtful)} 页" if len(doubtful) > _MOST_NAMED else "")


def _listed(numbers: Sequence[int | None]) -> str:
    told = "、".join(str(number) for number in numbers[:_MOST_NAMED])
    return told + (f" 等 {len(numbers)}" if len(numbers) > _MOST_NAMED else "")
