"""Whether what a model says stands letter for letter in the lines it names, and where: a quote is evidence or nothing.

White space, the width of signs and what shows nothing are forgiven; nothing is mended. Refusals are counted by reason.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from review.checks.citing import in_its_file
from review.checks.records import Record
from review.facts import OCR_USABLE
from review.judge.models import Line, Piece, PieceKind
from review.judge.numbered import Numbered, unseen
from review.judge.pieces import BETWEEN_CELLS, EMPTY
from review.judge.tokens import count_tokens
from review.models import Evidence
from review.quotes import LONGEST_QUOTE, Layout
from review.record import Document

LEAST_QUOTE, LEAST_CELL = 4, 2  # letters and digits; a quote that is a whole cell says which row it is of
LONGEST_CELL = 60  # that is shown whole
_QUOTING = " \t\n「」『』“”\"'`。；;，,…"
# a row's number and bar, where a model copied them along
_ROW = re.compile(r"(?:^|[\n\r])[ \t]*\d{0,6}[ \t]*│[ \t]?")
_BARS = dict.fromkeys(map(ord, "│┃┆┇┊┋╎╏║︱￨"), "|")


class Refusal(StrEnum):
    """Why a quote is no evidence."""

    NO_LINE = "no_line"  # names no line, or one that is not there
    NOT_FOUND = "not_found"  # stands in none of the lines shown
    WRONG_LINE = "wrong_line"  # stands in another line than those named
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_RECORD = "not_record"  # words of a rule or a clause
    INJECTION = "injection"  # of a sentence that tells a reader what to do
    UNREADABLE = "unreadable"  # recognised too badly to support anything


REFUSED = {
    Refusal.NO_LINE: "没有写明行号，或该行号不存在",
    Refusal.NOT_FOUND: "所给材料里没有这句话",
    Refusal.WRONG_LINE: "这句话不在所写的行里",
    Refusal.TOO_SHORT: "引文太短",
    Refusal.TOO_LONG: "引文太长",
    Refusal.NOT_RECORD: "引的是条文或疑点，不是病历",
    Refusal.INJECTION: "引的是要求阅读者如何做的话",
    Refusal.UNREADABLE: "识别不清，未用于判断",
}


@dataclass(frozen=True)
class _Found:
    """A stretch of text from the sign at `first` to that at `last`, in lines `numbers`."""

    numbers: tuple[int, ...]
    first: int
    last: int


@dataclass(frozen=True)
class _Run:
    """Lines that follow each other without a gap, as one text; each folded sign with its line and its place there."""

    numbers: tuple[int, ...]
    folded: str
    places: Sequence[tuple[int, int]]

    def find(self, wanted: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Every occurrence: line and place of its first and of its last sign."""
        at = self.folded.find(wanted)
        while at >= 0:
            yield self.places[at], self.places[at + len(wanted) - 1]
            at = self.folded.find(wanted, at + 1)


class Proof:
    """Proves the quotes of one answer over the lines it was shown."""

    def __init__(
        self,
        numbered: Numbered,
        show: Callable[[str], str],
        layout: Layout,
        record: Record | None = None,
    ) -> None:
        self._numbered, self._show, self._layout, self._record = numbered, show, layout, record
        self.dropped: Counter[Refusal] = Counter()
        self.last: Refusal | None = None  # why the quote asked about last was refused

    def evidence(self, lines: Sequence[int], quote: str, says: str) -> Evidence | None:
        """The quote as evidence with its place in the record; null where it is refused, which is counted."""
        found = self._examine(lines, quote, says)
        self.last = found if isinstance(found, Refusal) else None
        if isinstance(found, Refusal):
            self.dropped[found] += 1
            return None
        return found

    def _examine(self, lines: Sequence[int], quote: str, says: str) -> Evidence | Refusal:
        named = sorted({number for number in lines if self._numbered.line(number) is not None})
        if not named:
            return Refusal.NO_LINE
        wording = [wanted for wanted in self._wordings(quote) if wanted]
        if not wording or _letters(wording[0]) < LEAST_CELL:
            return Refusal.TOO_SHORT
        if len(wording[0]) > LONGEST_QUOTE:
            return Refusal.TOO_LONG
        for wanted in wording:
            answer = self._in_lines(named, wanted, says)
            if answer is not None:
                return answer
        everywhere = range(1, len(self._numbered.lines) + 1)
        stands = any(_found_in(run, wording) for run in self._runs(everywhere))
        return Refusal.WRONG_LINE if stands else Refusal.NOT_FOUND

    def _wordings(self, quote: str) -> Iterator[str]:
        """The quote with its names shown, folded; as it is, and without marks a model puts around it."""
        bare = _ROW.sub("\n", quote)
        for wording in dict.fromkeys((bare, bare.strip(_QUOTING))):
            yield fold_signs(self._show(wording))

    def _in_lines(self, named: Iterable[int], wanted: str, says: str) -> Evidence | Refusal | None:
        """The first occurrence in the lines named that can be evidence, else why none can; null where there is none."""
        refused: Refusal | None = None
        for run in self._runs(named):
            for first, last in run.find(wanted):
                answer = self._occurrence(run, first, last, wanted, says)
                if isinstance(answer, Evidence):
                    return answer
                refused = refused or answer
        return refused

    def _occurrence(
        self, run: _Run, first: tuple[int, int], last: tuple[int, int], wanted: str, says: str
    ) -> Evidence | Refusal:
        touched = range(first[0], last[0] + 1)
        piece, line = self._numbered.lines[first[0] - 1]
        if any(number in self._numbered.instructing for number in touched):
            return Refusal.INJECTION
        if piece.kind is PieceKind.TABLE:
            return self._cell(piece, line, first[1], last[1], wanted, says)
        if piece.kind is not PieceKind.DOCUMENT or piece.document is None:
            return Refusal.NOT_RECORD
        if _letters(wanted) < LEAST_QUOTE:
            return Refusal.TOO_SHORT
        start = line.start + first[1]
        end = self._numbered.lines[last[0] - 1][1].start + last[1] + 1
        found = self._layout.evidence(
            piece.document, *self._on_one_page(piece.document, start, end), says=says
        )
        if found.confidence is not None and found.confidence < OCR_USABLE:
            return Refusal.UNREADABLE
        return found

    def _on_one_page(self, document: Document, start: int, end: int) -> tuple[int, int]:
        """Of a span that goes on over the end of a page, the longer part: a place is counted from one page."""

        def page(place: int) -> int | None:
            return self._layout.placed(document, place, place + 1).page

        if page(start) == page(end - 1):
            return start, end
        cuts = [place for place in range(start + 1, end) if page(place) != page(place - 1)]
        parts = pairwise((start, *cuts, end))
        return max(parts, key=lambda part: part[1] - part[0])

    def _cell(
        self, piece: Piece, line: Line, first: int, last: int, wanted: str, says: str
    ) -> Evidence | Refusal:
        """The cell of a row that the quote stands in, or the most telling of those it covers."""
        cells = [cell for cell in line.cells if cell != EMPTY]
        within = [cell for cell in cells if wanted in fold_signs(cell)]
        whole = [cell for cell in within if wanted == fold_signs(cell)]
        if _letters(wanted) < LEAST_QUOTE and not whole:
            return Refusal.TOO_SHORT
        covered = _covered(line.text, first, last)
        over = [cell for cell in cells if fold_signs(cell) in covered]
        chosen = whole or within or sorted(over, key=count_tokens)[-1:]
        if not chosen or line.source is None:
            return Refusal.NOT_FOUND
        beside = BETWEEN_CELLS.join(cell for cell in over if cell != chosen[0])
        label = piece.title.split("：")[0]
        found = Evidence(
            kind="table",
            source=line.source,
            quote=_told(chosen[0], wanted),
            says=says,
            row=line.row,
            label=f"{label} · {beside}" if beside else label,
        )
        return in_its_file(self._record.inspection, found) if self._record is not None else found

    def _runs(self, numbers: Iterable[int]) -> Iterator[_Run]:
        """The lines named, those of one document that touch each other as one text; a row stands alone."""
        together: list[int] = []
        for number in numbers:
            if together and not self._touch(together[-1], number):
                yield self._run(together)
                together = []
            together.append(number)
        if together:
            yield self._run(together)

    def _touch(self, before: int, number: int) -> bool:
        (piece, line), (following, below) = self._numbered.lines[before - 1], self._numbered.lines[number - 1]
        if number != before + 1 or piece.document is None or following.document is None:
            return False
        if piece.document.document_id != following.document.document_id or below.start < line.end:
            return False
        return not any(sign.isalnum() for sign in piece.document.text[line.end : below.start])

    def _run(self, numbers: Sequence[int]) -> _Run:
        signs, places = [], []
        for number in numbers:
            for place, sign in enumerate(self._numbered.lines[number - 1][1].text):
                for folded in _FOLD[ord(sign)]:
                    signs.append(folded)
                    places.append((number, place))
        return _Run(tuple(numbers), "".join(signs), places)


def _found_in(run: _Run, wording: Iterable[str]) -> bool:
    return any(wanted in run.folded for wanted in wording)


def _told(cell: str, wanted: str) -> str:
    """A short cell whole, of a long one the words that were quoted."""
    if len(cell) <= LONGEST_CELL:
        return cell.strip()
    places = [place for place, sign in enumerate(cell) for _ in _FOLD[ord(sign)]]
    at = fold_signs(cell).find(wanted)
    return cell[places[at] : places[at + len(wanted) - 1] + 1] if at >= 0 else cell[:LONGEST_CELL].strip()


def _covered(text: str, first: int, last: int) -> frozenset[str]:
    """The cells of a row that a stretch of it holds whole, folded."""
    found, at = set(), 0
    for cell in text.split(BETWEEN_CELLS):
        if first <= at and at + len(cell) - 1 <= last:
            found.add(fold_signs(cell))
        at += len(cell) + len(BETWEEN_CELLS)
    return frozenset(found)


class _Fold(dict[int, str]):
    """Folds one sign; filled as signs are met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if sign.isspace() or unseen(sign):
            folded = ""
        elif 0xFF01 <= code <= 0xFF5E:
            folded = chr(code - 0xFEE0)
        else:
            folded = sign.translate(_BARS)
        self[code] = folded
        return folded


_FOLD = _Fold()


def fold_signs(text: str) -> str:
    """A text without white space and unseen signs, its wide signs narrow: what quotes are compared in."""
    return text.translate(_FOLD)


def _letters(folded: str) -> int:
    return sum(sign.isalnum() for sign in folded)
