"""The nouns of the second reader: what it is shown, what is asked, and what its answer comes to once it is proven.

Frozen data only. A model reads; what it says never changes a finding of a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from review.models import Evidence
from review.record import Document


class PieceKind(StrEnum):
    """Where the lines of a piece come from; only a document and a table can be quoted as evidence."""

    DOCUMENT = "document"
    TABLE = "table"
    CLAUSE = "clause"  # a passage of the library or a row of a rule table
    RULE = "rule"  # what a rule said: the suspicion that is asked about


@dataclass(frozen=True)
class Line:
    """One line as the record has it, without a line break, and where it stands."""

    text: str
    start: int = 0  # span in the document's own text; 0 for a row
    end: int = 0
    source: str | None = None  # of a table's row: its file, its identifier, the cells that may be quoted
    row: str | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A document, a section of one or rows of a table; a record may have written its title, so that is data too."""

    kind: PieceKind
    title: str
    lines: tuple[Line, ...]
    document: Document | None = None
    more: int = 0  # rows of the table that were not taken


@dataclass(frozen=True)
class Draft:
    """One question about one thing of one stay, before names are masked and lines are numbered.

    `given` fills the prompt's other inputs and holds our own words only: nothing of a record may stand there.
    """

    about: str  # what tells it from the stay's other drafts of this question: a finding's id, a check's code
    pieces: tuple[Piece, ...]
    given: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()  # titles of what the budget did not allow


class State(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    CANNOT_TELL = "cannot_tell"
    NOT_ASKED = "not_asked"  # budget, no private address …: the reason says it
    FAILED = "failed"


@dataclass(frozen=True)
class Statement:
    """One thing a model read, with at least one proven quote; the words of the label are ours."""

    says: str  # for | against | neutral, of the suspicion
    label: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Judgement:
    """What a model's answers to one question come to."""

    admission_id: str
    question: str  # J1 … J8, S
    about: str
    state: State
    verdict: str | None = None  # the question's own word for it
    reason: str | None = None
    statements: tuple[Statement, ...] = ()
    dropped: int = 0  # claims whose quote did not stand in the lines named
    left_out: tuple[str, ...] = ()
    injection: bool = False  # the lines shown speak to a reader who obeys
    model: str | None = None
    prompt: str | None = None  # its name and version
    requests: tuple[str, ...] = ()  # their keys in the ledger
