"""What of a stay a question shows: its documents as pieces, the wanted ones first, within a request's budget of tokens.

Nothing written after a question's window is shown, and what cannot be read is not shown at all.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from review.checks.records import Record
from review.facts import OCR_USABLE
from review.judge.choosing import chosen
from review.judge.models import Piece
from review.judge.paper import idle_spans
from review.judge.pieces import document_pieces, whole_document
from review.judge.registry import Prover
from review.judge.tokens import piece_tokens
from review.models import Evidence
from review.record import Document

LONG = 1500  # tokens above which a document is shown section by section
FORMS = re.compile(r"同意书|告知|授权|委托|宣教|封面|协议|收据|清单|腕带")
_FORBIDDEN = re.compile(
    r"骗保|骗取|诈骗|欺诈|欺骗|故意|蓄意|恶意|伪造|造假|虚构|虚假|违规|违法|犯罪|浪费|流失|损失"
)

Rank = Callable[[Document], int]


def in_reading_order(document: Document) -> int:
    """Notes before forms; what a form tells everybody is asked about last."""
    return 1 if FORMS.search(document.kind) or FORMS.search(document.title) else 0


def ranked(*patterns: str) -> Rank:
    """Documents whose kind matches the first pattern come first, forms last."""
    compiled = [re.compile(pattern) for pattern in patterns]

    def rank(document: Document) -> int:
        place = next((n for n, one in enumerate(compiled) if one.search(document.kind)), len(compiled))
        return place + len(compiled) * in_reading_order(document)

    return rank


def readable(record: Record, until: datetime | None = None) -> Iterator[Document]:
    """The documents that can be read; with `until`, those of which something is known to have been written by then."""
    for document in record.documents:
        if document.confidence < OCR_USABLE or not document.text.strip():
            continue
        if until is None or _begun(record, document, until):
            yield document


def _begun(record: Record, document: Document, until: datetime) -> bool:
    if document.written_at is not None:
        return document.written_at <= until
    return any(one.at is not None and one.at <= until for one in record.sentences(document))


def written_until(record: Record, piece: Piece, until: datetime, *, late: bool = False) -> Piece:
    """A piece without the entries made after `until`; with `late`, what has only the time of the whole document, which
    may have been written afterwards, stays."""
    document = piece.document
    if document is None:
        return piece
    spans = [
        sentence.whole
        for sentence in record.sentences(document)
        if (sentence.at is None and document.written_at is None)
        or (
            sentence.at is not None
            and sentence.at > until
            and not (late and sentence.at == document.written_at)
        )
    ]
    return without(piece, spans)


def without(piece: Piece, spans: Sequence[tuple[int, int]]) -> Piece:
    """A piece without the lines that touch these spans of its document."""
    kept = (line for line in piece.lines if not any(a < line.end and line.start < b for a, b in spans))
    return replace(piece, lines=tuple(kept))


def shown(
    documents: Iterable[Document],
    budget: int,
    *,
    rank: Rank = in_reading_order,
    before: Sequence[Piece] = (),
    after: Sequence[Piece] = (),
    entire: Collection[str] = (),
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The pieces that fit, in record order, and the titles of what did not: `before` is wanted most, `after` least.

    Of documents other than those `entire`, by id, the lines that only repeat or sign are not shown.
    """
    pieces = [*before]
    for document in sorted(documents, key=lambda one: (rank(one), str(one.written_at), one.document_id)):
        idle = () if document.document_id in entire else idle_spans(document)
        whole = without(whole_document(document), idle)
        long = piece_tokens(whole) > LONG
        pieces += [without(one, idle) for one in document_pieces(document)] if long else [whole]
    return chosen([*(one for one in (*pieces, *after) if one.lines)], budget, may_cut=True)


@dataclass
class Claims:
    """The claims of one answer: how many were made, how many proven."""

    prover: Prover
    made: int = 0
    proven: list[Evidence] = field(default_factory=list)

    def quote(self, lines: Sequence[int], quote: str, says: str) -> Evidence | None:
        """The quote as evidence; null where it does not stand in those lines."""
        self.made += 1
        found = self.prover.evidence(lines, quote, says)
        if found is not None:
            self.proven.append(found)
        return found

    @property
    def all_lost(self) -> bool:
        """Whether claims were made and none of them stands: such an answer tells nothing."""
        return self.made > 0 and not self.proven


def forbidden(text: str) -> bool:
    """Whether a model's own words judge, or impute an intent, where it was to report."""
    return _FORBIDDEN.search("".join(text.split())) is not None


def document_named(record: Record, evidence: Evidence) -> Document | None:
    """The document of a record that a quote stands in."""
    return next((one for one in record.documents if one.document_id == evidence.row), None)


def sentence_start(record: Record, document: Document, evidence: Evidence) -> tuple[int, datetime | None]:
    """Where the sentence of a quote begins in the document's own text, and the time it speaks of."""
    layout = record.inspection.layout
    at = layout.place(evidence.source, evidence.page, evidence.start or 0) - document.start
    for sentence in record.sentences(document):
        start, end = sentence.whole
        if start <= at < end:
            return start, sentence.at
    return at, document.written_at
