"""What no other cutter took: titles, promulgation notes, chapter headings, headings of tables, loose short lines.

They are kept as passages that can be opened; only running text among them is returned by a search.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from knowledge.cutting.articles import CHAPTER_LINE
from knowledge.cutting.headings import opening_words
from knowledge.cutting.pieces import Piece
from knowledge.numerals import NUMERAL

OPENING = "题注"  # title, number and promulgation before the first provision
_LONGEST_HEADING = 40
_LEAST_TEXT = 25
_FEWEST_LINES = 6  # short lines that make a list
_LONGEST_BLOCK = 1200
_SECTION = re.compile(
    rf"^[ \t　#*]*(?:第\s*{NUMERAL}\s*[编章节]|{NUMERAL}、|[（(]{NUMERAL}[）)])[^\n。；]{{1,38}}$"
)
_CONTENTS_LINE = re.compile(r"(?:[.·…．]\s*){3,}\d{1,4}\s*$")


def cut_leftovers(text: str, begin: int, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The stretches between the pieces, a piece each; rules, markup and white space are nobody's."""
    first = min((piece.start for piece in pieces), default=None)
    for start, end in gaps(begin, len(text), ((piece.start, piece.end) for piece in pieces)):
        if not re.search(r"\w", text[start:end]):
            continue
        if first is not None and start < first:
            yield from _opening(text, start, end)
        else:
            yield from _between(text, start, end)


def _opening(text: str, start: int, end: int) -> Iterator[Piece]:
    """Everything before the first provision; the heading of the section it opens stands on its own."""
    lines = list(re.finditer(r"[^\n]*\w[^\n]*", text[start:end]))
    heading = lines[-1] if _SECTION.match(lines[-1][0]) else None
    stop = start + heading.start() if heading else end
    if re.search(r"\w", text[start:stop]):
        yield Piece(OPENING, start, stop, "paragraph", unit=False)
    if heading:
        yield Piece(_plain(heading[0]), stop, end, "heading", unit=False)


def _between(text: str, start: int, end: int) -> Iterator[Piece]:
    said = text[start:end].strip()
    lines = [line.strip() for line in said.split("\n") if re.search(r"\w", line)]
    if all(_CONTENTS_LINE.search(line) for line in lines):
        yield Piece("目录", start, end, "paragraph", unit=False)
        return
    chapters = list(CHAPTER_LINE.finditer(text, start, end))
    if len(chapters) == len(lines):
        for match in chapters:
            yield Piece(_plain(match[1]), match.start(), match.end(), "heading", unit=False)
        return
    heading = len(lines) == 1 and len(lines[0]) <= _LONGEST_HEADING and not lines[0].endswith("。")
    table = all(line.startswith("|") for line in lines)
    if heading or table:
        yield Piece(_plain(lines[0]), start, end, "heading" if heading else "paragraph", unit=False)
        return
    for begin, stop in _blocks(text, start, end):
        block = text[begin:stop]
        running = "。" in block or len(lines) >= _FEWEST_LINES
        unit = running and len(re.findall(r"\w", block)) >= _LEAST_TEXT
        first = next((line for line in block.split("\n") if re.search(r"\w", line)), block)
        yield Piece(opening_words(_plain(first)) or "正文", begin, stop, "paragraph", unit=unit)


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A long run of short lines in pieces that can be read, each ending with a line."""
    while end - start > _LONGEST_BLOCK:
        cut = text.rfind("\n", start + 1, start + _LONGEST_BLOCK)
        cut = text.find("\n", start + _LONGEST_BLOCK, end) if cut < 0 else cut
        if cut < 0:
            break
        yield start, cut
        start = cut
    if re.search(r"\w", text[start:end]):
        yield start, end


def _plain(line: str) -> str:
    """A line without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"[#*|]+", " ", line)).strip()[: 2 * _LONGEST_HEADING]


def gaps(begin: int, end: int, taken: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left between the stretches that are taken, in order."""
    position = begin
    for taken_begin, taken_end in sorted(taken):
        if taken_begin > position:
            yield position, min(taken_begin, end)
        position = max(position, taken_end)
    if position < end:
        yield position, end
