"""Format readers: the only doors to PDF, OCR, Word, HTML and sheet libraries.

Every reader turns a file into `ReadText`: normalised text with pages, so that a quote can be traced to
file, page and position. What the text means is the business of `knowledge` and `review.intake`.
"""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]  # a page is done: its number, and how many there are


class UnreadableFile(ValueError):
    """The file cannot be read; the message says what is wrong with it, `remedy` what to do."""

    def __init__(self, problem: str, remedy: str, place: str = "整份文件") -> None:
        super().__init__(f"{problem}；{remedy}")
        self.problem, self.remedy, self.place = problem, remedy, place


@dataclass(frozen=True)
class Line:
    """One line or cell: span in the whole text, confidence 0–1, box as fractions of the page (x0, y0, x1, y1)."""

    start: int
    end: int
    confidence: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Doubt:
    """A number, a time or a word of one character that was recognised less surely than the line it stands in."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Page:
    """A page's span in the whole text; `number` is null where the format has no pages."""

    number: int | None
    start: int
    end: int
    origin: str = "text"  # text | ocr | unreadable
    confidence: float = 1.0  # lowest line of the page
    lines: tuple[Line, ...] = ()  # OCR lines only
    cells: tuple[Line, ...] = ()  # of a text layer: the lines, in tables the cells of each line
    doubts: tuple[Doubt, ...] = ()  # of recognised lines


@dataclass(frozen=True)
class ReadText:
    """The normalised text of one file. `notes` says what was lost or repaired, in Chinese, for the file list."""

    text: str
    pages: tuple[Page, ...]
    encoding: str | None = None
    notes: tuple[str, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()  # title, author, producer … as the file states them
    sha256: str = ""

    def page_at(self, position: int) -> Page:
        """The page that holds a position of the whole text."""
        for page in self.pages:
            if page.start <= position < page.end:
                return page
        return self.pages[-1]
